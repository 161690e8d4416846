/* buf.h - text that grows up to a limit set at birth, always NUL-ended.
 *
 * Past the limit it keeps what it has and remembers: check buf_full() once, at
 * the end.  INVARIANT: z is never NULL after buf_open, z[n] is NUL, n <= max. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "span.h"
#include "status.h"

struct buf { char *z; size_t n, cap, max; bool full; };

void buf_open(struct buf *b, size_t max);
void buf_close(struct buf *b);			/* accepts a closed or zeroed one */
#define BUF_AUTO AUTO(buf_close)
void buf_reset(struct buf *b);			/* empty again, memory kept */
/* Room for n more bytes at once and no more than that, where doubling would take too much;
 * past the limit as much as there is. */
void buf_reserve(struct buf *b, size_t n);
void buf_add(struct buf *b, struct span s);
void buf_addz(struct buf *b, const char *z);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
void buf_cut(struct buf *b, size_t n);		/* shorten to n, no-op when shorter */
bool buf_full(const struct buf *b);
struct span buf_span(const struct buf *b);

#endif
