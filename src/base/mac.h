/* mac.h - SHA-256, HMAC-SHA-256 (RFC 2104) and random bytes. */
#ifndef BASE_MAC_H
#define BASE_MAC_H

#include "span.h"

#include <stdint.h>

enum { SHA256_BYTES = 32 };

struct sha256 { unsigned char b[SHA256_BYTES]; };

struct sha256 sha256_of(struct span s);
/* Lower-case hex, NUL-ended: 2 * n + 1 bytes. */
void hex_put(const unsigned char *p, size_t n, char *out);
void sha256_hex(const struct sha256 *h, char out[2 * SHA256_BYTES + 1]);

struct sha256 mac_of(struct span key, struct span text);
/* In constant time. */
bool mac_same(struct span x, struct span y);

/* From the kernel; the process stops if there are none. */
void random_bytes(void *p, size_t n);

/* RFC 4648 base32 alphabet in lower case, no padding: safe in a Message-ID, an address
 * and a subject, whatever changes case on the way.  Writes chars + NUL. */
void base32_put(const unsigned char *p, size_t nbits, char *out);

#endif
