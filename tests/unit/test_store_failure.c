/* A mail that did not arrive is a failure to tell of, once, whatever dies in between. */
#include "test_store_help.h"

/* Row 1 is the acknowledgment of a ticket, row 2 the notification; both claimed. */
static void
claimed(struct box *b)
{
	struct outbox_item *v;
	size_t n;

	(void)open_ticket(b, "anne@example.org", 1);
	OK(outbox_claim(b->s, b->a, T0 + 200, 10, &v, &n, &b->f));
	assert_int_equal(n, 2);
}

static void
settle(struct box *b, int64_t row, enum status st, bool expired)
{
	struct outbox_result r = { .row = row, .st = st, .expired = expired, .next_at = T0 + 300,
	    .code = st == ST_OK ? 250 : 550, .error = "5.1.1 no such mailbox" };

	OK(outbox_step(b->s, &r, 1, NULL, 0, T0 + 200, &b->f));
}

static void
dot(struct box *b, int64_t row)
{
	OK(outbox_step(b->s, NULL, 0, &row, 1, T0 + 200, &b->f));
}

static struct failed_mail *
failures(struct box *b, size_t want)
{
	struct failed_mail *v;
	size_t n;

	OK(store_failures(b->s, b->a, &v, &n, &b->f));
	assert_int_equal(n, want);
	return v;
}

static void
tell(struct box *b, const struct failed_mail *v, bool commit)
{
	struct plan *p = plan_blank(b, "x@y.example");

	plan_mail_add(b, p, MAIL_KIND_FAILURE, "claire@mairie.example", false);
	OK(store_begin(b->s, &b->f));
	OK(store_failure_told(b->s, v, p->mails, 1, T0 + 300, &b->f));
	if (commit)
		OK(store_commit(b->s, &b->f));
	else
		store_rollback(b->s);
}

static void
bounced(struct box *b, const char *message_id, int n)
{
	struct plan *p = plan_blank(b, "mailer-daemon@x.example");

	p->role = MAIL_ROLE_SYSTEM;
	p->failed = message_id;
	p->failed_status = "5.2.2";
	apply(b, sample_new(b, "mailer-daemon@x.example", n), p);
}

static const char *
id_of(struct box *b, int64_t row)
{
	poke(b, arena_printf(b->a, "UPDATE outbox SET message_id = 'm%lld@x' WHERE id = %lld",
	    (long long)row, (long long)row));
	return arena_printf(b->a, "m%lld@x", (long long)row);
}

static void
refused_is_told_once(void **state)
{
	struct box *b = *state;
	struct failed_mail *v;

	claimed(b);
	failures(b, 0);
	settle(b, 1, ST_PERM, false);
	v = failures(b, 1);
	assert_int_equal(v->row, 1);
	assert_int_equal(v->kind, MAIL_KIND_ACK);
	assert_int_equal(v->how, FAILURE_REFUSED);
	assert_string_equal(v->to, "anne@example.org");
	assert_string_equal(v->ref, "BI-2026-00001");
	assert_string_equal(v->author, "");
	assert_int_equal(v->code, 550);
	assert_int_equal(v->due_ar, 20810);
	tell(b, v, false);			/* the program dies before COMMIT */
	v = failures(b, 1);
	tell(b, v, true);
	failures(b, 0);
	box_reopen(b, STORE_WRITE);
	failures(b, 0);
	assert_int_equal(peek(b, "SELECT count(*) FROM outbox WHERE kind = 'failure'"
	    " AND ticket = 1"), 1);
	assert_int_equal(peek(b, "SELECT count(*) FROM event WHERE kind = 'bounce'"
	    " AND text = 'ack refused for anne@example.org'"), 1);
	/* A human's resend has a life of its own, and may fail again. */
	OK(queue_retry(b->s, 1, T0 + 400, &b->f));
	failures(b, 0);
	check_sound(b);
}

/* By another ticket of the same person, or by a safe contact. */
static void
a_watched_person_is_known(void **state)
{
	static const struct { const char *sql; bool watched; } t[] = {
		{ "UPDATE ticket SET urgency = 'high'", false },
		{ "UPDATE ticket SET sensitive = 1 WHERE id = 2", true },
		{ "UPDATE ticket SET sensitive = 1, citizen = 'bob@example.org' WHERE id = 2", false },
		{ "INSERT INTO person (address, contact_sur) VALUES ('anne@example.org', 'par sa soeur')",
		    true },
		{ "INSERT INTO person (address, no_auto) VALUES ('anne@example.org', 1)", false },
	};
	struct box *b;

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		const struct failed_mail *v;

		box_setup((void **)&b);
		claimed(b);
		assert_int_equal(open_ticket(b, "anne@example.org", 2), 2);
		poke(b, t[i].sql);
		settle(b, 1, ST_PERM, false);
		v = failures(b, 1);
		assert_false(v->sensitive);
		if (v->watched != t[i].watched)
			fail_msg("%s", t[i].sql);
		box_teardown((void **)&b);
	}
}

static void
every_way_to_fail(void **state)
{
	struct box *b = *state;
	struct outbox_item *v;
	size_t n;

	claimed(b);
	settle(b, 1, ST_PERM, true);
	assert_int_equal(failures(b, 1)[0].how, FAILURE_EXPIRED);
	dot(b, 2);
	settle(b, 2, ST_UNSURE, false);		/* its resend is still owed */
	failures(b, 1);
	OK(outbox_claim(b->s, b->a, T0 + 300, 10, &v, &n, &b->f));
	dot(b, 2);
	settle(b, 2, ST_UNSURE, false);
	assert_int_equal(failures(b, 2)[1].how, FAILURE_UNSURE);
	/* Only mail that somebody outside waits for is part of the ticket's story. */
	assert_int_equal(peek(b, "SELECT count(*) FROM event WHERE kind = 'bounce'"), 1);
}

/* Killed twice between the dot and its reply: found at the next start. */
static void
lost_at_the_dot_is_told(void **state)
{
	struct box *b = *state;
	struct outbox_item *v;
	size_t n;
	unsigned k;

	claimed(b);
	settle(b, 2, ST_OK, false);
	dot(b, 1);
	OK(outbox_recover(b->s, T0 + 300, &k, &b->f));
	failures(b, 0);
	OK(outbox_claim(b->s, b->a, T0 + 300, 10, &v, &n, &b->f));
	dot(b, 1);
	for (int i = 0; i < 2; i++)
		OK(outbox_recover(b->s, T0 + 400, &k, &b->f));
	assert_int_equal(failures(b, 1)[0].how, FAILURE_UNSURE);
	assert_int_equal(peek(b, "SELECT count(*) FROM event WHERE"
	    " text = 'ack may not have reached anne@example.org'"), 1);
	tell(b, failures(b, 1), true);
	OK(outbox_recover(b->s, T0 + 500, &k, &b->f));
	failures(b, 0);
}

static void
reports_of_our_mail(void **state)
{
	struct box *b = *state;
	const char *ack, *notify;

	claimed(b);
	ack = id_of(b, 1);
	notify = id_of(b, 2);
	for (int64_t i = 1; i <= 2; i++) {
		dot(b, i);
		settle(b, i, ST_OK, false);
	}
	bounced(b, "another@x", 11);
	failures(b, 0);
	bounced(b, ack, 12);
	bounced(b, notify, 13);
	assert_int_equal(failures(b, 2)[0].how, FAILURE_BOUNCED);
	assert_string_equal(failures(b, 2)[0].said, "5.2.2");
	assert_int_equal(failures(b, 2)[0].code, 0);
	tell(b, failures(b, 2), true);
	bounced(b, ack, 14);			/* each of its two copies may bounce */
	assert_int_equal(failures(b, 1)[0].row, 2);
	/* It did not arrive, so it is owed, and #accuser may send it. */
	assert_int_equal(peek(b, "SELECT count(*) FROM outbox WHERE failure = 'bounced'"
	    " AND state = 'sent'"), 2);
}

/* "Perhaps not" told, then a report that says "no": what to do changed. */
static void
unsure_may_become_certain(void **state)
{
	struct box *b = *state;
	const char *ack;

	claimed(b);
	ack = id_of(b, 1);
	dot(b, 1);
	poke(b, "UPDATE outbox SET resent = 1 WHERE id = 1");
	settle(b, 1, ST_UNSURE, false);
	tell(b, failures(b, 1), true);
	bounced(b, ack, 12);
	tell(b, failures(b, 1), true);
	bounced(b, ack, 13);
	failures(b, 0);
}

/* Whose order it was. */
static void
author_of_a_relay(void **state)
{
	struct box *b = *state;
	int64_t ticket = open_ticket(b, "anne@example.org", 1);
	struct plan *p = plan_joining(b, "claire@mairie.example", ticket);
	struct outbox_item *v;
	struct failed_mail *x;
	size_t n;

	p->role = MAIL_ROLE_AGENT;
	plan_mail_add(b, p, MAIL_KIND_RELAY, "anne@example.org", false);
	apply(b, sample_new(b, "claire@mairie.example", 2), p);
	OK(outbox_claim(b->s, b->a, T0 + 200, 10, &v, &n, &b->f));
	assert_int_equal(n, 3);
	settle(b, 3, ST_PERM, false);
	x = failures(b, 1);
	assert_int_equal(x->kind, MAIL_KIND_RELAY);
	assert_string_equal(x->author, "claire@mairie.example");
	assert_string_equal(x->answers, "<m2@citizen.example>");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(refused_is_told_once),
		cmocka_unit_test(a_watched_person_is_known),
		TEST(every_way_to_fail),
		TEST(lost_at_the_dot_is_told),
		TEST(reports_of_our_mail),
		TEST(unsure_may_become_certain),
		TEST(author_of_a_relay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
