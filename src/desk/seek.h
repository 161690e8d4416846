/* seek.h - what a person looks for, as words, and where a text has them.
 *
 * Every word must be there; "two words" or « two words » as they follow each other; expul* is
 * any word that begins so.  Nothing else has a meaning, so nothing that is typed is an error.
 * Both sides are folded: "coeur" finds "Cœur".
 *
 * Limits: SEEK_BYTES of what is typed are read, SEEK_TERMS terms of it kept. */
#ifndef DESK_SEEK_H
#define DESK_SEEK_H

#include "arena.h"
#include "span.h"

enum { SEEK_BYTES = 1000, SEEK_TERMS = 16, SEEK_EXCERPT = 240 };

struct seek_term { const char *text; bool prefix; };	/* folded; holds a letter or a digit */
struct seek { struct seek_term term[SEEK_TERMS]; size_t n; };

/* false: there is no letter and no digit in it.  `typed` must be valid UTF-8. */
bool seek_read(struct arena *a, struct span typed, struct seek *out);

/* One line around the first place where `text` has one of the terms, the earlier terms first:
 * at most SEEK_EXCERPT bytes and the match.  found: false when it has none; then `after` is
 * its beginning. */
struct excerpt { bool found; const char *before, *match, *after; };
void seek_excerpt(struct arena *a, const struct seek *s, const char *text, struct excerpt *out);

#endif
