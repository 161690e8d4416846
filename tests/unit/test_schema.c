#include "test_store_help.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void
new_file_is_private_and_ours(void **state)
{
	static const mode_t masks[] = { 0, 022, 0777 };
	struct box *b = *state;

	for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
		mode_t old = umask(masks[i]);
		struct stat sb;

		OK(store_open(&b->s, b->path, STORE_CREATE, T0 + 3, &b->f));
		umask(old);
		assert_int_equal(stat(b->path, &sb), 0);
		assert_int_equal(sb.st_mode & 07777, 0600);
		assert_int_equal(store_created_at(b->s), T0 + 3);
		assert_int_equal(peek(b, "PRAGMA application_id"), DB_APPLICATION_ID);
		assert_int_equal(peek(b, "PRAGMA user_version"), schema_version());
		assert_int_equal(peek(b,
		    "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
		check_sound(b);
		store_close(&b->s);
		assert_int_equal(unlink(b->path), 0);
	}
}

static void
second_opening_keeps_the_first(void **state)
{
	struct box *b = *state;

	OK(store_open(&b->s, b->path, STORE_CREATE, T0, &b->f));
	(void)open_ticket(b, "anne@example.org", 1);
	for (enum store_mode m = STORE_READ; m <= STORE_CREATE; m++) {
		store_close(&b->s);
		OK(store_open(&b->s, b->path, m, T0 + 99, &b->f));
		assert_int_equal(store_created_at(b->s), T0);
		assert_int_equal(peek(b, "SELECT count(*) FROM ticket"), 1);
	}
}

static void
wal_gone_after_a_clean_end(void **state)
{
	struct box *b = *state;
	char wal[120];

	OK(store_open(&b->s, b->path, STORE_CREATE, T0, &b->f));
	(void)open_ticket(b, "anne@example.org", 1);
	store_close(&b->s);
	snprintf(wal, sizeof wal, "%s-wal", b->path);
	(void)unlink(wal);
	OK(store_open(&b->s, b->path, STORE_WRITE, T0, &b->f));
	assert_int_equal(peek(b, "SELECT count(*) FROM ticket"), 1);
}

/* A new database is whole without its log. */
static void
tables_are_in_the_file_itself(void **state)
{
	static char bytes[1 << 20];
	struct box *b = *state;
	FILE *io;
	size_t n;

	OK(store_open(&b->s, b->path, STORE_CREATE, T0, &b->f));
	io = fopen(b->path, "r");
	n = fread(bytes, 1, sizeof bytes, io);
	fclose(io);
	store_close(&b->s);
	assert_int_equal(unlink(b->path), 0);
	io = fopen(b->path, "w");
	fwrite(bytes, 1, n, io);
	fclose(io);
	OK(store_open(&b->s, b->path, STORE_WRITE, T0, &b->f));
}

/* ---- what is refused, and stays as it was ---- */

static void
put_file(struct box *b, const char *text)
{
	FILE *o = fopen(b->path, "w");

	assert_non_null(o);
	fputs(text, o);
	fclose(o);
}

static void make_garbage(struct box *b) { put_file(b, "this is a letter, not a database\n"); }
static void make_empty(struct box *b) { put_file(b, ""); }
static void make_folder(struct box *b) { assert_int_equal(mkdir(b->path, 0700), 0); }
static void make_foreign(struct box *b) { poke(b,
    "CREATE TABLE x (y); INSERT INTO x VALUES (1)"); }

static void
make_ours(struct box *b)
{
	OK(store_open(&b->s, b->path, STORE_CREATE, T0, &b->f));
	(void)open_ticket(b, "anne@example.org", 1);
	store_close(&b->s);
}

static void
make_newer(struct box *b)
{
	make_ours(b);
	poke(b, "PRAGMA user_version = 4711");
}

static void
make_truncated(struct box *b)
{
	make_ours(b);
	assert_int_equal(truncate(b->path, 3 * 4096 + 17), 0);
}

static void
make_header_broken(struct box *b)
{
	int fd;

	make_ours(b);
	fd = open(b->path, O_WRONLY);
	assert_int_equal(pwrite(fd, "XXXXXXXX", 8, 0), 8);
	close(fd);
}

static void
make_schema_broken(struct box *b)
{
	char junk[2000];
	int fd;

	make_ours(b);
	memset(junk, 0xee, sizeof junk);
	fd = open(b->path, O_WRONLY);
	assert_int_equal(pwrite(fd, junk, sizeof junk, 100), (int)sizeof junk);
	close(fd);
}

static void
make_emptied(struct box *b)
{
	poke(b, "PRAGMA application_id = 0x42557265; PRAGMA user_version = 1");
}

static void
make_unfinished(struct box *b)
{
	poke(b, "PRAGMA application_id = 0x42557265; PRAGMA user_version = 0");
}

static void make_nothing(struct box *b) { (void)b; }

static struct sha256
file_sha(struct box *b)
{
	static char bytes[1 << 20];
	FILE *i = fopen(b->path, "r");
	size_t n = i == NULL ? 0 : fread(bytes, 1, sizeof bytes, i);

	if (i != NULL)
		fclose(i);
	return sha256_of(span_from(bytes, n));
}

static void
refusals(void **state)
{
	static const struct {
		void (*make)(struct box *b);
		int modes;		/* bits of enum store_mode */
		enum status want;
		const char *says;
	} rows[] = {
		{ make_nothing, 3, ST_NONE, "No such file" },
		{ make_garbage, 7, ST_PERM, "not a database" },
		{ make_empty, 7, ST_PERM, "empty file" },
		{ make_folder, 7, ST_PERM, "not a regular file" },
		{ make_foreign, 7, ST_PERM, "not a database of this program" },
		{ make_newer, 7, ST_PERM, "newer version 4711, this program knows 1" },
		{ make_truncated, 7, ST_PERM, "restore a backup" },
		{ make_header_broken, 7, ST_PERM, "restore a backup" },
		{ make_schema_broken, 7, ST_PERM, "restore a backup" },
		{ make_emptied, 7, ST_PERM, "tables are missing" },
		{ make_unfinished, 7, ST_PERM, "tables are missing" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (int m = STORE_READ; m <= STORE_CREATE; m++) {
			struct box *b;
			struct sha256 before, after;

			if (!(rows[i].modes & 1 << m))
				continue;
			box_setup_bare((void **)&b);
			rows[i].make(b);
			before = file_sha(b);
			if (store_open(&b->s, b->path, (enum store_mode)m, T0, &b->f) !=
			    rows[i].want)
				fail_msg("row %zu mode %d: %s", i, m, b->f.text);
			assert_null(b->s);
			assert_int_equal(b->f.st, rows[i].want);
			if (strstr(b->f.text, rows[i].says) == NULL ||
			    strstr(b->f.text, b->path) == NULL)
				fail_msg("row %zu mode %d says %s", i, m, b->f.text);
			after = file_sha(b);
			assert_memory_equal(&before, &after, sizeof before);
			(void)rmdir(b->path);
			box_teardown((void **)&b);
		}
	(void)state;
}

static void
no_folder(void **state)
{
	struct box *b = *state;

	IS(ST_PERM, store_open(&b->s, "/nonexistent-folder/x.db", STORE_CREATE, T0, &b->f));
	assert_null(b->s);
}

/* What a creation that was cut short leaves behind is in nobody's way. */
static void
half_made_draft_is_no_obstacle(void **state)
{
	struct box *b = *state;
	char draft[140];
	FILE *o;

	snprintf(draft, sizeof draft, "%s.new.%ld", b->path, (long)getpid());
	o = fopen(draft, "w");
	fputs("half a database", o);
	fclose(o);
	OK(store_open(&b->s, b->path, STORE_CREATE, T0, &b->f));
	assert_int_equal(access(draft, F_OK), -1);
	assert_int_equal(open_ticket(b, "anne@example.org", 1), 1);
}

static void
two_creators_at_once(void **state)
{
	struct box *b = *state;
	pid_t kids[4];

	for (int i = 0; i < 4; i++) {
		kids[i] = fork();
		if (kids[i] == 0) {
			struct fault f;
			struct store *s;

			if (store_open(&s, b->path, STORE_CREATE, T0, &f) != ST_OK)
				_exit(1);
			store_close(&s);
			_exit(0);
		}
	}
	for (int i = 0; i < 4; i++) {
		int st;

		waitpid(kids[i], &st, 0);
		assert_int_equal(st, 0);
	}
	assert_int_equal(peek(b, "SELECT count(*) FROM meta"), 1);
}

/* ---- the words of state.h are the words of the schema ---- */

#define ROWS(id, name) { #id, name },

static void
check_column(struct box *b, const char *table, const char *column, const char *word, bool takes)
{
	char sql[400];
	sqlite3 *db;
	int rc;

	assert_int_equal(sqlite3_open(b->path, &db), SQLITE_OK);
	snprintf(sql, sizeof sql, "UPDATE %s SET %s = '%s'%s", table, column, word,
	    strcmp(table, "ticket") == 0 && strcmp(column, "state") == 0 ?
	    strcmp(word, "closed") == 0 ? ", closed_at = 1" : ", closed_at = 0" : "");
	rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
	sqlite3_close(db);
	if ((rc == SQLITE_OK) != takes)
		fail_msg("%s: %d", sql, rc);
}

static void
words_are_checked(void **state)
{
	static const struct word { const char *id, *name; }
	    states[] = { TICKET_STATES(ROWS) }, outcomes[] = { TICKET_OUTCOMES(ROWS) },
	    urgencies[] = { URGENCIES(ROWS) }, mail[] = { MAIL_OUTCOMES(ROWS) },
	    roles[] = { MAIL_ROLES(ROWS) }, kinds[] = { MAIL_KINDS(ROWS) },
	    events[] = { EVENT_KINDS(ROWS) }, outbox[] = { OUTBOX_STATES(ROWS) };
	static const struct { const char *table, *column; const struct word *v; size_t n;
	    } rows[] = {
		{ "ticket", "state", states, sizeof states / sizeof *states },
		{ "ticket", "outcome", outcomes, sizeof outcomes / sizeof *outcomes },
		{ "ticket", "urgency", urgencies, sizeof urgencies / sizeof *urgencies },
		{ "message", "outcome", mail, sizeof mail / sizeof *mail },
		{ "message", "role", roles, sizeof roles / sizeof *roles },
		{ "event", "kind", events, sizeof events / sizeof *events },
		{ "outbox", "kind", kinds, sizeof kinds / sizeof *kinds },
		{ "outbox", "state", outbox, sizeof outbox / sizeof *outbox },
	};
	struct box *b = *state;

	(void)open_ticket(b, "anne@example.org", 1);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		for (size_t j = 0; j < rows[i].n; j++)
			check_column(b, rows[i].table, rows[i].column, rows[i].v[j].name, true);
		check_column(b, rows[i].table, rows[i].column, "no such word", false);
	}
	check_column(b, "ticket", "opened", "soon", false);
	check_column(b, "message", "visible", "2", false);
}

/* ---- every statement ---- */

/* Lists of everything, in the order of a table or an index made for them; the first entry of an
 * index; and what is done a few times a year and must find everything. */
static bool
may_scan(enum sql id)
{
	static const enum sql whole[] = {
		SQL_TICKETS, SQL_QUEUE, SQL_COUNT_TICKETS, SQL_COUNT_OUTBOX, SQL_HELD,
		SQL_COPY_LIST, SQL_COUNT_SCHEMA, SQL_NEXT, SQL_UNTOLD_COUNT, SQL_UNTOLD_DROP,
		SQL_VIGIL_DROP, SQL_CONFIRM_LIST, SQL_FAILED,
		SQL_SALVAGE_TRIES, SQL_SALVAGE_BEATS, SQL_SALVAGE_NOTICES, SQL_SALVAGE_TOLD,
		SQL_SALVAGE_WORDLESS,
		SQL_JOURNAL, SQL_JOURNAL_OLD,
		SQL_WISHES, SQL_REVIEW, SQL_BACKUP_QUIET,
		SQL_TOTAL_OUTBOX, SQL_TOTAL_MAILS,
		SQL_WORDS_CLEAR, SQL_WORDS_SOURCES, SQL_WORDS_MAILS, SQL_WORDS_NOTES,
		SQL_SEARCH_FORGET, SQL_WORDS_FORGET,
		SQL_SELFTEST_LOST, SQL_SALVAGE_SELFTEST,	/* 60 rows at most */
	};

	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
		if (whole[i] == id)
			return true;
	/* Administrators' acts on one person. */
	return id >= SQL_PERSON_FACTS && id <= SQL_UNWANTED && id != SQL_SILENCED;
}

/* "SCAN search VIRTUAL TABLE INDEX 0:M1": the M is a word looked up; without it all is read. */
static bool
is_index_of_words(const char *step)
{
	const char *how = strstr(step, "VIRTUAL TABLE INDEX ");

	return how != NULL && strstr(how, ":M") != NULL;
}

static void
explain(struct box *b, enum sql id)
{
	const char *sql = sql_text(id);
	sqlite3_stmt *q;

	if (sqlite3_prepare_v2(b->s->db, arena_printf(b->a, "EXPLAIN QUERY PLAN %s", sql), -1,
	    &q,
	    NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(b->s->db));
	while (sqlite3_step(q) == SQLITE_ROW) {
		const char *step = (const char *)sqlite3_column_text(q, 3);

		if (strncmp(step, "SCAN", 4) == 0 && strstr(step, "CONSTANT ROW") == NULL &&
		    strstr(step, "subquery") == NULL && !is_index_of_words(step) &&
		    !may_scan(id))
			fail_msg("%s\n  %s", sql, step);
	}
	sqlite3_finalize(q);
}

static void
statements_use_indexes(void **state)
{
	struct box *b = *state;

	for (int i = 0; i < SQL_COUNT; i++) {
		assert_non_null(sql_text((enum sql)i));
		if (strncmp(sql_text((enum sql)i), "PRAGMA", 6) != 0)
			explain(b, (enum sql)i);
	}
}

static void
statements_name_their_parameters(void **state)
{
	struct box *b = *state;

	for (int i = 0; i < SQL_COUNT; i++) {
		sqlite3_stmt *q;
		const char *tail;

		if (sqlite3_prepare_v2(b->s->db, sql_text((enum sql)i), -1, &q, &tail) !=
		    SQLITE_OK)
			fail_msg("%s: %s", sql_text((enum sql)i), sqlite3_errmsg(b->s->db));
		assert_string_equal(tail, "");
		for (int k = 1; k <= sqlite3_bind_parameter_count(q); k++)
			assert_int_equal(sqlite3_bind_parameter_name(q, k)[0], '@');
		sqlite3_finalize(q);
	}
}

/* A commit that did not come through store_commit is refused. */
static void
only_store_commit_commits(void **state)
{
	struct box *b = *state;

	IS(ST_PERM, db_run(b->s, SQL_META_CREATE, DB_VALS(db_int("@now", 1)), &b->f));
	assert_int_not_equal(sqlite3_exec(b->s->db, "INSERT INTO sequence VALUES (1, 1)", NULL,
	    NULL,
	    NULL), SQLITE_OK);
	assert_int_equal(peek(b, "SELECT count(*) FROM sequence"), 0);
}

static void
reading_writes_nothing(void **state)
{
	struct box *b = *state;

	box_reopen(b, STORE_READ);
	assert_int_not_equal(sqlite3_exec(b->s->db, "INSERT INTO sequence VALUES (1, 1)", NULL,
	    NULL,
	    NULL), SQLITE_OK);
	OK(store_begin(b->s, &b->f));
	OK(store_commit(b->s, &b->f));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST_BARE(new_file_is_private_and_ours),
		TEST_BARE(second_opening_keeps_the_first),
		TEST_BARE(wal_gone_after_a_clean_end),
		TEST_BARE(tables_are_in_the_file_itself),
		cmocka_unit_test(refusals),
		TEST_BARE(no_folder),
		TEST_BARE(half_made_draft_is_no_obstacle),
		TEST_BARE(two_creators_at_once),
		TEST(words_are_checked),
		TEST(statements_use_indexes),
		TEST(statements_name_their_parameters),
		TEST(only_store_commit_commits),
		TEST(reading_writes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
