/* login.h - what a role shows to a mail server: its password, or the access token of the moment.
 *
 * A token that the server refuses is renewed once; what is refused then is for later, and for the
 * administrator.  Tokens come from the "token" role through a socket, or, where there is no
 * supervisor, from a keeper of this process. */
#ifndef APP_LOGIN_H
#define APP_LOGIN_H

#include "oauth2.h"
#include "token.h"

#include <stdint.h>

enum {
	LOGIN_FAILURES = 5,		/* in a row, for an outage that may pass: then it is told of */
	/* One ask: a lock that is held, then a request. */
	LOGIN_ASK_MS = 90 * 1000,
};

struct login {
	bool tokens;			/* auth = xoauth2 */
	const char *password;		/* "" none */
	int ask_fd;			/* of the token role; -1 */
	struct token_keeper *keeper;	/* of this process; NULL */
	int stop_fd;			/* readable ends a wait; -1 */
	/* Of the token in hand. */
	uint64_t id;
	char token[OAUTH2_ACCESS_MAX + 1];
	unsigned failures;		/* to have a token that is taken, in a row */
	bool hopeless;			/* a human must act */
	bool told;			/* of this outage */
};

enum login_to { LOGIN_IMAP, LOGIN_SMTP };
/* What that server wants; SMTP neither where [smtp] has no user. */
bool login_wants_token(const struct config *c, enum login_to to);
bool login_wants_password(const struct config *c, enum login_to to);
bool login_any_token(const struct config *c);

/* For a program without a supervisor: reads the secrets itself. */
enum status login_open(struct arena *a, const struct config *c, enum login_to to,
    struct login *out, struct fault *f) MUST_USE;
/* The password alone, "" where none is wanted. */
enum status login_password(struct arena *a, const struct config *c, enum login_to to,
    struct span *out, struct fault *f) MUST_USE;
/* Every secret that is wanted can be read; what was read is wiped at once. */
enum status login_try(struct arena *a, const struct config *c, struct fault *f) MUST_USE;
void login_close(struct login *l);	/* wipes */

/* What to log in with now; *out lives until the next call. */
enum status login_secret(struct login *l, const char **out, struct fault *f) MUST_USE;
/* The server has refused the token in hand.  ST_OK: *out is another one, to be tried at once. */
enum status login_refused(struct login *l, const char **out, struct fault *f) MUST_USE;
/* It was taken. */
void login_good(struct login *l);
/* Should the administrator hear of it? */
bool login_is_trouble(const struct login *l);

#endif
