/* why.h - a verdict in words: which rules hit, where, with what weight, and why the category,
 * the urgency and the silence follow.  For `bureauctl explain`, for eyes. */
#ifndef APP_WHY_H
#define APP_WHY_H

#include "buf.h"
#include "rules.h"

/* r: its categories, with their thresholds. */
void why_text(struct buf *b, const struct rules *r, const struct verdict *v);

#endif
