#include "smtp_int.h"

#include "clock.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
has_control(const char *z)
{
	for (; *z != '\0'; z++)
		if ((unsigned char)*z <= 0x20 || *z == 0x7f)
			return true;
	return false;
}

static void
cfg_copy(struct smtp *s, const struct smtp_cfg *c)
{
	s->cfg = *c;
	s->cfg.url.host = arena_strdup(s->arena, c->url.host);
	s->cfg.ca_file = arena_strdup(s->arena, c->ca_file);
	s->cfg.user = arena_strdup(s->arena, c->user);
	s->cfg.secret = s->secret;
	s->cfg.ehlo = arena_strdup(s->arena, c->ehlo);
}

enum status
smtp_open(struct smtp **out, const struct smtp_cfg *c, struct fault *f)
{
	struct smtp *s;

	*out = NULL;
	if (c->ehlo[0] == '\0' || has_control(c->ehlo))
		return fault_set(f, ST_PERM, "smtp: no name for EHLO");
	s = calloc(1, sizeof *s);
	if (s == NULL)
		return fault_set(f, ST_TEMP, "smtp: no memory");
	s->arena = arena_open();
	cfg_copy(s, c);
	(void)smtp_secret(s, c->secret);
	s->n = c->connections < 1 ? 1 : c->connections > SMTP_CONNECTIONS_MAX ?
	    SMTP_CONNECTIONS_MAX : (size_t)c->connections;
	s->conn = arena_new(s->arena, struct smtp_conn, s->n);
	for (size_t i = 0; i < s->n; i++) {
		s->conn[i].s = s;
		s->conn[i].io.fd = -1;
		buf_open(&s->conn[i].out, SMTP_OUT_MAX);
	}
	*out = s;
	return ST_OK;
}

unsigned
smtp_secret(struct smtp *s, const char *secret)
{
	size_t n = secret == NULL ? 0 : strnlen(secret, LIMIT_SECRET);

	if (secret == NULL || (strlen(s->secret) == n && memcmp(s->secret, secret, n) == 0))
		return s->secrets;
	explicit_bzero(s->secret, sizeof s->secret);
	memcpy(s->secret, secret, n);
	return ++s->secrets;
}

/* QUIT without waiting for the answer: nothing hangs on it. */
static void
quit(struct smtp_conn *c)
{
	static const char line[] = "QUIT\r\n";

	if (c->phase == SMTP_P_READY)
		(void)!stream_send(&c->io, line, sizeof line - 1);
	smtp_conn_drop(c);
}

void
smtp_close(struct smtp **sp)
{
	struct smtp *s = *sp;

	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++) {
		quit(&s->conn[i]);
		buf_close(&s->conn[i].out);
	}
	arena_close(&s->arena);
	explicit_bzero(s->secret, sizeof s->secret);
	free(s);
	*sp = NULL;
}

static bool
is_free(const struct smtp_conn *c)
{
	return !c->busy && !c->has_done && !c->trying;
}

size_t
smtp_free(const struct smtp *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += is_free(&s->conn[i]);
	return n;
}

/* A free connection, best one that is open already. */
static struct smtp_conn *
pick(struct smtp *s)
{
	struct smtp_conn *best = NULL;

	for (size_t i = 0; i < s->n; i++) {
		struct smtp_conn *c = &s->conn[i];

		if (is_free(c) && (best == NULL || best->phase < c->phase))
			best = c;
	}
	return best;
}

static const char *
job_wrong(const struct smtp_job *job)
{
	if (!smtp_address_good(job->to))
		return "not a recipient's address";
	if (job->mail_from[0] != '\0' && !smtp_address_good(job->mail_from))
		return "not a sender's address";
	return job->wire.n == 0 ? "an empty mail" : NULL;
}

bool
smtp_submit(struct smtp *s, const struct smtp_job *job)
{
	struct smtp_conn *c = pick(s);
	const char *wrong = job_wrong(job);

	if (c == NULL)
		return false;
	c->job = *job;
	c->busy = true;
	c->retried = false;
	if (wrong != NULL) {
		c->code = 0;
		(void)snprintf(c->text, sizeof c->text, "%s", wrong);
		smtp_conn_finish(c, ST_PERM, false);
		return true;
	}
	(void)snprintf(c->from, sizeof c->from, "%s", job->mail_from);
	(void)snprintf(c->to, sizeof c->to, "%s", job->to);
	smtp_conn_start(c);
	return true;
}

static struct smtp_conn *
find(struct smtp *s, int64_t tag)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->conn[i].busy && s->conn[i].job.tag == tag)
			return &s->conn[i];
	return NULL;
}

void
smtp_dot(struct smtp *s, int64_t tag)
{
	struct smtp_conn *c = find(s, tag);

	if (c != NULL && c->phase == SMTP_P_AT_DOT)
		smtp_conn_dot(c);
}

void
smtp_abort(struct smtp *s, int64_t tag)
{
	struct smtp_conn *c = find(s, tag);

	if (c == NULL || c->phase == SMTP_P_DOT)
		return;
	c->code = 0;
	(void)snprintf(c->text, sizeof c->text, "broken off");
	smtp_conn_finish(c, ST_TEMP, false);
	smtp_conn_drop(c);
}

static bool
has_event(const struct smtp_conn *c)
{
	return c->has_done || (c->busy && c->phase == SMTP_P_AT_DOT && !c->told_at_dot);
}

struct tally { size_t events, moving; };

static struct tally
tally(const struct smtp *s)
{
	struct tally t = { 0, 0 };

	for (size_t i = 0; i < s->n; i++) {
		t.events += has_event(&s->conn[i]);
		t.moving += s->conn[i].busy && s->conn[i].phase != SMTP_P_AT_DOT;
	}
	return t;
}

static size_t
events_take(struct smtp *s, struct smtp_event *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n && n < max; i++) {
		struct smtp_conn *c = &s->conn[i];

		if (!has_event(c))
			continue;
		if (c->has_done) {
			out[n++] = c->done;
			c->has_done = false;
		} else {
			out[n++] = (struct smtp_event){ .kind = SMTP_AT_DOT,
			    .tag = c->job.tag };
			c->told_at_dot = true;
		}
	}
	return n;
}

/* Wait until a connection can go on, `end`, or wake_fd: true for the last. */
static bool
wait_any(struct smtp *s, int64_t end, int wake_fd)
{
	struct pollfd p[SMTP_CONNECTIONS_MAX + 1];
	int64_t now = clock_mono_ms();

	for (size_t i = 0; i < s->n; i++) {
		const struct smtp_conn *c = &s->conn[i];
		int64_t until = smtp_conn_until(c);

		p[i] = (struct pollfd){ .fd = c->phase == SMTP_P_DOWN ? -1 : c->io.fd,
		    .events = smtp_conn_events(c) };
		if (until != 0 && until < end)
			end = until;
	}
	p[s->n] = (struct pollfd){ .fd = wake_fd, .events = POLLIN };
	return poll(p, (nfds_t)s->n + 1, end > now ? (int)(end - now) : 0) > 0 &&
	    p[s->n].revents != 0;
}

size_t
smtp_run(struct smtp *s, int max_ms, int settle_ms, int wake_fd, struct smtp_event *out,
    size_t max)
{
	int64_t end = clock_mono_ms() + max_ms, now, settle = 0;
	struct tally t;

	for (;;) {
		for (size_t i = 0; i < s->n; i++)
			smtp_conn_step(&s->conn[i]);
		t = tally(s);
		now = clock_mono_ms();
		if (t.events > 0 && settle == 0)
			settle = now + settle_ms;
		if (t.moving == 0 || now >= end || (settle != 0 && now >= settle))
			break;
		if (wait_any(s, settle != 0 && settle < end ? settle : end, wake_fd))
			break;
	}
	return events_take(s, out, max);
}

enum status
smtp_try(struct smtp *s, struct fault *f)
{
	struct smtp_conn *c = pick(s);
	int64_t end = clock_mono_ms() + s->cfg.connect_ms + s->cfg.step_ms;

	if (c == NULL)
		return fault_set(f, ST_TEMP, "smtp: every connection is busy");
	c->trying = true;
	c->done.st = ST_OK;
	s->expires = -1;
	s->greeting[0] = '\0';
	smtp_conn_drop(c);
	smtp_conn_start(c);
	while (c->trying && clock_mono_ms() < end) {
		smtp_conn_step(c);
		if (c->trying)
			(void)wait_any(s, end, -1);
	}
	if (c->trying)
		smtp_conn_lost(c, ST_TEMP, "no answer in time");
	if (c->done.st != ST_OK)
		return fault_set(f, c->done.st, "smtp: %s", c->text);
	if (c->io.tls != NULL)
		s->expires = tls_expires(c->io.tls);
	quit(c);
	return ST_OK;
}

int
smtp_tls_days(const struct smtp *s, int64_t now)
{
	enum { DAY = 86400 };

	if (s->expires < 0)
		return -1;
	return s->expires <= now ? 0 : (int)((s->expires - now) / DAY);
}

const char *
smtp_greeting(const struct smtp *s)
{
	return s->greeting;
}
