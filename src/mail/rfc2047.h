/* rfc2047.h - encoded words in headers, with the mistakes that people's programs make. */
#ifndef MAIL_RFC2047_H
#define MAIL_RFC2047_H

#include "arena.h"
#include "span.h"

/* Decoded, cleaned, one line of UTF-8, at most max bytes; raw 8-bit bytes are read as
 * UTF-8, else windows-1252.  A broken token stays as written. */
const char *rfc2047_decode(struct arena *a, struct span value, size_t max);

#endif
