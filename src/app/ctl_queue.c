/* ctl_queue.c - the outbox and the daemon's health. */
#include "ctl.h"

#include "clock.h"
#include "doctor.h"
#include "health.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static void
queue_json(struct ctl *c, const struct outbox_row *q)
{
	struct jsonw j;

	jsonw_open(&j, &c->out);
	jsonw_object(&j, NULL);
	jsonw_int(&j, "id", q->id);
	jsonw_str(&j, "kind", mail_kind_name(q->kind));
	jsonw_str_or_null(&j, "ticket", q->ticket);
	jsonw_str(&j, "to", q->to);
	jsonw_str(&j, "state", outbox_state_name(q->state));
	jsonw_int(&j, "tries", q->tries);
	jsonw_time(&j, "next", q->next);
	jsonw_str_or_null(&j, "last_error", q->last_error);
	jsonw_str(&j, "message_id", q->message_id);
	jsonw_bool(&j, "held", q->held);
	jsonw_str_or_null(&j, "failure", failure_name(q->failure));
	jsonw_object_end(&j);
	buf_addc(&c->out, '\n');
}

static void
queue_text(struct ctl *c, const struct outbox_row *q)
{
	enum { ERROR_COLUMN = 51, ERROR_LEAST = 16, ERROR_PIPED = 300 };
	enum ctl_style style = q->state == OUTBOX_DEAD || q->state == OUTBOX_UNSURE ?
	    STYLE_BAD :
	    q->state == OUTBOX_SENT ? STYLE_DIM : STYLE_NONE;
	bool room = c->width == 0 || c->width >= ERROR_COLUMN + ERROR_LEAST;

	buf_addf(&c->out, "%6lld  ", (long long)q->id);
	ctl_style(c, style);
	ctl_cell(&c->out, q->held ? "held" : outbox_state_name(q->state), 8);
	ctl_style(c, STYLE_NONE);
	ctl_cell(&c->out, mail_kind_name(q->kind), 11);
	if (!room)
		buf_addz(&c->out, "\n        ");
	ctl_cell(&c->out, q->ticket[0] != '\0' ? q->ticket : "-", 14);
	buf_addf(&c->out, "%2d %s", q->tries, q->tries == 1 ? "try   " : "tries ");
	if (q->last_error[0] != '\0') {
		buf_addz(&c->out, room ? " " : "\n  ");
		ctl_line(&c->out, q->last_error, c->width == 0 ? ERROR_PIPED :
		    room ? c->width - ERROR_COLUMN : c->width - 2);
	}
	buf_addc(&c->out, '\n');
}

static enum status
queue_each(void *ctx, const struct outbox_row *q)
{
	struct ctl *c = ctx;

	if (c->json)
		queue_json(c, q);
	else
		queue_text(c, q);
	ctl_flush(c);
	return ST_OK;
}

/* The act and its line in the journal, or neither. */
static enum status
queue_do(struct ctl *c, struct store *s, int64_t id, bool drop)
{
	enum status st;

	if (store_begin(s, &c->f) != ST_OK)
		return c->f.st;
	st = drop ? queue_drop(s, id, clock_now(), &c->f) : queue_retry(s, id, clock_now(), &c->f);
	if (st == ST_OK)
		st = ctl_note(c, s, arena_printf(c->a, "queue %s %lld", drop ? "drop" : "retry",
		    (long long)id), "");
	return ctl_act_end(c, s, st);
}

/* drop loses a mail that was promised: a person must mean it. */
static int
queue_act(struct ctl *c)
{
	struct store *s AUTO(store_close) = NULL;
	bool drop = strcmp(c->argv[1], "drop") == 0;
	unsigned long long id;
	enum status st;
	int rc;

	if (!span_number(span_of(c->argv[2]), INT64_MAX, &id)) {
		(void)fprintf(stderr, "bureauctl: not an outbox id: %s\n", c->argv[2]);
		return EX_USAGE;
	}
	rc = ctl_act_open(c, &s);
	if (rc != EX_OK)
		return rc;
	if (drop && !ctl_confirm(c, "This mail will never be sent. Drop it?"))
		return ctl_declined("not dropped");
	st = queue_do(c, s, (int64_t)id, drop);
	if (st == ST_NONE)
		(void)fault_set(&c->f, ST_NONE, "%s: no such mail that could be %s", c->argv[2],
		    drop ? "dropped" : "tried again");
	return st == ST_OK ? EX_OK : ctl_fail(c, st == ST_NONE ? EX_DATAERR : EX_IOERR);
}

int
ctl_queue(struct ctl *c)
{
	struct store *s AUTO(store_close) = NULL;
	bool act = c->argc == 3 && (strcmp(c->argv[1], "retry") == 0 || strcmp(c->argv[1], "drop") == 0);
	int rc;

	if (c->argc != 1 && !act) {
		(void)fprintf(stderr, "bureauctl: usage: bureauctl queue [retry ID|drop ID]\n");
		return EX_USAGE;
	}
	if (act)
		return queue_act(c);
	rc = ctl_store(c, STORE_READ, &s);
	if (rc != EX_OK)
		return rc;
	return query_queue(s, c->a, queue_each, c, &c->f) == ST_OK ? EX_OK : ctl_fail(c, EX_IOERR);
}

static void
selftest_json(struct jsonw *j, const struct selftest *t)
{
	if (selftest_state(t) == SELFTEST_NEVER) {
		jsonw_null(j, "selftest");
		return;
	}
	jsonw_object(j, "selftest");
	jsonw_time(j, "sent", t->sent);
	jsonw_time(j, "returned", t->returned);
	if (t->returned != 0)
		jsonw_int(j, "delay_seconds", t->returned - t->sent);
	else
		jsonw_null(j, "delay_seconds");
	jsonw_bool(j, "late", selftest_state(t) == SELFTEST_LATE);
	jsonw_object_end(j);
}

static const char *
selftest_says(struct arena *a, const struct selftest *t)
{
	switch (selftest_state(t)) {
	case SELFTEST_NEVER: return "";
	case SELFTEST_UNDER_WAY:
		return arena_printf(a, "sent %s, under way", ctl_when(a, t->sent));
	case SELFTEST_BACK:
		return arena_printf(a, "sent %s, back after %s", ctl_when(a, t->sent),
		    doctor_took(a, t->returned - t->sent));
	case SELFTEST_LATE:
		return arena_printf(a, "sent %s, NOT BACK", ctl_when(a, t->sent));
	}
	return "";
}

static void
status_json(struct ctl *c, const struct health *h, bool ok, int64_t now)
{
	struct jsonw j;

	jsonw_open(&j, &c->out);
	jsonw_object(&j, NULL);
	jsonw_bool(&j, "ok", ok);
	jsonw_object(&j, "mailbox");
	jsonw_bool(&j, "connected", h->intake.connected && h->intake.busy_until >= now);
	jsonw_time(&j, "last_poll", h->intake.last_poll);
	jsonw_bool(&j, "idle", h->intake.idle);
	jsonw_int(&j, "backlog", h->intake.backlog);
	jsonw_object_end(&j);
	jsonw_object(&j, "outbox");
	jsonw_int(&j, "queued", h->n.queued);
	jsonw_int(&j, "unsure", h->n.unsure);
	jsonw_int(&j, "dead", h->n.dead);
	jsonw_int(&j, "oldest_seconds", h->n.oldest == 0 ? 0 : now - h->n.oldest);
	jsonw_object_end(&j);
	jsonw_object(&j, "tickets");
	jsonw_int(&j, "open", h->n.open);
	jsonw_int(&j, "waiting", h->n.waiting);
	jsonw_int(&j, "closed", h->n.closed);
	jsonw_object_end(&j);
	selftest_json(&j, &h->selftest);
	jsonw_str(&j, "breaker", h->n.held > 0 ? "tripped" : "ok");
	jsonw_str(&j, "version", BUREAUD_VERSION);
	jsonw_object_end(&j);
	buf_addc(&c->out, '\n');
}

static void
status_text(struct ctl *c, const struct health *h, bool ok, int64_t now)
{
	bool connected = h->intake.connected && h->intake.busy_until >= now;
	struct arena *a = c->a;

	ctl_style(c, ok ? STYLE_GOOD : STYLE_BAD);
	buf_addz(&c->out, ok ? "ok" : "NOT OK");
	ctl_style(c, STYLE_NONE);
	buf_addf(&c->out, "  bureaud %s\n", BUREAUD_VERSION);
	ctl_field(c, "mailbox", arena_printf(a, "%s, last looked %s, backlog %lld",
	    connected ? "connected" : "not connected", h->intake.last_poll != 0 ?
	    ctl_when(a, h->intake.last_poll) : "never", (long long)h->intake.backlog));
	ctl_field(c, "outbox", arena_printf(a,
	    "%lld queued, %lld unsure, %lld dead, %lld held by a "
	    "cap", (long long)h->n.queued, (long long)h->n.unsure, (long long)h->n.dead,
	    (long long)h->n.held));
	ctl_field(c, "tickets", arena_printf(a, "%lld open, %lld waiting, %lld closed",
	    (long long)h->n.open, (long long)h->n.waiting, (long long)h->n.closed));
	ctl_field(c, "selftest", selftest_says(a, &h->selftest));
	if (!ok)
		ctl_field(c, "why", health_why(h, now));
	ctl_field(c, "intake", h->intake.note);
	ctl_field(c, "relay", h->post.note);
}

int
ctl_status(struct ctl *c)
{
	struct store *s AUTO(store_close) = NULL;
	struct health h;
	int64_t now = clock_now();
	int rc = ctl_store(c, STORE_READ, &s);
	bool ok;

	if (rc != EX_OK)
		return rc;
	if (health_read(s, c->a, now, &h, &c->f) != ST_OK)
		return ctl_fail(c, EX_IOERR);
	ok = health_why(&h, now)[0] == '\0';
	if (c->json)
		status_json(c, &h, ok, now);
	else
		status_text(c, &h, ok, now);
	ctl_flush(c);
	return ok ? EX_OK : 1;
}
