/* digest_read.h - one week's digest from the database and the town's files: for the clock's
 * duty and for `bureauctl digest`. */
#ifndef APP_DIGEST_READ_H
#define APP_DIGEST_READ_H

#include "digest_doc.h"
#include "stats.h"

/* In `a`.  now: what is after it counts nowhere.  *facts_out: for store_digest_told(), where it
 * is sent. */
enum status digest_read(struct arena *a, const struct desk *d, struct store *s, date_day monday,
    int64_t now, struct digest_doc **out, struct digest_facts **facts_out,
    struct fault *f) MUST_USE;

/* [cabinet] day and time, checked when the configuration was read. */
struct cabinet_clock { int weekday, hour, min; };
struct cabinet_clock cabinet_clock_of(const char *day, const char *time);

#endif
