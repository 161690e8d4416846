/* What the clock reminds agents of: which days, whom, and the mails. */
#include "desk_help.h"

#include "remind.h"

static date_day
day(const char *z)
{
	date_day d;

	if (!date_parse_iso(span_of(z), &d))
		fail_msg("%s", z);
	return d;
}

static int64_t
instant(const char *z)
{
	int64_t at;

	if (!date_parse_rfc3339(span_of(z), &at))
		fail_msg("%s", z);
	return at;
}

static struct remind_ticket
ticket(int number, const char *category)
{
	static char refs[400][20];
	struct remind_ticket t = { .id = number, .category = category, .agent = "",
	    .contact = "",
	    .state = TICKET_OPEN, .opened = instant("2026-11-23T09:00:00Z") };

	snprintf(refs[number], sizeof refs[number], "BI-2026-%05d", number);
	t.ref = refs[number];
	t.last_activity = t.opened;
	return t;
}

/* One date of a ticket; the working mornings from `from` to `to` on which it is named, each
 * looking back to the working day before. */
static void
days_on_which_a_date_is_named(void **state)
{
	static const struct {
		const char *what;
		enum remind_what kind;
		const char *date, *category;
		enum ticket_state state;
		bool acked;
		const char *from, *to, *want;
	} rows[] = {
		{ "promise", REMIND_PROMISE, "2026-11-26", "logement", TICKET_OPEN, true, "2026-11-20",
		    "2026-12-04", "2026-11-25 2026-11-26" },
		{ "promise on a Monday", REMIND_PROMISE, "2026-11-30", "logement", TICKET_OPEN, true,
		    "2026-11-20", "2026-12-04", "2026-11-27 2026-11-30" },
		{ "promise after a holiday", REMIND_PROMISE, "2026-05-04", "logement", TICKET_OPEN, true,
		    "2026-04-27", "2026-05-06", "2026-04-30 2026-05-04" },
		{ "promise after a closed day", REMIND_PROMISE, "2026-12-28", "logement", TICKET_OPEN,
		    true, "2026-12-18", "2026-12-31", "2026-12-23 2026-12-28" },
		{ "promise, waiting", REMIND_PROMISE, "2026-11-26", "logement", TICKET_WAITING, true,
		    "2026-11-20", "2026-12-04", "" },
		{ "AR", REMIND_AR, "2026-12-07", "logement", TICKET_OPEN, false, "2026-11-20",
		    "2026-12-11", "2026-12-03" },
		{ "AR, acknowledged", REMIND_AR, "2026-12-07", "logement", TICKET_OPEN, true,
		    "2026-11-20", "2026-12-11", "" },
		{ "AR, waiting", REMIND_AR, "2026-12-07", "logement", TICKET_WAITING, false,
		    "2026-11-20", "2026-12-11", "" },
		{ "AR of thanks", REMIND_AR, "2026-12-07", "remerciement", TICKET_OPEN, false,
		    "2026-11-20", "2026-12-11", "" },
		{ "silence", REMIND_SILENCE, "2027-01-23", "logement", TICKET_WAITING, true,
		    "2026-12-28", "2027-01-29", "2027-01-11 2027-01-20" },
		{ "silence, closed", REMIND_SILENCE, "2027-01-23", "logement", TICKET_CLOSED, true,
		    "2026-12-28", "2027-01-29", "" },
		{ "silence of thanks", REMIND_SILENCE, "2027-01-23", "remerciement", TICKET_OPEN, true,
		    "2026-12-28", "2027-01-29", "" },
	};
	struct desk d = desk_make();

	(void)state;
	d.hours.closed[d.hours.nclosed++] = day("2026-12-24");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct remind_ticket t = ticket(1, rows[i].category);
		date_day *const dates[] = { &t.due, &t.due_ar, &t.due_silence };
		date_day last = day(rows[i].from);
		char got[200] = "", z[DATE_RFC3339_MAX];

		t.state = rows[i].state;
		t.acked = rows[i].acked;
		*dates[rows[i].kind] = day(rows[i].date);
		for (date_day at = last + 1; at <= day(rows[i].to); at++) {
			if (!hours_open_day(&d.hours, at))
				continue;
			if (remind_date(&d, &t, rows[i].kind, last, at) != 0) {
				date_iso(at, z);
				strcat(strcat(got, got[0] != '\0' ? " " : ""), z);
			}
			last = at;
		}
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].what, got);
	}
}

static void
a_stop_is_made_up_for_but_not_for_ever(void **state)
{
	struct desk d = desk_make();
	struct remind_ticket t = ticket(1, "logement");

	(void)state;
	t.due = day("2026-11-26");
	assert_int_equal(remind_date(&d, &t, REMIND_PROMISE, day("2026-11-20"), day("2026-12-18")),
	    t.due);
	assert_int_equal(remind_date(&d, &t, REMIND_PROMISE, day("2026-11-20"), day("2027-02-01")), 0);
	t.due = 0;
	assert_int_equal(remind_date(&d, &t, REMIND_PROMISE, 0, day("2026-12-18")), 0);
}

static void
hour_of_an_urgent_ticket(void **state)
{
	static const struct { const char *hours, *since, *at; } rows[] = {
		{ "mon-fri 08:30-12:00 13:30-17:00", "2026-11-24T09:00:00+01:00",
		    "2026-11-24T14:00:00+01:00" },
		{ "mon-fri 08:30-12:00 13:30-17:00", "2026-11-24T13:59:59+01:00",
		    "2026-11-24T14:00:00+01:00" },
		{ "mon-fri 08:30-12:00 13:30-17:00", "2026-11-24T14:00:00+01:00",
		    "2026-11-25T08:30:00+01:00" },
		{ "mon-fri 08:30-12:00 13:30-17:00", "2026-11-24T22:00:00+01:00",
		    "2026-11-25T14:00:00+01:00" },
		{ "mon-fri 08:30-12:00 13:30-17:00", "2026-11-27T18:00:00+01:00",
		    "2026-11-30T14:00:00+01:00" },
		{ "mon-fri 08:30-12:00 13:30-17:00", "2026-05-01T10:00:00+02:00",
		    "2026-05-04T14:00:00+02:00" },
		{ "mon-fri 08:30-12:00", "2026-11-24T09:00:00+01:00", "2026-11-25T08:30:00+01:00" },
		{ "mon-fri 08:30-12:00 15:00-17:00", "2026-11-24T09:00:00+01:00",
		    "2026-11-24T15:00:00+01:00" },
	};
	struct hours h;
	struct fault f;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(hours_parse(span_of(rows[i].hours), span_of(""), &h, &f), ST_OK);
		if (remind_high_at(&h, instant(rows[i].since)) != instant(rows[i].at))
			fail_msg("%s", rows[i].since);
	}
}

static void
whom_a_ticket_concerns(void **state)
{
	static const struct { const char *category, *agent; bool claire, karim; } rows[] = {
		{ "logement", "", true, true }, { "voirie", "", true, false },
		{ "voirie", "karim", false, true }, { "logement", "claire", true, false },
		{ "voirie", "gone", true, false },
	};
	struct desk d = desk_make();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct remind_ticket t = ticket(1, rows[i].category);

		t.agent = rows[i].agent;
		assert_int_equal(remind_concerns(&d, &t, &agents[0]), rows[i].claire);
		assert_int_equal(remind_concerns(&d, &t, &agents[1]), rows[i].karim);
	}
	d.agents = agents + 1;
	d.nagents = 1;
	{
		struct remind_ticket t = ticket(1, "voirie");

		assert_true(remind_concerns(&d, &t, &agents[1]));	/* nobody has it: everybody */
	}
}

static struct plan_facts
random_parts(void)
{
	static unsigned char parts[12][MSGID_RANDOM];

	for (unsigned char i = 0; i < 12; i++)
		parts[i][0] = i;
	return (struct plan_facts){ .random = parts, .nrandom = 12 };
}

/* The decoded text of a planned mail, subject first. */
static const char *
text_of(struct arena *a, const struct plan_mail *m)
{
	struct mail *x = mail_of(a, m->wire.p);

	if (x == NULL) {
		fail_msg("unreadable: %s", m->wire.p);
		return "";
	}
	return arena_printf(a, "%s\n%s", x->subject, x->text);
}

static void
contains(const char *text, const char *z, bool want)
{
	if ((strstr(text, z) != NULL) != want)
		fail_msg("%s%s:\n%s", want ? "no " : "", z, text);
}

static struct plan
morning_of(struct arena *a, const struct desk *d, const struct agent *to,
    const struct remind_ticket *v, size_t n, const char *after)
{
	static const struct remind_answer answers[] = {
		{ "BI-2026-00101", "logement", "claire@ville.test", false },
		{ "BI-2026-00102", "voirie", "karim@ville.test", true },
		{ "BI-2026-00103", "voirie", "bureau@ville.test", false },
	};
	const struct morning in = { .today = day("2026-11-26"), .after = day(after),
	    .at = instant("2026-11-26T07:15:00Z"), .v = v, .n = n, .answers = answers,
	    .nanswers = 3 };
	struct plan_facts random = random_parts();
	struct plan p;
	struct fault f;

	assert_int_equal(remind_morning(a, d, to, &in, instant("2026-11-26T07:15:30Z"), &random,
	    &p,
	    &f), ST_OK);
	return p;
}

static void
morning_list(void **state)
{
	struct arena *a = arena_open();
	struct desk d = desk_make();
	struct remind_ticket v[] = { ticket(1, "logement"), ticket(2, "violences"),
	    ticket(3, "voirie"), ticket(4, "logement"), ticket(5, "logement"),
	    ticket(6, "logement"), ticket(7, "voirie"), ticket(8, "voirie") };
	struct plan p;
	const char *text;

	(void)state;
	v[0].due = v[1].due = day("2026-11-26");
	v[1].sensitive = true;
	v[1].due_ar = day("2026-11-30");	/* two open days later */
	v[2].due = day("2026-12-10");
	v[2].opened = instant("2026-11-20T09:00:00Z");
	v[2].urgency = URGENCY_HIGH;
	v[3].due = day("2026-11-20");		/* late, and nobody has answered */
	v[4].due = day("2026-11-20");		/* late, but answered: the person wrote again */
	v[4].first_answer = instant("2026-11-20T09:00:00Z");
	v[5].state = TICKET_WAITING;
	v[5].due = day("2026-11-26");
	v[5].agent = "karim";
	v[6].opened = instant("2026-11-26T07:15:00Z");	/* too late for this list */
	v[7].state = TICKET_CLOSED;
	p = morning_of(a, &d, &agents[0], v, 8, "2026-11-25");
	assert_int_equal(p.nmails, 1);
	assert_string_equal(p.mails[0].to, "claire@ville.test");
	assert_int_equal(p.mails[0].kind, MAIL_KIND_MORNING);
	assert_string_equal(p.mails[0].mail_from, "");
	text = text_of(a, &p.mails[0]);
	contains(text, "Ce matin\302\240: 4\302\240échéances, 2\302\240dossiers à traiter\n",
	    true);
	contains(text, "BI-2026-00001 (Logement)\302\240: réponse promise pour aujourd’hui\n",
	    true);
	contains(text, "BI-2026-00002 (sensible)", true);
	contains(text, "BI-2026-00004 (Logement)\302\240: réponse promise pour le vendredi 20 "
	    "novembre 2026, date dépassée\n", true);
	contains(text,
	    "BI-2026-00003 (Voirie et propreté)\302\240: ouvert depuis 6\302\240jours, "
	    "urgence haute, à prendre, réponse promise pour le jeudi 10 décembre 2026\n"
	    "BI-2026-00005 (Logement)\302\240: ouvert depuis 3\302\240jours, à prendre\n",
	    true);
	contains(text, "accusé de réception", true);
	contains(text, "danger", true);
	contains(text, "BI-2026-00006", false);
	contains(text, "BI-2026-00007", false);
	contains(text, "BI-2026-00008", false);
	contains(text, "BI-2026-00101", false);		/* her own answer */
	contains(text, "BI-2026-00102 (sensible)\302\240: réponse de Karim\n", true);
	contains(text, "BI-2026-00103 (Voirie et propreté)\302\240: réponse depuis la boîte",
	    true);
	contains(text, "iolence", false);
	p = morning_of(a, &d, &agents[1], v, 8, "2026-11-25");
	assert_int_equal(p.nmails, 2);
	text = text_of(a, &p.mails[0]);
	contains(text,
	    "Ce matin\302\240: 2\302\240échéances, 1\302\240retour, 1\302\240dossier à", true);
	contains(text, "BI-2026-00006 (Logement)\302\240: en attente jusqu’à aujourd’hui\n",
	    true);
	contains(text, "BI-2026-00101 (Logement)\302\240: réponse de Claire\n", true);
	contains(text, "BI-2026-00103", false);
	contains(text, "BI-2026-00002", false);
	contains(text, "danger", false);
	arena_close(&a);
}

static void
no_list_where_nothing_waits(void **state)
{
	struct arena *a = arena_open();
	struct desk d = desk_make();
	struct remind_ticket t = ticket(1, "voirie");

	(void)state;
	assert_int_equal(morning_of(a, &d, &agents[0], &t, 0, "2026-11-25").nmails, 0);
	assert_int_equal(morning_of(a, &d, &agents[1], &t, 1, "2026-11-25").nmails, 0);
	assert_int_equal(morning_of(a, &d, &agents[0], &t, 1, "2026-11-25").nmails, 1);
	t.state = TICKET_WAITING;
	assert_int_equal(morning_of(a, &d, &agents[0], &t, 1, "2026-11-25").nmails, 0);
	arena_close(&a);
}

/* A mail of its own, of its ticket, on the first morning from its day on; in the list as long
 * as
 * it waits. */
static void
waiting_tickets_come_back(void **state)
{
	static const struct { const char *due, *after; size_t mails; bool listed; } rows[] = {
		{ "2026-11-27", "2026-11-25", 0, false }, { "2026-11-26", "2026-11-25", 2,
		    true },
		{ "2026-11-25", "2026-11-25", 1, true }, { "2026-11-25", "2026-11-20", 2,
		    true },
		{ "2026-11-20", "2026-11-20", 1, true },
	};
	struct arena *a = arena_open();
	struct desk d = desk_make();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct remind_ticket t = ticket(1, "logement");
		struct plan p;
		const char *text;

		t.state = TICKET_WAITING;
		t.due = day(rows[i].due);
		t.contact = "la voisine";
		t.sensitive = i == 3;
		p = morning_of(a, &d, &agents[0], &t, 1, rows[i].after);
		assert_int_equal(p.nmails, rows[i].mails);
		if (rows[i].listed)
			contains(text_of(a, &p.mails[0]), "BI-2026-00001", true);
		if (rows[i].mails < 2)
			continue;
		assert_int_equal(p.mails[0].ticket, 0);
		assert_int_equal(p.mails[1].ticket, 1);
		assert_int_equal(p.mails[1].kind, MAIL_KIND_REMINDER);
		text = text_of(a, &p.mails[1]);
		contains(text, t.sensitive ? "[BI-2026-00001] sensible · de retour" :
		    "[BI-2026-00001] Logement · de retour", true);
		contains(text, "la voisine", true);
		contains(text, "ogement", !t.sensitive);
		assert_non_null(strstr(p.mails[1].wire.p, "X-Bureaud-Ticket: BI-2026-00001"));
		assert_null(strstr(p.mails[0].wire.p, "X-Bureaud-Ticket"));
	}
	arena_close(&a);
}

static void
many_that_come_back_are_in_the_list_alone(void **state)
{
	struct arena *a = arena_open();
	struct desk d = desk_make();
	struct remind_ticket v[9];

	(void)state;
	for (int i = 0; i < 9; i++) {
		v[i] = ticket(i + 1, "logement");
		v[i].state = TICKET_WAITING;
		v[i].due = day("2026-11-26");
		v[i].contact = "";
	}
	assert_int_equal(morning_of(a, &d, &agents[0], v, 8, "2026-11-25").nmails, 9);
	assert_int_equal(morning_of(a, &d, &agents[0], v, 9, "2026-11-25").nmails, 1);
	arena_close(&a);
}

static void
a_long_list_is_cut_and_says_so(void **state)
{
	enum { MANY = 399 };
	struct arena *a = arena_open();
	struct desk d = desk_make();
	struct remind_ticket v[MANY];
	struct plan p;
	const char *text;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		v[i] = ticket(i + 1, "logement");
		v[i].due = day("2026-11-26");
	}
	p = morning_of(a, &d, &agents[0], v, MANY, "2026-11-25");
	text = text_of(a, &p.mails[0]);
	contains(text, "399\302\240échéances", true);
	contains(text, "BI-2026-00200", true);
	contains(text, "BI-2026-00201", false);
	contains(text, "et 199 autres", true);
	arena_close(&a);
}

static void
urgent_mails(void **state)
{
	struct arena *a = arena_open();
	struct desk d = desk_make();
	struct plan_facts random = random_parts();
	struct remind_ticket v[] = { ticket(1, "voirie"), ticket(2, "violences") };
	struct plan p;
	struct fault f;
	const char *text;

	(void)state;
	v[1].sensitive = true;
	assert_int_equal(remind_high(a, &d, v, 2, instant("2026-11-24T13:00:00Z"), &random, &p, &f),
	    ST_OK);
	assert_int_equal(p.nmails, 1);
	text = text_of(a, &p.mails[0]);
	contains(text, "À traiter aujourd’hui (2\302\240dossiers urgents)", true);
	contains(text, "BI-2026-00002 (sensible)", true);
	contains(text, "iolence", false);
	arena_close(&a);
}

static void
repeated_alert(void **state)
{
	static const struct { bool sensitive, acked, on_call; size_t mails; const char *subject; } rows[] = {
		{ false, true, true, 1, "[BI-2026-00007] Urgence · vitale · rappel 3" },
		{ true, false, true, 1, "[BI-2026-00007] sensible · rappel 3" },
		{ false, true, false, 2, "[BI-2026-00007] Urgence · vitale · rappel 3" },
	};
	struct arena *a = arena_open();
	struct plan_facts random = random_parts();
	struct fault f;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct remind_alert v = { .ticket = 7, .ref = "BI-2026-00007", .times = 2,
		    .category = "urgence", .sensitive = rows[i].sensitive, .acked = rows[i].acked,
		    .contact = i > 0 ? "la voisine, 03 00 00 00 99" : "",
		    .since = instant("2026-11-28T22:10:00Z") };
		struct desk d = desk_make();
		struct agent some[] = { agents[0], agents[1] };
		struct plan p;
		const char *text;

		some[0].on_call = rows[i].on_call;
		d.agents = some;
		assert_int_equal(remind_alert(a, &d, &v, instant("2026-11-28T22:55:00Z"), &random, &p, &f),
		    ST_OK);
		assert_int_equal(p.nmails, rows[i].mails);
		assert_int_equal(p.mails[0].kind, MAIL_KIND_ALERT);
		assert_string_equal(p.mails[0].mail_from, d.address);
		text = text_of(a, &p.mails[0]);
		contains(text, rows[i].subject, true);
		contains(text, "samedi 28", true);
		contains(text, "Urgence", !rows[i].sensitive);
		contains(text, "Aucun accusé", !rows[i].acked);
		contains(text, "sans risque", i > 0);
		contains(text, "la voisine, 03 00 00 00 99", i > 0);
		assert_non_null(strstr(p.mails[0].wire.p, "X-Bureaud-Ticket: BI-2026-00007"));
	}
	arena_close(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_on_which_a_date_is_named),
		cmocka_unit_test(a_stop_is_made_up_for_but_not_for_ever),
		cmocka_unit_test(hour_of_an_urgent_ticket),
		cmocka_unit_test(whom_a_ticket_concerns),
		cmocka_unit_test(morning_list),
		cmocka_unit_test(no_list_where_nothing_waits),
		cmocka_unit_test(waiting_tickets_come_back),
		cmocka_unit_test(many_that_come_back_are_in_the_list_alone),
		cmocka_unit_test(a_long_list_is_cut_and_says_so),
		cmocka_unit_test(urgent_mails),
		cmocka_unit_test(repeated_alert),
	};

	return cmocka_run_group_tests(tests, desk_setup, desk_teardown);
}
