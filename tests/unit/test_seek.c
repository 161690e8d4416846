/* What a person types to find something, and the line that shows it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "seek.h"
#include "utf8.h"

#include <stdio.h>
#include <string.h>

static const char *
terms_text(struct arena *a, const struct seek *s)
{
	const char *z = "";

	for (size_t i = 0; i < s->n; i++)
		z = arena_printf(a, "%s[%s%s]", z, s->term[i].text, s->term[i].prefix ? "*" :
		    "");
	return z;
}

static void
reads(void **state)
{
	static const struct { const char *typed, *terms; } rows[] = {
		{ "Cœur ÉTÉ", "[coeur][ete]" },
		{ "  loyer\t\n impayé ", "[loyer][impaye]" },
		{ "expul*", "[expul*]" },
		{ "\"fin du mois\" loyer", "[fin du mois][loyer]" },
		{ "« fin du mois »", "[fin du mois]" },
		{ "“fin du”mois", "[fin du][mois]" },
		{ "\"fin du mo\"*", "[fin du mo*]" },
		{ "\"jamais fermé", "[jamais ferme]" },
		{ "« jamais fermé", "[jamais ferme]" },
		{ "avant\"fin du mois\"", "[avant][fin du mois]" },
		{ "l’école", "[l'ecole]" },
		{ "06.39.98.01.01", "[06.39.98.01.01]" },
		{ "anne@exemple.fr", "[anne@exemple.fr]" },
		{ "loyer AND NOT (dette OR NEAR", "[loyer][and][not][(dette][or][near]" },
		{ "text:loyer ^loyer -loyer", "[text:loyer][^loyer][-loyer]" },
		{ "", "" }, { " \n ", "" }, { "*", "" }, { "\"\"", "" }, { "« »", "" },
		{ "!!! ... -- ’ …", "" }, { "\"", "" }, { "«", "" },
		{ "... loyer !!!", "[loyer]" },
		{ "й", "[й]" }, { "ســلام", "[ســلام]" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct seek s;
		bool any = seek_read(a, span_of(rows[i].typed), &s);

		assert_string_equal(terms_text(a, &s), rows[i].terms);
		assert_int_equal(any, rows[i].terms[0] != '\0');
	}
	(void)state;
}

static void
is_bounded(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	char many[4000], one[4000];
	struct seek s;

	for (size_t i = 0; i + 1 < sizeof many; i++)
		many[i] = i % 2 == 0 ? 'x' : ' ';
	many[sizeof many - 1] = '\0';
	assert_true(seek_read(a, span_of(many), &s));
	assert_int_equal(s.n, SEEK_TERMS);
	memset(one, 0xc3, sizeof one);
	for (size_t i = 1; i < sizeof one; i += 2)
		one[i] = (char)(0xa9 + i / 2 % 2);	/* é, ê: never three alike */
	one[sizeof one - 1] = '\0';
	assert_true(seek_read(a, span_from(one, sizeof one - 2), &s));
	assert_int_equal(s.n, 1);
	assert_true(strlen(s.term[0].text) <= SEEK_BYTES &&
	    utf8_valid(span_of(s.term[0].text)));
	(void)state;
}

static void
shows(void **state)
{
	static const struct { const char *typed, *text, *want; } rows[] = {
		{ "coeur", "Un cœur\nsimple", "Un |cœur| simple" },
		{ "CŒUR", "Un Coeur simple", "Un |Coeur| simple" },
		{ "ecole", "devant l’école.", "devant l’|école|." },
		{ "l'ecole", "devant l’école.", "devant |l’école|." },
		{ "expul*", "Je suis expulsée demain", "Je suis |expulsée| demain" },
		{ "co*", "un cœur", "un |cœur|" },
		{ "expul", "Je suis expulsée", "||Je suis expulsée" },
		{ "\"fin du mois\"", "la fin,  du\nMOIS prochain",
		    "la |fin, du MOIS| prochain" },
		{ "\"fin du\"", "la find du mois", "||la find du mois" },
		{ "06-39", "au 06 39 98", "au |06 39| 98" },
		{ "rien loyer", "le loyer", "le |loyer|" },
		{ "loyer", "", "||" },
		{ "e", "e\xcc\x81 t", "|e\xcc\x81| t" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct excerpt x;
		struct seek s;

		assert_true(seek_read(a, span_of(rows[i].typed), &s));
		seek_excerpt(a, &s, rows[i].text, &x);
		assert_int_equal(x.found, x.match[0] != '\0');
		assert_string_equal(arena_printf(a, "%s|%s|%s", x.before, x.match, x.after),
		    rows[i].want);
	}
	(void)state;
}

/* Long text: a window at words, with signs of what is missing. */
static void
cuts_at_words(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct excerpt x;
	struct seek s;
	char text[6000];
	size_t n = 0;

	while (n < 4000)
		n += (size_t)snprintf(text + n, sizeof text - n, "né à Léa ");
	n += (size_t)snprintf(text + n, sizeof text - n, "LOYER ");
	while (n < 5500)
		n += (size_t)snprintf(text + n, sizeof text - n, "été là ");
	assert_true(seek_read(a, span_of("loyer"), &s));
	seek_excerpt(a, &s, text, &x);
	assert_string_equal(x.match, "LOYER");
	assert_true(strlen(x.before) + strlen(x.after) <= SEEK_EXCERPT + 2 * strlen("…"));
	assert_true(utf8_valid(span_of(x.before)) && utf8_valid(span_of(x.after)));
	assert_memory_equal(x.before, "…", strlen("…"));
	assert_non_null(strstr(x.after, "…"));
	assert_int_equal(x.before[strlen(x.before) - 1], ' ');
	(void)state;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads), cmocka_unit_test(is_bounded), cmocka_unit_test(shows),
		cmocka_unit_test(cuts_at_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
