/* sql_outbox.c - the statements of the life of a mail of ours (outbox.c draws it). */
#include "sql.h"

#include "state.h"

#include <stddef.h>

/* Waits for its time: queued, or unsure and owed its one resend (next_at is 0 for the others:
 * being sent, or a human's). */
#define WAITS "state IN ('queued', 'unsure') AND held = 0 AND next_at > 0"
/* The ticket tells of these when they fail: who should have read them waits. */
#define FAILED_KINDS "(" OUTWARD_KINDS(STATE_SQL) "'alert')"
/* To the queue, unless it was withdrawn meanwhile. */
#define BACK "state = CASE WHEN withdrawn THEN 'dead' ELSE 'queued' END"
/* What waits is dead at once; what is under way when it comes back. */
#define WITHDRAW \
	"UPDATE outbox SET withdrawn = 1, last_error = 'withdrawn'," \
	" state = CASE WHEN state = 'sending' OR (state = 'unsure' AND next_at = 0) THEN state" \
	" ELSE 'dead' END WHERE kind = 'ack' AND state IN ('queued', 'sending', 'unsure') AND "
/* Sent twice, and twice no reply came: a human's from now on. */
#define LOST "state = 'unsure' AND state <> 'sent' AND (resent OR withdrawn) AND failure = ''"
/* The index of what is due begins with the turn (enum mail_turn). */
#define ANY_TURN "turn IN (0, 1, 2) AND "
/* Made by a clock that was ahead: its delay counts from now. */
#define EARLIEST "CASE WHEN created > @far THEN @far + not_before - created ELSE not_before END"

static const char *const texts[SQL_COUNT] = {
	/* "state <> 'sent'" leads to the partial index. */
	[SQL_RECOVER_SENDING] =
	    "UPDATE outbox SET " BACK " WHERE state = 'sending' AND state <> 'sent'",
	[SQL_RECOVER_UNSURE] =
	    "UPDATE outbox SET state = 'queued', resent = 1, next_at = max(1, @now)"
	    " WHERE state = 'unsure' AND state <> 'sent' AND resent = 0 AND NOT withdrawn",
	/* The program ended between the second dot and its reply. */
	[SQL_LOST_EVENTS] =
	    "INSERT INTO event (ticket, message, at, kind, by, text)"
	    " SELECT ticket, message, @now, 'bounce', 'bureaud',"
	    " kind || ' may not have reached ' || rcpt FROM outbox"
	    " WHERE " LOST " AND ticket IS NOT NULL AND kind IN " FAILED_KINDS,
	[SQL_RECOVER_LOST] = "UPDATE outbox SET failure = 'unsure' WHERE " LOST,
	[SQL_PERSON_ACKS_DROP] = WITHDRAW "person = lower(@address)",
	[SQL_TICKET_ACKS_DROP] = WITHDRAW "ticket = @ticket",
	[SQL_CITIZEN_ACKS_DROP] = WITHDRAW
	    "person = (SELECT citizen FROM ticket WHERE id = @ticket AND citizen <> '')",
	/* Anything due, or put off further than any back-off does: then the clock was wrong. */
	[SQL_CLAIM_ANY] =
	    "SELECT EXISTS (SELECT 1 FROM outbox WHERE " ANY_TURN WAITS " AND next_at <= @now)"
	    " OR EXISTS (SELECT 1 FROM outbox WHERE " ANY_TURN WAITS " AND next_at > @far"
	    " AND next_at > " EARLIEST ")",
	[SQL_CLAMP] =
	    "UPDATE outbox SET next_at = max(@far, " EARLIEST ")"
	    " WHERE " ANY_TURN WAITS " AND next_at > @far AND next_at > " EARLIEST,
	/* What a wrong clock made due before its date. */
	[SQL_DEFER] = "UPDATE outbox SET next_at = not_before WHERE id = @id",
	[SQL_CLAIM_LIST] =
	    "SELECT o.id, o.kind, o.mail_from, o.rcpt, o.message_id, o.tries,"
	    " o.resent OR o.state = 'unsure', w.bytes, max(o.created, o.not_before,"
	    " o.released_at), o.not_before > @now AND o.created <= @far FROM outbox o JOIN wire w ON w.outbox ="
	    " o.id"
	    " WHERE o.turn = @turn AND " WAITS " AND o.next_at <= @now ORDER BY o.next_at, o.id LIMIT @max",
	[SQL_CLAIM_TAKE] =
	    "UPDATE outbox SET state = 'sending',"
	    " resent = CASE WHEN state = 'unsure' THEN 1 ELSE resent END WHERE id = @id",
	[SQL_UNCLAIM] =
	    "UPDATE outbox SET " BACK ", next_at = max(1, @next, not_before)"
	    " WHERE id = @id AND state = 'sending'",
	[SQL_AT_DOT] =
	    "UPDATE outbox SET state = CASE WHEN withdrawn THEN 'dead' ELSE 'unsure' END,"
	    " next_at = 0 WHERE id = @id AND state ="
	    " 'sending'",
	[SQL_SENT] =
	    "UPDATE outbox SET state = 'sent', held = 0, sent_at = @now, tries = tries + 1,"
	    " last_code = @code, last_error = '' WHERE id = @id AND state <> 'sent'",
	/* Nobody wants the bytes of a mail to agents any more once it is out; those to citizens
	 * and partners stay. */
	[SQL_WIRE_DROP] =
	    "DELETE FROM wire WHERE outbox = (SELECT id FROM outbox WHERE id = @id"
	    " AND kind NOT IN (" OUTWARD_KINDS(STATE_SQL) "'~'))",
	[SQL_AGAIN] =
	    "UPDATE outbox SET " BACK ", next_at = max(1, @next), tries = tries +"
	    " @counts,"
	    " last_code = @code, last_error = @error"
	    " WHERE id = @id AND state IN ('sending', 'unsure')",
	[SQL_DEAD] =
	    "UPDATE outbox SET state = 'dead', tries = tries + 1, last_code = @code,"
	    " last_error = @error, failure = @failure, told = 0 WHERE id = @id AND state IN ('sending', 'unsure')",
	/* The ticket tells what citizens and partners were sent. */
	[SQL_EVENT_OUT] =
	    "INSERT INTO event (ticket, message, at, kind, by, text)"
	    " SELECT ticket, message, @now, 'mail_out', 'bureaud',"
	    " kind || @text || rcpt FROM outbox"
	    " WHERE id = @id AND ticket IS NOT NULL AND kind IN (" OUTWARD_KINDS(STATE_SQL) "'~')",
	[SQL_UNSURE] =
	    "UPDATE outbox SET state = 'unsure', next_at = CASE WHEN resent OR withdrawn THEN 0 ELSE @next"
	    " END,"
	    " failure = CASE WHEN (resent OR withdrawn) AND failure = '' THEN 'unsure' ELSE failure END,"
	    " tries = tries + 1, last_code = @code, last_error = @error"
	    " WHERE id = @id AND state IN ('sending', 'unsure')",
	[SQL_EVENT_FAILED] =
	    "INSERT INTO event (ticket, message, at, kind, by, text)"
	    " SELECT ticket, message, @now, 'bounce', 'bureaud', kind || @text || rcpt"
	    " FROM outbox WHERE id = @id AND failure <> '' AND ticket IS NOT NULL"
	    " AND kind IN " FAILED_KINDS,
	/* What was not certain is so now; what is told already is not told again. */
	[SQL_BOUNCED] =
	    "UPDATE outbox SET failure = 'bounced', told = 0, last_code = 0, last_error = @status"
	    " WHERE message_id = @message_id AND state <> 'dead' AND failure IN ('', 'unsure')",
	[SQL_FAILED] =
	    "SELECT o.id, o.kind, o.failure, o.rcpt, o.last_code, o.last_error,"
	    " coalesce(o.ticket, 0), coalesce(t.ref, ''), coalesce(t.category, ''),"
	    " coalesce(t.agent, ''), coalesce(t.sensitive, 0), coalesce(t.due_ar, 0),"
	    " CASE WHEN m.role = 'agent' THEN m.sender ELSE '' END,"
	    " CASE WHEN m.role = 'agent' THEN m.message_id ELSE '' END,"
	    " EXISTS (SELECT 1 FROM ticket k WHERE k.citizen = t.citizen AND k.citizen <> ''"
	    " AND k.sensitive) OR EXISTS (SELECT 1 FROM person WHERE address = t.citizen"
	    " AND contact_sur <> '')"
	    " FROM outbox o LEFT JOIN ticket t ON t.id = o.ticket"
	    " LEFT JOIN message m ON m.id = o.message"
	    " WHERE o.failure <> '' AND o.told = 0 ORDER BY o.id LIMIT @max",
	[SQL_WITHDRAWN] = "SELECT withdrawn AND state = 'dead' FROM outbox WHERE id = @id",
	[SQL_TOLD] = "UPDATE outbox SET told = 1 WHERE id = @id",
	[SQL_NEXT] =
	    "SELECT n FROM (SELECT min(n) AS n FROM (SELECT (SELECT min(next_at) FROM outbox"
	    " WHERE turn = t.turn AND " WAITS ") AS n FROM (SELECT 0 AS turn UNION ALL SELECT 1"
	    " UNION ALL SELECT 2) t)) WHERE n IS NOT NULL",
	[SQL_HELD] =
	    "SELECT id, domain FROM outbox WHERE state = 'queued' AND held = 1 ORDER BY id",
	[SQL_RELEASE] =
	    "UPDATE outbox SET held = 0, released_at = @now, next_at = max(@now, not_before)"
	    " WHERE id = @id AND held = 1",
	[SQL_COPY_LIST] =
	    "SELECT o.id, o.sent_at, w.bytes FROM outbox o JOIN wire w ON w.outbox = o.id"
	    " WHERE o.state = 'sent' AND o.filed = 0 ORDER BY o.id LIMIT @max",
	[SQL_COPY_DONE] = "UPDATE outbox SET filed = 1 WHERE id = @id",
};

const char *
sql_text_outbox(enum sql id)
{
	return texts[id];
}
