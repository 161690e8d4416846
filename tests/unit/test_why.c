/* A verdict in words: each reason for which a category wins, an urgency stands. */
#include "why.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static struct rules *rules;

enum { CATS = 3, HITS = 5 };

struct scene {
	const char *what;
	struct score cats[CATS];
	struct hit hits[HITS];
	struct verdict v;
	const char *says[5], *not;
};

#define HIT(r, c, w) { r, c, w, HIT_BODY, "à la \u202emaison", false }
#define SECRET(r, c) { r, c, 0, HIT_BODY, "", true }

static struct scene scenes[] = {
	{ "nothing", { { 0 } }, { { 0 } }, { .category = "a_qualifier" },
	    { "a_qualifier, because: no category reached its threshold", "urgency:   normal, because: no "
	    "rule of urgency hit", "rules:     none hit" }, "sensitive:" },
	{ "a very short text", { { 0 } }, { { 0 } }, { .category = "a_qualifier", .urgency = URGENCY_HIGH,
	    .short_text = true }, { "a very short text that no rule knows" }, "limit" },
	{ "a limit", { { 0 } }, { { 0 } }, { .category = "a_qualifier", .urgency = URGENCY_HIGH,
	    .limited = true }, { "a limit was hit: a human looks", "limit:     a rule hit its limit" },
	    "short" },
	{ "the only one", { { "logement", 8 } }, { HIT("LOG", "logement", 8) }, { .category = "logement" },
	    { "the only one that reached its threshold", "logement         8  (threshold 3)",
	    "    +8 logement", "LOG", "\"à la maison\"" }, "best" },
	{ "the best, one below its threshold", { { "logement", 8 }, { "emploi", 4 } },
	    { HIT("LOG", "logement", 8), HIT("EMP", "emploi", 4), HIT("VOI", "voirie", 1) },
	    { .category = "logement" }, { "the best score\n", "voirie           1  (threshold 3), not reached" },
	    "left out" },
	{ "equal", { { "emploi", 8 }, { "logement", 8 } }, { HIT("LOG", "logement", 8),
	    HIT("EMP", "emploi", 8) }, { .category = "emploi" },
	    { "the best score; logement has as much and comes later in the rules" }, "raised" },
	{ "violence against a better score", { { "violences", 5 }, { "logement", 20 } },
	    { HIT("VIOL", "violences", 5), HIT("VIOL_PRESSE", "violences", -4), HIT("HIGH_X", "high", 0) },
	    { .category = "violences", .urgency = URGENCY_HIGH, .sensitive = true },
	    { "violence comes before every other category", "nothing taken off: the person speaks of "
	    "themselves", "rules HIGH_X; suspected violence is never less", "sensitive: yes, because: "
	    "suspected violence\n" }, "raised" },
	{ "danger to life", { { "urgence", 4 }, { "logement", 20 } }, { HIT("VITAL_X", "vital", 0),
	    SECRET("SENS_X", "sensitive"), SECRET("VITAL_Y", "vital"),
	    HIT("NO_X", "no-reply", 0) }, { .category = "urgence",
	    .urgency = URGENCY_VITAL, .sensitive = true, .no_reply = true },
	    { "danger to life comes before", "raised to its threshold by a vital rule", "vital, because: "
	    "rules VITAL_X, VITAL_Y", "because: rules SENS_X, VITAL_Y", "never by machine, because: rules NO_X" },
	    "suspected violence" },
	{ "thanks do not win against danger", { { "urgence", 5 }, { "remerciement", 30 } },
	    { HIT("URG", "urgence", 5), HIT("MERCI", "remerciement", 30) }, { .category = "urgence" },
	    { "but for remerciement, which never wins against danger", "spam and remerciement come last" },
	    "left out" },
	{ "spam", { { "spam", 30 } }, { HIT("SPAM", "spam", 30), HIT("FIN", "finances", 9) },
	    { .category = "spam", .spam = true }, { "nothing else scores half as much",
	    "finances         9  (threshold 3), left out" }, "come last" },
};

static void
each_reason_is_given(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
		struct scene *s = &scenes[i];
		struct buf b;

		s->v.quartier = "";
		s->v.cats = s->cats;
		s->v.hits = s->hits;
		while (s->v.ncats < CATS && s->cats[s->v.ncats].name != NULL)
			s->v.ncats++;
		while (s->v.nhits < HITS && s->hits[s->v.nhits].rule != NULL)
			s->v.nhits++;
		buf_open(&b, 65536);
		why_text(&b, rules, &s->v);
		for (size_t k = 0; k < 5 && s->says[k] != NULL; k++)
			if (strstr(b.z, s->says[k]) == NULL)
				fail_msg("%s: does not say \"%s\":\n%s", s->what, s->says[k], b.z);
		if (strstr(b.z, s->not) != NULL)
			fail_msg("%s: says \"%s\":\n%s", s->what, s->not, b.z);
		buf_close(&b);
	}
}

static int
setup(void **state)
{
	struct fault f;

	(void)state;
	if (rules_load(&rules, "rules", RULES_CATEGORIES, &f) == ST_OK)
		return 0;
	(void)fprintf(stderr, "%s\n", f.text);
	return -1;
}

static int
teardown(void **state)
{
	(void)state;
	rules_close(&rules);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(each_reason_is_given) };

	return cmocka_run_group_tests(tests, setup, teardown);
}
