/* Encoded words, with the errors that programs make. */
#include "charset.h"
#include "limits.h"
#include "rfc2047.h"
#include "utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct { const char *in, *want; } words[] = {
	{ "Bonjour", "Bonjour" },
	{ "=?utf-8?Q?=C3=A9t=C3=A9?=", "été" },
	{ "=?UTF-8?B?w6l0w6k=?=", "été" },
	{ "=?UTF-8?B?w6l0w6k?=", "été" },			/* no padding */
	{ "=?utf-8?q?a_b?= =?utf-8?q?c?=", "a bc" },
	{ "=?utf-8?q?a?= x =?utf-8?q?c?=", "a x c" },
	{ "=?utf-8?q?=C3?= =?utf-8?q?=A9?=", "é" },		/* a character in two words */
	{ "=?utf-8?q?=C3=A9?==?utf-8?q?=C3=A9?=", "éé" },	/* nothing between */
	{ "Re:=?utf-8?q?=C3=A9?=", "Re:é" },
	{ "\"=?utf-8?q?=C3=A9?=\"", "\"é\"" },
	{ "=?utf-8?q?un mot?=", "un mot" },			/* a blank inside */
	{ "=?utf-8?q?quoi ?=3F?=", "quoi ??" },
	{ "=?utf-8?Q?Contrat_?=25 04", "Contrat 25 04" },
	{ "=?iso-8859-1*fr?q?=E9?=", "é" },			/* RFC 2231 language */
	{ "=?iso-8859-1?q?=80?=", "€" },			/* read as windows-1252 */
	{ "=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本" },
	{ "=?inconnu?q?=C3=A9?=", "é" },
	{ "=?utf-8?x?abc?=", "=?utf-8?x?abc?=" },
	{ "=?utf-8?q?abc", "=?utf-8?q?abc" },
	{ "=?=?=?utf-8?q?a?=", "=?=?a" },
	{ "\xe9t\xe9", "été" },
	{ "\xc3\xa9t\xc3\xa9", "été" },
	{ "=?utf-8?q?a=0D=0ABcc:_x?=", "a  Bcc: x" },		/* no line is made */
	{ "=?utf-8?q?a=00b=1B?=", "ab" },
	{ "=?utf-8?q?=E2=80=AEabc?=", "abc" },			/* bidi */
	{ "", "" },
};

static void
test_words(void **s)
{
	struct arena *a = arena_open();

	(void)s;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		const char *got = rfc2047_decode(a, span_of(words[i].in), LIMIT_SUBJECT);

		if (strcmp(got, words[i].want) != 0)
			fail_msg("%s: %s", words[i].in, got);
	}
	arena_close(&a);
}

static void
test_limit(void **s)
{
	struct arena *a = arena_open();
	const char *z = rfc2047_decode(a, span_of("=?utf-8?q?=C3=A9=C3=A9=C3=A9?="), 5);

	(void)s;
	assert_string_equal(z, "éé");
	assert_string_equal(rfc2047_decode(a, span_of("abcdef"), 5), "abcde");
	arena_close(&a);
}

static void
test_flood(void **s)
{
	struct arena *a = arena_open();
	char *z = arena_new(a, char, LIMIT_HEADER_FIELD + 1);

	(void)s;
	for (size_t i = 0; i + 7 < LIMIT_HEADER_FIELD; i += 7)
		memcpy(z + i, "=?a?q?x", 7);
	assert_true(utf8_valid(span_of(rfc2047_decode(a, span_of(z), LIMIT_SUBJECT))));
	arena_close(&a);
}

static int
setup(void **s)
{
	struct fault f;

	(void)s;
	return charset_open(&f) == ST_OK ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(test_words), cmocka_unit_test(test_limit),
		cmocka_unit_test(test_flood),
	};

	return cmocka_run_group_tests(t, setup, NULL);
}
