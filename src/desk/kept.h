/* kept.h - the words under which the database keeps what agents ordered. */
#ifndef DESK_KEPT_H
#define DESK_KEPT_H

#include <stdbool.h>

/* Reminders that the store keeps: asked for by #rappel. */
#define REMINDER_KINDS(X) \
	X(RECALL, "recall")

/* What an undo may give back; up to MEETING a ticket's own, then its people's and the agents'. */
#define UNDO_WHATS(X) \
	X(STATE, "state") \
	X(OUTCOME, "outcome") \
	X(URGENCY, "urgency") \
	X(SENSITIVE, "sensitive") \
	X(CATEGORY, "category") \
	X(AGENT, "agent") \
	X(QUARTIER, "quartier") \
	X(DUE, "due") \
	X(DUE_SILENCE, "due_silence") \
	X(ANSWERED, "first_answer") \
	X(MERGED, "merged_into") \
	X(MEETING, "meeting") \
	X(NO_AUTO, "no_auto") \
	X(CONTACT, "contact") \
	X(PARTICIPANT, "participant") \
	X(REMINDER, "reminder") \
	X(ABSENCE, "absence")

#define KEPT_UNDO(id, name) UNDO_##id,
enum undo_what { UNDO_WHATS(KEPT_UNDO) UNDO_COUNT };

const char *undo_what_name(enum undo_what w);
/* false when no such word; the stored words always are. */
bool undo_what_of(const char *name, enum undo_what *out);

#endif
