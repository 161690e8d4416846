/* orders_do.c - the words themselves. */
#include "orders.h"

#include "utf8.h"

#include <string.h>

enum { VOIR_BYTES = 64 * 1024 };

static void
line_set(struct ordering *o, size_t i, bool done, const char *text)
{
	o->line[i] = (struct transcript_line){ done, o->commands.v[i].said, text, "" };
	o->g->p->change.any = o->g->p->change.any || done;
}

static bool
done(struct ordering *o, size_t i, const char *text)
{
	const char *more = o->commands.v[i].remark;

	line_set(o, i, true, more[0] != '\0' ? arena_printf(o->g->a, "%s (%s)", text, more) : text);
	return true;
}

static bool
refused(struct ordering *o, size_t i, const char *text)
{
	line_set(o, i, false, text);
	return false;
}

static bool
do_note(struct ordering *o, size_t i)
{
	if (o->commands.v[i].text[0] != '\0')
		plan_event(o->g, EVENT_NOTE, o->g->p->who.agent->section, o->commands.v[i].text);
	return done(o, i, "gardée dans le dossier ; rien n’est parti à la personne");
}

static bool
do_prendre(struct ordering *o, size_t i)
{
	o->g->p->change.agent = o->g->p->who.agent->section;
	return done(o, i, "le dossier est à vous");
}

static bool
do_affecter(struct ordering *o, size_t i)
{
	o->g->p->change.agent = o->commands.v[i].names[0];
	return done(o, i, arena_printf(o->g->a, "le dossier est à %s", o->g->p->change.agent));
}

bool
order_makes_sensitive(const struct command *c)
{
	return c->word == COMMAND_SENSIBLE || (c->word == COMMAND_CATEGORIE &&
	    strcmp(c->names[0], "violences") == 0);
}

static bool
do_categorie(struct ordering *o, size_t i)
{
	const struct category *c = rules_category(o->g->d->rules, o->commands.v[i].names[0]);
	bool secret = order_makes_sensitive(&o->commands.v[i]);

	o->g->p->change.category = o->commands.v[i].names[0];
	if (secret)
		o->g->p->change.sensitive = o->g->p->sensitive = true;
	return done(o, i, arena_printf(o->g->a, "catégorie %s%s", c != NULL ? c->label :
	    o->g->p->change.category, secret ? " ; dossier sensible" : ""));
}

static bool
do_urgence(struct ordering *o, size_t i)
{
	static const char *const words[] = {
		[URGENCY_NORMAL] = "normale", [URGENCY_HIGH] = "haute", [URGENCY_VITAL] = "vitale",
	};

	o->g->p->change.has_urgency = true;
	o->g->p->change.urgency = o->commands.v[i].urgency;
	return done(o, i, arena_printf(o->g->a, "urgence %s", words[o->commands.v[i].urgency]));
}

static void
state_set(struct ordering *o, enum ticket_state state)
{
	o->state = state;
	o->state_said = true;
}

static bool
do_attendre(struct ordering *o, size_t i)
{
	if (o->state == TICKET_CLOSED)
		return refused(o, i, "le dossier est clos : #rouvrir d’abord");
	state_set(o, TICKET_WAITING);
	o->g->p->due = o->commands.v[i].day;
	return done(o, i, arena_printf(o->g->a, "en attente jusqu’au %s",
	    say_day(o->g->a, o->commands.v[i].day)));
}

static bool
close_as(struct ordering *o, size_t i, enum ticket_outcome outcome, const char *text)
{
	state_set(o, TICKET_CLOSED);
	o->g->p->change.has_outcome = true;
	o->g->p->change.outcome = outcome;
	return done(o, i, text);
}

static bool
do_regler(struct ordering *o, size_t i)
{
	return close_as(o, i, TICKET_OUTCOME_RESOLVED, "dossier réglé et clos");
}

/* Without a word: what was proposed, else no action. */
static bool
do_clore(struct ordering *o, size_t i)
{
	enum ticket_outcome as = o->commands.v[i].outcome;

	if (as == TICKET_OUTCOME_NONE)
		as = o->t->outcome != TICKET_OUTCOME_NONE ? o->t->outcome : TICKET_OUTCOME_NO_ACTION;
	return close_as(o, i, as, "dossier clos");
}

static bool
do_spam(struct ordering *o, size_t i)
{
	return close_as(o, i, TICKET_OUTCOME_SPAM, "dossier clos comme indésirable");
}

static bool
do_rouvrir(struct ordering *o, size_t i)
{
	state_set(o, TICKET_OPEN);
	o->g->p->change.has_outcome = true;
	o->g->p->change.outcome = TICKET_OUTCOME_NONE;
	return done(o, i, "dossier rouvert");
}

static bool
do_sensible(struct ordering *o, size_t i)
{
	o->g->p->change.sensitive = o->g->p->sensitive = true;
	return done(o, i, o->t->ack_waits ? "dossier sensible : son contenu n’est plus recopié ; "
	    "l’accusé qui attendait est retiré" : "dossier sensible : son contenu n’est plus recopié");
}

static bool
do_voir(struct ordering *o, size_t i)
{
	const char *ref = o->commands.v[i].ref;

	if (ref[0] != '\0' && strcmp(ref, o->hit->ref) != 0)
		return refused(o, i, "répondez à un avis de ce dossier-là");
	(void)done(o, i, "voici le dernier message de la personne");
	o->line[i].block = arena_strndup(o->g->a, o->t->text,
	    utf8_floor(span_of(o->t->text), VOIR_BYTES));
	return true;
}

static bool
do_contact(struct ordering *o, size_t i)
{
	const struct command *c = &o->commands.v[i];

	o->g->p->change.contact = c->address[0] != '\0' ? c->address : c->text;
	return done(o, i, c->address[0] != '\0' ? "vos réponses iront à cette adresse" :
	    "gardé : lisez-le avant d’écrire à cette personne");
}

static bool
do_silence(struct ordering *o, size_t i)
{
	if (o->t->citizen[0] == '\0')
		return refused(o, i, "ce dossier n’a pas d’adresse");
	if (o->g->p->ack != ACK_NONE)
		return refused(o, i, "#accuser est dans le même message");
	o->g->p->change.silence = true;
	return done(o, i, "plus aucun message automatique à cette personne");
}

static bool
do_accuser(struct ordering *o, size_t i)
{
	struct fault f;

	bool taken_back = o->t->ack_waits && (o->moves || plan_turns_sensitive(o->g));

	if ((o->t->acked && !taken_back) || o->g->p->ack != ACK_NONE)
		return refused(o, i, "un accusé est déjà parti");
	if (o->g->p->change.silence)
		return refused(o, i, "#sans-reponse est dans le même message");
	if (o->t->contact[0] != '\0' && !addr_is_strict(o->t->contact))
		return refused(o, i, "lisez d’abord où joindre cette personne sans risque");
	if (!addr_is_strict(o->t->citizen))
		return refused(o, i, "ce dossier n’a pas d’adresse à laquelle écrire");
	if (ack_later(o->g, o->t, &f) != ST_OK)
		return refused(o, i, "le texte n’a pas pu être écrit : prévenez l’administrateur");
	return done(o, i, o->g->p->ack == ACK_DISCREET ? "l’accusé discret part maintenant" :
	    "l’accusé part maintenant");
}

static bool
do_quartier(struct ordering *o, size_t i)
{
	const struct command *c = &o->commands.v[i];

	o->g->p->change.quartier = c->nnames > 0 ? c->names[0] : c->text;
	return done(o, i, arena_printf(o->g->a, "quartier %s", o->g->p->change.quartier));
}

static bool
do_admettre(struct ordering *o, size_t i)
{
	if (o->g->p->change.admit[0] != '\0')
		return refused(o, i, "une adresse par message");
	o->g->p->change.admit = o->commands.v[i].address;
	return done(o, i, "cette adresse peut écrire dans le dossier ; elle n’est pas mise en copie");
}

static bool
do_aide(struct ordering *o, size_t i)
{
	o->help = true;
	return done(o, i, "toutes les commandes sont plus bas");
}

static const struct {
	bool (*run)(struct ordering *o, size_t i);
	bool anywhere;			/* also where no ticket is named */
} words[COMMAND_WORDS] = {
	[COMMAND_NOTE] = { do_note, false }, [COMMAND_PRENDRE] = { do_prendre, false },
	[COMMAND_AFFECTER] = { do_affecter, false }, [COMMAND_CATEGORIE] = { do_categorie, false },
	[COMMAND_URGENCE] = { do_urgence, false }, [COMMAND_ATTENDRE] = { do_attendre, false },
	[COMMAND_REGLER] = { do_regler, false }, [COMMAND_CLORE] = { do_clore, false },
	[COMMAND_ROUVRIR] = { do_rouvrir, false }, [COMMAND_SPAM] = { do_spam, false },
	[COMMAND_SENSIBLE] = { do_sensible, false }, [COMMAND_VOIR] = { do_voir, false },
	[COMMAND_CONTACT_SUR] = { do_contact, false },
	[COMMAND_SANS_REPONSE] = { do_silence, false }, [COMMAND_ACCUSER] = { do_accuser, false },
	[COMMAND_QUARTIER] = { do_quartier, false }, [COMMAND_ADMETTRE] = { do_admettre, false },
	[COMMAND_RAPPEL] = { order_rappel, false },
	[COMMAND_RDV] = { order_rdv, false }, [COMMAND_ORIENTER] = { order_orienter, false },
	[COMMAND_TRANSMETTRE] = { order_transmettre, false },
	[COMMAND_PIECES] = { order_pieces, false }, [COMMAND_MODELE] = { order_modele, false },
	[COMMAND_ABSENT] = { order_absent, true },
	[COMMAND_CONFIRMER] = { order_confirmer, true },
	[COMMAND_ANNULER] = { order_annuler, true },
	[COMMAND_STATUT] = { order_statut, true }, [COMMAND_AIDE] = { do_aide, true },
	[COMMAND_CHERCHER] = { order_chercher, true }, [COMMAND_LISTE] = { order_liste, true },
	[COMMAND_HISTORIQUE] = { order_historique, true },
};

bool
order_do(struct ordering *o, size_t i)
{
	enum command_word w = o->commands.v[i].word;

	if (words[w].run == NULL)
		return refused(o, i, "pas encore disponible dans cette version");
	if (o->hit == NULL && !words[w].anywhere)
		return refused(o, i, "de quel dossier ? Répondez à un avis, ou mettez sa référence "
		    "entre crochets dans l’objet");
	return words[w].run(o, i);
}

const char *
orders_later(struct arena *a)
{
	const char *z = "";

	for (size_t w = 0; w < COMMAND_WORDS; w++)
		if (words[w].run == NULL)
			z = arena_printf(a, "%s%s#%s", z, z[0] != '\0' ? ", " : "",
			    command_word_name((enum command_word)w));
	return z;
}
