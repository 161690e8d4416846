/* Who is told of a mail that did not arrive, and what is said and not said. */
#include "desk_help.h"

#include "failure.h"

enum { NOW = 1795514400 };

static void
test_code(void **state)
{
	static const struct { int code; const char *said, *want; } t[] = {
		{ 550, "5.1.1 <lea@exemple.test>: Recipient address rejected", "550 5.1.1" },
		{ 550, "no such user", "550" },
		{ 0, "5.1.1", "5.1.1" },
		{ 0, "", "" },
		{ 450, "host 10.4.2.1 said: 4.2.0 busy", "450 4.2.0" },
		{ 554, "5.7.1.", "554 5.7.1" },
		{ 554, "from 5.7.1.9", "554" },
		{ 554, "a5.7.1 5.7 5.7.1234 3.1.1 5..1", "554" },
		{ 550, "(5.2.2) full", "550 5.2.2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		ARENA_AUTO struct arena *a = arena_open();

		assert_string_equal(failure_code(a, t[i].code, t[i].said), t[i].want);
	}
}

#define LEA "lea@exemple.test"
static const struct failed_mail relay = { .row = 9, .ticket = 7, .ref = "BI-2026-00007",
    .category = "logement", .agent = "", .due_ar = 20800, .kind = MAIL_KIND_RELAY,
    .how = FAILURE_REFUSED, .to = LEA, .author = "karim@ville.test",
    .answers = "<ordre@ville.test>", .code = 550, .said = "5.1.1 <" LEA ">: MOT-DU-SERVEUR" };

static struct plan
tell_away(struct arena *a, const struct failed_mail *v, const bool *away)
{
	static unsigned char random[20][MSGID_RANDOM];
	const struct plan_facts facts = { .random = random, .nrandom = 20, .away = away };
	struct desk *d = arena_new(a, struct desk, 1);
	struct plan p;
	struct fault f = { 0 };

	*d = desk_make();
	if (failure_tell(a, d, v, NOW, &facts, &p, &f) != ST_OK)
		fail_msg("%s", f.text);
	return p;
}

static struct plan
tell(struct arena *a, const struct failed_mail *v)
{
	return tell_away(a, v, NULL);
}

static const char *
told(struct arena *a, const struct plan *p)
{
	const char *z = "";

	for (size_t i = 0; i < p->nmails; i++) {
		assert_int_equal(p->mails[i].kind, MAIL_KIND_FAILURE);
		assert_string_equal(p->mails[i].mail_from, "");
		z = arena_printf(a, "%s%s%.*s", z, i > 0 ? " " : "",
		    (int)strcspn(p->mails[i].to, "@"), p->mails[i].to);
	}
	return z;
}

/* claire has every category and is on call, karim has logement. */
static void
test_who_is_told(void **state)
{
	static const struct {
		enum mail_kind kind;
		const char *author, *agent, *category, *to, *told;
		bool admin;
	} t[] = {
		{ MAIL_KIND_RELAY, "karim@ville.test", "", "logement", LEA, "karim", false },
		{ MAIL_KIND_RELAY, "KARIM@Ville.test", "claire", "voirie", LEA, "karim", false },
		{ MAIL_KIND_INVITE, "karim@ville.test", "", "logement", LEA, "karim", false },
		{ MAIL_KIND_ORIENT, "karim@ville.test", "", "logement", LEA, "karim", false },
		{ MAIL_KIND_PIECES, "karim@ville.test", "", "logement", LEA, "karim", false },
		{ MAIL_KIND_FORWARD, "karim@ville.test", "", "logement", "ccas@p.test", "karim", false },
		{ MAIL_KIND_RELAY, "parti@ville.test", "", "logement", LEA, "claire karim", false },
		{ MAIL_KIND_ACK, "", "", "logement", LEA, "claire karim", false },
		{ MAIL_KIND_ACK, "", "", "voirie", LEA, "claire", false },
		{ MAIL_KIND_ACK, "", "karim", "voirie", LEA, "karim", false },
		{ MAIL_KIND_ACK, "claire@ville.test", "karim", "violences", LEA, "claire", false },
		{ MAIL_KIND_ALERT, "", "", "violences", "claire@ville.test", "karim", true },
		{ MAIL_KIND_ALERT, "", "karim", "violences", "Karim@ville.test", "claire", true },
		{ MAIL_KIND_NOTIFY, "", "", "logement", "claire@ville.test", "", true },
		{ MAIL_KIND_TRANSCRIPT, "karim@ville.test", "", "logement", "karim@ville.test", "", true },
		{ MAIL_KIND_FAILURE, "", "", "logement", "karim@ville.test", "", true },
		{ MAIL_KIND_DIGEST, "", "", "", "cabinet@ville.test", "", true },
		{ MAIL_KIND_ADMIN, "", "", "", "admin@ville.test", "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct failed_mail v = relay;
		struct plan p;

		v.kind = t[i].kind;
		v.author = t[i].author;
		v.agent = t[i].agent;
		v.category = t[i].category;
		v.to = t[i].to;
		p = tell(a, &v);
		if (strcmp(told(a, &p), t[i].told) != 0 ||
		    failure_is_admins(&v, p.nmails) != t[i].admin)
			fail_msg("case %zu: told %s", i, told(a, &p));
	}
}

/* An answer that was not delivered must not wait in the mailbox of somebody who is away. */
static void
test_who_is_told_when_somebody_is_away(void **state)
{
	enum { CLAIRE = 1, KARIM = 2, BOTH = 3 };
	static const struct { int away; const char *author, *agent, *category, *told; } t[] = {
		{ 0, "karim@ville.test", "", "logement", "karim" },
		{ CLAIRE, "karim@ville.test", "", "logement", "karim" },
		{ KARIM, "karim@ville.test", "", "logement", "claire" },
		{ KARIM, "karim@ville.test", "karim", "logement", "claire" },
		{ CLAIRE, "", "claire", "voirie", "karim" },
		{ CLAIRE, "", "", "logement", "karim" },
		{ BOTH, "karim@ville.test", "claire", "logement", "karim" },
		{ BOTH, "", "claire", "logement", "claire" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		const bool away[] = { t[i].away & CLAIRE, t[i].away & KARIM };
		struct failed_mail v = relay;
		struct plan p;

		v.author = t[i].author;
		v.agent = t[i].agent;
		v.category = t[i].category;
		p = tell_away(a, &v, away);
		if (strcmp(told(a, &p), t[i].told) != 0)
			fail_msg("case %zu: told %s", i, told(a, &p));
	}
}

static struct mail *
read_back(struct arena *a, const struct plan_mail *m)
{
	struct mail *r = arena_new(a, struct mail, 1);
	struct fault f;

	assert_int_equal(parse_mail(a, m->wire, 0, r, &f), ST_OK);
	return r;
}

static bool
has(const struct mail *m, const char *what)
{
	return strstr(m->text, what) != NULL;
}

static void
test_what_is_said(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct plan p = tell(a, &relay);
	struct mail *m = read_back(a, &p.mails[0]);

	(void)state;
	assert_string_equal(m->subject, "[BI-2026-00007] courrier non remis");
	assert_true(has(m, LEA) && has(m, "550 5.1.1") && has(m, "réponse"));
	assert_true(has(m, "n’existe pas") && has(m, "#contact-sur"));
	assert_false(has(m, "MOT-DU-SERVEUR") || has(m, "deux fois") || has(m, "R. 112-11-2"));
	assert_true(span_eq(header_value(&m->headers, "X-Bureaud-Kind"), "failure"));
	assert_true(span_eq(header_value(&m->headers, "X-Bureaud-Ticket"), "BI-2026-00007"));
	assert_string_equal(m->in_reply_to.v[0], "<ordre@ville.test>");
}

/* Of a sensitive ticket: the reference and "sensible", nobody's address, and what not to do. */
static void
test_sensitive(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct failed_mail v = relay;
	struct plan p;
	struct mail *m;

	(void)state;
	v.sensitive = true;
	p = tell(a, &v);
	m = read_back(a, &p.mails[0]);
	assert_string_equal(m->subject, "[BI-2026-00007] sensible · courrier non remis");
	assert_null(memmem(p.mails[0].wire.p, p.mails[0].wire.n, "exemple.test", 12));
	assert_true(has(m, "sensible") && has(m, "550 5.1.1") && has(m, "sans danger"));
	assert_false(has(m, "#contact-sur"));
}

/* The ticket is nobody's secret, but the person may be watched: no address is to be tried. */
static void
test_watched_person(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct failed_mail v = relay;
	struct plan p;
	struct mail *m;

	(void)state;
	v.watched = true;
	p = tell(a, &v);
	m = read_back(a, &p.mails[0]);
	assert_string_equal(m->subject, "[BI-2026-00007] courrier non remis");
	assert_true(has(m, LEA) && has(m, "sans danger"));
	assert_false(has(m, "#contact-sur") || has(m, "Dossier sensible"));
	v.kind = MAIL_KIND_FORWARD;
	p = tell(a, &v);
	assert_true(has(read_back(a, &p.mails[0]), "Vérifiez l’adresse de cet organisme"));
}

static void
test_acknowledgment_names_the_deadline(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct failed_mail v = relay;
	struct plan p;
	char day[DATE_RFC3339_MAX];

	(void)state;
	v.kind = MAIL_KIND_ACK;
	v.author = v.answers = "";
	p = tell(a, &v);
	date_iso(20800, day);
	assert_string_equal(day, "2026-12-13");
	assert_true(has(read_back(a, &p.mails[0]), "dimanche 13 décembre 2026"));
	assert_true(has(read_back(a, &p.mails[0]), "R. 112-11-2"));
	v.category = "remerciement";
	p = tell(a, &v);
	assert_false(has(read_back(a, &p.mails[0]), "R. 112-11-2"));
}

static void
test_unsure_promises_nothing(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct failed_mail v = relay;
	struct plan p;
	struct mail *m;

	(void)state;
	v.how = FAILURE_UNSURE;
	v.code = 0;
	v.said = "";
	p = tell(a, &v);
	m = read_back(a, &p.mails[0]);
	assert_true(has(m, "nous ne savons pas") && has(m, "deux fois"));
	assert_false(has(m, "n’a pas pu être remis") || has(m, "(code"));
	assert_string_equal(m->subject, "[BI-2026-00007] remise incertaine");
}

static void
test_alert(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct failed_mail v = relay;
	struct plan p;
	struct mail *m;

	(void)state;
	v.kind = MAIL_KIND_ALERT;
	v.sensitive = true;
	v.to = "claire@ville.test";
	p = tell(a, &v);
	m = read_back(a, &p.mails[0]);
	assert_true(has(m, "en danger") && has(m, "Claire") && has(m, "#prendre"));
	v.ref = "";
	v.ticket = 0;
	p = tell(a, &v);
	m = read_back(a, &p.mails[0]);
	assert_string_equal(m->subject, "Alerte : courrier non remis");
	assert_true(has(m, "Aucun dossier") && !has(m, "#prendre"));
}

/* One mail for many, with neither addresses nor the relay's words. */
static void
test_administrator(void **state)
{
	static unsigned char random[20][MSGID_RANDOM];
	const struct plan_facts facts = { .random = random, .nrandom = 20 };
	const struct failed_mail *v[2] = { &relay, &relay };
	ARENA_AUTO struct arena *a = arena_open();
	struct desk d = desk_make();
	struct plan p;
	struct fault f;
	struct mail *m;

	(void)state;
	assert_int_equal(failure_tell_admin(a, &d, v, 2, NOW, &facts, &p, &f), ST_OK);
	assert_int_equal(p.nmails, 1);
	assert_int_equal(p.mails[0].kind, MAIL_KIND_ADMIN);
	assert_string_equal(p.mails[0].to, "admin@ville.test");
	m = read_back(a, &p.mails[0]);
	assert_true(has(m, "outbox 9: relay, refused 550 5.1.1"));
	assert_false(has(m, "exemple.test") || has(m, "MOT-DU-SERVEUR"));
	d.admin = "";
	assert_int_equal(failure_tell_admin(a, &d, v, 2, NOW, &facts, &p, &f), ST_OK);
	assert_int_equal(p.nmails, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_code),
		cmocka_unit_test(test_who_is_told),
		cmocka_unit_test(test_who_is_told_when_somebody_is_away),
		cmocka_unit_test(test_what_is_said),
		cmocka_unit_test(test_sensitive),
		cmocka_unit_test(test_watched_person),
		cmocka_unit_test(test_acknowledgment_names_the_deadline),
		cmocka_unit_test(test_unsure_promises_nothing),
		cmocka_unit_test(test_alert),
		cmocka_unit_test(test_administrator),
	};

	return cmocka_run_group_tests(tests, desk_setup, desk_teardown);
}
