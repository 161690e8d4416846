/* ctl_queue.c - the outbox and the daemon's health. */
#include "ctl.h"

#include "clock.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum { STALE_SECONDS = 15 * 60 };

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

static enum status
queue_each(void *ctx, const struct outbox_row *q)
{
	struct ctl *c = ctx;

	if (c->json)
		queue_json(c, q);
	else {
		buf_addf(&c->out, "%6lld  ", (long long)q->id);
		ctl_cell(&c->out, q->held ? "held" : outbox_state_name(q->state), 8);
		ctl_cell(&c->out, mail_kind_name(q->kind), 10);
		ctl_cell(&c->out, q->ticket[0] != '\0' ? q->ticket : "-", 15);
		buf_addf(&c->out, "%2d tries  ", q->tries);
		ctl_cell(&c->out, q->last_error, 45);
		buf_addc(&c->out, '\n');
	}
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

struct health { struct counts n; struct heartbeat intake, post; bool beaten; };

static enum status
health_read(struct ctl *c, struct store *s, struct health *h)
{
	enum status in, out;

	*h = (struct health){ .intake = { .note = "" }, .post = { .note = "" } };
	if (query_counts(s, &h->n, &c->f) != ST_OK)
		return c->f.st;
	in = store_beat_read(s, c->a, "intake", &h->intake, &c->f);
	out = store_beat_read(s, c->a, "post", &h->post, &c->f);
	h->beaten = in == ST_OK && out == ST_OK;
	if (in == ST_NONE || out == ST_NONE)
		return ST_OK;
	return in != ST_OK ? in : out;
}

/* Alive is what beat within what it said it might need. */
static bool
health_ok(const struct health *h, int64_t now)
{
	return h->beaten && h->intake.connected && h->intake.busy_until >= now &&
	    h->post.connected && h->post.busy_until >= now &&
	    (h->n.oldest == 0 || now - h->n.oldest < STALE_SECONDS);
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
	jsonw_str(&j, "breaker", h->n.held > 0 ? "tripped" : "ok");
	jsonw_str(&j, "version", BUREAUD_VERSION);
	jsonw_object_end(&j);
	buf_addc(&c->out, '\n');
}

static void
status_text(struct ctl *c, const struct health *h, bool ok, int64_t now)
{
	struct buf *b = &c->out;
	char z[DATE_RFC3339_MAX] = "never";

	if (h->intake.last_poll != 0)
		date_rfc3339(h->intake.last_poll, z);
	buf_addf(b, "%s  bureaud %s\n", ok ? "ok" : "NOT OK", BUREAUD_VERSION);
	buf_addf(b, "mailbox: %s, last looked %s, backlog %lld\n",
	    h->intake.connected && h->intake.busy_until >= now ? "connected" : "not connected", z,
	    (long long)h->intake.backlog);
	buf_addf(b, "outbox:  %lld queued, %lld unsure, %lld dead, %lld held by a cap\n",
	    (long long)h->n.queued, (long long)h->n.unsure, (long long)h->n.dead, (long long)h->n.held);
	buf_addf(b, "tickets: %lld open, %lld waiting, %lld closed\n", (long long)h->n.open,
	    (long long)h->n.waiting, (long long)h->n.closed);
	if (h->intake.note[0] != '\0')
		buf_addf(b, "mailbox trouble: %s\n", h->intake.note);
	if (h->post.note[0] != '\0')
		buf_addf(b, "relay trouble: %s\n", h->post.note);
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
	if (health_read(c, s, &h) != ST_OK)
		return ctl_fail(c, EX_IOERR);
	ok = health_ok(&h, now);
	if (c->json)
		status_json(c, &h, ok, now);
	else
		status_text(c, &h, ok, now);
	ctl_flush(c);
	return ok ? EX_OK : 1;
}
