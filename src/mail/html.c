#include "html_int.h"

#include "utf8.h"

#include <stdio.h>
#include <string.h>

enum { STACK = 512 };

/* How the text of an element reads; inherited. */
enum { HIDDEN = 1, TINY = 2, KEEP = 4, ALL_HIDDEN = HIDDEN | TINY };

struct element { int tag; unsigned state, lines, number; bool quote; };

struct walk {
	struct html_in in;
	struct html_out out;
	struct buf one;			/* a decoded character */
	struct element stack[STACK];
	size_t n, over;			/* over: open elements that found no room */
	unsigned open[HTML_TAGS];
	bool show_hidden;
	bool skip_line_end;		/* the one behind <pre> */
	struct span href;
	size_t href_from;		/* size of the output where the link began */
};

static unsigned
state(const struct walk *w)
{
	return w->n == 0 ? 0 : w->stack[w->n - 1].state;
}

static bool
muted(const struct walk *w)
{
	return (state(w) & ALL_HIDDEN) != 0 && !w->show_hidden;
}

/* --- links ---------------------------------------------------------------------------- */

static void
link_end(struct walk *w)
{
	char url[HTML_URL_MAX + 2] = "<";
	struct span href = w->href;
	size_t from = w->href_from, n;

	w->href = (struct span){ "", 0 };
	html_out_flush(&w->out);
	if (muted(w) || w->out.b.n <= from)
		return;
	n = html_url(href, span_from(w->out.b.z + from, w->out.b.n - from), url + 1);
	if (n == 0)
		return;
	url[n + 1] = '>';
	html_out_gap(&w->out, HTML_SPACE);
	html_out_text(&w->out, span_from(url, n + 2));
}

static void
link_begin(struct walk *w, const struct html_attrs *at)
{
	html_out_flush(&w->out);
	w->href = at->href;
	w->href_from = w->out.b.n;
}

/* --- elements ------------------------------------------------------------------------- */

static void
element_pop(struct walk *w)
{
	struct element *e = &w->stack[w->n - 1];
	const struct html_tag *t = &html_tags[e->tag];

	if ((t->kind & HTML_LINK) != 0)
		link_end(w);
	if (!muted(w))
		html_out_block(&w->out, e->lines);
	if ((t->kind & (HTML_CELL | HTML_ITEM)) != 0)
		html_out_inner_end(&w->out);
	if ((t->kind & (HTML_ROW | HTML_TABLE)) != 0)
		w->out.row = false;
	w->out.depth -= e->quote;
	w->open[e->tag]--;
	w->n--;
}

static void
pop_to(struct walk *w, size_t i)
{
	while (w->n > i)
		element_pop(w);
}

/* End the innermost open element of that kind, unless one of `bounds` is nearer. */
static void
end_implied(struct walk *w, unsigned kind, unsigned bounds)
{
	for (size_t i = w->n; i > 0; i--) {
		unsigned k = html_tags[w->stack[i - 1].tag].kind;

		if ((k & kind) != 0) {
			pop_to(w, i - 1);
			return;
		}
		if ((k & bounds) != 0)
			return;
	}
}

static void
begin_implied(struct walk *w, unsigned kind)
{
	static const struct { unsigned by, ends, bounds; } rules[] = {
		{ HTML_ENDS_P, HTML_P, HTML_SCOPE },
		{ HTML_ITEM, HTML_ITEM, HTML_LIST | HTML_SCOPE },
		{ HTML_CELL, HTML_CELL, HTML_TABLE },
		{ HTML_ROW, HTML_ROW, HTML_TABLE },
	};

	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if ((kind & rules[i].by) != 0)
			end_implied(w, rules[i].ends, rules[i].bounds);
}

static unsigned
state_of(const struct walk *w, const struct html_tag *t, const struct html_attrs *at,
    unsigned style)
{
	unsigned s = state(w);

	if (at->hidden || (style & HTML_HIDE) != 0 || (t->kind & HTML_GONE) != 0)
		s |= HIDDEN;
	if ((style & (HTML_TINY | HTML_SIZED)) != 0)
		s = (s & ~(unsigned)TINY) | ((style & HTML_TINY) != 0 ? TINY : 0);
	if ((style & (HTML_KEEP | HTML_COLLAPSE)) != 0)
		s = (s & ~(unsigned)KEEP) | ((style & HTML_KEEP) != 0 ? KEEP : 0);
	return (t->kind & HTML_PRE) != 0 ? s | KEEP : s;
}

/* Some clients indent with a blockquote that has no border: no quotation. */
static bool
is_quote(const struct html_tag *t, const struct html_attrs *at, unsigned style)
{
	return (t->kind & HTML_QUOTE) != 0 &&
	    ((style & HTML_BARE) == 0 || span_ieq(at->type, "cite"));
}

/* Blank lines around it; Outlook's paragraphs have none. */
static unsigned
margin(const struct html_tag *t, const struct html_attrs *at)
{
	return (t->kind & HTML_P) != 0 && span_istarts(at->class, "Mso") ? 1 : t->lines;
}

static void
begin_item(struct walk *w)
{
	char mark[24];

	for (size_t i = w->n; i > 0; i--) {
		struct element *e = &w->stack[i - 1];

		if ((html_tags[e->tag].kind & HTML_LIST) == 0)
			continue;
		if ((html_tags[e->tag].kind & HTML_ORDERED) == 0)
			break;
		(void)snprintf(mark, sizeof mark, "%u. ", ++e->number);
		html_out_item(&w->out, mark);
		return;
	}
	html_out_item(&w->out, "- ");
}

static void
element_begin(struct walk *w, int tag, const struct html_attrs *at)
{
	const struct html_tag *t = &html_tags[tag];
	unsigned style = html_style(at->style), s = state_of(w, t, at, style);
	bool quote = is_quote(t, at, style);

	if (quote)
		w->out.fresh = false;
	if ((s & ALL_HIDDEN) == 0 || w->show_hidden) {
		html_out_block(&w->out, margin(t, at));
		if ((t->kind & HTML_ROW) != 0)
			w->out.row = false;
		if ((t->kind & HTML_CELL) != 0)
			html_out_cell(&w->out);
		if ((t->kind & HTML_ITEM) != 0)
			begin_item(w);
	}
	if ((t->kind & HTML_LINK) != 0)
		link_begin(w, at);
	w->skip_line_end = (t->kind & HTML_PRE) != 0;
	if (w->n == STACK) {
		w->over++;
		return;
	}
	w->stack[w->n++] = (struct element){ tag, s, margin(t, at), 0, quote };
	w->open[tag]++;
	w->out.depth += quote;
}

static void text_put(struct walk *w, struct span s, enum html_where where);

static void
element_void(struct walk *w, const struct html_tag *t, const struct html_attrs *at)
{
	if (muted(w) || at->hidden || (html_style(at->style) & HTML_HIDE) != 0)
		return;
	if ((t->kind & HTML_BREAK) != 0)
		html_out_break(&w->out);
	if ((t->kind & HTML_IMAGE) != 0)
		text_put(w, at->alt, HTML_IN_VALUE);
	if ((t->kind & HTML_RULE) != 0) {
		html_out_block(&w->out, 1);
		html_out_text(&w->out, span_of("________________________________"));
		html_out_block(&w->out, 1);
	}
}

/* --- tags ----------------------------------------------------------------------------- */

static void
end_tag(struct walk *w, int tag)
{
	const struct html_tag *t = &html_tags[tag];
	bool part = (t->kind & (HTML_TABLE | HTML_ROW | HTML_CELL | HTML_SCOPE)) != 0;

	if (w->over > 0) {
		w->over--;
		return;
	}
	for (size_t i = w->open[tag] == 0 ? 0 : w->n; i > 0; i--) {
		unsigned k = html_tags[w->stack[i - 1].tag].kind;

		if (w->stack[i - 1].tag == tag) {
			pop_to(w, i - 1);
			return;
		}
		if ((k & HTML_TABLE) != 0 || (!part && (k & HTML_SCOPE) != 0))
			return;
	}
}

static void
start_tag(struct walk *w, int tag, const struct html_attrs *at)
{
	const struct html_tag *t = &html_tags[tag];

	if ((t->kind & HTML_RAW) != 0) {
		w->in.p = html_raw_skip(&w->in, w->in.p, tag);
		return;
	}
	if (w->over == 0)
		begin_implied(w, t->kind);
	if ((t->kind & HTML_VOID) != 0)
		element_void(w, t, at);
	else
		element_begin(w, tag, at);
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* w->in.p is at '<'.  False when it begins no tag and is text. */
static bool
tag(struct walk *w)
{
	const char *p = w->in.p + 1;
	bool end = p < w->in.end && *p == '/';
	struct html_attrs at;
	struct span name;
	int i;

	if (p < w->in.end && (*p == '!' || *p == '?')) {
		p = html_declaration_end(&w->in, w->in.p);
		if (p != NULL)
			w->in.p = p;
		return p != NULL;
	}
	p += end;
	if (p == w->in.end || !is_letter(*p) || html_find(&w->in, HTML_GREATER, p) == NULL)
		return false;
	name = span_from(p, 0);
	while (p < w->in.end && !html_blank(*p) && *p != '>' && *p != '/')
		p++;
	name.n = (size_t)(p - name.p);
	w->in.p = html_attrs_read(&w->in, p, &at);
	i = html_tag_find(name);
	w->skip_line_end = false;
	if (i >= 0 && !end)
		start_tag(w, i, &at);
	else if (i >= 0)
		end_tag(w, i);
	return true;
}

/* --- text ----------------------------------------------------------------------------- */

/* Soft hyphens and the joiners that newsletters pad their preview with. */
static bool
is_nothing(uint32_t cp)
{
	return cp == 0xad || cp == 0x34f || cp == 0x2060 || utf8_hidden(cp);
}

static void
put_char(struct walk *w, uint32_t cp, struct span as)
{
	bool keep = (state(w) & KEEP) != 0;

	if (cp == 0xa0 && !keep)
		html_out_gap(&w->out, HTML_NBSP);
	else if (cp == '\n' && keep && !w->skip_line_end)
		html_out_break(&w->out);
	else if (cp <= 0x7f && html_blank((char)cp) && (!keep || cp == '\r' || cp == '\n'))
		html_out_gap(&w->out, keep ? HTML_NO_GAP : HTML_SPACE);
	else if (!is_nothing(cp))
		html_out_text(&w->out, as);
	w->skip_line_end = false;
}

static void
put_entity(struct walk *w, uint32_t cp)
{
	buf_reset(&w->one);
	utf8_put(&w->one, cp);
	put_char(w, cp, buf_span(&w->one));
}

/* A byte that says nothing but itself: visible ASCII, and what leads or follows in UTF-8 but
 * the leads of U+0080, U+0340, U+2000 and U+F000, where the special ones live. */
static bool
is_plain(char byte)
{
	unsigned char c = (unsigned char)byte;

	return c > ' ' && c != '&' && c != 0x7f && c != 0xc2 && c != 0xcd && c != 0xe2 &&
	    c != 0xef;
}

/* Words with single blanks between them. */
static size_t
plain_run(struct span s)
{
	size_t i = 0;

	while (i < s.n && (is_plain(s.p[i]) ||
	    (s.p[i] == ' ' && i > 0 && i + 1 < s.n && is_plain(s.p[i + 1]))))
		i++;
	return i;
}

static void
text_put(struct walk *w, struct span s, enum html_where where)
{
	size_t n;
	uint32_t cp;

	for (; s.n > 0; s.p += n, s.n -= n) {
		n = plain_run(s);
		if (n > 0) {
			html_out_text(&w->out, span_from(s.p, n));
			w->skip_line_end = false;
			continue;
		}
		if (s.p[0] == '&' && (n = html_entity(s, where, &cp)) > 0) {
			put_entity(w, cp);
			continue;
		}
		n = utf8_next(s, &cp);
		if (n == 0)
			n = 1;
		else
			put_char(w, cp, span_from(s.p, n));
	}
}

static void
walk(struct walk *w)
{
	while (w->in.p < w->in.end && !buf_full(&w->out.b)) {
		const char *lt = memchr(w->in.p, '<', (size_t)(w->in.end - w->in.p));
		const char *stop = lt == NULL ? w->in.end : lt;

		if (!muted(w))
			text_put(w, span_from(w->in.p, (size_t)(stop - w->in.p)), HTML_IN_TEXT);
		w->in.p = stop;
		if (lt != NULL && !tag(w)) {
			if (!muted(w))
				html_out_text(&w->out, span_from("<", 1));
			w->in.p = stop + 1;
		}
	}
	pop_to(w, 0);
	html_out_flush(&w->out);
}

const char *
html_to_text(struct arena *a, struct span html, size_t max)
{
	const char *text = "";

	/* A mail whose every word is hidden is shown whole rather than empty. */
	for (int show = 0; show <= 1 && text[0] == '\0'; show++) {
		struct walk *w = arena_new(a, struct walk, 1);

		w->in.p = html.p;
		w->in.end = html.p + html.n;
		w->show_hidden = show == 1;
		buf_open(&w->out.b, max + 4);	/* so that a cut character shows */
		buf_open(&w->one, 4);
		walk(w);
		text = arena_strndup(a, w->out.b.z, utf8_floor(buf_span(&w->out.b), max));
		buf_close(&w->out.b);
		buf_close(&w->one);
	}
	return text;
}
