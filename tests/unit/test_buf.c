#include "buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* INVARIANT of buf.h. */
static void
check(const struct buf *b)
{
	assert_non_null(b->z);
	assert_true(b->n <= b->max);
	assert_true(b->cap == 0 || b->n < b->cap);
	assert_int_equal(b->z[b->n], '\0');
	assert_ptr_equal(buf_span(b).p, b->z);
	assert_int_equal(buf_span(b).n, b->n);
}

/* Bytes in, limit, what is kept. */
static void
the_limit_is_exact(void **state)
{
	static const struct { size_t max, add, kept; bool full; } t[] = {
		{ 0, 0, 0, false }, { 0, 1, 0, true }, { 1, 1, 1, false }, { 1, 2, 1, true },
		{ 255, 255, 255, false }, { 255, 256, 255, true }, { 256, 256, 256, false },
		{ 257, 300, 257, true }, { 4096, 4096, 4096, false },
		{ 4096, 4097, 4096, true },
		{ SIZE_MAX, 5000, 5000, false },
	};
	static char x[5000];

	(void)state;
	memset(x, 'x', sizeof x);
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct buf whole BUF_AUTO, bytes BUF_AUTO;

		buf_open(&whole, t[i].max);
		buf_open(&bytes, t[i].max);
		check(&whole);
		buf_add(&whole, span_from(x, t[i].add));
		for (size_t j = 0; j < t[i].add; j++) {
			buf_addc(&bytes, 'x');
			check(&bytes);
		}
		check(&whole);
		assert_int_equal(whole.n, t[i].kept);
		assert_int_equal(bytes.n, t[i].kept);
		assert_int_equal(buf_full(&whole), t[i].full);
		assert_int_equal(buf_full(&bytes), t[i].full);
		assert_memory_equal(whole.z, x, t[i].kept);
		assert_memory_equal(bytes.z, x, t[i].kept);
	}
}

static void
full_is_remembered_until_reset(void **state)
{
	struct buf b BUF_AUTO;

	(void)state;
	buf_open(&b, 4);
	buf_addz(&b, "abcdef");
	check(&b);
	assert_string_equal(b.z, "abcd");
	buf_cut(&b, 2);
	check(&b);
	assert_true(buf_full(&b));
	buf_addz(&b, "xy");
	check(&b);
	assert_string_equal(b.z, "abxy");
	assert_true(buf_full(&b));
	buf_reset(&b);
	check(&b);
	assert_false(buf_full(&b));
	assert_string_equal(b.z, "");
	buf_addz(&b, "wxyz");
	check(&b);
	assert_false(buf_full(&b));
}

static void
cut_only_shortens(void **state)
{
	struct buf b BUF_AUTO;

	(void)state;
	buf_open(&b, 100);
	buf_cut(&b, 0);
	check(&b);
	buf_cut(&b, 7);
	check(&b);
	buf_addz(&b, "abc");
	buf_cut(&b, 3);
	assert_string_equal(b.z, "abc");
	buf_cut(&b, 50);
	assert_string_equal(b.z, "abc");
	buf_cut(&b, 1);
	check(&b);
	assert_string_equal(b.z, "a");
}

static void
formats_of_any_length(void **state)
{
	static const int widths[] = { 0, 1, 510, 511, 512, 513, 2000 };

	(void)state;
	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
		struct buf b BUF_AUTO;

		buf_open(&b, 1000);
		buf_addf(&b, "%*s", widths[i], "");
		check(&b);
		assert_int_equal(b.n, widths[i] > 1000 ? 1000 : widths[i]);
		assert_int_equal(buf_full(&b), widths[i] > 1000);
	}
}

static void
bytes_are_kept_as_they_are(void **state)
{
	struct buf b BUF_AUTO;

	(void)state;
	buf_open(&b, 10);
	buf_add(&b, span_from("a\0b\xff", 4));
	buf_addc(&b, '\0');
	check(&b);
	assert_int_equal(b.n, 5);
	assert_memory_equal(b.z, "a\0b\xff\0", 6);
}

static void
closed_twice_and_zeroed(void **state)
{
	struct buf b, zero = { 0 };

	(void)state;
	buf_open(&b, 10);
	buf_addz(&b, "x");
	buf_close(&b);
	check(&b);
	buf_addz(&b, "x");
	check(&b);
	assert_true(buf_full(&b));
	buf_close(&b);
	buf_close(&zero);
}

/* A reservation is exact, bounded by the limit, and changes nothing that can be read. */
static void
reserved_is_what_is_asked(void **state)
{
	static const struct { size_t max, before, ask, cap; } t[] = {
		{ 1000, 0, 0, 0 }, { 1000, 0, 300, 301 }, { 1000, 3, 700, 704 },
		{ 1000, 3, 1000, 1001 }, { 1000, 3, SIZE_MAX, 1001 }, { 1000, 3, 5, 256 },
		{ 3, 3, 5, 256 }, { 0, 0, 5, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct buf b BUF_AUTO;

		buf_open(&b, t[i].max);
		buf_add(&b, span_from("abc", t[i].before));
		buf_reserve(&b, t[i].ask);
		check(&b);
		assert_int_equal(b.cap, t[i].cap);
		assert_int_equal(b.n, t[i].before);
		assert_memory_equal(b.z, "abc", t[i].before);
		assert_false(buf_full(&b));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_limit_is_exact),
		cmocka_unit_test(full_is_remembered_until_reset),
		cmocka_unit_test(cut_only_shortens),
		cmocka_unit_test(formats_of_any_length),
		cmocka_unit_test(bytes_are_kept_as_they_are),
		cmocka_unit_test(closed_twice_and_zeroed),
		cmocka_unit_test(reserved_is_what_is_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
