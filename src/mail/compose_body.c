#include "compose_int.h"

#include <string.h>

/* RFC 2045 6.7 (5): 76 with the soft break; RFC 5322 2.1.1: 78 for plain lines. */
enum { QP_WIDTH = 75, PLAIN_WIDTH = 78, BASE64_BYTES = 57, BASE64_CHARS = 76 };

/* Cuts a line off *rest at CRLF, LF or a bare CR: no CR of an input is ever sent alone. */
static bool
next_line(const char **rest, struct span *line)
{
	const char *p = *rest;

	if (*p == '\0')
		return false;
	*line = span_from(p, strcspn(p, "\r\n"));
	p += line->n;
	if (*p != '\0')
		p += p[0] == '\r' && p[1] == '\n' ? 2 : 1;
	*rest = p;
	return true;
}

static bool
is_from(const char *p, size_t n)
{
	return n >= 5 && memcmp(p, "From ", 5) == 0;
}

/* 7bit only when no relay, mailbox format or reader has a reason to touch a byte. */
static bool
line_is_plain(struct span l)
{
	if (l.n > PLAIN_WIDTH || is_from(l.p, l.n))
		return false;
	for (size_t i = 0; i < l.n; i++)
		if ((l.p[i] < ' ' && l.p[i] != '\t') || l.p[i] == 0x7f)
			return false;
	return l.n == 0 || (l.p[0] != '.' && l.p[l.n - 1] != ' ' && l.p[l.n - 1] != '\t');
}

static bool
text_is_plain(const char *text)
{
	struct span l;

	if (strstr(text, "--=_") != NULL)
		return false;
	while (next_line(&text, &l))
		if (!line_is_plain(l))
			return false;
	return true;
}

static void
put_plain(struct buf *out, const char *text)
{
	struct span l;

	while (next_line(&text, &l)) {
		buf_add(out, l);
		buf_add(out, span_from("\r\n", 2));
	}
}

static bool
qp_literal(struct span l, size_t i, size_t column)
{
	unsigned char c = (unsigned char)l.p[i];

	if (c == ' ' || c == '\t')
		return i + 1 < l.n;
	if (column == 0 && (c == '.' || is_from(l.p + i, l.n - i)))
		return false;
	return c > ' ' && c < 0x7f && c != '=';
}

static void
put_qp_line(struct buf *out, struct span l)
{
	static const char hex[] = "0123456789ABCDEF";
	char z[QP_WIDTH + 3];
	size_t n = 0;

	for (size_t i = 0; i < l.n; i++) {
		unsigned char c = (unsigned char)l.p[i];
		size_t cost = qp_literal(l, i, n) ? 1 : 3;

		if (n + cost > QP_WIDTH) {
			memcpy(z + n, "=\r\n", 3);
			buf_add(out, span_from(z, n + 3));
			n = 0;
			cost = qp_literal(l, i, n) ? 1 : 3;
		}
		if (cost == 1) {
			z[n++] = (char)c;
			continue;
		}
		z[n++] = '=';
		z[n++] = hex[c >> 4];
		z[n++] = hex[c & 15];
	}
	memcpy(z + n, "\r\n", 2);
	buf_add(out, span_from(z, n + 2));
}

void
compose_text(struct buf *out, const char *type, const char *text)
{
	bool plain = text_is_plain(text);
	struct span l;

	buf_addf(out, "Content-Type: %s; charset=utf-8\r\n", type);
	buf_addf(out, "Content-Transfer-Encoding: %s\r\n\r\n",
	    plain ? "7bit" : "quoted-printable");
	if (plain)
		put_plain(out, text);
	else
		while (next_line(&text, &l))
			put_qp_line(out, l);
}

static size_t
base64_line(const unsigned char *p, size_t n, char *out)
{
	static const char set[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *o = out;

	for (; n > 0; p += 3) {
		unsigned v = (unsigned)p[0] << 16 | (n > 1 ? (unsigned)p[1] << 8 : 0) |
		    (n > 2 ? (unsigned)p[2] : 0);

		*o++ = set[v >> 18];
		*o++ = set[v >> 12 & 63];
		*o++ = n > 1 ? set[v >> 6 & 63] : '=';
		*o++ = n > 2 ? set[v & 63] : '=';
		n -= n < 3 ? n : 3;
	}
	return (size_t)(o - out);
}

void
compose_base64(struct buf *out, struct span bytes)
{
	char z[BASE64_CHARS + 2];

	while (bytes.n > 0) {
		size_t n = bytes.n < BASE64_BYTES ? bytes.n : BASE64_BYTES;
		size_t len = base64_line((const unsigned char *)bytes.p, n, z);

		memcpy(z + len, "\r\n", 2);
		buf_add(out, span_from(z, len + 2));
		bytes.p += n;
		bytes.n -= n;
	}
}
