/* test_net_imap_ops.h - what is done in a session after a login that went well. */
#ifndef TEST_NET_IMAP_OPS_H
#define TEST_NET_IMAP_OPS_H

#include "test_net_peer.h"

#include "imap.h"

struct run { struct imap *im; struct arena *a; struct fault *f; };

/* What is done after a login that went well; ST_OK from it means that all was as it should. */
typedef enum status op(struct run *r);

static enum status
op_noop(struct run *r)
{
	return imap_poll(r->im, r->f);
}

static enum status
op_select(struct run *r)
{
	struct imap_box box;
	enum status st = imap_select(r->im, "INBOX", &box, r->f);

	if (st == ST_OK)
		assert_true(box.uidvalidity == 7 && box.uidnext == 4 && box.exists == 3 &&
		    box.keywords);
	return st;
}

static enum status
op_select_silent(struct run *r)
{
	struct imap_box box;
	enum status st = imap_select(r->im, "INBOX", &box, r->f);

	if (st == ST_OK)
		assert_true(box.uidvalidity == 0 && box.uidnext == 0 && box.exists == 0);
	return st;
}

static enum status
op_select_readonly(struct run *r)
{
	struct imap_box box;
	uint32_t uid = 1;

	assert_int_equal(imap_select(r->im, "INBOX", &box, r->f), ST_OK);
	assert_false(box.keywords);
	return imap_mark(r->im, &uid, 1, r->f);
}

static enum status
op_uids(struct run *r)
{
	uint32_t *v;
	size_t n;
	enum status st;

	assert_int_equal(op_select(r), ST_OK);
	st = imap_uids(r->im, r->a, 1, &v, &n, r->f);
	if (st == ST_OK)
		assert_true(n >= 2 && v[0] == 2 && v[1] == 3);
	return st;
}

static enum status
metas(struct run *r, struct imap_meta **m, size_t *n)
{
	static const uint32_t uids[] = { 3, 1, 2, 1, 0 };

	assert_int_equal(op_select(r), ST_OK);
	return imap_meta(r->im, r->a, uids, 5, m, n, r->f);
}

static enum status
op_metas(struct run *r)
{
	struct imap_meta *m;
	size_t n;
	enum status st;

	assert_int_equal(imap_meta(r->im, r->a, NULL, 0, &m, &n, r->f), ST_OK);
	assert_int_equal(n, 0);
	assert_int_equal(imap_bodies(r->im, m, 0, 0, NULL, NULL, r->f), ST_OK);
	st = metas(r, &m, &n);

	if (st == ST_OK)
		assert_true(n == 3 && m[0].uid == 1 && m[2].uid == 3 && m[0].size == 19 &&
		    m[1].keyword && m[1].received == 1795507920);
	return st;
}

static enum status
op_metas_odd(struct run *r)
{
	struct imap_meta *m;
	size_t n;
	enum status st = metas(r, &m, &n);

	if (st == ST_OK)
		assert_true(n == 2 && m[0].uid == 1 && m[0].size == 10 && m[0].keyword &&
		    m[1].uid == 2 && m[1].size == 20 && !m[1].keyword);
	return st;
}

struct got { size_t n; uint32_t last; size_t bytes; };

static void
got_one(void *ctx, const struct imap_meta *m, struct span raw)
{
	struct got *g = ctx;

	g->n++;
	g->last = m->uid;
	g->bytes += raw.n;
}

static enum status
bodies(struct run *r, struct got *g)
{
	static const struct imap_meta m[] = {
		{ .uid = 1, .size = 19 }, { .uid = 2, .size = 35 }, { .uid = 3, .size = 26 },
	};

	assert_int_equal(op_select(r), ST_OK);
	return imap_bodies(r->im, m, 3, 100, got_one, g, r->f);
}

static enum status
op_bodies(struct run *r)
{
	struct got g = { 0 };
	enum status st = bodies(r, &g);

	if (st == ST_OK)
		assert_true(g.n == 3 && g.last == 3 && g.bytes == 19 + 35 + 26);
	return st;
}

static enum status
op_bodies_odd(struct run *r)
{
	struct got g = { 0 };
	enum status st = bodies(r, &g);

	if (st == ST_OK)
		assert_true(g.n == 1 && g.last == 3 && g.bytes == 26);
	return st;
}

static enum status
op_bodies_none(struct run *r)
{
	struct got g = { 0 };
	enum status st = bodies(r, &g);

	assert_int_equal(g.n, 0);
	return st;
}

static enum status
wait_for(struct run *r, int ms, enum imap_woke wanted)
{
	enum imap_woke woke;
	enum status st;

	assert_int_equal(op_select(r), ST_OK);
	st = imap_wait(r->im, ms, &woke, r->f);
	if (st != ST_OK)
		return st;
	assert_int_equal(woke, wanted);
	return imap_poll(r->im, r->f);
}

static enum status
op_wait_data(struct run *r)
{
	return wait_for(r, 60000, IMAP_WOKE_DATA);
}

static enum status
op_wait_timeout(struct run *r)
{
	return wait_for(r, 20, IMAP_WOKE_TIMEOUT);
}

static enum status
move(struct run *r, struct imap_move *mv)
{
	static const uint32_t uids[] = { 2, 1, 3 };

	assert_int_equal(op_select(r), ST_OK);
	return imap_move(r->im, r->a, uids, 3, "Fait", mv, r->f);
}

static enum status
op_move(struct run *r)
{
	struct imap_move mv;
	enum status st = move(r, &mv);

	if (st == ST_OK)
		assert_true(mv.n == 3 && mv.uidvalidity == 9 && mv.v[2].from == 3 &&
		    mv.v[2].to == 12);
	return st == ST_TEMP ? imap_poll(r->im, r->f) == ST_OK ? ST_TEMP : ST_UNSURE : st;
}

static enum status
op_move_untold(struct run *r)
{
	struct imap_move mv;
	enum status st = move(r, &mv);

	if (st == ST_OK)
		assert_int_equal(mv.n, 0);
	return st;
}

static enum status
op_remove(struct run *r)
{
	static const uint32_t uids[] = { 2 };

	assert_int_equal(op_select(r), ST_OK);
	return imap_remove(r->im, uids, 1, r->f);
}

static enum status
op_append(struct run *r)
{
	uint32_t validity, uid;
	enum status st = imap_append(r->im, "Envoyés", span_of("a: b\r\n\r\nc\r\n"), 0,
	    &validity, &uid, r->f);

	if (st == ST_OK)
		assert_true(validity == 7 && uid == 12);
	return st;
}

static enum status
op_create(struct run *r)
{
	return imap_create(r->im, "a/b/c", r->f);
}

static enum status
op_create_twice(struct run *r)
{
	assert_int_equal(op_create(r), ST_OK);
	return op_create(r);
}

static enum status
op_sent(struct run *r)
{
	const char *folder;
	struct imap_box box;
	enum status st = imap_special(r->im, r->a, "\\Sent", &folder, r->f);

	if (st != ST_OK)
		return st;
	assert_string_equal(folder, "Envoyés");
	return imap_select(r->im, folder, &box, r->f);
}

static enum status
op_bareword(struct run *r)
{
	assert_false(imap_has(r->im, "IDLE") || imap_has(r->im, "MOVE"));
	return op_wait_timeout(r);
}

#endif
