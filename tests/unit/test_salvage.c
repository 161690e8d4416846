/* What only a rebuild writes: once and twice, known and unknown. */
#include "salvage.h"

#include "test_store_help.h"

#define ID(kind, n) "<BI-2026-00001." kind ".tokenzzz0000000" n ".maaaaaaaaaaaaaac@bureau.example>"

#define IN(x) do { \
	OK(store_begin(b->s, &b->f)); \
	OK(x); \
	OK(store_commit(b->s, &b->f)); \
} while (0)

static void
sent_once_however_often_told(void **state)
{
	struct box *b = *state;
	const struct salvage_sent relay = { ID("relay", "1"), "BI-2026-00001", "Anne@example.org",
	    MAIL_KIND_RELAY, T0 + 500 };

	(void)open_ticket(b, "anne@example.org", 1);
	for (int i = 0; i < 3; i++)
		IN(salvage_sent(b->s, b->a, &relay, &b->f));
	assert_int_equal(peek(b, "SELECT count(*) FROM outbox WHERE kind = 'relay' AND state = 'sent'"
	    " AND filed = 1 AND ticket = 1 AND person = 'anne@example.org'"), 1);
	assert_int_equal(peek(b, "SELECT count(*) FROM event WHERE kind = 'mail_out'"), 1);
	assert_int_equal(peek(b, "SELECT first_answer FROM ticket"), T0 + 500);
	assert_int_equal(peek(b, "SELECT count(*) FROM known_id WHERE ticket = 1 AND token ="
	    " 'tokenzzz00000001' AND minted_for = 'anne@example.org'"), 1);
}

static void
sent_of_no_known_ticket(void **state)
{
	struct box *b = *state;
	const struct salvage_sent ack = { ID("ack", "2"), "BI-2026-00009", "anne@example.org",
	    MAIL_KIND_ACK, T0 };

	IN(salvage_sent(b->s, b->a, &ack, &b->f));
	assert_int_equal(peek(b, "SELECT count(*) FROM outbox WHERE state = 'sent' AND ticket IS NULL"),
	    1);
	assert_int_equal(peek(b, "SELECT count(*) FROM known_id"), 0);
}

/* Whatever was under way stays for a human, and what Sent shows is sent. */
static void
nothing_goes_by_itself(void **state)
{
	static const char *const ways[] = { "state = 'queued'", "state = 'queued', held = 1",
	    "state = 'sending'", "state = 'unsure', resent = 0", "state = 'unsure', resent = 1" };
	struct box *b = *state;
	int64_t at;
	unsigned n;

	for (int i = 0; i < 5; i++) {
		(void)open_ticket(b, arena_printf(b->a, "p%d@example.org", i), i + 1);
		poke(b, arena_printf(b->a, "UPDATE outbox SET %s WHERE kind = 'ack' AND ticket = %d",
		    ways[i], i + 1));
	}
	poke(b, "UPDATE outbox SET state = 'dead', failure = 'refused'"
	    " WHERE kind = 'notify' AND ticket = 5");
	poke(b, "INSERT INTO notice (person, ticket, at) VALUES ('claire@mairie.example', 1, 5)");
	IN(salvage_begin(b->s, &b->f));
	assert_int_equal(peek(b, "SELECT count(*) FROM notice"), 0);
	assert_int_equal(peek(b, "SELECT count(*) FROM outbox WHERE state = 'unsure'"), 9);
	assert_int_equal(peek(b, "SELECT count(*) FROM outbox WHERE state = 'dead'"), 1);
	assert_int_equal(peek(b, "SELECT count(*) FROM untold"), 0);
	OK(outbox_recover(b->s, T0 + DAY, &n, &b->f));
	assert_int_equal(n, 0);
	IS(ST_NONE, outbox_next(b->s, &at, &b->f));
	assert_int_equal(peek(b, "SELECT count(*) FROM outbox WHERE failure <> '' AND told = 0"), 0);
	assert_int_equal(peek(b, "SELECT count(*) FROM event WHERE kind = 'bounce'"), 0);
}

static void
ids_and_numbers(void **state)
{
	struct box *b = *state;

	(void)open_ticket(b, "anne@example.org", 1);
	for (int i = 0; i < 2; i++)
		IN(salvage_id(b->s, b->a, ID("notify", "7"), "BI-2026-00001", "claire@mairie.example",
		    &b->f));
	IN(salvage_id(b->s, b->a, ID("notify", "8"), "BI-2026-00077", "", &b->f));
	assert_int_equal(peek(b, "SELECT count(*) FROM known_id WHERE token LIKE 'tokenzzz%'"), 1);
	IN(salvage_number(b->s, 2026, 40, &b->f));
	(void)open_ticket(b, "paul@example.org", 40);
	assert_int_equal(peek(b, "SELECT count(*) FROM ticket WHERE ref = 'BI-2026-00040'"), 1);
	IN(salvage_number_least(b->s, 2026, 30, &b->f));
	assert_int_equal(peek(b, "SELECT last FROM sequence"), 40);
	IN(salvage_number_least(b->s, 2026, 50, &b->f));
	assert_int_equal(peek(b, "SELECT last FROM sequence"), 50);
	IN(salvage_number_least(b->s, 2025, 3, &b->f));
	assert_int_equal(peek(b, "SELECT last FROM sequence WHERE year = 2025"), 3);
}

static void
words_that_are_missing(void **state)
{
	struct box *b = *state;
	struct location at[3] = { at_uid(1), at_uid(2), at_uid(3) };
	enum salvage_want want[3];
	struct sample *x = sample_new(b, "anne@example.org", 1);
	int64_t n;

	(void)open_ticket(b, "anne@example.org", 1);
	OK(store_location_own(b->s, &at[1], "", &b->f));
	OK(salvage_wanted(b->s, at, 3, want, &b->f));
	assert_int_equal(want[0], SALVAGE_DONE);
	assert_int_equal(want[1], SALVAGE_DONE);
	assert_int_equal(want[2], SALVAGE_NEW);
	poke(b, "DELETE FROM message_text");
	OK(salvage_wanted(b->s, at, 1, want, &b->f));
	assert_int_equal(want[0], SALVAGE_WORDS);
	OK(salvage_wordless(b->s, &n, &b->f));
	assert_int_equal(n, 1);
	/* What was erased stays erased. */
	poke(b, "UPDATE message SET visible = 0");
	IN(salvage_words(b->s, 1, &x->mail, &b->f));
	assert_int_equal(peek(b, "SELECT count(*) FROM message_text"), 0);
	OK(salvage_wanted(b->s, at, 1, want, &b->f));
	assert_int_equal(want[0], SALVAGE_DONE);
	poke(b, "UPDATE message SET visible = 1");
	IN(salvage_words(b->s, 1, &x->mail, &b->f));
	IN(salvage_words(b->s, 1, &x->mail, &b->f));
	assert_int_equal(peek(b, "SELECT count(*) FROM message_text WHERE text LIKE 'Bonjour%'"), 1);
	OK(salvage_wordless(b->s, &n, &b->f));
	assert_int_equal(n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sent_once_however_often_told), TEST(sent_of_no_known_ticket),
		TEST(nothing_goes_by_itself), TEST(ids_and_numbers), TEST(words_that_are_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
