/* mbox.h: one mail after the other, none lost or split by a line that looks like a beginning.
 */
#include "mbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void
adds(void **state)
{
	static const struct { const char *raw, *want; } rows[] = {
		{ "A: b\r\n\r\nFrom here\r\n>From there\r\nfrom\r\nFromage\r\n",
		    "A: b\n\n>From here\n>>From there\nfrom\nFromage\n\n" },
		{ "A: b\n\nno end", "A: b\n\nno end\n\n" },
		{ "", "\n" },
		{ "From x\n", ">From x\n\n" },
	};
	static const char head[] = "From MAILER-DAEMON Tue Nov 24 09:52:01 2026\n";

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf b BUF_AUTO;

		buf_open(&b, 4096);
		mbox_add(&b, span_of(rows[i].raw), 1795513921);
		assert_memory_equal(b.z, head, strlen(head));
		assert_string_equal(b.z + strlen(head), rows[i].want);
	}
}

static void
before_1970(void **state)
{
	struct buf b BUF_AUTO;

	(void)state;
	buf_open(&b, 4096);
	mbox_add(&b, span_of(""), -1);
	assert_string_equal(b.z, "From MAILER-DAEMON Wed Dec 31 23:59:59 1969\n\n");
}

static void
rebuilds(void **state)
{
	static const struct mbox_kept kept = { "lea@exemple.test", "\xc3\x89t\xc3\xa9",
	    "<a@exemple.test>", "Bonjour,\nsuite.", 1795513921 };
	static const struct mbox_kept odd = { "Le maire\nBcc: x@y.fr", "", "pas un id", "", 0 };
	struct buf b BUF_AUTO;

	(void)state;
	buf_open(&b, 65536);
	mbox_rebuild(&b, &kept);
	assert_non_null(strstr(b.z, "From: lea@exemple.test\r\n"));
	assert_non_null(strstr(b.z, "Subject: =?"));
	assert_non_null(strstr(b.z, "Message-ID: <a@exemple.test>\r\n"));
	assert_non_null(strstr(b.z, "X-Bureaud-Rebuilt: "));
	assert_non_null(strstr(b.z, "\r\n\r\nBonjour,\r\nsuite."));
	buf_reset(&b);
	mbox_rebuild(&b, &odd);
	assert_null(strstr(b.z, "\nBcc:"));
	assert_null(strstr(b.z, "Message-ID"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adds),
		cmocka_unit_test(before_1970),
		cmocka_unit_test(rebuilds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
