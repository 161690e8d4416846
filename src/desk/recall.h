/* recall.h - the mail that #rappel asked for: to the agent who asked, at that hour, once.  An
 * answer to it is an answer to the person, as to any notification. */
#ifndef DESK_RECALL_H
#define DESK_RECALL_H

#include "plan.h"

struct recall {
	int64_t id, ticket;
	const char *ref, *category;
	enum ticket_state state;
	bool sensitive;
	const char *agent;		/* who has the ticket; "" nobody */
	const char *by;			/* who asked: a section of the configuration */
	const char *text;		/* what the agent wrote behind the date; "" */
	int64_t at;			/* asked for */
};

/* Where who asked is away, or no agent any more, those that the ticket concerns are told.  Only
 * out->mails and nmails are made. */
enum status recall_mail(struct arena *a, const struct desk *d, const struct recall *r,
    int64_t now, const struct plan_facts *random, struct plan *out, struct fault *f) MUST_USE;

#endif
