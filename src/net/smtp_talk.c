#include "smtp_int.h"

#include <stdio.h>
#include <string.h>

enum { COMMAND_MAX = 512 };	/* RFC 5321 4.5.3.1.4 */

static bool
said_ok(const struct smtp_conn *c)
{
	return c->code >= 200 && c->code < 300;
}

/* A refusal before any mail is spoken of: it is of us. */
static void
refused_us(struct smtp_conn *c)
{
	if (c->phase == SMTP_P_AUTH && c->code >= 500)
		c->refused_secret = c->secret;
	if (c->trying)
		c->done = (struct smtp_event){ .st = c->code >= 500 ? ST_PERM : ST_TEMP,
		    .refused_secret = c->refused_secret };
	c->trying = false;
	smtp_conn_finish(c, ST_TEMP, true);
	smtp_conn_drop(c);
}

void
smtp_talk_ehlo(struct smtp_conn *c)
{
	c->offer = (struct smtp_offer){ 0 };
	buf_addf(&c->out, "EHLO %s\r\n", c->s->cfg.ehlo);
	smtp_conn_phase(c, SMTP_P_EHLO);
}

static void
on_greeting(struct smtp_conn *c)
{
	if (c->trying)
		(void)snprintf(c->s->greeting, sizeof c->s->greeting, "%s", c->text);
	if (said_ok(c))
		smtp_talk_ehlo(c);
	else
		refused_us(c);
}

static void
offer_auth(struct smtp_offer *o, struct span words)
{
	struct span word;

	while (span_cut(&words, ' ', &word)) {
		o->plain |= span_ieq(word, "PLAIN");
		o->login |= span_ieq(word, "LOGIN");
		o->xoauth2 |= span_ieq(word, "XOAUTH2");
	}
}

void
smtp_talk_offer(struct smtp_conn *c, struct span line)
{
	struct span rest = line, word = line;

	(void)span_cut(&rest, ' ', &word);
	c->offer.starttls |= span_ieq(word, "STARTTLS");
	c->offer.size |= span_ieq(word, "SIZE");
	c->offer.pipelining |= span_ieq(word, "PIPELINING");
	if (span_ieq(word, "AUTH"))
		offer_auth(&c->offer, rest);
}

/* What the mechanism wants first.  LOGIN is asked twice: this is the user, on_auth() gives the
 * password. */
static const char *
auth_first(struct smtp_conn *c, struct buf *plain)
{
	const struct smtp_cfg *cfg = &c->s->cfg;

	if (cfg->auth == NET_AUTH_XOAUTH2) {
		buf_addf(plain, "user=%s\001auth=Bearer %s\001\001", cfg->user, cfg->secret);
		return "XOAUTH2";
	}
	if (!c->offer.plain) {
		buf_addz(plain, cfg->user);
		return "LOGIN";
	}
	buf_addc(plain, '\0');
	buf_addz(plain, cfg->user);
	buf_addc(plain, '\0');
	buf_addz(plain, cfg->secret);
	return "PLAIN";
}

/* In the command itself where that fits into its 512 octets, else behind an empty challenge (RFC
 * 4954 4): Postfix cuts a longer line. */
static void
auth_put(struct smtp_conn *c, bool command)
{
	struct buf plain BUF_AUTO, coded BUF_AUTO;
	const char *mechanism;

	buf_open(&plain, SMTP_OUT_MAX / 2);
	buf_open(&coded, SMTP_OUT_MAX);
	mechanism = auth_first(c, &plain);
	smtp_base64(&coded, buf_span(&plain));
	if (command) {
		c->challenged = strlen("AUTH  \r\n") + strlen(mechanism) + coded.n > COMMAND_MAX;
		buf_addf(&c->out, "AUTH %s%s", mechanism, c->challenged ? "" : " ");
	}
	if (!command || !c->challenged)
		buf_add(&c->out, buf_span(&coded));
	buf_addz(&c->out, "\r\n");
	explicit_bzero(plain.z, plain.n);
	explicit_bzero(coded.z, coded.n);
}

static void
auth_begin(struct smtp_conn *c)
{
	bool token = c->s->cfg.auth == NET_AUTH_XOAUTH2;

	if (token ? !c->offer.xoauth2 : !c->offer.plain && !c->offer.login) {
		smtp_conn_lost(c, ST_PERM, "the relay offers no login that we know");
		return;
	}
	c->secret = c->s->secrets;
	auth_put(c, true);
	smtp_conn_phase(c, SMTP_P_AUTH);
}

static void
ready(struct smtp_conn *c)
{
	smtp_conn_phase(c, SMTP_P_READY);
	if (c->trying)
		c->trying = false;
	else if (c->busy)
		smtp_talk_mail(c);
}

static void
on_ehlo(struct smtp_conn *c)
{
	if (!said_ok(c)) {
		refused_us(c);
	} else if (c->s->cfg.url.tls == NET_STARTTLS && c->io.tls == NULL) {
		if (!c->offer.starttls) {
			smtp_conn_lost(c, ST_PERM, "the relay offers no STARTTLS");
			return;
		}
		buf_addz(&c->out, "STARTTLS\r\n");
		smtp_conn_phase(c, SMTP_P_STARTTLS);
	} else if (c->s->cfg.user[0] != '\0') {
		auth_begin(c);
	} else {
		ready(c);
	}
}

static void
on_starttls(struct smtp_conn *c)
{
	if (!said_ok(c)) {
		refused_us(c);
		return;
	}
	smtp_conn_phase(c, SMTP_P_TLS);
	stream_starttls(&c->io, c->s->cfg.connect_ms);
}

/* 334: what did not fit into the command; then LOGIN wants the password; the others mean to say
 * why they refuse. */
static void
on_challenge(struct smtp_conn *c)
{
	if (c->challenged) {
		c->challenged = false;
		auth_put(c, false);
		return;
	}
	if (c->s->cfg.auth == NET_AUTH_PASSWORD && !c->offer.plain)
		smtp_base64(&c->out, span_of(c->s->cfg.secret));
	buf_addz(&c->out, "\r\n");
}

static void
on_auth(struct smtp_conn *c)
{
	if (said_ok(c))
		ready(c);
	else if (c->code == 334)
		on_challenge(c);
	else
		refused_us(c);
}

static void
rcpt_put(struct smtp_conn *c)
{
	buf_addf(&c->out, "RCPT TO:<%s>\r\n", c->to);
}

void
smtp_talk_mail(struct smtp_conn *c)
{
	c->refused = false;
	c->body_off = 0;
	c->body_last = '\n';
	buf_addf(&c->out, "MAIL FROM:<%s>", c->from);
	if (c->offer.size)
		buf_addf(&c->out, " SIZE=%zu", c->job.wire.n);
	buf_addz(&c->out, "\r\n");
	if (c->offer.pipelining) {
		rcpt_put(c);
		buf_addz(&c->out, "DATA\r\n");
	}
	smtp_conn_phase(c, SMTP_P_MAIL);
}

/* Said to one who has not logged in.  421 is not among them: a relay may have it for one
 * recipient, for ever, and one that does go down refuses the next connection. */
static bool
code_is_of_us(int code)
{
	return code == 530 || code == 534 || code == 535 || code == 538;
}

/* Too large for the relay: the only refusal of MAIL that is of the mail (RFC 1870 6.1). */
static bool
too_large(const struct smtp_conn *c)
{
	return c->code == 552 || strstr(c->text, " 5.3.4 ") != NULL ||
	    strstr(c->text, " 5.2.3 ") != NULL;
}

static void
refuse(struct smtp_conn *c)
{
	bool large = c->phase == SMTP_P_MAIL && too_large(c);
	bool of_us = (c->phase == SMTP_P_MAIL && !large) ||
	    (c->phase == SMTP_P_RCPT && code_is_of_us(c->code)) ||
	    (c->phase == SMTP_P_DATA && code_is_of_us(c->code));

	smtp_conn_finish(c, c->code >= 500 && !of_us ? ST_PERM : ST_TEMP, of_us);
	c->refused = true;
}

static void
rset(struct smtp_conn *c)
{
	buf_addz(&c->out, "RSET\r\n");
	smtp_conn_phase(c, SMTP_P_RSET);
}

/* A reused connection that the server is about to end: the mail goes over a new one. */
static bool
stale(const struct smtp_conn *c)
{
	return c->code == 421 && c->used && !c->retried;
}

static void
on_mail(struct smtp_conn *c)
{
	if (!said_ok(c) && stale(c)) {
		smtp_conn_lost(c, ST_TEMP, "the relay ended the connection");
		return;
	}
	if (!said_ok(c))
		refuse(c);
	if (c->refused && !c->offer.pipelining) {
		rset(c);
		return;
	}
	if (!c->offer.pipelining)
		rcpt_put(c);
	smtp_conn_phase(c, SMTP_P_RCPT);
}

static void
on_rcpt(struct smtp_conn *c)
{
	if (!c->refused && !said_ok(c))
		refuse(c);
	if (c->refused && !c->offer.pipelining) {
		rset(c);
		return;
	}
	if (!c->offer.pipelining)
		buf_addz(&c->out, "DATA\r\n");
	smtp_conn_phase(c, SMTP_P_DATA);
}

/* 354 though sender or recipient were refused: no way out but the end of the connection. */
static void
on_data(struct smtp_conn *c)
{
	if (c->code == 354 && c->refused) {
		smtp_conn_drop(c);
		if (c->busy)
			smtp_conn_start(c);
	} else if (c->code == 354) {
		smtp_conn_phase(c, SMTP_P_BODY);
	} else {
		if (!c->refused)
			refuse(c);
		rset(c);
	}
}

/* A reply while the body goes out: the server will have no more of it. */
static void
on_early(struct smtp_conn *c)
{
	smtp_conn_finish(c, c->code >= 500 ? ST_PERM : ST_TEMP, false);
	smtp_conn_drop(c);
}

static void
on_dot(struct smtp_conn *c)
{
	enum status st = said_ok(c) ? ST_OK : c->code >= 500 ? ST_PERM :
	    c->code >= 400 ? ST_TEMP : ST_UNSURE;

	c->used = true;
	smtp_conn_finish(c, st, false);
	if (c->code == 421 || st == ST_UNSURE)
		smtp_conn_drop(c);
	else
		ready(c);
}

static void
on_rset(struct smtp_conn *c)
{
	c->used = true;
	c->refused = false;
	if (said_ok(c)) {
		ready(c);
		return;
	}
	smtp_conn_drop(c);
	if (c->busy)
		smtp_conn_start(c);
}

/* Nobody asked: it says goodbye. */
static void
on_ready(struct smtp_conn *c)
{
	smtp_conn_drop(c);
}

void
smtp_talk(struct smtp_conn *c)
{
	static void (*const on[SMTP_P_COUNT])(struct smtp_conn *) = {
		[SMTP_P_GREETING] = on_greeting,
		[SMTP_P_EHLO] = on_ehlo,
		[SMTP_P_STARTTLS] = on_starttls,
		[SMTP_P_AUTH] = on_auth,
		[SMTP_P_READY] = on_ready,
		[SMTP_P_RSET] = on_rset,
		[SMTP_P_MAIL] = on_mail,
		[SMTP_P_RCPT] = on_rcpt,
		[SMTP_P_DATA] = on_data,
		[SMTP_P_BODY] = on_early,
		[SMTP_P_AT_DOT] = on_early,
		[SMTP_P_DOT] = on_dot,
	};

	if (on[c->phase] != NULL)
		on[c->phase](c);
}
