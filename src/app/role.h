/* role.h - what intake and post share: their life under the supervisor.
 *
 * A role stops when its stop descriptor is readable (SIGTERM), looks again when its wake
 * descriptor is.  It tells the supervisor that it is ready, and beats: "I live; until then I may
 * be busy", so that a lawful long wait is no hang. */
#ifndef APP_ROLE_H
#define APP_ROLE_H

#include "login.h"
#include "setup.h"
#include "store.h"

enum role_kind { ROLE_INTAKE, ROLE_POST, ROLE_TOKEN };
enum { ROLE_COUNT = 3, ROLE_ASKERS = 2 };	/* intake and post ask the token role */

/* What a role writes to the supervisor: one of these, whole (less than PIPE_BUF). */
struct role_beat {
	int32_t role;
	int32_t busy_ms;	/* from now on */
	int32_t go;		/* intake: the mailbox is not another host's; post may work */
};

struct role {
	enum role_kind kind;
	const struct setup *setup;
	struct store *store;
	struct login login;		/* to IMAP or to SMTP */
	struct token_secrets token_secrets;	/* of the token role alone */
	int asked_fd[ROLE_ASKERS];	/* where it is asked */
	bool once;			/* -1: one pass */
	bool copies_only;		/* -1: the last pass of intake */
	bool go;			/* told with every beat */
	int stop_fd;			/* readable: end */
	int wake_fd;			/* readable: look again; drained by role_woken */
	int poke_fd;			/* write here to wake the other role; -1 none */
	int64_t started;		/* clock_mono_ms; of post */
	int beat_fd;			/* to the supervisor; -1 none */
};

bool role_stops(const struct role *r);
void role_woken(const struct role *r);
void role_poke(const struct role *r);
/* Busy for at most busy_ms from now on. */
void role_beat(const struct role *r, int busy_ms);
/* Sleep until `ms` went by, a wake or a stop. */
void role_sleep(const struct role *r, int ms);

/* Seconds to wait after the n-th failure (from 0) in a row of a mail server: a wrong password must
 * not look like an attack to the provider, a cut line is worth trying soon. */
int role_backoff(enum status st, unsigned failures);

/* The ids' random parts for every mail that one plan may send. */
void role_random(struct arena *a, const struct desk *d, struct plan_facts *facts);

/* The same, drawn under the key from the mail that causes them: who plans that mail again from the
 * mailbox alone gets the same ids and codes.  again: a word for what has the same database plan it
 * once more, "confirmed", "released"; "" the first time. */
void role_draw(struct arena *a, const struct desk *d, const struct sha256 *mail, const char *again,
    struct plan_facts *facts);

/* Each opens the store and works until it is told to stop (or one pass is done).
 * sysexits: 0, 75 (something is left for later), 77, 78 ... */
int intake_run(struct role *r);
int post_run(struct role *r);
/* token_role.c: no store; only where login_any_token(). */
int token_run(struct role *r);

/* The exit code of a fault. */
int role_exit(const struct fault *f);

#endif
