/* failure.c - mails of ours that did not arrive, until somebody is told. */
#include "db.h"

#include "outmail.h"

#include <assert.h>

static void
failed_read(struct stmt *q, struct arena *a, struct failed_mail *out)
{
	bool known = mail_kind_of(db_peek_text(q, 1), &out->kind) &&
	    failure_of(db_peek_text(q, 2), &out->how);

	assert(known);
	out->row = db_col_int(q, 0);
	out->to = db_col_text(q, 3, a);
	out->code = (int)db_col_int(q, 4);
	out->said = db_col_text(q, 5, a);
	out->ticket = db_col_int(q, 6);
	out->ref = db_col_text(q, 7, a);
	out->category = db_col_text(q, 8, a);
	out->agent = db_col_text(q, 9, a);
	out->sensitive = db_col_int(q, 10) != 0;
	out->due_ar = (date_day)db_col_int(q, 11);
	out->author = db_col_text(q, 12, a);
	out->answers = db_col_text(q, 13, a);
	out->watched = db_col_int(q, 14) != 0;
}

enum status
store_failures(struct store *s, struct arena *a, struct failed_mail **out, size_t *n,
    struct fault *f)
{
	struct failed_mail *v = arena_new(a, struct failed_mail, FAILURES_MAX);
	struct stmt *q = db_start(s, SQL_FAILED, DB_VALS(db_int("@max", FAILURES_MAX)));
	enum status st = ST_NONE;

	*out = v;
	for (*n = 0; *n < FAILURES_MAX && (st = db_step(q, f)) == ST_OK; (*n)++)
		failed_read(q, a, &v[*n]);
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

enum status
store_failure_told(struct store *s, const struct failed_mail *v, const struct plan_mail *m,
    size_t n, int64_t now, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();

	assert(s->begun);
	for (size_t i = 0; i < n; i++)
		if (outmail_put(s, a, v->ticket, 0, &m[i], now, f) != ST_OK)
			return f->st;
	return db_run(s, SQL_TOLD, DB_VALS(db_int("@id", v->row)), f);
}
