/* search.h - the words of every mail and note, found again: an FTS5 index over folded text,
 * written in the transaction that writes the mail.
 *
 * What is in it: of each mail but our own the subject, the sender's name and address, the names
 * of its files and its text (of an agent's mail without what it quotes); and what an agent
 * noted.
 *
 * Erasure: the folded copy and its index entries go with search_forget; entries that are dead
 * stay in the index's segments until search_scrub rewrites them.  With secure_delete and a
 * checkpoint that truncates the log nothing of the words is left in the files.
 *
 * Limits: LIMIT_RULE_TEXT bytes a mail; see seek.h for what can be asked. */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include "query.h"
#include "seek.h"

/* One ticket that has the words, or one mail of no ticket, with its newest match. */
struct search_hit {
	bool has_ticket;		/* false: `ticket` holds nothing */
	struct ticket_row ticket;
	bool sensitive;			/* of the ticket, else of the mail */
	int64_t matches;		/* mails and notes */
	int64_t at;
	enum event_kind kind;		/* MAIL_IN or NOTE */
	const char *by;			/* address, or agent */
	const char *message_id, *subject;	/* of the mail; "" for a note */
	struct excerpt excerpt;
};
/* The newest first; at most `max` are handed out, *total_out counts all.  A hit lives until its
 * callback returns; a status of it other than ST_OK ends the walk. */
enum status search_find(struct store *s, const struct seek *want, size_t max,
    enum status (*each)(void *ctx, const struct search_hit *h), void *ctx, size_t *total_out,
    struct fault *f) MUST_USE;

/* The words of what is not kept any more: of mails without a row in message_text, of notes
 * whose text is empty or gone.  In the transaction that erases those, or in one of its own.  (A
 * or an event itself cannot be deleted while its words are here.) */
enum status search_forget(struct store *s, struct fault *f) MUST_USE;
/* Once after forgetting: takes a time that grows with the whole index. */
enum status search_scrub(struct store *s, struct fault *f) MUST_USE;

/* The whole index again from what the database keeps, in one transaction.  `tick` (or
 * NULL) is told how far it is, once a mail. */
enum status search_rebuild(struct store *s, void (*tick)(void *ctx, int64_t done, int64_t all),
    void *ctx, struct fault *f) MUST_USE;

#endif
