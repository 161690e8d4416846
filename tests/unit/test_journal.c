/* journal.h: nothing can be changed, taken out, put in or cut off unseen; what is old goes. */
#include "test_store_help.h"

static void
note(struct box *b, const char *act, const char *ticket, int64_t at)
{
	OK(journal_add(b->s, "marie", act, ticket, at, &b->f));
}

static void
five(struct box *b)
{
	note(b, "queue retry 3", "", T0);
	note(b, "review release 8", "", T0 + 1);
	note(b, "#note #prendre", "BI-2026-00001", T0 + 2);
	note(b, "backup", "", T0 + 3);
	note(b, "queue drop 3", "", T0 + 4);
}

static struct journal_check
verify(struct box *b)
{
	struct journal_check k;

	OK(journal_verify(b->s, &k, &b->f));
	return k;
}

static enum status
text_each(void *ctx, const struct journal_row *r)
{
	struct buf *out = ctx;

	buf_addf(out, "%lld %s %s %s\n", (long long)(r->at - T0), r->by, r->act, r->ticket);
	return ST_OK;
}

static const char *
text(struct box *b, const char *ticket)
{
	struct buf out BUF_AUTO;

	buf_open(&out, 4096);
	OK(journal_list(b->s, b->a, ticket, text_each, &out, &b->f));
	return arena_strdup(b->a, out.z);
}

static void
keeps_order_and_tickets(void **state)
{
	struct box *b = *state;
	struct journal_check k;

	assert_string_equal(text(b, ""), "");
	k = verify(b);
	assert_int_equal(k.rows, 0);
	assert_int_equal(k.bad, 0);
	five(b);
	assert_string_equal(text(b, ""), "0 marie queue retry 3 \n1 marie review release 8 \n"
	    "2 marie #note #prendre BI-2026-00001\n3 marie backup \n4 marie queue drop 3 \n");
	assert_string_equal(text(b, "BI-2026-00001"), "2 marie #note #prendre BI-2026-00001\n");
	assert_string_equal(text(b, "BI-2026-00002"), "");
	k = verify(b);
	assert_int_equal(k.rows, 5);
	assert_int_equal(k.first, 1);
	assert_int_equal(k.last, 5);
	assert_int_equal(k.since, T0);
	assert_int_equal(k.bad, 0);
	assert_string_equal(k.why, "");
}

static void
an_undone_act_leaves_no_row(void **state)
{
	struct box *b = *state;

	five(b);
	OK(store_begin(b->s, &b->f));
	note(b, "lost", "", T0 + 9);
	store_rollback(b->s);
	assert_int_equal(verify(b).rows, 5);
	note(b, "kept", "", T0 + 10);
	assert_int_equal(verify(b).bad, 0);
}

static void
needs_the_key(void **state)
{
	struct box *b = *state;
	struct journal_check k;

	five(b);
	store_close(&b->s);
	OK(store_open(&b->s, b->path, STORE_WRITE, T0, &b->f));
	IS(ST_PERM, journal_add(b->s, "marie", "x", "", T0, &b->f));
	IS(ST_PERM, journal_verify(b->s, &k, &b->f));
	store_key(b->s, span_of("another key, another key, another key"));
	assert_int_equal(verify(b).bad, 1);
}

static void
tampering_shows(void **state)
{
	static const struct { const char *sql; int64_t bad; } rows[] = {
		{ "UPDATE journal SET by = 'root' WHERE id = 2", 2 },
		{ "UPDATE journal SET act = 'queue retry 4' WHERE id = 1", 1 },
		{ "UPDATE journal SET ticket = '' WHERE id = 3", 3 },
		{ "UPDATE journal SET at = at + 1 WHERE id = 5", 5 },
		{ "UPDATE journal SET mac = zeroblob(32) WHERE id = 4", 4 },
		{ "DELETE FROM journal WHERE id = 1", 1 },
		{ "DELETE FROM journal WHERE id = 3", 3 },
		{ "DELETE FROM journal WHERE id = 5", 5 },
		{ "DELETE FROM journal", 1 },
		{ "DELETE FROM journal WHERE id = 5; DELETE FROM journal_mark", 5 },
		{ "DELETE FROM journal WHERE id = 5; UPDATE journal_mark SET id = 4, mac ="
		    " (SELECT mac FROM journal WHERE id = 4)", 4 },
		/* as if the first ones had been forgotten in their time */
		{ "INSERT INTO journal_mark SELECT 'anchor', id, at, mac, mac FROM journal"
		    " WHERE id = 2; DELETE FROM journal WHERE id <= 2", 3 },
		{ "UPDATE journal SET id = 9 WHERE id = 5", 5 },
		{ "INSERT INTO journal SELECT 6, at, by, act, ticket, mac FROM journal"
		    " WHERE id = 5", 6 },
		/* two rows change places, each with the MAC of its place */
		{ "UPDATE journal SET act = CASE id WHEN 1 THEN 'queue drop 3' ELSE"
		    " 'queue retry 3' END WHERE id IN (1, 5)", 1 },
		/* what ends one field begins the next */
		{ "UPDATE journal SET by = 'mari', act = 'equeue retry 3' WHERE id = 1", 1 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct journal_check k;
		struct box *b;

		box_setup((void **)&b);
		five(b);
		poke(b, rows[i].sql);
		k = verify(b);
		if (k.bad != rows[i].bad || k.why[0] == '\0')
			fail_msg("%s: bad row %lld (%s)", rows[i].sql, (long long)k.bad, k.why);
		/* Nobody's work stops for it, and what follows does not heal it. */
		note(b, "later", "", T0 + 50);
		if (verify(b).bad == 0)
			fail_msg("%s: healed", rows[i].sql);
		box_teardown((void **)&b);
	}
	(void)state;
}

static void
old_rows_go_and_the_rest_holds(void **state)
{
	enum { YEAR_AND_DAY = JOURNAL_DAYS * DAY };
	struct box *b = *state;
	struct journal_check k;

	five(b);
	OK(journal_prune(b->s, T0 + YEAR_AND_DAY, &b->f));
	assert_int_equal(verify(b).rows, 5);
	OK(journal_prune(b->s, T0 + 3 + YEAR_AND_DAY, &b->f));
	k = verify(b);
	assert_int_equal(k.rows, 2);
	assert_int_equal(k.first, 4);
	assert_int_equal(k.bad, 0);
	/* A new row forgets in passing, and the last one may go too. */
	note(b, "late", "", T0 + 90 + YEAR_AND_DAY);
	k = verify(b);
	assert_int_equal(k.rows, 1);
	assert_int_equal(k.bad, 0);
	OK(journal_prune(b->s, T0 + 3LL * YEAR_AND_DAY, &b->f));
	k = verify(b);
	assert_int_equal(k.rows, 0);
	assert_int_equal(k.bad, 0);
	note(b, "again", "", T0 + 3LL * YEAR_AND_DAY);
	k = verify(b);
	assert_int_equal(k.rows, 1);
	assert_int_equal(k.first, 7);
	assert_int_equal(k.bad, 0);
}

static void
a_commands_words_alone(void **state)
{
	static const struct { const char *text, *act; } rows[] = {
		{ "#prendre", "#prendre" },
		{ "#note #categorie", "#note #categorie" },
		{ "#contact-sur 06 39 98 00 00 chez #prendre", "#contact-sur #prendre" },
		{ "#contact-sur Rue Secrète, code #4512", "#contact-sur" },
		{ "held: not understood", "command held" },
		{ "", "command held" },
	};
	struct box *b = *state;
	int64_t ticket = open_ticket(b, "anne@example.org", 1);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct plan *p = plan_joining(b, "claire@mairie.example", ticket);

		p->role = MAIL_ROLE_AGENT;
		p->ref = "BI-2026-00001";
		plan_event_add(b, p, EVENT_COMMAND, rows[i].text);
		apply(b, sample_new(b, "claire@mairie.example", 10 + (int)i), p);
		assert_string_equal(text(b, "BI-2026-00001") + strlen("100 citizen "),
		    arena_printf(b->a, "%s BI-2026-00001\n", rows[i].act));
		poke(b, "DELETE FROM journal; DELETE FROM journal_mark");
	}
}

static void
long_words_are_cut(void **state)
{
	struct box *b = *state;
	char *z = arena_alloc(b->a, 5001, 1);

	memset(z, 'x', 5000);
	OK(journal_add(b->s, z, z, z, T0, &b->f));
	assert_int_equal(
	    peek(b, "SELECT max(length(by), length(act), length(ticket)) FROM journal"),
	    JOURNAL_TEXT_MAX);
	assert_int_equal(verify(b).bad, 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(keeps_order_and_tickets),
		TEST(an_undone_act_leaves_no_row),
		TEST(needs_the_key),
		cmocka_unit_test(tampering_shows),
		TEST(old_rows_go_and_the_rest_holds),
		TEST(a_commands_words_alone),
		TEST(long_words_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
