#include "buf.h"
#include "charset.h"
#include "limits.h"
#include "rfc2047.h"
#include "utf8.h"

#include <string.h>

enum { WORD_MAX = 8192 };	/* one encoded word; the RFC says 75, programs do not care */

struct word { struct span charset, text; char enc; size_t end; };

struct scan {
	struct arena *a;
	struct span s;
	bool no_end;		/* no "?=" follows: nothing else can be an encoded word */
	struct buf out;
	struct buf bytes;	/* of adjacent words in one charset: characters may be split */
	struct span charset;
};

static int
hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 :
	    c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "?=" ends a word; in "?=3D" inside a Q word it is a question mark and an escape, as long as
 * the word's real end still follows without a blank. */
static size_t
text_end(struct scan *sc, size_t at, char enc)
{
	size_t stop = sc->s.n - at < WORD_MAX ? sc->s.n : at + WORD_MAX, first = 0;
	const char *p = sc->s.p + at, *q;

	while ((q = memmem(p, (size_t)(sc->s.p + stop - p), "?=", 2)) != NULL) {
		size_t left = (size_t)(sc->s.p + sc->s.n - q);

		if (first > 0 && memchr(p, ' ', (size_t)(q - p)) != NULL)
			return first;
		if (enc != 'q' || left < 4 || hex(q[2]) < 0 || hex(q[3]) < 0)
			return (size_t)(q - sc->s.p);
		first = first > 0 ? first : (size_t)(q - sc->s.p);
		p = q + 2;
	}
	if (stop == sc->s.n && first == 0)
		sc->no_end = true;
	return first;
}

/* =?charset?B?text?= at s.p[at]. */
static bool
word_at(struct scan *sc, size_t at, struct word *w)
{
	struct span s = sc->s;
	size_t i = at + 2, end;

	while (i < s.n && i - at < 64 && s.p[i] > ' ' && s.p[i] < 0x7f && s.p[i] != '?')
		i++;
	if (i == at + 2 || i + 3 >= s.n || s.p[i] != '?' || s.p[i + 2] != '?' || sc->no_end)
		return false;
	w->charset = span_from(s.p + at + 2, i - at - 2);
	w->enc = (char)(s.p[i + 1] | 0x20);
	if (w->enc != 'q' && w->enc != 'b')
		return false;
	end = text_end(sc, i + 3, w->enc);
	if (end == 0)
		return false;
	w->text = span_from(s.p + i + 3, end - i - 3);
	w->end = end + 2;
	return true;
}

static void
q_decode(struct span s, struct buf *b)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '_') {
			buf_addc(b, ' ');
		} else if (s.p[i] == '=' && i + 2 < s.n && hex(s.p[i + 1]) >= 0 &&
		    hex(s.p[i + 2]) >= 0) {
			buf_addc(b, (char)(hex(s.p[i + 1]) << 4 | hex(s.p[i + 2])));
			i += 2;
		} else {
			buf_addc(b, s.p[i]);
		}
	}
}

static int
b64(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 :
	    c >= '0' && c <= '9' ? c - '0' + 52 : c == '+' || c == '-' ? 62 :
	    c == '/' || c == '_' ? 63 : -1;
}

/* Padding starts afresh: some programs join two paddings in one word. */
static void
b_decode(struct span s, struct buf *b)
{
	unsigned bits = 0, n = 0;

	for (size_t i = 0; i < s.n; i++) {
		int v = b64(s.p[i]);

		if (s.p[i] == '=')
			bits = n = 0;
		if (v < 0)
			continue;
		bits = (bits << 6 | (unsigned)v) & 0xffffff;
		n += 6;
		if (n >= 8) {
			n -= 8;
			buf_addc(b, (char)(bits >> n & 0xff));
		}
	}
}

static void
flush(struct scan *sc)
{
	if (sc->bytes.n == 0)
		return;
	buf_add(&sc->out, charset_decode(sc->a, buf_span(&sc->bytes),
	    arena_span(sc->a, sc->charset), sc->out.max));
	buf_reset(&sc->bytes);
}

static bool
all_blank(struct span s)
{
	return span_trim(s).n == 0;
}

static void
raw_text(struct scan *sc, size_t from, size_t to)
{
	struct span s = span_from(sc->s.p + from, to - from);

	buf_add(&sc->out, charset_decode(sc->a, s, "", sc->out.max));
}

static bool
same_charset(struct span x, struct span y)
{
	return x.n == y.n && memcmp(x.p, y.p, x.n) == 0;
}

static void
decode(struct scan *sc)
{
	size_t done = 0, at = 0;
	bool after_word = false;
	const char *q;

	while ((q = memmem(sc->s.p + at, sc->s.n - at, "=?", 2)) != NULL) {
		struct word w;
		struct span gap;

		at = (size_t)(q - sc->s.p);
		if (!word_at(sc, at, &w)) {
			at += 2;
			continue;
		}
		gap = span_from(sc->s.p + done, at - done);
		if (!after_word || !all_blank(gap)) {
			flush(sc);
			raw_text(sc, done, at);
		} else if (!same_charset(sc->charset, w.charset)) {
			flush(sc);
		}
		sc->charset = w.charset;
		(w.enc == 'q' ? q_decode : b_decode)(w.text, &sc->bytes);
		done = at = w.end;
		after_word = true;
	}
	flush(sc);
	raw_text(sc, done, sc->s.n);
}

/* Plain printable ASCII without an encoded word is what it is. */
static bool
plain(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return memmem(s.p, s.n, "=?", 2) == NULL;
}

const char *
rfc2047_decode(struct arena *a, struct span value, size_t max)
{
	struct scan sc = { .a = a, .s = value };
	struct buf clean BUF_AUTO = { 0 };
	struct span s;
	size_t n;

	buf_open(&clean, 4 * LIMIT_HEADER_FIELD);
	if (value.n > LIMIT_HEADER_FIELD)
		sc.s.n = LIMIT_HEADER_FIELD;
	if (plain(sc.s)) {
		s = span_trim(sc.s);
		return arena_strndup(a, s.p, s.n < max ? s.n : max);
	}
	buf_open(&sc.out, 4 * LIMIT_HEADER_FIELD);
	buf_open(&sc.bytes, LIMIT_HEADER_FIELD);
	decode(&sc);
	utf8_clean(&clean, buf_span(&sc.out), UTF8_ONE_LINE);
	buf_close(&sc.out);
	buf_close(&sc.bytes);
	s = span_trim(buf_span(&clean));
	n = utf8_floor(s, max);
	return arena_strndup(a, s.p, n);
}
