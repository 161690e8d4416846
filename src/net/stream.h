/* stream.h - one TCP connection, in verified TLS or in clear, that never blocks.
 *
 *   stream_dial -> CONNECTING -> HANDSHAKE -> UP -> DEAD      (clear: no HANDSHAKE;
 *                                      ^-- stream_starttls     any failure: DEAD)
 *
 * Every address of the host is tried, each with its share of the time.  The name look-up itself
 * blocks, as long as resolv.conf(5) allows. */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include "tls.h"
#include "url.h"

enum stream_phase { STREAM_IDLE, STREAM_CONNECTING, STREAM_HANDSHAKE, STREAM_UP, STREAM_DEAD };

struct addrinfo;

struct stream {
	enum stream_phase phase;
	int fd;			/* -1 none */
	short want;		/* POLLIN or POLLOUT: what the last call waits for */
	int64_t until;		/* clock_mono_ms: an end to the dialling */
	int64_t addr_until;	/* ... of this address */
	struct addrinfo *all, *at;
	struct tls *tls;
	const struct net_url *url;
	const char *ca_file;
	struct fault why;	/* of DEAD */
};

/* url and ca_file must outlive it.  Goes on to CONNECTING, UP or DEAD. */
void stream_dial(struct stream *s, const struct net_url *url, const char *ca_file,
    int connect_ms);
/* Go on after poll() or when time has passed; for CONNECTING and HANDSHAKE. */
void stream_step(struct stream *s);
/* Milliseconds that may pass before stream_step() must be called though nothing happened. */
int stream_patience(const struct stream *s);
/* From UP in clear to HANDSHAKE; for STARTTLS. */
void stream_starttls(struct stream *s, int ms);

/* Bytes, 0 wait for s->want, -1 DEAD; the end of the stream is a failure too. */
ssize_t stream_recv(struct stream *s, void *p, size_t n) MUST_USE;
ssize_t stream_send(struct stream *s, const void *p, size_t n) MUST_USE;

void stream_fail(struct stream *s, enum status st, const char *why);
void stream_close(struct stream *s);	/* accepts a zeroed one */

#endif
