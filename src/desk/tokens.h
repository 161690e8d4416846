/* tokens.h - the unguessable part of our Message-IDs: as an address to answer to, and kept out
 * of what others read.
 *
 * A token proves an agent in an answer to the mail it was minted for (MAIL-RULES, "who is an
 * agent"), so no text may carry it on: clients quote the address that they answer, and some the
 * Message-ID.  Both are known by their shape, also where a mailto URI has them encoded.
 * Limits: a token that a client breaks over two lines is not seen. */
#ifndef DESK_TOKENS_H
#define DESK_TOKENS_H

#include "desk.h"
#include "state.h"

/* Does an answer to a mail of that kind prove its agent where the mail named no ticket? */
bool token_proves(enum mail_kind kind);
/* "bureau+TOKEN@ville.fr" for a mail of ours with that Message-ID; "" where the local part
 * would be over 64 bytes (RFC 5321 4.5.3.1.1). */
const char *token_address(struct arena *a, const struct desk *d, const char *message_id);
/* The same text without tokens: the plain address, and ids that no longer are any.  Linear. */
const char *token_strip(struct arena *a, const struct desk *d, const char *text);

#endif
