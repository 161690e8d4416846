#include "arena.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool
all_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return false;
	return true;
}

/* Every piece is zero, aligned and nobody else's, whatever sizes come before it. */
static void
pieces_are_zeroed_and_apart(void **state)
{
	static const size_t sizes[] = {
		1, 2, 15, 16, 17, 1000, 32 * 1024 - 16, 32 * 1024 - 1, 32 * 1024, 32 * 1024 + 1,
		1,
		3 * 32 * 1024, 16, 500 * 1024, 7,
	};
	enum { N = sizeof sizes / sizeof *sizes };
	unsigned char *p[N];
	struct arena *a = arena_open();

	(void)state;
	for (size_t round = 0; round < 3; round++) {
		for (size_t i = 0; i < N; i++) {
			p[i] = arena_alloc(a, sizes[i], 1);
			assert_int_equal((uintptr_t)p[i] % alignof(max_align_t), 0);
			assert_true(all_zero(p[i], sizes[i]));
			memset(p[i], (int)i + 1, sizes[i]);
		}
		for (size_t i = 0; i < N; i++)
			for (size_t j = 0; j < sizes[i]; j++)
				assert_int_equal(p[i][j], i + 1);
		arena_reset(a);
	}
	arena_close(&a);
	assert_null(a);
	arena_close(&a);
}

static void
nothing_is_a_valid_piece(void **state)
{
	struct arena *a = arena_open();

	(void)state;
	arena_reset(a);
	assert_non_null(arena_alloc(a, 0, 16));
	assert_non_null(arena_alloc(a, 16, 0));
	assert_string_equal(arena_strndup(a, "abc", 0), "");
	arena_close(&a);
}

static void
copies_end_with_nul(void **state)
{
	struct arena *a = arena_open();
	char big[5000];
	const char *z;

	(void)state;
	assert_string_equal(arena_strndup(a, "abcdef", 3), "abc");
	assert_string_equal(arena_strdup(a, "é"), "é");
	assert_memory_equal(arena_span(a, span_from("a\0b", 3)), "a\0b", 4);
	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	z = arena_printf(a, "%d-%s-%s", 7, big, "z");
	assert_int_equal(strlen(z), sizeof big - 1 + 4);
	assert_string_equal(z + sizeof big - 1 + 2, "-z");
	assert_string_equal(arena_printf(a, "%s", ""), "");
	arena_close(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_zeroed_and_apart),
		cmocka_unit_test(nothing_is_a_valid_piece),
		cmocka_unit_test(copies_end_with_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
