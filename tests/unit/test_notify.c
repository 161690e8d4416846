/* What agents are told of a citizen's mail, and what is kept from them. */
#include "desk_help.h"

#include "limits.h"

enum { NOW = 1795514400 };	/* 2026-11-24 10:00 in Paris */

#define HEAD "Return-Path: <p@exemple.test>\nFrom: Lea Roux <lea@exemple.test>\n" \
	"To: bureau@ville.test\nSubject: Mon bailleur\nMessage-ID: <m1@exemple.test>\n"
#define WORDS "Je suis expulsee le 30, MOT-DU-CITOYEN.\n"
#define FILES "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n" WORDS \
	"--b\nContent-Type: text/html; name=bail.html\nContent-Disposition: attachment\n" \
	"Content-Transfer-Encoding: base64\n\nPGI+\n--b\nContent-Type: image/png\n" \
	"Content-Disposition: attachment\nContent-Transfer-Encoding: base64\n\nAAEC\n--b--\n"

static struct hit hits[] = {
	{ "A", "logement", 6, HIT_BODY, "suis expulsee\nle 30", false },
	{ "B", "logement", 4, HIT_SUBJECT, "bailleur", false },
	{ "C", "logement", 2, HIT_BODY, "expulsee", false },
	{ "D", "logement", -3, HIT_BODY, "AUTRE", false },
	{ "E", "emploi", 1, HIT_BODY, "PEU", false },
	{ "F", "high", 0, HIT_BODY, "ma fille de 4 ans", false },
};
static struct score cats[] = { { "logement", 12 } };

static const struct earlier_ticket earlier[] = {
	{ "BI-2026-00009", "finances", "", TICKET_WAITING, false, NOW - 86400 },
	{ "BI-2026-00008", "violences", "", TICKET_OPEN, true, NOW - 2 * 86400 },
	{ "BI-2026-00007", "logement", "", TICKET_CLOSED, false, NOW - 3 * 86400 },
};

/* As agents have changed it since. */
static const struct ticket_facts ticket = {
	.category = "finances", .agent = "", .citizen = "lea@exemple.test", .contact = "",
	.subject = "Logement", .message_id = "<1@exemple.test>", .text = "", .lang = "fr",
	.urgency = URGENCY_HIGH, .messages = 1, .due = 20782, .due_silence = 20842,
};

struct scene {
	const char *what, *raw;
	enum urgency urgency;
	bool sensitive;
	const struct ticket_facts *joins;
	enum ticket_state state;
	size_t mails;			/* notifications: claire has "*", karim logement */
	const char *subject;
	const char *in[8], *out[8];	/* of the first one */
};

static const struct scene scenes[] = {
	{ "opens", HEAD "\n" WORDS, URGENCY_HIGH, false, NULL, TICKET_OPEN, 2,
	    "[BI-2026-00042] Logement · haute",
	    { "Nouveau dossier BI-2026-00042", "De\u00a0: Lea Roux <lea@exemple.test>",
	    "MOT-DU-CITOYEN", "Réponse promise au plus tard le vendredi 27",
	    "- Logement\u00a0: «\u00a0suis expulsee le 30\u00a0», «\u00a0bailleur\u00a0» (objet)\n",
	    "- BI-2026-00009 (Finances et droits sociaux, en attente), du 23 novembre 2026\n"
	    "- BI-2026-00008 (sensible, ouvert), du 22 novembre 2026\n"
	    "- BI-2026-00007 (Logement, clos)", "119, CRIP 02",
	    "Sans décision d’ici au dimanche 24 janvier 2027" },
	    { "AUTRE", "PEU", "Langue", "mailto:", "Pièces", "rouvert", "{{" } },
	{ "second message", HEAD "\n" WORDS, URGENCY_NORMAL, false, &ticket, TICKET_WAITING, 1,
	    "[BI-2026-00007] Finances et droits sociaux · haute · 2e message",
	    { "Nouveau message dans le dossier BI-2026-00007", "haute, 2e message",
	    "en attente jusqu’au mercredi 25", "MOT-DU-CITOYEN", "du 23 novembre" },
	    { "Réponse promise", "- BI-2026-00007" } },
	{ "sensitive", HEAD FILES, URGENCY_HIGH, true, NULL, TICKET_OPEN, 2,
	    "[BI-2026-00042] sensible",
	    { "<mailto:bureau@ville.test?subject=%5BBI-2026-00042%5D%20sensible&body=%23voir"
	    "&In-Reply-To=%3CBI-2026-00042.notify.", "article 40", "27 novembre" },
	    { "MOT-DU", "Lea", "lea@", "Logement", "expulsee", "BI-2026-00009", "bail.html",
	    "PGI+" } },
	{ "files", HEAD FILES, URGENCY_NORMAL, false, NULL, TICKET_OPEN, 2,
	    "[BI-2026-00042] Logement",
	    { "- bail.html (3\u00a0octets)\n- piece-2.png (3\u00a0octets)\n",
	    "Pièces jointes à cet avis", "PGI+\r\n", "AAEC\r\n",
	    "application/octet-stream;\r\n name=\"bail.html\"" }, { "text/html", "inline" } },
};

static const struct agent_load *load;

static struct plan
plan_of(struct arena *a, const struct desk *d, const struct scene *s)
{
	static unsigned char random[16][MSGID_RANDOM];
	struct thread_hit h = { THREAD_BY_STORED, 7, "BI-2026-00007", s->state, 0, false, true,
	    "",
	    s->joins };
	struct verdict v = { .category = "logement", .cats = cats, .ncats = 1, .quartier = "",
	    .urgency = s->urgency, .sensitive = s->sensitive, .hits = hits,
	    .nhits = sizeof hits / sizeof *hits };
	struct plan_facts facts = { .hits = &h, .nhits = s->joins != NULL, .next_number = 42,
	    .load = load, .earlier = earlier, .nearlier = 3, .contact = "", .random = random,
	    .nrandom = 16 };
	struct mail *m = arena_new(a, struct mail, 1);
	struct plan_in in = { .mail = m, .verdict = &v, .received = NOW, .now = NOW };
	struct plan p;
	struct fault f = { 0 };

	assert_int_equal(parse_mail(a, span_of(s->raw), PARSE_BYTES, m, &f), ST_OK);
	if (plan_make(a, d, &in, &facts, &p, &f) != ST_OK)
		fail_msg("%s: %s", s->what, f.text);
	return p;
}

/* The n-th notification: subject and text decoded, the parts as they stand. */
static const char *
notice_of(struct arena *a, const struct plan *p, size_t n, const char **subject)
{
	struct mail m;
	struct fault f;

	for (size_t i = 0; i < p->nmails; i++) {
		if (p->mails[i].kind != MAIL_KIND_NOTIFY || n-- > 0)
			continue;
		assert_int_equal(parse_mail(a, p->mails[i].wire, 0, &m, &f), ST_OK);
		*subject = m.subject;
		return arena_printf(a, "%s\n%.*s", m.text, (int)p->mails[i].wire.n,
		    p->mails[i].wire.p);
	}
	return NULL;
}

static void
what_a_notification_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
		const struct scene *s = &scenes[i];
		ARENA_AUTO struct arena *a = arena_open();
		struct desk d = desk_make();
		struct plan p = plan_of(a, &d, s);
		const char *subject = "", *text = notice_of(a, &p, 0, &subject);

		assert_non_null(text);
		assert_non_null(notice_of(a, &p, s->mails - 1, &subject));
		assert_null(notice_of(a, &p, s->mails, &subject));
		assert_string_equal(subject, s->subject);
		for (size_t k = 0; k < 8 && s->in[k] != NULL; k++)
			if (strstr(text, s->in[k]) == NULL)
				fail_msg("%s: no \"%s\" in\n%s", s->what, s->in[k], text);
		for (size_t k = 0; k < 8 && s->out[k] != NULL; k++)
			if (strstr(text, s->out[k]) != NULL)
				fail_msg("%s: \"%s\" in\n%s", s->what, s->out[k], text);
	}
}

/* Of an earlier sensitive ticket only who would be told of it knows. */
static void
a_sensitive_ticket_is_named_to_its_own_agents(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct desk d = desk_make();
	struct plan p = plan_of(a, &d, &scenes[0]);
	const char *subject, *karim = notice_of(a, &p, 1, &subject);

	(void)state;
	assert_non_null(strstr(karim, "BI-2026-00009"));
	assert_null(strstr(karim, "BI-2026-00008"));
}

static void
the_ticket_tells_who_is_told(void **state)
{
	static const struct { const char *category, *agent, *to; } t[] = {
		{ "finances", "", "claire@ville.test" }, { "finances", "karim",
		    "karim@ville.test" },
		{ "logement", "claire", "claire@ville.test" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct desk d = desk_make();
		struct ticket_facts now = ticket;
		struct scene s = scenes[1];
		struct plan p;

		now.category = t[i].category;
		now.agent = t[i].agent;
		s.joins = &now;
		p = plan_of(a, &d, &s);
		assert_int_equal(p.nmails, 1);
		assert_string_equal(p.mails[0].to, t[i].to);
	}
}

/* 5 MiB in all are copied, one byte more is named. */
static void
files_up_to_a_size(void **state)
{
	static const struct { size_t n; bool copied; } t[] = {
		{ LIMIT_NOTIFY_BYTES - 3, true }, { LIMIT_NOTIFY_BYTES - 2, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct desk d = desk_make();
		const char *subject, *text;
		char *big = arena_alloc(a, t[i].n + 1, 1);
		struct scene s = scenes[3];
		struct plan p;

		memset(big, 'x', t[i].n);
		big[t[i].n] = '\0';
		for (size_t k = 99; k < t[i].n; k += 100)
			big[k] = '\n';
		s.raw = arena_printf(a,
		    HEAD "MIME-Version: 1.0\nContent-Type: multipart/mixed; "
		    "boundary=b\n\n--b\n\n" WORDS "--b\nContent-Type: application/pdf; name=a.pdf\n"
		    "Content-Transfer-Encoding: base64\n\nAAEC\n--b\nContent-Type: application/pdf; "
		    "name=b.pdf\nContent-Transfer-Encoding: 8bit\n\n%s\n--b--\n", big);
		p = plan_of(a, &d, &s);
		text = notice_of(a, &p, 0, &subject);
		assert_non_null(strstr(text, "- b.pdf (5,2\u00a0Mo)"));
		assert_int_equal(strstr(text, "trop lourdes") == NULL, t[i].copied);
		assert_int_equal(strstr(text, "AAEC") != NULL, t[i].copied);
	}
}

/* Claire's load decides for claire alone, and never of an alert. */
static void
many_in_a_minute_wait_for_one_mail(void **state)
{
	static const struct {
		struct agent_load claire; int group_after; enum urgency urgency; bool waits;
	} t[] = {
		{ { 0, false }, 5, URGENCY_NORMAL, false }, { { 4, false }, 5, URGENCY_HIGH,
		    false },
		{ { 5, false }, 5, URGENCY_HIGH, true }, { { 0, true }, 5, URGENCY_NORMAL,
		    true },
		{ { 99, true }, 0, URGENCY_NORMAL, false }, { { 99, true }, 5, URGENCY_VITAL,
		    false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		const struct agent_load loads[] = { t[i].claire, { 0, false }, { 0, false } };
		ARENA_AUTO struct arena *a = arena_open();
		struct desk d = desk_make();
		struct scene s = scenes[0];
		const char *subject;
		struct plan p;

		d.group_after = t[i].group_after;
		s.urgency = t[i].urgency;
		load = loads;
		p = plan_of(a, &d, &s);
		load = NULL;
		assert_int_equal(p.nnotices, t[i].waits);
		if (t[i].waits)
			assert_string_equal(p.notices[0], "claire@ville.test");
		assert_non_null(notice_of(a, &p, 0, &subject));
		assert_int_equal(notice_of(a, &p, 1, &subject) != NULL,
		    !t[i].waits && t[i].urgency != URGENCY_VITAL);
	}
}

static void
a_mail_of_many(void **state)
{
	static const struct grouped_ticket v[] = {
		{ 1, "BI-2026-00001", "logement", URGENCY_NORMAL, false, 1, 1 },
		{ 2, "BI-2026-00002", "violences", URGENCY_HIGH, true, 3, 2 },
		{ 3, "BI-2026-00003", "finances", URGENCY_HIGH, false, 2, 1 },
	};
	static unsigned char random[1][MSGID_RANDOM];
	const struct plan_facts facts = { .random = random, .nrandom = 1 };
	ARENA_AUTO struct arena *a = arena_open();
	struct desk d = desk_make();
	const char *text, *subject, *at[3];
	struct plan p;
	struct fault f;

	(void)state;
	assert_int_equal(plan_group(a, &d, "karim@ville.test", v, 3, NOW, &facts, &p, &f),
	    ST_OK);
	assert_int_equal(p.nmails, 1);
	assert_string_equal(p.mails[0].to, "karim@ville.test");
	text = notice_of(a, &p, 0, &subject);
	assert_string_equal(subject, "4 messages dans 3 dossiers");
	at[0] = strstr(text, "\n[BI-2026-00002] sensible\n<mailto:");
	at[1] = strstr(text,
	    "\n[BI-2026-00003] Finances et droits sociaux · haute · 2e message\n");
	at[2] = strstr(text, "\n[BI-2026-00001] Logement\n");
	assert_true(at[0] != NULL && at[0] < at[1] && at[1] < at[2]);
	assert_null(strstr(text, "iolence"));
	assert_null(strstr(text, "X-Bureaud-Ticket"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_notification_says),
		cmocka_unit_test(a_sensitive_ticket_is_named_to_its_own_agents),
		cmocka_unit_test(the_ticket_tells_who_is_told),
		cmocka_unit_test(files_up_to_a_size),
		cmocka_unit_test(many_in_a_minute_wait_for_one_mail),
		cmocka_unit_test(a_mail_of_many),
	};

	return cmocka_run_group_tests(tests, desk_setup, desk_teardown);
}
