#include "digest_doc.h"

#include <assert.h>
#include <string.h>

#define NBSP "\302\240"
#define THIN "\342\200\257"

struct doc_block *
doc_add(struct writing *w, enum doc_kind kind, const char *text)
{
	struct doc_block *b = &w->doc->block[w->doc->n++];

	assert(w->doc->n <= DOC_BLOCKS);
	b->kind = kind;
	b->text = text;
	b->groups = "";
	return b;
}

enum status
doc_chart(struct writing *w, const char *name, const struct chart *c, const char *text,
    struct doc_block **out, struct fault *f)
{
	struct doc_chart *p = &w->doc->chart[w->doc->ncharts];
	int year, week;

	assert(w->doc->ncharts < DOC_CHARTS);
	date_iso_week(w->t->scope.monday, &year, &week);
	*p = (struct doc_chart){ .width = c->width / 2, .cid = arena_printf(w->a,
	    "%s.%04d-W%02d@%s", name, year, week, w->d->domain) };
	if (chart_png(w->a, c, &p->png, f) != ST_OK)
		return f->st;
	*out = doc_add(w, DOC_CHART, text);
	(*out)->chart = (int)w->doc->ncharts++;
	return ST_OK;
}

struct doc_row *
doc_row(struct writing *w, struct doc_block *b, const char *label)
{
	if (b->row == NULL)
		b->row = arena_new(w->a, struct doc_row, DOC_ROWS);
	assert(b->nrows < DOC_ROWS);
	b->row[b->nrows] = (struct doc_row){ .label = label };
	return &b->row[b->nrows++];
}

void
doc_row_one(struct writing *w, struct doc_block *b, const char *label, const char *cell)
{
	doc_row(w, b, label)->cell[0] = cell;
}

struct doc_block *
doc_table(struct writing *w, const char *const *heads)
{
	struct doc_block *b = doc_add(w, DOC_TABLE, "");

	while (heads[b->ncolumns] != NULL) {
		b->column[b->ncolumns] = heads[b->ncolumns];
		b->ncolumns++;
	}
	return b;
}

struct doc_block *
doc_periods(struct writing *w)
{
	static const char *const heads[] = { "trimestre", "précédent", "année", NULL };

	return doc_table(w, heads);
}

void
doc_row_periods(struct writing *w, struct doc_block *b, const char *label,
    const struct told n[DIGEST_PERIODS])
{
	struct doc_row *r = doc_row(w, b, label);

	for (int p = 0; p < DIGEST_PERIODS; p++)
		r->cell[p] = doc_has(w, (enum digest_period)p) ? doc_count(w->a, n[p]) : "–";
}

bool
doc_has(const struct writing *w, enum digest_period p)
{
	return w->t->span[p].end > w->t->span[p].first;
}

bool
doc_has_any(const struct writing *w)
{
	return doc_has(w, DIGEST_NOW) || doc_has(w, DIGEST_BEFORE) || doc_has(w, DIGEST_YEAR);
}

const char *
doc_head(const struct doc_block *b, const struct doc_row *r, size_t k)
{
	return r->head != NULL ? r->head[k] : b->column[k];
}

/* The sign of "less than" and the figure stand apart by a plain space: both are looked for. */
const char *
doc_count(struct arena *a, struct told n)
{
	if (n.small)
		return arena_printf(a, "< %d", DIGEST_SMALL);
	if (n.n >= 1000)
		return arena_printf(a, "%u" THIN "%03u", n.n / 1000, n.n % 1000);
	return arena_printf(a, "%u", n.n);
}

const char *
doc_share(struct arena *a, struct told_share s)
{
	static const char *const before[] = {
		[TOLD_NOT] = "", [TOLD_EXACT] = "", [TOLD_OVER] = "plus de ",
		[TOLD_UNDER] = "moins de ",
	};

	if (s.how == TOLD_NOT)
		return "–";
	return arena_printf(a, "%s%u" NBSP "%%", before[s.how], s.percent);
}

const char *
doc_minutes(struct arena *a, int64_t minutes)
{
	long long h = minutes / 60, m = minutes % 60;

	if (h == 0)
		return arena_printf(a, "%lld" NBSP "min", m);
	if (m == 0)
		return arena_printf(a, "%lld" NBSP "h", h);
	return arena_printf(a, "%lld" NBSP "h" NBSP "%02lld", h, m);
}

/* "du 28 septembre au 4 octobre 2026" */
const char *
doc_days(struct arena *a, date_day first, date_day last)
{
	struct date from = date_of_day(first), to = date_of_day(last);
	const char *day = say_date(a, first);

	if (from.y == to.y)
		day = arena_strndup(a, day, strlen(day) - sizeof " 2026" + 1);
	if (from.y == to.y && from.m == to.m)
		day = arena_printf(a, "%d%s", from.d, from.d == 1 ? "er" : "");
	return arena_printf(a, "du %s au %s", day, say_date(a, last));
}

enum status
digest_write(struct arena *a, const struct desk *d, const struct digest_told *t,
    const struct digest_names *names, struct digest_doc **out, struct fault *f)
{
	struct writing w = { a, d, t, names, arena_new(a, struct digest_doc, 1) };
	int year, week;

	date_iso_week(t->scope.monday, &year, &week);
	w.doc->title = d->name[0] != '\0' ? d->name : "Le bureau";
	w.doc->subtitle = arena_printf(a, "Semaine %d, %s", week, doc_days(a, t->scope.monday,
	    t->scope.monday + 6));
	w.doc->subject = arena_printf(a, "%s" NBSP ": semaine %d de %d", w.doc->title, week, year);
	if (digest_head(&w, f) != ST_OK)
		return f->st;
	digest_subjects(&w);
	if (digest_waits(&w, f) != ST_OK)
		return f->st;
	digest_places(&w);
	digest_urgencies(&w);
	digest_voices(&w);
	digest_health(&w);
	*out = w.doc;
	return ST_OK;
}
