/* rules_words.c - the words of all patterns as one sorted table, as small as can be: it
 * stays in memory as long as the rules. */
#include "rules_int.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(RULES_MAX <= UINT16_MAX, "a rule's number fits");

/* A word as one rule uses it, while the table is made. */
struct entry { const char *z; struct use use; };

struct entries { struct entry *v; size_t n, cap; bool full; };

static void
add(struct entries *t, const char *z, struct use use)
{
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
	t->v[t->n++] = (struct entry){ z, use };
}

static void
add_set(struct entries *t, struct arena *a, const struct words *w, size_t rule, unsigned set)
{
	for (size_t i = 0; i < w->n && !t->full; i++) {
		struct literal lit;

		rules_literal_trim(w->v[i], a, &lit);
		add(t, lit.z, (struct use){ (uint16_t)rule, (unsigned char)set, lit.left,
		    lit.right });
	}
}

static void
collect(const struct rules *r, unsigned char *need, struct arena *keep, struct entries *t)
{
	struct arena *a ARENA_AUTO = arena_open();
	struct literals l;

	for (size_t i = 0; i < r->n; i++) {
		arena_reset(a);
		if (!rules_on_text(&r->v[i]) || !rules_literals(a, r->v[i].pattern, &l))
			continue;
		add_set(t, keep, &l.head, i, WORDS_HEAD);
		if (l.head.n > 0)
			need[i] |= 1u << WORDS_HEAD;
		for (size_t k = 0; k < l.nneed; k++) {
			add_set(t, keep, &l.need[k], i, (unsigned)k);
			need[i] |= (unsigned char)(1u << k);
		}
	}
}

static int
by_word(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;

	return strcmp(a->z, b->z);
}

static size_t
key_length(const char *z)
{
	return strnlen(z, WORDS_KEY);
}

/* How many words and keys there are, and bytes behind the keys. */
static void
count(const struct entries *e, uint32_t *words, uint32_t *keys, uint32_t *rests)
{
	*words = *keys = *rests = 0;
	for (size_t i = 0; i < e->n; i++) {
		const char *z = e->v[i].z, *before = i == 0 ? "" : e->v[i - 1].z;

		if (strcmp(z, before) == 0)
			continue;
		++*words;
		*keys += strncmp(z, before, WORDS_KEY) != 0;
		*rests += (uint32_t)(strlen(z) - key_length(z));
	}
}

static void
add_word(struct word_table *t, const char *z, uint32_t *words, uint32_t *rests, uint32_t use)
{
	const size_t n = key_length(z), rest = strlen(z) - n;
	struct key *k = t->keys + t->nkeys;

	if (t->nkeys == 0 || strncmp(z, k[-1].z, WORDS_KEY) != 0) {
		memcpy(k->z, z, n);
		k->n = (unsigned char)n;
		k->word = *words;
		t->nkeys++;
	}
	memcpy(t->rests + *rests, z + n, rest);
	t->words[*words] = (struct word){ *rests, use };
	*rests += (uint32_t)rest;
	++*words;
}

/* Each list ends with one more, where the one behind the last would begin. */
static void
fill(struct arena *mem, const struct entries *e, struct word_table *t)
{
	uint32_t words, keys, rests;

	count(e, &words, &keys, &rests);
	t->keys = arena_new(mem, struct key, keys + 1);
	t->words = arena_new(mem, struct word, words + 1);
	t->uses = arena_new(mem, struct use, e->n);
	t->rests = arena_new(mem, char, rests + 1);
	words = rests = 0;
	for (size_t i = 0; i < e->n; i++) {
		t->uses[i] = e->v[i].use;
		if (i == 0 || strcmp(e->v[i].z, e->v[i - 1].z) != 0)
			add_word(t, e->v[i].z, &words, &rests, (uint32_t)i);
	}
	t->keys[t->nkeys].word = words;
	t->words[words] = (struct word){ rests, (uint32_t)e->n };
}

bool
rules_words(struct rules *r, struct word_table *out)
{
	struct arena *a ARENA_AUTO = arena_open();
	struct entries e = { 0 };

	out->need = arena_new(r->mem, unsigned char, r->n + 1);
	collect(r, out->need, a, &e);
	if (e.n > 0 && !e.full) {
		qsort(e.v, e.n, sizeof *e.v, by_word);
		fill(r->mem, &e, out);
	}
	free(e.v);
	return out->nkeys > 0;
}
