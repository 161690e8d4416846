/* fold.h - the text that rules match: lower case, Latin accents off, oe for œ, ae for æ,
 * ' for every apostrophe, blanks collapsed, three or more of the same letter made two.
 *
 * Marks come off Latin letters only (и and й stay two letters); Turkish ı stays.  Every
 * folded byte knows which byte of the original it came from, so that `explain` can quote
 * the citizen's own words. */
#ifndef MAIL_FOLD_H
#define MAIL_FOLD_H

#include "arena.h"
#include "span.h"

#include <stdint.h>

struct folded {
	struct span text;		/* UTF-8, NUL-ended */
	const uint32_t *origin;		/* text.n + 1 offsets into the original */
	struct span original;
};

/* `s` must be valid UTF-8; at most LIMIT_RULE_TEXT bytes of it are read. */
void fold_text(struct arena *a, struct span s, struct folded *out);
/* The original words behind folded bytes [from, to). */
struct span fold_origin(const struct folded *f, size_t from, size_t to);
/* The same folding for a short name: commands, categories, streets. */
const char *fold_word(struct arena *a, const char *z);

#endif
