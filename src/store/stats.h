/* stats.h - the rows that the weekly digest counts, each handed to desk/digest.h when read. */
#ifndef STORE_STATS_H
#define STORE_STATS_H

#include "digest.h"
#include "store.h"

/* All figures of one snapshot: in the caller's transaction, or in one of its own.  Stock and
 * dates are as of `at`, which is no later than the scope's end.  Reads only. */
enum status store_digest(struct store *s, struct digest_count *c, int64_t at,
    struct fault *f) MUST_USE;
/* The digest of these facts goes out: its weeks are told.  In the caller's transaction. */
enum status store_digest_told(struct store *s, const struct digest_facts *facts,
    struct fault *f) MUST_USE;
/* Acknowledgments that did not go out: those that died in the scope's last week, and all that
 * wait. */
enum status store_unsent(struct store *s, int64_t from, int64_t to, unsigned *n_out,
    struct fault *f) MUST_USE;

#endif
