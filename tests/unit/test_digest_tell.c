/* The weekly digest: what is told of raw figures, and how it is written. */
#include "digest_help.h"

#include "digest_doc.h"

/* ---- telling ---- */

static void
totals_and_rounding(void **state)
{
	static const struct { unsigned n; bool small; unsigned weekly, rounded; } rows[] = {
		{ 0, true, SHOW_SMALL, 0 }, { 1, true, SHOW_SMALL, 0 }, { 4, true, SHOW_SMALL, 0 },
		{ 5, false, 5, 5 }, { 9, false, 9, 5 }, { 10, false, 10, 10 }, { 1234, false, 1234, 1230 },
	};
	struct digest_facts f = { .scope = digest_scope_of(day(WEEK)) };
	struct digest_told t;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		f.week[f.scope.nweeks - 1].opened = f.open = rows[i].n;
		digest_tell(&f, &t);
		assert_int_equal(t.week[f.scope.nweeks - 1].opened.small, rows[i].small);
		assert_int_equal(t.week[f.scope.nweeks - 1].opened.n, rows[i].weekly);
		assert_int_equal(t.open.small, rows[i].small);
		assert_int_equal(t.open.n, rows[i].rounded);
	}
}

static void
breakdowns_keep_off_their_total(void **state)
{
	static const struct { unsigned total, row[3], want[3]; } rows[] = {
		{ 40, { 20, 10, 3 }, { 20, 10, 0 } },
		{ 34, { 20, 10, 4 }, { 15, 10, 0 } },	/* 30 of 34: the rest would be known small */
		{ 20, { 20, 0, 0 }, { 15, 0, 0 } },
		{ 35, { 20, 10, 5 }, { 15, 10, 5 } },
		{ 9, { 5, 4, 0 }, { 0, 0, 0 } },
		{ 10, { 5, 5, 0 }, { 0, 5, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct digest_facts f = { .scope = digest_scope_of(day(WEEK)), .ncategories = 3 };
		struct digest_told t;

		f.span[DIGEST_NOW] = (struct digest_span){ f.scope.quarter, f.scope.nweeks };
		f.week[f.scope.quarter].opened = rows[i].total;
		for (int k = 0; k < 3; k++)
			f.category[k].opened[DIGEST_NOW] = rows[i].row[k];
		digest_tell(&f, &t);
		for (int k = 0; k < 3; k++)
			if (t.category[k].opened[DIGEST_NOW].n != rows[i].want[k] ||
			    t.category[k].opened[DIGEST_NOW].small != (rows[i].want[k] == 0))
				fail_msg("row %zu, %d: %u", i, k, t.category[k].opened[DIGEST_NOW].n);
	}
}

/* Five neighbourhoods that all lost 4 hold as much as categories that lost nothing: the one of
 * 4 would be known, and the categories that have no ticket. */
static void
categories_keep_off_the_neighbourhoods(void **state)
{
	static const unsigned quartier[] = { 9, 9, 9, 9 }, category[] = { 30, 10, 0 };
	struct digest_facts f = { .scope = digest_scope_of(day(WEEK)), .ncategories = 3,
	    .nquartiers = 4 };
	unsigned least = 0, most = 4;
	struct digest_told t;

	(void)state;
	f.span[DIGEST_NOW] = (struct digest_span){ f.scope.quarter, f.scope.nweeks };
	f.week[f.scope.quarter].opened = 60;
	for (int i = 0; i < 3; i++)
		f.category[i].opened[DIGEST_NOW] = category[i];
	for (int i = 0; i < 4; i++)
		f.quartier[i][DIGEST_NOW] = quartier[i];
	f.nowhere[DIGEST_NOW] = 4;
	digest_tell(&f, &t);
	for (int i = 0; i < 3; i++)
		least += t.category[i].opened[DIGEST_NOW].n;
	for (int i = 0; i < 4; i++)
		most += t.quartier[i][DIGEST_NOW].n + 4;
	assert_int_equal(most, 40);
	assert_int_equal(least, 35);
}

/* Neither none open, nor one to four, is told by whether there is an oldest. */
static void
the_oldest_needs_five(void **state)
{
	struct digest_facts f = { .scope = digest_scope_of(day(WEEK)) };
	struct digest_told t;

	(void)state;
	for (f.open = 0; f.open < 7; f.open++) {
		f.oldest = f.open == 0 ? 0 : at("2026-11-12T09:00:00Z");
		digest_tell(&f, &t);
		assert_int_equal(t.oldest_days, f.open < 5 ? -1 : 11);
	}
}

static void
shares(void **state)
{
	static const struct { unsigned n, of; enum told_how how; unsigned percent; } rows[] = {
		{ 19, 19, TOLD_NOT, 0 }, { 10, 20, TOLD_EXACT, 50 }, { 15, 20, TOLD_EXACT, 75 },
		{ 16, 20, TOLD_OVER, 70 }, { 20, 20, TOLD_OVER, 70 }, { 4, 20, TOLD_UNDER, 30 },
		{ 0, 20, TOLD_UNDER, 30 }, { 196, 200, TOLD_OVER, 95 }, { 195, 200, TOLD_EXACT, 98 },
		{ 1, 200, TOLD_UNDER, 5 }, { 33, 100, TOLD_EXACT, 33 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct digest_facts f = { .scope = digest_scope_of(day(WEEK)),
		    .promise = { rows[i].n, rows[i].of } };
		struct digest_told t;

		digest_tell(&f, &t);
		if (t.promise.how != rows[i].how || t.promise.percent != rows[i].percent)
			fail_msg("%u of %u: %d %u", rows[i].n, rows[i].of, t.promise.how, t.promise.percent);
		/* A bound is true, and says no more than five do. */
		if (t.promise.how == TOLD_OVER)
			assert_true(100 * (rows[i].of - DIGEST_SMALL) >= t.promise.percent * rows[i].of);
	}
}

static void
durations_need_cases(void **state)
{
	struct digest_facts f = { .scope = digest_scope_of(day(WEEK)), .wait_week = { 4, 10, 20 },
	    .wait = { 19, 10, 20 }, .vital_wait = { 5, 10, 20 } };
	struct digest_told t;

	(void)state;
	digest_tell(&f, &t);
	assert_true(!t.wait_week.told && !t.wait.told && t.vital_wait.told);
	f.wait_week.n = 5;
	f.wait.n = 20;
	digest_tell(&f, &t);
	assert_true(t.wait_week.told && t.wait.told);
}

/* ---- writing ---- */

static void
an_empty_week_is_written(void **state)
{
	struct arena *a = arena_open();
	struct desk d = desk_make();
	struct digest_names names = digest_names_of(a, &d, at(WEEK));
	struct digest_facts f = { .scope = digest_scope_of(day(WEEK)) };
	struct digest_doc *doc;
	struct fault fault;
	const char *text, *page;

	(void)state;
	assert_int_equal(digest_make(a, &d, &f, &names, &doc, &fault), ST_OK);
	assert_int_equal(digest_text(a, doc, &text, &fault), ST_OK);
	assert_int_equal(digest_html(a, doc, true, &page, &fault), ST_OK);
	assert_non_null(strstr(text, "moins de cinq dossiers se"));
	assert_null(strstr(text, "De quoi"));
	assert_non_null(strstr(page, "cid:semaines.2026-W47@ville.test"));
	assert_null(strstr(page, "< 5"));
	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1)
		assert_true(strcspn(line, "\n") <= 4 * 72);
	arena_close(&a);
}

/* A mean is a count of tickets, too: "< 5" below 5. */
static void
a_mean_is_told_like_a_count(void **state)
{
	struct arena *a = arena_open();
	struct desk d = desk_make();
	struct digest_names names = digest_names_of(a, &d, at(WEEK));
	struct digest_facts f = { .scope = digest_scope_of(day(WEEK)) };
	struct digest_doc *doc;
	struct fault fault;
	const char *text;

	(void)state;
	for (size_t i = 0; i < f.scope.nweeks; i++)
		f.week[i] = (struct digest_week){ 40, 17, 3 };
	assert_int_equal(digest_make(a, &d, &f, &names, &doc, &fault), ST_OK);
	assert_int_equal(digest_text(a, doc, &text, &fault), ST_OK);
	assert_non_null(strstr(text, "moy. 4\302\240semaines\302\240:\302\24017"));
	assert_non_null(strstr(text, "moy. 4\302\240semaines\302\240:\302\240< 5"));
	arena_close(&a);
}

static void
days(void **state)
{
	static const struct { const char *first, *last, *want; } rows[] = {
		{ "2026-11-16", "2026-11-22", "du 16 au 22 novembre 2026" },
		{ "2026-06-01", "2026-06-07", "du 1er au 7 juin 2026" },
		{ "2026-09-28", "2026-10-04", "du 28 septembre au 4 octobre 2026" },
		{ "2025-12-29", "2026-01-04", "du 29 décembre 2025 au 4 janvier 2026" },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(doc_days(a, day(rows[i].first), day(rows[i].last)), rows[i].want);
	arena_close(&a);
}

/* A name of the town's files is text, not markup. */
static void
names_are_escaped(void **state)
{
	static const char *const quartiers[] = { "<b>Gare</b> & \"Ville\"" };
	struct arena *a = arena_open();
	struct desk d = desk_make();
	struct digest_names names = digest_names_of(a, &d, at(WEEK));
	struct digest_facts f = { .scope = digest_scope_of(day(WEEK)), .nquartiers = 1 };
	struct digest_doc *doc;
	struct fault fault;
	const char *page;

	(void)state;
	names.quartier = quartiers;
	names.nquartiers = 1;
	f.span[DIGEST_YEAR] = (struct digest_span){ f.scope.year, f.scope.nweeks };
	f.week[f.scope.year].opened = 100;
	f.quartier[0][DIGEST_YEAR] = 50;
	assert_int_equal(digest_make(a, &d, &f, &names, &doc, &fault), ST_OK);
	assert_int_equal(digest_html(a, doc, true, &page, &fault), ST_OK);
	assert_non_null(strstr(page, "&lt;b&gt;Gare&lt;/b&gt; &amp; &quot;Ville&quot;"));
	arena_close(&a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(totals_and_rounding),
		cmocka_unit_test(breakdowns_keep_off_their_total),
		cmocka_unit_test(categories_keep_off_the_neighbourhoods),
		cmocka_unit_test(the_oldest_needs_five), cmocka_unit_test(shares),
		cmocka_unit_test(durations_need_cases), cmocka_unit_test(an_empty_week_is_written),
		cmocka_unit_test(a_mean_is_told_like_a_count), cmocka_unit_test(days),
		cmocka_unit_test(names_are_escaped),
	};

	return cmocka_run_group_tests(tests, desk_setup, desk_teardown);
}
