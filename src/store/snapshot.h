/* snapshot.h - what of the database is put aside each night, as a database of its own.
 *
 * It holds every ticket, event, decision, known id and person, and the outgoing mails that were
 * not sent yet.  It leaves out what the mailbox has anyway: the words of the mails (message_text)
 * and the bytes of mails that were sent and filed; and the search index, which is made from the
 * words.  `bureauctl rebuild` reads those again. */
#ifndef STORE_SNAPSHOT_H
#define STORE_SNAPSHOT_H

#include "store.h"

/* A consistent copy of the live database at `database`, while others write to it, to the new file
 * `path` (mode 0600; one that is there is replaced).  Checked before it returns; on a fault there
 * is no file.  Memory: one page cache of SNAPSHOT_CACHE_KIB. */
enum { SNAPSHOT_CACHE_KIB = 2048 };
enum status snapshot_copy(const char *database, const char *path, struct fault *f) MUST_USE;

/* When the one stored last in the mailbox was begun (0: never), and a wish (0: none) for one after
 * which no older one may stay: an erasure is done only when the words are gone from there too. */
struct snapshot_state { int64_t made_at, wish; };
enum status snapshot_state(struct store *s, struct snapshot_state *out,
    struct fault *f) MUST_USE;
/* A snapshot as soon as possible, and then no older one: works within a transaction too. */
enum status snapshot_ask(struct store *s, int64_t now, struct fault *f) MUST_USE;
/* One that was begun at `begun` is in the mailbox.  wish: what snapshot_state said before its copy
 * was made, where all older ones are gone since; else 0. */
enum status snapshot_made(struct store *s, int64_t begun, int64_t wish, struct fault *f) MUST_USE;

#endif
