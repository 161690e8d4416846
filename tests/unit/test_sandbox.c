/* The walls of the reader, tried from inside: each attempt in a process of its own. */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { PAGE = 4096, DONE = 0, WENT_THROUGH = 41, OTHER_ERROR = 42, NO_WALLS = 43 };

static int spare[2];		/* a pipe that the walls know nothing of */

static long try_openat(void) { return open("/etc/passwd", O_RDONLY | O_CLOEXEC); }
static long try_create(void) { return creat("/tmp/sandbox-was-here", 0600); }
static long try_stat(void) { struct stat sb; return stat("/etc", &sb); }
static long try_unlink(void) { return unlink("/tmp/sandbox-was-here"); }
static long try_socket(void) { return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); }
static long try_unix(void) { return socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0); }
static long try_pipe(void) { int p[2]; return pipe2(p, O_CLOEXEC); }
static long try_fork(void) { return fork(); }
static long try_kill(void) { return kill(getppid(), 0); }
static long try_kill_self(void) { return kill(getpid(), SIGUSR1); }
static long try_ptrace(void) { return ptrace(PTRACE_ATTACH, 1, 0, 0); }
static long try_prctl(void) { return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); }
static long try_write(void) { return write(spare[1], "x", 1); }
static long try_close(void) { return close(STDIN_FILENO); }
static long try_dup(void) { return dup2(spare[1], STDOUT_FILENO); }
static long try_uring(void) { return syscall(SYS_io_uring_setup, 1, NULL); }
static long try_memfd(void) { return memfd_create("x", 0); }

static long
try_read(void)
{
	char c;

	return read(spare[0], &c, 1);
}

static long
try_exec(void)
{
	char name[] = "true";
	char *argv[] = { name, NULL }, *envp[] = { NULL };

	return execve("/bin/true", argv, envp);
}

static long
try_mmap_exec(void)
{
	return mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
	    0) == MAP_FAILED ?
	    -1 : 0;
}

static long
try_mmap_file(void)
{
	return mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, spare[0], 0) == MAP_FAILED ? -1 : 0;
}

static long
try_mprotect_exec(void)
{
	void *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? 0 : mprotect(p, PAGE, PROT_READ | PROT_EXEC);
}

/* Signals to others of the same user, through the one call that abort() needs. */
static pid_t parent;

static long
try_tgkill(void)
{
	return syscall(SYS_tgkill, parent, parent, 0);
}

static long
try_prlimit(void)
{
	const struct rlimit r = { RLIM_INFINITY, RLIM_INFINITY };

	return setrlimit(RLIMIT_AS, &r);
}

#if defined(__x86_64__)
/* The same kernel under its other numbers: i386's getpid and x32's. */
static long
try_i386(void)
{
	long rc;

	__asm__ volatile("int $0x80" : "=a"(rc) : "0"(20L) : "memory", "r8", "r9", "r10",
	    "r11");
	return rc;
}

static long try_x32(void) { return syscall(0x40000000 | SYS_getpid); }
#endif

static const struct attempt {
	const char *name;
	long (*act)(void);
	bool refused;
} attempts[] = {
	{ "open", try_openat, true }, { "stat", try_stat, true },
	{ "close", try_close, true }, { "prlimit", try_prlimit, true },
	{ "create", try_create, false }, { "unlink", try_unlink, false },
	{ "socket", try_socket, false },
	{ "unix socket", try_unix, false }, { "pipe", try_pipe, false },
	{ "fork", try_fork, false },
	{ "execve", try_exec, false }, { "kill", try_kill, false },
	{ "kill itself", try_kill_self, false }, { "tgkill", try_tgkill, false },
	{ "ptrace", try_ptrace, false }, { "prctl", try_prctl, false },
	{ "write elsewhere", try_write, false }, { "read elsewhere", try_read, false },
	{ "dup", try_dup, false }, { "io_uring", try_uring, false },
	{ "memfd", try_memfd, false },
	{ "mmap exec", try_mmap_exec, false }, { "mmap file", try_mmap_file, false },
	{ "mprotect exec", try_mprotect_exec, false },
#if defined(__x86_64__)
	{ "i386 call", try_i386, false }, { "x32 call", try_x32, false },
#endif
};

/* waitpid's status of a child that enters and then does `act`. */
static int
inside(long (*act)(void))
{
	int status, pid;

	parent = getpid();
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct fault f;
		long rc;

		if (sandbox_enter(&f) != ST_OK)
			_exit(NO_WALLS);
		errno = 0;
		rc = act();
		_exit(rc == 0 || errno == 0 ? WENT_THROUGH : errno == EACCES ? DONE :
		    OTHER_ERROR);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
skip_without_walls(void)
{
#ifdef BUREAUD_SAN
	print_message("this build has no filter\n");
	skip();
#endif
}

static void
nothing_goes_out(void **state)
{
	(void)state;
	skip_without_walls();
	for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
		int status = inside(attempts[i].act);

		if (attempts[i].refused ? !(WIFEXITED(status) && WEXITSTATUS(status) == DONE) :
		    !(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS))
			fail_msg("%s: status %04x", attempts[i].name, (unsigned)status);
	}
	assert_int_equal(access("/tmp/sandbox-was-here", F_OK), -1);
}

static long
use_memory(void)
{
	for (int i = 0; i < 1000; i++) {
		char *p = test_malloc(1024 * 1024);

		memset(p, 1, 1024 * 1024);
		test_free(p);
	}
	return 0;
}

static long
use_too_much_memory(void)
{
	size_t n = 0;

	while (n < 200 && mmap(NULL, 1024 * 1024, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
		n++;
	/* LIMIT_READER_MIB is 96. */
	errno = n >= 64 && n <= 96 ? EACCES : 0;
	return -1;
}

static long
use_pipes(void)
{
	char c = 0;

	if (read(STDIN_FILENO, &c, 1) != 1 || write(STDOUT_FILENO, &c, 1) != 1)
		return 1;
	errno = EACCES;
	return -1;
}

static long
use_time(void)
{
	struct timespec ts;

	errno = clock_gettime(CLOCK_MONOTONIC, &ts) == 0 && time(NULL) > 0 ? EACCES : 0;
	return -1;
}

static long
use_abort(void)
{
	abort();
}

static void
what_reading_needs_still_works(void **state)
{
	int in[2], out[2], kept_in = dup(STDIN_FILENO), kept_out, status;
	char c = 0;

	(void)state;
	skip_without_walls();
	status = inside(use_memory);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == WENT_THROUGH);
	status = inside(use_too_much_memory);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == DONE);
	status = inside(use_time);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == DONE);
	status = inside(use_abort);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(write(in[1], "q", 1), 1);
	(void)fflush(stdout);
	kept_out = dup(STDOUT_FILENO);
	assert_true(dup2(in[0], STDIN_FILENO) >= 0 && dup2(out[1], STDOUT_FILENO) >= 0);
	status = inside(use_pipes);
	assert_true(dup2(kept_in, STDIN_FILENO) >= 0 && dup2(kept_out, STDOUT_FILENO) >= 0);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == DONE);
	assert_int_equal(read(out[0], &c, 1), 1);
	assert_int_equal(c, 'q');
	for (size_t i = 0; i < 2; i++)
		assert_true(close(in[i]) == 0 && close(out[i]) == 0);
	assert_true(close(kept_in) == 0 && close(kept_out) == 0);
}

/* What every process of ours is. */
static void
plain(void **state)
{
	int status, pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		struct rlimit r = { 1, 1 };

		sandbox_plain();
		_exit(getrlimit(RLIMIT_CORE, &r) == 0 && r.rlim_cur == 0 && r.rlim_max == 0 &&
		    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 &&
		    prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 ? DONE : OTHER_ERROR);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == DONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_goes_out),
		cmocka_unit_test(what_reading_needs_still_works),
		cmocka_unit_test(plain),
	};

	if (pipe(spare) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
