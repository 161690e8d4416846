/* What holds the processes together: systemd's socket, wakes and stops, one daemon a
 * database, and the setup that the roles share. */
#include "supervisor.h"

#include "notify_sd.h"
#include "role.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/test_role_XXXXXX";

/* --- systemd ------------------------------------------------------------------------ */

static int
listen_at(const struct sockaddr_un *at, size_t n)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)at,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)), 0);
	return fd;
}

static void
words_reach_systemd(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct sockaddr_un at = { .sun_family = AF_UNIX };
		const char *path = i == 0 ? arena_printf(a, "%s/socket", dir) :
		    arena_printf(a, "@test-role-%d", (int)getpid());
		char got[64] = "";
		int fd;

		memcpy(at.sun_path, path, strlen(path));
		if (i == 1)
			at.sun_path[0] = '\0';
		fd = listen_at(&at, strlen(path));
		assert_int_equal(setenv("NOTIFY_SOCKET", path, 1), 0);
		notify_sd("READY=1");
		assert_int_equal(recv(fd, got, sizeof got, 0), 7);
		assert_string_equal(got, "READY=1");
		assert_int_equal(close(fd), 0);
		notify_sd("READY=1");		/* nobody listens any more: no harm */
	}
	assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
	notify_sd("READY=1");
}

static void
the_watchdog_is_fed_in_time(void **state)
{
	static const struct { const char *usec; int ms; } t[] = {
		{ "30000000", 10000 }, { "10000000", 5000 }, { "20000000", 10000 },
		{ "2000", 1 },
		{ "1000", 1 }, { "0", 10000 }, { "", 10000 }, { "x", 10000 }, { "-1", 10000 },
		{ "99999999999999999999", 10000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		assert_int_equal(setenv("WATCHDOG_USEC", t[i].usec, 1), 0);
		assert_int_equal(notify_sd_interval(), t[i].ms);
	}
	assert_int_equal(unsetenv("WATCHDOG_USEC"), 0);
	assert_int_equal(notify_sd_interval(), 10000);
}

/* --- wakes, stops, beats ------------------------------------------------------------- */

static void
a_wake_ends_a_sleep(void **state)
{
	int wake[2], stop[2], beat[2];
	struct role r = { .kind = ROLE_POST };
	struct role_beat b;

	(void)state;
	assert_int_equal(pipe2(wake, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(pipe2(stop, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(pipe2(beat, O_CLOEXEC | O_NONBLOCK), 0);
	r.stop_fd = stop[0];
	r.wake_fd = wake[0];
	r.poke_fd = wake[1];
	r.beat_fd = beat[1];
	errno = 0;
	for (int i = 0; i < 100000; i++)	/* far more than the pipe holds */
		role_poke(&r);
	assert_int_equal(errno, 0);
	role_sleep(&r, 600 * 1000);		/* would be ten minutes */
	assert_int_equal(poll(&(struct pollfd){ wake[0], POLLIN, 0 }, 1, 0), 0);
	assert_int_equal(read(beat[0], &b, sizeof b), sizeof b);
	assert_int_equal(b.role, ROLE_POST);
	assert_int_equal(b.busy_ms, 600 * 1000);
	assert_false(role_stops(&r));
	assert_int_equal(write(stop[1], "", 1), 1);
	assert_true(role_stops(&r));
	role_sleep(&r, 600 * 1000);
	r.beat_fd = r.poke_fd = r.wake_fd = r.stop_fd = -1;
	role_beat(&r, 1);
	role_poke(&r);
	role_woken(&r);
	assert_false(role_stops(&r));
	for (int i = 0; i < 2; i++)
		assert_true(close(wake[i]) == 0 && close(stop[i]) == 0 && close(beat[i]) == 0);
}

static void
exit_codes(void **state)
{
	static const struct { enum status st; int rc; } t[] = {
		{ ST_OK, EX_OK }, { ST_NONE, EX_OK }, { ST_TEMP, EX_TEMPFAIL },
		{ ST_UNSURE, EX_TEMPFAIL }, { ST_PERM, EX_NOPERM },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		assert_int_equal(role_exit(&(struct fault){ .st = t[i].st }), t[i].rc);
}

/* --- one daemon a database ----------------------------------------------------------- */

static int
never(void)
{
	return EX_SOFTWARE;
}

static void
a_second_daemon_goes_away(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	const char *lock = arena_printf(a, "%s/db.lock", dir);
	struct config *c = arena_new(a, struct config, 1);
	struct setup s = { .cfg = c };
	const struct supervision sv = { &s, NULL, never };
	int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	c->database = arena_printf(a, "%s/db", dir);
	assert_int_equal(supervisor_run(&sv), EX_TEMPFAIL);
	assert_int_equal(supervisor_once(&sv), EX_TEMPFAIL);
	assert_int_equal(access(c->database, F_OK), -1);
	assert_int_equal(close(fd), 0);
	assert_int_equal(unlink(lock), 0);
}

/* --- random parts that a mail brings about --- */

static void
draws_come_back_and_never_meet(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	const struct sha256 one = sha256_of(span_of("one mail")), other = sha256_of(span_of("another"));
	const struct desk d[] = { { .key = span_of("a key of thirty-two bytes, or more") },
	    { .key = span_of("another key of thirty-two bytes.") } };
	const struct { const struct desk *d; const struct sha256 *mail; const char *again; } t[] = {
		{ &d[0], &one, "" }, { &d[0], &one, "confirmed" }, { &d[0], &other, "" },
		{ &d[1], &one, "" },
	};
	enum { T = sizeof t / sizeof *t };
	struct plan_facts v[T] = { 0 }, again = { 0 };

	(void)state;
	for (size_t i = 0; i < T; i++)
		role_draw(a, t[i].d, t[i].mail, t[i].again, &v[i]);
	role_draw(a, &d[0], &one, "", &again);
	assert_int_equal(again.nrandom, plan_mails_max(&d[0]));
	assert_memory_equal(again.random, v[0].random, again.nrandom * MSGID_RANDOM);
	for (size_t i = 0; i < T; i++)
		for (size_t k = 0; k < v[i].nrandom; k++)
			for (size_t j = 0; j <= i; j++)
				for (size_t l = 0; l < (j == i ? k : v[j].nrandom); l++)
					assert_memory_not_equal(v[i].random[k], v[j].random[l], MSGID_RANDOM);
}

/* --- setup --------------------------------------------------------------------------- */

static const char *
from_env(const char *name, const char *otherwise)
{
	const char *z = getenv(name);

	return z != NULL ? z : otherwise;
}

static void
agents_have_categories_that_exist(void **state)
{
	static const struct { const char *categories, *unknown; } t[] = {
		{ "*", "" }, { "logement, finances", "" }, { "", "" }, { " logement ,*", "" },
		{ "logemant", "logemant" }, { "logement, x", "x" },
		{ "0123456789012345678901234567890123456789012345678901234567890123456789",
		  "012345678901234567890123456789012345678901234567890123456789012" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct config *c = arena_new(a, struct config, 1);
		struct setup s SETUP_AUTO = { 0 };
		struct fault f = { 0 };
		enum status st;

		c->path = "b.conf";
		c->rules = from_env("RULES", "rules");
		c->templates = from_env("TEMPLATES", "templates");
		c->directory = c->quartiers = "";
		c->agents[0] = (struct agent){ "claire", "", "c@v.test", t[i].categories,
		    false };
		c->nagents = 1;
		st = setup_load(a, c, span_of(""), &s, &f);
		if (t[i].unknown[0] == '\0') {
			if (st != ST_OK)
				fail_msg("%s", f.text);
			assert_ptr_equal(s.desk.rules, s.rules);
			continue;
		}
		assert_int_equal(st, ST_PERM);
		assert_string_equal(f.text, arena_printf(a,
		    "b.conf: [agent claire] categories: "
		    "no category \"%s\" in the rules", t[i].unknown));
		assert_null(s.rules);
		assert_null(s.texts);
	}
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
	ARENA_AUTO struct arena *a = arena_open();

	(void)state;
	return unlink(arena_printf(a, "%s/socket", dir)) < 0 ? -1 : rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_reach_systemd),
		cmocka_unit_test(the_watchdog_is_fed_in_time),
		cmocka_unit_test(a_wake_ends_a_sleep),
		cmocka_unit_test(exit_codes),
		cmocka_unit_test(a_second_daemon_goes_away),
		cmocka_unit_test(draws_come_back_and_never_meet),
		cmocka_unit_test(agents_have_categories_that_exist),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
