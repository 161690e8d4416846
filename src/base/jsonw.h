/* jsonw.h - one JSON object a line (RFC 8259), as `bureauctl --json` prints it.
 *
 * The writer puts the commas; keys are ours and need no escape; strings are UTF-8,
 * an invalid byte is written as U+FFFD. */
#ifndef BASE_JSONW_H
#define BASE_JSONW_H

#include "buf.h"

#include <stdint.h>

struct jsonw { struct buf *out; bool comma; };

void jsonw_open(struct jsonw *j, struct buf *out);
/* key is NULL inside an array and at the top. */
void jsonw_object(struct jsonw *j, const char *key);
void jsonw_object_end(struct jsonw *j);
void jsonw_array(struct jsonw *j, const char *key);
void jsonw_array_end(struct jsonw *j);
void jsonw_str(struct jsonw *j, const char *key, const char *z);
void jsonw_span(struct jsonw *j, const char *key, struct span s);
/* null for the empty string */
void jsonw_str_or_null(struct jsonw *j, const char *key, const char *z);
void jsonw_int(struct jsonw *j, const char *key, int64_t v);
void jsonw_bool(struct jsonw *j, const char *key, bool v);
void jsonw_null(struct jsonw *j, const char *key);
/* "2026-11-24T09:12:00Z"; null for 0 */
void jsonw_time(struct jsonw *j, const char *key, int64_t at);

#endif
