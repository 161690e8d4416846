/* Is the database whole?  Within a time: the check reads every page. */
#include "db.h"

#include "clock.h"
#include "query.h"

#include <string.h>

enum { STEPS_BETWEEN = 10000 };		/* of SQLite's machine, some milliseconds */

static int
is_over(void *ctx)
{
	const int64_t *end = ctx;

	return clock_mono_ms() > *end;
}

enum status
query_sound(struct store *s, struct arena *a, int max_ms, const char **wrong_out,
    struct fault *f)
{
	int64_t end = clock_mono_ms() + max_ms;
	struct stmt *q;
	enum status st;

	*wrong_out = "";
	sqlite3_progress_handler(s->db, STEPS_BETWEEN, is_over, &end);
	q = db_start(s, SQL_QUICK_CHECK, NULL, 0);
	st = db_step(q, f);
	if (st == ST_OK && strcmp(db_peek_text(q, 0), "ok") != 0)
		*wrong_out = db_col_text(q, 0, a);
	db_end(q);
	sqlite3_progress_handler(s->db, 0, NULL, NULL);
	if (st != ST_OK && st != ST_NONE && is_over(&end))
		return fault_set(f, ST_TEMP, "not finished in %d s", max_ms / 1000);
	return st == ST_NONE ? ST_OK : st;
}
