#include "plan_int.h"
#include "transcript.h"

enum { GUIDE_BYTES = 64 * 1024 };

static enum status
guide_fill(struct planning *g, const char **out, struct fault *f)
{
	const struct template_var v[] = {
		{ "commandes", transcript_help() }, { "bureau", g->d->name },
	};

	return texts_fill(g->d->texts, g->a, "guide-agent", v, sizeof v / sizeof *v, out, f);
}

const char *
guide_text(struct planning *g)
{
	const char *text;
	struct fault f;

	return guide_fill(g, &text, &f) == ST_OK ? text : NULL;
}

enum status
plan_guide(struct arena *a, const struct desk *d, const struct agent *to, int64_t now,
    const struct plan_facts *random, struct plan *out, struct fault *f)
{
	const struct plan_in in = { .now = now };
	struct planning g = { a, d, &in, random, out, 0 };
	struct outmail m = { .to = to->spec, .automatic = COMPOSE_GENERATED, .lang = "fr",
	    .subject = "Votre guide\302\240: répondre et donner des ordres par courriel" };

	plan_empty(&g);
	if (guide_fill(&g, &m.text, f) != ST_OK)
		return f->st;
	return plan_send(&g, MAIL_KIND_ADMIN, &m, GUIDE_BYTES, now, false, f);
}
