/* Opening is the one moment to refuse: a file that is damaged, foreign or newer is left
 * exactly as it is and named, and nothing is ever made in its place. */
#include "db.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The name of a new file must survive a power cut like its content. */
enum status
db_sync_folder(const char *path, struct fault *f)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash != NULL ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	int fd, rc;

	if (dir == NULL)
		abort();
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(dir);
	if (fd < 0)
		return fault_errno(f, ST_PERM, "%s: its folder", path);
	rc = fsync(fd);
	(void)close(fd);
	return rc == 0 ? ST_OK : fault_errno(f, ST_TEMP, "%s: its folder", path);
}

enum status
db_make_file(const char *path, struct fault *f)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600), rc;

	if (fd < 0)
		return fault_errno(f, errno == ENOSPC || errno == EMFILE ? ST_TEMP : ST_PERM,
		    "%s", path);
	rc = fchmod(fd, 0600);		/* whatever the umask took away */
	(void)close(fd);
	return rc == 0 ? ST_OK : fault_errno(f, ST_PERM, "%s", path);
}

static enum status
look_at_file(const char *path, enum store_mode mode, struct fault *f)
{
	struct stat sb;

	if (stat(path, &sb) < 0)
		return fault_errno(f, errno == ENOENT ? ST_NONE : ST_PERM, "%s", path);
	if (!S_ISREG(sb.st_mode))
		return fault_set(f, ST_PERM, "%s: not a regular file", path);
	if (sb.st_size == 0)
		return fault_set(f, ST_PERM, "%s: empty file, no database; restore a backup",
		    path);
	if (access(path, mode == STORE_READ ? R_OK : R_OK | W_OK) < 0)
		return fault_errno(f, ST_PERM, "%s", path);
	return ST_OK;
}

static int
commit_hook(void *ctx)
{
	struct store *s = ctx;

	return !s->committing;
}

static enum status
connect(struct store *s, const char *path, struct fault *f)
{
	int flags = s->mode == STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	static const struct { int op, on; } config[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 }, { SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 }, { SQLITE_DBCONFIG_DQS_DDL, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 }, { SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
		{ SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
	};
	int rc = sqlite3_open_v2(path, &s->db,
	    flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
	    SQLITE_OPEN_EXRESCODE, NULL);

	if (rc != SQLITE_OK)
		return db_fault(s, rc, f);
	(void)sqlite3_busy_timeout(s->db, DB_BUSY_MS);
	for (size_t i = 0; i < sizeof config / sizeof *config; i++) {
		int now = -1;

		rc = sqlite3_db_config(s->db, config[i].op, config[i].on, &now);
		assert(rc == SQLITE_OK && now == config[i].on);
	}
	return ST_OK;
}

/* Whose file, of which version. */
static enum status
identify(struct store *s, int *version_out, struct fault *f)
{
	int64_t id = 0, version = 0, tables = 0;

	if (db_get(s, SQL_GET_APPLICATION_ID, NULL, 0, &id, f) != ST_OK ||
	    db_get(s, SQL_GET_USER_VERSION, NULL, 0, &version, f) != ST_OK ||
	    db_get(s, SQL_COUNT_SCHEMA, NULL, 0, &tables, f) != ST_OK)
		return f->st;
	*version_out = (int)version;
	if (id != DB_APPLICATION_ID)
		return fault_set(f, ST_PERM, "not a database of this program (mark %08llx)",
		    (unsigned long long)id);
	if (version > schema_version())
		return fault_set(f, ST_PERM, "newer version %d, this program knows %d",
		    *version_out, schema_version());
	if (version == 0 || tables == 0)
		return fault_set(f, ST_PERM, "its tables are missing; restore a backup");
	if (version < schema_version() && s->mode == STORE_READ)
		return fault_set(f, ST_PERM,
		    "older version %d, this program knows %d: start bureaud once",
		    *version_out, schema_version());
	return ST_OK;
}

/* A pragma is a wish; what it answers is the truth. */
static enum status
insist(struct store *s, enum sql set, enum sql get, const char *want, struct fault *f)
{
	struct stmt *q;
	enum status st;

	if (db_run(s, set, NULL, 0, f) != ST_OK)
		return f->st;
	q = db_start(s, get, NULL, 0);
	st = db_step(q, f);
	if (st == ST_OK && strcmp(db_peek_text(q, 0), want) != 0)
		st = fault_set(f, ST_PERM, "%s: it says %s instead of %s", sql_text(set),
		    db_peek_text(q, 0), want);
	db_end(q);
	return st;
}

static enum status
settle(struct store *s, struct fault *f)
{
	if (insist(s, SQL_SET_SYNC, SQL_GET_SYNC, "2", f) != ST_OK ||
	    db_run(s, SQL_SET_TEMP, NULL, 0, f) != ST_OK)
		return f->st;
	if (s->mode == STORE_READ)
		return db_run(s, SQL_SET_QUERY_ONLY, NULL, 0, f);
	if (insist(s, SQL_SET_WAL, SQL_GET_WAL, "wal", f) != ST_OK ||
	    insist(s, SQL_SET_SECURE, SQL_GET_SECURE, "1", f) != ST_OK)
		return f->st;
	return db_run(s, SQL_SET_WAL_KEEP, NULL, 0, f);
}

static enum status
bring_up(struct store *s, int64_t now, struct fault *f)
{
	int version = 0;
	enum status st;

	if (identify(s, &version, f) != ST_OK || settle(s, f) != ST_OK)
		return f->st;
	(void)sqlite3_commit_hook(s->db, commit_hook, s);
	if (version < schema_version() && schema_migrate(s, now, f) != ST_OK)
		return f->st;
	st = db_get(s, SQL_META_GET, DB_VALS(db_text("@name", "created_at")), &s->created_at, f);
	return st != ST_NONE ? st :
	    fault_set(f, ST_PERM, "its tables are empty; restore a backup");
}

/* A new file: our mark, the tables, all of it in the file itself and none in a log. */
static enum status
furnish(struct store *s, int64_t now, struct fault *f)
{
	if (db_run(s, SQL_SET_APPLICATION_ID, NULL, 0, f) != ST_OK || settle(s, f) != ST_OK)
		return f->st;
	(void)sqlite3_commit_hook(s->db, commit_hook, s);
	if (schema_migrate(s, now, f) != ST_OK)
		return f->st;
	return db_run(s, SQL_CHECKPOINT, NULL, 0, f);
}

/* On the way out f names the path before what went wrong. */
static enum status
open_with(struct store **out, const char *path, enum store_mode mode, int64_t now,
    enum status (*then)(struct store *s, int64_t now, struct fault *f), struct fault *f)
{
	struct store *s = calloc(1, sizeof *s);
	struct fault why = { .st = ST_OK };
	enum status st;

	if (s == NULL)
		abort();
	s->mode = mode;
	random_bytes(&s->run, sizeof s->run);
	st = connect(s, path, &why);
	if (st == ST_OK)
		st = then(s, now, &why);
	*out = s;
	if (st == ST_OK)
		return ST_OK;
	store_close(out);
	return fault_set(f, st, "%s: %s", path, why.text);
}

void
db_remove_files(struct arena *a, const char *path)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-journal" };

	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
		(void)unlink(arena_printf(a, "%s%s", path, tails[i]));
}

/* Made whole under another name, then given its own: at `path` there is never half a
 * database.  Another process may have been faster; then its file is the one. */
static enum status
create(const char *path, int64_t now, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	const char *draft = arena_printf(a, "%s.new.%ld", path, (long)getpid());
	struct store *s = NULL;
	enum status st;

	db_remove_files(a, draft);
	st = db_make_file(draft, f);
	if (st == ST_OK)
		st = open_with(&s, draft, STORE_CREATE, now, furnish, f);
	store_close(&s);
	if (st == ST_OK && link(draft, path) < 0 && errno != EEXIST)
		st = fault_errno(f, ST_PERM, "%s", path);
	db_remove_files(a, draft);
	return st == ST_OK ? db_sync_folder(path, f) : st;
}

enum status
store_open(struct store **out, const char *path, enum store_mode mode, int64_t now,
    struct fault *f)
{
	enum status st = look_at_file(path, mode, f);

	*out = NULL;
	if (st == ST_NONE && mode == STORE_CREATE && (st = create(path, now, f)) == ST_OK)
		st = look_at_file(path, mode, f);
	return st == ST_OK ? open_with(out, path, mode, now, bring_up, f) : st;
}

void
store_close(struct store **sp)
{
	struct store *s = *sp;

	if (s == NULL)
		return;
	store_rollback(s);
	for (int i = 0; i < SQL_COUNT; i++)
		(void)sqlite3_finalize(s->stmt[i].raw);
	(void)sqlite3_close(s->db);
	explicit_bzero(s, sizeof *s);
	free(s);
	*sp = NULL;
}

void
store_key(struct store *s, struct span key)
{
	s->journal_key = mac_of(key, span_of("bureaud journal"));
	s->person_key = mac_of(key, span_of("bureaud person"));
	s->keyed = true;
}

int64_t
store_created_at(const struct store *s)
{
	return s->created_at;
}
