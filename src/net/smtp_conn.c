#include "smtp_int.h"

#include "clock.h"
#include "utf8.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

static void
deadline_renew(struct smtp_conn *c)
{
	const struct smtp_cfg *cfg = &c->s->cfg;
	bool waits = c->phase != SMTP_P_DOWN && c->phase != SMTP_P_READY &&
	    c->phase != SMTP_P_AT_DOT;

	if (c->phase != SMTP_P_DOT)
		c->until = waits ? clock_mono_ms() + cfg->step_ms : 0;
}

void
smtp_conn_phase(struct smtp_conn *c, enum smtp_phase p)
{
	c->phase = p;
	deadline_renew(c);
}

void
smtp_conn_drop(struct smtp_conn *c)
{
	stream_close(&c->io);
	buf_reset(&c->out);
	c->out_off = c->line_n = c->reply_n = 0;
	c->used = c->refused = false;
	smtp_conn_phase(c, SMTP_P_DOWN);
}

void
smtp_conn_finish(struct smtp_conn *c, enum status st, bool pause)
{
	if (!c->busy)
		return;
	c->busy = false;
	c->has_done = true;
	c->done = (struct smtp_event){ .kind = SMTP_DONE, .tag = c->job.tag, .st = st,
	    .pause = pause, .code = c->code, .refused_secret = c->refused_secret };
	c->refused_secret = 0;
	(void)snprintf(c->done.text, sizeof c->done.text, "%s", c->text);
}

/* What the loss of the connection in this phase means for the mail. */
static void
lost_result(struct smtp_conn *c, const char *why)
{
	bool dot_left = c->phase == SMTP_P_DOT && c->out_off > 0;

	c->code = 0;
	(void)snprintf(c->text, sizeof c->text, "%.*s", SMTP_TEXT_MAX - 1, why);
	smtp_conn_finish(c, dot_left ? ST_UNSURE : ST_TEMP, c->phase <= SMTP_P_MAIL);
}

void
smtp_conn_lost(struct smtp_conn *c, enum status st, const char *why)
{
	bool begun = c->phase > SMTP_P_MAIL && !c->refused;
	bool again = c->busy && !c->retried && (c->used || c->refused) && !begun &&
	    c->phase >= SMTP_P_RSET;

	if (c->trying) {
		c->trying = false;
		c->done.st = st;
		(void)snprintf(c->text, sizeof c->text, "%.*s", SMTP_TEXT_MAX - 1, why);
	} else if (!again) {
		lost_result(c, why);
	}
	smtp_conn_drop(c);
	if (again) {
		c->retried = true;
		smtp_conn_start(c);
	}
}

static void
dial(struct smtp_conn *c)
{
	smtp_conn_drop(c);
	c->code = 0;
	c->text[0] = '\0';
	stream_dial(&c->io, &c->s->cfg.url, c->s->cfg.ca_file, c->s->cfg.connect_ms);
	smtp_conn_phase(c, SMTP_P_DIAL);
}

/* An idle connection that the server has ended, or is about to, is not used again. */
static bool
still_good(struct smtp_conn *c)
{
	char byte;

	return c->phase == SMTP_P_READY && stream_recv(&c->io, &byte, 1) == 0;
}

void
smtp_conn_start(struct smtp_conn *c)
{
	if (c->refused && c->phase >= SMTP_P_RSET)
		return;		/* still draining: the answer to RSET goes on with it */
	if (!still_good(c)) {
		dial(c);
		return;
	}
	c->code = 0;
	smtp_talk_mail(c);
}

/* One line of a reply; the last one has a blank behind its code (RFC 5321 4.2.1). */
static bool
reply_line(struct smtp_conn *c, struct span line)
{
	unsigned long long code;
	struct buf clean BUF_AUTO;
	bool last = line.n == 3 || (line.n > 3 && line.p[3] == ' ');

	buf_open(&clean, SMTP_LINE_MAX * 4);
	if (line.n < 3 || (!last && line.p[3] != '-') ||
	    !span_number(span_from(line.p, 3), 599, &code) || code < 200) {
		smtp_conn_lost(c, ST_TEMP, "the relay does not speak SMTP");
		return false;
	}
	if (c->phase == SMTP_P_EHLO && line.n > 4)
		smtp_talk_offer(c, span_from(line.p + 4, line.n - 4));
	utf8_clean(&clean, line, UTF8_ONE_LINE);
	buf_cut(&clean, utf8_floor(buf_span(&clean), SMTP_TEXT_MAX - 1));
	(void)snprintf(c->text, sizeof c->text, "%s", clean.z);
	c->code = (int)code;
	return last;
}

static void
line_end(struct smtp_conn *c)
{
	struct span line = span_trim(span_from(c->line, c->line_n));

	c->line_n = 0;
	if (reply_line(c, line)) {
		c->reply_n = 0;
		smtp_talk(c);
	}
}

/* What stands behind the reply to STARTTLS was sent in clear by somebody. */
static bool
injected(const struct smtp_conn *c, size_t left)
{
	return c->phase == SMTP_P_TLS && left > 0;
}

/* Lines of the relay, as long as the connection is the same and up. */
static void
take(struct smtp_conn *c, struct span s)
{
	c->reply_n += s.n;
	if (c->reply_n > SMTP_REPLY_MAX) {
		smtp_conn_lost(c, ST_TEMP, "a reply without an end");
		return;
	}
	for (size_t i = 0; i < s.n && c->phase > SMTP_P_DIAL; i++) {
		if (injected(c, s.n - i)) {
			smtp_conn_lost(c, ST_PERM, "bytes in clear behind STARTTLS: refused");
			return;
		}
		if (s.p[i] == '\n')
			line_end(c);
		else if (c->line_n < SMTP_LINE_MAX)
			c->line[c->line_n++] = s.p[i];
	}
}

static void
hear(struct smtp_conn *c)
{
	char got[4096], why[SMTP_TEXT_MAX];
	ssize_t r;

	while (c->phase > SMTP_P_DIAL && c->io.phase == STREAM_UP) {
		r = stream_recv(&c->io, got, sizeof got);
		if (r == 0)
			return;
		if (r < 0) {
			(void)snprintf(why, sizeof why, "%.*s", SMTP_TEXT_MAX - 1,
			    c->io.why.text);
			smtp_conn_lost(c, c->io.why.st, why);
			return;
		}
		deadline_renew(c);
		take(c, span_from(got, (size_t)r));
	}
}

/* Not where the server has already gone or spoken; the time for the answer runs from here. */
void
smtp_conn_dot(struct smtp_conn *c)
{
	hear(c);
	if (c->phase != SMTP_P_AT_DOT)
		return;
	buf_reset(&c->out);
	c->out_off = 0;
	buf_addz(&c->out, ".\r\n");
	c->phase = SMTP_P_DOT;
	c->until = clock_mono_ms() + c->s->cfg.dot_ms;
}

/* Nothing is left to write: fetch more of the body, or come to the dot. */
static void
body_more(struct smtp_conn *c)
{
	buf_reset(&c->out);
	c->out_off = 0;
	if (c->phase != SMTP_P_BODY)
		return;
	smtp_body(&c->out, c->job.wire, &c->body_off, &c->body_last);
	if (c->out.n == 0) {
		c->told_at_dot = false;
		smtp_conn_phase(c, SMTP_P_AT_DOT);
	}
}

static void
speak(struct smtp_conn *c)
{
	char why[SMTP_TEXT_MAX];
	ssize_t r;

	while (c->phase > SMTP_P_DIAL && c->io.phase == STREAM_UP) {
		if (c->phase != SMTP_P_DOT && c->out_off == c->out.n)
			body_more(c);
		if (c->out_off == c->out.n)
			return;
		r = stream_send(&c->io, c->out.z + c->out_off, c->out.n - c->out_off);
		if (r == 0)
			return;
		if (r < 0) {
			(void)snprintf(why, sizeof why, "%.*s", SMTP_TEXT_MAX - 1,
			    c->io.why.text);
			smtp_conn_lost(c, c->io.why.st, why);
			return;
		}
		deadline_renew(c);
		c->out_off += (size_t)r;
	}
}

/* Dialling and TLS. */
static void
connect_step(struct smtp_conn *c)
{
	char why[SMTP_TEXT_MAX];

	stream_step(&c->io);
	if (c->io.phase == STREAM_DEAD) {
		(void)snprintf(why, sizeof why, "%.*s", SMTP_TEXT_MAX - 1, c->io.why.text);
		smtp_conn_lost(c, c->io.why.st, why);
	} else if (c->io.phase == STREAM_UP && c->phase == SMTP_P_DIAL) {
		smtp_conn_phase(c, SMTP_P_GREETING);
	} else if (c->io.phase == STREAM_UP) {
		smtp_talk_ehlo(c);
	}
}

void
smtp_conn_step(struct smtp_conn *c)
{
	if (c->phase == SMTP_P_DOWN)
		return;
	if (c->phase == SMTP_P_DIAL || c->phase == SMTP_P_TLS)
		connect_step(c);
	speak(c);
	hear(c);
	if (c->phase == SMTP_P_TLS)
		connect_step(c);
	speak(c);
	if (c->until != 0 && clock_mono_ms() >= c->until)
		smtp_conn_lost(c, ST_TEMP, "the relay gives no answer in time");
}

short
smtp_conn_events(const struct smtp_conn *c)
{
	if (c->io.phase != STREAM_UP)
		return c->io.want;
	return c->out_off < c->out.n ? POLLIN | POLLOUT : POLLIN;
}

int64_t
smtp_conn_until(const struct smtp_conn *c)
{
	int64_t now = clock_mono_ms();

	if (c->phase != SMTP_P_DIAL && c->phase != SMTP_P_TLS)
		return c->until;
	if (c->io.phase != STREAM_CONNECTING && c->io.phase != STREAM_HANDSHAKE)
		return now;
	return now + stream_patience(&c->io);
}
