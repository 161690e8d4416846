/* sql_stats.c - the statements behind the weekly digest, and the clock's work that is done. */
#include "sql.h"

#include <stddef.h>

/* Who did event e of the ticket: a command, or a mail of an agent that proved to be one. */
#define BY_AGENT "(e.kind = 'command' OR EXISTS (SELECT 1 FROM message m" \
	" WHERE m.id = e.message AND m.role = 'agent'))"

static const char *const texts[SQL_COUNT] = {
	[SQL_DUTY_LAST] =
	    "SELECT coalesce(max(CASE WHEN day < @day THEN day END), 0),"
	    " coalesce(max(day = @day), 0) FROM duty WHERE name = @name AND who = @who",
	[SQL_DUTY_ADD] =
	    "INSERT INTO duty (name, who, day) VALUES (@name, @who, @day)"
	    " ON CONFLICT DO NOTHING",
	/* A digest is remembered for ever: a clock that jumps far ahead and back forgets none. */
	[SQL_DUTY_DROP] = "DELETE FROM duty WHERE day < @before AND name <> 'digest'",
	[SQL_CLOSING_ADD] =
	    "INSERT INTO closing (ticket, message, at, outcome)"
	    " VALUES (@ticket, @message, @now, @outcome)",
	/* Closed already: the agent corrects why. */
	[SQL_CLOSING_CHANGE] =
	    "UPDATE closing SET outcome = @outcome WHERE id = (SELECT max(id) FROM closing"
	    " WHERE ticket = @ticket) RETURNING id",
	[SQL_UNDO_CLOSING] = "DELETE FROM closing WHERE ticket = @ticket AND message = @message",
	[SQL_UNDO_CORRECTION] =
	    "UPDATE closing SET outcome = t.outcome FROM ticket t WHERE t.id = @ticket"
	    " AND t.state = 'closed' AND t.outcome <> '' AND closing.id ="
	    " (SELECT max(id) FROM closing WHERE ticket = @ticket)",
	/* And the first of all, where it was before. */
	[SQL_STAT_OPENINGS] =
	    "SELECT opened FROM ticket WHERE opened >= @from AND opened < @to UNION ALL"
	    " SELECT min(opened) FROM ticket WHERE opened < @from"
	    " HAVING min(opened) IS NOT NULL",
	[SQL_STAT_TICKETS] =
	    "SELECT t.opened, t.first_answer, t.closed_at, t.sensitive, t.urgency, t.outcome,"
	    " t.category, t.quartier, t.lang, t.person,"
	    " t.met OR EXISTS (SELECT 1 FROM meeting g WHERE g.ticket = t.id AND g.at > 0),"
	    " EXISTS (SELECT 1 FROM outbox o WHERE o.ticket = t.id AND o.kind = 'ack'),"
	    " coalesce((SELECT min(o.sent_at) FROM outbox o WHERE o.ticket = t.id"
	    " AND o.kind = 'ack' AND o.state = 'sent'), 0),"
	    " CASE WHEN t.urgency = 'normal' THEN 0 ELSE coalesce((SELECT min(e.at)"
	    " FROM event e WHERE e.ticket = t.id AND " BY_AGENT "), 0) END"
	    " FROM ticket t WHERE t.opened >= @from AND t.opened < @to",
	/* As things stood at @at: open then, or closed since. */
	[SQL_STAT_OPEN] =
	    "SELECT opened, due_silence, sensitive, category FROM ticket"
	    " WHERE state IN ('open', 'waiting') AND opened < @at"
	    " UNION ALL SELECT opened, due_silence, sensitive, category FROM ticket"
	    " WHERE closed_at > 0 AND closed_at >= @at AND opened < @at",
	[SQL_STAT_MAILS] =
	    "SELECT m.received, m.sensitive, m.role, m.outcome, coalesce(t.person, x''),"
	    " m.category, m.partner FROM message m LEFT JOIN ticket t ON t.id = m.ticket"
	    " WHERE m.received >= @from AND m.received < @to",
	[SQL_STAT_CLOSINGS] =
	    "SELECT c.at, c.outcome, t.sensitive, t.category FROM closing c"
	    " JOIN ticket t ON t.id = c.ticket WHERE c.at >= @from AND c.at < @to",
	[SQL_TOLD_WEEKS] =
	    "SELECT monday, received, opened, settled FROM told_week WHERE monday >= @first"
	    " AND monday <= @last",
	[SQL_TOLD_WEEK_SET] =
	    "INSERT INTO told_week (monday, received, opened, settled) VALUES (@monday,"
	    " @received, @opened, @settled) ON CONFLICT (monday) DO UPDATE SET"
	    " received = excluded.received, opened = excluded.opened,"
	    " settled = excluded.settled",
	/* Those that died in the week, and all that still wait. */
	[SQL_STAT_UNSENT] =
	    "SELECT count(*) FROM outbox WHERE state <> 'sent' AND state IN ('queued',"
	    " 'sending', 'unsure', 'dead') AND +kind = 'ack'"
	    " AND (state <> 'dead' OR (created >= @from AND created < @to))",
};

const char *
sql_text_stats(enum sql id)
{
	return texts[id];
}
