/* html.h - HTML to text a person can read, in linear time, nothing fetched.
 *
 * Links as "words <url>" where the two differ, tables a row a line with cells apart, lists with
 * "- ", quotes (blockquote) with "> ", script, style, head and hidden elements (hidden,
 * display:none, visibility:hidden, font-size:0) dropped, entities decoded.
 * Limits: output max bytes, nesting counted, never recursed. */
#ifndef MAIL_HTML_H
#define MAIL_HTML_H

#include "arena.h"
#include "span.h"

/* html is valid UTF-8. */
const char *html_to_text(struct arena *a, struct span html, size_t max);

#endif
