#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "mutf7.h"

static const struct pair { const char *utf8, *wire; } pairs[] = {
	{ "", "" },
	{ "INBOX", "INBOX" },
	{ "Traités", "Trait&AOk-s" },
	{ "À voir", "&AMA- voir" },
	{ "Éléments envoyés", "&AMk-l&AOk-ments envoy&AOk-s" },
	{ "A&B", "A&-B" },
	{ "&", "&-" },
	{ "é&è", "&AOk-&-&AOg-" },
	{ "éèê", "&AOkA6ADq-" },
	{ "~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-" },	/* RFC 3501 5.1.3 */
	{ "😀x", "&2D3eAA-x" },
	{ "été 2026", "&AOk-t&AOk- 2026" },
};

static const char *const bad_wire[] = { "&", "a&AOk", "&AO!-", "&AOk=-", "&A-", "&AOkA-",
    "&2D0-", "&3gA-", "&AAo-", "&AOl-", "caf\xc3\xa9\x7f", "a\tb" };

static const char *const bad_utf8[] = { "\xff", "a\xc3", "\xed\xa0\x80", "a\nb", "\x7f" };

static void
test_pairs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		struct buf b BUF_AUTO;

		buf_open(&b, 1000);
		assert_true(mutf7_put(&b, span_of(pairs[i].utf8)));
		assert_string_equal(b.z, pairs[i].wire);
		buf_reset(&b);
		assert_true(mutf7_get(&b, span_of(pairs[i].wire)));
		assert_string_equal(b.z, pairs[i].utf8);
	}
}

static void
test_bad(void **state)
{
	struct buf b BUF_AUTO;

	(void)state;
	buf_open(&b, 1000);
	for (size_t i = 0; i < sizeof bad_wire / sizeof bad_wire[0]; i++)
		if (mutf7_get(&b, span_of(bad_wire[i])))
			fail_msg("taken: %s", bad_wire[i]);
	for (size_t i = 0; i < sizeof bad_utf8 / sizeof bad_utf8[0]; i++)
		if (mutf7_put(&b, span_of(bad_utf8[i])))
			fail_msg("taken: number %zu", i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
