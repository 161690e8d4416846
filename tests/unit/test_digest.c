/* The weekly digest: which weeks, and what is counted. */
#include "digest_help.h"

/* ---- weeks ---- */

static void
weeks_by_name(void **state)
{
	static const struct { const char *week, *monday; } rows[] = {
		{ "2026-W47", "2026-11-16" }, { "2026-w01", "2025-12-29" }, { "2026-W53", "2026-12-28" },
		{ "2025-W53", "" }, { "2026-W00", "" }, { "2026-W54", "" }, { "2026-47", "" },
		{ "26-W47", "" }, { "2026-W4", "" }, { "2026-W047", "" }, { "", "" }, { "2026-W+7", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		date_day monday = 0;
		bool ok = digest_week_parse(span_of(rows[i].week), &monday);

		if (ok != (rows[i].monday[0] != '\0') || (ok && monday != day(rows[i].monday)))
			fail_msg("%s: %d %d", rows[i].week, ok, monday);
	}
}

static void
scopes(void **state)
{
	static const struct { const char *monday, *first, *year, *quarter, *before; } rows[] = {
		{ "2026-11-16", "2025-11-17", "2025-12-29", "2026-09-28", "2026-06-29" },
		{ "2026-01-05", "2025-01-06", "2025-12-29", "2025-12-29", "2025-09-29" },
		{ "2025-12-29", "2024-12-30", "2025-12-29", "2025-12-29", "2025-09-29" },
		/* The year before has no week 53; the fourth quarter of this one has 14 weeks. */
		{ "2026-12-28", "2025-12-22", "2025-12-29", "2026-09-28", "2026-06-29" },
		/* The year before has one. */
		{ "2027-01-04", "2025-12-29", "2027-01-04", "2027-01-04", "2026-09-28" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct digest_scope s = digest_scope_of(day(rows[i].monday));
		const struct { const char *what; size_t week; const char *want; } v[] = {
			{ "first", 0, rows[i].first }, { "last", s.nweeks - 1, rows[i].monday },
			{ "year", s.year, rows[i].year }, { "quarter", s.quarter, rows[i].quarter },
			{ "before", s.before, rows[i].before },
		};

		for (size_t k = 0; k < sizeof v / sizeof *v; k++)
			if (s.first + 7 * (date_day)v[k].week != day(v[k].want))
				fail_msg("%s: %s", rows[i].monday, v[k].what);
		assert_true(date_local_day(s.from) == s.first);
		assert_true(date_local_day(s.to) == s.monday + 7);
	}
}

static void
due_weeks(void **state)
{
	static const struct { const char *now; int weekday; const char *monday; } rows[] = {
		{ "2026-11-23T06:59:59Z", DATE_MONDAY, "2026-11-09" },
		{ "2026-11-23T07:00:00Z", DATE_MONDAY, "2026-11-16" },
		{ "2026-11-29T22:00:00Z", DATE_MONDAY, "2026-11-16" },
		{ "2026-11-26T07:00:00Z", DATE_MONDAY + 3, "2026-11-16" },
		{ "2026-11-26T06:59:59Z", DATE_MONDAY + 3, "2026-11-09" },
		/* Easter Monday; Saturday, so Monday; Friday 1 May, so Monday. */
		{ "2026-04-06T10:00:00Z", DATE_MONDAY, "2026-03-23" },
		{ "2026-04-07T06:00:00Z", DATE_MONDAY, "2026-03-30" },
		{ "2026-11-28T12:00:00Z", DATE_MONDAY + 5, "2026-11-09" },
		{ "2026-11-30T07:00:00Z", DATE_MONDAY + 5, "2026-11-16" },
		{ "2026-05-01T12:00:00Z", DATE_MONDAY + 4, "2026-04-13" },
		{ "2026-05-04T06:00:00Z", DATE_MONDAY + 4, "2026-04-20" },
		/* Summer time begins and ends in the night before. */
		{ "2026-03-30T05:59:59Z", DATE_MONDAY, "2026-03-16" },
		{ "2026-03-30T06:00:00Z", DATE_MONDAY, "2026-03-23" },
		{ "2026-10-26T06:59:59Z", DATE_MONDAY, "2026-10-12" },
		{ "2026-10-26T07:00:00Z", DATE_MONDAY, "2026-10-19" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (digest_last_due(at(rows[i].now), rows[i].weekday, 8, 0) != day(rows[i].monday))
			fail_msg("%s", rows[i].now);
}

/* ---- counting ---- */

struct bench { struct arena *a; struct desk d; struct digest_names names; struct digest_count *c; };

static void
bench_open(struct bench *b)
{
	static const char *const quartiers[] = { "Presles", "Gare" };

	b->a = arena_open();
	b->d = desk_make();
	b->names = digest_names_of(b->a, &b->d, at(WEEK));
	b->names.quartier = quartiers;
	b->names.nquartiers = 2;
	b->names.next = (struct permanence){ "Presles", at("2026-12-03T17:00:00Z"), "Salle" };
	b->c = digest_count_open(b->a, &b->d, &b->names, day(WEEK));
}

static struct digest_ticket
ticket(const char *opened, const char *category)
{
	return (struct digest_ticket){ .opened = at(opened), .category = category, .quartier = "",
	    .lang = "fr", .person = span_of("anne, a hash") };
}

static void
put(struct bench *b, unsigned n, struct digest_ticket t)
{
	while (n-- > 0)
		digest_count_ticket(b->c, &t);
}

/* n openings of that instant, so that its week counts. */
static void
openings(struct bench *b, unsigned n, const char *when)
{
	while (n-- > 0)
		digest_count_opening(b->c, at(when));
}

static size_t
category_index(const struct bench *b, const char *name)
{
	size_t i = 0;

	while (strcmp(b->names.category[i].name, name) != 0)
		i++;
	return i;
}

static void
rows_that_are_not_there(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	for (size_t i = 0; i < b.names.ncategories; i++)
		if (strcmp(b.names.category[i].name, "violences") == 0 ||
		    strcmp(b.names.category[i].name, "spam") == 0)
			fail_msg("%s has a row", b.names.category[i].name);
	assert_string_equal(b.names.category[category_index(&b, "a_qualifier")].label, "À qualifier");
	arena_close(&b.a);
}

static void
sensitive_tickets_are_in_totals_only(void **state)
{
	struct bench b;
	struct digest_ticket t = ticket("2026-11-18T09:00:00Z", "logement");
	struct digest_facts *f;
	size_t logement;

	(void)state;
	bench_open(&b);
	logement = category_index(&b, "logement");
	openings(&b, 1, "2026-10-01T09:00:00Z");
	openings(&b, 9, "2026-11-18T09:00:00Z");
	t.quartier = "Presles";
	t.lang = "ar";
	t.urgency = URGENCY_HIGH;
	put(&b, 6, t);
	t.sensitive = true;
	put(&b, 3, t);
	f = digest_count_end(b.c);
	assert_int_equal(f->week[f->scope.nweeks - 1].opened, 9);
	assert_int_equal(f->urgent[DIGEST_NOW], 9);
	assert_int_equal(f->category[logement].opened[DIGEST_NOW], 6);
	assert_int_equal(f->category[logement].opened[DIGEST_YEAR], 6);
	assert_int_equal(f->category[logement].opened[DIGEST_BEFORE], 0);
	assert_int_equal(f->quartier[0][DIGEST_NOW], 6);
	assert_int_equal(f->theme[logement][DIGEST_YEAR], 6);
	assert_int_equal(f->lang[1][DIGEST_NOW], 6);
	assert_int_equal(f->persons, 1);
	arena_close(&b.a);
}

static void
a_quiet_week_moves_no_breakdown(void **state)
{
	struct bench b;
	struct digest_facts *f;
	size_t voirie;

	(void)state;
	bench_open(&b);
	voirie = category_index(&b, "voirie");
	openings(&b, 5, "2026-11-10T09:00:00Z");
	openings(&b, 4, "2026-11-18T09:00:00Z");
	openings(&b, 1, "2026-10-01T09:00:00Z");
	openings(&b, 1, "2026-07-01T09:00:00Z");
	openings(&b, 5, "2026-09-14T09:00:00Z");
	put(&b, 5, ticket("2026-11-10T09:00:00Z", "voirie"));
	put(&b, 4, ticket("2026-11-18T09:00:00Z", "voirie"));
	put(&b, 5, ticket("2026-09-14T09:00:00Z", "voirie"));
	f = digest_count_end(b.c);
	assert_int_equal(f->span[DIGEST_NOW].end, f->scope.nweeks - 1);
	assert_int_equal(f->category[voirie].opened[DIGEST_NOW], 5);
	assert_int_equal(f->category[voirie].opened[DIGEST_BEFORE], 5);
	assert_int_equal(f->category[voirie].opened[DIGEST_YEAR], 10);
	/* The quarter before ends with that week, too: nothing of the quiet ones after it. */
	assert_int_equal(f->scope.first + 7 * (date_day)f->span[DIGEST_BEFORE].end, day("2026-09-21"));
	arena_close(&b.a);
}

static void
no_breakdown_of_a_few_weeks(void **state)
{
	static const struct { const char *first, *last; bool told; } rows[] = {
		{ "2026-11-16", "2026-11-16", false },
		{ "2026-11-02", "2026-11-16", false },
		{ "2026-10-26", "2026-11-16", true },
		{ "2026-10-19", "2026-11-09", true },
		{ "2026-10-26", "2026-11-09", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct bench b;
		struct digest_facts *f;

		bench_open(&b);
		openings(&b, 1, arena_printf(b.a, "%sT09:00:00Z", rows[i].first));
		openings(&b, 5, arena_printf(b.a, "%sT09:00:00Z", rows[i].last));
		put(&b, 5, ticket(arena_printf(b.a, "%sT09:00:00Z", rows[i].last), "voirie"));
		f = digest_count_end(b.c);
		for (int p = 0; p < DIGEST_PERIODS; p += DIGEST_YEAR) {
			assert_int_equal(f->span[p].end > f->span[p].first, rows[i].told);
			assert_int_equal(f->category[category_index(&b, "voirie")].opened[p],
			    rows[i].told ? 5 : 0);
		}
		arena_close(&b.a);
	}
}

/* Less than five late ones, or taken back, do not show. */
static void
told_weeks_stand(void **state)
{
	static const struct { unsigned told, now, want; } rows[] = {
		{ 12, 12, 12 }, { 12, 13, 12 }, { 12, 16, 12 }, { 12, 17, 17 }, { 12, 8, 12 }, { 12, 7, 7 },
		{ 3, 5, 3 }, { 0, 8, 0 }, { 0, 9, 9 }, { 4, 9, 9 }, { 8, 0, 8 }, { 9, 0, 0 }, { 9, 4, 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct digest_week told = { rows[i].told, rows[i].told, rows[i].told };
		struct digest_mail m = { .received = at("2026-11-10T09:00:00Z"),
		    .role = MAIL_ROLE_CITIZEN, .outcome = MAIL_OUTCOME_APPEND, .category = "voirie" };
		struct digest_closing k = { at("2026-11-10T09:00:00Z"), TICKET_OUTCOME_RESOLVED, false,
		    "voirie" };
		struct digest_week w;
		struct bench b;

		bench_open(&b);
		openings(&b, rows[i].now, "2026-11-10T09:00:00Z");
		digest_count_told(b.c, day("2026-11-09"), &told);
		for (unsigned n = 0; n < rows[i].now; n++) {
			digest_count_mail(b.c, &m);
			digest_count_closing(b.c, &k);
		}
		w = digest_count_end(b.c)->week[digest_count_scope(b.c)->nweeks - 2];
		if (w.received != rows[i].want || w.opened != rows[i].want || w.settled != rows[i].want)
			fail_msg("%u, then %u: %u %u %u", rows[i].told, rows[i].now, w.received, w.opened,
			    w.settled);
		arena_close(&b.a);
	}
}

/* What is told only from the first ticket on would tell of their 0. */
static void
weeks_without_a_ticket_are_weeks(void **state)
{
	static const struct { const char *first, *since; bool told; } rows[] = {
		{ "2024-03-04", "2025-11-17", true },
		{ "2026-03-02", "2026-03-02", true },
		{ "2026-10-12", "2026-10-12", true },
		{ "2026-11-02", "2026-11-02", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct bench b;
		struct digest_facts *f;

		bench_open(&b);
		openings(&b, 5, WEEK "T09:00:00Z");
		openings(&b, 1, arena_printf(b.a, "%sT09:00:00Z", rows[i].first));
		f = digest_count_end(b.c);
		assert_int_equal(f->scope.first + 7 * (date_day)f->since, day(rows[i].since));
		assert_int_equal(f->span[DIGEST_NOW].end, rows[i].told ? f->scope.nweeks :
		    f->scope.quarter);
		arena_close(&b.a);
	}
}

static void
waits_promises_and_acknowledgments(void **state)
{
	static const struct {
		const char *opened, *answered, *acked, *closed;
		unsigned kept, fast;
	} rows[] = {
		/* Monday 9:00 to 11:30 local; acknowledged at once. */
		{ "2026-11-16T08:00:00Z", "2026-11-16T10:30:00Z", "2026-11-16T08:01:00Z", "", 1, 1 },
		/* Friday 17:30 counts from Monday, and Wednesday 11 is a holiday: promised for Friday. */
		{ "2026-11-06T16:30:00Z", "2026-11-13T15:00:00Z", "2026-11-09T07:00:00Z", "", 1, 1 },
		{ "2026-11-06T16:30:00Z", "2026-11-14T08:00:00Z", "2026-11-10T07:00:00Z", "", 0, 0 },
		/* Closed without an answer: kept.  Neither: not. */
		{ "2026-11-09T08:00:00Z", "", "", "2026-11-10T08:00:00Z", 1, 0 },
		{ "2026-11-09T08:00:00Z", "", "", "", 0, 0 },
	};
	unsigned kept = 0, fast = 0, n = sizeof rows / sizeof *rows;
	struct bench b;
	struct digest_facts *f;

	(void)state;
	bench_open(&b);
	for (unsigned i = 0; i < n; i++) {
		struct digest_ticket t = ticket(rows[i].opened, "logement");

		t.first_answer = rows[i].answered[0] != '\0' ? at(rows[i].answered) : 0;
		t.acked = rows[i].acked[0] != '\0' ? at(rows[i].acked) : 0;
		t.closed_at = rows[i].closed[0] != '\0' ? at(rows[i].closed) : 0;
		t.wants_ack = true;
		put(&b, 1, t);
		kept += rows[i].kept;
		fast += rows[i].fast;
	}
	put(&b, 1, ticket("2026-11-20T08:00:00Z", "logement"));		/* promised for next week */
	put(&b, 1, ticket("2026-11-09T08:00:00Z", "remerciement"));	/* asks for nothing */
	f = digest_count_end(b.c);
	assert_int_equal(f->promise.of, n);
	assert_int_equal(f->promise.n, kept);
	assert_int_equal(f->acked.of, n);
	assert_int_equal(f->acked.n, fast);
	assert_int_equal(f->wait_week.n, 1);
	assert_int_equal(f->wait_week.median, 150);
	assert_int_equal(f->wait.n, 3);
	arena_close(&b.a);
}

static void
stock(void **state)
{
	static const struct { const char *opened, *silence; bool sensitive; } rows[] = {
		{ "2026-11-20T09:00:00Z", "2027-01-20", false },	/* 3 days old */
		{ "2026-11-15T12:00:00Z", "2026-12-06", false },	/* 8; within 14 */
		{ "2026-10-23T09:00:00Z", "2026-12-22", true },		/* 31; within 30 */
		{ "2026-09-01T09:00:00Z", "2026-11-22", false },	/* 83; past */
	};
	struct bench b;
	struct digest_facts *f;

	(void)state;
	bench_open(&b);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct digest_open t = { at(rows[i].opened), day(rows[i].silence),
		    rows[i].sensitive, "logement" };

		digest_count_open_ticket(b.c, &t);
	}
	f = digest_count_end(b.c);
	assert_int_equal(f->open, 4);
	assert_true(f->oldest == at("2026-09-01T09:00:00Z"));
	assert_int_equal(f->older[0], 3);
	assert_int_equal(f->older[1], 2);
	assert_int_equal(f->older[2], 2);
	assert_int_equal(f->older[3], 1);
	assert_int_equal(f->silent_14, 1);
	assert_int_equal(f->silent_30, 2);
	assert_int_equal(f->silent_past, 1);
	assert_int_equal(f->category[category_index(&b, "logement")].open, 3);
	arena_close(&b.a);
}

static void
persons_once_a_year(void **state)
{
	static const struct { const char *when, *who; bool partner; } mails[] = {
		{ "2026-02-03T09:00:00Z", "anne, a hash", false },
		{ "2026-11-03T09:00:00Z", "anne, a hash", false },
		{ "2026-11-03T09:00:00Z", "paul, a hash", false },
		{ "2026-11-04T09:00:00Z", "caf, a hash", true },
		{ "2025-12-24T09:00:00Z", "lea, a hash", false },	/* the year before */
		{ "2026-11-05T09:00:00Z", "", false },			/* in a ticket of nobody */
	};
	struct bench b;
	struct digest_ticket visitor = ticket("2026-11-18T09:00:00Z", "logement");

	(void)state;
	bench_open(&b);
	for (size_t i = 0; i < sizeof mails / sizeof *mails; i++) {
		const struct digest_mail m = { .received = at(mails[i].when), .person = span_of(mails[i].who),
		    .role = MAIL_ROLE_CITIZEN, .outcome = MAIL_OUTCOME_APPEND, .category = "logement",
		    .by_partner = mails[i].partner };

		digest_count_mail(b.c, &m);
	}
	visitor.person = span_of("");
	put(&b, 2, visitor);
	assert_int_equal(digest_count_end(b.c)->persons, 4);
	arena_close(&b.a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(weeks_by_name), cmocka_unit_test(scopes), cmocka_unit_test(due_weeks),
		cmocka_unit_test(rows_that_are_not_there),
		cmocka_unit_test(sensitive_tickets_are_in_totals_only),
		cmocka_unit_test(a_quiet_week_moves_no_breakdown),
		cmocka_unit_test(no_breakdown_of_a_few_weeks),
		cmocka_unit_test(told_weeks_stand), cmocka_unit_test(weeks_without_a_ticket_are_weeks),
		cmocka_unit_test(waits_promises_and_acknowledgments), cmocka_unit_test(stock),
		cmocka_unit_test(persons_once_a_year),
	};

	return cmocka_run_group_tests(tests, desk_setup, desk_teardown);
}
