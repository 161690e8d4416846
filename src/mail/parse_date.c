#include "date.h"
#include "parse.h"
#include "parse_int.h"

#include <string.h>

/* What has been found so far; -1: not yet. */
struct found { int day, month, year, hour, min, sec, zone; bool zoned; };

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

static int
number(struct span s)
{
	unsigned long long v;

	return span_number(s, 99999, &v) ? (int)v : -1;
}

/* RFC 5322 4.3; military letters mean nothing, as the RFC says. */
static void
take_zone_name(struct span w, struct found *f)
{
	static const struct { const char *name; int hours; } zones[] = {
		{ "EST", -5 }, { "EDT", -4 }, { "CST", -6 }, { "CDT", -5 }, { "MST", -7 },
		{ "MDT", -6 }, { "PST", -8 }, { "PDT", -7 }, { "CET", 1 }, { "MET", 1 },
		{ "CEST", 2 }, { "MEST", 2 }, { "BST", 1 }, { "EET", 2 }, { "EEST", 3 },
	};

	for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++)
		if (span_ieq(w, zones[i].name)) {
			f->zone = zones[i].hours * 3600;
			f->zoned = true;
		}
}

static bool
take_month(struct span w, struct found *f)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	if (w.n < 3)
		return false;
	for (int m = 0; m < 12; m++)
		if (span_istarts(w, (char[]){ months[3 * m], months[3 * m + 1],
		    months[3 * m + 2], '\0' })) {
			f->month = m + 1;
			return true;
		}
	return false;
}

/* hh:mm, hh:mm:ss, also with dots. */
static void
take_time(struct span w, char sep, struct found *f)
{
	struct span piece;
	int *to[] = { &f->hour, &f->min, &f->sec };

	for (size_t i = 0; i < 3 && span_cut(&w, sep, &piece); i++)
		*to[i] = number(piece);
}

static void
take_offset(struct span w, struct found *f)
{
	int v = number(span_from(w.p + 1, w.n - 1));

	if (v < 0 || v > 2359 || w.n != 5 || f->zoned)
		return;
	f->zone = (v / 100 * 60 + v % 100) * 60 * (w.p[0] == '-' ? -1 : 1);
	f->zoned = true;
}

static void
take_number(int v, size_t digits, struct found *f)
{
	if (f->day < 0 && digits <= 2 && v >= 1 && v <= 31)
		f->day = v;
	else if (f->year < 0 && digits >= 2)
		f->year = digits == 4 ? v : v + (v < 50 ? 2000 : 1900);	/* RFC 5322 4.3 */
}

static void
take_word(struct span w, struct found *f)
{
	if (memchr(w.p, ':', w.n) != NULL)
		take_time(w, ':', f);
	else if (w.n > 1 && (w.p[0] == '+' || w.p[0] == '-'))
		take_offset(w, f);
	else if (digit(w.p[0]) && memchr(w.p, '.', w.n) != NULL)
		take_time(w, '.', f);
	else if (digit(w.p[0]))
		take_number(number(w), w.n, f);
	else if (f->month > 0 || !take_month(w, f))
		take_zone_name(w, f);
}

/* Blanks and commas part words; a '-' does only inside a date ("24-Nov-2026"). */
static size_t
word_end(struct span s, size_t at)
{
	size_t i = at;

	while (i < s.n && strchr(" \t,;", s.p[i]) == NULL &&
	    (i == at || s.p[i] != '-') && s.p[i] != '(')
		i++;
	return i;
}

int64_t
parse_date(struct span s)
{
	struct found f = { -1, -1, -1, 0, 0, 0, 0, false };
	date_day day;
	size_t at = 0;

	if (s.n > 200)
		s.n = 200;
	while (at < s.n && s.p[at] != '(') {
		size_t end = word_end(s, at);

		if (end > at && s.p[at] == '-' && f.year < 0)
			at++;
		if (end > at)
			take_word(span_from(s.p + at, end - at), &f);
		at = end + (end < s.n && s.p[end] != '-' && s.p[end] != '(');
	}
	day = f.day < 0 || f.month < 0 || f.year < 1971 ? DATE_INVALID :
	    date_day_of((struct date){ f.year, f.month, f.day });
	if (day == DATE_INVALID || f.hour < 0 || f.hour > 23 || f.min < 0 || f.min > 59 ||
	    f.sec < 0 || f.sec > 60)
		return 0;
	return (int64_t)day * 86400 + f.hour * 3600 + f.min * 60 + f.sec - f.zone;
}
