/* supervisor_int.h - between the files of the supervisor: supervisor_role.c starts a role and hands
 * it its secret, supervisor.c watches. */
#ifndef APP_SUPERVISOR_INT_H
#define APP_SUPERVISOR_INT_H

#include "role.h"
#include "supervisor.h"

#include <signal.h>

struct child { int pid; bool beaten, started; int64_t busy_until; };

struct watch {
	const struct supervision *s;
	struct child child[ROLE_COUNT];
	int wake[ROLE_COUNT][2];		/* pipes: either role writes, the role itself reads */
	int beat[2];
	int ask[ROLE_ASKERS][2];	/* sockets: the role's end, the token role's */
	int signals;			/* signalfd */
	sigset_t mask;
	int lock, self;
	bool ready, stopping;
	int rc;
};

extern const char *const supervisor_roles[ROLE_COUNT];

/* In a child: readable on SIGTERM and SIGINT. */
int supervisor_stop_fd(void);
/* Descriptors, processes or memory are used up: it may pass.  A line in the log; the exit code. */
int supervisor_failed(const char *what);
/* The pid, or an exit code below zero and a line in the log. */
int supervisor_start(struct watch *w, enum role_kind kind, bool once, bool copies);

#endif
