/* supervisor.h - the first process: it starts the roles, hands each its secret, watches their
 * beats, and stops all when one ends.  It holds no database and no network.
 *
 *   bureaud ─┬─ intake ── reader (fork + exec, sandboxed)
 *            ├─ post
 *            └─ token (where a login wants access tokens: it alone has the refresh token)
 *
 * SIGTERM, SIGINT: stop, exit 0.  SIGHUP: the new configuration is checked in a process apart;
 * when it is good we start anew with it, else the old one goes on. */
#ifndef APP_SUPERVISOR_H
#define APP_SUPERVISOR_H

#include "setup.h"

struct supervision {
	const struct setup *setup;
	char **argv;			/* of this process, to start anew */
	int (*check)(void);		/* is the configuration on disk good? exit code; says why */
};

/* Until a signal or a role's end; a sysexits code. */
int supervisor_run(const struct supervision *s);
/* -1: intake, post, copies, each once and in turn. */
int supervisor_once(const struct supervision *s);

#endif
