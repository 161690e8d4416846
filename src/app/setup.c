#include "setup.h"

#include "file.h"

#include <stdio.h>

/* Texts that the program itself asks for, besides the acknowledgment of each category. */
static const char *const own_texts[] = { "ack-court", "avis", "avis-groupe", "avis-reponse",
	"alerte", "alerte-rappel", "confirmation", "a-voir", "matin", "retour", "urgences", "rappel",
	"confie", "guide-agent", "echec", "echec-alerte", "controle",
	"controle-alerte" };
enum { OWN_TEXTS = sizeof own_texts / sizeof *own_texts };

static void
desk_fill(const struct config *c, struct span key, struct desk *d)
{
	*d = (struct desk){
		.name = c->name, .organisation = c->organisation, .phone = c->phone,
		.postal_address = c->postal_address, .address = c->address, .domain = c->domain,
		.prefix = c->reference_prefix, .own = c->own, .nown = c->nown,
		.agents = c->agents, .nagents = c->nagents, .admin = c->admin, .cabinet = c->cabinet,
		.authserv_id = c->authserv_id, .form_sender = c->form_sender,
		.violence_ack = (enum violence_ack)c->violence_ack,
		.promise_days = c->promise_days, .reopen_days = c->reopen_days,
		.acks_per_sender_per_day = c->acks_per_sender_per_day,
		.acks_per_domain_per_hour = c->acks_per_domain_per_hour,
		.acks_per_hour = c->acks_per_hour, .ack_delay_seconds = c->ack_delay_seconds,
		.group_after = c->group_after,
		.null_sender = c->null_sender, .plus_addresses = c->plus_addresses,
		.since = c->since, .key = key,
		.hours = c->open_hours,
	};
}

static enum status
texts_setup(struct arena *a, struct setup *s, struct fault *f)
{
	const struct category *cats;
	size_t n = rules_categories(s->rules, &cats), nwanted = 0;
	const char **wanted = arena_new(a, const char *, n + OWN_TEXTS);

	for (size_t i = 0; i < OWN_TEXTS; i++)
		wanted[nwanted++] = own_texts[i];
	for (size_t i = 0; i < n; i++)
		wanted[nwanted++] = cats[i].template_name;
	return texts_load(&s->texts, s->cfg->templates, wanted, nwanted, f);
}

/* An agent's category that no rule file declares would never be told of anything. */
static enum status
agents_setup(const struct setup *s, struct fault *f)
{
	for (size_t i = 0; i < s->cfg->nagents; i++) {
		const struct agent *g = &s->cfg->agents[i];
		struct span rest = span_of(g->categories), w;

		while (span_cut(&rest, ',', &w)) {
			char z[64];

			w = span_trim(w);
			if (w.n == 0 || span_eq(w, "*"))
				continue;
			(void)snprintf(z, sizeof z, "%.*s", (int)w.n, w.p);
			if (w.n >= sizeof z || rules_category(s->rules, z) == NULL)
				return fault_set(f, ST_PERM,
				    "%s: [agent %s] categories: no category \"%s\" in "
				    "the rules",
				    s->cfg->path, g->section, z);
		}
	}
	return ST_OK;
}

static enum status
lists_setup(struct arena *a, struct setup *s, struct fault *f)
{
	const struct config *c = s->cfg;

	if (c->directory[0] != '\0' &&
	    directory_load(&s->directory, file_beside(a, c->directory, "national.conf"),
	    c->directory, f) != ST_OK)
		return f->st;
	if (c->quartiers[0] != '\0' && quartiers_load(&s->quartiers, c->quartiers, f) != ST_OK)
		return f->st;
	s->desk.directory = s->directory;
	s->desk.quartiers = s->quartiers;
	return ST_OK;
}

enum status
setup_load(struct arena *a, const struct config *c, struct span key, struct setup *out,
    struct fault *f)
{
	*out = (struct setup){ .cfg = c };
	desk_fill(c, key, &out->desk);
	if (rules_load(&out->rules, c->rules, RULES_CATEGORIES, f) != ST_OK ||
	    texts_setup(a, out, f) != ST_OK || agents_setup(out, f) != ST_OK ||
	    lists_setup(a, out, f) != ST_OK) {
		setup_close(out);
		return f->st;
	}
	out->desk.rules = out->rules;
	out->desk.texts = out->texts;
	return ST_OK;
}

void
setup_close(struct setup *s)
{
	quartiers_close(&s->quartiers);
	directory_close(&s->directory);
	texts_close(&s->texts);
	rules_close(&s->rules);
}
