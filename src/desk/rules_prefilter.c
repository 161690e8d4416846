/* rules_prefilter.c - which rules may match at all, and where, in one pass over the text.
 *
 * Vectorscan finds the words of every pattern (rules_literals.c); a rule is tried when
 * one of each of its sets was seen, at the places where a match can begin, and PCRE2
 * decides.  Words only, not the patterns: whole patterns take Vectorscan seconds to
 * compile and 20 times longer to run.  A pattern of which nothing is known is always
 * tried, and without the library all are: the verdict is the same, only slower. */
#include "rules_int.h"

#include <stdlib.h>
#include <string.h>

#ifdef HAVE_VECTORSCAN

#include <hs.h>
#include <malloc.h>

enum { HEAD = 7, STARTS_MAX = 200000 };

struct use { uint32_t rule; unsigned char set; bool left, right; };

/* A word as one rule uses it, while the table is made. */
struct entry { struct literal lit; struct use use; };

struct prefilter {
	hs_database_t *db;
	hs_scratch_t *scratch;
	struct use *uses;		/* those of word i: first[i] to first[i + 1] */
	uint32_t *first, *length, n;
	unsigned char *need;		/* one a rule: its sets, and HEAD */
};

struct table { struct entry *v; size_t n, cap; bool full; };

bool
rules_prefilter_have(void)
{
	return true;
}

static void
table_add(struct table *t, struct arena *a, const struct words *w, size_t rule, unsigned set)
{
	for (size_t i = 0; i < w->n; i++) {
		struct entry *e;

		if (t->n == t->cap) {
			size_t cap = t->cap == 0 ? 4096 : t->cap * 2;
			void *p = realloc(t->v, cap * sizeof *t->v);

			if (p == NULL) {
				t->full = true;
				return;
			}
			t->v = p;
			t->cap = cap;
		}
		e = &t->v[t->n++];
		rules_literal_trim(w->v[i], a, &e->lit);
		e->use = (struct use){ (uint32_t)rule, (unsigned char)set, e->lit.left,
		    e->lit.right };
	}
}

static int
by_word(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;

	return strcmp(a->lit.z, b->lit.z);
}

/* The table as Vectorscan wants it: each word once. */
static bool
build(struct rules *r, struct prefilter *p, struct arena *a, const struct table *t)
{
	const char **word = arena_new(a, const char *, t->n);
	size_t *len = arena_new(a, size_t, t->n);
	unsigned *id = arena_new(a, unsigned, t->n), *flags = arena_new(a, unsigned, t->n);
	hs_compile_error_t *why = NULL;
	hs_error_t rc;

	p->uses = arena_new(r->mem, struct use, t->n);
	p->first = arena_new(r->mem, uint32_t, t->n + 1);
	p->length = arena_new(r->mem, uint32_t, t->n);
	for (size_t i = 0; i < t->n; i++) {
		p->uses[i] = t->v[i].use;
		if (i == 0 || strcmp(t->v[i].lit.z, word[p->n - 1]) != 0) {
			word[p->n] = t->v[i].lit.z;
			len[p->n] = t->v[i].lit.n;
			id[p->n] = p->n;
			p->length[p->n] = (uint32_t)t->v[i].lit.n;
			p->first[p->n++] = (uint32_t)i;
		}
		p->first[p->n] = (uint32_t)i + 1;
	}
	rc = hs_compile_lit_multi(word, flags, id, len, p->n, HS_MODE_BLOCK, NULL, &p->db,
	    &why);
	(void)hs_free_compile_error(why);
	return rc == HS_SUCCESS && hs_alloc_scratch(p->db, &p->scratch) == HS_SUCCESS;
}

static void
collect(struct rules *r, struct prefilter *p, struct arena *a, struct table *t)
{
	struct literals l;

	p->need = arena_new(r->mem, unsigned char, r->n + 1);
	for (size_t i = 0; i < r->n; i++) {
		if (!rules_on_text(&r->v[i]) || !rules_literals(a, r->v[i].pattern, &l))
			continue;
		table_add(t, a, &l.head, i, HEAD);
		if (l.head.n > 0)
			p->need[i] |= 1u << HEAD;
		for (size_t k = 0; k < l.nneed; k++) {
			table_add(t, a, &l.need[k], i, (unsigned)k);
			p->need[i] |= (unsigned char)(1u << k);
		}
	}
}

void
rules_prefilter_close(struct prefilter **pp)
{
	struct prefilter *p = *pp;

	if (p == NULL)
		return;
	(void)hs_free_scratch(p->scratch);
	(void)hs_free_database(p->db);
	*pp = NULL;
}

static void
make(struct rules *r)
{
	struct arena *a ARENA_AUTO = arena_open();
	struct prefilter *p = arena_new(r->mem, struct prefilter, 1);
	struct table t = { 0 };

	collect(r, p, a, &t);
	if (t.n > 0)
		qsort(t.v, t.n, sizeof *t.v, by_word);
	if (t.n > 0 && !t.full && build(r, p, a, &t))
		r->pre = p;
	else
		rules_prefilter_close(&p);
	free(t.v);
}

void
rules_prefilter_open(struct rules *r)
{
	make(r);
	/* Vectorscan's compiler leaves megabytes of free heap behind. */
	(void)malloc_trim(0);
}

/* The places of one rule, as a chain from the last to the first. */
struct start { uint32_t at, before; };

struct seen {
	const struct prefilter *p;
	struct span text;
	unsigned char *need;
	struct start *v;
	uint32_t n, cap;
	uint32_t *last;		/* one a rule: 1 + index into v */
	uint32_t *count;
	bool *anywhere;		/* no room for its places */
};

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    c == '_';
}

/* No edge between two ASCII word characters; in doubt there is one. */
static bool
no_edge(struct span t, size_t at)
{
	return at > 0 && at < t.n && is_word(t.p[at - 1]) && is_word(t.p[at]);
}

static void
add_start(struct seen *s, uint32_t rule, uint32_t at)
{
	s->need[rule] &= (unsigned char)~(1u << HEAD);
	if (s->last[rule] > 0 && s->v[s->last[rule] - 1].at == at)
		return;
	if (s->n == s->cap) {
		s->anywhere[rule] = true;
		return;
	}
	s->v[s->n] = (struct start){ at, s->last[rule] };
	s->last[rule] = ++s->n;
	s->count[rule]++;
}

static int
on_word(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *ctx)
{
	struct seen *s = ctx;
	const struct prefilter *p = s->p;
	const size_t at = (size_t)to - p->length[id];
	const bool inside_left = no_edge(s->text, at);
	const bool inside_right = no_edge(s->text, (size_t)to);

	(void)from;
	(void)flags;
	for (uint32_t i = p->first[id]; i < p->first[id + 1]; i++) {
		const struct use *u = &p->uses[i];

		if ((u->left && inside_left) || (u->right && inside_right))
			continue;
		if (u->set == HEAD)
			add_start(s, u->rule, (uint32_t)at);
		else
			s->need[u->rule] &= (unsigned char)~(1u << u->set);
	}
	return 0;
}

/* The chain of one rule as an ascending array; it is nearly sorted already. */
static const uint32_t *
unchain(const struct seen *s, struct arena *a, size_t rule)
{
	uint32_t *v = arena_new(a, uint32_t, s->count[rule] + 1), n = s->count[rule];

	for (uint32_t i = s->last[rule]; i > 0; i = s->v[i - 1].before)
		v[--n] = s->v[i - 1].at;
	for (uint32_t i = 1; i < s->count[rule]; i++) {
		const uint32_t x = v[i];
		uint32_t j = i;

		for (; j > 0 && v[j - 1] > x; j--)
			v[j] = v[j - 1];
		v[j] = x;
	}
	return v;
}

static void
give_out(const struct rules *r, const struct seen *s, struct arena *a, struct scan *out)
{
	out->need = s->need;
	out->starts = arena_new(a, const uint32_t *, r->n + 1);
	out->nstarts = s->count;
	for (size_t i = 0; i < r->n; i++)
		if (s->need[i] == 0 && s->count[i] > 0 && !s->anywhere[i])
			out->starts[i] = unchain(s, a, i);
}

void
rules_prefilter_scan(const struct rules *r, struct arena *a, struct span text,
    struct scan *out)
{
	struct seen s = { .p = r->pre, .text = text };

	*out = (struct scan){ .text = text };
	if (r->pre == NULL)
		return;
	s.cap = text.n * 2 + 64 < STARTS_MAX ? (uint32_t)text.n * 2 + 64 : STARTS_MAX;
	s.v = arena_new(a, struct start, s.cap);
	s.last = arena_new(a, uint32_t, r->n + 1);
	s.count = arena_new(a, uint32_t, r->n + 1);
	s.anywhere = arena_new(a, bool, r->n + 1);
	s.need = arena_new(a, unsigned char, r->n + 1);
	memcpy(s.need, r->pre->need, r->n);
	if (hs_scan(r->pre->db, text.p, (unsigned)text.n, 0, r->pre->scratch, on_word,
	    &s) == HS_SUCCESS)
		give_out(r, &s, a, out);
}

#else

bool
rules_prefilter_have(void)
{
	return false;
}

void
rules_prefilter_open(struct rules *r)
{
	(void)r;
}

void
rules_prefilter_close(struct prefilter **p)
{
	(void)p;
}

void
rules_prefilter_scan(const struct rules *r, struct arena *a, struct span text,
    struct scan *out)
{
	(void)r;
	(void)a;
	*out = (struct scan){ .text = text };
}

#endif
