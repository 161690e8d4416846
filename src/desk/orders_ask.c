/* orders_ask.c - the words that ask: #chercher #liste #statut #historique.  Plain text for a
 * telephone: short lines, the most pressing first, and how many more there are.
 *
 * Of a sensitive ticket the reference and its state alone, to the agents that it concerns; its
 * timeline without the words of notes, and without addresses: who it is from, or whom it was
 * passed to, tells as much. */
#include "buf.h"
#include "needs.h"
#include "orders.h"
#include "utf8.h"

#include <string.h>

enum {
	SHOWN_TICKETS = 25, SHOWN_EVENTS = 40,
	SUBJECT_BYTES = 90, EXCERPT_BYTES = 220, EVENT_BYTES = 300,
	BLOCK_BYTES = 64 * 1024,
};

static const struct answers *
answers_of(const struct ordering *o)
{
	static const struct answers none;

	return o->g->facts->orders != NULL ? &o->g->facts->orders->answers : &none;
}

static const char *
cut(struct arena *a, const char *z, size_t max)
{
	size_t n = utf8_floor(span_of(z), max);

	return z[n] == '\0' ? z : arena_printf(a, "%.*s…", (int)n, z);
}

/* "24/11", with the year where it is another one. */
static const char *
short_day(const struct ordering *o, date_day day)
{
	struct date d = date_of_day(day), now = date_local(o->g->in->now).date;

	return d.y == now.y ? arena_printf(o->g->a, "%02d/%02d", d.d, d.m) :
	    arena_printf(o->g->a, "%02d/%02d/%04d", d.d, d.m, d.y);
}

static const char *
short_time(const struct ordering *o, int64_t at)
{
	struct date_time t = date_local(at);

	return arena_printf(o->g->a, "%s %02d:%02d", short_day(o, date_day_of(t.date)),
	    t.hour, t.min);
}

static const char *const state_words[] = {
	[TICKET_OPEN] = "ouvert", [TICKET_WAITING] = "en attente", [TICKET_CLOSED] = "clos",
};

static const char *
state_of(struct arena *a, const struct ask_ticket *t)
{
	static const char *const outcomes[TICKET_OUTCOME_COUNT] = {
		[TICKET_OUTCOME_NONE] = "", [TICKET_OUTCOME_RESOLVED] = "réglé",
		[TICKET_OUTCOME_REFERRED] = "orienté",
		[TICKET_OUTCOME_TRANSFERRED] = "transmis",
		[TICKET_OUTCOME_NO_ACTION] = "sans suite",
		[TICKET_OUTCOME_UNREACHABLE] = "injoignable",
		[TICKET_OUTCOME_MERGED] = "fusionné", [TICKET_OUTCOME_SPAM] = "indésirable",
	};
	const char *outcome = outcomes[t->outcome];

	return outcome[0] == '\0' ? state_words[t->state] :
	    arena_printf(a, "%s (%s)", state_words[t->state], outcome);
}

/* ---- one ticket: two lines, a third with the words found ---- */

static const char *
label_of(const struct ordering *o, const char *category)
{
	const struct category *c = rules_category(o->g->d->rules, category);

	return c != NULL ? c->label : category;
}

static void
ticket_add(const struct ordering *o, struct buf *b, const struct ask_ticket *t)
{
	static const char *const urgency[] = {
		[URGENCY_NORMAL] = "", [URGENCY_HIGH] = " · haute",
		[URGENCY_VITAL] = " · vitale",
	};
	struct arena *a = o->g->a;

	if (t->sensitive) {
		buf_addf(b, "%s · sensible · %s%s%s\n", t->ref, state_words[t->state],
		    t->agent[0] != '\0' ? " · " : "", t->agent);
		return;
	}
	buf_addf(b, "%s · %s%s · %s%s%s\n", t->ref, label_of(o, t->category),
	    urgency[t->urgency],
	    state_of(a, t), t->agent[0] != '\0' ? " · " : "", t->agent);
	buf_addf(b, "  %s (reçu le %s%s%s)\n", t->subject[0] != '\0' ?
	    cut(a, t->subject, SUBJECT_BYTES) : "sans objet",
	    short_day(o, date_local_day(t->opened)),
	    t->due != 0 && t->state != TICKET_CLOSED ? ", pour le " : "",
	    t->due != 0 && t->state != TICKET_CLOSED ? short_day(o, t->due) : "");
	if (t->excerpt[0] != '\0')
		buf_addf(b, "  « %s »\n", cut(a, t->excerpt, EXCERPT_BYTES));
}

/* What this agent may see of it, and the line's own text. */
static bool
list_show(struct ordering *o, size_t i, const char *none, const char *how)
{
	const struct ask_list *list = &answers_of(o)->list[i];
	struct arena *a = o->g->a;
	BUF_AUTO struct buf b;
	size_t n = 0;

	buf_open(&b, BLOCK_BYTES);
	for (size_t k = 0; k < list->n; k++)
		if (ask_may_see(o->g->d, o->g->p->who.agent, &list->v[k]) &&
		    n++ < SHOWN_TICKETS)
			ticket_add(o, &b, &list->v[k]);
	if (n > SHOWN_TICKETS)
		buf_addf(&b, "… et %s%zu %s : %s\n", list->more ? "plus de " : "",
		    n - SHOWN_TICKETS,
		    n - SHOWN_TICKETS > 1 ? "autres" : "autre", how);
	if (n == 0)
		return order_done(o, i, none);
	(void)order_done(o, i, arena_printf(a, "%s%zu dossier%s",
	    list->more ? "plus de " : "", n, n > 1 ? "s" : ""));
	o->line[i].block = arena_span(a, buf_span(&b));
	return true;
}

bool
order_chercher(struct ordering *o, size_t i)
{
	struct seek want;

	if (!seek_read(o->g->a, span_of(o->commands.v[i].text), &want))
		return order_refused(o, i, "il n’y a pas de mot à chercher");
	return list_show(o, i, "rien de tel dans les dossiers",
	    "ajoutez un mot, par exemple un nom");
}

bool
order_liste(struct ordering *o, size_t i)
{
	struct ask_filter filter;
	const char *why;

	if (!ask_filter_read(o->g->a, o->g->d, o->g->p->who.agent->section,
	    o->commands.v[i].text,
	    &filter, &why))
		return order_refused(o, i, why);
	return list_show(o, i, "aucun dossier",
	    "précisez, par exemple #liste à moi ou #liste ouverts "
	    "logement");
}

/* ---- one ticket's state and life ---- */

/* The ticket that the word names, else the mail's own; NULL with the line refused. */
static const struct ask_history *
history_of(struct ordering *o, size_t i)
{
	const struct answers *x = answers_of(o);
	const char *ref = o->commands.v[i].ref;

	if (ref[0] == '\0' && o->hit != NULL)
		ref = o->hit->ref;
	for (size_t k = 0; k < x->nhistory; k++) {
		if (strcmp(x->history[k].t.ref, ref) != 0)
			continue;
		if (ask_may_see(o->g->d, o->g->p->who.agent, &x->history[k].t))
			return &x->history[k];
		(void)order_refused(o, i, "ce dossier sensible est suivi par d’autres agents");
		return NULL;
	}
	(void)order_refused(o, i, ref[0] != '\0' ? arena_printf(o->g->a,
	    "%s : pas de tel dossier",
	    ref) : "de quel dossier ? Mettez sa référence, par exemple #historique "
	    "BI-2026-00042");
	return NULL;
}

static const char *
quantity(struct arena *a, int64_t n, const char *one, const char *many)
{
	return arena_printf(a, "%lld %s", (long long)n, n > 1 ? many : one);
}

static void
tickets_add(struct arena *a, struct buf *b, const char *what, const int64_t *n)
{
	buf_addf(b, "%s : %s, %lld en attente, %lld clos\n", what,
	    quantity(a, n[TICKET_OPEN], "ouvert", "ouverts"), (long long)n[TICKET_WAITING],
	    (long long)n[TICKET_CLOSED]);
}

/* The state of the desk, for who asks it without a ticket. */
static bool
desk_show(struct ordering *o, size_t i)
{
	const struct ask_desk *k = &answers_of(o)->desk;
	struct arena *a = o->g->a;
	BUF_AUTO struct buf b;

	buf_open(&b, BLOCK_BYTES);
	tickets_add(a, &b, "Dossiers", k->tickets);
	tickets_add(a, &b, "Les vôtres", k->mine);
	buf_addf(&b, "Courriels à envoyer : %lld%s%s\n", (long long)k->queued,
	    k->oldest != 0 ? ", le plus ancien du " : "",
	    k->oldest != 0 ? short_time(o, k->oldest) : "");
	if (k->held > 0)
		buf_addf(&b, "Accusés retenus par un plafond : %lld\n", (long long)k->held);
	if (k->unsure + k->dead > 0)
		buf_addf(&b, "À voir par l’administrateur : %s, %s\n",
		    quantity(a, k->dead, "courriel non remis", "courriels non remis"),
		    quantity(a, k->unsure, "incertain", "incertains"));
	buf_addf(&b, "Boîte relevée : %s\n", k->last_poll != 0 ? short_time(o, k->last_poll) :
	    "pour la première fois en ce moment");
	(void)order_done(o, i, "état du bureau");
	o->line[i].block = arena_span(a, buf_span(&b));
	return true;
}

bool
order_statut(struct ordering *o, size_t i)
{
	const struct ask_history *h;

	if (o->hit == NULL && o->commands.v[i].ref[0] == '\0')
		return desk_show(o, i);
	h = history_of(o, i);
	if (h == NULL)
		return false;
	return order_done(o, i, arena_printf(o->g->a,
	    "%s, %s%s, suivi par %s, ouvert le %s%s%s",
	    h->t.ref, state_of(o->g->a, &h->t), h->t.sensitive ? ", sensible" : "",
	    h->t.agent[0] != '\0' ? h->t.agent : "personne encore",
	    say_date(o->g->a, date_local_day(h->t.opened)),
	    h->t.due != 0 && h->t.state != TICKET_CLOSED ? ", attendu le " : "",
	    h->t.due != 0 && h->t.state != TICKET_CLOSED ? say_date(o->g->a, h->t.due) : ""));
}

/* What the program wrote for the administrator ("relay sent to x@y"), in an agent's words. */
static const char *
out_text(struct arena *a, const char *text, bool sensitive)
{
	static const struct { enum mail_kind kind; const char *says; } kinds[] = {
		{ MAIL_KIND_ACK, "accusé de réception" }, { MAIL_KIND_RELAY, "réponse" },
		{ MAIL_KIND_INVITE, "rendez-vous" }, { MAIL_KIND_ORIENT, "contacts" },
		{ MAIL_KIND_PIECES, "demande de pièces" },
		{ MAIL_KIND_FORWARD, "transmission" },
	};
	const char *address = strrchr(text, ' ');

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const char *name = mail_kind_name(kinds[i].kind);

		if (strncmp(text, name, strlen(name)) != 0)
			continue;
		return sensitive ? kinds[i].says : arena_printf(a, "%s à%s", kinds[i].says,
		    address != NULL ? address : " ?");
	}
	return sensitive ? "un courriel" : text;
}

/* "open → waiting" */
static const char *
states_text(struct arena *a, const char *text)
{
	static const char arrow[] = " → ";
	const char *to = strstr(text, arrow);
	enum ticket_state state;

	return to != NULL && ticket_state_of(to + strlen(arrow), &state) ?
	    arena_printf(a, "devient %s", state_words[state]) : text;
}

static const char *
note_text(struct arena *a, const struct ask_event *e)
{
	static const char about[] = "may be about ";

	if (strcmp(e->by, "bureaud") != 0)
		return arena_printf(a, "%s note : %s", e->by, e->text);
	if (strncmp(e->text, about, strlen(about)) == 0) {
		const char *ref = e->text + strlen(about);

		return arena_printf(a, "concerne peut-être %.*s", (int)strcspn(ref, ":"), ref);
	}
	return strncmp(e->text, "no acknowledgment", strlen("no acknowledgment")) == 0 ?
	    "aucun accusé n’est parti" : arena_printf(a, "remarque : %s", e->text);
}

static const char *
mail_in_text(struct arena *a, const char *by)
{
	if (strcmp(by, mail_role_name(MAIL_ROLE_CITIZEN)) == 0)
		return "message de la personne";
	if (strcmp(by, mail_role_name(MAIL_ROLE_SYSTEM)) == 0)
		return "message automatique reçu";
	return arena_printf(a, "message de %s", strcmp(by,
	    mail_role_name(MAIL_ROLE_AGENT)) == 0 ?
	    "la boîte du bureau" : by);
}

static const char *
event_text(struct arena *a, const struct ask_event *e, bool sensitive)
{
	switch (e->kind) {
	case EVENT_MAIL_IN: return mail_in_text(a, e->by);
	case EVENT_MAIL_OUT: return arena_printf(a, "envoyé : %s", out_text(a, e->text,
	    sensitive));
	case EVENT_BOUNCE: return arena_printf(a, "non remis : %s", out_text(a, e->text,
	    sensitive));
	case EVENT_NOTE:
		return sensitive && strcmp(e->by, "bureaud") != 0 ?
		    arena_printf(a, "%s : une note", e->by) : note_text(a, e);
	case EVENT_STATE: return states_text(a, e->text);
	case EVENT_COMMAND: return arena_printf(a, "%s : %s", e->by, e->text);
	case EVENT_ALERT: return "alerte vitale aux agents d’astreinte";
	case EVENT_ADMIN: return arena_printf(a, "administrateur : %s", e->text);
	case EVENT_COUNT: break;
	}
	return "";
}

bool
order_historique(struct ordering *o, size_t i)
{
	const struct ask_history *h = history_of(o, i);
	struct arena *a = o->g->a;
	BUF_AUTO struct buf b;
	size_t n, older;

	buf_open(&b, BLOCK_BYTES);
	if (h == NULL)
		return false;
	n = h->n < SHOWN_EVENTS ? h->n : SHOWN_EVENTS;
	older = h->older + h->n - n;
	if (older > 0)
		buf_addf(&b, "… %s avant\n", quantity(a, (int64_t)older, "ligne", "lignes"));
	for (size_t k = n; k > 0; k--) {
		BUF_AUTO struct buf one;

		buf_open(&one, 4 * EVENT_BYTES);
		utf8_clean(&one, span_of(cut(a, event_text(a, &h->v[k - 1], h->t.sensitive),
		    EVENT_BYTES)), UTF8_ONE_LINE);
		buf_addf(&b, "%s  %s\n", short_time(o, h->v[k - 1].at), one.z);
	}
	(void)order_done(o, i, arena_printf(a, "%s, %s", h->t.ref, state_of(a, &h->t)));
	o->line[i].block = arena_span(a, buf_span(&b));
	return true;
}
