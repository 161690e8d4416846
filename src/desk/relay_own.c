/* relay_own.c - what an agent wrote in this very mail. */
#include "relay_int.h"

#include "buf.h"
#include "fold.h"
#include "quote.h"
#include "quote_own.h"

#include <string.h>

/* --- the marker --------------------------------------------------------------------------- */

/* Letters of the marker behind its accent: a client's wrapping and quotation marks come
 * between them, a broken charset or an entity takes the é. */
static const char needle[] = "pondezaudessusdecetteligne";

enum { GAP_MAX = 40, ENTITY_MAX = 9, HEAD_LETTERS = 3, ACCENT_MAX = 12 };

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char
lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

/* Bytes of "&nbsp;" or "&#8212;" at s, 0 when it is none. */
static size_t
entity(struct span s)
{
	size_t n = 1;

	if (s.n == 0 || s.p[0] != '&')
		return 0;
	while (n < s.n && n < ENTITY_MAX &&
	    (is_letter(s.p[n]) || s.p[n] == '#' || (s.p[n] >= '0' && s.p[n] <= '9')))
		n++;
	return n > 1 && n < s.n && s.p[n] == ';' ? n + 1 : 0;
}

/* Bytes up to the next letter, at most GAP_MAX and a bit. */
static size_t
gap(struct span s)
{
	size_t n = 0;

	while (n < s.n && n < GAP_MAX && !is_letter(s.p[n])) {
		size_t e = entity(span_from(s.p + n, s.n - n));

		n += e > 0 ? e : 1;
	}
	return n;
}

/* Where the needle that begins at `from` ends, 0 when it does not. */
static size_t
needle_end(struct span text, size_t from)
{
	size_t at = from;

	for (size_t k = 0; needle[k] != '\0'; k++) {
		at += k > 0 ? gap(span_from(text.p + at, text.n - at)) : 0;
		if (at >= text.n || lower(text.p[at]) != needle[k])
			return 0;
		at++;
	}
	return at;
}

/* The line's bytes before the marker's "Ré", without what is drawn around it. */
static struct span
head_of(struct span line)
{
	size_t n = line.n, back = 0;

	while (back < ACCENT_MAX && back < n && lower(line.p[n - 1 - back]) != 'r')
		back++;
	if (back < ACCENT_MAX && back < n)
		n -= back + 1;
	while (n > 0 && !is_letter(line.p[n - 1]) && strchr(".:;!?)>0123456789",
	    line.p[n - 1]) == NULL)
		n--;
	while (line.n > 0 && n > 0 && strchr("> \t|*", line.p[0]) != NULL) {
		line.p++;
		n--;
	}
	return span_from(line.p, n);
}

/* Does the line say nothing but the marker? */
static struct span
prose_before(struct span line)
{
	struct span head = head_of(line);

	for (size_t i = 0; i < head.n; ) {
		size_t e = entity(span_from(head.p + i, head.n - i));

		if (e == 0 && is_letter(head.p[i]))
			return head;
		i += e > 0 ? e : 1;
	}
	return span_from(head.p, 0);
}

static bool
is_quoted(struct span line)
{
	while (line.n > 0 && strchr(" \t", line.p[0]) != NULL)
		line = span_from(line.p + 1, line.n - 1);
	return line.n > 0 && line.p[0] == '>';
}

struct marker
marker_find(struct span text)
{
	struct marker m = { .found = false, .line = text.n, .letters = text.n, .end = text.n };

	for (size_t i = 0; i < text.n; i++) {
		const char *lf;
		size_t end;

		if (lower(text.p[i]) != needle[0] || (end = needle_end(text, i)) == 0)
			continue;
		lf = memrchr(text.p, '\n', i);
		m = (struct marker){ .found = true, .letters = i, .end = end };
		m.line = lf != NULL ? (size_t)(lf - text.p) + 1 : 0;
		m.head = prose_before(span_from(text.p + m.line, i - m.line));
		m.quoted = is_quoted(span_from(text.p + m.line, i - m.line));
		return m;
	}
	return m;
}

/* --- history ------------------------------------------------------------------------- */

/* Stands for a line "-- " while quote_strip looks: it would take the signature away. */
#define DASHES "\x1f"
/* What the attribution above a cut quotation is told by. */
#define QUOTATION "\n> .\n"

static bool
is_dashes(struct span line)
{
	while (line.n > 0 && strchr(" \t\r", line.p[line.n - 1]) != NULL)
		line.n--;
	return span_eq(line, "--");
}

static void
copy_lines(struct buf *b, struct span text)
{
	struct span line;

	while (span_line(&text, &line)) {
		buf_add(b, is_dashes(line) ? span_of(DASHES) : line);
		buf_addc(b, '\n');
	}
}

/* Without history; "" when the author said nothing. */
static const char *
said_in(struct arena *a, struct span text, struct span head, bool quotation)
{
	BUF_AUTO struct buf b;
	bool forward = false;
	const char *kept;

	buf_open(&b, text.n + head.n + sizeof QUOTATION + 2);
	copy_lines(&b, text);
	buf_add(&b, head);
	if (quotation)
		buf_addz(&b, QUOTATION);
	kept = quote_strip(a, buf_span(&b), "", &forward);
	return forward ? "" : kept;
}

/* Does the head of the marker's line come from the client: an attribution that shares it? */
static bool
is_attribution(struct arena *a, struct span head)
{
	return strcmp(said_in(a, span_of("x\n\n"), head, true), "x") == 0;
}

/* The signature mark back, the signature told. */
static void
with_signature(struct arena *a, const char *kept, struct relay_own *out)
{
	BUF_AUTO struct buf b;
	struct span rest = span_of(kept), line;
	size_t from = 0;

	buf_open(&b, 4 * rest.n + 8);
	while (span_line(&rest, &line)) {
		bool dashes = span_eq(line, DASHES);

		buf_add(&b, dashes ? span_of("-- ") : line);
		buf_addc(&b, '\n');
		if (dashes && from == 0)
			from = b.n;
	}
	out->text = arena_span(a, span_trim(buf_span(&b)));
	out->signature = from == 0 ? "" :
	    arena_span(a, span_trim(span_from(b.z + from, b.n - from)));
}

/* Words of the agent under a quotation of ours. */
static bool
has_below(struct arena *a, const struct relay_facts *facts, struct span text,
    const struct marker *m)
{
	const char *lf = memchr(text.p + m->end, '\n', text.n - m->end);
	const char *said;

	if (!m->quoted || lf == NULL)
		return false;
	said = said_in(a, span_from(lf + 1, text.n - (size_t)(lf + 1 - text.p)), span_of(""),
	    false);
	return said[0] != '\0' && strncmp(said, DASHES, 1) != 0 &&
	    !relay_is_signature(a, facts, said);
}

void
relay_own(struct arena *a, const struct relay_facts *facts, struct span text,
    struct relay_own *out)
{
	struct marker m = marker_find(text);
	struct span above = span_from(text.p, m.line);
	size_t forward = quote_forward_at(above);
	bool client = m.found && m.head.n > 0 && is_attribution(a, m.head);

	*out = (struct relay_own){ .text = "", .signature = "", .forwarded = "",
		.marker = m.found, .joined = m.found && m.head.n > 0 && !client };
	out->forwarded = arena_span(a,
	    span_trim(span_from(above.p + forward, above.n - forward)));
	with_signature(a, said_in(a, span_from(above.p, forward),
	    client ? m.head : span_of(""), m.found && forward == above.n), out);
	out->below = m.found && has_below(a, facts, text, &m);
}
