#include "db.h"

#include "outmail.h"

#include <assert.h>

enum { DUTY_KEPT_DAYS = 400, TICKETS_FIRST = 64, ANSWERS_MAX = 200 };

/* ---- alerts ---- */

enum status
store_vigil_any(struct store *s, int64_t upto, int64_t now, bool *any_out, struct fault *f)
{
	int64_t any = 0;

	if (db_get(s, SQL_VIGIL_ANY, DB_VALS(db_int("@upto", upto), db_int("@now", now)),
	    &any, f) != ST_OK)
		return f->st;
	*any_out = any != 0;
	return ST_OK;
}

static enum status
vigils_read(struct store *s, struct arena *a, int64_t upto, struct remind_alert *v, size_t *n,
    struct fault *f)
{
	struct stmt *q = db_start(s, SQL_VIGIL_DUE, DB_VALS(db_int("@upto", upto),
	    db_int("@max", VIGILS_MAX)));
	enum status st = ST_NONE;

	for (*n = 0; *n < VIGILS_MAX && (st = db_step(q, f)) == ST_OK; (*n)++)
		v[*n] = (struct remind_alert){
			.ticket = db_col_int(q, 0), .ref = db_col_text(q, 1, a),
			.category = db_col_text(q, 2, a), .sensitive = db_col_int(q, 3) != 0,
			.since = db_col_int(q, 4), .times = (unsigned)db_col_int(q, 5),
			.alerted_at = db_col_int(q, 6), .acked = db_col_int(q, 7) != 0,
			.contact = db_col_text(q, 8, a),
		};
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

enum status
store_vigils(struct store *s, struct arena *a, int64_t upto, int64_t now,
    struct remind_alert **out, size_t *n, struct fault *f)
{
	assert(s->begun);
	*out = arena_new(a, struct remind_alert, VIGILS_MAX);
	if (db_run(s, SQL_VIGIL_DROP, NULL, 0, f) != ST_OK ||
	    db_run(s, SQL_VIGIL_CLAMP, DB_VALS(db_int("@now", now)), f) != ST_OK)
		return f->st;
	return vigils_read(s, a, upto, *out, n, f);
}

static enum status
alert_put(struct store *s, struct arena *a, const struct remind_alert *v,
    const struct plan_mail *m, int64_t now, struct fault *f)
{
	int64_t waits;
	enum status st = db_get(s, SQL_ALERT_HURRY, DB_VALS(db_int("@ticket", v->ticket),
	    db_text("@to", m->to), db_int("@now", now)), &waits, f);

	return st == ST_NONE ? outmail_put(s, a, v->ticket, 0, m, now, f) : st;
}

enum status
store_vigil_rung(struct store *s, const struct remind_alert *v, const struct plan *p,
    int64_t at, int64_t now, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();

	assert(s->begun);
	for (size_t i = 0; i < p->nmails; i++)
		if (alert_put(s, a, v, &p->mails[i], now, f) != ST_OK)
			return f->st;
	if (db_run(s, SQL_EVENT_ADD, DB_VALS(db_int("@ticket", v->ticket), db_id("@message", 0),
	    db_int("@at", now), db_text("@kind", event_kind_name(EVENT_ALERT)),
	    db_text("@by", "bureaud"),
	    db_text("@text", arena_printf(a, "vital: nobody answered, alert repeated (%u)",
	    v->times + 1))), f) != ST_OK)
		return f->st;
	return db_run(s, SQL_VIGIL_RUNG, DB_VALS(db_int("@ticket", v->ticket),
	    db_int("@at", at)), f);
}

/* ---- what is done once a day ---- */

enum status
store_duty_last(struct store *s, const char *name, const char *who, date_day day,
    date_day *last_out, bool *done_out, struct fault *f)
{
	struct stmt *q = db_start(s, SQL_DUTY_LAST, DB_VALS(db_int("@day", day),
	    db_text("@name", name), db_text("@who", who)));
	enum status st = db_step(q, f);

	if (st == ST_OK) {
		*last_out = (date_day)db_col_int(q, 0);
		*done_out = db_col_int(q, 1) != 0;
	}
	db_end(q);
	return st;
}

enum status
store_duty_add(struct store *s, const char *name, const char *who, date_day day,
    struct fault *f)
{
	assert(s->begun);
	if (db_run(s, SQL_DUTY_DROP, DB_VALS(db_int("@before", day - DUTY_KEPT_DAYS)), f)
	    != ST_OK)
		return f->st;
	return db_run(s, SQL_DUTY_ADD, DB_VALS(db_text("@name", name), db_text("@who", who),
	    db_int("@day", day)), f);
}

static void
ticket_read(struct stmt *q, struct arena *a, struct remind_ticket *t)
{
	bool known = ticket_state_of(db_peek_text(q, 4), &t->state) &&
	    urgency_of(db_peek_text(q, 12), &t->urgency);

	assert(known);
	t->id = db_col_int(q, 0);
	t->ref = db_col_text(q, 1, a);
	t->category = db_col_text(q, 2, a);
	t->agent = db_col_text(q, 3, a);
	t->sensitive = db_col_int(q, 5) != 0;
	t->opened = db_col_int(q, 6);
	t->last_activity = db_col_int(q, 7);
	t->due = (date_day)db_col_int(q, 8);
	t->due_ar = (date_day)db_col_int(q, 9);
	t->due_silence = (date_day)db_col_int(q, 10);
	t->acked = db_col_int(q, 11) != 0;
	t->first_answer = db_col_int(q, 13);
	t->contact = db_col_text(q, 14, a);
}

static enum status
tickets_read(struct store *s, enum sql id, struct arena *a, struct remind_ticket **out,
    size_t *n, struct fault *f)
{
	struct remind_ticket *v = arena_new(a, struct remind_ticket, TICKETS_FIRST);
	struct stmt *q = db_start(s, id, NULL, 0);
	size_t room = TICKETS_FIRST;
	enum status st;

	for (*n = 0; (st = db_step(q, f)) == ST_OK; (*n)++) {
		if (*n == room) {
			struct remind_ticket *more = arena_new(a, struct remind_ticket,
			    room * 2);

			for (size_t i = 0; i < room; i++)
				more[i] = v[i];
			v = more;
			room *= 2;
		}
		ticket_read(q, a, &v[*n]);
	}
	db_end(q);
	*out = v;
	return st == ST_NONE ? ST_OK : st;
}

enum status
store_remind_dates(struct store *s, struct arena *a, struct remind_ticket **out, size_t *n,
    struct fault *f)
{
	return tickets_read(s, SQL_REMIND_DATES, a, out, n, f);
}

enum status
store_remind_answers(struct store *s, struct arena *a, int64_t from, int64_t to,
    struct remind_answer **out, size_t *n, struct fault *f)
{
	struct remind_answer *v = arena_new(a, struct remind_answer, ANSWERS_MAX);
	struct stmt *q = db_start(s, SQL_REMIND_ANSWERS, DB_VALS(db_int("@from", from),
	    db_int("@to", to), db_int("@max", ANSWERS_MAX)));
	enum status st = ST_NONE;

	for (*n = 0; *n < ANSWERS_MAX && (st = db_step(q, f)) == ST_OK; (*n)++)
		v[*n] = (struct remind_answer){
			.ref = db_col_text(q, 0, a), .category = db_col_text(q, 1, a),
			.sender = db_col_text(q, 2, a), .sensitive = db_col_int(q, 3) != 0,
		};
	db_end(q);
	*out = v;
	return st == ST_NONE ? ST_OK : st;
}

enum status
store_remind_high(struct store *s, struct arena *a, struct remind_ticket **out, size_t *n,
    struct fault *f)
{
	return tickets_read(s, SQL_REMIND_HIGH, a, out, n, f);
}

enum status
store_send(struct store *s, const struct plan_mail *v, size_t n, int64_t now, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();

	assert(s->begun);
	for (size_t i = 0; i < n; i++)
		if (outmail_put(s, a, v[i].ticket, 0, &v[i], now, f) != ST_OK)
			return f->st;
	return ST_OK;
}
