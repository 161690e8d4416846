/* remind.h - what the clock tells agents: dates that fall due, urgent tickets that nobody has
 * touched, alerts that nobody has answered.  Values in, plans of mails out, as in plan.h.
 *
 *   promise   the open day before, the day itself, and every   while open and nobody has
 *             morning after it                                 answered
 *   waiting   the day, and every morning until it changes      while waiting
 *   AR        2 open days before (CRPA R112-11-2)              while open and no mail of
 *                                                              acknowledgment was sent
 *   silence   14 days and 3 open days before (CRPA L231-4)     while open or waiting
 *   high      14:00 of the day it came in, once                while open and untouched
 *
 * A reminder whose morning was missed (closed, stopped) is in the next one. */
#ifndef DESK_REMIND_H
#define DESK_REMIND_H

#include "plan.h"

struct remind_ticket {
	int64_t id;
	const char *ref, *category;
	const char *agent;		/* section, "" nobody */
	enum ticket_state state;
	bool sensitive;
	bool acked;			/* an acknowledgment was sent */
	enum urgency urgency;
	int64_t first_answer;		/* 0: none yet */
	const char *contact;		/* where the person is reached safely; "" unknown */
	int64_t opened, last_activity;
	date_day due, due_ar, due_silence;	/* 0: none */
};

enum remind_what { REMIND_PROMISE, REMIND_AR, REMIND_SILENCE, REMIND_WHATS };

/* The date that has a reminder on a day after `after`, up to and with `today`; 0: none has. */
date_day remind_date(const struct desk *d, const struct remind_ticket *t, enum remind_what what,
    date_day after, date_day today);
/* Whoever has the ticket; else those of its category; else everybody. */
bool remind_concerns(const struct desk *d, const struct remind_ticket *t,
    const struct agent *g);
/* When a high ticket whose people wrote last at `since` is to be reminded of. */
int64_t remind_high_at(const struct hours *h, int64_t since);

/* An answer that a person got; sender: whose mail it was. */
struct remind_answer { const char *ref, *category, *sender; bool sensitive; };

/* What a morning's list is made of. */
struct morning {
	date_day today, after;		/* after: the day of the last list */
	int64_t at;			/* when today's is due: later tickets are not in it */
	const struct remind_ticket *v; size_t n;
	const struct remind_answer *answers; size_t nanswers;	/* since the last list */
};
/* One mail to one agent (none where nothing waits): what falls due or is late, waiting tickets
 * whose day has come, what is open, the oldest first, and what colleagues answered; and a mail
 * of its own for each ticket that comes back.  Its state stays: the agent says what becomes of it.
 * Only out->mails and nmails are made, by every function here. */
enum status remind_morning(struct arena *a, const struct desk *d, const struct agent *to,
    const struct morning *in, int64_t now, const struct plan_facts *random, struct plan *out,
    struct fault *f) MUST_USE;
enum status remind_high(struct arena *a, const struct desk *d, const struct remind_ticket *v,
    size_t n, int64_t now, const struct plan_facts *random, struct plan *out,
    struct fault *f) MUST_USE;

struct remind_alert {
	int64_t ticket;
	const char *ref, *category;
	const char *contact;		/* where the person is reached safely; "" unknown */
	bool sensitive, acked;
	int64_t since;			/* the person waits */
	int64_t alerted_at;		/* last time */
	unsigned times;			/* repetitions before this one */
};
enum status remind_alert(struct arena *a, const struct desk *d, const struct remind_alert *v,
    int64_t now, const struct plan_facts *random, struct plan *out, struct fault *f) MUST_USE;

#endif
