#include "person.h"

#include "buf.h"
#include "db.h"
#include "query_int.h"

struct sha256
person_hash(const struct store *s, const char *use, const char *address)
{
	struct buf b BUF_AUTO;

	buf_open(&b, 4096);
	buf_addf(&b, "%s ", use);
	buf_addz(&b, address);
	return mac_of(span_from((const char *)s->person_key.b, SHA256_BYTES), buf_span(&b));
}

enum status
person_find(struct store *s, const char *address, struct person_facts *out, struct fault *f)
{
	struct stmt *q = db_start(s, SQL_PERSON_FACTS, DB_VALS(db_text("@address", address)));
	enum status st = db_step(q, f);

	*out = (struct person_facts){ 0 };
	if (st == ST_OK)
		*out = (struct person_facts){
			.tickets = db_col_int(q, 0), .sensitive = db_col_int(q, 1),
			.open = db_col_int(q, 2), .messages = db_col_int(q, 3),
			.first = db_col_int(q, 4), .last = db_col_int(q, 5),
			.files = db_col_int(q, 6), .sent = db_col_int(q, 7),
			.no_auto = db_col_int(q, 8) != 0, .contact = db_col_int(q, 9) != 0,
		};
	db_end(q);
	if (st != ST_OK || out->tickets + out->messages + out->sent > 0 || out->no_auto ||
	    out->contact)
		return st;
	return fault_set(f, ST_NONE, "nothing is kept of that address");
}

bool
person_is_delicate(const struct person_facts *p)
{
	return p->sensitive > 0 || p->no_auto || p->contact;
}

enum status
person_tickets(struct store *s, struct arena *a, const char *address,
    enum status (*each)(void *ctx, const struct ticket_row *t), void *ctx, struct fault *f)
{
	return query_tickets_walk(db_start(s, SQL_PERSON_TICKETS, DB_VALS(
	    db_text("@address", address))), a, each, ctx, f);
}

static enum status
message_one(struct store *s, struct stmt *q,
    enum status (*each)(void *ctx, const struct person_message *m), void *ctx, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct person_message m;

	query_message_read(q, a, &m.row);
	m.text = db_col_text(q, 12, a);
	m.size = (uint64_t)db_col_int(q, 13);
	if (query_files(s, a, m.row.id, &m.att, &m.natt, f) != ST_OK)
		return f->st;
	return each(ctx, &m);
}

enum status
person_messages(struct store *s, const char *address,
    enum status (*each)(void *ctx, const struct person_message *m), void *ctx, struct fault *f)
{
	struct stmt *q = db_start(
	    s, SQL_PERSON_MESSAGES, DB_VALS(db_text("@address", address)));
	enum status st;

	while ((st = db_step(q, f)) == ST_OK)
		if ((st = message_one(s, q, each, ctx, f)) != ST_OK)
			break;
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

static enum status
sent_one(struct stmt *q, enum status (*each)(void *ctx, const struct person_sent *o), void *ctx)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct person_sent o;

	query_outbox_read(q, a, &o.row);
	o.sent_at = db_col_int(q, 12);
	o.wire = db_col_blob(q, 13, a);
	return each(ctx, &o);
}

enum status
person_sent(struct store *s, const char *address,
    enum status (*each)(void *ctx, const struct person_sent *o), void *ctx, struct fault *f)
{
	struct stmt *q = db_start(s, SQL_PERSON_SENT, DB_VALS(db_text("@address", address)));
	enum status st;

	while ((st = db_step(q, f)) == ST_OK)
		if ((st = sent_one(q, each, ctx)) != ST_OK)
			break;
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

enum status
person_contact(struct store *s, struct arena *a, const char *address, const char **out,
    struct fault *f)
{
	struct stmt *q = db_start(s, SQL_PERSON_CONTACT, DB_VALS(db_text("@address", address)));
	enum status st = db_step(q, f);

	*out = st == ST_OK ? db_col_text(q, 0, a) : "";
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}
