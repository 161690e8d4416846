/* orders_undo.c - #annuler: what one mail of this agent changed is put back, unless somebody
 * changed it since; what has left by mail has left. */
#include "orders.h"

#include <string.h>

static const char *const names[UNDO_COUNT] = {
	[UNDO_STATE] = "l’état", [UNDO_OUTCOME] = "l’issue", [UNDO_URGENCY] = "l’urgence",
	[UNDO_SENSITIVE] = "le caractère sensible", [UNDO_CATEGORY] = "la catégorie",
	[UNDO_AGENT] = "la personne qui suit le dossier", [UNDO_QUARTIER] = "le quartier",
	[UNDO_DUE] = "l’échéance", [UNDO_DUE_SILENCE] = "le délai légal",
	[UNDO_ANSWERED] = "la première réponse", [UNDO_MERGED] = "la fusion",
	[UNDO_MEETING] = "le rendez-vous", [UNDO_NO_AUTO] = "les messages automatiques",
	[UNDO_CONTACT] = "l’adresse sûre", [UNDO_PARTICIPANT] = "les personnes admises",
	[UNDO_REMINDER] = "le rappel", [UNDO_ABSENCE] = "l’absence",
};

size_t
order_nth(const struct ordering *o, size_t i)
{
	size_t n = 0;

	for (size_t k = 0; k < i; k++)
		n += o->commands.v[k].word == o->commands.v[i].word;
	return n;
}

/* Rows of their own are simply taken away again; they are gone, or nobody's business. */
static bool
changed_since(const struct undo_value *v)
{
	return v->what <= UNDO_CONTACT && (v->later || strcmp(v->now, v->became) != 0);
}

/* The person has had these words: that stays true. */
static bool
stays(const struct undo_facts *u, const struct undo_value *v)
{
	return u->gone > 0 && (v->what == UNDO_ANSWERED || v->what == UNDO_MEETING);
}

static const char *
listed(struct arena *a, const char *z, enum undo_what what)
{
	if (strstr(z, names[what]) != NULL)
		return z;
	return arena_printf(a, "%s%s%s", z, z[0] != '\0' ? ", " : "", names[what]);
}

static const char *
of_mails(struct arena *a, const struct undo_facts *u)
{
	const char *z = "";

	if (u->waiting > 0)
		z = arena_printf(a, " ; %zu courrier%s retiré%s avant de partir", u->waiting,
		    u->waiting > 1 ? "s" : "", u->waiting > 1 ? "s" : "");
	if (u->gone > 0)
		z = arena_printf(a, "%s ; %zu courrier%s déjà parti%s : un courriel envoyé ne se "
		    "reprend pas", z, u->gone, u->gone > 1 ? "s" : "", u->gone > 1 ? "s" : "");
	return z;
}

/* The plan says the state that the ticket will have. */
static void
state_back(struct ordering *o, const struct undo_value *v)
{
	enum ticket_state state;
	const char *blank = strchr(v->was, ' ');

	if (v->what != UNDO_STATE || o->hit == NULL || v->ticket != o->hit->ticket ||
	    blank == NULL || !ticket_state_of(arena_strndup(o->g->a, v->was,
	    (size_t)(blank - v->was)), &state))
		return;
	o->state = state;
	o->state_said = true;
}

static bool
take_back(struct ordering *o, size_t i, const struct undo_facts *u)
{
	struct undo_value *v = arena_new(o->g->a, struct undo_value, u->n);
	const char *what = "", *mails = of_mails(o->g->a, u);
	size_t n = 0;

	for (size_t k = 0; k < u->n; k++) {
		if (stays(u, &u->v[k]))
			continue;
		what = listed(o->g->a, what, u->v[k].what);
		state_back(o, &u->v[k]);
		v[n++] = u->v[k];
	}
	o->g->p->undo = (struct plan_undo){ NULL, u, v, n };
	if (n == 0)
		return order_done(o, i, arena_printf(o->g->a, "rien à remettre en place%s", mails));
	return order_done(o, i, arena_printf(o->g->a, "remis comme avant%s%s : %s%s",
	    u->ref[0] != '\0' ? ", dossier " : "", u->ref, what, mails));
}

bool
order_annuler(struct ordering *o, size_t i)
{
	const struct order_facts *facts = o->g->facts->orders;
	size_t k = order_nth(o, i);
	const struct undo_facts *u;
	const char *changed = "";

	if (o->commands.n > 1 || o->relay.what == RELAY_SEND)
		return order_refused(o, i, "#annuler va seul dans son message");
	if (facts == NULL || k >= facts->nundo || facts->undo[k].id == 0)
		return order_refused(o, i, "ce code n’est pas, ou n’est plus, l’un des vôtres");
	u = &facts->undo[k];
	if (u->used_at != 0)
		return order_refused(o, i, "ce code a déjà servi");
	for (size_t n = 0; n < u->n; n++)
		if (!stays(u, &u->v[n]) && changed_since(&u->v[n]))
			changed = listed(o->g->a, changed, u->v[n].what);
	if (changed[0] != '\0')
		return order_refused(o, i, arena_printf(o->g->a, "rien n’est défait, car cela a "
		    "changé depuis : %s", changed));
	return take_back(o, i, u);
}

static bool
is_taken_back(enum command_word w)
{
	static const bool no[COMMAND_WORDS + 1] = {
		[COMMAND_NOTE] = true, [COMMAND_VOIR] = true, [COMMAND_SCINDER] = true,
		[COMMAND_NOUVEAU] = true, [COMMAND_CHERCHER] = true, [COMMAND_LISTE] = true,
		[COMMAND_STATUT] = true, [COMMAND_HISTORIQUE] = true, [COMMAND_AIDE] = true,
		[COMMAND_ANNULER] = true, [COMMAND_CONFIRMER] = true, [COMMAND_UNKNOWN] = true,
	};

	return !no[w];
}

void
order_undo_offer(struct ordering *o)
{
	struct planning *g = o->g;
	struct sha256 *digest;
	bool any = g->p->change.answered;

	for (size_t i = 0; i < o->commands.n; i++)
		any = any || is_taken_back(o->commands.v[i].word);
	if (!any || g->p->who.agent == NULL)
		return;
	digest = arena_new(g->a, struct sha256, 1);
	code_make(g->d->key, CODE_UNDO, g->p->who.agent->section,
	    g->facts->random[g->used_random++], o->undo);
	*digest = code_digest(g->d->key, CODE_UNDO, g->p->who.agent->section, o->undo);
	g->p->undo.code = digest;
}
