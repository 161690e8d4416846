#include "codec.h"

#include "limits.h"

static void
put_ids(struct buf *b, const struct msgids *ids)
{
	wire_put_u64(b, ids->n);
	for (size_t i = 0; i < ids->n; i++)
		wire_put_str(b, ids->v[i]);
}

static void
get_ids(struct wire *w, struct msgids *ids)
{
	ids->n = wire_count(w);
	ids->v = arena_new(w->arena, const char *, ids->n);
	for (size_t i = 0; i < ids->n; i++)
		ids->v[i] = wire_str(w);
}

static void
put_addrs(struct buf *b, const struct addrs *list)
{
	wire_put_u64(b, list->broken);
	wire_put_u64(b, list->n);
	for (size_t i = 0; i < list->n; i++) {
		wire_put_str(b, list->v[i].name);
		wire_put_str(b, list->v[i].spec);
	}
}

static void
get_addrs(struct wire *w, struct addrs *list)
{
	list->broken = wire_u64_max(w, 1) != 0;
	list->n = wire_count(w);
	list->v = arena_new(w->arena, struct addr, list->n);
	for (size_t i = 0; i < list->n; i++) {
		list->v[i].name = wire_str(w);
		list->v[i].spec = wire_str(w);
	}
}

static void
put_headers(struct buf *b, const struct headers *h)
{
	wire_put_u64(b, h->cut);
	wire_put_u64(b, h->n);
	for (size_t i = 0; i < h->n; i++) {
		wire_put_span(b, h->v[i].name);
		wire_put_span(b, h->v[i].value);
	}
}

static void
get_headers(struct wire *w, struct headers *h)
{
	h->cut = wire_u64_max(w, 1) != 0;
	h->n = wire_count(w);
	h->v = arena_new(w->arena, struct header, h->n);
	for (size_t i = 0; i < h->n; i++) {
		h->v[i].name = wire_span(w);
		h->v[i].value = wire_span(w);
	}
}

static void
put_attachments(struct buf *b, const struct mail *m)
{
	wire_put_u64(b, m->natt);
	for (size_t i = 0; i < m->natt; i++) {
		wire_put_str(b, m->att[i].filename);
		wire_put_str(b, m->att[i].type);
		wire_put_u64(b, m->att[i].size);
		wire_put_u64(b, m->att[i].inline_);
	}
}

static void
get_attachments(struct wire *w, struct mail *m)
{
	m->natt = wire_count(w);
	m->att = arena_new(w->arena, struct attachment, m->natt);
	for (size_t i = 0; i < m->natt; i++) {
		m->att[i].filename = wire_str(w);
		m->att[i].type = wire_str(w);
		m->att[i].size = wire_u64(w);
		m->att[i].inline_ = wire_u64_max(w, 1) != 0;
	}
}

/* The files come last: all of the rest is written, and the reader's memory is asked for what
 * they need and no more. */
static void
put_files(struct buf *b, const struct mail *m)
{
	size_t sum = 0;

	for (size_t i = 0; i < m->natt; i++)
		sum += sizeof(uint64_t) + m->att[i].bytes.n;
	buf_reserve(b, sum);
	for (size_t i = 0; i < m->natt; i++)
		wire_put_span(b, m->att[i].bytes);
}

static void
get_files(struct wire *w, struct mail *m)
{
	size_t sum = 0;

	for (size_t i = 0; i < m->natt && !w->bad; i++) {
		m->att[i].bytes = wire_span(w);
		sum += m->att[i].bytes.n;
		w->bad |= sum > LIMIT_RELAY_BYTES;
	}
}

static void
put_bounce(struct buf *b, const struct bounce *x)
{
	wire_put_u64(b, x->report);
	wire_put_str(b, x->recipient);
	wire_put_str(b, x->action);
	wire_put_str(b, x->status);
	wire_put_str(b, x->message_id);
}

static void
get_bounce(struct wire *w, struct bounce *x)
{
	x->report = (enum report)wire_u64_max(w, REPORT_OTHER);
	x->recipient = wire_str(w);
	x->action = wire_str(w);
	x->status = wire_str(w);
	x->message_id = wire_str(w);
}

static void
put_mail(struct buf *b, const struct mail *m)
{
	put_headers(b, &m->headers);
	wire_put_str(b, m->message_id);
	put_ids(b, &m->in_reply_to);
	put_ids(b, &m->references);
	put_addrs(b, &m->from);
	put_addrs(b, &m->reply_to);
	put_addrs(b, &m->to);
	put_addrs(b, &m->cc);
	wire_put_str(b, m->subject);
	wire_put_str(b, m->text);
	wire_put_str(b, m->reply_text);
	wire_put_str(b, m->lang);
	wire_put_str(b, m->ical);
	wire_put_i64(b, m->date);
	put_attachments(b, m);
	put_bounce(b, &m->bounce);
	wire_put_u64(b, m->flags);
}

static struct mail *
get_mail(struct wire *w)
{
	struct mail *m = arena_new(w->arena, struct mail, 1);

	get_headers(w, &m->headers);
	m->message_id = wire_str(w);
	get_ids(w, &m->in_reply_to);
	get_ids(w, &m->references);
	get_addrs(w, &m->from);
	get_addrs(w, &m->reply_to);
	get_addrs(w, &m->to);
	get_addrs(w, &m->cc);
	m->subject = wire_str(w);
	m->text = wire_str(w);
	m->reply_text = wire_str(w);
	m->lang = wire_str(w);
	m->ical = wire_str(w);
	m->date = wire_i64(w);
	get_attachments(w, m);
	get_bounce(w, &m->bounce);
	m->flags = (unsigned)wire_u64_max(w, 0xffff);
	return m;
}

/* A number that an int holds. */
static int
get_int(struct wire *w)
{
	int64_t v = wire_i64(w);

	w->bad |= v < INT32_MIN || v > INT32_MAX;
	return w->bad ? 0 : (int)v;
}

static void
put_verdict(struct buf *b, const struct verdict *v)
{
	wire_put_str(b, v->category);
	wire_put_u64(b, v->ncats);
	for (size_t i = 0; i < v->ncats; i++) {
		wire_put_str(b, v->cats[i].name);
		wire_put_i64(b, v->cats[i].score);
	}
	wire_put_u64(b, v->urgency);
	wire_put_u64(b, v->sensitive);
	wire_put_u64(b, v->no_reply);
	wire_put_u64(b, v->spam);
	wire_put_u64(b, v->limited);
	wire_put_u64(b, v->short_text);
	wire_put_str(b, v->quartier);
	wire_put_u64(b, v->nhits);
	for (size_t i = 0; i < v->nhits; i++) {
		wire_put_str(b, v->hits[i].rule);
		wire_put_str(b, v->hits[i].category);
		wire_put_i64(b, v->hits[i].weight);
		wire_put_u64(b, v->hits[i].where);
		wire_put_str(b, v->hits[i].match);
		wire_put_u64(b, v->hits[i].sensitive);
	}
}

static struct verdict *
get_verdict(struct wire *w)
{
	struct verdict *v = arena_new(w->arena, struct verdict, 1);

	v->category = wire_str(w);
	v->ncats = wire_count(w);
	v->cats = arena_new(w->arena, struct score, v->ncats);
	for (size_t i = 0; i < v->ncats; i++) {
		v->cats[i].name = wire_str(w);
		v->cats[i].score = get_int(w);
	}
	v->urgency = (enum urgency)wire_u64_max(w, URGENCY_COUNT - 1);
	v->sensitive = wire_u64_max(w, 1) != 0;
	v->no_reply = wire_u64_max(w, 1) != 0;
	v->spam = wire_u64_max(w, 1) != 0;
	v->limited = wire_u64_max(w, 1) != 0;
	v->short_text = wire_u64_max(w, 1) != 0;
	v->quartier = wire_str(w);
	v->nhits = (size_t)wire_u64_max(w, LIMIT_HITS);
	v->hits = arena_new(w->arena, struct hit, v->nhits);
	for (size_t i = 0; i < v->nhits; i++) {
		v->hits[i].rule = wire_str(w);
		v->hits[i].category = wire_str(w);
		v->hits[i].weight = get_int(w);
		v->hits[i].where = (enum hit_where)wire_u64_max(w, HIT_ATTACHMENT);
		v->hits[i].match = wire_str(w);
		v->hits[i].sensitive = wire_u64_max(w, 1) != 0;
	}
	return v;
}

void
codec_put(struct buf *b, const struct mail *mail, const struct verdict *verdict)
{
	wire_put_u64(b, mail != NULL);
	if (mail == NULL)
		return;
	put_mail(b, mail);
	put_verdict(b, verdict);
	put_files(b, mail);
}

enum status
codec_get(struct arena *a, struct span bytes, const struct mail **mail_out,
    const struct verdict **verdict_out, struct fault *f)
{
	struct wire w = { bytes, a, false };

	*mail_out = NULL;
	*verdict_out = NULL;
	if (wire_u64_max(&w, 1) != 0) {
		struct mail *m = get_mail(&w);

		*mail_out = m;
		*verdict_out = get_verdict(&w);
		get_files(&w, m);
	}
	if (!wire_done(&w)) {
		*mail_out = NULL;
		*verdict_out = NULL;
		return fault_set(f, ST_PERM, "the reader's answer makes no sense");
	}
	return ST_OK;
}
