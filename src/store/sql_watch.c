/* Statements of what watches over the program itself. */
#include "sql.h"

#include <stddef.h>

/* As the index says it. */
#define ENDED "(returned_at <> 0 OR late = 1)"
#define UNDER_WAY "returned_at = 0 AND late = 0"

static const char *const texts[SQL_COUNT] = {
	[SQL_SELFTEST_ADD] =
	    "INSERT INTO selftest (day, message_id, sent_at, plus)"
	    " VALUES (@day, @message_id, @now, @plus)",
	[SQL_SELFTEST_DROP] = "DELETE FROM selftest WHERE day < @before",
	[SQL_SELFTEST_ANY] = "SELECT EXISTS (SELECT 1 FROM selftest WHERE day = @day)",
	/* The server's INTERNALDATE, where it can be true: we may have been stopped. */
	[SQL_SELFTEST_BACK] =
	    "UPDATE selftest SET returned_at = CASE WHEN @received BETWEEN sent_at AND @now"
	    " THEN @received ELSE max(@now, sent_at) END"
	    " WHERE message_id = @message_id AND returned_at = 0",
	/* The last one of which it is known what became of it, else the one under way. */
	[SQL_SELFTEST_LAST] =
	    "SELECT sent_at, returned_at, late, plus FROM selftest WHERE day = coalesce("
	    "(SELECT max(day) FROM selftest WHERE " ENDED " AND day <= @today),"
	    " (SELECT max(day) FROM selftest WHERE day <= @today))",
	/* enum selftest_stage.  What a clock that was ahead sent counts as late too. */
	[SQL_SELFTEST_LOST] =
	    "SELECT t.day, t.sent_at, CASE WHEN o.state = 'dead' THEN 1"
	    " WHEN o.state IN ('queued', 'sending') THEN 0 ELSE 2 END,"
	    " coalesce(o.last_error, ''), coalesce((SELECT p.late AND p.returned_at = 0"
	    " FROM selftest p WHERE p.day < t.day ORDER BY p.day DESC LIMIT 1), 0)"
	    " FROM selftest t LEFT JOIN outbox o ON o.message_id = t.message_id"
	    " WHERE t.returned_at = 0 AND t.late = 0"
	    " AND (t.sent_at <= @upto OR t.sent_at > @now)"
	    " ORDER BY t.day LIMIT @max",
	[SQL_SELFTEST_TOLD] = "UPDATE selftest SET late = 1 WHERE day = @day",
	[SQL_QUICK_CHECK] = "PRAGMA quick_check(1)",
	/* Of one under way when the database was lost nothing is known. */
	[SQL_SALVAGE_SELFTEST] = "DELETE FROM selftest WHERE " UNDER_WAY,
};

const char *
sql_text_watch(enum sql id)
{
	return texts[id];
}
