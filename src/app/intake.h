/* intake.h - what the files of the intake role share.
 *
 * One round: look into each watched folder, take in what has no location row, in batches of
 * one commit; then file; then append copies to Sent; then wait for news.
 *
 *   UIDs -> known? -> sizes -> TX-A attempts -> bytes -> reader -> TX-B: same? or
 *   keys, hits, facts, plan, apply -> COMMIT -> wake post -> mark or move on IMAP */
#ifndef APP_INTAKE_H
#define APP_INTAKE_H

#include "reader.h"
#include "role.h"
#include "snapshot.h"

enum {
	BATCH_MAILS = 50,
	BATCH_BYTES = 4 * 1024 * 1024,	/* of a batch, unless one mail alone is larger */
	TRIES_MAX = 3,			/* of a mail during which intake itself died */
	VERIFY_MAX = 200,		/* known UIDs looked at again, the latest */
	FILINGS_MAX = 500,
	COPIES_MAX = 50,
};

struct intake {
	struct role *role;
	const struct config *cfg;
	struct imap *imap;		/* NULL: not connected */
	struct reader *reader;
	const char *sent;		/* folder of answers by hand and of copies, "" none */
	struct arena *session;		/* lives as long as the IMAP session */
	const char *selected;		/* the folder selected now, and what it is like */
	bool keywords;
	uint32_t validity;
	int64_t taken, left;		/* mails of this round: handled, and left for later */
	bool verify;			/* look again at UIDs that are known: once a session and then */
	int64_t others_at;		/* clock_mono_ms of the last look into the other folders */
	struct snapshot *snapshot;	/* under way; NULL: none */
	struct arena *snapshot_arena;	/* what it lives in */
	int64_t snapshot_after;		/* clock_mono_ms: not before, after a fault; 0 */
	int64_t lease_mono, lease_wall;	/* when the lease was renewed, ms and seconds */
	bool leaseless;			/* there is none here, and it was said */
	bool refused;			/* another host holds the mailbox */
	bool more;			/* the next round has work of ours: no wait */
	struct heartbeat beat;
	bool metrics_failed;		/* told of, not again until it works */
};

/* batch.c: mails whose bytes were read, until they are committed. */
struct batch_mail {
	struct location at;
	struct mail_id id;
	const struct mail *mail;
	const struct verdict *verdict;
	const char *unreadable;		/* why, when mail is NULL */
	bool marked;			/* carries our keyword */
	bool fetched;			/* its bytes came */
	unsigned tries;
	/* A mail that has a row already: one that was held and is carried out now, or one that was
	 * set aside and that a person lets out.  0, NULL: neither. */
	int64_t message, confirm;
	const char *released_by;
};
struct batch { struct arena *a; struct batch_mail *v; size_t n; bool in_sent; };
/* Reads raw (hash, reader) into *m; on ST_TEMP the mail is left for later. */
enum status batch_read(struct intake *in, struct batch *b, struct batch_mail *m, struct span raw,
    bool partial, struct fault *f) MUST_USE;
/* What the store knows that the plan of this mail needs; in the transaction that applies it. */
enum status batch_facts(struct intake *in, struct arena *a, const struct batch_mail *m,
    int64_t now, struct plan_facts *facts, struct fault *f) MUST_USE;
/* TX-B for all fetched mails of b. */
enum status batch_commit(struct intake *in, struct batch *b, struct fault *f) MUST_USE;

/* box.c: take in everything new of one folder. */
enum status box_take(struct intake *in, const char *folder, struct fault *f) MUST_USE;
/* One mail of the selected folder that has a row already, was set aside, and is let out by a
 * person: read and decided again. */
enum status box_again(struct intake *in, const struct location *at,
    const struct imap_meta *meta, int64_t message, const char *by, struct fault *f) MUST_USE;

/* wishes.c, erasing.c: afterwards any folder may be selected. */
enum status wishes_do(struct intake *in, struct fault *f) MUST_USE;
/* Mails that were erased with their copies here leave the mailbox. */
enum status erasing_do(struct intake *in, struct fault *f) MUST_USE;

/* Their bytes, into batch_read: b->v[i] is meta[i]. */
enum status box_bodies(struct intake *in, struct batch *b, const struct imap_meta *meta,
    struct fault *f) MUST_USE;

/* confirmed.c: mails that were held and that their agents have confirmed.  Any folder may be
 * selected behind it; *any_out: one was. */
enum status confirmed_do(struct intake *in, bool *any_out, struct fault *f) MUST_USE;

/* filing.c: of the folder selected now, which is the bureau's own. */
enum status filing_do(struct intake *in, struct fault *f) MUST_USE;
enum status copies_do(struct intake *in, struct fault *f) MUST_USE;

/* snapshot.c: one step of the night's snapshot, if one is due; all of it in a single pass. */
enum status snapshot_do(struct intake *in, struct fault *f) MUST_USE;
void snapshot_session(struct intake *in);	/* a new session begins */
void snapshot_forget(struct intake *in);
void snapshot_tidy(const struct intake *in);	/* at start: files that a crash left */

#endif
