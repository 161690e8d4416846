/* oauth2.h - access tokens from a token service (RFC 6749 sections 4.4, 5 and 6), over HTTPS by
 * libcurl.
 *
 * The certificate is verified, chain, name and dates; one request, no redirect, no proxy, no
 * cookie; the answer has a deadline as a whole and a size.  Our name and secret go in the form
 * (RFC 6749 2.3.1), where every large provider takes them.
 *
 * libcurl is loaded when the first token is asked for: it brings a dozen libraries with it, a
 * second TLS among them, which have no business in the processes that read mail.
 *
 * Errors: ST_TEMP: the service cannot be reached, or asks to come back; ST_PERM: it refuses us, or
 * its certificate is not good: a human must act.  No text of ours holds a token or a secret, nor
 * anything of an answer but its error word. */
#ifndef NET_OAUTH2_H
#define NET_OAUTH2_H

#include "arena.h"
#include "buf.h"

enum {
	/* In base64 with the user's name it still fits SMTP's longest AUTH line (RFC 4954 4). */
	OAUTH2_ACCESS_MAX = 8 * 1024,
	OAUTH2_REFRESH_MAX = 16 * 1024,
	OAUTH2_ANSWER_MAX = 64 * 1024,
	OAUTH2_LIFE_DEFAULT = 3600,		/* seconds, where the service tells none */
	OAUTH2_LIFE_MIN = 5,			/* a service that says less is not asked all the time */
	OAUTH2_LIFE_MAX = 30 * 24 * 3600,
	OAUTH2_DEADLINE_MS = 30 * 1000,
};

enum oauth2_grant { OAUTH2_REFRESH_TOKEN, OAUTH2_CLIENT_CREDENTIALS };

struct oauth2_cfg {
	const char *token_url;		/* https:// */
	const char *ca_file;		/* "" the system's */
	enum oauth2_grant grant;
	const char *client_id, *client_secret;	/* secret "": none, a public client */
	const char *refresh_token;
	const char *scope;		/* "" not said */
	int deadline_ms;
	int stop_fd;			/* readable: break off; -1 none */
};

struct oauth2_token {
	const char *access;
	const char *refresh;		/* "": the one we have stays good */
	int life;			/* seconds from now */
};

enum status oauth2_fetch(struct arena *a, const struct oauth2_cfg *c, struct oauth2_token *out,
    struct fault *f) MUST_USE;

/* What an answer means: HTTP status and body. */
enum status oauth2_answer(struct arena *a, long code, struct span body,
    struct oauth2_token *out, struct fault *f) MUST_USE;

/* The form that asks, percent-encoded. */
void oauth2_form(struct buf *out, const struct oauth2_cfg *c);

#endif
