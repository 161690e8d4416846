/* migrate.c - a database is brought to the newest version, one transaction a version. */
#include "schema_int.h"

int
schema_version(void)
{
	size_t n;
	const struct schema_step *v = schema_steps(&n);

	return v[n - 1].version;
}

static enum status
run_text(struct store *s, const char *sql, struct fault *f)
{
	int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? ST_OK : db_fault(s, rc, f);
}

/* The version is read under the lock: another process may have been faster. */
static enum status
step_locked(struct store *s, const struct schema_step *step, size_t n, int64_t now,
    bool *more_out, struct fault *f)
{
	int64_t v = 0;

	if (db_get(s, SQL_GET_USER_VERSION, NULL, 0, &v, f) != ST_OK)
		return f->st;
	*more_out = v < step[n - 1].version;
	if (!*more_out)
		return ST_OK;
	for (size_t i = 0; i < n; i++)
		if (step[i].version == v + 1 && run_text(s, step[i].sql, f) != ST_OK)
			return f->st;
	if (v == 0)
		return db_run(s, SQL_META_CREATE, DB_VALS(db_int("@now", now)), f);
	return ST_OK;
}

enum status
schema_migrate_by(struct store *s, const struct schema_step *v, size_t n, int64_t now,
    struct fault *f)
{
	bool more = true, mine;

	while (more) {
		enum status st = db_enter(s, &mine, f);

		if (st == ST_OK)
			st = step_locked(s, v, n, now, &more, f);
		if (db_leave(s, mine, st, f) != ST_OK)
			return f->st;
	}
	return ST_OK;
}

enum status
schema_migrate(struct store *s, int64_t now, struct fault *f)
{
	size_t n;
	const struct schema_step *v = schema_steps(&n);

	return schema_migrate_by(s, v, n, now, f);
}
