#include "search.h"

#include "buf.h"
#include "db.h"
#include "fold.h"
#include "limits.h"
#include "words.h"

#include <assert.h>
#include <string.h>

/* ---- into the index ---- */

/* Exactly one of message and event. */
static enum status
words_put(struct store *s, int64_t message, int64_t event, struct span text, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct folded folded;
	struct val v;

	fold_text(a, text, &folded);
	if (folded.text.n == 0)
		return ST_OK;
	v = db_text("@text", folded.text.p);
	if (db_run(s, SQL_WORDS_ADD, DB_VALS(db_id("@message", message), db_id("@event",
	    event), v),
	    f) != ST_OK)
		return f->st;
	return db_run(s, SQL_SEARCH_ADD, DB_VALS(db_int("@id", db_last_id(s)), v), f);
}

static void
line_add(struct buf *b, const char *z)
{
	buf_addz(b, z);
	buf_addc(b, '\n');
}

/* What names it first: where a text is longer than the limit, its end is what is missing. */
static void
head_add(struct buf *b, const char *subject, const char *name, const char *sender)
{
	line_add(b, subject);
	line_add(b, name);
	line_add(b, sender);
}

/* What an agent quotes is the citizen's, and is found in the citizen's mail. */
static const char *
text_of(enum mail_role role, const char *text, const char *reply_text)
{
	return role == MAIL_ROLE_AGENT ? reply_text : text;
}

enum status
words_of_mail(struct store *s, int64_t message, const struct mail *m, enum mail_role role,
    struct fault *f)
{
	BUF_AUTO struct buf b;
	bool known = m->from.n > 0;

	buf_open(&b, LIMIT_RULE_TEXT);
	head_add(&b, m->subject, known ? m->from.v[0].name : "", known ? m->from.v[0].spec :
	    "");
	for (size_t i = 0; i < m->natt; i++)
		line_add(&b, m->att[i].filename);
	buf_addz(&b, text_of(role, m->text, m->reply_text));
	return words_put(s, message, 0, buf_span(&b), f);
}

enum status
words_of_note(struct store *s, int64_t event, const char *text, struct fault *f)
{
	return words_put(s, 0, event, span_of(text), f);
}

/* ---- out of it ---- */

enum status
words_of_mail_drop(struct store *s, int64_t message, struct fault *f)
{
	const struct val v = db_int("@message", message);

	if (db_run(s, SQL_SEARCH_DROP, DB_VALS(v), f) != ST_OK)
		return f->st;
	return db_run(s, SQL_WORDS_DROP, DB_VALS(v), f);
}

static enum status
forget_locked(struct store *s, struct fault *f)
{
	if (db_run(s, SQL_SEARCH_FORGET, NULL, 0, f) != ST_OK)
		return f->st;
	return db_run(s, SQL_WORDS_FORGET, NULL, 0, f);
}

enum status
search_forget(struct store *s, struct fault *f)
{
	bool mine;

	if (db_enter(s, &mine, f) != ST_OK)
		return f->st;
	return db_leave(s, mine, forget_locked(s, f), f);
}

enum status
search_scrub(struct store *s, struct fault *f)
{
	bool mine;

	if (db_enter(s, &mine, f) != ST_OK)
		return f->st;
	return db_leave(s, mine, db_run(s, SQL_SEARCH_SCRUB, NULL, 0, f), f);
}

/* ---- all of it again ---- */

struct rebuilding {
	struct store *s;
	void (*tick)(void *ctx, int64_t done, int64_t all);
	void *ctx;
	int64_t done, all;
	struct fault *f;
};

static enum status
files_add(struct rebuilding *g, struct buf *b, int64_t message)
{
	struct stmt *q = db_start(g->s, SQL_ATTACHMENT_NAMES, DB_VALS(db_int("@message",
	    message)));
	enum status st;

	while ((st = db_step(q, g->f)) == ST_OK)
		line_add(b, db_peek_text(q, 0));
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

static enum status
mail_again(struct rebuilding *g, struct stmt *q)
{
	BUF_AUTO struct buf b;
	int64_t message = db_col_int(q, 0);
	enum mail_role role;
	bool known = mail_role_of(db_peek_text(q, 1), &role);

	assert(known);
	buf_open(&b, LIMIT_RULE_TEXT);
	head_add(&b, db_peek_text(q, 2), db_peek_text(q, 3), db_peek_text(q, 4));
	if (files_add(g, &b, message) != ST_OK)
		return g->f->st;
	buf_addz(&b, text_of(role, db_peek_text(q, 5), db_peek_text(q, 6)));
	return words_put(g->s, message, 0, buf_span(&b), g->f);
}

static enum status
note_again(struct rebuilding *g, struct stmt *q)
{
	return words_of_note(g->s, db_col_int(q, 0), db_peek_text(q, 1), g->f);
}

static enum status
each_again(struct rebuilding *g, enum sql list, enum status (*one)(struct rebuilding *g,
    struct stmt *q))
{
	struct stmt *q = db_start(g->s, list, NULL, 0);
	enum status st;

	while ((st = db_step(q, g->f)) == ST_OK && (st = one(g, q)) == ST_OK) {
		g->done++;
		if (g->tick != NULL)
			g->tick(g->ctx, g->done, g->all);
	}
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

static enum status
rebuild_locked(struct rebuilding *g)
{
	if (db_get(g->s, SQL_WORDS_SOURCES, NULL, 0, &g->all, g->f) != ST_OK ||
	    db_run(g->s, SQL_SEARCH_CLEAR, NULL, 0, g->f) != ST_OK ||
	    db_run(g->s, SQL_WORDS_CLEAR, NULL, 0, g->f) != ST_OK ||
	    each_again(g, SQL_WORDS_MAILS, mail_again) != ST_OK)
		return g->f->st;
	return each_again(g, SQL_WORDS_NOTES, note_again);
}

enum status
search_rebuild(struct store *s, void (*tick)(void *ctx, int64_t done, int64_t all), void *ctx,
    struct fault *f)
{
	struct rebuilding g = { .s = s, .tick = tick, .ctx = ctx, .f = f };
	bool mine;

	if (db_enter(s, &mine, f) != ST_OK)
		return f->st;
	return db_leave(s, mine, rebuild_locked(&g), f);
}

/* ---- what is asked ---- */

/* Every term is a string of FTS5 ("..." with quotes doubled), so that none of them is an
 * operator; terms side by side must all match. */
static const char *
match_of(struct arena *a, const struct seek *want)
{
	BUF_AUTO struct buf b;

	buf_open(&b, 4 * SEEK_BYTES + 8 * SEEK_TERMS);
	for (size_t i = 0; i < want->n; i++) {
		buf_addc(&b, '"');
		for (const char *p = want->term[i].text; *p != '\0'; p++)
			buf_addz(&b, *p == '"' ? "\"\"" : (char[]){ *p, '\0' });
		buf_addz(&b, want->term[i].prefix ? "\" * " : "\" ");
	}
	return arena_span(a, buf_span(&b));
}

/* Where the words are: in the text; else in the subject, the name, the address. */
static void
excerpt_of(struct arena *a, const struct seek *want, struct stmt *q, struct excerpt *out)
{
	enum { SUBJECT = 3, NAME, SENDER, TEXT = 6 };
	static const int order[] = { TEXT, SUBJECT, NAME, SENDER };
	struct excerpt first;

	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		seek_excerpt(a, want, db_peek_text(q, order[i]), out);
		if (out->found)
			return;
		if (i == 0)
			first = *out;
	}
	*out = first;
}

static enum status
match_read(struct store *s, struct arena *a, int64_t id, const struct seek *want,
    struct search_hit *h, struct fault *f)
{
	struct stmt *q = db_start(s, SQL_SEARCH_ROW, DB_VALS(db_int("@id", id)));
	enum status st = db_step(q, f);

	if (st == ST_OK) {
		bool note = db_col_int(q, 0) != 0;

		h->kind = note ? EVENT_NOTE : EVENT_MAIL_IN;
		h->at = db_col_int(q, 1);
		h->message_id = db_col_text(q, 2, a);
		h->subject = db_col_text(q, 3, a);
		h->by = db_col_text(q, 5, a);
		h->sensitive = db_col_int(q, 7) != 0;
		excerpt_of(a, want, q, &h->excerpt);
	}
	db_end(q);
	return st;
}

static enum status
hit_read(struct store *s, struct arena *a, struct stmt *q, const struct seek *want,
    struct search_hit *h, struct fault *f)
{
	int64_t ticket = db_col_int(q, 0);
	enum status st;

	*h = (struct search_hit){ .has_ticket = ticket > 0, .matches = db_col_int(q, 1) };
	st = match_read(s, a, db_col_int(q, 2), want, h, f);
	if (st != ST_OK || !h->has_ticket)
		return st;
	st = query_ticket_id(s, a, ticket, &h->ticket, f);
	h->sensitive = h->ticket.sensitive;
	return st;
}

enum status
search_find(struct store *s, const struct seek *want, size_t max,
    enum status (*each)(void *ctx, const struct search_hit *h), void *ctx, size_t *total_out,
    struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open(), *one = arena_open();
	struct stmt *q = db_start(s, SQL_SEARCH_FIND, DB_VALS(db_text("@match", match_of(a,
	    want))));
	struct search_hit h;
	enum status st;

	*total_out = 0;
	while ((st = db_step(q, f)) == ST_OK) {
		if (++*total_out > max)
			continue;
		arena_reset(one);
		if ((st = hit_read(s, one, q, want, &h, f)) != ST_OK || (st = each(ctx,
		    &h)) != ST_OK)
			break;
	}
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}
