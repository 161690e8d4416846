/* The copy of the database that is put aside: what it holds and leaves out, taken while another
 * process writes. */
#include "snapshot.h"

#include "test_store_help.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

static const char *
copy_path(struct box *b)
{
	return arena_printf(b->a, "%s/copy.db", b->dir);
}

/* The first column of a query on the copy. */
static int64_t
copied(struct box *b, const char *sql)
{
	struct box other = *b;

	snprintf(other.path, sizeof other.path, "%s", copy_path(b));
	return peek(&other, sql);
}

static void
holds_all_but_what_the_mailbox_has(void **state)
{
	static const char *const all[] = { "meta", "sequence", "person", "ticket", "participant",
	    "message", "attachment", "untold", "location", "known_id", "event", "outbox",
	    "ack_released", "vigil", "journal", "duty", "meeting", "cursor" };
	struct box *b = *state;
	struct store *copy;
	struct stat sb;

	for (int i = 1; i <= 30; i++)
		(void)open_ticket(b, arena_printf(b->a, "p%d@example.org", i), i);
	poke(b, "UPDATE outbox SET state = 'sent', filed = 1 WHERE id <= 20");
	poke(b, "UPDATE outbox SET state = 'sent', filed = 0 WHERE id = 21");
	poke(b, "UPDATE outbox SET state = 'dead' WHERE id = 22");
	OK(journal_add(b->s, "admin", "queue drop", "", T0, &b->f));
	OK(snapshot_copy(b->path, copy_path(b), &b->f));

	assert_int_equal(stat(copy_path(b), &sb), 0);
	assert_int_equal(sb.st_mode & 07777, 0600);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		const char *sql = arena_printf(b->a, "SELECT count(*) FROM %s", all[i]);

		assert_int_equal(copied(b, sql), peek(b, sql));
	}
	assert_int_equal(copied(b, "SELECT count(*) FROM message_text"), 0);
	assert_int_equal(peek(b, "SELECT count(*) FROM wire"), 60);
	assert_int_equal(copied(b, "SELECT count(*) FROM wire"), 40);
	assert_int_equal(copied(b, "SELECT min(outbox) FROM wire"), 21);
	assert_int_equal(copied(b, "SELECT count(*) FROM sqlite_schema WHERE type = 'index'"),
	    peek(b, "SELECT count(*) FROM sqlite_schema WHERE type = 'index'"));
	check_sound(b);

	OK(store_open(&copy, copy_path(b), STORE_WRITE, T0, &b->f));
	assert_int_equal(store_created_at(copy), T0);
	store_close(&copy);
}

/* Every table of the schema is either whole or one of the two that are said to be cut. */
static void
no_table_is_forgotten(void **state)
{
	struct box *b = *state;

	OK(snapshot_copy(b->path, copy_path(b), &b->f));
	assert_int_equal(copied(b, "SELECT count(*) FROM sqlite_schema"),
	    peek(b, "SELECT count(*) FROM sqlite_schema"));
}

/* A search index comes along as an empty one that works. */
static void
index_is_made_empty(void **state)
{
	struct box *b = *state;

	(void)open_ticket(b, "anne@example.org", 1);
	OK(snapshot_copy(b->path, copy_path(b), &b->f));
	assert_int_equal(peek(b, "SELECT count(*) FROM search WHERE search MATCH 'question'"),
	    1);
	assert_int_equal(copied(b,
	    "SELECT count(*) FROM search WHERE search MATCH 'question'"), 0);
	assert_int_equal(copied(b, "SELECT count(*) FROM words"), 0);
}

static void *
writes(void *ctx)
{
	struct box *b = ctx;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(b->path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	/* Two rows a commit: a copy of an instant never holds an odd number. */
	for (int i = 0; i < 300; i++)
		if (sqlite3_exec(db, "BEGIN; INSERT INTO duty VALUES ('a', hex(randomblob(8)), 1);"
		    "INSERT INTO duty VALUES ('b', hex(randomblob(8)), 1); COMMIT", NULL, NULL,
		    NULL) != SQLITE_OK)
			break;
	sqlite3_close(db);
	return NULL;
}

static void
of_one_instant_while_others_write(void **state)
{
	struct box *b = *state;
	pthread_t t;

	assert_int_equal(pthread_create(&t, NULL, writes, b), 0);
	for (int i = 0; i < 20; i++) {
		OK(snapshot_copy(b->path, copy_path(b), &b->f));
		assert_int_equal(copied(b, "SELECT count(*) % 2 FROM duty"), 0);
	}
	pthread_join(t, NULL);
	assert_int_equal(peek(b, "SELECT count(*) FROM duty"), 600);
}

static void
faults_leave_no_file(void **state)
{
	struct box *b = *state;

	IS(ST_TEMP, snapshot_copy(arena_printf(b->a, "%s/none.db", b->dir), copy_path(b), &b->f));
	assert_int_not_equal(access(copy_path(b), F_OK), 0);
	IS(ST_TEMP, snapshot_copy(b->path, "/nowhere/copy.db", &b->f));
	poke(b, "PRAGMA foreign_keys = OFF; INSERT INTO message_text VALUES (99, '', '', '');"
	    "INSERT INTO attachment VALUES (99, 1, '', '', 0)");
	IS(ST_PERM, snapshot_copy(b->path, copy_path(b), &b->f));
	assert_int_not_equal(access(copy_path(b), F_OK), 0);
}

static void
wishes(void **state)
{
	struct box *b = *state;
	struct snapshot_state s;

	OK(snapshot_state(b->s, &s, &b->f));
	assert_int_equal(s.made_at, 0);
	assert_int_equal(s.wish, 0);
	OK(snapshot_ask(b->s, T0, &b->f));
	OK(snapshot_state(b->s, &s, &b->f));
	assert_int_equal(s.wish, T0);
	/* Another in the same second, while the snapshot for the first is under way. */
	OK(snapshot_ask(b->s, T0, &b->f));
	OK(snapshot_made(b->s, T0, s.wish, &b->f));
	OK(snapshot_state(b->s, &s, &b->f));
	assert_int_equal(s.made_at, T0);
	assert_int_equal(s.wish, T0 + 1);
	OK(snapshot_made(b->s, T0 + 2, 0, &b->f));
	OK(snapshot_state(b->s, &s, &b->f));
	assert_int_equal(s.wish, T0 + 1);
	OK(snapshot_made(b->s, T0 + 3, s.wish, &b->f));
	OK(snapshot_state(b->s, &s, &b->f));
	assert_int_equal(s.made_at, T0 + 3);
	assert_int_equal(s.wish, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(holds_all_but_what_the_mailbox_has), TEST(no_table_is_forgotten),
		TEST(index_is_made_empty), TEST(of_one_instant_while_others_write),
		TEST(faults_leave_no_file), TEST(wishes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
