/* reader.c - the side that asks. */
#include "reader.h"

#include "clock.h"
#include "limits.h"
#include "reader_int.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HELLO_MS = 60000, PIPE_BYTES = 1024 * 1024, HEAD = 8 };

static const char nonsense[] = "the reader's answer makes no sense";

/* Signals that a terminal or a control group sends to all of us. */
static const int not_ours[] = { SIGTERM, SIGINT, SIGQUIT, SIGHUP };

struct reader {
	struct arena *own;		/* what this struct lives in */
	const char *rules_dir;
	enum reader_use use;
	int pid;			/* 0: none */
	int to, from;			/* our ends; -1: none */
	struct buf answer;
};

static void
reader_end(struct reader *r)
{
	if (r->to >= 0)
		(void)close(r->to);
	if (r->from >= 0)
		(void)close(r->from);
	r->to = r->from = -1;
	if (r->pid > 0) {
		(void)kill(r->pid, SIGKILL);
		while (waitpid(r->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	r->pid = 0;
}

/* Between two mails it has nothing to say.  Dead (memory, a hand): the next mail is not to
 * blame; talking: it would answer for a mail it has not seen. */
static void
reader_check(struct reader *r)
{
	struct pollfd p = { r->from, POLLIN, 0 };

	if (r->pid > 0 && poll(&p, 1, 0) != 0)
		reader_end(r);
}

/* In the child, between fork and exec: only async-signal-safe calls. */
static void
become_reader(struct reader *r, int in, int out)
{
	char *argv[] = { reader_argv0, reader_flag[r->use], NULL, NULL };
	char *envp[] = { NULL };
	sigset_t none;

	argv[2] = (char *)(uintptr_t)r->rules_dir;
	/* The asker's to obey: it ends the mail at hand, then us. */
	for (size_t i = 0; i < sizeof not_ours / sizeof *not_ours; i++)
		(void)signal(not_ours[i], SIG_IGN);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
		_exit(1);
	(void)close_range(STDERR_FILENO + 1, ~0u, 0);
	(void)execve("/proc/self/exe", argv, envp);
	_exit(1);
}

static enum status
reader_spawn(struct reader *r, struct fault *f)
{
	int to[2], from[2];

	if (pipe2(to, O_CLOEXEC) < 0)
		return fault_errno(f, ST_TEMP, "reader: pipe");
	if (pipe2(from, O_CLOEXEC) < 0) {
		(void)close(to[0]);
		(void)close(to[1]);
		return fault_errno(f, ST_TEMP, "reader: pipe");
	}
	r->pid = fork();
	if (r->pid == 0)
		become_reader(r, to[0], from[1]);
	(void)close(to[0]);
	(void)close(from[1]);
	r->to = to[1];
	r->from = from[0];
	if (r->pid < 0) {
		r->pid = 0;
		reader_end(r);
		return fault_errno(f, ST_TEMP, "reader: fork");
	}
	(void)fcntl(r->to, F_SETPIPE_SZ, PIPE_BYTES);
	(void)fcntl(r->from, F_SETPIPE_SZ, PIPE_BYTES);
	(void)fcntl(r->to, F_SETFL, O_NONBLOCK);
	(void)fcntl(r->from, F_SETFL, O_NONBLOCK);
	return ST_OK;
}

/* Some bytes of `out` into the pipe; false when the reader is gone. */
static bool
push(struct reader *r, struct span *out)
{
	ssize_t n = write(r->to, out->p, out->n);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	out->p += n;
	out->n -= (size_t)n;
	return true;
}

/* What there is of the answer; false when the reader is gone or talks nonsense. */
static bool
pull(struct reader *r)
{
	char z[64 * 1024];
	ssize_t n = read(r->from, z, sizeof z);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	buf_add(&r->answer, span_from(z, (size_t)n));
	return n > 0 && !buf_full(&r->answer);
}

/* A whole frame is there: its length and as many bytes. */
static bool
framed(const struct reader *r, struct span *body)
{
	struct wire w = { buf_span(&r->answer), NULL, false };
	uint64_t n = wire_u64(&w);

	if (w.bad || w.rest.n < n)
		return false;
	*body = span_from(w.rest.p, (size_t)n);
	return true;
}

/* Both ways at once: a mail may be larger than what the pipes hold. */
static const char *
talk(struct reader *r, struct span head, struct span raw, int ms, struct span *body)
{
	const int64_t deadline = clock_mono_ms() + ms;

	buf_reset(&r->answer);
	while (!framed(r, body)) {
		bool more = head.n > 0 || raw.n > 0;
		struct pollfd p[2] = { { r->from, POLLIN, 0 },
		    { more ? r->to : -1, POLLOUT, 0 } };
		int64_t left = deadline - clock_mono_ms();
		int n = poll(p, 2, left > 0 ? (int)left : 0);

		/* Looked first: whoever stopped us for a while did not stop the answer. */
		if (n == 0 && left <= 0)
			return "the reader took too long";
		if (n < 0 && errno != EINTR)
			return "the reader cannot be polled";
		if (p[1].revents != 0 && !push(r, head.n > 0 ? &head : &raw))
			return "the reader died";
		if (p[0].revents != 0 && !pull(r))
			return "the reader died";
	}
	return r->answer.n > HEAD + body->n ? nonsense : NULL;
}

static enum status
reader_start(struct reader *r, struct fault *f)
{
	struct span body;
	const char *why;

	if (reader_spawn(r, f) != ST_OK)
		return f->st;
	why = talk(r, span_from("", 0), span_from("", 0), HELLO_MS, &body);
	if (why != NULL) {
		reader_end(r);
		return fault_set(f, ST_TEMP, "reader: %s before it was ready", why);
	}
	if (body.n > 0) {
		(void)fault_set(f, ST_PERM, "%.*s", (int)body.n, body.p);
		reader_end(r);
		return ST_PERM;
	}
	return ST_OK;
}

enum status
reader_open(struct reader **out, const char *rules_dir, enum reader_use use, struct fault *f)
{
	struct arena *own = arena_open();
	struct reader *r = arena_new(own, struct reader, 1);

	r->own = own;
	r->rules_dir = arena_strdup(own, rules_dir);
	r->use = use;
	r->to = r->from = -1;
	buf_open(&r->answer, LIMIT_ANSWER_TEXT);
	if (reader_start(r, f) != ST_OK) {
		reader_close(&r);
		return f->st;
	}
	*out = r;
	return ST_OK;
}

void
reader_close(struct reader **rp)
{
	struct arena *own = *rp == NULL ? NULL : (*rp)->own;

	if (own == NULL)
		return;
	reader_end(*rp);
	buf_close(&(*rp)->answer);
	arena_close(&own);
	*rp = NULL;
}

/* Another limit, and the memory of the last answer given back. */
static void
answer_open(struct reader *r, size_t max)
{
	buf_close(&r->answer);
	buf_open(&r->answer, max);
}

enum status
reader_ask(struct reader *r, struct arena *a, struct span raw, unsigned want,
    const struct mail **mail_out, const struct verdict **verdict_out, const char **because,
    struct fault *f)
{
	struct buf head BUF_AUTO = { 0 };
	struct span body;
	const char *why;

	*mail_out = NULL;
	*verdict_out = NULL;
	*because = "no mail can be made of these bytes";
	reader_check(r);
	if (r->pid == 0 && reader_start(r, f) != ST_OK)
		return fault_set(f, ST_TEMP, "%s", arena_strdup(a, f->text));
	buf_open(&head, 64);
	wire_put_u64(&head, raw.n);
	wire_put_u64(&head, want);
	if (want & PARSE_BYTES)
		answer_open(r, LIMIT_ANSWER);
	why = talk(r, buf_span(&head), raw, LIMIT_READER_MS, &body);
	if (why == NULL && codec_get(a, body, mail_out, verdict_out, f) != ST_OK)
		why = nonsense;
	if (want & PARSE_BYTES)
		answer_open(r, LIMIT_ANSWER_TEXT);
	if (why != NULL) {
		reader_end(r);
		*because = why;
	}
	return ST_OK;
}

int
reader_pid(const struct reader *r)
{
	return r->pid;
}
