/* first.h - no database: is this a first start, or was it lost?
 *
 * A mailbox with a snapshot sealed with our key had a database once.  To begin anew there would
 * forget every case and every address that must not be written to: the administrator decides,
 * with `bureauctl rebuild` or `bureaud --init`. */
#ifndef APP_FIRST_H
#define APP_FIRST_H

#include "login.h"
#include "setup.h"

/* The database is there and of this version, or made where the mailbox allows.  While the mailbox
 * cannot be reached none is made: with `once` that is an exit code, else it is tried again until
 * stop_fd is readable.  tokens: where to ask for them; NULL: the password is read for each try.
 * Returns a sysexits code, 0 when all is ready (or stopped). */
int first_start(const struct setup *s, struct login *tokens, int stop_fd, bool once);

#endif
