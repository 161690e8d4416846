/* The clock's work in the database: what is due, what is done, and that it is done once. */
#include "test_store_help.h"

enum { REPEAT = 900 };

/* The parts of one step of app/duty, as it calls them. */
static size_t
ring(struct box *b, int64_t now, int64_t *since_out)
{
	struct remind_alert *v;
	size_t n;

	OK(store_begin(b->s, &b->f));
	OK(store_vigils(b->s, b->a, now - REPEAT, now, &v, &n, &b->f));
	for (size_t i = 0; i < n; i++) {
		struct plan *p = plan_blank(b, "");

		p->ref = v[i].ref;
		plan_mail_add(b, p, MAIL_KIND_ALERT, "claire@mairie.example", false);
		OK(store_vigil_rung(b->s, &v[i], p, now, now, &b->f));
		if (since_out != NULL)
			*since_out = v[i].since;
	}
	OK(store_commit(b->s, &b->f));
	return n;
}

static void
apply_at(struct box *b, const struct sample *x, const struct plan *p, int64_t now)
{
	OK(store_begin(b->s, &b->f));
	OK(store_mail_begin(b->s, &b->f));
	OK(store_apply(b->s, &x->sm, p, now, &b->f));
	OK(store_mail_end(b->s, true, &b->f));
	OK(store_commit(b->s, &b->f));
}

/* Ticket n, opened by a vital mail at T0. */
static int64_t
vital_ticket(struct box *b, int n)
{
	struct plan *p = plan_opening(b, "lea@example.org", n);
	struct ticket_row t;

	p->urgency = URGENCY_VITAL;
	p->watch = true;
	plan_event_add(b, p, EVENT_ALERT, "vital");
	apply_at(b, sample_new(b, "lea@example.org", n), p, T0);
	OK(query_ticket(b->s, b->a, p->ref, &t, &b->f));
	return t.id;
}

static void
joined_by(struct box *b, int64_t ticket, enum mail_role role, enum ticket_state state, bool alert,
    int n, int64_t now)
{
	struct plan *p = plan_joining(b, "x@example.org", ticket);

	p->role = role;
	p->state = state;
	if (alert)
		p->watch = true;
	apply_at(b, sample_new(b, "x@example.org", n), p, now);
}

static void
alert_is_due_once_a_period(void **state)
{
	struct box *b = *state;
	int64_t since = 0;
	bool any;

	(void)vital_ticket(b, 1);
	OK(store_vigil_any(b->s, T0 - 1, T0 + REPEAT - 1, &any, &b->f));
	assert_false(any);
	assert_int_equal(ring(b, T0 + REPEAT - 1, NULL), 0);
	OK(store_vigil_any(b->s, T0, T0 + REPEAT, &any, &b->f));
	assert_true(any);
	assert_int_equal(ring(b, T0 + REPEAT, &since), 1);
	assert_true(since == T0 + 1);		/* when the mail was received */
	assert_int_equal(ring(b, T0 + REPEAT, NULL), 0);
	box_reopen(b, STORE_WRITE);
	assert_int_equal(ring(b, T0 + 2 * REPEAT - 1, NULL), 0);
	poke(b, "UPDATE outbox SET state = 'sent'");
	assert_int_equal(ring(b, T0 + 2 * REPEAT, NULL), 1);
	assert_int_equal(peek(b, "SELECT count(*) FROM outbox WHERE kind = 'alert'"), 2);
	assert_int_equal(peek(b, "SELECT count(*) FROM event WHERE kind = 'alert'"), 3);
	assert_int_equal(peek(b, "SELECT times FROM vigil"), 2);
	/* An agent's answer to it proves the agent: the id is known, with its ticket. */
	assert_int_equal(peek(b, "SELECT count(*) FROM known_id WHERE ticket = 1"
	    " AND minted_for = 'claire@mairie.example' AND message_id LIKE '%.alert.%'"), 2);
	check_sound(b);
}

static void
what_ends_the_alerts(void **state)
{
	static const struct { const char *what; enum mail_role role; enum ticket_state state; const char *sql;
	    size_t due; } rows[] = {
		{ "nothing", MAIL_ROLE_UNKNOWN, TICKET_OPEN, NULL, 1 },
		{ "the person writes again", MAIL_ROLE_CITIZEN, TICKET_OPEN, NULL, 1 },
		{ "a machine", MAIL_ROLE_SYSTEM, TICKET_OPEN, NULL, 1 },
		{ "an agent's mail", MAIL_ROLE_AGENT, TICKET_OPEN, NULL, 0 },
		{ "answered", MAIL_ROLE_AGENT, TICKET_WAITING, NULL, 0 },
		{ "taken", MAIL_ROLE_UNKNOWN, TICKET_OPEN, "UPDATE ticket SET agent = 'claire'", 0 },
		{ "closed", MAIL_ROLE_UNKNOWN, TICKET_OPEN,
		    "UPDATE ticket SET state = 'closed', closed_at = 5", 0 },
		{ "a command", MAIL_ROLE_UNKNOWN, TICKET_OPEN, "INSERT INTO event (ticket, at, kind, by,"
		    " text) VALUES (1, 5, 'command', 'claire', '')", 0 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct box *b;
		int64_t t;

		assert_int_equal(box_setup(state), 0);
		b = *state;
		t = vital_ticket(b, 1);
		if (rows[i].role != MAIL_ROLE_UNKNOWN)
			joined_by(b, t, rows[i].role, rows[i].state, false, 2, T0 + 60);
		if (rows[i].sql != NULL)
			poke(b, rows[i].sql);
		if (ring(b, T0 + REPEAT, NULL) != rows[i].due)
			fail_msg("%s", rows[i].what);
		/* Ended is ended, also when the person writes again. */
		if (rows[i].due == 0 && rows[i].sql == NULL)
			joined_by(b, t, MAIL_ROLE_CITIZEN, TICKET_OPEN, false, 3, T0 + 2000);
		assert_int_equal(ring(b, T0 + 9 * REPEAT, NULL), rows[i].due);
		(void)box_teardown(state);
	}
}

static void
new_danger_begins_a_new_watch(void **state)
{
	struct box *b = *state;
	int64_t t = vital_ticket(b, 1), since = 0;

	joined_by(b, t, MAIL_ROLE_AGENT, TICKET_WAITING, false, 2, T0 + 60);
	poke(b, "UPDATE ticket SET agent = 'claire'");
	joined_by(b, t, MAIL_ROLE_CITIZEN, TICKET_OPEN, true, 3, T0 + 5000);
	assert_int_equal(ring(b, T0 + 5000 + REPEAT - 1, NULL), 0);
	assert_int_equal(ring(b, T0 + 5000 + REPEAT, &since), 1);
	assert_true(since == T0 + 3);
	/* More danger before anybody answered: they wait since the first of it. */
	joined_by(b, t, MAIL_ROLE_CITIZEN, TICKET_OPEN, true, 4, T0 + 7000);
	assert_int_equal(ring(b, T0 + 7000 + REPEAT, &since), 1);
	assert_true(since == T0 + 3);
}

static void
an_alert_that_waits_is_hurried_not_doubled(void **state)
{
	struct box *b = *state;

	(void)vital_ticket(b, 1);
	assert_int_equal(ring(b, T0 + REPEAT, NULL), 1);
	poke(b, "UPDATE outbox SET next_at = next_at + 3600 WHERE kind = 'alert'");
	assert_int_equal(ring(b, T0 + 2 * REPEAT, NULL), 1);
	assert_int_equal(peek(b, "SELECT count(*) FROM outbox WHERE kind = 'alert'"), 1);
	assert_int_equal(peek(b, "SELECT next_at FROM outbox WHERE kind = 'alert'"), T0 + 2 * REPEAT);
	poke(b, "UPDATE outbox SET state = 'dead' WHERE kind = 'alert'");
	assert_int_equal(ring(b, T0 + 3 * REPEAT, NULL), 1);
	assert_int_equal(peek(b, "SELECT count(*) FROM outbox WHERE kind = 'alert'"), 2);
}

static void
a_clock_that_was_ahead(void **state)
{
	struct box *b = *state;
	bool any;

	(void)vital_ticket(b, 1);
	poke(b, "UPDATE vigil SET alerted_at = alerted_at + 100000000");
	OK(store_vigil_any(b->s, T0 - REPEAT, T0, &any, &b->f));
	assert_true(any);
	assert_int_equal(ring(b, T0, NULL), 0);
	assert_int_equal(ring(b, T0 + REPEAT, NULL), 1);
}

static void
nothing_of_a_step_that_is_undone(void **state)
{
	struct box *b = *state;
	struct remind_alert *v;
	struct plan *p = plan_blank(b, "");
	size_t n;

	(void)vital_ticket(b, 1);
	plan_mail_add(b, p, MAIL_KIND_ALERT, "claire@mairie.example", false);
	OK(store_begin(b->s, &b->f));
	OK(store_vigils(b->s, b->a, T0, T0 + REPEAT, &v, &n, &b->f));
	OK(store_vigil_rung(b->s, &v[0], p, T0 + REPEAT, T0 + REPEAT, &b->f));
	store_rollback(b->s);
	assert_int_equal(peek(b, "SELECT count(*) FROM outbox WHERE kind = 'alert'"), 0);
	assert_int_equal(ring(b, T0 + REPEAT, NULL), 1);
}

static void
a_duty_is_done_once_a_day(void **state)
{
	struct box *b = *state;
	date_day last = 7;
	bool done = true;

	OK(store_duty_last(b->s, "deadlines", "claire", 20000, &last, &done, &b->f));
	assert_true(last == 0 && !done);
	OK(store_begin(b->s, &b->f));
	OK(store_duty_add(b->s, "deadlines", "claire", 20000, &b->f));
	OK(store_duty_add(b->s, "deadlines", "claire", 20000, &b->f));
	OK(store_duty_add(b->s, "deadlines", "claire", 20009, &b->f));	/* the clock was ahead */
	OK(store_commit(b->s, &b->f));
	OK(store_duty_last(b->s, "deadlines", "claire", 20000, &last, &done, &b->f));
	assert_true(last == 0 && done);
	OK(store_duty_last(b->s, "deadlines", "claire", 20003, &last, &done, &b->f));
	assert_true(last == 20000 && !done);
	OK(store_duty_last(b->s, "deadlines", "karim", 20003, &last, &done, &b->f));
	assert_true(last == 0 && !done);
	OK(store_duty_last(b->s, "high", "claire", 20000, &last, &done, &b->f));
	assert_true(last == 0 && !done);
	OK(store_begin(b->s, &b->f));
	OK(store_duty_add(b->s, "deadlines", "claire", 20500, &b->f));
	OK(store_commit(b->s, &b->f));
	assert_int_equal(peek(b, "SELECT count(*) FROM duty"), 1);
}

static void
tickets_with_dates(void **state)
{
	struct box *b = *state;
	struct remind_ticket *v;
	size_t n;

	for (int i = 1; i <= 70; i++)
		(void)open_ticket(b, "anne@example.org", i);
	poke(b, "UPDATE ticket SET state = 'closed', closed_at = 5 WHERE id = 3;"
	    "UPDATE ticket SET state = 'waiting', agent = 'karim', sensitive = 1 WHERE id = 2;"
	    "UPDATE outbox SET state = 'sent' WHERE ticket = 1 AND kind = 'ack'");
	OK(store_remind_dates(b->s, b->a, &v, &n, &b->f));
	assert_int_equal(n, 69);
	assert_string_equal(v[0].ref, "BI-2026-00001");
	assert_true(v[0].acked && !v[1].acked && !v[0].sensitive && v[1].sensitive);
	assert_int_equal(v[1].state, TICKET_WAITING);
	assert_string_equal(v[1].agent, "karim");
	assert_int_equal(v[68].due, 20800);
	assert_int_equal(v[68].due_ar, 20810);
	assert_int_equal(v[68].due_silence, 20850);
	assert_string_equal(v[2].ref, "BI-2026-00004");
}

static size_t
high_count(struct box *b)
{
	struct remind_ticket *v;
	size_t n;

	OK(store_remind_high(b->s, b->a, &v, &n, &b->f));
	return n;
}

static void
high_tickets_that_nobody_touched(void **state)
{
	struct box *b = *state;
	int64_t t = open_ticket(b, "anne@example.org", 1);

	assert_int_equal(high_count(b), 0);
	poke(b, "UPDATE ticket SET urgency = 'high'");
	assert_int_equal(high_count(b), 1);
	joined_by(b, t, MAIL_ROLE_SYSTEM, TICKET_OPEN, false, 2, T0 + 200);
	assert_int_equal(high_count(b), 1);
	joined_by(b, t, MAIL_ROLE_AGENT, TICKET_OPEN, false, 3, T0 + 300);
	assert_int_equal(high_count(b), 0);
	joined_by(b, t, MAIL_ROLE_CITIZEN, TICKET_OPEN, false, 4, T0 + 400);
	assert_int_equal(high_count(b), 1);
	poke(b, "UPDATE ticket SET agent = 'claire'");
	assert_int_equal(high_count(b), 0);
	poke(b, "UPDATE ticket SET agent = '', state = 'waiting'");
	assert_int_equal(high_count(b), 0);
}

static void
mails_of_no_ticket(void **state)
{
	struct box *b = *state;
	struct plan *p = plan_blank(b, "");

	plan_mail_add(b, p, MAIL_KIND_REMINDER, "claire@mairie.example", false);
	OK(store_begin(b->s, &b->f));
	OK(store_send(b->s, p->mails, p->nmails, T0, &b->f));
	OK(store_commit(b->s, &b->f));
	assert_int_equal(peek(b, "SELECT count(*) FROM outbox WHERE kind = 'reminder'"
	    " AND ticket IS NULL AND state = 'queued' AND filed = 1"), 1);
}

/* ---- what rules replay reads ---- */

struct replayed { size_t n; char ids[200]; bool header; };

static enum status
replay_note(void *ctx, const struct replay_row *r)
{
	struct replayed *x = ctx;

	x->n++;
	strcat(x->ids, r->message_id);
	x->header = x->header || r->by_header;
	assert_string_equal(r->category, "voirie");
	assert_string_equal(r->reply_text, "Bonjour");
	return ST_OK;
}

static void
mails_to_replay(void **state)
{
	struct box *b = *state;
	int64_t t = open_ticket(b, "anne@example.org", 1);
	struct replayed x = { 0 };

	joined_by(b, t, MAIL_ROLE_CITIZEN, TICKET_OPEN, false, 2, T0 + 200);
	joined_by(b, t, MAIL_ROLE_AGENT, TICKET_OPEN, false, 3, T0 + 200);
	poke(b, "UPDATE message SET hits = '| HEAD+3/header' WHERE id = 2;"
	    "INSERT INTO attachment VALUES (2, 0, 'bail.pdf', 'application/pdf', 7)");
	OK(query_replay(b->s, 0, replay_note, &x, &b->f));
	assert_int_equal(x.n, 2);
	assert_string_equal(x.ids, "<m1@citizen.example><m2@citizen.example>");
	assert_true(x.header);
	x = (struct replayed){ 0 };
	OK(query_replay(b->s, T0 + 2, replay_note, &x, &b->f));
	assert_string_equal(x.ids, "<m2@citizen.example>");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(alert_is_due_once_a_period), cmocka_unit_test(what_ends_the_alerts),
		TEST(new_danger_begins_a_new_watch), TEST(an_alert_that_waits_is_hurried_not_doubled),
		TEST(a_clock_that_was_ahead), TEST(nothing_of_a_step_that_is_undone),
		TEST(a_duty_is_done_once_a_day), TEST(tickets_with_dates),
		TEST(high_tickets_that_nobody_touched), TEST(mails_of_no_ticket), TEST(mails_to_replay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
