/* What joins a ticket: keys only propose, the sender must take part. */
#include "desk_help.h"

static const char *
ours(struct arena *a, unsigned char n)
{
	const unsigned char r[MSGID_RANDOM] = { n };

	return msgid_make(a, span_of(KEY), "BI-2026-00042", "ack", r, "ville.test");
}

static void
keys_are(const struct thread_keys *k, size_t i, enum thread_by by, const char *key)
{
	assert_true(i < k->n);
	assert_int_equal(k->v[i].by, by);
	assert_string_equal(k->v[i].key, key);
}

static void
test_keys_in_order(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct desk d = desk_make();
	struct thread_keys k;
	const char *x = ours(a, 1), *y = ours(a, 2);

	(void)state;
	thread_keys_of(a, &d, mail_of(a, arena_printf(a, "From: a@exemple.test\n"
	    "To: bureau+abcd2345@ville.test, Bureau+other@ailleurs.test\n"
	    "Subject: Re: Votre message [BI-2026-00042]\nIn-Reply-To: %s\n"
	    "References: <1@exemple.test> %s\n\nmerci\n", x, y)), &k);
	assert_int_equal(k.n, 5);
	keys_are(&k, 0, THREAD_BY_SIGNED, x);
	keys_are(&k, 1, THREAD_BY_SIGNED, y);
	keys_are(&k, 2, THREAD_BY_STORED, "<1@exemple.test>");
	keys_are(&k, 3, THREAD_BY_TOKEN, "abcd2345");
	keys_are(&k, 4, THREAD_BY_TAG, "BI-2026-00042");
}

/* Where a server says that it was delivered to; a few fields of a name, the rest is no
 * server's. */
static void
test_keys_of_delivery(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct desk d = desk_make();
	struct thread_keys k;

	(void)state;
	thread_keys_of(a, &d, mail_of(a, "Delivered-To: <aide+Aaaa2345@ville.test>\n"
	    "Delivered-To: x@ville.test\nDelivered-To: bureau+3@ville.test\n"
	    "Delivered-To: bureau+4@ville.test\nDelivered-To: bureau+5@ville.test\n"
	    "X-Original-To: bureau+bbbb@ville.test\nFrom: a@exemple.test\n"
	    "To: bureau@ville.test\nCc: karim+cccc@ville.test\n\nx\n"), &k);
	assert_int_equal(k.n, 4);
	keys_are(&k, 0, THREAD_BY_TOKEN, "Aaaa2345");
	keys_are(&k, 1, THREAD_BY_TOKEN, "3");
	keys_are(&k, 2, THREAD_BY_TOKEN, "4");
	keys_are(&k, 3, THREAD_BY_TOKEN, "bbbb");
}

static void
test_tags(void **state)
{
	static const struct { const char *subject, *tag; } t[] = {
		{ "[BI-2026-00042]", "BI-2026-00042" }, { "Re: [a] x [BI-2026-123456] y", "BI-2026-123456" },
		{ "BI-2026-00042", "" }, { "[BI-2026-042]", "" }, { "[XX-2026-00042]", "" },
		{ "[BI-2026-00042", "" }, { "[BI-2O26-00042]", "" }, { "[BI-2026-0004a]", "" }, { "[", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct desk d = desk_make();
		struct thread_keys k;

		thread_keys_of(a, &d, mail_of(a, arena_printf(a,
		    "From: a@exemple.test\nSubject: %s\n\nx\n", t[i].subject)), &k);
		assert_string_equal(k.n > 0 ? k.v[k.n - 1].key : "", t[i].tag);
	}
}

enum { NOW = 1795514400, DAY = 86400 };

/* T: takes part; S: sensitive; C: closed lately; O: closed long ago. */
static struct thread_hit
hit(int64_t ticket, enum thread_by by, const char *flags)
{
	struct thread_hit h = { .by = by, .ticket = ticket, .ref = ticket == 1 ? "BI-2026-00001" :
	    "BI-2026-00002", .state = TICKET_OPEN, .minted_for = "" };

	h.takes_part = strchr(flags, 'T') != NULL;
	h.sensitive = strchr(flags, 'S') != NULL;
	if (strpbrk(flags, "CO") != NULL)
		h.state = TICKET_CLOSED;
	h.closed_at = NOW - (strchr(flags, 'O') != NULL ? 31 : 29) * DAY;
	return h;
}

static const struct {
	const char *what;
	enum who who;
	struct { int64_t ticket; enum thread_by by; const char *flags; } h[3];
	enum thread_how how;
	int64_t joined, about;
	bool reopens;
} cases[] = {
	{ "nothing named", WHO_CITIZEN, { { 0 } }, THREAD_NEW, 0, 0, false },
	{ "takes part", WHO_CITIZEN, { { 1, THREAD_BY_SIGNED, "T" } }, THREAD_APPEND, 1, 0, false },
	{ "tag and takes part", WHO_CITIZEN, { { 1, THREAD_BY_TAG, "T" } }, THREAD_APPEND, 1, 0, false },
	{ "a stranger with a tag", WHO_CITIZEN, { { 1, THREAD_BY_TAG, "" } }, THREAD_NEW, 0, 1, false },
	{ "a stranger with a signed id", WHO_CITIZEN, { { 1, THREAD_BY_SIGNED, "" } }, THREAD_NEW, 0, 1,
	    false },
	{ "a stranger, sensitive: no link", WHO_CITIZEN, { { 1, THREAD_BY_SIGNED, "S" } }, THREAD_NEW, 0,
	    0, false },
	{ "signed wins over another", WHO_CITIZEN, { { 1, THREAD_BY_SIGNED, "T" },
	    { 2, THREAD_BY_TAG, "T" } }, THREAD_APPEND, 1, 0, false },
	{ "two stored: doubt", WHO_CITIZEN, { { 1, THREAD_BY_STORED, "T" }, { 2, THREAD_BY_TAG, "T" } },
	    THREAD_DOUBT, 0, 1, false },
	{ "one of two allowed", WHO_CITIZEN, { { 1, THREAD_BY_STORED, "" }, { 2, THREAD_BY_TAG, "T" } },
	    THREAD_APPEND, 2, 0, false },
	{ "closed lately: reopens", WHO_CITIZEN, { { 1, THREAD_BY_SIGNED, "TC" } }, THREAD_APPEND, 1, 0,
	    true },
	{ "closed long ago: new, linked", WHO_CITIZEN, { { 1, THREAD_BY_SIGNED, "TO" } }, THREAD_NEW, 0,
	    1, false },
	{ "a machine wakes nothing", WHO_MACHINE, { { 1, THREAD_BY_SIGNED, "TC" } }, THREAD_APPEND, 1, 0,
	    false },
	{ "a machine that takes no part", WHO_MACHINE, { { 1, THREAD_BY_SIGNED, "" } }, THREAD_NEW, 0, 1,
	    false },
	{ "an agent enters any", WHO_AGENT, { { 1, THREAD_BY_TAG, "" } }, THREAD_APPEND, 1, 0, false },
	{ "an unproven one does not", WHO_AGENT_UNPROVEN, { { 1, THREAD_BY_SIGNED, "" } }, THREAD_NEW, 0,
	    1, false },
	{ "a bounce by our id", WHO_BOUNCE, { { 1, THREAD_BY_SIGNED, "" } }, THREAD_APPEND, 1, 0, false },
	{ "a bounce by a tag", WHO_BOUNCE, { { 1, THREAD_BY_TAG, "" } }, THREAD_NEW, 0, 1, false },
};

static void
test_decide(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct desk d = desk_make();
		const struct ident who = { .who = cases[i].who };
		struct thread_hit h[3];
		struct thread out;
		size_t n = 0;

		for (; n < 3 && cases[i].h[n].ticket != 0; n++)
			h[n] = hit(cases[i].h[n].ticket, cases[i].h[n].by, cases[i].h[n].flags);
		thread_decide(&d, &who, h, n, NOW, &out);
		if (out.how != cases[i].how || (out.hit != NULL ? out.hit->ticket : 0) != cases[i].joined ||
		    (out.about != NULL ? out.about->ticket : 0) != cases[i].about ||
		    out.reopens != cases[i].reopens)
			fail_msg("%s: %s, %s", cases[i].what, thread_how_name(out.how), out.because);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_in_order),
		cmocka_unit_test(test_keys_of_delivery),
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_decide),
	};

	return cmocka_run_group_tests(tests, desk_setup, desk_teardown);
}
