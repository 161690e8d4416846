#include "sandbox.h"

#include "limits.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

void
sandbox_plain(void)
{
	const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

#ifndef BUREAUD_SAN

/* What this process has mapped now, in bytes; 0 when unknown. */
static size_t
mapped_now(void)
{
	FILE *fp = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;

	if (fp == NULL)
		return 0;
	if (fscanf(fp, "%lu", &pages) != 1)
		pages = 0;
	(void)fclose(fp);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static enum status
limits_set(struct fault *f)
{
	const size_t base = mapped_now();
	const struct { int which; rlim_t max; const char *name; } limits[] = {
		{ RLIMIT_AS, base + (rlim_t)LIMIT_READER_MIB * 1024 * 1024, "memory" },
		{ RLIMIT_FSIZE, 0, "files" },
		{ RLIMIT_NPROC, 0, "processes" },
		{ RLIMIT_NOFILE, 0, "descriptors" },
	};

	if (base == 0)
		return fault_set(f, ST_PERM, "sandbox: /proc/self/statm cannot be read");
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		const struct rlimit r = { limits[i].max, limits[i].max };

		if (setrlimit((__rlimit_resource_t)limits[i].which, &r) < 0)
			return fault_errno(f, ST_PERM, "sandbox: limit of %s", limits[i].name);
	}
	return ST_OK;
}

/* Calls that may pass as they are: memory that is not executable (below), time, the end. */
static const int plain_calls[] = {
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex),
	SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigaction), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid), SCMP_SYS(getrandom), SCMP_SYS(restart_syscall),
	SCMP_SYS(sched_yield), SCMP_SYS(sigaltstack),
};

/* Asked by libraries that live on without an answer. */
static const int refused_calls[] = {
	SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(stat), SCMP_SYS(newfstatat), SCMP_SYS(fstat),
	SCMP_SYS(lstat), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(readlink),
	SCMP_SYS(ioctl), SCMP_SYS(sysinfo), SCMP_SYS(close), SCMP_SYS(lseek),
	SCMP_SYS(prlimit64),
	SCMP_SYS(sched_getaffinity),
};

/* What may pass with these arguments alone. */
static int
checked_add(scmp_filter_ctx c)
{
	const struct { int call; unsigned n; struct scmp_arg_cmp arg[2]; } t[] = {
		{ SCMP_SYS(read), 1, {
		    { .arg = 0, .op = SCMP_CMP_EQ, .datum_a = STDIN_FILENO } } },
		{ SCMP_SYS(write), 1, {
		    { .arg = 0, .op = SCMP_CMP_EQ, .datum_a = STDOUT_FILENO } } },
		{ SCMP_SYS(write), 1, {
		    { .arg = 0, .op = SCMP_CMP_EQ, .datum_a = STDERR_FILENO } } },
		/* abort() ends us through it; no other process of this user. */
		{ SCMP_SYS(tgkill), 1, {
		    { .arg = 0, .op = SCMP_CMP_EQ, .datum_a = (scmp_datum_t)getpid() } } },
		{ SCMP_SYS(mmap), 2, {
		    { .arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0 },
		    { .arg = 3, .op = SCMP_CMP_MASKED_EQ, .datum_a = MAP_ANONYMOUS,
		      .datum_b = MAP_ANONYMOUS } } },
		{ SCMP_SYS(mprotect), 1, {
		    { .arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC,
		      .datum_b = 0 } } },
	};
	int rc = 0;

	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		rc |= seccomp_rule_add_array(c, SCMP_ACT_ALLOW, t[i].call, t[i].n, t[i].arg);
	return rc;
}

static int
rules_add(scmp_filter_ctx c)
{
	int rc = checked_add(c);

	for (size_t i = 0; i < sizeof plain_calls / sizeof *plain_calls; i++)
		rc |= seccomp_rule_add(c, SCMP_ACT_ALLOW, plain_calls[i], 0);
	for (size_t i = 0; i < sizeof refused_calls / sizeof *refused_calls; i++)
		rc |= seccomp_rule_add(c, SCMP_ACT_ERRNO(EACCES), refused_calls[i], 0);
	return rc;
}

/* Anything else is an attack, or a bug that must be seen: the process ends. */
static enum status
filter_load(struct fault *f)
{
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int rc;

	if (c == NULL)
		return fault_set(f, ST_PERM, "sandbox: no seccomp");
	rc = rules_add(c);
	if (rc == 0)
		rc = seccomp_load(c);
	seccomp_release(c);
	if (rc != 0)
		return fault_set(f, ST_PERM, "sandbox: the filter was refused (%d)", rc);
	return ST_OK;
}

enum status
sandbox_enter(struct fault *f)
{
	sandbox_plain();
	if (limits_set(f) != ST_OK)
		return f->st;
	return filter_load(f);
}

#else

enum status
sandbox_enter(struct fault *f)
{
	(void)f;
	sandbox_plain();
	return ST_OK;
}

#endif
