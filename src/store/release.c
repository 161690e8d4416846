/* Acknowledgments that a cap holds back go as the window allows, oldest first; a domain
 * that is full does not hold up the others. */
#include "db.h"

#include "acks.h"

struct held { int64_t id; const char *domain; struct held *next; };

struct releasing {
	struct store *s;
	int64_t hour_from, now;
	int per_domain;
	int64_t left;			/* of the cap over all */
	unsigned n;
	struct fault *f;
};

static enum status
held_list(struct store *s, struct arena *a, struct held **out, struct fault *f)
{
	struct stmt *q = db_start(s, SQL_HELD, NULL, 0);
	struct held **tail = out;
	enum status st;

	*out = NULL;
	while ((st = db_step(q, f)) == ST_OK) {
		struct held *h = arena_new(a, struct held, 1);

		h->id = db_col_int(q, 0);
		h->domain = db_col_text(q, 1, a);
		*tail = h;
		tail = &h->next;
	}
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

static enum status
release_one(struct releasing *g, const struct held *h)
{
	int64_t used = 0;

	if (g->per_domain > 0 &&
	    acks_released(g->s, h->domain, g->hour_from, &used, g->f) != ST_OK)
		return g->f->st;
	if (g->per_domain > 0 && used >= g->per_domain)
		return ST_OK;
	g->left--;
	g->n++;
	if (acks_count(g->s, h->domain, g->now, g->f) != ST_OK)
		return g->f->st;
	return db_run(g->s, SQL_RELEASE, DB_VALS(db_int("@id", h->id), db_int("@now", g->now)),
	    g->f);
}

static enum status
release_locked(struct releasing *g, int all, const struct held *h)
{
	int64_t used = 0;

	if (acks_released(g->s, "", g->hour_from, &used, g->f) != ST_OK)
		return g->f->st;
	g->left = all > 0 ? all - used : INT64_MAX;
	for (; h != NULL && g->left > 0; h = h->next)
		if (release_one(g, h) != ST_OK)
			return g->f->st;
	return ST_OK;
}

enum status
outbox_release(struct store *s, int64_t hour_from, int per_domain, int all, int64_t now,
    unsigned *n_out, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct releasing g = { .s = s, .hour_from = hour_from, .now = now,
	    .per_domain = per_domain, .f = f };
	struct held *list;
	enum status st = held_list(s, a, &list, f);

	*n_out = 0;
	if (st != ST_OK || list == NULL)
		return st;
	st = store_begin(s, f);
	if (st == ST_OK)
		st = db_leave(s, true, release_locked(&g, all, list), f);
	if (st == ST_OK)
		*n_out = g.n;
	return st;
}
