/* relay.h - what of an agent's mail goes to the citizen: the words above the marker, without
 * quoted history and command lines; and what must not go.
 *
 * Two steps, with command_read between them:
 *
 *	relay_own(a, facts, mail.text, &own);           what the agent wrote in this mail
 *	command_read(a, &cfacts, span_of(own.text), &commands);
 *	relay_decide(a, facts, &own, &commands, &relay);  what goes out, or why nothing does
 *
 * The marker is found by its letters alone, so that quoting, wrapping, escaping and a broken
 * charset do not hide it.  A signature under "-- " stays: it is part of the answer; the line
 * that a telephone adds goes.  Where all that is left is a signature, nothing is sent.
 *
 * An address of `internal` and an address of ours with a token (address+TOKEN) become the plain
 * address of the bureau: agents sign with their own, and the citizen is to write to the bureau.
 *
 * Ownership: results live in the arena.  Limits: LIMIT_TEXT in, RELAY_TEXT_MAX out.
 * Linear in the text. */
#ifndef DESK_RELAY_H
#define DESK_RELAY_H

#include "command.h"

/* Stands in every notification, alone on its line. */
#define RELAY_MARKER "— Répondez au-dessus de cette ligne —"

enum { RELAY_TEXT_MAX = 256 * 1024, RELAY_PHRASES = 200, RELAY_SUBJECT = 200 };

struct relay_facts {
	const char *bureau;			/* its address */
	const char *const *internal; size_t ninternal;	/* addresses nobody outside may see */
	const char *const *ours;
	    size_t nours;	/* sentences of our notifications: relay_phrases */
	const char *agent_name;			/* the author's: "Claire Martin" */
	const char *organisation, *bureau_name;	/* lines of a signature; "" */
	bool attachments;			/* the mail has some */
};

/* Internal addresses: the agents', the administrator's and the cabinet's come from the caller's
 * list; this fills bureau, internal (agents and admin), names and ours from a desk. */
void relay_facts_of(struct arena *a, const struct desk *d, const struct agent *author,
    struct relay_facts *out);

struct relay_own {
	const char *text;	/* commands and prose, signature after them; "" */
	const char *signature;	/* the part of text under "-- "; "" none */
	const char *forwarded;	/* below: never relayed; kept for #nouveau */
	bool marker;		/* was there */
	bool joined;		/* prose on the marker's own line: it cannot be cut safely */
	bool below;		/* words of the agent under the marker or its quotation: lost */
};

void relay_own(struct arena *a, const struct relay_facts *facts, struct span text,
    struct relay_own *out);

enum relay_what {
	RELAY_SEND,		/* text goes to the citizen */
	RELAY_INSIDE,		/* text belongs to #note or #nouveau; may be "" */
	RELAY_EMPTY,		/* nothing below the commands: a fault without commands */
	RELAY_SIGNATURE,	/* only a signature: the same */
	RELAY_BELOW,		/* nothing above the marker, words below it: a fault */
	RELAY_MARKED,		/* the marker would survive: a fault */
	RELAY_OURS,		/* words of our own notifications would go out: a fault */
	RELAY_LONG,		/* over RELAY_TEXT_MAX: a fault */
};

struct relay {
	enum relay_what what;
	bool fault;		/* nothing of this mail may be executed or sent */
	const char *text;
	const char *why;	/* French sentences; "" for RELAY_SEND, RELAY_INSIDE */
	const char *remark;	/* sent, but: text below the marker was not, an address was
				 * replaced, a `#word` in the prose went out as prose; "" */
};

void relay_decide(struct arena *a, const struct relay_facts *facts,
    const struct relay_own *own, const struct commands *commands, struct relay *out);

/* "Re: " + the citizen's last subject + " [REF]", without a second Re: or tag; for a sensitive
 * ticket « Votre message à la mairie », without a tag.  One line. */
const char *relay_subject(struct arena *a, const char *subject, const char *ref,
    bool sensitive);

/* Sentences that the templates for agents print whatever the ticket is, long enough to be
 * nobody else's: what relay_decide looks for. */
size_t relay_phrases(struct arena *a, const struct texts *t, const char *const **out);

#endif
