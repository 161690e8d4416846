#include "hours.h"

#include <string.h>

enum {
	MINUTES_A_DAY = 24 * 60,
	/* Hours exist and closed days are few, so an open day is never this far. */
	HORIZON_DAYS = 4000,
};

static const char *const day_words[7] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

static bool
take_day(struct span s, int *out)
{
	for (int i = 0; i < 7; i++)
		if (span_ieq(s, day_words[i])) {
			*out = i;
			return true;
		}
	return false;
}

/* "mon-fri" or "mon" into a set, one bit a weekday; "sat-mon" goes round. */
static bool
take_days(struct span s, unsigned *set)
{
	struct span first;
	int from, to;

	if (!span_cut(&s, '-', &first) || !take_day(first, &from))
		return false;
	to = from;
	if (s.n > 0 && !take_day(s, &to))
		return false;
	for (int d = from;; d = (d + 1) % 7) {
		*set |= 1u << d;
		if (d == to)
			return true;
	}
}

static bool
take_minutes(struct span s, int *out)
{
	struct span hour;
	unsigned long long h, m;

	if (!span_cut(&s, ':', &hour) || !span_number(hour, 24, &h) || s.n != 2 ||
	    !span_number(s, 59, &m))
		return false;
	*out = (int)(h * 60 + m);
	return *out <= MINUTES_A_DAY;
}

/* In order and without overlap, or not at all. */
static bool
add_span(struct hours *h, int day, int from, int to)
{
	int n = h->nspans[day];

	if (n == HOURS_SPANS_MAX || from >= to || (n > 0 && h->span[day][n - 1].to > from))
		return false;
	h->span[day][n].from = from;
	h->span[day][n].to = to;
	h->nspans[day]++;
	return true;
}

static bool
take_span(struct hours *h, struct span s, unsigned set)
{
	struct span first;
	int from, to;

	if (set == 0 || !span_cut(&s, '-', &first) || !take_minutes(first, &from) ||
	    !take_minutes(s, &to))
		return false;
	for (int d = 0; d < 7; d++)
		if ((set & 1u << d) != 0 && !add_span(h, d, from, to))
			return false;
	return true;
}

/* "mon-thu 09:00-12:00 14:00-17:00"; days without hours wait for the next group's. */
static bool
take_group(struct hours *h, struct span group, unsigned *set)
{
	struct span word;
	bool times = false;

	while (span_cut(&group, ' ', &word)) {
		word = span_trim(word);
		if (word.n == 0)
			continue;
		if (word.p[0] < '0' || word.p[0] > '9') {
			if (times || !take_days(word, set))
				return false;
		} else {
			if (!take_span(h, word, *set))
				return false;
			times = true;
		}
	}
	if (times)
		*set = 0;
	return true;
}

static bool
take_groups(struct hours *h, struct span rest)
{
	struct span part, group;
	unsigned set = 0;

	while (span_cut(&rest, ';', &part))
		while (span_cut(&part, ',', &group))
			if (!take_group(h, group, &set))
				return false;
	return set == 0;
}

static enum status
take_closed(struct hours *h, struct span rest, struct fault *f)
{
	struct span s;

	while (span_cut(&rest, ',', &s)) {
		s = span_trim(s);
		if (s.n == 0)
			continue;
		if (h->nclosed == HOURS_CLOSED_MAX)
			return fault_set(f, ST_PERM, "more than %d closed days",
			    HOURS_CLOSED_MAX);
		if (!date_parse_iso(s, &h->closed[h->nclosed]))
			return fault_set(f, ST_PERM, "closed day \"%.*s\" is no date "
			    "YYYY-MM-DD", (int)(s.n > 40 ? 40 : s.n), s.p);
		h->nclosed++;
	}
	return ST_OK;
}

enum status
hours_parse(struct span hours, struct span closed, struct hours *out, struct fault *f)
{
	int n = 0;

	memset(out, 0, sizeof *out);
	if (!take_groups(out, hours))
		return fault_set(f, ST_PERM, "hours are written \"mon-fri 08:30-12:00 "
		    "13:30-17:00; sat 09:00-12:00\", in order and without overlap");
	for (int d = 0; d < 7; d++)
		n += out->nspans[d];
	if (n == 0)
		return fault_set(f, ST_PERM, "no opening hours");
	return take_closed(out, closed, f);
}

bool
hours_open_day(const struct hours *h, date_day day)
{
	for (int i = 0; i < h->nclosed; i++)
		if (h->closed[i] == day)
			return false;
	return h->nspans[date_weekday(day)] > 0 && !date_is_holiday(day);
}

static int64_t
instant(date_day day, int minutes)
{
	return date_instant(day, minutes / 60, minutes % 60);
}

bool
hours_open_at(const struct hours *h, int64_t at)
{
	date_day day = date_local_day(at);
	int wd = date_weekday(day);

	if (!hours_open_day(h, day))
		return false;
	for (int i = 0; i < h->nspans[wd]; i++)
		if (at >= instant(day, h->span[wd][i].from) &&
		    at < instant(day, h->span[wd][i].to))
			return true;
	return false;
}

int64_t
hours_next_opening(const struct hours *h, int64_t at)
{
	date_day first = date_local_day(at);

	for (date_day day = first; day < first + HORIZON_DAYS; day++) {
		int wd = date_weekday(day);

		if (!hours_open_day(h, day))
			continue;
		for (int i = 0; i < h->nspans[wd]; i++) {
			int64_t from = instant(day, h->span[wd][i].from);

			if (at < instant(day, h->span[wd][i].to))
				return at > from ? at : from;
		}
	}
	return at;
}

date_day
hours_promise(const struct hours *h, int64_t at, int n)
{
	date_day day = date_local_day(hours_next_opening(h, at)), last = day + HORIZON_DAYS;

	while (n > 0 && day < last)
		n -= hours_open_day(h, ++day);
	return day;
}

static int64_t
overlap(int64_t a, int64_t b, int64_t from, int64_t to)
{
	int64_t lo = a > from ? a : from, hi = b < to ? b : to;

	return hi > lo ? hi - lo : 0;
}

int64_t
hours_minutes(const struct hours *h, int64_t from, int64_t to)
{
	date_day last = date_local_day(to);
	int64_t seconds = 0;

	for (date_day day = date_local_day(from); day <= last; day++) {
		int wd = date_weekday(day);

		if (!hours_open_day(h, day))
			continue;
		for (int i = 0; i < h->nspans[wd]; i++)
			seconds += overlap(instant(day, h->span[wd][i].from),
			    instant(day, h->span[wd][i].to), from, to);
	}
	return seconds / 60;
}

struct deadlines
deadlines_of(int64_t received)
{
	date_day day = date_local_day(received);

	return (struct deadlines){ date_add_working(day, 1), date_add_working(day, 10),
		date_add_months(day, 2) };
}
