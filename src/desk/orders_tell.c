/* orders_tell.c - agents who must know what another one ordered: who gets the ticket, those of
 * its new category, those on call when a life is in danger. */
#include "orders.h"

#include <string.h>

static const char *
or_else(const char *z, const char *other)
{
	return z[0] != '\0' ? z : other;
}

void
notice_open(struct ordering *o, struct notice *n)
{
	const struct plan_change *c = &o->g->p->change;

	*n = (struct notice){ .g = *o->g, .p = *o->g->p, .in = *o->g->in, .t = *o->t,
	    .hit = *o->hit };
	n->t.agent = or_else(c->agent, n->t.agent);
	n->t.category = or_else(c->category, n->t.category);
	n->t.contact = or_else(c->contact, n->t.contact);
	n->hit.facts = &n->t;
	n->mail = (struct mail){ .message_id = n->t.message_id, .subject = n->t.subject,
	    .text = n->t.text, .reply_text = n->t.text, .lang = n->t.lang, .ical = "" };
	n->verdict = (struct verdict){ .category = n->t.category, .quartier = "",
	    .urgency = c->has_urgency ? c->urgency : n->t.urgency };
	n->p.thread.hit = &n->hit;
	n->p.category = n->t.category;
	n->p.urgency = n->verdict.urgency;
	n->p.citizen = n->t.citizen;
	n->p.subject = n->t.subject;
	n->p.lang = n->t.lang;
	n->in.mail = &n->mail;
	n->in.verdict = &n->verdict;
	n->g.p = &n->p;
	n->g.in = &n->in;
}

void
notice_close(struct ordering *o, const struct notice *n)
{
	o->g->p->nmails = n->p.nmails;
	o->g->p->nevents = n->p.nevents;
	o->g->used_random = n->g.used_random;
}

static bool
is_told(const struct notice *n, size_t from, const struct agent *x)
{
	for (size_t i = from; i < n->p.nmails; i++)
		if (strcmp(n->p.mails[i].to, x->spec) == 0)
			return true;
	return false;
}

static enum status
tell(struct notice *n, const struct agent *author, const struct agent *to, const char *why,
    struct fault *f)
{
	struct planning *g = &n->g;
	bool open = !n->p.sensitive;
	const struct template_var v[] = {
		{ "ref", n->p.ref }, { "agent", author->name }, { "mots", why },
		{ "sensible", open ? "" : "oui" }, { "contact", n->t.contact },
		{ "categorie", open ? notify_label(g) : "" },
		{ "expediteur", open ? n->t.citizen : "" }, { "objet", open ? n->t.subject : "" },
		{ "texte", open ? n->t.text : "" }, { "bureau", g->d->name },
	};
	struct outmail m = { .to = to->spec, .automatic = COMPOSE_GENERATED, .lang = "fr" };

	if (texts_fill(g->d->texts, g->a, "confie", v, sizeof v / sizeof *v, &m.text, f) != ST_OK)
		return f->st;
	m.subject = notify_subject(g);
	return plan_send(g, MAIL_KIND_NOTIFY, &m, NOTIFY_MAX_BYTES, g->in->now, false, f);
}

/* Raised just now, and not only said again. */
static bool
is_raised(const struct ordering *o)
{
	const struct plan_change *c = &o->g->p->change;

	return c->has_urgency && c->urgency == URGENCY_VITAL && o->t->urgency != URGENCY_VITAL &&
	    o->state != TICKET_CLOSED;
}

/* Alerts are repeated until somebody has the ticket; its author may have it already. */
static enum status
alert(struct ordering *o, struct notice *n, struct fault *f)
{
	const struct plan_change *c = &o->g->p->change;
	const char *me = o->g->p->who.agent->section;
	bool had = c->answered || strcmp(or_else(c->agent, o->t->agent), me) == 0;

	n->p.due = 0;
	if (notify_ticket(&n->g, f) != ST_OK)
		return f->st;
	o->g->p->watch = n->p.watch && !had;
	return ST_OK;
}

/* Whoever is away is told by nobody else's being there: what follows goes to the others. */
static enum status
tell_assigned(struct ordering *o, struct notice *n, size_t from, struct fault *f)
{
	const struct agent *me = o->g->p->who.agent;

	for (size_t i = 0; i < o->g->d->nagents; i++) {
		const struct agent *x = &o->g->d->agents[i];

		if (strcmp(x->section, o->g->p->change.agent) == 0 && x != me &&
		    !is_told(n, from, x))
			return tell(n, me, x, "vous confie ce dossier. Ce qui suit ne va qu’à vous.", f);
	}
	return ST_OK;
}

static enum status
tell_category(struct ordering *o, struct notice *n, size_t from, struct fault *f)
{
	const struct agent *me = o->g->p->who.agent;

	for (size_t i = 0; i < o->g->d->nagents; i++) {
		const struct agent *x = &o->g->d->agents[i];

		if (agent_has(x, n->t.category) && x != me && !agent_is_away(o->g, x) &&
		    !is_told(n, from, x) &&
		    tell(n, me, x, "a rangé ce dossier dans l’une de vos catégories.", f) != ST_OK)
			return f->st;
	}
	return ST_OK;
}

enum status
orders_tell(struct ordering *o, struct fault *f)
{
	const struct plan_change *c = &o->g->p->change;
	struct notice n;
	size_t from = o->g->p->nmails;
	enum status st = ST_OK;

	if (o->hit == NULL || (c->agent[0] == '\0' && c->category[0] == '\0' && !is_raised(o)))
		return ST_OK;
	notice_open(o, &n);
	if (is_raised(o))
		st = alert(o, &n, f);
	if (st == ST_OK && c->agent[0] != '\0' && strcmp(c->agent, o->t->agent) != 0)
		st = tell_assigned(o, &n, from, f);
	if (st == ST_OK && c->category[0] != '\0' && strcmp(c->category, o->t->category) != 0)
		st = tell_category(o, &n, from, f);
	notice_close(o, &n);
	return st;
}
