/* rules_classify.c - from matches to a verdict (LAW-AND-SAFETY section 5). */
#include "rules_int.h"

#include "limits.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

const char *
hit_where_name(enum hit_where w)
{
	static const char *const names[] = {
		[HIT_SUBJECT] = "subject", [HIT_BODY] = "body", [HIT_SENDER] = "sender",
		[HIT_HEADER] = "header", [HIT_ATTACHMENT] = "attachment",
	};

	return names[w];
}

/* Subject, LF, body, as one text. */
static void
read_mail(struct run *run)
{
	const struct mail *m = run->m;
	const char *body = m->reply_text[0] != '\0' ? m->reply_text : m->text;
	struct span b = span_of(body);
	char *z;
	size_t n;

	fold_text(run->a, span_of(m->subject), &run->subject);
	fold_text(run->a, b, &run->body);
	run->limited = run->body.original.n < b.n;
	n = run->subject.text.n;
	z = arena_alloc(run->a, n + run->body.text.n + 2, 1);
	memcpy(z, run->subject.text.p, n);
	z[n] = '\n';
	memcpy(z + n + 1, run->body.text.p, run->body.text.n);
	run->plain.text = span_from(z, n + 1 + run->body.text.n);
}

static const char *
quote(const struct run *run, const struct found *f)
{
	const size_t n = run->subject.text.n;
	struct span s;

	if (f->text != NULL)
		s = span_of(f->text);
	else if (f->where == HIT_SUBJECT)
		s = fold_origin(&run->subject, f->from, f->to < n ? f->to : n);
	else
		s = fold_origin(&run->body, f->from > n ? f->from - n - 1 : 0,
		    f->to > n ? f->to - n - 1 : 0);
	s.n = utf8_floor(s, LIMIT_HIT_TEXT);
	return arena_span(run->a, s);
}

static const char *
hit_category(const struct rules *r, const struct rule *rule)
{
	return rule_words[rule->kind].weighted ? r->cats[rule->category].name :
	    rule_words[rule->kind].name;
}

static void
collect_hits(const struct run *run, struct verdict *v)
{
	const struct rules *r = run->r;

	v->hits = arena_new(run->a, struct hit, LIMIT_HITS);
	for (size_t i = 0; i < r->n && v->nhits < LIMIT_HITS; i++)
		if (run->found[i].hit)
			v->hits[v->nhits++] = (struct hit){ r->v[i].name,
			    hit_category(r, &r->v[i]), r->v[i].weight, run->found[i].where,
			    quote(run, &run->found[i]), r->v[i].sensitive };
}

/* What a flag rule does to the verdict. */
static void
take_flag(const struct rule *rule, struct verdict *v)
{
	if (rule->kind == RULE_VITAL)
		v->urgency = URGENCY_VITAL;
	else if (rule->kind == RULE_HIGH && v->urgency == URGENCY_NORMAL)
		v->urgency = URGENCY_HIGH;
	else if (rule->kind == RULE_NO_REPLY)
		v->no_reply = true;
	else if (rule->kind == RULE_QUARTIER && v->quartier[0] == '\0')
		v->quartier = rule->name;
	if (rule->sensitive)
		v->sensitive = true;
}

/* One score a category.  In a danger category nothing is taken off what a person says of
 * themselves, for the reason that masks spare it. */
static void
add_up(const struct run *run, int *score, struct verdict *v)
{
	const struct rules *r = run->r;
	bool *spared = arena_new(run->a, bool, r->ncats);

	for (size_t i = 0; i < r->n; i++)
		if (run->found[i].hit && run->found[i].person && r->v[i].danger &&
		    r->v[i].weight > 0)
			spared[r->v[i].category] = true;
	for (size_t i = 0; i < r->n; i++) {
		const struct rule *rule = &r->v[i];

		if (!run->found[i].hit)
			continue;
		if (!rule_words[rule->kind].weighted)
			take_flag(rule, v);
		else if (rule->weight > 0 || !spared[rule->category])
			score[rule->category] += rule->weight;
	}
}

/* A vital word is danger, whatever else the mail is about. */
static void
raise_danger(const struct rules *r, int *score, struct verdict *v)
{
	size_t danger = rules_find_category(r, RULES_DANGER);
	size_t violence = rules_find_category(r, RULES_VIOLENCE);

	if (v->urgency == URGENCY_VITAL && danger != SIZE_MAX &&
	    score[danger] < r->cats[danger].threshold)
		score[danger] = r->cats[danger].threshold;
	if (violence == SIZE_MAX || score[violence] < r->cats[violence].threshold)
		return;
	v->sensitive = true;
	if (v->urgency == URGENCY_NORMAL)
		v->urgency = URGENCY_HIGH;
}

/* violences, then danger to life, then all that can be needs, then thanks and spam where
 * there is danger: they never win against it. */
static int
rank(const char *name, const struct verdict *v, bool danger)
{
	if (strcmp(name, RULES_VIOLENCE) == 0)
		return 0;
	if (strcmp(name, RULES_DANGER) == 0 && v->urgency == URGENCY_VITAL)
		return 1;
	if (danger && (strcmp(name, RULES_SPAM) == 0 || strcmp(name, RULES_THANKS) == 0))
		return 3;
	return 2;
}

/* Stable: equal ones stay in file order. */
static void
sort_scores(struct verdict *v, bool danger)
{
	for (size_t i = 1; i < v->ncats; i++) {
		const struct score x = v->cats[i];
		const int at = rank(x.name, v, danger);
		size_t j = i;

		for (; j > 0; j--) {
			const struct score *y = &v->cats[j - 1];
			const int above = rank(y->name, v, danger);

			if (above < at || (above == at && y->score >= x.score))
				break;
			v->cats[j] = *y;
		}
		v->cats[j] = x;
	}
}

/* Bait speaks of help, money and housing.  Spam that scores twice what anything else does,
 * in a mail without danger, is nothing else. */
static void
settle_spam(struct verdict *v, bool danger)
{
	if (danger || v->ncats == 0 || strcmp(v->cats[0].name, RULES_SPAM) != 0)
		return;
	if (v->ncats > 1 && v->cats[1].score * 2 > v->cats[0].score)
		return;
	v->ncats = 1;
	v->spam = true;
}

static void
choose(const struct run *run, const int *score, struct verdict *v)
{
	const struct rules *r = run->r;
	bool danger = v->urgency == URGENCY_VITAL;

	v->cats = arena_new(run->a, struct score, r->ncats);
	for (size_t i = 0; i < r->ncats; i++) {
		const struct category *c = &r->cats[i];

		if (c->threshold < 1 || score[i] < c->threshold)
			continue;
		v->cats[v->ncats++] = (struct score){ c->name, score[i] };
		danger = danger || strcmp(c->name, RULES_VIOLENCE) == 0 ||
		    strcmp(c->name, RULES_DANGER) == 0;
	}
	sort_scores(v, danger);
	settle_spam(v, danger);
	v->category = v->ncats > 0 ? v->cats[0].name : RULES_UNKNOWN;
}

static size_t
count_words(struct span s)
{
	struct span w;
	size_t n = 0;

	while (span_cut(&s, ' ', &w))
		n += w.n > 0;
	return n;
}

void
rules_classify(const struct rules *r, struct arena *a, const struct mail *m,
    struct verdict *out)
{
	struct run run = { .r = r, .a = a, .m = m };
	int *score = arena_new(a, int, r->ncats);

	memset(out, 0, sizeof *out);
	out->quartier = "";
	read_mail(&run);
	rules_match(&run);
	out->limited = run.limited;
	collect_hits(&run, out);
	add_up(&run, score, out);
	raise_danger(r, score, out);
	choose(&run, score, out);
	out->short_text = out->ncats == 0 && count_words(run.body.text) < RULES_SHORT_WORDS;
	if ((out->short_text || out->limited) && out->urgency == URGENCY_NORMAL)
		out->urgency = URGENCY_HIGH;
}
