/* From one version of the tables to the next: all of it or nothing, whatever ends it in between.
 *
 * tests/schema/v1.sql ... hold what a released version's database was, as `sqlite3 FILE .dump`
 * prints it (with its PRAGMA application_id and user_version): one for each version but the
 * program's own. */
#include "test_store_help.h"

#include "file.h"

#include <signal.h>
#include <sys/wait.h>

/* What versions after ours might do. */
static const struct schema_step next[] = {
	{ 1, "SELECT 1" },
	{ 2, "ALTER TABLE ticket ADD COLUMN colour TEXT NOT NULL DEFAULT '';" },
	{ 2, "CREATE TABLE shade (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;" },
	{ 2, "INSERT INTO shade SELECT DISTINCT citizen FROM ticket;" },
	{ 2, "PRAGMA user_version = 2" },
	{ 3, "CREATE INDEX ticket_colour ON ticket (colour);" },
	{ 3, "UPDATE ticket SET colour = 'green';" },
	{ 3, "PRAGMA user_version = 3" },
};
enum { NEXT = sizeof next / sizeof *next, TICKETS = 20 };

static void
filled(struct box *b)
{
	OK(store_open(&b->s, b->path, STORE_CREATE, T0, &b->f));
	for (int i = 1; i <= TICKETS; i++)
		(void)open_ticket(b, arena_printf(b->a, "p%d@example.org", i), i);
}

/* The file is wholly of one version; the tickets are there. */
static int64_t
version_of(struct box *b)
{
	int64_t v = peek(b, "PRAGMA user_version");

	check_sound(b);
	assert_int_equal(peek(b, "SELECT count(*) FROM ticket"), TICKETS);
	assert_int_equal(peek(b, "SELECT count(*) FROM pragma_table_info('ticket')"
	    " WHERE name = 'colour'"), v >= 2);
	assert_int_equal(peek(b, "SELECT count(*) FROM sqlite_schema WHERE name = 'shade'"), v >= 2);
	if (v >= 2)
		assert_int_equal(peek(b, "SELECT count(*) FROM shade"), TICKETS);
	assert_int_equal(peek(b, "SELECT count(*) FROM sqlite_schema WHERE name = 'ticket_colour'"),
	    v == 3);
	if (v >= 2)
		assert_int_equal(peek(b, "SELECT count(*) FROM ticket WHERE colour = 'green'"),
		    v == 3 ? TICKETS : 0);
	return v;
}

static void
one_after_another(void **state)
{
	struct box *b = *state;

	filled(b);
	OK(schema_migrate_by(b->s, next, NEXT, T0, &b->f));
	assert_int_equal(version_of(b), 3);
	OK(schema_migrate_by(b->s, next, NEXT, T0, &b->f));
	store_close(&b->s);
	/* This program is older than that. */
	IS(ST_PERM, store_open(&b->s, b->path, STORE_WRITE, T0, &b->f));
	assert_non_null(strstr(b->f.text, "newer version 3"));
	assert_int_equal(version_of(b), 3);
}

static void
step_that_fails_undoes_its_version(void **state)
{
	static const struct schema_step bad[] = {
		{ 2, "ALTER TABLE ticket ADD COLUMN colour TEXT NOT NULL DEFAULT '';" },
		{ 2, "INSERT INTO no_such_table VALUES (1)" },
		{ 2, "PRAGMA user_version = 2" },
	};
	struct box *b = *state;

	filled(b);
	IS(ST_PERM, schema_migrate_by(b->s, bad, 3, T0, &b->f));
	assert_int_equal(version_of(b), 1);
	(void)open_ticket(b, "late@example.org", TICKETS + 1);
	store_close(&b->s);
	OK(store_open(&b->s, b->path, STORE_WRITE, T0, &b->f));
}

static int
die_after(void *left)
{
	if (--*(int *)left <= 0)
		(void)kill(getpid(), SIGKILL);
	return 0;
}

/* Dies after `ops` hundreds of SQLite's own operations; 0 when it came to its end. */
static int
migrate_and_die(struct box *b, int ops)
{
	int status;
	pid_t kid = fork();

	if (kid == 0) {
		/* A program of a later version, which does not find the file too new. */
		static struct store later = { .mode = STORE_WRITE };

		if (sqlite3_open(b->path, &later.db) != SQLITE_OK)
			_exit(2);
		sqlite3_progress_handler(later.db, 100, die_after, &ops);
		_exit(schema_migrate_by(&later, next, NEXT, T0, &b->f) == ST_OK ? 0 : 3);
	}
	assert_int_equal(waitpid(kid, &status, 0), kid);
	assert_true(status == 0 || (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
	return status;
}

static void
killed_at_any_point(void **state)
{
	int seen[4] = { 0 }, status = -1;

	for (int k = 1; status != 0; k++) {
		struct box *b;
		int64_t v;

		box_setup_bare((void **)&b);
		filled(b);
		store_close(&b->s);
		status = migrate_and_die(b, k);
		v = version_of(b);
		assert_in_range(v, 1, 3);
		seen[v]++;
		assert_int_equal(migrate_and_die(b, 1000000), 0);
		assert_int_equal(version_of(b), 3);
		box_teardown((void **)&b);
	}
	assert_true(seen[1] > 3 && seen[2] > 3 && seen[3] > 0);
	(void)state;
}

/* ---- released versions ---- */

static int
version_in(const char *name)
{
	struct span s = span_of(name);
	unsigned long long v = 0;

	if (s.n < 6 || s.p[0] != 'v' || !span_number(span_from(s.p + 1, s.n - 5), 9999, &v))
		return 0;
	return (int)v;
}

static void
every_released_version(void **state)
{
	struct box *b = *state;
	const char **names;
	struct span sql;
	size_t n = 0;

	if (access("tests/schema", F_OK) == 0)
		OK(file_list(b->a, "tests/schema", ".sql", &names, &n, &b->f));
	/* One dump a version: who adds a version keeps the one before. */
	assert_int_equal(n, schema_version() - 1);
	for (size_t i = 0; i < n; i++) {
		int v = version_in(names[i]);

		assert_in_range(v, 1, schema_version() - 1);
		OK(file_read(b->a, arena_printf(b->a, "tests/schema/%s", names[i]), FILE_PLAIN, 1 << 20,
		    &sql, &b->f));
		poke(b, sql.p);
		assert_int_equal(peek(b, "PRAGMA user_version"), v);
		OK(store_open(&b->s, b->path, STORE_WRITE, T0, &b->f));
		assert_int_equal(peek(b, "PRAGMA user_version"), schema_version());
		check_sound(b);
		store_close(&b->s);
		assert_int_equal(unlink(b->path), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_BARE(one_after_another), TEST_BARE(step_that_fails_undoes_its_version),
		cmocka_unit_test(killed_at_any_point), TEST_BARE(every_released_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
