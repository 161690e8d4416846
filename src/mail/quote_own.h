/* quote_own.h - of a mail that answers ours: where what its author forwards begins. */
#ifndef MAIL_QUOTE_OWN_H
#define MAIL_QUOTE_OWN_H

#include "span.h"

/* Bytes of text before the first line that a client writes above a forward ("----------
 * Forwarded message", "Début du message transféré :"), quoted or not; all of them when there
 * is none.  Linear in text. */
size_t quote_forward_at(struct span text);

#endif
