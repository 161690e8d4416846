/* pack.h - a file compressed (zlib, RFC 1950) and sealed (seal.h), and back; both sides hold a
 * few hundred kilobytes whatever its size. */
#ifndef BASE_PACK_H
#define BASE_PACK_H

#include "seal.h"

#include <stdint.h>

/* All of `from`, which is read from where it stands, into `to`. */
enum status pack_file(int from, int to, struct span key, const char *label,
    struct fault *f) MUST_USE;

/* The sealed bytes in, in any pieces; the file to descriptor `to`.  ST_PERM: not sealed with this
 * key, damaged, cut short, or larger than max: what `to` holds then is worth nothing. */
struct unpack;
struct unpack *unpack_open(int to, struct span key, const char *label, uint64_t max);
enum status unpack_put(struct unpack *u, struct span sealed, struct fault *f) MUST_USE;
enum status unpack_end(struct unpack *u, struct fault *f) MUST_USE;
void unpack_close(struct unpack **u);

#endif
