/* digest_text.c - the digest as plain text: 72 columns, tables aligned. */
#include "digest_doc.h"

#include "buf.h"
#include "utf8.h"

enum { WIDTH = 72, INDENT = 2 };

static size_t
columns_of(struct span s)
{
	size_t n = 0, len;
	uint32_t cp;

	while ((len = utf8_next(s, &cp)) > 0) {
		s = span_from(s.p + len, s.n - len);
		n++;
	}
	return n;
}

static void
repeat(struct buf *b, char c, size_t n)
{
	while (n-- > 0)
		buf_addc(b, c);
}

/* Plain spaces break; no-break ones keep together. */
static void
wrap(struct buf *b, const char *text, size_t indent)
{
	struct span rest = span_of(text), word;
	size_t used = 0;

	while (span_cut(&rest, ' ', &word)) {
		size_t n = columns_of(word);

		if (n == 0)
			continue;
		/* "< 5" keeps together. */
		if (used > 0 && used + 1 + n > WIDTH && (b->n == 0 || b->z[b->n - 1] != '<')) {
			buf_addc(b, '\n');
			used = 0;
		}
		if (used == 0) {
			repeat(b, ' ', indent);
			used = indent;
		} else {
			buf_addc(b, ' ');
			used++;
		}
		buf_add(b, word);
		used += n;
	}
	buf_addc(b, '\n');
}

static void
left(struct buf *b, const char *z, size_t width)
{
	size_t n = columns_of(span_of(z));

	buf_addz(b, z);
	repeat(b, ' ', n < width ? width - n : 0);
}

static void
right(struct buf *b, const char *z, size_t width)
{
	size_t n = columns_of(span_of(z));

	repeat(b, ' ', n < width ? width - n : 0);
	buf_addz(b, z);
}

static size_t
widest(size_t n, const char *z)
{
	size_t m = columns_of(span_of(z));

	return m > n ? m : n;
}

struct layout { size_t label, cell[DOC_COLUMNS]; };

static struct layout
layout_of(const struct doc_block *t)
{
	struct layout l = { .label = columns_of(span_of(t->groups)) };

	for (size_t i = 0; i < t->nrows; i++)
		l.label = widest(l.label, t->row[i].label);
	for (size_t k = 0; k < t->ncolumns; k++) {
		l.cell[k] = widest(0, t->column[k]);
		for (size_t i = 0; i < t->nrows; i++)
			l.cell[k] = widest(l.cell[k], t->row[i].cell[k]);
	}
	return l;
}

static void
table_put(struct buf *b, const struct doc_block *t)
{
	struct layout l = layout_of(t);
	bool heads = t->column[0][0] != '\0';

	if (heads) {
		repeat(b, ' ', INDENT);
		left(b, t->groups, l.label);
		for (size_t k = 0; k < t->ncolumns; k++) {
			repeat(b, ' ', INDENT);
			right(b, t->column[k], l.cell[k]);
		}
		buf_addc(b, '\n');
	}
	for (size_t i = 0; i < t->nrows; i++) {
		repeat(b, ' ', INDENT);
		left(b, t->row[i].label, l.label);
		for (size_t k = 0; k < t->ncolumns; k++) {
			repeat(b, ' ', INDENT);
			right(b, t->row[i].cell[k], l.cell[k]);
		}
		buf_addc(b, '\n');
	}
}

/* The figure, then what to compare it to. */
static void
cards_put(struct buf *b, struct arena *a, const struct doc_block *t)
{
	struct layout l = layout_of(t);

	for (size_t i = 0; i < t->nrows; i++) {
		const char *more = "";

		repeat(b, ' ', INDENT);
		right(b, t->row[i].cell[0], l.cell[0]);
		buf_addf(b, "  %s\n", t->row[i].label);
		for (size_t k = 1; k < t->ncolumns; k++)
			if (t->row[i].cell[k][0] != '\0')
				more = arena_printf(a, "%s%s%s\302\240:\302\240%s", more,
				    k > 1 ? "\342\200\257; " : "", doc_head(t, &t->row[i], k),
				    t->row[i].cell[k]);
		if (more[0] != '\0')
			wrap(b, more, INDENT + l.cell[0] + 2);
	}
}

static void
heading_put(struct buf *b, const char *text)
{
	buf_addf(b, "\n%s\n", text);
	repeat(b, '-', columns_of(span_of(text)));
	buf_addc(b, '\n');
}

static void
block_put(struct buf *b, struct arena *a, const struct doc_block *k)
{
	switch (k->kind) {
	case DOC_HEADING:
		heading_put(b, k->text);
		return;
	case DOC_PARA:
	case DOC_NOTE:
		wrap(b, k->text, 0);
		break;
	case DOC_CARDS:
		cards_put(b, a, k);
		break;
	case DOC_TABLE:
	case DOC_CHART:
		table_put(b, k);
		break;
	}
	buf_addc(b, '\n');
}

enum status
digest_text(struct arena *a, const struct digest_doc *doc, const char **out, struct fault *f)
{
	struct buf b BUF_AUTO;

	buf_open(&b, DIGEST_TEXT_BYTES);
	buf_addf(&b, "%s\n%s\n\n", doc->title, doc->subtitle);
	for (size_t i = 0; i < doc->n; i++)
		block_put(&b, a, &doc->block[i]);
	while (b.n > 1 && b.z[b.n - 1] == '\n' && b.z[b.n - 2] == '\n')
		buf_cut(&b, b.n - 1);
	if (buf_full(&b))
		return fault_set(f, ST_PERM, "a digest of more than %d bytes", DIGEST_TEXT_BYTES);
	*out = arena_span(a, buf_span(&b));
	return ST_OK;
}
