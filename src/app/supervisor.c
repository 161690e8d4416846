#include "supervisor_int.h"

#include "clock.h"
#include "first.h"
#include "log.h"
#include "notify_sd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum { GRACE_MS = 60 * 1000, STOP_MS = 4500 };

/* One daemon a database: the lock lives as long as its holder, whatever ends it. */
static int
lock_take(const char *database, int *rc)
{
	ARENA_AUTO struct arena *a = arena_open();
	const char *path = arena_printf(a, "%s.lock", database);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0) {
		log_event(LOG_L_ERR, "start", "why=\"%s: %s\"", path, strerror(errno));
		*rc = EX_CANTCREAT;
		return -1;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		log_event(LOG_L_ERR, "start", "why=\"%s: another bureaud runs on this database\"", path);
		(void)close(fd);
		*rc = EX_TEMPFAIL;
		return -1;
	}
	return fd;
}

static void
signals_block(struct watch *w)
{
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigemptyset(&w->mask);
	(void)sigaddset(&w->mask, SIGTERM);
	(void)sigaddset(&w->mask, SIGINT);
	(void)sigaddset(&w->mask, SIGHUP);
	(void)sigaddset(&w->mask, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &w->mask, NULL);
	w->signals = signalfd(-1, &w->mask, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int
exit_code(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE;
}

/* Without it the others would ask in vain. */
static bool
token_ended(struct watch *w)
{
	struct child *c = &w->child[ROLE_TOKEN];

	if (c->pid <= 0 || waitpid(c->pid, NULL, WNOHANG) != c->pid)
		return false;
	log_event(LOG_L_ERR, "role-ended", "role=%s", supervisor_roles[ROLE_TOKEN]);
	c->pid = 0;
	w->stopping = true;
	w->rc = EX_SOFTWARE;
	return true;
}

/* Wait for one process of ours; a signal to us is passed on to it. */
static int
process_wait(struct watch *w, int pid)
{
	int status;

	for (;;) {
		struct pollfd p = { w->signals, POLLIN, 0 };
		struct signalfd_siginfo si;

		if (waitpid(pid, &status, WNOHANG) == pid)
			return exit_code(status);
		if (token_ended(w))
			(void)kill(pid, SIGTERM);
		(void)poll(&p, 1, -1);
		while (read(w->signals, &si, sizeof si) == (ssize_t)sizeof si)
			if (si.ssi_signo == SIGTERM || si.ssi_signo == SIGINT) {
				w->stopping = true;
				(void)kill(pid, SIGTERM);
			}
	}
}

static int
first_process(struct watch *w, bool once)
{
	int stop_fd = supervisor_stop_fd();
	struct login tokens = { .tokens = true, .password = "", .stop_fd = stop_fd,
	    .ask_fd = w->ask[ROLE_INTAKE][0] };

	return first_start(w->s->setup, login_wants_token(w->s->setup->cfg, LOGIN_IMAP) ? &tokens : NULL,
	    stop_fd, once);
}

/* The database is made, or brought to this version, in a process of its own: where there is none,
 * that one looks into the mailbox first. */
static int
database_prepare(struct watch *w, bool once)
{
	int pid = fork();

	if (pid == 0)
		_exit(first_process(w, once));
	/* It may have to wait for the mail server. */
	notify_sd("EXTEND_TIMEOUT_USEC=3600000000");
	if (pid > 0)
		return process_wait(w, pid);
	return supervisor_failed("fork");
}

static bool
pipes_open(struct watch *w)
{
	bool ok = pipe2(w->beat, O_CLOEXEC | O_NONBLOCK) == 0;

	for (int i = 0; i < ROLE_COUNT; i++)
		ok = ok && pipe2(w->wake[i], O_CLOEXEC | O_NONBLOCK) == 0;
	return ok;
}

/* Before all others, who may need a token at once. */
static int
token_start(struct watch *w, bool once)
{
	struct child *c = &w->child[ROLE_TOKEN];

	if (!login_any_token(w->s->setup->cfg))
		return EX_OK;
	for (int i = 0; i < ROLE_ASKERS; i++)
		if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, w->ask[i]) < 0)
			return supervisor_failed("sockets");
	c->busy_until = clock_mono_ms() + 2 * GRACE_MS;
	c->pid = supervisor_start(w, ROLE_TOKEN, once, false);
	for (int i = 0; i < ROLE_ASKERS; i++)
		(void)close(w->ask[i][1]);
	return c->pid < 0 ? -c->pid : EX_OK;
}

static void
token_end(struct watch *w)
{
	struct child *c = &w->child[ROLE_TOKEN];

	if (c->pid <= 0)
		return;
	(void)kill(c->pid, SIGTERM);
	(void)waitpid(c->pid, NULL, 0);
	c->pid = 0;
}

static int
watch_open(struct watch *w, const struct supervision *s, bool once)
{
	int rc = EX_OK;

	*w = (struct watch){ .s = s, .lock = lock_take(s->setup->cfg->database, &rc),
	    .self = getpid() };
	if (w->lock < 0)
		return rc;
	signals_block(w);
	if (w->signals < 0 || !pipes_open(w))
		return supervisor_failed("signals and pipes");
	rc = token_start(w, once);
	if (rc == EX_OK)
		rc = database_prepare(w, once);
	if (rc != EX_OK)
		token_end(w);
	return rc;
}

/* ---- the running daemon ---- */

static void
all_stop(struct watch *w, int rc, int sig)
{
	w->stopping = true;
	if (w->rc == EX_OK)
		w->rc = rc;
	for (int i = 0; i < ROLE_COUNT; i++)
		if (w->child[i].pid > 0)
			(void)kill(w->child[i].pid, sig);
}

static void
children_reap(struct watch *w)
{
	int status, pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (int i = 0; i < ROLE_COUNT; i++) {
			if (w->child[i].pid != pid)
				continue;
			w->child[i].pid = 0;
			if (w->stopping)
				break;
			log_event(LOG_L_ERR, "role-ended", "role=%s exit=%d signal=%d", supervisor_roles[i],
			    WIFEXITED(status) ? WEXITSTATUS(status) : -1,
			    WIFSIGNALED(status) ? WTERMSIG(status) : 0);
			all_stop(w, exit_code(status) == EX_OK ? EX_SOFTWARE : exit_code(status), SIGTERM);
		}
}

static void
reload(struct watch *w)
{
	int status = 0, pid = fork();

	if (pid == 0) {
		(void)sigprocmask(SIG_UNBLOCK, &w->mask, NULL);
		_exit(w->s->check());
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pid < 0 || exit_code(status) != EX_OK) {
		log_event(LOG_L_ERR, "reload", "done=no why=\"the new configuration is not good: the old one goes on\"");
		return;
	}
	log_event(LOG_L_INFO, "reload", "done=yes");
	all_stop(w, -1, SIGTERM);
}

static void
signals_take(struct watch *w)
{
	struct signalfd_siginfo si;
	bool hup = false;

	while (read(w->signals, &si, sizeof si) == (ssize_t)sizeof si) {
		if (si.ssi_signo == SIGTERM || si.ssi_signo == SIGINT) {
			if (w->rc == -1)	/* a stop outranks a reload under way */
				w->rc = EX_OK;
			all_stop(w, EX_OK, SIGTERM);
		}
		hup = hup || si.ssi_signo == SIGHUP;
	}
	if (hup && !w->stopping)
		reload(w);
	children_reap(w);
}

static void
child_start(struct watch *w, enum role_kind kind)
{
	struct child *c = &w->child[kind];

	c->started = true;
	c->busy_until = clock_mono_ms() + 2 * GRACE_MS;
	c->pid = supervisor_start(w, kind, false, false);
	if (c->pid < 0)
		all_stop(w, -c->pid, SIGTERM);
}

/* Post begins when intake says so: what waits in this database may not be ours to send. */
static void
beats_take(struct watch *w)
{
	struct role_beat b;

	while (read(w->beat[0], &b, sizeof b) == (ssize_t)sizeof b) {
		if (b.role < 0 || b.role >= ROLE_COUNT)
			continue;
		if (b.role == ROLE_INTAKE && b.go && !w->child[ROLE_POST].started && !w->stopping)
			child_start(w, ROLE_POST);
		w->child[b.role].beaten = true;
		w->child[b.role].busy_until = clock_mono_ms() + b.busy_ms + GRACE_MS;
	}
	if (!w->ready && w->child[ROLE_INTAKE].beaten && w->child[ROLE_POST].beaten) {
		w->ready = true;
		notify_sd("READY=1");
		log_event(LOG_L_INFO, "ready", "version=%s", BUREAUD_VERSION);
	}
}

/* A role that is past what it said it needs is stuck: end it, and with it all. */
static void
hang_check(struct watch *w)
{
	for (int i = 0; i < ROLE_COUNT; i++)
		if (!w->stopping && w->child[i].pid > 0 && w->child[i].busy_until < clock_mono_ms()) {
			log_event(LOG_L_ERR, "role-stuck", "role=%s", supervisor_roles[i]);
			all_stop(w, EX_SOFTWARE, SIGKILL);
		}
	if (!w->stopping)
		notify_sd("WATCHDOG=1");
}

static bool
any_left(const struct watch *w)
{
	for (int i = 0; i < ROLE_COUNT; i++)
		if (w->child[i].pid > 0)
			return true;
	return false;
}

static void
watch_loop(struct watch *w)
{
	int64_t stop_at = 0, now;

	while (any_left(w)) {
		struct pollfd p[2] = { { w->signals, POLLIN, 0 }, { w->beat[0], POLLIN, 0 } };

		(void)poll(p, 2, w->stopping ? 200 : notify_sd_interval());
		signals_take(w);
		beats_take(w);
		hang_check(w);
		now = clock_mono_ms();
		if (w->stopping && stop_at == 0) {
			stop_at = now + STOP_MS;
			notify_sd(w->rc == -1 ? "RELOADING=1" : "STOPPING=1");
		} else if (stop_at != 0 && now > stop_at)
			all_stop(w, w->rc, SIGKILL);
	}
}

int
supervisor_run(const struct supervision *s)
{
	struct watch w;
	int rc = watch_open(&w, s, false);

	if (rc != EX_OK)
		return rc;
	if (!w.stopping)
		child_start(&w, ROLE_INTAKE);
	if (w.stopping)	/* before they began: only the token role is there */
		all_stop(&w, w.rc, SIGTERM);
	watch_loop(&w);
	if (w.rc == -1) {	/* reload: start anew, with the same words; signals stay blocked */
		(void)execv("/proc/self/exe", s->argv);
		return supervisor_failed("/proc/self/exe");
	}
	log_event(LOG_L_INFO, "stopped", "exit=%d", w.rc);
	return w.rc;
}

int
supervisor_once(const struct supervision *s)
{
	static const struct { enum role_kind kind; bool copies; } turns[] = {
		{ ROLE_INTAKE, false }, { ROLE_POST, false }, { ROLE_INTAKE, true },
	};
	struct watch w;
	int worst = watch_open(&w, s, true);

	for (size_t i = 0; worst == EX_OK && !w.stopping && i < sizeof turns / sizeof *turns; i++) {
		int pid = supervisor_start(&w, turns[i].kind, true, turns[i].copies);
		int rc = pid < 0 ? -pid : process_wait(&w, pid);

		/* The rest of the pass is worth doing all the same; a fault outranks "later". */
		w.rc = w.rc == EX_OK || w.rc == EX_TEMPFAIL ? (rc != EX_OK ? rc : w.rc) : w.rc;
		/* As at any start: nothing half done; and not where another host works. */
		if (rc == EX_CONFIG || rc == EX_UNAVAILABLE)
			break;
	}
	token_end(&w);
	return worst != EX_OK ? worst : w.rc;
}
