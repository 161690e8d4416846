#include "db.h"

enum status
store_beat(struct store *s, const char *role, const struct heartbeat *b, struct fault *f)
{
	bool mine;
	enum status st = db_enter(s, &mine, f);

	if (st != ST_OK)
		return st;
	st = db_run(s, SQL_BEAT_SET, DB_VALS(db_text("@role", role), db_int("@at", b->at),
	    db_int("@busy_until", b->busy_until), db_int("@connected", b->connected),
	    db_int("@idle", b->idle), db_int("@last_poll", b->last_poll),
	    db_int("@backlog", b->backlog), db_int("@pid", b->pid), db_text("@note", b->note)),
	    f);
	return db_leave(s, mine, st, f);
}

enum status
store_beat_read(struct store *s, struct arena *a, const char *role, struct heartbeat *out,
    struct fault *f)
{
	struct stmt *q = db_start(s, SQL_BEAT_GET, DB_VALS(db_text("@role", role)));
	enum status st = db_step(q, f);

	if (st == ST_OK)
		*out = (struct heartbeat){
			.at = db_col_int(q, 0), .busy_until = db_col_int(q, 1),
			.connected = db_col_int(q, 2) != 0, .idle = db_col_int(q, 3) != 0,
			.last_poll = db_col_int(q, 4), .backlog = db_col_int(q, 5),
			.pid = (int)db_col_int(q, 6), .note = db_col_text(q, 7, a),
		};
	db_end(q);
	return st;
}
