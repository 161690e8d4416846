#include "quartiers.h"

#include "file.h"
#include "fold.h"
#include "ini.h"
#include "limits.h"

#include <stdlib.h>
#include <string.h>

enum {
	QUARTIERS_MAX = 100, WORDS_MAX = 20000, PERMANENCES_MAX = 2000,
	TOKENS_MAX = 10,		/* words of the longest street looked for */
	KEY_MAX = 160,			/* and its bytes */
	SEVERAL = QUARTIERS_MAX,	/* a street of more than one quartier names none */
};

/* A name, alias or street: folded words with one space between them. */
struct word { const char *key; size_t quartier; };

struct quartiers {
	struct arena *arena;
	const char *section[QUARTIERS_MAX], *name[QUARTIERS_MAX]; size_t n;
	struct word *word; size_t nwords;	/* sorted by key, each once */
	struct permanence *when; size_t nwhen;	/* soonest first */
};

/* Up to TOKENS_MAX words of a text from one place on, and where each ends. */
struct tokens {
	char key[KEY_MAX + 1];
	size_t end[TOKENS_MAX];		/* in key */
	size_t after[TOKENS_MAX];	/* in the text */
	size_t n;
};

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

/* People and files shorten these as they like. */
static struct span
in_full(struct span word)
{
	static const struct { const char *is, *as; } table[] = {
		{ "st", "saint" }, { "ste", "sainte" }, { "av", "avenue" }, { "ave", "avenue" },
		{ "bd", "boulevard" }, { "bld", "boulevard" }, { "pl", "place" },
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (span_eq(word, table[i].is))
			return span_of(table[i].as);
	return word;
}

static void
tokens_read(struct tokens *t, struct span text, size_t at)
{
	size_t n = 0;

	t->n = 0;
	while (t->n < TOKENS_MAX) {
		size_t from;
		struct span word;

		while (at < text.n && !is_letter(text.p[at]))
			at++;
		from = at;
		while (at < text.n && is_letter(text.p[at]))
			at++;
		word = in_full(span_from(text.p + from, at - from));
		if (word.n == 0 || n + 1 + word.n > KEY_MAX)
			break;
		if (n > 0)
			t->key[n++] = ' ';
		memcpy(t->key + n, word.p, word.n);
		n += word.n;
		t->end[t->n] = n;
		t->after[t->n++] = at;
	}
	t->key[n] = '\0';
}

static enum status
word_add(struct quartiers *q, struct span s, struct fault *f)
{
	const char *folded = fold_word(q->arena, arena_span(q->arena, span_trim(s)));
	struct tokens t;

	if (folded[0] == '\0')
		return ST_OK;
	tokens_read(&t, span_of(folded), 0);
	if (t.n == 0 || t.after[t.n - 1] != strlen(folded))
		return fault_set(f, ST_PERM, "\"%.60s\" is no name, or longer than %d words",
		    folded, TOKENS_MAX);
	if (q->nwords == WORDS_MAX)
		return fault_set(f, ST_PERM, "more than %d names and streets", WORDS_MAX);
	q->word[q->nwords++] = (struct word){ arena_strdup(q->arena, t.key), q->n - 1 };
	return ST_OK;
}

static enum status
nom_do(struct quartiers *q, const char *value, struct fault *f)
{
	if (value[0] == '\0')
		return fault_set(f, ST_PERM, "nom is empty");
	if (q->name[q->n - 1][0] != '\0')
		return fault_set(f, ST_PERM, "nom is there twice in [%s]",
		    q->section[q->n - 1]);
	for (size_t i = 0; i < q->n; i++)
		if (strcmp(q->name[i], value) == 0)
			return fault_set(f, ST_PERM, "two quartiers are named %s", value);
	q->name[q->n - 1] = value;
	return word_add(q, span_of(value), f);
}

static enum status
list_do(struct quartiers *q, const char *value, struct fault *f)
{
	struct span rest = span_of(value), s;

	while (span_cut(&rest, ',', &s))
		if (word_add(q, s, f) != ST_OK)
			return f->st;
	return ST_OK;
}

static bool
hour_take(struct span s, unsigned long long *hour, unsigned long long *min)
{
	struct span h;

	return span_cut(&s, ':', &h) && span_number(h, 23, hour) && s.n == 2 &&
	    span_number(s, 59, min);
}

/* "2026-12-03 18:00 Salle X" */
static enum status
permanence_do(struct quartiers *q, const char *value, struct fault *f)
{
	struct span rest = span_of(value), date, hour;
	struct permanence *p = &q->when[q->nwhen];
	unsigned long long h, m;
	date_day day;

	if (q->nwhen == PERMANENCES_MAX)
		return fault_set(f, ST_PERM, "more than %d permanences", PERMANENCES_MAX);
	if (!span_cut(&rest, ' ', &date) || !date_parse_iso(date, &day))
		return fault_set(f, ST_PERM, "permanence = YYYY-MM-DD HH:MM place: bad date");
	rest = span_trim(rest);
	if (!span_cut(&rest, ' ', &hour) || !hour_take(hour, &h, &m))
		return fault_set(f, ST_PERM, "permanence = YYYY-MM-DD HH:MM place: bad hour");
	rest = span_trim(rest);
	if (rest.n == 0)
		return fault_set(f, ST_PERM, "permanence = YYYY-MM-DD HH:MM place: no place");
	p->at = date_instant(day, (int)h, (int)m);
	p->place = arena_span(q->arena, rest);
	p->quartier = q->section[q->n - 1];	/* its nom once all is read */
	q->nwhen++;
	return ST_OK;
}

static const struct {
	const char *key;
	enum status (*take)(struct quartiers *q, const char *value, struct fault *f);
} keys[] = {
	{ "nom", nom_do },
	{ "alias", list_do },
	{ "rues", list_do },
	{ "permanence", permanence_do },
};

static enum status
section_end(const struct quartiers *q, struct fault *f)
{
	if (q->n > 0 && q->name[q->n - 1][0] == '\0')
		return fault_set(f, ST_PERM, "section [%s] has no nom", q->section[q->n - 1]);
	return ST_OK;
}

static enum status
section_begin(struct quartiers *q, const char *id, struct fault *f)
{
	if (section_end(q, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < q->n; i++)
		if (strcmp(q->section[i], id) == 0)
			return fault_set(f, ST_PERM, "section [%s] is there twice", id);
	if (q->n == QUARTIERS_MAX)
		return fault_set(f, ST_PERM, "more than %d quartiers", QUARTIERS_MAX);
	q->section[q->n] = id;
	q->name[q->n++] = "";
	return ST_OK;
}

static enum status
line_do(void *ctx, const struct ini_line *l, struct fault *f)
{
	struct quartiers *q = ctx;

	if (l->key[0] == '\0')
		return section_begin(q, l->section, f);
	if (q->n == 0)
		return fault_set(f, ST_PERM, "%s stands before the first [section]", l->key);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (strcmp(keys[i].key, l->key) == 0)
			return keys[i].take(q, l->value, f);
	return fault_set(f, ST_PERM, "unknown key %s", l->key);
}

static int
word_order(const void *a, const void *b)
{
	return strcmp(((const struct word *)a)->key, ((const struct word *)b)->key);
}

static int
permanence_order(const void *a, const void *b)
{
	int64_t x = ((const struct permanence *)a)->at, y = ((const struct permanence *)b)->at;

	return (x > y) - (x < y);
}

static void
words_sort(struct quartiers *q)
{
	size_t n = 0;

	if (q->nwords == 0)
		return;
	qsort(q->word, q->nwords, sizeof *q->word, word_order);
	for (size_t i = 1; i < q->nwords; i++) {
		if (word_order(&q->word[n], &q->word[i]) != 0)
			q->word[++n] = q->word[i];
		else if (q->word[n].quartier != q->word[i].quartier)
			q->word[n].quartier = SEVERAL;
	}
	q->nwords = n + 1;
}

static void
permanences_sort(struct quartiers *q)
{
	for (size_t i = 0; i < q->nwhen; i++)
		for (size_t k = 0; k < q->n; k++)
			if (q->when[i].quartier == q->section[k]) {
				q->when[i].quartier = q->name[k];
				break;
			}
	if (q->nwhen > 0)
		qsort(q->when, q->nwhen, sizeof *q->when, permanence_order);
}

static enum status
file_take(struct quartiers *q, const char *path, struct fault *f)
{
	struct span text;
	enum status st = file_read(q->arena, path, FILE_PLAIN, LIMIT_CONFIG_FILE, &text, f);
	struct fault inner;

	if (st != ST_OK)
		return st == ST_NONE ? fault_set(f, ST_PERM, "%s: no such file", path) : st;
	if (ini_read(q->arena, path, text, line_do, q, f) != ST_OK)
		return f->st;
	if (section_end(q, &inner) != ST_OK)
		return fault_set(f, ST_PERM, "%s: %s", path, inner.text);
	words_sort(q);
	permanences_sort(q);
	return ST_OK;
}

enum status
quartiers_load(struct quartiers **out, const char *path, struct fault *f)
{
	struct arena *a = arena_open();
	struct quartiers *q = arena_new(a, struct quartiers, 1);

	*out = NULL;
	q->arena = a;
	q->word = arena_new(a, struct word, WORDS_MAX);
	q->when = arena_new(a, struct permanence, PERMANENCES_MAX);
	if (file_take(q, path, f) != ST_OK) {
		arena_close(&a);
		return ST_PERM;
	}
	*out = q;
	return ST_OK;
}

void
quartiers_close(struct quartiers **q)
{
	struct arena *a = *q == NULL ? NULL : (*q)->arena;

	arena_close(&a);
	*q = NULL;
}

/* The longest name that the words at `at` begin with; *after is where it ends. */
static const struct word *
longest_at(const struct quartiers *q, struct span text, size_t at, size_t *after)
{
	struct tokens t;

	tokens_read(&t, text, at);
	for (size_t k = t.n; k > 0; k--) {
		struct word want = { t.key, 0 }, *found;

		t.key[t.end[k - 1]] = '\0';
		found = bsearch(&want, q->word, q->nwords, sizeof *q->word, word_order);
		if (found != NULL) {
			*after = t.after[k - 1];
			return found;
		}
	}
	return NULL;
}

/* The longest name wins where two overlap: a street named after one quartier may lie in
 * another. */
const char *
quartiers_find(const struct quartiers *q, struct span folded)
{
	size_t found = SEVERAL, at = 0;

	while (at < folded.n) {
		const struct word *w;
		size_t next = at;

		if (!is_letter(folded.p[at])) {
			at++;
			continue;
		}
		w = longest_at(q, folded, at, &next);
		if (w != NULL && w->quartier != SEVERAL) {
			if (found != SEVERAL && found != w->quartier)
				return "";
			found = w->quartier;
		}
		for (at = w == NULL ? at : next; at < folded.n && is_letter(folded.p[at]); )
			at++;
	}
	return found == SEVERAL ? "" : q->name[found];
}

size_t
quartiers_list(const struct quartiers *q, const char *const **out)
{
	*out = q->name;
	return q->n;
}

size_t
quartiers_next(const struct quartiers *q, int64_t now, struct permanence *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < q->nwhen && n < max; i++)
		if (q->when[i].at > now)
			out[n++] = q->when[i];
	return n;
}
