/* digest_head.c - the first screen: what the week was, beside other weeks, and the year. */
#include "digest_doc.h"

#include "buf.h"

#include <string.h>

#define NBSP "\302\240"
#define THIN "\342\200\257"

enum { BEFORE = 4, YEAR_WEEKS = 52, NEAR = 10 /* percent */, SENTENCES = 4096 };

static size_t
last_of(const struct writing *w)
{
	return w->t->scope.nweeks - 1;
}

/* The mean of the four weeks before, of the figures as they were told; false: not so many. */
static bool
mean_before(const struct writing *w, enum told_figure which, unsigned *out)
{
	size_t last = last_of(w);
	unsigned n = 0;

	if (last < w->t->since + BEFORE)
		return false;
	for (size_t i = last - BEFORE; i < last; i++)
		n += told_week_figure(&w->t->week[i], which).n;
	*out = (n + BEFORE / 2) / BEFORE;
	return true;
}

/* A mean of what was told, told like a count. */
static struct told
mean_told(unsigned mean)
{
	return (struct told){ mean < DIGEST_SMALL, mean };
}

/* ---- the first sentences ---- */

static const char *
week_say(struct writing *w)
{
	const struct told_week *k = &w->t->week[last_of(w)];
	const char *settled = k->settled.small ? "moins de cinq ont été réglés" :
	    arena_printf(w->a, "%u ont été réglés", k->settled.n);

	if (k->opened.small)
		return arena_printf(w->a, "La semaine a été calme" NBSP ": moins de cinq dossiers se "
		    "sont ouverts, et %s.", settled);
	return arena_printf(w->a, "%s messages sont arrivés, %s dossiers se sont ouverts, et %s.",
	    k->received.small ? "Moins de cinq" : doc_count(w->a, k->received),
	    doc_count(w->a, k->opened), settled);
}

static const char *
beside_say(struct writing *w)
{
	struct told now = w->t->week[last_of(w)].opened;
	const char *than = "aussi nombreux que d’habitude";
	unsigned mean;

	if (now.small || !mean_before(w, TOLD_OPENED, &mean) || mean < DIGEST_SMALL)
		return "";
	if (100 * now.n > (100 + NEAR) * mean)
		than = "plus nombreux que d’habitude";
	else if (100 * now.n < (100 - NEAR) * mean)
		than = "moins nombreux que d’habitude";
	return arena_printf(w->a, " Les nouveaux dossiers sont %s" NBSP ": %u en moyenne, les "
	    "quatre semaines précédentes.", than, mean);
}

static const char *
open_say(struct writing *w)
{
	const struct digest_told *t = w->t;

	if (t->oldest_days < 0)
		return "Dimanche soir, moins de cinq dossiers restaient ouverts.";
	return arena_printf(w->a, "Dimanche soir, au moins %s" NBSP "dossiers restaient ouverts"
	    THIN "; le plus ancien l’est depuis %d" NBSP "jour%s.", doc_count(w->a, t->open),
	    t->oldest_days, t->oldest_days < 2 ? "" : "s");
}

static const char *
answer_say(struct writing *w)
{
	const struct digest_told *t = w->t;

	if (!t->wait.told)
		return "";
	return arena_printf(w->a, " La moitié des personnes ont une première réponse humaine en "
	    "%s d’ouverture ou moins.", doc_minutes(w->a, t->wait.median));
}

/* ---- cards ---- */

static const char *
told_or_dash(struct writing *w, size_t i, enum told_figure which)
{
	return i < w->t->since || i >= w->t->scope.nweeks ? "–" :
	    doc_count(w->a, told_week_figure(&w->t->week[i], which));
}

static void
card(struct writing *w, struct doc_block *b, const char *label, enum told_figure which)
{
	size_t last = last_of(w);
	struct doc_row *r = doc_row(w, b, label);
	struct told sum;
	unsigned mean;

	r->cell[0] = doc_count(w->a, told_week_figure(&w->t->week[last], which));
	r->cell[1] = told_or_dash(w, last - 1, which);
	r->cell[2] = mean_before(w, which, &mean) ? doc_count(w->a, mean_told(mean)) : "–";
	r->cell[3] = told_or_dash(w, 0, which);
	sum = told_sum(w->t, which, w->t->scope.year, last);
	r->cell[4] = arena_printf(w->a, "%s%s", sum.small ? "" : "≈" NBSP, doc_count(w->a, sum));
}

static void
cards(struct writing *w)
{
	static const char *const heads[] = { "semaine", "semaine d’avant", "moy. 4" NBSP
	    "semaines", "il y a un an", "depuis janvier" };
	const char **ages = arena_new(w->a, const char *, 1 + DIGEST_AGES);
	struct doc_block *b = doc_add(w, DOC_CARDS, "");
	struct doc_row *r;

	memcpy(b->column, heads, sizeof heads);
	b->ncolumns = sizeof heads / sizeof *heads;
	card(w, b, "messages reçus", TOLD_RECEIVED);
	card(w, b, "nouveaux dossiers", TOLD_OPENED);
	card(w, b, "dossiers réglés", TOLD_SETTLED);
	r = doc_row(w, b, "dossiers ouverts, au moins");
	r->cell[0] = doc_count(w->a, w->t->open);
	r->head = ages;
	for (int i = 0; i < DIGEST_AGES; i++) {
		ages[1 + i] = arena_printf(w->a, "plus de %d" NBSP "jours", digest_ages[i]);
		r->cell[1 + i] = doc_count(w->a, w->t->older[i]);
	}
}

/* ---- the chart of 13 weeks ---- */

static void
point(struct chart *c, size_t i, size_t k, struct told n, bool known)
{
	c->value[i][k] = known ? n.n : 0;
	c->pale[i][k] = n.small;
}

/* "a, b, c" of the weeks from `first` on. */
static void
series_say(struct writing *w, struct buf *b, size_t first, enum told_figure which)
{
	for (size_t i = first; i < w->t->scope.nweeks; i++)
		buf_addf(b, "%s%s", i == first ? "" : ", ", told_or_dash(w, i, which));
}

static const char *
weeks_say(struct writing *w, size_t first)
{
	struct buf b BUF_AUTO;

	buf_open(&b, SENTENCES);
	buf_addz(&b, "Nouveaux dossiers des treize dernières semaines" NBSP ": ");
	series_say(w, &b, first, TOLD_OPENED);
	buf_addz(&b, THIN "; dossiers réglés" NBSP ": ");
	series_say(w, &b, first, TOLD_SETTLED);
	buf_addz(&b, ".");
	return arena_span(w->a, buf_span(&b));
}

static const char *
week_number(struct writing *w, size_t i)
{
	int year, week;

	date_iso_week(w->t->scope.first + 7 * (date_day)i, &year, &week);
	return arena_printf(w->a, "%d", week);
}

static enum status
weeks_chart(struct writing *w, struct fault *f)
{
	struct chart c = { .n = DIGEST_QUARTER, .nseries = 2, .width = 1200, .height = 400 };
	size_t first = w->t->scope.nweeks - DIGEST_QUARTER;
	struct doc_block *b;

	for (size_t i = 0; i < DIGEST_QUARTER; i++) {
		const struct told_week *k = &w->t->week[first + i];
		bool known = first + i >= w->t->since;

		point(&c, i, 0, k->opened, known);
		point(&c, i, 1, k->settled, known);
	}
	(void)doc_add(w, DOC_HEADING, "Les treize dernières semaines");
	if (doc_chart(w, "semaines", &c, weeks_say(w, first), &b, f) != ST_OK)
		return f->st;
	b->groups = "semaine";
	b->column[0] = "nouveaux dossiers";
	b->column[1] = "dossiers réglés";
	b->ncolumns = 2;
	for (size_t i = first; i < w->t->scope.nweeks; i++) {
		struct doc_row *r = doc_row(w, b, week_number(w, i));

		r->cell[0] = told_or_dash(w, i, TOLD_OPENED);
		r->cell[1] = told_or_dash(w, i, TOLD_SETTLED);
	}
	return ST_OK;
}

/* ---- the year, beside what the town counts on ---- */

static void
year_row(struct writing *w, struct doc_block *b, const char *label, struct told n, unsigned goal)
{
	unsigned weeks = (unsigned)(w->t->scope.nweeks - w->t->scope.year);
	unsigned now = (goal * weeks + YEAR_WEEKS / 2) / YEAR_WEEKS;
	struct doc_row *r = doc_row(w, b, label);

	r->cell[0] = doc_count(w->a, n);
	r->cell[1] = goal == 0 ? "–" : doc_count(w->a, (struct told){ false, now });
	r->cell[2] = goal == 0 ? "–" : doc_count(w->a, (struct told){ false, goal });
	r->bar = n.small || goal == 0 ? 0 : n.n < goal ? 100 * n.n / goal : 100;
}

/* Of what the cards tell: a share of them holds nothing more. */
static const char *
settled_share_say(struct writing *w)
{
	size_t last = last_of(w);
	struct told opened = told_sum(w->t, TOLD_OPENED, w->t->scope.year, last);
	struct told settled = told_sum(w->t, TOLD_SETTLED, w->t->scope.year, last);

	if (opened.n < DIGEST_BASE || settled.small)
		return "";
	return arena_printf(w->a, "Depuis janvier, environ %u" NBSP "dossiers ont été réglés pour 100 "
	    "qui se sont ouverts.", (100 * settled.n + opened.n / 2) / opened.n);
}

static void
year(struct writing *w)
{
	static const char *const heads[] = { "à ce jour", "attendu", "repère de l’année",
	    NULL };
	static const char *const alone[] = { "à ce jour", NULL };
	const unsigned persons = (unsigned)w->d->yardstick_persons;
	const unsigned settled = (unsigned)w->d->yardstick_settled;
	const char *share = settled_share_say(w);
	struct doc_block *b;

	(void)doc_add(w, DOC_HEADING, "L’année");
	b = doc_table(w, persons > 0 || settled > 0 ? heads : alone);
	b->bars = b->ncolumns > 1;
	year_row(w, b, "Personnes reçues, au moins", w->t->persons, persons);
	year_row(w, b, "Dossiers réglés, environ", told_sum(w->t, TOLD_SETTLED, w->t->scope.year,
	    last_of(w)), settled);
	if (share[0] != '\0')
		(void)doc_add(w, DOC_NOTE, share);
}

enum status
digest_head(struct writing *w, struct fault *f)
{
	(void)doc_add(w, DOC_PARA, arena_printf(w->a, "%s%s", week_say(w), beside_say(w)));
	(void)doc_add(w, DOC_PARA, arena_printf(w->a, "%s%s", open_say(w), answer_say(w)));
	cards(w);
	if (weeks_chart(w, f) != ST_OK)
		return f->st;
	year(w);
	return ST_OK;
}
