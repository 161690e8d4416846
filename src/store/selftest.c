/* The daily mails to ourselves: sent, come back or not. */
#include "db.h"

#include <assert.h>

enum { SELFTEST_KEPT_DAYS = 60 };

enum status
store_selftest(struct store *s, date_day today, struct selftest *out, struct fault *f)
{
	struct stmt *q = db_start(s, SQL_SELFTEST_LAST, DB_VALS(db_int("@today", today)));
	enum status st = db_step(q, f);

	*out = (struct selftest){ 0 };
	if (st == ST_OK)
		*out = (struct selftest){
			.sent = db_col_int(q, 0), .returned = db_col_int(q, 1),
			.late = db_col_int(q, 2) != 0, .plus = db_col_int(q, 3) != 0,
		};
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

enum status
store_selftest_any(struct store *s, date_day day, bool *any_out, struct fault *f)
{
	int64_t any = 0;

	if (db_get(s, SQL_SELFTEST_ANY, DB_VALS(db_int("@day", day)), &any, f) != ST_OK)
		return f->st;
	*any_out = any != 0;
	return ST_OK;
}

enum status
store_selftest_sent(struct store *s, date_day day, const char *message_id, bool plus,
    int64_t now, struct fault *f)
{
	assert(s->begun);
	if (db_run(s, SQL_SELFTEST_DROP, DB_VALS(db_int("@before", day - SELFTEST_KEPT_DAYS)),
	    f) != ST_OK)
		return f->st;
	return db_run(s, SQL_SELFTEST_ADD, DB_VALS(db_int("@day", day),
	    db_text("@message_id", message_id), db_int("@plus", plus), db_int("@now", now)), f);
}

enum status
store_selftest_lost(struct store *s, struct arena *a, int64_t upto, int64_t now,
    struct selftest_lost **out, size_t *n, struct fault *f)
{
	struct selftest_lost *v = arena_new(a, struct selftest_lost, SELFTEST_KEPT_DAYS);
	struct stmt *q = db_start(s, SQL_SELFTEST_LOST, DB_VALS(db_int("@upto", upto),
	    db_int("@now", now), db_int("@max", SELFTEST_KEPT_DAYS)));
	enum status st = ST_NONE;

	for (*n = 0; *n < SELFTEST_KEPT_DAYS && (st = db_step(q, f)) == ST_OK; (*n)++)
		v[*n] = (struct selftest_lost){
			.day = (int32_t)db_col_int(q, 0), .sent = db_col_int(q, 1),
			.stage = (enum selftest_stage)db_col_int(q, 2),
			.said = db_col_text(q, 3, a), .known = db_col_int(q, 4) != 0,
		};
	db_end(q);
	*out = v;
	return st == ST_NONE ? ST_OK : st;
}

enum status
store_selftest_told(struct store *s, date_day day, struct fault *f)
{
	assert(s->begun);
	return db_run(s, SQL_SELFTEST_TOLD, DB_VALS(db_int("@day", day)), f);
}
