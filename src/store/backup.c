#include "backup.h"

#include "db.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* In one step: a step is one read transaction, and in WAL mode no writer waits for it. */
static enum status
pages_copy(struct store *s, sqlite3 *to, struct fault *f)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", s->db, "main");
	int rc, end;

	if (b == NULL)
		return fault_set(f, ST_TEMP, "%s", sqlite3_errmsg(to));
	rc = sqlite3_backup_step(b, -1);
	end = sqlite3_backup_finish(b);
	if (rc == SQLITE_DONE)
		rc = end;
	return rc == SQLITE_OK ? ST_OK : fault_set(f, ST_TEMP, "%s", sqlite3_errstr(rc));
}

static enum status
draft_fill(struct store *s, const char *draft, struct fault *f)
{
	sqlite3 *to = NULL;
	int rc = sqlite3_open_v2(
	    draft, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE, NULL);
	enum status st = rc == SQLITE_OK ? pages_copy(s, to, f) :
	    fault_set(f, ST_TEMP, "%s", sqlite3_errstr(rc));

	rc = sqlite3_close(to);
	if (st == ST_OK && rc != SQLITE_OK)
		st = fault_set(f, ST_TEMP, "%s", sqlite3_errstr(rc));
	return st;
}

/* "ok", and no row without the one it names. */
static enum status
soundness(struct store *s, struct fault *f)
{
	struct stmt *q = db_start(s, SQL_INTEGRITY, NULL, 0);
	enum status st = db_step(q, f);

	if (st == ST_OK && strcmp(db_peek_text(q, 0), "ok") != 0)
		st = fault_set(f, ST_PERM, "the copy is damaged: %.200s", db_peek_text(q, 0));
	db_end(q);
	if (st != ST_OK)
		return st;
	q = db_start(s, SQL_FOREIGN_KEYS, NULL, 0);
	st = db_step(q, f);
	db_end(q);
	return st == ST_NONE ? ST_OK : st != ST_OK ? st :
	    fault_set(f, ST_PERM, "the copy is damaged: a row names one that is not there");
}

static enum status
quieten(struct store *s, struct fault *f)
{
	bool mine;
	enum status st = db_enter(s, &mine, f);

	return st == ST_OK ? db_leave(s, mine, db_run(s, SQL_BACKUP_QUIET, NULL, 0, f), f) : st;
}

/* Read from the file, as whoever restores it will. */
static enum status
draft_check(const char *draft, int64_t now, struct fault *f)
{
	struct store *s = NULL;
	enum status st = store_open(&s, draft, STORE_WRITE, now, f);

	if (st == ST_OK)
		st = quieten(s, f);
	if (st == ST_OK)
		st = soundness(s, f);
	if (st == ST_OK)
		st = db_run(s, SQL_CHECKPOINT, NULL, 0, f);
	store_close(&s);
	return st == ST_NONE ? fault_set(f, ST_PERM, "%s: gone while it was checked", draft)
			     : st;
}

static enum status
draft_name(const char *draft, const char *path, int64_t *bytes_out, struct fault *f)
{
	int fd = open(draft, O_RDONLY | O_CLOEXEC), rc;
	struct stat sb;

	if (fd < 0)
		return fault_errno(f, ST_PERM, "%s", draft);
	rc = fstat(fd, &sb) < 0 ? -1 : fsync(fd);
	(void)close(fd);
	if (rc < 0)
		return fault_errno(f, ST_TEMP, "%s", draft);
	*bytes_out = sb.st_size;
	if (link(draft, path) < 0)		/* never over another file */
		return fault_errno(f, ST_PERM, "%s", path);
	return db_sync_folder(path, f);
}

enum status
store_backup(struct store *s, const char *path, int64_t now, int64_t *bytes_out,
    struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	const char *draft = arena_printf(a, "%s.new.%ld", path, (long)getpid());
	struct fault why = { 0 };
	struct stat sb;
	enum status st;

	if (lstat(path, &sb) == 0)
		return fault_set(f, ST_PERM, "%s: there is such a file already", path);
	db_remove_files(a, draft);
	if (db_make_file(draft, f) != ST_OK)
		return f->st;
	st = draft_fill(s, draft, &why);
	if (st == ST_OK)
		st = draft_check(draft, now, &why);
	if (st == ST_OK)
		st = draft_name(draft, path, bytes_out, &why);
	db_remove_files(a, draft);
	return st == ST_OK ? ST_OK : fault_set(f, st, "%s: %s", path, why.text);
}

enum status
store_sent_proven(struct store *s, const char *message_id, int64_t at, struct fault *f)
{
	bool mine;
	enum status st = db_enter(s, &mine, f);

	return st == ST_OK ? db_leave(s, mine, db_run(s, SQL_SENT_PROVEN,
	    DB_VALS(db_text("@message_id", message_id), db_int("@at", at)), f), f) : st;
}
