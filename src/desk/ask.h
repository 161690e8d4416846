/* ask.h - what an agent asks for by mail (#chercher #liste #statut #historique), in two steps
 * so that the plan stays pure, as with thread.h: the questions of a mail are read here,
 * the store in the plan's own transaction, both with needs.h, and worded by orders_ask.c.
 *
 * Answers hold what there is, not what this agent may see: only orders_ask.c shows any of it,
 * and only to a proven agent.
 *
 * Limits: ASK_TICKETS a question, ASK_EVENTS of a timeline, ASK_HISTORIES timelines a mail. */
#ifndef DESK_ASK_H
#define DESK_ASK_H

#include "command.h"
#include "seek.h"
#include "thread.h"

enum { ASK_TICKETS = 300, ASK_EVENTS = 60, ASK_HISTORIES = 8 };

/* Any of the states; "" for any category or agent. */
struct ask_filter {
	bool state[TICKET_STATE_COUNT];
	const char *category, *agent;
	bool nobody;			/* whom no agent has taken */
};

/* The question of one command; at the command's own place in the list. */
struct ask {
	enum command_word word;		/* COMMAND_UNKNOWN: no question */
	struct seek seek;		/* #chercher */
	struct ask_filter filter;	/* #liste */
	const char *ref;		/* #statut #historique; "" the mail's own ticket */
};
struct ask_want { struct ask v[COMMAND_MAX]; size_t n; };

/* Does that command ask for something?  Whether its agent is proven is the plan's to say. */
bool ask_of(struct arena *a, const struct desk *d, const struct agent *me,
    const struct command *c, struct ask *out);
/* "ouverts", "logement", "à moi", "sans agent", or several of them; without a state open and
 * waiting ones.  false: *why says in French what is not known. */
bool ask_filter_read(struct arena *a, const struct desk *d, const char *me, const char *text,
    struct ask_filter *out, const char **why);

struct ask_ticket {
	int64_t id;
	const char *ref, *category, *agent, *subject;
	enum ticket_state state; enum ticket_outcome outcome; enum urgency urgency;
	bool sensitive;
	int64_t opened, last_activity;
	date_day due;			/* 0: none */
	const char *excerpt;		/* of #chercher; "" else */
};
struct ask_event { int64_t at; enum event_kind kind; const char *by, *text; };

struct ask_list { struct ask_ticket *v; size_t n; bool more; };		/* more: than n */
struct ask_history { struct ask_ticket t; struct ask_event *v; size_t n, older; };
struct ask_desk {
	int64_t tickets[TICKET_STATE_COUNT], mine[TICKET_STATE_COUNT];
	int64_t queued, unsure, dead, held;
	int64_t oldest, last_poll;	/* 0: none */
};
struct answers {
	struct ask_list list[COMMAND_MAX];
	struct ask_history history[ASK_HISTORIES]; size_t nhistory;
	struct ask_desk desk;
};

/* May this agent be told that this ticket is there?  Of a sensitive one only who has it and
 * whom its category concerns (everybody where nobody has the category). */
bool ask_may_see(const struct desk *d, const struct agent *g, const struct ask_ticket *t);

#endif
