/* imap_guard.h - look at an IMAP stream before the parser does.
 *
 * libetpan 1.9.4 allocates a literal in whatever size the server names, keeps every untagged
 * line of a command in memory, goes as deep as the parentheses of a BODYSTRUCTURE, and crashes
 * on a response code ALERT or PARSE without a text.  The guard follows lines and literals and
 * stops the session before that. */
#ifndef NET_IMAP_GUARD_H
#define NET_IMAP_GUARD_H

#include "span.h"

#include <stdint.h>

enum {
	IMAP_GUARD_LINES = 50000,	/* of one command */
	IMAP_GUARD_DEPTH = 64,		/* nothing that we ask for is deeper than 5 */
	IMAP_GUARD_HEAD = 40,
	IMAP_GUARD_TAIL = 32,
};

struct imap_guard {
	uint64_t literal;		/* bytes of it that still come */
	unsigned lines;			/* of this command */
	unsigned depth;			/* of parentheses */
	char head[IMAP_GUARD_HEAD];	/* how the logical line began */
	size_t head_n;
	char tail[IMAP_GUARD_TAIL];	/* how the line ends so far */
	size_t tail_n;
};

/* NULL, or what is wrong.  left: bytes the command may still read, these included. */
const char *imap_guard(struct imap_guard *g, struct span s, uint64_t left);

#endif
