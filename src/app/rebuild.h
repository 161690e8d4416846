/* rebuild.h - a database from the mailbox and the key alone.
 *
 *   newest good snapshot, or an empty database
 *     -> what lies in Sent of ours: which acknowledgments and answers went out, under which
 *        reference and id
 *     -> every mail that an earlier database has handled and this one does not know, in the order
 *        in which they came in, decided as intake does, at the time of its INTERNALDATE
 *
 * Nothing is sent and nothing in the mailbox is changed.  "Handled": it bears our keyword, or a
 * mail of ours answers it, or its folder takes no keywords.  What is not handled yet is left to
 * the daemon.  A mail that would have gone out and is not in Sent becomes "unsure": a human
 * decides.  Ids and codes that a mail brought about are drawn from it (role.h), and come back.  An
 * agent is believed as then: by the Authentication-Results in the mail, by a token
 * that is known, or because that earlier database filed the mail instead of setting it aside.
 *
 * Limits: what no mail tells is not known (notes tell where it shows): acts of bureauctl since the
 * snapshot, mail that was deleted from the mailbox, references of cases that nobody was answered in,
 * ids of mails that no single mail brought about (lists, reminders). */
#ifndef APP_REBUILD_H
#define APP_REBUILD_H

#include "setup.h"
#include "query.h"

#define REBUILD_NOTES(X) \
	X(SNAPSHOT, "snapshot_unusable") \
	X(REFERENCE, "reference_assumed") \
	X(UNSURE, "sending_unknown") \
	X(DIFFERENT, "decided_differently") \
	X(UNREAD, "not_readable") \
	X(FOLDER, "folder_missing")
#define REBUILD_NOTE_ID(id, name) REBUILD_NOTE_##id,
enum rebuild_note { REBUILD_NOTES(REBUILD_NOTE_ID) REBUILD_NOTE_COUNT };
const char *rebuild_note_name(enum rebuild_note n);

struct rebuild_job {
	const struct setup *setup;
	struct login *login;		/* of the mailbox */
	const char *path;		/* the new database; must not exist */
	const char *by;			/* who does it, for the journal */
	bool anyway;			/* also while a bureaud works on the mailbox */
	/* What could not be known for certain, one call a thing; ref, message_id "" none. */
	void (*note)(void *ctx, enum rebuild_note kind, const char *ref, const char *message_id,
	    const char *text);
	void *ctx;
};

struct rebuild_sum {
	int64_t snapshot_made;		/* 0: from no snapshot */
	unsigned replayed, left;	/* mails; left to the daemon */
	unsigned words;			/* mails known whose words were read again */
	unsigned sent;			/* mails of ours found in Sent */
	int64_t wordless;		/* mails whose words are in no mailbox any more */
	struct counts counts;		/* of the new database */
};

/* ST_PERM: the file exists, a bureaud works on the mailbox, the mailbox cannot be used.  On a fault there is no file. */
enum status rebuild_run(const struct rebuild_job *job, struct rebuild_sum *out,
    struct fault *f) MUST_USE;

#endif
