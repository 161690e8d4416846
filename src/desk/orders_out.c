/* orders_out.c - the words that write to citizens and partners, and what they share. */
#include "orders.h"

#include <string.h>

enum { LETTER_BYTES = 2 * 1024 * 1024 };

bool
order_done(struct ordering *o, size_t i, const char *text)
{
	const char *more = o->commands.v[i].remark;

	o->line[i] = (struct transcript_line){ true, o->commands.v[i].said,
	    more[0] != '\0' ? arena_printf(o->g->a, "%s (%s)", text, more) : text, "" };
	o->g->p->change.any = true;
	return true;
}

bool
order_refused(struct ordering *o, size_t i, const char *text)
{
	o->line[i] = (struct transcript_line){ false, o->commands.v[i].said, text, "" };
	return false;
}

bool
order_is_secret(const struct ordering *o)
{
	return o->g->p->sensitive || strcmp(o->t->category, "violences") == 0;
}

bool
order_may_write(struct ordering *o, size_t i, size_t mails)
{
	if (o->state == TICKET_CLOSED)
		return order_refused(o, i, "le dossier est clos : #rouvrir d’abord");
	if (o->outward + mails > PLAN_OUTWARD)
		return order_refused(o, i, "trop de courriers pour un seul message : "
		    "faites-en plusieurs");
	return true;
}

void
order_waits(struct ordering *o, date_day due)
{
	o->state = TICKET_WAITING;
	o->state_said = true;
	if (due != 0)
		o->g->p->due = due;
}

static void
remark_once(struct ordering *o, const char *text)
{
	for (size_t i = 0; i < o->nremarks; i++)
		if (strcmp(o->remark[i], text) == 0)
			return;
	if (o->nremarks < sizeof o->remark / sizeof *o->remark)
		o->remark[o->nremarks++] = text;
}

/* ---- letters ---- */

static enum status
letter_text(struct ordering *o, const struct letter *l, const char **out, struct fault *f)
{
	const struct desk *d = o->g->d;
	const struct template_var ours[] = {
		{ "agent", o->g->p->who.agent->name }, { "bureau", d->name },
		{ "organisation", d->organisation }, { "courriel", d->address },
		{ "tel", d->phone }, { "adresse", d->postal_address },
		{ "horaires", hours_say(o->g->a, &d->hours) },
		{ "ref", order_is_secret(o) ? "" : o->hit->ref },
	};
	size_t n = sizeof ours / sizeof *ours;
	struct template_var *v = arena_new(o->g->a, struct template_var, n + l->n);

	memcpy(v, ours, sizeof ours);
	for (size_t i = 0; i < l->n; i++)
		v[n + i] = l->v[i];
	return texts_fill(d->texts, o->g->a, l->template_name, v, n + l->n, out, f);
}

static enum status
letter_send(struct ordering *o, const struct letter *l, struct outmail *m)
{
	struct fault f;
	enum status st;

	m->automatic = COMPOSE_HUMAN;
	m->lang = "fr";
	m->part = l->part;
	m->nparts = l->nparts;
	m->references.v = &m->in_reply_to;
	m->references.n = m->in_reply_to[0] != '\0';
	st = plan_send(o->g, l->kind, m, LETTER_BYTES, o->g->in->now, false, &f);
	o->outward += st == ST_OK;
	return st;
}

static bool
no_letter(struct ordering *o, size_t i)
{
	return order_refused(o, i,
	    "le courrier n’a pas pu être écrit : prévenez l’administrateur");
}

/* The first to answer takes the ticket.  Where no prose is relayed, nothing else says that this
 * was all. */
static void
answered(struct ordering *o)
{
	struct plan_change *c = &o->g->p->change;
	const char *me = o->g->p->who.agent->section;
	bool relayed = o->relay.what == RELAY_SEND;

	c->answered = true;
	if (!relayed)
		o->relay.why = "";
	if (o->t->agent[0] == '\0' && c->agent[0] == '\0')
		c->agent = me;
	else if (!relayed && o->t->agent[0] != '\0' && strcmp(o->t->agent, me) != 0)
		remark_once(o, arena_printf(o->g->a, "Ce dossier est suivi par %s.",
		    o->t->agent));
}

static bool
send_citizen(struct ordering *o, size_t i, const struct letter *l, const char *text)
{
	struct outmail m = { .to = order_address(o->t), .in_reply_to = o->t->message_id,
	    .text = text };

	m.subject = relay_subject(o->g->a, o->t->subject, o->hit->ref, order_is_secret(o));
	if (letter_send(o, l, &m) != ST_OK)
		return no_letter(o, i);
	answered(o);
	return true;
}

bool
order_write_citizen(struct ordering *o, size_t i, const struct letter *l)
{
	const char *text;
	struct fault f;

	if (!addr_is_strict(order_address(o->t)))
		return order_refused(o, i, "ce dossier n’a pas d’adresse à laquelle écrire");
	if (letter_text(o, l, &text, &f) != ST_OK)
		return no_letter(o, i);
	return send_citizen(o, i, l, text);
}

/* ---- #pieces ---- */

static const char *
listed(struct arena *a, const char *const *v, size_t n)
{
	const char *z = "";

	for (size_t i = 0; i < n; i++)
		z = arena_printf(a, "%s%s– %s", z, i > 0 ? "\n" : "", v[i]);
	return z;
}

bool
order_pieces(struct ordering *o, size_t i)
{
	const struct command *c = &o->commands.v[i];
	struct arena *a = o->g->a;
	const struct template_var v[] = {
		{ "liste", listed(a, c->names, c->nnames) }, { "jour", say_day(a, c->day) },
	};
	const struct letter l = { MAIL_KIND_PIECES, "pieces", v, 2, NULL, 0 };

	if (!order_may_write(o, i, 1) || !order_write_citizen(o, i, &l))
		return false;
	order_waits(o, c->day);
	return order_done(o, i, arena_printf(a, "%zu pièce%s demandée%s pour le %s", c->nnames,
	    c->nnames > 1 ? "s" : "", c->nnames > 1 ? "s" : "", say_day(a, c->day)));
}

/* ---- #modele ---- */

struct command_names
order_models(struct arena *a, const struct desk *d)
{
	const char **names = NULL;
	size_t n = d->texts != NULL ? texts_models(d->texts, a, &names) : 0;
	struct command_name *v = arena_new(a, struct command_name, n + 1);

	for (size_t i = 0; i < n; i++)
		v[i] = (struct command_name){ names[i], names[i], "" };
	return (struct command_names){ v, n };
}

/* One mail: the canned words, then the agent's own; without any, the agent's name ends it. */
bool
order_modele(struct ordering *o, size_t i)
{
	struct arena *a = o->g->a;
	const char *name = o->commands.v[i].names[0], *text;
	const struct letter l = { MAIL_KIND_RELAY, arena_printf(a, "modeles/%s", name), NULL, 0,
	    NULL, 0 };
	struct fault f;

	if (!addr_is_strict(order_address(o->t)))
		return order_refused(o, i, "ce dossier n’a pas d’adresse à laquelle écrire");
	if (letter_text(o, &l, &text, &f) != ST_OK)
		return no_letter(o, i);
	if (o->relay.what == RELAY_SEND) {
		o->relay.text = arena_printf(a, "%s\n\n%s", text, o->relay.text);
		return order_done(o, i, "le modèle précède votre réponse");
	}
	text = arena_printf(a, "%s\n\n%s\n%s\n", text, o->g->p->who.agent->name, o->g->d->name);
	if (o->outward == PLAN_OUTWARD)
		return order_may_write(o, i, 1);
	if (!send_citizen(o, i, &l, text))
		return false;
	if (!o->state_said && o->state != TICKET_CLOSED)
		o->state = TICKET_WAITING;
	return order_done(o, i, arena_printf(a, "la réponse « %s » est partie", name));
}

/* ---- #orienter ---- */

/* What a person needs to go there or to call. */
static const char *
entry_lines(struct arena *a, const struct entry *e)
{
	const char *more[] = { e->adresse, e->courriel, e->site };
	const char *z = arena_printf(a, "– %s", e->nom);

	if (e->tel[0] != '\0')
		z = arena_printf(a, "%s\n  tél. %s%s%s%s", z, e->tel,
		    e->tel_horaires[0] != '\0' ? " (" : "", e->tel_horaires,
		    e->tel_horaires[0] != '\0' ? ")" : "");
	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		if (more[i][0] != '\0')
			z = arena_printf(a, "%s\n  %s", z, more[i]);
	return z;
}

static bool
is_printable(const struct ordering *o, const struct entry *e)
{
	return entry_is_printable(e, date_local_day(o->g->in->now)) &&
	    (e->discret || !order_is_secret(o));
}

static void
partner_add(struct ordering *o, const struct entry *e)
{
	struct plan_change *c = &o->g->p->change;

	if (addr_is_strict(e->courriel) && !desk_is_own(o->g->d, e->courriel) &&
	    c->npartners < PLAN_PARTNERS)
		c->partner[c->npartners++] = e->courriel;
}

/* What #clore in the same mail closes it as. */
static void
propose(struct ordering *o, enum ticket_outcome outcome)
{
	struct ticket_facts *t = arena_new(o->g->a, struct ticket_facts, 1);

	*t = *o->t;
	t->outcome = outcome;
	o->t = t;
	o->g->p->change.has_outcome = true;
	o->g->p->change.outcome = outcome;
	order_waits(o, 0);
}

static const char *
joined(struct arena *a, const char *x, const char *between, const char *y)
{
	return x[0] == '\0' ? y : arena_printf(a, "%s%s%s", x, between, y);
}

struct choice { const char *letter, *sent, *left; };

static struct choice
choose(struct ordering *o, const struct command *c)
{
	struct arena *a = o->g->a;
	struct choice k = { "", "", "" };

	for (size_t i = 0; i < c->nnames; i++) {
		const struct entry *e = directory_find(o->g->d->directory, c->names[i]);

		if (!is_printable(o, e)) {
			k.left = joined(a, k.left, ", ", e->id);
			continue;
		}
		k.letter = joined(a, k.letter, "\n\n", entry_lines(a, e));
		k.sent = joined(a, k.sent, ", ", e->id);
	}
	return k;
}

bool
order_orienter(struct ordering *o, size_t i)
{
	const struct command *c = &o->commands.v[i];
	const struct choice k = choose(o, c);
	const struct template_var v[] = { { "liste", k.letter } };
	const struct letter l = { MAIL_KIND_ORIENT, "orientation", v, 1, NULL, 0 };
	const char *why = order_is_secret(o) ?
	    "fiche non vérifiée depuis un an, ou qu’un dossier sensible ne peut pas nommer "
	    "(discret = oui)" : "fiche non vérifiée depuis un an";

	if (!order_may_write(o, i, 1))
		return false;
	if (k.letter[0] == '\0')
		return order_refused(o, i, arena_printf(o->g->a, "laissé de côté (%s) : %s ; "
		    "il ne reste personne", why, k.left));
	if (!order_write_citizen(o, i, &l))
		return false;
	for (size_t n = 0; n < c->nnames; n++) {
		const struct entry *e = directory_find(o->g->d->directory, c->names[n]);

		if (is_printable(o, e))
			partner_add(o, e);
	}
	propose(o, TICKET_OUTCOME_REFERRED);
	return order_done(o, i, k.left[0] == '\0' ? arena_printf(o->g->a,
	    "coordonnées envoyées : %s", k.sent) : arena_printf(o->g->a,
	    "coordonnées envoyées : %s ; laissé de côté (%s) : %s", k.sent, why, k.left));
}

/* ---- #transmettre (CRPA L114-2: the request goes on, and the person is told) ---- */

/* Where an agent noted how the person is reached safely, that alone is passed on. */
static const char *
how_to_reach(const struct ticket_facts *t)
{
	return t->contact[0] != '\0' ? t->contact : t->citizen;
}

static bool
write_partner(struct ordering *o, size_t i, const struct entry *e)
{
	const struct ticket_facts *t = o->t;
	struct arena *a = o->g->a;
	const struct template_var v[] = {
		{ "partenaire", e->nom }, { "joindre", how_to_reach(t) },
		{ "objet", t->subject },
		{ "recu", say_day(a, date_local_day(t->opened)) },
		{ "texte", t->words[0] != '\0' ? t->words : t->text }, { "fichiers", t->files },
	};
	const struct letter l = { MAIL_KIND_FORWARD, "transmission-partenaire", v, 6, NULL, 0 };
	struct outmail m = { .to = e->courriel, .in_reply_to = "" };
	struct fault f;

	if (letter_text(o, &l, &m.text, &f) != ST_OK)
		return no_letter(o, i);
	m.subject = arena_printf(a, "Demande transmise par le %s [%s]",
	    o->g->d->name[0] != '\0' ? o->g->d->name : "bureau", o->hit->ref);
	return letter_send(o, &l, &m) == ST_OK || no_letter(o, i);
}

/* The name alone where the city has not checked the rest. */
static bool
write_told(struct ordering *o, size_t i, const struct entry *e)
{
	const char *lines = is_printable(o, e) ? entry_lines(o->g->a, e) : "";
	const struct template_var v[] = {
		{ "partenaire", e->nom }, { "partenaire_adresses", lines },
		{ "recu", say_day(o->g->a, date_local_day(o->t->opened)) },
	};
	const struct letter l = { MAIL_KIND_ORIENT, "transmission", v, 3, NULL, 0 };

	return order_write_citizen(o, i, &l);
}

static const char *
cannot_pass(const struct ordering *o, const struct entry *e)
{
	if (!addr_is_strict(e->courriel))
		return "cette fiche n’a pas de courriel";
	if (desk_is_own(o->g->d, e->courriel) || desk_agent(o->g->d, e->courriel) != NULL)
		return "le courriel de cette fiche est à nous";
	return "";
}

/* What the agent has still to do. */
static const char *
left_to_do(const struct ordering *o, const struct entry *e, bool told)
{
	const char *z = told ? " ; la personne en est avertie" :
	    " ; la personne n’a pas d’adresse, avertissez-la vous-même";

	if (o->t->files[0] != '\0')
		z = arena_printf(o->g->a, "%s ; ses pièces jointes sont nommées, pas jointes : "
		    "envoyez-les si on les demande", z);
	if (!entry_is_printable(e, date_local_day(o->g->in->now)))
		z = arena_printf(o->g->a, "%s ; fiche non vérifiée depuis un an, "
		    "vérifiez ce courriel", z);
	return z;
}

bool
order_transmettre(struct ordering *o, size_t i)
{
	const struct entry *e = directory_find(o->g->d->directory, o->commands.v[i].names[0]);
	const char *no = cannot_pass(o, e);
	bool told = addr_is_strict(order_address(o->t));

	if (!order_may_write(o, i, 2))
		return false;
	if (no[0] != '\0')
		return order_refused(o, i, no);
	if (order_is_secret(o) && !order_is_confirmed(o)) {
		o->asks++;
		return order_refused(o, i, "dossier sensible : il faut l’accord de la personne, "
		    "et #confirmer");
	}
	if (!write_partner(o, i, e) || (told && !write_told(o, i, e)))
		return false;
	partner_add(o, e);
	propose(o, TICKET_OUTCOME_TRANSFERRED);
	if (o->relay.what != RELAY_SEND)
		o->relay.why = "";
	return order_done(o, i, arena_printf(o->g->a, "demande transmise à %s (%s)%s", e->nom,
	    e->courriel, left_to_do(o, e, told)));
}
