/* query.h - what bureauctl reads: rows handed to a callback, in arenas of the caller.
 * The callback's status other than ST_OK ends the walk and is returned. */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include "store.h"

struct ticket_row {
	int64_t id;
	const char *ref, *category, *agent, *citizen, *subject, *lang, *quartier;
	enum ticket_state state; enum ticket_outcome outcome; enum urgency urgency;
	bool sensitive, untrusted;
	int64_t opened, last_activity, first_answer;	/* 0: none */
	int32_t due;					/* 0: none */
	int messages;
	const char *about;				/* ref it may be about, "" */
	int32_t due_ar, due_silence;
};
struct ticket_filter { const char *state, *category, *agent; };	/* "" any */
enum status query_tickets(struct store *s, struct arena *a, const struct ticket_filter *want,
    enum status (*each)(void *ctx, const struct ticket_row *t), void *ctx,
    struct fault *f) MUST_USE;
/* At most `max`, for an agent: what is urgent and what falls due first. */
enum status query_asked(struct store *s, struct arena *a, const struct ask_filter *want,
    int64_t max, enum status (*each)(void *ctx, const struct ticket_row *t), void *ctx,
    struct fault *f) MUST_USE;
/* ST_NONE: no such reference. */
enum status query_ticket(struct store *s, struct arena *a, const char *ref,
    struct ticket_row *out, struct fault *f) MUST_USE;

enum status query_ticket_id(struct store *s, struct arena *a, int64_t ticket,
    struct ticket_row *out, struct fault *f) MUST_USE;

struct event_row { int64_t at; enum event_kind kind; const char *by, *text; };
enum status query_timeline(struct store *s, struct arena *a, int64_t ticket,
    enum status (*each)(void *ctx, const struct event_row *e), void *ctx,
    struct fault *f) MUST_USE;
struct participant_row { const char *spec, *role; };
enum status query_participants(struct store *s, struct arena *a, int64_t ticket,
    enum status (*each)(void *ctx, const struct participant_row *p), void *ctx,
    struct fault *f) MUST_USE;

struct message_row {
	int64_t id;
	const char *message_id, *sha256, *ticket /* ref or "" */, *because, *from, *subject;
	int copies; int64_t received;
	enum mail_outcome outcome; enum mail_role role;
	bool visible;
};
enum status query_messages(struct store *s, struct arena *a, int64_t since,
    enum status (*each)(void *ctx, const struct message_row *m), void *ctx,
    struct fault *f) MUST_USE;

/* A mail as far as it is kept (no headers), and what it was taken for. */
struct replay_row {
	const char *message_id, *ticket /* ref or "" */;
	const char *category; enum urgency urgency; bool sensitive;
	bool by_header;			/* a header rule hit then */
	const char *subject, *sender, *text, *reply_text;
	struct attachment *att; size_t natt;
};
/* A row lives until its callback returns. */
enum status query_replay(struct store *s, int64_t since,
    enum status (*each)(void *ctx, const struct replay_row *r), void *ctx,
    struct fault *f) MUST_USE;

enum status query_replay_size(struct store *s, int64_t since, int64_t *out,
    struct fault *f) MUST_USE;

struct outbox_row {
	int64_t id;
	enum mail_kind kind; enum outbox_state state; enum failure failure;
	const char *ticket /* ref or "" */, *to, *last_error, *message_id;
	int tries; int64_t next, created;
	bool held;
};
enum status query_queue(struct store *s, struct arena *a,
    enum status (*each)(void *ctx, const struct outbox_row *q), void *ctx,
    struct fault *f) MUST_USE;
/* retry: queued now, also a dead or unsure one; drop: dead.  ST_NONE: no such id, or sent. */
enum status queue_retry(struct store *s, int64_t id, int64_t now, struct fault *f) MUST_USE;
enum status queue_drop(struct store *s, int64_t id, int64_t now, struct fault *f) MUST_USE;

struct counts {
	int64_t queued, unsure, dead;	/* queued: also sending and held */
	int64_t oldest, oldest_unsure;	/* created; queued and not held; 0 none */
	int64_t open, waiting, closed;
	int64_t held;
};
enum status query_counts(struct store *s, struct counts *out, struct fault *f) MUST_USE;
/* Is the file whole (PRAGMA quick_check)?  wrong_out: "" or what is wrong, in `a`.  ST_TEMP:
 * max_ms went by before that was known. */
enum status query_sound(struct store *s, struct arena *a, int max_ms, const char **wrong_out,
    struct fault *f) MUST_USE;
/* For statistics: everything that was ever sent or came in. */
struct totals { int64_t outbox[OUTBOX_COUNT], mails[MAIL_OUTCOME_COUNT]; };
enum status query_totals(struct store *s, struct totals *out, struct fault *f) MUST_USE;
/* The tickets of one agent; nothing else is counted. */
enum status query_counts_of(struct store *s, const char *agent, struct counts *out,
    struct fault *f) MUST_USE;

#endif
