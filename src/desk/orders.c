#include "orders.h"

#include <assert.h>
#include <string.h>

enum { TRANSCRIPT_BYTES = 600 * 1024, RELAY_BYTES = 40 * 1024 * 1024 };

static void
remark(struct ordering *o, const char *text)
{
	if (text[0] != '\0' && o->nremarks < sizeof o->remark / sizeof *o->remark)
		o->remark[o->nremarks++] = text;
}

/* Nobody outside is to see the cabinet's addresses either. */
static void
cabinet_hide(struct arena *a, const struct desk *d, struct relay_facts *rf)
{
	enum { CABINET_MAX = 16 };
	const char **v = arena_new(a, const char *, rf->ninternal + CABINET_MAX);
	struct span rest = span_of(d->cabinet), w;
	size_t n = 0;

	for (; n < rf->ninternal; n++)
		v[n] = rf->internal[n];
	while (n < rf->ninternal + CABINET_MAX && span_cut(&rest, ',', &w))
		v[n++] = addr_key(a, arena_span(a, span_trim(w)));
	rf->internal = v;
	rf->ninternal = n;
}

void
orders_words(struct arena *a, const struct desk *d, const struct mail *m,
    const struct agent *me, int64_t now, struct commands *commands, struct relay *relay)
{
	struct relay_facts rf;
	struct command_facts cf;
	struct relay_own own;

	relay_facts_of(a, d, me, &rf);
	cabinet_hide(a, d, &rf);
	rf.attachments = m->natt > 0;
	relay_own(a, &rf, span_of(m->text), &own);
	command_facts_of(a, d, now, me->section, &cf);
	cf.models = order_models(a, d);
	command_read(a, &cf, span_of(own.text), commands);
	relay_decide(a, &rf, &own, commands, relay);
}

/* ---- the answer to the citizen ---- */

const char *
order_address(const struct ticket_facts *t)
{
	return addr_is_strict(t->contact) ? t->contact : t->citizen;
}

static const char *
cannot_answer(const struct ordering *o)
{
	if (o->hit == NULL)
		return "ce message ne répond à aucun dossier : rien n’est parti";
	if (!addr_is_strict(order_address(o->t)))
		return "ce dossier n’a pas d’adresse à laquelle écrire";
	if (o->g->in->mail->flags & (MAIL_PARTS_TOO_BIG | MAIL_PARTIAL | MAIL_CUT))
		return "votre message est trop lourd pour être transmis entier : rien n’est parti";
	return "";
}

static const struct compose_part *
parts_of(struct planning *g, size_t *n)
{
	const struct mail *m = g->in->mail;
	struct compose_part *v = arena_new(g->a, struct compose_part, m->natt);

	for (size_t i = 0; i < m->natt; i++)
		v[i] = (struct compose_part){ m->att[i].type, m->att[i].filename, m->att[i].bytes };
	*n = m->natt;
	return v;
}

static enum status
answer_send(struct ordering *o, struct fault *f)
{
	struct planning *g = o->g;
	const struct ticket_facts *t = o->t;
	struct outmail m = { .to = order_address(t), .automatic = COMPOSE_HUMAN, .text = o->relay.text };

	m.subject = relay_subject(g->a, t->subject, o->hit->ref, g->p->sensitive);
	m.in_reply_to = t->message_id;
	m.references.v = &m.in_reply_to;
	m.references.n = m.in_reply_to[0] != '\0';
	m.part = parts_of(g, &m.nparts);
	if (plan_send(g, MAIL_KIND_RELAY, &m, RELAY_BYTES, g->in->now, false, f) != ST_OK)
		return f->st;
	g->p->change.any = g->p->change.answered = true;
	if (!o->state_said && o->state != TICKET_CLOSED)
		o->state = TICKET_WAITING;
	if (t->agent[0] == '\0' && g->p->change.agent[0] == '\0')
		g->p->change.agent = g->p->who.agent->section;
	else if (t->agent[0] != '\0' && strcmp(t->agent, g->p->who.agent->section) != 0)
		remark(o, arena_printf(g->a, "Ce dossier est suivi par %s.", t->agent));
	return ST_OK;
}

/* ---- the transcript ---- */

static enum status
transcript_send(struct ordering *o, const char *relayed, struct fault *f)
{
	struct planning *g = o->g;
	const struct transcript tr = {
		.ref = g->p->ref, .line = o->line, .nlines = o->commands.n, .relayed = relayed,
		.remarks = o->remark, .nremarks = o->nremarks, .held = o->faulty, .help = o->help,
		.undo = o->faulty ? "" : o->undo,
		.guide = o->help ? guide_text(g) : NULL,
	};
	struct outmail m = { .to = g->p->who.agent->spec, .automatic = COMPOSE_GENERATED, .lang = "fr" };

	m.text = transcript_text(g->a, &tr);
	m.subject = g->p->ref[0] != '\0' ? arena_printf(g->a, "[%s] %s", g->p->ref,
	    o->faulty ? "rien n’a été fait" : "c’est fait") : "Votre message au bureau";
	m.in_reply_to = g->in->mail->message_id;
	m.references.v = &m.in_reply_to;
	m.references.n = m.in_reply_to[0] != '\0';
	return plan_send(g, MAIL_KIND_TRANSCRIPT, &m, TRANSCRIPT_BYTES, g->in->now, false, f);
}

static void
hold_all(struct ordering *o)
{
	struct plan *p = o->g->p;

	o->faulty = true;
	p->change = (struct plan_change){ .agent = "", .category = "", .quartier = "", .contact = "",
	    .admit = "" };
	p->undo = (struct plan_undo){ 0 };
	p->absence = (struct plan_absence){ 0 };
	p->nmails = o->nmails;
	p->nevents = o->nevents;
	p->sensitive = o->sensitive;
	p->due = 0;
	p->ack = ACK_NONE;
	p->nconfirmed = 0;
}

/* All that is missing is a word of the agent's own: the mail waits for it, as it is. */
static enum status
wait_for_confirmation(struct ordering *o, struct fault *f)
{
	hold_all(o);
	if (o->hit != NULL)
		plan_event(o->g, EVENT_COMMAND, o->g->p->who.agent->section, "held: to be confirmed");
	o->faulty = false;
	remark(o, order_confirm_offer(o));
	return transcript_send(o, "Rien n’a encore été fait ni envoyé.", f);
}

/* Nothing is done and nothing is sent; a new answer corrects it. */
static enum status
hold(struct ordering *o, const char *why, struct fault *f)
{
	hold_all(o);
	if (o->hit != NULL)
		plan_event(o->g, EVENT_COMMAND, o->g->p->who.agent->section, "held: not understood");
	return transcript_send(o, why, f);
}

static struct transcript_line
not_done(const char *said)
{
	return (struct transcript_line){ false, said, "compris, mais pas fait : tout ou rien", "" };
}

static bool
orders_do(struct ordering *o)
{
	size_t failed = 0;

	for (size_t i = 0; i < o->commands.n; i++)
		failed += !order_do(o, i);
	if (failed == 0)
		return true;
	if (failed != o->asks)
		o->asks = 0;
	for (size_t i = 0; i < o->commands.n; i++)	/* all or nothing */
		if (o->line[i].done)
			o->line[i] = not_done(o->line[i].said);
	return false;
}

static void
events_tell(struct ordering *o)
{
	const char *by = o->g->p->who.agent->section, *words = "";

	for (size_t i = 0; i < o->commands.n; i++)
		words = arena_printf(o->g->a, "%s%s%s", words, i > 0 ? " " : "", o->commands.v[i].said);
	if (o->commands.n > 0)
		plan_event(o->g, EVENT_COMMAND, by, words);
	if (o->relay.what == RELAY_INSIDE && o->relay.text[0] != '\0')
		plan_event(o->g, EVENT_NOTE, by, o->relay.text);
}

static enum status
orders_carry_out(struct ordering *o, struct fault *f)
{
	bool bare = order_is_bare_code(o), send = o->relay.what == RELAY_SEND && !bare;
	const char *no = send ? cannot_answer(o) : "";

	if (no[0] != '\0')
		return hold(o, no, f);
	if (!orders_do(o))
		return o->asks > 0 ? wait_for_confirmation(o, f) : hold(o, "", f);
	if (send && answer_send(o, f) != ST_OK)
		return f->st;
	if (o->g->p->change.answered &&
	    notify_holder(o->g, send ? o->relay.text : "", f) != ST_OK)
		return f->st;
	events_tell(o);
	if (orders_tell(o, f) != ST_OK)
		return f->st;
	if (o->hit != NULL)
		o->g->p->state = o->state;
	remark(o, o->relay.remark);
	order_undo_offer(o);
	if (o->help && orders_later(o->g->a)[0] != '\0')
		remark(o, arena_printf(o->g->a, "Pas encore disponibles dans cette version : %s.",
		    orders_later(o->g->a)));
	if (o->commands.n == 0 && o->nremarks == 0 && send)
		return ST_OK;	/* a plain answer needs no answer */
	if (send)
		return transcript_send(o, "La réponse est partie.", f);
	/* Where nobody could be answered, nothing is missing. */
	return transcript_send(o, bare || (o->hit == NULL && o->commands.n > 0) ? "" :
	    o->relay.why, f);
}

/* What makes it dangerous to write to the known address holds for every word of the mail, wherever
 * it stands in it: nothing of this mail may still go there. */
static void
safety_first(struct ordering *o)
{
	struct ticket_facts *t = arena_new(o->g->a, struct ticket_facts, 1);

	if (o->hit == NULL)
		return;
	*t = *o->t;
	for (size_t i = 0; i < o->commands.n; i++) {
		const struct command *c = &o->commands.v[i];

		if (order_makes_sensitive(c))
			o->g->p->sensitive = true;
		if (c->word == COMMAND_CONTACT_SUR)
			t->contact = c->address[0] != '\0' ? c->address : c->text;
	}
	o->moves = strcmp(t->contact, o->t->contact) != 0;
	o->t = t;
}

enum status
agent_orders(struct planning *g, struct fault *f)
{
	struct ordering o = { .g = g, .hit = g->p->thread.hit, .nevents = g->p->nevents,
	    .nmails = g->p->nmails, .sensitive = g->p->sensitive };

	if (o.hit != NULL) {
		assert(o.hit->facts != NULL);
		o.t = o.hit->facts;
		o.state = o.hit->state;
	}
	orders_words(g->a, g->d, g->in->mail, g->p->who.agent, g->in->now, &o.commands, &o.relay);
	if (o.commands.faults > 0 || (o.relay.fault && !order_is_bare_code(&o))) {
		o.line = transcript_faults(g->a, &o.commands);
		return hold(&o, o.relay.fault ? o.relay.why : "", f);
	}
	o.line = arena_new(g->a, struct transcript_line, o.commands.n);
	for (size_t i = 0; i < o.commands.n; i++)
		o.line[i] = not_done(o.commands.v[i].said);
	safety_first(&o);
	/* A mail that answers nothing and orders nothing is kept; the agent learns the language. */
	o.help = o.hit == NULL && o.commands.n == 0;
	return orders_carry_out(&o, f);
}
