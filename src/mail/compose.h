/* compose.h - a mail of ours, ready for SMTP: CRLF lines of at most LIMIT_LINE_OUT bytes,
 * every header encoded here (RFC 2047), body quoted-printable UTF-8 or 7bit, so that no
 * input can add a header or a line.
 *
 * Bodies are UTF-8 with LF lines.  Automatic mail carries Auto-Submitted and
 * X-Auto-Response-Suppress: All (RFC 3834 3.1.7); every mail repeats its id in
 * X-Bureaud-Loop. */
#ifndef MAIL_COMPOSE_H
#define MAIL_COMPOSE_H

#include "addr.h"
#include "buf.h"
#include "msgid.h"

#include <stdint.h>

enum compose_auto { COMPOSE_HUMAN, COMPOSE_REPLIED, COMPOSE_GENERATED };

struct compose_part {			/* an attachment, or the HTML twin where html is set */
	const char *type;		/* "text/calendar; method=REQUEST; charset=utf-8" */
	const char *filename;		/* "": inline */
	struct span bytes;		/* any bytes; sent as base64 */
};

struct compose_image {			/* shown by the HTML twin as cid:ID */
	const char *cid;		/* ours: a token@domain */
	const char *type;		/* "image/png" */
	struct span bytes;
};

struct outmail {
	const char *from_name, *from, *to;	/* checked addr-specs */
	const char *reply_to;			/* "" none */
	const char *subject, *text;
	const char *html;			/* "" none: the twin of text */
	const struct compose_image *image; size_t nimages;	/* of the twin (RFC 2387) */
	const char *lang;			/* Content-Language; "" none */
	const char *message_id;			/* ours */
	const char *in_reply_to;		/* "" none */
	struct msgids references;
	const char *kind, *ticket;		/* X-Bureaud-Kind, X-Bureaud-Ticket; "" none */
	enum compose_auto automatic;
	int64_t date;
	const struct compose_part *part; size_t nparts;
};

/* ST_PERM when an address is not strict, a text is no UTF-8 or max bytes do not hold it.
 * `out`: open or zeroed; its content is replaced, its maximum becomes max; empty on a fault.
 * Other people's Message-IDs that are not well-formed are left out, and of a long list of
 * references the first and the last ones go. */
enum status compose_mail(const struct outmail *m, size_t max, struct buf *out,
    struct fault *f) MUST_USE;

/* RFC 2045 6.8, lines of 76 that end in CRLF. */
void compose_base64(struct buf *out, struct span bytes);

#endif
