/* seal.h - a stream of bytes that only a holder of the key can read, or can have written.
 *
 * ChaCha20-Poly1305 (RFC 8439) in chunks, so that neither side holds more than one: each has a
 * counter and the last one a mark in its nonce (the STREAM construction), hence a chunk that is
 * changed, left out, moved, or missing at the end is found out.  The chunks' key is drawn by
 * HKDF-SHA-256 (RFC 5869) from the key, a random salt of the stream and a label, hence no nonce
 * is ever used twice and what was sealed for one purpose does not open for another.
 *
 *   head: SEAL_MAGIC, 32 bytes of salt      chunk: SEAL_CHUNK bytes or less, 16 bytes of tag
 *
 * Limits: a truncated stream is known as such at unseal_end only: act on nothing before.  Its
 * length is no secret. */
#ifndef BASE_SEAL_H
#define BASE_SEAL_H

#include "span.h"
#include "status.h"

#define SEAL_MAGIC "bureaud seal v1\n"

enum { SEAL_CHUNK = 64 * 1024, SEAL_TAG = 16, SEAL_SALT = 32, SEAL_HEAD = 16 + SEAL_SALT };

/* Where the other side's bytes go; a status other than ST_OK ends the work and is returned. */
struct sink { enum status (*put)(void *ctx, struct span s, struct fault *f); void *ctx; };

/* Plain bytes in, sealed bytes to `out`.  seal_end writes the last chunk. */
struct seal;
enum status seal_open(struct seal **s, struct span key, const char *label, struct sink out,
    struct fault *f) MUST_USE;
enum status seal_put(struct seal *s, struct span plain, struct fault *f) MUST_USE;
enum status seal_end(struct seal *s, struct fault *f) MUST_USE;
void seal_close(struct seal **s);

/* Sealed bytes in, however cut; plain bytes to `out`, a chunk only once it is known to be good.
 * ST_PERM: not sealed with this key for this label, or damaged; nothing more comes out. */
struct seal *unseal_open(struct span key, const char *label, struct sink out);
enum status unseal_put(struct seal *s, struct span sealed, struct fault *f) MUST_USE;
enum status unseal_end(struct seal *s, struct fault *f) MUST_USE;

#endif
