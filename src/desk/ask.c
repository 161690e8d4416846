#include "ask.h"

#include "fold.h"

#include <string.h>

/* ---- which tickets ---- */

static const struct { const char *word; int state; } states[] = {
	{ "ouvert", TICKET_OPEN }, { "ouverts", TICKET_OPEN }, { "nouveaux", TICKET_OPEN },
	{ "attente", TICKET_WAITING }, { "attendent", TICKET_WAITING },
	{ "clos", TICKET_CLOSED }, { "fermes", TICKET_CLOSED }, { "termines", TICKET_CLOSED },
	{ "regles", TICKET_CLOSED }, { "tous", TICKET_STATE_COUNT },
	{ "tout", TICKET_STATE_COUNT },
	{ "toutes", TICKET_STATE_COUNT },
};

static bool
state_word(const char *word, struct ask_filter *out)
{
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (strcmp(word, states[i].word) == 0) {
			for (int s = 0; s < TICKET_STATE_COUNT; s++)
				out->state[s] |= states[i].state == s ||
				    states[i].state == TICKET_STATE_COUNT;
			return true;
		}
	return false;
}

static bool
is_one_of(const char *word, const char *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(word, v[i]) == 0)
			return true;
	return false;
}

static const char *
owner_of(struct arena *a, const struct desk *d, const char *word, const char *me)
{
	static const char *const mine[] = { "moi", "mes", "miens" };

	if (is_one_of(word, mine, sizeof mine / sizeof *mine))
		return me;
	for (size_t i = 0; i < d->nagents; i++)
		if (strcmp(word, fold_word(a, d->agents[i].section)) == 0)
			return d->agents[i].section;
	return "";
}

static bool
owner_word(struct arena *a, const struct desk *d, const char *word, const char *me,
    struct ask_filter *out)
{
	static const char *const nobodys[] = { "libres", "libre", "personne", "sans" };
	const char *owner = owner_of(a, d, word, me);

	if (is_one_of(word, nobodys, sizeof nobodys / sizeof *nobodys)) {
		out->nobody = true;
		return true;
	}
	if (owner[0] != '\0')
		out->agent = owner;
	return owner[0] != '\0';
}

/* By its name or its label; the beginning is enough where it is of one category only. */
static bool
category_word(struct arena *a, const struct desk *d, const char *word, struct ask_filter *out)
{
	const struct category *v;
	size_t n = rules_categories(d->rules, &v), near = 0, len = strlen(word);
	const char *found = "";

	if (rules_category(d->rules, word) != NULL) {
		out->category = rules_category(d->rules, word)->name;
		return true;
	}
	for (size_t i = 0; i < n; i++) {
		const char *label = fold_word(a, v[i].label);

		if (strcmp(label, word) == 0) {
			out->category = v[i].name;
			return true;
		}
		if (len >= 4 && (strncmp(label, word, len) == 0 ||
		    strncmp(v[i].name, word, len) == 0)) {
			near++;
			found = v[i].name;
		}
	}
	if (near == 1)
		out->category = found;
	return near == 1;
}

/* Words that people put between the ones that matter. */
static bool
is_filler(const char *word)
{
	static const char *const filler[] = { "a", "en", "de", "des", "les", "la", "le", "et",
	    "dossiers", "dossier", "agent", "categorie", "etat" };

	return is_one_of(word, filler, sizeof filler / sizeof *filler);
}

bool
ask_filter_read(struct arena *a, const struct desk *d, const char *me, const char *text,
    struct ask_filter *out, const char **why)
{
	const char *folded = fold_word(a, text);
	struct span rest = span_of(folded);
	bool whole;

	*out = (struct ask_filter){ .category = "", .agent = "" };
	*why = "";
	whole = folded[0] != '\0' && category_word(a, d, folded, out);
	while (!whole && rest.n > 0) {
		size_t n = 0;
		const char *word;

		while (n < rest.n && strchr(" ,;.", rest.p[n]) == NULL)
			n++;
		word = arena_span(a, span_from(rest.p, n));
		n += n < rest.n;
		rest = span_from(rest.p + n, rest.n - n);
		if (word[0] == '\0' || state_word(word, out) ||
		    owner_word(a, d, word, me, out) ||
		    category_word(a, d, word, out) || is_filler(word))
			continue;
		*why = arena_printf(a,
		    "je ne connais pas « %s » : un état (ouverts, en attente, "
		    "clos, tous), une catégorie, « à moi » ou « sans agent »", word);
		return false;
	}
	if (!out->state[TICKET_OPEN] && !out->state[TICKET_WAITING] &&
	    !out->state[TICKET_CLOSED])
		out->state[TICKET_OPEN] = out->state[TICKET_WAITING] = true;
	return true;
}

/* ---- what a command asks ---- */

static bool
asks(struct arena *a, const struct desk *d, const char *me, const struct command *c,
    struct ask *out)
{
	const char *why;

	if (c->fault != COMMAND_OK)
		return false;
	if (c->word == COMMAND_CHERCHER)
		return seek_read(a, span_of(c->text), &out->seek);
	if (c->word == COMMAND_LISTE)
		return ask_filter_read(a, d, me, c->text, &out->filter, &why);
	out->ref = c->ref;
	return c->word == COMMAND_STATUT || c->word == COMMAND_HISTORIQUE;
}

bool
ask_of(struct arena *a, const struct desk *d, const struct agent *me, const struct command *c,
    struct ask *out)
{
	bool any;

	*out = (struct ask){ .ref = "" };
	any = asks(a, d, me->section, c, out);
	out->word = any ? c->word : COMMAND_UNKNOWN;
	return any;
}

/* ---- who may see it ---- */

static bool
somebody_has(const struct desk *d, const char *category)
{
	for (size_t i = 0; i < d->nagents; i++)
		if (agent_has(&d->agents[i], category))
			return true;
	return false;
}

bool
ask_may_see(const struct desk *d, const struct agent *g, const struct ask_ticket *t)
{
	return !t->sensitive || strcmp(t->agent, g->section) == 0 ||
	    agent_has(g, t->category) || !somebody_has(d, t->category);
}
