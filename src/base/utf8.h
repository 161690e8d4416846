/* utf8.h - is it UTF-8, and what may be shown of it (RFC 3629). */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "buf.h"
#include "span.h"

#include <stdint.h>

/* Length of the valid sequence at the start of s (1-4), 0 when there is none;
 * no overlong forms, no surrogates, nothing past U+10FFFF. */
size_t utf8_next(struct span s, uint32_t *cp_out);
bool utf8_valid(struct span s);
void utf8_put(struct buf *b, uint32_t cp);
/* Largest n <= max that does not cut a sequence of valid s. */
size_t utf8_floor(struct span s, size_t max);

/* Code points that hide or reorder what a person sees: C0 and C1 controls but TAB
 * and LF, bidi controls U+061C U+202A-202E U+2066-2069, zero width U+200B-200F U+FEFF. */
bool utf8_hidden(uint32_t cp);
/* Bytes of visible ASCII, blanks included, that s starts with: nothing to look at there. */
size_t utf8_plain(struct span s);
/* Copy s without those, each invalid byte as U+FFFD.  One line: TAB, CR and LF
 * become a space. */
enum utf8_lines { UTF8_TEXT, UTF8_ONE_LINE };
void utf8_clean(struct buf *b, struct span s, enum utf8_lines how);

#endif
