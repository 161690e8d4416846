#include "imap_int.h"

#include "clock.h"

#include <poll.h>
#include <string.h>

/* RFC 2177 asks for 29 minutes at most; routers forget sooner. */
enum { IDLE_MS_MAX = 9 * 60 * 1000 };

enum status
imap_poll(struct imap *im, struct fault *f)
{
	enum imap_answer ans;

	imap_begin(im, im->command_ms, IMAP_BUDGET);
	if (imap_run(im, &ans, f, "NOOP") != ST_OK)
		return f->st;
	return ans == IMAP_OK ? ST_OK : imap_refused(im, ST_TEMP, "NOOP refused", f);
}

/* "* OK Still here" and no more: the server only keeps the line open. */
static bool
only_alive(struct span s)
{
	struct span line;

	if (s.n == 0 || s.p[s.n - 1] != '\n')
		return false;
	while (span_line(&s, &line))
		if (!span_istarts(line, "* OK"))
			return false;
	return true;
}

/* Has the server said anything?  A readable socket alone may be a TLS ticket.  false: dead. */
static bool
heard(struct imap *im, bool *out)
{
	ssize_t r;

	*out = im->st->read_buffer_len > 0 || im->peek_n > 0;
	if (*out)
		return true;
	r = stream_recv(&im->io, im->peek, sizeof im->peek);
	if (r < 0) {
		imap_die(im, im->io.why.text);
		return false;
	}
	im->peek_n = (size_t)r;
	if (only_alive(span_from(im->peek, im->peek_n)))
		im->peek_n = 0;
	*out = im->peek_n > 0;
	return true;
}

/* Until news, poke, stop or ms have gone by.  with_news: the server may speak.  false: dead. */
static bool
sit(struct imap *im, int ms, bool with_news, enum imap_woke *out)
{
	struct pollfd p[3] = {
		{ .fd = im->poke_fd, .events = POLLIN },
		{ .fd = im->stop_fd, .events = POLLIN },
		{ .fd = with_news ? im->io.fd : -1, .events = POLLIN },
	};
	int64_t end = clock_mono_ms() + ms, left;
	bool news = false;

	for (;;) {
		if (with_news && !heard(im, &news))
			return false;
		if (with_news)
			p[2].events = im->io.want;
		left = end - clock_mono_ms();
		*out = news ? IMAP_WOKE_DATA : IMAP_WOKE_TIMEOUT;
		if (news)
			return true;
		if (poll(p, 3, left > 0 ? (int)left : 0) > 0 &&
		    (p[0].revents != 0 || p[1].revents != 0)) {
			*out = IMAP_WOKE_POKE;
			return true;
		}
		if (left <= 0)
			return true;
	}
}

static enum status
idle_once(struct imap *im, int ms, enum imap_woke *out, struct fault *f)
{
	enum imap_answer ans;
	bool plus, news;

	imap_begin(im, im->command_ms, IMAP_BUDGET);
	if (imap_ask(im, "IDLE", &plus, &news, &ans, f) != ST_OK)
		return f->st;
	*out = IMAP_WOKE_DATA;
	if (!plus)
		return imap_refused(im, ST_TEMP, "IDLE refused", f);
	if (!news && !sit(im, ms, true, out))
		return imap_lost(im, "IDLE", f);
	imap_begin(im, im->command_ms, IMAP_BUDGET);
	if (!imap_write(im, span_of("DONE\r\n")) || mailimap_read_line(im->m) == NULL)
		return imap_lost(im, "DONE", f);
	return imap_answer_read(im, "DONE", &ans, f);
}

enum status
imap_wait(struct imap *im, int max_ms, enum imap_woke *out, struct fault *f)
{
	int64_t end = clock_mono_ms() + max_ms, left = max_ms;

	*out = IMAP_WOKE_TIMEOUT;
	if (im->dead)
		return imap_lost(im, "wait", f);
	if (!sit(im, 0, false, out) || *out == IMAP_WOKE_POKE)
		return ST_OK;
	if (!im->selected || !imap_has(im, "IDLE")) {
		(void)sit(im, max_ms, false, out);
		return ST_OK;
	}
	while (left > 0 && *out == IMAP_WOKE_TIMEOUT) {
		if (left > IDLE_MS_MAX)
			left = IDLE_MS_MAX;
		if (idle_once(im, (int)left, out, f) != ST_OK)
			return f->st;
		left = end - clock_mono_ms();
	}
	return ST_OK;
}
