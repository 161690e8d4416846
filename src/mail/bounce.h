/* bounce.h - delivery reports: who could not be reached and why (RFC 3464, and what qmail,
 * Exim, Exchange and others send instead). */
#ifndef MAIL_BOUNCE_H
#define MAIL_BOUNCE_H

#include "arena.h"

enum report {
	REPORT_NONE,
	REPORT_DELIVERY,	/* a delivery report: `bounce` is filled */
	REPORT_DISPOSITION,	/* MDN, RFC 8098 */
	REPORT_FEEDBACK,	/* ARF, RFC 5965 */
	REPORT_OTHER,		/* multipart/report of another type */
};

/* "" where the report does not say. */
struct bounce {
	enum report report;
	const char *recipient;		/* the first one that failed */
	const char *action;		/* failed delayed delivered relayed expanded */
	const char *status;		/* "5.1.1" */
	const char *message_id;		/* of the mail that bounced */
};

/* A delivery report that tells of trouble: one that says delivered, relayed or expanded is
 * a receipt, not a bounce. */
bool bounce_is_trouble(const struct bounce *b);

#endif
