/* log.h and status.h: what reaches the journal, byte by byte. */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int journal[2], kept;

static void
catch_stderr(void)
{
	assert_int_equal(pipe(journal), 0);
	kept = dup(STDERR_FILENO);
	assert_true(dup2(journal[1], STDERR_FILENO) >= 0);
}

/* What was logged since; "" when nothing. */
static const char *
caught(void)
{
	static char z[4096];
	ssize_t n;

	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	(void)close(kept);
	(void)close(journal[1]);
	n = read(journal[0], z, sizeof z - 1);
	assert_true(n >= 0);
	z[n] = '\0';
	(void)close(journal[0]);
	return z;
}

static void
one_line_an_event(void **state)
{
	(void)state;
	catch_stderr();
	errno = EAGAIN;
	log_event(LOG_L_INFO, "mail", "uid=%d what=\"%s\"", 7, "a\nb\r\x1b[31m\tc\x7f");
	assert_int_equal(errno, EAGAIN);
	assert_string_equal(caught(), "<6>mail uid=7 what=\"a?b??[31m?c?\"\n");
	catch_stderr();
	log_event(LOG_L_ERR, "end", "%s", "");
	assert_string_equal(caught(), "<3>end\n");
}

/* U+009B is "ESC [" to a terminal; é and à share its first or second byte and stay. */
static void
no_c1_control(void **state)
{
	const char *got;

	(void)state;
	catch_stderr();
	log_event(LOG_L_INFO, "x", "a=%s", "\xc2\x9b" "31m é \xc3\x9b \xc2\xa0.");
	got = caught();
	assert_null(strstr(got, "\xc2\x9b"));
	assert_non_null(strstr(got, "31m é \xc3\x9b \xc2\xa0."));
}

static void
levels(void **state)
{
	(void)state;
	catch_stderr();
	log_event(LOG_L_DEBUG, "x", "a=1");
	assert_string_equal((log_event(LOG_L_WARN, "y", "a=1"), caught()), "<4>y a=1\n");
	log_open(LOG_L_DEBUG);
	catch_stderr();
	log_event(LOG_L_DEBUG, "x", "a=1");
	assert_string_equal(caught(), "<7>x a=1\n");
	log_open(LOG_L_INFO);
}

static void
a_line_has_an_end(void **state)
{
	char big[3000];
	const char *got;

	(void)state;
	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	catch_stderr();
	log_event(LOG_L_INFO, "x", "a=%s", big);
	got = caught();
	assert_int_equal(strlen(got), 1024);
	assert_string_equal(got + 1020, "xxx\n");
}

/* A server's words must not look like a key of ours. */
static void
a_fault_stays_in_its_quotes(void **state)
{
	struct fault f;

	(void)state;
	assert_int_equal(fault_set(&f, ST_TEMP, "said \"x\" outcome=\"append"), ST_TEMP);
	catch_stderr();
	log_fault(LOG_L_WARN, "smtp", &f);
	assert_string_equal(caught(), "<4>smtp class=temp why=\"said 'x' outcome='append\"\n");
	assert_string_equal(f.text, "said \"x\" outcome=\"append");
}

static void
faults(void **state)
{
	struct fault f;
	char big[600];

	(void)state;
	errno = ENOSPC;
	assert_int_equal(fault_errno(&f, ST_PERM, "%s", "file"), ST_PERM);
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(f.st, ST_PERM);
	assert_string_equal(f.text, "file: No space left on device");
	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	assert_int_equal(fault_set(&f, ST_NONE, "%s", big), ST_NONE);
	assert_int_equal(strlen(f.text), sizeof f.text - 1);
	assert_int_equal(fault_errno(&f, ST_UNSURE, "%s", big), ST_UNSURE);
	assert_int_equal(strlen(f.text), sizeof f.text - 1);
}

static void
names(void **state)
{
	static const char *const want[] = { "ok", "none", "temp", "perm", "unsure" };

	(void)state;
	for (int i = ST_OK; i <= ST_UNSURE; i++)
		assert_string_equal(status_name((enum status)i), want[i]);
}

/* A pipe that nobody reads fills up; each of these calls returns all the same. */
static void
a_blocked_journal_stops_nobody(void **state)
{
	enum { LINES = 200 };
	static char filler[900], all[256 * 1024];
	char told[64];
	size_t n = 0, lines = 0;
	ssize_t r;

	(void)state;
	memset(filler, 'x', sizeof filler - 1);
	catch_stderr();
	for (int i = 0; i < LINES; i++)
		log_event(LOG_L_INFO, "x", "%s", filler);
	assert_int_equal(fcntl(journal[0], F_SETFL, O_NONBLOCK), 0);
	while ((r = read(journal[0], all + n, sizeof all - 1 - n)) > 0)
		n += (size_t)r;
	for (size_t i = 0; i < n; i++)
		lines += all[i] == '\n';
	assert_in_range(lines, 1, LINES - 1);
	log_event(LOG_L_INFO, "x", "a=1");
	(void)snprintf(told, sizeof told, "<4>log-lost lines=%zu\n<6>x a=1\n", LINES - lines);
	assert_string_equal(caught(), told);
	catch_stderr();
	log_event(LOG_L_INFO, "x", "a=1");
	assert_string_equal(caught(), "<6>x a=1\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_line_an_event), cmocka_unit_test(no_c1_control),
		cmocka_unit_test(levels), cmocka_unit_test(a_blocked_journal_stops_nobody),
		cmocka_unit_test(a_line_has_an_end),
		cmocka_unit_test(a_fault_stays_in_its_quotes), cmocka_unit_test(faults),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
