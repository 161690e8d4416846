/* mutf7.h - folder names on the wire: modified UTF-7 (RFC 3501 5.1.3). */
#ifndef NET_MUTF7_H
#define NET_MUTF7_H

#include "buf.h"

/* false: not UTF-8, or a control character. */
bool mutf7_put(struct buf *out, struct span utf8) MUST_USE;
/* false: not valid; out then holds a part. */
bool mutf7_get(struct buf *out, struct span wire) MUST_USE;

#endif
