/* failure.h - a mail of ours that did not reach its reader: who is told, and in which words.
 *
 *   to a citizen or a partner   the agent whose mail caused it; else (an acknowledgment) whoever
 *                               has the ticket, else those of its category, else all; of these
 *                               only who is not away, as long as anybody is there
 *   an alert                    every other agent, and the administrator
 *   another mail to an agent    the administrator
 *   a mail to the administrator nobody: no failure is told of in a mail that fails like it
 *
 * The relay's words are not repeated, they quote addresses; its codes are.  Of a sensitive ticket
 * nobody's address is named.  Values in, plans of mails out, as in plan.h. */
#ifndef DESK_FAILURE_H
#define DESK_FAILURE_H

#include "plan.h"

struct failed_mail {
	int64_t row, ticket;		/* ticket 0: none */
	const char *ref, *category, *agent;	/* of the ticket; "" none */
	bool sensitive;
	bool watched;			/* the citizen has a sensitive ticket, this or another, or a
					 * safe contact: who looks for them elsewhere may betray them */
	date_day due_ar;		/* CRPA R112-11-2; 0 none */
	enum mail_kind kind;
	enum failure how;
	const char *to;
	const char *author, *answers;	/* the agent's mail that caused it: address, Message-ID; "" */
	int code;			/* of the last reply, 0 none */
	const char *said;		/* the relay's words */
};

/* "550 5.1.1": the code, and the enhanced one (RFC 3463) where the words hold one; "" neither. */
const char *failure_code(struct arena *a, int code, const char *said);

/* The mails to agents, of the ticket of v; only out->mails and nmails are made.  facts: who is
 * away, and the random parts. */
enum status failure_tell(struct arena *a, const struct desk *d, const struct failed_mail *v,
    int64_t now, const struct plan_facts *facts, struct plan *out, struct fault *f) MUST_USE;

/* Is it for the administrator, `nmails` agents having been told? */
bool failure_is_admins(const struct failed_mail *v, size_t nmails);
/* One mail for all of them; none without an administrator. */
enum status failure_tell_admin(struct arena *a, const struct desk *d,
    const struct failed_mail *const *v, size_t n, int64_t now, const struct plan_facts *random,
    struct plan *out, struct fault *f) MUST_USE;

#endif
