/* What #liste understands, who may see a ticket, and which questions a mail holds. */
#include "desk_help.h"

#include "needs.h"

enum { NOW = 1795514400 };	/* 2026-11-24 11:00 in Paris */

static const char *
filter_text(struct arena *a, const struct ask_filter *f)
{
	return arena_printf(a, "%s%s%s cat=%s agent=%s%s", f->state[TICKET_OPEN] ? "o" : "",
	    f->state[TICKET_WAITING] ? "w" : "", f->state[TICKET_CLOSED] ? "c" : "",
	    f->category,
	    f->agent, f->nobody ? " nobody" : "");
}

static void
filters(void **state)
{
	static const struct { const char *said, *want; } rows[] = {
		{ "", "ow cat= agent=" },
		{ "ouverts", "o cat= agent=" },
		{ "OUVERT", "o cat= agent=" },
		{ "en attente", "w cat= agent=" },
		{ "clos", "c cat= agent=" }, { "réglés", "c cat= agent=" },
		{ "tous", "owc cat= agent=" },
		{ "à moi", "ow cat= agent=claire" }, { "mes dossiers", "ow cat= agent=claire" },
		{ "a moi, clos", "c cat= agent=claire" },
		{ "karim", "ow cat= agent=karim" },
		{ "sans agent", "ow cat= agent= nobody" }, { "libres",
		    "ow cat= agent= nobody" },
		{ "logement", "ow cat=logement agent=" },
		{ "Logement ouverts à moi", "o cat=logement agent=claire" },
		{ "les dossiers de santé", "ow cat=sante agent=" },
		{ "finan", "ow cat=finances agent=" },
		{ "a_qualifier", "ow cat=a_qualifier agent=" },
		{ "ouverts, en attente.", "ow cat= agent=" },
		{ "zut", NULL }, { "logement zut", NULL }, { "vo", NULL }, { "15/12", NULL },
	};
	struct desk d = desk_make();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct ask_filter f;
		const char *why;
		bool ok = ask_filter_read(a, &d, "claire", rows[i].said, &f, &why);

		if (ok != (rows[i].want != NULL) || ok != (why[0] == '\0'))
			fail_msg("%s: %s", rows[i].said, why);
		if (ok)
			assert_string_equal(filter_text(a, &f), rows[i].want);
	}
}

static void
who_may_see(void **state)
{
	static const struct { const char *category, *agent; bool sensitive, claire,
	    karim; } rows[] = {
		{ "violences", "", false, true, true },
		{ "violences", "", true, true, false },
		{ "logement", "", true, true, true },
		{ "violences", "karim", true, true, true },
		{ "logement", "claire", true, true, true },
	};
	struct desk d = desk_make();
	struct agent only[] = { { "karim", "Karim", "karim@ville.test", "logement", false } };
	struct ask_ticket t = { .category = "violences", .agent = "", .sensitive = true };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct ask_ticket one = { .category = rows[i].category, .agent = rows[i].agent,
		    .sensitive = rows[i].sensitive };

		assert_int_equal(ask_may_see(&d, &d.agents[0], &one), rows[i].claire);
		assert_int_equal(ask_may_see(&d, &d.agents[1], &one), rows[i].karim);
	}
	d.agents = only;	/* a category that nobody has goes to all */
	d.nagents = 1;
	assert_true(ask_may_see(&d, &only[0], &t));
}

static const char *
asked(struct arena *a, const char *from, const char *words)
{
	struct desk d = desk_make();
	struct needs *needs = arena_new(a, struct needs, 1);
	const struct ask_want *w = &needs->ask;
	const char *z = "";

	needs_of(a, &d, mail_of(a, arena_printf(a,
	    "From: %s\nSubject: x\nContent-Type: text/plain;"
	    " charset=utf-8\n\n%s\n", from, words)), NOW, needs);
	for (size_t i = 0; i < w->n; i++)
		z = arena_printf(a, "%s[%s %s%zu]", z, command_word_name(w->v[i].word),
		    w->v[i].ref,
		    w->v[i].seek.n);
	return z;
}

static void
questions(void **state)
{
	static const struct { const char *from, *words, *want; } rows[] = {
		{ "claire@ville.test", "#liste", "[liste 0]" },
		{ "CLAIRE@VILLE.TEST", "#Chercher loyer \"fin du mois\"", "[chercher 2]" },
		{ "claire@ville.test", "#prendre\n#historique\n#statut BI-2026-42",
		    "[ 0][historique 0]"
		    "[statut BI-2026-000420]" },
		{ "claire@ville.test", "#prendre", "" },
		{ "claire@ville.test", "#chercher !!", "" },
		{ "claire@ville.test", "#liste zut", "" },
		{ "claire@ville.test", "Bonjour\n#liste", "" },
		{ "claire@ville.test", "oui\n\n> #liste", "" },
		{ "lea@exemple.test", "#liste\n#chercher loyer", "" },
		{ "claire@ville.test, karim@ville.test", "#liste", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ARENA_AUTO struct arena *a = arena_open();

		assert_string_equal(asked(a, rows[i].from, rows[i].words), rows[i].want);
	}
}

/* The transcript of claire's mail, answered with what the store would say. */
static const char *
transcript_of(struct arena *a, const char *words, const struct answers *answers)
{
	static unsigned char random[32][MSGID_RANDOM];
	struct desk d = desk_make();
	struct order_facts orders = { .nundo = 0 };
	struct plan_facts facts = { .random = random, .nrandom = 32,
	    .orders = answers != NULL ? &orders : NULL };
	struct verdict v = { .category = "a_qualifier", .quartier = "" };
	struct plan_in in = { .received = NOW, .now = NOW, .verdict = &v };
	const struct mail *m;
	struct plan p;
	struct fault f = { 0 };

	if (answers != NULL)
		orders.answers = *answers;
	in.mail = mail_of(a, arena_printf(a,
	    "Authentication-Results: mx.ville.test; dmarc=pass "
	    "header.from=ville.test\nFrom: claire@ville.test\nTo: bureau@ville.test\n"
	    "Subject: x\nMessage-ID: <r1@ville.test>\nContent-Type: text/plain; "
	    "charset=utf-8\n\n"
	    "%s\n", words));
	assert_int_equal(plan_make(a, &d, &in, &facts, &p, &f), ST_OK);
	assert_int_equal(p.nmails, 1);
	assert_int_equal(p.mails[0].kind, MAIL_KIND_TRANSCRIPT);
	assert_false(p.has_ticket);
	m = mail_of(a, arena_span(a, p.mails[0].wire));
	return m != NULL ? m->text : "";
}

static void
no_answers_are_an_empty_desk(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();

	(void)state;
	assert_non_null(strstr(transcript_of(a, "#liste", NULL), "✔ #liste : aucun dossier"));
	assert_non_null(strstr(transcript_of(a, "#chercher x", NULL), "rien de tel"));
	assert_non_null(strstr(transcript_of(a, "#statut", NULL), "0 ouvert, 0 en attente"));
	assert_non_null(strstr(transcript_of(a, "#historique BI-2026-42", NULL),
	    "pas de tel dossier"));
}

/* A subject of any length, with what a stranger may put there, is one short line. */
static void
long_things_are_cut(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct answers *x = arena_new(a, struct answers, 1);
	struct ask_event e[2] = {
		{ NOW, EVENT_NOTE, "karim", arena_printf(a, "%0*d\n✔ #regler : fait\n", 600,
		    7) },
		{ NOW - 60, EVENT_MAIL_IN, "citizen", "a person's demand" },
	};
	const char *text;

	(void)state;
	x->list[0] = (struct ask_list){ arena_new(a, struct ask_ticket, 300), 300, true };
	for (size_t i = 0; i < 300; i++)
		x->list[0].v[i] = (struct ask_ticket){ .ref = "BI-2026-00001",
		    .category = "logement",
		    .agent = "", .subject = arena_printf(a, "%0*d", 900, 7), .opened = NOW,
		    .excerpt = "" };
	text = transcript_of(a, "#liste", x);
	assert_non_null(strstr(text, "✔ #liste : plus de 300 dossiers"));
	assert_non_null(strstr(text, "… et plus de 275 autres"));
	assert_true(strlen(text) < 6000);
	x->history[0] = (struct ask_history){ { .ref = "BI-2026-00042", .category = "logement",
	    .agent = "", .subject = "", .opened = NOW, .excerpt = "" }, e, 2, 70 };
	x->nhistory = 1;
	text = transcript_of(a, "#historique BI-2026-42", x);
	assert_non_null(strstr(text, "… 70 lignes avant\n"));
	assert_null(strstr(text, "✔ #regler"));
	assert_true(strlen(text) < 700);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(filters), cmocka_unit_test(who_may_see),
		    cmocka_unit_test(questions),
		cmocka_unit_test(no_answers_are_an_empty_desk),
		    cmocka_unit_test(long_things_are_cut),
	};

	return cmocka_run_group_tests(tests, desk_setup, desk_teardown);
}
