/* failures.h - mails of ours that did not arrive are told of, each once.
 *
 * That one failed stands in the database in the commit that says so; that it was told, in the
 * commit that queues the mail which tells it: no crash loses or doubles one. */
#ifndef APP_FAILURES_H
#define APP_FAILURES_H

#include "role.h"

/* any_out: mails were queued. */
enum status failures_tell(struct role *r, bool *any_out, struct fault *f) MUST_USE;

#endif
