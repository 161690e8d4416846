#include "hours.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NB "\302\240"
#define TO NB "\342\200\223" NB

static const char usual[] = "mon-fri 08:30-12:00 13:30-17:00";

static const char nine_spans[] = "mon 0:00-1:00 1:00-2:00 2:00-3:00 3:00-4:00 4:00-5:00 "
    "5:00-6:00 6:00-7:00 7:00-8:00 8:00-9:00";

static int64_t
at(const char *rfc3339)
{
	int64_t t;

	assert_true(date_parse_rfc3339(span_of(rfc3339), &t));
	return t;
}

static date_day
day(const char *iso)
{
	date_day d;

	assert_true(date_parse_iso(span_of(iso), &d));
	return d;
}

static struct hours
hours(const char *open, const char *closed)
{
	struct fault f = { 0 };
	struct hours h;

	assert_int_equal(hours_parse(span_of(open), span_of(closed), &h, &f), ST_OK);
	return h;
}

static void
assert_at(int64_t got, const char *want)
{
	char text[DATE_RFC3339_MAX];

	date_rfc3339(got, text);
	assert_string_equal(text, want);
}

static void
what_is_no_timetable(void **state)
{
	static const char *const bad[] = {
		"", "mon-fri", "08:30-12:00", "mon-fri 8h30-12h", "lun-ven 08:30-12:00",
		"mon-fri 12:00-08:30", "mon-fri 08:30-08:30", "mon-fri 08:30-12:00 11:00-17:00",
		"mon-fri 13:30-17:00 08:30-12:00", "mon 08:60-12:00", "mon 08:30-24:01",
		"mon 08:30-25:00", "mon 8:3-12:00", "mon 09:00-12:00; mon 11:00-13:00",
		"mon 09:00-12:00; tue", "mon-xyz 09:00-12:00",
		nine_spans,
	};
	struct fault f;
	struct hours h;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (hours_parse(span_of(bad[i]), span_of(""), &h, &f) != ST_PERM)
			fail_msg("accepted: %s", bad[i]);
	assert_int_equal(hours_parse(span_of(usual), span_of("2026-12-24, 31/12"), &h, &f),
	    ST_PERM);
	assert_non_null(strstr(f.text, "31/12"));
}

static void
open_and_closed(void **state)
{
	struct hours h = hours(usual, "2026-12-24, 2026-12-31");
	static const struct { const char *at; bool open; const char *next; } t[] = {
		{ "2026-11-24T09:00:00+01:00", true, "2026-11-24T08:00:00Z" },
		{ "2026-11-24T08:29:59+01:00", false, "2026-11-24T07:30:00Z" },
		{ "2026-11-24T08:30:00+01:00", true, "2026-11-24T07:30:00Z" },
		{ "2026-11-24T12:10:00+01:00", false, "2026-11-24T12:30:00Z" },
		{ "2026-11-24T17:00:00+01:00", false, "2026-11-25T07:30:00Z" },
		/* Friday evening waits for Monday. */
		{ "2026-11-27T17:01:00+01:00", false, "2026-11-30T07:30:00Z" },
		{ "2026-11-11T10:00:00+01:00", false, "2026-11-12T07:30:00Z" },
		{ "2026-12-23T18:00:00+01:00", false, "2026-12-28T07:30:00Z" },
		/* Easter, the spring change, then Easter Monday. */
		{ "2027-03-26T18:00:00+01:00", false, "2027-03-30T06:30:00Z" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		assert_int_equal(hours_open_at(&h, at(t[i].at)), t[i].open);
		assert_at(hours_next_opening(&h, at(t[i].at)), t[i].next);
	}
	assert_false(hours_open_day(&h, day("2026-12-31")));
	assert_true(date_is_working(day("2026-12-31")));
}

static void
promised_day(void **state)
{
	struct hours h = hours(usual, "2026-12-24");
	static const struct { const char *at; int n; const char *want; } t[] = {
		{ "2026-11-24T10:00:00+01:00", 3, "2026-11-27" },
		{ "2026-11-24T10:00:00+01:00", 0, "2026-11-24" },
		{ "2026-11-24T17:01:00+01:00", 3, "2026-11-30" },
		{ "2026-11-27T16:59:00+01:00", 3, "2026-12-02" },
		{ "2026-11-27T17:01:00+01:00", 3, "2026-12-03" },
		{ "2026-11-28T11:00:00+01:00", 1, "2026-12-01" },
		{ "2026-12-22T10:00:00+01:00", 3, "2026-12-29" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		assert_int_equal(hours_promise(&h, at(t[i].at), t[i].n), day(t[i].want));
}

static void
open_minutes(void **state)
{
	struct hours h = hours(usual, "");
	static const struct { const char *from, *to; int want; } t[] = {
		{ "2026-11-24T08:30:00+01:00", "2026-11-24T17:00:00+01:00", 420 },
		{ "2026-11-24T11:50:00+01:00", "2026-11-24T13:40:00+01:00", 20 },
		{ "2026-11-27T16:30:00+01:00", "2026-11-30T09:00:00+01:00", 60 },
		{ "2026-11-28T00:00:00+01:00", "2026-11-29T23:00:00+01:00", 0 },
		{ "2026-11-24T10:00:00+01:00", "2026-11-24T09:00:00+01:00", 0 },
		/* A week with the 11th, and one over the autumn change. */
		{ "2026-11-09T00:00:00+01:00", "2026-11-16T00:00:00+01:00", 4 * 420 },
		{ "2026-10-19T00:00:00+02:00", "2026-11-02T00:00:00+01:00", 10 * 420 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		assert_int_equal(hours_minutes(&h, at(t[i].from), at(t[i].to)), t[i].want);
}

static void
timetables_in_french(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	static const struct { const char *hours, *want; } t[] = {
		{ "mon-fri 08:30-12:00 13:30-17:00",
		  "du lundi au vendredi, 8" NB "h" NB "30" TO "12" NB "h et 13" NB "h" NB "30"
		  TO "17" NB "h" },
		{ "mon-thu 09:00-17:00; fri 09:00-12:00",
		  "du lundi au jeudi, 9" NB "h" TO "17" NB "h\342\200\257; le vendredi, 9" NB
		  "h" TO "12" NB "h" },
		{ "mon, wed 09:05-12:00", "le lundi, 9" NB "h" NB "05" TO "12" NB
		  "h\342\200\257; le mercredi, 9" NB "h" NB "05" TO "12" NB "h" },
		{ "sat-sun 00:00-24:00",
		  "le samedi et le dimanche, 0" NB "h" TO "24" NB "h" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct hours h = hours(t[i].hours, "");

		assert_string_equal(hours_say(a, &h), t[i].want);
	}
}

static void
dates_in_french(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();

	(void)state;
	assert_string_equal(say_day(a, day("2026-11-24")), "mardi 24 novembre 2026");
	assert_string_equal(say_day(a, day("2026-12-01")), "mardi 1er décembre 2026");
	assert_string_equal(say_date(a, day("2027-02-21")), "21 février 2027");
	assert_string_equal(say_date(a, day("2027-08-15")), "15 août 2027");
	assert_string_equal(say_time(a, at("2026-11-24T09:12:00Z")), "10" NB "h" NB "12");
	assert_string_equal(say_time(a, at("2026-07-24T07:00:00Z")), "9" NB "h");
	assert_string_equal(say_time(a, at("2026-11-24T23:05:59Z")), "0" NB "h" NB "05");
}

/* The day is the local one: 23:30 UTC in winter is already tomorrow in Soissons. */
static void
legal_deadlines(void **state)
{
	struct deadlines d = deadlines_of(at("2026-12-30T23:30:00Z"));

	(void)state;
	assert_int_equal(d.ae, day("2027-01-04"));
	assert_int_equal(d.ar, day("2027-01-15"));
	assert_int_equal(d.silence, day("2027-02-28"));
}

static int
in_paris(void **state)
{
	struct fault f;

	(void)state;
	return date_zone_set("Europe/Paris", &f) == ST_OK ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_timetable),
		cmocka_unit_test(open_and_closed),
		cmocka_unit_test(promised_day),
		cmocka_unit_test(open_minutes),
		cmocka_unit_test(timetables_in_french),
		cmocka_unit_test(dates_in_french),
		cmocka_unit_test(legal_deadlines),
	};

	return cmocka_run_group_tests(tests, in_paris, NULL);
}
