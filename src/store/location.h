/* location.h - where a mail is in the mailbox, as several files of the store write it;
 * private to src/store. */
#ifndef STORE_LOCATION_H
#define STORE_LOCATION_H

#include "store.h"

/* Column `done`. */
enum location_done {
	LOCATION_WANTED,	/* its mark on IMAP is to be set */
	LOCATION_DONE,		/* set, or nothing to set */
	LOCATION_GONE,		/* moved away from there */
};

enum status location_put(struct store *s, const struct location *at, int64_t message,
    enum location_done done, struct fault *f) MUST_USE;
/* A copy of a mail of ours, unless a message is known there: of the outbox row with that
 * Message-ID, of one that we just appended. */
enum status location_own(struct store *s, const struct location *at, const char *message_id,
    struct fault *f) MUST_USE;
enum status location_copy(struct store *s, const struct location *at, int64_t outbox,
    struct fault *f) MUST_USE;
enum status location_forget_attempts(struct store *s, const struct location *at,
    struct fault *f) MUST_USE;

#endif
