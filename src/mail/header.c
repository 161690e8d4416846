#include "header.h"
#include "limits.h"

#include <string.h>

/* Where a line of a header block ends and the next one starts. */
struct line { size_t start, end, next; };

static void
line_at(struct span s, size_t at, struct line *out)
{
	size_t i = at;

	while (i < s.n && s.p[i] != '\n' && s.p[i] != '\r')
		i++;
	out->start = at;
	out->end = i;
	if (i < s.n && s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')
		i++;
	out->next = i < s.n ? i + 1 : i;
}

/* Length of the name when the line is a field: visible ASCII, then blanks, then a colon. */
static size_t
field_name(struct span s, const struct line *l)
{
	size_t i = l->start, n;

	while (i < l->end && s.p[i] > ' ' && s.p[i] < 0x7f && s.p[i] != ':')
		i++;
	n = i - l->start;
	while (i < l->end && (s.p[i] == ' ' || s.p[i] == '\t'))
		i++;
	return i < l->end && s.p[i] == ':' ? n : 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Only a name that mail is known by makes the lines before it junk between fields: a
 * person's "Adresse: 3 rue X" under a missing empty line is text, and must stay text. */
static bool
well_known(struct span name)
{
	static const char *const names[] = {
		"From", "To", "Cc", "Date", "Subject", "Message-ID", "Received", "MIME-Version",
		"Return-Path", "Reply-To", "References", "In-Reply-To", "Delivered-To",
		"DKIM-Signature", "Authentication-Results", "Auto-Submitted", "Precedence",
		"Sender",
	};

	if (span_istarts(name, "Content-") || span_istarts(name, "X-") ||
	    span_istarts(name, "List-"))
		return true;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (span_ieq(name, names[i]))
			return true;
	return false;
}

/* The next well-known field before the empty line; s.n when there is none. */
static size_t
next_field(struct span s, size_t at)
{
	struct line l;

	for (; at < s.n; at = l.next) {
		size_t n;

		line_at(s, at, &l);
		if (l.end == l.start)
			break;
		n = field_name(s, &l);
		if (n > 0 && well_known(span_from(s.p + at, n)))
			return at;
	}
	return s.n;
}

/* End of the field whose first line is l: past its continuation lines. */
static size_t
field_end(struct span s, const struct line *l)
{
	struct line c = *l;

	while (c.next < s.n && is_blank(s.p[c.next]))
		line_at(s, c.next, &c);
	return c.next;
}

/* [from, to) without its line ends, outer blanks trimmed, cut at the limit. */
static struct span
unfold(struct arena *a, struct span s, size_t from, size_t to, bool *cut)
{
	size_t max = to - from < LIMIT_HEADER_FIELD ? to - from : LIMIT_HEADER_FIELD;
	char *z = arena_new(a, char, max + 1);
	struct span v;
	size_t n = 0;

	for (size_t i = from; i < to; i++) {
		if (s.p[i] == '\n' || s.p[i] == '\r')
			continue;
		if (n == max) {
			*cut = true;
			break;
		}
		z[n++] = s.p[i];
	}
	v = span_trim(span_from(z, n));
	z[(size_t)(v.p - z) + v.n] = '\0';
	return v;
}

static void
field_add(struct arena *a, struct span s, const struct line *l, size_t name, size_t end,
    struct headers *out, size_t *cap)
{
	struct header *h;
	const char *colon = memchr(s.p + l->start, ':', l->end - l->start);

	if (out->n == *cap) {
		struct header *v = arena_new(a, struct header, *cap * 2 + 16);

		if (out->n > 0)
			memcpy(v, out->v, out->n * sizeof *v);
		out->v = v;
		*cap = *cap * 2 + 16;
	}
	h = &out->v[out->n++];
	h->name = span_from(arena_strndup(a, s.p + l->start, name), name);
	h->value = unfold(a, s, (size_t)(colon - s.p) + 1, end, &out->cut);
}

void
header_scan(struct arena *a, struct span raw, struct headers *out, struct span *body_out)
{
	struct line l;
	size_t at = 0, cap = 0;

	*out = (struct headers){ 0 };
	if (span_istarts(raw, "From ") || span_istarts(raw, ">From ")) {
		line_at(raw, 0, &l);
		at = l.next;
	}
	for (; at < raw.n;) {
		size_t name, end;

		line_at(raw, at, &l);
		if (l.end == l.start) {
			at = l.next;
			break;
		}
		name = field_name(raw, &l);
		if (name == 0) {
			end = next_field(raw, l.next);
			if (end >= raw.n)
				break;
			at = end;
			continue;
		}
		end = field_end(raw, &l);
		if (out->n < LIMIT_HEADER_COUNT && l.start <= LIMIT_HEADER_BLOCK)
			field_add(a, raw, &l, name, end, out, &cap);
		else
			out->cut = true;
		at = end;
	}
	*body_out = span_from(raw.p + at, raw.n - at);
}

const struct span *
header_nth(const struct headers *h, const char *name, size_t n)
{
	for (size_t i = 0; i < h->n; i++)
		if (span_ieq(h->v[i].name, name) && n-- == 0)
			return &h->v[i].value;
	return NULL;
}

const struct span *
header_get(const struct headers *h, const char *name)
{
	return header_nth(h, name, 0);
}

size_t
header_count(const struct headers *h, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++)
		n += span_ieq(h->v[i].name, name);
	return n;
}

struct span
header_value(const struct headers *h, const char *name)
{
	const struct span *v = header_get(h, name);

	return v == NULL ? span_of("") : span_trim(*v);
}
