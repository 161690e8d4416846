/* desk_help.h - a desk and mails for tests of the deciding code: mails are written as raw text
 * and read by the real parser, in this process. */
#ifndef TESTS_DESK_HELP_H
#define TESTS_DESK_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "parse.h"
#include "plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEY "0123456789abcdef0123456789abcdef"

static const char *const own[] = { "bureau@ville.test", "aide@ville.test" };
static struct agent agents[] = {
	{ "claire", "Claire", "claire@ville.test", "*", true },
	{ "karim", "Karim", "karim@ville.test", "logement", false },
};

/* Rules and texts of the tree: the tests run from its top. */
static struct rules *test_rules;
static struct texts *test_texts;

static inline struct desk
desk_make(void)
{
	struct desk d = {
		.name = "Bureau des interventions", .organisation = "Ville", .phone = "03 00 00 00 00",
		.postal_address = "1 place", .address = own[0], .domain = "ville.test", .prefix = "BI",
		.own = own, .nown = 2, .agents = agents, .nagents = 2, .admin = "admin@ville.test", .cabinet = "cabinet@ville.test",
		.authserv_id = "mx.ville.test", .form_sender = "formulaire@ville.test",
		.violence_ack = VIOLENCE_ACK_AGENT, .promise_days = 3, .reopen_days = 30,
		.acks_per_sender_per_day = 3, .acks_per_hour = 200, .null_sender = true,
		.since = 1, .key = span_of(KEY), .rules = test_rules, .texts = test_texts,
	};
	struct fault f;

	assert_int_equal(hours_parse(span_of("mon-fri 08:30-12:00 13:30-17:00"), span_of(""),
	    &d.hours, &f), ST_OK);
	return d;
}

static inline int
desk_setup(void **state)
{
	static const char *const wanted[] = { "ack-logement" };
	struct fault f = { 0 };

	(void)state;
	if (date_zone_set("Europe/Paris", &f) != ST_OK || parse_init(&f) != ST_OK ||
	    rules_load(&test_rules, "rules", RULES_CATEGORIES, &f) != ST_OK ||
	    texts_load(&test_texts, "templates", wanted, 1, &f) != ST_OK) {
		(void)fprintf(stderr, "%s\n", f.text);
		return -1;
	}
	return 0;
}

static inline int
desk_teardown(void **state)
{
	(void)state;
	texts_close(&test_texts);
	rules_close(&test_rules);
	return 0;
}

/* LF text to a mail; NULL when the parser refuses it. */
static inline struct mail *
mail_of(struct arena *a, const char *raw)
{
	struct mail *m = arena_new(a, struct mail, 1);
	struct fault f;

	return parse_mail(a, span_of(raw), 0, m, &f) == ST_OK ? m : NULL;
}

#endif
