#include "flowed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct join { const char *in; bool delsp; const char *want; };

static void
test_join(void **s)
{
	static const struct join t[] = {
		{ "", false, "" },
		{ "un \ndeux\n", false, "un deux\n" },
		{ "un\ndeux\n", false, "un\ndeux\n" },
		{ "un \ndeux", false, "un deux\n" },
		{ "un ", false, "un \n" },
		{ "un \n\ndeux\n", false, "un \ndeux\n" },	/* an empty line ends it */
		{ " From moi\n", false, "From moi\n" },		/* stuffed */
		{ " > pas cité\n", false, "> pas cité\n" },
		{ "  deux\n", false, " deux\n" },
		{ "> a \n> b\nc\n", false, "> a b\nc\n" },
		{ ">a \n>> b \n>>c\n", false, "> a \n> > b c\n" },	/* depth changes */
		{ "> a \nb\n", false, "> a \nb\n" },
		{ "a \n> b\n", false, "a \n> b\n" },
		{ "un \n-- \nnom\n", false, "un \n-- \nnom\n" },
		{ "-- \nnom \nsuite\n", false, "-- \nnom suite\n" },
		{ "> -- \n> nom\n", false, "> -- \n> nom\n" },
		{ "日 \n本\n", true, "日本\n" },
		{ "un  \ndeux\n", true, "un deux\n" },
		{ ">>>\n", false, "> > > \n" },
	};
	struct arena *a = arena_open();

	(void)s;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct span got = flowed_join(a, span_of(t[i].in), t[i].delsp);

		assert_string_equal(arena_span(a, got), t[i].want);
	}
	arena_close(&a);
}

/* The longest answer for its size, with no line end at the end. */
static void
test_only_marks(void **s)
{
	enum { N = 100000 };
	struct arena *a = arena_open();
	char *in = arena_alloc(a, N + 1, 1);

	(void)s;
	memset(in, '>', N);
	assert_int_equal(flowed_join(a, span_from(in, N), false).n, 2 * N + 1);
	memset(in, ' ', N);
	assert_int_equal(flowed_join(a, span_from(in, N), false).n, N);
	arena_close(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_join), cmocka_unit_test(test_only_marks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
