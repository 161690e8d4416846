/* French for people.  Hours keep together with no-break spaces; dates have plain ones, so
 * that a search in a mailbox for "24 novembre 2026" finds them. */
#include "hours.h"

#include "buf.h"

#include <string.h>

#define NBSP "\302\240"		/* U+00A0 */
#define THIN "\342\200\257"	/* U+202F, before ; : ! ? */
#define DASH "\342\200\223"	/* U+2013 */

enum { SAY_HOURS_MAX = 2048 };

static const char *const weekdays[7] = {
	"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
};
static const char *const months[12] = {
	"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
	"octobre", "novembre", "décembre",
};

const char *
say_date(struct arena *a, date_day day)
{
	struct date d = date_of_day(day);

	return arena_printf(a, "%d%s %s %d", d.d, d.d == 1 ? "er" : "", months[d.m - 1], d.y);
}

const char *
say_day(struct arena *a, date_day day)
{
	return arena_printf(a, "%s %s", weekdays[date_weekday(day)], say_date(a, day));
}

static const char *
say_minutes(struct arena *a, int minutes)
{
	if (minutes % 60 == 0)
		return arena_printf(a, "%d" NBSP "h", minutes / 60);
	return arena_printf(a, "%d" NBSP "h" NBSP "%02d", minutes / 60, minutes % 60);
}

const char *
say_time(struct arena *a, int64_t at)
{
	struct date_time t = date_local(at);

	return say_minutes(a, t.hour * 60 + t.min);
}

static bool
same_hours(const struct hours *h, int a, int b)
{
	return h->nspans[a] == h->nspans[b] &&
	    memcmp(h->span[a], h->span[b], sizeof *h->span[a] * (size_t)h->nspans[a]) == 0;
}

static void
say_days(struct buf *b, int first, int last)
{
	if (last == first)
		buf_addf(b, "le %s, ", weekdays[first]);
	else if (last == first + 1)
		buf_addf(b, "le %s et le %s, ", weekdays[first], weekdays[last]);
	else
		buf_addf(b, "du %s au %s, ", weekdays[first], weekdays[last]);
}

static void
say_spans(struct buf *b, struct arena *a, const struct hours *h, int day)
{
	int n = h->nspans[day];

	for (int i = 0; i < n; i++)
		buf_addf(b, "%s%s" NBSP DASH NBSP "%s",
		    i == 0 ? "" : i == n - 1 ? " et " : ", ",
		    say_minutes(a, h->span[day][i].from),
		    say_minutes(a, h->span[day][i].to));
}

const char *
hours_say(struct arena *a, const struct hours *h)
{
	BUF_AUTO struct buf b;
	int last;

	buf_open(&b, SAY_HOURS_MAX);
	for (int day = 0; day < 7; day = last + 1) {
		last = day;
		if (h->nspans[day] == 0)
			continue;
		while (last < 6 && same_hours(h, day, last + 1))
			last++;
		if (b.n > 0)
			buf_addz(&b, THIN "; ");
		say_days(&b, day, last);
		say_spans(&b, a, h, day);
	}
	return arena_span(a, buf_span(&b));
}
