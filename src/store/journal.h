/* journal.h - who did what when, of administrators and agents; never what a mail says.
 *
 * Each row carries a MAC under the key over its own fields and the MAC of the row before, so
 * that a row that was changed, taken out or put in shows.  Two sealed marks hold the ends: the
 * anchor is the last row that was forgotten (rows are kept for 12 months), the head is the
 * newest one.
 *
 *   anchor ── row ── row ── ... ── row = head
 *
 * Limits: whoever has the key and the file can write another journal; a file put back whole, as
 * it once was, shows only against a head noted elsewhere (`bureauctl journal verify` prints
 * it). */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include "store.h"

enum {
	JOURNAL_DAYS = 366, /* kept; CNIL, délibération 2021-122: 6 months to a year */
	JOURNAL_TEXT_MAX = 200, /* bytes of by, act and ticket each, cut */
};

/* In the caller's transaction, or in one of its own.  ST_PERM: no store_key before. */
enum status journal_add(struct store *s, const char *by, const char *act, const char *ticket,
    int64_t now, struct fault *f) MUST_USE;

/* Forget what is past its time, whoever did anything since. */
enum status journal_prune(struct store *s, int64_t now, struct fault *f) MUST_USE;

struct journal_row { int64_t id, at; const char *by, *act, *ticket /* "" none */; };
/* Oldest first; ticket "": of all. */
enum status journal_list(struct store *s, struct arena *a, const char *ticket,
    enum status (*each)(void *ctx, const struct journal_row *r), void *ctx,
    struct fault *f) MUST_USE;

struct journal_check {
	int64_t rows, first, last;	/* ids; 0: none */
	int64_t since;			/* of the first row */
	int64_t bad; /* id of the first row that does not hold; 0: all hold */
	const char *why;		/* static; "" when all hold */
	struct sha256 head;
};
/* The whole chain against its marks. */
enum status
journal_verify(struct store *s, struct journal_check *out, struct fault *f) MUST_USE;

#endif
