/* digest_doc.h - the digest as blocks of French, written once; text and HTML show the same.
 *
 * Made of struct digest_told alone: what disclosure control left out cannot be told here. */
#ifndef DESK_DIGEST_DOC_H
#define DESK_DIGEST_DOC_H

#include "chart.h"
#include "digest_show.h"

enum { DOC_BLOCKS = 80, DOC_ROWS = DIGEST_NAMES + 1, DOC_COLUMNS = 5, DOC_CHARTS = 2 };

enum doc_kind {
	DOC_HEADING, DOC_PARA, DOC_NOTE,	/* text */
	DOC_CARDS,		/* rows: a figure, what it is, what to compare it to */
	DOC_TABLE,
	DOC_CHART		/* a row a group, a column a series; text: all of it in words */
};

struct doc_row {
	const char *label, *cell[DOC_COLUMNS];
	const char *const *head;	/* of a card, where not the block's */
	unsigned bar;			/* percent */
};

struct doc_block {
	enum doc_kind kind;
	const char *text;
	const char *column[DOC_COLUMNS]; size_t ncolumns;	/* heads of the cells */
	struct doc_row *row; size_t nrows;
	bool bars;
	int chart;			/* index in struct digest_doc */
	const char *groups;		/* what the labels of a chart number, "semaine"; "" nothing */
};

struct doc_chart { const char *cid; struct span png; int width; };	/* half its pixels */

struct digest_doc {
	const char *title, *subtitle, *subject;
	struct doc_block block[DOC_BLOCKS]; size_t n;
	struct doc_chart chart[DOC_CHARTS]; size_t ncharts;
};

enum status digest_write(struct arena *a, const struct desk *d, const struct digest_told *t,
    const struct digest_names *names, struct digest_doc **out, struct fault *f) MUST_USE;

/* What cell k of a card is. */
const char *doc_head(const struct doc_block *b, const struct doc_row *r, size_t k);

/* In `a`.  ST_PERM: longer than that. */
enum { DIGEST_TEXT_BYTES = 128 * 1024, DIGEST_HTML_BYTES = 1024 * 1024 };
enum status digest_text(struct arena *a, const struct digest_doc *doc, const char **out,
    struct fault *f) MUST_USE;
/* linked: pictures by cid:, for a mail; else inside, for a browser. */
enum status digest_html(struct arena *a, const struct digest_doc *doc, bool linked,
    const char **out, struct fault *f) MUST_USE;

/* ---- between the files that write it ---- */
struct writing {
	struct arena *a;
	const struct desk *d;
	const struct digest_told *t;
	const struct digest_names *names;
	struct digest_doc *doc;
};
struct doc_block *doc_add(struct writing *w, enum doc_kind kind, const char *text);
/* The picture, by that name, and its block. */
enum status doc_chart(struct writing *w, const char *name, const struct chart *c,
    const char *text, struct doc_block **out, struct fault *f) MUST_USE;
struct doc_row *doc_row(struct writing *w, struct doc_block *b, const char *label);
/* A table of those heads, NULL after the last. */
struct doc_block *doc_table(struct writing *w, const char *const *heads);
/* "trimestre", "précédent", "année"; what is not told is a dash. */
struct doc_block *doc_periods(struct writing *w);
void doc_row_periods(struct writing *w, struct doc_block *b, const char *label,
    const struct told n[DIGEST_PERIODS]);
void doc_row_one(struct writing *w, struct doc_block *b, const char *label, const char *cell);
bool doc_has(const struct writing *w, enum digest_period p);
bool doc_has_any(const struct writing *w);
/* "23", "< 5", "1 240" */
const char *doc_count(struct arena *a, struct told n);
/* "87 %", "plus de 95 %", "–" */
const char *doc_share(struct arena *a, struct told_share s);
const char *doc_minutes(struct arena *a, int64_t minutes);	/* "5 h 20" */
/* "du 1er au 7 mai 2026" */
const char *doc_days(struct arena *a, date_day first, date_day last);

/* digest_head.c: the week and the year; digest_body.c: what it is about; digest_service.c: how
 * the bureau does, and how to read all this. */
enum status digest_head(struct writing *w, struct fault *f) MUST_USE;
void digest_subjects(struct writing *w);
void digest_places(struct writing *w);
void digest_voices(struct writing *w);
enum status digest_waits(struct writing *w, struct fault *f) MUST_USE;
void digest_urgencies(struct writing *w);
void digest_health(struct writing *w);

#endif
