/* Statements of what administrators do: review, persons' rights, backup,
 * the journal, rebuilding. */
#include "sql.h"

#include "state.h"

#include <stddef.h>

/* Why a mail of a database that was put back waits for a human. */
#define FROM_BACKUP "'from a backup: it may have gone out since'"

#define OUTWARD OUTWARD_KINDS(STATE_SQL) "'~'"
/* Tickets that are anonymous, messages whose words are gone: now, or since an earlier time. */
#define ERASED "(SELECT id FROM ticket WHERE erased > 0)"
#define HIDDEN "(SELECT id FROM message WHERE NOT visible)"
/* A person of no ticket that is kept. */
#define ALONE "NOT EXISTS (SELECT 1 FROM ticket t WHERE t.citizen = person.address)"

/* Ticket t went into one that is still alive: it is the first part of that one. */
#define CARRIED_ON "EXISTS (WITH RECURSIVE up (id) AS (SELECT t.merged_into UNION" \
	" SELECT k.merged_into FROM up JOIN ticket k ON k.id = up.id) SELECT 1 FROM up" \
	" JOIN ticket k ON k.id = up.id WHERE k.erased = 0 AND (k.state <> 'closed'" \
	" OR k.last_activity >= @before))"

/* What is between spaces, colons and commas: an address may end like another one. */
#define WORDS(column) "' ' || replace(replace(replace(lower(" column "), ':', ' '), ',', ' ')," \
	" char(10), ' ') || ' '"

/* The hash of the bytes stays: by it a mail is known when it is seen again. */
#define MESSAGE_BLANKED "UPDATE message SET visible = 0, sender = '', subject = ''," \
	" message_id = '', body = zeroblob(32), hits = '', "
#define MESSAGE_BLANK MESSAGE_BLANKED "unwanted = max(unwanted, @mailbox)"
/* What was not sent never will be.  Agents' addresses stay. */
#define OUTBOX_BLANK "UPDATE outbox SET erased = 1, filed = 1, held = 0," \
	" last_error = CASE state WHEN 'sent' THEN '' ELSE 'erased' END," \
	" state = CASE state WHEN 'sent' THEN state ELSE 'dead' END," \
	" rcpt = CASE WHEN kind IN (" OUTWARD ") THEN 'erased' ELSE rcpt END," \
	" person = CASE WHEN kind IN (" OUTWARD ") THEN '' ELSE person END," \
	" domain = CASE WHEN kind IN (" OUTWARD ") THEN '' ELSE domain END," \
	" unwanted = max(unwanted, @mailbox AND kind IN (" OUTWARD "))"

static const char *const texts[SQL_COUNT] = {
	[SQL_REVIEW] =
	    "SELECT m.id, m.message_id, m.received, m.sender, m.subject, m.because, m.sensitive,"
	    " coalesce(w.kind = 'release', 0), coalesce(w.why, '') FROM message m"
	    " LEFT JOIN wish w ON w.message = m.id WHERE m.outcome = 'quarantined'"
	    " AND m.visible ORDER BY m.id",
	[SQL_REVIEW_OPEN] =
	    "SELECT 1 FROM message m WHERE m.id = @message AND m.outcome = 'quarantined'"
	    " AND m.visible AND NOT EXISTS (SELECT 1 FROM wish w WHERE w.message = m.id)"
	    /* Its agent has said that it is theirs: it is about to be carried out. */
	    " AND NOT EXISTS (SELECT 1 FROM confirm c WHERE c.message = m.id"
	    " AND c.confirmed_at <> 0 AND c.done_at = 0)",
	[SQL_REVIEW_SPAM] =
	    "UPDATE message SET outcome = 'recorded_no_ack', file = 'filed',"
	    " because = 'judged as spam by a person' WHERE id = @message",
	/* It is decided: a code that comes back later must not decide it once more. */
	[SQL_REVIEW_CODES] = "DELETE FROM confirm WHERE message = @message",
	[SQL_WISH_ADD] =
	    "INSERT INTO wish (message, kind, at, by) VALUES (@message, @kind, @now, @by)",
	[SQL_WISHES] =
	    "SELECT w.message, w.kind = 'release', w.by, m.file, coalesce(t.state, ''), m.size"
	    " FROM wish w JOIN message m ON m.id = w.message"
	    " LEFT JOIN ticket t ON t.id = m.ticket ORDER BY w.why <> '', w.message LIMIT @max",
	[SQL_WISH_PLACES] =
	    "SELECT id, mailbox, uidvalidity, uid FROM location WHERE message = @message"
	    " AND done <> 2 ORDER BY id DESC LIMIT @max",
	[SQL_WISH_REFILE] =
	    "UPDATE wish SET kind = 'refile', why = '' WHERE message = @message",
	[SQL_WISH_WAITS] =
	    "UPDATE wish SET why = @why WHERE message = @message AND why <> @why",
	[SQL_WISH_DONE] = "DELETE FROM wish WHERE message = @message",

	[SQL_PERSON_FACTS] =
	    "WITH t AS (SELECT id, sensitive, state FROM ticket WHERE citizen = @address),"
	    /* alone: in none of their tickets, and set aside or in somebody else's. */
	    " m AS (SELECT x.id, x.received, coalesce(x.ticket NOT IN (SELECT id FROM t), 1) AND"
	    " (x.sensitive OR EXISTS (SELECT 1 FROM ticket k WHERE k.id = x.ticket"
	    " AND k.sensitive)) AS alone FROM message x WHERE x.visible"
	    " AND (x.sender = @address OR x.ticket IN (SELECT id FROM t)))"
	    " SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM t WHERE sensitive)"
	    " + (SELECT count(*) FROM m WHERE alone),"
	    " (SELECT count(*) FROM t WHERE state <> 'closed'), (SELECT count(*) FROM m),"
	    " coalesce((SELECT min(received) FROM m), 0),"
	    " coalesce((SELECT max(received) FROM m), 0),"
	    " (SELECT count(*) FROM attachment WHERE message IN (SELECT id FROM m)),"
	    " (SELECT count(*) FROM outbox WHERE NOT erased AND (person = @address"
	    " OR ticket IN (SELECT id FROM t))),"
	    " coalesce((SELECT no_auto FROM person WHERE address = @address), 0),"
	    " coalesce((SELECT contact_sur <> '' FROM person WHERE address = @address), 0)",
	[SQL_PERSON_MESSAGES] =
	    "SELECT m.id, m.message_id, lower(hex(m.sha256)), coalesce(t.ref, ''), m.because,"
	    " m.sender, m.subject, m.copies, m.received, m.outcome, m.role, m.visible,"
	    " coalesce(x.text, ''), m.size FROM message m LEFT JOIN ticket t ON t.id = m.ticket"
	    " LEFT JOIN message_text x ON x.message = m.id WHERE m.visible AND (m.sender ="
	    " @address OR m.ticket IN (SELECT id FROM ticket WHERE citizen = @address))"
	    " ORDER BY m.received, m.id",
	[SQL_PERSON_SENT] =
	    "SELECT o.id, o.kind, o.state, coalesce(t.ref, ''), o.rcpt, o.last_error,"
	    " o.message_id, o.tries, o.next_at, o.created, o.held, o.failure, o.sent_at,"
	    " coalesce(w.bytes, x'') FROM outbox o LEFT JOIN ticket t ON t.id = o.ticket"
	    " LEFT JOIN wire w ON w.outbox = o.id WHERE o.person = @address OR (o.kind IN ("
	    OUTWARD ") AND o.ticket IN (SELECT id FROM ticket WHERE citizen = @address))"
	    " ORDER BY o.id",
	[SQL_SILENCED] = "SELECT 1 FROM silenced WHERE hash = @hash",
	[SQL_SILENCED_ADD] =
	    "INSERT INTO silenced (hash) VALUES (@hash) ON CONFLICT DO NOTHING",

	[SQL_ERASE_SENDING] =
	    "SELECT 1 FROM outbox WHERE state = 'sending' AND state <> 'sent' AND (person ="
	    " @address OR ticket IN (SELECT id FROM ticket WHERE citizen = @address)"
	    " OR message IN (SELECT id FROM message WHERE sender = @address))",
	[SQL_ERASE_IDS] =
	    "DELETE FROM known_id WHERE minted_for = @address OR message_id IN"
	    " (SELECT message_id FROM message WHERE sender = @address AND message_id <> '')",
	/* A delivery report, what was sent, who was let in, in a ticket of somebody else.  What an
	 * agent noted there about the person is that other one's, and may protect them. */
	[SQL_ERASE_NAMED] =
	    "UPDATE event SET text = '' WHERE kind IN ('mail_out', 'bounce', 'command')"
	    " AND instr(" WORDS("text") ", ' ' || @address || ' ') > 0",
	[SQL_ERASE_UNDO_NAMED] =
	    "DELETE FROM undo_value WHERE @address IN (key, lower(was), lower(became))",
	[SQL_ERASE_TAKES_PART] = "DELETE FROM participant WHERE address = @address",
	[SQL_ERASE_MARK] =
	    "UPDATE ticket SET erased = 1 WHERE citizen = @address AND erased = 0",
	[SQL_ERASE_SENDER] =
	    MESSAGE_BLANK " WHERE visible AND sender = @address",
	[SQL_ERASE_RCPT] =
	    OUTBOX_BLANK " WHERE NOT erased AND person = @address AND state <> 'sending'",
	[SQL_EXPIRE_MARK] =
	    "UPDATE ticket AS t SET erased = 1 WHERE erased = 0 AND state = 'closed'"
	    " AND category = @category AND last_activity < @before AND NOT " CARRIED_ON,
	[SQL_EXPIRE_STRAYS] =
	    MESSAGE_BLANKED "unwanted = 1 WHERE visible AND ticket IS NULL AND received < @before",
	[SQL_ERASE_MESSAGES] =
	    MESSAGE_BLANK " WHERE visible AND ticket IN " ERASED,
	[SQL_ERASE_OUTBOX] =
	    OUTBOX_BLANK " WHERE NOT erased AND state <> 'sending' AND (ticket IN " ERASED
	    " OR message IN " HIDDEN ")",
	[SQL_ERASE_REFS] = "SELECT ref FROM ticket WHERE erased = 1 ORDER BY id LIMIT @max",
	[SQL_ERASE_TELL] =
	    "INSERT INTO event (ticket, at, kind, by, text) SELECT id, @now, 'admin', @by,"
	    " 'erased' FROM ticket WHERE erased = 1",
	[SQL_ERASE_COUNTED] =
	    "SELECT person FROM ticket WHERE erased = 1 AND length(person) > 0 LIMIT 1",
	[SQL_ERASE_RENAME] =
	    "UPDATE ticket SET person = @new, erased = 2 WHERE erased = 1 AND person = @old",
	/* What was still open ends today: figures of days past stay as they were. */
	[SQL_ERASE_TICKETS] =
	    "UPDATE ticket SET erased = 3, citizen = '', subject = '',"
	    " met = EXISTS (SELECT 1 FROM meeting g WHERE g.ticket = ticket.id AND g.at > 0),"
	    " outcome = CASE WHEN state <> 'closed' AND outcome = '' THEN 'no_action'"
	    " ELSE outcome END,"
	    " closed_at = CASE WHEN state = 'closed' THEN closed_at ELSE @now END,"
	    " state = 'closed' WHERE erased IN (1, 2)",
	[SQL_ERASE_SILENT] =
	    "SELECT address FROM person WHERE no_auto AND " ALONE,
	[SQL_ERASE_PERSON] = "DELETE FROM person WHERE address = @address",
	[SQL_ERASE_WAITING] =
	    "SELECT count(*) FROM outbox WHERE state <> 'sent' AND state <> 'dead'"
	    " AND ticket IS NULL AND message IS NULL AND kind NOT IN (" OUTWARD ")",

	[SQL_SWEEP_TEXTS] = "DELETE FROM message_text WHERE message IN " HIDDEN,
	[SQL_SWEEP_FILES] = "DELETE FROM attachment WHERE message IN " HIDDEN,
	[SQL_SWEEP_UNTOLD] = "DELETE FROM untold WHERE message IN " HIDDEN,
	[SQL_SWEEP_WISHES] = "DELETE FROM wish WHERE message IN " HIDDEN,
	[SQL_SWEEP_PARTICIPANTS] = "DELETE FROM participant WHERE ticket IN " ERASED,
	[SQL_SWEEP_IDS] = "DELETE FROM known_id WHERE ticket IN " ERASED,
	[SQL_SWEEP_MEETINGS] = "DELETE FROM meeting WHERE ticket IN " ERASED,
	[SQL_SWEEP_VIGILS] = "DELETE FROM vigil WHERE ticket IN " ERASED,
	[SQL_SWEEP_REMINDERS] = "DELETE FROM reminder WHERE ticket IN " ERASED,
	[SQL_SWEEP_CONFIRMS] = "DELETE FROM confirm WHERE message IN " HIDDEN,
	[SQL_SWEEP_UNDOS] =
	    "DELETE FROM undo WHERE ticket IN " ERASED " OR message IN " HIDDEN,
	[SQL_SWEEP_UNDO_VALUES] = "DELETE FROM undo_value WHERE ticket IN " ERASED,
	[SQL_SWEEP_NOTICES] = "DELETE FROM notice WHERE ticket IN " ERASED,
	/* Those of ours hold no word of anybody. */
	[SQL_SWEEP_EVENTS] =
	    "UPDATE event SET text = '' WHERE text <> '' AND kind NOT IN ('state', 'alert',"
	    " 'admin') AND (ticket IN " ERASED " OR message IN " HIDDEN ")",
	/* The bytes of what agents were sent serve nothing any more, and may name several people. */
	[SQL_SWEEP_WIRES] =
	    "DELETE FROM wire WHERE outbox IN (SELECT id FROM outbox WHERE erased"
	    " OR (state = 'sent' AND kind NOT IN (" OUTWARD ")))",
	[SQL_SWEEP_PERSONS] = "DELETE FROM person WHERE NOT no_auto AND " ALONE,
	[SQL_SWEEP_ACKS] = "DELETE FROM ack_released WHERE at < @before",
	[SQL_VACUUM] = "VACUUM",
	[SQL_PURGE_CATEGORIES] =
	    "SELECT DISTINCT category FROM ticket WHERE erased = 0 AND state = 'closed'"
	    " ORDER BY category LIMIT @max",
	[SQL_PURGE_COUNT] =
	    "SELECT count(*), coalesce(sum((SELECT count(*) FROM message m WHERE m.ticket = t.id"
	    " AND m.visible)), 0), coalesce(min(t.opened), 0), coalesce(max(t.last_activity), 0)"
	    " FROM ticket t WHERE t.erased = 0 AND t.state = 'closed' AND t.category = @category"
	    " AND t.last_activity < @before AND NOT " CARRIED_ON,
	[SQL_PURGE_STRAYS] =
	    "SELECT 0, count(*), coalesce(min(received), 0), coalesce(max(received), 0)"
	    " FROM message WHERE visible AND ticket IS NULL AND received < @before",
	[SQL_PURGE_UNCLOSED] =
	    "SELECT count(*) FROM ticket WHERE state IN ('open', 'waiting')"
	    " AND last_activity < @before",
	[SQL_PURGE_LIST] = "INSERT INTO bordereau (at, by) VALUES (@now, @by)",
	[SQL_PURGE_LINE] =
	    "INSERT INTO bordereau_line (bordereau, category, before, tickets, messages)"
	    " VALUES (@list, @category, @before, @tickets, @messages)",
	[SQL_PURGE_LINES] =
	    "SELECT category, before, tickets, messages FROM bordereau_line"
	    " WHERE bordereau = @list ORDER BY category",
	[SQL_PURGE_LAST] =
	    "SELECT id FROM bordereau WHERE id = (SELECT max(id) FROM bordereau)"
	    " AND done_at = 0 AND at >= @since",
	[SQL_PURGE_DONE] = "UPDATE bordereau SET done_at = @now WHERE id = @list",
	[SQL_UNWANTED] =
	    "SELECT l.id, l.mailbox, l.uidvalidity, l.uid, m.size FROM message m"
	    " JOIN location l ON l.message = m.id WHERE m.unwanted AND l.done <> 2"
	    " UNION ALL SELECT l.id, l.mailbox, l.uidvalidity, l.uid, 0 FROM outbox o"
	    " JOIN location l ON l.outbox = o.id WHERE o.unwanted AND l.done <> 2"
	    " ORDER BY 2, 3, 4 LIMIT @max",

	[SQL_INTEGRITY] = "PRAGMA integrity_check(1)",
	[SQL_FOREIGN_KEYS] = "PRAGMA foreign_key_check",
	[SQL_BACKUP_QUIET] =
	    "UPDATE outbox SET state = 'unsure', resent = 1, held = 0, next_at = 0, last_error = "
	    FROM_BACKUP " WHERE state IN ('queued', 'sending', 'unsure') AND state <> 'sent'",
	[SQL_SENT_PROVEN] =
	    "UPDATE outbox SET state = 'sent', sent_at = @at, last_error = '', filed = 1"
	    " WHERE message_id = @message_id AND state = 'unsure' AND last_error = " FROM_BACKUP,

	[SQL_JOURNAL_ADD] =
	    "INSERT INTO journal (id, at, by, act, ticket, mac)"
	    " VALUES (@id, @at, @by, @act, @ticket, @mac)",
	[SQL_JOURNAL_LAST] = "SELECT coalesce(max(id), 0) FROM journal",
	[SQL_JOURNAL_MARK] = "SELECT id, at, mac, seal FROM journal_mark WHERE name = @name",
	[SQL_JOURNAL_MARK_SET] =
	    "INSERT INTO journal_mark (name, id, at, mac, seal) VALUES (@name, @id, @at, @mac,"
	    " @seal) ON CONFLICT (name) DO UPDATE SET id = excluded.id, at = excluded.at,"
	    " mac = excluded.mac, seal = excluded.seal",
	/* The last of the old rows that all others before it are as old as. */
	[SQL_JOURNAL_OLD] =
	    "SELECT id, at, mac FROM journal WHERE id < coalesce((SELECT id FROM journal"
	    " WHERE at >= @before ORDER BY id LIMIT 1), 9223372036854775807)"
	    " ORDER BY id DESC LIMIT 1",
	[SQL_JOURNAL_DROP] = "DELETE FROM journal WHERE id <= @id",
	[SQL_JOURNAL] = "SELECT id, at, by, act, ticket, mac FROM journal ORDER BY id",
	[SQL_JOURNAL_TICKET] =
	    "SELECT id, at, by, act, ticket FROM journal WHERE ticket = @ticket"
	    " AND ticket <> '' ORDER BY id",

	[SQL_SALVAGE_TRIES] = "DELETE FROM attempt",
	[SQL_SALVAGE_BEATS] = "DELETE FROM heartbeat",
	[SQL_SALVAGE_NOTICES] = "DELETE FROM notice",
	[SQL_SALVAGE_GREETED] = "UPDATE greeting SET done = 1 WHERE done = 0",
	[SQL_SALVAGE_TOLD] = "UPDATE outbox SET told = 1 WHERE failure <> '' AND told = 0",
	/* A copy of our own mail has no words of its own; an unreadable one never had any. */
	[SQL_SALVAGE_KNOWN] =
	    "SELECT l.message IS NULL OR m.who = 'unreadable' OR m.visible = 0 OR EXISTS (SELECT 1"
	    " FROM message_text x WHERE x.message = m.id) FROM location l"
	    " LEFT JOIN message m ON m.id = l.message WHERE l.mailbox = @mailbox"
	    " AND l.uidvalidity = @uidvalidity AND l.uid = @uid",
	/* What was erased stays so. */
	[SQL_SALVAGE_WORDS] =
	    "INSERT INTO message_text (message, name, text, reply_text)"
	    " SELECT id, @name, @text, @reply"
	    " FROM message WHERE id = @message AND visible = 1 ON CONFLICT DO NOTHING",
	[SQL_SALVAGE_NUMBER] =
	    "INSERT INTO sequence (year, last) VALUES (@year, @last)"
	    " ON CONFLICT (year) DO UPDATE SET last = excluded.last",
	[SQL_SALVAGE_NUMBER_LEAST] =
	    "INSERT INTO sequence (year, last) VALUES (@year, @last)"
	    " ON CONFLICT (year) DO UPDATE SET last = max(last, excluded.last)",
	[SQL_SALVAGE_TICKET] = "SELECT id FROM ticket WHERE ref = @ref",
	[SQL_SALVAGE_OUT] = "SELECT id, state = 'sent' FROM outbox WHERE message_id = @message_id",
	[SQL_SALVAGE_SENT] =
	    "UPDATE outbox SET state = 'sent', held = 0, filed = 1, last_error = '', failure = '',"
	    " sent_at = CASE WHEN sent_at = 0 THEN @at ELSE sent_at END WHERE id = @id",
	[SQL_SALVAGE_ID] = "SELECT 1 FROM known_id WHERE message_id = @message_id",
	[SQL_SALVAGE_DOUBT] =
	    "UPDATE outbox SET state = 'unsure', resent = 1, held = 0, next_at = 0,"
	    " failure = 'unsure', told = 1,"
	    " last_error = 'rebuilt: it may have gone out before'"
	    " WHERE state IN ('queued', 'sending', 'unsure') AND state <> 'sent'",
	[SQL_SALVAGE_WORDLESS] =
	    "SELECT count(*) FROM message m WHERE m.visible = 1 AND m.who <> 'unreadable'"
	    " AND NOT EXISTS (SELECT 1 FROM message_text x WHERE x.message = m.id)",
};

const char *
sql_text_admin(enum sql id)
{
	return texts[id];
}
