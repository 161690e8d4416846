/* Every charset on the list, and names that lie. */
#include "charset.h"
#include "utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct { const char *name, *in, *want; } texts[] = {
	{ "utf-8", "\xc3\xa9", "é" },
	{ "\"UTF8\"", "\xc3\xa9", "é" },
	{ "iso-8859-1", "\x80 \xe9\x92", "€ é’" },
	{ "us-ascii", "\xe9", "é" },
	{ "us-ascii", "\xc3\xa9", "é" },
	{ "", "\xe9t\xe9", "été" },
	{ "", "\xc3\xa9", "é" },
	{ "uft-8", "\xc3\xa9", "é" },			/* a name that is nobody's */
	{ "utf-8", "\xe9t\xe9", "été" },		/* declared wrong */
	{ "utf-8", "\xc3\xa9\xc3\xa9 \xe9 x", "éé \xef\xbf\xbd x" },	/* damaged */
	{ "iso-8859-15", "\xa4", "€" },
	{ "Windows-1251", "\xcf\xf0\xe8\xe2\xe5\xf2", "Привет" },
	{ "koi8-r", "\xf0\xd2\xc9\xd7\xc5\xd4", "Привет" },
	{ "windows-1256", "\xe3\xd1\xcd\xc8\xc7", "مرحبا" },
	{ "iso-8859-9", "\xfd\xfe", "ış" },
	{ "gb2312", "\xc4\xe3\xba\xc3", "你好" },
	{ "x-gbk", "\xc4\xe3\xba\xc3", "你好" },
	{ "big5", "\xa7\x41\xa6\x6e", "你好" },
	{ "Shift_JIS", "\x93\xfa\x96\x7b", "日本" },
	{ "euc-jp", "\xc6\xfc\xcb\xdc", "日本" },
	{ "iso-2022-jp", "\x1b$BF|K\\\x1b(B", "日本" },
	{ "ks_c_5601-1987", "\xc7\xd1", "한" },
	{ "tis-620", "\xa1", "ก" },
	{ "macintosh", "\x8e", "é" },
	{ "cp850", "\x82", "é" },
	/* UTF-7 is never decoded, a path is no name, and neither stops the reading. */
	{ "utf-7", "+AOk-", "+AOk-" },
	{ "../../etc/passwd", "\xe9", "é" },
	{ "UTF-8//TRANSLIT", "\xe9", "é" },
};

static void
test_texts(void **s)
{
	struct arena *a = arena_open();

	(void)s;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct span got = charset_decode(a, span_of(texts[i].in), texts[i].name, 1000);

		if (!span_eq(got, texts[i].want))
			fail_msg("%s: %.*s", texts[i].name, (int)got.n, got.p);
	}
	arena_close(&a);
}

static void
test_utf16(void **s)
{
	struct arena *a = arena_open();

	(void)s;
	assert_true(span_eq(charset_decode(a, span_from("\xff\xfe\xe9\0", 4), "utf-16", 9),
	    "é"));
	assert_true(span_eq(charset_decode(a, span_from("\xfe\xff\0\xe9", 4), "utf-16", 9),
	    "é"));
	assert_true(span_eq(charset_decode(a, span_from("\0a\0\xe9", 4), "utf-16", 9), "aé"));
	assert_true(span_eq(charset_decode(a, span_from("a\0\xe9\0", 4), "utf-16le", 9), "aé"));
	arena_close(&a);
}

/* All 256 bytes in every charset come out as valid UTF-8 within the limit. */
static void
test_all(void **s)
{
	struct arena *a = arena_open();
	const char *const *name;
	char bytes[256];
	size_t n = charset_names(&name);

	(void)s;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)i;
	for (size_t i = 0; i < n; i++)
		for (size_t max = 0; max < 40; max++) {
			struct span got = charset_decode(a, span_from(bytes, 256), name[i],
			    max);

			if (got.n > max || !utf8_valid(got))
				fail_msg("%s, %zu", name[i], max);
		}
	arena_close(&a);
}

static void
test_whole_characters(void **s)
{
	struct arena *a = arena_open();

	(void)s;
	assert_int_equal(charset_decode(a, span_of("\xc3\xa9\xc3\xa9"), "utf-8", 3).n, 2);
	assert_int_equal(charset_decode(a, span_of("\xe9\xe9"), "latin1", 3).n, 2);
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
		cmocka_unit_test(test_texts), cmocka_unit_test(test_utf16),
		cmocka_unit_test(test_all), cmocka_unit_test(test_whole_characters),
	};

	return cmocka_run_group_tests(t, setup, NULL);
}
