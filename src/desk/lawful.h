/* lawful.h - does an acknowledgment say what the law asks of it?  For texts that a town has
 * changed: LAW-AND-SAFETY section 1, "Checklist of a compliant AR" (CRPA R112-11-1, L112-8,
 * L114-2, L114-5, L231-4).  Point 14, headers and envelope, is the composer's.
 *
 * Limits: it looks for the facts and for the words that French has for each point; a text may
 * have them all and be wrong. */
#ifndef DESK_LAWFUL_H
#define DESK_LAWFUL_H

#include "texts.h"

/* The points that a body lacks, "5 the reference, 13 the number 112"; "" none.  k: what it was
 * filled with. */
const char *lawful_missing(struct arena *a, const struct ack_facts *k, const char *body);

#endif
