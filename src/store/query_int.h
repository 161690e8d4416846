/* query_int.h - rows that several queries of the store read alike; private to src/store. */
#ifndef STORE_QUERY_INT_H
#define STORE_QUERY_INT_H

#include "db.h"
#include "query.h"

/* Columns of TICKET_ROW, SQL_MESSAGES, SQL_QUEUE, from the first one on. */
void query_ticket_read(struct stmt *q, struct arena *a, struct ticket_row *t);
void query_message_read(struct stmt *q, struct arena *a, struct message_row *m);
void query_outbox_read(struct stmt *q, struct arena *a, struct outbox_row *o);

/* All rows of q, which ends with it. */
enum status query_tickets_walk(struct stmt *q, struct arena *a,
    enum status (*each)(void *ctx, const struct ticket_row *t), void *ctx, struct fault *f) MUST_USE;

/* Names, types and sizes of a message's files. */
enum status query_files(struct store *s, struct arena *a, int64_t message,
    struct attachment **out, size_t *n, struct fault *f) MUST_USE;

#endif
