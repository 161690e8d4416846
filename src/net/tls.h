/* tls.h - a verified TLS client session on a non-blocking socket, by GnuTLS.
 *
 * Chain, host name and dates are checked inside the handshake: while that has not ended well
 * no byte of ours is sent.  TLS 1.2 or later. */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "span.h"
#include "status.h"

#include <stdint.h>
#include <sys/types.h>

struct tls;

/* No byte is sent yet.  host must outlive it.  ca_file "": the system's.
 * ST_PERM: no certificate in ca_file. */
enum status tls_open(struct tls **out, int fd, const char *host, const char *ca_file,
    struct fault *f) MUST_USE;
/* Leaves the socket open. */
void tls_close(struct tls **t);

/* 1 done, 0 wait for *want (POLLIN or POLLOUT), -1 failed: f says why, ST_PERM for a
 * certificate or a version that will not do. */
int tls_handshake(struct tls *t, short *want, struct fault *f) MUST_USE;
/* Bytes, 0 wait for *want, -1 the session is over (EOF included). */
ssize_t tls_recv(struct tls *t, void *p, size_t n, short *want, struct fault *f) MUST_USE;
ssize_t tls_send(struct tls *t, const void *p, size_t n, short *want, struct fault *f) MUST_USE;
/* Say goodbye if that is possible at once. */
void tls_bye(struct tls *t);

/* End of the server's certificate; -1 unknown. */
int64_t tls_expires(const struct tls *t);

#endif
