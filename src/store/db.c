#include "db.h"

#include <assert.h>
#include <string.h>

struct val
db_int(const char *name, int64_t v)
{
	return (struct val){ name, VAL_INT, v, { "", 0 } };
}

struct val
db_id(const char *name, int64_t v)
{
	return (struct val){ name, v == 0 ? VAL_NULL : VAL_INT, v, { "", 0 } };
}

struct val
db_text(const char *name, const char *z)
{
	return (struct val){ name, VAL_TEXT, 0, span_of(z) };
}

struct val
db_blob(const char *name, struct span s)
{
	return (struct val){ name, VAL_BLOB, 0, s };
}

struct val
db_sha(const char *name, const struct sha256 *h)
{
	return db_blob(name, span_from((const char *)h->b, SHA256_BYTES));
}

/* What may pass by itself: a lock, a full disk, no memory, no descriptor left, EIO. */
static enum status
class_of(int rc)
{
	static const int passing[] = {
		SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL, SQLITE_IOERR, SQLITE_NOMEM,
		SQLITE_CANTOPEN, SQLITE_INTERRUPT, SQLITE_PROTOCOL, SQLITE_SCHEMA, SQLITE_ABORT,
	};

	for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
		if ((rc & 0xff) == passing[i])
			return ST_TEMP;
	return ST_PERM;
}

enum status
db_fault(struct store *s, int rc, struct fault *f)
{
	const char *hint = "";

	if ((rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB)
		hint = "; restore a backup";
	return fault_set(f, class_of(rc), "database: %s (%d)%s",
	    s->db != NULL ? sqlite3_errmsg(s->db) : sqlite3_errstr(rc), rc, hint);
}

static void
prepare(struct stmt *q, const char *sql)
{
	const char *tail;
	int rc = sqlite3_prepare_v3(q->s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &q->raw,
	    &tail);

	if (rc != SQLITE_OK) {
		(void)db_fault(q->s, rc, &q->s->trouble);
		q->raw = NULL;
		return;
	}
	assert(*tail == '\0');
}

static void
bind(sqlite3_stmt *raw, const struct val *v)
{
	int at = sqlite3_bind_parameter_index(raw, v->name), rc = SQLITE_OK;

	assert(at > 0);
	switch (v->type) {
	case VAL_INT:
		rc = sqlite3_bind_int64(raw, at, v->i);
		break;
	case VAL_TEXT:
		rc = sqlite3_bind_text64(raw, at, v->s.p, v->s.n, SQLITE_STATIC, SQLITE_UTF8);
		break;
	case VAL_BLOB:
		rc = sqlite3_bind_blob64(raw, at, v->s.p, v->s.n, SQLITE_STATIC);
		break;
	case VAL_NULL:
		break;
	}
	assert(rc == SQLITE_OK);
}

struct stmt *
db_start(struct store *s, enum sql id, const struct val *v, size_t n)
{
	struct stmt *q = &s->stmt[id];

	assert(!q->used);
	q->s = s;
	if (q->raw == NULL)
		prepare(q, sql_text(id));
	q->used = true;
	s->in_use++;
	if (q->raw == NULL)
		return q;
	assert((size_t)sqlite3_bind_parameter_count(q->raw) == n);
	for (size_t i = 0; i < n; i++)
		bind(q->raw, &v[i]);
	return q;
}

enum status
db_step(struct stmt *q, struct fault *f)
{
	struct store *s = q->s;
	int rc;

	if (q->raw == NULL) {
		*f = s->trouble;
		return f->st;
	}
	if (s->begun && sqlite3_get_autocommit(s->db))
		return fault_set(f, ST_TEMP, "database: the transaction was rolled back");
	rc = sqlite3_step(q->raw);
	if (rc == SQLITE_ROW)
		return ST_OK;
	return rc == SQLITE_DONE ? ST_NONE : db_fault(s, rc, f);
}

void
db_end(struct stmt *q)
{
	assert(q->used);
	q->used = false;
	q->s->in_use--;
	if (q->raw == NULL)
		return;
	(void)sqlite3_reset(q->raw);
	(void)sqlite3_clear_bindings(q->raw);
}

int64_t
db_col_int(struct stmt *q, int i)
{
	return sqlite3_column_int64(q->raw, i);
}

const char *
db_peek_text(struct stmt *q, int i)
{
	const unsigned char *z = sqlite3_column_text(q->raw, i);

	return z != NULL ? (const char *)z : "";
}

const char *
db_col_text(struct stmt *q, int i, struct arena *a)
{
	const char *z = db_peek_text(q, i);

	return arena_strndup(a, z, (size_t)sqlite3_column_bytes(q->raw, i));
}

struct span
db_peek_blob(struct stmt *q, int i)
{
	const char *z = sqlite3_column_blob(q->raw, i);

	return span_from(z != NULL ? z : "", (size_t)sqlite3_column_bytes(q->raw, i));
}

struct span
db_col_blob(struct stmt *q, int i, struct arena *a)
{
	struct span v = db_peek_blob(q, i);

	return span_from(arena_strndup(a, v.p, v.n), v.n);
}

enum status
db_run(struct store *s, enum sql id, const struct val *v, size_t n, struct fault *f)
{
	struct stmt *q = db_start(s, id, v, n);
	enum status st;

	do
		st = db_step(q, f);
	while (st == ST_OK);
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

enum status
db_get(struct store *s, enum sql id, const struct val *v, size_t n, int64_t *out,
    struct fault *f)
{
	struct stmt *q = db_start(s, id, v, n);
	enum status st = db_step(q, f);

	if (st == ST_OK) {
		*out = db_col_int(q, 0);
		/* A write with RETURNING is over only when it said so. */
		if (!sqlite3_stmt_readonly(q->raw) && (st = db_step(q, f)) == ST_NONE)
			st = ST_OK;
	}
	db_end(q);
	return st;
}

int
db_changes(struct store *s)
{
	return sqlite3_changes(s->db);
}

int64_t
db_last_id(struct store *s)
{
	return sqlite3_last_insert_rowid(s->db);
}

/* ---- transactions ---- */

enum status
store_begin(struct store *s, struct fault *f)
{
	enum status st;

	assert(!s->begun && s->in_use == 0);
	st = db_run(s, s->mode == STORE_READ ? SQL_BEGIN_READ : SQL_BEGIN, NULL, 0, f);
	s->begun = st == ST_OK;
	return st;
}

enum status
store_commit(struct store *s, struct fault *f)
{
	enum status st;

	assert(s->begun && s->in_use == 0);
	s->committing = true;
	st = db_run(s, SQL_COMMIT, NULL, 0, f);
	s->committing = false;
	if (st != ST_OK) {
		store_rollback(s);
		return st;
	}
	s->begun = false;
	return ST_OK;
}

void
store_rollback(struct store *s)
{
	struct fault f;

	if (!s->begun)
		return;
	assert(s->in_use == 0);
	s->begun = false;
	if (!sqlite3_get_autocommit(s->db))
		(void)!db_run(s, SQL_ROLLBACK, NULL, 0, &f);
}

enum status
store_mail_begin(struct store *s, struct fault *f)
{
	assert(s->begun && s->in_use == 0);
	return db_run(s, SQL_MAIL_BEGIN, NULL, 0, f);
}

enum status
store_mail_end(struct store *s, bool keep, struct fault *f)
{
	assert(s->begun && s->in_use == 0);
	if (!keep && db_run(s, SQL_MAIL_UNDO, NULL, 0, f) != ST_OK)
		return f->st;
	return db_run(s, SQL_MAIL_KEEP, NULL, 0, f);
}

enum status
db_enter(struct store *s, bool *mine_out, struct fault *f)
{
	assert(s->mode != STORE_READ);
	*mine_out = !s->begun;
	return s->begun ? ST_OK : store_begin(s, f);
}

enum status
db_leave(struct store *s, bool mine, enum status st, struct fault *f)
{
	if (!mine)
		return st;
	if (st != ST_OK && st != ST_NONE) {
		store_rollback(s);
		return st;
	}
	return store_commit(s, f) == ST_OK ? st : f->st;
}
