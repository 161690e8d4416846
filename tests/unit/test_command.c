/* The agents' language as people type it. */
#include "command_help.h"

#define NB "\xc2\xa0"
#define LEN(t) (sizeof(t) / sizeof *(t))

/* Every command of a mail as "#word argument; ", faults as "#word!; ". */
static const char *
said(struct arena *a, const struct commands *c)
{
	const char *z = "";

	for (size_t i = 0; i < c->n; i++)
		z = arena_printf(a, "%s%s%s; ", z, c->v[i].said,
		    c->v[i].fault != COMMAND_OK ? "!" : "");
	return z;
}

/* --- where commands are --------------------------------------------------------------- */

struct where { const char *text, *commands, *prose; };

static void
test_where(void **state)
{
	static const struct where t[] = {
		{ "", "", "" },
		{ "\n\n  \n", "", "" },
		{ "Bonjour", "", "Bonjour" },
		{ "#prendre", "#prendre; ", "" },
		{ "#prendre\n\nBonjour,\n\nOui.\n", "#prendre; ", "Bonjour,\n\nOui." },
		{ "#prendre\nBonjour", "#prendre; ", "Bonjour" },
		{ "\n\n#prendre\n\n\n#regler\n\nOui", "#prendre; #regler; ", "Oui" },
		{ "#prendre\r\n#regler\r\n\r\nOui\r\n", "#prendre; #regler; ", "Oui" },
		{ "Bonjour\n#prendre", "", "Bonjour\n#prendre" },
		{ "#prendre\nBonjour\n#regler", "#prendre; ", "Bonjour\n#regler" },
		/* no letter behind it */
		{ "#1 est le bon", "", "#1 est le bon" },
		{ "#", "", "#" }, { "# 12", "", "# 12" }, { "##", "", "##" },
		{ "#prendre\n#1 est le bon", "#prendre; ", "#1 est le bon" },
		/* telephones, word processors */
		{ "  #prendre", "#prendre; ", "" }, { NB "#prendre" NB, "#prendre; ", "" },
		{ "\t#Prendre\t", "#prendre; ", "" }, { "# prendre", "#prendre; ", "" },
		{ "#" NB "prendre", "#prendre; ", "" }, { "#PRENDRE", "#prendre; ", "" },
		{ "#Prendre.", "#prendre; ", "" }, { "#prendre !", "#prendre; ", "" },
		{ "- #prendre\n- #regler", "#prendre; #regler; ", "" },
		{ "• #prendre", "#prendre; ", "" }, { "* #prendre", "#prendre; ", "" },
		{ "– #prendre", "#prendre; ", "" }, { "**#prendre**", "#prendre; ", "" },
		{ "“#prendre”", "#prendre; ", "" }, { "« #prendre »", "#prendre; ", "" },
		{ "\"#prendre\"", "#prendre; ", "" }, { "＃prendre", "#prendre; ", "" },
		{ "\xe2\x80\x8b#prendre", "#prendre; ", "" },
		{ "\xef\xbb\xbf#prendre", "#prendre; ", "" },
		{ "\xe2\x80\xaf#prendre\nx", "#prendre; ", "x" },
		{ NB "\n#prendre\n" NB "\nx", "#prendre; ", "x" },
		/* not those */
		{ "> #prendre", "", "> #prendre" }, { "1. #prendre", "", "1. #prendre" },
		{ "Voir #prendre", "", "Voir #prendre" },
		/* several on a line */
		{ "#prendre #regler", "#prendre; #regler; ", "" },
		{ "#prendre, #urgence haute\nx", "#prendre; #urgence; ", "x" },
		{ "#note voir #regler", "#note; ", "" },
		{ "#contact-sur le #regler", "#contact-sur; ", "" },
		{ "#rdv 3/12 14:30 salle #2", "#rdv; ", "" },
		{ "#attendre 15/12 #xyz", "#attendre; ", "" },
		/* unknown */
		{ "#xyz\n#prendre\nBonjour", "#xyz!; #prendre; ", "Bonjour" },
		{ "#Soissons est belle", "#Soissons!; ", "" },
		{ "#ça", "#ça!; ", "" }, { "#Привет", "#Привет!; ", "" },
		/* on the command's line */
		{ "#regler Bonjour Madame", "#regler!; ", "" },
		{ "#spam merci", "#spam!; ", "" },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < LEN(t); i++) {
		struct commands c = commands_of(a, t[i].text);

		if (strcmp(said(a, &c), t[i].commands) != 0 || strcmp(c.prose, t[i].prose) != 0)
			fail_msg("%s: got %s [%s]", t[i].text, said(a, &c), c.prose);
	}
	arena_close(&a);
}

/* --- every word --------------------------------------------------------------------------- */

#define WORD_ROW(id, word, takes) { COMMAND_##id, word },
static const struct { enum command_word id; const char *word; } every[] =
    { COMMANDS(WORD_ROW) };

static void
test_every_word(void **state)
{
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < LEN(every); i++) {
		struct commands c = commands_of(a, arena_printf(a, "#%s", every[i].word));

		assert_int_equal(c.n, 1);
		assert_int_equal(c.v[0].word, every[i].id);
		assert_string_equal(c.v[0].said + 1, every[i].word);
		assert_true(c.v[0].fault == COMMAND_OK || c.v[0].fault == COMMAND_MISSING);
		assert_true((c.v[0].fault == COMMAND_OK) == (c.v[0].why[0] == '\0'));
	}
	arena_close(&a);
}

static void
test_spellings(void **state)
{
	static const struct { const char *typed; enum command_word w; } t[] = {
		{ "#Catégorie logement", COMMAND_CATEGORIE }, { "#RÉGLER", COMMAND_REGLER },
		{ "#régler", COMMAND_REGLER }, { "#re\xcc\x81gler", COMMAND_REGLER },
		{ "#pièces a, 15/12", COMMAND_PIECES }, { "#pièce a, 15/12", COMMAND_PIECES },
		{ "#Modèle merci", COMMAND_MODELE }, { "#contact sur x", COMMAND_CONTACT_SUR },
		{ "#Contact-Sûr x", COMMAND_CONTACT_SUR }, { "#contactsur x",
		    COMMAND_CONTACT_SUR },
		{ "#contact_sur x", COMMAND_CONTACT_SUR }, { "#sans réponse",
		    COMMAND_SANS_REPONSE },
		{ "#Sans-Réponse", COMMAND_SANS_REPONSE }, { "#sansreponse",
		    COMMAND_SANS_REPONSE },
		{ "#sans\xe2\x80\x91reponse", COMMAND_SANS_REPONSE },
		{ "#rendez-vous 3/12 14h", COMMAND_RDV }, { "#note: x", COMMAND_NOTE },
		{ "#note : x", COMMAND_NOTE }, { "#note" NB ": x", COMMAND_NOTE },
		{ "#urgence=haute", COMMAND_URGENCE },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < LEN(t); i++) {
		struct commands c = commands_of(a, t[i].typed);

		if (c.n != 1 || c.v[0].word != t[i].w || c.faults > 0)
			fail_msg("%s: %s %s", t[i].typed, said(a, &c), c.n > 0 ? c.v[0].why :
			    "");
	}
	arena_close(&a);
}

/* --- the mail as a whole ------------------------------------------------------------- */

static void
test_inside(void **state)
{
	struct arena *a = arena_open();

	(void)state;
	assert_true(commands_of(a, "#note\nabc").inside);
	assert_true(commands_of(a, "#prendre\n#nouveau\nabc").inside);
	assert_false(commands_of(a, "#prendre\nabc").inside);
	arena_close(&a);
}

static void
test_conflicts(void **state)
{
	static const struct { const char *text; size_t faults; } t[] = {
		{ "#regler\n#rouvrir", 1 }, { "#clore\n#spam", 1 }, { "#regler\n#regler", 0 },
		{ "#attendre 15/12\n#attendre 16/12", 1 }, { "#rappel 15/12\n#rappel 16/12",
		    0 },
		{ "#orienter ccas\n#regler", 0 }, { "#note a\n#note b", 0 },
		{ "#urgence haute\n#urgence normale", 1 }, { "#xyz\n#xyz", 2 },
		{ "#fusionner 2026-1\n#clore", 1 },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < LEN(t); i++)
		if (commands_of(a, t[i].text).faults != t[i].faults)
			fail_msg("%s: %zu", t[i].text, commands_of(a, t[i].text).faults);
	arena_close(&a);
}

static void
test_too_many(void **state)
{
	struct arena *a = arena_open();
	const char *text = "";
	struct commands c;

	(void)state;
	for (int i = 0; i < COMMAND_MAX; i++)
		text = arena_printf(a, "%s#prendre\n", text);
	c = commands_of(a, arena_printf(a, "%sBonjour", text));
	assert_int_equal(c.n, COMMAND_MAX);
	assert_int_equal(c.faults, 0);
	assert_string_equal(c.prose, "Bonjour");
	c = commands_of(a, arena_printf(a, "%s#regler\nBonjour", text));
	assert_int_equal(c.faults, 1);
	assert_int_equal(c.v[COMMAND_MAX - 1].fault, COMMAND_TOO_MANY);
	assert_string_equal(c.prose, "");
	arena_close(&a);
}

static void
test_stray(void **state)
{
	static const struct { const char *text, *want; } t[] = {
		{ "Bonjour\n#regler", "#regler" }, { "Bonjour\n#xyz", "" },
		{ "#prendre\nBonjour\n - #Attendre 15/12\n", "#attendre" },
		{ "Bonjour\nvoir #regler", "" }, { "Bonjour\n#1", "" },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < LEN(t); i++)
		assert_string_equal(commands_of(a, t[i].text).stray, t[i].want);
	arena_close(&a);
}

/* What a client broke off an internal line must not reach the citizen. */
static void
test_wrapped(void **state)
{
	static const char *const text[] = {
		"#contact-sur ne pas téléphoner le soir, le mari rentre à dix-huit heures et\n"
		    "lit les messages\n\nBonjour",
		"#orienter ccas,\nmission-locale\n\nBonjour",
		"#pieces avis d’imposition, trois derniers bulletins de paie, quittance de\n"
		    "loyer, 15/12\n\nBonjour",
		"#prendre\nBonjour", "#contact-sur pas le soir\nBonjour",
		"#attendre 15/12\nBonjour",
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < LEN(text); i++) {
		struct commands c = commands_of(a, text[i]);

		assert_int_equal(c.n, 1);
		assert_int_equal(c.faults, 0);
		assert_string_equal(c.prose, "Bonjour");
	}
	assert_non_null(strstr(commands_of(a, text[0]).v[0].text, "lit les messages"));
	arena_close(&a);
}

static void
test_long_line(void **state)
{
	struct arena *a = arena_open();
	char *z = arena_alloc(a, 200001, 1);
	struct commands c;

	(void)state;
	memset(z, 'a', 200000);
	c = commands_of(a, arena_printf(a, "#note %s", z));
	assert_int_equal(c.faults, 0);
	assert_int_equal(strlen(c.v[0].text), 200000);
	assert_int_equal(commands_of(a, arena_printf(a, "#affecter %s", z)).faults, 1);
	assert_int_equal(commands_of(a, arena_printf(a, "#%s", z)).faults, 1);
	memset(z, '#', 200000);
	(void)commands_of(a, arena_printf(a, "#note\n%s", z));
	arena_close(&a);
}

static void
test_closest(void **state)
{
	static const struct { const char *typed, *want; } t[] = {
		{ "prendr", "prendre" }, { "prenrde", "prendre" }, { "reglé", "regler" },
		{ "attendr", "attendre" }, { "rapel", "rappel" }, { "rappeler", "rappel" },
		{ "aff", "affecter" }, { "clor", "clore" }, { "rvd", "rdv" }, { "modeles",
		    "modele" },
		{ "aider", "aide" }, { "orienté", "orienter" }, { "xyzzy", "" }, { "q", "" },
		{ "bonjour", "" },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < LEN(t); i++)
		if (strcmp(command_word_name(command_closest(a, t[i].typed)), t[i].want) != 0)
			fail_msg("%s: %s", t[i].typed,
			    command_word_name(command_closest(a, t[i].typed)));
	arena_close(&a);
}

static void
test_kinds(void **state)
{
	(void)state;
	assert_false(command_needs_ticket(COMMAND_NOUVEAU));
	assert_false(command_needs_ticket(COMMAND_AIDE));
	assert_true(command_needs_ticket(COMMAND_PRENDRE));
	assert_true(command_needs_ticket(COMMAND_UNKNOWN));
	assert_true(command_is_outward(COMMAND_RDV));
	assert_false(command_is_outward(COMMAND_NOTE));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_where), cmocka_unit_test(test_every_word),
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_inside), cmocka_unit_test(test_conflicts),
		cmocka_unit_test(test_too_many), cmocka_unit_test(test_stray),
		cmocka_unit_test(test_wrapped), cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_closest), cmocka_unit_test(test_kinds),
	};

	return cmocka_run_group_tests(tests, command_setup, NULL);
}
