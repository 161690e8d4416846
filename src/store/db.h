/* db.h - how the store talks to SQLite; private to src/store and its tests.
 *
 * One statement is one line of the table in sql.c.  A call names the statement and gives every
 * one of its parameters by name; what cannot be prepared or bound shows at the first step, so
 * that callers have one place to look.  A fault is read at the failing call and copied: the
 * next call on the connection may already describe something else.
 *
 * Only store_commit commits: a commit hook refuses every other one, so that nothing of a batch
 * that SQLite rolled back by itself (disk full, I/O error) can slip in statement by statement.
 * A transaction begins only while no statement is in use: a read snapshot never turns into a
 * write, hence no SQLITE_BUSY_SNAPSHOT. */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "sql.h"
#include "store.h"

#include <sqlite3.h>

enum {
	DB_APPLICATION_ID = 0x42557265,	/* "BUre" */
	DB_BUSY_MS = 60 * 1000,
	DB_WAL_KEEP = 16 * 1024 * 1024,	/* bytes left of the WAL file after a checkpoint */
};

struct stmt { struct store *s; sqlite3_stmt *raw; bool used; };

struct store {
	sqlite3 *db;
	enum store_mode mode;
	int64_t created_at;
	int64_t run;			/* of this handle alone: tells crashes from failed rounds */
	bool begun, committing, keyed;
	struct sha256 journal_key, person_key;
	unsigned in_use;		/* statements between db_start and db_end */
	struct fault trouble;		/* why the last prepare failed */
	struct stmt stmt[SQL_COUNT];
};

enum val_type { VAL_INT, VAL_TEXT, VAL_BLOB, VAL_NULL };
/* Text and bytes are not copied: they outlive the call that runs the statement. */
struct val { const char *name; enum val_type type; int64_t i; struct span s; };
struct val db_int(const char *name, int64_t v);
struct val db_id(const char *name, int64_t v);		/* 0 is NULL */
struct val db_text(const char *name, const char *z);
struct val db_blob(const char *name, struct span s);
struct val db_sha(const char *name, const struct sha256 *h);

#define DB_VALS(...) (struct val[]){ __VA_ARGS__ }, \
	sizeof (struct val[]){ __VA_ARGS__ } / sizeof(struct val)

/* The class of rc for the caller, the words of SQLite in f. */
enum status db_fault(struct store *s, int rc, struct fault *f);

/* A statement at work.  db_step: ST_OK a row, ST_NONE no more.  db_end always. */
struct stmt *db_start(struct store *s, enum sql id, const struct val *v, size_t n);
enum status db_step(struct stmt *q, struct fault *f) MUST_USE;
void db_end(struct stmt *q);
int64_t db_col_int(struct stmt *q, int i);
const char *db_col_text(struct stmt *q, int i, struct arena *a);
struct span db_col_blob(struct stmt *q, int i, struct arena *a);
/* Without a copy: valid until the next step. */
const char *db_peek_text(struct stmt *q, int i);
struct span db_peek_blob(struct stmt *q, int i);

/* Run to the end, rows ignored. */
enum status db_run(struct store *s, enum sql id, const struct val *v, size_t n,
    struct fault *f) MUST_USE;
/* First column of the first row; ST_NONE: no row. */
enum status db_get(struct store *s, enum sql id, const struct val *v, size_t n, int64_t *out,
    struct fault *f) MUST_USE;
int db_changes(struct store *s);
int64_t db_last_id(struct store *s);

/* Inside the caller's transaction, or in one of our own: db_leave commits that when st is
 * ST_OK or ST_NONE, else rolls it back; st is returned. */
enum status db_enter(struct store *s, bool *mine_out, struct fault *f) MUST_USE;
enum status db_leave(struct store *s, bool mine, enum status st, struct fault *f) MUST_USE;

/* open.c: a new database file, mode 0600, and all its companions gone again; the name survives a
 * power cut like the content. */
enum status db_make_file(const char *path, struct fault *f) MUST_USE;
void db_remove_files(struct arena *a, const char *path);
enum status db_sync_folder(const char *path, struct fault *f) MUST_USE;

/* schema.c: brings the open database to the version that this program knows. */
int schema_version(void);
enum status schema_migrate(struct store *s, int64_t now, struct fault *f) MUST_USE;
/* The same by another list, in which versions ascend: each version is one transaction. */
struct schema_step { int version; const char *sql; };
enum status schema_migrate_by(struct store *s, const struct schema_step *v, size_t n, int64_t now,
    struct fault *f) MUST_USE;

#endif
