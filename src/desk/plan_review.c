/* plan_review.c - mail that was set aside: agents are told in one mail for many, and what a
 * person lets out is decided as a citizen's. */
#include "plan_int.h"

#include <string.h>

/* Nothing of it could be read: the agents have the original. */
static const struct mail nothing = {
	.message_id = "", .subject = "", .text = "", .reply_text = "", .lang = "fr", .ical = "",
	.bounce = { REPORT_NONE, "", "", "", "" },
};

/* Whoever let it out knows that it is no advertising; it is about what else it may be about. */
static const struct verdict *
without_spam(struct arena *a, const struct verdict *v)
{
	struct verdict *out = arena_new(a, struct verdict, 1);

	if (v != NULL)
		*out = *v;
	else
		*out = (struct verdict){ .category = "", .quartier = "", .short_text = true };
	out->spam = false;
	for (size_t i = 0; i < out->ncats && strcmp(out->category, "spam") == 0; i++)
		if (strcmp(out->cats[i].name, "spam") != 0)
			out->category = out->cats[i].name;
	if (out->category[0] == '\0' || strcmp(out->category, "spam") == 0)
		out->category = "a_qualifier";
	return out;
}

const struct plan_in *
plan_let_out(struct arena *a, const struct plan_in *in)
{
	struct plan_in *out;

	if (in->ident.released_by == NULL)
		return in;
	out = arena_new(a, struct plan_in, 1);
	*out = *in;
	out->marked = false;		/* our keyword says that it was set aside, no more */
	out->ident.unreadable = false;
	out->verdict = without_spam(a, in->verdict);
	if (in->mail == NULL)
		out->mail = &nothing;
	return out;
}

void
plan_let_out_note(struct planning *g)
{
	if (g->in->ident.released_by == NULL || !g->p->has_ticket)
		return;
	plan_event(g, EVENT_ADMIN, g->in->ident.released_by, "let out of review");
	if (g->in->mail == &nothing)
		plan_event(g, EVENT_NOTE, "bureaud", "could not be read: see the original");
}

enum status
plan_review(struct arena *a, const struct desk *d, unsigned naside, int64_t now,
    const struct plan_facts *random, struct plan *out, struct fault *f)
{
	const struct plan_in in = { .now = now };
	struct planning g = { a, d, &in, random, out, 0 };

	plan_empty(&g);
	return notify_review(&g, naside, f);
}
