/* sandbox.h - the walls of the reader process: no file, no network, no process, no executable
 * memory, bounded memory; reads its stdin, writes its stdout and stderr.
 *
 * Sanitizer builds leave the filter and RLIMIT_AS out (BUREAUD_SAN): their run time needs more. */
#ifndef APP_SANDBOX_H
#define APP_SANDBOX_H

#include "status.h"

/* For the rest of this process's life.  ST_PERM: a wall could not be raised. */
enum status sandbox_enter(struct fault *f) MUST_USE;

/* Common to every process: no core, no new privileges, not traceable by others. */
void sandbox_plain(void);

#endif
