/* salvage.h - what only the making of a database from the mailbox writes (app/rebuild.h).
 * All but salvage_wanted run inside the caller's transaction. */
#ifndef STORE_SALVAGE_H
#define STORE_SALVAGE_H

#include "store.h"

/* What a snapshot had under way is over: nothing of it is sent by itself, nobody is told again. */
enum status salvage_begin(struct store *s, struct fault *f) MUST_USE;

enum salvage_want {
	SALVAGE_DONE,		/* known, and its words too: need not be fetched */
	SALVAGE_WORDS,		/* known; its words are missing */
	SALVAGE_NEW,		/* not known at that place */
};
enum status salvage_wanted(struct store *s, const struct location *v, size_t n,
    enum salvage_want *out, struct fault *f) MUST_USE;
/* The words of a message that is known, where they are missing. */
enum status salvage_words(struct store *s, int64_t message, const struct mail *m,
    struct fault *f) MUST_USE;

/* The next reference of that year gets `number`. */
enum status salvage_number(struct store *s, int year, int number, struct fault *f) MUST_USE;
/* Numbers up to `number` are used up. */
enum status salvage_number_least(struct store *s, int year, int number,
    struct fault *f) MUST_USE;

/* A mail of ours that lies in Sent: it went out at `at`. */
struct salvage_sent {
	const char *id, *ref, *to;	/* ref "" or unknown: of no ticket */
	enum mail_kind kind;
	int64_t at;
};
enum status salvage_sent(struct store *s, struct arena *a, const struct salvage_sent *v,
    struct fault *f) MUST_USE;
/* An id of ours that somebody's mail names: its ticket is the one in it.  minted_for "": it proves
 * nobody to be an agent.  Known ids and unknown tickets: nothing happens. */
enum status salvage_id(struct store *s, struct arena *a, const char *id, const char *ref,
    const char *minted_for, struct fault *f) MUST_USE;

/* What still waits to be sent, here, was perhaps sent then: a human decides. */
enum status salvage_doubt(struct store *s, struct fault *f) MUST_USE;
/* Readable mails whose words are in no mailbox any more. */
enum status salvage_wordless(struct store *s, int64_t *out, struct fault *f) MUST_USE;

#endif
