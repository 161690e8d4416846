#include "why.h"

#include "utf8.h"

#include <string.h>

enum { QUOTE_BYTES = 4096 };

static bool
is(const char *x, const char *y)
{
	return strcmp(x, y) == 0;
}

static bool
reached(const struct verdict *v, const char *category)
{
	for (size_t i = 0; i < v->ncats; i++)
		if (is(v->cats[i].name, category))
			return true;
	return false;
}

static int
hits_sum(const struct verdict *v, const char *category)
{
	int sum = 0;

	for (size_t i = 0; i < v->nhits; i++)
		if (is(v->hits[i].category, category))
			sum += v->hits[i].weight;
	return sum;
}

/* "A, B, C" of the rules of that kind, NULL: of those that make sensitive; false: none hit. */
static bool
names_of(struct buf *b, const struct verdict *v, const char *kind, const char *before)
{
	bool any = false;

	for (size_t i = 0; i < v->nhits; i++)
		if (kind != NULL ? is(v->hits[i].category, kind) : v->hits[i].sensitive) {
			buf_addf(b, "%s%s", any ? ", " : before, v->hits[i].rule);
			any = true;
		}
	return any;
}

/* ---- the category ---- */

static bool
is_danger(const struct verdict *v)
{
	return v->urgency == URGENCY_VITAL || reached(v, "violences") || reached(v, "urgence");
}

/* One that scores more than the winner and did not win. */
static const struct score *
passed_over(const struct verdict *v)
{
	for (size_t i = 1; i < v->ncats; i++)
		if (v->cats[i].score > v->cats[0].score)
			return &v->cats[i];
	return NULL;
}

static void
winner_because(struct buf *b, const struct verdict *v)
{
	const struct score *over = passed_over(v);

	if (v->ncats == 0)
		buf_addz(b, "no category reached its threshold");
	else if (is(v->category, "violences"))
		buf_addz(b, "violence comes before every other category, whatever they score");
	else if (is(v->category, "urgence") && v->urgency == URGENCY_VITAL)
		buf_addz(b, "danger to life comes before every category but violences");
	else if (v->spam)
		buf_addz(b, "spam, and nothing else scores half as much");
	else if (over != NULL)
		buf_addf(b, "the best score but for %s, which never wins against danger",
		    over->name);
	else if (v->ncats > 1 && v->cats[1].score == v->cats[0].score)
		buf_addf(b, "the best score; %s has as much and comes later in the rules",
		    v->cats[1].name);
	else if (v->ncats > 1)
		buf_addz(b, "the best score");
	else
		buf_addz(b, "the only one that reached its threshold");
}

static void
score_line(struct buf *b, const struct rules *r, const struct verdict *v, const char *name,
    int score, bool counts)
{
	const struct category *c = rules_category(r, name);
	int threshold = c != NULL ? c->threshold : 0, sum = hits_sum(v, name);

	buf_addf(b, "           %-13s %4d  (threshold %d)%s", name, score, threshold,
	    counts ? "" : score < threshold ? ", not reached" : ", left out");
	if (counts && score > sum && is(name, "urgence") && sum < threshold)
		buf_addz(b, ", raised to its threshold by a vital rule");
	else if (counts && score > sum)
		buf_addz(b, ", nothing taken off: the person speaks of themselves");
	buf_addc(b, '\n');
}

/* Those that reached their threshold, best first; then the others that some rule spoke for. */
static void
scores(struct buf *b, const struct rules *r, const struct verdict *v)
{
	const struct category *c;
	size_t n = rules_categories(r, &c);

	for (size_t i = 0; i < v->ncats; i++)
		score_line(b, r, v, v->cats[i].name, v->cats[i].score, true);
	for (size_t i = 0; i < n; i++) {
		int sum = hits_sum(v, c[i].name);

		if (sum > 0 && !reached(v, c[i].name))
			score_line(b, r, v, c[i].name, sum, false);
	}
	if (is_danger(v) && (reached(v, "spam") || reached(v, "remerciement")))
		buf_addz(b, "           where there is danger, spam and remerciement come "
		    "last\n");
}

/* ---- the rest of the verdict ---- */

static void
urgency_because(struct buf *b, const struct verdict *v)
{
	bool any;

	if (v->urgency == URGENCY_NORMAL) {
		buf_addz(b, "no rule of urgency hit");
		return;
	}
	any = names_of(b, v, urgency_name(v->urgency), "rules ");
	if (v->urgency == URGENCY_VITAL)
		return;
	if (reached(v, "violences")) {
		buf_addf(b, "%ssuspected violence is never less", any ? "; " : "");
		any = true;
	}
	if (v->short_text) {
		buf_addf(b, "%sa very short text that no rule knows: a human looks",
		    any ? "; " : "");
		any = true;
	}
	if (v->limited)
		buf_addf(b, "%sa limit was hit: a human looks", any ? "; " : "");
}

static void
sensitive_because(struct buf *b, const struct verdict *v)
{
	bool any = reached(v, "violences");

	if (any)
		buf_addz(b, "suspected violence");
	(void)names_of(b, v, NULL, any ? "; rules " : "rules ");
}

static void
marks(struct buf *b, const struct verdict *v)
{
	if (v->sensitive) {
		buf_addz(b, "sensitive: yes, because: ");
		sensitive_because(b, v);
		buf_addc(b, '\n');
	}
	if (v->no_reply) {
		buf_addz(b, "no reply:  never by machine, because: ");
		(void)names_of(b, v, "no-reply", "rules ");
		buf_addc(b, '\n');
	}
	if (v->limited)
		buf_addz(b, "limit:     a rule hit its limit or the text was cut; what the rest "
		    "would have said is unknown\n");
}

static void
quote(struct buf *b, const char *match)
{
	struct buf clean BUF_AUTO;

	buf_open(&clean, QUOTE_BYTES);
	utf8_clean(&clean, span_of(match), UTF8_ONE_LINE);
	buf_addc(b, '"');
	buf_add(b, buf_span(&clean));
	buf_addz(b, "\"\n");
}

static bool
is_weighted(const struct rules *r, const struct hit *h)
{
	return rules_category(r, h->category) != NULL;
}

static void
hits_of(struct buf *b, const struct rules *r, const struct verdict *v, bool weighted)
{
	for (size_t i = 0; i < v->nhits; i++) {
		const struct hit *h = &v->hits[i];

		if (is_weighted(r, h) != weighted)
			continue;
		if (weighted)
			buf_addf(b, "  %+4d ", h->weight);
		else
			buf_addz(b, "       ");
		buf_addf(b, "%-13s %-28s %-10s ", h->category, h->rule,
		    hit_where_name(h->where));
		quote(b, h->match);
	}
}

void
why_text(struct buf *b, const struct rules *r, const struct verdict *v)
{
	buf_addf(b, "category:  %s, because: ", v->category);
	winner_because(b, v);
	buf_addc(b, '\n');
	scores(b, r, v);
	buf_addf(b, "urgency:   %s, because: ", urgency_name(v->urgency));
	urgency_because(b, v);
	buf_addc(b, '\n');
	marks(b, v);
	buf_addz(b, v->nhits > 0 ? "rules:\n" : "rules:     none hit\n");
	hits_of(b, r, v, true);
	hits_of(b, r, v, false);
}
