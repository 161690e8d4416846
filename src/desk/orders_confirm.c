/* orders_confirm.c - mail that is held until its agent says by a code that it is meant: mail in
 * an agent's name that nothing proves, and what must not be done by one mail alone.
 *
 * The code goes to the registered address; who sends it back from there reads that mailbox. */
#include "orders.h"

#include "utf8.h"

#include <string.h>

enum {
	CONFIRM_PER_HOUR = 10,		/* of one agent: forgers must not fill a mailbox */
	CONFIRM_BYTES = 64 * 1024, WORDS_BYTES = 400,
};

static const char *
code_new(struct planning *g)
{
	struct sha256 *digest = arena_new(g->a, struct sha256, 1);
	char *code = arena_new(g->a, char, CODE_TEXT);

	code_make(g->d->key, CODE_CONFIRM, g->p->who.agent->section,
	    g->facts->random[g->used_random++], code);
	*digest = code_digest(g->d->key, CODE_CONFIRM, g->p->who.agent->section, code);
	g->p->confirm = digest;
	return code;
}

static bool
is_good(const struct held_facts *h, int64_t now)
{
	return h->id != 0 && h->confirmed_at == 0 && now < h->expires;
}

bool
confirm_proves(const struct planning *g)
{
	const struct order_facts *f = g->facts->orders;

	for (size_t i = 0; f != NULL && i < f->nheld; i++)
		if (is_good(&f->held[i], g->in->now))
			return true;
	return false;
}

/* ---- asking ---- */

static enum status
send(struct planning *g, enum mail_kind kind, struct outmail *m, struct fault *f)
{
	m->to = g->p->who.agent->spec;
	m->automatic = COMPOSE_GENERATED;
	m->lang = "fr";
	return plan_send(g, kind, m, CONFIRM_BYTES, g->in->now, false, f);
}

/* What the held mail orders, in our words, and whether the person would be written to: nothing
 * that a forger chose. */
static const char *
words_of(struct planning *g, const struct commands *c, const struct relay *r)
{
	const char *z = "";

	for (size_t i = 0; i < c->n && strlen(z) < WORDS_BYTES; i++)
		if (c->v[i].word != COMMAND_UNKNOWN)
			z = arena_printf(g->a, "%s%s#%s", z, z[0] != '\0' ? ", " : "",
			    command_word_name(c->v[i].word));
	if (r->what == RELAY_SEND)
		z = arena_printf(g->a, "%s%sune réponse à la personne", z, z[0] != '\0' ? ", " : "");
	return z;
}

static enum status
ask(struct planning *g, const struct commands *c, const struct relay *r, struct fault *f)
{
	const struct template_var v[] = {
		{ "recu", say_day(g->a, date_local_day(g->in->received)) },
		{ "heure", say_time(g->a, g->in->received) }, { "bureau", g->d->name },
		{ "mots", words_of(g, c, r) }, { "code", code_new(g) },
	};
	struct outmail m = { .subject = "À confirmer : un message à votre nom" };

	if (texts_fill(g->d->texts, g->a, "confirmation", v, sizeof v / sizeof *v, &m.text, f)
	    != ST_OK)
		return f->st;
	return send(g, MAIL_KIND_CONFIRM, &m, f);
}

static bool
is_codes_only(const struct commands *c)
{
	size_t n = 0;

	while (n < c->n && c->v[n].word == COMMAND_CONFIRMER)
		n++;
	return n > 0 && n == c->n;
}

/* What is wrong with the k-th code; "" nothing.  A code that is not this agent's to know: the
 * same words whatever it is. */
static const char *
wrong_with(const struct planning *g, size_t k)
{
	const struct order_facts *facts = g->facts->orders;

	if (facts == NULL || k >= facts->nheld || facts->held[k].id == 0)
		return "ce code n’est pas, ou n’est plus, l’un des vôtres";
	if (facts->held[k].confirmed_at != 0)
		return "ce code a déjà servi";
	if (!is_good(&facts->held[k], g->in->now))
		return "ce code ne valait que 48 heures : renvoyez votre message";
	return "";
}

/* A code that is no good, or that came in a mail that is refuted: there is nothing here that
 * could be confirmed, and nothing is. */
static enum status
say_wrong(struct planning *g, const struct commands *c, struct fault *f)
{
	struct transcript_line *line = transcript_faults(g->a, c);
	const struct transcript tr = { .ref = "", .line = line, .nlines = c->n, .relayed = "",
	    .undo = "" };
	struct outmail m = { .subject = "Votre message au bureau" };

	for (size_t i = 0, k = 0; i < c->n; i++) {
		if (c->v[i].fault != COMMAND_OK)
			continue;
		line[i].text = wrong_with(g, k++);
		if (line[i].text[0] == '\0')
			line[i].text = "rien ne prouve que ce message vient de vous : "
			    "le code n’a pas servi";
	}
	m.text = transcript_text(g->a, &tr);
	return send(g, MAIL_KIND_TRANSCRIPT, &m, f);
}

enum status
confirm_ask(struct planning *g, struct fault *f)
{
	const struct order_facts *facts = g->facts->orders;
	struct commands c;
	struct relay r;

	if (facts != NULL && facts->asked >= CONFIRM_PER_HOUR)
		return ST_OK;
	orders_words(g->a, g->d, g->in->mail, g->p->who.agent, g->in->now, &c, &r);
	return is_codes_only(&c) ? say_wrong(g, &c, f) : ask(g, &c, &r, f);
}

enum status
plan_held_lost(struct arena *a, const struct desk *d, const char *agent, int64_t received,
    int64_t now, const struct plan_facts *random, struct plan *out, struct fault *f)
{
	const struct plan_in in = { .now = now };
	struct planning g = { a, d, &in, random, out, 0 };
	struct outmail m = { .subject = "Votre message n’a pas pu être repris" };

	plan_empty(&g);
	for (size_t i = 0; i < d->nagents && out->who.agent == NULL; i++)
		if (strcmp(d->agents[i].section, agent) == 0)
			out->who.agent = &d->agents[i];
	if (out->who.agent == NULL)
		return ST_OK;
	m.text = arena_printf(a, "✘ #confirmer : votre message du %s à %s n’est plus dans la boîte "
	    "du bureau, ou n’est plus lisible.\n\nRien n’a été fait ni envoyé. Écrivez-le de nouveau, "
	    "en répondant au dernier avis reçu sur ce dossier.\n",
	    say_day(a, date_local_day(received)), say_time(a, received));
	return send(&g, MAIL_KIND_TRANSCRIPT, &m, f);
}

/* ---- #confirmer ---- */

bool
order_is_bare_code(const struct ordering *o)
{
	return o->hit == NULL && is_codes_only(&o->commands);
}

bool
order_is_confirmed(const struct ordering *o)
{
	return o->g->in->ident.confirmed;
}

bool
order_confirmer(struct ordering *o, size_t i)
{
	struct plan *p = o->g->p;
	size_t k = order_nth(o, i);
	const char *wrong = wrong_with(o->g, k);

	if (wrong[0] != '\0')
		return order_refused(o, i, wrong);
	if (p->confirmed == NULL)
		p->confirmed = arena_new(o->g->a, int64_t, NEEDS_MAX);
	p->confirmed[p->nconfirmed++] = o->g->facts->orders->held[k].id;
	return order_done(o, i, "votre message est repris ; son propre compte rendu suit");
}

const char *
order_confirm_offer(struct ordering *o)
{
	return arena_printf(o->g->a, "Si la personne en est d’accord, répondez à ce message par "
	    "cette seule ligne, valable 48 heures, une fois :\n\n#confirmer %s", code_new(o->g));
}
