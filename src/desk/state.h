/* state.h - the words of a ticket's life and of a mail's one outcome, each listed once:
 * the schema's CHECK lists, the JSON and the enums come from the same lines.
 *
 *      citizen writes                answer sent, date set
 *   --------------------> open ----------------------------> waiting
 *                         ^  ^                                |  |
 *                         |  +--------- citizen writes -------+  |
 *        citizen writes   |                                      |
 *        or reopened      +---------------- closed <-- settled --+
 */
#ifndef DESK_STATE_H
#define DESK_STATE_H

#include "span.h"

#define TICKET_STATES(X) \
	X(OPEN, "open") \
	X(WAITING, "waiting") \
	X(CLOSED, "closed")

#define TICKET_OUTCOMES(X) \
	X(NONE, "") \
	X(RESOLVED, "resolved") \
	X(REFERRED, "referred") \
	X(TRANSFERRED, "transferred") \
	X(NO_ACTION, "no_action") \
	X(UNREACHABLE, "unreachable") \
	X(MERGED, "merged") \
	X(SPAM, "spam")

#define URGENCIES(X) \
	X(NORMAL, "normal") \
	X(HIGH, "high") \
	X(VITAL, "vital")

#define MAIL_OUTCOMES(X) \
	X(NEW_TICKET, "new_ticket") \
	X(APPEND, "append") \
	X(BOUNCE, "bounce") \
	X(RECORDED, "recorded_no_ack") \
	X(QUARANTINED, "quarantined") \
	X(SELF, "ignored_self")

#define MAIL_ROLES(X) \
	X(CITIZEN, "citizen") \
	X(AGENT, "agent") \
	X(SYSTEM, "system") \
	X(UNKNOWN, "unknown")

#define EVENT_KINDS(X) \
	X(MAIL_IN, "mail_in") \
	X(MAIL_OUT, "mail_out") \
	X(NOTE, "note") \
	X(STATE, "state") \
	X(COMMAND, "command") \
	X(ALERT, "alert") \
	X(BOUNCE, "bounce") \
	X(ADMIN, "admin")

/* What a mail of ours is: the KIND of its Message-ID, of queue and of plan.  First those to
 * citizens and partners. */
#define OUTWARD_KINDS(X) \
	X(ACK, "ack") \
	X(RELAY, "relay") \
	X(INVITE, "invite") \
	X(ORIENT, "orient") \
	X(PIECES, "pieces") \
	X(FORWARD, "forward")
#define MAIL_KINDS(X) \
	OUTWARD_KINDS(X) \
	X(NOTIFY, "notify") \
	X(ALERT, "alert") \
	X(TRANSCRIPT, "transcript") \
	X(CONFIRM, "confirm") \
	X(MORNING, "morning") \
	X(REMINDER, "reminder") \
	X(FAILURE, "failure") \
	X(DIGEST, "digest") \
	X(ADMIN, "admin") \
	X(SELFTEST, "selftest")

#define OUTBOX_STATES(X) \
	X(QUEUED, "queued") \
	X(SENDING, "sending") \
	X(SENT, "sent") \
	X(DEAD, "dead") \
	X(UNSURE, "unsure")

/* Why a mail of ours did not reach its reader, or may not have. */
#define FAILURES(X) \
	X(NONE, "") \
	X(REFUSED, "refused")		/* 5xx */ \
	X(EXPIRED, "expired")		/* 4xx for five days */ \
	X(UNSURE, "unsure")		/* lost before the reply, its one resend too */ \
	X(BOUNCED, "bounced")		/* a delivery report said so later */

#define ENUM_LINE_TICKET(id, name) TICKET_##id,
#define ENUM_LINE_OUTCOME(id, name) TICKET_OUTCOME_##id,
#define ENUM_LINE_URGENCY(id, name) URGENCY_##id,
#define ENUM_LINE_MAIL(id, name) MAIL_OUTCOME_##id,
#define ENUM_LINE_ROLE(id, name) MAIL_ROLE_##id,
#define ENUM_LINE_EVENT(id, name) EVENT_##id,
#define ENUM_LINE_KIND(id, name) MAIL_KIND_##id,
#define ENUM_LINE_OUTBOX(id, name) OUTBOX_##id,
#define ENUM_LINE_FAILURE(id, name) FAILURE_##id,

enum ticket_state { TICKET_STATES(ENUM_LINE_TICKET) TICKET_STATE_COUNT };
enum ticket_outcome { TICKET_OUTCOMES(ENUM_LINE_OUTCOME) TICKET_OUTCOME_COUNT };
enum urgency { URGENCIES(ENUM_LINE_URGENCY) URGENCY_COUNT };
enum mail_outcome { MAIL_OUTCOMES(ENUM_LINE_MAIL) MAIL_OUTCOME_COUNT };
enum mail_role { MAIL_ROLES(ENUM_LINE_ROLE) MAIL_ROLE_COUNT };
enum event_kind { EVENT_KINDS(ENUM_LINE_EVENT) EVENT_COUNT };
enum mail_kind { MAIL_KINDS(ENUM_LINE_KIND) MAIL_KIND_COUNT };
enum outbox_state { OUTBOX_STATES(ENUM_LINE_OUTBOX) OUTBOX_COUNT };
enum failure { FAILURES(ENUM_LINE_FAILURE) FAILURE_COUNT };

const char *ticket_state_name(enum ticket_state s);
const char *ticket_outcome_name(enum ticket_outcome s);
const char *urgency_name(enum urgency s);
const char *mail_outcome_name(enum mail_outcome s);
const char *mail_role_name(enum mail_role s);
const char *event_kind_name(enum event_kind s);
const char *mail_kind_name(enum mail_kind s);
const char *outbox_state_name(enum outbox_state s);
const char *failure_name(enum failure s);
/* false when no such word; the stored words always are. */
bool ticket_state_of(const char *name, enum ticket_state *out);
bool ticket_outcome_of(const char *name, enum ticket_outcome *out);
bool urgency_of(const char *name, enum urgency *out);
bool mail_outcome_of(const char *name, enum mail_outcome *out);
bool mail_role_of(const char *name, enum mail_role *out);
bool event_kind_of(const char *name, enum event_kind *out);
bool mail_kind_of(const char *name, enum mail_kind *out);
bool outbox_state_of(const char *name, enum outbox_state *out);
bool failure_of(const char *name, enum failure *out);

/* For a CHECK: "column IN ('open','waiting','closed','~')" made as
 * "column IN (" TICKET_STATES(STATE_SQL) "'~')"; '~' stands for nothing and ends the list. */
#define STATE_SQL(id, name) "'" name "',"

/* Mail to citizens and partners has no X-Bureaud-Kind; a copy of it goes to Sent. */
bool mail_kind_is_outward(enum mail_kind k);
/* Who leaves first: alerts; then what an agent waits for, to know what became of an order; then
 * all the rest in its order. */
enum mail_turn { MAIL_TURN_ALERT, MAIL_TURN_AGENT, MAIL_TURN_REST, MAIL_TURNS };
enum mail_turn mail_kind_turn(enum mail_kind k);
/* Only automatic mail to citizens counts against the [limits]. */
bool mail_kind_is_automatic(enum mail_kind k);

#endif
