#include "query.h"

#include "query_int.h"

#include <assert.h>

/* A stored word is one of its list: the schema's CHECK comes from the same line. */
#define WORD(q, i, of, out) word_known((of)(db_peek_text((q), (i)), (out)))

static void
word_known(bool known)
{
	assert(known);
}

void
query_ticket_read(struct stmt *q, struct arena *a, struct ticket_row *t)
{
	*t = (struct ticket_row){
		.id = db_col_int(q, 0), .ref = db_col_text(q, 1, a),
		.category = db_col_text(q, 2, a), .agent = db_col_text(q, 3, a),
		.citizen = db_col_text(q, 4, a), .subject = db_col_text(q, 5, a),
		.lang = db_col_text(q, 6, a), .quartier = db_col_text(q, 7, a),
		.sensitive = db_col_int(q, 11) != 0, .untrusted = db_col_int(q, 12) != 0,
		.opened = db_col_int(q, 13), .last_activity = db_col_int(q, 14),
		.first_answer = db_col_int(q, 15), .due = (int32_t)db_col_int(q, 16),
		.due_ar = (int32_t)db_col_int(q, 17), .due_silence = (int32_t)db_col_int(q, 18),
		.messages = (int)db_col_int(q, 19), .about = db_col_text(q, 20, a),
	};
	WORD(q, 8, ticket_state_of, &t->state);
	WORD(q, 9, ticket_outcome_of, &t->outcome);
	WORD(q, 10, urgency_of, &t->urgency);
}

enum status
query_tickets_walk(struct stmt *q, struct arena *a,
    enum status (*each)(void *ctx, const struct ticket_row *t), void *ctx, struct fault *f)
{
	struct ticket_row t;
	enum status st;

	while ((st = db_step(q, f)) == ST_OK) {
		query_ticket_read(q, a, &t);
		if ((st = each(ctx, &t)) != ST_OK)
			break;
	}
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

enum status
query_tickets(struct store *s, struct arena *a, const struct ticket_filter *want,
    enum status (*each)(void *ctx, const struct ticket_row *t), void *ctx, struct fault *f)
{
	return query_tickets_walk(db_start(s, SQL_TICKETS, DB_VALS(db_text("@state", want->state),
	    db_text("@category", want->category), db_text("@agent", want->agent))), a, each,
	    ctx, f);
}

enum status
query_asked(struct store *s, struct arena *a, const struct ask_filter *want, int64_t max,
    enum status (*each)(void *ctx, const struct ticket_row *t), void *ctx, struct fault *f)
{
	return query_tickets_walk(db_start(s, SQL_TICKETS_ASKED, DB_VALS(
	    db_int("@open", want->state[TICKET_OPEN]), db_int("@waiting",
	    want->state[TICKET_WAITING]),
	    db_int("@closed", want->state[TICKET_CLOSED]), db_text("@category", want->category),
	    db_text("@agent", want->agent), db_int("@nobody", want->nobody), db_int("@max",
	    max))),
	    a, each, ctx, f);
}

static enum status
one_ticket(struct stmt *q, struct arena *a, struct ticket_row *out, struct fault *f)
{
	enum status st = db_step(q, f);

	if (st == ST_OK)
		query_ticket_read(q, a, out);
	db_end(q);
	return st;
}

enum status
query_ticket(struct store *s, struct arena *a, const char *ref, struct ticket_row *out,
    struct fault *f)
{
	return one_ticket(db_start(s, SQL_TICKET, DB_VALS(db_text("@ref", ref))), a, out, f);
}

enum status
query_ticket_id(struct store *s, struct arena *a, int64_t ticket, struct ticket_row *out,
    struct fault *f)
{
	return one_ticket(db_start(s, SQL_TICKET_ID, DB_VALS(db_int("@ticket", ticket))), a,
	    out, f);
}

enum status
query_timeline(struct store *s, struct arena *a, int64_t ticket,
    enum status (*each)(void *ctx, const struct event_row *e), void *ctx, struct fault *f)
{
	struct stmt *q = db_start(s, SQL_TIMELINE, DB_VALS(db_int("@ticket", ticket)));
	enum status st;

	while ((st = db_step(q, f)) == ST_OK) {
		struct event_row e = {
			.at = db_col_int(q, 0), .by = db_col_text(q, 2, a),
			.text = db_col_text(q, 3, a),
		};

		WORD(q, 1, event_kind_of, &e.kind);
		if ((st = each(ctx, &e)) != ST_OK)
			break;
	}
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

enum status
query_participants(struct store *s, struct arena *a, int64_t ticket,
    enum status (*each)(void *ctx, const struct participant_row *p), void *ctx,
    struct fault *f)
{
	struct stmt *q = db_start(s, SQL_PARTICIPANTS, DB_VALS(db_int("@ticket", ticket)));
	enum status st;

	while ((st = db_step(q, f)) == ST_OK) {
		struct participant_row p = {
			.spec = db_col_text(q, 0, a), .role = db_col_text(q, 1, a),
		};

		if ((st = each(ctx, &p)) != ST_OK)
			break;
	}
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

void
query_message_read(struct stmt *q, struct arena *a, struct message_row *m)
{
	*m = (struct message_row){
		.id = db_col_int(q, 0), .message_id = db_col_text(q, 1, a),
		.sha256 = db_col_text(q, 2, a), .ticket = db_col_text(q, 3, a),
		.because = db_col_text(q, 4, a), .from = db_col_text(q, 5, a),
		.subject = db_col_text(q, 6, a), .copies = (int)db_col_int(q, 7),
		.received = db_col_int(q, 8), .visible = db_col_int(q, 11) != 0,
	};
	WORD(q, 9, mail_outcome_of, &m->outcome);
	WORD(q, 10, mail_role_of, &m->role);
}

enum status
query_messages(struct store *s, struct arena *a, int64_t since,
    enum status (*each)(void *ctx, const struct message_row *m), void *ctx, struct fault *f)
{
	struct stmt *q = db_start(s, SQL_MESSAGES, DB_VALS(db_int("@since", since)));
	struct message_row m;
	enum status st;

	while ((st = db_step(q, f)) == ST_OK) {
		query_message_read(q, a, &m);
		if ((st = each(ctx, &m)) != ST_OK)
			break;
	}
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

void
query_outbox_read(struct stmt *q, struct arena *a, struct outbox_row *o)
{
	*o = (struct outbox_row){
		.id = db_col_int(q, 0), .ticket = db_col_text(q, 3, a),
		.to = db_col_text(q, 4, a), .last_error = db_col_text(q, 5, a),
		.message_id = db_col_text(q, 6, a),
		.tries = (int)db_col_int(q, 7), .next = db_col_int(q, 8),
		.created = db_col_int(q, 9), .held = db_col_int(q, 10) != 0,
	};
	WORD(q, 1, mail_kind_of, &o->kind);
	WORD(q, 2, outbox_state_of, &o->state);
	WORD(q, 11, failure_of, &o->failure);
}

enum status
query_queue(struct store *s, struct arena *a,
    enum status (*each)(void *ctx, const struct outbox_row *q), void *ctx, struct fault *f)
{
	struct stmt *q = db_start(s, SQL_QUEUE, NULL, 0);
	struct outbox_row o;
	enum status st;

	while ((st = db_step(q, f)) == ST_OK) {
		query_outbox_read(q, a, &o);
		if ((st = each(ctx, &o)) != ST_OK)
			break;
	}
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

/* What is on its way right now is left to whom carries it. */
static enum status
queue_set(struct store *s, enum sql id, const struct val *v, size_t n, struct fault *f)
{
	int64_t one;
	enum status st = db_get(s, SQL_QUEUE_STATE, v, 1, &one, f);

	if (st == ST_OK)
		return fault_set(f, ST_TEMP, "outbox %lld is being sent right now",
		    (long long)v[0].i);
	if (st != ST_NONE)
		return st;
	if (db_run(s, id, v, n, f) != ST_OK)
		return f->st;
	if (db_changes(s) == 0)
		return fault_set(f, ST_NONE, "no such mail waits: %lld", (long long)v[0].i);
	return ST_OK;
}

enum status
queue_retry(struct store *s, int64_t id, int64_t now, struct fault *f)
{
	bool mine;
	enum status st = db_enter(s, &mine, f);

	if (st != ST_OK)
		return st;
	return db_leave(s, mine, queue_set(s, SQL_QUEUE_RETRY,
	    DB_VALS(db_int("@id", id), db_int("@now", now)), f), f);
}

enum status
queue_drop(struct store *s, int64_t id, int64_t now, struct fault *f)
{
	bool mine;
	enum status st = db_enter(s, &mine, f);

	(void)now;
	if (st != ST_OK)
		return st;
	return db_leave(s, mine, queue_set(s, SQL_QUEUE_DROP, DB_VALS(db_int("@id", id)),
	    f), f);
}

static void
count_outbox(struct stmt *q, void *ctx)
{
	struct counts *out = ctx;
	int64_t n = db_col_int(q, 2), oldest = db_col_int(q, 3);
	bool held = db_col_int(q, 1) != 0;
	enum outbox_state state;

	WORD(q, 0, outbox_state_of, &state);
	if (state == OUTBOX_UNSURE) {
		out->unsure += n;
		out->oldest_unsure = oldest;
	} else if (state == OUTBOX_DEAD) {
		out->dead += n;
	} else {
		out->queued += n;
	}
	if (state == OUTBOX_QUEUED && held)
		out->held += n;
	else if (state == OUTBOX_QUEUED)
		out->oldest = oldest;
}

static void
count_tickets(struct stmt *q, void *ctx)
{
	struct counts *out = ctx;
	int64_t *const by_state[TICKET_STATE_COUNT] = {
		[TICKET_OPEN] = &out->open, [TICKET_WAITING] = &out->waiting,
		[TICKET_CLOSED] = &out->closed,
	};
	enum ticket_state state;

	WORD(q, 0, ticket_state_of, &state);
	*by_state[state] = db_col_int(q, 1);
}

static enum status
count_by(struct stmt *q, void (*add)(struct stmt *q, void *ctx), void *ctx, struct fault *f)
{
	enum status st;

	while ((st = db_step(q, f)) == ST_OK)
		add(q, ctx);
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

enum status
query_counts(struct store *s, struct counts *out, struct fault *f)
{
	*out = (struct counts){ 0 };
	if (count_by(db_start(s, SQL_COUNT_OUTBOX, NULL, 0), count_outbox, out, f) != ST_OK)
		return f->st;
	return count_by(db_start(s, SQL_COUNT_TICKETS, NULL, 0), count_tickets, out, f);
}

static void
totals_outbox(struct stmt *q, void *ctx)
{
	struct totals *out = ctx;
	enum outbox_state state;

	WORD(q, 0, outbox_state_of, &state);
	out->outbox[state] = db_col_int(q, 1);
}

static void
totals_mails(struct stmt *q, void *ctx)
{
	struct totals *out = ctx;
	enum mail_outcome outcome;

	WORD(q, 0, mail_outcome_of, &outcome);
	out->mails[outcome] = db_col_int(q, 1);
}

enum status
query_totals(struct store *s, struct totals *out, struct fault *f)
{
	*out = (struct totals){ 0 };
	if (count_by(db_start(s, SQL_TOTAL_OUTBOX, NULL, 0), totals_outbox, out, f) != ST_OK)
		return f->st;
	return count_by(db_start(s, SQL_TOTAL_MAILS, NULL, 0), totals_mails, out, f);
}

enum status
query_counts_of(struct store *s, const char *agent, struct counts *out, struct fault *f)
{
	*out = (struct counts){ 0 };
	return count_by(db_start(s, SQL_COUNT_TICKETS_OF, DB_VALS(db_text("@agent", agent))),
	    count_tickets, out, f);
}
