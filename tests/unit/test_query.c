#include "test_store_help.h"

struct seen { struct box *b; char text[2000]; int n, stop_at; };

static enum status
seen_add(struct seen *x, const char *z)
{
	size_t n = strlen(x->text);

	snprintf(x->text + n, sizeof x->text - n, "%s;", z);
	return ++x->n == x->stop_at ? ST_TEMP : ST_OK;
}

static enum status
on_ticket(void *ctx, const struct ticket_row *t)
{
	struct seen *x = ctx;

	return seen_add(x, arena_printf(x->b->a, "%s %s %s %d", t->ref,
	    ticket_state_name(t->state),
	    t->category, t->messages));
}

static enum status
on_event(void *ctx, const struct event_row *e)
{
	struct seen *x = ctx;

	return seen_add(x, arena_printf(x->b->a, "%s %s", event_kind_name(e->kind), e->text));
}

static enum status
on_participant(void *ctx, const struct participant_row *p)
{
	struct seen *x = ctx;

	return seen_add(x, arena_printf(x->b->a, "%s %s", p->spec, p->role));
}

static enum status
on_message(void *ctx, const struct message_row *m)
{
	struct seen *x = ctx;

	return seen_add(x, arena_printf(x->b->a, "%s %s %s %s %d", m->message_id, m->ticket,
	    mail_outcome_name(m->outcome), mail_role_name(m->role), m->copies));
}

static enum status
on_queue(void *ctx, const struct outbox_row *q)
{
	struct seen *x = ctx;

	return seen_add(x, arena_printf(x->b->a, "%lld %s %s %s %s", (long long)q->id,
	    mail_kind_name(q->kind), outbox_state_name(q->state), q->ticket, q->to));
}

static void
three_tickets(struct box *b)
{
	(void)open_ticket(b, "anne@example.org", 1);
	(void)open_ticket(b, "bob@example.org", 2);
	(void)open_ticket(b, "carl@example.org", 3);
	poke(b, "UPDATE ticket SET category = 'logement', agent = 'claire' WHERE id = 2;"
	    "UPDATE ticket SET state = 'closed', closed_at = 9, outcome = 'resolved'"
	    " WHERE id = 3");
}

static void
tickets_by_filter(void **state)
{
	static const struct { struct ticket_filter want; const char *text; } rows[] = {
		{ { "", "", "" }, "BI-2026-00001 open voirie 1;BI-2026-00002 open logement 1;"
		    "BI-2026-00003 closed voirie 1;" },
		{ { "open", "", "" },
		    "BI-2026-00001 open voirie 1;BI-2026-00002 open logement 1;" },
		{ { "", "voirie", "" },
		    "BI-2026-00001 open voirie 1;BI-2026-00003 closed voirie 1;" },
		{ { "", "", "claire" }, "BI-2026-00002 open logement 1;" },
		{ { "closed", "logement", "" }, "" },
	};
	struct box *b = *state;

	three_tickets(b);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct seen x = { .b = b };

		OK(query_tickets(b->s, b->a, &rows[i].want, on_ticket, &x, &b->f));
		assert_string_equal(x.text, rows[i].text);
	}
}

/* What the callback says ends the walk, and the statement is free again. */
static void
a_walk_can_end_early(void **state)
{
	static const struct ticket_filter all = { "", "", "" };
	struct box *b = *state;

	three_tickets(b);
	for (int i = 0; i < 2; i++) {
		struct seen x = { .b = b, .stop_at = 2 };

		IS(ST_TEMP, query_tickets(b->s, b->a, &all, on_ticket, &x, &b->f));
		assert_int_equal(x.n, 2);
	}
	OK(store_begin(b->s, &b->f));
	OK(store_commit(b->s, &b->f));
}

static void
one_ticket_whole(void **state)
{
	struct box *b = *state;
	struct ticket_row t;
	struct plan *p = plan_opening(b, "bob@example.org", 2);
	struct seen x = { .b = b };

	(void)open_ticket(b, "anne@example.org", 1);
	p->about_ticket = 1;
	p->untrusted = true;
	p->sensitive = true;
	p->urgency = URGENCY_HIGH;
	p->quartier = "Saint-Waast";
	apply(b, sample_new(b, "bob@example.org", 2), p);
	IS(ST_NONE, query_ticket(b->s, b->a, "BI-2026-00099", &t, &b->f));
	OK(query_ticket(b->s, b->a, "BI-2026-00002", &t, &b->f));
	assert_string_equal(t.about, "BI-2026-00001");
	assert_string_equal(t.citizen, "bob@example.org");
	assert_string_equal(t.quartier, "Saint-Waast");
	assert_string_equal(t.agent, "");
	assert_int_equal(t.urgency, URGENCY_HIGH);
	assert_int_equal(t.outcome, TICKET_OUTCOME_NONE);
	assert_true(t.untrusted && t.sensitive);
	assert_int_equal(t.opened, T0 + 2);
	assert_int_equal(t.due, 20800);
	assert_int_equal(t.due_ar, 20810);
	assert_int_equal(t.due_silence, 20850);
	OK(query_ticket(b->s, b->a, "BI-2026-00001", &t, &b->f));
	assert_string_equal(t.about, "");
	OK(query_timeline(b->s, b->a, t.id, on_event, &x, &b->f));
	OK(query_participants(b->s, b->a, t.id, on_participant, &x, &b->f));
	assert_string_equal(x.text,
	    "mail_in a person's demand;note a note;anne@example.org citizen;");
}

static void
messages_since(void **state)
{
	struct box *b = *state;
	struct seen x = { .b = b }, y = { .b = b };
	struct location twice = at_uid(9);

	(void)open_ticket(b, "anne@example.org", 1);
	apply(b, sample_new(b, "news@example.org", 2), plan_blank(b, "news@example.org"));
	OK(store_copy(b->s, 1, &twice, &b->f));
	OK(query_messages(b->s, b->a, 0, on_message, &x, &b->f));
	assert_string_equal(x.text, "<m1@citizen.example> BI-2026-00001 new_ticket citizen 2;"
	    "<m2@citizen.example>  recorded_no_ack citizen 1;");
	OK(query_messages(b->s, b->a, T0 + 2, on_message, &y, &b->f));
	assert_int_equal(y.n, 1);
}

static enum status
check_sha(void *ctx, const struct message_row *m)
{
	struct box *b = ctx;
	char hex[2 * SHA256_BYTES + 1];
	struct sha256 want = sha256_of(span_of("raw 1 anne@example.org"));

	(void)b;
	sha256_hex(&want, hex);
	assert_string_equal(m->sha256, hex);
	assert_true(m->visible);
	return ST_OK;
}

static void
sha_is_lower_hex(void **state)
{
	struct box *b = *state;

	(void)open_ticket(b, "anne@example.org", 1);
	OK(query_messages(b->s, b->a, 0, check_sha, b, &b->f));
}

static void
queue_shows_every_state(void **state)
{
	struct box *b = *state;
	struct seen x = { .b = b };

	(void)open_ticket(b, "anne@example.org", 1);
	poke(b, "UPDATE outbox SET state = 'sent' WHERE id = 1");
	OK(query_queue(b->s, b->a, on_queue, &x, &b->f));
	assert_string_equal(x.text, "1 ack sent BI-2026-00001 anne@example.org;"
	    "2 notify queued BI-2026-00001 claire@mairie.example;");
}

/* A human's word on one mail, from every state. */
static void
retry_and_drop(void **state)
{
	static const struct {
		const char *was;
		enum status retry, drop;
		int resent;
	} rows[] = {
		{ "queued", ST_OK, ST_OK, 0 }, { "unsure", ST_OK, ST_OK, 1 },
		{ "dead", ST_OK, ST_OK, 0 }, { "sending", ST_TEMP, ST_TEMP, 0 },
		{ "sent", ST_NONE, ST_NONE, 0 },
	};
	struct box *b = *state;

	(void)open_ticket(b, "anne@example.org", 1);
	IS(ST_NONE, queue_retry(b->s, 4711, T0, &b->f));
	IS(ST_NONE, queue_drop(b->s, 4711, T0, &b->f));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		poke(b, arena_printf(b->a,
		    "UPDATE outbox SET state = '%s', resent = 0, held = 0,"
		    " tries = 7, next_at = %d, not_before = %d", rows[i].was, T0 + DAY,
		    T0 + DAY));
		IS(rows[i].retry, queue_retry(b->s, 1, T0 + 5, &b->f));
		if (rows[i].retry == ST_OK) {
			assert_int_equal(peek(b, "SELECT state = 'queued' AND tries = 0"
			    " AND next_at = not_before FROM outbox WHERE id = 1"), 1);
			assert_int_equal(peek(b, "SELECT next_at FROM outbox WHERE id = 1"),
			    T0 + 5);
		}
		assert_int_equal(peek(b, "SELECT resent FROM outbox WHERE id = 1"),
		    rows[i].resent);
		poke(b, arena_printf(b->a, "UPDATE outbox SET state = '%s'", rows[i].was));
		IS(rows[i].drop, queue_drop(b->s, 1, T0 + 5, &b->f));
		assert_int_equal(peek(b, "SELECT state = 'dead' FROM outbox WHERE id = 1"),
		    rows[i].drop == ST_OK);
		assert_int_equal(peek(b, "SELECT tries FROM outbox WHERE id = 2"), 7);
	}
}

static void
retry_lets_a_held_mail_go(void **state)
{
	struct box *b = *state;
	struct plan *p = plan_blank(b, "anne@example.org");

	plan_mail_add(b, p, MAIL_KIND_ACK, "anne@example.org", true);
	apply(b, sample_new(b, "anne@example.org", 1), p);
	OK(queue_retry(b->s, 1, T0 + 5, &b->f));
	assert_int_equal(peek(b, "SELECT held = 0 AND released_at > 0 FROM outbox"), 1);
}

static void
counts(void **state)
{
	static const enum outbox_state states[] = { OUTBOX_QUEUED, OUTBOX_QUEUED,
	    OUTBOX_SENDING,
	    OUTBOX_UNSURE, OUTBOX_DEAD, OUTBOX_SENT };
	struct box *b = *state;
	struct counts c;

	OK(query_counts(b->s, &c, &b->f));
	assert_int_equal(c.queued + c.open + c.oldest, 0);
	three_tickets(b);
	for (int i = 0; i < 6; i++)
		poke(b, arena_printf(b->a,
		    "UPDATE outbox SET state = '%s', created = %d WHERE id = %d",
		    outbox_state_name(states[i]), T0 + 10 * (i + 1), i + 1));
	poke(b, "UPDATE outbox SET held = 1 WHERE id = 1");
	OK(query_counts(b->s, &c, &b->f));
	assert_int_equal(c.queued, 3);
	assert_int_equal(c.held, 1);
	assert_int_equal(c.unsure, 1);
	assert_int_equal(c.dead, 1);
	assert_int_equal(c.oldest, T0 + 20);
	assert_int_equal(c.open, 2);
	assert_int_equal(c.waiting, 0);
	assert_int_equal(c.closed, 1);
}

/* A reader sees the state of before while a writer works, and does not stop it. */
static void
reader_beside_a_writer(void **state)
{
	struct box *b = *state;
	struct store *r;
	struct counts c;

	(void)open_ticket(b, "anne@example.org", 1);
	OK(store_open(&r, b->path, STORE_READ, T0, &b->f));
	OK(store_begin(b->s, &b->f));
	OK(store_apply(b->s, &sample_new(b, "bob@example.org", 2)->sm,
	    plan_opening(b, "bob@example.org", 2), T0, &b->f));
	OK(query_counts(r, &c, &b->f));
	assert_int_equal(c.open, 1);
	OK(store_commit(b->s, &b->f));
	OK(query_counts(r, &c, &b->f));
	assert_int_equal(c.open, 2);
	store_close(&r);
	assert_null(r);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(tickets_by_filter),
		TEST(a_walk_can_end_early),
		TEST(one_ticket_whole),
		TEST(messages_since),
		TEST(sha_is_lower_hex),
		TEST(queue_shows_every_state),
		TEST(retry_and_drop),
		TEST(retry_lets_a_held_mail_go),
		TEST(counts),
		TEST(reader_beside_a_writer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
