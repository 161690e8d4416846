#include "codec.h"

#include "limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct header headers[] = {
	{ { "From", 4 }, { "anne@exemple.test", 17 } }, { { "X", 1 }, { "a\0b", 3 } },
	{ { "Subject", 7 }, { "", 0 } },
};
static const char *ids[] = { "<a@b.test>", "<c@d.test>" };
static struct addr addrs[] = { { "Anne", "anne@exemple.test" }, { "", "x@y.test" } };
static struct attachment att[] = {
	{ "bail.pdf", "application/pdf", 12345, { "%PDF\0\n", 6 }, false },
	{ "", "image/jpeg", UINT64_MAX, { "", 0 }, true },
};
static struct score cats[] = { { "logement", 12 }, { "finances", -3 } };
static struct hit hits[] = { { "R_ONE", "logement", 6, HIT_SUBJECT, "expulsé", false },
	{ "R_TWO", "vital", -2, HIT_ATTACHMENT, "", true } };

static const struct mail mail = {
	.headers = { headers, 3, true }, .message_id = "<a@b.test>",
	.in_reply_to = { ids, 1 }, .references = { ids, 2 }, .from = { addrs, 1, false },
	.reply_to = { addrs, 2, true }, .to = { addrs + 1, 1, false }, .cc = { addrs, 0,
	    false },
	.subject = "Été", .text = "tout\n", .reply_text = "le mien\n", .lang = "fr",
	.ical = "BEGIN:VCALENDAR", .date = -7, .att = att, .natt = 2,
	.bounce = { REPORT_DELIVERY, "r@x.test", "failed", "5.1.1", "<e@f.test>" },
	.flags = MAIL_CUT | MAIL_HTML_ONLY,
};
static const struct verdict verdict = {
	.category = "logement", .cats = cats, .ncats = 2, .urgency = URGENCY_VITAL,
	.sensitive = true, .no_reply = false, .spam = true, .limited = false,
	    .short_text = true,
	.quartier = "Presles", .hits = hits, .nhits = 2,
};

static void
put(struct buf *b)
{
	buf_open(b, LIMIT_ANSWER);
	codec_put(b, &mail, &verdict);
	assert_false(buf_full(b));
}

/* A round trip that puts the same bytes again lost nothing of what is put at all. */
static void
all_of_it_there_and_back(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct buf b BUF_AUTO, again BUF_AUTO;
	const struct mail *m;
	const struct verdict *v;
	struct fault f;

	(void)state;
	put(&b);
	assert_int_equal(codec_get(a, buf_span(&b), &m, &v, &f), ST_OK);
	buf_open(&again, LIMIT_ANSWER);
	codec_put(&again, m, v);
	assert_int_equal(again.n, b.n);
	assert_memory_equal(again.z, b.z, b.n);

	assert_int_equal(m->headers.n, 3);
	assert_true(m->headers.cut);
	assert_int_equal(m->headers.v[1].value.n, 3);
	assert_memory_equal(m->headers.v[1].value.p, "a\0b", 4);
	assert_string_equal(m->message_id, "<a@b.test>");
	assert_int_equal(m->in_reply_to.n, 1);
	assert_string_equal(m->references.v[1], "<c@d.test>");
	assert_int_equal(m->from.n, 1);
	assert_true(m->reply_to.broken);
	assert_false(m->from.broken);
	assert_string_equal(m->reply_to.v[1].spec, "x@y.test");
	assert_string_equal(m->to.v[0].spec, "x@y.test");
	assert_int_equal(m->cc.n, 0);
	assert_string_equal(m->subject, "Été");
	assert_string_equal(m->text, "tout\n");
	assert_string_equal(m->reply_text, "le mien\n");
	assert_string_equal(m->lang, "fr");
	assert_string_equal(m->ical, "BEGIN:VCALENDAR");
	assert_int_equal(m->date, -7);
	assert_int_equal(m->natt, 2);
	assert_string_equal(m->att[0].filename, "bail.pdf");
	assert_string_equal(m->att[1].type, "image/jpeg");
	assert_true(m->att[1].size == UINT64_MAX);
	assert_int_equal(m->att[0].bytes.n, 6);
	assert_memory_equal(m->att[0].bytes.p, "%PDF\0\n", 7);
	assert_int_equal(m->att[1].bytes.n, 0);
	assert_true(!m->att[0].inline_ && m->att[1].inline_);
	assert_int_equal(m->bounce.report, REPORT_DELIVERY);
	assert_string_equal(m->bounce.recipient, "r@x.test");
	assert_string_equal(m->bounce.action, "failed");
	assert_string_equal(m->bounce.status, "5.1.1");
	assert_string_equal(m->bounce.message_id, "<e@f.test>");
	assert_int_equal(m->flags, MAIL_CUT | MAIL_HTML_ONLY);
}

static void
the_verdict_too(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct buf b BUF_AUTO;
	const struct mail *m;
	const struct verdict *v;
	struct fault f;

	(void)state;
	put(&b);
	assert_int_equal(codec_get(a, buf_span(&b), &m, &v, &f), ST_OK);
	assert_string_equal(v->category, "logement");
	assert_int_equal(v->ncats, 2);
	assert_string_equal(v->cats[1].name, "finances");
	assert_int_equal(v->cats[1].score, -3);
	assert_int_equal(v->urgency, URGENCY_VITAL);
	assert_true(v->sensitive && !v->no_reply && v->spam && !v->limited && v->short_text);
	assert_string_equal(v->quartier, "Presles");
	assert_int_equal(v->nhits, 2);
	assert_string_equal(v->hits[0].rule, "R_ONE");
	assert_string_equal(v->hits[0].match, "expulsé");
	assert_string_equal(v->hits[1].category, "vital");
	assert_int_equal(v->hits[1].weight, -2);
	assert_int_equal(v->hits[1].where, HIT_ATTACHMENT);
	assert_false(v->hits[0].sensitive);
	assert_true(v->hits[1].sensitive);
}

static void
unreadable(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct buf b BUF_AUTO;
	const struct mail *m = &mail;
	const struct verdict *v = &verdict;
	struct fault f;

	(void)state;
	buf_open(&b, 100);
	codec_put(&b, NULL, NULL);
	assert_int_equal(codec_get(a, buf_span(&b), &m, &v, &f), ST_OK);
	assert_null(m);
	assert_null(v);
}

/* Everything that the rest of the program will read without asking. */
static void
walk_mail(const struct mail *m, size_t *sum)
{
	const struct addrs *const lists[] = { &m->from, &m->reply_to, &m->to, &m->cc };
	const struct msgids *const idlists[] = { &m->in_reply_to, &m->references };

	*sum += strlen(m->message_id) + strlen(m->subject) + strlen(m->text) +
	    strlen(m->reply_text) + strlen(m->lang) + strlen(m->ical);
	*sum += strlen(m->bounce.recipient) + strlen(m->bounce.action) +
	    strlen(m->bounce.status) + strlen(m->bounce.message_id);
	assert_in_range(m->bounce.report, REPORT_NONE, REPORT_OTHER);
	for (size_t i = 0; i < m->headers.n; i++) {
		assert_int_equal(m->headers.v[i].name.p[m->headers.v[i].name.n], '\0');
		assert_int_equal(m->headers.v[i].value.p[m->headers.v[i].value.n], '\0');
	}
	for (size_t l = 0; l < 4; l++)
		for (size_t i = 0; i < lists[l]->n; i++)
			*sum += strlen(lists[l]->v[i].name) + strlen(lists[l]->v[i].spec);
	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; i < idlists[l]->n; i++)
			*sum += strlen(idlists[l]->v[i]);
	for (size_t i = 0; i < m->natt; i++)
		*sum += strlen(m->att[i].filename) + strlen(m->att[i].type) + m->att[i].bytes.n;
}

static void
walk_verdict(const struct verdict *v, size_t *sum)
{
	assert_in_range(v->urgency, 0, URGENCY_COUNT - 1);
	assert_in_range(v->nhits, 0, LIMIT_HITS);
	*sum += strlen(v->category) + strlen(v->quartier);
	for (size_t i = 0; i < v->ncats; i++)
		*sum += strlen(v->cats[i].name);
	for (size_t i = 0; i < v->nhits; i++) {
		assert_in_range(v->hits[i].where, HIT_SUBJECT, HIT_ATTACHMENT);
		*sum += strlen(v->hits[i].rule) + strlen(v->hits[i].category) +
		    strlen(v->hits[i].match);
	}
}

static bool
get(struct arena *a, struct span bytes)
{
	const struct mail *m = &mail;
	const struct verdict *v = &verdict;
	struct fault f;
	size_t sum = 0;

	if (codec_get(a, bytes, &m, &v, &f) != ST_OK) {
		assert_int_equal(f.st, ST_PERM);
		assert_null(m);
		assert_null(v);
		return false;
	}
	assert_int_equal(m == NULL, v == NULL);
	if (m == NULL)
		return true;
	walk_mail(m, &sum);
	walk_verdict(v, &sum);
	assert_true(sum < bytes.n);
	return true;
}

static void
every_truncation_is_refused(void **state)
{
	struct buf b BUF_AUTO;

	(void)state;
	put(&b);
	for (size_t n = 0; n < b.n; n++) {
		ARENA_AUTO struct arena *a = arena_open();
		char *exact = arena_strndup(a, b.z, n);

		if (get(a, span_from(exact, n)))
			fail_msg("%zu of %zu bytes pass", n, b.n);
	}
	buf_addc(&b, '\0');
	{
		ARENA_AUTO struct arena *a = arena_open();

		assert_false(get(a, buf_span(&b)));
	}
}

/* xorshift: the same bytes on every machine. */
static uint64_t
next(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

static void
mutations_never_hurt(void **state)
{
	static const uint64_t lengths[] = { 0, 1, 2, 8, 1000, LIMIT_HITS, LIMIT_HITS + 1,
	    1u << 31,
		UINT64_MAX, UINT64_MAX - 7, 1ull << 61, 1ull << 60 };
	uint64_t x = 0x9e3779b97f4a7c15;
	struct arena *a = arena_open();
	struct buf b BUF_AUTO;
	unsigned passed = 0;
	char *z;

	(void)state;
	put(&b);
	z = test_malloc(b.n);
	for (unsigned i = 0; i < 100000; i++) {
		memcpy(z, b.z, b.n);
		for (uint64_t k = next(&x) % 4 + 1; k > 0; k--) {
			uint64_t v = lengths[next(&x) % (sizeof lengths / sizeof *lengths)];
			size_t at = next(&x) % (b.n - 8);

			if (next(&x) % 2 == 0)
				memcpy(z + at, &v, sizeof v);
			else
				z[at] = (char)next(&x);
		}
		passed += get(a, span_from(z, b.n - (next(&x) % 8 == 0 ? next(&x) % 64 : 0)));
		arena_reset(a);
	}
	/* Both outcomes must have been seen, or the mutations prove nothing. */
	assert_in_range(passed, 1000, 99000);
	test_free(z);
	arena_close(&a);
}

/* A number that was cut to fit would be another one. */
static void
numbers_that_do_not_fit_are_refused(void **state)
{
	static const int64_t wrong[] = { 1ll << 32, INT64_MIN, INT32_MAX + 1ll };
	ARENA_AUTO struct arena *a = arena_open();
	struct score score = { "logement", 0x5a5a5a5a };
	struct verdict v = verdict;
	const int64_t right = score.score;
	struct buf b BUF_AUTO;
	char *at;

	(void)state;
	v.cats = &score;
	v.ncats = 1;
	buf_open(&b, LIMIT_ANSWER);
	codec_put(&b, &mail, &v);
	at = memmem(b.z, b.n, &right, sizeof right);	/* a little-endian machine's */
	assert_non_null(at);
	assert_true(get(a, buf_span(&b)));
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		memcpy(at, &wrong[i], sizeof wrong[i]);
		assert_false(get(a, buf_span(&b)));
	}
}

/* All that is relayed fits in an answer with the longest texts; one byte more is no answer. */
static void
files_up_to_their_limit(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct attachment files[] = { { .filename = "a", .type = "b" },
		{ .filename = "c", .type = "d" } };
	char *zeros = arena_alloc(a, LIMIT_RELAY_BYTES, 1);
	char *text = arena_alloc(a, LIMIT_TEXT + 1, 1);
	struct mail m = mail;

	(void)state;
	memset(text, 'x', LIMIT_TEXT);
	m.text = m.reply_text = text;
	m.att = files;
	for (size_t more = 0; more < 2; more++) {
		struct buf b BUF_AUTO = { 0 };

		files[0].bytes = span_from(zeros, LIMIT_RELAY_BYTES - 1);
		files[1].bytes = span_from(zeros, 1 + more);
		buf_open(&b, LIMIT_ANSWER);
		codec_put(&b, &m, &verdict);
		assert_false(buf_full(&b));
		/* The reader's memory has no room for a doubled one. */
		assert_true(b.cap <= b.n + 1);
		assert_int_equal(get(a, buf_span(&b)), more == 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_it_there_and_back), cmocka_unit_test(the_verdict_too),
		cmocka_unit_test(unreadable), cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(mutations_never_hurt),
		cmocka_unit_test(files_up_to_their_limit),
		cmocka_unit_test(numbers_that_do_not_fit_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
