#include "html_int.h"

#include <string.h>

/* Deeper quotes are shown as deep as this, so that a line's prefix stays short. */
enum { DEPTH_SHOWN = 20, LINES_MAX = 3 };

void
html_out_flush(struct html_out *o)
{
	buf_add(&o->b, span_from(o->z, o->nz));
	o->nz = 0;
}

size_t
html_out_size(const struct html_out *o)
{
	return o->b.n + o->nz;
}

static void
put(struct html_out *o, struct span s)
{
	if (o->nz + s.n > sizeof o->z)
		html_out_flush(o);
	if (s.n > sizeof o->z) {
		buf_add(&o->b, s);
		return;
	}
	memcpy(o->z + o->nz, s.p, s.n);
	o->nz += s.n;
}

static void
put_prefix(struct html_out *o, unsigned depth, bool more)
{
	static const char marks[2 * DEPTH_SHOWN + 1] =
	    "> > > > > > > > > > > > > > > > > > > > ";
	size_t n = 2 * (depth < DEPTH_SHOWN ? depth : DEPTH_SHOWN);

	put(o, span_from(marks, n > 0 && !more ? n - 1 : n));
}

/* Line ends owed, the quote marks, the list mark. */
static void
begin_line(struct html_out *o)
{
	unsigned between = o->depth < o->last ? o->depth : o->last;

	if (html_out_size(o) == 0)
		o->lines = 0;
	for (; o->lines > 0; o->lines--) {
		put(o, span_from("\n", 1));
		if (o->lines > 1)
			put_prefix(o, between, false);
	}
	put_prefix(o, o->depth, true);
	put(o, span_of(o->marker));
	o->marker[0] = '\0';
	o->last = o->depth;
	o->open = true;
}

void
html_out_text(struct html_out *o, struct span s)
{
	static const struct span gaps[] = { { "", 0 }, { " ", 1 }, { "\xc2\xa0", 2 }, { "\t", 1 } };

	if (!o->open)
		begin_line(o);
	else if (o->gap != HTML_NO_GAP)
		put(o, gaps[o->gap]);
	put(o, s);
	o->gap = HTML_NO_GAP;
	o->fresh = o->hollow = false;
	o->row = true;
}

void
html_out_gap(struct html_out *o, enum html_gap gap)
{
	if (!o->open)
		o->hollow |= gap == HTML_NBSP;
	else if (gap > o->gap)
		o->gap = gap;
}

static void
close_line(struct html_out *o)
{
	o->open = o->hollow = false;
	o->gap = HTML_NO_GAP;
}

void
html_out_break(struct html_out *o)
{
	if (o->fresh)
		return;
	if (o->lines < LINES_MAX)
		o->lines++;
	close_line(o);
}

void
html_out_block(struct html_out *o, unsigned lines)
{
	if (o->fresh || lines == 0)
		return;
	if (!o->open && o->hollow && o->lines < LINES_MAX)
		o->lines++;
	if (o->lines < lines)
		o->lines = lines;
	close_line(o);
}

/* Back onto the line of the cell before, whatever blocks it held. */
void
html_out_cell(struct html_out *o)
{
	if (o->row) {
		o->lines = 0;
		o->open = true;
		o->gap = HTML_TAB;
	}
	o->fresh = true;
}

void
html_out_item(struct html_out *o, const char *marker)
{
	size_t n = strlen(marker);

	if (n < sizeof o->marker)
		memcpy(o->marker, marker, n + 1);
	o->fresh = true;
}

void
html_out_inner_end(struct html_out *o)
{
	if (!o->open && o->lines > 1)
		o->lines = 1;
	o->fresh = false;
	o->marker[0] = '\0';
}
