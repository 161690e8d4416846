/* mail.h - one received mail as the rest of the program sees it: a value that the reader
 * process makes and everybody else only reads.  Text is UTF-8, "" when absent. */
#ifndef MAIL_MAIL_H
#define MAIL_MAIL_H

#include "addr.h"
#include "bounce.h"
#include "header.h"
#include "msgid.h"

#include <stdint.h>

struct attachment {
	const char *filename, *type;
	uint64_t size;			/* decoded bytes */
	struct span bytes;		/* decoded; empty unless asked for (parse.h) */
	bool inline_;			/* shown within the text, not below it */
};

enum mail_flag {
	MAIL_CUT = 1,		/* a limit was reached: something is missing here */
	MAIL_PARTIAL = 2,	/* over max_message_mib: headers and the start only */
	MAIL_ENCRYPTED = 4,	/* S/MIME or PGP: nobody here can read it */
	MAIL_TNEF = 8,		/* winmail.dat */
	MAIL_SIGNED = 16,
	MAIL_FORWARD = 32,	/* reply_text is what was forwarded */
	MAIL_HTML_ONLY = 64,
	MAIL_PARTS_TOO_BIG = 128,	/* the files were asked for and are not all here: none is */
};

struct mail {
	struct headers headers;
	const char *message_id;
	struct msgids in_reply_to, references;
	struct addrs from, reply_to, to, cc;	/* names decoded and cleaned */
	const char *subject;			/* decoded, cleaned, one line */
	const char *text;			/* all of it, decoded */
	const char *reply_text;			/* without quoted history and signature */
	const char *lang;			/* ISO 639-1; "fr" when not reliable */
	const char *ical;			/* text/calendar part, "" when none */
	int64_t date;				/* Date field, UTC; 0 when absent or unreadable */
	struct attachment *att; size_t natt;
	struct bounce bounce;
	unsigned flags;				/* enum mail_flag */
};

#endif
