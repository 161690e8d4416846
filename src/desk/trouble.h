/* trouble.h - what the administrator is told when the service itself is in trouble. */
#ifndef DESK_TROUBLE_H
#define DESK_TROUBLE_H

#include "plan.h"

/* No access token that the mail server takes (OAuth2); why: one line.  No mail without an
 * administrator.  Only out->mails and nmails are made. */
enum status trouble_token(struct arena *a, const struct desk *d, const char *why, int64_t now,
    const struct plan_facts *random, struct plan *out, struct fault *f) MUST_USE;

#endif
