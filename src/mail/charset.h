/* charset.h - bytes in a named charset to UTF-8.
 *
 * As declared, then strict UTF-8, then windows-1252; iso-8859-1 and us-ascii are always read as
 * windows-1252 (which is what people mean).  Only whitelisted names reach a converter, no
 * UTF-7; all converters are opened before the sandbox closes and kept. */
#ifndef MAIL_CHARSET_H
#define MAIL_CHARSET_H

#include "arena.h"
#include "span.h"
#include "status.h"

enum status charset_open(struct fault *f) MUST_USE;
/* Valid UTF-8, at most max bytes; undecodable bytes are U+FFFD only when nothing fits. */
struct span charset_decode(struct arena *a, struct span bytes, const char *name, size_t max);
size_t charset_names(const char *const **out);

#endif
