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

static enum outbox_state
state_of(struct box *b, int64_t row)
{
	for (int i = 0; i < OUTBOX_COUNT; i++)
		if (peek(b, arena_printf(b->a,
		    "SELECT state = '%s' FROM outbox WHERE id = %lld",
		    outbox_state_name((enum outbox_state)i), (long long)row)) == 1)
			return (enum outbox_state)i;
	fail_msg("no row %lld", (long long)row);
	return OUTBOX_DEAD;
}

static void
settle(struct box *b, int64_t row, enum status st, int64_t next_at)
{
	struct outbox_result r = { .row = row, .st = st, .next_at = next_at,
	    .code = st == ST_OK ? 250 : 451, .error = "later please" };

	OK(outbox_step(b->s, &r, 1, NULL, 0, T0 + 200, &b->f));
}

static void
pause_all(struct box *b, int64_t row)
{
	struct outbox_result r = { .row = row, .st = ST_TEMP, .paused = true, .next_at =
	    T0 + 300,
	    .code = 535, .error = "" };

	OK(outbox_step(b->s, &r, 1, NULL, 0, T0 + 200, &b->f));
}

static void
dot(struct box *b, int64_t row)
{
	OK(outbox_step(b->s, NULL, 0, &row, 1, T0 + 200, &b->f));
}

static void
claims_what_is_due_in_order(void **state)
{
	struct box *b = *state;
	struct outbox_item *v;
	int64_t at;

	IS(ST_NONE, outbox_next(b->s, &at, &b->f));
	queue_mail(b, 1, MAIL_KIND_ACK, "a@x.example", false, T0 + 500);
	queue_mail(b, 2, MAIL_KIND_NOTIFY, "b@x.example", false, 0);
	queue_mail(b, 3, MAIL_KIND_ACK, "c@x.example", true, 0);
	queue_mail(b, 4, MAIL_KIND_ALERT, "d@x.example", false, 0);
	OK(outbox_next(b->s, &at, &b->f));
	assert_int_equal(at, T0 + 100);
	assert_int_equal(claim(b, T0 + 99, &v), 0);
	assert_int_equal(claim(b, T0 + 100, &v), 2);
	assert_int_equal(v[0].row, 4);
	assert_int_equal(v[1].row, 2);
	assert_int_equal(v[0].kind, MAIL_KIND_ALERT);
	assert_string_equal(v[0].to, "d@x.example");
	assert_string_equal(v[0].mail_from, "");
	assert_int_equal(v[0].wire.n, 3000);
	assert_false(v[0].again);
	assert_int_equal(state_of(b, 2), OUTBOX_SENDING);
	assert_int_equal(claim(b, T0 + 499, &v), 0);
	OK(outbox_next(b->s, &at, &b->f));
	assert_int_equal(at, T0 + 500);
	assert_int_equal(claim(b, T0 + 500, &v), 1);
	assert_int_equal(claim(b, T0 + 9 * DAY, &v), 0);
}

static void
claims_at_most_max(void **state)
{
	struct box *b = *state;
	struct outbox_item *v;
	size_t n;

	for (int i = 1; i <= 5; i++)
		queue_mail(b, i, MAIL_KIND_ACK, "a@x.example", false, 0);
	OK(outbox_claim(b->s, b->a, T0 + 200, 3, &v, &n, &b->f));
	assert_int_equal(n, 3);
	assert_int_equal(peek(b, "SELECT count(*) FROM outbox WHERE state = 'sending'"), 3);
}

/* The person is to hear nothing automatic any more. */
static void
withdraw(struct box *b, int n)
{
	struct plan *p = plan_blank(b, "a@x.example");

	p->no_auto = true;
	apply(b, sample_new(b, "a@x.example", n), p);
}

/* Every way a mail's life can go; the letters: c claim, d at dot, o ok, t temp, p perm,
 * u unsure, U unsure with one more chance, r recover, n unclaim, P temp that was
 * not its fault, w withdrawn. */
static void
lives(void **state)
{
	static const struct { const char *way; enum outbox_state end; int tries; bool again;
	    } rows[] = {
		{ "cdo", OUTBOX_SENT, 1, false },
		{ "ct", OUTBOX_QUEUED, 1, false },
		{ "ctct", OUTBOX_QUEUED, 2, false },
		{ "cPcP", OUTBOX_QUEUED, 0, false },
		{ "cdt", OUTBOX_QUEUED, 1, false },
		{ "cp", OUTBOX_DEAD, 1, false },
		{ "cdp", OUTBOX_DEAD, 1, false },
		{ "cn", OUTBOX_QUEUED, 0, false },
		{ "cr", OUTBOX_QUEUED, 0, false },
		{ "cdr", OUTBOX_QUEUED, 0, true },
		{ "cdu", OUTBOX_UNSURE, 1, false },
		{ "cdur", OUTBOX_QUEUED, 1, true },
		{ "cdU", OUTBOX_UNSURE, 1, true },
		{ "cdUr", OUTBOX_QUEUED, 1, true },
		{ "cdUc", OUTBOX_SENDING, 1, true },
		{ "cdUcr", OUTBOX_QUEUED, 1, true },
		{ "cdUcdo", OUTBOX_SENT, 2, true },
		{ "cdUcdU", OUTBOX_UNSURE, 2, true },
		{ "cdUcdUr", OUTBOX_UNSURE, 2, true },
		{ "cdrcdr", OUTBOX_UNSURE, 0, true },
		{ "cdrcdrr", OUTBOX_UNSURE, 0, true },
		{ "cdrcrcdr", OUTBOX_UNSURE, 0, true },
		{ "cdrctcdr", OUTBOX_UNSURE, 1, true },
		{ "cdrcdo", OUTBOX_SENT, 1, true },
		{ "cdor", OUTBOX_SENT, 1, false },
		{ "cpr", OUTBOX_DEAD, 1, false },
		{ "w", OUTBOX_DEAD, 0, false },
		{ "cw", OUTBOX_SENDING, 0, false },
		{ "cwd", OUTBOX_DEAD, 0, false },
		{ "cwdt", OUTBOX_DEAD, 0, false },
		{ "cwdr", OUTBOX_DEAD, 0, false },
		{ "cwt", OUTBOX_DEAD, 1, false },
		{ "cwP", OUTBOX_DEAD, 0, false },
		{ "cwn", OUTBOX_DEAD, 0, false },
		{ "cwr", OUTBOX_DEAD, 0, false },
		{ "cdwo", OUTBOX_SENT, 1, false },
		{ "cdwt", OUTBOX_DEAD, 1, false },
		{ "cdwU", OUTBOX_UNSURE, 1, false },
		{ "cdwUr", OUTBOX_UNSURE, 1, false },
		{ "cdwr", OUTBOX_UNSURE, 0, false },
		{ "cdUw", OUTBOX_DEAD, 1, false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct box *b;
		struct outbox_item *v;
		unsigned n;
		int64_t row = 1;

		box_setup((void **)&b);
		queue_mail(b, 1, MAIL_KIND_ACK, "a@x.example", false, 0);
		for (const char *w = rows[i].way; *w != '\0'; w++)
			switch (*w) {
			case 'c': assert_int_equal(claim(b, T0 + 300, &v), 1); break;
			case 'd': dot(b, 1); break;
			case 'o': settle(b, 1, ST_OK, 0); break;
			case 't': settle(b, 1, ST_TEMP, T0 + 300); break;
			case 'P': pause_all(b, 1); break;
			case 'p': settle(b, 1, ST_PERM, 0); break;
			case 'u': settle(b, 1, ST_UNSURE, 0); break;
			case 'U': settle(b, 1, ST_UNSURE, T0 + 300); break;
			case 'r': OK(outbox_recover(b->s, T0 + 300, &n, &b->f)); break;
			case 'w': withdraw(b, 99); break;
			case 'n': OK(outbox_unclaim(b->s, &row, 1, T0 + 300, &b->f)); break;
			default: fail();
			}
		if (state_of(b, 1) != rows[i].end)
			fail_msg("%s ends %s", rows[i].way, outbox_state_name(state_of(b, 1)));
		assert_int_equal(peek(b, "SELECT tries FROM outbox"), rows[i].tries);
		if (rows[i].end == OUTBOX_QUEUED) {
			assert_int_equal(claim(b, T0 + 300, &v), 1);
			assert_int_equal(v[0].again, rows[i].again);
			assert_int_equal(v[0].tries, rows[i].tries);
			assert_int_equal(v[0].wire.n, 3000);
		}
		assert_int_equal(peek(b, "SELECT count(*) FROM wire"), 1);
		check_sound(b);
		box_teardown((void **)&b);
	}
	(void)state;
}

static void
recover_counts(void **state)
{
	struct box *b = *state;
	struct outbox_item *v;
	unsigned n = 9;

	OK(outbox_recover(b->s, T0, &n, &b->f));
	assert_int_equal(n, 0);
	for (int i = 1; i <= 3; i++)
		queue_mail(b, i, MAIL_KIND_ACK, "a@x.example", false, 0);
	assert_int_equal(claim(b, T0 + 300, &v), 3);
	dot(b, 2);
	settle(b, 3, ST_OK, 0);
	OK(outbox_recover(b->s, T0, &n, &b->f));
	assert_int_equal(n, 2);
}

/* One commit settles what went before and clears the next for its dot; nothing or all. */
static void
a_step_is_one_commit(void **state)
{
	struct box *b = *state;
	struct outbox_item *v;
	struct outbox_result r = { .row = 1, .st = ST_OK, .code = 250, .error = "" };
	int64_t dots[] = { 2, 4711 };

	queue_mail(b, 1, MAIL_KIND_ACK, "a@x.example", false, 0);
	queue_mail(b, 2, MAIL_KIND_ACK, "a@x.example", false, 0);
	assert_int_equal(claim(b, T0 + 300, &v), 2);
	dot(b, 1);
	IS(ST_PERM, outbox_step(b->s, &r, 1, dots, 2, T0, &b->f));
	assert_int_equal(state_of(b, 1), OUTBOX_UNSURE);
	assert_int_equal(state_of(b, 2), OUTBOX_SENDING);
	OK(outbox_step(b->s, &r, 1, dots, 1, T0 + 7, &b->f));
	assert_int_equal(state_of(b, 1), OUTBOX_SENT);
	assert_int_equal(state_of(b, 2), OUTBOX_UNSURE);
	assert_int_equal(peek(b, "SELECT sent_at FROM outbox WHERE id = 1"), T0 + 7);
	/* A dot needs a claim of its own. */
	IS(ST_PERM, outbox_step(b->s, NULL, 0, dots, 1, T0, &b->f));
	OK(outbox_step(b->s, NULL, 0, NULL, 0, T0, &b->f));
}

/* Withdrawn between its claim and its dot: it must not go out, and the sender is told so. */
static void
withdrawn_before_its_dot(void **state)
{
	struct box *b = *state;
	struct outbox_item *v;
	const int64_t dots[] = { 1, 2 };
	bool no[] = { false, true };

	queue_mail(b, 1, MAIL_KIND_ACK, "a@x.example", false, 0);
	queue_mail(b, 2, MAIL_KIND_ACK, "b@x.example", false, 0);
	assert_int_equal(claim(b, T0 + 300, &v), 2);
	withdraw(b, 99);
	OK(outbox_step(b->s, NULL, 0, dots, 2, T0, &b->f));
	OK(outbox_withdrawn(b->s, dots, 2, no, &b->f));
	assert_true(no[0] && !no[1]);
	assert_int_equal(state_of(b, 1), OUTBOX_DEAD);
	assert_int_equal(state_of(b, 2), OUTBOX_UNSURE);
	assert_int_equal(peek(b, "SELECT count(*) FROM outbox WHERE failure <> ''"), 0);
}

/* ---- clocks that jump ---- */

static void
far_future_is_clamped(void **state)
{
	enum { YEARS10 = 3650 * DAY };
	struct box *b = *state;
	struct outbox_item *v;
	int64_t at;

	/* Put off while the clock was ten years ahead. */
	queue_mail(b, 1, MAIL_KIND_ACK, "a@x.example", false, 0);
	assert_int_equal(claim(b, T0 + 300, &v), 1);
	settle(b, 1, ST_TEMP, T0 + YEARS10);
	assert_int_equal(claim(b, T0 + 300, &v), 0);
	OK(outbox_next(b->s, &at, &b->f));
	assert_int_equal(at, T0 + 300 + HOUR);
	/* The hour runs; it does not begin again with each look. */
	assert_int_equal(claim(b, T0 + 900, &v), 0);
	assert_int_equal(claim(b, T0 + 300 + HOUR, &v), 1);
	settle(b, 1, ST_OK, 0);

	/* Made while the clock was ten years ahead. */
	queue_mail(b, 2, MAIL_KIND_ACK, "a@x.example", false, 0);
	poke(b, arena_printf(b->a,
	    "UPDATE outbox SET created = created + %d, next_at = next_at + %d,"
	    " not_before = next_at + %d + 60 WHERE id = 2", YEARS10, YEARS10, YEARS10));
	assert_int_equal(claim(b, T0 + 300, &v), 0);
	assert_int_equal(claim(b, T0 + 300 + HOUR, &v), 0);	/* its own delay counts too */
	assert_int_equal(claim(b, T0 + 360 + HOUR, &v), 1);
	settle(b, 2, ST_OK, 0);

	/* A date meant to be far is kept. */
	queue_mail(b, 3, MAIL_KIND_REMINDER, "a@x.example", false, T0 + 10 * DAY);
	assert_int_equal(claim(b, T0 + 300, &v), 0);
	OK(outbox_next(b->s, &at, &b->f));
	assert_int_equal(at, T0 + 10 * DAY);

	/* The clock at 1970: an hour later by that clock it goes. */
	queue_mail(b, 4, MAIL_KIND_ACK, "a@x.example", false, 0);
	assert_int_equal(claim(b, 1000, &v), 0);
	assert_int_equal(claim(b, 1000 + HOUR, &v), 1);
	assert_int_equal(v[0].row, 4);
	settle(b, 4, ST_OK, 0);
	/* Right again: the far date holds. */
	assert_int_equal(claim(b, T0 + 300, &v), 0);
	assert_int_equal(claim(b, T0 + 5 * DAY, &v), 0);
	assert_int_equal(claim(b, T0 + 10 * DAY, &v), 1);
}

/* A reply that got lost is followed by the one resend, in the same run; the mail shows as
 * unsure meanwhile, and while its reply is awaited nobody takes it. */
static void
unsure_goes_once_more(void **state)
{
	struct box *b = *state;
	struct outbox_item *v;
	int64_t at;

	queue_mail(b, 1, MAIL_KIND_ACK, "a@x.example", false, 0);
	assert_int_equal(claim(b, T0 + 300, &v), 1);
	dot(b, 1);
	assert_int_equal(claim(b, T0 + DAY, &v), 0);
	IS(ST_NONE, outbox_next(b->s, &at, &b->f));
	settle(b, 1, ST_UNSURE, T0 + 360);
	assert_int_equal(state_of(b, 1), OUTBOX_UNSURE);
	OK(outbox_next(b->s, &at, &b->f));
	assert_int_equal(at, T0 + 360);
	assert_int_equal(claim(b, T0 + 359, &v), 0);
	assert_int_equal(claim(b, T0 + 360, &v), 1);
	assert_true(v[0].again);
	dot(b, 1);
	settle(b, 1, ST_UNSURE, T0 + 400);
	assert_int_equal(claim(b, T0 + DAY, &v), 0);
	IS(ST_NONE, outbox_next(b->s, &at, &b->f));
}

/* ---- caps ---- */

static unsigned
release(struct box *b, int per_domain, int all, int64_t now)
{
	unsigned n;

	OK(outbox_release(b->s, now - HOUR, per_domain, all, now, &n, &b->f));
	return n;
}

static void
held_mail_goes_as_caps_allow(void **state)
{
	struct box *b = *state;
	struct outbox_item *v;

	assert_int_equal(release(b, 1, 1, T0 + 200), 0);
	queue_mail(b, 1, MAIL_KIND_ACK, "p1@big.example", false, 0);
	for (int i = 2; i <= 6; i++)
		queue_mail(b, i, MAIL_KIND_ACK, arena_printf(b->a, "p%d@BIG.example", i), true,
		    0);
	queue_mail(b, 7, MAIL_KIND_ACK, "q@small.example", true, 0);
	assert_int_equal(claim(b, T0 + 200, &v), 1);

	assert_int_equal(release(b, 0, 1, T0 + 200), 0);	/* the first one used it up */
	assert_int_equal(release(b, 1, 0, T0 + 200),
	    1);	/* the small domain is not held up */
	assert_int_equal(claim(b, T0 + 200, &v), 1);
	assert_int_equal(v[0].row, 7);
	assert_int_equal(release(b, 3, 3, T0 + 200), 1);	/* the cap over all */
	assert_int_equal(release(b, 3, 0, T0 + 200), 1);
	assert_int_equal(claim(b, T0 + 200, &v), 2);
	assert_int_equal(v[0].row, 2);				/* oldest first */
	assert_int_equal(release(b, 3, 0, T0 + 200), 0);
	assert_int_equal(release(b, 2, 0, T0 + 200 + HOUR + 1),
	    2);	/* the window moved on */
	assert_int_equal(release(b, 0, 0, T0 + 200 + HOUR + 1), 1);
	assert_int_equal(peek(b, "SELECT count(*) FROM outbox WHERE held"), 0);
	assert_int_equal(claim(b, T0 + 200 + HOUR + 1, &v), 3);
}

static void
held_mail_counts_when_released(void **state)
{
	struct box *b = *state;
	struct plan_facts facts;

	queue_mail(b, 1, MAIL_KIND_ACK, "a@x.example", true, 0);
	queue_mail(b, 2, MAIL_KIND_NOTIFY, "a@x.example", false, 0);
	OK(store_facts(b->s, b->a, "a@x.example", YEAR, T0, T0, &facts, &b->f));
	assert_int_equal(facts.acks_to_sender, 1);
	assert_int_equal(facts.acks_to_domain, 0);
	assert_int_equal(facts.acks_all, 0);
	/* Windows that begin at 0 count no held mail either. */
	OK(store_facts(b->s, b->a, "a@x.example", YEAR, 0, 0, &facts, &b->f));
	assert_int_equal(facts.acks_all, 0);
	assert_int_equal(release(b, 0, 0, T0 + 200), 1);
	OK(store_facts(b->s, b->a, "a@x.example", YEAR, T0, T0 + 200, &facts, &b->f));
	assert_int_equal(facts.acks_to_domain, 1);
	assert_int_equal(facts.acks_all, 1);
}

/* ---- copies for Sent ---- */

static void
copies_of_outward_mail_only(void **state)
{
	struct box *b = *state;
	struct outbox_item *v;
	struct sent_copy *c;
	struct location at = { "Sent", 3, 12 };
	size_t n;
	bool known;

	queue_mail(b, 1, MAIL_KIND_ACK, "a@x.example", false, 0);
	queue_mail(b, 2, MAIL_KIND_NOTIFY, "b@x.example", false, 0);
	queue_mail(b, 3, MAIL_KIND_FORWARD, "c@x.example", false, 0);
	OK(outbox_copies(b->s, b->a, 10, &c, &n, &b->f));
	assert_int_equal(n, 0);
	assert_int_equal(claim(b, T0 + 200, &v), 3);
	for (int64_t i = 1; i <= 3; i++) {
		dot(b, i);
		settle(b, i, ST_OK, 0);
	}
	OK(outbox_copies(b->s, b->a, 10, &c, &n, &b->f));
	assert_int_equal(n, 2);
	assert_int_equal(c[0].row, 1);
	assert_int_equal(c[1].row, 3);
	assert_int_equal(c[0].wire.n, 3000);
	assert_int_equal(c[0].sent_at, T0 + 200);
	OK(outbox_copies(b->s, b->a, 1, &c, &n, &b->f));
	assert_int_equal(n, 1);
	OK(outbox_copied(b->s, 1, &at, &b->f));
	OK(store_known(b->s, &at, 1, &known, &b->f));
	assert_true(known);
	OK(outbox_copied(b->s, 3, NULL, &b->f));
	OK(outbox_copies(b->s, b->a, 10, &c, &n, &b->f));
	assert_int_equal(n, 0);
}

/* The ticket tells what citizens were sent and what did not reach them; mail to agents is not
 * part of its story. */
static void
tickets_tell_what_went_out(void **state)
{
	struct box *b = *state;
	struct outbox_item *v;

	(void)open_ticket(b, "anne@example.org", 1);	/* outbox rows 1 and 2 */
	queue_mail(b, 11, MAIL_KIND_ACK, "a@x.example", false, 0);
	queue_mail(b, 12, MAIL_KIND_NOTIFY, "b@x.example", false, 0);
	queue_mail(b, 13, MAIL_KIND_RELAY, "c@x.example", false, 0);
	assert_int_equal(peek(b, "UPDATE outbox SET ticket = (SELECT min(id) FROM ticket)"
	    " RETURNING 0"), 0);
	assert_int_equal(claim(b, T0 + 200, &v), 5);
	assert_true(v[0].since > 0);
	for (int64_t i = 1; i <= 5; i++) {
		dot(b, i);
		settle(b, i, i == 5 ? ST_PERM : ST_OK, 0);
	}
	assert_int_equal(peek(b, "SELECT count(*) FROM event WHERE kind = 'mail_out'"
	    " AND text = 'ack to a@x.example'"), 1);
	assert_int_equal(peek(b, "SELECT count(*) FROM event WHERE kind = 'bounce'"
	    " AND text = 'relay refused for c@x.example'"), 1);
	assert_int_equal(peek(b, "SELECT count(*) FROM event WHERE text LIKE '%b@x.example%'"), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(claims_what_is_due_in_order),
		TEST(claims_at_most_max),
		cmocka_unit_test(lives),
		TEST(recover_counts),
		TEST(a_step_is_one_commit),
		TEST(withdrawn_before_its_dot),
		TEST(far_future_is_clamped),
		TEST(unsure_goes_once_more),
		TEST(held_mail_goes_as_caps_allow),
		TEST(held_mail_counts_when_released),
		TEST(copies_of_outward_mail_only),
		TEST(tickets_tell_what_went_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
