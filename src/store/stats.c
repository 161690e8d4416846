#include "stats.h"

#include "db.h"

#include <assert.h>

static enum status
openings_read(struct store *s, struct digest_count *c, const struct val *v, struct fault *f)
{
	struct stmt *q = db_start(s, SQL_STAT_OPENINGS, v, 2);
	enum status st;

	while ((st = db_step(q, f)) == ST_OK)
		digest_count_opening(c, db_col_int(q, 0));
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

static enum status
told_read(struct store *s, struct digest_count *c, struct fault *f)
{
	const struct digest_scope *scope = digest_count_scope(c);
	struct stmt *q = db_start(s, SQL_TOLD_WEEKS, DB_VALS(db_int("@first", scope->first),
	    db_int("@last", scope->monday)));
	enum status st;

	while ((st = db_step(q, f)) == ST_OK) {
		const struct digest_week w = { (unsigned)db_col_int(q, 1),
		    (unsigned)db_col_int(q, 2), (unsigned)db_col_int(q, 3) };

		digest_count_told(c, (date_day)db_col_int(q, 0), &w);
	}
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

enum status
store_digest_told(struct store *s, const struct digest_facts *facts, struct fault *f)
{
	assert(s->begun);
	for (size_t i = facts->since; i < facts->scope.nweeks; i++) {
		const struct digest_week *w = &facts->week[i];

		if (db_run(s, SQL_TOLD_WEEK_SET, DB_VALS(
		    db_int("@monday", facts->scope.first + 7 * (date_day)i),
		    db_int("@received", w->received), db_int("@opened", w->opened),
		    db_int("@settled", w->settled)), f) != ST_OK)
			return f->st;
	}
	return ST_OK;
}

static void
ticket_read(struct stmt *q, struct digest_ticket *t)
{
	bool known = urgency_of(db_peek_text(q, 4), &t->urgency) &&
	    ticket_outcome_of(db_peek_text(q, 5), &t->outcome);

	assert(known);
	t->opened = db_col_int(q, 0);
	t->first_answer = db_col_int(q, 1);
	t->closed_at = db_col_int(q, 2);
	t->sensitive = db_col_int(q, 3) != 0;
	t->category = db_peek_text(q, 6);
	t->quartier = db_peek_text(q, 7);
	t->lang = db_peek_text(q, 8);
	t->person = db_peek_blob(q, 9);
	t->has_meeting = db_col_int(q, 10) != 0;
	t->wants_ack = db_col_int(q, 11) != 0;
	t->acked = db_col_int(q, 12);
	t->handled = db_col_int(q, 13);
}

static enum status
tickets_read(struct store *s, struct digest_count *c, const struct val *v, struct fault *f)
{
	struct stmt *q = db_start(s, SQL_STAT_TICKETS, v, 2);
	enum status st;

	while ((st = db_step(q, f)) == ST_OK) {
		struct digest_ticket t;

		ticket_read(q, &t);
		digest_count_ticket(c, &t);
	}
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

static enum status
mails_read(struct store *s, struct digest_count *c, const struct val *v, struct fault *f)
{
	struct stmt *q = db_start(s, SQL_STAT_MAILS, v, 2);
	enum status st;

	while ((st = db_step(q, f)) == ST_OK) {
		struct digest_mail m = {
			.received = db_col_int(q, 0), .sensitive = db_col_int(q, 1) != 0,
			.person = db_peek_blob(q, 4), .category = db_peek_text(q, 5),
			.by_partner = db_col_int(q, 6) != 0,
		};
		bool known = mail_role_of(db_peek_text(q, 2), &m.role) &&
		    mail_outcome_of(db_peek_text(q, 3), &m.outcome);

		assert(known);
		digest_count_mail(c, &m);
	}
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

static enum status
closings_read(struct store *s, struct digest_count *c, const struct val *v, struct fault *f)
{
	struct stmt *q = db_start(s, SQL_STAT_CLOSINGS, v, 2);
	enum status st;

	while ((st = db_step(q, f)) == ST_OK) {
		struct digest_closing k = {
			.at = db_col_int(q, 0), .sensitive = db_col_int(q, 2) != 0,
			.category = db_peek_text(q, 3),
		};
		bool known = ticket_outcome_of(db_peek_text(q, 1), &k.outcome);

		assert(known);
		digest_count_closing(c, &k);
	}
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

static enum status
open_read(struct store *s, struct digest_count *c, int64_t at, struct fault *f)
{
	struct stmt *q = db_start(s, SQL_STAT_OPEN, DB_VALS(db_int("@at", at)));
	enum status st;

	while ((st = db_step(q, f)) == ST_OK) {
		const struct digest_open t = {
			.opened = db_col_int(q, 0), .due_silence = (date_day)db_col_int(q, 1),
			.sensitive = db_col_int(q, 2) != 0, .category = db_peek_text(q, 3),
		};

		digest_count_open_ticket(c, &t);
	}
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

static enum status
all_read(struct store *s, struct digest_count *c, int64_t at, struct fault *f)
{
	const struct digest_scope *scope = digest_count_scope(c);
	const struct val v[] = {
		db_int("@from", scope->from), db_int("@to", at < scope->to ? at : scope->to),
	};

	if (openings_read(s, c, v, f) != ST_OK || told_read(s, c, f) != ST_OK ||
	    tickets_read(s, c, v, f) != ST_OK ||
	    mails_read(s, c, v, f) != ST_OK || closings_read(s, c, v, f) != ST_OK)
		return f->st;
	return open_read(s, c, at, f);
}

enum status
store_digest(struct store *s, struct digest_count *c, int64_t at, struct fault *f)
{
	bool mine = !s->begun;
	enum status st;

	if (mine && store_begin(s, f) != ST_OK)
		return f->st;
	st = all_read(s, c, at, f);
	if (mine)
		store_rollback(s);
	return st;
}

enum status
store_unsent(struct store *s, int64_t from, int64_t to, unsigned *n_out, struct fault *f)
{
	int64_t n = 0;

	if (db_get(s, SQL_STAT_UNSENT, DB_VALS(db_int("@from", from), db_int("@to", to)), &n, f)
	    != ST_OK)
		return f->st;
	*n_out = (unsigned)n;
	return ST_OK;
}
