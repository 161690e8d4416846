/* The tables, as the list of steps that made them.  A new database runs the same list, so
 * there is one truth; a step is never edited once a version with it is out.  All steps of a
 * version, its number last, are one transaction.
 *
 * Instants are UTC seconds, 0 for none; days are counts since 1970-01-01, 0 for none; text
 * is '' when absent.  Addresses that are compared are in lower case. */
#include "schema_int.h"

#include "kept.h"
#include "state.h"

#define ONE_OF(column, LIST) \
	column " TEXT NOT NULL CHECK (" column " IN (" LIST(STATE_SQL) "'~'))"
#define BOOL(column) column " INTEGER NOT NULL DEFAULT 0 CHECK (" column " IN (0, 1))"
#define TEXT(column) column " TEXT NOT NULL DEFAULT ''"
#define INT0(column) column " INTEGER NOT NULL DEFAULT 0"

/* Who may write into a ticket: its citizen, who an agent let in, a body it was passed to. */
#define PARTICIPANT_ROLES(X) X(CITIZEN, "citizen") X(ADMITTED, "admitted") X(PARTNER, "partner")
/* Where the original goes (enum plan_file). */
#define FILES(X) X(TICKET, "ticket") X(FILED, "filed") X(REVIEW, "review")
/* release: read again and decided as a citizen's; refile: moved to where it belongs. */
#define WISHES(X) X(RELEASE, "release") X(REFILE, "refile")

static const struct schema_step steps[] = {
	{ 1, "CREATE TABLE meta ("
	" name TEXT PRIMARY KEY,"
	" value INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;" },

	/* The last number given in a year. */
	{ 1, "CREATE TABLE sequence ("
	" year INTEGER PRIMARY KEY,"
	" last INTEGER NOT NULL"
	") STRICT;" },

	{ 1, "CREATE TABLE person ("
	" address TEXT PRIMARY KEY CHECK (address <> ''),"
	" " BOOL("no_auto") ","
	" " TEXT("contact_sur")
	") STRICT, WITHOUT ROWID;" },

	/* Who must not be written to by machine, of those that are forgotten: a keyed hash. */
	{ 1, "CREATE TABLE silenced ("
	" hash BLOB PRIMARY KEY CHECK (length(hash) = 32)"
	") STRICT, WITHOUT ROWID;" },

	{ 1, "CREATE TABLE ticket ("
	" id INTEGER PRIMARY KEY,"
	" ref TEXT NOT NULL UNIQUE CHECK (ref <> ''),"
	" " ONE_OF("state", TICKET_STATES) ","
	" " ONE_OF("outcome", TICKET_OUTCOMES) ","
	" " ONE_OF("urgency", URGENCIES) ","
	" " BOOL("sensitive") ","
	" " BOOL("untrusted") ","
	" category TEXT NOT NULL CHECK (category <> ''),"
	" " TEXT("agent") ","
	" " TEXT("citizen") ","
	" opened INTEGER NOT NULL,"
	" last_activity INTEGER NOT NULL,"
	" " INT0("first_answer") ","
	" " INT0("closed_at") ","
	" " INT0("due") ","
	" " INT0("due_ar") ","
	" " INT0("due_silence") ","
	" about INTEGER REFERENCES ticket (id),"
	" merged_into INTEGER REFERENCES ticket (id),"
	" " TEXT("lang") ","
	" " TEXT("quartier") ","
	" " TEXT("subject") ","
	/* The citizen as a keyed hash, for counting; empty: nobody. */
	" person BLOB NOT NULL DEFAULT x'' CHECK (length(person) IN (0, 32)),"
	" " BOOL("met") ","			/* erased, and had an appointment */
	/* 3: nothing but figures is left; 1 and 2 on the way there. */
	" erased INTEGER NOT NULL DEFAULT 0 CHECK (erased BETWEEN 0 AND 3),"
	" CHECK ((state = 'closed') = (closed_at <> 0))"
	") STRICT;" },
	{ 1, "CREATE INDEX ticket_state ON ticket (state);" },
	{ 1, "CREATE INDEX ticket_agent ON ticket (agent, state);" },
	{ 1, "CREATE INDEX ticket_opened ON ticket (opened);" },
	{ 1, "CREATE INDEX ticket_closed ON ticket (closed_at) WHERE closed_at > 0;" },
	{ 1, "CREATE INDEX ticket_citizen ON ticket (citizen, id);" },
	{ 1, "CREATE INDEX ticket_high ON ticket (id)"
	" WHERE state = 'open' AND urgency = 'high' AND agent = '';" },

	{ 1, "CREATE TABLE participant ("
	" ticket INTEGER NOT NULL REFERENCES ticket (id),"
	" address TEXT NOT NULL CHECK (address <> ''),"
	" " ONE_OF("role", PARTICIPANT_ROLES) ","
	" PRIMARY KEY (ticket, address)"
	") STRICT, WITHOUT ROWID;" },

	{ 1, "CREATE TABLE message ("
	" id INTEGER PRIMARY KEY,"
	" sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),"
	" body BLOB NOT NULL CHECK (length(body) = 32),"
	" message_id TEXT NOT NULL,"
	" sender TEXT NOT NULL,"		/* From, lower case */
	" size INTEGER NOT NULL,"
	" received INTEGER NOT NULL,"
	" first_seen INTEGER NOT NULL,"
	" " INT0("date") ","
	" " ONE_OF("role", MAIL_ROLES) ","
	" " ONE_OF("outcome", MAIL_OUTCOMES) ","
	" " TEXT("who") ","
	" " TEXT("why_row") ","
	" " TEXT("because") ","
	" " TEXT("ack") ","
	" " TEXT("ack_because") ","
	" " ONE_OF("file", FILES) ","
	" ticket INTEGER REFERENCES ticket (id),"
	" copies INTEGER NOT NULL DEFAULT 1,"
	" visible INTEGER NOT NULL DEFAULT 1 CHECK (visible IN (0, 1)),"
	" " BOOL("unwanted") ","		/* to leave the mailbox, wherever it is seen */
	/* By a body that the ticket had been passed to: it counts as no citizen's mail. */
	" " BOOL("partner") ","
	" " INT0("flags") ","
	" " TEXT("category") ","
	" " ONE_OF("urgency", URGENCIES) ","
	" " BOOL("sensitive") ","
	" " TEXT("lang") ","
	" " TEXT("hits") ","
	" " TEXT("subject")
	") STRICT;" },
	{ 1, "CREATE INDEX message_message_id ON message (message_id);" },
	{ 1, "CREATE INDEX message_ticket ON message (ticket, id);" },
	{ 1, "CREATE INDEX message_unwanted ON message (id) WHERE unwanted;" },
	{ 1, "CREATE INDEX message_aside ON message (id) WHERE outcome = 'quarantined';" },
	{ 1, "CREATE INDEX message_received ON message (received, id);" },

	/* Every order to close, kept when the ticket reopens: a week's figures do not change. */
	{ 1, "CREATE TABLE closing ("
	" id INTEGER PRIMARY KEY,"
	" ticket INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,"
	" message INTEGER NOT NULL REFERENCES message (id),"	/* the order */
	" at INTEGER NOT NULL,"
	" " ONE_OF("outcome", TICKET_OUTCOMES) ""
	") STRICT;" },
	{ 1, "CREATE INDEX closing_at ON closing (at);" },
	{ 1, "CREATE INDEX closing_ticket ON closing (ticket, id);" },

	/* Apart, so that lists stay small and an erasure is a deletion. */
	{ 1, "CREATE TABLE message_text ("
	" message INTEGER PRIMARY KEY REFERENCES message (id),"
	" name TEXT NOT NULL,"			/* the sender's, as written */
	" text TEXT NOT NULL,"
	" reply_text TEXT NOT NULL"
	") STRICT;" },

	{ 1, "CREATE TABLE attachment ("
	" message INTEGER NOT NULL REFERENCES message (id),"
	" n INTEGER NOT NULL,"
	" filename TEXT NOT NULL,"
	" type TEXT NOT NULL,"
	" size INTEGER NOT NULL,"
	" PRIMARY KEY (message, n)"
	") STRICT, WITHOUT ROWID;" },

	/* Set aside, and no agent was told yet. */
	{ 1, "CREATE TABLE untold ("
	" message INTEGER PRIMARY KEY REFERENCES message (id),"
	" at INTEGER NOT NULL"
	") STRICT;" },

	/* What a person wants of a mail that was set aside, until it is done.  why: it waits. */
	{ 1, "CREATE TABLE wish ("
	" message INTEGER PRIMARY KEY REFERENCES message (id),"
	" " ONE_OF("kind", WISHES) ","
	" at INTEGER NOT NULL,"
	" by TEXT NOT NULL,"
	" " TEXT("why")
	") STRICT;" },

	/* message NULL: a copy of our own mail, of that outbox where it is known.
	 * done: enum location_done. */
	{ 1, "CREATE TABLE location ("
	" id INTEGER PRIMARY KEY,"
	" mailbox TEXT NOT NULL,"
	" uidvalidity INTEGER NOT NULL,"
	" uid INTEGER NOT NULL,"
	" message INTEGER REFERENCES message (id),"
	" outbox INTEGER REFERENCES outbox (id),"
	" done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1, 2)),"
	" UNIQUE (mailbox, uidvalidity, uid)"
	") STRICT;" },
	{ 1, "CREATE INDEX location_message ON location (message, mailbox, uidvalidity);" },
	{ 1, "CREATE INDEX location_outbox ON location (outbox) WHERE outbox IS NOT NULL;" },
	{ 1, "CREATE INDEX location_pending ON location (mailbox, uidvalidity, uid)"
	" WHERE done = 0;" },

	{ 1, "CREATE TABLE attempt ("
	" mailbox TEXT NOT NULL,"
	" uidvalidity INTEGER NOT NULL,"
	" uid INTEGER NOT NULL,"
	" tries INTEGER NOT NULL,"
	" run INTEGER NOT NULL,"		/* which start of the program began it last */
	" PRIMARY KEY (mailbox, uidvalidity, uid)"
	") STRICT, WITHOUT ROWID;" },

	{ 1, "CREATE TABLE cursor ("
	" mailbox TEXT PRIMARY KEY,"
	" uidvalidity INTEGER NOT NULL,"
	" uid INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;" },

	/* Not unique: strangers choose Message-IDs, and two mails may bear the same one.
	 * token is the random part of an id of ours; minted_for its recipient. */
	{ 1, "CREATE TABLE known_id ("
	" id INTEGER PRIMARY KEY,"
	" message_id TEXT NOT NULL CHECK (message_id <> ''),"
	" ticket INTEGER REFERENCES ticket (id),"
	" " TEXT("minted_for") ","
	" " TEXT("token")
	") STRICT;" },
	{ 1, "CREATE INDEX known_id_message_id ON known_id (message_id);" },
	{ 1, "CREATE INDEX known_id_token ON known_id (token) WHERE token <> '';" },

	{ 1, "CREATE TABLE event ("
	" id INTEGER PRIMARY KEY,"
	" ticket INTEGER REFERENCES ticket (id),"
	" message INTEGER REFERENCES message (id),"
	" at INTEGER NOT NULL,"
	" " ONE_OF("kind", EVENT_KINDS) ","
	" by TEXT NOT NULL,"
	" text TEXT NOT NULL"
	") STRICT;" },
	{ 1, "CREATE INDEX event_ticket ON event (ticket, id);" },

	/* What can be searched for, folded: of a mail, or of a note. */
	{ 1, "CREATE TABLE words ("
	" id INTEGER PRIMARY KEY,"
	" message INTEGER UNIQUE REFERENCES message (id),"
	" event INTEGER UNIQUE REFERENCES event (id),"
	" text TEXT NOT NULL,"
	" CHECK ((message IS NULL) <> (event IS NULL))"
	") STRICT;" },
	/* Its words; the text is read from there, so that a row is taken out by exactly the
	 * words that it was put in with. */
	{ 1, "CREATE VIRTUAL TABLE search USING fts5 (text, content = 'words',"
	" content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 0');" },

	/* withdrawn: not to be sent any more, when it comes back from a transfer.
	 * failure: why it did not arrive; told: agents know.  turn: enum mail_turn.  domain: of rcpt.  released_at: when it was free to go, 0 while held.  resent: the one
	 * identical resend was used.  filed: no copy for Sent is wanted any more. */
	{ 1, "CREATE TABLE outbox ("
	" id INTEGER PRIMARY KEY,"
	" " ONE_OF("kind", MAIL_KINDS) ","
	" " ONE_OF("state", OUTBOX_STATES) ","
	" turn INTEGER NOT NULL CHECK (turn IN (0, 1, 2)),"
	" " BOOL("held") ","
	" " BOOL("resent") ","
	" " BOOL("filed") ","
	" " BOOL("erased") ","
	" " BOOL("unwanted") ","
	" ticket INTEGER REFERENCES ticket (id),"
	" message INTEGER REFERENCES message (id),"
	" mail_from TEXT NOT NULL,"
	" rcpt TEXT NOT NULL CHECK (rcpt <> ''),"
	" person TEXT NOT NULL,"		/* rcpt, lower case */
	" domain TEXT NOT NULL,"
	" message_id TEXT NOT NULL UNIQUE,"
	" created INTEGER NOT NULL,"
	" not_before INTEGER NOT NULL,"
	" next_at INTEGER NOT NULL,"
	" " INT0("released_at") ","
	" " INT0("sent_at") ","
	" " INT0("tries") ","
	" " INT0("last_code") ","
	" " TEXT("last_error") ","
	" failure TEXT NOT NULL DEFAULT '' CHECK (failure IN (" FAILURES(STATE_SQL) "'~')),"
	" " BOOL("told") ","
	" " BOOL("withdrawn") ","
	" CHECK (held = 0 OR state IN ('queued', 'dead'))"
	") STRICT;" },
	{ 1, "CREATE INDEX outbox_due ON outbox (turn, next_at, id)"
	" WHERE state IN ('queued', 'unsure') AND held = 0 AND next_at > 0;" },
	{ 1, "CREATE INDEX outbox_failed ON outbox (id) WHERE failure <> '' AND told = 0;" },
	{ 1, "CREATE INDEX outbox_held ON outbox (id, domain)"
	" WHERE state = 'queued' AND held = 1;" },
	{ 1, "CREATE INDEX outbox_live ON outbox (state, held, created)"
	" WHERE state <> 'sent';" },
	{ 1, "CREATE INDEX outbox_unwanted ON outbox (id) WHERE unwanted;" },
	{ 1, "CREATE INDEX outbox_ticket ON outbox (ticket, kind);" },
	{ 1, "CREATE INDEX outbox_copies ON outbox (id) WHERE state = 'sent' AND filed = 0;" },
	{ 1, "CREATE INDEX outbox_person ON outbox (person, created, state)"
	" WHERE kind = 'ack';" },

	{ 1, "CREATE INDEX outbox_notified ON outbox (person, created)"
	" WHERE kind = 'notify';" },

	/* Told to an agent in a mail of many that is still to come; when one went last. */
	{ 1, "CREATE TABLE notice ("
	" id INTEGER PRIMARY KEY,"
	" person TEXT NOT NULL CHECK (person <> ''),"	/* the agent's address, lower case */
	" ticket INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,"
	" at INTEGER NOT NULL"
	") STRICT;" },
	{ 1, "CREATE INDEX notice_person ON notice (person, ticket);" },
	{ 1, "CREATE INDEX notice_ticket ON notice (ticket);" },
	{ 1, "CREATE INDEX notice_at ON notice (at);" },
	{ 1, "CREATE TABLE storm ("
	" person TEXT PRIMARY KEY,"
	" at INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;" },

	/* Acknowledgments let go in one second, by domain and ('') in all: a cap is asked for
	 * every mail, and counting rows would cost more the more there are. */
	{ 1, "CREATE TABLE ack_released ("
	" domain TEXT NOT NULL,"
	" at INTEGER NOT NULL,"
	" n INTEGER NOT NULL,"
	" PRIMARY KEY (domain, at)"
	") STRICT, WITHOUT ROWID;" },

	/* The finished bytes, apart: a change of state rewrites a small row. */
	{ 1, "CREATE TABLE wire ("
	" outbox INTEGER PRIMARY KEY REFERENCES outbox (id),"
	" bytes BLOB NOT NULL"
	") STRICT;" },

	{ 1, "CREATE TABLE heartbeat ("
	" role TEXT PRIMARY KEY,"
	" at INTEGER NOT NULL,"
	" busy_until INTEGER NOT NULL,"
	" " BOOL("connected") ","
	" " BOOL("idle") ","
	" last_poll INTEGER NOT NULL,"
	" backlog INTEGER NOT NULL,"
	" pid INTEGER NOT NULL,"
	" note TEXT NOT NULL"
	") STRICT, WITHOUT ROWID;" },

	/* A vital alert that nobody has taken or answered yet.  event: the ticket's last one when
	 * it went out; agent: who had the ticket then; alerted_at: when it was given last. */
	{ 1, "CREATE TABLE vigil ("
	" ticket INTEGER PRIMARY KEY REFERENCES ticket (id) ON DELETE CASCADE,"
	" waits_since INTEGER NOT NULL,"
	" event INTEGER NOT NULL,"
	" agent TEXT NOT NULL,"
	" " INT0("times") ","			/* repetitions */
	" alerted_at INTEGER NOT NULL"
	") STRICT;" },
	{ 1, "CREATE INDEX vigil_alerted ON vigil (alerted_at);" },

	/* The appointment that a citizen was invited to.  at 0: cancelled; sequence: of the last
	 * invitation or cancellation that went out (RFC 5545 3.8.7.4). */
	{ 1, "CREATE TABLE meeting ("
	" ticket INTEGER PRIMARY KEY REFERENCES ticket (id) ON DELETE CASCADE,"
	" at INTEGER NOT NULL,"
	" sequence INTEGER NOT NULL,"
	" place TEXT NOT NULL"
	") STRICT;" },

	/* What an agent asked to be reminded of.  at: when; day: its local day, for the morning's
	 * list; sent_at 0: still to come. */
	{ 1, "CREATE TABLE reminder ("
	" id INTEGER PRIMARY KEY,"
	" ticket INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,"
	" agent TEXT NOT NULL CHECK (agent <> ''),"
	" at INTEGER NOT NULL,"
	" day INTEGER NOT NULL,"
	" " ONE_OF("kind", REMINDER_KINDS) ","
	" text TEXT NOT NULL,"
	" message INTEGER REFERENCES message (id) ON DELETE SET NULL,"
	" " INT0("sent_at")
	") STRICT;" },
	{ 1, "CREATE INDEX reminder_due ON reminder (at, id) WHERE sent_at = 0;" },
	{ 1, "CREATE INDEX reminder_ticket ON reminder (ticket);" },

	/* Agents who said that they are away, whole local days, the last one too. */
	{ 1, "CREATE TABLE absence ("
	" id INTEGER PRIMARY KEY,"
	" agent TEXT NOT NULL CHECK (agent <> ''),"
	" first_day INTEGER NOT NULL,"
	" last_day INTEGER NOT NULL CHECK (last_day >= first_day)"
	") STRICT;" },
	{ 1, "CREATE INDEX absence_last_day ON absence (last_day);" },
	{ 1, "CREATE INDEX absence_agent ON absence (agent);" },

	/* Mail that waits until its agent confirms it.  code: its keyed digest.  confirmed_at: when
	 * the code came back; done_at: when the mail was carried out. */
	{ 1, "CREATE TABLE confirm ("
	" id INTEGER PRIMARY KEY,"
	" code BLOB NOT NULL UNIQUE CHECK (length(code) = 32),"
	" message INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,"
	" agent TEXT NOT NULL CHECK (agent <> ''),"
	" at INTEGER NOT NULL,"
	" expires INTEGER NOT NULL,"
	" " INT0("confirmed_at") ","
	" " INT0("done_at")
	") STRICT;" },
	{ 1, "CREATE INDEX confirm_agent ON confirm (agent, at);" },
	{ 1, "CREATE INDEX confirm_at ON confirm (at);" },
	{ 1, "CREATE INDEX confirm_message ON confirm (message);" },
	{ 1, "CREATE INDEX confirm_waits ON confirm (id) WHERE confirmed_at <> 0 AND done_at = 0;" },

	/* What one mail of an agent changed, for #annuler.  code: its keyed digest. */
	{ 1, "CREATE TABLE undo ("
	" id INTEGER PRIMARY KEY,"
	" code BLOB NOT NULL UNIQUE CHECK (length(code) = 32),"
	" message INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,"
	" ticket INTEGER REFERENCES ticket (id) ON DELETE CASCADE,"
	" at INTEGER NOT NULL,"
	" " INT0("used_at")
	") STRICT;" },
	{ 1, "CREATE INDEX undo_at ON undo (at);" },
	{ 1, "CREATE INDEX undo_message ON undo (message);" },
	{ 1, "CREATE INDEX undo_ticket ON undo (ticket);" },
	/* key: an address, or a row, where the ticket alone does not name the thing. */
	{ 1, "CREATE TABLE undo_value ("
	" undo INTEGER NOT NULL REFERENCES undo (id) ON DELETE CASCADE,"
	" " ONE_OF("what", UNDO_WHATS) ","
	" ticket INTEGER REFERENCES ticket (id) ON DELETE CASCADE,"
	" key TEXT NOT NULL,"
	" was TEXT NOT NULL,"
	" became TEXT NOT NULL"
	") STRICT;" },
	{ 1, "CREATE INDEX undo_value_undo ON undo_value (undo);" },
	{ 1, "CREATE INDEX undo_value_ticket ON undo_value (ticket, what);" },

	/* Every address that was ever notified; done: it has had the guide. */
	{ 1, "CREATE TABLE greeting ("
	" address TEXT PRIMARY KEY CHECK (address <> ''),"
	" " BOOL("done")
	") STRICT, WITHOUT ROWID;" },
	{ 1, "CREATE INDEX greeting_due ON greeting (done) WHERE done = 0;" },

	/* What the clock asked for on a day and for whom, done: never twice. */
	{ 1, "CREATE TABLE duty ("
	" name TEXT NOT NULL,"
	" who TEXT NOT NULL,"
	" day INTEGER NOT NULL,"
	" PRIMARY KEY (name, who, day)"
	") STRICT, WITHOUT ROWID;" },
	{ 1, "CREATE INDEX duty_day ON duty (day);" },

	/* A week's totals as a digest told them last. */
	{ 1, "CREATE TABLE told_week ("
	" monday INTEGER PRIMARY KEY,"
	" received INTEGER NOT NULL,"
	" opened INTEGER NOT NULL,"
	" settled INTEGER NOT NULL"
	") STRICT;" },

	/* What was past its time when a list of it was made: carried out at done_at, or never.
	 * before: of the last contact. */
	{ 1, "CREATE TABLE bordereau ("
	" id INTEGER PRIMARY KEY,"
	" at INTEGER NOT NULL,"
	" by TEXT NOT NULL,"
	" " INT0("done_at")
	") STRICT;" },
	{ 1, "CREATE TABLE bordereau_line ("
	" bordereau INTEGER NOT NULL REFERENCES bordereau (id),"
	" category TEXT NOT NULL,"
	" before INTEGER NOT NULL,"
	" tickets INTEGER NOT NULL,"
	" messages INTEGER NOT NULL,"
	" PRIMARY KEY (bordereau, category)"
	") STRICT, WITHOUT ROWID;" },

	/* The daily mail to ourselves.  late: not back in time, the administrator knows. */
	{ 1, "CREATE TABLE selftest ("
	" day INTEGER PRIMARY KEY,"
	" message_id TEXT NOT NULL UNIQUE CHECK (message_id <> ''),"
	" sent_at INTEGER NOT NULL,"
	" " BOOL("plus") ","
	" " INT0("returned_at") ","
	" " BOOL("late")
	") STRICT;" },
	{ 1, "CREATE INDEX selftest_ended ON selftest (day)"
	" WHERE returned_at <> 0 OR late = 1;" },

	{ 1, "CREATE TABLE journal ("
	" id INTEGER PRIMARY KEY,"
	" at INTEGER NOT NULL,"
	" by TEXT NOT NULL,"
	" act TEXT NOT NULL,"
	" " TEXT("ticket") ","
	" mac BLOB NOT NULL CHECK (length(mac) = 32)"	/* of this row and the one before */
	") STRICT;" },
	{ 1, "CREATE INDEX journal_ticket ON journal (ticket, id) WHERE ticket <> '';" },
	/* The sealed ends of that chain: 'anchor', 'head'. */
	{ 1, "CREATE TABLE journal_mark ("
	" name TEXT PRIMARY KEY,"
	" id INTEGER NOT NULL,"
	" at INTEGER NOT NULL,"
	" mac BLOB NOT NULL CHECK (length(mac) = 32),"
	" seal BLOB NOT NULL"
	") STRICT, WITHOUT ROWID;" },

	{ 1, "PRAGMA user_version = 1" },
};

const struct schema_step *
schema_steps(size_t *n)
{
	*n = sizeof steps / sizeof *steps;
	return steps;
}
