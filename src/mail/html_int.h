/* html_int.h - between the files of html_to_text: entities, attributes, elements, layout. */
#ifndef MAIL_HTML_INT_H
#define MAIL_HTML_INT_H

#include "buf.h"
#include "html.h"

#include <stdint.h>

/* --- entities ------------------------------------------------------------------------- */

/* Text: as browsers read it.  Value: "&copy=" in an address is no entity. */
enum html_where { HTML_IN_TEXT, HTML_IN_VALUE };

/* s begins with '&'.  Bytes of the reference, 0 when it is none; C1 numbers are
 * windows-1252. */
size_t html_entity(struct span s, enum html_where where, uint32_t *cp_out);

/* --- bytes ---------------------------------------------------------------------------- */

/* A closing mark that was looked for up to the end and is not there is not looked for
 * again: that keeps "<!--<!--<!--" and its like linear. */
enum html_mark { HTML_DOUBLE_QUOTE, HTML_SINGLE_QUOTE, HTML_GREATER, HTML_COMMENT, HTML_MARKS };

enum { HTML_TAGS = 80 };

struct html_in { const char *p, *end; bool missing[HTML_MARKS], raw_missing[HTML_TAGS]; };
struct html_attrs { struct span href, style, class, alt, type; bool hidden; };

static inline bool
html_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}
/* NULL when it is not there. */
const char *html_find(struct html_in *in, enum html_mark m, const char *from);
/* From behind the tag's name to behind its '>' (or to the end). */
const char *html_attrs_read(struct html_in *in, const char *p, struct html_attrs *at);
/* Behind a comment, <!DOCTYPE>, <?xml?>, Outlook's <![if]>; p is at the '<'.  NULL:
 * it has no end. */
const char *html_declaration_end(struct html_in *in, const char *p);
/* Behind the end tag of a script and its like; p itself where there is none. */
const char *html_raw_skip(struct html_in *in, const char *p, int tag);

enum { HTML_URL_MAX = 2000 };

/* The address as text in out, decoded; 0 when it is none that a person can use, or when
 * `words`, the link's own, say the same. */
size_t html_url(struct span href, struct span words, char out[HTML_URL_MAX]);

/* --- elements ------------------------------------------------------------------------- */

enum html_kind {
	HTML_P = 1, HTML_ITEM = 2, HTML_CELL = 4, HTML_ROW = 8, HTML_LIST = 16, HTML_TABLE = 32,
	HTML_SCOPE = 64,	/* an end tag reaches no further out than this */
	HTML_ENDS_P = 128,	/* its start tag ends an open paragraph */
	HTML_VOID = 256,	/* has no content */
	HTML_RAW = 512,		/* its content is no text and holds no tags */
	HTML_GONE = 1024,	/* is never shown */
	HTML_QUOTE = 2048, HTML_PRE = 4096, HTML_LINK = 8192, HTML_BREAK = 16384,
	HTML_IMAGE = 32768, HTML_RULE = 65536, HTML_ORDERED = 131072,
};

struct html_tag { const char *name; unsigned kind; unsigned lines; };

extern const struct html_tag html_tags[];
/* Its index in html_tags, -1 when it plays no part here. */
int html_tag_find(struct span name);

enum html_style {
	HTML_HIDE = 1, HTML_TINY = 2, HTML_SIZED = 4, HTML_KEEP = 8, HTML_COLLAPSE = 16,
	HTML_BARE = 32,
};
unsigned html_style(struct span style);		/* of enum html_style */

/* --- layout --------------------------------------------------------------------------- */

enum html_gap { HTML_NO_GAP, HTML_SPACE, HTML_NBSP, HTML_TAB };

struct html_out {
	struct buf b;
	size_t nz;
	unsigned lines;		/* line ends owed before the next text */
	unsigned depth, last;	/* of quotes: now, and on the line before */
	enum html_gap gap;	/* owed before the next text on this line */
	bool open;		/* the line has text */
	bool fresh;		/* a cell or list item that has no text yet */
	bool hollow;		/* a line of nothing but &nbsp;, which people mean as empty */
	bool row;		/* the table row has text */
	char marker[24];	/* of the list item, until its text comes */
	char z[4096];
};

void html_out_text(struct html_out *o, struct span s);
void html_out_gap(struct html_out *o, enum html_gap gap);
void html_out_break(struct html_out *o);			/* <br> */
void html_out_block(struct html_out *o, unsigned lines);	/* a block begins or ends */
void html_out_cell(struct html_out *o);
void html_out_item(struct html_out *o, const char *marker);
void html_out_inner_end(struct html_out *o);			/* of a cell or item */
size_t html_out_size(const struct html_out *o);
void html_out_flush(struct html_out *o);

#endif
