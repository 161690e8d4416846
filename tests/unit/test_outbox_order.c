/* Which mail leaves first, and which must not leave any more. */
#include "test_store_help.h"

/* Mail n to rcpt, in a mail of its own; outbox row n. */
static void
queue_mail(struct box *b, int n, enum mail_kind kind, const char *rcpt, bool held,
    int64_t not_before)
{
	struct plan *p = plan_blank(b, "x@y.example");

	plan_mail_add(b, p, kind, rcpt, held);
	p->mails[0].not_before = not_before;
	apply(b, sample_new(b, "x@y.example", n), p);
}

static size_t
claim(struct box *b, int64_t now, struct outbox_item **v)
{
	size_t n;
	enum status st = outbox_claim(b->s, b->a, now, 10, v, &n, &b->f);

	if (st != ST_OK && st != ST_NONE)
		fail_msg("%s", b->f.text);
	assert_true((st == ST_NONE) == (n == 0));
	return n;
}

/* An alert waits behind nothing; a transcript behind alerts only; and hundreds of alerts leave
 * the others their part of every claim. */
static void
alerts_leave_first(void **state)
{
	static const struct { enum mail_kind kind; enum mail_turn turn; } rows[] = {
		{ MAIL_KIND_ALERT, MAIL_TURN_ALERT }, { MAIL_KIND_TRANSCRIPT, MAIL_TURN_AGENT },
		{ MAIL_KIND_CONFIRM, MAIL_TURN_AGENT }, { MAIL_KIND_FAILURE, MAIL_TURN_AGENT },
		{ MAIL_KIND_ACK, MAIL_TURN_REST }, { MAIL_KIND_RELAY, MAIL_TURN_REST },
		{ MAIL_KIND_NOTIFY, MAIL_TURN_REST }, { MAIL_KIND_REMINDER, MAIL_TURN_REST },
	};
	struct box *b = *state;
	struct outbox_item *v;
	size_t rest = 0;
	int n = 0;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(mail_kind_turn(rows[i].kind), rows[i].turn);
	while (n < 30)
		queue_mail(b, ++n, MAIL_KIND_NOTIFY, "b@x.example", false, 0);
	queue_mail(b, ++n, MAIL_KIND_TRANSCRIPT, "c@x.example", false, 0);
	queue_mail(b, ++n, MAIL_KIND_ALERT, "d@x.example", false, 0);
	assert_int_equal(claim(b, T0 + 200, &v), 10);
	assert_int_equal(v[0].kind, MAIL_KIND_ALERT);
	assert_int_equal(v[1].kind, MAIL_KIND_TRANSCRIPT);
	assert_int_equal(v[2].row, 1);
	while (n < 60)
		queue_mail(b, ++n, MAIL_KIND_ALERT, "d@x.example", false, 0);
	(void)claim(b, T0 + 200, &v);
	for (size_t i = 0; i < 10; i++)
		rest += v[i].kind == MAIL_KIND_NOTIFY;
	assert_int_equal(v[0].kind, MAIL_KIND_ALERT);
	assert_int_equal(rest, 2);
}

/* Of one ticket, or all to its citizen; what another plan of the same mail queues stays. */
static void
withdrawn_by_ticket_or_person(void **state)
{
	static const struct { enum plan_withdraw how; int dead; } rows[] = {
		{ PLAN_WITHDRAW_NONE, 0 }, { PLAN_WITHDRAW_TICKET, 1 }, { PLAN_WITHDRAW_PERSON, 2 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct box *b;
		struct plan *p;

		box_setup((void **)&b);
		assert_int_equal(open_ticket(b, "anne@example.org", 1), 1);
		assert_int_equal(open_ticket(b, "anne@example.org", 2), 2);
		assert_int_equal(open_ticket(b, "bob@example.org", 3), 3);
		p = plan_joining(b, "anne@example.org", 2);
		p->withdraw = rows[i].how;
		plan_mail_add(b, p, MAIL_KIND_ACK, "anne@example.org", false);
		apply(b, sample_new(b, "anne@example.org", 4), p);
		assert_int_equal(peek(b, "SELECT count(*) FROM outbox WHERE withdrawn"), rows[i].dead);
		assert_int_equal(peek(b, "SELECT count(*) FROM outbox WHERE state = 'dead'"
		    " AND last_error = 'withdrawn' AND kind = 'ack' AND failure = ''"), rows[i].dead);
		assert_int_equal(peek(b, "SELECT count(*) FROM outbox WHERE state = 'queued'"
		    " AND kind = 'ack'"), 4 - rows[i].dead);
		if (rows[i].dead > 0)
			IS(ST_NONE, queue_retry(b->s, peek(b, "SELECT max(id) FROM outbox"
			    " WHERE withdrawn"), T0, &b->f));
		check_sound(b);
		box_teardown((void **)&b);
	}
	(void)state;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(alerts_leave_first),
		cmocka_unit_test(withdrawn_by_ticket_or_person),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
