/* rebuild_int.h - what the files of rebuild share.
 *
 *   rebuild.c         the whole, and the new file
 *   rebuild_vault.c   the newest good snapshot
 *   rebuild_sent.c    what lies in Sent of ours
 *   rebuild_box.c     the folders: what is to be read, in the order in which it came in
 *   rebuild_order.c   who came first within one second
 *   rebuild_replay.c  one mail: decided and written */
#ifndef APP_REBUILD_INT_H
#define APP_REBUILD_INT_H

#include "intake.h"
#include "rebuild.h"
#include "salvage.h"

enum { REBUILD_FOLDERS = 4 };

/* A mail of ours in Sent, by its header. */
struct trace {
	uint32_t uid;
	const char *id, *ref, *to, *answers;	/* answers: In-Reply-To, "" none */
	enum mail_kind kind;
	int64_t at;
	bool written;			/* it is in the new database */
};

/* One of our references: "BI-2026-00042". */
struct reference { int year, number; };

struct rebuild {
	const struct rebuild_job *job;
	struct rebuild_sum *sum;
	struct arena *a;		/* as long as all of it */
	struct setup setup;		/* the job's, with the `since` that holds here */
	struct role role;
	struct intake in;		/* for what is shared with intake: reader, facts */
	const char *folder[REBUILD_FOLDERS];	/* bureau's, filed, review, Sent; "" none */
	const char *draft;		/* the database under its other name */
	bool keywords[REBUILD_FOLDERS];	/* handled mail bears our keyword there */
	struct trace *trace; size_t ntrace;	/* by time */
	struct trace **by_answers, **by_ref, **by_id;
	bool sent_known;		/* there is a Sent to believe */
};
enum rebuild_folder { FOLDER_BUREAU, FOLDER_FILED, FOLDER_REVIEW, FOLDER_SENT };

/* A mail that is to be read. */
struct unread {
	int64_t received;
	uint64_t size;
	uint32_t uid;
	enum rebuild_folder where;
	bool keyword;
};

/* rebuild.c */
void rebuild_say(struct rebuild *r, enum rebuild_note kind, const char *ref,
    const char *message_id, const char *fmt, ...) PRINTF(5, 6);
enum status rebuild_session(struct rebuild *r, struct imap **out, struct fault *f) MUST_USE;
/* REF of an id of ours, checked before; false: of no ticket. */
bool rebuild_ref(const struct rebuild *r, struct arena *a, const char *id, const char **ref_out,
    struct reference *out);

/* ST_NONE: there is none that opens. */
enum status rebuild_restore(struct rebuild *r, struct fault *f) MUST_USE;

/* Reads the headers of Sent. */
enum status rebuild_traces(struct rebuild *r, struct imap *im, struct fault *f) MUST_USE;
/* The first mail of ours that answers that one (MAIL_KIND_COUNT: of any kind); NULL none. */
struct trace *rebuild_answer(const struct rebuild *r, const char *message_id,
    enum mail_kind kind);
/* The first of that ticket, kind and recipient, not earlier than `from`, that is not written yet. */
struct trace *rebuild_trace(const struct rebuild *r, const char *ref, enum mail_kind kind,
    const char *to, int64_t from);
/* The mail of ours with that id; NULL none. */
struct trace *rebuild_named(const struct rebuild *r, const char *id);
/* The id of the mail that opened that ticket, by its first acknowledgment; "" none tells. */
const char *rebuild_opener(const struct rebuild *r, const char *ref);
bool rebuild_ref_taken(const struct rebuild *r, const char *ref);
enum status rebuild_trace_write(struct rebuild *r, struct trace *t,
    struct fault *f) MUST_USE;

/* v[0..n) comes by time, folder and UID; those of one second get into the order in which they came
 * in.  The folders are selected in im (NULL: no such folder). */
enum status rebuild_order(struct rebuild *r, struct imap *const im[REBUILD_FOLDERS],
    struct unread *v, size_t n, struct fault *f) MUST_USE;

/* Everything that is to be read, oldest first. */
enum status rebuild_walk(struct rebuild *r, struct fault *f) MUST_USE;

/* One mail whose bytes were read, inside a transaction. */
enum status rebuild_replay(struct rebuild *r, struct arena *a, enum rebuild_folder where,
    const struct batch_mail *m, struct fault *f) MUST_USE;
/* A held mail that its agent has confirmed by now; m->message and m->confirm are its rows. */
enum status rebuild_carry_out(struct rebuild *r, struct arena *a, enum rebuild_folder where,
    const struct batch_mail *m, int64_t now, struct fault *f) MUST_USE;

#endif
