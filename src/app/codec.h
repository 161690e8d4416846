/* codec.h - what the reader process answers about one mail, as bytes on its pipe. */
#ifndef APP_CODEC_H
#define APP_CODEC_H

#include "mail.h"
#include "rules.h"
#include "wire.h"

/* mail NULL: unreadable; the verdict then says nothing. */
void codec_put(struct buf *b, const struct mail *mail, const struct verdict *verdict);
/* ST_PERM: the bytes are not an answer; mail_out NULL: unreadable. */
enum status codec_get(struct arena *a, struct span bytes, const struct mail **mail_out,
    const struct verdict **verdict_out, struct fault *f) MUST_USE;

#endif
