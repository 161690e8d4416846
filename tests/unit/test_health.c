/* What is well and what is not, as a monitoring system is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "health.h"

#include <string.h>

enum { NOW = 1795514400, QUARTER = 15 * 60 };

static struct health
well(void)
{
	return (struct health){
		.beaten = true,
		.intake = { .at = NOW - 5, .busy_until = NOW + 60, .connected = true,
		    .note = "" },
		.post = { .at = NOW - 5, .busy_until = NOW + 600, .connected = true,
		    .note = "" },
	};
}

static void no_beat(struct health *h) { h->beaten = false; }
static void intake_gone(struct health *h) { h->intake.busy_until = NOW - 1; }
static void intake_at_its_limit(struct health *h) { h->intake.busy_until = NOW; }
static void post_gone(struct health *h) { h->post.busy_until = NOW - 1; }
static void mailbox_off(struct health *h) { h->intake.connected = false; }
static void relay_off(struct health *h) { h->post.connected = false; }
static void mail_waits(struct health *h) { h->n.oldest = NOW - QUARTER; }
static void mail_waits_little(struct health *h) { h->n.oldest = NOW - QUARTER + 1; }
static void mail_unsure(struct health *h) { h->n.oldest_unsure = NOW - QUARTER; }
static void mail_at_its_dot(struct health *h) { h->n.oldest_unsure = NOW - 2; }
static void clock_back(struct health *h) { h->n.oldest = NOW + 86400; }

static void
selftest_late(struct health *h)
{
	h->selftest = (struct selftest){ .sent = NOW - 7200, .late = true };
}

static void
selftest_late_and_long_ago(struct health *h)
{
	h->selftest = (struct selftest){ .sent = NOW - 3 * 86400, .late = true };
}

static void
selftest_back(struct health *h)
{
	h->selftest = (struct selftest){ .sent = NOW - 7200, .late = true, .returned = NOW };
}

static void
cap_and_dead(struct health *h)
{
	h->n.held = h->n.queued = 3;
	h->n.dead = 2;
}

static void
nothing(struct health *h)
{
	(void)h;
}

static void
reasons(void **state)
{
	static const struct { void (*make)(struct health *h); const char *says; } rows[] = {
		{ nothing, "" }, { no_beat, "no sign of life yet" },
		{ intake_gone, "within the time" }, { post_gone, "within the time" },
		{ intake_at_its_limit, "" }, { mailbox_off, "mailbox" }, { relay_off, "relay" },
		{ mail_waits, "waited" }, { mail_waits_little, "" }, { mail_unsure, "unsure" },
		{ mail_at_its_dot, "" }, { clock_back, "" }, { cap_and_dead, "" },
		{ selftest_late, "come back" }, { selftest_late_and_long_ago, "" },
		{ selftest_back, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct health h = well();
		const char *why;

		rows[i].make(&h);
		why = health_why(&h, NOW);
		if ((why[0] == '\0') != (rows[i].says[0] == '\0') || strstr(why,
		    rows[i].says) == NULL)
			fail_msg("row %zu: %s", i, why);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(reasons) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
