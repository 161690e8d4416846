/* apply_change.c - what an agent's orders change of a ticket and of its people. */
#include "apply.h"

/* From now on nothing automatic, what already waits included. */
enum status
apply_silence(struct applying *g, const char *address)
{
	struct val v = db_text("@address", address);

	if (db_run(g->s, SQL_PERSON_SILENCE, DB_VALS(v), g->f) != ST_OK)
		return g->f->st;
	return db_run(g->s, SQL_PERSON_ACKS_DROP, DB_VALS(v), g->f);
}

static enum status
reminders_put(struct applying *g)
{
	const struct plan_change *c = &g->p->change;

	for (size_t i = 0; i < c->nreminders; i++)
		if (db_run(g->s, SQL_REMINDER_ADD, DB_VALS(db_int("@ticket", g->ticket),
		    db_text("@agent", g->p->who.agent->section),
		    db_int("@at", c->reminder[i].at), db_int("@day", c->reminder[i].day),
		    db_text("@kind", "recall"), db_text("@text", c->reminder[i].text),
		    db_int("@message", g->message)), g->f) != ST_OK)
			return g->f->st;
	return ST_OK;
}

/* An agent's orders.  What silences or protects belongs to the citizen, not to the ticket. */
enum status
apply_change(struct applying *g)
{
	const struct plan_change *c = &g->p->change;
	struct val ticket = db_int("@ticket", g->ticket);

	if (!c->any)
		return ST_OK;
	if (db_run(g->s, SQL_TICKET_CHANGE, DB_VALS(ticket, db_text("@agent", c->agent),
	    db_text("@category", c->category), db_text("@quartier", c->quartier),
	    db_text("@urgency", c->has_urgency ? urgency_name(c->urgency) : ""),
	    db_int("@has_outcome", c->has_outcome),
	    db_text("@outcome", ticket_outcome_name(c->outcome)),
	    db_int("@sensitive", c->sensitive), db_int("@answered", c->answered),
	    db_int("@now", g->now)), g->f) != ST_OK)
		return g->f->st;
	if (c->contact[0] != '\0' && db_run(g->s, SQL_CONTACT_SET, DB_VALS(ticket,
	    db_text("@contact", c->contact)), g->f) != ST_OK)
		return g->f->st;
	if (c->silence && apply_silence(g, g->p->thread.hit->facts->citizen) != ST_OK)
		return g->f->st;
	if (c->has_meeting && db_run(g->s, SQL_MEETING_SET, DB_VALS(ticket,
	    db_int("@at", c->meeting), db_int("@sequence", c->meeting_sequence),
	    db_text("@place", c->meeting_place)), g->f) != ST_OK)
		return g->f->st;
	if (reminders_put(g) != ST_OK)
		return g->f->st;
	for (size_t i = 0; i < c->npartners; i++)
		if (db_run(g->s, SQL_PARTICIPANT_ADD, DB_VALS(ticket,
		    db_text("@address", c->partner[i]), db_text("@role", "partner")), g->f) != ST_OK)
			return g->f->st;
	if (c->admit[0] == '\0')
		return ST_OK;
	return db_run(g->s, SQL_PARTICIPANT_ADD, DB_VALS(ticket, db_text("@address", c->admit),
	    db_text("@role", "admitted")), g->f);
}
