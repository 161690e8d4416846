/* command_name.c - who or what an agent means by a name: written out, begun, or one of its
 * words; never a guess between two. */
#include "command_int.h"

#include "utf8.h"

#include <string.h>

enum { KEY_MAX = 120, WORDS_ASKED = 8, BEGIN_MIN = 2, LIST_ALL = 8 };

/* Folded, with single blanks for '-' '_' '.' and apostrophes; small words stay. */
static const char *
key_of(struct arena *a, struct span s)
{
	char *key = arena_strdup(a, fold_word(a, arena_span(a, s)));
	size_t n = 0;

	for (const char *p = key; *p != '\0'; p++) {
		char c = strchr("-_.'\"()/", *p) != NULL ? ' ' : *p;

		if (c != ' ' || (n > 0 && key[n - 1] != ' '))
			key[n++] = c;
	}
	while (n > 0 && key[n - 1] == ' ')
		n--;
	key[n] = '\0';
	return key;
}

/* The forms that one name answers to, one after the other. */
struct forms { const struct command_name *name; struct span also; int step; };

static bool
next_form(struct forms *f, struct span *out)
{
	if (f->step < 2) {
		*out = span_of(f->step == 0 ? f->name->id : f->name->label);
		f->step++;
		return true;
	}
	return span_cut(&f->also, ',', out);
}

static struct forms
forms_of(const struct command_name *n)
{
	return (struct forms){ n, span_of(n->also), 0 };
}

/* --- the three ways ------------------------------------------------------------------ */

static bool
is_whole(const char *form, const char *asked)
{
	return strcmp(form, asked) == 0;
}

static bool
is_begun(const char *form, const char *asked)
{
	return strlen(asked) >= BEGIN_MIN && strncmp(form, asked, strlen(asked)) == 0;
}

static bool
is_small(struct span w)
{
	static const char *const small[] = { "de", "du", "des", "la", "le", "les", "l", "d",
	    "a" };

	for (size_t i = 0; i < sizeof small / sizeof *small; i++)
		if (span_eq(w, small[i]))
			return true;
	return false;
}

/* Does a word of `form` begin with w? */
static bool
has_word(const char *form, struct span w)
{
	for (const char *p = form; *p != '\0'; ) {
		if (strncmp(p, w.p, w.n) == 0)
			return true;
		p += strcspn(p, " ");
		p += *p == ' ';
	}
	return false;
}

/* Every word asked for begins one of the name's, in any order. */
static bool
has_words(const char *form, const char *asked)
{
	struct span rest = span_of(asked), w;
	int n = 0, found = 0;

	if (strlen(asked) < BEGIN_MIN)
		return false;
	while (n < WORDS_ASKED && span_cut(&rest, ' ', &w)) {
		if (is_small(w))
			continue;
		n++;
		found += has_word(form, w);
	}
	return n > 0 && found == n && rest.n == 0;
}

typedef bool name_test(const char *form, const char *asked);

static bool
answers(struct arena *a, const struct command_name *n, const char *asked, name_test *test)
{
	struct forms f = forms_of(n);
	struct span form;

	while (next_form(&f, &form))
		if (test(key_of(a, form), asked))
			return true;
	return false;
}

/* Names that pass, the first COMMAND_CHOICES + 1 of them in `found`. */
static size_t
find(struct arena *a, const struct command_names *names, const char *asked, name_test *test,
    const struct command_name **found)
{
	size_t n = 0;

	for (size_t i = 0; i < names->n && n <= COMMAND_CHOICES; i++)
		if (answers(a, &names->v[i], asked, test))
			found[n++] = &names->v[i];
	return n;
}

/* --- what is said when nobody is found ----------------------------------------------- */

static const char *
listed(struct arena *a, const char *list, const struct command_name *n)
{
	return arena_printf(a, "%s%s%s", list, list[0] != '\0' ? ", " : "", n->id);
}

static const char *
choices(struct arena *a, const struct command_name *const *found, size_t n)
{
	const char *list = "";

	for (size_t i = 0; i < n && i < COMMAND_CHOICES; i++)
		list = listed(a, list, found[i]);
	return n > COMMAND_CHOICES ? arena_printf(a, "%s…", list) : list;
}

/* Those that differ by a letter or two; all of a short list. */
static const char *
nearest(struct arena *a, const struct command_names *names, const char *asked)
{
	const char *list = "";
	int max = strlen(asked) <= 4 ? 1 : 2;
	size_t n = 0;

	for (size_t i = 0; i < names->n && n < COMMAND_CHOICES; i++)
		if (command_distance(key_of(a, span_of(names->v[i].id)), asked, max) <= max) {
			list = listed(a, list, &names->v[i]);
			n++;
		}
	for (size_t i = 0; n == 0 && names->n <= LIST_ALL && i < names->n; i++)
		list = listed(a, list, &names->v[i]);
	return list;
}

static const char *
unknown(struct arena *a, const struct command_names *names, const char *typed,
    const char *asked)
{
	const char *near = nearest(a, names, asked);

	return arena_printf(a, "je ne connais pas « %s »%s%s", typed,
	    near[0] != '\0' ? " ; connus : " : "", near);
}

static const char *
shown(struct arena *a, const char *typed)
{
	struct span s = span_of(typed);

	return s.n <= KEY_MAX ? typed :
	    arena_printf(a, "%.*s…", (int)utf8_floor(s, KEY_MAX - 3), typed);
}

const char *
command_name_exact(struct arena *a, const struct command_names *names, const char *typed)
{
	const struct command_name *found[COMMAND_CHOICES + 1];

	return find(a, names, key_of(a, span_of(typed)), is_whole, found) == 1 ? found[0]->id :
	    NULL;
}

const char *
command_name(struct arena *a, const struct command_names *names, const char *typed,
    enum command_fault *fault, const char **why)
{
	static name_test *const tests[] = { is_whole, is_begun, has_words };
	const struct command_name *found[COMMAND_CHOICES + 1];
	const char *asked = key_of(a, span_of(typed));
	size_t n = 0;

	for (size_t i = 0; asked[0] != '\0' && n == 0 && i < sizeof tests / sizeof *tests; i++)
		n = find(a, names, asked, tests[i], found);
	if (n == 1)
		return found[0]->id;
	*fault = n == 0 ? COMMAND_NO_NAME : COMMAND_AMBIGUOUS;
	*why = n == 0 ? unknown(a, names, shown(a, typed), asked) :
	    arena_printf(a, "« %s » peut désigner : %s", shown(a, typed), choices(a, found, n));
	return NULL;
}

/* --- of a desk ----------------------------------------------------------------------- */

static struct command_names
agents_of(struct arena *a, const struct desk *d)
{
	struct command_name *v = arena_new(a, struct command_name, d->nagents + 1);

	for (size_t i = 0; i < d->nagents; i++)
		v[i] = (struct command_name){ d->agents[i].section, d->agents[i].name,
		    d->agents[i].spec };
	return (struct command_names){ v, d->nagents };
}

static struct command_names
entries_of(struct arena *a, const struct desk *d)
{
	const struct entry *e = NULL;
	size_t n = d->directory != NULL ? directory_list(d->directory, &e) : 0;
	struct command_name *v = arena_new(a, struct command_name, n + 1);

	for (size_t i = 0; i < n; i++)
		v[i] = (struct command_name){ e[i].id, e[i].nom, "" };
	return (struct command_names){ v, n };
}

static struct command_names
categories_of(struct arena *a, const struct desk *d)
{
	const struct category *c = NULL;
	size_t n = d->rules != NULL ? rules_categories(d->rules, &c) : 0;
	struct command_name *v = arena_new(a, struct command_name, n + 1);

	for (size_t i = 0; i < n; i++)
		v[i] = (struct command_name){ c[i].name, c[i].label, "" };
	return (struct command_names){ v, n };
}

void
command_facts_of(struct arena *a, const struct desk *d, int64_t now, const char *me,
    struct command_facts *out)
{
	*out = (struct command_facts){ .now = now, .hours = &d->hours, .prefix = d->prefix,
	    .me = me, .agents = agents_of(a, d), .entries = entries_of(a, d),
	    .categories = categories_of(a, d) };
}
