#include "supervisor_int.h"

#include "file.h"
#include "limits.h"
#include "log.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum { SECRETS_MAX = 2 * LIMIT_SECRET + 1 };

const char *const supervisor_roles[ROLE_COUNT] = { [ROLE_INTAKE] = "intake", [ROLE_POST] = "post",
    [ROLE_TOKEN] = "token" };

/* In the child: SIGTERM and SIGINT become readable on a descriptor, everything that waits can
 * wait for it too. */
int
supervisor_stop_fd(void)
{
	sigset_t stop, rest;

	(void)sigemptyset(&stop);
	(void)sigaddset(&stop, SIGTERM);
	(void)sigaddset(&stop, SIGINT);
	(void)signal(SIGHUP, SIG_IGN);
	(void)sigemptyset(&rest);
	(void)sigaddset(&rest, SIGCHLD);
	(void)sigaddset(&rest, SIGHUP);
	(void)sigprocmask(SIG_UNBLOCK, &rest, NULL);
	return signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* The whole of the pipe: the secrets of this role and of no other, a line each. */
static struct span
secret_receive(struct arena *a, int fd)
{
	char *z = arena_alloc(a, SECRETS_MAX + 1, 1);
	size_t n = 0;
	ssize_t r;

	while (n < SECRETS_MAX && (r = read(fd, z + n, SECRETS_MAX - n)) != 0)
		if (r > 0)
			n += (size_t)r;
		else if (errno != EINTR)
			break;
	(void)close(fd);
	return span_from(z, n);
}

static enum login_to
to_of(enum role_kind kind)
{
	return kind == ROLE_INTAKE ? LOGIN_IMAP : LOGIN_SMTP;
}

/* Read only now, after the fork, so that the other role never had it in its memory. */
static enum status
secret_hand(const struct config *c, enum role_kind kind, int fd, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct token_secrets t = { { "", 0 }, { "", 0 } };	/* a password is the first alone */
	enum status st = ST_OK;

	if (kind == ROLE_TOKEN)
		st = token_secrets(a, c, &t, f);
	else
		st = login_password(a, c, to_of(kind), &t.client_secret, f);
	if (st == ST_OK)
		st = file_write_all(fd, t.client_secret, f);
	if (st == ST_OK && kind == ROLE_TOKEN)
		st = file_write_all(fd, span_from("\n", 1), f);
	if (st == ST_OK)
		st = file_write_all(fd, t.refresh_token, f);
	token_secrets_wipe(&t);
	return st;
}

/* Which tokens it may ask for, and its password otherwise; the token role's own ends. */
static void
login_fill(struct watch *w, struct role *r, struct span secret)
{
	const struct config *c = w->s->setup->cfg;
	struct login *l = &r->login;

	if (r->kind == ROLE_TOKEN) {
		for (int i = 0; i < ROLE_ASKERS; i++) {
			(void)close(w->ask[i][0]);
			r->asked_fd[i] = w->ask[i][1];
		}
		(void)span_cut(&secret, '\n', &r->token_secrets.client_secret);
		r->token_secrets.refresh_token = secret;
		return;
	}
	l->password = secret.p;
	l->stop_fd = r->stop_fd;
	l->tokens = login_wants_token(c, to_of(r->kind));
	l->ask_fd = w->ask[r->kind][0];
	if (login_any_token(c))
		(void)close(w->ask[r->kind == ROLE_INTAKE ? ROLE_POST : ROLE_INTAKE][0]);
}

static int
role_child(struct watch *w, enum role_kind kind, int secret_fd, bool once, bool copies)
{
	static int (*const run[])(struct role *r) = { [ROLE_INTAKE] = intake_run,
	    [ROLE_POST] = post_run, [ROLE_TOKEN] = token_run };
	ARENA_AUTO struct arena *a = arena_open();
	struct role r = {
		.kind = kind, .setup = w->s->setup, .once = once, .copies_only = copies,
		.wake_fd = w->wake[kind][0], .poke_fd = w->wake[kind == ROLE_INTAKE ? ROLE_POST : ROLE_INTAKE][1],
		.beat_fd = once ? -1 : w->beat[1],
	};

	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != w->self)	/* gone before it could be told of */
		return EX_TEMPFAIL;
	(void)prctl(PR_SET_NAME, supervisor_roles[kind]);
	sandbox_plain();
	r.stop_fd = supervisor_stop_fd();
	login_fill(w, &r, secret_receive(a, secret_fd));
	/* The lock stays open here: nobody else may start while one of us still works. */
	(void)close(w->signals);
	return run[kind](&r);
}

int
supervisor_failed(const char *what)
{
	log_event(LOG_L_ERR, "start", "why=\"%s: %s\"", what, strerror(errno));
	return EX_OSERR;
}

int
supervisor_start(struct watch *w, enum role_kind kind, bool once, bool copies)
{
	struct fault f = { 0 };
	int p[2], pid;

	if (pipe2(p, O_CLOEXEC) < 0)
		return -supervisor_failed("pipe");
	pid = fork();
	if (pid < 0)
		pid = -supervisor_failed("fork");
	if (pid == 0) {
		(void)close(p[1]);
		_exit(role_child(w, kind, p[0], once, copies));
	}
	(void)close(p[0]);
	if (pid > 0 && secret_hand(w->s->setup->cfg, kind, p[1], &f) != ST_OK) {
		log_fault(LOG_L_ERR, "start", &f);
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
		pid = -EX_CONFIG;
	}
	(void)close(p[1]);
	return pid;
}
