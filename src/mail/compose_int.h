/* compose_int.h - between the files of compose: header fields, bodies.
 *
 * Everything here takes valid UTF-8 (compose_mail has checked) and writes ASCII with CRLF. */
#ifndef MAIL_COMPOSE_INT_H
#define MAIL_COMPOSE_INT_H

#include "compose.h"

/* An unstructured field: blanks and controls become one space, RFC 2047 where needed. */
void compose_field(struct buf *out, const char *name, const char *value);
/* "From: Name <spec>"; the spec is strict, so it goes as it is. */
void compose_mailbox(struct buf *out, const char *field, const char *name, const char *spec);
/* Is it one <...@...> of visible ASCII?  Anything else is never repeated. */
bool compose_id_ok(const char *id);
/* The first and the last ones of refs, bounded; nothing when none is well-formed. */
void compose_references(struct buf *out, const struct msgids *refs);
/* Content-Type (without its parameters when they are not harmless) and Content-Disposition. */
void compose_part_head(struct buf *out, const struct compose_part *part);

/* Content-Type, its transfer encoding, the empty line, and text as CRLF lines. */
void compose_text(struct buf *out, const char *type, const char *text);

#endif
