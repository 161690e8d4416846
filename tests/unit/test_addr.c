/* Addresses as real and hostile mail writes them. */
#include "addr.h"
#include "limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *in;
	size_t n;
	const char *name, *spec;	/* of the first */
	bool broken;
} lists[] = {
	{ "jean@exemple.test", 1, "", "jean@exemple.test", false },
	{ "Jean Dupont <jean@EXEMPLE.Test>", 1, "Jean Dupont", "jean@exemple.test", false },
	{ "\"Dupont, Jean\" <jean@exemple.test>", 1, "Dupont, Jean", "jean@exemple.test",
	    false },
	{ "Dupont, Jean <jean@exemple.test>", 1, "Dupont, Jean", "jean@exemple.test", false },
	{ "jean@exemple.test (Jean)", 1, "Jean", "jean@exemple.test", false },
	{ "a (x (y) z) <a@b.fr>", 1, "a", "a@b.fr", false },
	{ "a@b.fr <c@d.fr>", 1, "a@b.fr", "c@d.fr", false },
	{ "a@b.fr, Jean <c@d.fr>, d@e.fr", 3, "", "a@b.fr", false },
	{ "Mairie: a@b.fr, C <c@d.fr>;", 2, "", "a@b.fr", false },
	{ "undisclosed-recipients:;", 0, "", "", false },
	{ "<@x.fr,@y.fr:a@b.fr>", 1, "", "a@b.fr", false },
	{ "dupont @ b.fr", 1, "", "dupont@b.fr", false },
	{ "Jean <a@b.fr", 1, "Jean", "a@b.fr", false },
	{ "Jean a@b.fr>", 1, "Jean", "a@b.fr", false },
	{ "<<a@b.fr>>", 1, "", "a@b.fr", false },
	{ "<mailto:a@b.fr>", 1, "", "a@b.fr", false },
	{ "\"a b\"@c.fr", 1, "", "\"a b\"@c.fr", false },
	{ "\"j\\\"o\" <a@b.fr>", 1, "j\"o", "a@b.fr", false },
	{ "user@[192.0.2.1]", 1, "", "user@[192.0.2.1]", false },
	{ "Mairie de Soissons", 0, "", "", true },
	{ "<>", 0, "", "", false },
	{ "", 0, "", "", false },
	{ "a@b.fr c@d.fr", 2, "", "a@b.fr", true },
	{ "A <a@b.fr> B <c@d.fr>", 2, "A", "a@b.fr", true },
	{ "A <a@b.fr> reste", 1, "A", "a@b.fr", true },
	/* An encoded word is no address, wherever it stands. */
	{ "=?utf-8?q?a=40b.fr?=", 0, "", "", true },
	{ "<=?utf-8?q?a?=@b.fr>", 0, "", "", true },
	/* Unclosed marks are letters, and hide nothing. */
	{ "Jean (maire <a@b.fr>", 1, "Jean (maire", "a@b.fr", false },
	{ "O\"Neil <a@b.fr>", 1, "O\"Neil", "a@b.fr", false },
};

static void
test_list(void **s)
{
	struct arena *a = arena_open();

	(void)s;
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		struct addrs l;

		addr_list(a, span_of(lists[i].in), &l);
		if (l.n != lists[i].n || l.broken != lists[i].broken)
			fail_msg("%s: n %zu broken %d", lists[i].in, l.n, l.broken);
		if (l.n > 0) {
			assert_string_equal(l.v[0].spec, lists[i].spec);
			assert_string_equal(l.v[0].name, lists[i].name);
		}
	}
	arena_close(&a);
}

static void
test_nul_is_broken(void **s)
{
	static const char from[] = "agent@ville.fr\0@evil.test";
	struct arena *a = arena_open();
	struct addrs l;

	(void)s;
	addr_list(a, span_from(from, sizeof from - 1), &l);
	assert_true(l.broken);
	assert_int_equal(l.n, 0);
	arena_close(&a);
}

static void
test_edge_count(void **s)
{
	struct arena *a = arena_open();
	char z[8 * (LIMIT_ADDRESSES + 1) + 1] = "";
	struct addrs l;

	(void)s;
	for (size_t i = 0; i <= LIMIT_ADDRESSES; i++)
		memcpy(z + 8 * i, "a@bb.fr,", 8);
	addr_list(a, span_from(z, sizeof z - 1), &l);
	assert_int_equal(l.n, LIMIT_ADDRESSES);
	addr_list(a, span_from(z, 8 * (LIMIT_ADDRESSES - 1)), &l);
	assert_int_equal(l.n, LIMIT_ADDRESSES - 1);
	arena_close(&a);
}

/* Depth is counted, never recursed: these end at once. */
static void
test_floods(void **s)
{
	static const char marks[] = "(<:\"@,;=\\";
	static char z[LIMIT_HEADER_FIELD + 100];
	struct arena *a = arena_open();
	struct addrs l;

	(void)s;
	for (size_t i = 0; marks[i] != '\0'; i++) {
		memset(z, marks[i], sizeof z);
		addr_list(a, span_from(z, sizeof z), &l);
		assert_int_equal(l.n, 0);
	}
	arena_close(&a);
}

static void
test_strict(void **s)
{
	static const char *const good[] = {
		"a@b.fr", "a+b@c-d.example", "o'neil@x.fr", "root@localhost",
	};
	static const char *const bad[] = {
		"", "a", "@b.fr", "a@", "a@b", "-a@b.fr", "a%b@c.fr", "a!b@c.fr",
		"\"a b\"@c.fr",
		"a@[192.0.2.1]", "a@b..fr", "a..b@c.fr", ".a@b.fr", "a.@b.fr", "a@-b.fr",
		"a@b-.fr", "a b@c.fr", "a@b.fr>\r\nRCPT TO:<c@d.fr", "é@b.fr", "a@é.fr",
		"a@b@c.fr",
		"a,b@c.fr", "a;b@c.fr", "<a@b.fr>",
	};

	(void)s;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		if (!addr_is_strict(good[i]))
			fail_msg("%s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (addr_is_strict(bad[i]))
			fail_msg("%s", bad[i]);
}

static void
test_strict_edge(void **s)
{
	char z[LIMIT_ADDRESS + 2];

	(void)s;
	memset(z, 'a', sizeof z);
	for (size_t i = 10; i < LIMIT_ADDRESS; i += 50)
		z[i] = '.';
	z[1] = '@';
	z[LIMIT_ADDRESS] = '\0';
	assert_true(addr_is_strict(z));
	z[LIMIT_ADDRESS] = 'a';
	z[LIMIT_ADDRESS + 1] = '\0';
	assert_false(addr_is_strict(z));
}

static void
test_parts(void **s)
{
	struct arena *a = arena_open();

	(void)s;
	assert_true(addr_same("A@B.fr", "a@b.FR"));
	assert_false(addr_same("", ""));
	assert_string_equal(addr_key(a, "Jean@B.FR"), "jean@b.fr");
	assert_string_equal(addr_domain("\"a@b\"@c.fr"), "c.fr");
	assert_string_equal(addr_domain("rien"), "");
	assert_true(span_eq(addr_local("jean+t@c.fr"), "jean"));
	assert_true(span_eq(addr_local("+t@c.fr"), "+t"));
	arena_close(&a);
}

int
main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(test_list), cmocka_unit_test(test_nul_is_broken),
		cmocka_unit_test(test_edge_count), cmocka_unit_test(test_floods),
		cmocka_unit_test(test_strict), cmocka_unit_test(test_strict_edge),
		cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests(t, NULL, NULL);
}
