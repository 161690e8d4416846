#include "date.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ZONEINFO "/usr/share/zoneinfo/"

enum {
	YEAR_MIN = 1900, YEAR_MAX = 2199,
	DAY_SECONDS = 86400,			/* of UTC arithmetic only */
	DAYS_400_YEARS = 146097,
	DAYS_TO_1970 = 719468,			/* from 1 March of year 0 */
	ZONE_MAX = 64,
	PROBE = 14 * 3600,			/* no zone is further from UTC */
};

/* First and last second of the years above. */
static const int64_t first_second = -2208988800, last_second = 7258118399;

static int64_t
clamped(int64_t at)
{
	if (at < first_second)
		return first_second;
	return at > last_second ? last_second : at;
}

static int
month_days(int y, int m)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

	return days[m - 1] + (m == 2 && leap);
}

/* Years begin in March here, so that the leap day is the last one of its year. */
static date_day
day_count(int y, int m, int d)
{
	int era, yoe, doy, doe;

	y -= m <= 2;
	era = y / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * DAYS_400_YEARS + doe - DAYS_TO_1970;
}

date_day
date_day_of(struct date d)
{
	if (d.y < YEAR_MIN || d.y > YEAR_MAX || d.m < 1 || d.m > 12 || d.d < 1 ||
	    d.d > month_days(d.y, d.m))
		return DATE_INVALID;
	return day_count(d.y, d.m, d.d);
}

struct date
date_of_day(date_day day)
{
	int64_t z = (int64_t)day + DAYS_TO_1970;
	int64_t era = (z >= 0 ? z : z - (DAYS_400_YEARS - 1)) / DAYS_400_YEARS;
	int doe = (int)(z - era * DAYS_400_YEARS);
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / (DAYS_400_YEARS - 1)) / 365;
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int mp = (5 * doy + 2) / 153;
	struct date d;

	d.d = doy - (153 * mp + 2) / 5 + 1;
	d.m = mp < 10 ? mp + 3 : mp - 9;
	d.y = (int)(yoe + era * 400) + (d.m <= 2);
	return d;
}

int
date_weekday(date_day day)
{
	/* 1 January 1970 was a Thursday. */
	return (int)((((int64_t)day + 3) % 7 + 7) % 7);
}

date_day
date_add_months(date_day day, int months)
{
	struct date d = date_of_day(day);
	int count = d.y * 12 + d.m - 1 + months, last;

	d.y = count / 12;
	d.m = count % 12 + 1;
	last = month_days(d.y, d.m);
	return day_count(d.y, d.m, d.d < last ? d.d : last);
}

void
date_iso_week(date_day day, int *year, int *week)
{
	/* A week belongs to the year of its Thursday (ISO 8601). */
	date_day thursday = day - date_weekday(day) + 3;
	int y = date_of_day(thursday).y;

	*year = y;
	*week = (thursday - day_count(y, 1, 1)) / 7 + 1;
}

date_day
date_of_iso_week(int year, int week)
{
	date_day day;
	int y, w;

	if (year < YEAR_MIN || year > YEAR_MAX || week < 1 || week > 53)
		return DATE_INVALID;
	day = day_count(year, 1, 4);		/* always in week 1 */
	day += (week - 1) * 7 - date_weekday(day);
	date_iso_week(day, &y, &w);
	return y == year && w == week ? day : DATE_INVALID;
}

/* The anonymous Gregorian algorithm (Meeus, Jones, Butcher). */
date_day
date_easter(int year)
{
	int a = year % 19, b = year / 100, c = year % 100;
	int d = b / 4, e = b % 4, g = (8 * b + 13) / 25;
	int h = (19 * a + b - d - g + 15) % 30;
	int i = c / 4, k = c % 4;
	int l = (32 + 2 * e + 2 * i - h - k) % 7;
	int m = (a + 11 * h + 22 * l) / 451;
	int n = h + l - 7 * m + 114;

	return day_count(year, n / 31, n % 31 + 1);
}

bool
date_is_holiday(date_day day)
{
	static const struct { int m, d; } fixed[] = {
		{ 1, 1 }, { 5, 1 }, { 5, 8 }, { 7, 14 }, { 8, 15 }, { 11, 1 }, { 11, 11 },
		{ 12, 25 },
	};
	/* Easter Monday, Ascension, Whit Monday: days after Easter. */
	static const int moving[] = { 1, 39, 50 };
	struct date d = date_of_day(day);

	if (d.y < YEAR_MIN || d.y > YEAR_MAX)
		return false;
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
		if (d.m == fixed[i].m && d.d == fixed[i].d)
			return true;
	for (size_t i = 0; i < sizeof moving / sizeof *moving; i++)
		if (day == date_easter(d.y) + moving[i])
			return true;
	return false;
}

bool
date_is_working(date_day day)
{
	return date_weekday(day) < 5 && !date_is_holiday(day);
}

date_day
date_add_working(date_day day, int n)
{
	while (n > 0)
		n -= date_is_working(++day);
	return day;
}

/* A name of the tz database and nothing that could lead out of its folder. */
static bool
zone_is_name(const char *zone)
{
	static const char allowed[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
	size_t n = strlen(zone);

	return n > 0 && n < ZONE_MAX && strspn(zone, allowed) == n && zone[0] != '/';
}

static bool
zone_exists(const char *zone)
{
	char path[sizeof ZONEINFO + ZONE_MAX], magic[4];
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof path, "%s%s", ZONEINFO, zone);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, magic, sizeof magic);
	(void)close(fd);
	return n == (ssize_t)sizeof magic && memcmp(magic, "TZif", sizeof magic) == 0;
}

enum status
date_zone_set(const char *zone, struct fault *f)
{
	if (!zone_is_name(zone) || !zone_exists(zone))
		return fault_set(f, ST_PERM, "no time zone \"%s\"", zone);
	if (setenv("TZ", zone, 1) != 0)
		return fault_errno(f, ST_PERM, "time zone \"%s\"", zone);
	tzset();
	return ST_OK;
}

struct date_time
date_local(int64_t at)
{
	time_t t = (time_t)clamped(at);
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL)
		return (struct date_time){ .date = { 1970, 1, 1 } };
	return (struct date_time){ { tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday },
		tm.tm_hour, tm.tm_min, tm.tm_sec, (int)tm.tm_gmtoff };
}

date_day
date_local_day(int64_t at)
{
	struct date d = date_local(at).date;

	return day_count(d.y, d.m, d.d);
}

/* The offset in force before decides unless it no longer is at that very moment: so a
 * repeated hour is the first of the two, a skipped one is moved on by what was skipped. */
int64_t
date_instant(date_day day, int hour, int min)
{
	int64_t wall = (int64_t)day * DAY_SECONDS + hour * 3600 + min * 60;
	int before = date_local(wall - PROBE).utc_offset;
	int after = date_local(wall + PROBE).utc_offset;

	if (date_local(wall - before).utc_offset != before &&
	    date_local(wall - after).utc_offset == after)
		return wall - after;
	return wall - before;
}

void
date_rfc3339(int64_t at, char out[DATE_RFC3339_MAX])
{
	int64_t t = clamped(at);
	int64_t days = (t >= 0 ? t : t - (DAY_SECONDS - 1)) / DAY_SECONDS;
	unsigned s = (unsigned)(t - days * DAY_SECONDS);
	struct date d = date_of_day((date_day)days);

	(void)snprintf(out, DATE_RFC3339_MAX, "%04u-%02u-%02uT%02u:%02u:%02uZ",
	    (unsigned)d.y % 10000, (unsigned)d.m % 100, (unsigned)d.d % 100,
	    s / 3600 % 24, s / 60 % 60, s % 60);
}

void
date_rfc5322(int64_t at, char out[DATE_RFC5322_MAX])
{
	static const char day[][4] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	static const char month[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };
	struct date_time t = date_local(at);
	unsigned off = (unsigned)abs(t.utc_offset) / 60;

	(void)snprintf(out, DATE_RFC5322_MAX, "%s, %d %s %04d %02d:%02d:%02d %c%02u%02u",
	    day[date_weekday(date_local_day(at))], t.date.d, month[t.date.m - 1], t.date.y,
	    t.hour, t.min, t.sec, t.utc_offset < 0 ? '-' : '+', off / 60 % 100, off % 60);
}

void
date_iso(date_day day, char out[DATE_RFC3339_MAX])
{
	struct date d = date_of_day(day);

	(void)snprintf(out, DATE_RFC3339_MAX, "%04u-%02u-%02u", (unsigned)d.y % 10000,
	    (unsigned)d.m % 100, (unsigned)d.d % 100);
}

/* n digits at the start of *s, cut off. */
static bool
digits(struct span *s, size_t n, int *out)
{
	unsigned long long v;

	if (s->n < n || !span_number(span_from(s->p, n), 9999, &v))
		return false;
	*out = (int)v;
	*s = span_from(s->p + n, s->n - n);
	return true;
}

static bool
one_of(struct span *s, const char *set)
{
	if (s->n == 0 || s->p[0] == '\0' || strchr(set, s->p[0]) == NULL)
		return false;
	*s = span_from(s->p + 1, s->n - 1);
	return true;
}

static bool
date_take(struct span *s, date_day *out)
{
	struct date d;

	if (!digits(s, 4, &d.y) || !one_of(s, "-") || !digits(s, 2, &d.m) ||
	    !one_of(s, "-") || !digits(s, 2, &d.d))
		return false;
	*out = date_day_of(d);
	return *out != DATE_INVALID;
}

bool
date_parse_iso(struct span s, date_day *out)
{
	date_day day;

	if (!date_take(&s, &day) || s.n > 0)
		return false;
	*out = day;
	return true;
}

/* "09:12:00" and a fraction, which is dropped; 60 is a leap second (RFC 3339 5.6). */
static bool
time_take(struct span *s, int *out)
{
	int hour, min, sec, unused;

	if (!digits(s, 2, &hour) || !one_of(s, ":") || !digits(s, 2, &min) ||
	    !one_of(s, ":") || !digits(s, 2, &sec) || hour > 23 || min > 59 || sec > 60)
		return false;
	if (one_of(s, ".")) {
		if (!digits(s, 1, &unused))
			return false;
		while (digits(s, 1, &unused))
			;
	}
	*out = hour * 3600 + min * 60 + sec;
	return true;
}

static bool
offset_take(struct span *s, int *out)
{
	int hour, min, sign = s->n > 0 && s->p[0] == '-' ? -1 : 1;

	*out = 0;
	if (one_of(s, "Zz"))
		return true;
	if (!one_of(s, "+-") || !digits(s, 2, &hour) || !one_of(s, ":") ||
	    !digits(s, 2, &min) || hour > 23 || min > 59)
		return false;
	*out = sign * (hour * 3600 + min * 60);
	return true;
}

bool
date_parse_rfc3339(struct span s, int64_t *out)
{
	date_day day;
	int secs, offset;

	if (!date_take(&s, &day))
		return false;
	if (s.n == 0) {
		*out = date_instant(day, 0, 0);
		return true;
	}
	if (!one_of(&s, "Tt ") || !time_take(&s, &secs) || !offset_take(&s, &offset) || s.n > 0)
		return false;
	*out = (int64_t)day * DAY_SECONDS + secs - offset;
	return true;
}
