#include "compose_int.h"

#include "limits.h"
#include "utf8.h"

#include <string.h>
#include <strings.h>

enum {
	VALUE_MAX = 1500,	/* a subject of LIMIT_SUBJECT with "Re: " and a reference */
	LINE = 78,		/* RFC 5322 2.1.1 */
	WORD = 75,		/* RFC 2047 2: one encoded word */
	WORD_FRAME = 12,	/* "=?utf-8?Q?" and "?=" */
	WORD_LEAST = 36,	/* less room than this on a line: begin a new one */
	PLAIN_WORD = 56,	/* a longer one is encoded, so that it can be folded */
	REFERENCES_MAX = 2000,	/* bytes: an acknowledgment answers any list of them */
};

/* A header field being written: col counts the bytes of its last line. */
struct field { struct buf *out; size_t col; };

static struct field
field_begin(struct buf *out, const char *name)
{
	size_t n = strlen(name);

	buf_add(out, span_from(name, n));
	buf_add(out, span_from(":", 1));
	return (struct field){ out, n + 1 };
}

static void
field_end(struct field *h)
{
	buf_add(h->out, span_from("\r\n", 2));
}

/* The blank before something of n bytes, folded when it would pass the line. */
static void
field_blank(struct field *h, size_t n)
{
	if (h->col + 1 + n > LINE) {
		buf_add(h->out, span_from("\r\n ", 3));
		h->col = 1;
	} else {
		buf_add(h->out, span_from(" ", 1));
		h->col++;
	}
}

static void
field_add(struct field *h, struct span s)
{
	buf_add(h->out, s);
	h->col += s.n;
}

/* Line ends of Unicode count as blanks: some readers of headers split at them. */
static bool
is_blank(uint32_t cp)
{
	return cp <= ' ' || cp == 0x85 || cp == 0x2028 || cp == 0x2029;
}

/* One line, blanks collapsed, nothing hidden, at most VALUE_MAX bytes. */
static struct span
tidy(const char *value, char out[VALUE_MAX])
{
	struct span s = span_of(value);
	bool gap = false;
	size_t n = 0, len;
	uint32_t cp;

	for (; s.n > 0; s.p += len, s.n -= len) {
		len = utf8_next(s, &cp);
		if (len == 0)
			break;
		if (is_blank(cp)) {
			gap = n > 0;
			continue;
		}
		if (utf8_hidden(cp))
			continue;
		if (n + gap + len > VALUE_MAX)
			break;
		if (gap)
			out[n++] = ' ';
		gap = false;
		memcpy(out + n, s.p, len);
		n += len;
	}
	return span_from(out, n);
}

static bool
qword_literal(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    (c != '\0' && strchr("!*+-/", c) != NULL);
}

/* RFC 2047 4.2 and 5 (3): the set allowed in a phrase serves everywhere. */
static size_t
qword_put(char *z, struct span s)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (qword_literal(c) || c == ' ') {
			z[n++] = c == ' ' ? '_' : (char)c;
			continue;
		}
		z[n++] = '=';
		z[n++] = hex[c >> 4];
		z[n++] = hex[c & 15];
	}
	return n;
}

/* Whole characters only: each word must be decodable alone. */
static void
field_encoded(struct field *h, struct span s)
{
	char z[WORD + 12];
	uint32_t cp;

	while (s.n > 0) {
		size_t room, n = 0, taken = 0, len;

		field_blank(h, WORD_LEAST);
		room = LINE - 2 - h->col < WORD ? LINE - 2 - h->col : WORD;
		memcpy(z, "=?utf-8?Q?", 10);
		while (taken < s.n) {
			len = utf8_next(span_from(s.p + taken, s.n - taken), &cp);
			if (n + (len > 1 || !qword_literal((unsigned char)cp) ? 3 * len : 1) +
			    WORD_FRAME > room)
				break;
			n += qword_put(z + 10 + n, span_from(s.p + taken, len));
			taken += len;
		}
		memcpy(z + 10 + n, "?=", 2);
		field_add(h, span_from(z, n + WORD_FRAME));
		s.p += taken;
		s.n -= taken;
	}
}

static bool
word_plain(struct span w)
{
	for (size_t i = 0; i < w.n; i++)
		if (w.p[i] <= ' ' || w.p[i] == 0x7f ||
		    (w.p[i] == '=' && i + 1 < w.n && w.p[i + 1] == '?'))
			return false;
	return w.n <= PLAIN_WORD;
}

static void
field_words(struct field *h, struct span s)
{
	struct span w;

	while (span_cut(&s, ' ', &w)) {
		field_blank(h, w.n);
		field_add(h, w);
	}
}

/* What lies between the first and the last word that cannot go as it is. */
static struct span
to_encode(struct span s)
{
	const char *first = NULL, *last = s.p;
	struct span w, rest = s;

	while (span_cut(&rest, ' ', &w)) {
		if (word_plain(w))
			continue;
		if (first == NULL)
			first = w.p;
		last = w.p + w.n;
	}
	if (first == NULL)
		return span_from(s.p + s.n, 0);
	return span_from(first, (size_t)(last - first));
}

void
compose_field(struct buf *out, const char *name, const char *value)
{
	struct field h = field_begin(out, name);
	char z[VALUE_MAX];
	struct span s = tidy(value, z), middle = to_encode(s);
	const char *end = middle.p + middle.n;

	field_words(&h, span_from(s.p, (size_t)(middle.p - s.p)));
	if (middle.n > 0)
		field_encoded(&h, middle);
	if (s.p + s.n > end)
		field_words(&h, span_from(end + 1, (size_t)(s.p + s.n - end - 1)));
	field_end(&h);
}

static bool
name_is_atoms(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!qword_literal((unsigned char)s.p[i]) && s.p[i] != ' ')
			return false;
	return true;
}

/* RFC 5322 3.2.4 */
static void
field_quoted(struct field *h, struct span s)
{
	char z[2 * PLAIN_WORD + 2];
	size_t n = 0;

	z[n++] = '"';
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			z[n++] = '\\';
		z[n++] = s.p[i];
	}
	z[n++] = '"';
	field_blank(h, n);
	field_add(h, span_from(z, n));
}

static bool
name_is_plain(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] == 0x7f ||
		    (s.p[i] == '=' && i + 1 < s.n && s.p[i + 1] == '?'))
			return false;
	return s.n <= PLAIN_WORD;
}

void
compose_mailbox(struct buf *out, const char *field, const char *name, const char *spec)
{
	struct field h = field_begin(out, field);
	char z[VALUE_MAX];
	struct span s = tidy(name, z);
	size_t n = strlen(spec);

	if (s.n == 0) {
		field_blank(&h, n);
		field_add(&h, span_from(spec, n));
		field_end(&h);
		return;
	}
	if (!name_is_plain(s))
		field_encoded(&h, s);
	else if (name_is_atoms(s))
		field_words(&h, s);
	else
		field_quoted(&h, s);
	field_blank(&h, n + 2);
	field_add(&h, span_from("<", 1));
	field_add(&h, span_from(spec, n));
	field_add(&h, span_from(">", 1));
	field_end(&h);
}

bool
compose_id_ok(const char *id)
{
	size_t n = strlen(id), at = 0;

	if (n < 5 || n > LIMIT_MSGID || id[0] != '<' || id[n - 1] != '>')
		return false;
	for (size_t i = 1; i + 1 < n; i++) {
		if (id[i] <= ' ' || id[i] >= 0x7f || id[i] == '<' || id[i] == '>')
			return false;
		at += id[i] == '@';
	}
	return at == 1 && id[1] != '@' && id[n - 2] != '@';
}

/* The thread's root first, then as many of the latest as the bound leaves (RFC 5322 3.6.4
 * wants all; mail readers live with this much). */
void
compose_references(struct buf *out, const struct msgids *refs)
{
	size_t from = refs->n, left = REFERENCES_MAX;
	struct field h;
	bool any = false;

	while (from > 1 && strlen(refs->v[from - 1]) < left)
		left -= strlen(refs->v[--from]) + 1;
	for (size_t i = 0; i < refs->n; i = i == 0 && from > 1 ? from : i + 1) {
		if (!compose_id_ok(refs->v[i]))
			continue;
		if (!any)
			h = field_begin(out, "References");
		any = true;
		field_blank(&h, strlen(refs->v[i]));
		field_add(&h, span_of(refs->v[i]));
	}
	if (any)
		field_end(&h);
}
