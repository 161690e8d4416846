#include "arena.h"

#include <malloc.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef BUREAUD_SAN
enum { CHUNK = 0, ALIGN = 1 };	/* each piece alone, so that the sanitizer sees its edges */
#else
enum { CHUNK = 32 * 1024, ALIGN = alignof(max_align_t) };
#endif

struct chunk {
	struct chunk *next;
	size_t used, cap;
	alignas(max_align_t) unsigned char mem[];
};

struct arena {
	struct chunk *head;
};

struct arena *
arena_open(void)
{
	struct arena *a = calloc(1, sizeof *a);

	if (a == NULL)
		abort();
	return a;
}

void
arena_keep_little(void)
{
	enum { KEPT = 1024 * 1024 };

	(void)mallopt(M_TRIM_THRESHOLD, KEPT);
	(void)mallopt(M_MMAP_THRESHOLD, KEPT);
}

/* Free the list, but the first chunk of the usual size where one is to be kept. */
static struct chunk *
chunks_drop(struct chunk *c, int keep_one)
{
	struct chunk *kept = NULL;

	while (c != NULL) {
		struct chunk *next = c->next;

		if (keep_one && kept == NULL && c->cap == CHUNK)
			kept = c;
		else
			free(c);
		c = next;
	}
	return kept;
}

void
arena_close(struct arena **ap)
{
	struct arena *a = *ap;

	if (a == NULL)
		return;
	(void)chunks_drop(a->head, 0);
	free(a);
	*ap = NULL;
}

void
arena_reset(struct arena *a)
{
	a->head = chunks_drop(a->head, 1);
	if (a->head == NULL)
		return;
	memset(a->head->mem, 0, a->head->used);
	a->head->used = 0;
	a->head->next = NULL;
}

static struct chunk *
chunk_add(struct arena *a, size_t n)
{
	size_t cap = n > CHUNK ? n : CHUNK;
	struct chunk *c = calloc(1, sizeof *c + cap);

	if (c == NULL)
		abort();
	c->cap = cap;
	c->next = a->head;
	a->head = c;
	return c;
}

void *
arena_alloc(struct arena *a, size_t count, size_t size)
{
	struct chunk *c = a->head;
	size_t n;

	if (__builtin_mul_overflow(count, size, &n) || n > SIZE_MAX / 2)
		abort();
	n = (n + ALIGN - 1) / ALIGN * ALIGN;
	if (c == NULL || c->cap - c->used < n)
		c = chunk_add(a, n);
	c->used += n;
	return c->mem + c->used - n;
}

char *
arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *p = arena_alloc(a, n + 1, 1);

	memcpy(p, s, n);
	return p;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *
arena_span(struct arena *a, struct span s)
{
	return arena_strndup(a, s.p, s.n);
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *p;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	p = arena_alloc(a, (size_t)n + 1, 1);
	(void)vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}
