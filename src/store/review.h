/* review.h - what was set aside, and what a person wants of it.
 *
 * A wish waits in the database until intake carries it out, for the mail's bytes are in the
 * mailbox alone:
 *
 *   release: set aside ─wish─▶ read again, decided as a citizen's ─▶ moved where that belongs
 *   spam:    set aside ─at once─▶ recorded_no_ack ─wish─▶ moved to the filed folder */
#ifndef STORE_REVIEW_H
#define STORE_REVIEW_H

#include "store.h"

struct review_row {
	int64_t id;			/* of the message */
	const char *message_id, *from, *subject, *because;
	int64_t received;
	bool sensitive, asked;		/* asked: its release waits */
	const char *trouble;		/* why it waits, "" */
};
/* Oldest first. */
enum status review_list(struct store *s, struct arena *a,
    enum status (*each)(void *ctx, const struct review_row *r), void *ctx,
    struct fault *f) MUST_USE;

/* ST_NONE: no such mail is set aside, or its release waits already, or its agent has confirmed it.
 * A code that was sent for it is void from here on. */
enum status review_release(struct store *s, int64_t id, const char *by, int64_t now,
    struct fault *f) MUST_USE;
enum status review_spam(struct store *s, int64_t id, const char *by, int64_t now,
    struct fault *f) MUST_USE;

/* ---- for intake ---- */

struct wish {
	int64_t message;
	bool release;			/* read again; else only moved to where `want` says */
	const char *by;
	enum file_want want;
	uint64_t size;			/* of the mail, to know it again */
};
/* At most max, oldest first; those that could not be done before come last. */
enum status wish_list(struct store *s, struct arena *a, size_t max, struct wish **out,
    size_t *n, struct fault *f) MUST_USE;
struct wish_place { int64_t location; struct location at; };
/* Where that mail may lie now, the latest first. */
enum status wish_places(struct store *s, struct arena *a, int64_t message,
    struct wish_place **out, size_t *n, struct fault *f) MUST_USE;
/* It cannot be done now; said_out: that was said before. */
enum status wish_waits(struct store *s, int64_t message, const char *why, bool *said_out,
    struct fault *f) MUST_USE;
enum status wish_done(struct store *s, int64_t message, struct fault *f) MUST_USE;

#endif
