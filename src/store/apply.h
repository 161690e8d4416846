/* apply.h - one plan being written, between the files of apply; private to src/store. */
#ifndef STORE_APPLY_H
#define STORE_APPLY_H

#include "db.h"

/* What the pieces of one plan share while it is written. */
struct applying {
	struct store *s;
	struct arena *a;
	const struct store_mail *m;
	const struct plan *p;
	int64_t now;
	int64_t ticket, message;	/* 0: none */
	struct fault *f;
};

enum status apply_event(struct applying *g, int64_t ticket, enum event_kind kind, const char *by,
    const char *text) MUST_USE;

/* From now on nothing automatic, what already waits included. */
enum status apply_silence(struct applying *g, const char *address) MUST_USE;
/* An agent's orders; before the events and mails of the plan. */
enum status apply_change(struct applying *g) MUST_USE;

#endif
