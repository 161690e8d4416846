#include "state.h"

#include <assert.h>

#define NAME_LINE(id, name) name,

/* One table and two functions a list: word of a value, value of a word. */
#define LIST(what, LIST_X, count) \
	static const char *const what##_names[] = { LIST_X(NAME_LINE) }; \
	static_assert(sizeof what##_names / sizeof *what##_names == (count), #what); \
	const char *what##_name(enum what v) { return what##_names[v]; } \
	bool what##_of(const char *name, enum what *out) \
	{ \
		int i = word_index(what##_names, (count), name); \
		if (i < 0) \
			return false; \
		*out = (enum what)i; \
		return true; \
	}

static int
word_index(const char *const *names, int n, const char *name)
{
	for (int i = 0; i < n; i++)
		if (span_eq(span_of(name), names[i]))
			return i;
	return -1;
}

LIST(ticket_state, TICKET_STATES, TICKET_STATE_COUNT)
LIST(ticket_outcome, TICKET_OUTCOMES, TICKET_OUTCOME_COUNT)
LIST(urgency, URGENCIES, URGENCY_COUNT)
LIST(mail_outcome, MAIL_OUTCOMES, MAIL_OUTCOME_COUNT)
LIST(mail_role, MAIL_ROLES, MAIL_ROLE_COUNT)
LIST(event_kind, EVENT_KINDS, EVENT_COUNT)
LIST(mail_kind, MAIL_KINDS, MAIL_KIND_COUNT)
LIST(outbox_state, OUTBOX_STATES, OUTBOX_COUNT)
LIST(failure, FAILURES, FAILURE_COUNT)

bool
mail_kind_is_outward(enum mail_kind k)
{
	return k <= MAIL_KIND_FORWARD;
}

enum mail_turn
mail_kind_turn(enum mail_kind k)
{
	if (k == MAIL_KIND_ALERT)
		return MAIL_TURN_ALERT;
	return k == MAIL_KIND_TRANSCRIPT || k == MAIL_KIND_CONFIRM || k == MAIL_KIND_FAILURE ?
	    MAIL_TURN_AGENT : MAIL_TURN_REST;
}

bool
mail_kind_is_automatic(enum mail_kind k)
{
	return k == MAIL_KIND_ACK;
}
