/* fault.c - an LD_PRELOAD library that numbers the system calls (and allocations) of bureaud's
 * processes, together and in order, and does harm at the one that is asked for: the process or
 * all of its group is killed before or after it, or it fails, once or from then on.
 *
 * FAULT names a file of struct plan, mapped shared by every process; tests/e2e/faults.py writes
 * it and reads what came of it.  The confined reader starts with an empty environment: it is
 * killed from outside.
 *
 * Limits: what libc calls within itself (fopen, the allocator's own mmap) is not seen. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* The order is known to faults.py. */
enum call {
	CALL_PWRITE, CALL_WRITE, CALL_FSYNC, CALL_OPEN, CALL_CONNECT, CALL_SEND, CALL_MMAP,
	CALL_MALLOC, CALL_RECV, CALL_READ, CALL_UNLINK, CALL_FTRUNCATE,
	CALLS
};
enum action { ACT_COUNT, ACT_KILL_BEFORE, ACT_KILL_AFTER, ACT_FAIL_ONCE, ACT_FAIL_FROM,
	ACT_SIGNAL };

struct plan {
	uint32_t mask;			/* 1 << enum call: those that are numbered */
	uint32_t at;			/* the number of the one that is harmed, from 1 */
	uint32_t action;
	uint32_t error;			/* errno; of ACT_SIGNAL the signal, to the first of the group */
	uint32_t group;			/* 1: kill all of the process group */
	_Atomic uint32_t seen;
	_Atomic uint32_t hit;		/* 1 + enum call of the one that was harmed */
	_Atomic uint32_t count[CALLS];	/* of each kind, numbered or not */
};

static struct plan *plan;

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

__attribute__((constructor)) static void
begin(void)
{
	const char *path = getenv("FAULT");
	int fd = path == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
	void *p;

	if (fd < 0)
		return;
	p = (void *)syscall(SYS_mmap, NULL, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0L);
	(void)syscall(SYS_close, fd);
	if (p != MAP_FAILED)
		plan = p;
}

static void
die(void)
{
	(void)syscall(SYS_kill, plan->group ? 0 : (int)syscall(SYS_getpid), SIGKILL);
	for (;;)
		(void)syscall(SYS_pause);
}

/* Is this the one?  0 no, else the action. */
static uint32_t
number(enum call c)
{
	uint32_t n, none = 0;

	if (plan == NULL)
		return 0;
	(void)atomic_fetch_add(&plan->count[c], 1);
	if ((plan->mask & 1u << c) == 0)
		return 0;
	n = atomic_fetch_add(&plan->seen, 1) + 1;
	if (n != plan->at && !(plan->action == ACT_FAIL_FROM && n > plan->at))
		return 0;
	(void)atomic_compare_exchange_strong(&plan->hit, &none, 1u + c);
	if (plan->action == ACT_KILL_BEFORE)
		die();
	if (plan->action == ACT_SIGNAL)
		(void)syscall(SYS_kill, (int)syscall(SYS_getpgid, 0), (int)plan->error);
	return plan->action;
}

static int
fails(uint32_t act)
{
	if (act != ACT_FAIL_ONCE && act != ACT_FAIL_FROM)
		return 0;
	errno = (int)plan->error;
	return 1;
}

/* One wrapped call: harm before, the call itself, harm after. */
#define WRAP(type, bad, name, params, which, ...) \
	type name params; \
	type name params \
	{ \
		uint32_t act = number(which); \
		type result; \
		if (fails(act)) \
			return bad; \
		result = (type)(__VA_ARGS__); \
		if (act == ACT_KILL_AFTER) \
			die(); \
		return result; \
	}

WRAP(ssize_t, -1, pwrite64, (int fd, const void *p, size_t n, off64_t at), CALL_PWRITE,
    syscall(SYS_pwrite64, fd, p, n, at))
WRAP(ssize_t, -1, pwrite, (int fd, const void *p, size_t n, off_t at), CALL_PWRITE,
    syscall(SYS_pwrite64, fd, p, n, at))
WRAP(ssize_t, -1, write, (int fd, const void *p, size_t n), CALL_WRITE,
    syscall(SYS_write, fd, p, n))
WRAP(ssize_t, -1, writev, (int fd, const struct iovec *v, int n), CALL_WRITE,
    syscall(SYS_writev, fd, v, n))
WRAP(int, -1, fsync, (int fd), CALL_FSYNC, syscall(SYS_fsync, fd))
WRAP(int, -1, fdatasync, (int fd), CALL_FSYNC, syscall(SYS_fdatasync, fd))
WRAP(int, -1, connect, (int fd, __CONST_SOCKADDR_ARG a, socklen_t n), CALL_CONNECT,
    syscall(SYS_connect, fd, a.__sockaddr__, n))
WRAP(ssize_t, -1, send, (int fd, const void *p, size_t n, int flags), CALL_SEND,
    syscall(SYS_sendto, fd, p, n, flags, NULL, 0))
WRAP(ssize_t, -1, sendto, (int fd, const void *p, size_t n, int flags, __CONST_SOCKADDR_ARG a,
    socklen_t na), CALL_SEND, syscall(SYS_sendto, fd, p, n, flags, a.__sockaddr__, na))
WRAP(ssize_t, -1, sendmsg, (int fd, const struct msghdr *m, int flags), CALL_SEND,
    syscall(SYS_sendmsg, fd, m, flags))
WRAP(ssize_t, -1, recv, (int fd, void *p, size_t n, int flags), CALL_RECV,
    syscall(SYS_recvfrom, fd, p, n, flags, NULL, NULL))
WRAP(ssize_t, -1, read, (int fd, void *p, size_t n), CALL_READ, syscall(SYS_read, fd, p, n))
WRAP(int, -1, unlink, (const char *path), CALL_UNLINK, syscall(SYS_unlink, path))
WRAP(int, -1, ftruncate64, (int fd, off64_t n), CALL_FTRUNCATE, syscall(SYS_ftruncate, fd, n))
WRAP(int, -1, ftruncate, (int fd, off_t n), CALL_FTRUNCATE, syscall(SYS_ftruncate, fd, n))
WRAP(void *, MAP_FAILED, mmap, (void *at, size_t n, int prot, int flags, int fd, off_t off),
    CALL_MMAP, syscall(SYS_mmap, at, n, prot, flags, fd, off))
WRAP(void *, MAP_FAILED, mmap64, (void *at, size_t n, int prot, int flags, int fd, off64_t off),
    CALL_MMAP, syscall(SYS_mmap, at, n, prot, flags, fd, off))
WRAP(void *, NULL, malloc, (size_t n), CALL_MALLOC, __libc_malloc(n))
WRAP(void *, NULL, calloc, (size_t n, size_t size), CALL_MALLOC, __libc_calloc(n, size))
WRAP(void *, NULL, realloc, (void *p, size_t n), CALL_MALLOC, __libc_realloc(p, n))

/* The mode is only there where a file may be made. */
#define OPEN(name, params, last, ...) \
	int name params; \
	int name params \
	{ \
		uint32_t act = number(CALL_OPEN); \
		int mode = 0, fd; \
		va_list ap; \
		if (fails(act)) \
			return -1; \
		va_start(ap, last); \
		if ((last & (O_CREAT | O_TMPFILE)) != 0) \
			mode = va_arg(ap, int); \
		va_end(ap); \
		fd = (int)syscall(SYS_openat, __VA_ARGS__, last, mode); \
		if (act == ACT_KILL_AFTER) \
			die(); \
		return fd; \
	}

OPEN(open, (const char *path, int flags, ...), flags, AT_FDCWD, path)
OPEN(open64, (const char *path, int flags, ...), flags, AT_FDCWD, path)
OPEN(openat, (int dir, const char *path, int flags, ...), flags, dir, path)
OPEN(openat64, (int dir, const char *path, int flags, ...), flags, dir, path)
