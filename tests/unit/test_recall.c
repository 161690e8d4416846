/* The mail that #rappel asked for: to whom, and what of a sensitive ticket it holds. */
#include "desk_help.h"

#include "recall.h"

enum { NOW = 1795514400 };	/* 2026-11-24 10:00 in Paris */

static const struct {
	const char *what, *by, *agent, *category;
	bool sensitive;
	const char *to;			/* recipients, in the order of the configuration */
	const char *subject, *has, *has_not;
} rows[] = {
	{ "who asked", "karim", "claire", "logement", false, "karim@ville.test",
	    "[BI-2026-00007] Logement · rappel", "rappeler le bailleur", "demandé par" },
	{ "sensitive", "claire", "", "logement", true, "claire@ville.test",
	    "[BI-2026-00007] sensible · rappel", "sensible", "bailleur" },
	{ "no agent any more, assigned", "paul", "claire", "logement", false, "claire@ville.test",
	    "[BI-2026-00007] Logement · rappel", "demandé par paul", "que vous avez demandé" },
	{ "no agent any more, nobody's", "paul", "", "logement", false,
	    "claire@ville.test karim@ville.test", "[BI-2026-00007] Logement · rappel",
	    "demandé par paul", "que vous avez demandé" },
};

/* The wire's quoted-printable text and encoded subject, read by our own parser. */
static struct mail *
read_wire(struct arena *a, struct span wire)
{
	struct mail *m = arena_new(a, struct mail, 1);
	struct fault f;

	assert_int_equal(parse_mail(a, wire, 0, m, &f), ST_OK);
	return m;
}

static void
who_is_told_and_what(void **state)
{
	struct desk d = desk_make();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		unsigned char random[20][MSGID_RANDOM] = { { 0 } };
		const struct plan_facts facts = { .random = random, .nrandom = 20 };
		const struct recall r = { 1, 7, "BI-2026-00007", rows[i].category,
		    TICKET_WAITING, rows[i].sensitive, rows[i].agent, rows[i].by,
		    "rappeler le bailleur", NOW };
		const char *to = "";
		struct plan p;
		struct fault f = { 0 };
		struct mail *m;

		assert_int_equal(recall_mail(a, &d, &r, NOW, &facts, &p, &f), ST_OK);
		for (size_t k = 0; k < p.nmails; k++) {
			assert_int_equal(p.mails[k].kind, MAIL_KIND_REMINDER);
			to = arena_printf(a, "%s%s%s", to, k > 0 ? " " : "", p.mails[k].to);
		}
		assert_string_equal(to, rows[i].to);
		m = read_wire(a, p.mails[0].wire);
		assert_string_equal(m->subject, rows[i].subject);
		if (strstr(m->text, rows[i].has) == NULL || strstr(m->text, rows[i].has_not) != NULL)
			fail_msg("%s: %s", rows[i].what, m->text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(who_is_told_and_what) };

	return cmocka_run_group_tests(tests, desk_setup, desk_teardown);
}
