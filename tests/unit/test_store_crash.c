/* The disk under the store: killed at every write, full, or failing; and a lock held by
 * somebody else.  A thin layer over SQLite's own file system counts the calls that change a
 * file and does the harm at the one that is asked for. */
#include "test_store_help.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum harm { HARM_NONE, HARM_KILL, HARM_FULL, HARM_EIO_WRITE, HARM_EIO_SYNC };

static struct {
	enum harm harm;
	int at, calls, syncs, hit;
	int wake;			/* told when SQLite waits for a lock, -1 none */
} disk = { .wake = -1 };

struct file { sqlite3_file base; sqlite3_file *real; };

static sqlite3_vfs layer, *below;

static sqlite3_file *
real(sqlite3_file *f)
{
	return ((struct file *)(void *)f)->real;
}

/* One more change of a file: what becomes of it. */
static int
change(bool is_sync)
{
	static const int answer[][2] = {	/* of a write, of a sync */
		[HARM_FULL] = { SQLITE_FULL, SQLITE_OK },
		[HARM_EIO_WRITE] = { SQLITE_IOERR_WRITE, SQLITE_OK },
		[HARM_EIO_SYNC] = { SQLITE_OK, SQLITE_IOERR_FSYNC },
	};

	disk.syncs += is_sync;
	disk.calls++;
	if (disk.harm == HARM_NONE || disk.calls < disk.at)
		return SQLITE_OK;
	if (disk.harm == HARM_KILL)
		(void)kill(getpid(), SIGKILL);
	disk.hit += answer[disk.harm][is_sync] != SQLITE_OK;
	return answer[disk.harm][is_sync];
}

static int
f_close(sqlite3_file *f)
{
	int rc = real(f)->pMethods->xClose(real(f));

	sqlite3_free(real(f));
	return rc;
}

static int
f_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	int rc = change(false);

	return rc != SQLITE_OK ? rc : real(f)->pMethods->xWrite(real(f), p, n, at);
}

static int
f_truncate(sqlite3_file *f, sqlite3_int64 n)
{
	int rc = change(false);

	return rc != SQLITE_OK ? rc : real(f)->pMethods->xTruncate(real(f), n);
}

static int
f_sync(sqlite3_file *f, int flags)
{
	int rc = change(true);

	return rc != SQLITE_OK ? rc : real(f)->pMethods->xSync(real(f), flags);
}

static int f_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{ return real(f)->pMethods->xRead(real(f), p, n, at); }
static int f_size(sqlite3_file *f, sqlite3_int64 *n)
{ return real(f)->pMethods->xFileSize(real(f), n); }
static int f_lock(sqlite3_file *f, int l) { return real(f)->pMethods->xLock(real(f), l); }
static int f_unlock(sqlite3_file *f, int l) { return real(f)->pMethods->xUnlock(real(f), l); }
static int f_reserved(sqlite3_file *f, int *r)
{ return real(f)->pMethods->xCheckReservedLock(real(f), r); }
static int f_control(sqlite3_file *f, int op, void *p)
{ return real(f)->pMethods->xFileControl(real(f), op, p); }
static int f_sector(sqlite3_file *f) { return real(f)->pMethods->xSectorSize(real(f)); }
static int f_device(sqlite3_file *f)
{ return real(f)->pMethods->xDeviceCharacteristics(real(f)); }
static int f_shm_map(sqlite3_file *f, int pg, int size, int extend, void volatile **pp)
{ return real(f)->pMethods->xShmMap(real(f), pg, size, extend, pp); }
static int f_shm_lock(sqlite3_file *f, int at, int n, int flags)
{ return real(f)->pMethods->xShmLock(real(f), at, n, flags); }
static void f_shm_barrier(sqlite3_file *f) { real(f)->pMethods->xShmBarrier(real(f)); }
static int f_shm_unmap(sqlite3_file *f, int gone)
{ return real(f)->pMethods->xShmUnmap(real(f), gone); }

static const sqlite3_io_methods methods = {
	.iVersion = 2, .xClose = f_close, .xRead = f_read, .xWrite = f_write,
	.xTruncate = f_truncate, .xSync = f_sync, .xFileSize = f_size, .xLock = f_lock,
	.xUnlock = f_unlock, .xCheckReservedLock = f_reserved, .xFileControl = f_control,
	.xSectorSize = f_sector, .xDeviceCharacteristics = f_device, .xShmMap = f_shm_map,
	.xShmLock = f_shm_lock, .xShmBarrier = f_shm_barrier, .xShmUnmap = f_shm_unmap,
};

static int
layer_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
	struct file *x = (struct file *)(void *)f;
	int rc;

	(void)v;
	x->base.pMethods = NULL;
	x->real = sqlite3_malloc(below->szOsFile);
	rc = below->xOpen(below, name, x->real, flags, out);
	if (rc == SQLITE_OK)
		x->base.pMethods = &methods;
	else
		sqlite3_free(x->real);
	return rc;
}

static int
layer_sleep(sqlite3_vfs *v, int us)
{
	(void)v;
	if (disk.wake >= 0) {
		assert_int_equal(write(disk.wake, "x", 1), 1);
		close(disk.wake);
		disk.wake = -1;
	}
	return below->xSleep(below, us);
}

static void
layer_in(void)
{
	if (below == NULL) {
		below = sqlite3_vfs_find(NULL);
		layer = *below;
		layer.zName = "counting";
		layer.szOsFile = sizeof(struct file);
		layer.xOpen = layer_open;
		layer.xSleep = layer_sleep;
	}
	assert_int_equal(sqlite3_vfs_register(&layer, 1), SQLITE_OK);
	disk.harm = HARM_NONE;
	disk.calls = disk.syncs = disk.hit = 0;
}

static void
layer_out(void)
{
	disk.harm = HARM_NONE;
	assert_int_equal(sqlite3_vfs_register(below, 1), SQLITE_OK);
}

static void
arm(enum harm h, int at)
{
	disk.harm = h;
	disk.at = at;
	disk.calls = disk.hit = 0;
}

/* ---- the work ---- */

enum { BATCH = 2, BATCHES = 3, MAILS = BATCH * BATCHES };

/* Mails (from..to] in one transaction, each under its savepoint; known ones are left out.
 * The failure that came first. */
static enum status
batch(struct store *s, struct box *b, int from, int to)
{
	enum status st = store_begin(s, &b->f);

	for (int n = from + 1; st == ST_OK && n <= to; n++) {
		struct sample *x = sample_new(b, "anne@example.org", n);
		struct plan_facts facts;
		int64_t message;

		st = store_same(s, &x->sm.id, x->mail.message_id, "anne@example.org", &message,
		    &b->f);
		if (st == ST_OK)
			continue;
		if (st != ST_NONE || (st = store_mail_begin(s, &b->f)) != ST_OK)
			break;
		st = store_facts(s, b->a, "anne@example.org", YEAR, 0, 0, &facts, &b->f);
		if (st == ST_OK)
			st = store_apply(s, &x->sm, plan_opening(b, "anne@example.org",
			    facts.next_number), T0, &b->f);
		if (st == ST_OK)
			st = store_mail_end(s, true, &b->f);
	}
	if (st == ST_OK)
		return store_commit(s, &b->f);
	store_rollback(s);
	return st;
}

static void
check_mails(struct box *b, int64_t n)
{
	static const struct { const char *what; int each; } rows[] = {
		{ "message", 1 }, { "message_text", 1 }, { "location", 1 }, { "ticket", 1 },
		{ "event WHERE kind <> 'mail_out'", 2 }, { "known_id", 3 },
		/* Each with its bytes, until an agent has them. */
		{ "outbox o WHERE (o.state = 'sent' AND o.kind <> 'ack') <> EXISTS"
		    " (SELECT 1 FROM wire w WHERE w.outbox = o.id)", 2 },
	};
	const char *sql = "SELECT (SELECT coalesce(max(last), 0) FROM sequence)";

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		sql = arena_printf(b->a, "%s + 1000 * ((SELECT count(*) FROM %s) <> %lld)", sql,
		    rows[i].what, (long long)n * rows[i].each);
	assert_int_equal(peek(b, sql), n);
	check_sound(b);
}

/* ---- killed at every write ---- */

/* What the killed one had been promised. */
struct promise { int mails; int64_t dot, sent; };

static void
one_life(struct box *b, struct promise *said)
{
	struct outbox_item *v;
	size_t n;

	if (store_open(&b->s, b->path, STORE_CREATE, T0, &b->f) != ST_OK)
		_exit(2);
	for (int i = 0; i < MAILS; i += BATCH) {
		if (batch(b->s, b, i, i + BATCH) != ST_OK)
			_exit(3);
		said->mails = i + BATCH;
	}
	if (outbox_claim(b->s, b->a, T0 + 5, 2, &v, &n, &b->f) != ST_OK)
		_exit(4);
	for (size_t i = 0; i < n; i++) {
		struct outbox_result r = { .row = v[i].row, .st = ST_OK, .code = 250, .error =
		    "" };

		if (outbox_step(b->s, NULL, 0, &v[i].row, 1, T0 + 6, &b->f) != ST_OK)
			_exit(5);
		said->dot = v[i].row;
		if (outbox_step(b->s, &r, 1, NULL, 0, T0 + 6, &b->f) != ST_OK)
			_exit(6);
		said->sent = v[i].row;
	}
	store_close(&b->s);
	_exit(0);
}

static void
after_life(struct box *b, const struct promise *said)
{
	int64_t n;

	OK(store_open(&b->s, b->path, STORE_CREATE, T0, &b->f));
	n = peek(b, "SELECT count(*) FROM message");
	assert_true(n >= said->mails && n % BATCH == 0);
	check_mails(b, n);
	assert_int_equal(peek(b, arena_printf(b->a,
	    "SELECT count(*) FROM outbox WHERE id <= %lld"
	    " AND state NOT IN ('unsure', 'sent')", (long long)said->dot)), 0);
	assert_int_equal(peek(b, arena_printf(b->a,
	    "SELECT count(*) FROM outbox WHERE id <= %lld"
	    " AND state <> 'sent'", (long long)said->sent)), 0);
	OK(batch(b->s, b, 0, MAILS));
	check_mails(b, MAILS);
}

static void
killed_at_every_write(void **state)
{
	struct promise *said = mmap(NULL, sizeof *said, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = -1, k;

	for (k = 1; status != 0; k++) {
		struct box *b;
		pid_t kid;

		memset(said, 0, sizeof *said);
		box_setup_bare((void **)&b);
		kid = fork();
		if (kid == 0) {
			layer_in();
			arm(HARM_KILL, k);
			one_life(b, said);
		}
		assert_int_equal(waitpid(kid, &status, 0), kid);
		assert_true(status == 0 || (WIFSIGNALED(status) && WTERMSIG(status) ==
		    SIGKILL));
		after_life(b, said);
		box_teardown((void **)&b);
	}
	assert_true(k > 30);
	munmap(said, sizeof *said);
	(void)state;
}

/* ---- a disk that is full or fails at every write ---- */

static void
failing_disk(void **state)
{
	static const enum harm harms[] = { HARM_FULL, HARM_EIO_WRITE, HARM_EIO_SYNC };

	for (size_t i = 0; i < sizeof harms / sizeof *harms; i++) {
		int k = 0, hit = 1;

		while (hit > 0) {
			struct box *b;
			struct counts c;
			enum status st;

			layer_in();
			box_setup((void **)&b);
			arm(harms[i], ++k);
			st = batch(b->s, b, 0, 3);
			hit = disk.hit;
			assert_int_equal(st, hit > 0 ? ST_TEMP : ST_OK);
			/* Reading goes on while it lasts. */
			OK(query_counts(b->s, &c, &b->f));
			assert_int_equal(c.open, hit > 0 ? 0 : 3);
			arm(HARM_NONE, 0);
			/* The same handle works when the disk does. */
			OK(batch(b->s, b, 0, 3));
			layer_out();
			check_mails(b, 3);
			box_teardown((void **)&b);
		}
		assert_true(k > 1);
	}
	(void)state;
}

/* The dot of a mail may not go out when its word could not be kept. */
static void
no_dot_on_a_full_disk(void **state)
{
	struct box *b;
	struct outbox_item *v;
	size_t n;

	layer_in();
	box_setup((void **)&b);
	OK(batch(b->s, b, 0, 1));
	OK(outbox_claim(b->s, b->a, T0 + 5, 4, &v, &n, &b->f));
	arm(HARM_FULL, 1);
	IS(ST_TEMP, outbox_step(b->s, NULL, 0, &v[0].row, 1, T0, &b->f));
	assert_non_null(strstr(b->f.text, "full"));
	arm(HARM_NONE, 0);
	assert_int_equal(peek(b, "SELECT count(*) FROM outbox WHERE state = 'sending'"), 2);
	OK(outbox_step(b->s, NULL, 0, &v[0].row, 1, T0, &b->f));
	layer_out();
	box_teardown((void **)&b);
	(void)state;
}

/* After a failure inside the batch, nothing later of it can be committed on its own. */
static void
a_lost_transaction_stays_lost(void **state)
{
	struct box *b = *state;

	OK(store_begin(b->s, &b->f));
	OK(store_mail_begin(b->s, &b->f));
	/* As SQLite may do by itself on a full disk. */
	assert_int_equal(sqlite3_exec(b->s->db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	IS(ST_TEMP, store_apply(b->s, &sample_new(b, "a@b.example", 1)->sm,
	    plan_opening(b, "a@b.example", 1), T0, &b->f));
	IS(ST_TEMP, store_mail_end(b->s, false, &b->f));
	IS(ST_TEMP, store_mail_begin(b->s, &b->f));
	IS(ST_TEMP, store_commit(b->s, &b->f));
	assert_int_equal(peek(b, "SELECT count(*) FROM message"), 0);
	assert_int_equal(open_ticket(b, "a@b.example", 1), 1);
}

/* Committed is on the disk: every commit syncs the log. */
static void
every_commit_syncs(void **state)
{
	struct box *b;

	layer_in();
	box_setup((void **)&b);
	for (int i = 0; i < 3; i++) {
		int before = disk.syncs;

		OK(batch(b->s, b, i, i + 1));
		assert_true(disk.syncs > before);
	}
	layer_out();
	box_teardown((void **)&b);
	(void)state;
}

/* ---- somebody else's lock ---- */

static void
waits_for_a_lock(void **state)
{
	struct box *b;
	int held[2], waits[2];
	char c;
	pid_t kid;

	box_setup((void **)&b);
	store_close(&b->s);		/* SQLite's handles are not to be carried over a fork */
	assert_int_equal(pipe(held), 0);
	assert_int_equal(pipe(waits), 0);
	kid = fork();
	if (kid == 0) {
		sqlite3 *db;

		if (sqlite3_open(b->path, &db) != SQLITE_OK ||
		    sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL) != SQLITE_OK ||
		    write(held[1], "x", 1) != 1 || read(waits[0], &c, 1) != 1 ||
		    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
			_exit(1);
		_exit(0);
	}
	assert_int_equal(read(held[0], &c, 1), 1);
	layer_in();
	disk.wake = waits[1];		/* the lock is let go when we are seen waiting */
	OK(store_open(&b->s, b->path, STORE_WRITE, T0, &b->f));
	OK(batch(b->s, b, 0, 1));
	assert_int_equal(disk.wake, -1);
	layer_out();
	assert_int_equal(waitpid(kid, NULL, 0), kid);
	check_mails(b, 1);
	box_teardown((void **)&b);
	close(held[0]);
	close(held[1]);
	close(waits[0]);
	(void)state;
}

/* Two writers in turn never meet SQLITE_BUSY_SNAPSHOT. */
static void
two_writers(void **state)
{
	enum { EACH = 40 };
	struct box *b = *state;
	pid_t kid;
	int status;
	struct store *s;

	store_close(&b->s);
	kid = fork();
	if (kid == 0) {
		if (store_open(&s, b->path, STORE_WRITE, T0, &b->f) != ST_OK)
			_exit(1);
		store_key(s, span_of(store_test_key));
		for (int i = 0; i < EACH; i++)
			if (journal_add(s, "kid", "x", "", T0, &b->f) != ST_OK)
				_exit(2);
		store_close(&s);
		_exit(0);
	}
	OK(store_open(&b->s, b->path, STORE_WRITE, T0, &b->f));
	for (int i = 0; i < EACH; i++)
		OK(batch(b->s, b, i, i + 1));
	assert_int_equal(waitpid(kid, &status, 0), kid);
	assert_int_equal(status, 0);
	check_mails(b, EACH);
	assert_int_equal(peek(b, "SELECT count(*) FROM journal"), EACH);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_at_every_write),
		cmocka_unit_test(failing_disk),
		cmocka_unit_test(no_dot_on_a_full_disk),
		TEST(a_lost_transaction_stays_lost),
		cmocka_unit_test(every_commit_syncs),
		cmocka_unit_test(waits_for_a_lock),
		TEST(two_writers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
