#include "journal.h"

#include "buf.h"
#include "db.h"

#include <string.h>

enum { DAY = 86400, LINK_BYTES = 4096 };

/* A sealed end of the chain. */
struct mark { int64_t id, at; struct sha256 mac; bool sealed; };

static struct span
bytes_of(const struct sha256 *h)
{
	return span_from((const char *)h->b, SHA256_BYTES);
}

static struct sha256
blob_sha(struct span s)
{
	struct sha256 h = { { 0 } };

	if (s.n == SHA256_BYTES)
		memcpy(h.b, s.p, s.n);
	return h;
}

/* The NUL behind each field tells where it ends: none can hold one. */
static void
field(struct buf *b, const char *z)
{
	buf_add(b, span_from(z, strlen(z) + 1));
}

static struct sha256
link_of(const struct store *s, const struct sha256 *before, const struct journal_row *r)
{
	struct buf b BUF_AUTO;

	buf_open(&b, LINK_BYTES);
	buf_add(&b, bytes_of(before));
	buf_addf(&b, "%lld %lld ", (long long)r->id, (long long)r->at);
	field(&b, r->by);
	field(&b, r->act);
	field(&b, r->ticket);
	return mac_of(bytes_of(&s->journal_key), buf_span(&b));
}

static struct sha256
seal_of(const struct store *s, const char *name, const struct mark *m)
{
	struct buf b BUF_AUTO;

	buf_open(&b, LINK_BYTES);
	buf_addf(&b, "mark %lld %lld ", (long long)m->id, (long long)m->at);
	field(&b, name);
	buf_add(&b, bytes_of(&m->mac));
	return mac_of(bytes_of(&s->journal_key), buf_span(&b));
}

static enum status
mark_read(struct store *s, struct arena *a, const char *name, struct mark *out,
    struct fault *f)
{
	struct stmt *q = db_start(s, SQL_JOURNAL_MARK, DB_VALS(db_text("@name", name)));
	enum status st = db_step(q, f);
	struct sha256 want;

	*out = (struct mark){ .sealed = true };
	if (st == ST_OK) {
		*out = (struct mark){ .id = db_col_int(q, 0), .at = db_col_int(q, 1),
		    .mac = blob_sha(db_col_blob(q, 2, a)) };
		want = seal_of(s, name, out);
		out->sealed = mac_same(bytes_of(&want), db_col_blob(q, 3, a));
	}
	db_end(q);
	return st;
}

static enum status
mark_write(struct store *s, const char *name, const struct mark *m, struct fault *f)
{
	struct sha256 seal = seal_of(s, name, m);

	return db_run(s, SQL_JOURNAL_MARK_SET, DB_VALS(db_text("@name", name),
	    db_int("@id", m->id), db_int("@at", m->at), db_sha("@mac", &m->mac),
	    db_sha("@seal", &seal)), f);
}

static enum status
prune_locked(struct store *s, int64_t now, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct stmt *q = db_start(s, SQL_JOURNAL_OLD, DB_VALS(db_int("@before",
	    now - (int64_t)JOURNAL_DAYS * DAY)));
	enum status st = db_step(q, f);
	struct mark m = { 0 };

	if (st == ST_OK)
		m = (struct mark){ .id = db_col_int(q, 0), .at = db_col_int(q, 1),
		    .mac = blob_sha(db_col_blob(q, 2, a)) };
	db_end(q);
	if (st != ST_OK)
		return st == ST_NONE ? ST_OK : st;
	if (mark_write(s, "anchor", &m, f) != ST_OK)
		return f->st;
	return db_run(s, SQL_JOURNAL_DROP, DB_VALS(db_int("@id", m.id)), f);
}

/* A mark that was tampered with must not stop anybody's work: the row goes behind all there is,
 * linked to nothing, so that sealing the mark anew heals nothing and verify tells for ever. */
static enum status
add_locked(struct store *s, struct journal_row *r, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct mark head;
	int64_t last = 0;
	enum status st = mark_read(s, a, "head", &head, f);

	if ((st != ST_OK && st != ST_NONE) ||
	    db_get(s, SQL_JOURNAL_LAST, NULL, 0, &last, f) != ST_OK)
		return f->st;
	if (!head.sealed)
		memset(&head.mac, 0xff, sizeof head.mac);
	r->id = (last > head.id ? last : head.id) + 1;
	head.mac = link_of(s, &head.mac, r);
	head.id = r->id;
	head.at = r->at;
	if (db_run(s, SQL_JOURNAL_ADD, DB_VALS(db_int("@id", r->id), db_int("@at", r->at),
	    db_text("@by", r->by), db_text("@act", r->act), db_text("@ticket", r->ticket),
	    db_sha("@mac", &head.mac)), f) != ST_OK ||
	    mark_write(s, "head", &head, f) != ST_OK)
		return f->st;
	return prune_locked(s, r->at, f);
}

static const char *
cut(struct arena *a, const char *z)
{
	return arena_strndup(a, z, strnlen(z, JOURNAL_TEXT_MAX));
}

enum status
journal_add(struct store *s, const char *by, const char *act, const char *ticket, int64_t now,
    struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct journal_row r = { 0, now, cut(a, by), cut(a, act), cut(a, ticket) };
	bool mine;
	enum status st;

	if (!s->keyed)
		return fault_set(f, ST_PERM, "journal: nothing can be noted without the key");
	st = db_enter(s, &mine, f);
	return st == ST_OK ? db_leave(s, mine, add_locked(s, &r, f), f) : st;
}

enum status
journal_prune(struct store *s, int64_t now, struct fault *f)
{
	int64_t old;
	bool mine;
	enum status st = db_get(s, SQL_JOURNAL_OLD, DB_VALS(db_int("@before",
	    now - (int64_t)JOURNAL_DAYS * DAY)), &old, f);

	if (st != ST_OK || !s->keyed)	/* the lock is taken only when there is something */
		return st == ST_NONE ? ST_OK : st;
	st = db_enter(s, &mine, f);
	return st == ST_OK ? db_leave(s, mine, prune_locked(s, now, f), f) : st;
}

static void
row_read(struct stmt *q, struct arena *a, struct journal_row *r)
{
	*r = (struct journal_row){ .id = db_col_int(q, 0), .at = db_col_int(q, 1),
	    .by = db_col_text(q, 2, a), .act = db_col_text(q, 3, a),
	    .ticket = db_col_text(q, 4, a) };
}

enum status
journal_list(struct store *s, struct arena *a, const char *ticket,
    enum status (*each)(void *ctx, const struct journal_row *r), void *ctx, struct fault *f)
{
	struct val v = db_text("@ticket", ticket);
	struct stmt *q = ticket[0] == '\0' ? db_start(s, SQL_JOURNAL, NULL, 0) :
	    db_start(s, SQL_JOURNAL_TICKET, &v, 1);
	struct journal_row r;
	enum status st;

	while ((st = db_step(q, f)) == ST_OK) {
		row_read(q, a, &r);
		if ((st = each(ctx, &r)) != ST_OK)
			break;
	}
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

static void
spoilt(struct journal_check *c, int64_t id, const char *why)
{
	if (c->bad != 0)
		return;
	c->bad = id > 0 ? id : 1;
	c->why = why;
}

/* One row behind `before`; its MAC becomes the next one's. */
static void
row_check(const struct store *s, const struct journal_row *r, struct span stored,
    struct mark *before, struct journal_check *c)
{
	struct sha256 want = link_of(s, &before->mac, r);

	if (r->id != before->id + 1)
		spoilt(c, before->id + 1, "rows are missing");
	if (!mac_same(bytes_of(&want), stored))
		spoilt(c, r->id, "this row is not as it was written");
	*before = (struct mark){ .id = r->id, .at = r->at, .mac = blob_sha(stored) };
	if (c->rows++ == 0) {
		c->first = r->id;
		c->since = r->at;
	}
	c->last = r->id;
}

static enum status
rows_check(struct store *s, struct mark *before, struct journal_check *c, struct fault *f)
{
	struct stmt *q = db_start(s, SQL_JOURNAL, NULL, 0);
	enum status st;

	while ((st = db_step(q, f)) == ST_OK) {
		ARENA_AUTO struct arena *a = arena_open();
		struct journal_row r;

		row_read(q, a, &r);
		row_check(s, &r, db_col_blob(q, 5, a), before, c);
	}
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

static enum status
verify_locked(struct store *s, struct journal_check *c, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct mark at, head;
	enum status st = mark_read(s, a, "anchor", &at, f);

	if (st != ST_OK && st != ST_NONE)
		return st;
	if (!at.sealed)
		spoilt(c, at.id + 1, "the mark of what was forgotten is not ours");
	if (rows_check(s, &at, c, f) != ST_OK)
		return f->st;
	st = mark_read(s, a, "head", &head, f);
	if (st != ST_OK && st != ST_NONE)
		return st;
	if (!head.sealed)
		spoilt(c, at.id, "the mark of the newest row is not ours");
	if (head.id != at.id || !mac_same(bytes_of(&head.mac), bytes_of(&at.mac)))
		spoilt(c, at.id + 1, "the newest rows are missing");
	c->head = at.mac;
	return ST_OK;
}

enum status
journal_verify(struct store *s, struct journal_check *out, struct fault *f)
{
	enum status st;

	*out = (struct journal_check){ .why = "" };
	if (!s->keyed)
		return fault_set(f, ST_PERM, "journal: it cannot be checked without the key");
	if (store_begin(s, f) != ST_OK)		/* one moment, while others write */
		return f->st;
	st = verify_locked(s, out, f);
	store_rollback(s);
	return st;
}
