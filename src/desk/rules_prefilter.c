/* rules_prefilter.c - which rules may match at all, and where, in one pass over the text.
 *
 * Vectorscan finds the words of every pattern (rules_words.c); a rule is tried when one of
 * each of its sets was seen, at the places where a match can begin, and PCRE2 decides.
 * Words only, not the patterns: whole patterns take Vectorscan seconds to compile and 20
 * times longer to run.  A pattern of which nothing is known is always tried, and without
 * the library all are: the verdict is the same, only slower.
 *
 * Vectorscan's compiler takes 2 kB a word while it works: all words of the shipped rules in
 * one database are 65 MiB for half a second.  So it gets their first bytes only (the rest is
 * compared here), some at a time, each time giving back what it took. */
#include "rules_int.h"

#include <stdlib.h>
#include <string.h>

#ifdef HAVE_VECTORSCAN

#include <hs.h>
#include <malloc.h>

enum { BATCH = 2000, STARTS_MAX = 200000 };

struct prefilter {
	struct word_table t;
	hs_database_t **db;		/* BATCH keys each */
	size_t ndb;
	hs_scratch_t *scratch;
};

bool
rules_prefilter_have(void)
{
	return true;
}

/* The keys [first, first + n) as one more database. */
static bool
compile(struct prefilter *p, struct arena *a, uint32_t first, uint32_t n)
{
	const char **z = arena_new(a, const char *, n);
	size_t *len = arena_new(a, size_t, n);
	unsigned *id = arena_new(a, unsigned, n), *flags = arena_new(a, unsigned, n);
	hs_compile_error_t *why = NULL;
	hs_error_t rc;

	for (uint32_t i = 0; i < n; i++) {
		const struct key *k = &p->t.keys[first + i];

		z[i] = k->z;
		len[i] = k->n;
		id[i] = first + i;
	}
	rc = hs_compile_lit_multi(z, flags, id, len, n, HS_MODE_BLOCK, NULL, &p->db[p->ndb],
	    &why);
	(void)hs_free_compile_error(why);
	if (rc != HS_SUCCESS)
		return false;
	return hs_alloc_scratch(p->db[p->ndb++], &p->scratch) == HS_SUCCESS;
}

static bool
compile_all(struct rules *r, struct prefilter *p)
{
	struct arena *a ARENA_AUTO = arena_open();
	const uint32_t n = p->t.nkeys;
	bool ok = true;

	p->db = arena_new(r->mem, hs_database_t *, n / BATCH + 1);
	for (uint32_t i = 0; i < n && ok; i += BATCH) {
		ok = compile(p, a, i, n - i < BATCH ? n - i : BATCH);
		arena_reset(a);
		/* The compiler leaves megabytes of free heap behind. */
		(void)malloc_trim(0);
	}
	return ok && n > 0;
}

void
rules_prefilter_close(struct prefilter **pp)
{
	struct prefilter *p = *pp;

	if (p == NULL)
		return;
	(void)hs_free_scratch(p->scratch);
	for (size_t i = 0; i < p->ndb; i++)
		(void)hs_free_database(p->db[i]);
	*pp = NULL;
}

void
rules_prefilter_open(struct rules *r)
{
	struct prefilter *p = arena_new(r->mem, struct prefilter, 1);

	if (rules_words(r, &p->t) && compile_all(r, p))
		r->pre = p;
	else
		rules_prefilter_close(&p);
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
	s->need[rule] &= (unsigned char)~(1u << WORDS_HEAD);
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

static void
on_word(struct seen *s, const struct word *w, size_t from, size_t to)
{
	const struct word_table *t = &s->p->t;
	const bool inside_left = no_edge(s->text, from), inside_right = no_edge(s->text, to);

	for (uint32_t i = w[0].use; i < w[1].use; i++) {
		const struct use *u = &t->uses[i];

		if ((u->left && inside_left) || (u->right && inside_right))
			continue;
		if (u->set == WORDS_HEAD)
			add_start(s, u->rule, (uint32_t)from);
		else
			s->need[u->rule] &= (unsigned char)~(1u << u->set);
	}
}

/* The words that begin with this key. */
static int
on_key(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *ctx)
{
	struct seen *s = ctx;
	const struct word_table *t = &s->p->t;
	const struct key *k = &t->keys[id];
	const struct span behind = span_from(s->text.p + to, s->text.n - (size_t)to);

	(void)from;
	(void)flags;
	for (uint32_t i = k[0].word; i < k[1].word; i++) {
		const struct word *w = &t->words[i];
		const size_t n = w[1].rest - w[0].rest;

		if (n <= behind.n && memcmp(behind.p, t->rests + w->rest, n) == 0)
			on_word(s, w, (size_t)to - k->n, (size_t)to + n);
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
	memcpy(s.need, r->pre->t.need, r->n);
	for (size_t i = 0; i < r->pre->ndb; i++)
		if (hs_scan(r->pre->db[i], text.p, (unsigned)text.n, 0, r->pre->scratch,
		    on_key, &s) != HS_SUCCESS)
			return;
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
