#include "file.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/test_file_XXXXXX";

static const char *
put(struct arena *a, const char *name, struct span text, mode_t mode)
{
	const char *path = arena_printf(a, "%s/%s", dir, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct fault f;

	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, text, &f), ST_OK);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
	return path;
}

static void
content_and_limit(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	const char *path = put(a, "x", span_from("ab\0cd", 5), 0644);
	const char *empty = put(a, "e", span_of(""), 0644);
	struct span s;
	struct fault f;

	(void)state;
	assert_int_equal(file_read(a, path, FILE_PLAIN, 5, &s, &f), ST_OK);
	assert_int_equal(s.n, 5);
	assert_memory_equal(s.p, "ab\0cd", 6);
	assert_int_equal(file_read(a, path, FILE_PLAIN, 4, &s, &f), ST_PERM);
	assert_string_equal(f.text, arena_printf(a, "%s: larger than 4 bytes", path));
	assert_int_equal(file_read(a, empty, FILE_PLAIN, 0, &s, &f), ST_OK);
	assert_int_equal(s.n, 0);
	assert_string_equal(s.p, "");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(unlink(empty), 0);
}

static void
what_is_not_there_or_no_file(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	const char *path = arena_printf(a, "%s/nothing", dir);
	struct span s;
	struct fault f;

	(void)state;
	assert_int_equal(file_read(a, path, FILE_PLAIN, 5, &s, &f), ST_NONE);
	assert_string_equal(f.text, arena_printf(a, "%s: No such file or directory", path));
	assert_int_equal(file_read(a, dir, FILE_PLAIN, 5, &s, &f), ST_PERM);
	assert_string_equal(f.text, arena_printf(a, "%s: not a regular file", dir));
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(file_read(a, path, FILE_PLAIN, 5, &s, &f),
	    ST_PERM);	/* and does not hang */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(file_read(a, "/dev/zero", FILE_PLAIN, 5, &s, &f), ST_PERM);
}

static void
secrets_by_mode(void **state)
{
	static const struct { mode_t mode; enum status want; } t[] = {
		{ 0600, ST_OK }, { 0400, ST_OK }, { 0640, ST_OK }, { 0440, ST_OK },
		{ 0700, ST_OK },
		{ 0644, ST_PERM }, { 0604, ST_PERM }, { 0602, ST_PERM }, { 0601, ST_PERM },
		{ 0660, ST_PERM }, { 0650, ST_PERM }, { 0666, ST_PERM }, { 0777, ST_PERM },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		const char *path = put(a, "s", span_of("secret"), t[i].mode);
		struct span s;
		struct fault f;

		assert_int_equal(file_read(a, path, FILE_SECRET, 100, &s, &f), t[i].want);
		if (t[i].want != ST_OK)
			assert_string_equal(f.text, arena_printf(a,
			    "%s: a secret must not be readable "
			    "by others (mode %04o, want 0600)", path, (unsigned)t[i].mode));
		assert_int_equal(file_read(a, path, FILE_PLAIN, 100, &s, &f), ST_OK);
		assert_int_equal(unlink(path), 0);
	}
}

static void
secrets_by_owner(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	const char *path;
	struct span s;
	struct fault f;

	(void)state;
	if (geteuid() != 0) {
		print_message("only root can give a file away\n");
		skip();
	}
	path = put(a, "s", span_of("secret"), 0600);
	assert_int_equal(chown(path, 12345, 0), 0);
	assert_int_equal(file_read(a, path, FILE_SECRET, 100, &s, &f), ST_PERM);
	assert_string_equal(f.text, arena_printf(a, "%s: a secret must belong to root or to us",
	    path));
	assert_int_equal(unlink(path), 0);
}

static void
beside(void **state)
{
	static const struct { const char *base, *path, *want; } t[] = {
		{ "/etc/b/b.conf", "key", "/etc/b/key" }, { "/etc/b/b.conf", "/k", "/k" },
		{ "b.conf", "key", "key" }, { "./b.conf", "../key", "./../key" },
		{ "/b.conf", "key", "/key" }, { "d/b.conf", "e/key", "d/e/key" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		ARENA_AUTO struct arena *a = arena_open();

		assert_string_equal(file_beside(a, t[i].base, t[i].path), t[i].want);
	}
}

static void
folder_that_others_can_change(void **state)
{
	static const struct { mode_t mode; uid_t owner; enum status st; } t[] = {
		{ 0700, 0, ST_OK }, { 0755, 0, ST_OK }, { 0770, 0, ST_OK }, { 0702, 0, ST_PERM },
		{ 01777, 0, ST_PERM }, { 0700, 65534, ST_PERM },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		const char *folder = arena_printf(a, "%s/folder", dir);
		struct fault f = { 0 };

		if (t[i].owner != 0 && geteuid() != 0)
			continue;
		assert_int_equal(mkdir(folder, 0700), 0);
		assert_int_equal(chmod(folder, t[i].mode), 0);
		if (t[i].owner != 0)
			assert_int_equal(chown(folder, t[i].owner, t[i].owner), 0);
		assert_int_equal(file_folder_ours(a, arena_printf(a, "%s/x.db", folder), &f), t[i].st);
		assert_true((strstr(f.text, folder) != NULL) == (t[i].st != ST_OK));
		assert_int_equal(rmdir(folder), 0);
		assert_int_equal(file_folder_ours(a, arena_printf(a, "%s/x.db", folder), &f), ST_OK);
	}
}

static void
list_is_sorted_by_bytes(void **state)
{
	static const char *const names[] = { "b.rules", "B.rules", "a.rules", "\xc3\xa9.rules",
		"10.rules", "9.rules", ".hidden.rules", "a.rules~", "a.rule", "rules" };
	static const char *const want[] = { "10.rules", "9.rules", "B.rules", "a.rules",
	    "b.rules",
		"\xc3\xa9.rules" };
	ARENA_AUTO struct arena *a = arena_open();
	const char **got;
	struct fault f;
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		(void)put(a, names[i], span_of(""), 0600);
	assert_int_equal(file_list(a, dir, ".rules", &got, &n, &f), ST_OK);
	assert_int_equal(n, sizeof want / sizeof *want);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(got[i], want[i]);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_int_equal(unlink(arena_printf(a, "%s/%s", dir, names[i])), 0);
	assert_int_equal(file_list(a, dir, ".rules", &got, &n, &f), ST_OK);
	assert_int_equal(n, 0);
	assert_int_equal(file_list(a, "/nowhere", ".rules", &got, &n, &f), ST_PERM);
	assert_string_equal(f.text, "/nowhere: No such file or directory");
}

/* A folder too large is refused, not cut: half of the rules would be other rules. */
static void
list_never_leaves_files_out(void **state)
{
	enum { MAX = 1000 };
	ARENA_AUTO struct arena *a = arena_open();
	const char **got;
	struct fault f;
	size_t n;

	(void)state;
	for (int i = 0; i <= MAX; i++) {
		if (i == MAX) {
			assert_int_equal(file_list(a, dir, ".r", &got, &n, &f), ST_OK);
			assert_int_equal(n, MAX);
		}
		(void)put(a, arena_printf(a, "%d.r", i), span_of(""), 0600);
	}
	assert_int_equal(file_list(a, dir, ".r", &got, &n, &f), ST_PERM);
	assert_string_equal(f.text, arena_printf(a, "%s: more than 1000 files *.r", dir));
	for (int i = 0; i <= MAX; i++)
		assert_int_equal(unlink(arena_printf(a, "%s/%d.r", dir, i)), 0);
}

static void
write_all_says_why(void **state)
{
	struct fault f;
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, span_of("x"), &f), ST_TEMP);
	assert_string_equal(f.text, "write: No space left on device");
	assert_int_equal(file_write_all(fd, span_of(""), &f), ST_OK);
	assert_int_equal(close(fd), 0);
}

static int
begin(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int
end(void **state)
{
	(void)state;
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(content_and_limit),
		cmocka_unit_test(what_is_not_there_or_no_file),
		cmocka_unit_test(secrets_by_mode), cmocka_unit_test(secrets_by_owner),
		cmocka_unit_test(beside),
		cmocka_unit_test(folder_that_others_can_change), cmocka_unit_test(list_is_sorted_by_bytes),
		cmocka_unit_test(list_never_leaves_files_out),
		cmocka_unit_test(write_all_says_why),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
