#include "salvage.h"

#include "db.h"

#define AT(l) db_text("@mailbox", (l)->mailbox), db_int("@uidvalidity", (l)->uidvalidity), \
	db_int("@uid", (l)->uid)

enum status
salvage_begin(struct store *s, struct fault *f)
{
	static const enum sql gone[] = { SQL_SALVAGE_TRIES, SQL_SALVAGE_BEATS,
		SQL_SALVAGE_NOTICES, SQL_SALVAGE_GREETED, SQL_SALVAGE_TOLD, SQL_SALVAGE_SELFTEST,
		SQL_UNTOLD_DROP };

	for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
		if (db_run(s, gone[i], NULL, 0, f) != ST_OK)
			return f->st;
	return salvage_doubt(s, f);
}

enum status
salvage_wanted(struct store *s, const struct location *v, size_t n, enum salvage_want *out,
    struct fault *f)
{
	for (size_t i = 0; i < n; i++) {
		int64_t whole;
		enum status st = db_get(s, SQL_SALVAGE_KNOWN, DB_VALS(AT(&v[i])), &whole, f);

		if (st != ST_OK && st != ST_NONE)
			return st;
		out[i] = st == ST_NONE ? SALVAGE_NEW : whole ? SALVAGE_DONE : SALVAGE_WORDS;
	}
	return ST_OK;
}

enum status
salvage_words(struct store *s, int64_t message, const struct mail *m, struct fault *f)
{
	return db_run(s, SQL_SALVAGE_WORDS, DB_VALS(db_int("@message", message),
	    db_text("@name", m->from.n > 0 ? m->from.v[0].name : ""),
	    db_text("@text", m->text), db_text("@reply", m->reply_text)), f);
}

enum status
salvage_number(struct store *s, int year, int number, struct fault *f)
{
	return db_run(s, SQL_SALVAGE_NUMBER, DB_VALS(db_int("@year", year),
	    db_int("@last", number - 1)), f);
}

enum status
salvage_number_least(struct store *s, int year, int number, struct fault *f)
{
	return db_run(s, SQL_SALVAGE_NUMBER_LEAST, DB_VALS(db_int("@year", year),
	    db_int("@last", number)), f);
}

/* ST_NONE: there is no such ticket; *out is 0. */
static enum status
ticket_of(struct store *s, const char *ref, int64_t *out, struct fault *f)
{
	*out = 0;
	return db_get(s, SQL_SALVAGE_TICKET, DB_VALS(db_text("@ref", ref)), out, f);
}

static enum status
sent_add(struct store *s, struct arena *a, const struct salvage_sent *v, struct fault *f)
{
	int64_t ticket;
	enum status st = ticket_of(s, v->ref, &ticket, f);

	if (st != ST_OK && st != ST_NONE)
		return st;
	if (db_run(s, SQL_OUTBOX_ADD, DB_VALS(db_text("@kind", mail_kind_name(v->kind)),
	    db_int("@turn", mail_kind_turn(v->kind)), db_int("@held", 0), db_int("@filed", 1),
	    db_id("@ticket", ticket), db_id("@message", 0),
	    db_text("@mail_from", ""), db_text("@rcpt", v->to),
	    db_text("@domain", addr_domain(v->to)), db_text("@message_id", v->id),
	    db_int("@now", v->at), db_int("@not_before", 0)), f) != ST_OK)
		return f->st;
	if (v->kind == MAIL_KIND_RELAY && ticket != 0 && db_run(s, SQL_TICKET_ANSWERED,
	    DB_VALS(db_int("@ticket", ticket), db_int("@at", v->at)), f) != ST_OK)
		return f->st;
	return salvage_id(s, a, v->id, v->ref, addr_key(a, v->to), f);
}

/* Row, or 0; *state as in the outbox. */
static enum status
sent_find(struct store *s, const struct salvage_sent *v, int64_t *row, bool *was_sent,
    struct fault *f)
{
	struct stmt *q = db_start(s, SQL_SALVAGE_OUT, DB_VALS(db_text("@message_id", v->id)));
	enum status st = db_step(q, f);

	if (st == ST_OK) {
		*row = db_col_int(q, 0);
		*was_sent = db_col_int(q, 1) != 0;
	}
	db_end(q);
	return st;
}

enum status
salvage_sent(struct store *s, struct arena *a, const struct salvage_sent *v, struct fault *f)
{
	int64_t row = 0;
	bool was_sent = false;
	enum status st = sent_find(s, v, &row, &was_sent, f);

	if (st == ST_NONE) {
		if (sent_add(s, a, v, f) != ST_OK)
			return f->st;
		st = sent_find(s, v, &row, &was_sent, f);
	}
	if (st != ST_OK || db_run(s, SQL_SALVAGE_SENT, DB_VALS(db_int("@id", row),
	    db_int("@at", v->at)), f) != ST_OK)
		return f->st;
	if (was_sent)
		return ST_OK;
	return db_run(s, SQL_EVENT_OUT, DB_VALS(db_int("@id", row), db_int("@now", v->at),
	    db_text("@text", " to ")), f);
}

enum status
salvage_id(struct store *s, struct arena *a, const char *id, const char *ref,
    const char *minted_for, struct fault *f)
{
	int64_t ticket, known;
	enum status st = db_get(s, SQL_SALVAGE_ID, DB_VALS(db_text("@message_id", id)), &known, f);

	if (st != ST_NONE)
		return st;
	st = ticket_of(s, ref, &ticket, f);
	if (st != ST_OK)
		return st == ST_NONE ? ST_OK : st;
	return db_run(s, SQL_ID_ADD, DB_VALS(db_text("@message_id", id), db_id("@ticket", ticket),
	    db_text("@minted_for", minted_for), db_text("@token", msgid_token(a, id))), f);
}

enum status
salvage_doubt(struct store *s, struct fault *f)
{
	return db_run(s, SQL_SALVAGE_DOUBT, NULL, 0, f);
}

enum status
salvage_wordless(struct store *s, int64_t *out, struct fault *f)
{
	return db_get(s, SQL_SALVAGE_WORDLESS, NULL, 0, out, f);
}
