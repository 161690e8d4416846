/* ident.h - who wrote: the part of the decision table (MAIL-RULES, "acknowledge or not") that
 * the mail itself answers, in the table's order.
 *
 * A mail of [forms] sender is its Reply-To's in every respect: a program brings it, so neither an
 * empty Return-Path (row 4), Auto-Submitted (6), Precedence (8), marks of an autoresponder (10) nor
 * the address of an automaton (11) silence the person, unless our own Authentication-Results
 * disown the mail.  Without one Reply-To, or with the form's own, nobody is there to be answered: a
 * ticket without an acknowledgment (row 17). */
#ifndef DESK_IDENT_H
#define DESK_IDENT_H

#include "authres.h"
#include "desk.h"

enum who {
	WHO_CITIZEN, WHO_AGENT, WHO_AGENT_UNPROVEN, WHO_SELF, WHO_MACHINE, WHO_LIST,
	WHO_BOUNCE, WHO_UNREADABLE
};

struct ident {
	enum who who;
	const char *row;		/* of the table: "2", "5", "16"; "" for a citizen */
	const char *because;		/* static text, safe in a log */
	const struct agent *agent;	/* WHO_AGENT, WHO_AGENT_UNPROVEN */
	const char *sender;		/* the person: From, or Reply-To of the form; a key */
	struct authres auth;
	const char *own_id;		/* WHO_SELF: the id of ours that it bears */
	bool own_by_hand;		/* row 2b with proof: an answer written from the mailbox */
};

struct ident_facts {
	bool unreadable;		/* the reader gave no mail */
	bool found_in_sent;
	bool in_reply_to_token_of;	/* it answers a notification minted for its From address */
	bool confirmed;			/* its agent has said by a code that it is theirs */
	/* Who let it out of review: it is a citizen's mail then, whoever it names as its author,
	 * and proves nobody.  NULL: it was not set aside. */
	const char *released_by;
};

void ident_mail(struct arena *a, const struct desk *d, const struct mail *m,
    const struct ident_facts *facts, struct ident *out);

const char *who_name(enum who w);

#endif
