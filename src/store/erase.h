/* erase.h - words, names and addresses go; numbers stay.
 *
 *   mark tickets and messages ─▶ blank them and what hangs on them ─▶ COMMIT ─▶ erase_scrub
 *                                                                        └─▶ the mailbox, if asked
 *
 * What stays of a ticket is an anonymous row: reference, dates, category, outcome,
 * neighbourhood, language; of a message its outcome and the hash of its bytes, by which it is
 * known when it is seen again.  Whether a person must not be written to by machine outlives
 * them as a keyed hash: they may depend on it.
 *
 * Limits: what other people wrote about a person, in tickets of their own, is theirs.  Copies
 * made before (backups) are not reached. */
#ifndef STORE_ERASE_H
#define STORE_ERASE_H

#include "store.h"

struct erased {
	int64_t tickets, messages, files, sent;
	int64_t waiting;	/* to agents, of no one ticket, unsent: may hold something */
	const char *const *refs; size_t nrefs;	/* of the tickets */
};

/* In the caller's transaction.  mailbox: intake removes the mails there too.
 * ST_TEMP: a mail to the person is being sent right now.  ST_NONE: nothing is kept. */
enum status erase_person(struct store *s, struct arena *a, const char *address, bool mailbox,
    const char *by, int64_t now, struct erased *out, struct fault *f) MUST_USE;

/* One line of a list of what is past its time: closed tickets of a category whose last contact
 * was before `before`; category "": mails of no ticket, received before. */
struct expiry { const char *category; int64_t before; };
/* In the caller's transaction; always from the mailbox too. */
enum status erase_expired(struct store *s, struct arena *a, const struct expiry *v, size_t n,
    const char *by, int64_t now, struct erased *out, struct fault *f) MUST_USE;

/* Outside a transaction, after the commit: rewrites the file, so that no freed page holds a
 * word of what is gone, and empties the log.  It stays due while something waits (above), and
 * after ST_TEMP: somebody reads for too long, no memory or no room. */
enum status erase_scrub(struct store *s, struct fault *f) MUST_USE;
enum status erase_scrub_due(struct store *s, bool *due_out, struct fault *f) MUST_USE;

/* ---- for intake: mails that are to leave the mailbox ---- */

struct unwanted { int64_t location; struct location at; uint64_t size /* 0: unknown */; };
/* Of one folder and uidvalidity, at most max. */
enum status erase_unwanted(struct store *s, struct arena *a, size_t max,
    struct unwanted **out, size_t *n, struct fault *f) MUST_USE;
/* No more is to be done about them; there: so many were in the folder just now, and are not any
 * more, unless `left`: the server cannot remove them.  The journal tells which of the two. */
enum status erase_gone(struct store *s, const struct unwanted *v, size_t n, size_t there,
    bool left, int64_t now, struct fault *f) MUST_USE;

#endif
