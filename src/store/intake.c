#include "db.h"
#include "location.h"

enum { SAME_WINDOW = 7 * 24 * 60 * 60 };

#define AT(l) db_text("@mailbox", (l)->mailbox), db_int("@uidvalidity", (l)->uidvalidity), \
	db_int("@uid", (l)->uid)

static enum status
attempts_locked(struct store *s, const struct location *v, size_t n, unsigned *tries_out,
    struct fault *f)
{
	for (size_t i = 0; i < n; i++) {
		int64_t tries = 0;

		if (db_get(s, SQL_ATTEMPT_MORE, DB_VALS(AT(&v[i]), db_int("@run", s->run)), &tries,
		    f) != ST_OK)
			return f->st;
		tries_out[i] = (unsigned)tries;
	}
	return ST_OK;
}

enum status
store_attempts(struct store *s, const struct location *v, size_t n, unsigned *tries_out,
    struct fault *f)
{
	enum status st = store_begin(s, f);

	if (st != ST_OK)
		return st;
	return db_leave(s, true, attempts_locked(s, v, n, tries_out, f), f);
}

enum status
store_tried(struct store *s, const struct location *v, size_t n, bool *any_out, struct fault *f)
{
	*any_out = false;
	for (size_t i = 0; i < n && !*any_out; i++) {
		int64_t tries;
		enum status st = db_get(s, SQL_ATTEMPT_ANY, DB_VALS(AT(&v[i])), &tries, f);

		if (st != ST_OK && st != ST_NONE)
			return st;
		*any_out = st == ST_OK;
	}
	return ST_OK;
}

enum status
store_known(struct store *s, const struct location *v, size_t n, bool *known_out,
    struct fault *f)
{
	for (size_t i = 0; i < n; i++) {
		int64_t one;
		enum status st = db_get(s, SQL_LOCATION_KNOWN, DB_VALS(AT(&v[i])), &one, f);

		if (st != ST_OK && st != ST_NONE)
			return st;
		known_out[i] = st == ST_OK;
	}
	return ST_OK;
}

enum status
store_other(struct store *s, const struct location *v, const struct mail_id *id,
    const char *const *message_id, size_t n, bool *other_out, struct fault *f)
{
	for (size_t i = 0; i < n; i++) {
		int64_t other = 0;
		enum status st = db_get(s, SQL_LOCATION_OTHER, DB_VALS(AT(&v[i]),
		    db_int("@size", (int64_t)id[i].size), db_int("@received", id[i].received),
		    db_text("@message_id", message_id[i])), &other, f);

		if (st != ST_OK && st != ST_NONE)
			return st;
		other_out[i] = other != 0;
	}
	return ST_OK;
}

enum status
store_cursor(struct store *s, const char *mailbox, uint32_t *uidvalidity, uint32_t *uid,
    struct fault *f)
{
	struct stmt *q = db_start(s, SQL_CURSOR_GET, DB_VALS(db_text("@mailbox", mailbox)));
	enum status st = db_step(q, f);

	if (st == ST_OK) {
		*uidvalidity = (uint32_t)db_col_int(q, 0);
		*uid = (uint32_t)db_col_int(q, 1);
	}
	db_end(q);
	return st;
}

enum status
store_cursor_set(struct store *s, const struct location *upto, struct fault *f)
{
	bool mine;
	enum status st = db_enter(s, &mine, f);

	if (st != ST_OK)
		return st;
	return db_leave(s, mine, db_run(s, SQL_CURSOR_SET, DB_VALS(AT(upto)), f), f);
}

enum status
store_same(struct store *s, const struct mail_id *id, const char *message_id,
    const char *from, int64_t *message_out, struct fault *f)
{
	enum status st = db_get(s, SQL_SAME_BYTES, DB_VALS(db_sha("@sha256", &id->sha256)),
	    message_out, f);

	if (st != ST_NONE || message_id[0] == '\0')
		return st;
	return db_get(s, SQL_SAME_MAIL, DB_VALS(db_text("@message_id", message_id),
	    db_text("@sender", from), db_sha("@body", &id->body),
	    db_int("@received", id->received), db_int("@window", SAME_WINDOW)), message_out, f);
}

enum status
location_put(struct store *s, const struct location *at, int64_t message,
    enum location_done done, struct fault *f)
{
	return db_run(s, SQL_LOCATION_PUT, DB_VALS(AT(at), db_int("@message", message),
	    db_int("@done", done)), f);
}

enum status
location_own(struct store *s, const struct location *at, const char *message_id,
    struct fault *f)
{
	return db_run(s, SQL_LOCATION_OWN, DB_VALS(AT(at), db_text("@message_id", message_id)), f);
}

enum status
location_copy(struct store *s, const struct location *at, int64_t outbox, struct fault *f)
{
	return db_run(s, SQL_LOCATION_COPY, DB_VALS(AT(at), db_int("@outbox", outbox)), f);
}

enum status
location_forget_attempts(struct store *s, const struct location *at, struct fault *f)
{
	return db_run(s, SQL_ATTEMPT_DROP, DB_VALS(AT(at)), f);
}

static enum status
attempts_forgotten(struct store *s, const struct location *v, size_t n, struct fault *f)
{
	for (size_t i = 0; i < n; i++)
		if (location_forget_attempts(s, &v[i], f) != ST_OK)
			return f->st;
	return ST_OK;
}

enum status
store_attempts_forget(struct store *s, const struct location *v, size_t n, struct fault *f)
{
	enum status st = store_begin(s, f);

	if (st != ST_OK)
		return st;
	return db_leave(s, true, attempts_forgotten(s, v, n, f), f);
}

static enum status
copy_locked(struct store *s, int64_t message, const struct location *at, struct fault *f)
{
	if (location_put(s, at, message, LOCATION_WANTED, f) != ST_OK ||
	    location_forget_attempts(s, at, f) != ST_OK)
		return f->st;
	return db_run(s, SQL_COPIES, DB_VALS(db_int("@message", message)), f);
}

enum status
store_copy(struct store *s, int64_t message, const struct location *at, struct fault *f)
{
	bool mine;
	enum status st = db_enter(s, &mine, f);

	if (st != ST_OK)
		return st;
	return db_leave(s, mine, copy_locked(s, message, at, f), f);
}

static enum status
own_locked(struct store *s, const struct location *at, const char *message_id, struct fault *f)
{
	if (location_own(s, at, message_id, f) != ST_OK)
		return f->st;
	return location_forget_attempts(s, at, f);
}

enum status
store_location_own(struct store *s, const struct location *at, const char *message_id,
    struct fault *f)
{
	bool mine;
	enum status st = db_enter(s, &mine, f);

	if (st != ST_OK)
		return st;
	return db_leave(s, mine, own_locked(s, at, message_id, f), f);
}
