/* What rules read, and that every folded byte knows its original. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fold.h"
#include "limits.h"
#include "utf8.h"

#include <string.h>

static const struct { const char *in, *out; } cases[] = {
	{ "", "" },
	{ "   ", "" },
	{ "L’Été, ŒUVRE", "l'ete, oeuvre" },
	{ "Lætitia ÆGYPTE", "laetitia aegypte" },
	{ "ﬁn ＡＢ straße", "fin ab strasse" },
	{ "e\xcc\x81t\xcc\x80", "et" },			/* NFD */
	{ "Ça  va\t\r\n bien ?", "ca va bien ?" },
	{ "10\xc2\xa0\xe2\x82\xac\xe2\x80\xaf!", "10 € !" },
	{ "aiiiide urgeeeent heeelp", "aiide urgeent heelp" },
	{ "!!!! 1000", "!!!! 1000" },
	{ "ЁЖИК й ї Й", "ёжик й ї й" },
	{ "\xd0\xb8\xcc\x86", "й" },			/* и and breve, as one letter */
	{ "İstanbul ışık ŞİDDET", "istanbul ısık siddet" },
	{ "soțul mă bate, não", "sotul ma bate, nao" },
	{ "أرجوكم ساعدوني", "أرجوكم ساعدوني" },
	{ "rendez\xe2\x80\x91vous", "rendez-vous" },
	{ "so\xc2\xadleil\xe2\x80\xae", "soleil" },
	{ "mot\xe2\x80\x8bmot", "mot mot" },
	{ "aujourd`hui", "aujourd'hui" },
	{ "a\xff" "b", "a?b" },
	{ "Ⱥ", "Ⱥ" },				/* its small form is longer: left as it is */
};

static void
folds(void **state)
{
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct folded f;

		fold_text(a, span_of(cases[i].in), &f);
		assert_string_equal(f.text.p, cases[i].out);
		assert_int_equal(f.text.n, strlen(cases[i].out));
		assert_true(utf8_valid(f.text));
		assert_string_equal(fold_word(a, cases[i].in), cases[i].out);
	}
	arena_close(&a);
}

static const struct { const char *in, *find, *original; } quotes[] = {
	{ "Mon  MARI\nm’a Frappéééé hier", "frappee", "Frappéééé" },
	{ "Mon  MARI\nm’a Frappée hier", "mari m'a", "MARI\nm’a" },
	{ "le cœur", "coe", "cœ" },
	{ "le cœur", "co", "cœ" },
	{ "ﬁn", "fi", "ﬁ" },
	{ "нехай Й", "й", "й" },
	{ "fin   ", "fin", "fin" },
};

static void
quotes_the_original(void **state)
{
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++) {
		struct folded f;
		const char *at;
		struct span s;

		fold_text(a, span_of(quotes[i].in), &f);
		at = strstr(f.text.p, quotes[i].find);
		assert_non_null(at);
		s = fold_origin(&f, (size_t)(at - f.text.p),
		    (size_t)(at - f.text.p) + strlen(quotes[i].find));
		assert_string_equal(arena_span(a, s), quotes[i].original);
	}
	arena_close(&a);
}

static void
origins_ascend_to_the_end(void **state)
{
	static const char text[] = "Été ŒUF йод ﬃ heeey ½ … \xff fin";
	struct arena *a = arena_open();
	struct folded f;

	(void)state;
	fold_text(a, span_of(text), &f);
	for (size_t i = 0; i < f.text.n; i++)
		assert_true(f.origin[i] <= f.origin[i + 1]);
	assert_int_equal(f.origin[f.text.n], sizeof text - 1);
	assert_int_equal(fold_origin(&f, 5, 5).n, 0);
	assert_int_equal(fold_origin(&f, 0, SIZE_MAX).n, sizeof text - 1);
	arena_close(&a);
}

static void
reads_no_more_than_the_limit(void **state)
{
	const size_t n = LIMIT_RULE_TEXT + 100;
	struct arena *a = arena_open();
	char *z = arena_alloc(a, n + 1, 1);
	struct folded f;

	(void)state;
	for (size_t i = 0; i < n; i += 2)
		memcpy(z + i, i % 4 == 0 ? "\xc3\xa9" : "b ", 2);
	z[0] = 'x';
	z[1] = ' ';
	fold_text(a, span_from(z, n), &f);
	assert_true(f.original.n <= LIMIT_RULE_TEXT && f.original.n > LIMIT_RULE_TEXT - 4);
	assert_true(f.text.n <= f.original.n);
	assert_true(utf8_valid(f.text));
	arena_close(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folds),
		cmocka_unit_test(quotes_the_original),
		cmocka_unit_test(origins_ascend_to_the_end),
		cmocka_unit_test(reads_no_more_than_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
