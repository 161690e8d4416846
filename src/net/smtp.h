/* smtp.h - an engine that hands mails to the relay (RFC 5321, 2920, 3207, 4954).
 *
 * Up to cfg.connections transfers at a time, each connection kept and used again; one
 * recipient a transfer.  A transfer stops before the final dot and waits there for smtp_dot():
 * so that the caller can commit "unsure" first, for several mails in one commit.
 *
 *   smtp_submit -> [MAIL RCPT DATA body] -> AT_DOT -> smtp_dot -> DONE
 *                         \--------------- refused, lost -------/
 *
 * Class of a result: OK 250 after the dot; TEMP 4xx, no connection, lost before the dot
 * went out; PERM 5xx at RCPT, DATA or the dot, or too large for the relay (552 at MAIL); UNSURE
 * lost after the dot went out.
 * `pause`, always with TEMP: the refusal was of us, not of this mail (EHLO, AUTH, MAIL, TLS,
 * 530 534 535 538 before the body, no connection, certificate): stop for a while, count
 * no try.
 * A kept connection that the relay has ended is no failure: a new one is dialled.
 * Addresses are checked here again: one that is not strict is PERM and reaches no wire. */
#ifndef NET_SMTP_H
#define NET_SMTP_H

#include "imap.h"

enum { SMTP_CONNECTIONS_MAX = 8 };

struct smtp;

struct smtp_cfg {
	struct net_url url;
	const char *ca_file, *user, *secret;	/* user "": no AUTH */
	enum net_auth auth;
	const char *ehlo;			/* our name in EHLO: the domain of the bureau */
	int connections;
	int connect_ms;				/* 30,000 */
	int step_ms;				/* without a byte: 300,000 */
	int dot_ms;				/* final reply: 600,000 (RFC 5321 4.5.3.2.6) */
};

enum status smtp_open(struct smtp **out, const struct smtp_cfg *c, struct fault *f) MUST_USE;
/* From the next connection on, log in with this one (NULL: it stays); how many there were. */
unsigned smtp_secret(struct smtp *s, const char *secret);
void smtp_close(struct smtp **s);	/* QUIT where idle; transfers under way are lost */

struct smtp_job {
	int64_t tag;		/* the caller's name for it, unique among those under way */
	const char *mail_from, *to;	/* "" is <> */
	struct span wire;		/* CRLF lines; must live until its DONE */
};
/* false when every connection is busy. */
bool smtp_submit(struct smtp *s, const struct smtp_job *job);
size_t smtp_free(const struct smtp *s);		/* how many may be submitted now */

enum smtp_kind { SMTP_AT_DOT, SMTP_DONE };
struct smtp_event {
	enum smtp_kind kind;
	int64_t tag;
	enum status st;			/* SMTP_DONE */
	bool pause;
	/* The relay refused the login with this secret, counted by smtp_secret(); 0 not so. */
	unsigned refused_secret;
	int code;			/* last reply code, 0 none */
	char text[240];			/* last reply line or our own words, clean */
};
/* Work until every transfer under way is at its dot or done, or at least one is and settle_ms
 * went by since, or max_ms went by, or wake_fd (-1 none) is readable.  Events since the last
 * call, at most max.  Never blocks when nothing is under way. */
size_t smtp_run(struct smtp *s, int max_ms, int settle_ms, int wake_fd,
    struct smtp_event *out, size_t max);
/* The dot of that transfer may go out. */
void smtp_dot(struct smtp *s, int64_t tag);
/* Break it off before its dot: DONE with TEMP follows. */
void smtp_abort(struct smtp *s, int64_t tag);

/* Log in and out: for `bureauctl check`. */
enum status smtp_try(struct smtp *s, struct fault *f) MUST_USE;
/* Of the last smtp_try: days until the server's certificate ends, -1 without TLS or where it
 * came to no TLS; the words of its greeting, "" none: many a server tells its time there. */
int smtp_tls_days(const struct smtp *s, int64_t now);
const char *smtp_greeting(const struct smtp *s);

#endif
