#include "query.h"

#include "limits.h"
#include "query_int.h"

#include <assert.h>

enum status
query_files(struct store *s, struct arena *a, int64_t message, struct attachment **out,
    size_t *n, struct fault *f)
{
	struct attachment *v = arena_new(a, struct attachment, LIMIT_ATTACHMENTS);
	struct stmt *q = db_start(s, SQL_ATTACHMENT_NAMES, DB_VALS(db_int("@message", message)));
	enum status st = ST_NONE;

	*out = v;
	for (*n = 0; *n < LIMIT_ATTACHMENTS && (st = db_step(q, f)) == ST_OK; (*n)++)
		v[*n] = (struct attachment){ .filename = db_col_text(q, 0, a),
		    .type = db_col_text(q, 1, a), .size = (uint64_t)db_col_int(q, 2) };
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

static enum status
row_read(struct store *s, struct stmt *q, struct arena *a, struct replay_row *r,
    struct fault *f)
{
	bool known;

	*r = (struct replay_row){
		.message_id = db_col_text(q, 1, a), .ticket = db_col_text(q, 2, a),
		.category = db_col_text(q, 3, a), .sensitive = db_col_int(q, 5) != 0,
		.subject = db_col_text(q, 6, a), .sender = db_col_text(q, 7, a),
		.text = db_col_text(q, 8, a), .reply_text = db_col_text(q, 9, a),
		.by_header = db_col_int(q, 10) != 0,
	};
	known = urgency_of(db_peek_text(q, 4), &r->urgency);
	assert(known);
	return query_files(s, a, db_col_int(q, 0), &r->att, &r->natt, f);
}

enum status
query_replay(struct store *s, int64_t since,
    enum status (*each)(void *ctx, const struct replay_row *r), void *ctx, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct stmt *q = db_start(s, SQL_REPLAY, DB_VALS(db_int("@since", since)));
	struct replay_row r;
	enum status st;

	while ((st = db_step(q, f)) == ST_OK) {
		arena_reset(a);
		if ((st = row_read(s, q, a, &r, f)) != ST_OK || (st = each(ctx, &r)) != ST_OK)
			break;
	}
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

enum status
query_replay_size(struct store *s, int64_t since, int64_t *out, struct fault *f)
{
	return db_get(s, SQL_REPLAY_SIZE, DB_VALS(db_int("@since", since)), out, f);
}
