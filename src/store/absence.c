/* absence.c - agents who are away, by their own word. */
#include "apply.h"

#include <string.h>

enum { ABSENCE_KEPT_DAYS = 60 };

enum status
absence_apply(struct applying *g)
{
	const struct plan_absence *p = &g->p->absence;
	const struct val agent = db_text("@agent", p->any ? g->p->who.agent->section : "");
	date_day today = date_local_day(g->now);

	if (!p->any)
		return ST_OK;
	if (p->over)
		return db_run(g->s, SQL_ABSENCE_OVER, DB_VALS(agent, db_int("@day", today)), g->f);
	if (db_run(g->s, SQL_ABSENCE_DROP, DB_VALS(db_int("@before", today - ABSENCE_KEPT_DAYS)),
	    g->f) != ST_OK || db_run(g->s, SQL_ABSENCE_ADD, DB_VALS(agent,
	    db_int("@first", p->first), db_int("@last", p->last)), g->f) != ST_OK)
		return g->f->st;
	return undo_note(g, UNDO_ABSENCE, 0, arena_printf(g->a, "%lld",
	    (long long)db_last_id(g->s)), "1");
}

enum status
store_away(struct store *s, struct arena *a, const struct desk *d, int64_t now,
    struct plan_facts *out, struct fault *f)
{
	bool *away = arena_new(a, bool, d->nagents + 1);
	struct stmt *q = db_start(s, SQL_ABSENT, DB_VALS(db_int("@day", date_local_day(now))));
	enum status st;

	while ((st = db_step(q, f)) == ST_OK)
		for (size_t i = 0; i < d->nagents; i++)
			away[i] = away[i] || strcmp(d->agents[i].section, db_peek_text(q, 0)) == 0;
	db_end(q);
	out->away = away;
	return st == ST_NONE ? ST_OK : st;
}
