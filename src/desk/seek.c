#include "seek.h"

#include "fold.h"
#include "utf8.h"

#include <string.h>

/* ---- what is typed ---- */

/* Letters and digits of any script: everything else parts two words.  The index has its own
 * notion (unicode61 of SQLite); where they differ only an excerpt is less apt. */
static bool
is_word(uint32_t cp)
{
	if (cp < 0x80)
		return (cp | 0x20) - 'a' < 26u || cp - '0' < 10u;
	return cp >= 0xc0 && cp != 0xd7 && cp != 0xf7 && (cp < 0x2000 || cp > 0x206f) &&
	    (cp < 0x3000 || cp > 0x303f);
}

static bool
word_at(struct span s, size_t *n_out)
{
	uint32_t cp;

	*n_out = utf8_next(s, &cp);
	if (*n_out > 0)
		return is_word(cp);
	*n_out = s.n > 0;
	return false;
}

static bool
has_word(struct span s)
{
	size_t n;

	for (; s.n > 0; s = span_from(s.p + n, s.n - n))
		if (word_at(s, &n))
			return true;
	return false;
}

static bool
starts(struct span s, const char *z)
{
	return s.n >= strlen(z) && memcmp(s.p, z, strlen(z)) == 0;
}

static const struct { const char *open, *close; } quotes[] = {
	{ "\"", "\"" }, { "«", "»" }, { "“", "”" }, { "„", "“" },
};

/* Up to the quote that ends it, or to the end where none does. */
static bool
phrase_cut(struct span *rest, struct span *out)
{
	for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++) {
		size_t from = strlen(quotes[i].open), n = from;

		if (!starts(*rest, quotes[i].open))
			continue;
		while (n < rest->n && !starts(span_from(rest->p + n, rest->n - n),
		    quotes[i].close))
			n++;
		*out = span_from(rest->p + from, n - from);
		n += n < rest->n ? strlen(quotes[i].close) : 0;
		*rest = span_from(rest->p + n, rest->n - n);
		return true;
	}
	return false;
}

static bool
is_blank(char c)
{
	return strchr(" \t\r\n", c) != NULL;
}

static bool
piece_cut(struct span *rest, struct span *out)
{
	size_t n = 0;

	*rest = span_trim(*rest);
	if (rest->n == 0)
		return false;
	if (phrase_cut(rest, out))
		return true;
	while (n < rest->n && !is_blank(rest->p[n]) && (n == 0 || rest->p[n] != '"'))
		n++;
	*out = span_from(rest->p, n);
	*rest = span_from(rest->p + n, rest->n - n);
	return true;
}

static void
term_add(struct arena *a, struct span piece, bool prefix, struct seek *out)
{
	struct folded f;

	if (out->n == SEEK_TERMS || !has_word(piece))
		return;
	fold_text(a, piece, &f);
	out->term[out->n++] = (struct seek_term){ arena_span(a, span_trim(f.text)), prefix };
}

bool
seek_read(struct arena *a, struct span typed, struct seek *out)
{
	struct span rest = span_from(typed.p, utf8_floor(typed, SEEK_BYTES)), piece;

	out->n = 0;
	while (piece_cut(&rest, &piece)) {
		bool prefix = starts(rest, "*");	/* behind a quote */

		if (prefix)
			rest = span_from(rest.p + 1, rest.n - 1);
		for (; piece.n > 0 && piece.p[piece.n - 1] == '*'; prefix = true)
			piece.n--;
		term_add(a, piece, prefix, out);
	}
	return out->n > 0;
}

/* ---- where a text has it ---- */

static size_t
skip_gap(const char *z, size_t n, size_t at)
{
	size_t k;

	while (at < n && !word_at(span_from(z + at, n - at), &k))
		at += k;
	return at;
}

/* Does the term stand at z[at], where a word begins?  Between words any marks and blanks are
 * alike.  Bytes of z it takes, to the end of the last word; 0: no. */
static size_t
term_at(struct span z, size_t at, const struct seek_term *t)
{
	size_t nt = strlen(t->text), i = skip_gap(t->text, nt, 0), from = at, k;

	while (i < nt) {
		if (word_at(span_from(t->text + i, nt - i), &k)) {
			if (z.n - at < k || memcmp(z.p + at, t->text + i, k) != 0)
				return 0;
			at += k;
			i += k;
			continue;
		}
		i = skip_gap(t->text, nt, i);
		if (i == nt)
			break;
		if (at == z.n || word_at(span_from(z.p + at, z.n - at), &k))
			return 0;
		at = skip_gap(z.p, z.n, at);
	}
	while (at < z.n && word_at(span_from(z.p + at, z.n - at), &k)) {
		if (!t->prefix)
			return 0;
		at += k;
	}
	return at - from;
}

static bool
term_find(struct span z, const struct seek_term *t, size_t *from, size_t *to)
{
	bool inside = false;
	size_t n, k;

	for (size_t i = 0; i < z.n; i += k) {
		bool word = word_at(span_from(z.p + i, z.n - i), &k);

		if (word && !inside && (n = term_at(z, i, t)) > 0) {
			*from = i;
			*to = i + n;
			return true;
		}
		inside = word;
	}
	return false;
}

/* One line; where it was cut, a sign of it. */
static const char *
shown(struct arena *a, const char *p, size_t n, bool cut_before, bool cut_behind)
{
	BUF_AUTO struct buf clean, out;
	bool blank = false;

	buf_open(&clean, n * 3 + 1);
	buf_open(&out, n * 3 + 16);
	utf8_clean(&clean, span_from(p, n), UTF8_ONE_LINE);
	if (cut_before)
		buf_addz(&out, "…");
	for (size_t i = 0; i < clean.n; i++) {
		if (clean.z[i] != ' ' || !blank)
			buf_addc(&out, clean.z[i]);
		blank = clean.z[i] == ' ';
	}
	if (cut_behind)
		buf_addz(&out, "…");
	return arena_span(a, buf_span(&out));
}

/* Where to begin, at most `max` bytes before z[at]: at a word, if there is one. */
static size_t
begin_at(const char *z, size_t at, size_t max)
{
	size_t from = at > max ? at - max : 0, i;

	while (from < at && ((unsigned char)z[from] & 0xc0) == 0x80)
		from++;
	for (i = from; from > 0 && i < at; i++)
		if (is_blank(z[i]))
			return i + 1;
	return from;
}

/* Where to end, at most `max` bytes behind z[at]. */
static size_t
end_at(const char *z, size_t n, size_t at, size_t max)
{
	size_t to = at + utf8_floor(span_from(z + at, n - at), max);

	if (to == n)
		return n;
	for (size_t i = to; i > at; i--)
		if (is_blank(z[i - 1]))
			return i - 1;
	return to;
}

void
seek_excerpt(struct arena *a, const struct seek *s, const char *text, struct excerpt *out)
{
	size_t n = strlen(text), from = 0, to = 0, begin, end;
	struct folded f;
	bool found = false;

	while (n > 0 && is_blank(text[n - 1]))
		n--;
	fold_text(a, span_from(text, n), &f);
	for (size_t i = 0; i < s->n && !found; i++)
		found = term_find(f.text, &s->term[i], &from, &to);
	from = found ? f.origin[from] : 0;
	to = found ? f.origin[to] : 0;
	begin = begin_at(text, from, SEEK_EXCERPT / 3);
	end = end_at(text, n, to, SEEK_EXCERPT - SEEK_EXCERPT / 3);
	*out = (struct excerpt){ found,
	    shown(a, text + begin, from - begin, begin > 0, false),
	    shown(a, text + from, to - from, false, false),
	    shown(a, text + to, end - to, false, end < n) };
}
