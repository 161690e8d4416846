#include "addr.h"
#include "buf.h"
#include "limits.h"

#include <string.h>
#include <strings.h>

/* One mailbox while it is read.  `word` is the atom or quoted string being built, kept as
 * written; words with an '@' may be a bare address, all others are the name. */
struct box {
	struct buf name, word, bare, spec, note;
	bool quoted;		/* word ends in a quoted string */
	bool angle;		/* <...> was seen */
	bool junk;
};

struct scan {
	struct arena *a;
	struct span s;
	size_t i;
	struct box b;
	struct addrs *out;
	bool no_comment, no_quote;	/* one was never closed: the rest are plain letters */
	bool blank;			/* a blank was just skipped */
	bool cut;
};

static const char *
lower(struct arena *a, const char *z)
{
	char *p = arena_strdup(a, z);

	for (size_t i = 0; p[i] != '\0'; i++)
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] - 'A' + 'a');
	return p;
}

static bool
has_at(const struct buf *b)
{
	return memchr(b->z, '@', b->n) != NULL;
}

/* local@domain with the domain in lower case; "" when it is no address at all. */
static const char *
spec_of(struct arena *a, struct span s)
{
	char *z, *at;

	s = span_trim(s);
	if (span_istarts(s, "mailto:"))
		s = span_from(s.p + 7, s.n - 7);
	if (memchr(s.p, '\0', s.n) != NULL)
		return "";
	z = arena_span(a, s);
	at = strrchr(z, '@');
	if (at == NULL || at == z || at[1] == '\0')
		return "";
	if (strstr(z, "=?") != NULL && strstr(z, "?=") != NULL)
		return "";
	for (char *p = at; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return z;
}

static void
out_add(struct scan *sc, const char *name, const char *spec)
{
	struct addrs *o = sc->out;

	if (o->n == LIMIT_ADDRESSES) {
		sc->cut = true;
		return;
	}
	if (o->v == NULL)
		o->v = arena_new(sc->a, struct addr, LIMIT_ADDRESSES);
	o->v[o->n++] = (struct addr){ .name = name, .spec = spec };
}

/* Append the text of a word: without quotes (but one that is never closed) and their
 * backslashes. */
static void
add_unquoted(struct buf *to, const struct buf *word, bool literal)
{
	bool in = false;

	for (size_t i = 0; i < word->n; i++) {
		char c = word->z[i];

		if (c == '"' && (in || !literal))
			in = !in;
		else if (in && c == '\\' && i + 1 < word->n)
			buf_addc(to, word->z[++i]);
		else
			buf_addc(to, c);
	}
}

static void box_end(struct scan *sc);

static void
word_end(struct scan *sc)
{
	struct box *b = &sc->b;

	if (b->word.n == 0)
		return;
	if (b->angle) {
		b->junk = true;
	} else if (has_at(&b->word) && b->word.z[0] != '"' && b->bare.n > 0) {
		struct buf keep = b->word;	/* two bare addresses, the comma forgotten */

		buf_open(&b->word, sc->s.n + 1);
		sc->out->broken = true;
		box_end(sc);
		buf_close(&b->word);
		b->word = keep;
		buf_add(&b->bare, buf_span(&b->word));
	} else if (has_at(&b->word) && (b->word.z[0] != '"' || !b->quoted)) {
		buf_add(&b->bare, buf_span(&b->word));
	} else {
		if (b->name.n > 0)
			buf_addc(&b->name, ' ');
		add_unquoted(&b->name, &b->word, sc->no_quote);
	}
	buf_reset(&b->word);
	b->quoted = false;
}

static void
box_reset(struct box *b)
{
	buf_reset(&b->name);
	buf_reset(&b->word);
	buf_reset(&b->bare);
	buf_reset(&b->spec);
	buf_reset(&b->note);
	b->quoted = b->angle = b->junk = false;
}

static const char *
box_name(struct scan *sc)
{
	struct box *b = &sc->b;
	const struct buf *n = b->name.n > 0 ? &b->name : b->angle && b->bare.n > 0 ? &b->bare :
	    &b->note;

	return arena_span(sc->a, span_trim(buf_span(n)));
}

/* The mailbox is complete: keep it when it has an address. */
static void
box_end(struct scan *sc)
{
	struct box *b = &sc->b;
	const char *spec;

	word_end(sc);
	spec = spec_of(sc->a, buf_span(b->angle ? &b->spec : &b->bare));
	if (spec[0] != '\0')
		out_add(sc, box_name(sc), spec);
	else if (b->bare.n > 0 || b->spec.n > 0 || b->name.n > 0)
		sc->out->broken = true;
	if (b->junk)
		sc->out->broken = true;
	box_reset(b);
}

/* A comma: a name without an address goes on ("Dupont, Jean <j@x>"). */
static void
on_comma(struct scan *sc)
{
	struct box *b = &sc->b;

	word_end(sc);
	if (b->angle || b->bare.n > 0)
		box_end(sc);
	else if (b->name.n > 0)
		buf_addc(&b->name, ',');
}

/* The end of the comment or string that starts at i, 0 when it is never closed. */
static size_t
close_of(struct span s, size_t i, char open, char shut)
{
	size_t depth = 0;

	for (; i < s.n; i++) {
		if (s.p[i] == '\\') {
			i++;
		} else if (depth > 0 && s.p[i] == shut) {
			if (--depth == 0)
				return i + 1;
		} else if (s.p[i] == open) {
			depth++;
		}
	}
	return 0;
}

static bool
on_comment(struct scan *sc)
{
	size_t end = sc->no_comment ? 0 : close_of(sc->s, sc->i, '(', ')');

	if (end == 0) {
		sc->no_comment = true;
		return false;
	}
	if (sc->b.note.n == 0)
		buf_add(&sc->b.note, span_from(sc->s.p + sc->i + 1, end - sc->i - 2));
	sc->i = end;
	return true;
}

/* A quoted string joins the word before it only when nothing stands between. */
static bool
on_quote(struct scan *sc)
{
	size_t end = sc->no_quote ? 0 : close_of(sc->s, sc->i, '"', '"');

	if (end == 0) {
		sc->no_quote = true;
		return false;
	}
	if (sc->blank)
		word_end(sc);
	buf_add(&sc->b.word, span_from(sc->s.p + sc->i, end - sc->i));
	sc->b.quoted = true;
	sc->i = end;
	return true;
}

/* <...>: routes and comments off, up to '>', or where it is missing up to a comma. */
static void
on_angle(struct scan *sc)
{
	struct box *b = &sc->b;
	bool route;

	word_end(sc);
	if (b->angle && b->spec.n > 0) {
		sc->out->broken = true;
		box_end(sc);
	}
	b->angle = true;
	route = ++sc->i < sc->s.n && sc->s.p[sc->i] == '@';
	while (sc->i < sc->s.n) {
		char c = sc->s.p[sc->i];

		if (c == '>' || c == '<' || (c == ',' && !route))
			break;
		if (c == '(' && on_comment(sc))
			continue;
		if (c == '"' && !sc->no_quote) {
			sc->blank = false;
			if (on_quote(sc))
				continue;
		}
		if (c == ':' && route) {
			route = false;
			buf_reset(&b->word);
		} else if (c != ' ' && c != '\t') {
			buf_addc(&b->word, c);
		} else if (b->word.n > 0 && b->word.z[b->word.n - 1] != ' ') {
			buf_addc(&b->word, c);
		}
		sc->i++;
	}
	buf_add(&b->spec, span_trim(buf_span(&b->word)));
	buf_reset(&b->word);
	b->quoted = false;
	if (sc->i < sc->s.n && sc->s.p[sc->i] == '>')
		sc->i++;
}

/* A letter of an atom; obsolete blanks around '@' and behind a quoted local part go. */
static void
on_letter(struct scan *sc, char c)
{
	struct buf *w = &sc->b.word;

	if (sc->blank && w->n > 0 && c != '@' && w->z[w->n - 1] != '@')
		word_end(sc);
	if (sc->b.quoted && c != '@' && !has_at(w) && c != '.')
		word_end(sc);
	buf_addc(w, c);
	sc->i++;
	if (c != '@')
		return;
	if (sc->i < sc->s.n && sc->s.p[sc->i] == '[')	/* a literal may hold ':' */
		while (sc->i < sc->s.n && sc->s.p[sc->i] != ']' && sc->s.p[sc->i] != ',')
			buf_addc(w, sc->s.p[sc->i++]);
	sc->b.quoted = false;
}

static void
step(struct scan *sc)
{
	char c = sc->s.p[sc->i];

	if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '>') {
		sc->blank = true;
		sc->i++;
		return;
	}
	if (c == '<') {
		on_angle(sc);
	} else if (c == ',') {
		on_comma(sc);
		sc->i++;
	} else if (c == ';') {
		box_end(sc);
		sc->i++;
	} else if (c == ':') {		/* what stood before is a group's name */
		box_reset(&sc->b);
		sc->i++;
	} else if ((c != '(' || !on_comment(sc)) && (c != '"' || !on_quote(sc))) {
		on_letter(sc, c);
	}
	sc->blank = false;
}

bool
addr_list(struct arena *a, struct span value, struct addrs *out)
{
	struct scan sc = { .a = a, .s = value, .out = out };
	struct buf *all[] = { &sc.b.name, &sc.b.word, &sc.b.bare, &sc.b.spec, &sc.b.note };

	*out = (struct addrs){ 0 };
	if (value.n > LIMIT_HEADER_FIELD) {
		sc.s.n = LIMIT_HEADER_FIELD;
		sc.cut = true;
	}
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		buf_open(all[i], 2 * sc.s.n + 2);
	out->broken = memchr(sc.s.p, '\0', sc.s.n) != NULL;
	while (sc.i < sc.s.n)
		step(&sc);
	box_end(&sc);
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		buf_close(all[i]);
	return !sc.cut;
}

static bool
in_set(char c, const char *more)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c != '\0' && strchr(more, c) != NULL);
}

/* Dot-separated words of the given letters, none empty. */
static bool
dotted(struct span s, const char *more)
{
	char last = '.';

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '.' ? last == '.' : !in_set(c, more))
			return false;
		last = c;
	}
	return last != '.';
}

/* RFC 1123 2.1: letters, digits and inner hyphens, labels of at most 63. */
static bool
strict_domain(struct span d)
{
	struct span rest = d, label;
	size_t n = 0;

	if (!dotted(d, "-"))
		return false;
	while (span_cut(&rest, '.', &label)) {
		if (label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-')
			return false;
		n++;
	}
	return n > 1 || span_ieq(d, "localhost");
}

bool
addr_is_strict(const char *spec)
{
	struct span s = span_of(spec), local;

	if (s.n > LIMIT_ADDRESS || !span_cut(&s, '@', &local))
		return false;
	/* RFC 5321 4.5.3.1.1; '%' and '!' are routes of old. */
	if (local.n == 0 || local.n > 64 || local.p[0] == '-')
		return false;
	return dotted(local, "#$&'*+-/=?^_`{|}~") && strict_domain(s);
}

bool
addr_same(const char *x, const char *y)
{
	return x[0] != '\0' && strcasecmp(x, y) == 0;
}

const char *
addr_key(struct arena *a, const char *spec)
{
	return lower(a, spec);
}

const char *
addr_domain(const char *spec)
{
	const char *at = strrchr(spec, '@');

	return at == NULL ? "" : at + 1;
}

struct span
addr_local(const char *spec)
{
	const char *at = strrchr(spec, '@');
	size_t n = at == NULL ? strlen(spec) : (size_t)(at - spec);
	const char *plus = memchr(spec, '+', n);

	return span_from(spec, plus == NULL || plus == spec ? n : (size_t)(plus - spec));
}
