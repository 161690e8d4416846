#include "directory.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char national[] = "/tmp/test_directory_n_XXXXXX";
static char city[] = "/tmp/test_directory_c_XXXXXX";

static date_day
day(const char *iso)
{
	date_day d;

	assert_true(date_parse_iso(span_of(iso), &d));
	return d;
}

static void
put(const char *path, const char *text)
{
	FILE *fp = fopen(path, "w");

	assert_non_null(fp);
	assert_true(fputs(text, fp) >= 0);
	assert_int_equal(fclose(fp), 0);
}

static struct directory *
load(const char *n, const char *c)
{
	struct directory *d;
	struct fault f = { 0 };

	put(national, n);
	put(city, c);
	if (directory_load(&d, national, city, &f) != ST_OK)
		fail_msg("%s", f.text);
	return d;
}

static void
the_city_replaces_sections(void **state)
{
	struct directory *d = load(
	    "[115]\nnom = National\ntel = 115\nusager = oui\nverifie_le = 2026-11-01\n"
	    "[119]\nnom = Enfance\n",
	    "# la ville\n[115]\nnom = Ici\n[ccas]\nnom = CCAS\ntel = 03 ; direct\n");
	const struct entry *e;

	(void)state;
	assert_int_equal(directory_list(d, &e), 3);
	e = directory_find(d, "115");
	assert_string_equal(e->nom, "Ici");
	assert_string_equal(e->tel, "");
	assert_false(e->usager);
	assert_int_equal(e->verifie_le, DATE_INVALID);
	assert_string_equal(directory_find(d, "ccas")->tel, "03");
	assert_null(directory_find(d, "caf"));
	directory_close(&d);
	assert_null(d);
	directory_close(&d);
}

static void
only_fresh_entries_are_printed(void **state)
{
	static const struct { const char *checked; bool yes; } t[] = {
		{ "2026-11-24", true }, { "2025-11-24", true }, { "2025-11-23", false },
		{ "2026-11-25", false }, { "1999-01-01", false },
	};
	date_day today = day("2026-11-24");
	struct entry e = { .verifie_le = DATE_INVALID };

	(void)state;
	assert_false(entry_is_printable(&e, today));
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		e.verifie_le = day(t[i].checked);
		assert_int_equal(entry_is_printable(&e, today), t[i].yes);
	}
}

static void
entries_of_a_category(void **state)
{
	struct directory *d = load("",
	    "[a]\nnom=A\ncategories=logement, finances\nusager=oui\nverifie_le=2026-11-01\n"
	    "[b]\nnom=B\ncategories=logement\nusager=non\nverifie_le=2026-11-01\n"
	    "[c]\nnom=C\ncategories=logement\nusager=oui\n"
	    "[d]\nnom=D\ncategories=*\nusager=oui\nverifie_le=2026-11-01\n"
	    "[e]\nnom=E\ncategories=logements\nusager=oui\nverifie_le=2026-11-01\n");
	const struct entry *e[3];
	date_day today = day("2026-11-24");

	(void)state;
	assert_int_equal(directory_for(d, "logement", today, e, 3), 2);
	assert_string_equal(e[0]->id, "a");
	assert_string_equal(e[1]->id, "d");
	assert_int_equal(directory_for(d, "logement", today, e, 1), 1);
	assert_int_equal(directory_for(d, "finances", today, e, 3), 2);
	assert_int_equal(directory_for(d, "voirie", today, e, 3), 1);
	assert_int_equal(directory_for(d, "logement", day("2028-01-01"), e, 3), 0);
	directory_close(&d);
}

static void
faults_name_file_and_line(void **state)
{
	static const struct { const char *text, *want; } t[] = {
		{ "[a]\nnom = A\nfax = 1\n", ":3: unknown key fax" },
		{ "nom = A\n", ":1: nom stands before" },
		{ "[a]\nnom=A\n[b]\nnom=B\n[a]\n", ":5: section [a] is there twice" },
		{ "[a]\nnom=A\nverifie_le = 24/11/2026\n", ":3: verifie_le is a date" },
		{ "[a]\nnom=A\nverifie_le = 2026-02-30\n", ":3: verifie_le is a date" },
		{ "[a]\nnom=A\nusager = yes\n", ":3: usager is oui or non" },
		{ "[a]\nnom=A\ntel=1\ntel=2\n", ":4: tel is there twice in [a]" },
		{ "[a]\ntel=1\n[b]\nnom=B\n", ":3: section [a] has no nom" },
		{ "[a]\ntel=1\n", ": section [a] has no nom" },
		{ "[a]\nn'importe quoi\n", ":2: " },
	};
	struct directory *d;
	struct fault f;

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		put(city, t[i].text);
		assert_int_equal(directory_load(&d, "", city, &f), ST_PERM);
		assert_null(d);
		assert_ptr_equal(strstr(f.text, city), f.text);
		if (strstr(f.text, t[i].want) == NULL)
			fail_msg("%s: wanted %s", f.text, t[i].want);
	}
}

static void
missing_files(void **state)
{
	struct directory *d;
	struct fault f;

	(void)state;
	put(city, "[a]\nnom=A\n");
	assert_int_equal(directory_load(&d, "/tmp/no-such-national.conf", city, &f), ST_OK);
	directory_close(&d);
	assert_int_equal(directory_load(&d, "", "/tmp/no-such-annuaire.conf", &f), ST_PERM);
	assert_non_null(strstr(f.text, "/tmp/no-such-annuaire.conf"));
}

/* The city's own first file, as it was handed over. */
static void
the_given_file(void **state)
{
	const char *data = getenv("DATA");
	struct directory *d;
	struct fault f = { 0 };
	const struct entry *e;
	char path[4096];

	(void)state;
	(void)snprintf(path, sizeof path, "%s/annuaire.example", data == NULL ? "" : data);
	if (access(path, R_OK) != 0) {
		print_message("skipped: no %s (DATA)\n", path);
		skip();
	}
	if (directory_load(&d, "", path, &f) != ST_OK)
		fail_msg("%s", f.text);
	assert_int_equal(directory_list(d, &e), 5);
	for (size_t i = 0; i < 5; i++)
		assert_false(entry_is_printable(&e[i], day("2026-11-24")));
	directory_close(&d);
}

/* Of what we ship nothing tells of violence in an acknowledgment, and nothing unchecked is
 * printed. */
static void
the_shipped_examples(void **state)
{
	static const char *const silent[] = {
		"3919", "119", "3114", "116006", "116117", "3977", "3018", "memo-de-vie",
		"arretonslesviolences",
	};
	struct directory *d;
	struct fault f = { 0 };
	const struct entry *e[10];
	date_day today = day("2026-11-24");

	(void)state;
	if (directory_load(&d, "docs/examples/national.conf", "docs/examples/annuaire.conf",
	    &f) != ST_OK)
		fail_msg("%s", f.text);
	for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
		assert_false(directory_find(d, silent[i])->usager);
	assert_int_equal(directory_for(d, "logement", today, e, 10), 1);
	assert_string_equal(e[0]->tel, "115");
	assert_int_equal(directory_for(d, "violences", today, e, 10), 0);
	assert_int_equal(directory_for(d, "famille", today, e, 10), 0);
	assert_false(entry_is_printable(directory_find(d, "3977"), today));
	assert_true(entry_is_printable(directory_find(d, "3919"), today));
	directory_close(&d);
}

static int
files_make(void **state)
{
	int a = mkstemp(national), b = mkstemp(city);

	(void)state;
	if (a < 0 || b < 0)
		return -1;
	return close(a) | close(b);
}

static int
files_drop(void **state)
{
	(void)state;
	return unlink(national) | unlink(city);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_city_replaces_sections),
		cmocka_unit_test(only_fresh_entries_are_printed),
		cmocka_unit_test(entries_of_a_category),
		cmocka_unit_test(faults_name_file_and_line),
		cmocka_unit_test(missing_files),
		cmocka_unit_test(the_given_file),
		cmocka_unit_test(the_shipped_examples),
	};

	return cmocka_run_group_tests(tests, files_make, files_drop);
}
