/* Who was written to for the first time, and has the guide or not yet. */
#include "db.h"

enum { GREET_MAX = 200 };

enum status
store_ungreeted(struct store *s, struct arena *a, const char ***out, size_t *n, struct fault *f)
{
	const char **v = arena_new(a, const char *, GREET_MAX);
	struct stmt *q = db_start(s, SQL_GREET_LIST, DB_VALS(db_int("@max", GREET_MAX)));
	enum status st = ST_NONE;

	for (*n = 0; *n < GREET_MAX && (st = db_step(q, f)) == ST_OK; (*n)++)
		v[*n] = db_col_text(q, 0, a);
	db_end(q);
	*out = v;
	return st == ST_NONE ? ST_OK : st;
}

enum status
store_greeted(struct store *s, const char *address, struct fault *f)
{
	return db_run(s, SQL_GREET_DONE, DB_VALS(db_text("@address", address)), f);
}
