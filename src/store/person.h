/* person.h - what is kept of one person, found by address: theirs are the tickets that they
 * opened, with every mail in them, and whatever else they wrote.
 *
 * Where persons are only counted, a ticket has a keyed hash of the address; an erasure puts a
 * random value in its place, the same for all tickets of one person, so that figures of the
 * past stay and nobody can be looked up by them. */
#ifndef STORE_PERSON_H
#define STORE_PERSON_H

#include "query.h"
#include "store.h"

/* address: a key (addr_key), here and below. */
struct person_facts {
	int64_t tickets, sensitive, open;	/* open: or waiting */
	int64_t messages, files, sent;	/* sent: to them, or about their tickets to others */
	int64_t first, last;		/* received; 0: none */
	bool no_auto, contact;
};
/* ST_NONE: nothing is kept. */
enum status person_find(struct store *s, const char *address, struct person_facts *out,
    struct fault *f) MUST_USE;

/* Something of it can put the person in danger when it reaches whoever reads their mailbox: it is
 * sensitive, no machine may write to them, or they are reached safely elsewhere. */
bool person_is_delicate(const struct person_facts *p);

/* Their tickets, oldest first. */
enum status person_tickets(struct store *s, struct arena *a, const char *address,
    enum status (*each)(void *ctx, const struct ticket_row *t), void *ctx,
    struct fault *f) MUST_USE;

struct person_message {
	struct message_row row;
	const char *text;
	struct attachment *att; size_t natt;
	uint64_t size;			/* of the mail, in the mailbox */
};
/* Their messages, oldest first; one lives until its callback returns. */
enum status person_messages(struct store *s, const char *address,
    enum status (*each)(void *ctx, const struct person_message *m), void *ctx,
    struct fault *f) MUST_USE;

struct person_sent { struct outbox_row row; int64_t sent_at; struct span wire; };
/* What went to them: answers, acknowledgments.  One lives until its callback returns. */
enum status person_sent(struct store *s, const char *address,
    enum status (*each)(void *ctx, const struct person_sent *o), void *ctx,
    struct fault *f) MUST_USE;

/* Where they are reached safely, as an agent noted it; "" nowhere. */
enum status person_contact(struct store *s, struct arena *a, const char *address,
    const char **out, struct fault *f) MUST_USE;

/* ---- private to src/store ---- */

/* For counting; `use` keeps two uses apart.  Needs store_key. */
struct sha256 person_hash(const struct store *s, const char *use, const char *address);

#endif
