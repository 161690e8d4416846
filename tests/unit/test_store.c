#include "test_store_help.h"

/* ---- intake ---- */

static void
attempts_count_and_are_forgotten(void **state)
{
	struct box *b = *state;
	struct location v[] = { at_uid(1), at_uid(2), { "Bureau/À voir", 7, 1 } };
	unsigned tries[3];
	bool any;

	OK(store_tried(b->s, v, 3, &any, &b->f));
	assert_false(any);
	OK(store_attempts(b->s, v, 3, tries, &b->f));
	OK(store_tried(b->s, v + 1, 1, &any, &b->f));
	assert_true(any);
	OK(store_attempts(b->s, v, 2, tries, &b->f));	/* a round that failed is no crash */
	assert_int_equal(tries[0], 1);
	assert_int_equal(tries[1], 1);
	assert_int_equal(tries[2], 1);
	box_reopen(b, STORE_WRITE);
	OK(store_attempts_forget(b->s, v + 1, 1, &b->f));
	OK(store_attempts(b->s, v, 3, tries, &b->f));
	assert_int_equal(tries[0], 2);
	assert_int_equal(tries[1], 1);
	assert_int_equal(tries[2], 2);
	(void)open_ticket(b, "anne@example.org", 1);
	OK(store_copy(b->s, 1, &v[2], &b->f));
	assert_int_equal(peek(b, "SELECT count(*) FROM attempt"), 1);
}

static void
cursor_and_known(void **state)
{
	struct box *b = *state;
	struct location v[] = { at_uid(1), at_uid(2), { "INBOX", 8, 1 }, { "Sent", 7, 1 } };
	uint32_t validity, uid;
	bool known[4];

	IS(ST_NONE, store_cursor(b->s, "INBOX", &validity, &uid, &b->f));
	OK(store_cursor_set(b->s, &(struct location){ "INBOX", 7, 4294967295u }, &b->f));
	OK(store_cursor(b->s, "INBOX", &validity, &uid, &b->f));
	assert_int_equal(validity, 7);
	assert_true(uid == 4294967295u);
	OK(store_cursor_set(b->s, &(struct location){ "INBOX", 8, 0 }, &b->f));
	OK(store_cursor(b->s, "INBOX", &validity, &uid, &b->f));
	assert_int_equal(validity, 8);
	assert_int_equal(uid, 0);
	(void)open_ticket(b, "anne@example.org", 1);
	OK(store_known(b->s, v, 4, known, &b->f));
	assert_true(known[0] && !known[1] && !known[2] && !known[3]);
}

static void
same_mail(void **state)
{
	enum { WEEK = 7 * DAY };
	static const struct {
		const char *id, *from;
		int body, raw;
		int64_t later;
		enum status want;
	} rows[] = {
		{ "<m1@citizen.example>", "anne@example.org", 1, 1, 0, ST_OK },
		{ "", "other@example.org", 9, 1, 99 * WEEK, ST_OK },	/* the bytes alone */
		{ "<m1@citizen.example>", "anne@example.org", 1, 2, 5, ST_OK },
		{ "<m1@citizen.example>", "Anne@Example.ORG", 1, 2, 5, ST_OK },
		{ "<m1@citizen.example>", "anne@example.org", 1, 2, WEEK, ST_OK },
		{ "<m1@citizen.example>", "anne@example.org", 1, 2, -WEEK, ST_OK },
		{ "<m1@citizen.example>", "anne@example.org", 1, 2, WEEK + 1, ST_NONE },
		{ "<m1@citizen.example>", "anne@example.org", 2, 2, 5, ST_NONE },
		{ "<m1@citizen.example>", "eve@example.org", 1, 2, 5, ST_NONE },
		{ "<M1@citizen.example>", "anne@example.org", 1, 2, 5, ST_NONE },
		{ "", "anne@example.org", 1, 2, 5, ST_NONE },
	};
	struct box *b = *state;
	struct sample *first = sample_new(b, "anne@example.org", 1);

	apply(b, first, plan_opening(b, "anne@example.org", 1));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct mail_id id = first->sm.id;
		int64_t message = 0;

		id.received += rows[i].later;
		if (rows[i].raw != 1)
			id.sha256 = sha256_of(span_of("other bytes"));
		if (rows[i].body != 1)
			id.body = sha256_of(span_of("other body"));
		if (store_same(b->s, &id, rows[i].id, rows[i].from, &message, &b->f) !=
		    rows[i].want)
			fail_msg("row %zu", i);
		assert_int_equal(message, rows[i].want == ST_OK ? 1 : 0);
	}
}

/* No Message-ID at all: only the same bytes are the same mail. */
static void
no_message_id_is_no_proof(void **state)
{
	struct box *b = *state;
	struct sample *x = sample_new(b, "anne@example.org", 1), *y = sample_new(b,
	    x->from.spec, 2);
	int64_t message;

	x->mail.message_id = y->mail.message_id = "";
	y->sm.id.body = x->sm.id.body;
	apply(b, x, plan_opening(b, x->from.spec, 1));
	IS(ST_NONE, store_same(b->s, &y->sm.id, "", x->from.spec, &message, &b->f));
	apply(b, y, plan_opening(b, x->from.spec, 2));
	assert_int_equal(peek(b, "SELECT count(*) FROM message"), 2);
}

static void
copies_are_uids_of_one_mailbox(void **state)
{
	static const struct { struct location at; int want; } rows[] = {
		{ { "Bureau/Traités", 3, 1 }, 1 },	/* an agent moved it */
		{ { "INBOX", 8, 1 }, 1 },		/* UIDVALIDITY changed */
		{ { "INBOX", 7, 2 }, 2 },		/* delivered again */
		{ { "INBOX", 7, 2 }, 2 },
		{ { "INBOX", 7, 3 }, 3 },
		{ { "INBOX", 9, 1 }, 3 },
	};
	struct box *b = *state;

	(void)open_ticket(b, "anne@example.org", 1);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		OK(store_copy(b->s, 1, &rows[i].at, &b->f));
		assert_int_equal(peek(b, "SELECT copies FROM message"), rows[i].want);
	}
	assert_int_equal(peek(b, "SELECT count(*) FROM message"), 1);
}

static void
own_copy_is_known_and_no_message(void **state)
{
	struct box *b = *state;
	struct location own = { "Sent", 5, 9 }, used = at_uid(1);
	bool known = false;

	(void)open_ticket(b, "anne@example.org", 1);
	OK(store_location_own(b->s, &own, "", &b->f));
	OK(store_location_own(b->s, &own, "", &b->f));
	OK(store_known(b->s, &own, 1, &known, &b->f));
	assert_true(known);
	OK(store_location_own(b->s, &used, "", &b->f));
	assert_int_equal(peek(b, "SELECT message FROM location WHERE uid = 1"), 1);
	assert_int_equal(peek(b, "SELECT count(*) FROM message"), 1);
}

static void
other_mail_under_a_known_uid(void **state)
{
	static const struct { const char *id; int size, received; bool unread, other; } rows[] = {
		{ "<1@example.org>", 0, 0, false, false },
		{ "<1@example.org>", 1, 0, false, true },
		{ "<1@example.org>", 0, 1, false, true },
		{ "<2@example.org>", 0, 0, false, true },	/* its twin of the same second */
		{ "", 0, 0, false, true },
		{ "<1@example.org>", 0, 0, true, false },
		{ "<1@example.org>", 1, 0, true, true },
	};
	struct box *b = *state;
	struct sample *x = sample_new(b, "anne@example.org", 1), *y = sample_new(b, "", 2);
	struct plan *unread = plan_blank(b, "");
	struct location nowhere = at_uid(3);
	bool other = true;

	x->mail.message_id = "<1@example.org>";
	apply(b, x, plan_opening(b, "anne@example.org", 1));
	y->sm.mail = NULL;
	unread->who.who = WHO_UNREADABLE;
	apply(b, y, unread);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct sample *known = rows[i].unread ? y : x;
		struct mail_id id = known->sm.id;

		id.size += (uint64_t)rows[i].size;
		id.received += rows[i].received;
		OK(store_other(b->s, &known->sm.at, &id, &rows[i].id, 1, &other, &b->f));
		assert_int_equal(other, rows[i].other);
	}
	OK(store_other(b->s, &nowhere, &x->sm.id, &rows[0].id, 1, &other, &b->f));
	assert_false(other);
}

/* ---- a plan is all or nothing ---- */

static int64_t
rows_in_all(struct box *b)
{
	return peek(b, "SELECT (SELECT count(*) FROM ticket) + (SELECT count(*) FROM message)"
	    " + (SELECT count(*) FROM location) + (SELECT count(*) FROM outbox)"
	    " + (SELECT count(*) FROM wire) + (SELECT count(*) FROM event)"
	    " + (SELECT count(*) FROM known_id) + (SELECT count(*) FROM participant)"
	    " + (SELECT count(*) FROM message_text)"
	    " + (SELECT coalesce(sum(last), 0) FROM sequence)");
}

static void
whole_plan_is_kept(void **state)
{
	struct box *b = *state;
	struct sample *x = sample_new(b, "Anne@Example.org", 1);
	struct attachment att[] = {
		{ .filename = "a.pdf", .type = "application/pdf", .size = 10 },
		{ .filename = "", .type = "image/png", .size = 20 },
	};
	struct score cats[] = { { "voirie", 12 }, { "social", 5 } };
	struct hit hits[] = { { "TROU", "voirie", 6, HIT_BODY, "un trou", false },
	    { "MOINS", "social", -3, HIT_SUBJECT, "x", false } };
	struct plan *p = plan_opening(b, "anne@example.org", 1);

	x->mail.att = att;
	x->mail.natt = 2;
	x->verdict.cats = cats;
	x->verdict.ncats = 2;
	x->verdict.hits = hits;
	x->verdict.nhits = 2;
	p->no_auto = true;
	apply(b, x, p);
	assert_int_equal(peek(b, "SELECT count(*) FROM attachment"), 2);
	assert_int_equal(peek(b,
	    "SELECT hits = 'voirie=12 social=5 | TROU+6/body MOINS-3/subject'"
	    " AND sender = 'anne@example.org' AND who = 'citizen' AND ack = 'standard'"
	    " AND why_row = '21' FROM message"), 1);
	assert_int_equal(peek(b, "SELECT text = 'Bonjour,' || char(10) || 'une question.'"
	    " FROM message_text"), 1);
	assert_int_equal(peek(b,
	    "SELECT no_auto FROM person WHERE address = 'anne@example.org'"), 1);
	assert_int_equal(peek(b, "SELECT count(*) FROM known_id"), 3);
	assert_int_equal(peek(b, "SELECT count(*) FROM known_id WHERE token LIKE 'tok%'"
	    " AND minted_for <> ''"), 2);
	assert_int_equal(peek(b, "SELECT count(*) FROM participant WHERE role = 'citizen'"), 1);
	assert_int_equal(peek(b, "SELECT count(*) FROM event WHERE ticket = 1 AND message = 1"),
	    2);
	assert_int_equal(peek(b, "SELECT opened FROM ticket"), x->sm.id.received);
	assert_int_equal(peek(b, "SELECT sum(length(bytes)) FROM wire"), 6000);
	check_sound(b);
}

/* A mail that nobody could read has a row too. */
static void
unreadable_mail_is_kept(void **state)
{
	struct box *b = *state;
	struct sample *x = sample_new(b, "", 1);
	struct plan *p = plan_blank(b, "");

	x->sm.mail = NULL;
	x->sm.verdict = NULL;
	p->outcome = MAIL_OUTCOME_QUARANTINED;
	p->role = MAIL_ROLE_UNKNOWN;
	p->file = PLAN_FILE_REVIEW;
	plan_mail_add(b, p, MAIL_KIND_NOTIFY, "claire@mairie.example", false);
	apply(b, x, p);
	assert_int_equal(peek(b, "SELECT ticket IS NULL AND message_id = '' FROM message"), 1);
	assert_int_equal(peek(b, "SELECT ticket IS NULL FROM outbox"), 1);
}

static void
undone_mail_leaves_the_others(void **state)
{
	struct box *b = *state;
	int64_t before;

	OK(store_begin(b->s, &b->f));
	for (int n = 1; n <= 3; n++) {
		struct plan_facts facts;

		OK(store_mail_begin(b->s, &b->f));
		OK(store_facts(b->s, b->a, "anne@example.org", YEAR, 0, 0, &facts, &b->f));
		/* The number of the mail undone is given to the next. */
		assert_int_equal(facts.next_number, n == 3 ? 2 : n);
		OK(store_apply(b->s, &sample_new(b, "anne@example.org", n)->sm,
		    plan_opening(b, "anne@example.org", facts.next_number), T0, &b->f));
		OK(store_mail_end(b->s, n != 2, &b->f));
	}
	OK(store_commit(b->s, &b->f));
	assert_int_equal(peek(b, "SELECT count(*) FROM ticket"), 2);
	assert_int_equal(peek(b, "SELECT count(*) FROM message"), 2);
	before = rows_in_all(b);
	OK(store_begin(b->s, &b->f));
	OK(store_apply(b->s, &sample_new(b, "anne@example.org", 4)->sm,
	    plan_opening(b, "anne@example.org", 3), T0, &b->f));
	store_rollback(b->s);
	assert_int_equal(rows_in_all(b), before);
	store_rollback(b->s);
	check_sound(b);
}

/* The second of two equal Message-IDs of ours: the whole mail is refused, none of it stays. */
static void
failing_plan_leaves_nothing(void **state)
{
	struct box *b = *state;
	struct plan *p;
	int64_t before;

	(void)open_ticket(b, "anne@example.org", 1);
	before = rows_in_all(b);
	p = plan_opening(b, "bob@example.org", 2);
	p->mails[1].message_id = p->mails[0].message_id;
	OK(store_begin(b->s, &b->f));
	OK(store_mail_begin(b->s, &b->f));
	IS(ST_PERM, store_apply(b->s, &sample_new(b, "bob@example.org", 2)->sm, p, T0, &b->f));
	assert_non_null(strstr(b->f.text, "UNIQUE"));
	OK(store_mail_end(b->s, false, &b->f));
	OK(store_commit(b->s, &b->f));
	assert_int_equal(rows_in_all(b), before);
	assert_int_equal(open_ticket(b, "bob@example.org", 2), 2);
}

static void
uid_reused_against_the_rules(void **state)
{
	struct box *b = *state;
	struct sample *y = sample_new(b, "bob@example.org", 2);

	(void)open_ticket(b, "anne@example.org", 1);
	y->sm.at = at_uid(1);
	apply(b, y, plan_opening(b, "bob@example.org", 2));
	assert_int_equal(peek(b, "SELECT count(*) FROM message"), 2);
	assert_int_equal(peek(b, "SELECT message FROM location"), 2);
}

static void
numbers_run_by_year(void **state)
{
	static const struct { int year, want; } rows[] = {
		{ 2026, 1 }, { 2026, 2 }, { 2027, 1 }, { 2026, 3 }, { 2027, 2 },
	};
	struct box *b = *state;

	for (int i = 0; i < 5; i++) {
		struct plan *p = plan_opening(b, "anne@example.org", rows[i].want);
		struct plan_facts facts;

		p->ref_year = rows[i].year;
		p->ref = arena_printf(b->a, "BI-%d-%05d", rows[i].year, rows[i].want);
		OK(store_facts(b->s, b->a, "x@y.example", rows[i].year, 0, 0, &facts, &b->f));
		assert_int_equal(facts.next_number, rows[i].want);
		apply(b, sample_new(b, "anne@example.org", i + 1), p);
	}
}

/* ---- joining: states, urgency, events ---- */

static void
joining_changes_the_ticket(void **state)
{
	static const struct {
		enum ticket_state was, plan, want;
		enum mail_role role;
		enum urgency urgency, urgency_want;
		const char *outcome;
		bool activity;
		int state_events;
	} rows[] = {
		{ TICKET_OPEN, TICKET_OPEN, TICKET_OPEN, MAIL_ROLE_CITIZEN, URGENCY_NORMAL,
		    URGENCY_NORMAL, "", true, 0 },
		{ TICKET_WAITING, TICKET_OPEN, TICKET_OPEN, MAIL_ROLE_CITIZEN, URGENCY_VITAL,
		    URGENCY_VITAL, "", true, 1 },
		{ TICKET_CLOSED, TICKET_OPEN, TICKET_OPEN, MAIL_ROLE_CITIZEN, URGENCY_HIGH,
		    URGENCY_HIGH, "", true, 1 },
		{ TICKET_CLOSED, TICKET_CLOSED, TICKET_CLOSED, MAIL_ROLE_SYSTEM, URGENCY_VITAL,
		    URGENCY_NORMAL, "resolved", false, 0 },
		{ TICKET_OPEN, TICKET_WAITING, TICKET_WAITING, MAIL_ROLE_AGENT, URGENCY_HIGH,
		    URGENCY_NORMAL, "", true, 1 },
		{ TICKET_OPEN, TICKET_CLOSED, TICKET_CLOSED, MAIL_ROLE_AGENT, URGENCY_NORMAL,
		    URGENCY_NORMAL, "", true, 1 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct box *b;
		struct ticket_row t;
		struct plan *p;

		box_setup((void **)&b);
		p = plan_joining(b, "anne@example.org", open_ticket(b, "anne@example.org", 1));
		poke(b, arena_printf(b->a, "UPDATE ticket SET state = '%s', outcome = '%s',"
		    " closed_at = %d", ticket_state_name(rows[i].was),
		    rows[i].was == TICKET_CLOSED ? "resolved" : "",
		    rows[i].was == TICKET_CLOSED ? T0 : 0));
		p->state = rows[i].plan;
		p->role = rows[i].role;
		p->urgency = rows[i].urgency;
		apply(b, sample_new(b, "anne@example.org", 50), p);
		OK(query_ticket(b->s, b->a, "BI-2026-00001", &t, &b->f));
		assert_int_equal(t.state, rows[i].want);
		assert_int_equal(t.urgency, rows[i].urgency_want);
		assert_string_equal(ticket_outcome_name(t.outcome), rows[i].outcome);
		assert_int_equal(t.last_activity, T0 + (rows[i].activity ? 50 : 1));
		assert_int_equal(t.messages, 2);
		assert_int_equal(peek(b, "SELECT count(*) FROM event WHERE kind = 'state'"),
		    rows[i].state_events);
		check_sound(b);
		box_teardown((void **)&b);
	}
	(void)state;
}

static void
a_told_state_is_not_told_twice(void **state)
{
	struct box *b = *state;
	struct plan *p = plan_joining(b, "anne@example.org", open_ticket(b, "anne@example.org",
	    1));

	p->state = TICKET_WAITING;
	plan_event_add(b, p, EVENT_STATE, "attend le 15/12");
	apply(b, sample_new(b, "anne@example.org", 2), p);
	assert_int_equal(peek(b, "SELECT count(*) FROM event WHERE kind = 'state'"), 1);
}

static void
sensitive_sticks(void **state)
{
	struct box *b = *state;
	int64_t ticket = open_ticket(b, "anne@example.org", 1);
	struct plan *p = plan_joining(b, "anne@example.org", ticket);
	struct ticket_row t;

	p->sensitive = true;
	apply(b, sample_new(b, "anne@example.org", 2), p);
	apply(b, sample_new(b, "anne@example.org", 3), plan_joining(b, "anne@example.org",
	    ticket));
	OK(query_ticket(b->s, b->a, "BI-2026-00001", &t, &b->f));
	assert_true(t.sensitive);
}

static void
first_answer_is_the_first(void **state)
{
	struct box *b = *state;
	int64_t ticket = open_ticket(b, "anne@example.org", 1);
	struct ticket_row t;

	for (int n = 2; n <= 3; n++) {
		struct plan *p = plan_joining(b, "claire@mairie.example", ticket);

		p->role = MAIL_ROLE_AGENT;
		p->state = TICKET_WAITING;
		p->who.own_by_hand = true;
		apply(b, sample_new(b, "claire@mairie.example", n), p);
	}
	OK(query_ticket(b->s, b->a, "BI-2026-00001", &t, &b->f));
	assert_int_equal(t.first_answer, T0 + 2);
}

static void
joining_no_ticket_is_refused(void **state)
{
	struct box *b = *state;

	OK(store_begin(b->s, &b->f));
	IS(ST_PERM, store_apply(b->s, &sample_new(b, "a@b.example", 1)->sm,
	    plan_joining(b, "a@b.example", 4711), T0, &b->f));
	store_rollback(b->s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(attempts_count_and_are_forgotten),
		TEST(cursor_and_known),
		TEST(same_mail),
		TEST(no_message_id_is_no_proof),
		TEST(copies_are_uids_of_one_mailbox),
		TEST(own_copy_is_known_and_no_message),
		TEST(other_mail_under_a_known_uid),
		TEST(whole_plan_is_kept),
		TEST(unreadable_mail_is_kept),
		TEST(undone_mail_leaves_the_others),
		TEST(failing_plan_leaves_nothing),
		TEST(uid_reused_against_the_rules),
		TEST(numbers_run_by_year),
		cmocka_unit_test(joining_changes_the_ticket),
		TEST(a_told_state_is_not_told_twice),
		TEST(sensitive_sticks),
		TEST(first_answer_is_the_first),
		TEST(joining_no_ticket_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
