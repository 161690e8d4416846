/* The reader process from outside: answers, deaths, silences, charsets, large mails. */
#include "reader.h"

#include "charset.h"
#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const char plain_mail[] =
    "From: Anne Durand <anne@exemple.test>\r\nTo: bureau@ville.test\r\n"
    "Subject: =?utf-8?Q?D=C3=A9tresse?=\r\nMessage-ID: <a@exemple.test>\r\n"
    "Date: Tue, 24 Nov 2026 10:12:00 +0100\r\n\r\n"
    "Bonjour,\r\nJe suis expulsée le 30, que faire ?\r\n";

static const char small_rules[] =
    "category logement  label=\"Logement\" template=ack-logement threshold=4\n"
    "body R_EXPULSION +6 /\\bexpuls/\n";

static char dir[] = "/tmp/test_reader_XXXXXX";
static const char *rules_dir;
static struct reader *reader;

static void
rules_put(const char *text)
{
	ARENA_AUTO struct arena *a = arena_open();
	int fd = open(arena_printf(a, "%s/a.rules", dir),
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct fault f;

	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, span_of(text), &f), ST_OK);
	assert_int_equal(close(fd), 0);
}

static int
open_small(void **state)
{
	struct fault f = { 0 };

	(void)state;
	rules_put(small_rules);
	if (reader_open(&reader, dir, READER_DAEMON, &f) == ST_OK)
		return 0;
	print_error("%s\n", f.text);
	return -1;
}

static int
close_it(void **state)
{
	(void)state;
	reader_close(&reader);
	return 0;
}

/* The because of an unreadable mail, "" of a readable one. */
static const char *
ask(struct arena *a, struct span raw, const struct mail **m)
{
	const struct verdict *v;
	const char *because;
	struct fault f = { 0 };

	if (reader_ask(reader, a, raw, 0, m, &v, &because, &f) != ST_OK)
		fail_msg("%s", f.text);
	assert_int_equal(*m == NULL, v == NULL);
	return *m == NULL ? because : "";
}

static void
assert_it_reads(void)
{
	ARENA_AUTO struct arena *a = arena_open();
	const struct mail *m;

	assert_string_equal(ask(a, span_of(plain_mail), &m), "");
	assert_string_equal(m->subject, "Détresse");
}

static void
a_mail_and_its_verdict(void **state)
{
	static const enum reader_use uses[] = { READER_DAEMON, READER_ONCE };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct reader *r = NULL;
		const struct mail *m;
		const struct verdict *v;
		const char *because;
		struct fault f = { 0 };

		if (reader_open(&r, rules_dir, uses[i], &f) != ST_OK)
			fail_msg("%s", f.text);
		assert_int_equal(reader_ask(r, a, span_of(plain_mail), 0, &m, &v, &because,
		    &f), ST_OK);
		assert_non_null(m);
		assert_string_equal(m->message_id, "<a@exemple.test>");
		assert_string_equal(m->from.v[0].spec, "anne@exemple.test");
		assert_string_equal(m->subject, "Détresse");
		assert_non_null(strstr(m->text, "expulsée le 30"));
		assert_int_equal(m->date, 1795511520);
		assert_string_equal(v->category, "logement");
		assert_true(v->nhits > 0);
		assert_int_equal(reader_ask(r, a, span_of(plain_mail), PARSE_PARTIAL, &m, &v, &because,
		    &f), ST_OK);
		assert_int_equal(m->flags & MAIL_PARTIAL, MAIL_PARTIAL);
		reader_close(&r);
		assert_null(r);
		reader_close(&r);
	}
}

static void
bytes_that_are_no_mail(void **state)
{
	static const char *const no_mail[] = { "", "\r\n\r\n", "\xff\xfe\xfd" };

	(void)state;
	for (size_t i = 0; i < sizeof no_mail / sizeof *no_mail; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		const struct mail *m;
		int pid = reader_pid(reader);

		assert_string_equal(ask(a, span_of(no_mail[i]), &m),
		    "no mail can be made of these bytes");
		assert_int_equal(reader_pid(reader), pid);
	}
	assert_it_reads();
}

/* Dead, but not reaped: what a crash between two mails leaves. */
static void
wait_for_death(int pid)
{
	siginfo_t si;

	assert_int_equal(waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT), 0);
}

static void
a_death_between_mails_blames_no_mail(void **state)
{
	int pid = reader_pid(reader);

	(void)state;
	assert_it_reads();
	assert_int_equal(kill(pid, SIGKILL), 0);
	wait_for_death(pid);
	assert_it_reads();
	assert_int_not_equal(reader_pid(reader), pid);
}

/* In a child: once the question lies in a pipe that nobody reads, end the one who should. */
static void
kill_when_asked(int pid)
{
	for (;;)
		for (int fd = 3; fd < 64; fd++) {
			int n = 0;

			if (ioctl(fd, FIONREAD, &n) == 0 && n > 0)
				_exit(kill(pid, SIGKILL) == 0 ? 0 : 1);
		}
}

static void
a_death_on_a_mail_is_its_answer(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	int status, helper, pid = reader_pid(reader);
	const struct mail *m;

	(void)state;
	assert_int_equal(kill(pid, SIGSTOP), 0);
	helper = fork();
	assert_true(helper >= 0);
	if (helper == 0)
		kill_when_asked(pid);
	assert_string_equal(ask(a, span_of(plain_mail), &m), "the reader died");
	assert_int_equal(waitpid(helper, &status, 0), helper);
	assert_int_equal(status, 0);
	assert_int_equal(reader_pid(reader), 0);
	assert_it_reads();
}

static void
silence_is_an_answer(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	const struct mail *m;

	(void)state;
	assert_int_equal(kill(reader_pid(reader), SIGSTOP), 0);
	assert_string_equal(ask(a, span_of(plain_mail), &m), "the reader took too long");
	assert_int_equal(reader_pid(reader), 0);
	assert_it_reads();
}

/* A stop of the whole control group or terminal must not cost a resident's mail. */
static void
a_stop_for_all_is_not_for_the_reader(void **state)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGPIPE };
	int pid = reader_pid(reader);

	(void)state;
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		assert_int_equal(kill(pid, signals[i]), 0);
		assert_it_reads();
		assert_int_equal(reader_pid(reader), pid);
	}
}

/* Rules that are broken meanwhile: the mail waits, nothing is lost and nothing crashes. */
static void
no_new_reader_is_temporary(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	int pid = reader_pid(reader);
	const struct mail *m;
	const struct verdict *v;
	const char *because;
	struct fault f;

	(void)state;
	rules_put("category\n");
	assert_int_equal(kill(pid, SIGKILL), 0);
	wait_for_death(pid);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(reader_ask(reader, a, span_of(plain_mail), 0, &m, &v,
		    &because, &f),
		    ST_TEMP);
		assert_int_equal(f.st, ST_TEMP);
		assert_non_null(strstr(f.text, "a.rules:1: "));
		assert_null(m);
		assert_null(v);
	}
	rules_put(small_rules);
	assert_it_reads();
}

static void
bad_rules_are_named(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct reader *r = NULL;
	struct fault f;

	(void)state;
	rules_put(arena_printf(a, "%sexample logement \"bonjour\"\n", small_rules));
	assert_int_equal(reader_open(&r, dir, READER_DAEMON, &f), ST_PERM);
	assert_int_equal(f.st, ST_PERM);
	assert_non_null(strstr(f.text, "a.rules:3: "));
	assert_null(r);
	assert_int_equal(reader_open(&r, "/nowhere", READER_DAEMON, &f), ST_PERM);
	assert_string_equal(f.text, "/nowhere: No such file or directory");
}

static size_t
descriptors(const char *whose)
{
	DIR *d = opendir(whose);
	struct dirent *e;
	size_t n = 0;

	if (d == NULL)
		return 0;
	while ((e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	(void)closedir(d);
	return n;
}

static void
descriptors_come_back(void **state)
{
	size_t before = descriptors("/proc/self/fd");
	struct reader *r = NULL;
	struct fault f;

	(void)state;
	rules_put("category\n");
	for (int i = 0; i < 5; i++)
		assert_int_equal(reader_open(&r, dir, READER_DAEMON, &f), ST_PERM);
	rules_put(small_rules);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(reader_open(&r, dir, READER_DAEMON, &f), ST_OK);
		reader_close(&r);
	}
	assert_int_equal(descriptors("/proc/self/fd"), before);
}

/* A library's descriptor without close-on-exec, say the mailbox's socket. */
static void
it_inherits_two_pipes_and_the_journal(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	int leaked = open("/dev/null",
	    O_RDONLY);	/* NOLINT: on purpose not close-on-exec */
	struct reader *r = NULL;
	struct fault f;
	size_t n;

	(void)state;
	assert_true(leaked >= 0);
	rules_put(small_rules);
	assert_int_equal(reader_open(&r, dir, READER_DAEMON, &f), ST_OK);
	n = descriptors(arena_printf(a, "/proc/%d/fd", reader_pid(r)));
	reader_close(&r);
	assert_int_equal(close(leaked), 0);
	if (n == 0) {
		print_message("only root may look into a process that is not traceable\n");
		skip();
	}
	assert_int_equal(n, 3);
}

static const char *
base64(struct arena *a, struct span s)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *out = arena_alloc(a, s.n / 3 * 4 + s.n / 57 * 2 + 16, 1), *p = out;

	for (size_t i = 0; i < s.n; i += 3) {
		unsigned v = 0;

		for (size_t j = 0; j < 3; j++)
			v = v << 8 | (i + j < s.n ? (unsigned char)s.p[i + j] : 0u);
		for (int j = 3; j >= 0; j--)
			*p++ = i + (size_t)(3 - j) > s.n ? '=' : digits[v >> (6 * j) & 63];
		if (i % 57 == 54) {
			*p++ = '\r';
			*p++ = '\n';
		}
	}
	return out;
}

/* `text` in that charset; n 0 when it has no such letters. */
static struct span
encoded(struct arena *a, const char *charset, const char *text)
{
	enum { MAX = 400 };
	iconv_t cd = iconv_open(charset, "UTF-8");
	char *in = arena_strdup(a, text), *out = arena_alloc(a, MAX, 1), *p = out;
	size_t left = strlen(text), room = MAX;
	bool ok;

	assert_true((intptr_t)cd != -1);
	ok = iconv(cd, &in, &left, &p, &room) == 0 && iconv(cd, NULL, NULL, &p, &room) == 0;
	(void)iconv_close(cd);
	return span_from(out, ok ? MAX - room : 0);
}

static void
every_charset_inside_the_walls(void **state)
{
	static const char *const samples[] = {
		"Été à la mairie", "Привет, город", "Καλημέρα", "שלום לכם", "مرحبا بكم",
		"日本語の手紙", "한국어 편지", "สวัสดี", "Été", "Žluťoučký kůň", "ağaç", "ąčęė",
		"您好，市政府",
	};
	enum { SAMPLES = sizeof samples / sizeof *samples };
	const char *const *names;
	size_t n = charset_names(&names), tried = 0;

	(void)state;
	assert_true(n > 30);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < SAMPLES; j++) {
			ARENA_AUTO struct arena *a = arena_open();
			struct span s = encoded(a, names[i], samples[j]);
			const struct mail *m;

			if (s.n == 0)
				continue;
			tried |= (size_t)1 << i;
			assert_string_equal(ask(a, span_of(arena_printf(a, "From: a@b.test\r\n"
			    "Content-Type: text/plain; charset=%s\r\n"
			    "Content-Transfer-Encoding: base64\r\n\r\n%s\r\n", names[i],
			    base64(a, s))), &m), "");
			if (strstr(m->text, samples[j]) == NULL)
				fail_msg("%s: \"%s\", not \"%s\"", names[i], m->text,
				    samples[j]);
		}
	for (size_t i = 0; i < n; i++)
		if ((tried >> i & 1) == 0)
			fail_msg("%s: no sample has its letters", names[i]);
}

/* A mail of about so many bytes: a few words and a photograph. */
static struct span
photo_mail(struct arena *a, size_t bytes)
{
	size_t raw = bytes / 78 * 57;
	char *photo = arena_alloc(a, raw, 1);
	const char *z;

	memset(photo, 0x5a, raw);
	z = arena_printf(a, "From: a@b.test\r\nSubject: photo\r\nMIME-Version: 1.0\r\n"
	    "Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n\r\nVoici la moisissure.\r\n--B\r\n"
	    "Content-Type: image/jpeg; name=\"mur.jpg\"\r\n"
	    "Content-Transfer-Encoding: base64\r\n"
	    "Content-Disposition: attachment; filename=\"mur.jpg\"\r\n\r\n%s\r\n--B--\r\n",
	    base64(a, span_from(photo, raw)));
	return span_of(z);
}

/* The largest that max_message_mib lets through, by default and at most, again and again: the
 * memory of one must be free for the next. */
static void
large_mails_fit(void **state)
{
	static const size_t mib[] = { 1, 35, 35, 35, 64, 35, 64 };

	(void)state;
	for (size_t i = 0; i < sizeof mib / sizeof *mib; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		const struct mail *m;
		struct span raw = photo_mail(a, mib[i] * 1024 * 1024);
		const char *because = ask(a, raw, &m);

		if (m == NULL)
			fail_msg("%zu MiB: %s", mib[i], because);
		assert_non_null(strstr(m->text, "moisissure"));
		assert_int_equal(m->natt, 1);
		assert_string_equal(m->att[0].filename, "mur.jpg");
	}
}

static int
begin(void **state)
{
	const char *env = getenv("RULES");

	(void)state;
	(void)signal(SIGPIPE, SIG_IGN);
	rules_dir = env != NULL ? env : "rules";
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int
end(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();

	(void)state;
	if (unlink(arena_printf(a, "%s/a.rules", dir)) < 0)
		return -1;
	return rmdir(dir);
}

#define WITH_READER(test) cmocka_unit_test_setup_teardown(test, open_small, close_it)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mail_and_its_verdict),
		WITH_READER(bytes_that_are_no_mail),
		WITH_READER(a_death_between_mails_blames_no_mail),
		WITH_READER(a_death_on_a_mail_is_its_answer),
		WITH_READER(silence_is_an_answer),
		WITH_READER(a_stop_for_all_is_not_for_the_reader),
		WITH_READER(no_new_reader_is_temporary),
		cmocka_unit_test(bad_rules_are_named),
		cmocka_unit_test(descriptors_come_back),
		cmocka_unit_test(it_inherits_two_pipes_and_the_journal),
		WITH_READER(every_charset_inside_the_walls),
		WITH_READER(large_mails_fit),
	};

	if (reader_is_me(argc, argv))
		return reader_main(argc, argv);
	return cmocka_run_group_tests(tests, begin, end);
}
