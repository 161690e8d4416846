#include "arena.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
assert_span(struct span got, const char *want)
{
	if (!span_eq(got, want))
		fail_msg("\"%.*s\", not \"%s\"", (int)got.n, got.p, want);
}

static void
compare(void **state)
{
	(void)state;
	assert_true(span_eq(span_of(""), ""));
	assert_true(span_eq(span_of("ab"), "ab"));
	assert_false(span_eq(span_of("ab"), "a"));
	assert_false(span_eq(span_of("a"), "ab"));
	assert_false(span_eq(span_from("a\0", 2), "a"));
	assert_true(span_ieq(span_of("aB-é"), "Ab-é"));
	assert_false(span_ieq(span_of("É"), "é"));
	assert_true(span_ieq(span_of(""), ""));
	assert_false(span_ieq(span_of(" "), ""));
	assert_false(span_ieq(span_of(""), "a"));
	assert_false(span_ieq(span_of("["), "{x"));
	assert_false(span_istarts(span_of(""), "a"));
	assert_true(span_istarts(span_of("IMAPS://x"), "imaps://"));
	assert_true(span_istarts(span_of("x"), ""));
	assert_false(span_istarts(span_of("imap"), "imaps"));
	assert_true(span_iends(span_of("a.EML"), ".eml"));
	assert_true(span_iends(span_of("a"), ""));
	assert_false(span_iends(span_of("eml"), ".eml"));
}

static void
trim(void **state)
{
	static const struct { const char *in, *want; } t[] = {
		{ "", "" }, { " ", "" }, { " \t\r\n ", "" }, { "a", "a" }, { " a b ", "a b" },
		{ "\ta\r\n", "a" }, { "\xc2\xa0" "a", "\xc2\xa0" "a" }, { "\va", "\va" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		assert_span(span_trim(span_of(t[i].in)), t[i].want);
}

/* The pieces of `in`, each followed by '|'. */
static const char *
pieces(struct arena *a, const char *in, char sep)
{
	struct span rest = span_of(in), piece;
	const char *out = "";

	while (sep == '\n' ? span_line(&rest, &piece) : span_cut(&rest, sep, &piece))
		out = arena_printf(a, "%s%.*s|", out, (int)piece.n, piece.p);
	return out;
}

static void
cut(void **state)
{
	static const struct { const char *in; char sep; const char *want; } t[] = {
		{ "", ',', "" }, { ",", ',', "|" }, { "a", ',', "a|" }, { "a,", ',', "a|" },
		{ ",a", ',', "|a|" }, { "a,,b", ',', "a||b|" },
		{ "", '\n', "" }, { "\n", '\n', "|" }, { "a\r\nb", '\n', "a|b|" },
		{ "a\rb\n\r\n", '\n', "a\rb||" }, { "a\r\r\n", '\n', "a\r|" },
		{ "\r", '\n', "|" },
	};
	ARENA_AUTO struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		assert_string_equal(pieces(a, t[i].in, t[i].sep), t[i].want);
}

static void
number(void **state)
{
	static const struct { const char *in; uint64_t max; bool ok; uint64_t v; } t[] = {
		{ "0", 0, true, 0 }, { "1", 0, false, 0 }, { "9", 8, false, 0 },
		{ "8", 8, true, 8 },
		{ "5", 3, false, 0 }, { "10", 9, false, 0 }, { "007", 7, true, 7 },
		{ "", 9, false, 0 },
		{ "65535", 65535, true, 65535 }, { "65536", 65535, false, 0 },
		{ "-1", 9, false, 0 }, { "+1", 9, false, 0 }, { " 1", 9, false, 0 },
		{ "1 ", 9, false, 0 },
		{ "1a", 99, false, 0 }, { "0x1", 99, false, 0 }, { "\xb2", 9, false, 0 },
		{ "18446744073709551615", UINT64_MAX, true, UINT64_MAX },
		{ "18446744073709551616", UINT64_MAX, false, 0 },
		{ "99999999999999999999", UINT64_MAX, false, 0 },
		{ "18446744073709551610", UINT64_MAX - 6, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		unsigned long long v = 12345;

		if (span_number(span_of(t[i].in), t[i].max, &v) != t[i].ok)
			fail_msg("\"%s\" up to %llu", t[i].in, (unsigned long long)t[i].max);
		assert_int_equal(v, t[i].ok ? t[i].v : 12345);
	}
	for (unsigned long long max = 0; max < 300; max++)
		for (unsigned n = 0; n < 400; n++) {
			unsigned long long v;
			char z[4] = { (char)('0' + n / 100), (char)('0' + n / 10 % 10),
				(char)('0' + n % 10), '\0' };

			assert_int_equal(span_number(span_of(z), max, &v), n <= max);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compare), cmocka_unit_test(trim), cmocka_unit_test(cut),
		cmocka_unit_test(number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
