#include "plan.h"

#include "failure.h"
#include "fold.h"
#include "plan_int.h"
#include "tokens.h"

#include <assert.h>
#include <string.h>

/* ---- what the plan says of the ticket ---- */

void
plan_event(struct planning *g, enum event_kind kind, const char *by, const char *text)
{
	struct plan *p = g->p;

	assert(p->nevents < PLAN_EVENTS_MAX);
	p->events[p->nevents++] = (struct plan_event){ kind, by, text };
}

static const char *
event_by(const struct planning *g)
{
	const struct ident *who = &g->p->who;

	return who->agent != NULL ? who->agent->section : mail_role_name(g->p->role);
}

/* The neighbourhood that the person names, by its name, an alias or a street. */
static const char *
quartier_named(const struct planning *g)
{
	struct folded f;

	if (g->d->quartiers == NULL)
		return "";
	fold_text(g->a, span_of(arena_printf(g->a, "%s\n%s", g->in->mail->subject,
	    g->in->mail->reply_text)), &f);
	return quartiers_find(g->d->quartiers, f.text);
}

static void
ticket_facts(struct planning *g)
{
	const struct verdict *v = g->in->verdict;
	const struct mail *m = g->in->mail;
	struct plan *p = g->p;

	p->has_ticket = true;
	p->category = v->category;
	p->urgency = v->urgency;
	p->sensitive = v->sensitive;
	p->quartier = v->quartier[0] != '\0' ? v->quartier : quartier_named(g);
	p->lang = m->lang;
	p->subject = m->subject;
	p->citizen = p->who.sender;
}

static void
about_note(struct planning *g)
{
	const struct thread_hit *about = g->p->thread.about;

	if (about == NULL)
		return;
	g->p->about_ticket = about->ticket;
	plan_event(g, EVENT_NOTE, "bureaud",
	    arena_printf(g->a, "may be about %s: %s", about->ref, g->p->thread.because));
}

/* Counted from reception; a mail found late gets a day that can still be kept. */
static date_day
promise(const struct planning *g)
{
	date_day day = hours_promise(&g->d->hours, g->in->received, g->d->promise_days);

	return day >= date_local_day(g->in->now) ? day :
	    hours_promise(&g->d->hours, g->in->now, g->d->promise_days);
}

static void
open_ticket(struct planning *g)
{
	struct plan *p = g->p;
	struct deadlines legal = deadlines_of(g->in->received);

	ticket_facts(g);
	p->outcome = MAIL_OUTCOME_NEW_TICKET;
	p->opens = true;
	p->state = TICKET_OPEN;
	p->ref_year = date_local(g->in->now).date.y;
	p->ref_number = g->facts->next_number;
	p->ref = arena_printf(g->a, "%s-%04d-%05d", g->d->prefix, p->ref_year, p->ref_number);
	p->due = promise(g);
	p->due_ar = legal.ar;
	p->due_silence = legal.silence;
	plan_event(g, EVENT_MAIL_IN, event_by(g), p->because);
	about_note(g);
}

static void
join_ticket(struct planning *g)
{
	const struct thread_hit *h = g->p->thread.hit;
	struct plan *p = g->p;
	bool person = p->who.who == WHO_CITIZEN;

	ticket_facts(g);
	p->outcome = MAIL_OUTCOME_APPEND;
	p->ref = h->ref;
	p->ticket = h->ticket;
	p->sensitive = p->sensitive || h->sensitive;
	p->state = person ? TICKET_OPEN : h->state;
	if (p->who.own_by_hand && h->state != TICKET_CLOSED)
		p->state = TICKET_WAITING;
	plan_event(g, EVENT_MAIL_IN, event_by(g), p->thread.because);
}

bool
plan_turns_sensitive(const struct planning *g)
{
	const struct plan *p = g->p;

	return p->has_ticket && (p->sensitive || p->change.sensitive) &&
	    (p->opens || !p->thread.hit->sensitive);
}

static void
record(struct planning *g)
{
	g->p->outcome = MAIL_OUTCOME_RECORDED;
	g->p->file = PLAN_FILE_FILED;
}

static void
set_aside(struct planning *g)
{
	g->p->outcome = MAIL_OUTCOME_QUARANTINED;
	g->p->file = PLAN_FILE_REVIEW;
}

/* Only a report that carries an id signed here speaks of a mail of ours. */
static void
report(struct planning *g)
{
	const struct bounce *b = &g->in->mail->bounce;

	if (g->p->who.who != WHO_BOUNCE || strcmp(b->action, "delayed") == 0 ||
	    !msgid_is_ours(g->d->key, b->message_id))
		return;
	g->p->failed = b->message_id;
	g->p->failed_status = failure_code(g->a, 0, b->status);
}

static void
bounce(struct planning *g)
{
	const struct bounce *b = &g->in->mail->bounce;

	join_ticket(g);
	g->p->outcome = MAIL_OUTCOME_BOUNCE;
	g->p->file = PLAN_FILE_FILED;
	g->p->nevents = 0;
	plan_event(g, EVENT_BOUNCE, "bureaud", arena_printf(g->a, "%s: %s %s",
	    b->recipient[0] != '\0' ? b->recipient : "a recipient", b->action, b->status));
}

/* A category of a human look: what nobody could sort must not wait. */
static void
human_look(struct planning *g)
{
	const struct verdict *v = g->in->verdict;

	if ((v->short_text || v->limited) && g->p->urgency == URGENCY_NORMAL)
		g->p->urgency = URGENCY_HIGH;
	if (v->limited)
		plan_event(g, EVENT_NOTE, "bureaud", "a rule reached its limit: read it yourself");
	if (g->in->mail->flags & MAIL_ENCRYPTED)
		plan_event(g, EVENT_NOTE, "bureaud", "encrypted: only its addressee can read it");
	if (g->in->mail->flags & (MAIL_PARTIAL | MAIL_CUT))
		plan_event(g, EVENT_NOTE, "bureaud", "too large to be read whole: see the original");
}

static enum status
ticket_opens(struct planning *g, bool acknowledge, bool held, struct fault *f)
{
	open_ticket(g);
	human_look(g);
	g->p->untrusted = authres_refutes(&g->p->who.auth);
	ack_choose(g);
	if (!acknowledge) {
		g->p->ack = ACK_NONE;
		g->p->ack_because = g->p->because;
	}
	if (g->p->ack == ACK_NONE || g->p->ack == ACK_AGENT) {
		g->p->because = arena_printf(g->a, "no acknowledgment: %s", g->p->ack_because);
		plan_event(g, EVENT_NOTE, "bureaud", g->p->because);
	}
	if (g->p->ack != ACK_NONE && g->p->ack != ACK_AGENT && ack_write(g, held, f) != ST_OK)
		return f->st;
	return notify_ticket(g, f);
}

static enum status
ticket_joins(struct planning *g, struct fault *f)
{
	join_ticket(g);
	human_look(g);
	if (g->in->verdict->no_reply)
		g->p->no_auto = true;
	g->p->ack_because = "the first acknowledgment covers it";
	if (ack_replace(g, f) != ST_OK)
		return f->st;
	return notify_ticket(g, f);
}

static enum status
apart(struct planning *g, struct fault *f)
{
	set_aside(g);
	if (g->p->who.who == WHO_AGENT_UNPROVEN && g->p->who.agent != NULL &&
	    confirm_ask(g, f) != ST_OK)
		return f->st;
	return notify_danger(g, f);
}

static enum status
recorded(struct planning *g, struct fault *f)
{
	record(g);
	if (strcmp(g->p->row, "13") == 0 && notify_loop(g, f) != ST_OK)
		return f->st;
	return notify_danger(g, f);
}

static enum status
appended(struct planning *g, struct fault *f)
{
	join_ticket(g);
	g->p->file = PLAN_FILE_FILED;
	return notify_danger(g, f);
}

/* An agent's mail: what it orders and answers; without a ticket it is kept, and the agent is
 * told what can be done. */
static enum status
agent_wrote(struct planning *g, struct fault *f)
{
	if (plan_joins(g))
		join_ticket(g);
	else
		record(g);
	g->p->file = PLAN_FILE_FILED;
	/* What was written from the mailbox itself has reached its reader already. */
	if (!g->p->who.own_by_hand && g->p->who.agent != NULL && agent_orders(g, f) != ST_OK)
		return f->st;
	return plan_joins(g) ? ST_OK : notify_danger(g, f);
}

/* The kind is under the MAC like the rest of the id. */
static enum status
own(struct planning *g)
{
	struct plan *p = g->p;

	p->outcome = MAIL_OUTCOME_SELF;
	p->file = PLAN_FILE_FILED;
	if (strcmp(msgid_kind(g->a, p->who.own_id), mail_kind_name(MAIL_KIND_SELFTEST)) == 0)
		p->selftest = p->who.own_id;
	return ST_OK;
}

static enum status
act_do(struct planning *g, enum act act, struct fault *f)
{
	switch (act) {
	case ACT_SELF: return own(g);
	case ACT_RECORD: return recorded(g, f);
	case ACT_APPEND_OR_RECORD: return plan_joins(g) ? appended(g, f) : recorded(g, f);
	case ACT_BOUNCE_OR_RECORD:
		report(g);
		if (g->p->who.who != WHO_BOUNCE || !plan_joins(g))
			return recorded(g, f);
		bounce(g);
		return notify_danger(g, f);
	case ACT_SET_ASIDE: return apart(g, f);
	case ACT_AGENT: return agent_wrote(g, f);
	case ACT_TICKET_SILENT: return ticket_opens(g, false, false, f);
	case ACT_JOIN_OR_SILENT:
		return plan_joins(g) ? ticket_joins(g, f) : ticket_opens(g, false, false, f);
	case ACT_APPEND: return ticket_joins(g, f);
	case ACT_TICKET_HELD: return ticket_opens(g, true, true, f);
	case ACT_TICKET: return ticket_opens(g, true, false, f);
	}
	return fault_set(f, ST_PERM, "an act that the table does not have: %d", (int)act);
}

static enum mail_role
role_of(enum who who)
{
	static const enum mail_role roles[] = {
		[WHO_CITIZEN] = MAIL_ROLE_CITIZEN, [WHO_AGENT] = MAIL_ROLE_AGENT,
		[WHO_AGENT_UNPROVEN] = MAIL_ROLE_UNKNOWN, [WHO_SELF] = MAIL_ROLE_SYSTEM,
		[WHO_MACHINE] = MAIL_ROLE_SYSTEM, [WHO_LIST] = MAIL_ROLE_SYSTEM,
		[WHO_BOUNCE] = MAIL_ROLE_SYSTEM, [WHO_UNREADABLE] = MAIL_ROLE_UNKNOWN,
	};

	return roles[who];
}

/* In a Message-ID or in the address. */
static bool
is_by_token(const struct thread_hit *h)
{
	return h->by == THREAD_BY_SIGNED || h->by == THREAD_BY_TOKEN;
}

/* What lists many tickets, or what waits, proves its agent for any. */
static bool
proves_alone(const struct planning *g, const struct minted *m)
{
	enum mail_kind kind;

	return mail_kind_of(msgid_kind(g->a, m->message_id), &kind) && token_proves(kind);
}

/* A token proves an agent only in an answer to the mail it was minted for, and for the ticket of
 * that mail, which is the one that the answer would enter. */
static bool
answers_own_notification(const struct planning *g)
{
	const struct mail *m = g->in->mail;

	if (m == NULL || m->from.n != 1)
		return false;
	for (size_t i = 0; i < g->facts->nhits; i++)
		if (is_by_token(&g->facts->hits[i]) &&
		    g->facts->hits[i].ticket == g->facts->hits[0].ticket &&
		    addr_same(g->facts->hits[i].minted_for, m->from.v[0].spec))
			return true;
	for (size_t i = 0; i < g->facts->nminted; i++)
		if (proves_alone(g, &g->facts->minted[i]) &&
		    addr_same(g->facts->minted[i].for_, m->from.v[0].spec))
			return true;
	return false;
}

void
plan_empty(struct planning *g)
{
	*g->p = (struct plan){
		.row = "", .because = "", .ref = "", .category = "", .quartier = "", .lang = "",
		.subject = "", .citizen = "", .ack = ACK_NONE, .ack_because = "",
		.failed = "", .failed_status = "",
		.change = { .agent = "", .category = "", .quartier = "", .contact = "", .admit = "" },
		.events = arena_new(g->a, struct plan_event, PLAN_EVENTS_MAX),
		.mails = arena_new(g->a, struct plan_mail, plan_mails_max(g->d)),
		.notices = arena_new(g->a, const char *, g->d->nagents + 1),
	};
}

/* Whoever writes as a person whose domain says that it did not enters no ticket. */
static void
disown(const struct ident *who, struct thread *t)
{
	const struct thread_hit *h = t->hit;

	if (who->who == WHO_CITIZEN && authres_refutes(&who->auth) && h != NULL)
		*t = (struct thread){ THREAD_NEW, NULL, h->sensitive ? NULL : h, false,
		    "names a ticket, but the sender's domain disowns the mail" };
}

static void
plan_start(struct planning *g)
{
	struct ident_facts facts = g->in->ident;

	plan_empty(g);
	facts.in_reply_to_token_of = answers_own_notification(g) || confirm_proves(g);
	ident_mail(g->a, g->d, g->in->mail, &facts, &g->p->who);
	g->p->role = role_of(g->p->who.who);
	thread_decide(g->d, &g->p->who, g->facts->hits, g->facts->nhits, g->in->received,
	    &g->p->thread);
	disown(&g->p->who, &g->p->thread);
}

size_t
plan_mails_max(const struct desk *d)
{
	return 2 * d->nagents + 8 + PLAN_OUTWARD;
}

enum status
plan_make(struct arena *a, const struct desk *d, const struct plan_in *in,
    const struct plan_facts *facts, struct plan *out, struct fault *f)
{
	struct planning g = { a, d, plan_let_out(a, in), facts, out, 0 };
	enum act act;

	plan_start(&g);
	act = plan_row(&g);
	out->ack_because = out->because;
	if (act == ACT_SELF || plan_too_old(&g) == NULL) {
		if (act_do(&g, act, f) != ST_OK)
			return f->st;
		ack_withdraw(&g);
		plan_let_out_note(&g);
		return ST_OK;
	}
	out->row = "0";
	out->because = out->ack_because = plan_too_old(&g);
	record(&g);
	return ST_OK;
}
