#include "buf.h"
#include "parse_int.h"

#include <gmime/gmime-encodings.h>
#include <string.h>

enum { CHUNK = 4096 };

static GMimeContentEncoding
gmime_code(enum part_code c)
{
	static const GMimeContentEncoding as[] = {
		[CODE_PLAIN] = GMIME_CONTENT_ENCODING_8BIT,
		[CODE_BASE64] = GMIME_CONTENT_ENCODING_BASE64,
		[CODE_QP] = GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE,
		[CODE_UU] = GMIME_CONTENT_ENCODING_UUENCODE,
	};

	return as[c];
}

/* Behind the line "begin 644 name", which GMime would decode too; all of s when there is none. */
static struct span
uu_lines(struct span s)
{
	struct span rest = s, line;

	while (span_cut(&rest, '\n', &line))
		if (line.n > 6 && memcmp(line.p, "begin ", 6) == 0)
			return rest;
	return s;
}

/* Decodes chunk by chunk, to `out` (NULL: only counts) until it is full. */
static uint64_t
decode(struct span s, enum part_code code, struct buf *out)
{
	char chunk[CHUNK + 8];
	GMimeEncoding e;
	uint64_t total = 0;
	size_t n;

	if (code == CODE_UU)
		s = uu_lines(s);
	g_mime_encoding_init_decode(&e, gmime_code(code));
	while (s.n > 0 && (out == NULL || !buf_full(out))) {
		size_t take = s.n < CHUNK ? s.n : CHUNK;

		n = g_mime_encoding_step(&e, s.p, take, chunk);
		total += n;
		if (out != NULL)
			buf_add(out, span_from(chunk, n));
		s = span_from(s.p + take, s.n - take);
	}
	/* GMime keeps the last one or two bytes back when the padding is missing. */
	if (code == CODE_BASE64 && e.state > 1 && e.state < 4) {
		n = g_mime_encoding_step(&e, "==", e.state == 2 ? 2 : 1, chunk);
		total += n;
		if (out != NULL)
			buf_add(out, span_from(chunk, n));
	}
	return total;
}

struct span
part_bytes(struct arena *a, const struct part *p, size_t max, bool *cut)
{
	struct buf b BUF_AUTO = { 0 };

	if (p->code == CODE_PLAIN) {
		*cut |= p->body.n > max;
		return span_from(p->body.p, p->body.n < max ? p->body.n : max);
	}
	buf_open(&b, max);
	(void)decode(p->body, p->code, &b);
	*cut |= buf_full(&b);
	return span_from(arena_span(a, buf_span(&b)), b.n);
}

/* Of base64, without undoing it: three bytes for four letters up to the padding. */
static uint64_t
base64_size(struct span s)
{
	const char *pad = memchr(s.p, '=', s.n);
	size_t n = pad == NULL ? s.n : (size_t)(pad - s.p);
	uint64_t letters = 0;

	for (size_t i = 0; i < n; i++)
		letters += s.p[i] > ' ';
	return letters * 3 / 4;
}

uint64_t
part_size(const struct part *p)
{
	return p->code == CODE_PLAIN ? p->body.n : p->code == CODE_BASE64 ?
	    base64_size(p->body) : decode(p->body, p->code, NULL);
}

uint64_t
part_size_exact(const struct part *p)
{
	return p->code == CODE_PLAIN ? p->body.n : decode(p->body, p->code, NULL);
}

struct span
part_whole(struct arena *a, const struct part *p, size_t n)
{
	/* The arena's memory, never grown nor freed: the bytes are there once, not twice. */
	struct buf b = { .cap = n + 1, .max = n };

	if (p->code == CODE_PLAIN)
		return p->body;
	b.z = arena_alloc(a, n + 1, 1);
	(void)decode(p->body, p->code, &b);
	return buf_span(&b);
}
