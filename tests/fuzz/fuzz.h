/* fuzz.h - what the targets share: their entry, a promise checked on every input, and clean
 * text for the functions whose contract asks for it. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include "arena.h"
#include "limits.h"
#include "utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define PROMISE(x) ((x) ? (void)0 : abort())

/* A copy as long as the input and no longer, so that a read past it is seen. */
static inline struct span
fuzz_span(struct arena *a, const uint8_t *data, size_t n)
{
	char *z = arena_alloc(a, n, 1);

	if (n > 0)
		memcpy(z, data, n);
	return span_from(z, n);
}

/* Valid UTF-8 without hidden characters, LF lines, NUL-ended. */
static inline struct span
fuzz_text(struct arena *a, struct span s)
{
	struct buf b BUF_AUTO;
	char *z;

	buf_open(&b, 4 * s.n + 4);
	utf8_clean(&b, s, UTF8_TEXT);
	z = arena_span(a, buf_span(&b));
	return span_from(z, b.n);
}

static inline void
fuzz_promise_line(const char *z, size_t max)
{
	struct span s = span_of(z);

	PROMISE(s.n <= max && utf8_valid(s));
	PROMISE(strpbrk(z, "\r\n\t") == NULL);
}

#endif
