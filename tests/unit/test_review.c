/* review.h: a mail that was set aside keeps its one row, whatever a person makes of it. */
#include "test_store_help.h"

#include "review.h"

static int64_t
aside(struct box *b, const char *from, int n)
{
	struct plan *p = plan_blank(b, from);

	p->outcome = MAIL_OUTCOME_QUARANTINED;
	p->role = MAIL_ROLE_UNKNOWN;
	p->file = PLAN_FILE_REVIEW;
	p->row = "12";
	apply(b, sample_new(b, from, n), p);
	return peek(b, "SELECT max(id) FROM message");
}

static enum status
row_each(void *ctx, const struct review_row *r)
{
	struct buf *out = ctx;

	buf_addf(out, "%lld %s%s%s;", (long long)r->id, r->from, r->asked ? " asked" : "",
	    r->trouble);
	return ST_OK;
}

static const char *
list(struct box *b)
{
	struct buf out BUF_AUTO;

	buf_open(&out, 4096);
	OK(review_list(b->s, b->a, row_each, &out, &b->f));
	return arena_strdup(b->a, out.z);
}

static size_t
wishes(struct box *b, struct wish **out)
{
	size_t n;

	OK(wish_list(b->s, b->a, 10, out, &n, &b->f));
	return n;
}

static void
released(void **state)
{
	struct box *b = *state;
	int64_t id = aside(b, "anne@example.org", 1), other = aside(b, "bob@example.org", 2);
	struct plan *p = plan_opening(b, "anne@example.org", 1);
	struct sample *x = sample_new(b, "anne@example.org", 1);
	struct wish *w;
	struct wish_place *place;
	bool said;
	size_t n;

	assert_string_equal(list(b),
	    arena_printf(b->a, "%lld anne@example.org;%lld bob@example.org;", (long long)id,
		(long long)other));
	OK(review_release(b->s, id, "marie", T0, &b->f));
	assert_int_equal(peek(b, "SELECT count(*) FROM untold"), 1);
	IS(ST_NONE, review_release(b->s, id, "marie", T0, &b->f));
	IS(ST_NONE, review_spam(b->s, id, "marie", T0, &b->f));
	IS(ST_NONE, review_release(b->s, 4711, "marie", T0, &b->f));
	assert_int_equal(wishes(b, &w), 1);
	assert_true(w->release && w->message == id && w->size == 1000);
	assert_string_equal(w->by, "marie");
	OK(wish_waits(b->s, id, "not found", &said, &b->f));
	assert_false(said);
	OK(wish_waits(b->s, id, "not found", &said, &b->f));
	assert_true(said);
	assert_string_equal(list(b), arena_printf(b->a,
	    "%lld anne@example.org askednot found;%lld bob@example.org;", (long long)id,
	    (long long)other));
	OK(wish_places(b->s, b->a, id, &place, &n, &b->f));
	assert_int_equal(n, 1);
	assert_int_equal(place->at.uid, 1);

	x->sm.message = id;
	x->sm.anew = true;
	apply(b, x, p);
	assert_int_equal(peek(b, "SELECT count(*) FROM message"), 2);
	assert_int_equal(peek(b, "SELECT count(*) FROM message_text"), 2);
	assert_int_equal(peek(b, "SELECT count(*) FROM search WHERE search MATCH 'bonjour'"), 2);
	assert_int_equal(
	    peek(b,
		arena_printf(b->a,
		    "SELECT outcome = 'new_ticket' AND role = 'citizen'"
		    " AND ticket = 1 AND file = 'ticket' FROM message WHERE id = %lld",
		    (long long)id)),
	    1);
	assert_string_equal(
	    list(b), arena_printf(b->a, "%lld bob@example.org;", (long long)other));
	IS(ST_NONE, review_release(b->s, id, "marie", T0, &b->f));
	assert_int_equal(wishes(b, &w), 1);
	assert_true(!w->release && w->want == FILE_KEEP);
	OK(wish_done(b->s, id, &b->f));
	assert_int_equal(wishes(b, &w), 0);
	check_sound(b);
}

static void
spam(void **state)
{
	struct box *b = *state;
	int64_t id = aside(b, "anne@example.org", 1);
	struct wish *w;

	OK(review_spam(b->s, id, "marie", T0, &b->f));
	assert_string_equal(list(b), "");
	assert_int_equal(peek(b,
			     "SELECT count(*) FROM message WHERE outcome = 'recorded_no_ack'"
			     " AND ticket IS NULL"),
	    1);
	assert_int_equal(peek(b, "SELECT count(*) FROM untold"), 0);
	assert_int_equal(peek(b, "SELECT count(*) FROM outbox"), 0);
	IS(ST_NONE, review_spam(b->s, id, "marie", T0, &b->f));
	IS(ST_NONE, review_release(b->s, id, "marie", T0, &b->f));
	assert_int_equal(wishes(b, &w), 1);
	assert_true(!w->release && w->want == FILE_FILED);
}

static void
other_mail_is_not_for_review(void **state)
{
	struct box *b = *state;

	(void)open_ticket(b, "anne@example.org", 1);
	IS(ST_NONE, review_spam(b->s, 1, "marie", T0, &b->f));
	IS(ST_NONE, review_release(b->s, 1, "marie", T0, &b->f));
	assert_string_equal(list(b), "");
}

/* An agent's mail without a proof: the administrator's word or the agent's code, not both. */
static void
one_decision_only(void **state)
{
	struct box *b = *state;
	int64_t id = aside(b, "claire@mairie.example", 1), other;

	poke(b, "INSERT INTO confirm VALUES (1, zeroblob(32), 1, 'claire', 5, 6, 0, 0)");
	OK(review_release(b->s, id, "marie", T0, &b->f));
	assert_int_equal(peek(b, "SELECT count(*) FROM confirm"), 0);
	other = aside(b, "claire@mairie.example", 2);
	poke(b, "INSERT INTO confirm VALUES (2, zeroblob(32), 2, 'claire', 5, 6, 5, 0)");
	IS(ST_NONE, review_release(b->s, other, "marie", T0, &b->f));
	IS(ST_NONE, review_spam(b->s, other, "marie", T0, &b->f));
	assert_int_equal(peek(b, "SELECT count(*) FROM confirm WHERE confirmed_at <> 0"), 1);
}

/* Mails that are nowhere must not keep others waiting. */
static void
what_waits_comes_last(void **state)
{
	struct box *b = *state;
	struct wish *w;
	bool said;

	for (int i = 1; i <= 2; i++)
		OK(review_release(b->s, aside(b, "anne@example.org", i), "marie", T0, &b->f));
	OK(wish_waits(b->s, 1, "not found", &said, &b->f));
	assert_int_equal(wishes(b, &w), 2);
	assert_true(w[0].message == 2 && w[1].message == 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(released),
		TEST(spam),
		TEST(other_mail_is_not_for_review), TEST(one_decision_only),
		TEST(what_waits_comes_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
