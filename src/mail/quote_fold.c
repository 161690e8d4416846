#include "quote_int.h"

#include "utf8.h"

#include <string.h>

/* Base letters of U+00C0 to U+017F. */
static const char latin[] =
    "aaaaaaaceeeeiiiidnoooooxouuuuytsaaaaaaaceeeeiiiidnooooo/ouuuuyty"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
    "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

static const struct { uint32_t from, to, becomes; } ranges[] = {
	{ 0x2018, 0x2019, '\'' }, { 0x02bc, 0x02bc, '\'' }, { 0x201c, 0x201f, '"' },
	{ 0xab, 0xab, '"' }, { 0xbb, 0xbb, '"' }, { 0x2010, 0x2015, '-' },
	{ 0x2212, 0x2212, '-' },
	{ 0xff1a, 0xff1a, ':' }, { 0xfe55, 0xfe55, ':' }, { 0x0218, 0x0219, 's' },
	{ 0x021a, 0x021b, 't' },
};

static bool
is_blank(uint32_t cp)
{
	return cp <= ' ' || cp == 0xa0 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x202f ||
	    cp == 0x3000;
}

static uint32_t
fold(uint32_t cp)
{
	if (cp < 0x80)
		return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
	if (cp >= 0xc0 && cp <= 0x17f)
		return (unsigned char)latin[cp - 0xc0];
	if ((cp >= 0x410 && cp <= 0x42f) || (cp >= 0x391 && cp <= 0x3a9))
		return cp + 0x20;
	if (cp >= 0x400 && cp <= 0x40f)
		return cp + 0x50;
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (cp >= ranges[i].from && cp <= ranges[i].to)
			return ranges[i].becomes;
	return cp;
}

static size_t
encode(uint32_t cp, struct span as, uint32_t was, char z[4])
{
	if (cp < 0x80) {
		z[0] = (char)cp;
		return 1;
	}
	if (cp != was && cp < 0x800) {
		z[0] = (char)(0xc0 | cp >> 6);
		z[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	memcpy(z, as.p, as.n);
	return as.n;
}

static void
fold_into(struct quote_fold *f, struct span s, bool gap)
{
	uint32_t cp, to;
	char z[4];
	size_t len, n;

	for (; s.n > 0; s.p += len, s.n -= len) {
		len = utf8_next(s, &cp);
		if (len == 0) {
			len = 1;
			continue;
		}
		if (is_blank(cp)) {
			gap = f->n > 0;
			continue;
		}
		if (utf8_hidden(cp) || (cp >= 0x300 && cp <= 0x36f))
			continue;
		to = fold(cp);
		n = encode(to, span_from(s.p, len), cp, z);
		if (f->n + gap + n >= QUOTE_FOLD_MAX) {
			f->cut = true;
			break;
		}
		if (gap)
			f->z[f->n++] = ' ';
		gap = false;
		memcpy(f->z + f->n, z, n);
		f->n += n;
	}
	f->z[f->n] = '\0';
}

void
quote_fold(struct quote_fold *f, struct span s)
{
	f->n = 0;
	f->cut = false;
	fold_into(f, s, false);
}

void
quote_fold_add(struct quote_fold *f, struct span s)
{
	fold_into(f, s, f->n > 0);
}
