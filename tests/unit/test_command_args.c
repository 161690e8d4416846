/* What stands behind the words of the agents' language. */
#include "command_help.h"

#include "utf8.h"

#define LEN(t) (sizeof(t) / sizeof *(t))

/* --- arguments ----------------------------------------------------------------------- */

struct arg { const char *line; enum command_fault fault; const char *names, *text; };

static const char *
names_of(struct arena *a, const struct command *c)
{
	const char *z = "";

	for (size_t i = 0; i < c->nnames; i++)
		z = arena_printf(a, "%s%s%s", z, i > 0 ? "|" : "", c->names[i]);
	return z;
}

static void
test_names(void **state)
{
	static const struct arg t[] = {
		{ "#affecter claire", COMMAND_OK, "claire", "" },
		{ "#affecter Claire", COMMAND_OK, "claire", "" },
		{ "#affecter Claire Martin", COMMAND_OK, "claire", "" },
		{ "#affecter MARTIN", COMMAND_OK, "claire", "" },
		{ "#affecter à claire", COMMAND_OK, "claire", "" },
		{ "#affecter @claire", COMMAND_OK, "claire", "" },
		{ "#affecter « claire »", COMMAND_OK, "claire", "" },
		{ "#affecter “claire”", COMMAND_OK, "claire", "" },
		{ "#affecter karim@ville.test", COMMAND_OK, "karim", "" },
		{ "#affecter kar", COMMAND_OK, "karim", "" },
		{ "#affecter moi", COMMAND_OK, "karim", "" },
		{ "#affecter cla", COMMAND_AMBIGUOUS, "", "" },
		{ "#affecter k", COMMAND_NO_NAME, "", "" },
		{ "#affecter paul", COMMAND_NO_NAME, "", "" },
		{ "#affecter", COMMAND_MISSING, "", "" },
		{ "#categorie Logement", COMMAND_OK, "logement", "" },
		{ "#categorie santé", COMMAND_OK, "sante", "" },
		{ "#categorie dettes", COMMAND_OK, "finances", "" },
		{ "#categorie voirie", COMMAND_NO_NAME, "", "" },
		{ "#orienter ccas", COMMAND_OK, "ccas", "" },
		{ "#orienter ccas, mission-locale", COMMAND_OK, "ccas|mission-locale", "" },
		{ "#orienter ccas ; caf.", COMMAND_OK, "ccas|caf", "" },
		{ "#orienter CCAS,CAF,", COMMAND_OK, "ccas|caf", "" },
		{ "#orienter ccas et mission locale", COMMAND_OK, "ccas|mission-locale", "" },
		{ "#orienter ccas, ccas", COMMAND_OK, "ccas", "" },
		{ "#orienter mission locale", COMMAND_OK, "mission-locale", "" },
		{ "#orienter Mission Locale de la ville", COMMAND_OK, "mission-locale", "" },
		{ "#orienter locale mission", COMMAND_OK, "mission-locale", "" },
		{ "#orienter égalité", COMMAND_OK, "maison-egalite", "" },
		{ "#orienter Maison de l'égalité et des droits, antenne nord", COMMAND_OK,
		    "maison-egalite", "" },
		{ "#orienter ville", COMMAND_AMBIGUOUS, "", "" },
		{ "#orienter ccas, inconnu", COMMAND_NO_NAME, "ccas", "" },
		{ "#orienter ,", COMMAND_MISSING, "", "" },
		{ "#orienter nulle part", COMMAND_NO_NAME, "", "" },
		{ "#transmettre caf", COMMAND_OK, "caf", "" },
		{ "#transmettre c", COMMAND_NO_NAME, "", "" },
		{ "#modele attente caf", COMMAND_OK, "attente-caf", "" },
		{ "#modele absent", COMMAND_NO_NAME, "", "" },
		{ "#quartier Saint-Waast", COMMAND_OK, "Saint-Waast", "Saint-Waast" },
		{ "#quartier", COMMAND_MISSING, "", "" },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < LEN(t); i++) {
		struct commands c = commands_of(a, t[i].line);

		assert_int_equal(c.n, 1);
		if (c.v[0].fault != t[i].fault || strcmp(names_of(a, &c.v[0]),
		    t[i].names) != 0 ||
		    strcmp(c.v[0].text, t[i].text) != 0)
			fail_msg("%s: fault %d (%s), names %s, text %s", t[i].line,
			    (int)c.v[0].fault,
			    c.v[0].why, names_of(a, &c.v[0]), c.v[0].text);
	}
	arena_close(&a);
}

static void
test_choices(void **state)
{
	struct command_name many[8];
	struct arena *a = arena_open();
	struct command_names before = test_facts.entries;
	struct commands c = commands_of(a, "#orienter ville");

	(void)state;
	assert_non_null(strstr(c.v[0].why, "ccas, mission-locale"));
	for (size_t i = 0; i < LEN(many); i++)
		many[i] = (struct command_name){ arena_printf(a, "aide-%zu", i), "Aide", "" };
	test_facts.entries = (struct command_names){ many, LEN(many) };
	c = commands_of(a, "#orienter aide");
	assert_int_equal(c.v[0].fault, COMMAND_AMBIGUOUS);
	assert_non_null(strstr(c.v[0].why, "aide-4"));
	assert_null(strstr(c.v[0].why, "aide-5"));
	test_facts.entries = before;
	arena_close(&a);
}

static void
test_free_text(void **state)
{
	static const struct arg t[] = {
		{ "#note rappelé ce matin", COMMAND_OK, "", "rappelé ce matin" },
		{ "#note : rappelé", COMMAND_OK, "", "rappelé" },
		{ "#note il a dit « non »", COMMAND_OK, "", "il a dit « non »" },
		{ "#note 3/12 à 14h", COMMAND_OK, "", "3/12 à 14h" },
		{ "#nouveau Mme Petit, au guichet", COMMAND_OK, "", "Mme Petit, au guichet" },
		{ "#chercher loyer impayé", COMMAND_OK, "", "loyer impayé" },
		{ "#chercher", COMMAND_MISSING, "", "" },
		{ "#contact-sur pas le soir", COMMAND_OK, "", "pas le soir" },
		{ "#contact-sur", COMMAND_MISSING, "", "" },
		{ "#attendre 15/12 réponse de la CAF", COMMAND_OK, "", "réponse de la CAF" },
		{ "#attendre 15/12, réponse", COMMAND_OK, "", "réponse" },
		{ "#rappel lundi : appeler", COMMAND_OK, "", "appeler" },
		{ "#rdv 3/12 14:30 Salle n° 2", COMMAND_OK, "", "Salle n° 2" },
		{ "#rdv 3/12 à 14h30, Mairie", COMMAND_OK, "", "Mairie" },
		{ "#rdv 3/12 14h 12 rue du Commerce", COMMAND_OK, "", "12 rue du Commerce" },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < LEN(t); i++) {
		struct commands c = commands_of(a, t[i].line);

		assert_int_equal(c.n, 1);
		if (c.v[0].fault != t[i].fault || strcmp(c.v[0].text, t[i].text) != 0)
			fail_msg("%s: %d %s [%s]", t[i].line, (int)c.v[0].fault, c.v[0].why,
			    c.v[0].text);
	}
	arena_close(&a);
}

static void
test_values(void **state)
{
	static const struct { const char *line; enum command_fault fault; int value; } t[] = {
		{ "#urgence normale", COMMAND_OK, URGENCY_NORMAL },
		{ "#urgence Haute", COMMAND_OK, URGENCY_HIGH },
		{ "#urgence vitale.", COMMAND_OK, URGENCY_VITAL },
		{ "#urgence forte", COMMAND_BAD_VALUE, 0 }, { "#urgence", COMMAND_MISSING, 0 },
		{ "#clore", COMMAND_OK, TICKET_OUTCOME_NONE },
		{ "#clore sans-suite", COMMAND_OK, TICKET_OUTCOME_NO_ACTION },
		{ "#clore sans suite", COMMAND_OK, TICKET_OUTCOME_NO_ACTION },
		{ "#clore Injoignable", COMMAND_OK, TICKET_OUTCOME_UNREACHABLE },
		{ "#clore orienté", COMMAND_OK, TICKET_OUTCOME_REFERRED },
		{ "#clore transmis", COMMAND_OK, TICKET_OUTCOME_TRANSFERRED },
		{ "#clore vendu", COMMAND_BAD_VALUE, 0 },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < LEN(t); i++) {
		struct commands c = commands_of(a, t[i].line);
		int value = c.v[0].word == COMMAND_CLORE ? (int)c.v[0].outcome :
		    (int)c.v[0].urgency;

		if (c.v[0].fault != t[i].fault || (t[i].fault == COMMAND_OK &&
		    value != t[i].value))
			fail_msg("%s: %d %s", t[i].line, value, c.v[0].why);
	}
	arena_close(&a);
}

static void
test_references(void **state)
{
	static const struct { const char *line, *want; } t[] = {
		{ "#fusionner BI-2026-00042", "BI-2026-00042" },
		{ "#fusionner [BI-2026-00042]", "BI-2026-00042" },
		{ "#fusionner bi-2026-42", "BI-2026-00042" }, { "#fusionner bi 2026 42",
		    "BI-2026-00042" },
		{ "#fusionner 2026-00042.", "BI-2026-00042" },
		{ "#fusionner BI-2026-123456", "BI-2026-123456" },
		{ "#fusionner 42", "" }, { "#fusionner XX-2026-00042", "" }, { "#fusionner",
		    "" },
		{ "#fusionner BI-2026-00042 et 43", "" }, { "#fusionner BI-202600042", "" },
		{ "#voir BI-2026-7", "BI-2026-00007" }, { "#historique 2025-1",
		    "BI-2025-00001" },
		{ "#admettre a@b.test", "a@b.test" }, { "#admettre <A@B.test>", "a@b.test" },
		{ "#admettre Anne A <a@b.test>", "a@b.test" },
		{ "#admettre a@b.test<mailto:a@b.test>", "a@b.test" },
		{ "#admettre mailto:a@b.test", "a@b.test" }, { "#admettre a@b.test.",
		    "a@b.test" },
		{ "#admettre a@b.test, c@d.test", "" }, { "#admettre anne", "" },
		{ "#admettre", "" }, { "#admettre -x@b.test", "" }, { "#admettre a%c@b.test",
		    "" },
		{ "#contact-sur a@b.test", "a@b.test" },
		{ "#annuler ABCD-EFGH", "ABCD-EFGH" }, { "#annuler abcd-ef23", "ABCD-EF23" },
		{ "#annuler abcdef23", "ABCD-EF23" }, { "#annuler abcd ef23.", "ABCD-EF23" },
		{ "#annuler abcd\xe2\x80\x91" "ef23", "ABCD-EF23" },
		{ "#annuler 0bcd-1f28", "OBCD-IF2B" }, { "#confirmer ABCD-EFGH", "ABCD-EFGH" },
		{ "#annuler abcd", "" }, { "#annuler abcd-efgh-ijkl", "" },
		{ "#annuler ab9d-efgh", "" },
		{ "#annuler", "" },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < LEN(t); i++) {
		struct commands c = commands_of(a, t[i].line);
		const struct command *v = c.v;
		const char *got = v->ref[0] != '\0' ? v->ref : v->address[0] != '\0' ?
		    v->address :
		    v->code;

		if (strcmp(got, t[i].want) != 0 ||
		    (v->fault == COMMAND_OK) != (t[i].want[0] != '\0'))
			fail_msg("%s: %s %d %s", t[i].line, got, (int)v->fault, v->why);
	}
	arena_close(&a);
}

/* Long names are cut for the sentence, between two letters. */
static void
test_long_name(void **state)
{
	struct arena *a = arena_open();
	const char *name = "";

	(void)state;
	for (int i = 0; i < 200; i++)
		name = arena_printf(a, "%s€", name);
	for (int i = 0; i < 4; i++) {
		struct commands c = commands_of(a, arena_printf(a, "#orienter %.*s%s", i, "abc",
		    name));

		assert_int_equal(c.v[0].fault, COMMAND_NO_NAME);
		assert_true(utf8_valid(span_of(c.v[0].why)));
		assert_true(utf8_valid(span_of(c.v[0].line)));
	}
	arena_close(&a);
}

/* A text with an address in it is a text. */
static void
test_contact_text(void **state)
{
	struct arena *a = arena_open();
	struct commands c = commands_of(a, "#contact-sur écrire à a@b.test le matin");

	(void)state;
	assert_string_equal(c.v[0].address, "");
	assert_string_equal(c.v[0].text, "écrire à a@b.test le matin");
	arena_close(&a);
}

static void
test_pieces(void **state)
{
	static const struct arg t[] = {
		{ "#pieces avis d’imposition, quittance, 15/12", COMMAND_OK,
		    "avis d’imposition|quittance", "" },
		{ "#pieces avis, 15/12", COMMAND_OK, "avis", "" },
		{ "#pieces avis ; 3 bulletins de paie ; lundi", COMMAND_OK,
		    "avis|3 bulletins de paie", "" },
		{ "#pieces avis avant le 15/12", COMMAND_OK, "avis", "" },
		{ "#pieces 3 bulletins, quittance pour le 3 décembre", COMMAND_OK,
		    "3 bulletins|quittance", "" },
		{ "#pieces avis, quittance", COMMAND_MISSING, "avis|quittance", "" },
		{ "#pieces 15/12", COMMAND_MISSING, "", "" }, { "#pieces", COMMAND_MISSING, "",
		    "" },
		{ "#pieces avis, 31/11", COMMAND_BAD_DATE, "avis", "" },
		{ "#pieces avis, 20/11", COMMAND_PAST, "avis", "" },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < LEN(t); i++) {
		struct commands c = commands_of(a, t[i].line);

		if (c.v[0].fault != t[i].fault || strcmp(names_of(a, &c.v[0]), t[i].names) != 0)
			fail_msg("%s: %d %s [%s]", t[i].line, (int)c.v[0].fault, c.v[0].why,
			    names_of(a, &c.v[0]));
	}
	arena_close(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_choices),
		cmocka_unit_test(test_free_text),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_contact_text),
		cmocka_unit_test(test_pieces),
	};

	return cmocka_run_group_tests(tests, command_setup, NULL);
}
