/* sql_agents.c - the statements behind the words of agents. */
#include "sql.h"

#include "state.h"

#include <stddef.h>

#define OUTWARD "kind IN (" OUTWARD_KINDS(STATE_SQL) "'~')"
/* A column of ticket that the thing @what gives back as text. */
#define BACK(column) column " = CASE WHEN @what = '" column "' THEN @was ELSE " column " END"
#define BACK_INT(column) column " = CASE WHEN @what = '" column "' THEN CAST(@was AS INTEGER)" \
	" ELSE " column " END"

static const char *const texts[SQL_COUNT] = {
	[SQL_ABSENCE_ADD] =
	    "INSERT INTO absence (agent, first_day, last_day) VALUES (@agent, @first, @last)",
	[SQL_ABSENCE_OVER] = "DELETE FROM absence WHERE agent = @agent AND last_day >= @day",
	[SQL_ABSENCE_DROP] = "DELETE FROM absence WHERE last_day < @before",
	[SQL_ABSENT] =
	    "SELECT agent FROM absence WHERE last_day >= @day AND first_day <= @day",
	[SQL_UNDO_ABSENCE] = "DELETE FROM absence WHERE id = CAST(@key AS INTEGER)",
	[SQL_CONFIRM_ADD] =
	    "INSERT INTO confirm (code, message, agent, at, expires)"
	    " VALUES (@code, @message, @agent, @now, @expires)",
	[SQL_CONFIRM_DROP] = "DELETE FROM confirm WHERE at < @before",
	[SQL_CONFIRM_FIND] = "SELECT id, expires, confirmed_at FROM confirm WHERE code = @code",
	/* What a clock that was ahead has asked counts in no hour. */
	[SQL_CONFIRM_ASKED] =
	    "SELECT count(*) FROM confirm WHERE agent = @agent AND at > @since"
	    " AND at <= @since + 7200",
	[SQL_CONFIRM_SET] =
	    "UPDATE confirm SET confirmed_at = max(1, @now) WHERE id = @id AND confirmed_at = 0",
	[SQL_CONFIRM_LIST] =
	    "SELECT c.id, c.message, c.agent, m.sha256, m.received FROM confirm c"
	    " JOIN message m ON m.id = c.message WHERE c.confirmed_at <> 0 AND c.done_at = 0"
	    " ORDER BY c.id LIMIT @max",
	[SQL_CONFIRM_PLACES] =
	    "SELECT id, mailbox, uidvalidity, uid FROM location WHERE message = @message"
	    " AND done <> 2 ORDER BY id DESC LIMIT @max",
	[SQL_CONFIRM_DONE] = "UPDATE confirm SET done_at = max(1, @now) WHERE id = @id",
	[SQL_MESSAGE_TURN] =
	    "UPDATE message SET role = @role, outcome = @outcome, who = @who, why_row = @row,"
	    " because = @because, file = @file, ticket = @ticket WHERE id = @message",
	[SQL_ID_KNOWN] =
	    "SELECT count(*) FROM known_id WHERE message_id = @message_id AND ticket = @ticket",
	[SQL_UNTOLD_FORGET] = "DELETE FROM untold WHERE message = @message",
	[SQL_UNDO_ADD] =
	    "INSERT INTO undo (code, message, ticket, at) VALUES (@code, @message, @ticket, @now)",
	[SQL_UNDO_DROP] = "DELETE FROM undo WHERE at < @before",
	[SQL_UNDO_NOTE] =
	    "INSERT INTO undo_value (undo, what, ticket, key, was, became)"
	    " VALUES (@undo, @what, @ticket, @key, @was, @became)",
	/* In the order of enum undo_what. */
	[SQL_UNDO_NOW] =
	    "SELECT t.state || ' ' || t.closed_at, t.outcome, t.urgency,"
	    " CAST(t.sensitive AS TEXT), t.category, t.agent, t.quartier, CAST(t.due AS TEXT),"
	    " CAST(t.due_silence AS TEXT), CAST(t.first_answer AS TEXT),"
	    " CAST(coalesce(t.merged_into, 0) AS TEXT), CAST(coalesce(g.at, 0) AS TEXT),"
	    " CAST(coalesce(p.no_auto, 0) AS TEXT), coalesce(p.contact_sur, ''), t.citizen"
	    " FROM ticket t LEFT JOIN meeting g ON g.ticket = t.id"
	    " LEFT JOIN person p ON p.address = t.citizen WHERE t.id = @ticket",
	[SQL_UNDO_FIND] =
	    "SELECT u.id, u.message, coalesce(u.ticket, 0), coalesce(t.ref, ''), u.used_at"
	    " FROM undo u LEFT JOIN ticket t ON t.id = u.ticket WHERE u.code = @code",
	[SQL_UNDO_VALUES] =
	    "SELECT v.what, coalesce(v.ticket, 0), coalesce(t.ref, ''), v.key, v.was, v.became,"
	    " EXISTS (SELECT 1 FROM undo_value w JOIN undo x ON x.id = w.undo"
	    " WHERE w.ticket = v.ticket AND w.what = v.what AND w.key = v.key"
	    " AND w.undo > v.undo AND x.used_at = 0) FROM undo_value v"
	    " LEFT JOIN ticket t ON t.id = v.ticket WHERE v.undo = @undo ORDER BY v.rowid"
	    " LIMIT @max",
	[SQL_UNDO_MAILS] =
	    "SELECT count(CASE WHEN state = 'queued' THEN 1 END),"
	    " count(CASE WHEN state IN ('sending', 'unsure', 'sent') THEN 1 END) FROM outbox"
	    " WHERE ticket = @ticket AND message = @message AND " OUTWARD,
	[SQL_UNDO_TICKET] =
	    "UPDATE ticket SET"
	    " state = CASE WHEN @what = 'state' THEN substr(@was, 1, instr(@was, ' ') - 1)"
	    " ELSE state END,"
	    " closed_at = CASE WHEN @what = 'state' THEN"
	    " CAST(substr(@was, instr(@was, ' ') + 1) AS INTEGER) ELSE closed_at END,"
	    " merged_into = CASE WHEN @what = 'merged_into' THEN nullif(CAST(@was AS INTEGER), 0)"
	    " ELSE merged_into END, " BACK("outcome") ", " BACK("urgency") ", "
	    BACK_INT("sensitive") ", " BACK("category") ", " BACK("agent") ", "
	    BACK("quartier") ", " BACK_INT("due") ", " BACK_INT("due_silence") ", "
	    BACK_INT("first_answer") " WHERE id = @ticket",
	[SQL_UNDO_PERSON] =
	    "UPDATE person SET no_auto = CASE WHEN @what = 'no_auto' THEN CAST(@was AS INTEGER)"
	    " ELSE no_auto END, contact_sur = CASE WHEN @what = 'contact' THEN @was"
	    " ELSE contact_sur END WHERE address = @key",
	[SQL_UNDO_MEETING] =
	    "UPDATE meeting SET at = CAST(@was AS INTEGER) WHERE ticket = @ticket",
	[SQL_UNDO_PARTICIPANT] =
	    "DELETE FROM participant WHERE ticket = @ticket AND address = @key"
	    " AND role <> 'citizen'",
	[SQL_UNDO_REMINDER] = "DELETE FROM reminder WHERE id = CAST(@key AS INTEGER) AND sent_at = 0",
	/* What it held is of no use any more. */
	[SQL_UNDO_USED] = "UPDATE undo SET used_at = max(1, @now) WHERE id = @undo",
	/* Nobody has a vital ticket again: the alert goes on. */
	[SQL_UNDO_VIGIL] =
	    "INSERT INTO vigil (ticket, waits_since, event, agent, alerted_at)"
	    " SELECT t.id, t.last_activity, (SELECT coalesce(max(e.id), 0) FROM event e"
	    " WHERE e.ticket = t.id), '', @now FROM ticket t WHERE t.id = @ticket"
	    " AND t.urgency = 'vital' AND t.state = 'open' AND t.agent = ''"
	    " ON CONFLICT (ticket) DO UPDATE SET event = excluded.event,"
	    " agent = excluded.agent, alerted_at = excluded.alerted_at",
	[SQL_WITHDRAW] =
	    "UPDATE outbox SET state = 'dead', held = 0, last_error = 'withdrawn'"
	    " WHERE ticket = @ticket AND message = @message AND state = 'queued' AND " OUTWARD,
	[SQL_REMINDER_ADD] =
	    "INSERT INTO reminder (ticket, agent, at, day, kind, text, message)"
	    " VALUES (@ticket, @agent, @at, @day, @kind, @text, @message)",
	[SQL_REMINDER_ANY] =
	    "SELECT EXISTS (SELECT 1 FROM reminder WHERE sent_at = 0 AND at <= @now)",
	[SQL_REMINDER_DUE] =
	    "SELECT r.id, r.ticket, t.ref, t.category, t.state, t.sensitive, t.agent, r.agent,"
	    " r.text, r.at FROM reminder r JOIN ticket t ON t.id = r.ticket"
	    " WHERE r.sent_at = 0 AND r.at <= @now ORDER BY r.at, r.id LIMIT @max",
	[SQL_REMINDER_SENT] = "UPDATE reminder SET sent_at = max(1, @now) WHERE id = @id",
};

const char *
sql_text_agents(enum sql id)
{
	return texts[id];
}
