/* What the words that write to citizens and partners put into a plan, and iCalendar objects. */
#include "desk_help.h"

#include "calendar.h"
#include "orders.h"

enum { NOW = 1795514400 };	/* 2026-11-24 11:00 in Paris */

static struct directory *dir;

static int
setup(void **state)
{
	static const char text[] = "[ccas]\nnom = CCAS\ntel = 03 11\ncourriel = ccas@part.test\n"
	    "verifie_le = 2026-11-01\n[discret]\nnom = Un lieu\ntel = 03 22\nverifie_le = 2026-11-01\n"
	    "discret = oui\n[vieux]\nnom = Vieux\ncourriel = vieux@part.test\nverifie_le = 2020-01-01\n"
	    "[muet]\nnom = Muet\nverifie_le = 2026-11-01\n"
	    "[nous]\nnom = Nous\ncourriel = bureau@ville.test\nverifie_le = 2026-11-01\n";
	char path[] = "/tmp/test_orders_out_XXXXXX";
	int fd = mkstemp(path);
	struct fault f;
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) &&
	    directory_load(&dir, "", path, &f) == ST_OK;

	if (fd >= 0) {
		(void)close(fd);
		(void)unlink(path);
	}
	return ok ? desk_setup(state) : -1;
}

static int
teardown(void **state)
{
	directory_close(&dir);
	return desk_teardown(state);
}

struct scene {
	const char *words;
	const char *flags;		/* S sensitive; C closed; M a meeting stands; N no address;
					 * A taken by karim; K reached only by telephone */
	const char *kinds;		/* of the mails, in order */
	enum ticket_state state;
	enum ticket_outcome outcome;
	const char *partners;
};

static const struct scene scenes[] = {
	{ "#rdv 03/12 14:30 Salle", "", "invite transcript", TICKET_WAITING, TICKET_OUTCOME_NONE, "" },
	{ "#rdv 03/12 14:30", "M", "invite transcript", TICKET_WAITING, TICKET_OUTCOME_NONE, "" },
	{ "#rdv annuler", "M", "invite transcript", TICKET_OPEN, TICKET_OUTCOME_NONE, "" },
	{ "#rdv annuler", "", "transcript", TICKET_OPEN, TICKET_OUTCOME_NONE, "" },
	{ "#rdv 03/12 14:30", "S", "transcript", TICKET_OPEN, TICKET_OUTCOME_NONE, "" },
	{ "#rdv 03/12 14:30", "C", "transcript", TICKET_CLOSED, TICKET_OUTCOME_NONE, "" },
	{ "#rdv 03/12 14:30", "N", "transcript", TICKET_OPEN, TICKET_OUTCOME_NONE, "" },
	{ "#rouvrir\n#rdv 03/12 14:30", "C", "invite transcript", TICKET_WAITING, TICKET_OUTCOME_NONE,
	    "" },
	{ "#rdv 03/12 14:30\n\nBonjour, à jeudi.", "", "invite relay transcript", TICKET_WAITING,
	    TICKET_OUTCOME_NONE, "" },
	{ "#orienter ccas, discret, vieux", "", "orient transcript", TICKET_WAITING,
	    TICKET_OUTCOME_REFERRED, "ccas@part.test" },
	{ "#orienter ccas, discret", "S", "orient transcript", TICKET_WAITING, TICKET_OUTCOME_REFERRED,
	    "" },
	{ "#orienter ccas", "S", "transcript", TICKET_OPEN, TICKET_OUTCOME_NONE, "" },
	{ "#orienter vieux", "", "transcript", TICKET_OPEN, TICKET_OUTCOME_NONE, "" },
	{ "#orienter ccas\n#clore", "", "orient transcript", TICKET_CLOSED, TICKET_OUTCOME_REFERRED,
	    "ccas@part.test" },
	{ "#orienter ccas\n#regler", "", "orient transcript", TICKET_CLOSED, TICKET_OUTCOME_RESOLVED,
	    "ccas@part.test" },
	{ "#transmettre ccas", "", "forward orient transcript", TICKET_WAITING,
	    TICKET_OUTCOME_TRANSFERRED, "ccas@part.test" },
	{ "#transmettre vieux", "", "forward orient transcript", TICKET_WAITING,
	    TICKET_OUTCOME_TRANSFERRED, "vieux@part.test" },
	{ "#transmettre ccas", "N", "forward transcript", TICKET_WAITING, TICKET_OUTCOME_TRANSFERRED,
	    "ccas@part.test" },
	{ "#transmettre ccas", "S", "transcript", TICKET_OPEN, TICKET_OUTCOME_NONE, "" },
	{ "#transmettre muet", "", "transcript", TICKET_OPEN, TICKET_OUTCOME_NONE, "" },
	{ "#transmettre nous", "", "transcript", TICKET_OPEN, TICKET_OUTCOME_NONE, "" },
	{ "#pieces bail, quittance, 03/12", "", "pieces transcript", TICKET_WAITING,
	    TICKET_OUTCOME_NONE, "" },
	{ "#pieces bail, 03/12", "C", "transcript", TICKET_CLOSED, TICKET_OUTCOME_NONE, "" },
	{ "#modele passer-nous-voir", "", "relay transcript", TICKET_WAITING, TICKET_OUTCOME_NONE, "" },
	{ "#modele passer-nous-voir", "C", "relay transcript", TICKET_CLOSED, TICKET_OUTCOME_NONE, "" },
	{ "#modele passer-nous-voir\n\nA jeudi, dit-elle.", "", "relay transcript", TICKET_WAITING,
	    TICKET_OUTCOME_NONE, "" },
	{ "#orienter ccas\n#transmettre muet", "", "transcript", TICKET_OPEN, TICKET_OUTCOME_NONE, "" },
	/* Eight letters, one answer, one acknowledgment and the transcript: all there may be. */
	{ "#rdv 03/12 14:30\n#pieces bail, 03/12\n#transmettre ccas\n#modele passer-nous-voir\n"
	  "#orienter ccas\n#orienter discret\n#orienter ccas\n#accuser\n\nBonjour, voici.", "",
	    "invite pieces forward orient orient orient orient ack relay transcript", TICKET_WAITING,
	    TICKET_OUTCOME_REFERRED, "ccas@part.test ccas@part.test ccas@part.test" },
	{ "#orienter ccas\n#orienter ccas\n#orienter ccas\n#orienter ccas\n#orienter ccas\n"
	  "#orienter ccas\n#orienter ccas\n#orienter ccas\n#orienter ccas", "", "transcript",
	    TICKET_OPEN, TICKET_OUTCOME_NONE, "" },
};

static bool
has(const struct scene *s, char flag)
{
	return strchr(s->flags, flag) != NULL;
}

static struct plan
plan_of(struct arena *a, const struct scene *s)
{
	static unsigned char random[32][MSGID_RANDOM];
	struct desk d = desk_make();
	struct ticket_facts t = {
		.category = "logement", .agent = has(s, 'A') ? "karim" : "",
		.citizen = has(s, 'N') ? "" : "lea@exemple.test",
		.contact = has(s, 'K') ? "par téléphone, le matin" : "", .subject = "Mon loyer",
		.message_id = "<m1@exemple.test>", .text = "DERNIER", .words = "PREMIER\n\nDERNIER",
		.files = "bail.pdf", .lang = "fr", .opened = NOW - 86400,
		.meeting = has(s, 'M') ? NOW + 86400 : 0, .meeting_sequence = has(s, 'M') ? 4 : -1,
		.meeting_place = "ici",
	};
	struct thread_hit h = { THREAD_BY_STORED, 7, "BI-2026-00007",
	    has(s, 'C') ? TICKET_CLOSED : TICKET_OPEN, has(s, 'C') ? NOW : 0, has(s, 'S'), true,
	    "claire@ville.test", &t };
	struct plan_facts facts = { .hits = &h, .nhits = 1, .random = random, .nrandom = 32 };
	struct verdict v = { .category = "a_qualifier", .quartier = "" };
	struct plan_in in = { .received = NOW, .now = NOW, .verdict = &v };
	struct plan p;
	struct fault f = { 0 };

	d.directory = dir;
	in.mail = mail_of(a, arena_printf(a, "Authentication-Results: mx.ville.test; dmarc=pass "
	    "header.from=ville.test\nFrom: claire@ville.test\nTo: bureau@ville.test\n"
	    "Subject: Re: x\nMessage-ID: <r1@ville.test>\nContent-Type: text/plain; charset=utf-8\n\n"
	    "%s\n", s->words));
	assert_true(plan_mails_max(&d) <= 32);
	if (plan_make(a, &d, &in, &facts, &p, &f) != ST_OK)
		fail_msg("%s: %s", s->words, f.text);
	return p;
}

static const char *
kinds_of(struct arena *a, const struct plan *p)
{
	const char *z = "";

	for (size_t i = 0; i < p->nmails; i++)
		z = arena_printf(a, "%s%s%s", z, i > 0 ? " " : "", mail_kind_name(p->mails[i].kind));
	return z;
}

static const char *
partners_of(struct arena *a, const struct plan *p)
{
	const char *z = "";

	for (size_t i = 0; i < p->change.npartners; i++)
		z = arena_printf(a, "%s%s%s", z, i > 0 ? " " : "", p->change.partner[i]);
	return z;
}

static void
test_scenes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
		const struct scene *s = &scenes[i];
		ARENA_AUTO struct arena *a = arena_open();
		struct plan p = plan_of(a, s);

		if (strcmp(kinds_of(a, &p), s->kinds) != 0 || p.state != s->state ||
		    p.change.outcome != s->outcome || strcmp(partners_of(a, &p), s->partners) != 0)
			fail_msg("%s (%s): [%s] %s %s [%s]", s->words, s->flags, kinds_of(a, &p),
			    ticket_state_name(p.state), ticket_outcome_name(p.change.outcome),
			    partners_of(a, &p));
	}
}

/* The readable part of a mail of the plan, parsed back. */
static const char *
text_at(struct arena *a, const struct plan *p, size_t i)
{
	const struct mail *m = mail_of(a, arena_span(a, p->mails[i].wire));

	return m != NULL ? m->text : "";
}

static void
test_meeting_numbers(void **state)
{
	static const struct scene first = { "#rdv 03/12 14:30 Salle", "", "", 0, 0, "" };
	static const struct scene again = { "#rdv 03/12 14:30", "M", "", 0, 0, "" };
	static const struct scene off = { "#rdv annuler", "M", "", 0, 0, "" };
	ARENA_AUTO struct arena *a = arena_open();
	struct plan p = plan_of(a, &first);

	(void)state;
	assert_true(p.change.has_meeting);
	assert_int_equal(p.change.meeting, 1796304600);		/* 2026-12-03 14:30 in Paris */
	assert_int_equal(p.change.meeting_sequence, 0);
	assert_string_equal(p.change.meeting_place, "Salle");
	assert_int_equal(p.due, date_local_day(p.change.meeting));
	p = plan_of(a, &again);
	assert_int_equal(p.change.meeting_sequence, 5);
	assert_string_equal(p.change.meeting_place, "1 place");
	p = plan_of(a, &off);
	assert_int_equal(p.change.meeting_sequence, 5);
	assert_int_equal(p.change.meeting, 0);
}

/* Whatever stands where in a mail, nothing of it goes to an address that the same mail calls unsafe,
 * and nothing names a ticket that the same mail makes sensitive. */
static void
test_a_mail_is_safe_as_a_whole(void **state)
{
	static const char *const moved[] = {
		"#contact-sur soeur@exemple.test\n\nBonjour, voici.",
		"#accuser\n#contact-sur soeur@exemple.test", "#contact-sur soeur@exemple.test\n#accuser",
		"#pieces bail, 03/12\n#contact-sur soeur@exemple.test",
		"#modele passer-nous-voir\n#contact-sur soeur@exemple.test",
		"#orienter ccas\n#contact-sur soeur@exemple.test",
		"#transmettre ccas\n#contact-sur soeur@exemple.test",
		"#rdv 03/12 14:30\n#contact-sur soeur@exemple.test",
	};
	static const char *const hidden[] = {
		"#accuser\n#sensible", "#accuser\n#categorie violences",
		"#categorie violences\n\nBonjour, voici.", "#pieces bail, 03/12\n#categorie violences",
	};

	(void)state;
	for (size_t i = 0; i < sizeof moved / sizeof *moved; i++) {
		const struct scene s = { moved[i], "", "", 0, 0, "" };
		ARENA_AUTO struct arena *a = arena_open();
		struct plan p = plan_of(a, &s);

		if (p.nmails < 1 || !p.change.any)
			fail_msg("%s: nothing was done", moved[i]);
		for (size_t k = 0; k < p.nmails; k++)
			if (strcmp(p.mails[k].to, "lea@exemple.test") == 0 ||
			    (p.mails[k].kind != MAIL_KIND_TRANSCRIPT &&
			    strstr(text_at(a, &p, k), "lea@exemple.test") != NULL))
				fail_msg("%s: mail %zu to %s", moved[i], k, p.mails[k].to);
	}
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
		const struct scene s = { hidden[i], "", "", 0, 0, "" };
		ARENA_AUTO struct arena *a = arena_open();
		struct plan p = plan_of(a, &s);

		assert_true(p.sensitive && p.change.sensitive && p.nmails > 1);
		for (size_t k = 0; k < p.nmails; k++)
			if (strcmp(p.mails[k].to, "lea@exemple.test") == 0 && strstr(arena_span(a,
			    p.mails[k].wire), "[BI-2026-00007]") != NULL)
				fail_msg("%s: mail %zu names the ticket", hidden[i], k);
	}
}

static void
test_partner_gets_words_and_the_safe_way(void **state)
{
	static const struct scene open = { "#transmettre ccas", "", "", 0, 0, "" };
	static const struct scene safe = { "#transmettre ccas", "K", "", 0, 0, "" };
	ARENA_AUTO struct arena *a = arena_open();
	struct plan p = plan_of(a, &open);
	const char *text = text_at(a, &p, 0);

	(void)state;
	assert_string_equal(p.mails[0].to, "ccas@part.test");
	assert_string_equal(p.mails[1].to, "lea@exemple.test");
	assert_non_null(strstr(text, "PREMIER\n\nDERNIER"));
	assert_non_null(strstr(text, "bail.pdf"));
	assert_non_null(strstr(text, "lea@exemple.test"));
	assert_null(strstr(text, "claire@ville.test"));
	p = plan_of(a, &safe);
	text = text_at(a, &p, 0);
	assert_non_null(strstr(text, "par téléphone, le matin"));
	assert_null(strstr(text, "lea@exemple.test"));
}

static void
test_who_has_the_ticket(void **state)
{
	static const struct scene free_one = { "#orienter ccas", "", "", 0, 0, "" };
	static const struct scene taken = { "#orienter ccas\n#pieces bail, 03/12", "A", "", 0, 0, "" };
	ARENA_AUTO struct arena *a = arena_open();
	struct plan p = plan_of(a, &free_one);
	const char *at;

	(void)state;
	assert_string_equal(p.change.agent, "claire");
	assert_true(p.change.answered);
	p = plan_of(a, &taken);
	assert_string_equal(p.change.agent, "");
	assert_int_equal(p.mails[2].kind, MAIL_KIND_NOTIFY);
	assert_string_equal(p.mails[2].to, "karim@ville.test");
	assert_non_null(strstr(text_at(a, &p, 2), "Claire a répondu"));
	at = strstr(text_at(a, &p, 3), "suivi par karim");
	assert_non_null(at);
	assert_null(strstr(at + 1, "suivi par karim"));
}

/* ---- iCalendar ---- */

static const char *
ics_of(struct arena *a, bool cancel, int64_t start, const char *place)
{
	const struct calendar_meeting m = {
		.cancel = cancel, .uid = "BI-1@ville.test", .sequence = 3, .stamp = NOW, .start = start,
		.minutes = 30, .summary = "Rendez-vous – Bureau; des, interventions",
		.description = "Référence BI-1", .place = place, .organizer = "bureau@ville.test",
		.organizer_name = "Le \"Bureau\": aide", .attendee = "lea@exemple.test",
	};
	struct span ics;
	struct fault f;

	assert_int_equal(calendar_write(a, &m, &ics, &f), ST_OK);
	assert_int_equal(strlen(ics.p), ics.n);
	return ics.p;
}

static void
test_ical_lines(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	const char *long_place = "Salle des fêtes de l’été, éééééééééééééééééééééééééééééééééééééé"
	    "éééééééééééééééééééééééééééééé, 1er étage\\porte; B";
	const char *ics = ics_of(a, false, NOW, long_place);
	struct span rest = span_of(ics), line;

	(void)state;
	for (const char *q = ics; (q = strchr(q, '\n')) != NULL; q++)
		assert_int_equal(q[-1], '\r');
	while (span_cut(&rest, '\n', &line))
		assert_true(line.n <= 76);
	assert_non_null(strstr(ics, "METHOD:REQUEST\r\n"));
	assert_non_null(strstr(ics, "UID:BI-1@ville.test\r\n"));
	assert_non_null(strstr(ics, "SEQUENCE:3\r\n"));
	assert_non_null(strstr(ics, "SUMMARY:Rendez-vous – Bureau\\; des\\, interventions\r\n"));
	assert_non_null(strstr(ics, "CN=\"Le 'Bureau': aide\""));
	assert_null(strstr(ics_of(a, false, NOW, ""), "LOCATION"));
	ics = ics_of(a, true, NOW, "");
	assert_non_null(strstr(ics, "METHOD:CANCEL\r\n"));
	assert_non_null(strstr(ics, "STATUS:CANCELLED\r\n"));
	assert_null(strstr(ics, "RSVP"));
}

/* The clock of Paris on both sides of each change, whatever the zone of the process. */
static void
test_ical_summer(void **state)
{
	static const struct { int64_t at; const char *local; } t[] = {
		{ 1774745999, "20260329T015959" }, { 1774746000, "20260329T030000" },
		{ 1792889999, "20261025T025959" }, { 1792890000, "20261025T020000" },
		{ NOW, "20261124T110000" }, { 1782864000, "20260701T020000" },
		{ 1798757999, "20261231T235959" }, { 1798758000, "20270101T000000" },
	};
	struct fault f;

	(void)state;
	for (int utc = 0; utc < 2; utc++) {
		assert_int_equal(date_zone_set(utc ? "UTC" : "Europe/Paris", &f), ST_OK);
		for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
			ARENA_AUTO struct arena *a = arena_open();
			const char *want = arena_printf(a, "DTSTART;TZID=Europe/Paris:%s\r\n", t[i].local);

			if (strstr(ics_of(a, false, t[i].at, ""), want) == NULL)
				fail_msg("%lld: not %s", (long long)t[i].at, t[i].local);
		}
	}
	assert_int_equal(date_zone_set("Europe/Paris", &f), ST_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scenes), cmocka_unit_test(test_meeting_numbers),
		cmocka_unit_test(test_a_mail_is_safe_as_a_whole),
		cmocka_unit_test(test_partner_gets_words_and_the_safe_way),
		cmocka_unit_test(test_who_has_the_ticket), cmocka_unit_test(test_ical_lines),
		cmocka_unit_test(test_ical_summer),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
