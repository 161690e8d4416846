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
		.yardstick_persons = c->yardstick_persons,
		.yardstick_settled = c->yardstick_settled,
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
	if (texts_load(&s->texts, s->cfg->templates, wanted, nwanted, f) != ST_OK)
		return f->st;
	s->desk.texts = s->texts;
	return ST_OK;
}

/* An agent's category that no rule file declares would never be told of anything. */
static enum status
agents_setup(struct arena *a, struct setup *s, struct fault *f)
{
	(void)a;
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
directory_setup(struct arena *a, struct setup *s, struct fault *f)
{
	const struct config *c = s->cfg;

	if (c->directory[0] != '\0' &&
	    directory_load(&s->directory, file_beside(a, c->directory, "national.conf"),
	    c->directory, f) != ST_OK)
		return f->st;
	s->desk.directory = s->directory;
	return ST_OK;
}

static enum status
quartiers_setup(struct arena *a, struct setup *s, struct fault *f)
{
	const char *path = s->cfg->quartiers;

	(void)a;
	if (path[0] != '\0' && quartiers_load(&s->quartiers, path, f) != ST_OK)
		return f->st;
	s->desk.quartiers = s->quartiers;
	return ST_OK;
}

static enum status
rules_setup(struct arena *a, struct setup *s, struct fault *f)
{
	(void)a;
	if (rules_load(&s->rules, s->cfg->rules, RULES_CATEGORIES, f) != ST_OK)
		return f->st;
	s->desk.rules = s->rules;
	return ST_OK;
}

void
setup_begin(const struct config *c, struct span key, struct setup *out)
{
	*out = (struct setup){ .cfg = c };
	desk_fill(c, key, &out->desk);
}

enum status
setup_part(struct arena *a, struct setup *s, enum setup_part part, struct fault *f)
{
	static enum status (*const parts[])(struct arena *a, struct setup *s,
	    struct fault *f) = {
		[SETUP_RULES] = rules_setup, [SETUP_TEXTS] = texts_setup,
		[SETUP_AGENTS] = agents_setup, [SETUP_DIRECTORY] = directory_setup,
		[SETUP_QUARTIERS] = quartiers_setup,
	};

	return parts[part](a, s, f);
}

enum status
setup_load(struct arena *a, const struct config *c, struct span key, struct setup *out,
    struct fault *f)
{
	setup_begin(c, key, out);
	for (int i = 0; i < SETUP_PARTS; i++)
		if (setup_part(a, out, (enum setup_part)i, f) != ST_OK) {
			setup_close(out);
			return f->st;
		}
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
