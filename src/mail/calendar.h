/* calendar.h - a meeting as an iCalendar object (RFC 5545) for mail (RFC 5546, RFC 6047): one
 * VEVENT in the time of Paris with the zone's own rules in it, so that a reader needs no table
 * of zones.  CRLF lines of at most 75 bytes.
 *
 * A meeting is known by its uid; a later object with a higher sequence replaces it, a
 * cancelled one takes it away. */
#ifndef MAIL_CALENDAR_H
#define MAIL_CALENDAR_H

#include "arena.h"

#include <stdint.h>

struct calendar_meeting {
	bool cancel;			/* METHOD:CANCEL instead of REQUEST */
	const char *uid;
	int sequence;
	int64_t stamp, start;		/* UTC */
	int minutes;
	const char *summary, *description, *place;	/* place "": none */
	const char *organizer, *organizer_name;		/* strict addresses */
	const char *attendee;
};

/* "text/calendar; method=REQUEST; charset=utf-8" */
const char *calendar_type(const struct calendar_meeting *m);
/* ST_PERM: the library refuses it. */
enum status calendar_write(struct arena *a, const struct calendar_meeting *m, struct span *out,
    struct fault *f) MUST_USE;

#endif
