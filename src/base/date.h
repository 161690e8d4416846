/* date.h - days, the French legal calendar, and the local zone.
 *
 * A day is a count since 1970-01-01, so that it can be compared and added to without
 * thinking of hours; 86,400 is never added to an instant.  Instants are UTC seconds.
 * The zone is set once at start by date_zone_set() and serves the whole process.
 * Source: code du travail L3133-1 (holidays; Aisne: without Good Friday and 26 December),
 * CRPA R112-11-2 (jours ouvrés).  Valid from 1900 to 2199. */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include "span.h"
#include "status.h"

#include <stdint.h>

typedef int32_t date_day;		/* days since 1970-01-01 */

struct date { int y, m, d; };		/* 2026, 11, 24 */
struct date_time { struct date date; int hour, min, sec, utc_offset; };	/* offset: seconds */

enum { DATE_RFC3339_MAX = 24, DATE_RFC5322_MAX = 40, DATE_INVALID = INT32_MIN };
enum { DATE_MONDAY = 0, DATE_SUNDAY = 6 };

date_day date_day_of(struct date d);	/* DATE_INVALID when there is no such date */
struct date date_of_day(date_day day);
int date_weekday(date_day day);		/* DATE_MONDAY ... DATE_SUNDAY */
/* The month's last day where it is shorter. */
date_day date_add_months(date_day day, int months);
/* ISO 8601 week. */
void date_iso_week(date_day day, int *year, int *week);
date_day date_of_iso_week(int year, int week);	/* its Monday; DATE_INVALID */

/* The 11 legal holidays of metropolitan France. */
bool date_is_holiday(date_day day);
date_day date_easter(int year);
/* Monday to Friday and no holiday: jour ouvré. */
bool date_is_working(date_day day);
/* The n-th working day after `day` (n >= 1). */
date_day date_add_working(date_day day, int n);

/* ST_PERM when the zone is not in the system's database. */
enum status date_zone_set(const char *zone, struct fault *f) MUST_USE;
struct date_time date_local(int64_t at);
date_day date_local_day(int64_t at);
/* Local wall time to an instant; a time that DST skips moves forward, one that it
 * repeats is the first. */
int64_t date_instant(date_day day, int hour, int min);

/* "2026-11-24T09:12:00Z" */
void date_rfc3339(int64_t at, char out[DATE_RFC3339_MAX]);
/* A date alone is its local midnight; else RFC 3339 with Z or an offset. */
bool date_parse_rfc3339(struct span s, int64_t *out);
/* "Tue, 24 Nov 2026 10:12:00 +0100", local (RFC 5322 3.3). */
void date_rfc5322(int64_t at, char out[DATE_RFC5322_MAX]);
/* "YYYY-MM-DD" */
void date_iso(date_day day, char out[DATE_RFC3339_MAX]);
bool date_parse_iso(struct span s, date_day *out);

#endif
