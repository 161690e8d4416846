/* backup.h: one moment of a database that others write to, whole, private, never over a file.
 */
#include "test_store_help.h"

#include "backup.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char *
beside(struct box *b, const char *name)
{
	return arena_printf(b->a, "%s/%s", b->dir, name);
}

/* The copy as a box of its own, to peek into. */
static struct box
box_of(struct box *b, const char *path)
{
	struct box c = *b;

	snprintf(c.path, sizeof c.path, "%s", path);
	return c;
}

static size_t
files_in(struct box *b)
{
	DIR *d = opendir(b->dir);
	struct dirent *e;
	size_t n = 0;

	while ((e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static void
whole_and_private(void **state)
{
	struct box *b = *state, c;
	const char *path = beside(b, "copy.db");
	struct store *s;
	struct stat sb;
	int64_t bytes;
	size_t before;
	mode_t old;

	for (int n = 1; n <= 20; n++)
		(void)open_ticket(b, "anne@example.org", n);
	before = files_in(b);
	old = umask(0);
	OK(store_backup(b->s, path, T0 + 5, &bytes, &b->f));
	umask(old);
	assert_int_equal(files_in(b), before + 1);
	assert_int_equal(stat(path, &sb), 0);
	assert_int_equal(sb.st_mode & 07777, 0600);
	assert_int_equal(sb.st_size, bytes);
	c = box_of(b, path);
	assert_int_equal(peek(&c, "SELECT count(*) FROM message"), 20);
	check_sound(&c);
	OK(store_open(&s, path, STORE_WRITE, T0, &b->f));
	assert_int_equal(store_created_at(s), T0);
	store_close(&s);
}

static void
never_over_a_file(void **state)
{
	struct box *b = *state;
	const char *path = beside(b, "copy.db"), *dangling = beside(b, "link.db");
	int64_t bytes;
	char z[8] = "";
	FILE *io = fopen(path, "w");

	fputs("mine", io);
	fclose(io);
	IS(ST_PERM, store_backup(b->s, path, T0, &bytes, &b->f));
	assert_non_null(strstr(b->f.text, path));
	io = fopen(path, "r");
	assert_non_null(fgets(z, sizeof z, io));
	fclose(io);
	assert_string_equal(z, "mine");
	assert_int_equal(symlink("elsewhere.db", dangling), 0);
	IS(ST_PERM, store_backup(b->s, dangling, T0, &bytes, &b->f));
	IS(ST_PERM, store_backup(b->s, b->path, T0, &bytes, &b->f));
	IS(ST_PERM, store_backup(b->s, beside(b, "nowhere/copy.db"), T0, &bytes, &b->f));
	assert_int_equal(access(beside(b, "elsewhere.db"), F_OK), -1);
	(void)open_ticket(b, "anne@example.org", 1);
	check_sound(b);
}

/* What is in the outbox of a copy may have gone out since: no machine sends it again. */
static void
nothing_is_sent_from_a_copy(void **state)
{
	struct box *b = *state, c;
	const char *path = beside(b, "copy.db");
	struct outbox_item *v;
	struct store *s;
	int64_t bytes;
	unsigned n;
	size_t k;

	(void)open_ticket(b, "anne@example.org", 1);
	(void)open_ticket(b, "bob@example.org", 2);
	OK(outbox_claim(b->s, b->a, T0 + 200, 1, &v, &k, &b->f));
	poke(b, "UPDATE outbox SET state = 'sent', sent_at = 1 WHERE id = 3");
	OK(store_backup(b->s, path, T0, &bytes, &b->f));
	assert_int_equal(
	    peek(b, "SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending')"), 3);
	c = box_of(b, path);
	assert_int_equal(peek(&c, "SELECT count(*) FROM outbox WHERE state = 'unsure'"), 3);
	assert_int_equal(peek(&c, "SELECT count(*) FROM outbox WHERE state = 'sent'"), 1);
	OK(store_open(&s, path, STORE_WRITE, T0, &b->f));
	OK(outbox_recover(s, T0 + 400, &n, &b->f));
	IS(ST_NONE, outbox_claim(s, b->a, T0 + 90000, 10, &v, &k, &b->f));

	/* Its copy in Sent tells of one that it did go out; a human sends another. */
	OK(store_sent_proven(s, "<no such id>", T0, &b->f));
	assert_int_equal(peek(&c, "SELECT count(*) FROM outbox WHERE state = 'sent'"), 1);
	poke(&c, "UPDATE outbox SET message_id = '<it@x>' WHERE id = 1");
	OK(store_sent_proven(s, "<it@x>", T0, &b->f));
	assert_int_equal(
	    peek(&c, "SELECT state = 'sent' AND filed FROM outbox WHERE id = 1"), 1);
	OK(queue_retry(s, 2, T0 + 500, &b->f));
	OK(outbox_claim(s, b->a, T0 + 501, 10, &v, &k, &b->f));
	assert_int_equal(k, 1);
	store_close(&s);
}

/* Unsure for another reason: a copy in Sent is no news of it. */
static void
only_a_restored_mail_is_proven_by_its_copy(void **state)
{
	struct box *b = *state;

	(void)open_ticket(b, "anne@example.org", 1);
	poke(b,
	    "UPDATE outbox SET state = 'unsure', resent = 1, next_at = 0, message_id = '<it@x>'"
	    " WHERE id = 1");
	OK(store_sent_proven(b->s, "<it@x>", T0, &b->f));
	assert_int_equal(peek(b, "SELECT state = 'unsure' FROM outbox WHERE id = 1"), 1);
}

/* A mail and its consequences are in the copy together or not at all. */
static void
under_load(void **state)
{
	enum { COPIES = 12, MAILS = 100000 };
	struct box *b = *state, c;
	pid_t kid;
	int64_t last = 0, bytes;

	store_close(&b->s);
	kid = fork();
	if (kid == 0) {
		box_reopen(b, STORE_WRITE);
		for (int n = 1; n < MAILS; n++)
			(void)open_ticket(b, "anne@example.org", n);
		_exit(0);
	}
	box_reopen(b, STORE_WRITE);
	for (int i = 0; i < COPIES; i++) {
		const char *path = beside(b, "load.db");
		int64_t now;

		while (peek(b, "SELECT count(*) FROM message") < last + 10)
			assert_int_equal(waitpid(kid, NULL, WNOHANG), 0);
		OK(store_backup(b->s, path, T0, &bytes, &b->f));
		c = box_of(b, path);
		now = peek(&c, "SELECT count(*) FROM message");
		assert_true(now > last);
		last = now;
		assert_int_equal(peek(&c, "SELECT count(*) FROM ticket"), now);
		assert_int_equal(peek(&c, "SELECT count(*) FROM outbox"), 2 * now);
		assert_int_equal(peek(&c, "SELECT count(*) FROM wire"), 2 * now);
		check_sound(&c);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(kill(kid, SIGKILL), 0);
	assert_int_equal(waitpid(kid, NULL, 0), kid);
	check_sound(b);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(whole_and_private),
		TEST(never_over_a_file),
		TEST(nothing_is_sent_from_a_copy),
		TEST(only_a_restored_mail_is_proven_by_its_copy),
		TEST(under_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
