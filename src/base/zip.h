/* zip.h - an archive of a few files, written as it goes (APPNOTE 6.3.3: stored entries, UTF-8
 * names, no encryption).
 *
 * Nothing is compressed: what goes in is mail, small or packed already, and what cannot be got
 * wrong is worth more here.
 * Limits: ZIP_FILES files, 4 GiB in all (no zip64); a name has at most 255 bytes. */
#ifndef BASE_ZIP_H
#define BASE_ZIP_H

#include "date.h"
#include "span.h"
#include "status.h"

enum { ZIP_FILES = 10000 };

struct zip;

/* Onto a descriptor that need not seek; it stays the caller's. */
struct zip *zip_open(int fd);
/* at: local wall time of the file.  ST_TEMP: it could not be written; ST_PERM: a limit. */
enum status zip_add(struct zip *z, const char *name, struct span bytes, int64_t at,
    struct fault *f) MUST_USE;
/* The directory at its end, without which it is none. */
enum status zip_end(struct zip *z, struct fault *f) MUST_USE;
void zip_close(struct zip **z);

#endif
