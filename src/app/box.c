/* box.c - one folder of the mailbox: which of its mails have no row yet, and their bytes. */
#include "intake.h"

#include "limits.h"
#include "log.h"

#include <stdlib.h>

/* The part of `meta` that makes the next batch: so many mails, so many bytes. */
static size_t
batch_size(const struct imap_meta *meta, size_t n, uint64_t max_bytes)
{
	uint64_t bytes = 0;
	size_t i = 0;

	while (i < n && i < BATCH_MAILS) {
		bytes += meta[i].size;
		if (i > 0 && bytes > max_bytes)
			break;
		i++;
	}
	return i;
}

struct fetching {
	struct intake *in;
	struct batch *b;
	enum status st;
	struct fault *f;
};

static int
by_uid(const void *key, const void *item)
{
	uint32_t x = *(const uint32_t *)key, y = ((const struct batch_mail *)item)->at.uid;

	return x < y ? -1 : x > y;
}

static void
body_came(void *ctx, const struct imap_meta *m, struct span raw)
{
	struct fetching *g = ctx;
	struct batch_mail *bm = bsearch(&m->uid, g->b->v, g->b->n, sizeof *g->b->v, by_uid);

	if (bm == NULL || bm->fetched || g->st != ST_OK)
		return;
	/* The rest of the batch may still be on its way, over a slow line. */
	role_beat(g->in->role, 10 * 60 * 1000);
	g->st = batch_read(g->in, g->b, bm, raw, false, g->f);
}

/* Mails over the limit are read from their start only, one by one. */
static enum status
large_read(struct intake *in, struct batch *b, const struct imap_meta *meta, uint64_t limit,
    struct fault *f)
{
	for (size_t i = 0; i < b->n; i++) {
		struct span raw;
		enum status st;

		if (meta[i].size <= limit)
			continue;
		st = imap_start(in->imap, b->a, meta[i].uid, LIMIT_PARTIAL_BYTES, &raw, f);
		if (st == ST_OK)
			st = batch_read(in, b, &b->v[i], raw, true, f);
		if (st != ST_OK && st != ST_NONE)
			return st;
	}
	return ST_OK;
}

enum status
box_bodies(struct intake *in, struct batch *b, const struct imap_meta *meta, struct fault *f)
{
	const uint64_t limit = (uint64_t)in->cfg->max_message_mib * 1024 * 1024;
	struct imap_meta *small = arena_new(b->a, struct imap_meta, b->n);
	struct fetching g = { in, b, ST_OK, f };
	size_t n = 0, budget = 64 * 1024;

	for (size_t i = 0; i < b->n; i++)
		if (meta[i].size <= limit) {
			small[n++] = meta[i];
			budget += (size_t)meta[i].size + 4096;
		}
	if (n > 0 && imap_bodies(in->imap, small, n, budget, body_came, &g, f) != ST_OK)
		return f->st;
	if (g.st != ST_OK)
		return g.st;
	return large_read(in, b, meta, limit, f);
}

/* TX-A, then the bytes, then TX-B.  A mail whose bytes did not come as told is no crash: its
 * counter goes back, it is looked at again in the next round. */
static enum status
batch_take(struct intake *in, struct batch *b, const struct imap_meta *meta, struct fault *f)
{
	struct location *at = arena_new(b->a, struct location, b->n);
	unsigned *tries = arena_new(b->a, unsigned, b->n);
	size_t missing = 0;

	for (size_t i = 0; i < b->n; i++)
		at[i] = b->v[i].at;
	if (store_attempts(in->role->store, at, b->n, tries, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < b->n; i++)
		b->v[i].tries = tries[i];
	if (box_bodies(in, b, meta, f) != ST_OK || batch_commit(in, b, f) != ST_OK) {
		struct fault ignored;

		/* We live: a cut line or a full disk is no mail's doing. */
		if (store_attempts_forget(in->role->store, at, b->n, &ignored) != ST_OK)
			log_fault(LOG_L_WARN, "attempts", &ignored);
		return f->st;
	}
	for (size_t i = 0; i < b->n; i++)
		if (!b->v[i].fetched)
			at[missing++] = b->v[i].at;
	if (missing == 0)
		return ST_OK;
	in->left += (int64_t)missing;
	log_event(LOG_L_WARN, "mail-incomplete", "mails=%zu why=\"the server did not give them whole\"",
	    missing);
	return store_attempts_forget(in->role->store, at, missing, f);
}

/* A mail in this batch may have ended us: the others must not pay for it. */
static enum status
one_by_one(struct intake *in, struct batch *b, struct fault *f)
{
	struct location *at = arena_new(b->a, struct location, b->n);
	bool any;

	for (size_t i = 0; i < b->n; i++)
		at[i] = b->v[i].at;
	if (store_tried(in->role->store, at, b->n, &any, f) != ST_OK)
		return f->st;
	if (any)
		b->n = 1;
	return ST_OK;
}

static enum status
metas_take(struct intake *in, const char *folder, uint32_t validity,
    const struct imap_meta *meta, size_t n, struct fault *f)
{
	while (n > 0 && !role_stops(in->role)) {
		ARENA_AUTO struct arena *own = arena_open();
		size_t take = batch_size(meta, n, BATCH_BYTES);
		struct batch b = { own, arena_new(own, struct batch_mail, take), take,
		    folder == in->sent };

		for (size_t i = 0; i < take; i++) {
			b.v[i].at = (struct location){ folder, validity, meta[i].uid };
			b.v[i].id.size = meta[i].size;
			b.v[i].id.received = meta[i].received;
			b.v[i].marked = meta[i].keyword;
		}
		role_beat(in->role, 10 * 60 * 1000);
		if (one_by_one(in, &b, f) != ST_OK || batch_take(in, &b, meta, f) != ST_OK)
			return f->st;
		take = b.n;
		meta += take;
		n -= take;
	}
	return ST_OK;
}

enum status
box_again(struct intake *in, const struct location *at, const struct imap_meta *meta,
    int64_t message, const char *by, struct fault *f)
{
	ARENA_AUTO struct arena *own = arena_open();
	struct batch b = { own, arena_new(own, struct batch_mail, 1), 1, false };

	b.v[0] = (struct batch_mail){
		.at = *at, .id = { .size = meta->size, .received = meta->received },
		.message = message, .released_by = by,
	};
	return batch_take(in, &b, meta, f);
}

/* Those of uids[0..n) that have no location row. */
static enum status
unknown_of(struct intake *in, struct arena *a, const char *folder, uint32_t validity,
    uint32_t *uids, size_t *n, struct fault *f)
{
	struct location *at = arena_new(a, struct location, *n);
	bool *known = arena_new(a, bool, *n);
	size_t left = 0;

	for (size_t i = 0; i < *n; i++)
		at[i] = (struct location){ folder, validity, uids[i] };
	if (store_known(in->role->store, at, *n, known, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < *n; i++)
		if (!known[i])
			uids[left++] = uids[i];
	*n = left;
	return ST_OK;
}

/* The cursor moves only over UIDs that all have their row. */
static enum status
cursor_move(struct intake *in, struct arena *a, const char *folder, uint32_t validity,
    const uint32_t *uids, size_t n, struct fault *f)
{
	struct location upto = { folder, validity, 0 };
	uint32_t *copy = arena_new(a, uint32_t, n);
	size_t left = n;

	for (size_t i = 0; i < n; i++)
		copy[i] = uids[i];
	if (unknown_of(in, a, folder, validity, copy, &left, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < n && (left == 0 || uids[i] < copy[0]); i++)
		upto.uid = uids[i];
	return upto.uid == 0 ? ST_OK : store_cursor_set(in->role->store, &upto, f);
}

/* Sent holds years of answers from before the service began: they get a row, unread. */
static enum status
old_skip(struct intake *in, const char *folder, uint32_t validity, struct imap_meta *meta,
    size_t *n, struct fault *f)
{
	const int64_t since = in->role->setup->desk.since;
	size_t left = 0;

	if (store_begin(in->role->store, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < *n; i++) {
		const struct location at = { folder, validity, meta[i].uid };

		if (meta[i].received >= since) {
			meta[left++] = meta[i];
		} else if (store_location_own(in->role->store, &at, "", f) != ST_OK) {
			store_rollback(in->role->store);
			return f->st;
		}
	}
	*n = left;
	return store_commit(in->role->store, f);
}

static enum status
uids_take(struct intake *in, const char *folder, uint32_t validity, const uint32_t *uids,
    size_t n, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	uint32_t *todo = arena_new(a, uint32_t, n);
	struct imap_meta *meta;
	size_t ntodo = n, nmeta;

	for (size_t i = 0; i < n; i++)
		todo[i] = uids[i];
	if (unknown_of(in, a, folder, validity, todo, &ntodo, f) != ST_OK)
		return f->st;
	if (ntodo > 0 && (imap_meta(in->imap, a, todo, ntodo, &meta, &nmeta, f) != ST_OK ||
	    (folder == in->sent && old_skip(in, folder, validity, meta, &nmeta, f) != ST_OK) ||
	    metas_take(in, folder, validity, meta, nmeta, f) != ST_OK))
		return f->st;
	return cursor_move(in, a, folder, validity, uids, n, f);
}

/* The Message-ID of each of v[0..n), which ascend; "" where there is none. */
static enum status
ids_of(struct intake *in, struct arena *a, const struct imap_meta *v, size_t n,
    const char **id, struct fault *f)
{
	uint32_t *uids = arena_new(a, uint32_t, n);
	struct imap_head *h;
	size_t nheads, k = 0;

	for (size_t i = 0; i < n; i++)
		uids[i] = v[i].uid;
	if (imap_heads(in->imap, a, uids, n, "Message-ID", &h, &nheads, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < n; i++) {
		struct headers head;
		struct span body;

		id[i] = "";
		while (k < nheads && h[k].uid < v[i].uid)
			k++;
		if (k == nheads || h[k].uid != v[i].uid)
			continue;
		header_scan(a, h[k].raw, &head, &body);
		id[i] = msgid_first(a, header_value(&head, "Message-ID"));
	}
	return ST_OK;
}

/* Those of v[0..n) that are not the mails we know under their UIDs. */
static enum status
other_of(struct intake *in, struct arena *a, const char *folder, uint32_t validity,
    struct imap_meta *v, size_t *n, struct fault *f)
{
	struct location *at = arena_new(a, struct location, *n);
	struct mail_id *id = arena_new(a, struct mail_id, *n);
	bool *other = arena_new(a, bool, *n);
	const char **message_id = arena_new(a, const char *, *n);
	size_t left = 0;

	if (ids_of(in, a, v, *n, message_id, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < *n; i++) {
		at[i] = (struct location){ folder, validity, v[i].uid };
		id[i].size = v[i].size;
		id[i].received = v[i].received;
	}
	if (store_other(in->role->store, at, id, message_id, *n, other, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < *n; i++)
		if (other[i])
			v[left++] = v[i];
	*n = left;
	return ST_OK;
}

/* A server that was rebuilt may use UIDs again under the same UIDVALIDITY (against RFC 3501
 * 2.3.1.1): the mails under them would never be seen.  The latest are looked at again, all of
 * them when UIDNEXT went back. */
static enum status
reused_take(struct intake *in, const char *folder, uint32_t validity, uint32_t upto, bool all,
    struct fault *f)
{
	enum { AT_A_TIME = 1000 };
	ARENA_AUTO struct arena *a = arena_open();
	struct imap_meta *meta;
	uint32_t *uids;
	size_t n, from = 0, nmeta;

	if (imap_uids(in->imap, a, 0, &uids, &n, f) != ST_OK)
		return f->st;
	while (n > 0 && uids[n - 1] > upto)
		n--;
	if (!all && n > VERIFY_MAX)
		from = n - VERIFY_MAX;
	for (; from < n && !role_stops(in->role); from += AT_A_TIME) {
		size_t some = n - from < AT_A_TIME ? n - from : AT_A_TIME;

		if (imap_meta(in->imap, a, uids + from, some, &meta, &nmeta, f) != ST_OK ||
		    other_of(in, a, folder, validity, meta, &nmeta, f) != ST_OK)
			return f->st;
		if (nmeta > 0)
			log_event(LOG_L_INFO, "uid-other", "mails=%zu", nmeta);
		if (metas_take(in, folder, validity, meta, nmeta, f) != ST_OK)
			return f->st;
	}
	return ST_OK;
}

enum status
box_take(struct intake *in, const char *folder, struct fault *f)
{
	enum { AT_A_TIME = 1000 };
	ARENA_AUTO struct arena *a = arena_open();
	struct imap_box box;
	uint32_t validity, upto = 0, *uids;
	size_t n;
	bool shrunk;

	in->selected = folder;
	if (imap_select(in->imap, folder, &box, f) != ST_OK)
		return f->st;
	in->keywords = box.keywords;
	in->validity = box.uidvalidity;
	switch (store_cursor(in->role->store, folder, &validity, &upto, f)) {
	case ST_OK: break;
	case ST_NONE: validity = 0; break;
	case ST_TEMP: case ST_PERM: case ST_UNSURE: return f->st;
	}
	if (validity != box.uidvalidity)	/* another mailbox under that name: look at all of it */
		upto = 0;
	shrunk = box.uidnext != 0 && box.uidnext <= upto;
	if (upto > 0 && (in->verify || shrunk) &&
	    reused_take(in, folder, box.uidvalidity, upto, shrunk, f) != ST_OK)
		return f->st;
	if (imap_uids(in->imap, a, upto, &uids, &n, f) != ST_OK)
		return f->st;
	in->beat.backlog = (int64_t)n;
	for (size_t i = 0; i < n && !role_stops(in->role); i += AT_A_TIME) {
		size_t some = n - i < AT_A_TIME ? n - i : AT_A_TIME;

		if (uids_take(in, folder, box.uidvalidity, uids + i, some, f) != ST_OK)
			return f->st;
		in->beat.backlog = (int64_t)(n - i - some);
	}
	return ST_OK;
}
