/* Which mails are asked for their files: an agent's, whose answer goes to a citizen with them,
 * and
 * a citizen's that agents get a copy of. */
#include "intake.h"

#include "limits.h"
#include "log.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct agent agents[] = {
	{ .section = "claire", .name = "Claire Martin", .spec = "claire@ville.test",
	    .categories = "*" },
};
static const struct setup setup = { .desk = { .agents = agents, .nagents = 1 } };
static struct role role = { .setup = &setup };
static struct intake intake = { .role = &role };

#define FILE_PART "--b\nContent-Type: image/png; name=a.png\n" \
	"Content-Transfer-Encoding: base64\n\nAAEC\n"

static struct span
mail_from(struct arena *a, const char *from, const char *parts)
{
	return span_of(arena_printf(a, "From: %s\nSubject: s\n"
	    "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nBonjour.\n%s--b--\n", from,
	    parts));
}

static void
files_that_somebody_gets_are_kept(void **state)
{
	static const struct {
		const char *from, *parts;
		bool partial;
		size_t natt, bytes;
		unsigned flag;
	} t[] = {
		{ "Claire <Claire@Ville.test>", FILE_PART, false, 1, 3, 0 },
		{ "Claire <claire@ville.test> mairie", FILE_PART, false, 1, 3, 0 },
		{ "claire@ville.test", FILE_PART, true, 1, 0, MAIL_PARTS_TOO_BIG },
		{ "claire@ville.test", "", false, 0, 0, 0 },
		{ "anne@exemple.test", FILE_PART, false, 1, 3, 0 },
		{ "anne@exemple.test", FILE_PART, true, 1, 0, 0 },
		{ "anne@exemple.test", "\nmon mari me frappe\n" FILE_PART, false, 1,
		    0, 0 },
		{ "claire@ville.test, anne@exemple.test", FILE_PART, false, 1, 0, 0 },
		{ "claire@ville.test\nFrom: anne@exemple.test", FILE_PART, false, 1, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct batch_mail m = { .unreadable = "" };
		struct batch b = { .a = a, .v = &m, .n = 1 };
		struct fault f = { 0 };

		assert_int_equal(batch_read(&intake, &b, &m,
		    mail_from(a, t[i].from, t[i].parts), t[i].partial, &f), ST_OK);
		assert_true(m.fetched);
		assert_non_null(m.mail);
		assert_non_null(m.verdict);
		if (m.mail->natt != t[i].natt ||
		    (m.mail->natt > 0 && m.mail->att[0].bytes.n != t[i].bytes) ||
		    (m.mail->flags & MAIL_PARTS_TOO_BIG) != t[i].flag)
			fail_msg("case %zu: %zu files, flags %u", i, m.mail->natt,
			    m.mail->flags);
		if (t[i].bytes == 3)
			assert_memory_equal(m.mail->att[0].bytes.p, "\0\1\2", 3);
	}
}

/* Header fields and texts of the largest kind, and 20 MiB of files in a mail of 64 MiB: if the
 * reader cannot hold them, what the agent wrote is read all the same. */
static void
the_words_outlive_the_files(void **state)
{
	static const char file[] = "--b\nContent-Type: image/png\n"
	    "Content-Transfer-Encoding: 8bit\n\n";
	static const char tail[] = "\n--b--\n";
	const size_t whole = 64 * 1024 * 1024;
	ARENA_AUTO struct arena *a = arena_open();
	struct span start = mail_from(a, "claire@ville.test", file);
	char *z = arena_alloc(a, whole, 1);
	size_t head = start.n - strlen("--b--\n");
	struct batch_mail m = { .unreadable = "" };
	struct batch b = { .a = a, .v = &m, .n = 1 };
	struct fault f = { 0 };

	(void)state;
	memset(z, '\n', whole);
	memcpy(z, start.p, head);
	memset(z + head, 'x', LIMIT_RELAY_BYTES);
	memcpy(z + head + LIMIT_RELAY_BYTES, tail, sizeof tail - 1);
	assert_int_equal(batch_read(&intake, &b, &m, span_from(z, whole), false, &f), ST_OK);
	assert_non_null(m.mail);
	assert_non_null(m.verdict);
	assert_string_equal(m.mail->text, "Bonjour.");
	assert_int_equal(m.mail->natt, 1);
	assert_int_equal(m.mail->att[0].bytes.n,
	    m.mail->flags & MAIL_PARTS_TOO_BIG ? 0 : LIMIT_RELAY_BYTES);
}

static int
begin(void **state)
{
	const char *rules = getenv("RULES");
	struct fault f = { 0 };

	(void)state;
	(void)signal(SIGPIPE, SIG_IGN);
	if (reader_open(&intake.reader, rules != NULL ? rules : "rules", READER_ONCE, &f) ==
	    ST_OK)
		return 0;
	print_error("%s\n", f.text);
	return -1;
}

static int
end(void **state)
{
	(void)state;
	reader_close(&intake.reader);
	return 0;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_that_somebody_gets_are_kept),
		cmocka_unit_test(the_words_outlive_the_files),
	};

	if (reader_is_me(argc, argv))
		return reader_main(argc, argv);
	return cmocka_run_group_tests(tests, begin, end);
}
