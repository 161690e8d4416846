/* orders_ical.c - #rdv: an invitation that the citizen's calendar understands, its change and
 * its cancellation, one uid a ticket. */
#include "orders.h"

#include "calendar.h"

enum { MEETING_MINUTES = 30 };

static bool
meeting_send(struct ordering *o, size_t i, struct calendar_meeting *m, const char *name)
{
	const struct desk *d = o->g->d;
	struct arena *a = o->g->a;
	const struct template_var v[] = {
		{ "jour", say_day(a, date_local_day(m->start)) },
		{ "heure", say_time(a, m->start) }, { "lieu", m->place },
		{ "change", o->t->meeting != 0 ? "oui" : "" },
	};
	struct compose_part part[2];
	const struct letter l = { MAIL_KIND_INVITE, name, v, 4, part, 2 };
	struct span ics;
	struct fault f;

	m->uid = arena_printf(a, "%s@%s", o->hit->ref, d->domain);
	m->sequence = o->t->meeting_sequence + 1;
	m->stamp = o->g->in->now;
	m->minutes = MEETING_MINUTES;
	m->summary = arena_printf(a, "Rendez-vous – %s",
	    d->name[0] != '\0' ? d->name : "mairie");
	m->description = arena_printf(a, "Référence %s%s%s", o->hit->ref,
	    d->phone[0] != '\0' ? ", tél. " : "", d->phone);
	m->organizer = d->address;
	m->organizer_name = d->name;
	m->attendee = order_address(o->t);
	if (!addr_is_strict(m->attendee))
		return order_refused(o, i, "ce dossier n’a pas d’adresse à laquelle écrire");
	if (calendar_write(a, m, &ics, &f) != ST_OK)
		return order_refused(o, i, "l’invitation n’a pas pu être écrite");
	/* The first is read by calendars, the second can be saved from any client. */
	part[0] = (struct compose_part){ calendar_type(m), "", ics };
	part[1] = (struct compose_part){ "application/ics", "rendez-vous.ics", ics };
	return order_write_citizen(o, i, &l);
}

static void
meeting_keep(struct ordering *o, const struct calendar_meeting *m)
{
	struct plan_change *c = &o->g->p->change;

	c->has_meeting = true;
	c->meeting = m->cancel ? 0 : m->start;
	c->meeting_sequence = m->sequence;
	c->meeting_place = m->place;
}

static bool
cancel(struct ordering *o, size_t i)
{
	struct calendar_meeting m = { .cancel = true, .start = o->t->meeting,
	    .place = o->t->meeting_place };

	if (o->t->meeting == 0)
		return order_refused(o, i, "aucun rendez-vous n’est fixé dans ce dossier");
	if (!order_may_write(o, i, 1) || !meeting_send(o, i, &m, "rdv-annule"))
		return false;
	meeting_keep(o, &m);
	return order_done(o, i, arena_printf(o->g->a,
	    "rendez-vous du %s annulé, la personne en est avertie",
	    say_day(o->g->a, date_local_day(m.start))));
}

bool
order_rdv(struct ordering *o, size_t i)
{
	const struct command *c = &o->commands.v[i];
	struct calendar_meeting m = { .start = c->at,
	    .place = c->text[0] != '\0' ? c->text : o->g->d->postal_address };

	if (order_is_secret(o))
		return order_refused(o, i, "dossier sensible : pas d’invitation, "
		    "convenez-en de vive voix");
	if (c->cancel)
		return cancel(o, i);
	if (!order_may_write(o, i, 1) || !meeting_send(o, i, &m, "rdv"))
		return false;
	meeting_keep(o, &m);
	order_waits(o, c->day);
	return order_done(o, i, arena_printf(o->g->a, "invitation envoyée : %s à %s",
	    say_day(o->g->a, c->day), say_time(o->g->a, c->at)));
}
