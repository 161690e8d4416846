/* A reader that was taken over: whatever it says or does, the asker lives, believes no half
 * answer and gives the next mail a new one.  This program is that reader when reader_open
 * starts it. */
#include "reader.h"

#include "file.h"
#include "limits.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

static void
say(const char *bytes, size_t n)
{
	struct fault f;

	if (file_write_all(STDOUT_FILENO, span_from(bytes, n), &f) != ST_OK)
		_exit(1);
}

static void
say_u64(uint64_t v)
{
	struct buf b BUF_AUTO = { 0 };

	buf_open(&b, 8);
	wire_put_u64(&b, v);
	say(b.z, b.n);
}

/* An answer in good order: unreadable.  One write, so that it comes at once. */
#define UNREADABLE "\10\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0"

static void lie_trailing(void) { say(UNREADABLE "more", 20); }
static void lie_twice(void) { say(UNREADABLE UNREADABLE, 32); }
static void lie_short(void) { say_u64(100); say("x", 1); _exit(0); }
static void lie_nonsense(void) { say_u64(3); say("abc", 3); }
static void lie_empty(void) { say_u64(0); }
static void lie_exit(void) { _exit(0); }

static void
lie_endless(void)
{
	static const char zeros[64 * 1024];

	say_u64(UINT64_MAX);
	for (;;)
		say(zeros, sizeof zeros);
}

static const char zeros[LIMIT_ANSWER - 7];

/* One byte more than the limit with its head, without files and with them. */
static void
lie_too_long(void)
{
	say_u64(LIMIT_ANSWER_TEXT - 7);
	say(zeros, LIMIT_ANSWER_TEXT - 7);
}

static void
lie_too_long_files(void)
{
	say_u64(sizeof zeros);
	say(zeros, sizeof zeros);
}

/* As long as an answer with files may be, and no answer. */
static void
lie_long(void)
{
	say_u64(sizeof zeros - 1);
	say(zeros, sizeof zeros - 1);
}

static const struct lie {
	const char *name;
	void (*tell)(void);
	const char *because;
	unsigned want;
} lies[] = {
	{ "/trailing", lie_trailing, "the reader's answer makes no sense", 0 },
	{ "/twice", lie_twice, "the reader's answer makes no sense", 0 },
	{ "/nonsense", lie_nonsense, "the reader's answer makes no sense", 0 },
	{ "/empty", lie_empty, "the reader's answer makes no sense", 0 },
	{ "/short", lie_short, "the reader died", 0 },
	{ "/exit", lie_exit, "the reader died", 0 },
	{ "/endless", lie_endless, "the reader died", 0 },
	{ "/toolong", lie_too_long, "the reader died", 0 },
	{ "/toolongfiles", lie_too_long_files, "the reader died", PARSE_BYTES },
	{ "/long", lie_long, "the reader's answer makes no sense", PARSE_BYTES },
};
enum { LIES = sizeof lies / sizeof *lies };

/* Speaks without being asked. */
static void
on_signal(int sig)
{
	(void)sig;
	say(UNREADABLE, 16);
}

/* The taken-over reader: its rules' folder says what it does. */
static int
liar_main(const char *what)
{
	char question[16 + 4];

	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGUSR1, on_signal);
	if (strcmp(what, "/dies") == 0)
		return 1;
	if (strcmp(what, "/hello") == 0)
		say("\0\0\0\0\0\0\0\0more", 12);
	if (strcmp(what, "/babbles") == 0) {
		say_u64(UINT64_MAX);
		return 0;
	}
	say_u64(0);
	while (read(STDIN_FILENO, question, sizeof question) > 0)
		for (size_t i = 0; i < LIES; i++)
			if (strcmp(what, lies[i].name) == 0)
				lies[i].tell();
	return 0;
}

static void
lies_are_answers_about_one_mail(void **state)
{
	(void)state;
	for (size_t i = 0; i < LIES; i++) {
		struct reader *r = NULL;
		struct fault f = { 0 };

		assert_int_equal(reader_open(&r, lies[i].name, READER_ONCE, &f), ST_OK);
		for (int again = 0; again < 2; again++) {
			ARENA_AUTO struct arena *a = arena_open();
			const struct mail *m;
			const struct verdict *v;
			const char *because;

			assert_int_equal(reader_ask(r, a, span_of("mail"), lies[i].want, &m,
			    &v, &because, &f), ST_OK);
			assert_null(m);
			assert_null(v);
			assert_string_equal(because, lies[i].because);
			assert_int_equal(reader_pid(r), 0);
		}
		reader_close(&r);
	}
}

/* Until something lies in one of our pipes. */
static void
wait_for_words(void)
{
	for (;;)
		for (int fd = 3; fd < 64; fd++) {
			int n = 0;

			if (ioctl(fd, FIONREAD, &n) == 0 && n > 0)
				return;
		}
}

/* What was said before the question is no answer to it: the one who spoke is ended first. */
static void
an_answer_before_the_question(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct reader *r = NULL;
	const struct mail *m;
	const struct verdict *v;
	const char *because;
	struct fault f = { 0 };
	int first;

	(void)state;
	assert_int_equal(reader_open(&r, "/exit", READER_ONCE, &f), ST_OK);
	first = reader_pid(r);
	assert_int_equal(kill(first, SIGUSR1), 0);
	wait_for_words();
	assert_int_equal(reader_ask(r, a, span_of("mail"), 0, &m, &v, &because, &f), ST_OK);
	assert_string_equal(because,
	    "the reader died");	/* the next one, which was asked */
	assert_int_equal(kill(first, 0), -1);
	reader_close(&r);
}

static void
one_that_never_was_ready(void **state)
{
	static const struct { const char *name, *why; } t[] = {
		{ "/dies", "the reader died" }, { "/babbles", "the reader died" },
		{ "/hello", "the reader's answer makes no sense" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct reader *r = NULL;
		struct fault f = { 0 };

		assert_int_equal(reader_open(&r, t[i].name, READER_ONCE, &f), ST_TEMP);
		assert_string_equal(f.text, arena_printf(a, "reader: %s before it was ready",
		    t[i].why));
		assert_null(r);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lies_are_answers_about_one_mail),
		cmocka_unit_test(an_answer_before_the_question),
		cmocka_unit_test(one_that_never_was_ready),
	};

	if (reader_is_me(argc, argv))
		return liar_main(argv[2]);
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
