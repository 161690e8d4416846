#include "ini.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct walk { struct arena *a; const char *said; };

/* Every line as "LINE[section]key=value;"; the key "no" is refused. */
static enum status
say(void *ctx, const struct ini_line *l, struct fault *f)
{
	struct walk *w = ctx;

	if (strcmp(l->key, "no") == 0)
		return fault_set(f, ST_PERM, "not %s", l->value);
	w->said = arena_printf(w->a, "%s%d[%s]%s=%s;", w->said, l->line, l->section, l->key,
	    l->value);
	return ST_OK;
}

static void
good(void **state)
{
	static const struct { const char *in, *want; } t[] = {
		{ "", "" }, { "\n\n", "" }, { "# a = b\n; a = b\n  # c\n", "" },
		{ "a = b", "1[]a=b;" }, { "a=b\r\nc=d\r\n", "1[]a=b;2[]c=d;" },
		{ "[s]\na = 1\n[t u]\nb = 2\n", "1[s]=;2[s]a=1;3[t u]=;4[t u]b=2;" },
		{ "[ s ] ; why\n", "1[s]=;" }, { "\t a b \t=\t c d \n", "1[]a b=c d;" },
		{ "a =\n", "1[]a=;" }, { "a = ; why\n", "1[]a=;" }, { "a = # why\n", "1[]a=;" },
		{ "a = b ; why\n", "1[]a=b;" }, { "a = b\t# why\n", "1[]a=b;" },
		{ "a = b;c#d\n", "1[]a=b;c#d;" }, { "a = b=c = d\n", "1[]a=b=c = d;" },
		{ "a = x;y ; z ; w\n", "1[]a=x;y;" }, { "A = Été\n", "1[]A=Été;" },
		{ "\xef\xbb\xbf[s]\na = 1\n", "1[s]=;2[s]a=1;" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct walk w = { a, "" };
		struct fault f;

		assert_int_equal(ini_read(a, "f", span_of(t[i].in), say, &w, &f), ST_OK);
		assert_string_equal(w.said, t[i].want);
	}
}

static void
bad(void **state)
{
	static const struct { const char *in, *want; } t[] = {
		{ "a\n", "f:1: neither \"key = value\" nor [section]" },
		{ "\n# c\n\nx y z\n", "f:4: neither \"key = value\" nor [section]" },
		{ "a = 1\r\n= 2\r\n", "f:2: no key before '='" },
		{ "[s\n", "f:1: a section is written [name]" },
		{ "[]\n", "f:1: a section is written [name]" },
		{ "\n[s] x\n", "f:2: a section is written [name]" },
		{ "[s]\nno = sense ; why\na\n", "f:2: not sense" },
		{ "a = caf\xe9\n", "f: not a UTF-8 text" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct walk w = { a, "" };
		struct fault f;

		assert_int_equal(ini_read(a, "f", span_of(t[i].in), say, &w, &f), ST_PERM);
		assert_string_equal(f.text, t[i].want);
	}
}

static void
a_nul_is_no_text(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct walk w = { a, "" };
	struct fault f;

	(void)state;
	assert_int_equal(ini_read(a, "f", span_from("a = 1\0\n", 7), say, &w, &f), ST_PERM);
	assert_string_equal(f.text, "f: not a UTF-8 text");
	assert_string_equal(w.said, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good), cmocka_unit_test(bad),
		cmocka_unit_test(a_nul_is_no_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
