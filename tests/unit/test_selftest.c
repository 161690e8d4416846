/* The daily mail to ourselves: what is made of it, known again, and kept. */
#include "test_store_help.h"

#include "desk_help.h"

enum { DAY0 = 20783, WAIT = 1800 };

static void
begin(struct box *b)
{
	OK(store_begin(b->s, &b->f));
}

static void
sent(struct box *b, date_day day, int64_t now)
{
	begin(b);
	OK(store_selftest_sent(b->s, day, arena_printf(b->a, "<0.selftest.%d@v.test>",
	    (int)day), true,
	    now, &b->f));
	OK(store_commit(b->s, &b->f));
}

/* It lies in the mailbox since `received`, and is read at `now`. */
static void
back(struct box *b, date_day day, int64_t received, int64_t now)
{
	static int serial = 100;
	struct sample *x = sample_new(b, "bureau@v.test", serial++);
	struct plan *p = plan_blank(b, "bureau@v.test");

	x->sm.id.received = received;
	p->outcome = MAIL_OUTCOME_SELF;
	p->selftest = arena_printf(b->a, "<0.selftest.%d@v.test>", (int)day);
	begin(b);
	OK(store_mail_begin(b->s, &b->f));
	OK(store_apply(b->s, &x->sm, p, now, &b->f));
	OK(store_mail_end(b->s, true, &b->f));
	OK(store_commit(b->s, &b->f));
}

static struct selftest
last(struct box *b, date_day today)
{
	struct selftest t;

	OK(store_selftest(b->s, today, &t, &b->f));
	return t;
}

/* Those due are told of: how many, and whether the administrator heard of it before. */
static size_t
lost(struct box *b, int64_t now, bool *known_out)
{
	struct selftest_lost *v;
	size_t n;

	begin(b);
	OK(store_selftest_lost(b->s, b->a, now - WAIT, now, &v, &n, &b->f));
	for (size_t i = 0; i < n; i++)
		OK(store_selftest_told(b->s, v[i].day, &b->f));
	OK(store_commit(b->s, &b->f));
	*known_out = n > 0 && v[0].known;
	return n;
}

static void
its_delay_is_that_of_the_server_where_it_can_be_true(void **state)
{
	static const struct { int64_t received, now, delay; } rows[] = {
		{ T0 + 12, T0 + 4000, 12 }, { T0, T0 + 60, 0 },
		{ T0 - 30, T0 + 60, 60 },
		{ T0 + 90, T0 + 60, 60 },		/* its clock is not ours */
		{ T0 + 5, T0 - 100, 0 },				/* ours went back */
	};
	struct box *b = *state;

	for (date_day i = 0; i < (date_day)(sizeof rows / sizeof *rows); i++) {
		struct selftest t;

		sent(b, DAY0 + i, T0);
		back(b, DAY0 + i, rows[i].received, rows[i].now);
		t = last(b, DAY0 + i);
		assert_int_equal(selftest_state(&t), SELFTEST_BACK);
		assert_int_equal(t.returned - t.sent, rows[i].delay);
		back(b, DAY0 + i, T0 + 70000, T0 + 80000);	/* only the first counts */
		assert_int_equal(last(b, DAY0 + i).returned, t.returned);
	}
	check_sound(b);
}

static void
a_day_after_another(void **state)
{
	struct box *b = *state;
	struct selftest t = last(b, DAY0);
	bool any, known;

	assert_int_equal(selftest_state(&t), SELFTEST_NEVER);
	sent(b, DAY0, T0);
	OK(store_selftest_any(b->s, DAY0, &any, &b->f));
	assert_true(any);
	OK(store_selftest_any(b->s, DAY0 + 1, &any, &b->f));
	assert_false(any);
	t = last(b, DAY0);
	assert_int_equal(selftest_state(&t), SELFTEST_UNDER_WAY);
	assert_int_equal(lost(b, T0 + WAIT - 1, &known), 0);
	assert_int_equal(lost(b, T0 + WAIT, &known), 1);
	assert_false(known);
	assert_int_equal(lost(b, T0 + 2 * WAIT, &known), 0);
	/* The next one under way does not hide that. */
	sent(b, DAY0 + 1, T0 + DAY);
	t = last(b, DAY0 + 1);
	assert_int_equal(selftest_state(&t), SELFTEST_LATE);
	assert_int_equal(t.sent, T0);
	assert_int_equal(lost(b, T0 + DAY + WAIT, &known), 1);
	assert_true(known);
	back(b, DAY0 + 1, T0 + DAY + 2 * WAIT, T0 + DAY + 3 * WAIT);
	t = last(b, DAY0 + 1);
	assert_int_equal(selftest_state(&t), SELFTEST_BACK);
	sent(b, DAY0 + 2, T0 + 2 * DAY);
	assert_int_equal(lost(b, T0 + 2 * DAY + WAIT, &known), 1);
	assert_false(known);
}

static void
a_clock_that_was_ahead_hides_nothing(void **state)
{
	struct box *b = *state;
	bool known;

	sent(b, DAY0 + 300, T0 + 300 * DAY);
	assert_int_equal(last(b, DAY0).sent, 0);
	sent(b, DAY0, T0);
	assert_int_equal(last(b, DAY0).sent, T0);
	assert_int_equal(lost(b, T0 + 1, &known), 1);
	back(b, DAY0, T0 + 3, T0 + 5);
	assert_int_equal(last(b, DAY0).returned, T0 + 3);
}

static void
plan_of(struct arena *a, const struct desk *d, const char *raw, struct plan *out)
{
	const struct verdict v = { .category = "voirie", .quartier = "" };
	const struct plan_in in = { .mail = mail_of(a, raw), .verdict = &v, .received = T0,
	    .now = T0 };
	struct plan_facts facts = { .next_number = 1 };
	struct fault f;

	facts.nrandom = plan_mails_max(d);
	facts.random = (unsigned char(*)[MSGID_RANDOM])arena_alloc(a, facts.nrandom,
	    MSGID_RANDOM);
	assert_int_equal(plan_make(a, d, &in, &facts, out, &f), ST_OK);
}

static struct plan
made(struct arena *a, const struct desk *d)
{
	struct plan_facts facts = { .nrandom = plan_mails_max(d) };
	struct plan p;
	struct fault f = { 0 };

	facts.random = (unsigned char(*)[MSGID_RANDOM])arena_alloc(a, facts.nrandom,
	    MSGID_RANDOM);
	if (selftest_mail(a, d, T0, &facts, &p, &f) != ST_OK)
		fail_msg("%s", f.text);
	assert_int_equal(p.nmails, 1);
	return p;
}

static void
it_is_known_by_its_signed_id_alone(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct desk d = desk_make();
	const struct plan p = made(a, &d);
	const char *id = p.mails[0].message_id, *raw;
	struct plan in;

	(void)state;
	plan_of(a, &d, arena_strndup(a, p.mails[0].wire.p, p.mails[0].wire.n), &in);
	assert_int_equal(in.outcome, MAIL_OUTCOME_SELF);
	assert_string_equal(in.selftest, id);
	assert_int_equal(in.nmails, 0);
	assert_false(in.has_ticket);
	/* A relay that gives it an id of its own. */
	raw = arena_printf(a, "From: bureau@ville.test\nMessage-ID: <x@relay.test>\n"
	    "X-Bureaud-Loop: %s\n\nBonjour\n", id);
	plan_of(a, &d, raw, &in);
	assert_string_equal(in.selftest, id);
	/* Another mail of ours, one without a signature, one signed by somebody else. */
	raw = arena_printf(a, "From: bureau@ville.test\nMessage-ID: %s\n\nBonjour\n",
	    msgid_make(a, d.key, "0", "admin", (const unsigned char *)"0123456789", d.domain));
	plan_of(a, &d, raw, &in);
	assert_int_equal(in.outcome, MAIL_OUTCOME_SELF);
	assert_null(in.selftest);
	raw = arena_printf(a, "From: lea@exemple.test\nMessage-ID: %s\n\nBonjour\n",
	    msgid_make(a, span_of("another key, of 32 bytes or more"), "0", "selftest",
	    (const unsigned char *)"0123456789", d.domain));
	plan_of(a, &d, raw, &in);
	assert_int_equal(in.outcome, MAIL_OUTCOME_NEW_TICKET);
	assert_null(in.selftest);
}

static void
it_goes_to_a_plus_address_where_those_are_used(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct desk d = desk_make();
	struct plan p = made(a, &d);

	(void)state;
	assert_string_equal(p.mails[0].to, "bureau@ville.test");
	assert_string_equal(p.mails[0].mail_from, "");
	d.plus_addresses = true;
	p = made(a, &d);
	assert_string_equal(p.mails[0].to, arena_printf(a, "bureau+%s@ville.test",
	    msgid_token(a, p.mails[0].message_id)));
	d.address = "un-nom-de-boite-aux-lettres-beaucoup-trop-long-pour-un-detail@ville.test";
	p = made(a, &d);
	assert_string_equal(p.mails[0].to, d.address);
}

static void
the_administrator_reads_where_it_stopped(void **state)
{
	static const struct { enum selftest_stage stage; const char *said, *has, *not;
	    } rows[] = {
		{ SELFTEST_WAITS, "", "file d=E2=80=99envoi", "ind=C3=A9sirables" },
		{ SELFTEST_REFUSED, "550 no", "550 no", "ind=C3=A9sirables" },
		{ SELFTEST_GONE, "", "ind=C3=A9sirables", "refus=C3=A9" },
	};
	ARENA_AUTO struct arena *a = arena_open();
	struct desk d = desk_make();
	struct plan_facts facts = { .nrandom = plan_mails_max(&d) };
	struct fault f;

	(void)state;
	facts.random = (unsigned char(*)[MSGID_RANDOM])arena_alloc(a, facts.nrandom,
	    MSGID_RANDOM);
	for (size_t i = 0; i <= sizeof rows / sizeof *rows; i++) {
		size_t k = i % (sizeof rows / sizeof *rows);
		const struct selftest_lost t = { .day = DAY0, .sent = T0,
		    .stage = rows[k].stage,
		    .said = rows[k].said };
		struct plan p;
		const char *wire;

		d.admin = i == k ? "admin@ville.test" : "";
		assert_int_equal(selftest_alert(a, &d, &t, 30, T0 + WAIT, &facts, &p, &f),
		    ST_OK);
		assert_int_equal(p.nmails, d.admin[0] != '\0');
		if (p.nmails == 0)
			continue;
		assert_int_equal(p.mails[0].kind, MAIL_KIND_ADMIN);
		wire = arena_strndup(a, p.mails[0].wire.p, p.mails[0].wire.n);
		if (strstr(wire, rows[k].has) == NULL || strstr(wire, rows[k].not) != NULL)
			fail_msg("row %zu:\n%s", k, wire);
	}
}

int
main(void)
{
#define STORED(f) cmocka_unit_test_setup_teardown(f, box_setup, box_teardown)
	static const struct CMUnitTest tests[] = {
		STORED(its_delay_is_that_of_the_server_where_it_can_be_true),
		STORED(a_day_after_another), STORED(a_clock_that_was_ahead_hides_nothing),
		cmocka_unit_test(it_is_known_by_its_signed_id_alone),
		cmocka_unit_test(it_goes_to_a_plus_address_where_those_are_used),
		cmocka_unit_test(the_administrator_reads_where_it_stopped),
	};

	return cmocka_run_group_tests(tests, desk_setup, desk_teardown);
}
