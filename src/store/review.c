#include "review.h"

#include "db.h"
#include "filing.h"

#include <string.h>

enum { PLACES_MAX = 20 };

static void
row_read(struct stmt *q, struct arena *a, struct review_row *r)
{
	*r = (struct review_row){
		.id = db_col_int(q, 0), .message_id = db_col_text(q, 1, a),
		.received = db_col_int(q, 2), .from = db_col_text(q, 3, a),
		.subject = db_col_text(q, 4, a), .because = db_col_text(q, 5, a),
		.sensitive = db_col_int(q, 6) != 0, .asked = db_col_int(q, 7) != 0,
		.trouble = db_col_text(q, 8, a),
	};
}

enum status
review_list(struct store *s, struct arena *a,
    enum status (*each)(void *ctx, const struct review_row *r), void *ctx, struct fault *f)
{
	struct stmt *q = db_start(s, SQL_REVIEW, NULL, 0);
	struct review_row r;
	enum status st;

	while ((st = db_step(q, f)) == ST_OK) {
		row_read(q, a, &r);
		if ((st = each(ctx, &r)) != ST_OK)
			break;
	}
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

/* Whatever follows, agents need not be told any more that it lies there. */
static enum status
wish_put(struct store *s, const char *kind, int64_t message, const char *by, int64_t now,
    struct fault *f)
{
	if (db_run(s, SQL_WISH_ADD, DB_VALS(db_int("@message", message), db_text("@kind", kind),
	    db_int("@now", now), db_text("@by", by)), f) != ST_OK ||
	    db_run(s, SQL_REVIEW_CODES, DB_VALS(db_int("@message", message)), f) != ST_OK)
		return f->st;
	return db_run(s, SQL_UNTOLD_DROP_ONE, DB_VALS(db_int("@message", message)), f);
}

static enum status
is_aside(struct store *s, int64_t id, struct fault *f)
{
	int64_t one;
	enum status st = db_get(s, SQL_REVIEW_OPEN, DB_VALS(db_int("@message", id)), &one, f);

	return st != ST_NONE ? st
			     : fault_set(f, ST_NONE,
				   "%lld: no such mail is set aside, or it "
				   "is to be released or carried out already",
				   (long long)id);
}

static enum status
release_locked(struct store *s, int64_t id, const char *by, int64_t now, struct fault *f)
{
	if (is_aside(s, id, f) != ST_OK)
		return f->st;
	return wish_put(s, "release", id, by, now, f);
}

static enum status
spam_locked(struct store *s, int64_t id, const char *by, int64_t now, struct fault *f)
{
	if (is_aside(s, id, f) != ST_OK ||
	    db_run(s, SQL_REVIEW_SPAM, DB_VALS(db_int("@message", id)), f) != ST_OK)
		return f->st;
	return wish_put(s, "refile", id, by, now, f);
}

enum status
review_release(struct store *s, int64_t id, const char *by, int64_t now, struct fault *f)
{
	bool mine;
	enum status st = db_enter(s, &mine, f);

	return st == ST_OK ? db_leave(s, mine, release_locked(s, id, by, now, f), f) : st;
}

enum status
review_spam(struct store *s, int64_t id, const char *by, int64_t now, struct fault *f)
{
	bool mine;
	enum status st = db_enter(s, &mine, f);

	return st == ST_OK ? db_leave(s, mine, spam_locked(s, id, by, now, f), f) : st;
}

enum status
wish_list(struct store *s, struct arena *a, size_t max, struct wish **out, size_t *n,
    struct fault *f)
{
	struct wish *v = arena_new(a, struct wish, max);
	struct stmt *q = db_start(s, SQL_WISHES, DB_VALS(db_int("@max", (int64_t)max)));
	enum status st = ST_NONE;

	*out = v;
	for (*n = 0; *n < max && (st = db_step(q, f)) == ST_OK; (*n)++)
		v[*n] = (struct wish){
			.message = db_col_int(q, 0), .release = db_col_int(q, 1) != 0,
			.by = db_col_text(q, 2, a),
			.want = filing_want(db_peek_text(q, 3), db_peek_text(q, 4)),
			.size = (uint64_t)db_col_int(q, 5),
		};
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

enum status
wish_places(struct store *s, struct arena *a, int64_t message, struct wish_place **out,
    size_t *n, struct fault *f)
{
	struct wish_place *v = arena_new(a, struct wish_place, PLACES_MAX);
	struct stmt *q = db_start(s, SQL_WISH_PLACES, DB_VALS(db_int("@message", message),
	    db_int("@max", PLACES_MAX)));
	enum status st = ST_NONE;

	*out = v;
	for (*n = 0; *n < PLACES_MAX && (st = db_step(q, f)) == ST_OK; (*n)++)
		v[*n] = (struct wish_place){ db_col_int(q, 0), { db_col_text(q, 1, a),
		    (uint32_t)db_col_int(q, 2), (uint32_t)db_col_int(q, 3) } };
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

static enum status
wish_run(struct store *s, enum sql id, const struct val *v, size_t n, struct fault *f)
{
	bool mine;
	enum status st = db_enter(s, &mine, f);

	return st == ST_OK ? db_leave(s, mine, db_run(s, id, v, n, f), f) : st;
}

enum status
wish_waits(struct store *s, int64_t message, const char *why, bool *said_out, struct fault *f)
{
	if (wish_run(s, SQL_WISH_WAITS, DB_VALS(db_int("@message", message),
	    db_text("@why", why)), f) != ST_OK)
		return f->st;
	*said_out = db_changes(s) == 0;
	return ST_OK;
}

enum status
wish_done(struct store *s, int64_t message, struct fault *f)
{
	return wish_run(s, SQL_WISH_DONE, DB_VALS(db_int("@message", message)), f);
}
