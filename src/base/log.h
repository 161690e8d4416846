/* log.h - one line per event, key=value, to stderr for the journal.
 *
 * Only src/app logs; lower layers return a fault.  A line is
 * "<LEVEL>event key=value ...": the journal reads the priority prefix (sd-daemon(3)).
 * Control bytes are replaced, so that no value can forge a line.  Never a subject,
 * body, name or address at info level: victims write here.
 *
 * A journal that is blocked or gone stops nobody: lines are dropped, and the next one that finds
 * room tells how many ("log-lost lines=N"). */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "status.h"

#include <stddef.h>

enum log_level { LOG_L_ERR = 3, LOG_L_WARN = 4, LOG_L_INFO = 6, LOG_L_DEBUG = 7 };

void log_open(enum log_level max);
/* fmt makes the "key=value ..." part; the whole line is at most 1 KiB. */
void log_event(enum log_level lv, const char *event, const char *fmt, ...) PRINTF(3, 4);
void log_fault(enum log_level lv, const char *event, const struct fault *f);

#endif
