/* header.h - the header block of a mail as a list of fields (RFC 5322 2.2).
 *
 * Our own scanner, linear, that GMime never replaces: who-wrote-this is decided on what
 * it returns.  Values are unfolded raw bytes (line ends dropped, the blank kept), outer
 * blanks trimmed, NUL-ended, with NULs of the wire kept inside `value`. */
#ifndef MAIL_HEADER_H
#define MAIL_HEADER_H

#include "arena.h"
#include "span.h"

struct header { struct span name, value; };
struct headers {
	struct header *v; size_t n;
	bool cut;		/* a LIMIT_HEADER_* was reached, the rest was left out */
};

/* Reads up to the empty line; body_out is what follows.  A leading mbox "From " line is
 * skipped; a line that is no field and no continuation ends the header only when no field
 * follows it, else it is skipped. Line ends: CRLF, LF or bare CR. */
void header_scan(struct arena *a, struct span raw, struct headers *out, struct span *body_out);

/* First field of that name (ASCII case-insensitive); NULL when absent. */
const struct span *header_get(const struct headers *h, const char *name);
/* The n-th (from 0); NULL past the last. */
const struct span *header_nth(const struct headers *h, const char *name, size_t n);
size_t header_count(const struct headers *h, const char *name);
/* First field's value trimmed, or an empty span. */
struct span header_value(const struct headers *h, const char *name);

#endif
