/* Message-IDs: lists with prose, ours and forgeries of ours. */
#include "limits.h"
#include "msgid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct { const char *in; size_t n; const char *first, *last; } lists[] = {
	{ "<a@b>", 1, "<a@b>", "<a@b>" },
	{ "<a@b> <c@d>\t<e@f>", 3, "<a@b>", "<e@f>" },
	{ "<a@b><c@d>", 2, "<a@b>", "<c@d>" },
	{ "Votre message <a@b> du 3 novembre", 1, "<a@b>", "<a@b>" },
	{ "<a@b> junk , <c@d> \"x\" <a@b>", 2, "<a@b>", "<c@d>" },
	{ "<a b@c> <d@e>", 1, "<d@e>", "<d@e>" },
	{ "<<a@b>>", 1, "<a@b>", "<a@b>" },
	{ "<a@b@c> <ab> <@b> <a@> <>", 0, "", "" },
	{ "<\xc3\xa9@b>", 0, "", "" },
	{ "a@b", 0, "", "" },
	{ "<a@b", 0, "", "" },
};

static void
test_list(void **s)
{
	struct arena *a = arena_open();

	(void)s;
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		struct msgids l;

		msgid_list(a, span_of(lists[i].in), &l);
		if (l.n != lists[i].n)
			fail_msg("%s: %zu", lists[i].in, l.n);
		assert_string_equal(msgid_first(a, span_of(lists[i].in)), lists[i].first);
		if (l.n > 0)
			assert_string_equal(l.v[l.n - 1], lists[i].last);
	}
	arena_close(&a);
}

static void
test_edges(void **s)
{
	struct arena *a = arena_open();
	char z[16 * (LIMIT_MSGIDS + 1)] = "", id[LIMIT_MSGID + 2];
	struct msgids l;
	size_t n = 0;

	(void)s;
	for (int i = 0; i <= LIMIT_MSGIDS; i++)
		n += (size_t)snprintf(z + n, sizeof z - n, "<%d@x>", i);
	msgid_list(a, span_of(z), &l);
	assert_int_equal(l.n, LIMIT_MSGIDS);
	assert_string_equal(l.v[0], "<1@x>");
	memset(id, 'a', sizeof id);
	id[0] = '<';
	id[5] = '@';
	id[LIMIT_MSGID - 1] = '>';
	id[LIMIT_MSGID] = '\0';
	assert_string_equal(msgid_first(a, span_of(id)), id);
	memcpy(id + LIMIT_MSGID - 1, "a>", 3);
	assert_string_equal(msgid_first(a, span_of(id)), "");
	arena_close(&a);
}

static void
test_ours(void **s)
{
	static const unsigned char random[MSGID_RANDOM] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	struct arena *a = arena_open();
	struct span key = span_of("une clef d'essai de 32 octets...");
	const char *id = msgid_make(a, key, "BI-2026-00042", "ack", random, "ville.test");
	struct msgids l;

	(void)s;
	msgid_list(a, span_of(id), &l);
	assert_int_equal(l.n, 1);
	assert_true(msgid_is_ours(key, id));
	assert_false(msgid_is_ours(span_of("une autre clef"), id));
	assert_false(msgid_is_ours(span_of(""), id));
	assert_int_equal(strlen(msgid_token(a, id)), 16);
	assert_non_null(strstr(id, msgid_token(a, id)));
	arena_close(&a);
}

/* Whatever byte is changed, it is no longer ours. */
static void
test_forged(void **s)
{
	static const unsigned char random[MSGID_RANDOM] = { 9 };
	struct arena *a = arena_open();
	struct span key = span_of("clef");
	const char *id = msgid_make(a, key, "0", "notify", random, "ville.test");

	(void)s;
	for (size_t i = 1; id[i + 1] != '\0'; i++) {
		char *z = arena_strdup(a, id);

		z[i] = z[i] == 'a' ? 'b' : 'a';
		if (msgid_is_ours(key, z))
			fail_msg("%s", z);
	}
	assert_false(msgid_is_ours(key, "<a@b>"));
	assert_false(msgid_is_ours(key, ""));
	assert_false(msgid_is_ours(key, "<0.ack.aaaaaaaaaaaaaaaa@ville.test>"));
	arena_close(&a);
}

int
main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(test_list), cmocka_unit_test(test_edges),
		cmocka_unit_test(test_ours), cmocka_unit_test(test_forged),
	};

	return cmocka_run_group_tests(t, NULL, NULL);
}
