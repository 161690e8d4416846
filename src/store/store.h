/* store.h - what the program keeps, and the only door to it.
 *
 * SQLite in WAL mode with synchronous=FULL: committed is durable.  One writer at a time,
 * BEGIN IMMEDIATE.  Instants are UTC seconds; days are date_day; enums are stored as the
 * words of state.h with a CHECK made from the same list.  Rows handed out point into the
 * caller's arena.
 *
 * Order of one batch (MAIL-RULES, "Delivery semantics"):
 *   store_attempts (TX-A) -> parse -> store_begin -> for each mail: store_mail_begin,
 *   store_same | store_hits + store_facts + plan + store_apply, store_mail_end ->
 *   store_commit (TX-B) -> filing on IMAP -> store_filed. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "arena.h"
#include "failure.h"
#include "mac.h"
#include "needs.h"
#include "recall.h"
#include "remind.h"
#include "selftest.h"

struct store;

enum store_mode {
	STORE_READ,	/* must exist; never writes */
	STORE_WRITE,	/* must exist; migrates an older schema */
	STORE_CREATE,	/* made with mode 0600 where missing */
};

/* ST_NONE: no such file (READ, WRITE).  ST_TEMP: locked.  ST_PERM: no database, damaged, of a
 * newer version ("... newer version N, this program knows M"), not ours. */
enum status store_open(struct store **out, const char *path, enum store_mode mode, int64_t now,
    struct fault *f) MUST_USE;
void store_close(struct store **s);
int64_t store_created_at(const struct store *s);
/* What the key is for here: the chain of the journal, persons as a keyed hash.  Subkeys of it are
 * kept; without it neither is written. */
void store_key(struct store *s, struct span key);

/* ---- transactions ---- */
enum status store_begin(struct store *s, struct fault *f) MUST_USE;
enum status store_commit(struct store *s, struct fault *f) MUST_USE;
void store_rollback(struct store *s);		/* no-op outside a transaction */
/* A savepoint a mail: keep=false undoes this mail alone. */
enum status store_mail_begin(struct store *s, struct fault *f) MUST_USE;
enum status store_mail_end(struct store *s, bool keep, struct fault *f) MUST_USE;

/* ---- intake ---- */
struct location { const char *mailbox; uint32_t uidvalidity, uid; };	/* UTF-8, '/' */

/* What identifies the bytes of a mail. */
struct mail_id {
	struct sha256 sha256;		/* raw bytes as fetched */
	struct sha256 body;		/* what follows the header block */
	uint64_t size;			/* RFC822.SIZE */
	int64_t received;		/* INTERNALDATE */
};

/* Own transaction: how many runs of the program began each of them and did not end it; rounds
 * that fail while we live count once. */
enum status store_attempts(struct store *s, const struct location *v, size_t n,
    unsigned *tries_out, struct fault *f) MUST_USE;
/* Was one of them begun before and not ended? */
enum status store_tried(struct store *s, const struct location *v, size_t n, bool *any_out,
    struct fault *f) MUST_USE;
/* They were no crashes: the counters of these go away. */
enum status store_attempts_forget(struct store *s, const struct location *v, size_t n,
    struct fault *f) MUST_USE;
/* known_out[i]: that UID has a location row. */
enum status store_known(struct store *s, const struct location *v, size_t n, bool *known_out,
    struct fault *f) MUST_USE;
/* other_out[i]: there is a row, but of a mail of another size, INTERNALDATE or Message-ID (one
 * second brings many mails, and those of a form are often of one size): the server used the UID
 * again.  (A second copy of one mail looks so too; reading it again does no harm.)  Of id[i] size
 * and received are looked at. */
enum status store_other(struct store *s, const struct location *v, const struct mail_id *id,
    const char *const *message_id, size_t n, bool *other_out, struct fault *f) MUST_USE;
/* The cursor of a mailbox: everything up to `uid` under that uidvalidity has a row.
 * ST_NONE: never seen. */
enum status store_cursor(struct store *s, const char *mailbox, uint32_t *uidvalidity,
    uint32_t *uid, struct fault *f) MUST_USE;
enum status store_cursor_set(struct store *s, const struct location *upto,
    struct fault *f) MUST_USE;

/* Row 1 of the decision table: the same bytes, or the same non-empty Message-ID, From and body
 * within 7 days.  ST_NONE: it is new.  ST_OK: *message_out names it. */
enum status store_same(struct store *s, const struct mail_id *id, const char *message_id,
    const char *from, int64_t *message_out, struct fault *f) MUST_USE;
/* One more copy of that message at `at`: no new line in `messages`. */
enum status store_copy(struct store *s, int64_t message, const struct location *at,
    struct fault *f) MUST_USE;
/* A location of ours that is no message: a copy of our mail with that id, "" unknown, in Sent. */
enum status store_location_own(struct store *s, const struct location *at,
    const char *message_id, struct fault *f) MUST_USE;

enum status store_hits(struct store *s, struct arena *a, const struct thread_keys *keys,
    const char *sender, struct thread_hit **hits_out, size_t *n_out, struct fault *f) MUST_USE;

/* Who got the mails of ours that the keys name and that belong to no ticket. */
enum status store_minted(struct store *s, struct arena *a, const struct thread_keys *keys,
    struct plan_facts *out, struct fault *f) MUST_USE;

/* Fills hit->facts. */
enum status store_ticket_facts(struct store *s, struct arena *a, struct thread_hit *hit,
    struct fault *f) MUST_USE;

/* Everything of plan_facts but hits and random.  year: of the reference.  day_from, hour_from:
 * starts of the windows of the per-sender and the other caps. */
enum status store_facts(struct store *s, struct arena *a, const char *sender, int year,
    int64_t day_from, int64_t hour_from, struct plan_facts *out, struct fault *f) MUST_USE;

/* Fills out->away: who of the desk is away on the local day of `now`. */
enum status store_away(struct store *s, struct arena *a, const struct desk *d, int64_t now,
    struct plan_facts *out, struct fault *f) MUST_USE;
/* What the words of an agent's mail ask for; its hits are in `facts`. */
enum status store_needs(struct store *s, struct arena *a, const struct needs *n,
    const struct plan_facts *facts, int64_t now, struct order_facts *out,
    struct fault *f) MUST_USE;

struct store_mail {
	int64_t message;		/* 0: a new one; else the row that is decided anew */
	struct mail_id id;
	struct location at;
	const struct mail *mail;	/* NULL: unreadable */
	const struct verdict *verdict;
	bool anew;			/* all of that row is made anew, what was read of the mail too */
};
/* The whole plan: message row, location, ticket, participants, ids, events, outbox rows, the
 * person's marks; the attempts of `at` are forgotten. */
enum status store_apply(struct store *s, const struct store_mail *m, const struct plan *p,
    int64_t now, struct fault *f) MUST_USE;

/* ---- held until its agent confirms it ---- */
struct held_mail {
	int64_t confirm, message;
	const char *agent;
	struct sha256 sha256;		/* of the raw bytes */
	int64_t received;
};
enum { HELD_MAX = 20, HELD_PLACES = 8 };
/* Those that may be carried out now, and where the mail may be. */
enum status store_held(struct store *s, struct arena *a, struct held_mail **out, size_t *n,
    struct fault *f) MUST_USE;
struct held_place { int64_t location; struct location at; };
enum status store_held_places(struct store *s, struct arena *a, int64_t message,
    struct held_place **out, size_t *n, struct fault *f) MUST_USE;
/* Inside the caller's transaction: it is carried out, or cannot be. */
enum status store_held_done(struct store *s, int64_t confirm, int64_t now,
    struct fault *f) MUST_USE;

/* ---- set aside: told to agents in one mail for many ---- */
/* How many nobody was told of yet, and since when (0: none). */
enum status store_untold(struct store *s, unsigned *n, int64_t *oldest, struct fault *f) MUST_USE;
/* Own transaction: these mails (of no ticket) go into the outbox, all of them are told. */
enum status store_tell(struct store *s, const struct plan_mail *v, size_t n, int64_t now,
    struct fault *f) MUST_USE;

/* ---- filing, after commit ---- */
/* keyword only | filed folder | review folder */
enum file_want { FILE_KEEP, FILE_FILED, FILE_REVIEW };
struct filing { int64_t location; uint32_t uid; enum file_want want; };
/* Locations of that mailbox whose mark on IMAP is not done, at most max, by UID.
 * PLAN_FILE_TICKET means KEEP while the ticket is not closed, FILED after. */
enum status store_filings(struct store *s, struct arena *a, const char *mailbox,
    uint32_t uidvalidity, size_t max, struct filing **out, size_t *n, struct fault *f) MUST_USE;
/* Done: the mark is set; `moved` (or NULL) is where the copy lives now when the server told. */
struct filed {
	int64_t location;
	struct location moved; bool has_moved;
	bool gone;			/* removed: it is nowhere now */
};
enum status store_filed(struct store *s, const struct filed *v, size_t n,
    struct fault *f) MUST_USE;

/* ---- outbox ---- */
struct outbox_item {
	int64_t row;
	enum mail_kind kind;
	const char *mail_from, *to;	/* "" is the null sender */
	const char *message_id;
	struct span wire;
	unsigned tries;			/* before this one */
	int64_t since;			/* free to go since: for its expiry */
	bool again;			/* the one identical resend of an unsure mail */
};
struct outbox_result {
	int64_t row;
	enum status st;			/* OK sent; TEMP queued again; PERM dead; UNSURE */
	bool expired;			/* PERM: no try is left, nobody refused it for good */
	bool paused;			/* TEMP: the refusal was of us, no try is counted */
	/* TEMP: when to try again.  UNSURE: when the one identical resend goes, where it is
	 * unused; 0: at the next start. */
	int64_t next_at;
	int code;			/* last SMTP code, 0 none */
	const char *error;		/* the server's words, one line; "" */
};

/* At start: sending -> queued; unsure that had no resend -> queued for one, identical; unsure
 * that had it is a failure to tell of. */
enum status outbox_recover(struct store *s, int64_t now, unsigned *n_out,
    struct fault *f) MUST_USE;
/* Up to max due mails become `sending`, by turn (mail_kind_turn), then oldest first: one commit.
 * ST_NONE: nothing due. */
enum status outbox_claim(struct store *s, struct arena *a, int64_t now, size_t max,
    struct outbox_item **out, size_t *n, struct fault *f) MUST_USE;
/* One commit: `settled` get their results, `at_dot` become unsure (their final dot may go out
 * after this returned OK, never before), or dead where they were withdrawn meanwhile: of those
 * none may. */
enum status outbox_step(struct store *s, const struct outbox_result *settled, size_t nsettled,
    const int64_t *at_dot, size_t nat_dot, int64_t now, struct fault *f) MUST_USE;
/* Of rows that were at their dot in the last step: which are to be broken off? */
enum status outbox_withdrawn(struct store *s, const int64_t *rows, size_t n, bool *out,
    struct fault *f) MUST_USE;
/* Claimed but not begun: back to queued, at `next_at`. */
enum status outbox_unclaim(struct store *s, const int64_t *rows, size_t n, int64_t next_at,
    struct fault *f) MUST_USE;
/* When the next mail is due; ST_NONE: none waits (held ones apart). */
enum status outbox_next(struct store *s, int64_t *at_out, struct fault *f) MUST_USE;
/* Let held acknowledgments go as far as the caps (0: no cap) allow, oldest first. */
enum status outbox_release(struct store *s, int64_t hour_from, int per_domain, int all,
    int64_t now, unsigned *n_out, struct fault *f) MUST_USE;

/* Copies for Sent: outward mails that are sent and not filed yet. */
struct sent_copy { int64_t row; struct span wire; int64_t sent_at; };
enum status outbox_copies(struct store *s, struct arena *a, size_t max, struct sent_copy **out,
    size_t *n, struct fault *f) MUST_USE;
/* at: where the server says it is, or NULL. */
enum status outbox_copied(struct store *s, int64_t row, const struct location *at,
    struct fault *f) MUST_USE;

/* ---- what did not arrive ---- */
/* Dead, bounced, or unsure for good, and nobody was told: oldest first, at most FAILURES_MAX. */
enum { FAILURES_MAX = 100 };
enum status store_failures(struct store *s, struct arena *a, struct failed_mail **out, size_t *n,
    struct fault *f) MUST_USE;
/* Told, by these mails of its ticket.  In the caller's transaction. */
enum status store_failure_told(struct store *s, const struct failed_mail *v,
    const struct plan_mail *m, size_t n, int64_t now, struct fault *f) MUST_USE;

/* ---- the clock's work ----
 * Each is decided and written in one transaction of the caller's: what was read holds until
 * what follows from it is written.  The reading ones work without a transaction too. */

/* An alert is due that was given at `upto` or before, or was given by a clock that was ahead
 * of `now`. */
enum status store_vigil_any(struct store *s, int64_t upto, int64_t now, bool *any_out,
    struct fault *f) MUST_USE;
/* Watches that an agent has ended are forgotten; the due ones of the others, longest first,
 * at most VIGILS_MAX. */
enum { VIGILS_MAX = 100 };
enum status store_vigils(struct store *s, struct arena *a, int64_t upto, int64_t now,
    struct remind_alert **out, size_t *n, struct fault *f) MUST_USE;
/* The alert's mails go into the outbox, and it counts as given at `at`.  Whose last one still
 * waits for the relay gets no other behind it: that one is tried now. */
enum status store_vigil_rung(struct store *s, const struct remind_alert *v,
    const struct plan *p, int64_t at, int64_t now, struct fault *f) MUST_USE;

/* The last day before `day` on which that duty was done for `who` (0: never), and whether it
 * was on `day`. */
enum status store_duty_last(struct store *s, const char *name, const char *who, date_day day,
    date_day *last_out, bool *done_out, struct fault *f) MUST_USE;
/* Done for that day; those long past are forgotten. */
enum status store_duty_add(struct store *s, const char *name, const char *who, date_day day,
    struct fault *f) MUST_USE;
/* Open and waiting tickets, with their dates; open, high, nobody's, untouched ones. */
enum status store_remind_dates(struct store *s, struct arena *a, struct remind_ticket **out,
    size_t *n, struct fault *f) MUST_USE;
enum status store_remind_high(struct store *s, struct arena *a, struct remind_ticket **out,
    size_t *n, struct fault *f) MUST_USE;
/* Answers that people got from agents in [from, to). */
enum status store_remind_answers(struct store *s, struct arena *a, int64_t from, int64_t to,
    struct remind_answer **out, size_t *n, struct fault *f) MUST_USE;
/* Is a reminder due that an agent asked for; those that are, at most RECALLS_MAX. */
enum { RECALLS_MAX = 100 };
enum status store_recall_any(struct store *s, int64_t now, bool *any_out,
    struct fault *f) MUST_USE;
enum status store_recalls(struct store *s, struct arena *a, int64_t now, struct recall **out,
    size_t *n, struct fault *f) MUST_USE;
/* Its mails go into the outbox, and it is done. */
enum status store_recalled(struct store *s, const struct recall *r, const struct plan *p,
    int64_t now, struct fault *f) MUST_USE;

/* Who got a notification or an alert and has no guide yet: addresses. */
enum status store_ungreeted(struct store *s, struct arena *a, const char ***out, size_t *n,
    struct fault *f) MUST_USE;
/* In the transaction that sends it. */
enum status store_greeted(struct store *s, const char *address, struct fault *f) MUST_USE;
/* Mails into the outbox, each of its own ticket or of none. */
enum status store_send(struct store *s, const struct plan_mail *v, size_t n, int64_t now,
    struct fault *f) MUST_USE;

/* ---- many notifications in one mail ---- */

/* What each agent, and the administrator, was told lately. */
enum status store_loads(struct store *s, struct arena *a, const struct desk *d, int64_t now,
    struct plan_facts *out, struct fault *f) MUST_USE;
/* Something waits since `upto` or before, or was noted by a clock that was ahead of `now`. */
enum status store_grouped_any(struct store *s, int64_t upto, int64_t now, bool *any_out,
    struct fault *f) MUST_USE;
/* In the caller's transaction: whose notices are due, by address. */
enum status store_grouped_persons(struct store *s, struct arena *a, int64_t upto, int64_t now,
    const char ***out, size_t *n, struct fault *f) MUST_USE;
/* All that waits for that agent, oldest first, at most GROUP_MAX tickets. */
enum status store_grouped(struct store *s, struct arena *a, const char *person,
    struct grouped_ticket **out, size_t *n, struct fault *f) MUST_USE;
/* In the caller's transaction: the mail goes into the outbox, these tickets wait no more. */
enum status store_group_sent(struct store *s, const char *person,
    const struct grouped_ticket *v, size_t n, const struct plan *p, int64_t now, struct fault *f) MUST_USE;

/* ---- the daily mail to ourselves ---- */

/* The last one that is back or late; else the one under way; none: sent 0. */
enum status store_selftest(struct store *s, date_day today, struct selftest *out,
    struct fault *f) MUST_USE;
/* Was one sent on that day? */
enum status store_selftest_any(struct store *s, date_day day, bool *any_out,
    struct fault *f) MUST_USE;
/* In the transaction that sends it; those long past are forgotten. */
enum status store_selftest_sent(struct store *s, date_day day, const char *message_id,
    bool plus, int64_t now, struct fault *f) MUST_USE;
/* Sent at `upto` or before, or by a clock that was ahead, not back, and nobody was told. */
enum status store_selftest_lost(struct store *s, struct arena *a, int64_t upto, int64_t now,
    struct selftest_lost **out, size_t *n, struct fault *f) MUST_USE;
enum status store_selftest_told(struct store *s, date_day day, struct fault *f) MUST_USE;

/* ---- heartbeats: what `status` tells of a daemon, running or stopped ---- */
struct heartbeat {
	int64_t at, busy_until;
	bool connected, idle;
	int64_t last_poll;
	int64_t backlog;		/* mails seen and not handled */
	int pid;
	const char *note;		/* last trouble, "" none */
};
enum status store_beat(struct store *s, const char *role, const struct heartbeat *b,
    struct fault *f) MUST_USE;
enum status store_beat_read(struct store *s, struct arena *a, const char *role,
    struct heartbeat *out, struct fault *f) MUST_USE;

#endif
