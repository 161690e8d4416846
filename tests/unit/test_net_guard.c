#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include <string.h>

#include "imap_guard.h"

enum { LEFT = 1000 };

/* Fed byte by byte and all at once: the guard must not depend on how the stream is cut. */
static const struct row { const char *in, *why; } rows[] = {
	{ "* OK hello\r\n1 OK done\r\n", NULL },
	{ "* 1 FETCH (BODY[] {5}\r\nabcde)\r\n", NULL },
	{ "* 1 FETCH (BODY[] {1001}\r\n", "literal" },
	{ "* 1 FETCH (BODY[] {99999999999999999999999999}\r\n", "literal" },
	{ "* 1 FETCH (BODY[] {0099999999}\r\n", "literal" },
	{ "* 1 FETCH (BODY[] {99999+}\r\n", "literal" },
	{ "* 1 FETCH (BODY[] {14}\r\n{9999999999}\r\n UID 1)\r\n", NULL },
	{ "* 1 FETCH (BODY[] {3}\r\nabc X {9999}\r\n", "literal" },
	{ "* LIST () \".\" {9999}\r\n", "literal" },
	{ "* OK no literal {9999}\r\n1 OK\r\n", NULL },
	{ "* OK {5}\r\n* 1 FETCH (BODY[] {9999}\r\n", "literal" },
	{ "1 NO {9999}\r\n", NULL },
	{ "+ {9999}\r\n", NULL },
	{ "* 1 FETCH (BODY[] {}\r\n", NULL },
	{ "* 1 FETCH (X {a9999}\r\n", NULL },
	{ "{9999}\r\n", "literal" },
	{ "* OK [ALERT]\r\n", "response code" },
	{ "* ok [alert]  \r\n", "response code" },
	{ "1 NO [PARSE]\r\n", "response code" },
	{ "* BYE [ALERT]\r\n", "response code" },
	{ "* OK [ALERT] full\r\n", NULL },
	{ "* 1 FETCH (BODY[] {14}\r\n* OK [ALERT]\r\n)\r\n", NULL },
	{ "* LIST () \".\" [ALERT]\r\n", NULL },
	{ "\r\n\n\r\n", NULL },
};

static void
check(const struct row *r, const char *got)
{
	if ((r->why == NULL) != (got == NULL) || (got != NULL && strstr(got, r->why) == NULL))
		fail_msg("%s: %s", r->in, got == NULL ? "taken" : got);
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct imap_guard whole = { 0 }, cut = { 0 };
		const char *why = NULL;

		check(&rows[i], imap_guard(&whole, span_of(rows[i].in), LEFT));
		for (const char *p = rows[i].in; *p != '\0' && why == NULL; p++)
			why = imap_guard(&cut, span_from(p, 1), LEFT);
		check(&rows[i], why);
	}
}

static void
test_edges(void **state)
{
	struct imap_guard g = { 0 };

	(void)state;
	for (int i = 0; i < IMAP_GUARD_DEPTH; i++)
		assert_null(imap_guard(&g, span_of("("), LEFT));
	assert_null(imap_guard(&g, span_of(")("), LEFT));
	assert_non_null(imap_guard(&g, span_of("("), LEFT));
	g = (struct imap_guard){ 0 };
	assert_null(imap_guard(&g, span_of("* 1 FETCH (X {8}\r\n"), 26));
	g = (struct imap_guard){ 0 };
	assert_non_null(imap_guard(&g, span_of("* 1 FETCH (X {9}\r\n"), 26));
	g = (struct imap_guard){ 0 };
	for (int i = 0; i < IMAP_GUARD_LINES; i++)
		assert_null(imap_guard(&g, span_of("* 1 EXISTS\r\n"), LEFT));
	assert_non_null(imap_guard(&g, span_of("* 1 EXISTS\r\n"), LEFT));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
