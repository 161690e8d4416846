#include "filing.h"

#include "db.h"
#include "location.h"

#include <string.h>

/* A citizen's mail stays in the folder as long as its ticket is not closed. */
enum file_want
filing_want(const char *file, const char *ticket_state)
{
	if (strcmp(file, "review") == 0)
		return FILE_REVIEW;
	if (strcmp(file, "filed") == 0)
		return FILE_FILED;
	if (strcmp(ticket_state, ticket_state_name(TICKET_CLOSED)) == 0)
		return FILE_FILED;
	return FILE_KEEP;
}

enum status
store_filings(struct store *s, struct arena *a, const char *mailbox, uint32_t uidvalidity,
    size_t max, struct filing **out, size_t *n, struct fault *f)
{
	struct filing *v = arena_new(a, struct filing, max);
	struct stmt *q = db_start(s, SQL_FILINGS, DB_VALS(db_text("@mailbox", mailbox),
	    db_int("@uidvalidity", uidvalidity), db_int("@max", (int64_t)max)));
	enum status st = ST_NONE;

	*out = v;
	for (*n = 0; *n < max && (st = db_step(q, f)) == ST_OK; (*n)++)
		v[*n] = (struct filing){
			.location = db_col_int(q, 0), .uid = (uint32_t)db_col_int(q, 1),
			.want = filing_want(db_peek_text(q, 2), db_peek_text(q, 3)),
		};
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

static enum status
filed_one(struct store *s, const struct filed *v, struct fault *f)
{
	int64_t message = 0;
	enum status st = db_get(s, SQL_LOCATION_DONE,
	    DB_VALS(db_int("@location", v->location),
		db_int("@done", v->has_moved || v->gone ? LOCATION_GONE : LOCATION_DONE)),
	    &message, f);

	if (st != ST_OK)
		return st == ST_NONE ? ST_OK : st;
	if (!v->has_moved || message == 0)
		return ST_OK;
	return location_put(s, &v->moved, message, LOCATION_DONE, f);
}

static enum status
filed_all(struct store *s, const struct filed *v, size_t n, struct fault *f)
{
	for (size_t i = 0; i < n; i++)
		if (filed_one(s, &v[i], f) != ST_OK)
			return f->st;
	return ST_OK;
}

enum status
store_filed(struct store *s, const struct filed *v, size_t n, struct fault *f)
{
	bool mine;
	enum status st = db_enter(s, &mine, f);

	if (st != ST_OK)
		return st;
	return db_leave(s, mine, filed_all(s, v, n, f), f);
}
