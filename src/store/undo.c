/* undo.c - what one mail of an agent changes, kept so that it can be taken back once. */
#include "apply.h"
#include "journal.h"
#include "needs.h"

#include <assert.h>
#include <string.h>

enum { UNDO_DAYS = 30, DAY = 24 * 60 * 60 };

/* ---- keeping ---- */

static enum status
now_read(struct store *s, struct arena *a, int64_t ticket, struct undo_before *out,
    struct fault *f)
{
	struct stmt *q = db_start(s, SQL_UNDO_NOW, DB_VALS(db_int("@ticket", ticket)));
	enum status st = db_step(q, f);

	if (st == ST_OK) {
		out->ticket = ticket;
		for (int i = 0; i <= UNDO_CONTACT; i++)
			out->v[i] = db_col_text(q, i, a);
		out->citizen = db_col_text(q, UNDO_CONTACT + 1, a);
	}
	db_end(q);
	return st == ST_NONE ? fault_set(f, ST_PERM, "no ticket %lld", (long long)ticket) : st;
}

/* Old ones go: they hold addresses, and nobody takes back what was a month ago. */
static enum status
undo_open(struct applying *g)
{
	if (db_run(g->s, SQL_UNDO_DROP, DB_VALS(db_int("@before",
	    g->now - (int64_t)UNDO_DAYS * DAY)), g->f) != ST_OK ||
	    db_run(g->s, SQL_UNDO_ADD, DB_VALS(db_sha("@code", g->p->undo.code),
	    db_int("@message", g->message), db_id("@ticket", g->ticket),
	    db_int("@now", g->now)), g->f) != ST_OK)
		return g->f->st;
	g->undo = db_last_id(g->s);
	return ST_OK;
}

enum status
undo_begin(struct applying *g, struct undo_before *out)
{
	*out = (struct undo_before){ .ticket = 0 };
	if (g->p->undo.code == NULL)
		return ST_OK;
	if (undo_open(g) != ST_OK)
		return g->f->st;
	return g->ticket == 0 ? ST_OK : now_read(g->s, g->a, g->ticket, out, g->f);
}

static enum status
note(struct applying *g, enum undo_what what, int64_t ticket, const char *key, const char *was,
    const char *became)
{
	return db_run(g->s, SQL_UNDO_NOTE, DB_VALS(db_int("@undo", g->undo),
	    db_text("@what", undo_what_name(what)), db_id("@ticket", ticket),
	    db_text("@key", key), db_text("@was", was), db_text("@became", became)), g->f);
}

enum status
undo_note(struct applying *g, enum undo_what what, int64_t ticket, const char *key,
    const char *became)
{
	return g->undo == 0 ? ST_OK : note(g, what, ticket, key, "", became);
}

enum status
undo_end(struct applying *g, const struct undo_before *was)
{
	struct undo_before is;

	if (g->undo == 0 || was->ticket == 0)
		return ST_OK;
	if (now_read(g->s, g->a, was->ticket, &is, g->f) != ST_OK)
		return g->f->st;
	for (int i = 0; i <= UNDO_CONTACT; i++)
		if (strcmp(was->v[i], is.v[i]) != 0 && note(g, (enum undo_what)i, was->ticket,
		    i >= UNDO_NO_AUTO ? was->citizen : "", was->v[i], is.v[i]) != ST_OK)
			return g->f->st;
	return ST_OK;
}

/* ---- giving back ---- */

static enum status
give_back(struct applying *g, const struct undo_value *v)
{
	const struct val what = db_text("@what", undo_what_name(v->what));
	const struct val was = db_text("@was", v->was), key = db_text("@key", v->key);
	const struct val ticket = db_int("@ticket", v->ticket);

	if (v->what < UNDO_MEETING)
		return db_run(g->s, SQL_UNDO_TICKET, DB_VALS(what, was, ticket), g->f);
	if (v->what == UNDO_MEETING)
		return db_run(g->s, SQL_UNDO_MEETING, DB_VALS(was, ticket), g->f);
	if (v->what <= UNDO_CONTACT)
		return db_run(g->s, SQL_UNDO_PERSON, DB_VALS(what, was, key), g->f);
	if (v->what == UNDO_PARTICIPANT)
		return db_run(g->s, SQL_UNDO_PARTICIPANT, DB_VALS(ticket, key), g->f);
	return db_run(g->s, v->what == UNDO_REMINDER ? SQL_UNDO_REMINDER : SQL_UNDO_ABSENCE,
	    DB_VALS(key), g->f);
}

/* Another ticket than the one that the mail joins tells of it, too. */
static enum status
tell(struct applying *g, int64_t ticket)
{
	if (ticket == 0 || ticket == g->ticket)
		return ST_OK;
	return apply_event(g, ticket, EVENT_COMMAND, g->p->who.agent->section, "#annuler");
}

static enum status
tell_all(struct applying *g)
{
	const struct plan_undo *u = &g->p->undo;

	if (tell(g, u->of->ticket) != ST_OK)
		return g->f->st;
	for (size_t i = 0; i < u->n; i++)
		if (u->v[i].ticket != u->of->ticket && (i == 0 ||
		    u->v[i].ticket != u->v[i - 1].ticket) && tell(g, u->v[i].ticket) != ST_OK)
			return g->f->st;
	return ST_OK;
}

/* The order's closing goes; of a corrected one the reason is again what the ticket's is. */
static enum status
closing_undo(struct applying *g)
{
	struct val ticket = db_int("@ticket", g->p->undo.of->ticket);
	struct val order = db_int("@message", g->p->undo.of->message);

	if (db_run(g->s, SQL_UNDO_CLOSING, DB_VALS(ticket, order), g->f) != ST_OK)
		return g->f->st;
	return db_run(g->s, SQL_UNDO_CORRECTION, DB_VALS(ticket), g->f);
}

enum status
undo_apply(struct applying *g)
{
	const struct plan_undo *u = &g->p->undo;
	struct val ticket;

	if (u->of == NULL)
		return ST_OK;
	ticket = db_int("@ticket", u->of->ticket);
	for (size_t i = 0; i < u->n; i++)
		if (give_back(g, &u->v[i]) != ST_OK)
			return g->f->st;
	if (tell_all(g) != ST_OK || closing_undo(g) != ST_OK ||
	    db_run(g->s, SQL_WITHDRAW, DB_VALS(ticket, db_int("@message", u->of->message)), g->f)
	    != ST_OK || db_run(g->s, SQL_UNDO_USED, DB_VALS(db_int("@undo", u->of->id),
	    db_int("@now", g->now)), g->f) != ST_OK ||
	    db_run(g->s, SQL_UNDO_VIGIL, DB_VALS(ticket, db_int("@now", g->now)), g->f) != ST_OK)
		return g->f->st;
	return journal_add(g->s, g->p->who.agent->section, "annuler", u->of->ref, g->now, g->f);
}

/* ---- what a code stands for ---- */

static enum status
values_read(struct store *s, struct arena *a, struct undo_facts *u, struct fault *f)
{
	struct undo_value *v = arena_new(a, struct undo_value, UNDO_VALUES_MAX);
	struct stmt *q = db_start(s, SQL_UNDO_VALUES, DB_VALS(db_int("@undo", u->id),
	    db_int("@max", UNDO_VALUES_MAX)));
	enum status st = ST_NONE;

	for (u->n = 0; u->n < UNDO_VALUES_MAX && (st = db_step(q, f)) == ST_OK; u->n++) {
		bool known = undo_what_of(db_peek_text(q, 0), &v[u->n].what);

		assert(known);
		v[u->n].ticket = db_col_int(q, 1);
		v[u->n].ref = db_col_text(q, 2, a);
		v[u->n].key = db_col_text(q, 3, a);
		v[u->n].was = db_col_text(q, 4, a);
		v[u->n].became = v[u->n].now = db_col_text(q, 5, a);
		v[u->n].later = db_col_int(q, 6) != 0;
	}
	db_end(q);
	u->v = v;
	for (size_t i = 0; i < u->n && (st == ST_OK || st == ST_NONE); i++)
		if (v[i].what <= UNDO_CONTACT && v[i].ticket != 0) {
			struct undo_before is;

			st = now_read(s, a, v[i].ticket, &is, f);
			if (st == ST_OK)
				v[i].now = is.v[v[i].what];
		}
	return st == ST_NONE ? ST_OK : st;
}

static enum status
mails_read(struct store *s, struct undo_facts *u, struct fault *f)
{
	struct stmt *q = db_start(s, SQL_UNDO_MAILS, DB_VALS(db_int("@ticket", u->ticket),
	    db_int("@message", u->message)));
	enum status st = db_step(q, f);

	if (st == ST_OK) {
		u->waiting = (size_t)db_col_int(q, 0);
		u->gone = (size_t)db_col_int(q, 1);
	}
	db_end(q);
	return st;
}

enum status
undo_find(struct store *s, struct arena *a, const struct sha256 *code, struct undo_facts *u,
    struct fault *f)
{
	struct stmt *q = db_start(s, SQL_UNDO_FIND, DB_VALS(db_sha("@code", code)));
	enum status st = db_step(q, f);

	*u = (struct undo_facts){ .ref = "" };
	if (st == ST_OK) {
		u->id = db_col_int(q, 0);
		u->message = db_col_int(q, 1);
		u->ticket = db_col_int(q, 2);
		u->ref = db_col_text(q, 3, a);
		u->used_at = db_col_int(q, 4);
	}
	db_end(q);
	if (st != ST_OK)
		return st == ST_NONE ? ST_OK : st;
	return values_read(s, a, u, f) == ST_OK ? mails_read(s, u, f) : f->st;
}
