#include "buf.h"
#include "charset.h"
#include "flowed.h"
#include "html.h"
#include "limits.h"
#include "parse_int.h"
#include "rfc2047.h"
#include "utf8.h"

#include <string.h>

enum { STUB_MAX = 400 };	/* a longer plain alternative is somebody's text */

bool
part_readable(const struct part *p)
{
	/* Text for programs, and what is read elsewhere. */
	static const char *const not[] = {
		"text/calendar", "text/rtf", "text/vcard", "text/x-vcard", "text/directory",
		"text/x-amp-html", "text/rfc822-headers", "text/css", "text/xml", "text/csv",
	};

	if (p->kind != PART_LEAF || !part_under(p, "text/") || p->attached)
		return false;
	for (size_t i = 0; i < sizeof not / sizeof not[0]; i++)
		if (part_is(p, not[i]))
			return false;
	return p->filename[0] == '\0' || part_is(p, "text/plain") || part_is(p, "text/html");
}

bool
part_in_report(const struct tree *t, int i)
{
	for (; i != PARSE_NONE; i = t->v[i].parent)
		if (part_is(&t->v[i], "multipart/report"))
			return true;
	return false;
}

/* CRLF and bare CR to LF. */
static struct span
lf_lines(struct arena *a, struct span s)
{
	const char *end = s.p + s.n;
	struct span run;
	size_t n = 0;
	char *z;

	if (memchr(s.p, '\r', s.n) == NULL)
		return s;
	z = arena_new(a, char, s.n + 1);
	while (span_cut(&s, '\r', &run)) {
		memcpy(z + n, run.p, run.n);
		n += run.n;
		if (run.p + run.n < end && (s.n == 0 || s.p[0] != '\n'))
			z[n++] = '\n';
	}
	return span_from(z, n);
}

/* Nothing in it must be hidden, and no line is longer than the limit. */
static bool
is_clean(struct span s)
{
	size_t line = 0, n;

	for (; s.n > 0; s = span_from(s.p + n, s.n - n)) {
		uint32_t cp = ' ';

		n = utf8_plain(s);
		if (n == 0)
			n = utf8_next(s, &cp);
		line = cp == '\n' ? 0 : line + n;
		if (n == 0 || line > LIMIT_LINE_IN || utf8_hidden(cp))
			return false;
	}
	return true;
}

static void
break_lines(struct span s, struct buf *b)
{
	const char *end = s.p + s.n;
	struct span line;

	while (span_cut(&s, '\n', &line)) {
		while (line.n > LIMIT_LINE_IN) {
			size_t n = utf8_floor(line, LIMIT_LINE_IN);

			buf_add(b, span_from(line.p, n));
			buf_addc(b, '\n');
			line = span_from(line.p + n, line.n - n);
		}
		buf_add(b, line);
		if (line.p + line.n < end)
			buf_addc(b, '\n');
	}
}

static const char *
cleaned(struct arena *a, struct span s)
{
	struct buf b BUF_AUTO = { 0 }, lines BUF_AUTO = { 0 };

	buf_open(&b, PARSE_DECODED);
	buf_open(&lines, PARSE_DECODED);
	if (is_clean(s))
		return arena_span(a, s);
	utf8_clean(&b, s, UTF8_TEXT);
	break_lines(buf_span(&b), &lines);
	return arena_span(a, buf_span(&lines));
}

/* <meta charset=...> near the top, for HTML whose header names none. */
static const char *
meta_charset(struct arena *a, struct span html)
{
	struct span s = span_from(html.p, html.n < 2048 ? html.n : 2048);
	const char *p = memmem(s.p, s.n, "charset=", 8);
	size_t n = 0;

	if (p == NULL)
		return "";
	p += 8;
	p += p < s.p + s.n && (*p == '"' || *p == '\'');
	while (p + n < s.p + s.n && n < 40 && strchr("\"' ;/>", p[n]) == NULL)
		n++;
	return arena_strndup(a, p, n);
}

static bool
param_is(struct arena *a, const struct part *p, const char *name, const char *value)
{
	return span_ieq(span_of(param_get(a, &p->ct, name, 40)), value);
}

const char *
part_decode_text(struct tree *t, struct part *p)
{
	size_t max = t->budget < PARSE_DECODED ? t->budget : PARSE_DECODED;
	const char *charset = p->charset;
	struct span s;

	if (p->text != NULL)
		return p->text;
	s = part_bytes(t->a, p, max, &t->cut);
	t->budget -= s.n;
	if (part_is(p, "text/html") && charset[0] == '\0')
		charset = meta_charset(t->a, s);
	s = lf_lines(t->a, charset_decode(t->a, s, charset, PARSE_DECODED));
	if (part_is(p, "text/html") || part_is(p, "text/enriched") ||
	    part_is(p, "text/richtext"))
		s = span_of(html_to_text(t->a, s, LIMIT_TEXT));
	else if (param_is(t->a, p, "format", "flowed"))
		s = flowed_join(t->a, s, param_is(t->a, p, "delsp", "yes"));
	p->text = cleaned(t->a, s);
	return p->text;
}

/* No letter or digit: blanks, rules, no-break spaces. */
static bool
wordless(const char *z)
{
	for (; *z != '\0'; z++) {
		unsigned char c = (unsigned char)*z;

		if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
			return false;
		if (c >= 0xc3)		/* U+00C0 and above; U+0080-00BF are signs and blanks */
			return false;
	}
	return true;
}

/* A plain alternative that only says "this mail is HTML". */
static bool
stub(const char *z)
{
	return wordless(z) || (strlen(z) < STUB_MAX && (strcasestr(z, "html") != NULL ||
	    strcasestr(z, "in your browser") != NULL ||
	    strcasestr(z, "dans votre navigateur") != NULL));
}

/* Which subtrees hold text, from the leaves up. */
static void
mark_forms(struct tree *t)
{
	for (int i = t->n - 1; i >= 0; i--) {
		struct part *p = &t->v[i];

		if (part_readable(p)) {
			p->html = part_is(p, "text/html");
			p->plain = !p->html;
		}
		if (p->parent != PARSE_NONE) {
			t->v[p->parent].plain |= p->plain;
			t->v[p->parent].html |= p->html;
		}
	}
}

/* The plain form unless it says nothing; else the last HTML one (RFC 2046 5.1.4). */
static int
best_alternative(struct tree *t, int multi)
{
	int plain = PARSE_NONE, html = PARSE_NONE;

	for (int i = t->v[multi].first; i != PARSE_NONE; i = t->v[i].next) {
		struct part *p = &t->v[i];

		if (p->html)
			html = i;
		if (p->plain && plain == PARSE_NONE &&
		    (p->kind != PART_LEAF || !stub(part_decode_text(t, p))))
			plain = i;
	}
	return plain != PARSE_NONE ? plain : html;
}

static void
choose(struct tree *t)
{
	for (int i = 0; i < t->n; i++) {
		struct part *p = &t->v[i];
		int best;

		if (p->parent != PARSE_NONE && t->v[p->parent].skip)
			p->skip = true;
		if (p->skip || !part_is(p, "multipart/alternative"))
			continue;
		best = best_alternative(t, i);
		for (int c = p->first; best != PARSE_NONE && c != PARSE_NONE; c = t->v[c].next)
			t->v[c].skip = c != best;
	}
}

static void
add_field(struct tree *t, struct buf *b, const char *label, struct span value)
{
	if (value.n > 0)
		buf_addf(b, "%s : %s\n", label, rfc2047_decode(t->a, value, LIMIT_SUBJECT));
}

/* A message within the mail: its head in words, as French programs forward. */
static void
add_head(struct tree *t, const struct part *msg, struct buf *b)
{
	const struct headers *h;

	if (msg->first == PARSE_NONE)
		return;
	h = &t->v[msg->first].h;
	if (b->n > 0)
		buf_addc(b, '\n');
	buf_addz(b, "-------- Message transféré --------\n");
	add_field(t, b, "De", header_value(h, "From"));
	add_field(t, b, "Date", header_value(h, "Date"));
	add_field(t, b, "À", header_value(h, "To"));
	add_field(t, b, "Objet", header_value(h, "Subject"));
	buf_addc(b, '\n');
}

/* As much as there is room for, without cutting a character. */
static void
add_text(struct tree *t, struct buf *b, const char *z)
{
	struct span s = span_of(z);
	size_t n;

	if (b->n > 0 && b->z[b->n - 1] != '\n')
		buf_addc(b, '\n');
	n = utf8_floor(s, b->max - b->n);
	t->cut |= n < s.n;
	buf_add(b, span_from(s.p, n));
}

/* The part after i in reading order; its children only when `into`. */
static int
next_part(const struct tree *t, int i, bool into)
{
	if (into && t->v[i].first != PARSE_NONE)
		return t->v[i].first;
	while (i != PARSE_NONE && t->v[i].next == PARSE_NONE)
		i = t->v[i].parent;
	return i == PARSE_NONE ? PARSE_NONE : t->v[i].next;
}

/* Everything that is read, in order. */
static bool
collect(struct tree *t, struct buf *b, bool *plain)
{
	bool any = false, into;

	for (int i = 0; i != PARSE_NONE; i = next_part(t, i, into)) {
		struct part *p = &t->v[i];

		into = !p->skip && !(p->kind == PART_MESSAGE && part_in_report(t, i));
		if (!into)
			continue;
		if (p->kind == PART_MESSAGE && i > 0)
			add_head(t, p, b);
		if (!part_readable(p))
			continue;
		add_text(t, b, part_decode_text(t, p));
		any |= !wordless(p->text);
		*plain |= !p->html && !wordless(p->text);
	}
	return any;
}

/* A mail whose only text is a file in it, or a report that says it in the wrong part. */
static void
collect_attached(struct tree *t, struct buf *b)
{
	for (int i = 0; i < t->n; i++) {
		struct part *p = &t->v[i];

		if ((p->attached && (part_is(p, "text/plain") || part_is(p, "text/html"))) ||
		    part_is(p, "message/delivery-status")) {
			add_text(t, b, part_decode_text(t, p));
			return;
		}
	}
}

const char *
part_text(struct tree *t, unsigned *flags)
{
	struct buf b BUF_AUTO = { 0 };
	bool plain = false;

	buf_open(&b, LIMIT_TEXT);
	mark_forms(t);
	choose(t);
	if (!collect(t, &b, &plain))
		collect_attached(t, &b);
	else if (!plain)
		*flags |= MAIL_HTML_ONLY;
	if (buf_full(&b) || t->cut)
		*flags |= MAIL_CUT;
	return arena_span(t->a, buf_span(&b));
}
