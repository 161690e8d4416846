/* file.h - whole files of the administrator, read with a limit. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "arena.h"
#include "span.h"
#include "status.h"

/* A secret must be a regular file of root or of us, and give others nothing and its
 * group no more than reading (mode & 037 == 0).  One that is kept is written by whoever owns
 * the folder that it lies in: root, who may look after that one's things, reads it too. */
enum file_kind { FILE_PLAIN, FILE_SECRET, FILE_KEPT };

/* The content, NUL-ended behind out->n.  ST_NONE: no such file.  ST_PERM: unreadable,
 * larger than max, or a secret that others can read; f names the path. */
enum status file_read(struct arena *a, const char *path, enum file_kind kind,
    size_t max, struct span *out, struct fault *f) MUST_USE;

/* `path` as seen from the folder of `base_file`; absolute ones stay. */
const char *file_beside(struct arena *a, const char *base_file, const char *path);

/* Nobody but root and us may change what is in the folder of `path`: ST_PERM, f names it.  One that
 * is not there (yet) is fine. */
enum status file_folder_ours(struct arena *a, const char *path, struct fault *f) MUST_USE;

/* Names in `dir` that end in `suffix`, sorted by bytes.  ST_PERM: unreadable. */
enum status file_list(struct arena *a, const char *dir, const char *suffix,
    const char ***names_out, size_t *n_out, struct fault *f) MUST_USE;

/* All of it, however often the kernel interrupts. */
enum status file_write_all(int fd, struct span s, struct fault *f) MUST_USE;

#endif
