/* stamp.h - header fields of mails that we put into the mailbox ourselves: one line of words, with
 * a MAC under the key and the field's name behind it. */
#ifndef APP_STAMP_H
#define APP_STAMP_H

#include "arena.h"
#include "span.h"

/* "text mac=HEX" */
const char *stamp_make(struct arena *a, struct span key, const char *field, const char *text);
/* raw: the field as a server gives it, name and folds included.  false: not of this key; else
 * *text_out is one line with single blanks. */
bool stamp_open(struct arena *a, struct span key, const char *field, struct span raw,
    struct span *text_out);

#endif
