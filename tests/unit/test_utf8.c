#include "utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Every code point there and back; what RFC 3629 3 and 4 leave out is refused. */
static void
every_code_point(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x110100; cp++) {
		bool good = cp <= 0x10ffff && (cp < 0xd800 || cp > 0xdfff);
		size_t want = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
		struct buf b BUF_AUTO;
		uint32_t got = 0;

		buf_open(&b, 8);
		utf8_put(&b, cp);
		if (utf8_next(buf_span(&b), &got) != (good ? want : 0) || (good && got != cp))
			fail_msg("U+%04X", (unsigned)cp);
		for (size_t n = 0; good && n < want; n++)
			assert_int_equal(utf8_next(span_from(b.z, n), &got), 0);
	}
}

static void
bad_forms(void **state)
{
	static const char *const bad[] = {
		"\x80", "\xbf",					/* a continuation alone */
		"\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf",	/* overlong */
		"\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
		"\xed\xa0\x80", "\xed\xbf\xbf",			/* surrogates */
		"\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"\xf7\xbf\xbf\xbf",	/* past U+10FFFF */
		"\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80", "\xfe", "\xff",
		"\xc3", "\xc3" "a", "\xc3\xc3", "\xe2\x82", "\xe2" "ab", "\xe2\x82" "b",
		"\xf0\x9f\x98", "\xf0\x9f" "ab", "\xf0\x9f\x98" "b",
	};
	uint32_t cp;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (utf8_next(span_of(bad[i]), &cp) != 0 || utf8_valid(span_of(bad[i])))
			fail_msg("bad form %zu passes", i);
	}
	assert_int_equal(utf8_next(span_of(""), &cp), 0);
	assert_true(utf8_valid(span_of("")));
	assert_true(utf8_valid(span_from("a\0é", 4)));
	assert_false(utf8_valid(span_of("bon\xe9")));
}

static void
no_cut_inside_a_sequence(void **state)
{
	static const char z[] = "aé€😀b";
	static const size_t want[] = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11 };

	(void)state;
	for (size_t max = 0; max < sizeof want / sizeof *want; max++)
		assert_int_equal(utf8_floor(span_of(z), max), want[max]);
}

static void
hidden_ones(void **state)
{
	static const struct { uint32_t from, to; } hidden[] = {
		{ 0, 8 }, { 0xb, 0x1f }, { 0x7f, 0x9f }, { 0x61c, 0x61c }, { 0x200b, 0x200f }, { 0x202a, 0x202e },
		{ 0x2066, 0x2069 }, { 0xfeff, 0xfeff },
	};

	(void)state;
	for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
		bool want = false;

		for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
			want = want || (cp >= hidden[i].from && cp <= hidden[i].to);
		if (utf8_hidden(cp) != want)
			fail_msg("U+%04X", (unsigned)cp);
	}
}

static void
clean(void **state)
{
	static const struct { const char *in; enum utf8_lines how; const char *want; } t[] = {
		{ "", UTF8_TEXT, "" },
		{ "a\tb\nc\r\n", UTF8_TEXT, "a\tb\nc\n" },
		{ "a\tb\nc\r\n", UTF8_ONE_LINE, "a b c  " },
		{ "\xe2\x80\xaegpj.exe", UTF8_TEXT, "gpj.exe" },
		{ "\x1b[31mé\x7f\xc2\x9b", UTF8_ONE_LINE, "[31mé" },
		{ "caf\xe9!", UTF8_TEXT, "caf\xef\xbf\xbd!" },
		{ "\xf0\x9f\x98", UTF8_TEXT, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "😀\xef\xbb\xbf", UTF8_TEXT, "😀" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct buf b BUF_AUTO;

		buf_open(&b, 100);
		utf8_clean(&b, span_of(t[i].in), t[i].how);
		assert_string_equal(b.z, t[i].want);
		assert_true(utf8_valid(buf_span(&b)));
	}
}

/* Every byte, at every place of a run longer than what is looked at in one go. */
static void
plain_runs(void **state)
{
	char z[21];

	(void)state;
	memset(z, 'a', sizeof z);
	assert_int_equal(utf8_plain(span_from(z, 0)), 0);
	assert_int_equal(utf8_plain(span_from(z, sizeof z)), sizeof z);
	for (size_t at = 0; at < sizeof z; at++) {
		for (int c = 0; c < 256; c++) {
			z[at] = (char)c;
			assert_int_equal(utf8_plain(span_from(z, sizeof z)),
			    c >= ' ' && c < 0x7f ? sizeof z : at);
		}
		z[at] = 'a';
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point), cmocka_unit_test(bad_forms),
		cmocka_unit_test(no_cut_inside_a_sequence), cmocka_unit_test(hidden_ones),
		cmocka_unit_test(clean),
		cmocka_unit_test(plain_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
