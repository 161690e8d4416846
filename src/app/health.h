/* health.h - is all well?  Asked by `bureauctl status` and by the metrics file. */
#ifndef APP_HEALTH_H
#define APP_HEALTH_H

#include "query.h"

struct health {
	struct counts n;
	struct heartbeat intake, post;
	bool beaten;
	struct selftest selftest;
};

enum status health_read(struct store *s, struct arena *a, int64_t now, struct health *out,
    struct fault *f) MUST_USE;
/* "" when all is well; else the first of what is not, one line, without a name or an address.
 * Of a stopped daemon the last heartbeat counts as long as it said that it might be busy. */
const char *health_why(const struct health *h, int64_t now);
/* The daily mail to ourselves is late, and such mails are still sent. */
bool health_selftest_late(const struct health *h, int64_t now);

#endif
