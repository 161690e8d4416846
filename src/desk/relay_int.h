/* relay_int.h - between the files of relay. */
#ifndef DESK_RELAY_INT_H
#define DESK_RELAY_INT_H

#include "relay.h"

/* Where the marker's line begins and its last letter ends; `head`: bytes of prose on its line
 * before it, quotation marks and dashes apart. */
struct marker { bool found; size_t line, letters, end; bool quoted; struct span head; };

/* The first one in text, whatever a client did to it. */
struct marker marker_find(struct span text);
/* Letters and digits of s, folded: what wrapping and quoting leave alone. */
struct span relay_letters(struct arena *a, struct span s);
/* Is there nothing in prose but a closing formula and who wrote it? */
bool relay_is_signature(struct arena *a, const struct relay_facts *facts, const char *prose);

#endif
