/* digest_week.c - which weeks a digest tells of, and when it is due. */
#include "digest.h"

#include <assert.h>

static date_day
year_before(int year, int week)
{
	date_day day = date_of_iso_week(year - 1, week);

	return day != DATE_INVALID ? day : date_of_iso_week(year - 1, week - 1);
}

/* Week 53 belongs to the fourth. */
static size_t
quarter_of(int week)
{
	return week > 4 * DIGEST_QUARTER ? 3 : (size_t)(week - 1) / DIGEST_QUARTER;
}

struct digest_scope
digest_scope_of(date_day monday)
{
	struct digest_scope s = { .monday = monday };
	int year, week;

	date_iso_week(monday, &year, &week);
	s.first = year_before(year, week);
	s.nweeks = (size_t)(monday - s.first) / 7 + 1;
	s.year = s.nweeks - (size_t)week;
	s.quarter = s.year + DIGEST_QUARTER * quarter_of(week);
	s.before = quarter_of(week) > 0 ? s.quarter - DIGEST_QUARTER :
	    (size_t)(date_of_iso_week(year - 1, 1 + 3 * DIGEST_QUARTER) - s.first) / 7;
	s.from = date_instant(s.first, 0, 0);
	s.to = date_instant(monday + 7, 0, 0);
	assert(s.nweeks <= DIGEST_WEEKS && s.nweeks >= DIGEST_QUARTER);
	return s;
}

bool
digest_week_parse(struct span s, date_day *monday_out)
{
	unsigned long long year, week;
	struct span y;

	if (!span_cut(&s, '-', &y) || y.n != 4 || !span_number(y, 9999, &year) || s.n != 3 ||
	    (s.p[0] != 'W' && s.p[0] != 'w') ||
	    !span_number(span_from(s.p + 1, 2), 53, &week))
		return false;
	*monday_out = date_of_iso_week((int)year, (int)week);
	return *monday_out != DATE_INVALID;
}

int64_t
digest_due(date_day monday, int weekday, int hour, int min)
{
	date_day day = monday + 7 + weekday;

	while (!date_is_working(day))
		day++;
	return date_instant(day, hour, min);
}

date_day
digest_last_due(int64_t now, int weekday, int hour, int min)
{
	date_day today = date_local_day(now), monday = today - date_weekday(today) - 7;

	while (digest_due(monday, weekday, hour, min) > now)
		monday -= 7;
	return monday;
}
