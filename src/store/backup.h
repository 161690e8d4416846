/* backup.h - the whole database as one file, while others write to the database.
 *
 * The copy is of one moment, complete without a -wal file, checked before it gets its name, and
 * of mode 0600.  What waits in its outbox waits for a human: once the copy is put in the
 * database's place, nobody can tell from it which of those mails went out in the meantime.
 * Intake finds the copies in Sent of those that did. */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "store.h"

/* ST_PERM: there is a file of that name already, or it cannot be made.  ST_TEMP: a full disk.
 * A half file is never left. */
enum status store_backup(struct store *s, const char *path, int64_t now, int64_t *bytes_out,
    struct fault *f) MUST_USE;

/* A copy of that mail of ours lies in Sent: where a backup was put back, it went out. */
enum status store_sent_proven(struct store *s, const char *message_id, int64_t at,
    struct fault *f) MUST_USE;

#endif
