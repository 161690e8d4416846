/* rules_literals.c - the words without which a pattern cannot match.
 *
 * Read off the pattern's text: `head`, a set of which one begins every match, and `need`,
 * sets of which one is somewhere in every match.  What is not understood is left open, so
 * the sets may be too wide or missing, never too narrow; the prefilter relies on that.
 * \b stays in the words as EDGE. */
#include "rules_int.h"

#include "utf8.h"

#include <string.h>

enum {
	EDGE = 1,
	SET_MAX = 250, EXACT_MAX = 16, CLASS_MAX = 40,	/* words kept of one place */
	DEPTH_MAX = 40, WORD_MAX = 200,
};

struct info {
	bool exact;		/* all.v are the only texts it matches */
	struct words all, head;
	struct words need[LITERALS_NEEDS];
	size_t nneed;
};

struct reader {
	struct arena *a;
	const char *p;
	int depth;
	bool bad;		/* syntax outside what is read here: give up on the pattern */
};

static void read_alternatives(struct reader *r, struct info *out);

static struct words
one_word(struct arena *a, const char *z, size_t n)
{
	struct words w = { arena_new(a, const char *, 1), 1 };

	w.v[0] = arena_strndup(a, z, n);
	return w;
}

/* Letters in it, edges apart. */
static size_t
visible(const char *z)
{
	size_t n = 0;

	for (; *z != '\0'; z++)
		n += *z != EDGE;
	return n;
}

static bool
all_say_something(const struct words *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (visible(w->v[i]) == 0)
			return false;
	return w->n > 0;
}

static struct words
join(struct arena *a, const struct words *x, const struct words *y)
{
	struct words w = { arena_new(a, const char *, x->n + y->n), x->n + y->n };

	for (size_t i = 0; i < w.n; i++)
		w.v[i] = i < x->n ? x->v[i] : y->v[i - x->n];
	return w;
}

/* Every x followed by every y; n is 0 when that is too many. */
static struct words
cross(struct arena *a, const struct words *x, const struct words *y, size_t max)
{
	struct words w = { NULL, x->n * y->n };

	if (x->n == 0 || y->n == 0 || w.n > max)
		return (struct words){ NULL, 0 };
	w.v = arena_new(a, const char *, w.n);
	for (size_t i = 0; i < w.n; i++) {
		w.v[i] = arena_printf(a, "%s%s", x->v[i / y->n], y->v[i % y->n]);
		if (strlen(w.v[i]) > WORD_MAX)
			return (struct words){ NULL, 0 };
	}
	return w;
}

/* The shorter its shortest word, the less a set says. */
static size_t
worth(const struct words *w)
{
	size_t least = SIZE_MAX;

	for (size_t i = 0; i < w->n; i++) {
		size_t n = 2 * visible(w->v[i]);

		n += w->v[i][0] == EDGE;
		n += w->v[i][strlen(w->v[i]) - 1] == EDGE;
		least = n < least ? n : least;
	}
	return w->n == 0 ? 0 : least;
}

static void
add_need(struct info *to, struct words w)
{
	size_t at = to->nneed;

	if (!all_say_something(&w) || w.n > SET_MAX)
		return;
	if (at < LITERALS_NEEDS) {
		to->need[to->nneed++] = w;
		return;
	}
	for (size_t i = 0, least = worth(&w); i < to->nneed; i++)
		if (worth(&to->need[i]) < least) {
			least = worth(&to->need[i]);
			at = i;
		}
	if (at < to->nneed)
		to->need[at] = w;
}

static struct words
best_need(const struct info *x)
{
	struct words best = { NULL, 0 };

	if (x->exact)
		return all_say_something(&x->all) ? x->all : best;
	for (size_t i = 0; i < x->nneed; i++)
		if (worth(&x->need[i]) > worth(&best))
			best = x->need[i];
	return best;
}

/* x or y */
static void
either(struct arena *a, struct info *x, const struct info *y)
{
	struct words nx = best_need(x), ny = best_need(y);
	struct info out = { 0 };

	out.exact = x->exact && y->exact && x->all.n + y->all.n <= EXACT_MAX;
	if (out.exact)
		out.all = join(a, &x->all, &y->all);
	if (x->head.n > 0 && y->head.n > 0 && x->head.n + y->head.n <= SET_MAX)
		out.head = join(a, &x->head, &y->head);
	if (!out.exact && nx.n > 0 && ny.n > 0)
		add_need(&out, join(a, &nx, &ny));
	*x = out;
}

static void
be_exact(struct info *x, struct words w)
{
	*x = (struct info){ .exact = true, .all = w };
	if (all_say_something(&w))
		x->head = w;
}

/* A sequence as it is read: `now` is the exact text at its end so far. */
struct sequence {
	struct info out;
	struct words now;
	bool started;		/* head is settled, the whole is no longer exact */
};

static void
settle(struct reader *r, struct sequence *s, const struct words *next_head)
{
	struct words w = { NULL, 0 };

	if (!s->started) {
		if (next_head != NULL)
			w = cross(r->a, &s->now, next_head, SET_MAX);
		if (w.n == 0 && all_say_something(&s->now))
			w = s->now;
		s->out.head = w;
	}
	add_need(&s->out, s->now);
	s->started = true;
	s->now = one_word(r->a, "", 0);
}

static void
append(struct reader *r, struct sequence *s, const struct info *x)
{
	struct words w = { NULL, 0 };

	if (x->exact)
		w = cross(r->a, &s->now, &x->all, EXACT_MAX);
	if (w.n > 0) {
		s->now = w;
		return;
	}
	settle(r, s, &x->head);
	if (x->exact)
		s->now = x->all;
	for (size_t i = 0; i < x->nneed; i++)
		add_need(&s->out, x->need[i]);
}

/* a-z and such, ASCII only; 0 when p is no range. */
static size_t
read_range(struct reader *r, const char *p, struct words *w)
{
	if (p[1] != '-' || p[2] == ']' || (unsigned char)p[0] >= 0x80 || p[2] < p[0])
		return 0;
	for (char c = p[0]; c <= p[2] && w->n < CLASS_MAX; c++)
		w->v[w->n++] = arena_strndup(r->a, &c, 1);
	return 3;
}

/* The members of [...], when few and plain. */
static void
read_class(struct reader *r, struct info *out)
{
	const char *p = r->p + 1;
	struct words w = { arena_new(r->a, const char *, CLASS_MAX), 0 };
	bool plain = *p != '^';

	while (*p != '\0' && (*p != ']' || p == r->p + 1)) {
		uint32_t cp;
		size_t n = *p == '\\' ? 2 : utf8_next(span_of(p), &cp);

		if (n == 0 || p[n - 1] == '\0' || *p == '[') {
			r->bad = true;
			return;
		}
		plain = plain && *p != '\\' && w.n < CLASS_MAX;
		if (plain && p[n] == '-' && p[n + 1] != ']') {
			n = read_range(r, p, &w);
			plain = n > 0 && w.n < CLASS_MAX;
			n = plain ? n : 1;
		} else if (plain) {
			w.v[w.n++] = arena_strndup(r->a, p, n);
		}
		p += n;
	}
	r->bad = r->bad || *p == '\0';
	r->p = p + (*p != '\0');
	if (plain)
		be_exact(out, w);
}

static void
read_escape(struct reader *r, struct info *out)
{
	static const char edge[] = { EDGE, '\0' };
	const char c = r->p[1];

	r->p += 2;
	if (c == 'b')
		be_exact(out, one_word(r->a, edge, 1));
	else if (c == 'B')
		be_exact(out, one_word(r->a, "", 0));
	else if (strchr("wWdDsSpP", c) != NULL && c != '\0') {
		if ((c == 'p' || c == 'P') && *r->p != '{')
			r->bad = true;
		while ((c == 'p' || c == 'P') && *r->p != '\0' && *r->p++ != '}')
			;
	} else if (c == '\0' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z'))
		r->bad = true;
	else
		be_exact(out, one_word(r->a, &c, 1));
}

static void
read_group(struct reader *r, struct info *out)
{
	bool look = false;

	r->p++;
	if (r->p[0] == '?') {
		look = strchr("=!", r->p[1]) != NULL ||
		    (r->p[1] == '<' && strchr("=!", r->p[2]) != NULL);
		r->bad = r->bad || (!look && r->p[1] != ':');
		r->p += r->p[1] == '<' ? 3 : 2;
	}
	if (r->bad || ++r->depth > DEPTH_MAX) {
		r->bad = true;
		return;
	}
	read_alternatives(r, out);
	r->depth--;
	r->bad = r->bad || *r->p != ')';
	r->p += *r->p == ')';
	if (look)	/* takes no text */
		be_exact(out, one_word(r->a, "", 0));
}

static void
read_atom(struct reader *r, struct info *out)
{
	const char c = *r->p;
	uint32_t cp;
	size_t n;

	*out = (struct info){ 0 };
	if (c == '(')
		read_group(r, out);
	else if (c == '[')
		read_class(r, out);
	else if (c == '\\')
		read_escape(r, out);
	else if (c == '.')
		r->p++;
	else if (c == '^' || c == '$') {
		r->p++;
		be_exact(out, one_word(r->a, "", 0));
	} else {
		n = utf8_next(span_of(r->p), &cp);
		r->bad = r->bad || n == 0 || strchr("*+?{", c) != NULL;
		be_exact(out, one_word(r->a, r->p, n == 0 ? 1 : n));
		r->p += n == 0 ? 1 : n;
	}
}

enum repeat { REPEAT_ONCE, REPEAT_OPTIONAL, REPEAT_ANY, REPEAT_SOME };

static enum repeat
read_repeat(struct reader *r)
{
	const char *p = r->p;
	enum repeat how = REPEAT_ONCE;

	if (*p == '?' || *p == '*' || *p == '+') {
		how = *p == '?' ? REPEAT_OPTIONAL : *p == '*' ? REPEAT_ANY : REPEAT_SOME;
		p++;
	} else if (*p == '{') {
		how = p[1] == '0' || p[1] == ',' ? REPEAT_ANY : REPEAT_SOME;
		p = strchr(p, '}');
		if (p++ == NULL) {
			r->bad = true;
			return how;
		}
	}
	if (how != REPEAT_ONCE && (*p == '?' || *p == '+'))
		p++;
	r->p = p;
	return how;
}

static void
read_sequence(struct reader *r, struct info *out)
{
	struct sequence s = { .now = one_word(r->a, "", 0) };
	const struct info open = { 0 };
	struct info x;

	while (!r->bad && *r->p != '\0' && *r->p != '|' && *r->p != ')') {
		enum repeat how;

		read_atom(r, &x);
		how = read_repeat(r);
		if (how == REPEAT_OPTIONAL && x.exact) {
			struct words none = one_word(r->a, "", 0);

			x.all = join(r->a, &x.all, &none);
			x.head.n = 0;
			append(r, &s, &x);
		} else if (how == REPEAT_OPTIONAL || how == REPEAT_ANY)
			append(r, &s, &open);
		else
			append(r, &s, &x);
		if (how == REPEAT_SOME)
			settle(r, &s, NULL);
	}
	if (!s.started) {
		be_exact(out, s.now);
		return;
	}
	add_need(&s.out, s.now);
	*out = s.out;
}

static void
read_alternatives(struct reader *r, struct info *out)
{
	struct info next;

	read_sequence(r, out);
	while (!r->bad && *r->p == '|') {
		r->p++;
		read_sequence(r, &next);
		either(r->a, out, &next);
	}
}

bool
rules_literals(struct arena *a, const char *pattern, struct literals *out)
{
	struct reader r = { .a = a, .p = pattern };
	struct info x;

	memset(out, 0, sizeof *out);
	read_alternatives(&r, &x);
	if (r.bad || *r.p != '\0')
		return false;
	out->head = x.head;
	if (x.exact)
		add_need(&x, x.all);
	memcpy(out->need, x.need, sizeof x.need);
	out->nneed = x.nneed;
	return out->nneed > 0 || out->head.n > 0;
}

/* The word without its edges, and whether it begins and ends at one. */
void
rules_literal_trim(const char *word, struct arena *a, struct literal *out)
{
	char *z = arena_strdup(a, word);
	size_t n = 0, len = strlen(word);

	out->left = word[0] == EDGE;
	out->right = len > 0 && word[len - 1] == EDGE;
	for (size_t i = 0; i < len; i++)
		if (word[i] != EDGE)
			z[n++] = word[i];
	z[n] = '\0';
	out->z = z;
	out->n = n;
}
