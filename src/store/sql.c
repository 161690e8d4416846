#include "sql.h"

#include "state.h"

#include <stddef.h>

/* A mail's place, as three parameters. */
#define AT "mailbox = @mailbox AND uidvalidity = @uidvalidity AND uid = @uid"

/* Columns of a thread hit, behind a join of ticket t and a minted_for.  An anonymous ticket takes
 * no more mail: what went into it would go with the next erasure. */
#define HIT "SELECT t.id, coalesce((SELECT z.id FROM ticket z WHERE z.id = t.merged_into" \
	" AND z.erased = 0), 0), t.ref, t.state, t.closed_at," \
	" t.sensitive, EXISTS (SELECT 1 FROM participant p WHERE p.ticket = t.id" \
	" AND p.address = lower(@sender))"
/* A stranger can bear the same Message-ID often: the sender's own tickets come first. */
#define HIT_ORDER " ORDER BY 7 DESC, k.id LIMIT 20"

#define TICKET_ROW "SELECT t.id, t.ref, t.category, t.agent, t.citizen, t.subject, t.lang," \
	" t.quartier, t.state, t.outcome, t.urgency, t.sensitive, t.untrusted, t.opened," \
	" t.last_activity, t.first_answer, t.due, t.due_ar, t.due_silence," \
	" (SELECT count(*) FROM message m WHERE m.ticket = t.id)," \
	" (SELECT a.ref FROM ticket a WHERE a.id = t.about) FROM ticket t"

/* Who did event e of the ticket: a command, or a mail of an agent that proved to be one. */
#define BY_AGENT "(e.kind = 'command' OR EXISTS (SELECT 1 FROM message m" \
	" WHERE m.id = e.message AND m.role = 'agent'))"
/* As things are when the mail comes. */
#define BY_PARTNER "EXISTS (SELECT 1 FROM participant WHERE ticket = @ticket" \
	" AND address = lower(@sender) AND role = 'partner')"
/* Somebody took the ticket, answered, or wrote into it since the alert. */
#define HANDLED "(t.state <> 'open' OR t.agent <> v.agent OR EXISTS (SELECT 1 FROM event e" \
	" WHERE e.ticket = t.id AND e.id > v.event AND " BY_AGENT "))"
/* No agent looked into it since its people wrote last. */
#define UNTOUCHED "NOT EXISTS (SELECT 1 FROM event e WHERE e.ticket = t.id AND e.id >" \
	" (SELECT coalesce(max(c.id), 0) FROM event c JOIN message w ON w.id = c.message" \
	" WHERE c.ticket = t.id AND w.role = 'citizen') AND " BY_AGENT ")"
/* As far as we know. */
#define ARRIVED "o.state IN ('sent', 'unsure') AND o.failure <> 'bounced'"
#define REMIND_ROW "SELECT t.id, t.ref, t.category, t.agent, t.state, t.sensitive, t.opened," \
	" t.last_activity, t.due, t.due_ar, t.due_silence, EXISTS (SELECT 1 FROM outbox o" \
	" WHERE o.ticket = t.id AND o.kind = 'ack' AND " ARRIVED ")," \
	" t.urgency, t.first_answer, coalesce((SELECT contact_sur FROM person" \
	" WHERE address = t.citizen), '') FROM ticket t"

#define JUDGED "m.received >= @since AND m.category <> '' AND m.role <> 'agent'" \
	" AND m.outcome <> 'ignored_self'"

static const char *const texts[SQL_COUNT] = {
	[SQL_GET_APPLICATION_ID] = "PRAGMA application_id",
	[SQL_SET_APPLICATION_ID] = "PRAGMA application_id = 0x42557265",
	[SQL_GET_USER_VERSION] = "PRAGMA user_version",
	[SQL_COUNT_SCHEMA] = "SELECT count(*) FROM sqlite_schema",
	[SQL_SET_WAL] = "PRAGMA journal_mode = WAL",
	[SQL_GET_WAL] = "PRAGMA journal_mode",
	[SQL_SET_WAL_KEEP] = "PRAGMA journal_size_limit = 16777216",
	[SQL_SET_SECURE] = "PRAGMA secure_delete = ON",
	[SQL_GET_SECURE] = "PRAGMA secure_delete",
	[SQL_SET_SYNC] = "PRAGMA synchronous = FULL",
	[SQL_GET_SYNC] = "PRAGMA synchronous",
	/* No temporary files: reading works on a full disk, and savepoints stay in memory. */
	[SQL_SET_TEMP] = "PRAGMA temp_store = MEMORY",
	[SQL_SET_QUERY_ONLY] = "PRAGMA query_only = ON",
	[SQL_CHECKPOINT] = "PRAGMA wal_checkpoint(TRUNCATE)",
	[SQL_META_CREATE] = "INSERT INTO meta (name, value) VALUES ('created_at', @now)",
	[SQL_META_GET] = "SELECT value FROM meta WHERE name = @name",
	[SQL_META_SET] =
	    "INSERT INTO meta (name, value) VALUES (@name, @value)"
	    " ON CONFLICT (name) DO UPDATE SET value = excluded.value",

	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_BEGIN_READ] = "BEGIN",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",
	[SQL_MAIL_BEGIN] = "SAVEPOINT mail",
	[SQL_MAIL_UNDO] = "ROLLBACK TO mail",
	[SQL_MAIL_KEEP] = "RELEASE mail",

	[SQL_ATTEMPT_ANY] = "SELECT tries FROM attempt WHERE " AT,
	[SQL_ATTEMPT_MORE] =
	    "INSERT INTO attempt (mailbox, uidvalidity, uid, tries, run)"
	    " VALUES (@mailbox, @uidvalidity, @uid, 1, @run)"
	    " ON CONFLICT (mailbox, uidvalidity, uid) DO UPDATE SET"
	    " tries = tries + (run <> @run), run = @run RETURNING tries",
	[SQL_ATTEMPT_DROP] = "DELETE FROM attempt WHERE " AT,
	[SQL_LOCATION_KNOWN] = "SELECT 1 FROM location WHERE " AT,
	/* Of a mail that could not be read, or that was erased, the id is not kept. */
	[SQL_LOCATION_OTHER] =
	    "SELECT m.size <> @size OR m.received <> @received OR (m.message_id <> @message_id"
	    " AND m.who <> 'unreadable' AND m.visible) FROM location l"
	    " JOIN message m ON m.id = l.message WHERE l.mailbox = @mailbox"
	    " AND l.uidvalidity = @uidvalidity AND l.uid = @uid",
	/* A UID that is reused against the rules takes over the row. */
	[SQL_LOCATION_PUT] =
	    "INSERT INTO location (mailbox, uidvalidity, uid, message, done)"
	    " VALUES (@mailbox, @uidvalidity, @uid, @message, @done)"
	    " ON CONFLICT (mailbox, uidvalidity, uid)"
	    " DO UPDATE SET message = excluded.message, done = excluded.done",
	[SQL_LOCATION_OWN] =
	    "INSERT INTO location (mailbox, uidvalidity, uid, message, outbox, done)"
	    " VALUES (@mailbox, @uidvalidity, @uid, NULL, (SELECT id FROM outbox"
	    " WHERE message_id = @message_id), 1) ON CONFLICT DO NOTHING",
	[SQL_LOCATION_COPY] =
	    "INSERT INTO location (mailbox, uidvalidity, uid, message, outbox, done)"
	    " VALUES (@mailbox, @uidvalidity, @uid, NULL, @outbox, 1) ON CONFLICT DO NOTHING",
	[SQL_CURSOR_GET] = "SELECT uidvalidity, uid FROM cursor WHERE mailbox = @mailbox",
	[SQL_CURSOR_SET] =
	    "INSERT INTO cursor (mailbox, uidvalidity, uid) VALUES (@mailbox, @uidvalidity,"
	    " @uid)"
	    " ON CONFLICT (mailbox)"
	    " DO UPDATE SET uidvalidity = excluded.uidvalidity, uid = excluded.uid",
	[SQL_SAME_BYTES] = "SELECT id FROM message WHERE sha256 = @sha256",
	[SQL_SAME_MAIL] =
	    "SELECT id FROM message WHERE message_id = @message_id AND body = @body"
	    " AND sender = lower(@sender) AND abs(received - @received) <= @window"
	    " ORDER BY id LIMIT 1",
	/* A mail that is moved, or seen again under a new UIDVALIDITY, is still one copy: only
	 * two UIDs in one mailbox at once are two. */
	[SQL_COPIES] =
	    "UPDATE message SET copies = max(copies, (SELECT max(n) FROM (SELECT count(*) AS n"
	    " FROM location WHERE message = @message GROUP BY mailbox, uidvalidity)))"
	    " WHERE id = @message",

	[SQL_HIT_SIGNED] = HIT ", k.minted_for FROM known_id k JOIN ticket t ON t.id = k.ticket"
	    " WHERE k.message_id = @key AND k.token <> ''" HIT_ORDER,
	[SQL_HIT_STORED] = HIT ", k.minted_for FROM known_id k JOIN ticket t ON t.id = k.ticket"
	    " WHERE k.message_id = @key" HIT_ORDER,
	[SQL_HIT_TOKEN] = HIT ", k.minted_for FROM known_id k JOIN ticket t ON t.id = k.ticket"
	    " WHERE k.token = lower(@key) AND k.token <> ''" HIT_ORDER,
	[SQL_HIT_TAG] = HIT ", '' FROM ticket t WHERE t.ref = @key AND t.erased = 0",
	[SQL_HIT_TICKET] = HIT ", '' FROM ticket t WHERE t.id = @ticket",
	/* Mails of ours to an agent that belong to no ticket. */
	[SQL_MINTED_ID] =
	    "SELECT minted_for, message_id FROM known_id WHERE message_id = @key"
	    " AND token <> '' AND ticket IS NULL LIMIT 1",
	[SQL_MINTED_TOKEN] =
	    "SELECT minted_for, message_id FROM known_id WHERE token = lower(@key)"
	    " AND token <> '' AND ticket IS NULL LIMIT 1",
	[SQL_TICKET_FACTS] =
	    "SELECT t.category, t.agent, t.citizen, coalesce((SELECT contact_sur FROM person"
	    " WHERE address = t.citizen), ''), coalesce(m.subject, t.subject),"
	    " coalesce(m.message_id, ''), coalesce(x.text, ''), t.lang, t.urgency, t.outcome,"
	    " EXISTS (SELECT 1 FROM outbox o WHERE o.person IN (t.citizen, (SELECT"
	    " lower(contact_sur) FROM person WHERE address = t.citizen)) AND o.kind = 'ack'"
	    " AND o.ticket = t.id AND o.state <> 'dead' AND o.failure <> 'bounced'), t.opened,"
	    " coalesce(g.at, 0), coalesce(g.sequence, -1), coalesce(g.place, ''),"
	    /* What would be passed on: the latest mails of the citizen, oldest first. */
	    " coalesce((SELECT group_concat(w, char(10, 10) || '————' || char(10, 10)) FROM"
	    " (SELECT w FROM (SELECT c.id AS k, substr(CASE WHEN y.reply_text <> '' THEN y.reply_text ELSE y.text END,"
	    " 1, 20000) AS w FROM message c JOIN message_text y ON y.message = c.id"
	    " WHERE c.ticket = t.id AND c.role = 'citizen' AND c.sender = t.citizen"
	    " ORDER BY c.id DESC LIMIT 20) ORDER BY k)), ''),"
	    " coalesce((SELECT group_concat(filename, char(10)) FROM (SELECT f.filename FROM"
	    " message c JOIN attachment f ON f.message = c.id WHERE c.ticket = t.id"
	    " AND c.role = 'citizen' AND c.sender = t.citizen AND f.filename <> ''"
	    " ORDER BY c.id, f.n LIMIT 100)), ''), t.first_answer, t.due, t.due_silence,"
	    " (SELECT count(*) FROM message c WHERE c.ticket = t.id AND c.role = 'citizen'),"
	    " t.citizen <> '' AND EXISTS (SELECT 1 FROM ticket o WHERE o.citizen = t.citizen"
	    " AND o.sensitive), EXISTS (SELECT 1 FROM outbox o WHERE o.ticket = t.id"
	    " AND o.kind = 'ack' AND (o.state = 'queued' OR (o.state = 'unsure' AND o.next_at > 0)))"
	    " FROM ticket t"
	    " LEFT JOIN meeting g ON g.ticket = t.id"
	    " LEFT JOIN message m ON m.id = (SELECT max(w.id) FROM message w"
	    " WHERE w.ticket = t.id AND w.role = 'citizen' AND NOT EXISTS (SELECT 1"
	    " FROM participant p WHERE p.ticket = t.id AND p.address = w.sender"
	    " AND p.role <> 'citizen')) LEFT JOIN message_text x ON x.message = m.id"
	    " WHERE t.id = @ticket",
	[SQL_SEQUENCE_NEXT] = "SELECT last + 1 FROM sequence WHERE year = @year",
	[SQL_PERSON_NO_AUTO] = "SELECT no_auto FROM person WHERE address = lower(@address)",
	/* As long as the ticket is kept, which is what retention means. */
	[SQL_PERSON_SENSITIVE] =
	    "SELECT EXISTS (SELECT 1 FROM ticket WHERE citizen = lower(@address) AND sensitive)",
	[SQL_PERSON_CONTACT] = "SELECT contact_sur FROM person WHERE address = lower(@address)",
	/* Windows have an end too: what a clock that was ahead has written counts in none. */
	[SQL_ACKS_PERSON] =
	    "SELECT count(*) FROM outbox WHERE kind = 'ack' AND person = lower(@person)"
	    " AND created >= @since AND created < @since + 172800 AND state <> 'dead'",
	[SQL_ACKS_RELEASED] =
	    "SELECT coalesce(sum(n), 0) FROM ack_released WHERE domain = lower(@domain)"
	    " AND at >= @since AND at < @since + 7200",
	[SQL_ACK_COUNT] =
	    "INSERT INTO ack_released (domain, at, n) VALUES (lower(@domain), @at, 1)"
	    " ON CONFLICT (domain, at) DO UPDATE SET n = n + 1",
	[SQL_EARLIER] =
	    "SELECT ref, category, agent, state, sensitive, opened FROM ticket"
	    " WHERE citizen = lower(@address) ORDER BY id DESC LIMIT @max",

	[SQL_SEQUENCE_TAKE] =
	    "INSERT INTO sequence (year, last) VALUES (@year, 1)"
	    " ON CONFLICT (year) DO UPDATE SET last = last + 1 RETURNING last",
	[SQL_TICKET_OPEN] =
	    "INSERT INTO ticket (ref, state, outcome, urgency, sensitive, untrusted, category,"
	    " citizen, opened, last_activity, closed_at, due, due_ar, due_silence, about, lang,"
	    " quartier, subject, person) VALUES (@ref, @state, '', @urgency, @sensitive, @untrusted,"
	    " @category, lower(@citizen), @received, @received, @closed_at, @due, @due_ar,"
	    " @due_silence, @about, @lang, @quartier, @subject, @person)",
	[SQL_TICKET_NOW] = "SELECT state, urgency FROM ticket WHERE id = @ticket",
	[SQL_TICKET_JOIN] =
	    "UPDATE ticket SET state = @state, urgency = @urgency,"
	    " outcome = CASE WHEN @state = 'open' THEN '' ELSE outcome END,"
	    " closed_at = CASE WHEN @state <> 'closed' THEN 0 WHEN state = 'closed' THEN"
	    " closed_at"
	    " ELSE @now END,"
	    " sensitive = max(sensitive, @sensitive),"
	    " due = CASE WHEN @due <> 0 THEN @due ELSE due END,"
	    " quartier = CASE WHEN quartier = '' THEN @quartier ELSE quartier END,"
	    " last_activity = max(last_activity, @activity) WHERE id = @ticket",
	[SQL_TICKET_ANSWERED] =
	    "UPDATE ticket SET first_answer = @at WHERE id = @ticket AND first_answer = 0",
	/* The originals of a ticket that closes are to be filed; those moved away stay. */
	[SQL_TICKET_REFILE] =
	    "UPDATE location SET done = 0 WHERE done = 1 AND message IN"
	    " (SELECT id FROM message WHERE ticket = @ticket AND file = 'ticket')",
	[SQL_TICKET_CHANGE] =
	    "UPDATE ticket SET agent = CASE WHEN @agent <> '' THEN @agent ELSE agent END,"
	    " category = CASE WHEN @category <> '' THEN @category ELSE category END,"
	    " quartier = CASE WHEN @quartier <> '' THEN @quartier ELSE quartier END,"
	    " urgency = CASE WHEN @urgency <> '' THEN @urgency ELSE urgency END,"
	    " outcome = CASE WHEN @has_outcome THEN @outcome ELSE outcome END,"
	    " sensitive = max(sensitive, @sensitive),"
	    " first_answer = CASE WHEN @answered AND first_answer = 0 THEN @now ELSE first_answer"
	    " END WHERE id = @ticket",
	[SQL_CONTACT_SET] =
	    "INSERT INTO person (address, contact_sur) SELECT citizen, @contact FROM ticket"
	    " WHERE id = @ticket AND citizen <> ''"
	    " ON CONFLICT (address) DO UPDATE SET contact_sur = excluded.contact_sur",
	[SQL_MEETING_SET] =
	    "INSERT INTO meeting (ticket, at, sequence, place) VALUES (@ticket, @at, @sequence,"
	    " @place) ON CONFLICT (ticket) DO UPDATE SET at = excluded.at,"
	    " sequence = excluded.sequence, place = excluded.place",
	[SQL_PARTICIPANT_ADD] =
	    "INSERT INTO participant (ticket, address, role)"
	    " VALUES (@ticket, lower(@address), @role) ON CONFLICT DO NOTHING",
	[SQL_MESSAGE_ADD] =
	    "INSERT INTO message (id, sha256, body, message_id, sender, size, received, first_seen,"
	    " date, role, outcome, who, why_row, because, ack, ack_because, file, ticket,"
	    " flags,"
	    " category, urgency, sensitive, lang, hits, subject, partner) VALUES (@again,"
	    " @sha256, @body,"
	    " @message_id, lower(@sender), @size, @received, @now, @date, @role, @outcome,"
	    " @who,"
	    " @row, @because, @ack, @ack_because, @file, @ticket, @flags, @category, @urgency,"
	    " @sensitive, @lang, @hits, @subject, " BY_PARTNER ")",
	/* The same row, with the same parameters; the day it came stays. */
	[SQL_MESSAGE_AGAIN] =
	    "UPDATE message SET body = @body, message_id = @message_id, sender = lower(@sender),"
	    " size = @size, received = min(received, @received),"
	    " first_seen = min(first_seen, @now), date = @date, role = @role,"
	    " outcome = @outcome, who = @who, why_row = @row, because = @because, ack = @ack,"
	    " ack_because = @ack_because, file = @file, ticket = @ticket, flags = @flags,"
	    " category = @category, urgency = @urgency, sensitive = @sensitive, lang = @lang,"
	    " hits = @hits, subject = @subject, partner = " BY_PARTNER
	    " WHERE id = @again AND sha256 = @sha256",
	[SQL_TEXT_ADD] =
	    "INSERT INTO message_text (message, name, text, reply_text)"
	    " VALUES (@message, @name, @text, @reply) ON CONFLICT (message) DO UPDATE"
	    " SET name = excluded.name, text = excluded.text, reply_text = excluded.reply_text",
	[SQL_ATTACHMENT_ADD] =
	    "INSERT INTO attachment (message, n, filename, type, size)"
	    " VALUES (@message, @n, @filename, @type, @size) ON CONFLICT (message, n) DO UPDATE"
	    " SET filename = excluded.filename, type = excluded.type, size = excluded.size",
	[SQL_ID_ADD] =
	    "INSERT INTO known_id (message_id, ticket, minted_for, token)"
	    " VALUES (@message_id, @ticket, @minted_for, @token)",
	[SQL_EVENT_ADD] =
	    "INSERT INTO event (ticket, message, at, kind, by, text)"
	    " VALUES (@ticket, @message, @at, @kind, @by, @text)",
	[SQL_OUTBOX_ADD] =
	    "INSERT INTO outbox (kind, turn, state, held, filed, ticket, message, mail_from, rcpt,"
	    " person,"
	    " domain, message_id, created, not_before, next_at, released_at) VALUES (@kind,"
	    " @turn, 'queued', @held, @filed, @ticket, @message, @mail_from, @rcpt, lower(@rcpt),"
	    " lower(@domain), @message_id, @now, @not_before, max(@now, @not_before),"
	    " CASE WHEN @held THEN 0 ELSE @now END)",
	[SQL_GREET_WANT] =
	    "INSERT INTO greeting (address) VALUES (lower(@address)) ON CONFLICT DO NOTHING",
	[SQL_GREET_LIST] = "SELECT address FROM greeting WHERE done = 0 LIMIT @max",
	[SQL_GREET_DONE] = "UPDATE greeting SET done = 1 WHERE address = @address",
	[SQL_WIRE_ADD] = "INSERT INTO wire (outbox, bytes) VALUES (@outbox, @bytes)",
	[SQL_PERSON_SILENCE] =
	    "INSERT INTO person (address, no_auto) VALUES (lower(@address), 1)"
	    " ON CONFLICT (address) DO UPDATE SET no_auto = 1",

	[SQL_UNTOLD_ADD] = "INSERT INTO untold (message, at) VALUES (@message, @now)",
	[SQL_UNTOLD_COUNT] = "SELECT count(*), coalesce(min(at), 0) FROM untold",
	[SQL_UNTOLD_DROP] = "DELETE FROM untold",
	[SQL_UNTOLD_DROP_ONE] = "DELETE FROM untold WHERE message = @message",
	[SQL_FILINGS] =
	    "SELECT l.id, l.uid, m.file, coalesce(t.state, '') FROM location l"
	    " JOIN message m ON m.id = l.message LEFT JOIN ticket t ON t.id = m.ticket"
	    " WHERE l.mailbox = @mailbox AND l.uidvalidity = @uidvalidity AND l.done = 0"
	    " ORDER BY l.uid LIMIT @max",
	[SQL_LOCATION_DONE] = "UPDATE location SET done = @done WHERE id = @location"
	    " RETURNING coalesce(message, 0)",

	/* Windows have an end: what a clock that was ahead has written counts in none. */
	[SQL_LOAD] =
	    "SELECT (SELECT count(*) FROM outbox WHERE kind = 'notify'"
	    " AND person = lower(@person) AND created > @from AND created <= @now AND ticket IS NOT NULL),"
	    " EXISTS (SELECT 1 FROM notice WHERE person = lower(@person)) OR EXISTS (SELECT 1"
	    " FROM storm WHERE person = lower(@person) AND at > @from AND at <= @now)",
	[SQL_NOTICE_ADD] =
	    "INSERT INTO notice (person, ticket, at) VALUES (lower(@person), @ticket, @now)",
	[SQL_NOTICE_ANY] =
	    "SELECT EXISTS (SELECT 1 FROM notice WHERE at <= @upto)"
	    " OR EXISTS (SELECT 1 FROM notice WHERE at > @now)",
	[SQL_NOTICE_PERSONS] =
	    "SELECT DISTINCT person FROM notice INDEXED BY notice_at WHERE at <= @upto"
	    " LIMIT @max",
	/* Noted by a clock that was ahead: a whole minute from now on. */
	[SQL_NOTICE_CLAMP] = "UPDATE notice SET at = @now WHERE at > @now",
	[SQL_NOTICE_TICKETS] =
	    "SELECT t.id, t.ref, t.category, t.urgency, t.sensitive, (SELECT count(*)"
	    " FROM message m WHERE m.ticket = t.id AND m.role = 'citizen'), count(*)"
	    " FROM notice n JOIN ticket t ON t.id = n.ticket WHERE n.person = @person"
	    " GROUP BY t.id ORDER BY min(n.id) LIMIT @max",
	[SQL_NOTICE_DROP] = "DELETE FROM notice WHERE person = @person AND ticket = @ticket",
	[SQL_STORM_SET] =
	    "INSERT INTO storm (person, at) VALUES (@person, @now)"
	    " ON CONFLICT (person) DO UPDATE SET at = excluded.at",

	[SQL_VIGIL_SET] =
	    "INSERT INTO vigil (ticket, waits_since, event, agent, alerted_at)"
	    " SELECT t.id, @received, (SELECT coalesce(max(e.id), 0) FROM event e"
	    " WHERE e.ticket = t.id), t.agent, @now FROM ticket t WHERE t.id = @ticket"
	    " ON CONFLICT (ticket) DO UPDATE SET event = excluded.event,"
	    " agent = excluded.agent, alerted_at = excluded.alerted_at",
	[SQL_VIGIL_DROP] =
	    "DELETE FROM vigil WHERE ticket IN (SELECT v.ticket FROM vigil v"
	    " JOIN ticket t ON t.id = v.ticket WHERE " HANDLED ")",
	/* Told by a clock that was ahead: a whole period from now on. */
	[SQL_VIGIL_CLAMP] = "UPDATE vigil SET alerted_at = @now WHERE alerted_at > @now",
	[SQL_VIGIL_ANY] =
	    "SELECT EXISTS (SELECT 1 FROM vigil WHERE alerted_at <= @upto)"
	    " OR EXISTS (SELECT 1 FROM vigil WHERE alerted_at > @now)",
	[SQL_VIGIL_DUE] =
	    "SELECT t.id, t.ref, t.category, t.sensitive, v.waits_since, v.times, v.alerted_at,"
	    " EXISTS (SELECT 1 FROM outbox o WHERE o.ticket = t.id AND o.kind = 'ack'"
	    " AND " ARRIVED "), coalesce((SELECT contact_sur FROM person"
	    " WHERE address = t.citizen), '') FROM vigil v JOIN ticket t ON t.id = v.ticket"
	    " WHERE v.alerted_at <= @upto ORDER BY v.alerted_at, t.id LIMIT @max",
	[SQL_VIGIL_RUNG] =
	    "UPDATE vigil SET times = times + 1, alerted_at = @at WHERE ticket = @ticket",
	/* An alert that waits for the relay is tried now: a second one would only follow it. */
	[SQL_ALERT_HURRY] =
	    "UPDATE outbox SET next_at = min(next_at, max(1, @now)) WHERE ticket = @ticket"
	    " AND kind = 'alert' AND state = 'queued' AND person = lower(@to) RETURNING id",
	[SQL_REMIND_DATES] =
	    REMIND_ROW " WHERE t.state IN ('open', 'waiting') ORDER BY t.id",
	/* Relayed, or written from the mailbox itself. */
	[SQL_REMIND_ANSWERS] =
	    "SELECT t.ref, t.category, m.sender, t.sensitive FROM message m JOIN ticket t"
	    " ON t.id = m.ticket WHERE m.received >= @from AND m.received < @to"
	    " AND m.role = 'agent' AND (m.why_row = '2b' OR EXISTS (SELECT 1 FROM outbox o"
	    " WHERE o.ticket = t.id AND o.kind = 'relay' AND o.message = m.id))"
	    " GROUP BY t.id, m.sender ORDER BY t.id LIMIT @max",
	[SQL_REMIND_HIGH] =
	    REMIND_ROW " WHERE t.state = 'open' AND t.urgency = 'high' AND t.agent = '' AND "
	    UNTOUCHED " ORDER BY t.id",

	[SQL_BEAT_SET] =
	    "INSERT INTO heartbeat (role, at, busy_until, connected, idle, last_poll, backlog,"
	    " pid,"
	    " note) VALUES (@role, @at, @busy_until, @connected, @idle, @last_poll, @backlog,"
	    " @pid,"
	    " @note) ON CONFLICT (role) DO UPDATE SET at = excluded.at,"
	    " busy_until = excluded.busy_until, connected = excluded.connected,"
	    " idle = excluded.idle, last_poll = excluded.last_poll, backlog = excluded.backlog,"
	    " pid = excluded.pid, note = excluded.note",
	[SQL_BEAT_GET] =
	    "SELECT at, busy_until, connected, idle, last_poll, backlog, pid, note"
	    " FROM heartbeat WHERE role = @role",

	[SQL_TICKETS] = TICKET_ROW
	    " WHERE (@state = '' OR t.state = @state) AND (@category = '' OR t.category ="
	    " @category)"
	    " AND (@agent = '' OR t.agent = @agent) ORDER BY t.id",
	[SQL_TICKETS_ASKED] = TICKET_ROW
	    " WHERE t.state IN (CASE WHEN @open THEN 'open' END, CASE WHEN @waiting THEN "
	    "'waiting'"
	    " END, CASE WHEN @closed THEN 'closed' END) AND (@category = '' OR t.category ="
	    " @category) AND (@agent = '' OR t.agent = @agent) AND (NOT @nobody OR t.agent "
	    "= '')"
	    " ORDER BY t.state = 'closed', CASE t.urgency WHEN 'vital' THEN 0 WHEN 'high' "
	    "THEN 1"
	    " ELSE 2 END, CASE WHEN t.state = 'closed' THEN -t.last_activity ELSE t.due "
	    "END, t.id"
	    " LIMIT @max",
	[SQL_TICKET] = TICKET_ROW " WHERE t.ref = @ref",
	[SQL_PERSON_TICKETS] = TICKET_ROW " WHERE t.citizen = @address ORDER BY t.id",
	[SQL_TICKET_ID] = TICKET_ROW " WHERE t.id = @ticket",
	[SQL_TIMELINE] =
	    "SELECT at, kind, by, text FROM event WHERE ticket = @ticket ORDER BY id",
	[SQL_TIMELINE_BACK] =
	    "SELECT at, kind, by, text FROM event WHERE ticket = @ticket ORDER BY id DESC",
	[SQL_PARTICIPANTS] =
	    "SELECT address, role FROM participant WHERE ticket = @ticket ORDER BY address",
	[SQL_MESSAGES] =
	    "SELECT m.id, m.message_id, lower(hex(m.sha256)), coalesce(t.ref, ''), m.because,"
	    " m.sender,"
	    " m.subject, m.copies, m.received, m.outcome, m.role, m.visible FROM message m"
	    " LEFT JOIN ticket t ON t.id = m.ticket WHERE m.received >= @since"
	    " ORDER BY m.received, m.id",
	/* Headers are not kept; our own mail and agents' was never judged. */
	[SQL_REPLAY] =
	    "SELECT m.id, m.message_id, coalesce(t.ref, ''), m.category, m.urgency,"
	    " m.sensitive, m.subject, m.sender, x.text, x.reply_text, instr(m.hits, '/header') > 0"
	    " FROM message m JOIN message_text x ON x.message = m.id"
	    " LEFT JOIN ticket t ON t.id = m.ticket"
	    " WHERE " JUDGED " ORDER BY m.received, m.id",
	[SQL_REPLAY_SIZE] =
	    "SELECT count(*) FROM message m JOIN message_text x ON x.message = m.id WHERE "
	    "" JUDGED,
	[SQL_ATTACHMENT_NAMES] =
	    "SELECT filename, type, size FROM attachment WHERE message = @message ORDER BY n",
	[SQL_QUEUE] =
	    "SELECT o.id, o.kind, o.state, coalesce(t.ref, ''), o.rcpt, o.last_error,"
	    " o.message_id,"
	    " o.tries, o.next_at, o.created, o.held, o.failure FROM outbox o"
	    " LEFT JOIN ticket t ON t.id = o.ticket ORDER BY o.id",
	[SQL_QUEUE_STATE] = "SELECT 1 FROM outbox WHERE id = @id AND state = 'sending'",
	/* A human's word: its own resend, with a new life before it expires; but not of what must not
	 * go out. */
	[SQL_QUEUE_RETRY] =
	    "UPDATE outbox SET state = 'queued', tries = 0, failure = '', told = 0,"
	    " not_before = @now, next_at = @now,"
	    " released_at = CASE WHEN held THEN @now ELSE released_at END, held = 0,"
	    " resent = CASE WHEN state = 'unsure' THEN 1 ELSE resent END"
	    " WHERE id = @id AND state <> 'sent' AND NOT withdrawn AND NOT erased",
	[SQL_QUEUE_DROP] =
	    "UPDATE outbox SET state = 'dead', last_error = 'dropped' WHERE id = @id"
	    " AND state <> 'sent'",
	[SQL_COUNT_OUTBOX] =
	    "SELECT state, held, count(*), min(created) FROM outbox WHERE state <> 'sent'"
	    " GROUP BY state, held",
	[SQL_COUNT_TICKETS] = "SELECT state, count(*) FROM ticket GROUP BY state",
	[SQL_TOTAL_OUTBOX] = "SELECT state, count(*) FROM outbox GROUP BY state",
	[SQL_TOTAL_MAILS] = "SELECT outcome, count(*) FROM message GROUP BY outcome",
	[SQL_COUNT_TICKETS_OF] =
	    "SELECT state, count(*) FROM ticket WHERE agent = @agent GROUP BY state",
};

const char *
sql_text(enum sql id)
{
	static const char *(*const others[])(enum sql) = { sql_text_outbox, sql_text_agents,
		sql_text_admin, sql_text_search, sql_text_watch, sql_text_stats };
	const char *z = texts[id];

	for (size_t i = 0; z == NULL && i < sizeof others / sizeof *others; i++)
		z = others[i](id);
	return z;
}
