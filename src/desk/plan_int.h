/* plan_int.h - what the files of plan share; nobody else includes it. */
#ifndef DESK_PLAN_INT_H
#define DESK_PLAN_INT_H

#include "command.h"
#include "compose.h"
#include "plan.h"

/* Events: a few of the mail itself, and at most two a command. */
enum { PLAN_EVENTS_MAX = 8 + 2 * COMMAND_MAX, NOTIFY_MAX_BYTES = 512 * 1024 };

struct planning {
	struct arena *a;
	const struct desk *d;
	const struct plan_in *in;
	const struct plan_facts *facts;
	struct plan *p;
	size_t used_random;		/* by codes */
};

/* plan_rows.c: */
/* What a row of the decision table makes of the mail. */
enum act {
	ACT_RECORD,		/* kept, no ticket, no answer */
	ACT_APPEND_OR_RECORD,	/* a machine's: joins where it may, changes no state */
	ACT_BOUNCE_OR_RECORD,
	ACT_SELF,
	ACT_SET_ASIDE,
	ACT_AGENT,
	ACT_TICKET_SILENT,	/* new ticket, agents told why no answer went out */
	ACT_JOIN_OR_SILENT,	/* append if it joins, else as above */
	ACT_APPEND,
	ACT_TICKET_HELD,	/* the acknowledgment waits for a cap */
	ACT_TICKET
};

/* Names the row in the plan, with its reason. */
enum act plan_row(struct planning *g);
/* Row 0: why the mail is only recorded; NULL where it is not. */
const char *plan_too_old(const struct planning *g);
bool plan_joins(const struct planning *g);
bool plan_cap_reached(const struct planning *g);
/* By this mail: it was not before, or the ticket is new. */
bool plan_turns_sensitive(const struct planning *g);

/* A plan of nothing, with room for the mails of any. */
void plan_empty(struct planning *g);
void plan_event(struct planning *g, enum event_kind kind, const char *by, const char *text);

/* plan_review.c: what a mail is once a person let it out of review; else `in` itself. */
const struct plan_in *plan_let_out(struct arena *a, const struct plan_in *in);
void plan_let_out_note(struct planning *g);

/* Compose `m` (from, date, id, loop and envelope are set here) and add it to the plan.
 * ref "" for no ticket. */
enum status plan_send(struct planning *g, enum mail_kind kind, struct outmail *m, size_t max,
    int64_t not_before, bool held, struct fault *f) MUST_USE;

/* The Message-ID that the next mail of that kind will have: for a text that names it. */
const char *plan_next_id(const struct planning *g, enum mail_kind kind, const char *to);

/* ack.c: which acknowledgment, and the mail itself. */
void ack_choose(struct planning *g);
enum status ack_write(struct planning *g, bool held, struct fault *f) MUST_USE;

/* A mail that joins makes its ticket sensitive: an acknowledgment that still waits gives way to what
 * such a mail would have got. */
enum status ack_replace(struct planning *g, struct fault *f) MUST_USE;
/* What of that kind must not go out any more, once all else is decided. */
void ack_withdraw(struct planning *g);

/* For a ticket that is there already: #accuser. */
enum status ack_later(struct planning *g, const struct ticket_facts *t, struct fault *f) MUST_USE;

/* orders.c: the words of a proven agent, on the ticket that the mail joins or on none. */
enum status agent_orders(struct planning *g, struct fault *f) MUST_USE;

/* orders_confirm.c: a mail in an agent's name that nothing proves; the registered address is
 * asked. */
enum status confirm_ask(struct planning *g, struct fault *f) MUST_USE;
/* Does the mail bring a code that is good? */
bool confirm_proves(const struct planning *g);

/* notify.c: mails to agents. */
enum status notify_ticket(struct planning *g, struct fault *f) MUST_USE;
enum status notify_danger(struct planning *g, struct fault *f) MUST_USE;
enum status notify_review(struct planning *g, unsigned naside, struct fault *f) MUST_USE;
/* Another agent than the one who has the ticket answered its citizen: the holder is told, with
 * the words where they may be shown. */
enum status notify_holder(struct planning *g, const char *words, struct fault *f) MUST_USE;
enum status notify_loop(struct planning *g, struct fault *f) MUST_USE;
/* The citizen's mail is what `g` holds; a repetition has only the ticket. */
enum status notify_repeat(struct planning *g, int64_t since, unsigned times,
    struct fault *f) MUST_USE;

/* "[BI-2026-00042] Logement · haute · 2e message", "[BI-2026-00042] sensible"; "Logement". */
const char *notify_subject(const struct planning *g);
const char *notify_label(const struct planning *g);
/* Is that agent of the desk away today? */
bool agent_is_away(const struct planning *g, const struct agent *x);

/* guide.c: the agents' guide with the whole language; NULL where the text cannot be filled. */
const char *guide_text(struct planning *g);

bool verdict_has(const struct verdict *v, const char *category);
/* Vital, or suspected violence: the agents on call are alerted at once (LAW-AND-SAFETY 3, rules 1
 * and 7).  Vital: again and again, until one of them takes the ticket or answers.  Violence that
 * is not vital: once; the ticket is at least high, and nothing goes to the person by itself. */
bool verdict_is_danger(const struct verdict *v);

#endif
