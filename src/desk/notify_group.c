/* notify_group.c - many notifications in one mail: a line each, and a link that asks for it. */
#include "notify_int.h"

#include <stdlib.h>

enum { GROUP_BYTES = 512 * 1024, LINES_BYTES = 400 * 1024 };

/* The most urgent first, else as they came. */
static int
by_urgency(const void *x, const void *y)
{
	const struct grouped_ticket *const *a = x, *const *b = y;

	if ((*a)->urgency != (*b)->urgency)
		return (*a)->urgency > (*b)->urgency ? -1 : 1;
	return *a < *b ? -1 : *a > *b;
}

static const char *
lines_of(struct planning *g, const struct grouped_ticket *v, size_t n, const char *id)
{
	const struct grouped_ticket **order =
	    arena_new(g->a, const struct grouped_ticket *, n + 1);
	BUF_AUTO struct buf b;

	buf_open(&b, LINES_BYTES);
	for (size_t i = 0; i < n; i++)
		order[i] = &v[i];
	qsort(order, n, sizeof *order, by_urgency);
	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "%s%s\n<%s>\n", i > 0 ? "\n" : "",
		    notify_headline(g->a, g->d, order[i]),
		    notify_link(g->a, g->d, order[i]->ref, "#voir", id));
	return arena_span(g->a, span_trim(buf_span(&b)));
}

static const char *
count_say(struct arena *a, const struct grouped_ticket *v, size_t n)
{
	int sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += v[i].arrived;
	return arena_printf(a, "%d message%s dans %zu dossier%s", sum, sum > 1 ? "s" : "", n,
	    n > 1 ? "s" : "");
}

enum status
plan_group(struct arena *a, const struct desk *d, const char *to,
    const struct grouped_ticket *v, size_t n, int64_t now, const struct plan_facts *random,
    struct plan *out, struct fault *f)
{
	const struct plan_in in = { .now = now };
	struct planning g = { a, d, &in, random, out, 0 };
	const char *count = count_say(a, v, n);
	struct outmail m = { .to = to, .automatic = COMPOSE_GENERATED, .lang = "fr",
	    .subject = count };
	struct template_var names[] = {
		{ "nombre", count }, { "texte", "" }, { "bureau", d->name },
	};

	plan_empty(&g);
	names[1].value = lines_of(&g, v, n, plan_next_id(&g, MAIL_KIND_NOTIFY, to));
	if (texts_fill(d->texts, a, "avis-groupe", names, 3, &m.text, f) != ST_OK)
		return f->st;
	return plan_send(&g, MAIL_KIND_NOTIFY, &m, GROUP_BYTES, now, false, f);
}
