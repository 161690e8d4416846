/* json.h - one JSON object a line (RFC 8259), as `bureauctl --json` prints it.
 *
 * The writer puts the commas; keys are ours and need no escape; strings are UTF-8,
 * an invalid byte is written as U+FFFD. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "buf.h"

#include <stdint.h>

struct json { struct buf *out; bool comma; };

void json_open(struct json *j, struct buf *out);
/* key is NULL inside an array and at the top. */
void json_object(struct json *j, const char *key);
void json_object_end(struct json *j);
void json_array(struct json *j, const char *key);
void json_array_end(struct json *j);
void json_str(struct json *j, const char *key, const char *z);
void json_span(struct json *j, const char *key, struct span s);
/* null for the empty string */
void json_str_or_null(struct json *j, const char *key, const char *z);
void json_int(struct json *j, const char *key, int64_t v);
void json_bool(struct json *j, const char *key, bool v);
void json_null(struct json *j, const char *key);
/* "2026-11-24T09:12:00Z"; null for 0 */
void json_time(struct json *j, const char *key, int64_t at);

#endif
