/* purge.h: lists with numbers, carried out once, within their time. */
#include "test_store_help.h"

#include "purge.h"

static int64_t
list_make(struct box *b, int64_t now, int64_t before)
{
	struct purge_line v[2];
	int64_t number = 0;

	OK(purge_count(b->s, &(struct expiry){ "voirie", before }, &v[0], &b->f));
	OK(purge_count(b->s, &(struct expiry){ "", before }, &v[1], &b->f));
	OK(store_begin(b->s, &b->f));
	OK(purge_list(b->s, v, 2, "marie", now, &number, &b->f));
	OK(store_commit(b->s, &b->f));
	return number;
}

static void
counts(void **state)
{
	struct box *b = *state;
	struct purge_line x;
	const char **category;
	size_t n;

	for (int i = 1; i <= 4; i++)
		(void)open_ticket(b, "anne@example.org", i);
	OK(purge_categories(b->s, b->a, &category, &n, &b->f));
	assert_int_equal(n, 0);		/* open ones have no time */
	poke(b, "UPDATE ticket SET state = 'closed', closed_at = 1, last_activity = id * 10,"
	    " opened = id WHERE id < 4");
	poke(b, "UPDATE ticket SET category = 'sante' WHERE id = 3");
	OK(purge_categories(b->s, b->a, &category, &n, &b->f));
	assert_int_equal(n, 2);
	assert_string_equal(category[0], "sante");
	OK(purge_count(b->s, &(struct expiry){ "voirie", 20 }, &x, &b->f));
	assert_true(x.tickets == 1 && x.messages == 1 && x.first == 1 && x.last == 10);
	OK(purge_count(b->s, &(struct expiry){ "voirie", 21 }, &x, &b->f));
	assert_true(x.tickets == 2 && x.messages == 2 && x.first == 1 && x.last == 20);
	OK(purge_count(b->s, &(struct expiry){ "", 2LL * T0 }, &x, &b->f));
	assert_int_equal(x.messages, 0);
	apply(b, sample_new(b, "anne@example.org", 9), plan_blank(b, "anne@example.org"));
	OK(purge_count(b->s, &(struct expiry){ "", T0 + 9 }, &x, &b->f));
	assert_int_equal(x.messages, 0);
	OK(purge_count(b->s, &(struct expiry){ "", T0 + 10 }, &x, &b->f));
	assert_true(x.messages == 1 && x.tickets == 0 && x.first == T0 + 9 && x.last == T0 + 9);
}

static void
unclosed(void **state)
{
	struct box *b = *state;
	int64_t n;

	for (int i = 1; i <= 3; i++)
		(void)open_ticket(b, "anne@example.org", i);
	poke(b, "UPDATE ticket SET last_activity = id * 10");
	poke(b, "UPDATE ticket SET state = 'closed', closed_at = 1 WHERE id = 1");
	poke(b, "UPDATE ticket SET state = 'waiting' WHERE id = 2");
	OK(purge_unclosed(b->s, 30, &n, &b->f));
	assert_int_equal(n, 1);
	OK(purge_unclosed(b->s, 31, &n, &b->f));
	assert_int_equal(n, 2);
}

static void
lists(void **state)
{
	struct box *b = *state;
	struct purge_line *v;
	int64_t number;
	size_t n;

	IS(ST_NONE, purge_last(b->s, b->a, T0, &number, &v, &n, &b->f));
	(void)open_ticket(b, "anne@example.org", 1);
	poke(b, "UPDATE ticket SET state = 'closed', closed_at = 1, last_activity = 10");
	assert_int_equal(list_make(b, T0, 11), 1);
	assert_int_equal(list_make(b, T0 + 1, 12), 2);
	OK(purge_last(b->s, b->a, T0 + 1 + PURGE_LIST_DAYS * DAY, &number, &v, &n, &b->f));
	assert_int_equal(number, 2);
	assert_int_equal(n, 2);
	assert_true(v[1].what.before == 12 && v[1].tickets == 1 && v[1].messages == 1);
	assert_string_equal(v[1].what.category, "voirie");
	IS(ST_NONE, purge_last(b->s, b->a, T0 + 2 + PURGE_LIST_DAYS * DAY, &number, &v, &n,
	    &b->f));
	OK(store_begin(b->s, &b->f));
	OK(purge_done(b->s, 2, T0 + 5, &b->f));
	OK(store_commit(b->s, &b->f));
	/* An older list does not come up again. */
	IS(ST_NONE, purge_last(b->s, b->a, T0 + 5, &number, &v, &n, &b->f));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = { TEST(counts), TEST(unclosed), TEST(lists) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
