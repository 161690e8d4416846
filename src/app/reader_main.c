/* reader_main.c - the side that answers: no file, no network, no secret, one mail at a time. */
#include "reader_int.h"

#include "file.h"
#include "limits.h"
#include "sandbox.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* A mail of 64 MiB at most (max_message_mib), and the frame's head. */
enum { QUESTION_MAX = 65 * 1024 * 1024, HEAD = 16 };

static char flag_daemon[] = "--many", flag_once[] = "--one";
char reader_argv0[] = "bureaud-reader";
char *const reader_flag[] = { [READER_DAEMON] = flag_daemon, [READER_ONCE] = flag_once };

bool
reader_is_me(int argc, char **argv)
{
	return argc == 3 && strcmp(argv[0], reader_argv0) == 0;
}

/* false at the end of the questions, or when the asker is gone. */
static bool
read_whole(char *p, size_t n)
{
	while (n > 0) {
		ssize_t r = read(STDIN_FILENO, p, n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return false;
		p += r;
		n -= (size_t)r;
	}
	return true;
}

static bool
answer(struct span body)
{
	struct buf head BUF_AUTO;
	struct fault f;

	buf_open(&head, 8);
	wire_put_u64(&head, body.n);
	return file_write_all(STDOUT_FILENO, buf_span(&head), &f) == ST_OK &&
	    file_write_all(STDOUT_FILENO, body, &f) == ST_OK;
}

static void
read_one(struct arena *a, struct rules *r, struct span raw, unsigned want, struct buf *out)
{
	struct mail *m = arena_new(a, struct mail, 1);
	struct verdict *v = arena_new(a, struct verdict, 1);
	struct fault f;

	if (parse_mail(a, raw, want, m, &f) != ST_OK) {
		codec_put(out, NULL, NULL);
		return;
	}
	rules_prepare(r, strlen(m->text));
	rules_classify(r, a, m, v);
	codec_put(out, m, v);
}

/* Questions until the other side closes. */
static void
serve(struct rules *r)
{
	ARENA_AUTO struct arena *a = arena_open();
	char head[HEAD];

	while (read_whole(head, sizeof head)) {
		struct wire w = { span_from(head, sizeof head), a, false };
		size_t n = (size_t)wire_u64_max(&w, QUESTION_MAX);
		unsigned want = (unsigned)wire_u64_max(&w, PARSE_WANTS);
		struct buf out BUF_AUTO = { 0 };
		char *raw;

		if (w.bad)
			return;
		raw = arena_alloc(a, n + 1, 1);
		if (!read_whole(raw, n))
			return;
		buf_open(&out, (want & PARSE_BYTES ? LIMIT_ANSWER : LIMIT_ANSWER_TEXT) - 8);
		read_one(a, r, span_from(raw, n), want, &out);
		if (buf_full(&out) || !answer(buf_span(&out)))
			return;
		arena_reset(a);
	}
}

static enum status
prepare(struct rules **r, const char *dir, bool once, struct fault *f)
{
	if (parse_init(f) != ST_OK ||
	    rules_load(r, dir, once ? RULES_ONCE : RULES_FULL, f) != ST_OK)
		return f->st;
	if (!once && rules_examples(*r, f) != ST_OK)
		return f->st;
	return sandbox_enter(f);
}

int
reader_main(int argc, char **argv)
{
	struct rules *r AUTO(rules_close) = NULL;
	struct fault f = { 0 };

	(void)argc;
	(void)signal(SIGPIPE, SIG_IGN);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)prctl(PR_SET_NAME, "reader");
	arena_keep_little();
	if (prepare(&r, argv[2], strcmp(argv[1], flag_once) == 0, &f) != ST_OK) {
		(void)answer(span_of(f.text));
		return 1;
	}
	if (answer(span_from("", 0)))
		serve(r);
	return 0;
}
