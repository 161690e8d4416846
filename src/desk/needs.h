/* needs.h - what the words of an agent's mail ask of the store, in two steps as thread.h does
 * it: read the words for keys, have them looked up elsewhere, then decide.
 *
 * Limits: NEEDS_MAX codes or references of one kind a mail. */
#ifndef DESK_NEEDS_H
#define DESK_NEEDS_H

#include "ask.h"
#include "code.h"
#include "kept.h"
#include "plan.h"

enum { NEEDS_MAX = 4, UNDO_VALUES_MAX = 64 };

struct needs {
	const char *agent;		/* section of the From address; "": no agent's mail */
	struct sha256 undo[NEEDS_MAX]; size_t nundo;	/* of #annuler, in their order */
	struct sha256 confirm[NEEDS_MAX]; size_t nconfirm;	/* of #confirmer */
	struct ask_want ask;		/* of #chercher #liste #statut #historique */
};

/* Whether the agent is proven is not asked here. */
void needs_of(struct arena *a, const struct desk *d, const struct mail *m, int64_t now,
    struct needs *out);

/* One thing that a mail changed. */
struct undo_value {
	enum undo_what what;
	int64_t ticket; const char *ref;	/* 0, "": none */
	const char *key;		/* an address, a row; "" */
	const char *was, *became, *now;
	bool later;			/* a later order, not undone, changed the same thing */
};

/* What the mail of an undo code changed and sent. */
struct undo_facts {
	int64_t id;			/* 0: no such code of this agent */
	int64_t message, ticket;
	const char *ref;		/* of ticket; "" */
	int64_t used_at;		/* 0: not yet */
	const struct undo_value *v; size_t n;
	size_t waiting, gone;		/* mails to citizens and partners: in the outbox still, not */
};

/* A mail that is held until its agent confirms it. */
struct held_facts {
	int64_t id;			/* 0: no such code of this agent */
	int64_t expires, confirmed_at;
};

struct order_facts {
	struct undo_facts undo[NEEDS_MAX]; size_t nundo;
	struct held_facts held[NEEDS_MAX]; size_t nheld;
	struct answers answers;		/* to needs.ask */
	unsigned asked;			/* confirmations asked of this agent within the hour */
};

#endif
