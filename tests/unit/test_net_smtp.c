/* The SMTP engine against relays that refuse, stall and drop at every step. */
#include "test_net_peer.h"

#include "smtp.h"

#include <time.h>

enum { STEP_MS = 15000, SHORT_MS = 150, EVENTS = 16, LOOKS = 500 };

#define WIRE "Subject: x\r\n\r\n.dot\r\nlone\nend"
#define WIRE_SEEN "Subject: x||..dot|lone|end|"

static struct peer certs;
static char cert_dir[1024], ca[1100];

static struct smtp_cfg
cfg(int port, enum net_tls tls, int connections)
{
	return (struct smtp_cfg){
		.url = { .host = tls == NET_PLAIN ? "127.0.0.1" : "localhost", .port = port,
		    .tls = tls },
		.ca_file = ca, .user = "", .secret = "", .ehlo = "bureau.test",
		.connections = connections, .connect_ms = STEP_MS, .step_ms = STEP_MS,
		.dot_ms = STEP_MS,
	};
}

static struct smtp_job
job(int64_t tag)
{
	return (struct smtp_job){ .tag = tag, .mail_from = "", .to = "a@b.test",
	    .wire = span_of(WIRE) };
}

static size_t
count_of(const char *text, const char *part)
{
	size_t n = 0;

	for (; part[0] != '\0' && (text = strstr(text, part)) != NULL; text += strlen(part))
		n++;
	return n;
}

/* Until the peer has seen that of us n times; "" when it never does. */
static const char *
seen_until(struct peer *p, const char *part, size_t n)
{
	const struct timespec pause = { .tv_nsec = 10000000 };

	for (int i = 0; i < LOOKS; i++) {
		const char *seen = peer_seen(p);

		if (count_of(seen, part) >= n)
			return seen;
		(void)nanosleep(&pause, NULL);
	}
	return "";
}

static struct smtp_event
next(struct smtp *s)
{
	struct smtp_event ev;

	assert_int_equal(smtp_run(s, 20 * STEP_MS, 0, -1, &ev, 1), 1);
	return ev;
}

static struct smtp_event
send_one(struct smtp *s, int64_t tag)
{
	struct smtp_job j = job(tag);
	struct smtp_event ev;

	assert_true(smtp_submit(s, &j));
	ev = next(s);
	if (ev.kind == SMTP_AT_DOT) {
		smtp_dot(s, tag);
		ev = next(s);
	}
	assert_int_equal(ev.kind, SMTP_DONE);
	assert_int_equal(ev.tag, tag);
	return ev;
}

static const struct row {
	const char *script;
	enum net_tls tls;
	const char *user;
	enum net_auth auth;
	enum status st;
	bool pause;
	int code;
	const char *text;
	const char *seen;	/* NULL: no login may have gone out */
	int short_step, short_dot;
} rows[] = {
	{ "", NET_PLAIN, "", 0, ST_OK, false, 250, "250 fine",
	    "EHLO bureau.test|MAIL FROM:<>|RCPT TO:<a@b.test>|DATA|" WIRE_SEEN ".|", 0, 0 },
	{ "caps=PIPELINING,SIZE 9999", NET_PLAIN, "", 0, ST_OK, false, 250, "250 fine",
	    "|MAIL FROM:<> SIZE=28|RCPT TO:<a@b.test>|DATA|" WIRE_SEEN ".|", 0, 0 },
	{ "dot=250-one\\n250 2.0.0 queued", NET_PLAIN, "", 0,
	    ST_OK, false, 250, "250 2.0.0 queued", "", 0, 0 },

	{ "connect=421 busy", NET_PLAIN, "", 0, ST_TEMP, true, 421, "421 busy", "", 0, 0 },
	{ "connect=554 go away", NET_PLAIN, "", 0, ST_TEMP, true, 554, "554 go", "", 0, 0 },
	{ "connect=drop", NET_PLAIN, "", 0, ST_TEMP, true, 0, "closed", "", 0, 0 },
	{ "connect=silent", NET_PLAIN, "", 0, ST_TEMP, true, 0, "in time", "", SHORT_MS, 0 },
	{ "connect=* OK imap", NET_PLAIN, "", 0, ST_TEMP, true, 0, "not speak SMTP", "", 0, 0 },
	{ "ehlo=451 later", NET_PLAIN, "", 0, ST_TEMP, true, 451, "451", "", 0, 0 },
	{ "ehlo=502 what", NET_PLAIN, "", 0, ST_TEMP, true, 502, "502", "", 0, 0 },
	{ "ehlo=drop", NET_PLAIN, "", 0, ST_TEMP, true, 0, "closed", "", 0, 0 },
	{ "mail=450 later", NET_PLAIN, "", 0, ST_TEMP, true, 450, "450", "RSET", 0, 0 },
	{ "mail=550 not you", NET_PLAIN, "", 0, ST_TEMP, true, 550, "550", "RSET", 0, 0 },
	{ "mail=530 5.7.0 login first", NET_PLAIN, "", 0, ST_TEMP, true, 530, "530", "", 0, 0 },
	{ "mail=552 5.3.4 too big", NET_PLAIN, "", 0, ST_PERM, false, 552, "552", "", 0, 0 },
	{ "mail=drop", NET_PLAIN, "", 0, ST_TEMP, true, 0, "closed", "", 0, 0 },
	{ "rcpt=450 4.2.0 grey", NET_PLAIN, "", 0, ST_TEMP, false, 450, "450", "RSET", 0, 0 },
	{ "rcpt=550-no\\n550 5.1.1 unknown", NET_PLAIN, "", 0,
	    ST_PERM, false, 550, "550 5.1.1 unknown", "RSET", 0, 0 },
	{ "rcpt=530 login", NET_PLAIN, "", 0, ST_TEMP, true, 530, "530", "", 0, 0 },
	{ "rcpt=421 closing", NET_PLAIN, "", 0, ST_TEMP, false, 421, "421", "", 0, 0 },
	{ "rcpt=drop", NET_PLAIN, "", 0, ST_TEMP, false, 0, "closed", "", 0, 0 },
	{ "rcpt=silent", NET_PLAIN, "", 0, ST_TEMP, false, 0, "in time", "", SHORT_MS, 0 },
	{ "data=451 later", NET_PLAIN, "", 0, ST_TEMP, false, 451, "451", "RSET", 0, 0 },
	{ "data=554 no", NET_PLAIN, "", 0, ST_PERM, false, 554, "554", "RSET", 0, 0 },
	{ "data=drop", NET_PLAIN, "", 0, ST_TEMP, false, 0, "closed", "", 0, 0 },
	{ "dot=451 later", NET_PLAIN, "", 0, ST_TEMP, false, 451, "451", "", 0, 0 },
	{ "dot=554 5.6.0 spam", NET_PLAIN, "", 0,
	    ST_PERM, false, 554, "554 5.6.0 spam", "", 0, 0 },
	{ "dot=421 down", NET_PLAIN, "", 0, ST_TEMP, false, 421, "421", "", 0, 0 },
	{ "dot=drop", NET_PLAIN, "", 0, ST_UNSURE, false, 0, "closed", WIRE_SEEN ".|", 0, 0 },
	{ "dot=silent", NET_PLAIN, "", 0,
	    ST_UNSURE, false, 0, "in time", WIRE_SEEN ".|", 0, SHORT_MS },
	{ "dot=what", NET_PLAIN, "", 0, ST_UNSURE, false, 0, "not speak SMTP", "", 0, 0 },

	{ "caps=PIPELINING;mail=550 no;rcpt=503 no;data=503 no", NET_PLAIN, "", 0,
	    ST_TEMP, true, 550, "550", "RSET", 0, 0 },
	{ "caps=PIPELINING;rcpt=550 no;data=503 no", NET_PLAIN, "", 0,
	    ST_PERM, false, 550, "550", "DATA|RSET", 0, 0 },
	{ "caps=PIPELINING;rcpt=550 no", NET_PLAIN, "", 0,
	    ST_PERM, false, 550, "550", "DATA|<end>", 0, 0 },
	{ "caps=PIPELINING;data=drop", NET_PLAIN, "", 0,
	    ST_TEMP, false, 0, "closed", "", 0, 0 },

	{ "caps=AUTH LOGIN PLAIN", NET_PLAIN, "u", 0,
	    ST_OK, false, 250, "", "AUTH PLAIN AHUAcMOp|", 0, 0 },
	{ "caps=AUTH LOGIN", NET_PLAIN, "u", 0,
	    ST_OK, false, 250, "", "AUTH LOGIN dQ==|cMOp|", 0, 0 },
	{ "caps=AUTH XOAUTH2", NET_PLAIN, "u", NET_AUTH_XOAUTH2, ST_OK, false, 250, "",
	    "AUTH XOAUTH2 dXNlcj11AWF1dGg9QmVhcmVyIHDDqQEB|", 0, 0 },
	{ "caps=AUTH XOAUTH2;auth=334 eyJ9", NET_PLAIN, "u", NET_AUTH_XOAUTH2,
	    ST_TEMP, true, 535, "token refused", "", 0, 0 },
	{ "caps=AUTH PLAIN;auth=535 5.7.8 wrong", NET_PLAIN, "u", 0,
	    ST_TEMP, true, 535, "535 5.7.8 wrong", "", 0, 0 },
	{ "caps=AUTH GSSAPI", NET_PLAIN, "u", 0, ST_TEMP, true, 0, "no login", NULL, 0, 0 },

	{ "tls=good", NET_TLS, "", 0, ST_OK, false, 250, "", WIRE_SEEN ".|", 0, 0 },
	{ "tls=wrong_host;caps=AUTH PLAIN", NET_TLS, "u", 0,
	    ST_TEMP, true, 0, "another host", NULL, 0, 0 },
	{ "tls=expired;caps=AUTH PLAIN", NET_TLS, "u", 0,
	    ST_TEMP, true, 0, "has expired", NULL, 0, 0 },
	{ "tls=other_ca;caps=AUTH PLAIN", NET_TLS, "u", 0,
	    ST_TEMP, true, 0, "unknown CA", NULL, 0, 0 },
	{ "caps=STARTTLS,AUTH PLAIN", NET_STARTTLS, "u", 0, ST_OK, false, 250, "",
	    "STARTTLS|EHLO bureau.test|AUTH PLAIN", 0, 0 },
	{ "caps=STARTTLS,AUTH PLAIN;certificate=wrong_host", NET_STARTTLS, "u", 0,
	    ST_TEMP, true, 0, "another host", NULL, 0, 0 },
	{ "caps=AUTH PLAIN", NET_STARTTLS, "u", 0,
	    ST_TEMP, true, 0, "no STARTTLS", NULL, 0, 0 },
	{ "caps=STARTTLS,AUTH PLAIN;starttls=454 no", NET_STARTTLS, "u", 0,
	    ST_TEMP, true, 454, "454", NULL, 0, 0 },
	{ "caps=STARTTLS,AUTH PLAIN;inject=250 AUTH PLAIN", NET_STARTTLS, "u", 0,
	    ST_TEMP, true, 0, "in clear", NULL, 0, 0 },
};

/* The same while the engine goes on: what is left to say after a refusal. */
static const char *
seen_running(struct peer *p, struct smtp *s, const char *part)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	struct smtp_event ev;

	for (int i = 0; i < LOOKS; i++) {
		const char *seen = peer_seen(p);

		if (strstr(seen, part) != NULL)
			return seen;
		assert_int_equal(smtp_run(s, 0, 0, -1, &ev, 1), 0);
		(void)nanosleep(&pause, NULL);
	}
	return "";
}

static void
run_row(const struct row *r, const char *secret)
{
	struct peer p;
	int port = atoi(peer_open(&p, "hostile_smtp.py", r->script, cert_dir));
	struct smtp_cfg c = cfg(port, r->tls, 1);
	struct smtp *s;
	struct smtp_event ev;
	struct fault f;
	const char *seen;

	c.user = r->user;
	c.secret = secret;
	c.auth = r->auth;
	c.step_ms = r->short_step != 0 ? r->short_step : STEP_MS;
	c.dot_ms = r->short_dot != 0 ? r->short_dot : STEP_MS;
	assert_int_equal(smtp_open(&s, &c, &f), ST_OK);
	ev = send_one(s, 7);
	if (ev.st != r->st || ev.pause != r->pause || ev.code != r->code ||
	    strstr(ev.text, r->text) == NULL)
		fail_msg("%s: %s pause %d code %d: %s", r->script, status_name(ev.st), ev.pause,
		    ev.code, ev.text);
	seen = r->seen == NULL ? peer_seen(&p) : seen_running(&p, s, r->seen);
	if (r->seen == NULL ? strstr(seen, "AUTH ") != NULL :
	    strstr(seen, r->seen) == NULL)
		fail_msg("%s: seen \"%s\"", r->script, peer_seen(&p));
	smtp_close(&s);
	peer_close(&p);
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].tls == NET_PLAIN)
			run_row(&rows[i], "pé");
}

static void
test_rows_tls(void **state)
{
	(void)state;
	if (strcmp(cert_dir, "none") == 0) {
		print_message("certtool is not installed\n");
		skip();
	}
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].tls != NET_PLAIN)
			run_row(&rows[i], "pé");
}

/* RFC 4954 4: a command has 512 octets with its CRLF; what would be longer waits for a challenge.
 * As a token of the user "u" 351 bytes fill 511 of them. */
#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define LONGEST X50 X50 X50 X50 X50 X50 X50 "x"

static void
long_secrets(void **state)
{
	static const struct { const char *secret; struct row row; } t[] = {
		{ LONGEST, { "caps=AUTH XOAUTH2", NET_PLAIN, "u", NET_AUTH_XOAUTH2, ST_OK, false, 250,
		    "", "AUTH XOAUTH2 dXNlcj11AWF1dGg9QmVhcmVyIHh4", 0, 0 } },
		{ LONGEST "x", { "caps=AUTH XOAUTH2", NET_PLAIN, "u", NET_AUTH_XOAUTH2, ST_OK, false,
		    250, "", "AUTH XOAUTH2|dXNlcj11AWF1dGg9QmVhcmVyIHh4", 0, 0 } },
		{ LONGEST LONGEST, { "caps=AUTH PLAIN", NET_PLAIN, "u", 0, ST_OK, false, 250, "",
		    "AUTH PLAIN|AHUAeHh4", 0, 0 } },
		{ LONGEST LONGEST, { "caps=AUTH LOGIN", NET_PLAIN, "u", 0, ST_OK, false, 250, "",
		    "AUTH LOGIN dQ==|eHh4", 0, 0 } },
		{ LONGEST "x", { "caps=AUTH XOAUTH2;auth=334 eyJ9", NET_PLAIN, "u", NET_AUTH_XOAUTH2,
		    ST_TEMP, true, 535, "token refused", "", 0, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		run_row(&t[i].row, t[i].secret);
}

/* A secret that was replaced serves the next connection; which one was refused is told. */
static void
replaced_secret(void **state)
{
	struct peer p;
	struct smtp_cfg c = cfg(atoi(peer_open(&p, "hostile_smtp.py",
	    "caps=AUTH PLAIN;auth=535 no", "")), NET_PLAIN, 1);
	struct smtp *s;
	struct smtp_event ev;
	struct fault f;

	(void)state;
	c.user = "u";
	c.secret = "old";
	assert_int_equal(smtp_open(&s, &c, &f), ST_OK);
	assert_int_equal(smtp_secret(s, NULL), 1);
	assert_int_equal(smtp_secret(s, "old"), 1);
	ev = send_one(s, 1);
	assert_int_equal(ev.refused_secret, 1);
	assert_int_equal(smtp_secret(s, "new"), 2);
	ev = send_one(s, 2);
	assert_int_equal(ev.refused_secret, 2);
	assert_non_null(strstr(peer_seen(&p), "AUTH PLAIN AHUAb2xk"));
	assert_non_null(strstr(peer_seen(&p), "AUTH PLAIN AHUAbmV3"));
	smtp_close(&s);
	peer_close(&p);
}

static struct smtp *
engine(struct peer *p, const char *script, int connections)
{
	struct smtp_cfg c = cfg(atoi(peer_open(p, "hostile_smtp.py", script, "")), NET_PLAIN,
	    connections);
	struct smtp *s;
	struct fault f;

	assert_int_equal(smtp_open(&s, &c, &f), ST_OK);
	return s;
}

/* Two mails stand before their dot together; neither dot is on the wire before it is let go. */
static void
test_dots(void **state)
{
	struct peer p;
	struct smtp *s = engine(&p, "", 2);
	struct smtp_job j1 = job(1), j2 = job(2), j3 = job(3);
	struct smtp_event ev[EVENTS];
	const char *seen;

	(void)state;
	assert_int_equal(smtp_free(s), 2);
	assert_true(smtp_submit(s, &j1));
	assert_true(smtp_submit(s, &j2));
	assert_false(smtp_submit(s, &j3));
	assert_int_equal(smtp_free(s), 0);
	assert_int_equal(smtp_run(s, 20 * STEP_MS, 20 * STEP_MS, -1, ev, EVENTS), 2);
	assert_true(ev[0].kind == SMTP_AT_DOT && ev[1].kind == SMTP_AT_DOT);
	assert_true(ev[0].tag + ev[1].tag == 3);
	assert_int_equal(smtp_run(s, 20 * STEP_MS, 0, -1, ev, EVENTS), 0);
	seen = seen_until(&p, WIRE_SEEN, 2);
	assert_string_not_equal(seen, "");
	assert_int_equal(count_of(seen, "|.|"), 0);
	smtp_dot(s, 2);
	assert_int_equal(smtp_run(s, 20 * STEP_MS, 0, -1, ev, EVENTS), 1);
	assert_true(ev[0].kind == SMTP_DONE && ev[0].tag == 2 && ev[0].st == ST_OK);
	assert_int_equal(count_of(peer_seen(&p), "|.|"), 1);
	smtp_dot(s, 1);
	smtp_dot(s, 99);
	assert_int_equal(smtp_run(s, 20 * STEP_MS, 0, -1, ev, EVENTS), 1);
	assert_true(ev[0].kind == SMTP_DONE && ev[0].tag == 1 && ev[0].st == ST_OK);
	assert_int_equal(smtp_free(s), 2);
	smtp_close(&s);
	peer_close(&p);
}

/* Broken off or closed before the dot: the relay never gets one. */
static void
test_abort(void **state)
{
	struct peer p;
	struct smtp *s = engine(&p, "", 2);
	struct smtp_job j1 = job(1), j2 = job(2);
	struct smtp_event ev[EVENTS];

	(void)state;
	assert_true(smtp_submit(s, &j1) && smtp_submit(s, &j2));
	assert_int_equal(smtp_run(s, 20 * STEP_MS, 20 * STEP_MS, -1, ev, EVENTS), 2);
	smtp_abort(s, 1);
	assert_int_equal(smtp_run(s, 20 * STEP_MS, 0, -1, ev, EVENTS), 1);
	assert_true(ev[0].kind == SMTP_DONE && ev[0].tag == 1 && ev[0].st == ST_TEMP);
	smtp_dot(s, 1);
	smtp_close(&s);
	assert_string_not_equal(seen_until(&p, "end|<end>", 2), "");
	assert_int_equal(count_of(peer_seen(&p), "|.|"), 0);
	peer_close(&p);
}

/* One connection for all of them, after 250 as after refusals. */
static void
test_reuse(void **state)
{
	static const enum status want[] = { ST_OK, ST_PERM, ST_PERM, ST_OK, ST_TEMP, ST_OK };
	struct peer p;
	struct smtp *s = engine(&p, "caps=PIPELINING;data=354 go/554 no/503 no/354 go;"
	    "rcpt=250 yes/250 yes/550 no/250 yes;dot=250 a/250 b/451 c/250 d", 1);
	const char *seen;

	(void)state;
	for (int i = 0; i < 6; i++)
		assert_int_equal(send_one(s, i).st, want[i]);
	seen = peer_seen(&p);
	assert_int_equal(count_of(seen, "EHLO"), 1);
	assert_int_equal(count_of(seen, "RSET"), 2);
	smtp_close(&s);
	assert_string_not_equal(seen_until(&p, "|QUIT|", 1), "");
	peer_close(&p);
}

/* A kept connection that the relay ends meanwhile is no failure. */
static void
test_stale(void **state)
{
	struct peer p;
	struct smtp *s = engine(&p, "mail=250 a/drop/250 c/421 idle/250 e", 1);

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(send_one(s, i).st, ST_OK);
	assert_int_equal(count_of(peer_seen(&p), "EHLO"), 3);
	smtp_close(&s);
	peer_close(&p);
}

/* The relay gives up while we stand at the dot: the mail has surely not gone. */
static void
lost_at_dot(const char *script, const char *until, int code)
{
	struct peer p;
	struct smtp *s = engine(&p, script, 1);
	struct smtp_job j = job(1);
	struct smtp_event ev;

	assert_true(smtp_submit(s, &j));
	do {
		ev = next(s);
		if (ev.kind == SMTP_AT_DOT)
			assert_string_not_equal(seen_until(&p, until, 1), "");
		smtp_dot(s, 1);
	} while (ev.kind == SMTP_AT_DOT);
	assert_true(ev.st == ST_TEMP && ev.code == code && !ev.pause);
	assert_int_equal(count_of(peer_seen(&p), "EHLO"), 1);
	smtp_close(&s);
	peer_close(&p);
}

static void
test_lost_at_dot(void **state)
{
	(void)state;
	lost_at_dot("body=421 too slow", WIRE_SEEN, 421);
	lost_at_dot("body=drop", "<end>", 0);
}

static void
test_addresses(void **state)
{
	static const char *const bad[] = { "", "a", "a@", "@b.test", "a b@c.test", "a@b.test>",
	    "ok@y.test>\r\nRCPT TO:<evil@y.test", "a@b.test\n", "\"a\"@b.test", "a@b@c.test",
	    "-a@b.test", ".a@b.test", "a..b@c.test", "a@-b.test", "a@b..test", "a@b.test.",
	    "é@b.test", "a@é.test", "a@[127.0.0.1]", "<a@b.test>" };
	struct peer p;
	struct smtp *s = engine(&p, "", 1);
	struct smtp_job j = job(1);
	struct smtp_event ev;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		for (int from = bad[i][0] == '\0'; from < 2; from++) {
			j = job(1);
			if (from == 0)
				j.mail_from = bad[i];
			else
				j.to = bad[i];
			assert_true(smtp_submit(s, &j));
			ev = next(s);
			assert_true(ev.kind == SMTP_DONE && ev.st == ST_PERM && !ev.pause);
		}
	j = job(1);
	j.wire = span_of("");
	assert_true(smtp_submit(s, &j));
	assert_int_equal(next(s).st, ST_PERM);
	assert_string_equal(peer_seen(&p), "");
	j = job(2);
	j.mail_from = "bureau+x_1@sous-domaine.b.test";
	assert_true(smtp_submit(s, &j));
	assert_int_equal(next(s).kind, SMTP_AT_DOT);
	assert_string_not_equal(
	    seen_until(&p, "MAIL FROM:<bureau+x_1@sous-domaine.b.test>|", 1), "");
	smtp_close(&s);
	peer_close(&p);
}

/* A mail larger than any buffer on the way, with dots where they hurt. */
static void
test_large(void **state)
{
	static char wire[3000000];
	struct peer p;
	struct smtp *s = engine(&p, "", 1);
	struct smtp_job j = job(1);

	(void)state;
	for (size_t i = 0; i < sizeof wire; i += 100) {
		memset(wire + i, '.', 98);
		memcpy(wire + i + 98, "\r\n", 2);
	}
	j.wire = span_from(wire, sizeof wire);
	assert_true(smtp_submit(s, &j));
	assert_int_equal(next(s).kind, SMTP_AT_DOT);
	smtp_dot(s, 1);
	assert_int_equal(next(s).st, ST_OK);
	smtp_close(&s);
	peer_close(&p);
}

static void
test_wake(void **state)
{
	struct peer p;
	struct smtp *s = engine(&p, "rcpt=silent", 1);
	struct smtp_job j = job(1);
	struct smtp_event ev;
	int wake[2];

	(void)state;
	assert_int_equal(pipe(wake), 0);
	assert_int_equal(smtp_run(s, 20 * STEP_MS, 0, -1, &ev, 1), 0);
	assert_true(smtp_submit(s, &j));
	assert_int_equal(write(wake[1], "x", 1), 1);
	assert_int_equal(smtp_run(s, 20 * STEP_MS, 0, wake[0], &ev, 1), 0);
	assert_int_equal(smtp_run(s, 1, 0, -1, &ev, 1), 0);
	smtp_close(&s);
	peer_close(&p);
}

static void
test_try(void **state)
{
	struct peer p;
	struct smtp *s = engine(&p, "connect=220 a/554 no/drop/220 b", 1);
	struct smtp_cfg c = cfg(1, NET_PLAIN, 1);
	struct fault f;

	(void)state;
	assert_string_equal(smtp_greeting(s), "");
	assert_int_equal(smtp_try(s, &f), ST_OK);
	assert_string_equal(smtp_greeting(s), "220 a");
	assert_int_equal(smtp_tls_days(s, 0), -1);
	assert_int_equal(smtp_try(s, &f), ST_PERM);
	assert_string_equal(f.text, "smtp: 554 no");
	assert_string_equal(smtp_greeting(s), "554 no");
	assert_int_equal(smtp_try(s, &f), ST_TEMP);
	assert_string_equal(smtp_greeting(s), "");
	assert_int_equal(smtp_try(s, &f), ST_OK);
	assert_int_equal(send_one(s, 1).st, ST_OK);
	smtp_close(&s);
	peer_close(&p);
	assert_int_equal(smtp_open(&s, &c, &f), ST_OK);
	assert_int_equal(smtp_try(s, &f), ST_TEMP);
	assert_non_null(strstr(f.text, "cannot reach"));
	assert_true(send_one(s, 1).pause);
	smtp_close(&s);
	c.ehlo = "a b";
	assert_int_equal(smtp_open(&s, &c, &f), ST_PERM);
	s = NULL;
	smtp_close(&s);
}

static int
setup(void **state)
{
	(void)state;
	(void)snprintf(cert_dir, sizeof cert_dir, "%s",
	    peer_open(&certs, "hostile_certs.py", NULL, NULL));
	(void)snprintf(ca, sizeof ca, "%s/ca.pem", cert_dir);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	peer_close(&certs);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(long_secrets),
		cmocka_unit_test(replaced_secret),
		cmocka_unit_test(test_rows_tls),
		cmocka_unit_test(test_dots),
		cmocka_unit_test(test_abort),
		cmocka_unit_test(test_reuse),
		cmocka_unit_test(test_stale),
		cmocka_unit_test(test_lost_at_dot),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_wake),
		cmocka_unit_test(test_try),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
