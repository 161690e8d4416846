/* span.h - a piece of text that somebody else owns: pointer and length. */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>

struct span { const char *p; size_t n; };	/* p is never NULL */

struct span span_of(const char *z);
struct span span_from(const char *p, size_t n);
bool span_eq(struct span a, const char *z);
bool span_ieq(struct span a, const char *z);		/* ASCII case only */
bool span_istarts(struct span a, const char *prefix);	/* ASCII case only */
bool span_iends(struct span a, const char *suffix);	/* ASCII case only */
/* Cut blanks (space, tab, CR, LF) off both ends. */
struct span span_trim(struct span s);
/* Cut the next line off *rest, without its LF or CRLF; false when nothing is left. */
bool span_line(struct span *rest, struct span *line_out);
/* Cut the next piece up to `sep` (or the end) off *rest; false when nothing is left. */
bool span_cut(struct span *rest, char sep, struct span *piece_out);
/* An unsigned decimal number and nothing else; false past `max`. */
bool span_number(struct span s, unsigned long long max, unsigned long long *out);

#endif
