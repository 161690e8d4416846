/* template.h - texts with {{name}} in them and {{#name}}…{{/name}} sections, filled in one
 * pass: what a value contains is never read as a template.
 *
 * A section is kept when its value is not empty, {{^name}}…{{/name}} when it is.  A line that
 * holds nothing but section tags leaves no empty line behind.  Sections nest up to 8 deep.
 * Escaping is by output kind: plain text as it is, HTML with & < > " ' replaced. */
#ifndef DESK_TEMPLATE_H
#define DESK_TEMPLATE_H

#include "buf.h"

enum template_kind { TEMPLATE_TEXT, TEMPLATE_HTML };
struct template_var { const char *name, *value; };

/* Unknown names, unclosed or crossed sections, bad UTF-8, an empty text:
 * ST_PERM, "line N: what". */
enum status template_check(struct span text, const char *const *names, size_t n,
    struct fault *f) MUST_USE;
/* text has passed template_check with the names of v. */
enum status template_fill(struct span text, enum template_kind kind,
    const struct template_var *v, size_t n, struct buf *out, struct fault *f) MUST_USE;

#endif
