/* The reader gives back what a large mail took. */
#include "reader.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/test_reader_memory.XXXXXX";

static int
begin(void **state)
{
	char path[200];
	FILE *f;

	(void)state;
	(void)signal(SIGPIPE, SIG_IGN);
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(path, sizeof path, "%s/a.rules", dir);
	f = fopen(path, "w");
	if (f == NULL || fputs("category c label=\"C\" template=ack-c threshold=4\n"
	    "body R +6 /\\bexpuls/\n", f) < 0)
		return -1;
	return fclose(f);
}

static int
end(void **state)
{
	char path[200];

	(void)state;
	(void)snprintf(path, sizeof path, "%s/a.rules", dir);
	return unlink(path) == 0 ? rmdir(dir) : -1;
}

#ifndef BUREAUD_SAN

/* Of that process, without the pages of its libraries, which are shared. */
static long
kib_of(int pid)
{
	char path[64], line[200];
	long kib = 0;
	FILE *f;

	(void)snprintf(path, sizeof path, "/proc/%d/status", pid);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, "RssAnon:", 8) == 0)
			kib = strtol(line + 8, NULL, 10);
	(void)fclose(f);
	return kib;
}

/* A photograph of so many MiB as it is sent. */
static struct span
mail_of(struct arena *a, size_t mib)
{
	static const char head[] = "From: a@exemple.test\r\nMessage-ID: <1@exemple.test>\r\n"
	    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\n"
	    "Voir la photo.\r\n--B\r\nContent-Type: image/jpeg; name=\"mur.jpg\"\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n";
	enum { LINE = 78 };
	const size_t lines = mib * 1024 * 1024 / LINE;
	char *z = arena_alloc(a, sizeof head + lines * LINE, 1), *p = z;

	memcpy(p, head, sizeof head - 1);
	p += sizeof head - 1;
	for (size_t i = 0; i < lines; i++, p += LINE) {
		memset(p, "ABCDEFGH"[i % 8], LINE - 2);
		memcpy(p + LINE - 2, "\r\n", 2);
	}
	return span_from(z, (size_t)(p - z));
}

static void
ask(struct reader *r, struct span raw)
{
	ARENA_AUTO struct arena *a = arena_open();
	const struct mail *m;
	const struct verdict *v;
	const char *because;
	struct fault f = { 0 };

	assert_int_equal(reader_ask(r, a, raw, 0, &m, &v, &because, &f), ST_OK);
	if (m == NULL)
		fail_msg("%s", because);
}

static void
gives_back_what_a_large_mail_took(void **state)
{
	static const size_t mib[] = { 30, 24, 12, 3, 30 };
	ARENA_AUTO struct arena *a = arena_open();
	const struct span small = mail_of(a, 0);
	struct reader *r = NULL;
	struct fault f = { 0 };
	long before;

	(void)state;
	if (reader_open(&r, dir, READER_ONCE, &f) != ST_OK)
		fail_msg("%s", f.text);
	ask(r, small);
	before = kib_of(reader_pid(r));
	for (size_t i = 0; i < sizeof mib / sizeof *mib; i++) {
		ARENA_AUTO struct arena *one = arena_open();

		ask(r, mail_of(one, mib[i]));
		ask(r, small);
		if (kib_of(reader_pid(r)) > before + 3 * 1024)
			fail_msg("%ld KiB after %zu MiB, %ld before", kib_of(reader_pid(r)),
			    mib[i], before);
	}
	reader_close(&r);
}

#else

static void
gives_back_what_a_large_mail_took(void **state)
{
	(void)state;
	skip();		/* the sanitizer keeps what is freed */
}

#endif

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_back_what_a_large_mail_took),
	};

	if (reader_is_me(argc, argv))
		return reader_main(argc, argv);
	return cmocka_run_group_tests(tests, begin, end);
}
