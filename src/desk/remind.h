/* remind.h - what the clock tells agents: dates that fall due, urgent tickets that nobody has
 * touched, alerts that nobody has answered.  Values in, plans of mails out, as in plan.h.
 *
 *   promise   the open day before, and the day itself          while open
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

/* One mail for each agent that something falls due for.  after[i]: the last day on which
 * agent i was reminded, REMINDED: that was today.  Only out->mails and nmails are made, by
 * every function here. */
enum { REMINDED = DATE_INVALID };
enum status remind_morning(struct arena *a, const struct desk *d, const struct remind_ticket *v,
    size_t n, const date_day *after, int64_t now, const struct plan_facts *random,
    struct plan *out, struct fault *f) MUST_USE;
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
