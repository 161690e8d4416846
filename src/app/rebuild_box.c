/* rebuild_box.c - all folders at once, oldest mail first: a session each, a batch of each read
 * ahead. */
#include "rebuild_int.h"

#include <stdlib.h>
#include <string.h>

enum {
	AT_A_TIME = 1000,
	COMMIT_MAILS = 200,
	/* Clocks of two hosts: a copy in Sent that no mail led to waits so long for its cause. */
	TRACE_SECONDS = 600,
};

struct source {
	struct imap *im;		/* NULL: no such folder */
	uint32_t validity;
	size_t *list, n, next;		/* its entries, in their order; up to `next` they are read */
	struct arena *a;		/* of the batch */
	struct batch b;
};

struct walk {
	struct rebuild *r;
	struct source src[REBUILD_FOLDERS];
	struct unread *v; size_t n, room;
	unsigned pending;		/* mails since the last commit */
	struct fault *f;
};

static int
in_time(const void *x, const void *y)
{
	const struct unread *s = x, *t = y;

	if (s->received != t->received)
		return s->received < t->received ? -1 : 1;
	if (s->where != t->where)
		return s->where < t->where ? -1 : 1;
	return s->uid < t->uid ? -1 : s->uid > t->uid;
}

static int
in_uids(const void *x, const void *y)
{
	uint32_t s = *(const uint32_t *)x, t = *(const uint32_t *)y;

	return (s > t) - (s < t);
}

static void
entry_add(struct walk *w, const struct unread *e)
{
	if (w->n == w->room) {
		struct unread *more = arena_new(w->r->a, struct unread, 2 * w->room + AT_A_TIME);

		if (w->n > 0)
			memcpy(more, w->v, w->n * sizeof *more);
		w->v = more;
		w->room = 2 * w->room + AT_A_TIME;
	}
	w->v[w->n++] = *e;
}

/* Those of them that are to be read. */
static enum status
metas_take(struct walk *w, enum rebuild_folder where, const struct imap_meta *m, size_t n,
    const uint32_t *ours, size_t nours)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct location *at = arena_new(a, struct location, n + 1);
	enum salvage_want *want = arena_new(a, enum salvage_want, n + 1);

	for (size_t i = 0; i < n; i++)
		at[i] = (struct location){ w->r->folder[where], w->src[where].validity, m[i].uid };
	if (salvage_wanted(w->r->role.store, at, n, want, w->f) != ST_OK)
		return w->f->st;
	for (size_t i = 0; i < n; i++) {
		const struct unread e = { m[i].received, m[i].size, m[i].uid, where, m[i].keyword };

		if (want[i] != SALVAGE_DONE && (nours == 0 ||
		    bsearch(&e.uid, ours, nours, sizeof *ours, in_uids) == NULL))
			entry_add(w, &e);
	}
	return ST_OK;
}

/* The UIDs in Sent whose headers told all there is. */
static const uint32_t *
ours_of(struct walk *w, struct arena *a, enum rebuild_folder where, size_t *n)
{
	const struct rebuild *r = w->r;
	uint32_t *v = arena_new(a, uint32_t, r->ntrace + 1);

	*n = where == FOLDER_SENT ? r->ntrace : 0;
	for (size_t i = 0; i < *n; i++)
		v[i] = r->trace[i].uid;
	if (*n > 0)
		qsort(v, *n, sizeof *v, in_uids);
	return v;
}

static enum status
folder_list(struct walk *w, enum rebuild_folder where)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct imap *im = w->src[where].im;
	struct imap_meta *m;
	const uint32_t *ours;
	uint32_t *uids;
	size_t n, nours, nm;

	if (imap_uids(im, a, 0, &uids, &n, w->f) != ST_OK)
		return w->f->st;
	ours = ours_of(w, a, where, &nours);
	for (size_t i = 0; i < n; i += AT_A_TIME) {
		ARENA_AUTO struct arena *b = arena_open();

		if (imap_meta(im, b, uids + i, n - i < AT_A_TIME ? n - i : AT_A_TIME, &m, &nm, w->f)
		    != ST_OK || metas_take(w, where, m, nm, ours, nours) != ST_OK)
			return w->f->st;
	}
	return ST_OK;
}

/* The same folder under two names of the configuration is one. */
static bool
is_twice(const struct rebuild *r, enum rebuild_folder where)
{
	for (int i = 0; i < (int)where; i++)
		if (strcmp(r->folder[i], r->folder[where]) == 0)
			return true;
	return false;
}

static enum status
folder_open(struct walk *w, enum rebuild_folder where)
{
	struct rebuild *r = w->r;
	struct source *s = &w->src[where];
	struct imap_box box;
	enum status st;

	s->a = arena_open();
	if (r->folder[where][0] == '\0' || is_twice(r, where))
		return ST_OK;
	if (rebuild_session(r, &s->im, w->f) != ST_OK)
		return w->f->st;
	st = imap_select(s->im, r->folder[where], &box, w->f);
	if (st == ST_NONE) {
		rebuild_say(r, REBUILD_NOTE_FOLDER, "", "", "%s: no such folder", r->folder[where]);
		imap_close(&s->im);
		return ST_OK;
	}
	if (st != ST_OK)
		return st;
	s->validity = box.uidvalidity;
	r->keywords[where] = box.keywords;
	return folder_list(w, where);
}

static enum status
entries_order(struct walk *w)
{
	struct imap *im[REBUILD_FOLDERS];

	for (int k = 0; k < REBUILD_FOLDERS; k++)
		im[k] = w->src[k].im;
	if (w->n > 1)
		qsort(w->v, w->n, sizeof *w->v, in_time);
	return rebuild_order(w->r, im, w->v, w->n, w->f);
}

/* Each source's entries, by number, in the order of all. */
static void
lists_make(struct walk *w)
{
	for (size_t i = 0; i < w->n; i++)
		w->src[w->v[i].where].n++;
	for (int k = 0; k < REBUILD_FOLDERS; k++) {
		w->src[k].list = arena_new(w->r->a, size_t, w->src[k].n + 1);
		w->src[k].n = 0;
	}
	for (size_t i = 0; i < w->n; i++) {
		struct source *s = &w->src[w->v[i].where];

		s->list[s->n++] = i;
	}
}

static int
meta_uids(const void *x, const void *y)
{
	const struct imap_meta *s = x, *t = y;

	return (s->uid > t->uid) - (s->uid < t->uid);
}

static size_t
batch_count(const struct walk *w, const struct source *s)
{
	uint64_t bytes = 0;
	size_t n = 0;

	while (s->next + n < s->n && n < BATCH_MAILS) {
		bytes += w->v[s->list[s->next + n]].size;
		if (n > 0 && bytes > BATCH_BYTES)
			break;
		n++;
	}
	return n;
}

/* The next mails of that folder, read. */
static enum status
batch_fetch(struct walk *w, enum rebuild_folder where)
{
	struct source *s = &w->src[where];
	size_t n = batch_count(w, s);
	struct imap_meta *m;

	arena_reset(s->a);
	s->b = (struct batch){ s->a, arena_new(s->a, struct batch_mail, n + 1), n,
	    where == FOLDER_SENT };
	m = arena_new(s->a, struct imap_meta, n + 1);
	for (size_t i = 0; i < n; i++) {
		const struct unread *e = &w->v[s->list[s->next + i]];

		m[i] = (struct imap_meta){ e->uid, e->size, e->received, e->keyword };
	}
	qsort(m, n, sizeof *m, meta_uids);
	for (size_t i = 0; i < n; i++) {
		struct batch_mail *b = &s->b.v[i];

		b->at = (struct location){ w->r->folder[where], s->validity, m[i].uid };
		b->id.size = m[i].size;
		b->id.received = m[i].received;
		b->marked = m[i].keyword;
	}
	s->next += n;
	w->r->in.imap = s->im;
	return box_bodies(&w->r->in, &s->b, m, w->f);
}

static const struct batch_mail *
batch_find(const struct source *s, uint32_t uid)
{
	for (size_t i = 0; i < s->b.n; i++)
		if (s->b.v[i].at.uid == uid)
			return &s->b.v[i];
	return NULL;
}

static struct source *
source_of(struct walk *w, const struct location *at, enum rebuild_folder *where)
{
	for (int k = 0; k < REBUILD_FOLDERS; k++)
		if (w->src[k].im != NULL && w->src[k].validity == at->uidvalidity &&
		    strcmp(w->r->folder[k], at->mailbox) == 0) {
			*where = (enum rebuild_folder)k;
			return &w->src[k];
		}
	return NULL;
}

/* Its bytes, read again.  ST_NONE: not there. */
static enum status
held_fetch(struct walk *w, struct batch *b, const struct held_mail *h, const struct location *at,
    enum rebuild_folder *where)
{
	struct source *s = source_of(w, at, where);
	struct imap_meta *m;
	size_t n;

	if (s == NULL)
		return ST_NONE;
	if (imap_meta(s->im, b->a, &at->uid, 1, &m, &n, w->f) != ST_OK)
		return w->f->st;
	if (n == 0)
		return ST_NONE;
	b->v[0] = (struct batch_mail){ .at = *at, .id = { .size = m[0].size,
	    .received = m[0].received }, .message = h->message, .confirm = h->confirm };
	w->r->in.imap = s->im;
	if (box_bodies(&w->r->in, b, m, w->f) != ST_OK)
		return w->f->st;
	return b->v[0].mail != NULL &&
	    memcmp(&b->v[0].id.sha256, &h->sha256, sizeof h->sha256) == 0 ? ST_OK : ST_NONE;
}

static enum status
held_take(struct walk *w, const struct held_mail *h, int64_t now)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct batch b = { a, arena_new(a, struct batch_mail, 1), 1, false };
	struct store *s = w->r->role.store;
	enum rebuild_folder where = FOLDER_REVIEW;
	struct held_place *v;
	size_t n;
	enum status st = ST_NONE;

	if (store_held_places(s, a, h->message, &v, &n, w->f) != ST_OK)
		return w->f->st;
	for (size_t i = 0; i < n && st == ST_NONE; i++)
		st = held_fetch(w, &b, h, &v[i].at, &where);
	if (st == ST_OK)
		st = rebuild_carry_out(w->r, a, where, &b.v[0], now, w->f);
	else if (st == ST_NONE)
		rebuild_say(w->r, REBUILD_NOTE_UNREAD, "", "", "a confirmed mail of %s is not in the "
		    "mailbox any more", h->agent);
	return st == ST_OK || st == ST_NONE ? store_held_done(s, h->confirm, now, w->f) : st;
}

/* What a code has just set free was carried out then: here at once, and never by the daemon. */
static enum status
confirmed_take(struct walk *w, int64_t now)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct held_mail *v;
	size_t n;

	if (store_held(w->r->role.store, a, &v, &n, w->f) != ST_OK)
		return w->f->st;
	for (size_t i = 0; i < n; i++)
		if (held_take(w, &v[i], now) != ST_OK)
			return w->f->st;
	return ST_OK;
}

static enum status
unread_take(struct walk *w, const struct unread *e)
{
	struct source *s = &w->src[e->where];
	const struct batch_mail *m = batch_find(s, e->uid);
	ARENA_AUTO struct arena *a = arena_open();

	if (m == NULL && batch_fetch(w, e->where) != ST_OK)
		return w->f->st;
	if (m == NULL)
		m = batch_find(s, e->uid);
	if (m == NULL || !m->fetched) {
		w->r->sum->left++;
		rebuild_say(w->r, REBUILD_NOTE_UNREAD, "", "", "%s, uid %u: the server did not give it",
		    w->r->folder[e->where], e->uid);
		return ST_OK;
	}
	if (rebuild_replay(w->r, a, e->where, m, w->f) != ST_OK)
		return w->f->st;
	return confirmed_take(w, e->received);
}

static enum status
trace_take(struct walk *w, struct trace *t)
{
	const struct location at = { w->r->folder[FOLDER_SENT], w->src[FOLDER_SENT].validity, t->uid };

	if (w->src[FOLDER_SENT].im != NULL &&
	    store_location_own(w->r->role.store, &at, t->id, w->f) != ST_OK)
		return w->f->st;
	return rebuild_trace_write(w->r, t, w->f);
}

/* Many mails a commit: nobody uses this database yet. */
static enum status
commit_some(struct walk *w, bool all)
{
	struct store *s = w->r->role.store;

	if (!all && ++w->pending < COMMIT_MAILS)
		return ST_OK;
	w->pending = 0;
	if (store_commit(s, w->f) != ST_OK)
		return w->f->st;
	return all ? ST_OK : store_begin(s, w->f);
}

static enum status
walk_all(struct walk *w)
{
	struct rebuild *r = w->r;
	size_t i = 0, t = 0;

	if (store_begin(r->role.store, w->f) != ST_OK)
		return w->f->st;
	while (i < w->n || t < r->ntrace) {
		bool trace = i == w->n || (t < r->ntrace &&
		    r->trace[t].at + TRACE_SECONDS < w->v[i].received);
		enum status st = trace ? trace_take(w, &r->trace[t++]) : unread_take(w, &w->v[i++]);

		if (st != ST_OK || commit_some(w, false) != ST_OK) {
			store_rollback(r->role.store);
			return w->f->st;
		}
	}
	return commit_some(w, true);
}

enum status
rebuild_walk(struct rebuild *r, struct fault *f)
{
	struct walk w = { .r = r, .f = f };
	enum status st = ST_OK;

	for (int k = 0; k < REBUILD_FOLDERS && st == ST_OK; k++)
		st = folder_open(&w, (enum rebuild_folder)k);
	if (st == ST_OK)
		st = entries_order(&w);
	if (st == ST_OK) {
		lists_make(&w);
		st = walk_all(&w);
	}
	r->in.imap = NULL;
	for (int k = 0; k < REBUILD_FOLDERS; k++) {
		imap_close(&w.src[k].im);
		arena_close(&w.src[k].a);
	}
	return st;
}
