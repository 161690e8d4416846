/* What waits to be told to an agent in one mail of many. */
#include "db.h"

#include "outmail.h"

#include <assert.h>

enum { PERSONS_MAX = 400 };

static enum status
load_read(struct store *s, const char *person, int64_t now, struct agent_load *out,
    struct fault *f)
{
	struct stmt *q = db_start(s, SQL_LOAD, DB_VALS(db_text("@person", person),
	    db_int("@now", now), db_int("@from", now - NOTIFY_WINDOW)));
	enum status st = db_step(q, f);

	if (st == ST_OK) {
		out->sent = (int)db_col_int(q, 0);
		out->gathering = db_col_int(q, 1) != 0;
	}
	db_end(q);
	return st;
}

enum status
store_loads(struct store *s, struct arena *a, const struct desk *d, int64_t now,
    struct plan_facts *out, struct fault *f)
{
	struct agent_load *v = arena_new(a, struct agent_load, d->nagents + 1);

	out->load = v;
	for (size_t i = 0; i <= d->nagents; i++)
		if (load_read(s, i < d->nagents ? d->agents[i].spec : d->admin, now, &v[i], f)
		    != ST_OK)
			return f->st;
	return ST_OK;
}

enum status
store_grouped_any(struct store *s, int64_t upto, int64_t now, bool *any_out, struct fault *f)
{
	int64_t any = 0;

	if (db_get(s, SQL_NOTICE_ANY, DB_VALS(db_int("@upto", upto), db_int("@now", now)), &any,
	    f) != ST_OK)
		return f->st;
	*any_out = any != 0;
	return ST_OK;
}

enum status
store_grouped_persons(struct store *s, struct arena *a, int64_t upto, int64_t now,
    const char ***out, size_t *n, struct fault *f)
{
	const char **v = arena_new(a, const char *, PERSONS_MAX);
	enum status st = ST_NONE;
	struct stmt *q;

	assert(s->begun);
	if (db_run(s, SQL_NOTICE_CLAMP, DB_VALS(db_int("@now", now)), f) != ST_OK)
		return f->st;
	q = db_start(s, SQL_NOTICE_PERSONS, DB_VALS(db_int("@upto", upto),
	    db_int("@max", PERSONS_MAX)));
	for (*n = 0; *n < PERSONS_MAX && (st = db_step(q, f)) == ST_OK; (*n)++)
		v[*n] = db_col_text(q, 0, a);
	db_end(q);
	*out = v;
	return st == ST_NONE ? ST_OK : st;
}

enum status
store_grouped(struct store *s, struct arena *a, const char *person,
    struct grouped_ticket **out, size_t *n, struct fault *f)
{
	struct grouped_ticket *v = arena_new(a, struct grouped_ticket, GROUP_MAX);
	struct stmt *q = db_start(s, SQL_NOTICE_TICKETS, DB_VALS(db_text("@person", person),
	    db_int("@max", GROUP_MAX)));
	enum status st = ST_NONE;
	bool known = true;

	for (*n = 0; *n < GROUP_MAX && (st = db_step(q, f)) == ST_OK; (*n)++) {
		v[*n] = (struct grouped_ticket){
			.ticket = db_col_int(q, 0), .ref = db_col_text(q, 1, a),
			.category = db_col_text(q, 2, a), .sensitive = db_col_int(q, 4) != 0,
			.messages = (int)db_col_int(q, 5), .arrived = (int)db_col_int(q, 6),
		};
		known = known && urgency_of(db_peek_text(q, 3), &v[*n].urgency);
	}
	db_end(q);
	assert(known);
	*out = v;
	return st == ST_NONE ? ST_OK : st;
}

enum status
store_group_sent(struct store *s, const char *person, const struct grouped_ticket *v, size_t n,
    const struct plan *p, int64_t now, struct fault *f)
{
	struct val who = db_text("@person", person);

	assert(s->begun);
	if (store_send(s, p->mails, p->nmails, now, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < n; i++)
		if (db_run(s, SQL_NOTICE_DROP, DB_VALS(who, db_int("@ticket", v[i].ticket)), f)
		    != ST_OK)
			return f->st;
	return db_run(s, SQL_STORM_SET, DB_VALS(who, db_int("@now", now)), f);
}
