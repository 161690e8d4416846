#include "snapshot.h"

#include "db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* One thing of the live schema.  `kind`: of a table, as PRAGMA table_list says. */
struct item { const char *type, *name, *sql, *kind; struct item *next; };

/* A connection of its own: the copy is written without a journal, it is thrown away when anything
 * goes wrong; the live database is only read. */
struct copying {
	struct store s;			/* for its connection and db_fault alone */
	struct arena *a;
	struct item *items;
	struct fault *f;
};

static enum status
run(struct copying *g, const char *sql)
{
	int rc = sqlite3_exec(g->s.db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? ST_OK : db_fault(&g->s, rc, g->f);
}

static enum status
prepare(struct copying *g, const char *sql, sqlite3_stmt **out)
{
	int rc = sqlite3_prepare_v2(g->s.db, sql, -1, out, NULL);

	return rc == SQLITE_OK ? ST_OK : db_fault(&g->s, rc, g->f);
}

static const char *
column(struct copying *g, sqlite3_stmt *q, int i)
{
	const char *z = (const char *)sqlite3_column_text(q, i);

	return arena_strdup(g->a, z != NULL ? z : "");
}

static enum status
attach(struct copying *g, const char *database)
{
	sqlite3_stmt *q;
	int rc;

	if (prepare(g, "ATTACH @path AS live", &q) != ST_OK)
		return g->f->st;
	(void)sqlite3_bind_text(q, 1, database, -1, SQLITE_STATIC);
	rc = sqlite3_step(q);
	(void)sqlite3_finalize(q);
	return rc == SQLITE_DONE ? ST_OK : db_fault(&g->s, rc, g->f);
}

/* In the order in which they were made. */
static enum status
items_read(struct copying *g)
{
	static const char sql[] =
	    "SELECT m.type, m.name, m.sql, l.type FROM live.sqlite_schema m"
	    " LEFT JOIN pragma_table_list l ON l.schema = 'live' AND l.name = m.name"
	    " WHERE m.sql IS NOT NULL AND m.name NOT LIKE 'sqlite_%' ORDER BY m.rowid";
	struct item **tail = &g->items;
	sqlite3_stmt *q;
	int rc;

	if (prepare(g, sql, &q) != ST_OK)
		return g->f->st;
	while ((rc = sqlite3_step(q)) == SQLITE_ROW) {
		struct item *i = arena_new(g->a, struct item, 1);

		i->type = column(g, q, 0);
		i->name = column(g, q, 1);
		i->sql = column(g, q, 2);
		i->kind = column(g, q, 3);
		*tail = i;
		tail = &i->next;
	}
	(void)sqlite3_finalize(q);
	return rc == SQLITE_DONE ? ST_OK : db_fault(&g->s, rc, g->f);
}

/* Which rows of a table come along.  What is said of no table here comes along whole. */
static const char *
wanted(const char *table)
{
	static const struct { const char *table, *where; } few[] = {
		{ "message_text", " WHERE 0" }, { "words", " WHERE 0" },
		{ "wire", " WHERE outbox IN (SELECT id FROM live.outbox"
		    " WHERE state <> 'sent' OR filed = 0)" },
	};

	for (size_t i = 0; i < sizeof few / sizeof *few; i++)
		if (strcmp(few[i].table, table) == 0)
			return few[i].where;
	return "";
}

/* The tables of a search index are made with it and stay empty. */
static enum status
table_copy(struct copying *g, const struct item *i)
{
	if (strcmp(i->type, "table") != 0 || strcmp(i->kind, "shadow") == 0)
		return ST_OK;
	if (run(g, i->sql) != ST_OK)
		return g->f->st;
	if (strcmp(i->kind, "table") != 0)
		return ST_OK;
	return run(g, arena_printf(g->a, "INSERT INTO main.\"%s\" SELECT * FROM live.\"%s\"%s",
	    i->name, i->name, wanted(i->name)));
}

/* The marks of the file itself. */
static enum status
mark_copy(struct copying *g, const char *pragma)
{
	sqlite3_stmt *q;
	long long v = 0;
	int rc;

	if (prepare(g, arena_printf(g->a, "PRAGMA live.%s", pragma), &q) != ST_OK)
		return g->f->st;
	rc = sqlite3_step(q);
	if (rc == SQLITE_ROW)
		v = sqlite3_column_int64(q, 0);
	(void)sqlite3_finalize(q);
	if (rc != SQLITE_ROW)
		return db_fault(&g->s, rc, g->f);
	return run(g, arena_printf(g->a, "PRAGMA main.%s = %lld", pragma, v));
}

/* One transaction: all of it is of one instant. */
static enum status
tables_copy(struct copying *g)
{
	if (run(g, "BEGIN") != ST_OK || items_read(g) != ST_OK)
		return g->f->st;
	for (const struct item *i = g->items; i != NULL; i = i->next)
		if (table_copy(g, i) != ST_OK)
			return g->f->st;
	for (const struct item *i = g->items; i != NULL; i = i->next)
		if (strcmp(i->type, "table") != 0 && run(g, i->sql) != ST_OK)
			return g->f->st;
	if (mark_copy(g, "application_id") != ST_OK || mark_copy(g, "user_version") != ST_OK)
		return g->f->st;
	return run(g, "COMMIT");
}

static enum status
check(struct copying *g)
{
	sqlite3_stmt *q;
	bool good;

	if (prepare(g, "PRAGMA main.integrity_check(1)", &q) != ST_OK)
		return g->f->st;
	good = sqlite3_step(q) == SQLITE_ROW && strcmp(column(g, q, 0), "ok") == 0;
	(void)sqlite3_finalize(q);
	if (good && prepare(g, "PRAGMA main.foreign_key_check", &q) == ST_OK) {
		good = sqlite3_step(q) == SQLITE_DONE;
		(void)sqlite3_finalize(q);
	}
	return good ? ST_OK : fault_set(g->f, ST_PERM, "snapshot: the copy is not sound");
}

static enum status
copy(struct copying *g, const char *database, const char *path)
{
	int rc = sqlite3_open_v2(path, &g->s.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
	    SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE, NULL);

	if (rc != SQLITE_OK)
		return db_fault(&g->s, rc, g->f);
	(void)sqlite3_busy_timeout(g->s.db, DB_BUSY_MS);
	if (run(g, "PRAGMA journal_mode = OFF") != ST_OK ||
	    run(g, "PRAGMA synchronous = OFF") != ST_OK || attach(g, database) != ST_OK ||
	    run(g, arena_printf(g->a, "PRAGMA main.cache_size = -%d", SNAPSHOT_CACHE_KIB)) != ST_OK ||
	    run(g, arena_printf(g->a, "PRAGMA live.cache_size = -%d", SNAPSHOT_CACHE_KIB)) != ST_OK ||
	    tables_copy(g) != ST_OK || check(g) != ST_OK)
		return g->f->st;
	rc = sqlite3_close(g->s.db);
	g->s.db = NULL;
	return rc == SQLITE_OK ? ST_OK : db_fault(&g->s, rc, g->f);
}

enum status
snapshot_copy(const char *database, const char *path, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct copying g = { .a = a, .f = f };
	enum status st;
	int fd;

	(void)unlink(path);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return fault_errno(f, ST_TEMP, "%s", path);
	(void)close(fd);
	st = copy(&g, database, path);
	(void)sqlite3_close(g.s.db);
	if (st != ST_OK)
		(void)unlink(path);
	return st;
}

/* ---- when ---- */

static const char made[] = "snapshot_made", wished[] = "snapshot_wish";

static enum status
mark_get(struct store *s, const char *name, int64_t *out, struct fault *f)
{
	enum status st = db_get(s, SQL_META_GET, DB_VALS(db_text("@name", name)), out, f);

	if (st == ST_NONE)
		*out = 0;
	return st == ST_NONE ? ST_OK : st;
}

static enum status
mark_set(struct store *s, const char *name, int64_t v, struct fault *f)
{
	return db_run(s, SQL_META_SET, DB_VALS(db_text("@name", name), db_int("@value", v)), f);
}

enum status
snapshot_state(struct store *s, struct snapshot_state *out, struct fault *f)
{
	if (mark_get(s, made, &out->made_at, f) != ST_OK)
		return f->st;
	return mark_get(s, wished, &out->wish, f);
}

/* Never the same wish twice: one that comes while a snapshot is under way is told from it. */
static enum status
ask_locked(struct store *s, int64_t now, struct fault *f)
{
	int64_t wish;

	if (mark_get(s, wished, &wish, f) != ST_OK)
		return f->st;
	return mark_set(s, wished, wish >= now ? wish + 1 : now, f);
}

enum status
snapshot_ask(struct store *s, int64_t now, struct fault *f)
{
	bool mine;
	enum status st = db_enter(s, &mine, f);

	if (st != ST_OK)
		return st;
	return db_leave(s, mine, ask_locked(s, now, f), f);
}

static enum status
made_locked(struct store *s, int64_t begun, int64_t granted, struct fault *f)
{
	int64_t wish;

	if (mark_set(s, made, begun, f) != ST_OK || mark_get(s, wished, &wish, f) != ST_OK)
		return f->st;
	return granted != 0 && wish == granted ? mark_set(s, wished, 0, f) : ST_OK;
}

enum status
snapshot_made(struct store *s, int64_t begun, int64_t wish, struct fault *f)
{
	bool mine;
	enum status st = db_enter(s, &mine, f);

	if (st != ST_OK)
		return st;
	return db_leave(s, mine, made_locked(s, begun, wish, f), f);
}
