/* confirm.c - mail that is held until its agent confirms it. */
#include "apply.h"

#include <assert.h>
#include <string.h>

enum { CONFIRM_SECONDS = 48 * 60 * 60, CONFIRM_KEPT = 30 * 24 * 60 * 60, HOUR = 60 * 60 };

enum status
confirm_apply(struct applying *g)
{
	const struct plan *p = g->p;

	for (size_t i = 0; i < p->nconfirmed; i++)
		if (db_run(g->s, SQL_CONFIRM_SET, DB_VALS(db_int("@id", p->confirmed[i]),
		    db_int("@now", g->now)), g->f) != ST_OK)
			return g->f->st;
	if (p->confirm == NULL)
		return ST_OK;
	if (db_run(g->s, SQL_CONFIRM_DROP, DB_VALS(db_int("@before", g->now - CONFIRM_KEPT)),
	    g->f) != ST_OK)
		return g->f->st;
	return db_run(g->s, SQL_CONFIRM_ADD, DB_VALS(db_sha("@code", p->confirm),
	    db_int("@message", g->message), db_text("@agent", p->who.agent->section),
	    db_int("@now", g->now), db_int("@expires", g->now + CONFIRM_SECONDS)), g->f);
}

enum status
confirm_find(struct store *s, const struct sha256 *code, struct held_facts *out,
    struct fault *f)
{
	struct stmt *q = db_start(s, SQL_CONFIRM_FIND, DB_VALS(db_sha("@code", code)));
	enum status st = db_step(q, f);

	*out = (struct held_facts){ 0 };
	if (st == ST_OK) {
		out->id = db_col_int(q, 0);
		out->expires = db_col_int(q, 1);
		out->confirmed_at = db_col_int(q, 2);
	}
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

enum status
confirm_asked(struct store *s, const char *agent, int64_t now, unsigned *out, struct fault *f)
{
	int64_t n = 0;

	if (db_get(s, SQL_CONFIRM_ASKED, DB_VALS(db_text("@agent", agent),
	    db_int("@since", now - HOUR)), &n, f) != ST_OK)
		return f->st;
	*out = (unsigned)n;
	return ST_OK;
}

enum status
store_held(struct store *s, struct arena *a, struct held_mail **out, size_t *n, struct fault *f)
{
	struct held_mail *v = arena_new(a, struct held_mail, HELD_MAX);
	struct stmt *q = db_start(s, SQL_CONFIRM_LIST, DB_VALS(db_int("@max", HELD_MAX)));
	enum status st = ST_NONE;

	for (*n = 0; *n < HELD_MAX && (st = db_step(q, f)) == ST_OK; (*n)++) {
		struct span sha = db_col_blob(q, 3, a);

		v[*n] = (struct held_mail){ .confirm = db_col_int(q, 0), .message = db_col_int(q, 1),
		    .agent = db_col_text(q, 2, a), .received = db_col_int(q, 4) };
		assert(sha.n == SHA256_BYTES);
		memcpy(v[*n].sha256.b, sha.p, SHA256_BYTES);
	}
	db_end(q);
	*out = v;
	return st == ST_NONE ? ST_OK : st;
}

enum status
store_held_places(struct store *s, struct arena *a, int64_t message, struct held_place **out,
    size_t *n, struct fault *f)
{
	struct held_place *v = arena_new(a, struct held_place, HELD_PLACES);
	struct stmt *q = db_start(s, SQL_CONFIRM_PLACES, DB_VALS(db_int("@message", message),
	    db_int("@max", HELD_PLACES)));
	enum status st = ST_NONE;

	for (*n = 0; *n < HELD_PLACES && (st = db_step(q, f)) == ST_OK; (*n)++)
		v[*n] = (struct held_place){ db_col_int(q, 0), { db_col_text(q, 1, a),
		    (uint32_t)db_col_int(q, 2), (uint32_t)db_col_int(q, 3) } };
	db_end(q);
	*out = v;
	return st == ST_NONE ? ST_OK : st;
}

enum status
store_held_done(struct store *s, int64_t confirm, int64_t now, struct fault *f)
{
	assert(s->begun);
	return db_run(s, SQL_CONFIRM_DONE, DB_VALS(db_int("@id", confirm), db_int("@now", now)), f);
}
