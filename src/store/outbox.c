/* The life of a mail of ours:
 *
 *   queued --outbox_claim--> sending --outbox_step, at_dot--> unsure --outbox_step--> sent
 *     ^                        |                               |  |
 *     +--- 4xx, unclaim, ------+------------- 5xx ----> dead <-+  |
 *     |    outbox_recover                                         |
 *     +--- once, identical bytes: outbox_recover, or outbox_claim-+
 *          when its result said so */
#include "db.h"

#include "location.h"

#include <assert.h>

enum {
	FAR = 60 * 60,				/* no back-off is longer */
	CLAIM_BYTES = 16 * 1024 * 1024,		/* held at once, but for the last mail */
};

static enum status
recover_locked(struct store *s, int64_t now, unsigned *n_out, struct fault *f)
{
	if (db_run(s, SQL_RECOVER_SENDING, NULL, 0, f) != ST_OK)
		return f->st;
	*n_out = (unsigned)db_changes(s);
	if (db_run(s, SQL_RECOVER_UNSURE, DB_VALS(db_int("@now", now)), f) != ST_OK)
		return f->st;
	*n_out += (unsigned)db_changes(s);
	if (db_run(s, SQL_LOST_EVENTS, DB_VALS(db_int("@now", now)), f) != ST_OK)
		return f->st;
	return db_run(s, SQL_RECOVER_LOST, NULL, 0, f);
}

enum status
outbox_recover(struct store *s, int64_t now, unsigned *n_out, struct fault *f)
{
	enum status st = store_begin(s, f);

	*n_out = 0;
	if (st != ST_OK)
		return st;
	return db_leave(s, true, recover_locked(s, now, n_out, f), f);
}

static void
item_read(struct stmt *q, struct arena *a, struct outbox_item *out)
{
	bool known = mail_kind_of(db_peek_text(q, 1), &out->kind);

	assert(known);
	out->row = db_col_int(q, 0);
	out->mail_from = db_col_text(q, 2, a);
	out->to = db_col_text(q, 3, a);
	out->message_id = db_col_text(q, 4, a);
	out->tries = (unsigned)db_col_int(q, 5);
	out->again = db_col_int(q, 6) != 0;
	out->wire = db_col_blob(q, 7, a);
	out->since = db_col_int(q, 8);
}

/* Due rows of one turn, oldest first, behind the *n that are there. */
static enum status
claim_turn(struct store *s, struct arena *a, int64_t now, enum mail_turn turn, size_t max,
    struct outbox_item *v, bool *early_out, size_t *n, struct fault *f)
{
	struct stmt *q = db_start(s, SQL_CLAIM_LIST, DB_VALS(db_int("@now", now),
	    db_int("@turn", turn), db_int("@far", now + FAR), db_int("@max", (int64_t)(max - *n))));
	enum status st = ST_NONE;
	size_t bytes = 0;

	for (size_t i = 0; i < *n; i++)
		bytes += v[i].wire.n;
	for (; *n < max && bytes < CLAIM_BYTES && (st = db_step(q, f)) == ST_OK; (*n)++) {
		item_read(q, a, &v[*n]);
		early_out[*n] = db_col_int(q, 9) != 0;
		bytes += v[*n].wire.n;
	}
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

/* early_out[i]: a wrong clock made it due before its date.  However much there is of the first
 * turns, a part of each claim is left to the later ones. */
static enum status
claim_list(struct store *s, struct arena *a, int64_t now, size_t max, struct outbox_item *v,
    bool *early_out, size_t *n, struct fault *f)
{
	const size_t left[MAIL_TURNS] = { max / 4, max / 8, 0 };

	*n = 0;
	for (int t = 0; t < MAIL_TURNS; t++)
		if (claim_turn(s, a, now, (enum mail_turn)t, max - left[t], v, early_out, n, f) != ST_OK)
			return f->st;
	return ST_OK;
}

/* The list is read to its end before a row of it changes; the early ones get their date back. */
static enum status
claim_some(struct store *s, struct arena *a, int64_t now, size_t max, struct outbox_item *v,
    size_t *listed, size_t *n, struct fault *f)
{
	bool *early = arena_new(a, bool, max);

	*n = 0;
	if (claim_list(s, a, now, max, v, early, listed, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < *listed; i++) {
		if (db_run(s, early[i] ? SQL_DEFER : SQL_CLAIM_TAKE, DB_VALS(db_int("@id", v[i].row)),
		    f) != ST_OK)
			return f->st;
		if (!early[i])
			v[(*n)++] = v[i];
	}
	return ST_OK;
}

static enum status
claim_locked(struct store *s, struct arena *a, int64_t now, size_t max, struct outbox_item *v,
    size_t *n, struct fault *f)
{
	size_t listed;

	if (db_run(s, SQL_CLAMP, DB_VALS(db_int("@far", now + FAR)), f) != ST_OK)
		return f->st;
	do
		if (claim_some(s, a, now, max, v, &listed, n, f) != ST_OK)
			return f->st;
	while (*n == 0 && listed > 0);
	return *n > 0 ? ST_OK : ST_NONE;
}

enum status
outbox_claim(struct store *s, struct arena *a, int64_t now, size_t max,
    struct outbox_item **out, size_t *n, struct fault *f)
{
	int64_t any = 0;
	enum status st = db_get(s, SQL_CLAIM_ANY, DB_VALS(db_int("@now", now),
	    db_int("@far", now + FAR)), &any, f);

	*n = 0;
	if (st != ST_OK || !any)
		return st == ST_OK ? ST_NONE : st;
	*out = arena_new(a, struct outbox_item, max);
	st = store_begin(s, f);
	if (st != ST_OK)
		return st;
	return db_leave(s, true, claim_locked(s, a, now, max, *out, n, f), f);
}

static enum status
event_out(struct store *s, int64_t row, enum sql id, const char *text, int64_t now,
    struct fault *f)
{
	return db_run(s, id, DB_VALS(db_int("@id", row), db_int("@now", now),
	    db_text("@text", text)), f);
}

static enum status
settle(struct store *s, const struct outbox_result *r, int64_t now, struct fault *f)
{
	enum status st;
	struct val id = db_int("@id", r->row), code = db_int("@code", r->code);
	struct val error = db_text("@error", r->error), next = db_int("@next", r->next_at);

	switch (r->st) {
	case ST_OK:
		st = db_run(s, SQL_SENT, DB_VALS(id, code, db_int("@now", now)), f);
		if (st == ST_OK)
			st = db_run(s, SQL_WIRE_DROP, DB_VALS(id), f);
		return st != ST_OK ? st : event_out(s, r->row, SQL_EVENT_OUT, " to ", now, f);
	case ST_TEMP:
		return db_run(s, SQL_AGAIN, DB_VALS(id, code, error, next,
		    db_int("@counts", !r->paused)), f);
	case ST_PERM:
		st = db_run(s, SQL_DEAD, DB_VALS(id, code, error, db_text("@failure",
		    failure_name(r->expired ? FAILURE_EXPIRED : FAILURE_REFUSED))), f);
		return st != ST_OK ? st : event_out(s, r->row, SQL_EVENT_FAILED,
		    r->expired ? " expired for " : " refused for ", now, f);
	case ST_UNSURE:
		st = db_run(s, SQL_UNSURE, DB_VALS(id, code, error, next), f);
		return st != ST_OK ? st : event_out(s, r->row, SQL_EVENT_FAILED,
		    " may not have reached ", now, f);
	case ST_NONE:
		break;
	}
	return fault_set(f, ST_PERM, "outbox %lld: a result that says nothing",
	    (long long)r->row);
}

static enum status
step_locked(struct store *s, const struct outbox_result *settled, size_t nsettled,
    const int64_t *at_dot, size_t nat_dot, int64_t now, struct fault *f)
{
	for (size_t i = 0; i < nsettled; i++)
		if (settle(s, &settled[i], now, f) != ST_OK)
			return f->st;
	for (size_t i = 0; i < nat_dot; i++) {
		if (db_run(s, SQL_AT_DOT, DB_VALS(db_int("@id", at_dot[i])), f) != ST_OK)
			return f->st;
		if (db_changes(s) != 1)
			return fault_set(f, ST_PERM, "outbox %lld is not being sent",
			    (long long)at_dot[i]);
	}
	return ST_OK;
}

enum status
outbox_step(struct store *s, const struct outbox_result *settled, size_t nsettled,
    const int64_t *at_dot, size_t nat_dot, int64_t now, struct fault *f)
{
	enum status st = store_begin(s, f);

	if (st != ST_OK)
		return st;
	return db_leave(s, true, step_locked(s, settled, nsettled, at_dot, nat_dot, now, f), f);
}

enum status
outbox_withdrawn(struct store *s, const int64_t *rows, size_t n, bool *out, struct fault *f)
{
	for (size_t i = 0; i < n; i++) {
		int64_t dead;

		if (db_get(s, SQL_WITHDRAWN, DB_VALS(db_int("@id", rows[i])), &dead, f) != ST_OK)
			return f->st;
		out[i] = dead != 0;
	}
	return ST_OK;
}

static enum status
unclaim_locked(struct store *s, const int64_t *rows, size_t n, int64_t next_at,
    struct fault *f)
{
	for (size_t i = 0; i < n; i++)
		if (db_run(s, SQL_UNCLAIM, DB_VALS(db_int("@id", rows[i]),
		    db_int("@next", next_at)), f) != ST_OK)
			return f->st;
	return ST_OK;
}

enum status
outbox_unclaim(struct store *s, const int64_t *rows, size_t n, int64_t next_at,
    struct fault *f)
{
	enum status st = store_begin(s, f);

	if (st != ST_OK)
		return st;
	return db_leave(s, true, unclaim_locked(s, rows, n, next_at, f), f);
}

enum status
outbox_next(struct store *s, int64_t *at_out, struct fault *f)
{
	return db_get(s, SQL_NEXT, NULL, 0, at_out, f);
}

/* ---- copies for Sent ---- */

enum status
outbox_copies(struct store *s, struct arena *a, size_t max, struct sent_copy **out,
    size_t *n, struct fault *f)
{
	struct sent_copy *v = arena_new(a, struct sent_copy, max);
	struct stmt *q = db_start(s, SQL_COPY_LIST, DB_VALS(db_int("@max", (int64_t)max)));
	enum status st = ST_NONE;

	*out = v;
	for (*n = 0; *n < max && (st = db_step(q, f)) == ST_OK; (*n)++)
		v[*n] = (struct sent_copy){
			.row = db_col_int(q, 0), .sent_at = db_col_int(q, 1),
			.wire = db_col_blob(q, 2, a),
		};
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

static enum status
copied_locked(struct store *s, int64_t row, const struct location *at, struct fault *f)
{
	if (db_run(s, SQL_COPY_DONE, DB_VALS(db_int("@id", row)), f) != ST_OK)
		return f->st;
	return at == NULL ? ST_OK : location_copy(s, at, row, f);
}

enum status
outbox_copied(struct store *s, int64_t row, const struct location *at, struct fault *f)
{
	bool mine;
	enum status st = db_enter(s, &mine, f);

	if (st != ST_OK)
		return st;
	return db_leave(s, mine, copied_locked(s, row, at, f), f);
}
