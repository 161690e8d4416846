/* arena.h - memory that lives as long as one message, then goes all at once.
 *
 * One arena per mail and per outbox item.  Nothing in it is freed alone.
 * Limits: none of its own; whoever fills an arena from a stranger's bytes
 * caps the sizes first (limits.h), and the reader process has RLIMIT_AS. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "span.h"
#include "status.h"

struct arena;

struct arena *arena_open(void);
/* Frees everything.  Accepts NULL; sets *a to NULL. */
void arena_close(struct arena **a);
/* Forget all content, keep one chunk for the next use: for a loop over mails. */
void arena_reset(struct arena *a);
#define ARENA_AUTO AUTO(arena_close)

/* Once, at the start of a process: what is freed goes back to the system but for a megabyte.  Left
 * alone, the allocator keeps as much as the largest mail it has seen took, for ever. */
void arena_keep_little(void);

/* Zeroed, never NULL: the process stops when memory is out. */
void *arena_alloc(struct arena *a, size_t count, size_t size);
#define arena_new(a, type, n) ((type *)arena_alloc((a), (n), sizeof(type)))

/* Copies, NUL-ended. */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_strdup(struct arena *a, const char *s);
char *arena_span(struct arena *a, struct span s);
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);

#endif
