#include "wire.h"

#include <string.h>

void
wire_put_u64(struct buf *b, uint64_t v)
{
	char z[8];

	for (size_t i = 0; i < sizeof z; i++)
		z[i] = (char)(v >> (8 * i) & 0xff);
	buf_add(b, span_from(z, sizeof z));
}

void
wire_put_i64(struct buf *b, int64_t v)
{
	wire_put_u64(b, (uint64_t)v);
}

void
wire_put_span(struct buf *b, struct span s)
{
	wire_put_u64(b, s.n);
	buf_add(b, s);
}

void
wire_put_str(struct buf *b, const char *z)
{
	wire_put_span(b, span_of(z));
}

static struct span
take(struct wire *w, uint64_t n)
{
	struct span s = span_from("", 0);

	if (w->bad || n > w->rest.n) {
		w->bad = true;
		return s;
	}
	s = span_from(w->rest.p, (size_t)n);
	w->rest.p += n;
	w->rest.n -= (size_t)n;
	return s;
}

uint64_t
wire_u64(struct wire *w)
{
	struct span s = take(w, 8);
	uint64_t v = 0;

	for (size_t i = s.n; i > 0; i--)
		v = v << 8 | (unsigned char)s.p[i - 1];
	return v;
}

int64_t
wire_i64(struct wire *w)
{
	return (int64_t)wire_u64(w);
}

uint64_t
wire_u64_max(struct wire *w, uint64_t max)
{
	uint64_t v = wire_u64(w);

	if (v > max) {
		w->bad = true;
		return 0;
	}
	return v;
}

struct span
wire_span(struct wire *w)
{
	struct span s = take(w, wire_u64(w));

	return span_from(arena_span(w->arena, s), s.n);
}

const char *
wire_str(struct wire *w)
{
	struct span s = wire_span(w);

	if (memchr(s.p, '\0', s.n) != NULL)
		w->bad = true;
	return w->bad ? "" : s.p;
}

size_t
wire_count(struct wire *w)
{
	uint64_t n = wire_u64(w);

	if (n > w->rest.n / 8) {
		w->bad = true;
		return 0;
	}
	return (size_t)n;
}

bool
wire_done(const struct wire *w)
{
	return !w->bad && w->rest.n == 0;
}
