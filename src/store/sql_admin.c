/* Statements of what administrators do: review, backup, the journal, rebuilding. */
#include "sql.h"

/* Why a mail of a database that was put back waits for a human. */
#define FROM_BACKUP "'from a backup: it may have gone out since'"

static const char *const texts[SQL_COUNT] = {
	[SQL_REVIEW] =
	    "SELECT m.id, m.message_id, m.received, m.sender, m.subject, m.because, m.sensitive,"
	    " coalesce(w.kind = 'release', 0), coalesce(w.why, '') FROM message m"
	    " LEFT JOIN wish w ON w.message = m.id WHERE m.outcome = 'quarantined' ORDER BY m.id",
	[SQL_REVIEW_OPEN] =
	    "SELECT 1 FROM message m WHERE m.id = @message AND m.outcome = 'quarantined'"
	    " AND m.visible AND NOT EXISTS (SELECT 1 FROM wish w WHERE w.message = m.id)",
	[SQL_REVIEW_SPAM] =
	    "UPDATE message SET outcome = 'recorded_no_ack', file = 'filed',"
	    " because = 'judged as spam by a person' WHERE id = @message",
	[SQL_WISH_ADD] =
	    "INSERT INTO wish (message, kind, at, by) VALUES (@message, @kind, @now, @by)",
	[SQL_WISHES] =
	    "SELECT w.message, w.kind = 'release', w.by, m.file, coalesce(t.state, ''), m.size"
	    " FROM wish w JOIN message m ON m.id = w.message"
	    " LEFT JOIN ticket t ON t.id = m.ticket ORDER BY w.message LIMIT @max",
	[SQL_WISH_PLACES] =
	    "SELECT id, mailbox, uidvalidity, uid FROM location WHERE message = @message"
	    " AND done <> 2 ORDER BY id DESC LIMIT @max",
	[SQL_WISH_REFILE] =
	    "UPDATE wish SET kind = 'refile', why = '' WHERE message = @message",
	[SQL_WISH_WAITS] =
	    "UPDATE wish SET why = @why WHERE message = @message AND why <> @why",
	[SQL_WISH_DONE] = "DELETE FROM wish WHERE message = @message",

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
	[SQL_SALVAGE_TOLD] = "UPDATE outbox SET told = 1 WHERE failure <> '' AND told = 0",
	/* A copy of our own mail has no words of its own; an unreadable one never had any. */
	[SQL_SALVAGE_KNOWN] =
	    "SELECT l.message IS NULL OR m.who = 'unreadable' OR m.visible = 0 OR EXISTS (SELECT 1"
	    " FROM message_text x WHERE x.message = m.id) FROM location l"
	    " LEFT JOIN message m ON m.id = l.message WHERE l.mailbox = @mailbox"
	    " AND l.uidvalidity = @uidvalidity AND l.uid = @uid",
	/* What was erased stays so. */
	[SQL_SALVAGE_WORDS] =
	    "INSERT INTO message_text (message, text, reply_text) SELECT id, @text, @reply"
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
