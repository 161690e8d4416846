/* flowed.h - text/plain; format=flowed (RFC 3676): soft line ends joined, space-stuffing off,
 * quote depths kept as "> " prefixes; "-- " is never joined. */
#ifndef MAIL_FLOWED_H
#define MAIL_FLOWED_H

#include "arena.h"
#include "span.h"

/* text: LF lines. */
struct span flowed_join(struct arena *a, struct span text, bool delsp);

#endif
