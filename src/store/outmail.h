/* outmail.h - one finished mail into the outbox; private to src/store. */
#ifndef STORE_OUTMAIL_H
#define STORE_OUTMAIL_H

#include "store.h"

/* Inside the caller's transaction.  ticket, message 0: none. */
enum status outmail_put(struct store *s, struct arena *a, int64_t ticket, int64_t message,
    const struct plan_mail *o, int64_t now, struct fault *f) MUST_USE;

#endif
