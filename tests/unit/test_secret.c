/* Passwords and the key: where they are looked for, and which are refused. */
#include "test_config_help.h"

static void
secrets_as_they_are_written(void **state)
{
	static const struct { const char *text; size_t n; const char *want, *why; } t[] = {
		{ "s3cret", 6, "s3cret", "" }, { "s3cret\n", 7, "s3cret", "" },
		{ "s3cret\r\n\n", 9, "s3cret", "" }, { "a b  ", 5, "a b  ", "" },
		{ "é", 2, "é", "" },
		{ "", 0, "", ": empty" }, { "\n", 1, "", ": empty" },
		{ "a\nb", 3, "", ": control character inside" },
		{ "a\0b", 3, "", ": control character inside" },
		{ "a\tb", 3, "", ": control character inside" },
	};
	ARENA_AUTO struct arena *a = arena_open();
	const struct config *c = load(a, LEAST);
	const char *path = arena_printf(a, "%s/imap-password", dir);

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct span s;
		struct fault f;
		enum status st;

		put(path, span_from(t[i].text, t[i].n), 0600);
		st = config_secret(a, c, "W", c->imap_password_file, &s, &f);
		assert_int_equal(st, t[i].why[0] == '\0' ? ST_OK : ST_PERM);
		if (st == ST_OK)
			assert_string_equal(s.p, t[i].want);
		else
			assert_string_equal(f.text, arena_printf(a, "W: %s%s", path, t[i].why));
	}
	assert_int_equal(unlink(path), 0);
}

static void
secrets_that_are_not_there_or_open(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	const struct config *c = load(a, LEAST);
	const char *path = arena_printf(a, "%s/imap-password", dir);
	struct span s;
	struct fault f;

	(void)state;
	assert_int_equal(config_secret(a, c, "W", "imap-password", &s, &f), ST_PERM);
	assert_string_equal(f.text, arena_printf(a, "W: %s: No such file or directory", path));
	assert_int_equal(config_secret(a, c, "[smtp] password_file", "", &s, &f), ST_PERM);
	assert_string_equal(f.text, arena_printf(a, "%s: [smtp] password_file is required",
	    conf));
	put(path, span_of("x"), 0644);
	assert_int_equal(config_secret(a, c, "W", "imap-password", &s, &f), ST_PERM);
	assert_string_equal(f.text, arena_printf(a,
	    "W: %s: a secret must not be readable by others "
	    "(mode 0644, want 0600)", path));
	assert_int_equal(unlink(path), 0);
}

/* systemd's directory first; what is absolute or not there is looked up as ever. */
static void
credentials_come_first(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	const struct config *c = load(a, LEAST);
	const char *creds = arena_printf(a, "%s/cred", dir);
	const char *ours = arena_printf(a, "%s/s", dir), *theirs = arena_printf(a, "%s/s",
	    creds);
	struct span s;
	struct fault f;

	(void)state;
	assert_int_equal(mkdir(creds, 0700), 0);
	put(ours, span_of("ours"), 0600);
	assert_string_equal(config_secret_path(a, c, "s"), ours);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", creds, 1), 0);
	assert_string_equal(config_secret_path(a, c, "s"), ours);
	put(theirs, span_of("theirs"), 0400);
	assert_string_equal(config_secret_path(a, c, "s"), theirs);
	assert_string_equal(config_secret_path(a, c, ours), ours);
	assert_int_equal(config_secret(a, c, "W", "s", &s, &f), ST_OK);
	assert_string_equal(s.p, "theirs");
	assert_int_equal(chmod(theirs, 0444), 0);	/* open: refused, never the other one */
	assert_int_equal(config_secret(a, c, "W", "s", &s, &f), ST_PERM);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", "", 1), 0);
	assert_string_equal(config_secret_path(a, c, "s"), ours);
	assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
	assert_int_equal(unlink(ours), 0);
	assert_int_equal(unlink(theirs), 0);
	assert_int_equal(rmdir(creds), 0);
}

static void
the_key(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	const struct config *c = load(a, LEAST);
	const char *path = arena_printf(a, "%s/key", dir);
	struct span s;
	struct fault f;

	(void)state;
	assert_int_equal(config_key(a, c, &s, &f), ST_NONE);
	put(path, span_of("0123456789012345678901234567890"), 0600);
	assert_int_equal(config_key(a, c, &s, &f), ST_PERM);
	assert_string_equal(f.text, arena_printf(a, "%s: a key has 32 bytes or more", path));
	put(path, span_from("\0001234567890123456789012345678901", 32), 0600);
	assert_int_equal(config_key(a, c, &s, &f), ST_OK);
	assert_int_equal(s.n, 32);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(config_key(a, c, &s, &f), ST_PERM);
	assert_int_equal(unlink(path), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_as_they_are_written),
		cmocka_unit_test(secrets_that_are_not_there_or_open),
		cmocka_unit_test(credentials_come_first),
		cmocka_unit_test(the_key),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
