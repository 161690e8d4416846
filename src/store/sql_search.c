/* Statements of the index of words. */
#include "sql.h"

#include <stddef.h>

/* Written by a person; the program's own remarks are not searched. */
#define A_NOTE "kind = 'note' AND by <> 'bureaud'"

/* Mails whose text is not kept any more, notes that are empty now. */
#define GONE " WHERE (message IS NOT NULL AND NOT EXISTS (SELECT 1 FROM message_text x" \
	" WHERE x.message = words.message)) OR (event IS NOT NULL AND NOT EXISTS (SELECT 1" \
	" FROM event e WHERE e.id = words.event AND e.text <> ''))"

static const char *const texts[SQL_COUNT] = {
	[SQL_WORDS_ADD] =
	    "INSERT INTO words (message, event, text) VALUES (@message, @event, @text)",
	[SQL_SEARCH_ADD] = "INSERT INTO search (rowid, text) VALUES (@id, @text)",
	/* The newest match of each ticket: with max() the other columns are of its row.  A mail
	 * of no ticket stands for itself. */
	[SQL_SEARCH_FIND] =
	    "SELECT coalesce(m.ticket, e.ticket, 0), count(*), w.id,"
	    " max(coalesce(m.received, e.at)) AS at FROM search JOIN words w ON w.id ="
	    " search.rowid LEFT JOIN message m ON m.id = w.message LEFT JOIN event e ON e.id ="
	    " w.event WHERE search MATCH @match GROUP BY coalesce(m.ticket, e.ticket, -w.id)"
	    " ORDER BY at DESC, w.id DESC",
	[SQL_SEARCH_ROW] =
	    "SELECT e.id IS NOT NULL, coalesce(m.received, e.at), coalesce(m.message_id, ''),"
	    " coalesce(m.subject, ''), coalesce(x.name, ''), coalesce(m.sender, e.by),"
	    " coalesce(CASE WHEN m.role = 'agent' THEN x.reply_text ELSE x.text END, "
	    "e.text, ''),"
	    " coalesce(m.sensitive, 0) FROM words w LEFT JOIN message m ON m.id = w.message"
	    " LEFT JOIN message_text x ON x.message = w.message"
	    " LEFT JOIN event e ON e.id = w.event WHERE w.id = @id",
	/* FTS5 takes a row out by the words that it was put in with. */
	[SQL_SEARCH_FORGET] =
	    "INSERT INTO search (search, rowid, text) SELECT 'delete', id, text FROM "
	    "words" GONE,
	[SQL_WORDS_FORGET] = "DELETE FROM words" GONE,
	[SQL_SEARCH_DROP] =
	    "INSERT INTO search (search, rowid, text) SELECT 'delete', id, text FROM words"
	    " WHERE message = @message",
	[SQL_WORDS_DROP] = "DELETE FROM words WHERE message = @message",
	[SQL_SEARCH_SCRUB] = "INSERT INTO search (search) VALUES ('optimize')",
	[SQL_SEARCH_CLEAR] = "INSERT INTO search (search) VALUES ('delete-all')",
	[SQL_WORDS_CLEAR] = "DELETE FROM words",
	[SQL_WORDS_SOURCES] =
	    "SELECT (SELECT count(*) FROM message_text x JOIN message m ON m.id = x.message"
	    " WHERE m.outcome <> 'ignored_self') + (SELECT count(*) FROM event WHERE "
	    "" A_NOTE ")",
	[SQL_WORDS_MAILS] =
	    "SELECT m.id, m.role, m.subject, x.name, m.sender, x.text, x.reply_text"
	    " FROM message_text x JOIN message m ON m.id = x.message"
	    " WHERE m.outcome <> 'ignored_self' ORDER BY x.message",
	[SQL_WORDS_NOTES] = "SELECT id, text FROM event WHERE " A_NOTE " ORDER BY id",
};

const char *
sql_text_search(enum sql id)
{
	return texts[id];
}
