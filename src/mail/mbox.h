/* mbox.h - mails one after the other in a text that every mail program opens ("mboxrd": RFC
 * 4155, with every ">*From " line quoted once more, so that nothing is lost). */
#ifndef MAIL_MBOX_H
#define MAIL_MBOX_H

#include "buf.h"

#include <stdint.h>

/* raw: as it came, CRLF or LF; at: when, UTC. */
void mbox_add(struct buf *out, struct span raw, int64_t at);

/* What is kept of a mail whose bytes are gone: enough for a mail program to show it. */
struct mbox_kept { const char *from, *subject, *message_id, *text; int64_t at; };
/* As a raw mail, CRLF; a field X-Bureaud-Rebuilt says what it is. */
void mbox_rebuild(struct buf *out, const struct mbox_kept *m);

#endif
