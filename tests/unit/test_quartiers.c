#include "quartiers.h"

#include "fold.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/test_quartiers_XXXXXX";

static const char town[] =
    "[nord]\n"
    "nom = Les Érables\n"
    "alias = erables nord, le nord\n"
    "rues = rue du Château d'Eau, avenue de la Paix\n"
    "permanence = 2026-12-03 18:00 Salle des fêtes, rue du Bac\n"
    "permanence = 2026-11-05 18:00 Salle des fêtes\n"
    "[sud]\n"
    "permanence = 2026-11-26 09:30 École Jean-Zay\n"
    "nom = Saint-Rémi\n"
    "rues = rue des Érables, bd Pasteur, avenue de la Paix\n";

static void
put(const char *text)
{
	FILE *fp = fopen(path, "w");

	assert_non_null(fp);
	assert_true(fputs(text, fp) >= 0);
	assert_int_equal(fclose(fp), 0);
}

static struct quartiers *
load(const char *text)
{
	struct quartiers *q;
	struct fault f = { 0 };

	put(text);
	if (quartiers_load(&q, path, &f) != ST_OK)
		fail_msg("%s", f.text);
	return q;
}

static void
found_in_what_people_write(void **state)
{
	static const struct { const char *text, *want; } t[] = {
		{ "J'habite aux Érables depuis 10 ans", "" },
		{ "j'habite les erables", "Les Érables" },
		{ "LES ÉRABLES, bât. C", "Les Érables" },
		{ "st remi", "Saint-Rémi" },
		{ "à SAINT - RÉMI.", "Saint-Rémi" },
		{ "12 boulevard Pasteur", "Saint-Rémi" },
		{ "3 rue du chateau d’eau", "Les Érables" },
		/* The longest name wins where two overlap. */
		{ "rue des Érables", "Saint-Rémi" },
		/* Parts of words are no names. */
		{ "les erablesque", "" }, { "mst remix", "" },
		/* A street of two quartiers says nothing, alone or with another. */
		{ "avenue de la paix", "" },
		{ "avenue de la paix, les erables", "Les Érables" },
		{ "entre les erables et saint remi", "" },
		{ "les erables ... les erables", "Les Érables" },
		{ "", "" }, { " ", "" }, { "rue", "" },
	};
	struct quartiers *q = load(town);
	ARENA_AUTO struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct folded f;

		fold_text(a, span_of(t[i].text), &f);
		if (strcmp(quartiers_find(q, f.text), t[i].want) != 0)
			fail_msg("%s: got \"%s\"", t[i].text, quartiers_find(q, f.text));
	}
	quartiers_close(&q);
	assert_null(q);
}

static void
next_permanences(void **state)
{
	struct quartiers *q = load(town);
	struct permanence p[5];
	int64_t now;

	(void)state;
	assert_true(date_parse_rfc3339(span_of("2026-11-24T10:00:00+01:00"), &now));
	assert_int_equal(quartiers_next(q, now, p, 5), 2);
	assert_string_equal(p[0].quartier, "Saint-Rémi");
	assert_string_equal(p[0].place, "École Jean-Zay");
	assert_int_equal(p[0].at, date_instant(date_local_day(now) + 2, 9, 30));
	assert_string_equal(p[1].quartier, "Les Érables");
	assert_string_equal(p[1].place, "Salle des fêtes, rue du Bac");
	assert_int_equal(quartiers_next(q, now, p, 1), 1);
	/* Begun is past. */
	assert_int_equal(quartiers_next(q, p[0].at, p, 5), 1);
	assert_int_equal(quartiers_next(q, now + 30 * 24 * 3600, p, 5), 0);
	quartiers_close(&q);
}

static void
faults_name_file_and_line(void **state)
{
	static const struct { const char *text, *want; } t[] = {
		{ "[a]\nnom=A\nrue=x\n", ":3: unknown key rue" },
		{ "nom=A\n", ":1: nom stands before" },
		{ "[a]\nnom=A\n[a]\nnom=B\n", ":3: section [a] is there twice" },
		{ "[a]\nnom=A\n[b]\nnom=A\n", ":4: two quartiers are named A" },
		{ "[a]\nnom=A\nnom=B\n", ":3: nom is there twice" },
		{ "[a]\nnom=\n", ":2: nom is empty" },
		{ "[a]\nalias=x\n[b]\nnom=B\n", ":3: section [a] has no nom" },
		{ "[a]\nalias=x\n", ": section [a] has no nom" },
		{ "[a]\nnom=A\npermanence = 3/12/2026 18:00 Salle\n", ":3: permanence" },
		{ "[a]\nnom=A\npermanence = 2026-12-03 18h Salle\n", "bad hour" },
		{ "[a]\nnom=A\npermanence = 2026-12-03 24:00 Salle\n", "bad hour" },
		{ "[a]\nnom=A\npermanence = 2026-12-03 18:00\n", "no place" },
		{ "[a]\nnom=A\nrues = a b c d e f g h i j k\n", "longer than 10 words" },
		{ "[a]\nnom=!?\n", "is no name" },
	};
	struct quartiers *q;
	struct fault f;

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		put(t[i].text);
		assert_int_equal(quartiers_load(&q, path, &f), ST_PERM);
		assert_null(q);
		assert_ptr_equal(strstr(f.text, path), f.text);
		if (strstr(f.text, t[i].want) == NULL)
			fail_msg("%s: wanted %s", f.text, t[i].want);
	}
	assert_int_equal(quartiers_load(&q, "/tmp/no-such-quartiers.conf", &f), ST_PERM);
}

/* A stranger's text may be one word of 200 kB, or only separators. */
static void
long_texts(void **state)
{
	struct quartiers *q = load(town);
	size_t n = 200 * 1024;
	char *z = malloc(n);

	(void)state;
	assert_non_null(z);
	memset(z, 'a', n);
	assert_string_equal(quartiers_find(q, span_from(z, n)), "");
	memset(z, '-', n);
	assert_string_equal(quartiers_find(q, span_from(z, n)), "");
	for (size_t i = 0; i < n; i++)
		z[i] = "s "[i % 2];
	memcpy(z + n - 12, " les erables", 12);
	assert_string_equal(quartiers_find(q, span_from(z, n)), "Les Érables");
	free(z);
	quartiers_close(&q);
}

static void
the_shipped_example(void **state)
{
	struct quartiers *q;
	struct permanence p;
	struct fault f = { 0 };

	(void)state;
	if (quartiers_load(&q, "docs/examples/quartiers.conf", &f) != ST_OK)
		fail_msg("%s", f.text);
	assert_string_equal(quartiers_find(q, span_of("je vis a st crepin")), "Saint-Crépin");
	/* A station is not a neighbourhood. */
	assert_string_equal(quartiers_find(q, span_of("devant la gare")), "");
	/* Invented dates are not shipped. */
	assert_int_equal(quartiers_next(q, 0, &p, 1), 0);
	quartiers_close(&q);
}

static int
begin(void **state)
{
	struct fault f;
	int fd = mkstemp(path);

	(void)state;
	if (fd < 0 || close(fd) != 0)
		return -1;
	return date_zone_set("Europe/Paris", &f) == ST_OK ? 0 : -1;
}

static int
end(void **state)
{
	(void)state;
	return unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found_in_what_people_write),
		cmocka_unit_test(next_permanences),
		cmocka_unit_test(faults_name_file_and_line),
		cmocka_unit_test(long_texts),
		cmocka_unit_test(the_shipped_example),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
