/* thread.h - which ticket a mail belongs to, in two steps so that no database is needed here:
 * ask for keys, have them looked up elsewhere, then decide.
 *
 * All keys only propose; the sender must take part in that ticket.  Order: our signed ids,
 * stored ids, the address token, the subject tag (MAIL-RULES, "what joins a ticket"). */
#ifndef DESK_THREAD_H
#define DESK_THREAD_H

#include "ident.h"
#include "state.h"

enum thread_by { THREAD_BY_SIGNED, THREAD_BY_STORED, THREAD_BY_TOKEN, THREAD_BY_TAG };

struct thread_key { enum thread_by by; const char *key; };
struct thread_keys { struct thread_key *v; size_t n; };

/* tag: "BI-2026-00042" without brackets.  Tokens: of To, Cc, and where it was delivered to. */
void thread_keys_of(struct arena *a, const struct desk *d, const struct mail *m,
    struct thread_keys *out);

/* What is known of a ticket that a mail may enter. */
struct ticket_facts {
	const char *category, *agent, *citizen, *contact;	/* contact: safe address or words; "" */
	const char *subject, *message_id, *text, *lang;	/* of the citizen's last mail */
	enum urgency urgency;
	enum ticket_outcome outcome;
	bool acked;			/* an acknowledgment went out, or waits to */
	bool ack_waits;			/* it was not sent yet, and can be taken back */
	bool person_sensitive;		/* the citizen has a sensitive ticket, this or another */
	int64_t opened;
	int64_t first_answer;		/* 0: none yet */
	date_day due, due_silence;	/* promised or awaited, and of the law; 0: none */
	int messages;			/* of people who are no agents */
	int64_t meeting;		/* the appointment that stands; 0: none */
	int meeting_sequence;		/* of the last invitation; -1: there was none */
	const char *meeting_place;
	const char *words, *files;	/* of all the citizen's mails: texts, file names a line */
};

/* One ticket that a key led to. */
struct thread_hit {
	enum thread_by by;
	int64_t ticket;
	const char *ref;
	enum ticket_state state;
	int64_t closed_at;		/* 0 unless closed */
	bool sensitive;
	bool takes_part;		/* the sender is a participant */
	const char *minted_for;		/* recipient of our mail that carried that id; "" */
	const struct ticket_facts *facts;
};

enum thread_how { THREAD_NEW, THREAD_APPEND, THREAD_DOUBT };

struct thread {
	enum thread_how how;
	const struct thread_hit *hit;	/* THREAD_APPEND; NULL else */
	const struct thread_hit *about;	/* "maybe about", for agents' eyes; NULL: none or sensitive */
	bool reopens;
	const char *because;
};

void thread_decide(const struct desk *d, const struct ident *who, const struct thread_hit *hits,
    size_t n, int64_t now, struct thread *out);

const char *thread_how_name(enum thread_how h);

#endif
