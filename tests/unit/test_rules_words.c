/* The words of the rules as the prefilter looks for them: by their first bytes, then whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "buf.h"
#include "rules_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CATEGORY "category c label=\"C\" template=ack-c threshold=1\n"

static char dir[] = "/tmp/test_rules_words.XXXXXX";

static struct rules *
load(const char *rules)
{
	char path[200];
	struct fault f;
	struct rules *r;
	FILE *file;

	(void)snprintf(path, sizeof path, "%s/a.rules", dir);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fprintf(file, CATEGORY "%s\n", rules) > 0);
	assert_int_equal(fclose(file), 0);
	if (rules_load(&r, dir, RULES_FULL, &f) != ST_OK)
		fail_msg("%s", f.text);
	assert_int_equal(unlink(path), 0);
	return r;
}

static int
make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL;
}

static int
drop_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

/* at: where the pattern may match first; NONE: it is not tried at all. */
enum { NONE = -1 };
static const struct { const char *pattern, *text; int at; } scans[] = {
	{ "locataires", "mes locataires", 4 },
	{ "locataires", "mes locataire", NONE },
	{ "locataires", "mes locatairie", NONE },
	{ "locataires", "locatair", NONE },
	{ "locataires", "locatair locataires", 9 },
	{ "locatair", "locatair", 0 },
	{ "(locatair|locataires|locatrice)", "un locataires", 3 },
	{ "(locatair|locataires|locatrice)", "une locatrice", 4 },
	{ "\\blocataires?\\b", "colocataires", NONE },
	{ "\\blocataires?\\b", "locatairess", NONE },
	{ "\\blocataires?\\b", "locataires.", 0 },
	{ "\\blocataires?\\b", "un locataire", 3 },
	{ "bail", "le bail", 3 },
	{ "le bail", "le bai", NONE },
	{ "\xd9\x85\xd8\xb3\xd8\xa7\xd8\xb9\xd8\xaf\xd8\xa9",
	    "x \xd9\x85\xd8\xb3\xd8\xa7\xd8\xb9\xd8\xaf\xd8\xa9", 2 },
	{ "\xd9\x85\xd8\xb3\xd8\xa7\xd8\xb9\xd8\xaf\xd8\xa9",
	    "x \xd9\x85\xd8\xb3\xd8\xa7\xd8\xb9\xd8\xaf\xd8\xa8", NONE },
	/* One of each set: the last word is needed too. */
	{ "la chaudiere.{0,9}en panne", "la chaudiere est en panne", 0 },
	{ "la chaudiere.{0,9}en panne", "la chaudiere est en pann", NONE },
};

static void
tries_a_rule_where_its_words_are(void **state)
{
	struct arena *a;

	(void)state;
	if (!rules_prefilter_have())
		skip();
	a = arena_open();
	for (size_t i = 0; i < sizeof scans / sizeof *scans; i++) {
		struct rules *r = load(arena_printf(a, "body R +1 /%s/", scans[i].pattern));
		struct scan s;
		int at = NONE;

		assert_non_null(r->pre);
		rules_prefilter_scan(r, a, span_of(scans[i].text), &s);
		if (rules_maybe(&s, 0) && s.nstarts[0] > 0)
			at = (int)s.starts[0][0];
		if (at != scans[i].at)
			fail_msg("%s on \"%s\": %d", scans[i].pattern, scans[i].text, at);
		assert_int_equal(rules_maybe(&s, 0), scans[i].at != NONE);
		rules_close(&r);
	}
	arena_close(&a);
}

/* More words than one database holds, each found in its own rule and nowhere else. */
static void
finds_each_of_many_words(void **state)
{
	enum { RULES = 50, WORDS = 120 };
	struct arena *a;
	struct buf b BUF_AUTO = { 0 };
	struct rules *r;

	(void)state;
	if (!rules_prefilter_have())
		skip();
	a = arena_open();
	buf_open(&b, 1024 * 1024);
	for (int i = 0; i < RULES; i++) {
		buf_addz(&b, arena_printf(a, "body R%d +1 /(", i));
		for (int k = 0; k < WORDS; k++)
			buf_addz(&b, arena_printf(a, "%s%d_%d,", k == 0 ? "" : "|", i, k));
		buf_addz(&b, ")/\n");
	}
	r = load(arena_span(a, buf_span(&b)));
	assert_non_null(r->pre);
	for (int i = 0; i < RULES * WORDS; i++) {
		struct scan s;

		rules_prefilter_scan(r, a, span_of(arena_printf(a, "%d_%d,", i % RULES,
		    i / RULES)), &s);
		for (int k = 0; k < RULES; k++)
			assert_int_equal(rules_maybe(&s, (size_t)k), k == i % RULES ||
			    (i % RULES >= 10 && k == i % RULES % 10));
		if (i % 64 == 0)
			arena_reset(a);
	}
	rules_close(&r);
	arena_close(&a);
}

static void
keeps_each_word_once(void **state)
{
	struct rules *r = load("body A +1 /(locataires|locataire|bail)/\n"
	    "body B +1 /(locatairement|bail)/\nbody C +1 /.*/");
	struct word_table t = { 0 };

	(void)state;
	assert_true(rules_words(r, &t));
	assert_int_equal(t.nkeys, 2);			/* bail, locatair */
	assert_int_equal(t.keys[0].n, 4);
	assert_memory_equal(t.keys[0].z, "bail", 4);
	assert_memory_equal(t.keys[1].z, "locatair", 8);
	assert_int_equal(t.keys[1].word - t.keys[0].word, 1);
	assert_int_equal(t.keys[2].word - t.keys[1].word, 3);
	assert_int_equal(t.words[2].rest - t.words[1].rest, 1);		/* locataire */
	assert_memory_equal(t.rests + t.words[2].rest, "ement", 5);
	assert_true(t.need[0] != 0 && t.need[1] != 0 && t.need[2] == 0);
	rules_close(&r);
}

static void
no_words_are_no_table(void **state)
{
	struct rules *r = load("body C +1 /.*/");
	struct word_table t = { 0 };

	(void)state;
	assert_false(rules_words(r, &t));
	assert_null(r->pre);
	rules_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tries_a_rule_where_its_words_are),
		cmocka_unit_test(finds_each_of_many_words),
		cmocka_unit_test(keeps_each_word_once),
		cmocka_unit_test(no_words_are_no_table),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
