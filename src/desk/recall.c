#include "recall.h"

#include "plan_int.h"
#include "remind.h"

#include <string.h>

static const char *const states[] = {
	[TICKET_OPEN] = "ouvert", [TICKET_WAITING] = "en attente", [TICKET_CLOSED] = "clos",
};

static const char *
subject_of(struct arena *a, const struct recall *r, const char *label)
{
	return arena_printf(a, "[%s] %s · rappel", r->ref, r->sensitive ? "sensible" : label);
}

static enum status
send_to(struct planning *g, const struct recall *r, const struct agent *to, struct fault *f)
{
	const struct category *c = rules_category(g->d->rules, r->category);
	const char *label = c != NULL ? c->label : r->category;
	const struct template_var v[] = {
		{ "ref", r->ref }, { "categorie", r->sensitive ? "" : label },
		{ "sensible", r->sensitive ? "oui" : "" },
		{ "etat", states[r->state] },
		/* Of a sensitive ticket not even the agent's own words. */
		{ "texte", r->sensitive ? "" : r->text },
		{ "agent", strcmp(to->section, r->by) == 0 ? "" : r->by },
		{ "jour", say_day(g->a, date_local_day(r->at)) },
		{ "heure", say_time(g->a, r->at) }, { "bureau", g->d->name },
	};
	struct outmail m = { .to = to->spec, .automatic = COMPOSE_GENERATED, .lang = "fr" };

	if (texts_fill(g->d->texts, g->a, "rappel", v, sizeof v / sizeof *v, &m.text, f) != ST_OK)
		return f->st;
	m.subject = subject_of(g->a, r, label);
	return plan_send(g, MAIL_KIND_REMINDER, &m, NOTIFY_MAX_BYTES, g->in->now, false, f);
}

static bool
is_asker(const struct recall *r, const struct agent *x)
{
	return strcmp(x->section, r->by) == 0;
}

static bool
is_concerned(const struct planning *g, const struct recall *r, const struct agent *x)
{
	const struct remind_ticket t = { .category = r->category, .agent = r->agent };

	return !agent_is_away(g, x) && remind_concerns(g->d, &t, x);
}

/* The asker; of an asker who is away or gone, those whom the ticket concerns. */
static bool
is_for(const struct planning *g, const struct recall *r, const struct agent *x)
{
	bool known = false, others = false;

	for (size_t i = 0; i < g->d->nagents; i++) {
		const struct agent *y = &g->d->agents[i];

		if (is_asker(r, y) && !agent_is_away(g, y))
			return is_asker(r, x);
		known = known || is_asker(r, y);
		others = others || is_concerned(g, r, y);
	}
	if (others)
		return is_concerned(g, r, x);
	return !known || is_asker(r, x);
}

enum status
recall_mail(struct arena *a, const struct desk *d, const struct recall *r, int64_t now,
    const struct plan_facts *random, struct plan *out, struct fault *f)
{
	const struct plan_in in = { .now = now };
	struct planning g = { a, d, &in, random, out, 0 };

	plan_empty(&g);
	out->ref = r->ref;
	out->ticket = r->ticket;
	for (size_t i = 0; i < d->nagents; i++)
		if (is_for(&g, r, &d->agents[i]) &&
		    send_to(&g, r, &d->agents[i], f) != ST_OK)
			return f->st;
	return ST_OK;
}
