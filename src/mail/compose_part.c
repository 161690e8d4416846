#include "compose_int.h"

#include "limits.h"
#include "utf8.h"

#include <string.h>
#include <strings.h>

enum {
	PLAIN_NAME = 60,	/* bytes of a file name, type or parameter on one line */
	PIECE = 60,		/* of an RFC 2231 continuation */
};

/* RFC 2045 5.1 */
static bool
is_token(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f ||
		    strchr("()<>@,;:\\\"/[]?=", s.p[i]) != NULL)
			return false;
	return s.n > 0;
}

/* A stranger may have named the type.  Composite types may not be base64 (RFC 2045 6.4). */
static bool
type_ok(struct span s)
{
	struct span major;

	return s.n <= PLAIN_NAME && span_cut(&s, '/', &major) &&
	    is_token(major) && is_token(s) &&
	    !span_ieq(major, "multipart") && !span_ieq(major, "message");
}

static void
put_type(struct buf *out, const char *type)
{
	static const char *const known[] = { "charset", "method", "component" };
	struct span rest = span_of(type), piece, name;

	buf_addz(out, "Content-Type: ");
	if (!span_cut(&rest, ';', &piece) || !type_ok(span_trim(piece))) {
		buf_addz(out, "application/octet-stream");
		return;
	}
	buf_add(out, span_trim(piece));
	while (span_cut(&rest, ';', &piece)) {
		piece = span_trim(piece);
		if (!span_cut(&piece, '=', &name) || !is_token(piece) || piece.n > PLAIN_NAME)
			continue;
		for (size_t i = 0; i < sizeof known / sizeof *known; i++)
			if (span_ieq(name, known[i]))
				buf_addf(out, "; %s=%.*s", known[i], (int)piece.n, piece.p);
	}
}

/* The name as one path part of visible characters, at most LIMIT_FILENAME bytes. */
static struct span
tidy_name(const char *name, char out[LIMIT_FILENAME])
{
	struct span s = span_of(name);
	size_t n = 0, len;
	uint32_t cp;

	for (; s.n > 0; s.p += len, s.n -= len) {
		const char *from = s.p;
		size_t take;

		len = take = utf8_next(s, &cp);
		if (len == 0 || cp < ' ' || utf8_hidden(cp) ||
		    strchr("/\\\"", s.p[0]) != NULL) {
			from = "_";
			take = 1;
			len += len == 0;
		}
		if (n + take > LIMIT_FILENAME)
			break;
		memcpy(out + n, from, take);
		n += take;
	}
	return span_from(out, n);
}

static bool
is_ascii(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x7f)
			return false;
	return true;
}

/* For readers that know no RFC 2231: the end of the name, which says what it is. */
static void
put_fallback(struct buf *out, struct span name)
{
	char z[PLAIN_NAME];
	size_t n = 0;

	if (name.n > PLAIN_NAME)
		name = span_from(name.p + name.n - PLAIN_NAME, PLAIN_NAME);
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (c < 0x7f)
			z[n++] = (char)c;
		else if (c >= 0xc0)
			z[n++] = '_';
	}
	buf_addf(out, ";\r\n name=\"%.*s\"", (int)n, z);
}

static size_t
percent_put(char *z, struct span s)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x80 && is_token(span_from(s.p + i, 1)) && strchr("*'%", c) == NULL) {
			z[n++] = (char)c;
			continue;
		}
		z[n++] = '%';
		z[n++] = hex[c >> 4];
		z[n++] = hex[c & 15];
	}
	return n;
}

/* RFC 2231 3 and 4 */
static void
put_extended(struct buf *out, struct span name)
{
	char z[3 * LIMIT_FILENAME];
	size_t n = percent_put(z, name), at = 0, len;

	if (n <= PIECE) {
		buf_addf(out, ";\r\n filename*=utf-8''%.*s", (int)n, z);
		return;
	}
	for (int i = 0; at < n; i++, at += len) {
		len = n - at < PIECE ? n - at : PIECE;
		if (at + len < n)	/* no escape is cut */
			len -= z[at + len - 1] == '%' ? 1 : z[at + len - 2] == '%' ? 2 : 0;
		buf_addf(out, ";\r\n filename*%d*=%s%.*s", i, i == 0 ? "utf-8''" : "",
		    (int)len, z + at);
	}
}

void
compose_part_head(struct buf *out, const struct compose_part *part)
{
	char z[LIMIT_FILENAME];
	struct span name = tidy_name(part->filename, z);

	put_type(out, part->type);
	if (name.n > 0)
		put_fallback(out, name);
	buf_addz(out, "\r\nContent-Transfer-Encoding: base64\r\n");
	buf_addf(out, "Content-Disposition: %s", name.n > 0 ? "attachment" : "inline");
	if (name.n > 0 && is_ascii(name) && name.n <= PLAIN_NAME)
		buf_addf(out, ";\r\n filename=\"%.*s\"", (int)name.n, name.p);
	else if (name.n > 0)
		put_extended(out, name);
	buf_addz(out, "\r\n\r\n");
}
