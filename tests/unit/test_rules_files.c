/* The shipped rules (run from the top of the tree): they keep their own examples, name what
 * exists, are small in memory, and say the same with and without the prefilter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rules_int.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static struct rules *
load(enum rules_mode mode)
{
	struct fault f;
	struct rules *r;

	if (rules_load(&r, "rules", mode, &f) != ST_OK)
		fail_msg("%s", f.text);
	return r;
}

static void
examples_hold(void **state)
{
	struct rules *r = load(RULES_FULL);
	struct fault f;

	(void)state;
	if (rules_examples(r, &f) != ST_OK)
		fail_msg("%s", f.text);
	rules_close(&r);
}

static void
every_category_is_there(void **state)
{
	static const char *const names[] = {
		"logement", "finances", "emploi", "violences", "accident", "urgence", "famille",
		"sante", "demarches", "voisinage", "voirie", "rendezvous", "permanence",
		"reclamation", "remerciement", "spam", "a_qualifier",
	};
	struct rules *r = load(RULES_CATEGORIES);
	const struct category *c;
	char path[200];

	(void)state;
	assert_int_equal(rules_categories(r, &c), sizeof names / sizeof *names);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		c = rules_category(r, names[i]);
		assert_non_null(c);
		(void)snprintf(path, sizeof path, "templates/%s.txt", c->template_name);
		if (access(path, R_OK) != 0)
			fail_msg("%s: no %s", names[i], path);
	}
	assert_true(rules_category(r, "remerciement")->short_ack);
	rules_close(&r);
}

/* A danger category takes nothing off what a person says of themselves; the shipped ones
 * take nothing off at all. */
static void
danger_has_no_negative_weight(void **state)
{
	struct rules *r = load(RULES_FULL);

	(void)state;
	for (size_t i = 0; i < r->n; i++)
		assert_true(!r->v[i].danger || r->v[i].weight >= 0);
	rules_close(&r);
}

static void
same(const struct verdict *x, const struct verdict *y, const char *text)
{
	assert_int_equal(x->nhits, y->nhits);
	for (size_t i = 0; i < x->nhits; i++) {
		if (strcmp(x->hits[i].rule, y->hits[i].rule) != 0)
			fail_msg("%s: %s and %s", text, x->hits[i].rule, y->hits[i].rule);
		assert_string_equal(x->hits[i].match, y->hits[i].match);
		assert_int_equal(x->hits[i].where, y->hits[i].where);
	}
	assert_string_equal(x->category, y->category);
	assert_int_equal(x->urgency, y->urgency);
	assert_int_equal(x->sensitive, y->sensitive);
	assert_int_equal(x->no_reply, y->no_reply);
	assert_int_equal(x->spam, y->spam);
}

/* Each example alone, and long mails made of many. */
static const char *
text_of(const struct example *e, size_t n, size_t i, struct arena *a)
{
	if (i % 5 != 0)
		return e[i].text;
	return arena_printf(a, "%s\n%s, %s. %s", e[i].text, e[(i * 7 + 3) % n].text,
	    e[(i * 3 + 1) % n].text, e[(i + 11) % n].text);
}

static void
says_the_same_without_the_prefilter(void **state)
{
	struct arena *a;
	struct rules *r, *plain;
	const struct example *e;
	size_t n;

	(void)state;
	if (!rules_prefilter_have())
		skip();
	a = arena_open();
	r = load(RULES_FULL);
	plain = load(RULES_PLAIN);
	n = rules_example_list(r, &e);
	assert_non_null(r->pre);
	assert_null(plain->pre);
	for (size_t i = 0; i < n; i++) {
		struct mail m = { .message_id = "", .lang = "fr", .ical = "" };
		struct verdict x, y;

		m.subject = e[(i + 5) % n].text;
		m.text = m.reply_text = text_of(e, n, i, a);
		rules_classify(r, a, &m, &x);
		rules_classify(plain, a, &m, &y);
		same(&x, &y, m.text);
		arena_reset(a);
	}
	rules_close(&r);
	rules_close(&plain);
	arena_close(&a);
}

/* All processes together get 32 MiB, also while the reader starts. */
static void
load_within_little_memory(void **state)
{
#ifdef BUREAUD_SAN
	(void)state;
	skip();
#else
	enum { MOST_KIB = 24 * 1024 };
	struct rusage used;
	int pid = fork(), status;

	(void)state;
	if (pid == 0) {
		struct rules *r = load(RULES_FULL);

		_exit(r->pre == NULL && rules_prefilter_have());
	}
	assert_true(pid > 0);
	assert_int_equal(wait4(pid, &status, 0, &used), pid);
	assert_int_equal(status, 0);
	if (used.ru_maxrss > MOST_KIB)
		fail_msg("%ld KiB, libraries with them", used.ru_maxrss);
#endif
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(load_within_little_memory),	/* first: little is in use */
		cmocka_unit_test(examples_hold),
		cmocka_unit_test(every_category_is_there),
		cmocka_unit_test(danger_has_no_negative_weight),
		cmocka_unit_test(says_the_same_without_the_prefilter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
