/* sql_agents.c - the statements behind the words of agents. */
#include "sql.h"

#include "state.h"

#include <stddef.h>

static const char *const texts[SQL_COUNT] = {
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
