#include "test_store_help.h"

#include "location.h"

/* ---- threading ---- */

static struct thread_hit *
hits_of(struct box *b, enum thread_by by, const char *key, const char *sender, size_t want)
{
	struct thread_key k[] = { { by, key } };
	struct thread_keys keys = { k, 1 };
	struct thread_hit *v;
	size_t n;

	OK(store_hits(b->s, b->a, &keys, sender, &v, &n, &b->f));
	if (n != want)
		fail_msg("%s: %zu hits", key, n);
	return v;
}

static void
keys_lead_to_tickets(void **state)
{
	struct box *b = *state;
	struct plan *p = plan_opening(b, "anne@example.org", 1);
	const struct thread_hit *h;
	const char *ack, *token;

	apply(b, sample_new(b, "anne@example.org", 1), p);
	ack = p->mails[0].message_id;
	token = msgid_token(b->a, ack);
	h = hits_of(b, THREAD_BY_SIGNED, ack, "ANNE@example.org", 1);
	assert_int_equal(h->ticket, 1);
	assert_string_equal(h->ref, "BI-2026-00001");
	assert_string_equal(h->minted_for, "anne@example.org");
	assert_true(h->takes_part);
	assert_int_equal(h->state, TICKET_OPEN);
	h = hits_of(b, THREAD_BY_STORED, "<m1@citizen.example>", "eve@example.org", 1);
	assert_false(h->takes_part);
	assert_string_equal(h->minted_for, "");
	(void)hits_of(b, THREAD_BY_SIGNED, "<m1@citizen.example>", "anne@example.org", 0);
	(void)hits_of(b, THREAD_BY_STORED, "<m2@citizen.example>", "anne@example.org", 0);
	(void)hits_of(b, THREAD_BY_TOKEN, token, "anne@example.org", 1);
	(void)hits_of(b, THREAD_BY_TOKEN, "", "anne@example.org", 0);
	(void)hits_of(b, THREAD_BY_TOKEN, "TOK", "anne@example.org", 0);
	(void)hits_of(b, THREAD_BY_TAG, "BI-2026-00001", "anne@example.org", 1);
	(void)hits_of(b, THREAD_BY_TAG, "BI-2026-00002", "anne@example.org", 0);
}

/* Two mails with one Message-ID: both tickets are proposed, the sender's own first. */
static void
one_id_two_tickets(void **state)
{
	struct box *b = *state;
	struct sample *y = sample_new(b, "eve@example.org", 2);
	const struct thread_hit *h;

	(void)open_ticket(b, "anne@example.org", 1);
	y->mail.message_id = "<m1@citizen.example>";
	apply(b, y, plan_opening(b, "eve@example.org", 2));
	h = hits_of(b, THREAD_BY_STORED, "<m1@citizen.example>", "eve@example.org", 2);
	assert_int_equal(h[0].ticket, 2);
	assert_true(h[0].takes_part && !h[1].takes_part);
	h = hits_of(b, THREAD_BY_STORED, "<m1@citizen.example>", "anne@example.org", 2);
	assert_int_equal(h[0].ticket, 1);
}

static void
many_equal_ids_stay_bounded(void **state)
{
	struct box *b = *state;
	const struct thread_hit *h;

	for (int n = 1; n <= 60; n++) {
		struct sample *x = sample_new(b, n ==
		    60 ? "anne@example.org" : "eve@example.org", n);

		x->mail.message_id = "<same@citizen.example>";
		apply(b, x, plan_opening(b, x->from.spec, n));
	}
	h = hits_of(b, THREAD_BY_STORED, "<same@citizen.example>", "anne@example.org", 20);
	assert_int_equal(h[0].ticket, 60);
}

static void
merged_tickets_lead_on(void **state)
{
	struct box *b = *state;
	const struct thread_hit *h;

	for (int n = 1; n <= 3; n++)
		(void)open_ticket(b, arena_printf(b->a, "p%d@example.org", n), n);
	poke(b, "UPDATE ticket SET merged_into = id + 1, state = 'closed', closed_at = 5,"
	    " outcome = 'merged' WHERE id < 3");
	h = hits_of(b, THREAD_BY_TAG, "BI-2026-00001", "p1@example.org", 1);
	assert_int_equal(h->ticket, 3);
	assert_int_equal(h->by, THREAD_BY_TAG);
	assert_int_equal(h->state, TICKET_OPEN);
	assert_true(h->takes_part);
	h = hits_of(b, THREAD_BY_TAG, "BI-2026-00001", "eve@example.org", 1);
	assert_false(h->takes_part);
	/* A circle that should not be ends. */
	poke(b, "UPDATE ticket SET merged_into = 1 WHERE id = 3");
	(void)hits_of(b, THREAD_BY_TAG, "BI-2026-00001", "p1@example.org", 1);
}

static void
facts_of_a_person(void **state)
{
	struct box *b = *state;
	struct plan_facts facts;

	(void)open_ticket(b, "anne@example.org", 1);
	(void)open_ticket(b, "anne@example.org", 2);
	(void)open_ticket(b, "bob@example.org", 3);
	(void)open_ticket(b, "carl@other.example", 4);
	OK(store_facts(b->s, b->a, "Anne@Example.org", YEAR, T0, T0, &facts, &b->f));
	assert_int_equal(facts.acks_to_sender, 2);
	assert_int_equal(facts.acks_to_domain, 3);
	assert_int_equal(facts.acks_all, 4);
	assert_int_equal(facts.next_number, 5);
	assert_false(facts.person_no_auto);
	assert_int_equal(facts.nearlier, 2);
	assert_string_equal(facts.earlier[0].ref, "BI-2026-00002");
	assert_string_equal(facts.earlier[1].ref, "BI-2026-00001");
	poke(b, "UPDATE outbox SET state = 'dead' WHERE kind = 'ack' AND rcpt LIKE 'anne%'");
	OK(store_facts(b->s, b->a, "anne@example.org", YEAR, T0, T0, &facts, &b->f));
	assert_int_equal(facts.acks_to_sender, 0);
	/* A window has an end: a clock that was ahead has let go nothing. */
	OK(store_facts(b->s, b->a, "carl@other.example", YEAR, T0 - 3 * DAY, T0 - 3 * HOUR,
	    &facts,
	    &b->f));
	assert_int_equal(facts.acks_to_sender, 0);
	assert_int_equal(facts.acks_to_domain, 0);
	assert_int_equal(facts.acks_all, 0);
	OK(store_facts(b->s, b->a, "anne@example.org", YEAR, T0 + DAY, T0 + DAY, &facts,
	    &b->f));
	assert_int_equal(facts.acks_all, 0);
	OK(store_facts(b->s, b->a, "", YEAR + 1, T0, T0, &facts, &b->f));
	assert_int_equal(facts.next_number, 1);
	assert_int_equal(facts.nearlier, 0);
}

/* An explanation reads the same facts without ever writing. */
static void
facts_for_a_reader(void **state)
{
	struct box *b = *state;
	struct plan_facts facts;

	(void)open_ticket(b, "anne@example.org", 1);
	box_reopen(b, STORE_READ);
	OK(store_facts(b->s, b->a, "anne@example.org", YEAR, T0, T0, &facts, &b->f));
	assert_int_equal(facts.next_number, 2);
	(void)hits_of(b, THREAD_BY_TAG, "BI-2026-00001", "anne@example.org", 1);
}

/* A sensitive ticket marks its citizen, closed or not, and nobody else who writes into it. */
static void
a_sensitive_ticket_marks_its_citizen(void **state)
{
	static const struct { const char *set, *who; bool marked; } rows[] = {
		{ "sensitive = 0", "anne@example.org", false },
		{ "sensitive = 1", "Anne@Example.org", true },
		{ "state = 'closed', outcome = 'resolved', closed_at = 5", "anne@example.org", true },
		{ "closed_at = 5", "bob@example.org", false },
		{ "closed_at = 5", "", false },
	};
	struct box *b = *state;
	struct plan_facts facts;
	struct thread_hit h = { .ticket = 2 };

	for (int i = 1; i <= 2; i++)
		assert_int_equal(open_ticket(b, "anne@example.org", i), i);
	poke(b, "INSERT INTO participant (ticket, address, role)"
	    " VALUES (1, 'bob@example.org', 'admitted')");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		poke(b, arena_printf(b->a, "UPDATE ticket SET %s WHERE id = 1", rows[i].set));
		OK(store_facts(b->s, b->a, rows[i].who, YEAR, T0, T0, &facts, &b->f));
		assert_int_equal(facts.person_sensitive, rows[i].marked);
	}
	OK(store_ticket_facts(b->s, b->a, &h, &b->f));
	assert_true(h.facts->person_sensitive);
}

/* ---- filing ---- */

static void
want_is(struct box *b, size_t n, enum file_want first)
{
	struct filing *v;
	size_t got;

	OK(store_filings(b->s, b->a, "INBOX", 7, 10, &v, &got, &b->f));
	assert_int_equal(got, n);
	if (n > 0)
		assert_int_equal(v[0].want, first);
}

static void
filings_follow_the_ticket(void **state)
{
	struct box *b = *state;
	struct filed done = { .location = 1 };
	struct plan *p;

	p = plan_joining(b, "claire@mairie.example", open_ticket(b, "anne@example.org", 1));
	want_is(b, 1, FILE_KEEP);
	OK(store_filed(b->s, &done, 1, &b->f));
	want_is(b, 0, FILE_KEEP);
	p->role = MAIL_ROLE_AGENT;
	p->state = TICKET_CLOSED;
	p->file = PLAN_FILE_FILED;
	apply(b, sample_new(b, "claire@mairie.example", 2), p);
	want_is(b, 2, FILE_FILED);
	done.has_moved = true;
	done.moved = (struct location){ "Bureau/Traités", 3, 44 };
	OK(store_filed(b->s, &done, 1, &b->f));
	want_is(b, 1, FILE_FILED);
	assert_int_equal(peek(b, "SELECT message FROM location WHERE uid = 44"), 1);
	assert_int_equal(peek(b, "SELECT done FROM location WHERE id = 1"), LOCATION_GONE);
}

static void
filings_are_bounded_and_by_uid(void **state)
{
	static const enum plan_file files[] = { PLAN_FILE_REVIEW, PLAN_FILE_FILED,
	    PLAN_FILE_TICKET };
	static const enum file_want wants[] = { FILE_REVIEW, FILE_FILED, FILE_KEEP };
	struct box *b = *state;
	struct filing *v;
	size_t n;

	for (int i = 6; i >= 1; i--) {
		struct sample *x = sample_new(b, "anne@example.org", i);
		struct plan *p = plan_blank(b, "anne@example.org");

		p->file = files[i % 3];
		apply(b, x, p);
	}
	OK(store_filings(b->s, b->a, "INBOX", 7, 4, &v, &n, &b->f));
	assert_int_equal(n, 4);
	for (uint32_t i = 0; i < 4; i++) {
		assert_int_equal(v[i].uid, i + 1);
		assert_int_equal(v[i].want, wants[(i + 1) % 3]);
	}
	OK(store_filings(b->s, b->a, "INBOX", 8, 4, &v, &n, &b->f));
	assert_int_equal(n, 0);
}

static void
heartbeat_is_read_back(void **state)
{
	struct box *b = *state;
	struct heartbeat in = { .at = T0, .busy_until = T0 + 5, .connected = true, .last_poll =
	    T0 - 1,
	    .backlog = 42, .pid = 77, .note = "no route" }, out;

	IS(ST_NONE, store_beat_read(b->s, b->a, "intake", &out, &b->f));
	OK(store_beat(b->s, "intake", &in, &b->f));
	in.backlog = 43;
	OK(store_beat(b->s, "intake", &in, &b->f));
	box_reopen(b, STORE_READ);
	OK(store_beat_read(b->s, b->a, "intake", &out, &b->f));
	assert_int_equal(out.backlog, 43);
	assert_int_equal(out.pid, 77);
	assert_true(out.connected && !out.idle);
	assert_string_equal(out.note, "no route");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(keys_lead_to_tickets),
		TEST(one_id_two_tickets),
		TEST(many_equal_ids_stay_bounded),
		TEST(merged_tickets_lead_on),
		TEST(facts_of_a_person),
		TEST(facts_for_a_reader),
		TEST(a_sensitive_ticket_marks_its_citizen),
		TEST(filings_follow_the_ticket),
		TEST(filings_are_bounded_and_by_uid),
		TEST(heartbeat_is_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
