/* smtp_int.h - what the files of smtp share.
 *
 *   smtp.c          the engine: submit, run, events
 *   smtp_conn.c     one connection: bytes, lines, deadlines, how a transfer ends
 *   smtp_talk.c     what is said in each phase
 *   smtp_text.c     addresses, base64, the body on the wire
 *
 * Written on our own stream and not on libcurl: 7.88 waits for the answer to the final dot with
 * the whole multi handle blocked (smtp_done), and ends a transfer that is taken out half way
 * with a final dot, so that a cut mail counts as a whole one.
 *
 *  DOWN -> DIAL -> GREETING -> EHLO -> [STARTTLS -> TLS -> EHLO] -> [AUTH] -> READY
 *  READY -> MAIL -> RCPT -> DATA -> BODY -> AT_DOT -> DOT -> READY
 *             \------\-> RSET -> READY          any failure of the connection -> DOWN */
#ifndef NET_SMTP_INT_H
#define NET_SMTP_INT_H

#include "buf.h"
#include "limits.h"
#include "smtp.h"
#include "stream.h"

enum smtp_phase {
	SMTP_P_DOWN, SMTP_P_DIAL, SMTP_P_GREETING, SMTP_P_EHLO, SMTP_P_STARTTLS, SMTP_P_TLS,
	SMTP_P_AUTH, SMTP_P_READY, SMTP_P_RSET, SMTP_P_MAIL, SMTP_P_RCPT, SMTP_P_DATA,
	SMTP_P_BODY, SMTP_P_AT_DOT, SMTP_P_DOT, SMTP_P_COUNT
};

enum {
	SMTP_LINE_MAX = 1024,		/* of a reply; the rest of a longer one is dropped */
	SMTP_REPLY_MAX = 64 * 1024,	/* all lines of one reply */
	SMTP_CHUNK = 16 * 1024,		/* body on its way at a time */
	SMTP_OUT_MAX = 64 * 1024,	/* a token in base64, or two chunks */
	SMTP_TEXT_MAX = 240,
};

struct smtp_offer { bool starttls, plain, login, xoauth2, size, pipelining; };

struct smtp_conn {
	struct smtp *s;
	struct stream io;
	enum smtp_phase phase;
	int64_t until;			/* clock_mono_ms; 0 no deadline */
	struct smtp_offer offer;
	bool used;			/* a mail has gone over this connection */
	/* to the server */
	struct buf out;
	size_t out_off;
	/* from the server */
	char line[SMTP_LINE_MAX];
	size_t line_n, reply_n;
	int code;			/* of the last whole reply, 0 none */
	char text[SMTP_TEXT_MAX];
	/* the transfer */
	bool busy, retried;
	bool refused;			/* what follows in the pipeline is only drained */
	bool trying;			/* for smtp_try() */
	bool challenged;		/* the login's first words wait for a challenge */
	unsigned secret;		/* which one it has shown; 0 none */
	unsigned refused_secret;	/* which one was refused; 0 none */
	struct smtp_job job;
	char from[LIMIT_ADDRESS + 1], to[LIMIT_ADDRESS + 1];
	size_t body_off;
	char body_last;			/* last byte written of the body */
	/* for the caller */
	bool told_at_dot, has_done;
	struct smtp_event done;
};

struct smtp {
	struct arena *arena;
	struct smtp_cfg cfg;		/* strings in the arena, secret below */
	char secret[LIMIT_SECRET + 1];
	unsigned secrets;		/* how many there were */
	struct smtp_conn *conn;
	size_t n;
	/* of smtp_try() */
	int64_t expires;		/* -1 unknown */
	char greeting[SMTP_TEXT_MAX];
};

/* smtp_conn.c */
void smtp_conn_start(struct smtp_conn *c);	/* its job, or only the login where trying */
void smtp_conn_step(struct smtp_conn *c);
short smtp_conn_events(const struct smtp_conn *c);
int64_t smtp_conn_until(const struct smtp_conn *c);	/* 0: wait for ever */
void smtp_conn_dot(struct smtp_conn *c);
/* The transfer is over: DONE, with the last reply. */
void smtp_conn_finish(struct smtp_conn *c, enum status st, bool pause);
/* The connection is no good any more; what that means for a transfer depends on the phase. */
void smtp_conn_lost(struct smtp_conn *c, enum status st, const char *why);
/* Break off: nothing that was not sent yet goes out. */
void smtp_conn_drop(struct smtp_conn *c);
void smtp_conn_phase(struct smtp_conn *c, enum smtp_phase p);

/* smtp_talk.c */
void smtp_talk(struct smtp_conn *c);		/* a whole reply is there */
void smtp_talk_offer(struct smtp_conn *c, struct span line);	/* a line of the EHLO reply */
void smtp_talk_mail(struct smtp_conn *c);	/* begin a transfer on a ready connection */
void smtp_talk_ehlo(struct smtp_conn *c);

/* smtp_text.c */
bool smtp_address_good(const char *address);
void smtp_base64(struct buf *out, struct span s);
/* The next piece of the body: CRLF lines, dots doubled (RFC 5321 4.5.2).  A lone CR or LF is
 * made CRLF: half a line end lets a stranger's text speak SMTP further on. */
void smtp_body(struct buf *out, struct span wire, size_t *off, char *last);

#endif
