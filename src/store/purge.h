/* purge.h - what is past its time, in two steps on purpose: a list, which the archives of the
 * département look at (code du patrimoine, L212-2), then the deletion of what is on it.
 *
 * A list has a number and holds, a category, how much was past which instant when it was made.
 * The run takes the same instants, so that nothing goes that was not on the list; what was
 * reopened meanwhile stays. */
#ifndef STORE_PURGE_H
#define STORE_PURGE_H

#include "erase.h"

enum { PURGE_LIST_DAYS = 30, PURGE_LINES_MAX = 256 };

struct purge_line {
	struct expiry what;
	int64_t tickets, messages;
	int64_t first, last;		/* opened, or received, first; last contact */
};

/* Categories that closed tickets have, in no list of rules any more perhaps. */
enum status purge_categories(struct store *s, struct arena *a, const char ***out, size_t *n,
    struct fault *f) MUST_USE;
/* How much that is now. */
enum status purge_count(struct store *s, const struct expiry *what, struct purge_line *out,
    struct fault *f) MUST_USE;

/* Open or waiting ones whose last contact was before that: nothing of them goes, somebody has to
 * end them first. */
enum status purge_unclosed(struct store *s, int64_t before, int64_t *out,
    struct fault *f) MUST_USE;

/* In the caller's transaction: a new list; its number. */
enum status purge_list(struct store *s, const struct purge_line *v, size_t n, const char *by,
    int64_t now, int64_t *number_out, struct fault *f) MUST_USE;
/* The newest list, unless it was carried out or is older than PURGE_LIST_DAYS.  ST_NONE. */
enum status purge_last(struct store *s, struct arena *a, int64_t now, int64_t *number_out,
    struct purge_line **out, size_t *n, struct fault *f) MUST_USE;
enum status purge_done(struct store *s, int64_t number, int64_t now, struct fault *f) MUST_USE;

#endif
