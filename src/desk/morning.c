/* morning.c - each agent's list of a working morning, and waiting tickets that come back. */
#include "remind_int.h"

#include "notify_int.h"

#include <stdlib.h>
#include <string.h>

enum {
	RETURNS_MAX = 8,	/* mails of their own; more of them are in the list alone */
};

struct item { const struct remind_ticket *t; enum remind_what what; date_day day; };

static int
item_order(const void *x, const void *y)
{
	const struct item *a = x, *b = y;

	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	if (a->t->id != b->t->id)
		return a->t->id < b->t->id ? -1 : 1;
	return (int)a->what - (int)b->what;
}

/* By opening, the oldest first. */
static int
ticket_order(const void *x, const void *y)
{
	const struct remind_ticket *const *a = x, *const *b = y;

	if ((*a)->opened != (*b)->opened)
		return (*a)->opened < (*b)->opened ? -1 : 1;
	return (*a)->id < (*b)->id ? -1 : (*a)->id > (*b)->id;
}

/* What one agent reads. */
struct list {
	struct planning *g;
	const struct agent *to;
	const struct morning *in;
	struct item *due; size_t ndue;
	const struct remind_ticket **back; size_t nback;	/* their day has come */
	const struct remind_ticket **open; size_t nopen;
	size_t nanswers;
};

/* Promised to somebody whom nobody has answered: the open day before, that day, and every
 * morning after it. */
static date_day
promise_day(const struct list *l, const struct remind_ticket *t)
{
	if (t->first_answer != 0 || t->state != TICKET_OPEN || t->due == 0)
		return 0;
	return t->due <= l->in->today ? t->due :
	    remind_date(l->g->d, t, REMIND_PROMISE, l->in->after, l->in->today);
}

static void
ticket_sort(struct list *l, const struct remind_ticket *t)
{
	date_day promise = promise_day(l, t);

	for (int i = 0; i < REMIND_WHATS; i++) {
		enum remind_what what = (enum remind_what)i;
		date_day day = what == REMIND_PROMISE ? promise :
		    remind_date(l->g->d, t, what, l->in->after, l->in->today);

		if (day != 0)
			l->due[l->ndue++] = (struct item){ t, what, day };
	}
	if (t->state == TICKET_WAITING && t->due != 0 && t->due <= l->in->today)
		l->back[l->nback++] = t;
	else if (t->state == TICKET_OPEN && promise == 0 && t->opened < l->in->at)
		l->open[l->nopen++] = t;
}

static void
list_make(struct list *l)
{
	const struct morning *in = l->in;
	struct arena *a = l->g->a;

	l->due = arena_new(a, struct item, in->n * REMIND_WHATS + 1);
	l->back = arena_new(a, const struct remind_ticket *, in->n + 1);
	l->open = arena_new(a, const struct remind_ticket *, in->n + 1);
	for (size_t i = 0; i < in->n; i++)
		if (remind_concerns(l->g->d, &in->v[i], l->to))
			ticket_sort(l, &in->v[i]);
	qsort(l->due, l->ndue, sizeof *l->due, item_order);
	qsort(l->open, l->nopen, sizeof *l->open, ticket_order);
}

/* ---- lines ---- */

static const char *
item_say(struct arena *a, const struct item *i, date_day today)
{
	const char *day = say_day(a, i->day);

	switch (i->what) {
	case REMIND_PROMISE:
		if (i->day == today)
			return "réponse promise pour aujourd’hui";
		return arena_printf(a, "réponse promise pour le %s%s", day,
		    i->day < today ? ", date dépassée" : "");
	case REMIND_AR:
		return arena_printf(a, "aucun accusé de réception n’est parti, la loi en "
		    "demande un au plus tard le %s", day);
	case REMIND_SILENCE:
	case REMIND_WHATS: break;
	}
	return arena_printf(a, "sans décision au %s, le silence vaudra refus", day);
}

static const char *
due_say(const struct list *l)
{
	struct remind_lines lines = { .n = 0 };
	struct arena *a = l->g->a;

	for (size_t i = 0; i < l->ndue; i++)
		remind_line(&lines, remind_ticket_say(a, l->g->d, l->due[i].t),
		    item_say(a, &l->due[i], l->in->today));
	return remind_lines_text(a, &lines);
}

static const char *
back_say(const struct list *l)
{
	struct remind_lines lines = { .n = 0 };
	struct arena *a = l->g->a;

	for (size_t i = 0; i < l->nback; i++)
		remind_line(&lines, remind_ticket_say(a, l->g->d, l->back[i]),
		    l->back[i]->due == l->in->today ? "en attente jusqu’à aujourd’hui" :
		    arena_printf(a, "en attente jusqu’au %s, date passée",
		    say_day(a, l->back[i]->due)));
	return remind_lines_text(a, &lines);
}

static const char *
age_say(struct arena *a, const struct remind_ticket *t, date_day today)
{
	date_day days = today - date_local_day(t->opened);

	return days < 1 ? "ouvert aujourd’hui" : days == 1 ? "ouvert depuis hier" :
	    arena_printf(a, "ouvert depuis %d\302\240jours", (int)days);
}

static const char *
open_line(const struct list *l, const struct remind_ticket *t)
{
	const char *urgency = t->sensitive ? "" : notify_urgency_word(t->urgency);
	struct arena *a = l->g->a;

	return arena_printf(a, "%s%s%s%s%s%s", age_say(a, t, l->in->today),
	    urgency[0] != '\0' ? ", urgence " : "", urgency,
	    t->agent[0] == '\0' ? ", à prendre" : "",
	    t->first_answer == 0 && t->due != 0 ? ", réponse promise pour le " : "",
	    t->first_answer == 0 && t->due != 0 ? say_day(a, t->due) : "");
}

static const char *
open_say(const struct list *l)
{
	struct remind_lines lines = { .n = 0 };

	for (size_t i = 0; i < l->nopen; i++)
		remind_line(&lines, remind_ticket_say(l->g->a, l->g->d, l->open[i]),
		    open_line(l, l->open[i]));
	return remind_lines_text(l->g->a, &lines);
}

/* What colleagues answered in this agent's categories: it is theirs now. */
static const char *
answered_say(struct list *l)
{
	struct remind_lines lines = { .n = 0 };
	const struct desk *d = l->g->d;

	for (size_t i = 0; i < l->in->nanswers; i++) {
		const struct remind_answer *t = &l->in->answers[i];
		const struct agent *by = desk_agent(d, t->sender);
		const struct remind_ticket k = { .ref = t->ref, .category = t->category,
		    .sensitive = t->sensitive };

		if (by == l->to || !agent_has(l->to, t->category))
			continue;
		remind_line(&lines, remind_ticket_say(l->g->a, d, &k), by == NULL ?
		    "réponse depuis la boîte du bureau" :
		    arena_printf(l->g->a, "réponse de %s", by->name[0] != '\0' ? by->name :
		    by->section));
	}
	return remind_lines_text(l->g->a, &lines);
}

static bool
names_unacknowledged(const struct list *l)
{
	for (size_t i = 0; i < l->ndue; i++)
		if (l->due[i].what == REMIND_AR)
			return true;
	return false;
}

/* ---- the mails ---- */

static const char *
subject_of(const struct list *l)
{
	const struct { size_t n; const char *one, *many; } parts[] = {
		{ l->ndue, "échéance", "échéances" }, { l->nback, "retour", "retours" },
		{ l->nopen, "dossier à traiter", "dossiers à traiter" },
	};
	const char *z = "";

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i].n > 0)
			z = arena_printf(l->g->a, "%s%s%s", z, z[0] != '\0' ? ", " : "",
			    remind_count(l->g->a, parts[i].n, parts[i].one, parts[i].many));
	return arena_printf(l->g->a, "Ce matin\302\240: %s", z);
}

static enum status
list_send(struct list *l, struct fault *f)
{
	struct planning *g = l->g;
	const struct template_var v[] = {
		{ "echu", due_say(l) }, { "retours", back_say(l) }, { "attente", open_say(l) },
		{ "repondu", answered_say(l) },
		{ "sans_accuse", names_unacknowledged(l) ? "oui" : "" },
		{ "bureau", g->d->name },
	};
	struct outmail m = { .to = l->to->spec, .automatic = COMPOSE_GENERATED, .lang = "fr",
	    .subject = subject_of(l) };

	if (texts_fill(g->d->texts, g->a, "matin", v, sizeof v / sizeof *v, &m.text, f)
	    != ST_OK)
		return f->st;
	return plan_send(g, MAIL_KIND_MORNING, &m, NOTIFY_MAX_BYTES, g->in->now, false, f);
}

/* A mail of the ticket's own, so that an answer to it goes where it belongs. */
static enum status
back_send(struct list *l, const struct remind_ticket *t, struct fault *f)
{
	struct planning *g = l->g;
	struct plan *p = g->p;
	const char *label = notify_label_of(g->d, t->category);
	const struct template_var v[] = {
		{ "ref", t->ref }, { "categorie", t->sensitive ? "" : label },
		{ "sensible", t->sensitive ? "oui" : "" }, { "contact", t->contact },
		{ "jour", say_day(g->a, t->due) }, { "bureau", g->d->name },
	};
	struct outmail m = { .to = l->to->spec, .automatic = COMPOSE_GENERATED, .lang = "fr" };

	if (texts_fill(g->d->texts, g->a, "retour", v, sizeof v / sizeof *v, &m.text, f)
	    != ST_OK)
		return f->st;
	m.subject = arena_printf(g->a, "[%s] %s · de retour", t->ref,
	    t->sensitive ? "sensible" : label);
	p->ref = t->ref;
	if (plan_send(g, MAIL_KIND_REMINDER, &m, NOTIFY_MAX_BYTES, g->in->now, false, f)
	    != ST_OK)
		return f->st;
	p->mails[p->nmails - 1].ticket = t->id;
	p->ref = "";
	return ST_OK;
}

/* Those whose day has come since the last morning. */
static enum status
backs_send(struct list *l, struct fault *f)
{
	size_t n = 0;

	for (size_t i = 0; i < l->nback; i++)
		n += l->back[i]->due > l->in->after;
	for (size_t i = 0; i < l->nback && n <= RETURNS_MAX; i++)
		if (l->back[i]->due > l->in->after && back_send(l, l->back[i], f) != ST_OK)
			return f->st;
	return ST_OK;
}

enum status
remind_morning(struct arena *a, const struct desk *d, const struct agent *to,
    const struct morning *in, int64_t now, const struct plan_facts *random, struct plan *out,
    struct fault *f)
{
	const struct plan_in pin = { .now = now };
	struct planning g = { a, d, &pin, random, out, 0 };
	struct list l = { .g = &g, .to = to, .in = in };

	plan_empty(&g);
	list_make(&l);
	if (l.ndue + l.nback + l.nopen == 0)
		return ST_OK;
	return list_send(&l, f) == ST_OK ? backs_send(&l, f) : f->st;
}
