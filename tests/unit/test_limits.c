/* The limits of base/limits.h at their edge, as the rest of the program meets them: as much is
 * taken whole, one more is cut and the mail says so.  Those that only one module knows are in
 * that module's test. */
#include "test_config_help.h"

#include "limits.h"
#include "parse.h"
#include "rules.h"

static struct arena *arena;

/* --- mails ------------------------------------------------------------------------------ */

struct pattern {
	const char *name;
	size_t limit;
	size_t less;			/* pieces that the head counts for */
	const char *head, *piece;
	const char *end;		/* of a piece that is numbered; NULL: it is not */
	const char *tail;
};

static struct span
mail_with(const struct pattern *p, size_t n)
{
	struct buf b BUF_AUTO;

	buf_open(&b, 16 * 1024 * 1024);
	buf_addz(&b, p->head);
	for (size_t i = p->less; i < n; i++) {
		buf_addz(&b, p->piece);
		if (p->end != NULL)
			buf_addf(&b, "%zu%s", i, p->end);
	}
	buf_addz(&b, p->tail);
	return span_from(arena_span(arena, buf_span(&b)), b.n);
}

static unsigned
is_cut(struct span raw)
{
	struct mail m;
	struct fault f;

	assert_int_equal(parse_mail(arena, raw, 0, &m, &f), ST_OK);
	return m.flags & MAIL_CUT;
}

#define FROM "From: a@b.test\n"
#define MULTI FROM "Content-Type: multipart/mixed; boundary=b\n\n"
#define FILE_OF "--b\nContent-Disposition: attachment; filename="

static void
a_mail_says_that_it_was_cut(void **state)
{
	static const struct pattern t[] = {
		{ "a field", LIMIT_HEADER_FIELD, 0, FROM "X:", "n", NULL, "\n\nx" },
		{ "fields", LIMIT_HEADER_COUNT, 1, FROM, "X: y\n", NULL, "\nx" },
		{ "addresses", LIMIT_ADDRESSES, 0, FROM "To: ", "n", "@b.test, ", "\n\nx" },
		{ "senders", LIMIT_ADDRESSES, 0, "From: ", "n", "@b.test, ", "\n\nx" },
		{ "references", LIMIT_MSGIDS, 0, FROM "References: ", "<n", "@b> ", "\n\nx" },
		{ "answered", LIMIT_MSGIDS, 0, FROM "In-Reply-To: ", "<n", "@b> ", "\n\nx" },
		{ "subject", LIMIT_SUBJECT, 0, FROM "Subject: ", "n", NULL, "\n\nx" },
		{ "file name", LIMIT_FILENAME, 0, MULTI FILE_OF, "n", NULL, "\n\nx\n--b--" },
		{ "parts", LIMIT_MIME_PARTS, 1, MULTI, "--b\n\nx\n", NULL, "--b--" },
		{ "depth", LIMIT_MIME_DEPTH, 0, FROM, "Content-Type: message/rfc822\n\n", NULL,
		    FROM "\nx" },
		{ "files", LIMIT_ATTACHMENTS, 0, MULTI, "--b\nContent-Type: image/png\n\nx\n",
		    NULL, "--b--" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		unsigned at = is_cut(mail_with(&t[i], t[i].limit));
		unsigned past = is_cut(mail_with(&t[i], t[i].limit + 1));

		if (at || !past)
			fail_msg("%s: cut %u at the limit, %u past it", t[i].name, at, past);
	}
}

/* The last field may begin where the limit is, and no later. */
static void
the_header_block_has_an_end(void **state)
{
	enum { PIECE = 1024, PIECES = LIMIT_HEADER_BLOCK / PIECE };
	char piece[PIECE + 1];
	struct pattern p = { "", PIECES, 1, piece, piece, NULL, "From: a@b.test\n\nx" };

	(void)state;
	memset(piece, 'n', PIECE);
	memcpy(piece, "X:", 2);
	memcpy(piece + PIECE - 1, "\n", 2);
	assert_false(is_cut(mail_with(&p, PIECES)));
	p.tail = "Y: \nFrom: a@b.test\n\nx";
	assert_true(is_cut(mail_with(&p, PIECES)));
}

/* Nothing is missing from a line that was broken. */
static void
long_lines_are_broken_and_whole(void **state)
{
	const struct pattern p = { "", 0, 0, FROM "\n", "n", NULL, "" };

	(void)state;
	for (size_t more = 0; more <= 1; more++) {
		struct mail m;
		struct fault f;

		assert_int_equal(parse_mail(arena, mail_with(&p, LIMIT_LINE_IN + more), 0,
		    &m, &f), ST_OK);
		assert_int_equal(strlen(m.text), LIMIT_LINE_IN + 2 * more);
		assert_int_equal(strchr(m.text, '\n') != NULL, more);
		assert_int_equal(m.flags & MAIL_CUT, 0);
	}
}

/* --- rules ------------------------------------------------------------------------------ */

#define CATEGORY "category logement label=\"L\" template=ack-l threshold=1\n"

static void
classify(struct span rules_text, const char *text, struct verdict *v)
{
	const char *path = arena_printf(arena, "%s/a.rules", dir);
	struct rules *r AUTO(rules_close) = NULL;
	struct mail m = { .message_id = "", .subject = "", .text = "", .reply_text = text,
	    .lang = "fr", .ical = "" };
	struct fault f = { 0 };

	put(path, rules_text, 0600);
	if (rules_load(&r, dir, RULES_ONCE, &f) != ST_OK)
		fail_msg("%s", f.text);
	assert_int_equal(unlink(path), 0);
	rules_classify(r, arena, &m, v);
}

static void
hits_are_counted_and_short(void **state)
{
	const struct pattern p = { "", 0, 0, CATEGORY, "body R", " +1 /loyer/\n", "" };
	struct verdict v;

	(void)state;
	for (size_t more = 0; more <= 1; more++) {
		classify(mail_with(&p, LIMIT_HITS + more), "mon loyer", &v);
		assert_int_equal(v.nhits, LIMIT_HITS);
		/* Every rule counts, reported or not. */
		assert_int_equal(v.cats[0].score, LIMIT_HITS + more);
	}
	for (size_t more = 0; more <= 1; more++) {
		const struct pattern text = { "", 0, 0, "", "n ", NULL, "" };

		classify(span_of(CATEGORY "body R +1 /[n ]+n/\n"), mail_with(&text,
		    LIMIT_HIT_TEXT / 2 + more).p, &v);
		assert_int_equal(v.nhits, 1);
		assert_true(strlen(v.hits[0].match) <= LIMIT_HIT_TEXT);
		assert_int_equal(strlen(v.hits[0].match), LIMIT_HIT_TEXT - 1 + more);
	}
}

static void
the_text_of_rules_has_an_end(void **state)
{
	struct pattern p = { "", 0, 0, "", "n", NULL, "" };
	struct verdict v;

	(void)state;
	/* The line end behind the subject counts. */
	classify(span_of(CATEGORY "body R +1 /loyer/\n"), mail_with(&p, LIMIT_RULE_TEXT / 2).p,
	    &v);
	assert_false(v.limited);
	classify(span_of(CATEGORY "body R +1 /loyer/\n"), mail_with(&p, LIMIT_RULE_TEXT + 1).p,
	    &v);
	assert_true(v.limited);
}

/* --- files of the administrator --------------------------------------------------------- */

static struct span
filled(const char *text, size_t n)
{
	char *z = arena_alloc(arena, n + 1, 1);
	size_t len = strlen(text);

	memset(z, '#', n);
	memcpy(z, text, len);
	return span_from(z, n);
}

static void
a_config_file_has_an_end(void **state)
{
	struct config *c;
	struct fault f = { 0 };

	(void)state;
	(void)load(arena, filled(LEAST, LIMIT_CONFIG_FILE).p);
	put(conf, filled(LEAST, LIMIT_CONFIG_FILE + 1), 0644);
	assert_int_equal(config_load(arena, conf, CONFIG_FOR_DAEMON, &c, &f), ST_PERM);
}

static void
a_rules_file_has_an_end(void **state)
{
	const char *path = arena_printf(arena, "%s/a.rules", dir);
	struct rules *r = NULL;
	struct fault f = { 0 };

	(void)state;
	put(path, filled(CATEGORY, LIMIT_RULES_FILE), 0600);
	if (rules_load(&r, dir, RULES_CATEGORIES, &f) != ST_OK)
		fail_msg("%s", f.text);
	rules_close(&r);
	put(path, filled(CATEGORY, LIMIT_RULES_FILE + 1), 0600);
	assert_int_equal(rules_load(&r, dir, RULES_CATEGORIES, &f), ST_PERM);
	rules_close(&r);
	assert_int_equal(unlink(path), 0);
}

static void
a_secret_has_an_end(void **state)
{
	const struct config c = { .path = conf };
	const char *path = arena_printf(arena, "%s/secret", dir);
	struct span s;
	struct fault f = { 0 };

	(void)state;
	put(path, filled("", LIMIT_SECRET), 0600);
	assert_int_equal(config_secret(arena, &c, "password", "secret", &s, &f), ST_OK);
	assert_int_equal(s.n, LIMIT_SECRET);
	put(path, filled("", LIMIT_SECRET + 1), 0600);
	assert_int_equal(config_secret(arena, &c, "password", "secret", &s, &f), ST_PERM);
	assert_int_equal(unlink(path), 0);
}

static int
setup(void **state)
{
	struct fault f;

	arena = arena_open();
	return parse_init(&f) == ST_OK ? begin(state) : -1;
}

static int
teardown(void **state)
{
	arena_close(&arena);
	return end(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mail_says_that_it_was_cut),
		cmocka_unit_test(the_header_block_has_an_end),
		cmocka_unit_test(long_lines_are_broken_and_whole),
		cmocka_unit_test(hits_are_counted_and_short),
		cmocka_unit_test(the_text_of_rules_has_an_end),
		cmocka_unit_test(a_config_file_has_an_end),
		cmocka_unit_test(a_rules_file_has_an_end),
		cmocka_unit_test(a_secret_has_an_end),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
