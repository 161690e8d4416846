#include "imap_int.h"

#include "clock.h"
#include "date.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { META_MAX = 1000, BODIES_MAX = 50, BODIES_SLACK = 64 * 1024, DAY = 86400,
	HEAD_MAX = 4096 };		/* of one header field */

/* One FETCH answer by item, in whatever order; what is absent stays as it is here. */
struct item {
	uint32_t uid;			/* 0 absent */
	uint64_t size;
	int64_t received;
	bool has_size, has_received, has_flags, keyword;
	struct span body;		/* a NIL body is an empty one */
	bool has_body;
};

/* A date that no calendar knows must not keep a mail out: it came in now. */
static int64_t
date_get(const struct mailimap_date_time *d)
{
	date_day day = date_day_of((struct date){ d->dt_year, d->dt_month, d->dt_day });
	int zone = abs(d->dt_zone), offset = zone / 100 * 3600 + zone % 100 * 60;

	if (day == DATE_INVALID || day < 0)
		return clock_now();
	return (int64_t)day * DAY + d->dt_hour * 3600 + d->dt_min * 60 + d->dt_sec -
	    (d->dt_zone < 0 ? -offset : offset);
}

static void
flags_get(const struct mailimap_msg_att_dynamic *dyn, struct item *it)
{
	it->has_flags = true;
	if (dyn->att_list == NULL)
		return;
	for (clistiter *i = clist_begin(dyn->att_list); i != NULL; i = clist_next(i)) {
		const struct mailimap_flag_fetch *ff = clist_content(i);
		const struct mailimap_flag *fl = ff->fl_flag;

		if (ff->fl_type == MAILIMAP_FLAG_FETCH_OTHER && fl != NULL &&
		    fl->fl_type == MAILIMAP_FLAG_KEYWORD && fl->fl_data.fl_keyword != NULL &&
		    span_ieq(span_of(fl->fl_data.fl_keyword), IMAP_KEYWORD))
			it->keyword = true;
	}
}

static void
body_get(const struct mailimap_msg_att_body_section *b, struct item *it)
{
	it->has_body = true;
	if (b->sec_body_part != NULL)
		it->body = span_from(b->sec_body_part, b->sec_length);
}

static void
static_get(const struct mailimap_msg_att_static *s, struct item *it)
{
	if (s->att_type == MAILIMAP_MSG_ATT_UID) {
		it->uid = s->att_data.att_uid;
	} else if (s->att_type == MAILIMAP_MSG_ATT_RFC822_SIZE) {
		it->size = s->att_data.att_rfc822_size;
		it->has_size = true;
	} else if (s->att_type == MAILIMAP_MSG_ATT_INTERNALDATE &&
	    s->att_data.att_internal_date != NULL) {
		it->received = date_get(s->att_data.att_internal_date);
		it->has_received = true;
	} else if (s->att_type == MAILIMAP_MSG_ATT_BODY_SECTION &&
	    s->att_data.att_body_section != NULL) {
		body_get(s->att_data.att_body_section, it);
	}
}

static struct item
item_get(const struct mailimap_msg_att *att)
{
	struct item it = { .body = span_of("") };

	for (clistiter *i = clist_begin(att->att_list); i != NULL; i = clist_next(i)) {
		const struct mailimap_msg_att_item *x = clist_content(i);

		if (x->att_type == MAILIMAP_MSG_ATT_ITEM_STATIC &&
		    x->att_data.att_static != NULL)
			static_get(x->att_data.att_static, &it);
		else if (x->att_type == MAILIMAP_MSG_ATT_ITEM_DYNAMIC &&
		    x->att_data.att_dyn != NULL)
			flags_get(x->att_data.att_dyn, &it);
	}
	return it;
}

/* libetpan streams answers to a handler only where a progress callback is set too. */
static void
no_progress(size_t current, size_t maximum, void *ctx)
{
	(void)current;
	(void)maximum;
	(void)ctx;
}

/* FETCH with every answer handed to `on` and then dropped. */
static enum status
fetch(struct imap *im, const char *set, const char *items, mailimap_msg_att_handler *on,
    void *ctx, struct fault *f)
{
	enum imap_answer ans = IMAP_NO;
	enum status st;

	if (!im->selected)
		return fault_set(f, ST_TEMP, "imap: no folder is selected");
	mailimap_set_progress_callback(im->m, no_progress, no_progress, NULL);
	mailimap_set_msg_att_handler(im->m, on, ctx);
	st = imap_run(im, &ans, f, "UID FETCH %s %s", set, items);
	mailimap_set_msg_att_handler(im->m, NULL, NULL);
	mailimap_set_progress_callback(im->m, NULL, NULL, NULL);
	if (st == ST_OK && ans != IMAP_OK)
		return imap_refused(im, ST_TEMP, "fetch", f);
	return st;
}

/* Ask for a sync first: else what came in since the last command is not found. */
enum status
imap_uids(struct imap *im, struct arena *a, uint32_t after, uint32_t **out, size_t *n,
    struct fault *f)
{
	const struct mailimap_response_info *info;
	enum imap_answer ans;
	clistiter *i;
	uint32_t *v;
	size_t k = 0;

	*out = arena_new(a, uint32_t, 1);
	*n = 0;
	if (imap_poll(im, f) != ST_OK)
		return f->st;
	if (after == UINT32_MAX || !im->selected)
		return ST_OK;
	imap_begin(im, im->command_ms, IMAP_SEARCH_BUDGET);
	if (imap_run(im, &ans, f, "UID SEARCH UID %u:*", after + 1) != ST_OK)
		return f->st;
	info = im->m->imap_response_info;
	if (ans != IMAP_OK)
		return imap_refused(im, ST_TEMP, "search", f);
	if (info == NULL || info->rsp_search_result == NULL)
		return ST_OK;
	v = arena_new(a, uint32_t, (size_t)clist_count(info->rsp_search_result) + 1);
	for (i = clist_begin(info->rsp_search_result); i != NULL; i = clist_next(i)) {
		uint32_t uid = *(const uint32_t *)clist_content(i);

		if (uid > after)	/* n:* holds the last mail even where it is below n */
			v[k++] = uid;
	}
	*out = imap_sorted(a, v, k, n);
	return ST_OK;
}

struct metas { struct imap_meta *v; size_t n; const uint32_t *uids; };

static int
by_uid(const void *x, const void *y)
{
	const struct imap_meta *a = x, *b = y;

	return (a->uid > b->uid) - (a->uid < b->uid);
}

static int
key_uid(const void *key, const void *y)
{
	uint32_t a = *(const uint32_t *)key, b = *(const uint32_t *)y;

	return (a > b) - (a < b);
}

/* Each UID has its own place: answers that come twice or unasked cost no room. */
static void
meta_take(struct mailimap_msg_att *att, void *ctx)
{
	struct metas *m = ctx;
	struct item it = item_get(att);
	const uint32_t *at;

	if (it.uid == 0 || !it.has_size || !it.has_received || !it.has_flags)
		return;
	at = bsearch(&it.uid, m->uids, m->n, sizeof *m->uids, key_uid);
	if (at != NULL)
		m->v[at - m->uids] = (struct imap_meta){ .uid = it.uid, .size = it.size,
		    .received = it.received, .keyword = it.keyword };
}

enum status
imap_meta(struct imap *im, struct arena *a, const uint32_t *uids, size_t n,
    struct imap_meta **out, size_t *nout, struct fault *f)
{
	struct buf set BUF_AUTO;
	struct metas m;
	size_t k = 0;

	assert(n <= META_MAX);
	buf_open(&set, IMAP_COMMAND_MAX);
	m.uids = imap_sorted(a, uids, n, &m.n);
	m.v = arena_new(a, struct imap_meta, m.n + 1);
	*out = m.v;
	*nout = 0;
	if (m.n == 0)
		return ST_OK;
	imap_set(&set, m.uids, m.n);
	imap_begin(im, imap_fetch_ms(im), IMAP_BUDGET);
	if (fetch(im, set.z, "(UID FLAGS RFC822.SIZE INTERNALDATE)", meta_take, &m, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < m.n; i++)
		if (m.v[i].uid != 0)
			m.v[k++] = m.v[i];
	qsort(m.v, k, sizeof *m.v, by_uid);
	*nout = k;
	return ST_OK;
}

struct heads { struct arena *a; struct imap_head *v; size_t n; const uint32_t *uids; };

static void
head_take(struct mailimap_msg_att *att, void *ctx)
{
	struct heads *h = ctx;
	struct item it = item_get(att);
	const uint32_t *at;

	if (it.uid == 0 || !it.has_received || !it.has_body || it.body.n > HEAD_MAX)
		return;
	at = bsearch(&it.uid, h->uids, h->n, sizeof *h->uids, key_uid);
	if (at != NULL && h->v[at - h->uids].uid == 0)
		h->v[at - h->uids] = (struct imap_head){ it.uid, it.received,
		    span_from(arena_span(h->a, it.body), it.body.n) };
}

enum status
imap_heads(struct imap *im, struct arena *a, const uint32_t *uids, size_t n, const char *field,
    struct imap_head **out, size_t *nout, struct fault *f)
{
	struct buf set BUF_AUTO, items BUF_AUTO;
	struct heads h = { .a = a };
	size_t k = 0;

	assert(n <= META_MAX);
	buf_open(&set, IMAP_COMMAND_MAX);
	buf_open(&items, IMAP_COMMAND_MAX);
	h.uids = imap_sorted(a, uids, n, &h.n);
	h.v = arena_new(a, struct imap_head, h.n + 1);
	*out = h.v;
	*nout = 0;
	if (h.n == 0)
		return ST_OK;
	imap_set(&set, h.uids, h.n);
	buf_addf(&items, "(UID INTERNALDATE BODY.PEEK[HEADER.FIELDS (%s)])", field);
	imap_begin(im, imap_fetch_ms(im), IMAP_BUDGET + h.n * HEAD_MAX);
	if (fetch(im, set.z, items.z, head_take, &h, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < h.n; i++)
		if (h.v[i].uid != 0)
			h.v[k++] = h.v[i];
	*nout = k;
	return ST_OK;
}

struct bodies {
	struct imap *im;
	const struct imap_meta *v;
	size_t n;
	bool done[BODIES_MAX];
	void (*each)(void *ctx, const struct imap_meta *m, struct span raw);
	void *ctx;
};

/* The caller's time is not the server's: the deadline moves by it. */
static void
body_hand_out(struct bodies *b, size_t i, struct span raw)
{
	int64_t began = clock_mono_ms();

	b->done[i] = true;
	b->each(b->ctx, &b->v[i], raw);
	b->im->deadline += clock_mono_ms() - began;
}

static void
body_take(struct mailimap_msg_att *att, void *ctx)
{
	struct bodies *b = ctx;
	struct item it = item_get(att);

	if (!it.has_body)
		return;
	for (size_t i = 0; i < b->n; i++)
		if (b->v[i].uid == it.uid && !b->done[i] && it.body.n == b->v[i].size &&
		    (!it.has_size || it.size == it.body.n)) {
			body_hand_out(b, i, it.body);
			return;
		}
}

enum status
imap_bodies(struct imap *im, const struct imap_meta *v, size_t n, size_t budget,
    void (*each)(void *ctx, const struct imap_meta *m, struct span raw), void *ctx,
    struct fault *f)
{
	struct bodies b = { .im = im, .v = v, .n = n, .each = each, .ctx = ctx };
	struct buf set BUF_AUTO;
	uint32_t uids[BODIES_MAX];

	assert(n <= BODIES_MAX);
	buf_open(&set, IMAP_COMMAND_MAX);
	if (n == 0)
		return ST_OK;
	for (size_t i = 0; i < n; i++)
		uids[i] = v[i].uid;
	imap_set(&set, uids, n);
	imap_begin(im, imap_fetch_ms(im), budget + BODIES_SLACK);
	return fetch(im, set.z, "(UID RFC822.SIZE BODY.PEEK[])", body_take, &b, f);
}

struct start { struct arena *a; uint32_t uid; size_t max; struct span raw; bool got; };

static void
start_take(struct mailimap_msg_att *att, void *ctx)
{
	struct start *s = ctx;
	struct item it = item_get(att);

	if (it.uid != s->uid || !it.has_body || it.body.n > s->max || s->got)
		return;
	s->raw = span_from(arena_span(s->a, it.body), it.body.n);
	s->got = true;
}

enum status
imap_start(struct imap *im, struct arena *a, uint32_t uid, size_t max, struct span *raw_out,
    struct fault *f)
{
	struct start s = { .a = a, .uid = uid, .max = max, .raw = span_of("") };
	struct buf set BUF_AUTO, items BUF_AUTO;

	buf_open(&set, IMAP_COMMAND_MAX);
	buf_open(&items, IMAP_COMMAND_MAX);
	buf_addf(&set, "%u", uid);
	buf_addf(&items, "(UID BODY.PEEK[]<0.%zu>)", max);
	imap_begin(im, imap_fetch_ms(im), max + BODIES_SLACK);
	if (fetch(im, set.z, items.z, start_take, &s, f) != ST_OK)
		return f->st;
	*raw_out = s.raw;
	return s.got ? ST_OK : fault_set(f, ST_NONE, "mail %u is gone", uid);
}
