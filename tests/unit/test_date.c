#include "date.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static date_day
day(const char *iso)
{
	date_day d;

	assert_true(date_parse_iso(span_of(iso), &d));
	return d;
}

static void
assert_day(date_day got, const char *want)
{
	char text[DATE_RFC3339_MAX];

	date_iso(got, text);
	assert_string_equal(text, want);
}

static void
zone(const char *name)
{
	struct fault f;

	assert_int_equal(date_zone_set(name, &f), ST_OK);
}

static void
days_go_there_and_back(void **state)
{
	(void)state;
	for (date_day d = day("1900-01-01"); d <= day("2199-12-31"); d++) {
		struct date t = date_of_day(d);

		assert_int_equal(date_day_of(t), d);
	}
	assert_int_equal(day("1970-01-01"), 0);
	assert_int_equal(day("2000-03-01"), 11017);
	assert_int_equal(date_weekday(day("1970-01-01")), 3);
	assert_int_equal(date_weekday(day("2026-11-24")), 1);
	assert_int_equal(date_weekday(day("1900-01-01")), DATE_MONDAY);
}

static void
dates_that_do_not_exist(void **state)
{
	static const char *const bad[] = {
		"", "2026", "2026-11-31", "2026-02-29", "2100-02-29", "2026-13-01",
		"2026-00-10", "2026-01-00", "1899-12-31", "2200-01-01", "2026-1-1",
		"2026-11-24 ", " 2026-11-24", "2026/11/24", "+026-11-24", "2026-11-2x",
	};
	date_day d = 7;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(date_parse_iso(span_of(bad[i]), &d));
	assert_int_equal(d, 7);
	assert_true(date_parse_iso(span_of("2028-02-29"), &d));
	assert_true(date_parse_iso(span_of("2000-02-29"), &d));
}

static void
months_end_where_the_month_does(void **state)
{
	static const struct { const char *from; int months; const char *want; } t[] = {
		{ "2026-12-31", 2, "2027-02-28" }, { "2027-12-31", 2, "2028-02-29" },
		{ "2026-11-24", 2, "2027-01-24" }, { "2026-10-31", 1, "2026-11-30" },
		{ "2026-01-31", -2, "2025-11-30" }, { "2026-01-15", -1, "2025-12-15" },
		{ "2026-12-01", 0, "2026-12-01" }, { "2024-02-29", 12, "2025-02-28" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		assert_day(date_add_months(day(t[i].from), t[i].months), t[i].want);
}

static void
weeks_of_iso_8601(void **state)
{
	static const struct { const char *day; int year, week; const char *monday; } t[] = {
		{ "2026-11-24", 2026, 48, "2026-11-23" },
		{ "2026-12-31", 2026, 53, "2026-12-28" },
		{ "2027-01-03", 2026, 53, "2026-12-28" },
		{ "2027-01-04", 2027, 1, "2027-01-04" },
		{ "2024-12-30", 2025, 1, "2024-12-30" },
		{ "2023-01-01", 2022, 52, "2022-12-26" },
	};
	int y, w;

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		date_iso_week(day(t[i].day), &y, &w);
		assert_int_equal(y, t[i].year);
		assert_int_equal(w, t[i].week);
		assert_day(date_of_iso_week(y, w), t[i].monday);
	}
	assert_int_equal(date_of_iso_week(2027, 53), DATE_INVALID);
	assert_int_equal(date_of_iso_week(2026, 0), DATE_INVALID);
	assert_int_equal(date_of_iso_week(2026, 54), DATE_INVALID);
	assert_int_equal(date_of_iso_week(99999, 1), DATE_INVALID);
}

static void
easter_falls_where_it_does(void **state)
{
	static const char *const easter[] = {
		"1900-04-15", "1943-04-25", "1961-04-02", "2000-04-23", "2008-03-23",
		"2027-03-28", "2038-04-25", "2100-03-28", "2199-04-14",
	};

	(void)state;
	for (size_t i = 0; i < sizeof easter / sizeof *easter; i++)
		assert_day(date_easter(date_of_day(day(easter[i])).y), easter[i]);
}

static int
holidays_of(int year)
{
	int n = 0;

	for (date_day d = date_day_of((struct date){ year, 1, 1 });
	    d <= date_day_of((struct date){ year, 12, 31 }); d++)
		n += date_is_holiday(d);
	return n;
}

static void
holidays_of_the_aisne(void **state)
{
	(void)state;
	assert_int_equal(holidays_of(2026), 11);
	/* Ascension fell on 1 May. */
	assert_int_equal(holidays_of(2008), 10);
	/* Alsace-Moselle only. */
	assert_true(date_is_working(day("2026-04-03")));
	assert_true(date_is_working(day("2025-12-26")));
	assert_false(date_is_working(day("2026-11-22")));
	assert_false(date_is_holiday(day("2027-03-28")));
	assert_false(date_is_holiday(DATE_INVALID));
	assert_day(date_add_working(day("2026-12-23"), 10), "2027-01-08");
}

static char *
field(char **rest)
{
	char *f = strsep(rest, "\t\n");

	assert_non_null(f);
	return f;
}

/* Every holiday of the table is one, and its years have no others. */
static int
vector_holiday(char *rest, int *year)
{
	date_day d = day(field(&rest));

	assert_true(date_is_holiday(d));
	if (date_of_day(d).y != *year)
		assert_int_equal(holidays_of(date_of_day(d).y), 11);
	*year = date_of_day(d).y;
	return 1;
}

static int
vector_deadline(char *rest)
{
	date_day received = day(field(&rest)), silence;

	assert_day(date_add_working(received, 1), field(&rest));
	assert_day(date_add_working(received, 10), field(&rest));
	silence = date_add_months(received, 2);
	assert_day(silence, field(&rest));
	assert_day(date_add_months(silence, 2), field(&rest));
	return 1;
}

static void
calendar_vectors(void **state)
{
	const char *data = getenv("DATA");
	char path[4096], line[256];
	int year = 0, holidays = 0, deadlines = 0;
	FILE *fp;

	(void)state;
	(void)snprintf(path, sizeof path, "%s/calendar_vectors.tsv", data == NULL ? "" : data);
	fp = fopen(path, "r");
	if (fp == NULL) {
		print_message("skipped: no %s (DATA)\n", path);
		skip();
	}
	while (fgets(line, sizeof line, fp) != NULL) {
		if (strncmp(line, "H\t", 2) == 0)
			holidays += vector_holiday(line + 2, &year);
		else if (strncmp(line, "R\t", 2) == 0)
			deadlines += vector_deadline(line + 2);
	}
	(void)fclose(fp);
	assert_int_equal(holidays, 14 * 11);
	assert_int_equal(deadlines, 18);
}

static void
zones_come_from_the_system_only(void **state)
{
	static const char *const bad[] = {
		"", "Europe/Pariss", "../../../etc/passwd", "/usr/share/zoneinfo/Europe/Paris",
		"Europe/../Europe/Paris", ":Europe/Paris", "Europe", "tzdata.zi", "CET-1CEST",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};
	struct fault f;

	(void)state;
	zone("Europe/Paris");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		f.text[0] = '\0';
		assert_int_equal(date_zone_set(bad[i], &f), ST_PERM);
		assert_non_null(strstr(f.text, "zone"));
	}
	/* A refused one changes nothing. */
	assert_int_equal(date_local(1795514400).utc_offset, 3600);
}

static void
wall_time_to_an_instant(void **state)
{
	static const struct { const char *zone, *day; int hour, min; const char *want; } t[] = {
		{ "Europe/Paris", "2026-11-24", 10, 12, "2026-11-24T09:12:00Z" },
		{ "Europe/Paris", "2026-07-01", 0, 0, "2026-06-30T22:00:00Z" },
		/* Easter and the spring change on one day: 2:30 does not exist. */
		{ "Europe/Paris", "2027-03-28", 1, 59, "2027-03-28T00:59:00Z" },
		{ "Europe/Paris", "2027-03-28", 2, 30, "2027-03-28T01:30:00Z" },
		{ "Europe/Paris", "2027-03-28", 3, 0, "2027-03-28T01:00:00Z" },
		{ "Europe/Paris", "2027-03-28", 8, 30, "2027-03-28T06:30:00Z" },
		{ "Europe/Paris", "2027-03-29", 8, 30, "2027-03-29T06:30:00Z" },
		/* 2:30 comes twice: the first, in summer time. */
		{ "Europe/Paris", "2026-10-25", 2, 30, "2026-10-25T00:30:00Z" },
		{ "Europe/Paris", "2026-10-25", 3, 0, "2026-10-25T02:00:00Z" },
		{ "Europe/Paris", "2026-10-25", 0, 0, "2026-10-24T22:00:00Z" },
		{ "Pacific/Auckland", "2026-11-24", 10, 0, "2026-11-23T21:00:00Z" },
		{ "America/Martinique", "2026-11-24", 10, 0, "2026-11-24T14:00:00Z" },
		{ "UTC", "2026-11-24", 10, 0, "2026-11-24T10:00:00Z" },
	};
	char got[DATE_RFC3339_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		zone(t[i].zone);
		date_rfc3339(date_instant(day(t[i].day), t[i].hour, t[i].min), got);
		assert_string_equal(got, t[i].want);
	}
	zone("Europe/Paris");
	/* Each hour of a year that exists comes back as itself. */
	for (int64_t at = 1767222000; at < 1767222000 + 365 * 24 * 3600; at += 3600) {
		struct date_time l = date_local(at);
		int64_t back = date_instant(date_local_day(at), l.hour, l.min);

		assert_true(back == at || back == at - 3600);
	}
}

static void
rfc3339_both_ways(void **state)
{
	static const struct { const char *text, *utc; } good[] = {
		{ "2026-11-24T09:12:00Z", "2026-11-24T09:12:00Z" },
		{ "2026-11-24t09:12:00z", "2026-11-24T09:12:00Z" },
		{ "2026-11-24 09:12:00Z", "2026-11-24T09:12:00Z" },
		{ "2026-11-24T09:12:00+01:00", "2026-11-24T08:12:00Z" },
		{ "2026-11-24T00:12:00.123456789+01:00", "2026-11-23T23:12:00Z" },
		{ "2026-12-31T20:00:00-05:30", "2027-01-01T01:30:00Z" },
		{ "2026-11-24", "2026-11-23T23:00:00Z" },
		{ "1970-01-01", "1969-12-31T23:00:00Z" },
		{ "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z" },
		{ "1900-01-01T00:00:00Z", "1900-01-01T00:00:00Z" },
	};
	static const char *const bad[] = {
		"", "2026-11-24T", "2026-11-24T09:12", "2026-11-24T09:12:00",
		"2026-11-24T09:12:00+0100", "2026-11-24T24:00:00Z", "2026-11-24T09:60:00Z",
		"2026-11-24T09:12:61Z", "2026-02-30T09:12:00Z", "2026-11-24T09:12:00Z ",
		"2026-11-24T09:12:00.Z", "2026-11-24T09:12:00+1:00", "2026-11-24 ",
	};
	char got[DATE_RFC3339_MAX];
	int64_t at;

	(void)state;
	zone("Europe/Paris");
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(date_parse_rfc3339(span_of(good[i].text), &at));
		date_rfc3339(at, got);
		assert_string_equal(got, good[i].utc);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(date_parse_rfc3339(span_of(bad[i]), &at));
}

static void
rfc5322_is_local(void **state)
{
	char got[DATE_RFC5322_MAX];
	int64_t at;

	(void)state;
	zone("Europe/Paris");
	assert_true(date_parse_rfc3339(span_of("2026-11-24T09:12:00Z"), &at));
	date_rfc5322(at, got);
	assert_string_equal(got, "Tue, 24 Nov 2026 10:12:00 +0100");
	zone("America/St_Johns");
	date_rfc5322(at, got);
	assert_string_equal(got, "Tue, 24 Nov 2026 05:42:00 -0330");
}

/* A stranger's Date field can say anything. */
static void
absurd_instants_stay_in_range(void **state)
{
	char got[DATE_RFC5322_MAX];

	(void)state;
	zone("UTC");
	date_rfc3339(INT64_MAX, got);
	assert_string_equal(got, "2199-12-31T23:59:59Z");
	date_rfc3339(INT64_MIN, got);
	assert_string_equal(got, "1900-01-01T00:00:00Z");
	date_rfc5322(INT64_MAX, got);
	assert_string_equal(got, "Tue, 31 Dec 2199 23:59:59 +0000");
	assert_day(date_local_day(INT64_MIN), "1900-01-01");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_go_there_and_back),
		cmocka_unit_test(dates_that_do_not_exist),
		cmocka_unit_test(months_end_where_the_month_does),
		cmocka_unit_test(weeks_of_iso_8601),
		cmocka_unit_test(easter_falls_where_it_does),
		cmocka_unit_test(holidays_of_the_aisne),
		cmocka_unit_test(calendar_vectors),
		cmocka_unit_test(zones_come_from_the_system_only),
		cmocka_unit_test(wall_time_to_an_instant),
		cmocka_unit_test(rfc3339_both_ways),
		cmocka_unit_test(rfc5322_is_local),
		cmocka_unit_test(absurd_instants_stay_in_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
