#include "db.h"

#include "outmail.h"

#include <assert.h>

enum status
store_recall_any(struct store *s, int64_t now, bool *any_out, struct fault *f)
{
	int64_t any = 0;

	if (db_get(s, SQL_REMINDER_ANY, DB_VALS(db_int("@now", now)), &any, f) != ST_OK)
		return f->st;
	*any_out = any != 0;
	return ST_OK;
}

static void
recall_read(struct stmt *q, struct arena *a, struct recall *r)
{
	bool known = ticket_state_of(db_peek_text(q, 4), &r->state);

	assert(known);
	r->id = db_col_int(q, 0);
	r->ticket = db_col_int(q, 1);
	r->ref = db_col_text(q, 2, a);
	r->category = db_col_text(q, 3, a);
	r->sensitive = db_col_int(q, 5) != 0;
	r->agent = db_col_text(q, 6, a);
	r->by = db_col_text(q, 7, a);
	r->text = db_col_text(q, 8, a);
	r->at = db_col_int(q, 9);
}

enum status
store_recalls(struct store *s, struct arena *a, int64_t now, struct recall **out, size_t *n,
    struct fault *f)
{
	struct recall *v = arena_new(a, struct recall, RECALLS_MAX);
	struct stmt *q = db_start(s, SQL_REMINDER_DUE, DB_VALS(db_int("@now", now),
	    db_int("@max", RECALLS_MAX)));
	enum status st = ST_NONE;

	for (*n = 0; *n < RECALLS_MAX && (st = db_step(q, f)) == ST_OK; (*n)++)
		recall_read(q, a, &v[*n]);
	db_end(q);
	*out = v;
	return st == ST_NONE ? ST_OK : st;
}

enum status
store_recalled(struct store *s, const struct recall *r, const struct plan *p, int64_t now,
    struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();

	assert(s->begun);
	for (size_t i = 0; i < p->nmails; i++)
		if (outmail_put(s, a, r->ticket, 0, &p->mails[i], now, f) != ST_OK)
			return f->st;
	return db_run(s, SQL_REMINDER_SENT, DB_VALS(db_int("@id", r->id), db_int("@now", now)), f);
}
