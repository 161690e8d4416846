#include "mac.h"

#include <errno.h>
#include <nettle/hmac.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <sys/random.h>

struct sha256
sha256_of(struct span s)
{
	struct sha256_ctx c;
	struct sha256 h;

	sha256_init(&c);
	sha256_update(&c, s.n, (const uint8_t *)s.p);
	sha256_digest(&c, sizeof h.b, h.b);
	return h;
}

void
hex_put(const unsigned char *p, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * n] = '\0';
}

void
sha256_hex(const struct sha256 *h, char out[2 * SHA256_BYTES + 1])
{
	hex_put(h->b, SHA256_BYTES, out);
}

struct sha256
mac_of(struct span key, struct span text)
{
	struct hmac_sha256_ctx c;
	struct sha256 h;

	hmac_sha256_set_key(&c, key.n, (const uint8_t *)key.p);
	hmac_sha256_update(&c, text.n, (const uint8_t *)text.p);
	hmac_sha256_digest(&c, sizeof h.b, h.b);
	return h;
}

bool
mac_same(struct span x, struct span y)
{
	unsigned char diff = 0;

	if (x.n != y.n)
		return false;
	for (size_t i = 0; i < x.n; i++)
		diff |= (unsigned char)(x.p[i] ^ y.p[i]);
	return diff == 0;
}

void
random_bytes(void *p, size_t n)
{
	unsigned char *q = p;

	while (n > 0) {
		ssize_t r = getrandom(q, n, 0);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			abort();
		q += r;
		n -= (size_t)r;
	}
}

void
base32_put(const unsigned char *p, size_t nbits, char *out)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
	unsigned acc = 0, have = 0;

	for (size_t bit = 0; bit < nbits; bit += 5) {
		if (have < 5) {
			/* Zero bits fill the last character (RFC 4648 6). */
			acc = (acc << 8 | (bit + have < nbits ? *p++ : 0u)) & 0xffff;
			have += 8;
		}
		have -= 5;
		*out++ = digits[acc >> have & 31];
	}
	*out = '\0';
}
