/* rebuild_order.c - mails of one second: who came after whom.
 *
 * INTERNALDATE knows seconds, a filed mail has a new UID, and a citizen's answer before the
 * agent's leaves another state than after it.  A mail came in
 *   - after the mails that its In-Reply-To and References name, and after the one that opened
 *     the ticket of an id of ours in them;
 *   - in the bureau's own folder, after those with lower UIDs;
 *   - of what is left, the later the later the latest copy in Sent that it, or one before it,
 *     names: an agent's answer before the one that it drew.
 * What still ties goes by folder and UID.
 *
 * Limits: ids of notifications name their ticket, not their mail: an agent's answer goes before
 * what a citizen wrote in the same second with a later mail of ours in hand, and the ticket
 * stays open. */
#include "rebuild_int.h"

#include <stdlib.h>
#include <string.h>

enum { AT_A_TIME = 1000 };		/* mails whose headers are held at once, and of one second */

struct node {
	struct unread e;
	const char *id;			/* "" none, or not told */
	struct msgids names;
	size_t *after, nafter;		/* of the same second: these came before */
	size_t rank;			/* 1 + the latest of traces that counts; 0 none */
	size_t next;			/* of `after`: to be looked at */
	bool seen;
};

struct ordering {
	struct rebuild *r;
	struct imap *const *im;
	struct arena *a;
	struct node *v; size_t n;
	struct fault *f;
};

/* ---- what their headers tell ---- */

static int
in_uids(const void *x, const void *y)
{
	const struct node *s = *(struct node *const *)x, *t = *(struct node *const *)y;

	return (s->e.uid > t->e.uid) - (s->e.uid < t->e.uid);
}

static void
head_read(struct ordering *o, struct node *x, struct span raw)
{
	struct headers h;
	struct msgids more;
	struct span body;

	header_scan(o->a, raw, &h, &body);
	x->id = msgid_first(o->a, header_value(&h, "Message-ID"));
	(void)msgid_list(o->a, header_value(&h, "References"), &x->names);
	(void)msgid_list(o->a, header_value(&h, "In-Reply-To"), &more);
	if (more.n == 0)
		return;
	if (x->names.n == 0) {
		x->names = more;
		return;
	}
	/* An In-Reply-To that References lack (RFC 5322 3.6.4 wants it there). */
	for (size_t i = 0; i < x->names.n; i++)
		if (strcmp(x->names.v[i], more.v[0]) == 0)
			return;
	x->names.v[0] = more.v[0];
}

/* of[0..n), by UID. */
static enum status
heads_read(struct ordering *o, struct imap *im, struct node **of, size_t n)
{
	uint32_t *uids = arena_new(o->a, uint32_t, n);
	struct imap_head *h;
	size_t nheads, k = 0;

	for (size_t i = 0; i < n; i++)
		uids[i] = of[i]->e.uid;
	if (imap_heads(im, o->a, uids, n, "Message-ID In-Reply-To References", &h, &nheads, o->f)
	    != ST_OK)
		return o->f->st;
	for (size_t i = 0; i < nheads; i++) {
		while (k < n && of[k]->e.uid < h[i].uid)
			k++;
		if (k < n && of[k]->e.uid == h[i].uid)
			head_read(o, of[k], h[i].raw);
	}
	return ST_OK;
}

static enum status
folder_read(struct ordering *o, enum rebuild_folder where)
{
	struct node **of = arena_new(o->a, struct node *, o->n);
	size_t n = 0;

	for (size_t i = 0; i < o->n; i++)
		if (o->v[i].e.where == where)
			of[n++] = &o->v[i];
	qsort(of, n, sizeof *of, in_uids);
	for (size_t i = 0; i < n; i += AT_A_TIME)
		if (heads_read(o, o->im[where], of + i, n - i < AT_A_TIME ? n - i : AT_A_TIME)
		    != ST_OK)
			return o->f->st;
	return ST_OK;
}

/* ---- who came before, among v[0..n), all of one second ---- */

struct second { struct ordering *o; struct node *v; size_t n; struct node **by_id; };

static int
in_ids(const void *x, const void *y)
{
	const struct node *s = *(struct node *const *)x, *t = *(struct node *const *)y;
	int way = strcmp(s->id, t->id);

	return way != 0 ? way : (s > t) - (s < t);
}

static void
after_id(struct second *g, struct node *x, const char *id)
{
	size_t from = 0, n = g->n;

	while (from < n) {
		size_t mid = from + (n - from) / 2;

		if (strcmp(g->by_id[mid]->id, id) < 0)
			from = mid + 1;
		else
			n = mid;
	}
	if (id[0] != '\0' && from < g->n && strcmp(g->by_id[from]->id, id) == 0)
		x->after[x->nafter++] = (size_t)(g->by_id[from] - g->v);
}

static void
name_weigh(struct second *g, struct node *x, const char *id)
{
	struct rebuild *r = g->o->r;
	const struct trace *t = rebuild_named(r, id);
	struct reference number;
	const char *ref;

	after_id(g, x, id);
	if (t != NULL && (size_t)(t - r->trace) + 1 > x->rank)
		x->rank = (size_t)(t - r->trace) + 1;
	if (msgid_is_ours(r->setup.desk.key, id) && rebuild_ref(r, g->o->a, id, &ref, &number))
		after_id(g, x, rebuild_opener(r, ref));
}

static void
names_weigh(struct second *g)
{
	size_t last = g->n;		/* of the bureau's folder */

	for (size_t i = 0; i < g->n; i++) {
		struct node *x = &g->v[i];

		x->after = arena_new(g->o->a, size_t, 2 * x->names.n + 1);
		for (size_t k = 0; k < x->names.n; k++)
			name_weigh(g, x, x->names.v[k]);
		if (x->e.where != FOLDER_BUREAU)
			continue;
		if (last < g->n)
			x->after[x->nafter++] = last;
		last = i;
	}
}

/* ---- the order ---- */

/* The nodes of `start` in that order, each behind all that came before it; where they name each
 * other in a circle, one of them begins. */
static void
line_up(struct second *g, struct node *const *start, struct node **out)
{
	struct node **stack = arena_new(g->o->a, struct node *, g->n);
	size_t depth = 0, done = 0;

	for (size_t i = 0; i < g->n; i++) {
		g->v[i].next = 0;
		g->v[i].seen = false;
	}
	for (size_t i = 0; i < g->n; i++) {
		if (!start[i]->seen)
			stack[depth++] = start[i];
		start[i]->seen = true;
		while (depth > 0) {
			struct node *x = stack[depth - 1], *y;

			if (x->next == x->nafter) {
				out[done++] = x;
				depth--;
				continue;
			}
			y = &g->v[x->after[x->next++]];
			if (!y->seen)
				stack[depth++] = y;
			y->seen = true;
		}
	}
}

static int
in_ranks(const void *x, const void *y)
{
	const struct node *s = *(struct node *const *)x, *t = *(struct node *const *)y;

	if (s->rank != t->rank)
		return s->rank < t->rank ? -1 : 1;
	return (s > t) - (s < t);
}

/* Nobody ranks below who came before; the nodes come lined up. */
static void
ranks_spread(struct second *g, struct node *const *line)
{
	for (size_t i = 0; i < g->n; i++)
		for (size_t k = 0; k < line[i]->nafter; k++)
			if (g->v[line[i]->after[k]].rank > line[i]->rank)
				line[i]->rank = g->v[line[i]->after[k]].rank;
}

/* v[0..n) comes by folder and UID. */
static void
second_order(struct ordering *o, struct node *v, size_t n, struct unread *out)
{
	struct second g = { o, v, n, arena_new(o->a, struct node *, n) };
	struct node **start = arena_new(o->a, struct node *, n);
	struct node **line = arena_new(o->a, struct node *, n);

	for (size_t i = 0; i < n; i++)
		g.by_id[i] = start[i] = &v[i];
	qsort(g.by_id, n, sizeof *g.by_id, in_ids);
	names_weigh(&g);
	line_up(&g, start, line);
	ranks_spread(&g, line);
	qsort(start, n, sizeof *start, in_ranks);
	line_up(&g, start, line);
	for (size_t i = 0; i < n; i++)
		out[i] = line[i]->e;
}

/* The end of those of one second that begin at v[from]. */
static size_t
second_end(const struct unread *v, size_t from, size_t n)
{
	size_t to = from + 1;

	while (to < n && v[to].received == v[from].received)
		to++;
	return to;
}

/* Whole seconds. */
static enum status
some_order(struct ordering *o, struct unread *v, size_t n)
{
	size_t to, k = 0;

	o->v = arena_new(o->a, struct node, n);
	o->n = 0;
	for (size_t i = 0; i < n; i = to) {
		to = second_end(v, i, n);
		for (size_t j = i; j < to && to - i > 1; j++)
			o->v[o->n++] = (struct node){ .e = v[j], .id = "" };
	}
	for (int where = 0; where < REBUILD_FOLDERS && o->n > 0; where++)
		if (folder_read(o, (enum rebuild_folder)where) != ST_OK)
			return o->f->st;
	for (size_t i = 0; i < n; i = to) {
		to = second_end(v, i, n);
		if (to - i == 1)
			continue;
		second_order(o, o->v + k, to - i, v + i);
		k += to - i;
	}
	return ST_OK;
}

enum status
rebuild_order(struct rebuild *r, struct imap *const im[REBUILD_FOLDERS], struct unread *v,
    size_t n, struct fault *f)
{
	for (size_t i = 0, to; i < n; i = to) {
		ARENA_AUTO struct arena *a = arena_open();
		struct ordering o = { .r = r, .im = im, .a = a, .f = f };

		for (to = i; to < n && to - i < AT_A_TIME;)
			to = second_end(v, to, n);
		if (some_order(&o, v + i, to - i) != ST_OK)
			return f->st;
	}
	return ST_OK;
}
