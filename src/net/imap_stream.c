#include "imap_int.h"

#include "clock.h"
#include "utf8.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STREAM_BUFFER = 16384 };

void
imap_begin(struct imap *im, int ms, size_t budget)
{
	im->deadline = clock_mono_ms() + ms;
	im->budget = budget;
	im->guard.lines = 0;
}

int
imap_fetch_ms(const struct imap *im)
{
	return im->command_ms > IMAP_FETCH_MS_MAX / 5 ? IMAP_FETCH_MS_MAX : im->command_ms * 5;
}

void
imap_die(struct imap *im, const char *why)
{
	if (!im->dead)
		(void)snprintf(im->why, sizeof im->why, "%.*s", IMAP_WHY_MAX - 1, why);
	im->dead = true;
}

bool
imap_io_poll(struct imap *im, int ms)
{
	struct pollfd p[2] = {
		{ .fd = im->io.fd, .events = im->io.want },
		{ .fd = im->stop_fd, .events = POLLIN },
	};

	if (poll(p, 2, ms) > 0 && p[1].revents != 0) {
		imap_die(im, "stopped");
		return false;
	}
	return true;
}

/* Until im->io can go on; false: dead, by the deadline or stop_fd. */
static bool
io_wait(struct imap *im)
{
	int64_t left = im->deadline - clock_mono_ms();

	if (left > 0)
		return imap_io_poll(im, (int)left);
	imap_die(im, "no answer in time");
	return false;
}

/* What came in while idle goes first. */
static ssize_t
peek_take(struct imap *im, void *p, size_t n)
{
	if (n > im->peek_n)
		n = im->peek_n;
	memcpy(p, im->peek, n);
	memmove(im->peek, im->peek + n, im->peek_n - n);
	im->peek_n -= n;
	return (ssize_t)n;
}

static ssize_t
read_some(struct imap *im, void *p, size_t n)
{
	ssize_t r;

	if (im->peek_n > 0)
		return peek_take(im, p, n);
	for (;;) {
		r = stream_recv(&im->io, p, n);
		if (r > 0)
			return r;
		if (r < 0) {
			imap_die(im, im->io.why.text);
			return -1;
		}
		if (!io_wait(im))
			return -1;
	}
}

struct span
imap_first_line(struct imap *im)
{
	char got[IMAP_PEEK];
	ssize_t r;

	while (im->peek_n < sizeof im->peek && memchr(im->peek, '\n', im->peek_n) == NULL) {
		size_t had = im->peek_n;

		im->peek_n = 0;
		r = read_some(im, got, sizeof got - had);
		im->peek_n = had;
		if (r < 0)
			break;
		memcpy(im->peek + had, got, (size_t)r);
		im->peek_n += (size_t)r;
	}
	return span_from(im->peek, im->peek_n);
}

static ssize_t
low_read(mailstream_low *low, void *p, size_t n)
{
	struct imap *im = low->data;
	const char *wrong;
	ssize_t r;

	if (im->dead)
		return -1;
	if (im->budget == 0) {
		imap_die(im, "the answer is over its budget");
		return -1;
	}
	r = read_some(im, p, n < im->budget ? n : im->budget);
	if (r < 0)
		return -1;
	wrong = imap_guard(&im->guard, span_from(p, (size_t)r), im->budget);
	if (wrong != NULL) {
		imap_die(im, wrong);
		return -1;
	}
	im->budget -= (size_t)r;
	return r;
}

static ssize_t
low_write(mailstream_low *low, const void *p, size_t n)
{
	struct imap *im = low->data;
	ssize_t r;

	while (!im->dead) {
		r = stream_send(&im->io, p, n);
		if (r > 0)
			return r;
		if (r < 0)
			imap_die(im, im->io.why.text);
		else if (!io_wait(im))
			break;
	}
	return -1;
}

static int
low_close(mailstream_low *low)
{
	(void)low;
	return 0;
}

static int
low_fd(mailstream_low *low)
{
	const struct imap *im = low->data;

	return im->io.fd;
}

static void
low_free(mailstream_low *low)
{
	free(low);
}

static void
low_cancel(mailstream_low *low)
{
	(void)low;
}

void
imap_stream_open(struct imap *im)
{
	static mailstream_low_driver driver = {
		.mailstream_read = low_read,
		.mailstream_write = low_write,
		.mailstream_close = low_close,
		.mailstream_get_fd = low_fd,
		.mailstream_free = low_free,
		.mailstream_cancel = low_cancel,
	};
	mailstream_low *low = mailstream_low_new(im, &driver);

	im->st = low == NULL ? NULL : mailstream_new(low, STREAM_BUFFER);
	if (im->st == NULL && low != NULL)
		mailstream_low_free(low);
}

/* The line that the parser was at: a BYE there tells more than we can. */
static void
die_by_parser(struct imap *im)
{
	const MMAPString *at = im->m == NULL ? NULL : im->m->imap_stream_buffer;
	struct buf b BUF_AUTO;

	buf_open(&b, IMAP_WHY_MAX);
	if (at != NULL && span_istarts(span_from(at->str, at->len), "* BYE"))
		utf8_clean(&b, span_trim(span_from(at->str + 2, at->len - 2)), UTF8_ONE_LINE);
	buf_cut(&b, utf8_floor(buf_span(&b), IMAP_WHY_MAX - 1));
	imap_die(im, b.n > 0 ? b.z : "senseless answer");
}

enum status
imap_lost(struct imap *im, const char *doing, struct fault *f)
{
	if (!im->dead)
		die_by_parser(im);
	return fault_set(f, ST_TEMP, "imap: %s: %s", doing, im->why);
}

enum status
imap_failed(struct imap *im, int r, const char *doing, struct fault *f)
{
	char said[200];

	if (r == MAILIMAP_ERROR_PROTOCOL && im->m->imap_response != NULL)
		imap_die(im, imap_said(im, said));
	return imap_lost(im, doing, f);
}

bool
imap_write(struct imap *im, struct span s)
{
	return mailstream_write(im->st, s.p, s.n) == (ssize_t)s.n &&
	    mailstream_flush(im->st) == 0;
}

enum status
imap_answer_read(struct imap *im, const char *doing, enum imap_answer *out, struct fault *f)
{
	struct mailimap_response *resp = NULL;
	int r = mailimap_parse_response(im->m, &resp);

	if (r != MAILIMAP_NO_ERROR)
		return imap_failed(im, r, doing, f);
	*out = resp->rsp_resp_done->rsp_data.rsp_tagged->rsp_cond_state->rsp_type ==
	    MAILIMAP_RESP_COND_STATE_OK ? IMAP_OK : IMAP_NO;
	mailimap_response_free(resp);
	return ST_OK;
}

static bool
command_send(struct imap *im, const char *line)
{
	return !im->dead && mailimap_send_current_tag(im->m) == MAILIMAP_NO_ERROR &&
	    mailstream_write(im->st, line, strlen(line)) == (ssize_t)strlen(line) &&
	    imap_write(im, span_of("\r\n"));
}

/* The name of the command, for a fault. */
static const char *
verb_of(const char *line, char out[24])
{
	size_t n = strcspn(line, " ");

	if (strncmp(line, "UID ", 4) == 0)
		n = 4 + strcspn(line + 4, " ");
	(void)snprintf(out, 24, "%.*s", (int)n, line);
	return out;
}

enum status
imap_run(struct imap *im, enum imap_answer *out, struct fault *f, const char *fmt, ...)
{
	char *line = NULL, verb[24];
	enum status st;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&line, fmt, ap);
	va_end(ap);
	if (n < 0 || n > IMAP_COMMAND_MAX) {
		if (n >= 0)
			free(line);
		return fault_set(f, ST_PERM, "imap: a command too long");
	}
	if (!command_send(im, line) || mailimap_read_line(im->m) == NULL)
		st = imap_lost(im, verb_of(line, verb), f);
	else
		st = imap_answer_read(im, verb_of(line, verb), out, f);
	free(line);
	return st;
}

/* Untagged data may come before the "+" (RFC 3501 5.5); none of it has a literal then. */
enum status
imap_ask(struct imap *im, const char *line, bool *plus, bool *news, enum imap_answer *out,
    struct fault *f)
{
	char verb[24];
	const char *got;

	*plus = false;
	*news = false;
	if (!command_send(im, line))
		return imap_lost(im, verb_of(line, verb), f);
	for (;;) {
		got = mailimap_read_line(im->m);
		if (got == NULL || im->guard.literal > 0)
			return imap_lost(im, verb_of(line, verb), f);
		if (got[0] == '+') {
			*plus = true;
			return ST_OK;
		}
		if (got[0] != '*')
			return imap_answer_read(im, verb_of(line, verb), out, f);
		*news = true;
	}
}

const char *
imap_said(const struct imap *im, char out[200])
{
	struct buf b BUF_AUTO;

	buf_open(&b, 4096);
	if (im->m->imap_response != NULL)
		utf8_clean(&b, span_of(im->m->imap_response), UTF8_ONE_LINE);
	buf_cut(&b, utf8_floor(buf_span(&b), 199));
	(void)snprintf(out, 200, "%s", b.z);
	return out;
}

bool
imap_code(const struct imap *im, const char *code)
{
	const struct mailimap_response_info *info = im->m->imap_response_info;

	return info != NULL && info->rsp_atom != NULL &&
	    span_ieq(span_of(info->rsp_atom), code);
}

bool
imap_code_later(const struct imap *im)
{
	static const char *const codes[] = { "UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG" };

	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		if (imap_code(im, codes[i]))
			return true;
	return false;
}

enum status
imap_refused(struct imap *im, enum status st, const char *doing, struct fault *f)
{
	char said[200];

	return fault_set(f, st, "%s: %s", doing, imap_said(im, said));
}
