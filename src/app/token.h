/* token.h - the keeper of access tokens (OAuth2), for logins with auth = xoauth2.
 *
 * The client secret and the refresh token are in the memory of one process that reads no mail and
 * has no database, the "token" role; intake and post ask it for access tokens through a socket
 * each (login.h).  A program without a supervisor (bureauctl) keeps for itself.
 *
 * A token is renewed ahead of its end, so that no mail waits for the token service.  What the
 * service gives lies in <database>.token, mode 0600, replaced whole by a rename; whoever renews
 * holds a lock on the folder, so that a refresh token is never used twice.  A refresh token that
 * the service has rotated replaces the one in refresh_token_file until a person changes that file.
 *
 * Limits: an answer that is lost after the service has rotated takes the refresh token with it;
 * most services accept the one before for a while. */
#ifndef APP_TOKEN_H
#define APP_TOKEN_H

#include "config.h"

#include <stdint.h>

enum {
	TOKEN_AGAIN_SECONDS = 300,	/* a renewed token that is refused too is not renewed sooner */
	TOKEN_AHEAD_MAX = 300,		/* renewed so long before its end, or at three quarters */
};

/* Of [oauth2]; "" where none is configured. */
struct token_secrets { struct span client_secret, refresh_token; };
/* ST_PERM: a key or a secret that the grant needs is missing, or open to others. */
enum status token_secrets(struct arena *a, const struct config *c, struct token_secrets *out,
    struct fault *f) MUST_USE;

void token_secrets_wipe(struct token_secrets *s);

struct token_keeper;

/* Copies the secrets.  stop_fd: readable ends a wait; -1 none. */
void token_open(struct token_keeper **out, const struct config *c, const struct token_secrets *s,
    int stop_fd);
void token_close(struct token_keeper **k);	/* wipes; accepts NULL */

/* id names a token; text lives until the keeper is used again. */
struct token { uint64_t id; const char *text; };
/* A token that is good now.  refused: the id of one that a mail server has refused, 0 none: where
 * it is the one in hand it is renewed, once in TOKEN_AGAIN_SECONDS.
 * ST_TEMP: none now; ST_PERM: none before a human acts. */
enum status token_get(struct token_keeper *k, uint64_t refused, struct token *out,
    struct fault *f) MUST_USE;
/* Renew ahead where it is time. */
void token_tick(struct token_keeper *k);
/* Until token_tick() has work: at most an hour. */
int token_wait_ms(const struct token_keeper *k);

#endif
