#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST = 256 };

static char nothing[1];	/* what an unfilled buffer shows; never written */

void
buf_open(struct buf *b, size_t max)
{
	*b = (struct buf){ .z = nothing, .max = max };
}

void
buf_close(struct buf *b)
{
	if (b->cap > 0)
		free(b->z);
	*b = (struct buf){ .z = nothing };
}

void
buf_reset(struct buf *b)
{
	buf_cut(b, 0);
	b->full = false;
}

static void
buf_grow(struct buf *b, size_t cap)
{
	char *z = realloc(b->cap == 0 ? NULL : b->z, cap);

	if (z == NULL)
		abort();
	z[b->n] = '\0';
	b->z = z;
	b->cap = cap;
}

void
buf_reserve(struct buf *b, size_t n)
{
	size_t room = b->max - b->n;

	n = n < room ? n : room;
	if (n > 0 && b->n + n + 1 > b->cap)
		buf_grow(b, b->n + n + 1);
}

/* Room for n more bytes, or as many as the limit leaves; returns that number. */
static size_t
buf_room(struct buf *b, size_t n)
{
	size_t cap = b->cap == 0 ? FIRST : b->cap;

	if (n > b->max - b->n) {
		b->full = true;
		n = b->max - b->n;
	}
	if (n == 0 || b->n + n + 1 <= b->cap)
		return n;
	while (cap < b->n + n + 1)
		cap *= 2;
	buf_grow(b, cap);
	return n;
}

void
buf_add(struct buf *b, struct span s)
{
	size_t n = buf_room(b, s.n);

	if (n == 0)
		return;
	memcpy(b->z + b->n, s.p, n);
	b->n += n;
	b->z[b->n] = '\0';
}

void
buf_addz(struct buf *b, const char *z)
{
	buf_add(b, span_of(z));
}

void
buf_addc(struct buf *b, char c)
{
	buf_add(b, span_from(&c, 1));
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	char small[512], *big;
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(small, sizeof small, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	if ((size_t)n < sizeof small) {
		buf_add(b, span_from(small, (size_t)n));
	} else {
		big = malloc((size_t)n + 1);
		if (big == NULL)
			abort();
		(void)vsnprintf(big, (size_t)n + 1, fmt, again);
		buf_add(b, span_from(big, (size_t)n));
		free(big);
	}
	va_end(again);
}

void
buf_cut(struct buf *b, size_t n)
{
	if (n >= b->n)
		return;
	b->n = n;
	b->z[n] = '\0';
}

bool
buf_full(const struct buf *b)
{
	return b->full;
}

struct span
buf_span(const struct buf *b)
{
	return span_from(b->z, b->n);
}
