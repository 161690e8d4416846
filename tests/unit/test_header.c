/* The header block: line ends, folding, junk, limits. */
#include "header.h"
#include "limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct { const char *in; size_t n; const char *subject, *body; } blocks[] = {
	{ "Subject: a\r\nTo: b\r\n\r\nbody", 2, "a", "body" },
	{ "Subject: a\nTo: b\n\nbody", 2, "a", "body" },
	{ "Subject: a\rTo: b\r\rbody", 2, "a", "body" },
	{ "Subject: a\r\n b\r\n\tc\r\n\r\nx", 1, "a b\tc", "x" },
	{ "Subject :  a  \n\nx", 1, "a", "x" },
	{ "From moi@x Mon Nov 23\nSubject: a\n\nx", 1, "a", "x" },
	{ "Subject: a\nsans deux points\nTo: b\n\nx", 2, "a", "x" },
	{ "junk\nSubject: a\n\nx", 1, "a", "x" },
	/* A missing empty line must not eat the text below. */
	{ "Subject: a\nBonjour,\nadresse: 3 rue X\n\nx", 1, "a",
	    "Bonjour,\nadresse: 3 rue X\n\nx" },
	{ "Subject: a", 1, "a", "" },
	{ "Subject: a\n", 1, "a", "" },
	{ "\nSubject: a\n", 0, "", "Subject: a\n" },
	{ "", 0, "", "" },
	{ "bonjour", 0, "", "bonjour" },
	{ "Subject:\n\nx", 1, "", "x" },
};

static void
test_blocks(void **s)
{
	struct arena *a = arena_open();

	(void)s;
	for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
		struct headers h;
		struct span body;

		header_scan(a, span_of(blocks[i].in), &h, &body);
		if (h.n != blocks[i].n || !span_eq(header_value(&h, "subject"),
		    blocks[i].subject) ||
		    !span_eq(body, blocks[i].body) || h.cut)
			fail_msg("case %zu: n %zu", i, h.n);
	}
	arena_close(&a);
}

static void
test_lookup(void **s)
{
	struct arena *a = arena_open();
	struct headers h;
	struct span body;

	(void)s;
	header_scan(a, span_of("Received: 1\nX: y\nreceived: 2\n\n"), &h, &body);
	assert_int_equal(header_count(&h, "RECEIVED"), 2);
	assert_true(span_eq(*header_nth(&h, "Received", 1), "2"));
	assert_null(header_nth(&h, "Received", 2));
	assert_null(header_get(&h, "Date"));
	assert_int_equal(header_value(&h, "Date").n, 0);
	arena_close(&a);
}

static void
test_nul_is_kept(void **s)
{
	static const char raw[] = "From: a\0b\n\n";
	struct arena *a = arena_open();
	struct headers h;
	struct span body;

	(void)s;
	header_scan(a, span_from(raw, sizeof raw - 1), &h, &body);
	assert_int_equal(header_value(&h, "From").n, 3);
	arena_close(&a);
}

static void
scan_repeated(struct arena *a, const char *line, size_t times, struct headers *h,
    struct span *body)
{
	size_t n = strlen(line);
	char *z = arena_new(a, char, n * times + 4);

	for (size_t i = 0; i < times; i++)
		memcpy(z + n * i, line, n);
	memcpy(z + n * times, "\nx", 3);
	header_scan(a, span_from(z, n * times + 2), h, body);
}

static void
test_edges(void **s)
{
	struct arena *a = arena_open();
	struct headers h;
	struct span body;
	char big[LIMIT_HEADER_FIELD + 1];

	(void)s;
	scan_repeated(a, "X: y\n", LIMIT_HEADER_COUNT, &h, &body);
	assert_int_equal(h.n, LIMIT_HEADER_COUNT);
	assert_false(h.cut);
	scan_repeated(a, "X: y\n", LIMIT_HEADER_COUNT + 1, &h, &body);
	assert_int_equal(h.n, LIMIT_HEADER_COUNT);
	assert_true(h.cut);
	assert_true(span_eq(body, "x"));
	memset(big, 'y', sizeof big);
	memcpy(big, "X:", 2);
	big[LIMIT_HEADER_FIELD] = '\0';
	header_scan(a, span_of(big), &h, &body);
	assert_int_equal(h.v[0].value.n, LIMIT_HEADER_FIELD - 2);
	assert_false(h.cut);
	big[LIMIT_HEADER_FIELD - 1] = '\n';
	scan_repeated(a, big, 12, &h, &body);
	assert_true(h.cut);
	assert_int_equal(h.n, LIMIT_HEADER_BLOCK / LIMIT_HEADER_FIELD + 1);
	assert_true(span_eq(body, "x"));
	arena_close(&a);
}

static void
test_field_edge(void **s)
{
	struct arena *a = arena_open();
	char *z = arena_new(a, char, LIMIT_HEADER_FIELD + 16);
	struct headers h;
	struct span body;

	(void)s;
	memset(z, 'y', LIMIT_HEADER_FIELD + 8);
	memcpy(z, "X:", 2);
	header_scan(a, span_of(z), &h, &body);
	assert_true(h.cut);
	assert_int_equal(h.v[0].value.n, LIMIT_HEADER_FIELD);
	arena_close(&a);
}

int
main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(test_blocks), cmocka_unit_test(test_lookup),
		cmocka_unit_test(test_nul_is_kept), cmocka_unit_test(test_edges),
		cmocka_unit_test(test_field_edge),
	};

	return cmocka_run_group_tests(t, NULL, NULL);
}
