/* Answers to the questions of an agent's mail (desk/ask.h), read in the transaction that the
 * plan is made in. */
#include "apply.h"
#include "search.h"

#include <assert.h>
#include <string.h>

struct asking {
	struct store *s;
	struct arena *a;
	struct ask_list *list;
	struct fault *f;
};

static struct ask_ticket
ticket_of(struct arena *a, const struct ticket_row *t, const char *excerpt)
{
	return (struct ask_ticket){
		.id = t->id, .ref = arena_strdup(a, t->ref), .category = arena_strdup(a,
		    t->category),
		.agent = arena_strdup(a, t->agent), .subject = arena_strdup(a, t->subject),
		.state = t->state, .outcome = t->outcome, .urgency = t->urgency,
		.sensitive = t->sensitive, .opened = t->opened,
		    .last_activity = t->last_activity,
		.due = t->due, .excerpt = excerpt,
	};
}

static void
list_add(struct asking *g, const struct ticket_row *t, const char *excerpt)
{
	if (g->list->n == ASK_TICKETS)
		g->list->more = true;
	else
		g->list->v[g->list->n++] = ticket_of(g->a, t, excerpt);
}

/* Mails of no ticket are the administrator's. */
static enum status
on_hit(void *ctx, const struct search_hit *h)
{
	struct asking *g = ctx;
	const struct excerpt *x = &h->excerpt;

	if (h->has_ticket)
		list_add(g, &h->ticket, arena_printf(g->a, "%s%s%s", x->before, x->match,
		    x->after));
	return ST_OK;
}

static enum status
on_ticket(void *ctx, const struct ticket_row *t)
{
	list_add(ctx, t, "");
	return ST_OK;
}

static enum status
list_read(struct asking *g, const struct ask *q)
{
	size_t total = 0;

	g->list->v = arena_new(g->a, struct ask_ticket, ASK_TICKETS);
	if (q->word == COMMAND_LISTE)
		return query_asked(g->s, g->a, &q->filter, ASK_TICKETS + 1, on_ticket, g, g->f);
	if (search_find(g->s, &q->seek, ASK_TICKETS, on_hit, g, &total, g->f) != ST_OK)
		return g->f->st;
	g->list->more = total > ASK_TICKETS;
	return ST_OK;
}

/* ---- one ticket's life ---- */

/* The newest first, and only so many of them are kept. */
static enum status
events_read(struct asking *g, struct ask_history *h)
{
	struct stmt *q = db_start(g->s, SQL_TIMELINE_BACK, DB_VALS(db_int("@ticket", h->t.id)));
	enum status st;

	h->v = arena_new(g->a, struct ask_event, ASK_EVENTS);
	while ((st = db_step(q, g->f)) == ST_OK) {
		struct ask_event *e = &h->v[h->n];
		bool known;

		if (h->n == ASK_EVENTS) {
			h->older++;
			continue;
		}
		*e = (struct ask_event){ .at = db_col_int(q, 0), .by = db_col_text(q, 2, g->a),
		    .text = db_col_text(q, 3, g->a) };
		known = event_kind_of(db_peek_text(q, 1), &e->kind);
		assert(known);
		h->n++;
	}
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

static enum status
history_read(struct asking *g, const char *ref, struct answers *out)
{
	struct ask_history *h = &out->history[out->nhistory];
	struct ticket_row t;
	enum status st;

	for (size_t i = 0; i < out->nhistory; i++)
		if (strcmp(out->history[i].t.ref, ref) == 0)
			return ST_OK;
	if (out->nhistory == ASK_HISTORIES)
		return ST_OK;
	st = query_ticket(g->s, g->a, ref, &t, g->f);
	if (st != ST_OK)
		return st == ST_NONE ? ST_OK : st;
	*h = (struct ask_history){ .t = ticket_of(g->a, &t, "") };
	out->nhistory++;
	return events_read(g, h);
}

static enum status
histories_read(struct asking *g, const struct ask *q, const struct plan_facts *facts,
    struct answers *out)
{
	if (q->ref[0] != '\0')
		return history_read(g, q->ref, out);
	for (size_t i = 0; i < facts->nhits; i++)
		if (history_read(g, facts->hits[i].ref, out) != ST_OK)
			return g->f->st;
	return ST_OK;
}

/* ---- the desk ---- */

static enum status
desk_read(struct asking *g, const char *me, struct ask_desk *out)
{
	struct heartbeat beat = { 0 };
	struct counts n, mine;
	enum status st;

	if (query_counts(g->s, &n, g->f) != ST_OK || query_counts_of(g->s, me, &mine,
	    g->f) != ST_OK)
		return g->f->st;
	st = store_beat_read(g->s, g->a, "intake", &beat, g->f);
	*out = (struct ask_desk){
		.tickets = { n.open, n.waiting, n.closed },
		.mine = { mine.open, mine.waiting, mine.closed },
		.queued = n.queued, .unsure = n.unsure, .dead = n.dead, .held = n.held,
		.oldest = n.oldest, .last_poll = beat.last_poll,
	};
	return st == ST_NONE ? ST_OK : st;
}

enum status
ask_answer(struct store *s, struct arena *a, const struct needs *needs,
    const struct plan_facts *facts, struct answers *out, struct fault *f)
{
	struct asking g = { .s = s, .a = a, .f = f };

	*out = (struct answers){ 0 };
	for (size_t i = 0; i < needs->ask.n; i++) {
		const struct ask *q = &needs->ask.v[i];

		g.list = &out->list[i];
		if ((q->word == COMMAND_CHERCHER || q->word == COMMAND_LISTE) && list_read(&g,
		    q) != ST_OK)
			return f->st;
		if ((q->word == COMMAND_STATUT || q->word == COMMAND_HISTORIQUE) &&
		    histories_read(&g, q, facts, out) != ST_OK)
			return f->st;
		if (q->word == COMMAND_STATUT && desk_read(&g, needs->agent,
		    &out->desk) != ST_OK)
			return f->st;
	}
	return ST_OK;
}
