#include "texts.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/test_texts_load_XXXXXX";

static void
assert_says(const char *name, const char *body, const char *what)
{
	if (strstr(body, what) == NULL)
		fail_msg("%s does not say \"%s\":\n%s", name, what, body);
}

static void
assert_silent(const char *name, const char *body, const char *what)
{
	if (strstr(body, what) != NULL)
		fail_msg("%s says \"%s\":\n%s", name, what, body);
}

static void
put(const char *name, const char *text)
{
	char path[128];
	FILE *fp;

	assert_true(snprintf(path, sizeof path, "%s/%s", dir, name) < (int)sizeof path);
	fp = fopen(path, "w");
	assert_non_null(fp);
	assert_true(fputs(text, fp) >= 0);
	assert_int_equal(fclose(fp), 0);
}

static void
drop(const char *name)
{
	char path[128];

	assert_true(snprintf(path, sizeof path, "%s/%s", dir, name) < (int)sizeof path);
	assert_int_equal(unlink(path), 0);
}

static void
shipped_whole(void)
{
	static const char *const pieces[] = {
		"notice-rgpd.txt", "commun-debut.txt", "commun-suite.txt", "pied-legal.txt",
		"ack-court.txt",
	};

	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
		put(pieces[i], "x\n");
}

static void
faults_of_a_folder(void **state)
{
	static const struct { const char *file, *text, *want; } t[] = {
		{ "ack-x.txt", "a\n{{inconnu}}\n",
		  "ack-x.txt:2: unknown name \"inconnu\"" },
		/* What would tell one short text from another. */
		{ "ack-court.txt", "{{ref}}\n", "ack-court.txt:1: unknown name \"ref\"" },
		{ "ack-court.txt", "{{autre_langue}}\n", "unknown name" },
		{ "ack-court.txt", "{{pied}}\n", "unknown name" },
		/* A piece cannot hold one that is made later, nor itself. */
		{ "notice-rgpd.txt", "{{pied}}\n", "unknown name \"pied\"" },
		{ "notice-rgpd.txt", "{{notice}}\n", "unknown name \"notice\"" },
		{ "bilingue-en.txt", "{{autre_langue}}\n", "unknown name" },
		/* A citizen's words go to agents only. */
		{ "ack-x.txt", "{{texte}}\n", "unknown name \"texte\"" },
		{ "ack-x.txt", "{{objet}}\n", "unknown name \"objet\"" },
		{ "avis.txt", "{{contacts}}\n", "avis.txt:1: unknown name" },
		{ "rdv.txt", "{{contacts}}\n", "rdv.txt:1: unknown name" },
		{ "modeles/x.txt", "\n{{expediteur}}\n", "modeles/x.txt:2: unknown name" },
		{ "avis.txt", "", "avis.txt:1: nothing" },
	};
	struct texts *got;
	struct fault f;
	static const char *const wanted[] = { "ack-logement" };
	char models[128];

	(void)state;
	assert_true(snprintf(models, sizeof models, "%s/modeles", dir) < (int)sizeof models);
	assert_int_equal(mkdir(models, 0700), 0);
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		shipped_whole();
		put(t[i].file, t[i].text);
		assert_int_equal(texts_load(&got, dir, NULL, 0, &f), ST_PERM);
		assert_null(got);
		if (strstr(f.text, t[i].want) == NULL)
			fail_msg("%s: wanted %s", f.text, t[i].want);
		drop(t[i].file);
	}
	assert_int_equal(rmdir(models), 0);	/* without it all is well */
	shipped_whole();
	assert_int_equal(texts_load(&got, dir, wanted, 1, &f), ST_PERM);
	assert_non_null(strstr(f.text, "ack-logement.txt: no such template"));
	assert_int_equal(texts_load(&got, dir, NULL, 0, &f), ST_OK);
	texts_close(&got);
	assert_null(got);
	drop("ack-court.txt");
	assert_int_equal(texts_load(&got, dir, NULL, 0, &f), ST_PERM);
	assert_non_null(strstr(f.text, "ack-court.txt: no such template"));
	drop("notice-rgpd.txt");
	drop("commun-debut.txt");
	drop("commun-suite.txt");
	drop("pied-legal.txt");
	assert_int_equal(texts_load(&got, "/tmp/no-such-folder", NULL, 0, &f), ST_PERM);
}

static void
texts_for_agents(void **state)
{
	static const struct template_var secret[] = {
		{ "ref", "BI-1" }, { "sensible", "oui" },
	};
	static const struct template_var plain[] = {
		{ "ref", "BI-1" }, { "categorie", "Logement" },
		{ "texte", "je {{ref}}\n\n\nfin" },
	};
	ARENA_AUTO struct arena *a = arena_open();
	struct texts *texts;
	struct fault f;
	const char *body;

	(void)state;
	assert_int_equal(texts_load(&texts, "templates", NULL, 0, &f), ST_OK);
	assert_int_equal(texts_fill(texts, a, "avis", plain, 3, &body, &f), ST_OK);
	assert_says("avis", body, "— Répondez au-dessus de cette ligne —\n");
	assert_says("avis", body, "Logement");
	/* The citizen's words as they are. */
	assert_says("avis", body, "je {{ref}}\n\n\nfin");
	assert_int_equal(texts_fill(texts, a, "avis", secret, 2, &body, &f), ST_OK);
	assert_says("avis", body, "Dossier sensible");
	assert_silent("avis", body, "Catégorie");
	assert_int_equal(texts_fill(texts, a, "alerte", secret, 2, &body, &f), ST_OK);
	assert_says("alerte", body, "BI-1");
	assert_silent("alerte", body, "Objet");
	assert_int_equal(texts_fill(texts, a, "ack-logement", plain, 1, &body, &f), ST_OK);
	assert_says("ack-logement", body, "BI-1");
	assert_int_equal(texts_fill(texts, a, "absent", plain, 1, &body, &f), ST_PERM);
	texts_close(&texts);
}

static int
begin(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int
end(void **state)
{
	(void)state;
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_of_a_folder),
		cmocka_unit_test(texts_for_agents),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
