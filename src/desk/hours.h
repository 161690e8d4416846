/* hours.h - when the bureau is open, and the dates that follow from a mail's reception.
 *
 * Two calendars, never mixed: the law counts jours ouvrés (Monday-Friday but holidays, local
 * closing days do not count: stricter); promises and reminders use open days of the bureau. */
#ifndef DESK_HOURS_H
#define DESK_HOURS_H

#include "arena.h"
#include "date.h"

enum { HOURS_SPANS_MAX = 8, HOURS_CLOSED_MAX = 100 };

struct hours {
	struct { int from, to; } span[7][HOURS_SPANS_MAX];	/* minutes of the day */
	int nspans[7];						/* by weekday, Monday first */
	date_day closed[HOURS_CLOSED_MAX]; int nclosed;
};

/* "mon-fri 08:30-12:00 13:30-17:00", days separated by ';' or ',' groups:
 * "mon-thu 09:00-17:00; fri 09:00-12:00".  closed: "2026-12-24, 2026-12-31". */
enum status hours_parse(struct span hours, struct span closed, struct hours *out,
    struct fault *f) MUST_USE;

/* Has hours, is no holiday and not closed. */
bool hours_open_day(const struct hours *h, date_day day);
bool hours_open_at(const struct hours *h, int64_t at);
int64_t hours_next_opening(const struct hours *h, int64_t at);	/* >= at; at itself when open */
/* The n-th open day after the day on which `at` is taken in (the next opening's). */
date_day hours_promise(const struct hours *h, int64_t at, int n);
/* Open minutes between two instants. */
int64_t hours_minutes(const struct hours *h, int64_t from, int64_t to);
/* "du lundi au vendredi, 8 h 30 – 12 h et 13 h 30 – 17 h" */
const char *hours_say(struct arena *a, const struct hours *h);

/* Legal dates of a demand received at `at` (CRPA R112-11-2, L231-4, L112-13): local days. */
struct deadlines { date_day ae, ar, silence; };
struct deadlines deadlines_of(int64_t received);

/* French for people, with no-break spaces where typography asks:
 * "mardi 24 novembre 2026", "10 h 12", "9 h", "1er décembre 2026". */
const char *say_day(struct arena *a, date_day day);
const char *say_date(struct arena *a, date_day day);	/* without the weekday */
const char *say_time(struct arena *a, int64_t at);

#endif
