#include "db.h"

#include "acks.h"
#include "apply.h"
#include "buf.h"
#include "command.h"
#include "journal.h"
#include "limits.h"
#include "location.h"
#include "outmail.h"
#include "person.h"
#include "words.h"

#include <assert.h>
#include <string.h>

enum { HITS_TEXT_MAX = LIMIT_HITS * 128 };

/* ---- the ticket ---- */

static enum status
number_take(struct applying *g)
{
	int64_t number = 0;

	if (db_get(g->s, SQL_SEQUENCE_TAKE, DB_VALS(db_int("@year", g->p->ref_year)), &number,
	    g->f) != ST_OK)
		return g->f->st;
	/* The number was read under this very lock. */
	assert(number == g->p->ref_number);
	return ST_OK;
}

/* Nobody, where a person has no address, or the key is not there. */
static struct val
citizen_hash(struct applying *g, struct sha256 *h)
{
	if (g->p->citizen[0] == '\0' || !g->s->keyed)
		return db_blob("@person", span_of(""));
	*h = person_hash(g->s, "count", addr_key(g->a, g->p->citizen));
	return db_sha("@person", h);
}

static enum status
ticket_open(struct applying *g)
{
	const struct plan *p = g->p;
	struct sha256 h;

	if (number_take(g) != ST_OK || db_run(g->s, SQL_TICKET_OPEN, DB_VALS(
	    db_text("@ref", p->ref), db_text("@state", ticket_state_name(p->state)),
	    db_text("@urgency", urgency_name(p->urgency)), db_int("@sensitive", p->sensitive),
	    db_int("@untrusted", p->untrusted), db_text("@category", p->category),
	    db_text("@citizen", p->citizen), db_int("@received", g->m->id.received),
	    db_int("@closed_at", p->state == TICKET_CLOSED ? g->now : 0),
	    db_int("@due", p->due), db_int("@due_ar", p->due_ar),
	    db_int("@due_silence", p->due_silence), db_id("@about", p->about_ticket),
	    db_text("@lang", p->lang), db_text("@quartier", p->quartier),
	    db_text("@subject", p->subject), citizen_hash(g, &h)), g->f) != ST_OK)
		return g->f->st;
	g->ticket = db_last_id(g->s);
	if (p->citizen[0] == '\0')
		return ST_OK;
	return db_run(g->s, SQL_PARTICIPANT_ADD, DB_VALS(db_int("@ticket", g->ticket),
	    db_text("@address", p->citizen), db_text("@role", "citizen")), g->f);
}

struct ticket_now { enum ticket_state state; enum urgency urgency; };

static enum status
ticket_read(struct applying *g, struct ticket_now *out)
{
	struct stmt *q = db_start(g->s, SQL_TICKET_NOW, DB_VALS(db_int("@ticket", g->ticket)));
	enum status st = db_step(q, g->f);
	bool known = true;

	if (st == ST_OK)
		known = ticket_state_of(db_peek_text(q, 0), &out->state) &&
		    urgency_of(db_peek_text(q, 1), &out->urgency);
	db_end(q);
	assert(known);
	return st == ST_NONE ? fault_set(g->f, ST_PERM, "no ticket %lld",
	    (long long)g->ticket) : st;
}

enum status
apply_event(struct applying *g, int64_t ticket, enum event_kind kind, const char *by,
    const char *text)
{
	if (db_run(g->s, SQL_EVENT_ADD, DB_VALS(db_id("@ticket", ticket),
	    db_id("@message", g->message), db_int("@at", g->now),
	    db_text("@kind", event_kind_name(kind)), db_text("@by", by),
	    db_text("@text", text)), g->f) != ST_OK)
		return g->f->st;
	/* What a person noted, and not the program's own remarks. */
	return kind != EVENT_NOTE || strcmp(by, "bureaud") == 0 ? ST_OK :
	    words_of_note(g->s, db_last_id(g->s), text, g->f);
}

static bool
plan_tells_state(const struct plan *p)
{
	for (size_t i = 0; i < p->nevents; i++)
		if (p->events[i].kind == EVENT_STATE)
			return true;
	return false;
}

/* What follows from a state that changed: a line in the ticket's life, originals to file. */
static enum status
ticket_changed(struct applying *g, enum ticket_state was)
{
	const struct plan *p = g->p;
	const char *text;

	if (was == p->state)
		return ST_OK;
	text = arena_printf(g->a, "%s → %s", ticket_state_name(was),
	    ticket_state_name(p->state));
	if (!plan_tells_state(p) && apply_event(g, g->ticket, EVENT_STATE, "bureaud", text) != ST_OK)
		return g->f->st;
	if (p->state != TICKET_CLOSED)
		return ST_OK;
	return db_run(g->s, SQL_TICKET_REFILE, DB_VALS(db_int("@ticket", g->ticket)), g->f);
}

/* Urgency only rises, and on a citizen's words; a machine's mail is no activity. */
static enum status
ticket_join(struct applying *g)
{
	const struct plan *p = g->p;
	bool person = p->role == MAIL_ROLE_CITIZEN || p->role == MAIL_ROLE_AGENT;
	struct ticket_now was;
	enum urgency urgency;

	if (ticket_read(g, &was) != ST_OK)
		return g->f->st;
	g->was_closed = was.state == TICKET_CLOSED;
	urgency = was.urgency;
	if (p->role == MAIL_ROLE_CITIZEN && p->urgency > urgency)
		urgency = p->urgency;
	if (db_run(g->s, SQL_TICKET_JOIN, DB_VALS(db_int("@ticket", g->ticket),
	    db_text("@state", ticket_state_name(p->state)),
	    db_text("@urgency", urgency_name(urgency)), db_int("@now", g->now),
	    db_int("@sensitive", p->sensitive), db_int("@due", p->due),
	    db_text("@quartier", p->quartier),
	    db_int("@activity", person ? g->m->id.received : 0)), g->f) != ST_OK)
		return g->f->st;
	return ticket_changed(g, was.state);
}

/* When the citizen first got a person's words: a relay, or an answer written by hand. */
static enum status
ticket_answered(struct applying *g)
{
	const struct plan *p = g->p;
	int64_t at = p->who.own_by_hand ? g->m->id.received : 0;

	for (size_t i = 0; i < p->nmails && at == 0; i++)
		if (p->mails[i].kind == MAIL_KIND_RELAY)
			at = g->now;
	if (at == 0 || !p->has_ticket)
		return ST_OK;
	return db_run(g->s, SQL_TICKET_ANSWERED, DB_VALS(db_int("@ticket", g->ticket),
	    db_int("@at", at)), g->f);
}

/* ---- the message ---- */

/* "logement=12 social=5 | NAME+6/body NAME-3/subject": names and figures, no words of the
 * mail. */
static const char *
verdict_text(struct arena *a, const struct verdict *v)
{
	struct buf b;
	const char *z;

	buf_open(&b, HITS_TEXT_MAX);
	for (size_t i = 0; i < v->ncats; i++)
		buf_addf(&b, "%s%s=%d", i > 0 ? " " : "", v->cats[i].name, v->cats[i].score);
	for (size_t i = 0; i < v->nhits; i++)
		buf_addf(&b, "%s%s%+d/%s", i > 0 ? " " : " | ", v->hits[i].rule,
		    v->hits[i].weight, hit_where_name(v->hits[i].where));
	z = arena_span(a, buf_span(&b));
	buf_close(&b);
	return z;
}

static const char *
file_name(enum plan_file file)
{
	static const char *const names[] = {
		[PLAN_FILE_TICKET] = "ticket", [PLAN_FILE_FILED] = "filed",
		[PLAN_FILE_REVIEW] = "review",
	};

	return names[file];
}

static const char *
from_of(const struct applying *g)
{
	const struct mail *m = g->m->mail;

	return m != NULL && m->from.n > 0 ? m->from.v[0].spec : g->p->who.sender;
}

static enum status
message_row(struct applying *g)
{
	static const struct mail none = { .message_id = "", .subject = "", .lang = "" };
	static const struct verdict unknown = { .category = "" };
	const struct mail *m = g->m->mail != NULL ? g->m->mail : &none;
	const struct verdict *v = g->m->verdict != NULL ? g->m->verdict : &unknown;
	const struct mail_id *id = &g->m->id;
	const struct plan *p = g->p;
	enum sql how = g->m->anew ? SQL_MESSAGE_AGAIN : SQL_MESSAGE_ADD;

	if (db_run(g->s, how, DB_VALS(db_sha("@sha256", &id->sha256),
	    db_sha("@body", &id->body), db_text("@message_id", m->message_id),
	    db_text("@sender", from_of(g)), db_int("@size", (int64_t)id->size),
	    db_int("@received", id->received), db_int("@now", g->now), db_int("@date", m->date),
	    db_id("@again", g->m->message), db_text("@role", mail_role_name(p->role)),
	    db_text("@outcome", mail_outcome_name(p->outcome)),
	    db_text("@who", who_name(p->who.who)), db_text("@row", p->row),
	    db_text("@because", p->because), db_text("@ack", ack_name(p->ack)),
	    db_text("@ack_because", p->ack_because), db_text("@file", file_name(p->file)),
	    db_id("@ticket", g->ticket), db_int("@flags", m->flags),
	    db_text("@category", v->category), db_text("@urgency", urgency_name(v->urgency)),
	    db_int("@sensitive", v->sensitive), db_text("@lang", m->lang),
	    db_text("@hits", verdict_text(g->a, v)), db_text("@subject", m->subject)), g->f)
	    != ST_OK)
		return g->f->st;
	g->message = g->m->anew ? g->m->message : db_last_id(g->s);
	return ST_OK;
}

static enum status
message_parts(struct applying *g)
{
	const struct mail *m = g->m->mail;

	if (m == NULL)
		return ST_OK;
	if (db_run(g->s, SQL_TEXT_ADD, DB_VALS(db_int("@message", g->message),
	    db_text("@name", m->from.n > 0 ? m->from.v[0].name : ""), db_text("@text", m->text),
	    db_text("@reply", m->reply_text)), g->f) != ST_OK)
		return g->f->st;
	if (g->m->anew && words_of_mail_drop(g->s, g->message, g->f) != ST_OK)
		return g->f->st;
	if (g->p->outcome != MAIL_OUTCOME_SELF &&
	    words_of_mail(g->s, g->message, m, g->p->role, g->f) != ST_OK)
		return g->f->st;
	for (size_t i = 0; i < m->natt; i++)
		if (db_run(g->s, SQL_ATTACHMENT_ADD, DB_VALS(db_int("@message", g->message),
		    db_int("@n", (int64_t)i), db_text("@filename", m->att[i].filename),
		    db_text("@type", m->att[i].type), db_int("@size", (int64_t)m->att[i].size)),
		    g->f) != ST_OK)
			return g->f->st;
	return ST_OK;
}

static enum status
id_put(struct store *s, int64_t ticket, const char *message_id, const char *minted_for,
    const char *token, struct fault *f)
{
	return db_run(s, SQL_ID_ADD, DB_VALS(db_text("@message_id", message_id),
	    db_id("@ticket", ticket), db_text("@minted_for", minted_for),
	    db_text("@token", token)), f);
}

/* A mail that was held: the row, its text and its places are there. */
static enum status
message_turn(struct applying *g)
{
	const struct plan *p = g->p;
	const char *id = g->m->mail->message_id;
	int64_t known = 0;

	g->message = g->m->message;
	if (db_run(g->s, SQL_MESSAGE_TURN, DB_VALS(db_int("@message", g->message),
	    db_text("@role", mail_role_name(p->role)),
	    db_text("@outcome", mail_outcome_name(p->outcome)),
	    db_text("@who", who_name(p->who.who)), db_text("@row", p->row),
	    db_text("@because", p->because), db_text("@file", file_name(p->file)),
	    db_id("@ticket", g->ticket)), g->f) != ST_OK ||
	    db_run(g->s, SQL_UNTOLD_FORGET, DB_VALS(db_int("@message", g->message)), g->f)
	    != ST_OK || db_get(g->s, SQL_ID_KNOWN, DB_VALS(db_text("@message_id", id),
	    db_int("@ticket", g->ticket)), &known, g->f) != ST_OK)
		return g->f->st;
	return known != 0 || g->ticket == 0 || id[0] == '\0' ? ST_OK :
	    id_put(g->s, g->ticket, id, "", "", g->f);
}

/* Its mark is to be set; what was set aside is moved to where it belongs now. */
static enum status
message_place(struct applying *g)
{
	if (g->m->anew)
		return db_run(g->s, SQL_WISH_REFILE, DB_VALS(db_int("@message", g->message)), g->f);
	return location_put(g->s, &g->m->at, g->message, LOCATION_WANTED, g->f);
}

static enum status
message_put(struct applying *g)
{
	const struct mail *m = g->m->mail;

	if (g->m->message != 0 && !g->m->anew)
		return message_turn(g);
	if (message_row(g) != ST_OK || message_parts(g) != ST_OK ||
	    message_place(g) != ST_OK ||
	    location_forget_attempts(g->s, &g->m->at, g->f) != ST_OK)
		return g->f->st;
	if (g->ticket == 0 || m == NULL || m->message_id[0] == '\0')
		return ST_OK;
	return id_put(g->s, g->ticket, m->message_id, "", "", g->f);
}

/* ---- what goes out ---- */

enum status
outmail_put(struct store *s, struct arena *a, int64_t ticket, int64_t message,
    const struct plan_mail *o, int64_t now, struct fault *f)
{
	if (db_run(s, SQL_OUTBOX_ADD, DB_VALS(db_text("@kind", mail_kind_name(o->kind)),
	    db_int("@turn", mail_kind_turn(o->kind)),
	    db_int("@held", o->held), db_int("@filed", !mail_kind_is_outward(o->kind)),
	    db_id("@ticket", ticket), db_id("@message", message),
	    db_text("@mail_from", o->mail_from), db_text("@rcpt", o->to),
	    db_text("@domain", addr_domain(o->to)), db_text("@message_id", o->message_id),
	    db_int("@now", now), db_int("@not_before", o->not_before)), f) != ST_OK ||
	    db_run(s, SQL_WIRE_ADD, DB_VALS(db_int("@outbox", db_last_id(s)),
	    db_blob("@bytes", o->wire)), f) != ST_OK)
		return f->st;
	if ((o->kind == MAIL_KIND_NOTIFY || o->kind == MAIL_KIND_ALERT) &&
	    db_run(s, SQL_GREET_WANT, DB_VALS(db_text("@address", o->to)), f) != ST_OK)
		return f->st;
	if (mail_kind_is_automatic(o->kind) && !o->held &&
	    acks_count(s, addr_domain(o->to), now, f) != ST_OK)
		return f->st;
	return id_put(s, ticket, o->message_id, addr_key(a, o->to),
	    msgid_token(a, o->message_id), f);
}

static enum status
mail_put(struct applying *g, const struct plan_mail *o)
{
	return outmail_put(g->s, g->a, g->ticket, g->message, o, g->now, g->f);
}

/* The alert is repeated until an agent does something that comes after it. What an agent did
 * before ends the watch over an earlier one first. */
static enum status
vigil_begin(struct applying *g)
{
	if (!g->p->has_ticket || !g->p->watch)
		return ST_OK;
	if (db_run(g->s, SQL_VIGIL_DROP, NULL, 0, g->f) != ST_OK)
		return g->f->st;
	return db_run(g->s, SQL_VIGIL_SET, DB_VALS(db_int("@ticket", g->ticket),
	    db_int("@received", g->m->id.received), db_int("@now", g->now)), g->f);
}

/* Which words an agent gave, never what stands behind them. */
static enum status
event_journal(struct applying *g, const struct plan_event *e)
{
	const char *words;

	if (e->kind != EVENT_COMMAND)
		return ST_OK;
	words = command_words_of(g->a, e->text);
	return journal_add(g->s, e->by, words[0] != '\0' ? words : "command held",
	    g->p->has_ticket ? g->p->ref : "", g->now, g->f);
}

static enum status
acks_withdraw(struct applying *g)
{
	struct val ticket = db_int("@ticket", g->ticket);

	if (g->p->withdraw == PLAN_WITHDRAW_NONE)
		return ST_OK;
	if (db_run(g->s, SQL_TICKET_ACKS_DROP, DB_VALS(ticket), g->f) != ST_OK)
		return g->f->st;
	return g->p->withdraw == PLAN_WITHDRAW_TICKET ? ST_OK :
	    db_run(g->s, SQL_CITIZEN_ACKS_DROP, DB_VALS(ticket), g->f);
}

static enum status
outgoing_put(struct applying *g)
{
	const struct plan *p = g->p;

	if (acks_withdraw(g) != ST_OK)
		return g->f->st;
	for (size_t i = 0; i < p->nmails; i++)
		if (mail_put(g, &p->mails[i]) != ST_OK)
			return g->f->st;
	for (size_t i = 0; i < p->nnotices; i++)
		if (db_run(g->s, SQL_NOTICE_ADD, DB_VALS(db_text("@person", p->notices[i]),
		    db_int("@ticket", g->ticket), db_int("@now", g->now)), g->f) != ST_OK)
			return g->f->st;
	return ST_OK;
}

static enum status
selftest_back(struct applying *g)
{
	if (g->p->selftest == NULL)
		return ST_OK;
	return db_run(g->s, SQL_SELFTEST_BACK, DB_VALS(db_text("@message_id", g->p->selftest),
	    db_int("@received", g->m->id.received), db_int("@now", g->now)), g->f);
}

static enum status
apply_all(struct applying *g)
{
	const struct plan *p = g->p;
	struct undo_before was;

	g->ticket = p->ticket;
	if (p->has_ticket && p->opens && ticket_open(g) != ST_OK)
		return g->f->st;
	if (message_put(g) != ST_OK)
		return g->f->st;
	if (undo_begin(g, &was) != ST_OK)
		return g->f->st;
	if (p->has_ticket && !p->opens && (ticket_join(g) != ST_OK || apply_change(g) != ST_OK))
		return g->f->st;
	for (size_t i = 0; i < p->nevents; i++)
		if (apply_event(g, g->ticket, p->events[i].kind, p->events[i].by, p->events[i].text)
		    != ST_OK || event_journal(g, &p->events[i]) != ST_OK)
			return g->f->st;
	if (outgoing_put(g) != ST_OK)
		return g->f->st;
	if (vigil_begin(g) != ST_OK || selftest_back(g) != ST_OK)
		return g->f->st;
	if (p->outcome == MAIL_OUTCOME_QUARANTINED && db_run(g->s, SQL_UNTOLD_ADD,
	    DB_VALS(db_int("@message", g->message), db_int("@now", g->now)), g->f) != ST_OK)
		return g->f->st;
	if (ticket_answered(g) != ST_OK || undo_end(g, &was) != ST_OK || undo_apply(g) != ST_OK ||
	    confirm_apply(g) != ST_OK || absence_apply(g) != ST_OK)
		return g->f->st;
	if (p->failed[0] != '\0' && db_run(g->s, SQL_BOUNCED, DB_VALS(
	    db_text("@message_id", p->failed), db_text("@status", p->failed_status)), g->f) != ST_OK)
		return g->f->st;
	if (!p->no_auto || p->who.sender[0] == '\0')
		return ST_OK;
	return apply_silence(g, p->who.sender);
}

enum status
store_apply(struct store *s, const struct store_mail *m, const struct plan *p, int64_t now,
    struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct applying g = { .s = s, .a = a, .m = m, .p = p, .now = now, .f = f };

	assert(s->begun && s->mode != STORE_READ);
	assert(p->has_ticket || p->ticket == 0);
	return apply_all(&g);
}

enum status
store_untold(struct store *s, unsigned *n, int64_t *oldest, struct fault *f)
{
	struct stmt *q = db_start(s, SQL_UNTOLD_COUNT, NULL, 0);
	enum status st = db_step(q, f);

	if (st == ST_OK) {
		*n = (unsigned)db_col_int(q, 0);
		*oldest = db_col_int(q, 1);
	}
	db_end(q);
	return st;
}

static enum status
tell_locked(struct applying *g, const struct plan_mail *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (mail_put(g, &v[i]) != ST_OK)
			return g->f->st;
	return db_run(g->s, SQL_UNTOLD_DROP, NULL, 0, g->f);
}

enum status
store_tell(struct store *s, const struct plan_mail *v, size_t n, int64_t now, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct applying g = { .s = s, .a = a, .now = now, .f = f };
	enum status st = store_begin(s, f);

	if (st != ST_OK)
		return st;
	return db_leave(s, true, tell_locked(&g, v, n), f);
}
