#include "fold.h"

#include "limits.h"
#include "utf8.h"

#include <string.h>
#include <utf8proc.h>

/* INVARIANT: never longer than what was read, so the output is sized once. */
struct out {
	char *z;
	uint32_t *origin;	/* NULL where nobody asks */
	size_t n;
	uint32_t last, before;	/* the last two code points put */
	size_t last_at;		/* where the last one begins */
};

enum { DROP = 0, SPACE = ' ' };

/* Code points that stand for an ASCII character, or for nothing. */
static const struct { uint32_t cp; char as; } same[] = {
	{ 0x85, SPACE }, { 0xa0, SPACE }, { 0xad, DROP }, { 0xb4, '\'' }, { 0x2b9, '\'' },
	{ 0x2bc, '\'' }, { 0x34f, DROP }, { 0x200b, SPACE }, { 0x2010, '-' },
	{ 0x2011, '-' }, { 0x2018, '\'' }, { 0x2019, '\'' }, { 0x201b, '\'' },
	{ 0x2028, SPACE }, { 0x2029, SPACE }, { 0x2032, '\'' }, { 0x2060, DROP },
	{ 0xff07, '\'' },
};

static bool
same_as(uint32_t cp, char *as)
{
	for (size_t i = 0; i < sizeof same / sizeof *same && same[i].cp <= cp; i++)
		if (same[i].cp == cp) {
			*as = same[i].as;
			return true;
		}
	return false;
}

static bool
is_latin(uint32_t cp)
{
	return (cp | 0x20) - 'a' < 26u || (cp >= 0x1e00 && cp < 0x1f00) ||
	    (cp >= 0xc0 && cp < 0x250 && cp != 0xd7 && cp != 0xf7);
}

static bool
is_mark(uint32_t cp)
{
	return cp >= 0x300 && utf8proc_category((utf8proc_int32_t)cp) == UTF8PROC_CATEGORY_MN;
}

static size_t
encode(uint32_t cp, char z[4])
{
	return (size_t)utf8proc_encode_char((utf8proc_int32_t)cp, (utf8proc_uint8_t *)z);
}

static void
put_bytes(struct out *o, const char *z, size_t n, uint32_t cp, size_t at)
{
	o->last_at = o->n;
	o->before = o->last;
	o->last = cp;
	for (size_t i = 0; i < n; i++) {
		o->z[o->n] = z[i];
		if (o->origin != NULL)
			o->origin[o->n] = (uint32_t)at;
		o->n++;
	}
}

static void
put_ascii(struct out *o, char c, size_t at)
{
	const uint32_t cp = (unsigned char)c;

	if (c == ' ' && (o->n == 0 || o->last == ' '))
		return;
	if (cp == o->last && cp == o->before && cp - 'a' < 26u)
		return;
	put_bytes(o, &c, 1, cp, at);
}

static bool
is_letter(uint32_t cp)
{
	const utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)cp);

	return k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO;
}

static void
put(struct out *o, uint32_t cp, size_t at)
{
	char z[4];

	if (cp < 0x80) {
		put_ascii(o, (char)cp, at);
		return;
	}
	if (cp == o->last && cp == o->before && is_letter(cp))
		return;
	put_bytes(o, z, encode(cp, z), cp, at);
}

/* A mark on its own: off a Latin letter; joined to any other where Unicode has the pair
 * (и and breve are й: what some mail programs send). */
static void
put_mark(struct out *o, uint32_t cp, size_t at)
{
	utf8proc_int32_t pair[2] = { (utf8proc_int32_t)o->last, (utf8proc_int32_t)cp };
	uint32_t before;

	if (is_latin(o->last))
		return;
	if (o->n == 0 ||
	    utf8proc_normalize_utf32(pair, 2, UTF8PROC_COMPOSE | UTF8PROC_STABLE) != 1) {
		put(o, cp, at);
		return;
	}
	before = o->before;
	at = o->origin != NULL ? o->origin[o->last_at] : 0;
	o->n = o->last_at;
	o->last = before;
	o->before = 0;
	put(o, (uint32_t)pair[0], at);
}

/* What a letter is made of, when that is Latin letters or ASCII and no longer than itself. */
static bool
put_parts(struct out *o, uint32_t cp, size_t room, size_t at)
{
	utf8proc_int32_t part[8];
	char z[4];
	int class = UTF8PROC_BOUNDCLASS_START;
	size_t kept = 0, bytes = 0;
	utf8proc_ssize_t n = utf8proc_decompose_char((utf8proc_int32_t)cp, part, 8,
	    UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD, &class);

	if (n < 1 || n > 8)
		return false;
	for (utf8proc_ssize_t i = 0; i < n; i++) {
		const uint32_t c = (uint32_t)part[i];

		if (is_mark(c) && kept > 0 && is_latin((uint32_t)part[kept - 1]))
			continue;
		if (c >= 0x80 && !is_latin(c))
			return false;
		bytes += encode(c, z);
		part[kept++] = part[i];
	}
	if (bytes > room)
		return false;
	for (size_t i = 0; i < kept; i++)
		put(o, (uint32_t)part[i], at);
	return true;
}

static void
put_wide(struct out *o, uint32_t cp, size_t room, size_t at)
{
	char as, z[4];
	uint32_t low;

	if (cp >= 0x620 && cp <= 0x64a) {	/* Arabic letters have no case */
		put(o, cp, at);
		return;
	}
	if (same_as(cp, &as)) {
		if (as != DROP)
			put_ascii(o, as, at);
		return;
	}
	if (utf8_hidden(cp))
		return;
	if (cp == 0x153 || cp == 0x152 || cp == 0xe6 || cp == 0xc6) {
		put_ascii(o, cp <= 0xe6 ? 'a' : 'o', at);
		put_ascii(o, 'e', at);
		return;
	}
	if (is_mark(cp)) {
		put_mark(o, cp, at);
		return;
	}
	if (utf8proc_category((utf8proc_int32_t)cp) == UTF8PROC_CATEGORY_ZS) {
		put_ascii(o, ' ', at);
		return;
	}
	if ((cp < 0x370 || cp >= 0x1e00) && put_parts(o, cp, room, at))
		return;
	low = (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp);
	put(o, encode(low, z) <= room ? low : cp, at);
}

/* ASCII as it is put: 0 is dropped. */
static char
ascii_fold(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c | 0x20);
	if (c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f')
		return ' ';
	if (c < 0x20 || c == 0x7f)
		return '\0';
	return c == '`' ? '\'' : (char)c;
}

static void
fold(struct out *o, struct span s)
{
	size_t i = 0;

	while (i < s.n) {
		const unsigned char c = (unsigned char)s.p[i];
		uint32_t cp;
		size_t n;

		if (c < 0x80) {
			const char f = ascii_fold(c);

			if (f != '\0')
				put_ascii(o, f, i);
			i++;
			continue;
		}
		n = utf8_next(span_from(s.p + i, s.n - i), &cp);
		if (n == 0)
			put_ascii(o, '?', i);
		else
			put_wide(o, cp, n, i);
		i += n == 0 ? 1 : n;
	}
	if (o->n > 0 && o->z[o->n - 1] == ' ')
		o->n--;
	o->z[o->n] = '\0';
}

void
fold_text(struct arena *a, struct span s, struct folded *out)
{
	struct out o = { 0 };

	s.n = utf8_floor(s, LIMIT_RULE_TEXT);
	o.z = arena_alloc(a, s.n + 1, 1);
	o.origin = arena_new(a, uint32_t, s.n + 1);
	fold(&o, s);
	o.origin[o.n] = (uint32_t)s.n;
	out->text = span_from(o.z, o.n);
	out->origin = o.origin;
	out->original = s;
}

struct span
fold_origin(const struct folded *f, size_t from, size_t to)
{
	const uint32_t *at = f->origin;

	if (to > f->text.n)
		to = f->text.n;
	if (from >= to)
		return span_from("", 0);
	/* One letter may have become two: all of it or nothing. */
	while (to < f->text.n && at[to] == at[to - 1])
		to++;
	return span_trim(span_from(f->original.p + at[from], at[to] - at[from]));
}

const char *
fold_word(struct arena *a, const char *z)
{
	struct span s = span_of(z);
	struct out o = { 0 };

	o.z = arena_alloc(a, s.n + 1, 1);
	fold(&o, s);
	return o.z;
}
