/* code.h - the codes that agents send back: « #annuler ABCD-EFGH », « #confirmer ABCD-EFGH ».
 *
 * 8 letters of an alphabet of 26 without those that are read for another (I L O S U Z and the
 * digits beside them): 37 bits.  The database holds a keyed digest
 * over what the code is for, whose it is and the code: a copy of it gives no code back, and a
 * code serves its own agent for its own purpose only. */
#ifndef DESK_CODE_H
#define DESK_CODE_H

#include "mac.h"
#include "msgid.h"

enum code_for { CODE_UNDO, CODE_CONFIRM };
enum { CODE_TEXT = 10 };	/* XXXX-XXXX and NUL */

/* Of that random part under the key: what ids show to their readers gives no code away, and no two
 * agents or purposes have the same.  agent: its section of the configuration. */
void code_make(struct span key, enum code_for what, const char *agent,
    const unsigned char random[MSGID_RANDOM], char out[CODE_TEXT]);
/* code: as code_make writes it. */
struct sha256 code_digest(struct span key, enum code_for what, const char *agent,
    const char *code);

#endif
