/* digest_html.c - the digest as HTML for mail clients: tables and inline styles, which all of
 * them keep; the style sheet in the head serves those that know dark mode, and nothing is lost
 * without it.  Every text is escaped. */
#include "digest_doc.h"

#include "buf.h"
#include "compose.h"

#include <string.h>

#define FONT "font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;"
#define INK "#1d2733"
#define SOFT "#5b6875"
#define LINE "#dfe4ea"
#define BLUE "#2970b3"
#define OCHRE "#a8690f"
#define TABLE "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" " \
	"cellspacing=\"0\" border=\"0\""

enum { WIDE = 6 };			/* more groups of a chart than that: small figures */

/* As chart.c paints them; the ochre darker, to be read as a figure. */
static const struct { const char *class, *colour; } series[CHART_SERIES] = {
	{ "blue", BLUE }, { "ochre", OCHRE },
};

/* Outlook on Windows knows no max-width. */
#define MSO_OPEN "<!--[if mso]><table width=\"640\" align=\"center\"><tr><td><![endif]-->\n"
#define MSO_CLOSE "<!--[if mso]></td></tr></table><![endif]-->\n"

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"fr\"><head><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta name=\"supported-color-schemes\" content=\"light dark\">\n"
    "<style>\n:root { color-scheme: light dark; }\n"
    "@media (max-width: 480px) {\n"
    " .edge { padding: 0 !important; }\n .pad { padding: 20px 16px !important; }\n"
    " .sheet { border-radius: 0 !important; }\n}\n"
    "@media (prefers-color-scheme: dark) {\n"
    " .page { background: #11161c !important; }\n"
    " .sheet { background: #1a212a !important; }\n"
    " .ink { color: #e8edf3 !important; }\n .soft { color: #9fabb8 !important; }\n"
    " .line { border-color: #333e4a !important; }\n .blue { color: #7db5ea !important; }\n"
    " .ochre { color: #e6ad5c !important; }\n .bar { background: #4a90d2 !important; }\n"
    " .box { background: #222b36 !important; }\n .track { background: #2b3541 !important; }\n"
    "}\n</style>\n";

static void
esc(struct buf *b, const char *z)
{
	for (; *z != '\0'; z++)
		switch (*z) {
		case '&': buf_addz(b, "&amp;"); break;
		case '<': buf_addz(b, "&lt;"); break;
		case '>': buf_addz(b, "&gt;"); break;
		case '"': buf_addz(b, "&quot;"); break;
		case '\'': buf_addz(b, "&#39;"); break;
		default: buf_addc(b, *z); break;
		}
}

static void
element(struct buf *b, const char *tag, const char *class, const char *style, const char *text)
{
	buf_addf(b, "<%s class=\"%s\" style=\"%s\">", tag, class, style);
	esc(b, text);
	buf_addf(b, "</%.*s>\n", (int)strcspn(tag, " "), tag);
}

/* ---- cards ---- */

/* What to compare it to: names at the left, figures at the right. */
static void
card_beside(struct buf *b, const struct doc_block *k, const struct doc_row *r)
{
	buf_addz(b, TABLE " style=\"margin-top:6px\">\n");
	for (size_t i = 1; i < k->ncolumns; i++) {
		buf_addz(b, "<tr><td class=\"soft\" style=\"color:" SOFT ";font-size:12px;"
		    "line-height:18px\">");
		esc(b, doc_head(k, r, i));
		buf_addz(b, "</td><td class=\"ink\" align=\"right\" valign=\"bottom\" style=\""
		    "color:" INK ";font-size:12px;line-height:18px;white-space:nowrap\">");
		esc(b, r->cell[i]);
		buf_addz(b, "</td></tr>\n");
	}
	buf_addz(b, "</table>\n");
}

static void
card_put(struct buf *b, const struct doc_block *k, const struct doc_row *r)
{
	buf_addz(b, "<td class=\"box\" width=\"49%\" valign=\"top\" style=\"background:#f3f6f9;"
	    "border-radius:10px;padding:12px 10px\">\n");
	element(b, "div", "blue", "color:" BLUE ";font-size:32px;line-height:36px;font-weight:700;"
	    "white-space:nowrap", r->cell[0]);
	element(b, "div", "ink", "color:" INK ";font-size:14px;line-height:18px", r->label);
	card_beside(b, k, r);
	buf_addz(b, "</td>\n");
}

/* Two by two: as well on a telephone as on a desk, without a rule that a client may ignore. */
static void
cards_put(struct buf *b, const struct doc_block *k)
{
	buf_addz(b, TABLE " style=\"margin:14px 0 4px 0\">\n");
	for (size_t i = 0; i < k->nrows; i++) {
		buf_addz(b, i % 2 == 0 ? "<tr>" : "<td style=\"padding-left:8px;font-size:0\">"
		    "</td>");
		card_put(b, k, &k->row[i]);
		if (i % 2 == 1 || i + 1 == k->nrows)
			buf_addz(b, "</tr>\n<tr><td colspan=\"3\" height=\"8\" style=\"font-size:0;"
			    "line-height:8px\">&nbsp;</td></tr>\n");
	}
	buf_addz(b, "</table>\n");
}

/* ---- tables ---- */

static void
heads_put(struct buf *b, const struct doc_block *k)
{
	if (k->column[0][0] == '\0')
		return;
	buf_addz(b, "<tr><td class=\"line\" style=\"border-bottom:1px solid " LINE "\"></td>");
	for (size_t i = 0; i < k->ncolumns; i++)
		element(b, "th scope=\"col\"", "soft line", "color:" SOFT ";font-size:11px;"
		    "font-weight:600;line-height:14px;text-align:right;vertical-align:bottom;"
		    "padding:4px 0 5px 8px;border-bottom:1px solid " LINE, k->column[i]);
	buf_addz(b, "</tr>\n");
}

static void
row_put(struct buf *b, const struct doc_block *k, const struct doc_row *r)
{
	buf_addz(b, "<tr><th scope=\"row\" class=\"ink line\" style=\"color:" INK ";font-size:14px;"
	    "font-weight:400;line-height:19px;text-align:left;padding:7px 0;border-bottom:1px "
	    "solid " LINE "\">");
	esc(b, r->label);
	if (k->bars)
		buf_addf(b, "<div class=\"track\" style=\"background:#e9eef3;border-radius:3px;"
		    "height:5px;margin-top:4px;max-width:220px;font-size:0\"><div class=\"bar\" "
		    "style=\"background:" BLUE ";border-radius:3px;height:5px;font-size:0;width:%u%%\"></div>"
		    "</div>", r->bar);
	buf_addz(b, "</th>");
	for (size_t i = 0; i < k->ncolumns; i++)
		element(b, "td", "ink line", "color:" INK ";font-size:14px;line-height:19px;"
		    "text-align:right;white-space:nowrap;vertical-align:top;padding:7px 0 7px 8px;"
		    "border-bottom:1px solid " LINE, r->cell[i]);
	buf_addz(b, "</tr>\n");
}

static void
table_put(struct buf *b, const struct doc_block *k)
{
	buf_addz(b, "<table width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" "
	    "style=\"border-collapse:collapse;margin:4px 0 12px 0\">\n");
	heads_put(b, k);
	for (size_t i = 0; i < k->nrows; i++)
		row_put(b, k, &k->row[i]);
	buf_addz(b, "</table>\n");
}

/* ---- charts ---- */

/* A data: address; browsers skip the line ends that base64 brings. */
static void
source_put(struct buf *b, const struct doc_chart *c, bool linked)
{
	if (linked) {
		buf_addf(b, "cid:%s", c->cid);
		return;
	}
	buf_addz(b, "data:image/png;base64,");
	compose_base64(b, c->png);
}

/* What each series is called, in its colour. */
static void
series_put(struct buf *b, const struct doc_block *k)
{
	buf_addz(b, "<div class=\"soft\" style=\"color:" SOFT ";font-size:12px;line-height:18px;"
	    "padding:2px 0 8px 0\">");
	for (size_t i = 0; i < k->ncolumns; i++) {
		buf_addf(b, "<span class=\"%s\" style=\"color:%s\">&#9632;</span>&nbsp;",
		    series[i].class, series[i].colour);
		esc(b, k->column[i]);
		buf_addz(b, "&ensp; ");
	}
	buf_addz(b, "</div>\n");
}

/* Under each group its name, and the figures in their series' colours. */
static void
labels_put(struct buf *b, const struct doc_block *k)
{
	buf_addz(b, TABLE " style=\"table-layout:fixed\"><tr>");
	for (size_t i = 0; i < k->nrows; i++) {
		buf_addz(b, "<td class=\"soft\" align=\"center\" valign=\"top\" style=\"color:" SOFT
		    ";font-size:11px;line-height:15px;padding-top:4px\">");
		esc(b, k->row[i].label);
		for (size_t s = 0; s < k->ncolumns; s++) {
			buf_addf(b, "<br><b class=\"%s\" style=\"color:%s;font-size:%s;white-space:nowrap;"
			    "line-height:%s\">", series[s].class, series[s].colour,
			    k->nrows > WIDE ? "11px" : "16px", k->nrows > WIDE ? "15px" : "22px");
			esc(b, k->row[i].cell[s]);
			buf_addz(b, "</b>");
		}
		buf_addz(b, "</td>");
	}
	buf_addz(b, "</tr></table>\n");
}

static void
chart_put(struct buf *b, const struct digest_doc *doc, const struct doc_block *k, bool linked)
{
	const struct doc_chart *c = &doc->chart[k->chart];

	series_put(b, k);
	buf_addz(b, "<div style=\"margin:0 0 12px 0\"><img src=\"");
	source_put(b, c, linked);
	buf_addf(b, "\" width=\"%d\" style=\"display:block;width:100%%;height:auto;border:0\" "
	    "alt=\"", c->width);
	esc(b, k->text);
	buf_addz(b, "\">\n");
	labels_put(b, k);
	buf_addz(b, "</div>\n");
}

static void
block_put(struct buf *b, const struct digest_doc *doc, const struct doc_block *k, bool linked)
{
	switch (k->kind) {
	case DOC_HEADING:
		element(b, "h2", "ink", "color:" INK ";font-size:18px;line-height:24px;"
		    "margin:34px 0 6px 0;font-weight:700", k->text);
		break;
	case DOC_PARA:
		element(b, "p", "ink", "color:" INK ";font-size:16px;line-height:24px;"
		    "margin:8px 0", k->text);
		break;
	case DOC_NOTE:
		element(b, "p", "soft", "color:" SOFT ";font-size:12px;line-height:17px;"
		    "margin:4px 0 10px 0", k->text);
		break;
	case DOC_CARDS: cards_put(b, k); break;
	case DOC_TABLE: table_put(b, k); break;
	case DOC_CHART: chart_put(b, doc, k, linked); break;
	}
}

enum status
digest_html(struct arena *a, const struct digest_doc *doc, bool linked, const char **out,
    struct fault *f)
{
	struct buf b BUF_AUTO;

	buf_open(&b, DIGEST_HTML_BYTES);
	buf_addz(&b, head);
	buf_addz(&b, "<title>");
	esc(&b, doc->subject);
	buf_addz(&b, "</title></head>\n<body class=\"page\" style=\"margin:0;padding:0;"
	    "background:#eaeef2\">\n" TABLE " class=\"page\" style=\"background:#eaeef2;" FONT "\">"
	    "<tr><td class=\"edge\" align=\"center\" style=\"padding:16px 8px\">\n" MSO_OPEN TABLE
	    " class=\"sheet\" style=\"max-width:640px;background:#ffffff;border-radius:12px;"
	    "text-align:left\"><tr><td class=\"pad\" style=\"padding:28px 32px;" FONT "\">\n");
	element(&b, "h1", "ink", "color:" INK ";font-size:24px;line-height:30px;margin:0;"
	    "font-weight:700", doc->title);
	element(&b, "div", "soft", "color:" SOFT ";font-size:14px;line-height:20px;"
	    "margin:2px 0 14px 0", doc->subtitle);
	for (size_t i = 0; i < doc->n; i++)
		block_put(&b, doc, &doc->block[i], linked);
	buf_addz(&b, "</td></tr></table>\n" MSO_CLOSE "</td></tr></table>\n</body></html>\n");
	if (buf_full(&b))
		return fault_set(f, ST_PERM, "a digest of more than %d bytes", DIGEST_HTML_BYTES);
	*out = arena_span(a, buf_span(&b));
	return ST_OK;
}
