/* sql_stats.c - the statements behind what is counted. */
#include "sql.h"

#include <stddef.h>

static const char *const texts[SQL_COUNT] = {
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
};

const char *
sql_text_stats(enum sql id)
{
	return texts[id];
}
