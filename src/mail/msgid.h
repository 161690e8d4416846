/* msgid.h - Message-IDs: read lists of them, make ours, know ours again.
 *
 * Ours is <REF.KIND.RANDOM.MAC@domain>: REF a ticket reference or 0, KIND a word of
 * INTERFACE, RANDOM 80 bits, MAC 80 bits of HMAC-SHA-256 under the key over
 * "REF.KIND.RANDOM@domain", both base32 in lower case.  A valid MAC says that we made it,
 * never which ticket a mail may enter: that is looked up by the stored id. */
#ifndef MAIL_MSGID_H
#define MAIL_MSGID_H

#include "arena.h"
#include "span.h"

enum { MSGID_RANDOM = 10 };	/* bytes */

struct msgids { const char **v; size_t n; };	/* each "<...>" */

/* Every <...> of visible ASCII with one @ and at most LIMIT_MSGID bytes, in order, the
 * last LIMIT_MSGIDS of them, doubles dropped; prose between is skipped; linear.  false: more
 * were there. */
bool msgid_list(struct arena *a, struct span header, struct msgids *out);
/* The single id of a Message-ID field, "" when there is none. */
const char *msgid_first(struct arena *a, struct span header);

const char *msgid_make(struct arena *a, struct span key, const char *ref, const char *kind,
    const unsigned char random[MSGID_RANDOM], const char *domain);
/* Did we make it?  false with an empty key. */
bool msgid_is_ours(struct span key, const char *id);
/* The KIND part of an id of ours (checked before); "" when there is none. */
const char *msgid_kind(struct arena *a, const char *id);
/* The RANDOM part of an id of ours (checked before): an agent's token. */
const char *msgid_token(struct arena *a, const char *id);

#endif
