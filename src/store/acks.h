/* acks.h - how many acknowledgments were let go in an hour, for the caps of [limits];
 * private to src/store. */
#ifndef STORE_ACKS_H
#define STORE_ACKS_H

#include "store.h"

/* domain "": of all.  The window is an hour or two long from `since` on. */
enum status acks_released(struct store *s, const char *domain, int64_t since, int64_t *out,
    struct fault *f) MUST_USE;
/* One more, at `at`. */
enum status acks_count(struct store *s, const char *domain, int64_t at,
    struct fault *f) MUST_USE;

#endif
