#include "wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct wire
wire_of(struct arena *a, struct span s)
{
	return (struct wire){ s, a, false };
}

static void
there_and_back(void **state)
{
	static const uint64_t v[] = { 0, 1, 255, 256, 0x0102030405060708, INT64_MAX,
	    UINT64_MAX };
	ARENA_AUTO struct arena *a = arena_open();
	struct buf b BUF_AUTO;
	struct wire w;
	struct span s;

	(void)state;
	buf_open(&b, 10000);
	for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
		wire_put_u64(&b, v[i]);
		wire_put_i64(&b, (int64_t)v[i]);
	}
	wire_put_str(&b, "");
	wire_put_str(&b, "été");
	wire_put_span(&b, span_from("a\0b", 3));
	w = wire_of(a, buf_span(&b));
	for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
		assert_int_equal(wire_u64(&w), v[i]);
		assert_int_equal(wire_i64(&w), (int64_t)v[i]);
	}
	assert_string_equal(wire_str(&w), "");
	assert_string_equal(wire_str(&w), "été");
	assert_false(wire_done(&w));
	s = wire_span(&w);
	assert_int_equal(s.n, 3);
	assert_memory_equal(s.p, "a\0b", 4);
	assert_true(wire_done(&w));
}

/* A value of each kind from every beginning of good bytes: bad sticks, nothing is NULL. */
static void
every_truncation(void **state)
{
	struct buf b BUF_AUTO;

	(void)state;
	buf_open(&b, 1000);
	wire_put_u64(&b, 7);
	wire_put_str(&b, "hello");
	wire_put_span(&b, span_of("world"));
	for (size_t n = 0; n <= b.n; n++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct wire w = wire_of(a, span_from(b.z, n));
		uint64_t v = wire_u64(&w);
		const char *z = wire_str(&w);
		struct span s = wire_span(&w);

		assert_int_equal(v, n < 8 ? 0 : 7);
		assert_string_equal(z, n < 8 + 13 ? "" : "hello");
		assert_string_equal(s.p, n < b.n ? "" : "world");
		assert_int_equal(w.bad, n < b.n);
		assert_int_equal(wire_done(&w), n == b.n);
	}
}

static void
bad_sticks(void **state)
{
	static const char eight[] = "\1\0\0\0\0\0\0\0";
	ARENA_AUTO struct arena *a = arena_open();
	struct wire w = wire_of(a, span_from(eight, 7));

	(void)state;
	assert_int_equal(wire_u64(&w), 0);
	w.rest = span_from(eight, 8);
	assert_int_equal(wire_u64(&w), 0);
	assert_int_equal(wire_i64(&w), 0);
	assert_int_equal(wire_count(&w), 0);
	assert_string_equal(wire_str(&w), "");
	assert_string_equal(wire_span(&w).p, "");
	assert_false(wire_done(&w));
}

static void
hostile_lengths(void **state)
{
	static const uint64_t lengths[] = {
		9, 17, INT32_MAX, UINT32_MAX, INT64_MAX, UINT64_MAX - 7, UINT64_MAX,
	};

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct buf b BUF_AUTO;
		struct wire w;

		buf_open(&b, 100);
		wire_put_u64(&b, lengths[i]);
		buf_addz(&b, "12345678");
		w = wire_of(a, buf_span(&b));
		assert_string_equal(wire_str(&w), "");
		assert_true(w.bad);
		w = wire_of(a, buf_span(&b));
		assert_int_equal(wire_span(&w).n, 0);
		assert_true(w.bad);
		w = wire_of(a, buf_span(&b));
		assert_int_equal(wire_count(&w), 0);
		assert_true(w.bad);
	}
}

/* n items of eight bytes each behind a count. */
static void
a_count_is_bounded_by_what_follows(void **state)
{
	(void)state;
	for (size_t have = 0; have < 5; have++)
		for (size_t said = 0; said < 7; said++) {
			ARENA_AUTO struct arena *a = arena_open();
			struct buf b BUF_AUTO;
			struct wire w;

			buf_open(&b, 100);
			wire_put_u64(&b, said);
			for (size_t i = 0; i < have; i++)
				wire_put_u64(&b, i);
			w = wire_of(a, buf_span(&b));
			assert_int_equal(wire_count(&w), said <= have ? said : 0);
			assert_int_equal(w.bad, said > have);
		}
}

static void
no_nul_in_a_string(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct buf b BUF_AUTO;
	struct wire w;

	(void)state;
	buf_open(&b, 100);
	wire_put_span(&b, span_from("a\0b", 3));
	w = wire_of(a, buf_span(&b));
	assert_string_equal(wire_str(&w), "");
	assert_true(w.bad);
	assert_false(wire_done(&w));
}

static void
at_most(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct buf b BUF_AUTO;
	struct wire w;

	(void)state;
	buf_open(&b, 100);
	wire_put_u64(&b, 3);
	w = wire_of(a, buf_span(&b));
	assert_int_equal(wire_u64_max(&w, 3), 3);
	assert_true(wire_done(&w));
	w = wire_of(a, buf_span(&b));
	assert_int_equal(wire_u64_max(&w, 2), 0);
	assert_true(w.bad);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back), cmocka_unit_test(every_truncation),
		cmocka_unit_test(bad_sticks), cmocka_unit_test(hostile_lengths),
		cmocka_unit_test(a_count_is_bounded_by_what_follows),
		cmocka_unit_test(no_nul_in_a_string), cmocka_unit_test(at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
