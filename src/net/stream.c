#include "stream.h"

#include "clock.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ADDRESS_MIN_MS = 1000 };

void
stream_fail(struct stream *s, enum status st, const char *why)
{
	if (s->phase == STREAM_DEAD)
		return;
	(void)fault_set(&s->why, st, "%s", why);
	s->phase = STREAM_DEAD;
}

static void
fd_close(struct stream *s)
{
	if (s->fd >= 0)
		(void)close(s->fd);
	s->fd = -1;
}

/* The socket is connected. */
static void
tls_or_up(struct stream *s)
{
	if (s->url->tls == NET_TLS) {
		int64_t left = s->until - clock_mono_ms();

		s->phase = STREAM_UP;
		stream_starttls(s, left > 0 ? (int)left : 0);
	} else {
		s->phase = STREAM_UP;
		s->want = POLLIN;
	}
}

/* Each address left gets its share of the time left, no less than a second. */
static int64_t
address_share(const struct stream *s)
{
	int64_t left = s->until - clock_mono_ms(), n = 0;

	for (const struct addrinfo *a = s->at; a != NULL; a = a->ai_next)
		n++;
	left /= n > 0 ? n : 1;
	return clock_mono_ms() + (left > ADDRESS_MIN_MS ? left : ADDRESS_MIN_MS);
}

/* Begin with the address s->at or, where that fails at once, with one behind it. */
static void
connect_next(struct stream *s)
{
	const int on = 1;

	for (; s->at != NULL; s->at = s->at->ai_next) {
		s->addr_until = address_share(s);
		s->fd = socket(s->at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (s->fd < 0)
			continue;
		(void)setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		(void)setsockopt(s->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
		if (connect(s->fd, s->at->ai_addr, s->at->ai_addrlen) == 0) {
			tls_or_up(s);
			return;
		}
		if (errno == EINPROGRESS) {
			s->phase = STREAM_CONNECTING;
			s->want = POLLOUT;
			return;
		}
		(void)fault_errno(&s->why, ST_TEMP, "cannot reach %s port %d", s->url->host,
		    s->url->port);
		fd_close(s);
	}
	s->phase = STREAM_DEAD;
}

void
stream_dial(struct stream *s, const struct net_url *url, const char *ca_file, int connect_ms)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_NUMERICSERV };
	char port[8];
	int r;

	*s = (struct stream){ .fd = -1, .url = url, .ca_file = ca_file,
	    .until = clock_mono_ms() + connect_ms };
	(void)snprintf(port, sizeof port, "%d", url->port);
	r = getaddrinfo(url->host, port, &hints, &s->all);
	if (r != 0) {
		s->all = NULL;
		(void)fault_set(&s->why, ST_TEMP, "cannot find %s: %s", url->host,
		    gai_strerror(r));
		s->phase = STREAM_DEAD;
		return;
	}
	(void)fault_set(&s->why, ST_TEMP, "cannot reach %s port %d", url->host, url->port);
	s->at = s->all;
	connect_next(s);
}

static void
connecting_step(struct stream *s)
{
	struct pollfd p = { .fd = s->fd, .events = POLLOUT };
	int err = ETIMEDOUT;
	socklen_t n = sizeof err;

	if (poll(&p, 1, 0) > 0) {
		(void)getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &err, &n);
		if (err == 0) {
			tls_or_up(s);
			return;
		}
	} else if (clock_mono_ms() < s->addr_until) {
		return;
	}
	errno = err;
	(void)fault_errno(&s->why, ST_TEMP, "cannot reach %s port %d", s->url->host,
	    s->url->port);
	fd_close(s);
	s->at = s->at->ai_next;
	if (clock_mono_ms() >= s->until)
		s->at = NULL;
	connect_next(s);
}

static void
handshake_step(struct stream *s)
{
	int r = tls_handshake(s->tls, &s->want, &s->why);

	if (r < 0) {
		s->phase = STREAM_DEAD;
	} else if (r > 0) {
		s->phase = STREAM_UP;
		s->want = POLLIN;
	} else if (clock_mono_ms() >= s->until) {
		stream_fail(s, ST_TEMP, "no TLS answer in time");
	}
}

void
stream_step(struct stream *s)
{
	if (s->phase == STREAM_CONNECTING)
		connecting_step(s);
	if (s->phase == STREAM_HANDSHAKE)
		handshake_step(s);
}

int
stream_patience(const struct stream *s)
{
	int64_t at = s->phase == STREAM_CONNECTING && s->addr_until < s->until ? s->addr_until :
	    s->until;
	int64_t left = at - clock_mono_ms();

	return left < 0 ? 0 : (int)left;
}

void
stream_starttls(struct stream *s, int ms)
{
	s->until = clock_mono_ms() + ms;
	if (tls_open(&s->tls, s->fd, s->url->host, s->ca_file, &s->why) != ST_OK) {
		s->phase = STREAM_DEAD;
		return;
	}
	s->phase = STREAM_HANDSHAKE;
	s->want = POLLOUT;
}

/* What send() and recv() in clear came to. */
static ssize_t
clear_result(struct stream *s, ssize_t r, short want)
{
	if (r > 0)
		return r;
	if (r < 0 && (errno == EAGAIN || errno == EINTR)) {
		s->want = want;
		return 0;
	}
	if (r < 0)
		(void)fault_errno(&s->why, ST_TEMP, "connection with %s", s->url->host);
	else
		(void)fault_set(&s->why, ST_TEMP, "%s closed the connection", s->url->host);
	s->phase = STREAM_DEAD;
	return -1;
}

ssize_t
stream_recv(struct stream *s, void *p, size_t n)
{
	ssize_t r;

	if (s->phase != STREAM_UP)
		return -1;
	if (s->tls == NULL)
		return clear_result(s, recv(s->fd, p, n, 0), POLLIN);
	r = tls_recv(s->tls, p, n, &s->want, &s->why);
	if (r < 0)
		s->phase = STREAM_DEAD;
	return r;
}

ssize_t
stream_send(struct stream *s, const void *p, size_t n)
{
	ssize_t r;

	if (s->phase != STREAM_UP)
		return -1;
	if (s->tls == NULL)
		return clear_result(s, send(s->fd, p, n, MSG_NOSIGNAL), POLLOUT);
	r = tls_send(s->tls, p, n, &s->want, &s->why);
	if (r < 0)
		s->phase = STREAM_DEAD;
	return r;
}

void
stream_close(struct stream *s)
{
	if (s->phase == STREAM_IDLE)
		return;
	if (s->tls != NULL && s->phase == STREAM_UP)
		tls_bye(s->tls);
	tls_close(&s->tls);
	fd_close(s);
	if (s->all != NULL)
		freeaddrinfo(s->all);
	*s = (struct stream){ .fd = -1 };
}
