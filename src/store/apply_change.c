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
participant_put(struct applying *g, const char *address, const char *role)
{
	if (db_run(g->s, SQL_PARTICIPANT_ADD, DB_VALS(db_int("@ticket", g->ticket),
	    db_text("@address", address), db_text("@role", role)), g->f) != ST_OK)
		return g->f->st;
	return db_changes(g->s) == 0 ? ST_OK :
	    undo_note(g, UNDO_PARTICIPANT, g->ticket, addr_key(g->a, address), role);
}

static enum status
reminders_put(struct applying *g)
{
	const struct plan_change *c = &g->p->change;

	for (size_t i = 0; i < c->nreminders; i++) {
		if (db_run(g->s, SQL_REMINDER_ADD, DB_VALS(db_int("@ticket", g->ticket),
		    db_text("@agent", g->p->who.agent->section),
		    db_int("@at", c->reminder[i].at), db_int("@day", c->reminder[i].day),
		    db_text("@kind", "recall"), db_text("@text", c->reminder[i].text),
		    db_int("@message", g->message)), g->f) != ST_OK ||
		    undo_note(g, UNDO_REMINDER, g->ticket, arena_printf(g->a, "%lld",
		    (long long)db_last_id(g->s)), "1") != ST_OK)
			return g->f->st;
	}
	return ST_OK;
}

/* For the digest: what is settled stays counted in its week, also when the ticket reopens. */
static enum status
closing_put(struct applying *g)
{
	const struct plan *p = g->p;
	struct val ticket = db_int("@ticket", g->ticket), message = db_int("@message", g->message);
	struct val outcome = db_text("@outcome", ticket_outcome_name(p->change.outcome));
	enum status st = ST_NONE;
	int64_t id;

	if (p->state != TICKET_CLOSED || !p->change.has_outcome)
		return ST_OK;
	if (g->was_closed)
		st = db_get(g->s, SQL_CLOSING_CHANGE, DB_VALS(ticket, outcome), &id, g->f);
	return st != ST_NONE ? st : db_run(g->s, SQL_CLOSING_ADD, DB_VALS(ticket, message, outcome,
	    db_int("@now", g->now)), g->f);
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
	if (reminders_put(g) != ST_OK || closing_put(g) != ST_OK)
		return g->f->st;
	for (size_t i = 0; i < c->npartners; i++)
		if (participant_put(g, c->partner[i], "partner") != ST_OK)
			return g->f->st;
	return c->admit[0] != '\0' ? participant_put(g, c->admit, "admitted") : ST_OK;
}
