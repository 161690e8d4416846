/* ack.c - which acknowledgment a new ticket gets (LAW-AND-SAFETY sections 1 and 3), and the
 * mail itself: fixed subject, fixed text, nothing that the sender chose.
 *
 * Whoever reads the mailbox of a person in danger reads all of it: as long as a sensitive ticket of
 * a person is kept, no mail of theirs, whatever it asks, gets more than violence_ack allows. */
#include "plan_int.h"

#include "limits.h"

#include <string.h>

static const char discreet_subject[] = "Votre message à la mairie";
static const char short_template[] = "ack-court";

bool
verdict_has(const struct verdict *v, const char *category)
{
	for (size_t i = 0; i < v->ncats; i++)
		if (strcmp(v->cats[i].name, category) == 0)
			return true;
	return strcmp(v->category, category) == 0;
}

bool
verdict_is_danger(const struct verdict *v)
{
	return v->urgency == URGENCY_VITAL || verdict_has(v, "violences");
}

static void
choose(struct planning *g, enum ack ack, const char *because)
{
	g->p->ack = ack;
	g->p->ack_because = because;
}

/* An answer that would go elsewhere than where a frightened person wrote from. */
static bool
answer_goes_elsewhere(const struct planning *g)
{
	const struct mail *m = g->in->mail;

	return m->reply_to.n > 0 && !addr_same(m->reply_to.v[0].spec, g->p->who.sender);
}

/* An agent noted another way to this person: the address that they write from is not safe. */
static bool
is_reached_elsewhere(const struct planning *g)
{
	const char *contact = g->facts->contact;

	return contact != NULL && contact[0] != '\0' && !addr_same(contact, g->p->who.sender);
}

static void
choose_violence(struct planning *g, const char *why)
{
	static const struct { enum ack ack; const char *says; } modes[] = {
		[VIOLENCE_ACK_AGENT] = { ACK_AGENT, "only on an agent's order" },
		[VIOLENCE_ACK_DISCREET] = { ACK_DISCREET, "the discreet text" },
		[VIOLENCE_ACK_NONE] = { ACK_NONE, "no automatic mail" },
	};

	choose(g, modes[g->d->violence_ack].ack,
	    arena_printf(g->a, "%s: %s", why, modes[g->d->violence_ack].says));
}

void
ack_choose(struct planning *g)
{
	const struct verdict *v = g->in->verdict;
	const struct category *c = rules_category(g->d->rules, v->category);

	g->p->no_auto = v->no_reply || g->facts->person_no_auto;
	if (g->p->no_auto)
		choose(g, ACK_NONE, "asked not to be answered");
	else if (verdict_has(v, "violences"))
		choose_violence(g, "suspected violence");
	else if (g->facts->person_sensitive)
		choose_violence(g, "this person has a sensitive ticket");
	else if (is_reached_elsewhere(g))
		choose_violence(g, "this person is reached safely elsewhere");
	else if (v->sensitive && answer_goes_elsewhere(g))
		choose(g, ACK_NONE, "sensitive, and the answer would go to another address");
	else if (v->sensitive)
		choose(g, ACK_SHORT, "sensitive: the text that tells nothing");
	else if (c != NULL && c->short_ack)
		choose(g, ACK_SHORT, "asks for nothing: the short text");
	else
		choose(g, ACK_STANDARD, "a demand");
	if (g->p->ack == ACK_DISCREET && answer_goes_elsewhere(g))
		choose(g, ACK_NONE, "it must be discreet, and would go to another address");
}

static void
facts_fill(const struct planning *g, int64_t received, struct ack_facts *k)
{
	const struct desk *d = g->d;
	const struct category *c = rules_category(d->rules, g->p->category);

	*k = (struct ack_facts){
		.template_name = g->p->ack == ACK_STANDARD && c != NULL ? c->template_name :
		    short_template,
		.category = g->p->category, .ref = g->p->ref, .bureau = d->name,
		.organisation = d->organisation, .address = d->address, .phone = d->phone,
		.postal_address = d->postal_address, .lang = g->p->lang,
		.received = received, .now = g->in->now, .promise_days = d->promise_days,
		.hours = &d->hours, .directory = d->directory, .quartiers = d->quartiers,
	};
}

/* The subject is of our own words; only the standard one names the bureau and the ticket. */
static const char *
subject_of(const struct planning *g)
{
	if (g->p->ack != ACK_STANDARD)
		return discreet_subject;
	return arena_printf(g->a, "Votre message au %s [%s]",
	    g->d->name[0] != '\0' ? g->d->name : "bureau", g->p->ref);
}

static enum status
ack_send(struct planning *g, const char *to, const char *answers, int64_t received, bool held,
    struct fault *f)
{
	struct ack_facts k;
	struct outmail m = { .to = to, .automatic = COMPOSE_REPLIED };
	const char *text;

	facts_fill(g, received, &k);
	if (texts_ack(g->d->texts, g->a, &k, &text, f) != ST_OK)
		return f->st;
	m.subject = subject_of(g);
	m.text = text;
	m.lang = "fr";
	m.in_reply_to = answers;
	m.references.v = &m.in_reply_to;
	m.references.n = m.in_reply_to[0] != '\0';
	return plan_send(g, MAIL_KIND_ACK, &m, LIMIT_ACK, g->in->now + g->d->ack_delay_seconds,
	    held, f);
}

enum status
ack_write(struct planning *g, bool held, struct fault *f)
{
	return ack_send(g, g->p->who.sender, g->in->mail->message_id, g->in->received, held, f);
}

enum status
ack_later(struct planning *g, const struct ticket_facts *t, struct fault *f)
{
	bool secret = g->p->sensitive || t->person_sensitive || strcmp(t->category, "violences") == 0;

	choose(g, secret ? ACK_DISCREET : ACK_STANDARD, "on an agent's order");
	g->p->category = t->category;
	g->p->lang = t->lang;
	/* Where an agent noted a safe address, nothing goes to the other, nor names its mail. */
	if (addr_is_strict(t->contact))
		return ack_send(g, t->contact, "", t->opened, false, f);
	return ack_send(g, t->citizen, t->message_id, t->opened, false, f);
}

/* The sender's own, and of a mail that may be answered: as if it had opened the ticket. */
enum status
ack_replace(struct planning *g, struct fault *f)
{
	const struct ticket_facts *t = g->p->thread.hit->facts;

	if (t == NULL || !t->ack_waits || !plan_turns_sensitive(g))
		return ST_OK;
	if (strcmp(g->p->row, "18") == 0 && addr_same(g->p->who.sender, t->citizen))
		ack_choose(g);
	g->p->ack_because = arena_printf(g->a, "the one that waited is withdrawn; %s",
	    g->p->ack_because);
	if (g->p->ack == ACK_NONE || g->p->ack == ACK_AGENT)
		return ST_OK;
	return ack_write(g, plan_cap_reached(g), f);
}

void
ack_withdraw(struct planning *g)
{
	struct plan *p = g->p;
	const struct plan_change *c = &p->change;

	if (!p->has_ticket)
		return;
	if (plan_turns_sensitive(g) || c->silence || c->contact[0] != '\0')
		p->withdraw = PLAN_WITHDRAW_PERSON;
	else if (c->has_outcome && c->outcome == TICKET_OUTCOME_SPAM)
		p->withdraw = PLAN_WITHDRAW_TICKET;
	if (p->withdraw != PLAN_WITHDRAW_NONE && !p->opens && p->thread.hit->facts != NULL &&
	    p->thread.hit->facts->ack_waits)
		plan_event(g, EVENT_NOTE, "bureaud", "the acknowledgment that waited is withdrawn");
}

const char *
ack_name(enum ack k)
{
	static const char *const names[] = {
		[ACK_STANDARD] = "standard", [ACK_SHORT] = "short", [ACK_DISCREET] = "discreet",
		[ACK_AGENT] = "agent", [ACK_NONE] = "none",
	};

	return names[k];
}
