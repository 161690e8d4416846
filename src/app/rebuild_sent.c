/* rebuild_sent.c - what went out, as the copies in Sent tell it: their ids bear a MAC, the
 * reference and the kind; In-Reply-To names the mail that each answers. */
#include "rebuild_int.h"

#include <stdlib.h>
#include <string.h>

enum { AT_A_TIME = 1000 };

static int
in_time(const void *x, const void *y)
{
	const struct trace *s = x, *t = y;

	if (s->at != t->at)
		return s->at < t->at ? -1 : 1;
	return s->uid < t->uid ? -1 : s->uid > t->uid;
}

static int
in_answers(const void *x, const void *y)
{
	const struct trace *s = *(struct trace *const *)x, *t = *(struct trace *const *)y;
	int way = strcmp(s->answers, t->answers);

	return way != 0 ? way : in_time(s, t);
}

static int
in_refs(const void *x, const void *y)
{
	const struct trace *s = *(struct trace *const *)x, *t = *(struct trace *const *)y;
	int way = strcmp(s->ref, t->ref);

	return way != 0 ? way : in_time(s, t);
}

static int
in_ids(const void *x, const void *y)
{
	const struct trace *s = *(struct trace *const *)x, *t = *(struct trace *const *)y;
	int way = strcmp(s->id, t->id);

	return way != 0 ? way : in_time(s, t);
}

static int
key_id(const void *key, const void *y)
{
	return strcmp(key, (*(struct trace *const *)y)->id);
}

/* The KIND of an id of ours. */
static bool
kind_of(struct arena *a, const char *id, enum mail_kind *out)
{
	struct span rest = span_of(id), word;

	if (!span_cut(&rest, '.', &word) || !span_cut(&rest, '.', &word))
		return false;
	return mail_kind_of(arena_span(a, word), out);
}

/* false: not a copy of what we sent. */
static bool
trace_read(struct rebuild *r, const struct imap_head *h, struct trace *out)
{
	struct headers head;
	struct span body;
	struct reference ref;
	struct addrs to;
	const char *id;

	header_scan(r->a, h->raw, &head, &body);
	id = msgid_first(r->a, header_value(&head, "X-Bureaud-Loop"));
	if (!msgid_is_ours(r->setup.desk.key, id))
		return false;
	*out = (struct trace){ .uid = h->uid, .id = id, .at = h->received,
	    .answers = msgid_first(r->a, header_value(&head, "In-Reply-To")) };
	if (!kind_of(r->a, id, &out->kind))
		return false;
	(void)rebuild_ref(r, r->a, id, &out->ref, &ref);
	(void)addr_list(r->a, header_value(&head, "To"), &to);
	out->to = to.n > 0 ? to.v[0].spec : "";
	return out->to[0] != '\0';
}

static enum status
heads_read(struct rebuild *r, struct imap *im, const uint32_t *uids, size_t n, struct fault *f)
{
	for (size_t i = 0; i < n; i += AT_A_TIME) {
		ARENA_AUTO struct arena *a = arena_open();
		struct imap_head *h;
		size_t nheads;

		if (imap_heads(im, a, uids + i, n - i < AT_A_TIME ? n - i : AT_A_TIME,
		    "X-Bureaud-Loop In-Reply-To To", &h, &nheads, f) != ST_OK)
			return f->st;
		for (size_t k = 0; k < nheads; k++)
			if (trace_read(r, &h[k], &r->trace[r->ntrace]))
				r->ntrace++;
	}
	return ST_OK;
}

enum status
rebuild_traces(struct rebuild *r, struct imap *im, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	uint32_t *uids;
	size_t n;

	if (imap_uids(im, a, 0, &uids, &n, f) != ST_OK)
		return f->st;
	r->trace = arena_new(r->a, struct trace, n + 1);
	if (heads_read(r, im, uids, n, f) != ST_OK)
		return f->st;
	r->sent_known = true;
	r->by_answers = arena_new(r->a, struct trace *, r->ntrace + 1);
	r->by_ref = arena_new(r->a, struct trace *, r->ntrace + 1);
	r->by_id = arena_new(r->a, struct trace *, r->ntrace + 1);
	qsort(r->trace, r->ntrace, sizeof *r->trace, in_time);
	for (size_t i = 0; i < r->ntrace; i++)
		r->by_answers[i] = r->by_ref[i] = r->by_id[i] = &r->trace[i];
	qsort(r->by_answers, r->ntrace, sizeof *r->by_answers, in_answers);
	qsort(r->by_ref, r->ntrace, sizeof *r->by_ref, in_refs);
	qsort(r->by_id, r->ntrace, sizeof *r->by_id, in_ids);
	return ST_OK;
}

/* The first place in v where the key is not smaller. */
static size_t
lower(struct trace **v, size_t n, const char *key, bool by_ref)
{
	size_t from = 0;

	while (from < n) {
		size_t mid = from + (n - from) / 2;

		if (strcmp(by_ref ? v[mid]->ref : v[mid]->answers, key) < 0)
			from = mid + 1;
		else
			n = mid;
	}
	return from;
}

struct trace *
rebuild_answer(const struct rebuild *r, const char *message_id, enum mail_kind kind)
{
	if (message_id[0] == '\0')
		return NULL;
	for (size_t i = lower(r->by_answers, r->ntrace, message_id, false); i < r->ntrace &&
	    strcmp(r->by_answers[i]->answers, message_id) == 0; i++)
		if (kind == MAIL_KIND_COUNT || r->by_answers[i]->kind == kind)
			return r->by_answers[i];
	return NULL;
}

struct trace *
rebuild_trace(const struct rebuild *r, const char *ref, enum mail_kind kind, const char *to,
    int64_t from)
{
	for (size_t i = lower(r->by_ref, r->ntrace, ref, true); i < r->ntrace &&
	    strcmp(r->by_ref[i]->ref, ref) == 0; i++) {
		struct trace *t = r->by_ref[i];

		if (!t->written && t->kind == kind && t->at >= from && addr_same(t->to, to))
			return t;
	}
	return NULL;
}

struct trace *
rebuild_named(const struct rebuild *r, const char *id)
{
	struct trace **t = r->ntrace == 0 ? NULL :
	    bsearch(id, r->by_id, r->ntrace, sizeof *r->by_id, key_id);

	return t == NULL ? NULL : *t;
}

const char *
rebuild_opener(const struct rebuild *r, const char *ref)
{
	for (size_t i = lower(r->by_ref, r->ntrace, ref, true); i < r->ntrace &&
	    strcmp(r->by_ref[i]->ref, ref) == 0; i++)
		if (r->by_ref[i]->kind == MAIL_KIND_ACK)
			return r->by_ref[i]->answers;
	return "";
}

bool
rebuild_ref_taken(const struct rebuild *r, const char *ref)
{
	size_t i = lower(r->by_ref, r->ntrace, ref, true);

	return i < r->ntrace && strcmp(r->by_ref[i]->ref, ref) == 0;
}

enum status
rebuild_trace_write(struct rebuild *r, struct trace *t, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct reference ref;
	const char *z;
	struct salvage_sent v = { .id = t->id, .ref = t->ref, .to = t->to, .kind = t->kind,
	    .at = t->at };

	if (t->written)
		return ST_OK;
	t->written = true;
	r->sum->sent++;
	if (rebuild_ref(r, a, t->id, &z, &ref) &&
	    salvage_number_least(r->role.store, ref.year, ref.number, f) != ST_OK)
		return f->st;
	return salvage_sent(r->role.store, a, &v, f);
}
