/* parse.h - from raw bytes to a struct mail.  Hostile input is normal here.
 *
 * Runs in the reader process only.  GMime sees the bytes after our caps (limits.h).
 * parse_init() must have run before the sandbox closes: no converter can be opened
 * after it. */
#ifndef MAIL_PARSE_H
#define MAIL_PARSE_H

#include "mail.h"
#include "status.h"

/* Once a process; opens every whitelisted charset converter, initialises GMime. */
enum status parse_init(struct fault *f) MUST_USE;

/* RFC 5322 3.3 and the forms of old; 0 when unreadable. */
int64_t parse_date(struct span s);

enum parse_want {
	PARSE_PARTIAL = 1,	/* the bytes are only the start of the mail */
	PARSE_BYTES = 2,	/* of the attachments: all, or none and MAIL_PARTS_TOO_BIG */
	PARSE_WANTS = PARSE_PARTIAL | PARSE_BYTES,
};

/* ST_PERM when the bytes are no mail at all (empty, or no header field); a broken mail
 * still parses.  `want`: enum parse_want.  Bytes of attachments may be spans of raw. */
enum status parse_mail(struct arena *a, struct span raw, unsigned want, struct mail *out,
    struct fault *f) MUST_USE;

#endif
