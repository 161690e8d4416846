/* digest_body.c - the breakdowns: what the cases are about and what becomes of them, where people
 * live, how they speak. */
#include "digest_doc.h"

#include "buf.h"

#include <stdlib.h>
#include <string.h>

#define NBSP "\302\240"
#define THIN "\342\200\257"

enum { SENTENCES = 4096, THEMES = 5 };

static bool
all_small(const struct told n[DIGEST_PERIODS])
{
	return n[DIGEST_NOW].small && n[DIGEST_BEFORE].small && n[DIGEST_YEAR].small;
}

/* "a, b, c" */
static void
name_add(struct buf *b, const char *name)
{
	buf_addf(b, "%s%s", b->n > 0 ? ", " : "", name);
}

static void
rest_put(struct writing *w, const struct buf *names)
{
	if (names->n > 0)
		(void)doc_add(w, DOC_NOTE, arena_printf(w->a, "Moins de cinq" NBSP ": %s.", names->z));
}

/* The longest that is told: what ranks rows. */
static enum digest_period
longest(const struct writing *w)
{
	return doc_has(w, DIGEST_YEAR) ? DIGEST_YEAR : DIGEST_BEFORE;
}

/* ---- ranks ---- */

struct ranked { size_t i; unsigned n; };

static int
rank_order(const void *x, const void *y)
{
	const struct ranked *a = x, *b = y;

	if (a->n != b->n)
		return a->n < b->n ? 1 : -1;
	return (a->i > b->i) - (a->i < b->i);
}

static void
rank(struct ranked *v, size_t n)
{
	if (n > 0)
		qsort(v, n, sizeof *v, rank_order);
}

/* ---- subjects ---- */

static void
periods_say(struct writing *w)
{
	static const char *const names[] = { [DIGEST_NOW] = "Trimestre", [DIGEST_BEFORE] =
	    "Trimestre précédent", [DIGEST_YEAR] = "Année" };
	const date_day first = w->t->scope.first;
	struct buf b BUF_AUTO;

	buf_open(&b, SENTENCES);
	for (int p = 0; p < DIGEST_PERIODS; p++) {
		const struct digest_span *s = &w->t->span[p];

		if (doc_has(w, (enum digest_period)p))
			buf_addf(&b, "%s%s" NBSP ": %s.", b.n > 0 ? " " : "", names[p], doc_days(w->a,
			    first + 7 * (date_day)s->first, first + 7 * (date_day)s->end - 1));
	}
	if (!doc_has(w, DIGEST_NOW))
		buf_addf(&b, " Le trimestre en cours paraît à sa quatrième semaine.");
	(void)doc_add(w, DOC_NOTE, arena_span(w->a, buf_span(&b)));
}

static bool
category_small(const struct told_category *k)
{
	return all_small(k->opened) && all_small(k->closed) && k->open.small;
}

static void
category_row(struct writing *w, struct doc_block *b, size_t i, unsigned largest)
{
	const struct told_category *k = &w->t->category[i];

	doc_row_periods(w, b, w->names->category[i].label, k->opened);
	b->row[b->nrows - 1].cell[3] = doc_has(w, DIGEST_NOW) ?
	    doc_count(w->a, k->closed[DIGEST_NOW]) : "–";
	b->row[b->nrows - 1].cell[4] = doc_count(w->a, k->open);
	b->row[b->nrows - 1].bar = largest == 0 ? 0 : 100 * k->opened[longest(w)].n / largest;
}

static void
categories(struct writing *w)
{
	static const char *const heads[] = { "trimestre", "précédent", "année", "clos", "ouverts",
	    NULL };
	struct ranked v[DIGEST_NAMES];
	struct buf rest BUF_AUTO;
	struct doc_block *b;

	for (size_t i = 0; i < w->t->ncategories; i++)
		v[i] = (struct ranked){ i, w->t->category[i].opened[longest(w)].n };
	rank(v, w->t->ncategories);
	buf_open(&rest, SENTENCES);
	b = doc_table(w, heads);
	b->bars = true;
	for (size_t i = 0; i < w->t->ncategories; i++)
		if (category_small(&w->t->category[v[i].i]))
			name_add(&rest, w->names->category[v[i].i].label);
		else
			category_row(w, b, v[i].i, v[0].n);
	if (b->nrows == 0)
		w->doc->n--;
	rest_put(w, &rest);
}

static struct told
settled_in(const struct writing *w, enum digest_period p)
{
	const struct digest_span *s = &w->t->span[p];

	return doc_has(w, p) ? told_sum(w->t, TOLD_SETTLED, s->first, s->end - 1) :
	    (struct told){ true, 0 };
}

static void
outcomes(struct writing *w)
{
	static const struct { enum ticket_outcome outcome; const char *label; } rows[] = {
		{ TICKET_OUTCOME_REFERRED, "Orientés vers une structure" },
		{ TICKET_OUTCOME_TRANSFERRED, "Transmis à l’organisme compétent" },
		{ TICKET_OUTCOME_NO_ACTION, "Clos sans suite" },
		{ TICKET_OUTCOME_UNREACHABLE, "Personne injoignable" },
	};
	const struct told settled[] = { settled_in(w, DIGEST_NOW), settled_in(w, DIGEST_BEFORE),
	    settled_in(w, DIGEST_YEAR) };
	struct doc_block *b;

	(void)doc_add(w, DOC_HEADING, "Ce que deviennent les dossiers");
	b = doc_periods(w);
	doc_row_periods(w, b, "Réglés, environ", settled);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		doc_row_periods(w, b, rows[i].label, w->t->outcome[rows[i].outcome]);
	doc_row_periods(w, b, "Rendez-vous donné", w->t->meetings);
}

void
digest_subjects(struct writing *w)
{
	if (!doc_has_any(w)) {
		(void)doc_add(w, DOC_NOTE, "Les répartitions par thème, quartier, langue et issue "
		    "paraîtront quand quatre semaines auront été comptées.");
		return;
	}
	(void)doc_add(w, DOC_HEADING, "De quoi il s’agit");
	periods_say(w);
	categories(w);
	(void)doc_add(w, DOC_NOTE, "Nouveaux dossiers, et ceux clos dans le trimestre, arrondis "
	    "aux cinq inférieurs" NBSP ": «" NBSP "10" NBSP "» veut dire dix, ou un peu plus. Les "
	    "dossiers sensibles n’y sont pas.");
	outcomes(w);
}

/* ---- places ---- */

static void
quartiers(struct writing *w)
{
	const struct digest_told *t = w->t;
	struct buf rest BUF_AUTO = { 0 };
	struct doc_block *b;

	if (t->nquartiers == 0 || !doc_has_any(w))
		return;
	buf_open(&rest, SENTENCES);
	(void)doc_add(w, DOC_HEADING, "Les quartiers");
	b = doc_periods(w);
	for (size_t i = 0; i < t->nquartiers; i++)
		if (all_small(t->quartier[i]))
			name_add(&rest, w->names->quartier[i]);
		else
			doc_row_periods(w, b, w->names->quartier[i], t->quartier[i]);
	doc_row_periods(w, b, "Non précisé", t->nowhere);
	rest_put(w, &rest);
}

/* What people of that neighbourhood wrote about, for whoever holds the permanence. */
static void
themes(struct writing *w)
{
	enum digest_period p = longest(w);
	const char *heads[DOC_COLUMNS + 1] = { p == DIGEST_YEAR ? "année" : "précédent" };
	struct ranked v[DIGEST_NAMES];
	size_t n = 0;
	struct doc_block *b;

	for (size_t i = 0; i < w->t->ncategories; i++)
		if (!w->t->theme[i][p].small)
			v[n++] = (struct ranked){ i, w->t->theme[i][p].n };
	rank(v, n);
	if (n == 0) {
		(void)doc_add(w, DOC_NOTE, "Dans ce quartier, aucun thème n’atteint cinq dossiers.");
		return;
	}
	(void)doc_add(w, DOC_NOTE, "Les sujets les plus fréquents de ce quartier" NBSP ":");
	b = doc_table(w, heads);
	for (size_t i = 0; i < n && i < THEMES; i++)
		doc_row_one(w, b, w->names->category[v[i].i].label,
		    doc_count(w->a, w->t->theme[v[i].i][p]));
}

static const struct told *
opened_of(const struct writing *w, const char *category)
{
	for (size_t i = 0; i < w->t->ncategories; i++)
		if (strcmp(w->names->category[i].name, category) == 0)
			return w->t->category[i].opened;
	return NULL;
}

static void
permanences(struct writing *w)
{
	const struct permanence *next = &w->names->next;
	const struct told *from = opened_of(w, "permanence");

	(void)doc_add(w, DOC_HEADING, "Les permanences");
	if (next->quartier[0] == '\0')
		(void)doc_add(w, DOC_PARA, "Aucune date à venir n’est inscrite.");
	else {
		(void)doc_add(w, DOC_PARA, arena_printf(w->a, "Prochaine permanence" NBSP ": %s, "
		    "%s à %s%s%s.", next->quartier, say_day(w->a, date_local_day(next->at)),
		    say_time(w->a, next->at), next->place[0] == '\0' ? "" : ", ", next->place));
		if (doc_has_any(w))
			themes(w);
	}
	if (from != NULL && doc_has_any(w))
		doc_row_periods(w, doc_periods(w), "Demandes venues d’une permanence", from);
}

void
digest_places(struct writing *w)
{
	quartiers(w);
	permanences(w);
}

/* ---- voices ---- */

static void
languages(struct writing *w)
{
	struct doc_block *b;

	(void)doc_add(w, DOC_HEADING, "Les langues");
	b = doc_periods(w);
	for (size_t i = 0; i <= DIGEST_LANGS; i++)
		if (!all_small(w->t->lang[i]))
			doc_row_periods(w, b, i < DIGEST_LANGS ? digest_langs[i].name :
			    "Autres langues", w->t->lang[i]);
	if (b->nrows > 0)
		return;
	w->doc->n--;
	(void)doc_add(w, DOC_PARA, "Hors le français, aucune langue n’atteint cinq dossiers.");
}

void
digest_voices(struct writing *w)
{
	struct doc_block *b;

	if (!doc_has_any(w))
		return;
	languages(w);
	(void)doc_add(w, DOC_HEADING, "Réclamations et remerciements");
	b = doc_periods(w);
	doc_row_periods(w, b, "Messages de réclamation", w->t->complaints);
	doc_row_periods(w, b, "Messages de remerciement", w->t->thanks);
}
