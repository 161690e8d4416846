/* The answer to a command mail. */
#include "command_help.h"

#define LEN(t) (sizeof(t) / sizeof *(t))

static void
test_lines(void **state)
{
	static const struct transcript_line line[] = {
		{ true, "#prendre", "le dossier est à vous", "" },
		{ false, "#attendre", "cette\ndate est passée", NULL },
		{ true, "#liste", "2 dossiers", "BI-2026-00001\nBI-2026-00002" },
	};
	static const char *const remarks[] = { "Votre copie (Cc) a été retirée.", "" };
	struct arena *a = arena_open();
	struct transcript t = { .ref = "BI-2026-00042", .line = line, .nlines = LEN(line),
		.relayed = "La réponse est partie.", .remarks = remarks, .nremarks =
		    LEN(remarks),
		.undo = "ABCD-EFGH" };

	(void)state;
	assert_string_equal(transcript_text(a, &t),
	    "Dossier BI-2026-00042\n\n"
	    "✔ #prendre : le dossier est à vous\n"
	    "✘ #attendre : cette date est passée\n"
	    "✔ #liste : 2 dossiers\nBI-2026-00001\nBI-2026-00002\n\n"
	    "La réponse est partie.\n\n"
	    "Votre copie (Cc) a été retirée.\n\n"
	    "Annuler : #annuler ABCD-EFGH");
	t = (struct transcript){ .ref = "", .relayed = "", .undo = "", .help = true };
	assert_non_null(strstr(transcript_text(a, &t), "#prendre"));
	assert_null(strstr(transcript_text(a, &t), "Annuler : "));
	arena_close(&a);
}

static void
test_held(void **state)
{
	struct arena *a = arena_open();
	struct commands c = commands_of(a, "#prendr\n#attendre bientôt\n#regler\nBonjour");
	struct transcript t = { .ref = "", .line = transcript_faults(a, &c), .nlines = c.n,
		.relayed = "", .held = true, .undo = "" };
	const char *z = transcript_text(a, &t);

	(void)state;
	assert_int_equal(c.faults, 2);
	assert_non_null(strstr(z, "✘ #prendr : "));
	assert_non_null(strstr(z, "#prendre"));
	assert_non_null(strstr(z, "✘ #attendre : "));
	assert_non_null(strstr(z, "✘ #regler : "));
	assert_null(strstr(z, "✔"));
	assert_non_null(strstr(z, "Rien n’a été fait ni envoyé"));
	assert_non_null(strstr(transcript_unknown(a, &c.v[0]), "#prendre"));
	arena_close(&a);
}

static size_t
columns(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static void
on_a_screen(const char *text, size_t lines)
{
	struct span rest = span_of(text), line;
	size_t n = 0;

	while (span_line(&rest, &line)) {
		n++;
		if (columns(line) > 80)
			fail_msg("%zu columns: %.*s", columns(line), (int)line.n, line.p);
	}
	assert_true(n <= lines);
}

#define WORD_ROW(id, word, takes) "#" word,
static const char *const words[] = { COMMANDS(WORD_ROW) };

static void
test_help(void **state)
{
	(void)state;
	on_a_screen(transcript_help(), 24);
	on_a_screen(transcript_reminder(), 3);
	for (size_t i = 0; i < LEN(words); i++)
		if (strstr(transcript_help(), words[i]) == NULL)
			fail_msg("%s is not in the help", words[i]);
}

static void
test_too_long(void **state)
{
	struct arena *a = arena_open();
	char *z = arena_alloc(a, TRANSCRIPT_MAX + 100, 1);
	const struct transcript_line line[] = { { true, "#historique", "", z } };
	struct transcript t = { .ref = "", .line = line, .nlines = 1, .relayed = "",
		.undo = "ABCD-EFGH" };
	const char *got;

	(void)state;
	memset(z, 'a', TRANSCRIPT_MAX + 99);
	got = transcript_text(a, &t);
	assert_true(strlen(got) <= TRANSCRIPT_MAX);
	assert_non_null(strstr(got, "trop longue"));
	assert_string_equal(got + strlen(got) - strlen("#annuler ABCD-EFGH"),
	    "#annuler ABCD-EFGH");
	arena_close(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines), cmocka_unit_test(test_held),
		cmocka_unit_test(test_help), cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, command_setup, NULL);
}
