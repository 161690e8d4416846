#include "utf8.h"

#include <string.h>

size_t
utf8_next(struct span s, uint32_t *cp_out)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)s.p;
	uint32_t cp;
	size_t n;

	if (s.n == 0)
		return 0;
	if (p[0] < 0x80) {
		*cp_out = p[0];
		return 1;
	}
	n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || s.n < n)
		return 0;
	cp = p[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | (p[i] & 0x3fu);
	}
	if (cp < least[n] || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return 0;
	*cp_out = cp;
	return n;
}

bool
utf8_valid(struct span s)
{
	uint32_t cp;

	while (s.n > 0) {
		size_t n = utf8_next(s, &cp);

		if (n == 0)
			return false;
		s.p += n;
		s.n -= n;
	}
	return true;
}

void
utf8_put(struct buf *b, uint32_t cp)
{
	char z[4];
	size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;

	if (n == 1) {
		z[0] = (char)cp;
	} else {
		for (size_t i = n - 1; i > 0; i--) {
			z[i] = (char)(0x80 | (cp & 0x3f));
			cp >>= 6;
		}
		z[0] = (char)((0xf00u >> n & 0xffu) | cp);
	}
	buf_add(b, span_from(z, n));
}

size_t
utf8_floor(struct span s, size_t max)
{
	size_t n = s.n < max ? s.n : max;

	while (n > 0 && n < s.n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return n;
}

bool
utf8_hidden(uint32_t cp)
{
	if (cp < 0x61c)
		return (cp < 0x20 && cp != '\t' && cp != '\n') || (cp >= 0x7f && cp <= 0x9f);
	return cp == 0x61c || (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x202a && cp <= 0x202e) ||
	    (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff;
}

/* None of the eight is below ' ', DEL or above; a doubt counts as one. */
static bool
all_plain(uint64_t w)
{
	const uint64_t one = 0x0101010101010101u, top = one * 0x80, del = w ^ one * 0x7f;

	return ((w | (w - one * ' ') | (del - one)) & top) == 0;
}

size_t
utf8_plain(struct span s)
{
	uint64_t w;
	size_t i = 0;

	for (; i + sizeof w <= s.n; i += sizeof w) {
		memcpy(&w, s.p + i, sizeof w);
		if (!all_plain(w))
			break;
	}
	while (i < s.n && s.p[i] >= ' ' && s.p[i] < 0x7f)
		i++;
	return i;
}

void
utf8_clean(struct buf *b, struct span s, enum utf8_lines how)
{
	while (s.n > 0) {
		uint32_t cp;
		size_t n = utf8_plain(s);

		if (n > 0) {
			buf_add(b, span_from(s.p, n));
			s = span_from(s.p + n, s.n - n);
			continue;
		}
		n = utf8_next(s, &cp);
		if (n == 0) {
			utf8_put(b, 0xfffd);
			n = 1;
		} else if (how == UTF8_ONE_LINE && (cp == '\t' || cp == '\n' || cp == '\r')) {
			buf_addc(b, ' ');
		} else if (!utf8_hidden(cp)) {
			buf_add(b, span_from(s.p, n));
		}
		s.p += n;
		s.n -= n;
	}
}
