#include "texts.h"

#include "limits.h"
#include "utf8.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define NB "\302\240"

static const char templates[] = "templates";
static const char open_hours[] = "2026-11-24T10:12:00+01:00";
static const char friday_night[] = "2026-11-27T22:05:00+01:00";

/* Every category of LAW-AND-SAFETY section 5 that asks for something. */
static const char *const standard[] = {
	"ack-logement", "ack-finances", "ack-emploi", "ack-accident", "ack-urgence",
	"ack-famille", "ack-sante", "ack-demarches", "ack-voisinage", "ack-voirie",
	"ack-rendezvous", "ack-permanence", "ack-reclamation", "ack-a_qualifier",
};
enum { STANDARD = sizeof standard / sizeof *standard };
static const char *const twins[] = { "en", "ar", "uk", "tr", "ru", "fa", "pt", "ro", "es" };
enum { TWINS = sizeof twins / sizeof *twins };

static struct texts *texts;
static struct hours hours;
static char dir[] = "/tmp/test_texts_XXXXXX";

static int64_t
at(const char *rfc3339)
{
	int64_t t;

	assert_true(date_parse_rfc3339(span_of(rfc3339), &t));
	return t;
}

static struct ack_facts
facts(const char *name, const char *when)
{
	return (struct ack_facts){ .template_name = name, .category = name + 4,
	    .ref = "BI-2026-00042", .bureau = "Bureau des interventions",
	    .organisation = "Ville de Soissons", .address = "bureau@ville.example",
	    .phone = "03 00 00 00 01", .postal_address = "1 place du Test, 02200 Soissons",
	    .lang = "fr", .received = at(when), .now = at(when), .promise_days = 3,
	    .hours = &hours };
}

static const char *
ack(struct arena *a, const struct ack_facts *k)
{
	const char *body;
	struct fault f = { 0 };

	if (texts_ack(texts, a, k, &body, &f) != ST_OK)
		fail_msg("%s: %s", k->template_name, f.text);
	assert_true(utf8_valid(span_of(body)));
	return body;
}

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

/* The checklist of a lawful acknowledgment (CRPA R112-11-1, L112-8, L114-2, L114-5, L231-4).
 * Point 14, the headers and the envelope, is the composer's. */
static void
every_standard_text_is_lawful(void **state)
{
	static const char *const points[] = {
		"le mardi 24 novembre 2026 à 10" NB "h" NB "12",		/* 1 */
		"Bureau des interventions – Ville de Soissons",			/* 2 */
		"bureau@ville.example", "1 place du Test, 02200 Soissons",	/* 3 */
		"03 00 00 00 01",						/* 4 */
		"BI-2026-00042",						/* 5 */
		"vaudrait rejet", "refus",					/* 6 */
		"sous réserve que votre demande soit complète",			/* 7 */
		"à défaut de décision expresse", "24 janvier 2027",
		"recours gracieux", "tribunal administratif", "deux mois",	/* 8 */
		"www.telerecours.fr",
		"S’il manque une pièce", "délai",				/* 9 */
		"autre administration", "transmettrons", "vous en avertirons",	/* 10 */
		"délégué à la protection des données", "www.cnil.fr",		/* 11 */
		"Le nom de votre correspondant vous sera indiqué",		/* 12 */
		"17 (police)", "15 (Samu)", "18 (pompiers)", "112", "114",	/* 13 */
		/* And the promise, in open days. */
		"vendredi 27 novembre 2026",
	};
	ARENA_AUTO struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < STANDARD; i++) {
		struct ack_facts k = facts(standard[i], open_hours);
		const char *body = ack(a, &k);

		for (size_t p = 0; p < sizeof points / sizeof *points; p++)
			assert_says(standard[i], body, points[p]);
		assert_true(strncmp(body, "Bonjour,\n", 9) == 0);
		assert_silent(standard[i], body, "3919");
		assert_silent(standard[i], body, "fermé");
		assert_silent(standard[i], body, "{{");
		assert_silent(standard[i], body, "\n\n\n");
	}
}

static void
out_of_hours_says_so(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < STANDARD; i++) {
		struct ack_facts k = facts(standard[i], friday_night);
		const char *body = ack(a, &k);

		assert_says(standard[i], body, "Le bureau est fermé jusqu’au lundi 30 novembre "
		    "2026 à 8" NB "h" NB "30.");
		assert_says(standard[i], body, "jeudi 3 décembre 2026");
		assert_says(standard[i], body, "n’est pas surveillée la nuit ni le week-end");
	}
}

static void
at_lunch_it_opens_the_same_day(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct ack_facts k = facts("ack-logement", "2026-11-24T12:10:00+01:00");

	(void)state;
	assert_says("ack-logement", ack(a, &k), "fermé jusqu’à 13" NB "h" NB "30.");
}

/* A mail that waited through an outage is promised a day to come. */
static void
no_promise_in_the_past(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct ack_facts k = facts("ack-logement", "2026-11-02T10:00:00+01:00");
	const char *body;

	(void)state;
	k.now = at(open_hours);
	body = ack(a, &k);
	assert_says("ack-logement", body, "au plus tard le vendredi 27 novembre 2026");
	assert_says("ack-logement", body, "reçue le lundi 2 novembre 2026");
	assert_says("ack-logement", body, "2 janvier 2027");
}

/* LAW-AND-SAFETY section 3 rule 2: the same for all, and it tells nothing. */
static void
the_short_text_tells_nothing(void **state)
{
	static const char *const never[] = {
		"3919", "BI-2026", "violence", "interventions", "119", "logement",
		"télerecours", "refus", "bureau@ville.example", "place du Test", "sensible",
		"merci", "22" NB "h", "fermé",
	};
	static const char *const always[] = {
		"Bonjour,", "le vendredi 27 novembre 2026", "La mairie vous répondra",
		"03 00 00 00 01", "Ville de Soissons",
	};
	ARENA_AUTO struct arena *a = arena_open();
	struct ack_facts k = facts("ack-court", friday_night);
	const char *first = ack(a, &k);

	(void)state;
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		assert_silent("ack-court", first, never[i]);
	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		assert_says("ack-court", first, always[i]);
	k.category = "violences";
	k.ref = "BI-2026-09999";
	k.lang = "uk";
	assert_string_equal(ack(a, &k), first);
	assert_true(strlen(first) < 400);
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
the_short_text_has_the_mairie_number_when_checked(void **state)
{
	static const struct { const char *text, *tel; } t[] = {
		{ "[mairie-standard]\nnom=S\ntel=03 00 00 00 99\nverifie_le=2026-11-01\n",
		  "03 00 00 00 99" },
		{ "[mairie-standard]\nnom=S\ntel=03 00 00 00 99\nverifie_le=2025-11-01\n",
		  "03 00 00 00 01" },
		{ "[autre]\nnom=S\ntel=03 00 00 00 99\nverifie_le=2026-11-01\n",
		  "03 00 00 00 01" },
	};
	ARENA_AUTO struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct ack_facts k = facts("ack-court", open_hours);
		struct directory *d;
		struct fault f;
		char path[128];

		put("annuaire.conf", t[i].text);
		(void)snprintf(path, sizeof path, "%s/annuaire.conf", dir);
		assert_int_equal(directory_load(&d, "", path, &f), ST_OK);
		k.directory = d;
		assert_says("ack-court", ack(a, &k), t[i].tel);
		directory_close(&d);
		drop("annuaire.conf");
	}
}

static void
verified_contacts_only(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct ack_facts k = facts("ack-logement", open_hours);
	struct directory *d;
	struct fault f;
	char path[128];

	(void)state;
	put("annuaire.conf",
	    "[a]\nnom=Toit pour tous\ncategories=logement\nusager=oui\nverifie_le=2026-11-01\n"
	    "tel=03 00 00 00 02\ntel_horaires=le matin\nadresse=2 rue du Test\nnote=secret\n"
	    "[b]\nnom=Ancien\ncategories=logement\nusager=oui\nverifie_le=2024-11-01\ntel=1\n");
	(void)snprintf(path, sizeof path, "%s/annuaire.conf", dir);
	assert_int_equal(directory_load(&d, "", path, &f), ST_OK);
	assert_silent("without", ack(a, &k), "Ces services");
	k.directory = d;
	assert_says("with", ack(a, &k), "Ces services peuvent aussi vous répondre dès "
	    "maintenant" NB ":\n– Toit pour tous" NB ": 03 00 00 00 02 (le matin), 2 rue du "
	    "Test\n");
	assert_silent("with", ack(a, &k), "Ancien");
	assert_silent("with", ack(a, &k), "secret");
	k.category = "emploi";
	assert_silent("of another category", ack(a, &k), "Toit");
	directory_close(&d);
	drop("annuaire.conf");
}

static void
permanences_to_come_only(void **state)
{
	static const char *const names[] = { "ack-permanence", "ack-rendezvous" };
	ARENA_AUTO struct arena *a = arena_open();
	struct quartiers *q;
	struct fault f;
	char path[128];

	(void)state;
	put("q.conf", "[a]\nnom=Chevreux\npermanence=2026-12-03 18:00 Salle Test\n"
	    "permanence=2026-11-19 18:00 Passée\n");
	(void)snprintf(path, sizeof path, "%s/q.conf", dir);
	assert_int_equal(quartiers_load(&q, path, &f), ST_OK);
	for (size_t i = 0; i < 2; i++) {
		struct ack_facts k = facts(names[i], open_hours);

		assert_silent(names[i], ack(a, &k), "ermanences");
		k.quartiers = q;
		assert_says(names[i], ack(a, &k),
		    "– jeudi 3 décembre 2026 à 18" NB "h, Salle Test (Chevreux)\n");
		assert_says(names[i], ack(a, &k), "sans rendez-vous");
		assert_says(names[i], ack(a, &k), "appeler le 03 00 00 00 01");
		assert_silent(names[i], ack(a, &k), "Passée");
	}
	quartiers_close(&q);
	drop("q.conf");
}

/* What quoted-printable makes of it, soft breaks counted. */
static size_t
wire_size(const char *z)
{
	size_t n = 0;

	for (; *z != '\0'; z++)
		n += *z == '\n' ? 2 : (unsigned char)*z >= 0x7f || *z == '=' ? 3 : 1;
	return n + n / 70 * 3;
}

static void
twins_say_the_same(void **state)
{
	static const char *const facts_of_a_twin[] = {
		"BI-2026-00042", "27/11/2026", "22:05", "03/12/2026", "30/11/2026", "08:30",
		"15", "17", "18", "112", "114",
	};
	ARENA_AUTO struct arena *a = arena_open();
	const char *plain, *body, *twin;

	(void)state;
	for (size_t i = 0; i < TWINS; i++) {
		struct ack_facts k = facts("ack-permanence", friday_night);

		plain = ack(a, &k);
		k.lang = twins[i];
		body = ack(a, &k);
		twin = strstr(body, "————\n\n");
		assert_non_null(twin);
		/* A pointer to it stands first, for who cannot read what follows. */
		assert_true(strncmp(body, "Bonjour", 7) != 0);
		for (size_t p = 0; p < sizeof facts_of_a_twin / sizeof *facts_of_a_twin; p++)
			assert_says(twins[i], twin, facts_of_a_twin[p]);
		/* The French before it and the legal foot behind it are those of everybody. */
		body = strstr(body, "Bonjour,");
		assert_memory_equal(body, plain, (size_t)(twin - body));
		assert_says(twins[i], twin, strstr(plain, "Mentions légales"));
		/* Headers and directory lists have the rest of LIMIT_ACK. */
		if (wire_size(twin) + wire_size(plain) + 4000 >= LIMIT_ACK)
			fail_msg("%s: %zu bytes", twins[i], wire_size(twin) + wire_size(plain));
	}
}

/* Each line begins with a mark, each value is isolated, and a phone number is one run. */
static void
right_to_left_is_right(void **state)
{
	static const char *const rtl[] = { "ar", "fa" };
	ARENA_AUTO struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct ack_facts k = facts("ack-logement", open_hours);
		struct span rest, line;
		const char *body;

		k.lang = rtl[i];
		body = ack(a, &k);
		assert_true(strncmp(body, "\342\200\217", 3) == 0);
		rest = span_of(strstr(body, "————\n\n") + strlen("————\n\n"));
		while (span_line(&rest, &line) && !span_eq(line, "————"))
			assert_true(line.n == 0 || memcmp(line.p, "\342\200\217", 3) == 0);
		assert_says(rtl[i], body,
		    "\342\201\24603" NB "00" NB "00" NB "00" NB "01\342\201\251");
		assert_says(rtl[i], body, "\342\201\246BI-2026-00042\342\201\251");
	}
}

static void
an_unknown_language_gets_french_alone(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct ack_facts k = facts("ack-logement", open_hours);
	const char *french = ack(a, &k);

	(void)state;
	k.lang = "zz";
	assert_string_equal(ack(a, &k), french);
	k.lang = "../../etc/passwd";
	assert_string_equal(ack(a, &k), french);
}

/* Nothing configured but the obligatory address: no empty bracket, no "tél. ,". */
static void
absent_facts_leave_no_hole(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < STANDARD; i++) {
		struct ack_facts k = facts(standard[i], open_hours);
		const char *body;

		k.phone = k.postal_address = "";
		k.lang = "en";
		body = ack(a, &k);
		assert_silent(standard[i], body, "tél.");
		assert_silent(standard[i], body, " ,");
		assert_silent(standard[i], body, ", ,");
		assert_silent(standard[i], body, "appeler le");
		assert_silent(standard[i], body, "call");
	}
}

/* French typography: no plain space before high punctuation, no straight apostrophe. */
static void
typography(void **state)
{
	static const char *const wrong[] = {
		" :", " ;", " !", " ?", "'", "« ", " »", "...", "  ",
	};
	ARENA_AUTO struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < STANDARD; i++) {
		struct ack_facts k = facts(standard[i], friday_night);
		const char *body = ack(a, &k);

		for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++)
			assert_silent(standard[i], body, wrong[w]);
	}
}

static int
begin(void **state)
{
	struct fault f;

	(void)state;
	if (mkdtemp(dir) == NULL || date_zone_set("Europe/Paris", &f) != ST_OK ||
	    hours_parse(span_of("mon-fri 08:30-12:00 13:30-17:00"), span_of(""), &hours, &f) !=
	    ST_OK)
		return -1;
	if (texts_load(&texts, templates, standard, STANDARD, &f) != ST_OK) {
		print_error("%s\n", f.text);
		return -1;
	}
	return 0;
}

static int
end(void **state)
{
	(void)state;
	texts_close(&texts);
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_standard_text_is_lawful),
		cmocka_unit_test(out_of_hours_says_so),
		cmocka_unit_test(at_lunch_it_opens_the_same_day),
		cmocka_unit_test(no_promise_in_the_past),
		cmocka_unit_test(the_short_text_tells_nothing),
		cmocka_unit_test(the_short_text_has_the_mairie_number_when_checked),
		cmocka_unit_test(verified_contacts_only),
		cmocka_unit_test(permanences_to_come_only),
		cmocka_unit_test(twins_say_the_same),
		cmocka_unit_test(right_to_left_is_right),
		cmocka_unit_test(an_unknown_language_gets_french_alone),
		cmocka_unit_test(absent_facts_leave_no_hole),
		cmocka_unit_test(typography),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
