/* apply.h - one plan being written, between the files of apply; private to src/store. */
#ifndef STORE_APPLY_H
#define STORE_APPLY_H

#include "db.h"
#include "needs.h"

/* What the pieces of one plan share while it is written. */
struct applying {
	struct store *s;
	struct arena *a;
	const struct store_mail *m;
	const struct plan *p;
	int64_t now;
	int64_t ticket, message, undo;	/* 0: none */
	bool was_closed;		/* the ticket that the mail joins */
	struct fault *f;
};

enum status apply_event(struct applying *g, int64_t ticket, enum event_kind kind, const char *by,
    const char *text) MUST_USE;

/* From now on nothing automatic, what already waits included. */
enum status apply_silence(struct applying *g, const char *address) MUST_USE;
/* undo.c.  Begin before anything of the ticket changes, end when all has. */
struct undo_before { int64_t ticket; const char *v[UNDO_CONTACT + 1], *citizen; };
enum status undo_begin(struct applying *g, struct undo_before *out) MUST_USE;
enum status undo_end(struct applying *g, const struct undo_before *was) MUST_USE;
/* One thing more, where the mail can be taken back. */
enum status undo_note(struct applying *g, enum undo_what what, int64_t ticket, const char *key,
    const char *became) MUST_USE;
enum status undo_find(struct store *s, struct arena *a, const struct sha256 *code,
    struct undo_facts *u, struct fault *f) MUST_USE;
/* What the plan takes back, and whom it concerns again. */
enum status undo_apply(struct applying *g) MUST_USE;

/* absence.c */
enum status absence_apply(struct applying *g) MUST_USE;

/* confirm.c: what the plan holds, and what it lets go. */
enum status confirm_apply(struct applying *g) MUST_USE;
enum status confirm_find(struct store *s, const struct sha256 *code, struct held_facts *out,
    struct fault *f) MUST_USE;
enum status confirm_asked(struct store *s, const char *agent, int64_t now, unsigned *out,
    struct fault *f) MUST_USE;

/* ask.c: what is asked for of tickets and of the desk. */
enum status ask_answer(struct store *s, struct arena *a, const struct needs *needs,
    const struct plan_facts *facts, struct answers *out, struct fault *f) MUST_USE;

/* An agent's orders; before the events and mails of the plan. */
enum status apply_change(struct applying *g) MUST_USE;

#endif
