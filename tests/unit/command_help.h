/* command_help.h - the people and places that commands of the tests may name; it is Tuesday
 * 24 November 2026, 10:00 in Paris. */
#ifndef TESTS_COMMAND_HELP_H
#define TESTS_COMMAND_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "relay.h"
#include "transcript.h"

#include <stdio.h>
#include <string.h>

static const struct command_name test_agents[] = {
	{ "claire", "Claire Martin", "claire@ville.test" },
	{ "karim", "Karim Benali", "karim@ville.test" },
	{ "claude", "Claude Petit", "claude@ville.test" },
};
static const struct command_name test_entries[] = {
	{ "ccas", "CCAS de la ville", "" }, { "caf", "CAF de l’Aisne", "" },
	{ "mission-locale", "Mission locale de la ville", "" },
	{ "maison-egalite", "Maison de l’égalité et des droits, antenne nord", "" },
	{ "france-travail", "France Travail", "" },
};
static const struct command_name test_categories[] = {
	{ "logement", "Logement", "" }, { "finances", "Argent et dettes", "" },
	{ "sante", "Santé", "" },
};
static const struct command_name test_models[] = {
	{ "attente-caf", "", "" }, { "merci", "", "" },
};

#define TEST_NAMES(v) { (v), sizeof(v) / sizeof *(v) }
static struct hours test_hours;
static struct command_facts test_facts = {
	.hours = &test_hours, .prefix = "BI", .me = "karim",
	.agents = TEST_NAMES(test_agents), .entries = TEST_NAMES(test_entries),
	.categories = TEST_NAMES(test_categories), .models = TEST_NAMES(test_models),
};

static inline int
command_setup(void **state)
{
	struct fault f;

	(void)state;
	if (date_zone_set("Europe/Paris", &f) != ST_OK ||
	    hours_parse(span_of("mon-fri 08:30-12:00 13:30-17:00"), span_of("2026-12-24"),
	    &test_hours, &f) != ST_OK)
		return -1;
	test_facts.now = date_instant(date_day_of((struct date){ 2026, 11, 24 }), 10, 0);
	return 0;
}

static inline struct commands
commands_of(struct arena *a, const char *text)
{
	struct commands c;

	command_read(a, &test_facts, span_of(text), &c);
	return c;
}

#endif
