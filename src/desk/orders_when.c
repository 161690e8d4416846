/* orders_when.c - the words that ask the clock for something: #rappel, #absent. */
#include "orders.h"

/* At the hour that the agent said, else when the bureau opens on that day. */
static int64_t
rings_at(const struct ordering *o, const struct command *c)
{
	return c->at != 0 ? c->at :
	    hours_next_opening(&o->g->d->hours, date_instant(c->day, 0, 0));
}

bool
order_rappel(struct ordering *o, size_t i)
{
	const struct command *c = &o->commands.v[i];
	struct plan_change *k = &o->g->p->change;
	struct arena *a = o->g->a;
	int64_t at = rings_at(o, c);

	if (k->reminder == NULL)
		k->reminder = arena_new(a, struct plan_reminder, COMMAND_MAX);
	k->reminder[k->nreminders++] = (struct plan_reminder){ at, c->day, c->text };
	return order_done(o, i, arena_printf(a, "un rappel vous sera envoyé le %s à %s ; l’état du dossier "
	    "ne change pas", say_day(a, c->day), say_time(a, at)));
}

/* Whoever is away is so for whole days; the day after is named, since it is what they know. */
bool
order_absent(struct ordering *o, size_t i)
{
	const struct command *c = &o->commands.v[i];
	struct plan_absence *k = &o->g->p->absence;
	struct arena *a = o->g->a;

	if (k->any)
		return order_refused(o, i, "une absence par message");
	*k = (struct plan_absence){ true, c->cancel, c->day, c->until };
	if (c->cancel)
		return order_done(o, i, "vous êtes là : vos avis vous reviennent");
	if (c->day == c->until)
		return order_done(o, i, arena_printf(a, "le %s : vos avis vont aux autres, et vous "
		    "reviennent d’eux-mêmes ensuite", say_day(a, c->day)));
	return order_done(o, i, arena_printf(a, "du %s au %s : vos avis vont aux autres, et vous "
	    "reviennent d’eux-mêmes ensuite", say_day(a, c->day), say_day(a, c->until)));
}
