#include "html_int.h"

#include <stdlib.h>

#define BLOCK HTML_ENDS_P

/* Sorted by name.  A name that is not here changes nothing. */
const struct html_tag html_tags[] = {
	{ "a", HTML_LINK, 0 }, { "address", BLOCK, 1 }, { "article", BLOCK, 1 },
	{ "aside", BLOCK, 1 }, { "b", 0, 0 }, { "big", 0, 0 },
	{ "blockquote", BLOCK | HTML_QUOTE, 1 },
	{ "body", BLOCK, 1 }, { "br", HTML_VOID | HTML_BREAK, 0 }, { "button", 0, 0 },
	{ "caption", BLOCK | HTML_SCOPE, 1 }, { "center", BLOCK, 1 }, { "cite", 0, 0 },
	{ "code", 0, 0 }, { "dd", BLOCK | HTML_ITEM, 1 }, { "del", 0, 0 }, { "dir", BLOCK, 1 },
	{ "div", BLOCK, 1 }, { "dl", BLOCK | HTML_LIST, 1 }, { "dt", BLOCK | HTML_ITEM, 1 },
	{ "em", 0, 0 }, { "fieldset", BLOCK, 1 }, { "figcaption", BLOCK, 1 },
	{ "figure", BLOCK, 1 }, { "font", 0, 0 }, { "footer", BLOCK, 1 }, { "form", BLOCK, 1 },
	{ "h1", BLOCK, 2 }, { "h2", BLOCK, 2 }, { "h3", BLOCK, 2 }, { "h4", BLOCK, 2 },
	{ "h5", BLOCK, 2 }, { "h6", BLOCK, 2 }, { "header", BLOCK, 1 },
	{ "hr", BLOCK | HTML_VOID | HTML_RULE, 1 }, { "i", 0, 0 }, { "iframe", HTML_RAW, 0 },
	{ "img", HTML_VOID | HTML_IMAGE, 0 }, { "ins", 0, 0 }, { "label", 0, 0 },
	{ "legend", BLOCK, 1 }, { "li", BLOCK | HTML_ITEM, 1 }, { "main", BLOCK, 1 },
	{ "menu", BLOCK | HTML_LIST, 1 }, { "nav", BLOCK, 1 }, { "noembed", HTML_RAW, 0 },
	{ "noframes", HTML_RAW, 0 }, { "object", HTML_SCOPE, 0 },
	{ "ol", BLOCK | HTML_LIST | HTML_ORDERED, 1 }, { "option", 0, 1 },
	{ "p", BLOCK | HTML_P, 2 }, { "plaintext", BLOCK | HTML_PRE, 1 },
	{ "pre", BLOCK | HTML_PRE, 1 }, { "s", 0, 0 }, { "script", HTML_RAW, 0 },
	{ "section", BLOCK, 1 }, { "select", 0, 0 }, { "small", 0, 0 }, { "span", 0, 0 },
	{ "strike", 0, 0 }, { "strong", 0, 0 }, { "style", HTML_RAW, 0 }, { "sub", 0, 0 },
	{ "sup", 0, 0 }, { "svg", HTML_GONE, 0 },
	{ "table", BLOCK | HTML_TABLE | HTML_SCOPE, 1 }, { "tbody", 0, 0 },
	{ "td", HTML_CELL | HTML_SCOPE, 0 }, { "template", HTML_GONE, 0 },
	{ "th", HTML_CELL | HTML_SCOPE, 0 }, { "title", HTML_RAW, 0 },
	{ "tr", HTML_ROW, 1 }, { "tt", 0, 0 }, { "u", 0, 0 }, { "ul", BLOCK | HTML_LIST, 1 },
	{ "xml", HTML_GONE, 0 },
};

_Static_assert(sizeof html_tags / sizeof *html_tags <= HTML_TAGS, "counters of elements");

static int
by_name(const void *key, const void *item)
{
	const struct span *k = key;
	const char *name = ((const struct html_tag *)item)->name;

	for (size_t i = 0; i < k->n; i++) {
		const char c = k->p[i] >= 'A' && k->p[i] <= 'Z' ? (char)(k->p[i] | 0x20) : k->p[i];

		if (c != name[i])
			return (unsigned char)c - (unsigned char)name[i];
		if (c == '\0')
			return 1;
	}
	return -(name[k->n] != '\0');
}

int
html_tag_find(struct span name)
{
	const struct html_tag *t;

	if (name.n == 0)
		return -1;
	t = bsearch(&name, html_tags, sizeof html_tags / sizeof *html_tags,
	    sizeof *html_tags, by_name);
	return t == NULL ? -1 : (int)(t - html_tags);
}

/* "0", "0px", "0.0 pt", and neither "0.5em" nor "10px". */
static bool
is_zero(struct span v)
{
	size_t n = 0;

	while (n < v.n && (v.p[n] == '0' || v.p[n] == '.'))
		n++;
	return n > 0 && (n == v.n || v.p[n] < '0' || v.p[n] > '9');
}

static unsigned
declaration(struct span name, struct span v)
{
	if (span_ieq(name, "display"))
		return span_istarts(v, "none") ? HTML_HIDE : 0;
	if (span_ieq(name, "visibility"))
		return span_istarts(v, "hidden") ? HTML_HIDE : 0;
	if (span_ieq(name, "mso-hide"))
		return span_istarts(v, "all") ? HTML_HIDE : 0;
	if (span_ieq(name, "font-size"))
		return is_zero(v) ? HTML_TINY : HTML_SIZED;
	if (span_ieq(name, "white-space"))
		return span_istarts(v, "pre") ? HTML_KEEP : HTML_COLLAPSE;
	if (span_ieq(name, "border"))
		return span_istarts(v, "none") || is_zero(v) ? HTML_BARE : 0;
	return 0;
}

unsigned
html_style(struct span style)
{
	struct span one, name;
	unsigned bits = 0;

	while (span_cut(&style, ';', &one))
		if (span_cut(&one, ':', &name))
			bits |= declaration(span_trim(name), span_trim(one));
	return bits;
}
