/* The field by which a snapshot of ours is known, and the night it belongs to. */
#include "vault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SET "0123456789abcdef0123456789abcdef"

static struct span
key(void)
{
	return span_of("a key of thirty-two bytes or more");
}

static const struct vault_part sample = { 0, SET, 1795572000, 2, 3, 1048576 };

static void
heads(void **state)
{
	struct arena *a ARENA_AUTO = arena_open();
	const char *good = vault_head(a, key(), &sample);
	struct vault_part p;

	(void)state;
	assert_true(vault_head_read(a, key(), span_of(arena_printf(a, "x: %s", good)), &p));
	assert_string_equal(p.set, SET);
	assert_true(p.made == sample.made && p.part == 2 && p.parts == 3 && p.bytes == 1048576);
	/* As servers fold and pad it. */
	assert_true(vault_head_read(a, key(), span_of(arena_printf(a, "X-Bureaud-Snapshot: %.*s\r\n\t%s\r\n\r\n", 36, good,
	    good + 37)), &p));
	assert_false(vault_head_read(a, span_of("another key, as long as it must be"), span_of(arena_printf(a, "x: %s", good)),
	    &p));
	for (size_t i = 0; good[i] != '\0'; i++) {
		char *bad = arena_strdup(a, good);

		bad[i] ^= 1;
		assert_false(vault_head_read(a, key(), span_of(arena_printf(a, "x: %s", bad)), &p));
		assert_false(vault_head_read(a, key(), span_of(arena_printf(a, "x: %.*s", (int)i, good)), &p));
	}
}

/* Under our own key and yet senseless: refused all the same. */
static void
limits(void **state)
{
	static const struct vault_part bad[] = {
		{ 0, SET, 1, 0, 3, 1 }, { 0, SET, 1, 4, 3, 1 }, { 0, SET, 1, 1, VAULT_PARTS_MAX + 1, 1 },
		{ 0, SET, 1, 1, 1, VAULT_PART + 1 }, { 0, "", 1, 1, 1, 1 },
		{ 0, "0123456789abcdef0123456789abcdeg", 1, 1, 1, 1 },
	};
	struct arena *a ARENA_AUTO = arena_open();
	struct vault_part p;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(vault_head_read(a, key(), span_of(arena_printf(a, "x: %s", vault_head(a, key(), &bad[i]))), &p));
}

static void
nights(void **state)
{
	static const struct { const char *now, *night; } t[] = {
		{ "2026-11-25T03:00:00+01:00", "2026-11-25T03:00:00+01:00" },
		{ "2026-11-25T02:59:59+01:00", "2026-11-24T03:00:00+01:00" },
		{ "2026-11-25T23:00:00+01:00", "2026-11-25T03:00:00+01:00" },
		{ "2026-10-25T02:59:59+01:00", "2026-10-24T03:00:00+02:00" },
		{ "2026-10-25T03:00:00+01:00", "2026-10-25T03:00:00+01:00" },
		{ "2026-03-29T03:00:00+02:00", "2026-03-29T03:00:00+02:00" },
	};
	struct fault f;

	(void)state;
	assert_int_equal(date_zone_set("Europe/Paris", &f), ST_OK);
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		int64_t now, night;

		assert_true(date_parse_rfc3339(span_of(t[i].now), &now));
		assert_true(date_parse_rfc3339(span_of(t[i].night), &night));
		assert_int_equal(vault_night(now), night);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads), cmocka_unit_test(limits), cmocka_unit_test(nights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
