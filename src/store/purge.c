#include "purge.h"

#include "db.h"

#include <assert.h>

enum { DAY = 86400 };

enum status
purge_categories(struct store *s, struct arena *a, const char ***out, size_t *n,
    struct fault *f)
{
	const char **v = arena_new(a, const char *, PURGE_LINES_MAX);
	struct stmt *q = db_start(s, SQL_PURGE_CATEGORIES, DB_VALS(db_int("@max",
	    PURGE_LINES_MAX)));
	enum status st = ST_NONE;

	*out = v;
	for (*n = 0; *n < PURGE_LINES_MAX && (st = db_step(q, f)) == ST_OK; (*n)++)
		v[*n] = db_col_text(q, 0, a);
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

enum status
purge_count(struct store *s, const struct expiry *what, struct purge_line *out,
    struct fault *f)
{
	const struct val before = db_int("@before", what->before);
	struct stmt *q = what->category[0] == '\0' ?
	    db_start(s, SQL_PURGE_STRAYS, DB_VALS(before)) :
	    db_start(s, SQL_PURGE_COUNT, DB_VALS(before, db_text("@category", what->category)));
	enum status st = db_step(q, f);

	*out = (struct purge_line){ .what = *what };
	if (st == ST_OK) {
		out->tickets = db_col_int(q, 0);
		out->messages = db_col_int(q, 1);
		out->first = db_col_int(q, 2);
		out->last = db_col_int(q, 3);
	}
	db_end(q);
	return st;
}

enum status
purge_unclosed(struct store *s, int64_t before, int64_t *out, struct fault *f)
{
	return db_get(s, SQL_PURGE_UNCLOSED, DB_VALS(db_int("@before", before)), out, f);
}

enum status
purge_list(struct store *s, const struct purge_line *v, size_t n, const char *by, int64_t now,
    int64_t *number_out, struct fault *f)
{
	assert(s->begun);
	if (db_run(s, SQL_PURGE_LIST, DB_VALS(db_int("@now", now), db_text("@by", by)), f)
	    != ST_OK)
		return f->st;
	*number_out = db_last_id(s);
	for (size_t i = 0; i < n; i++)
		if (db_run(s, SQL_PURGE_LINE, DB_VALS(db_int("@list", *number_out),
		    db_text("@category", v[i].what.category),
		    db_int("@before", v[i].what.before), db_int("@tickets", v[i].tickets),
		    db_int("@messages", v[i].messages)), f) != ST_OK)
			return f->st;
	return ST_OK;
}

static enum status
lines_read(struct store *s, struct arena *a, int64_t number, struct purge_line **out,
    size_t *n, struct fault *f)
{
	struct purge_line *v = arena_new(a, struct purge_line, PURGE_LINES_MAX);
	struct stmt *q = db_start(s, SQL_PURGE_LINES, DB_VALS(db_int("@list", number)));
	enum status st = ST_NONE;

	*out = v;
	for (*n = 0; *n < PURGE_LINES_MAX && (st = db_step(q, f)) == ST_OK; (*n)++)
		v[*n] = (struct purge_line){
			.what = { db_col_text(q, 0, a), db_col_int(q, 1) },
			.tickets = db_col_int(q, 2), .messages = db_col_int(q, 3),
		};
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

enum status
purge_last(struct store *s, struct arena *a, int64_t now, int64_t *number_out,
    struct purge_line **out, size_t *n, struct fault *f)
{
	enum status st = db_get(s, SQL_PURGE_LAST, DB_VALS(db_int("@since",
	    now - (int64_t)PURGE_LIST_DAYS * DAY)), number_out, f);

	return st == ST_OK ? lines_read(s, a, *number_out, out, n, f) : st;
}

enum status
purge_done(struct store *s, int64_t number, int64_t now, struct fault *f)
{
	assert(s->begun);
	return db_run(
	    s, SQL_PURGE_DONE, DB_VALS(db_int("@list", number), db_int("@now", now)), f);
}
