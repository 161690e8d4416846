/* wire.h - values through a pipe: fixed-width integers and counted strings.
 *
 * The reading side trusts nothing: the first short or senseless item makes `bad` stick, every
 * later read gives 0 or "", one check at the end. */
#ifndef BASE_WIRE_H
#define BASE_WIRE_H

#include "arena.h"
#include "buf.h"

#include <stdint.h>

void wire_put_u64(struct buf *b, uint64_t v);
void wire_put_i64(struct buf *b, int64_t v);
void wire_put_str(struct buf *b, const char *z);
void wire_put_span(struct buf *b, struct span s);

struct wire { struct span rest; struct arena *arena; bool bad; };

uint64_t wire_u64(struct wire *w);
int64_t wire_i64(struct wire *w);
/* At most max (else bad). */
uint64_t wire_u64_max(struct wire *w, uint64_t max);
const char *wire_str(struct wire *w);		/* NUL-ended copy; NULs inside are bad */
struct span wire_span(struct wire *w);		/* copy, NUL-ended, NULs inside allowed */
/* A count of items that follow, each at least eight bytes long: bounded by what is left. */
size_t wire_count(struct wire *w);
bool wire_done(const struct wire *w);		/* nothing bad, nothing left over */

#endif
