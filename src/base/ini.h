/* ini.h - key = value files with [sections], as the administrator writes them.
 *
 * '#' and ';' begin a comment at the start of a line, and ';' or '#' behind a blank ends a value
 * ("key = value ; why").  UTF-8.  Keys and sections are kept as written. */
#ifndef BASE_INI_H
#define BASE_INI_H

#include "arena.h"
#include "span.h"
#include "status.h"

struct ini_line { const char *section, *key, *value; int line; };	/* key "": a section begins */

/* Calls `each` for every line that says something, in order.  Its fault, or a line that is
 * neither, ends the walk: f->text is "file:line: what". */
enum status ini_read(struct arena *a, const char *file, struct span text,
    enum status (*each)(void *ctx, const struct ini_line *l, struct fault *f), void *ctx,
    struct fault *f) MUST_USE;

#endif
