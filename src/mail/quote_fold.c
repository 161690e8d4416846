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

/* One blank between words; the one at the end goes when all is read. */
static void
blank(struct quote_fold *f)
{
	if (f->n > 0 && f->z[f->n - 1] != ' ' && f->n < QUOTE_FOLD_MAX - 1)
		f->z[f->n++] = ' ';
}

/* What is plain ASCII at the start of s, as far as there is room. */
static size_t
fold_ascii(struct quote_fold *f, struct span s)
{
	size_t i, n = f->n;

	for (i = 0; i < s.n && n < QUOTE_FOLD_MAX - 1; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c >= 0x7f)
			break;
		if (c > ' ')
			f->z[n++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
		else if (n > 0 && f->z[n - 1] != ' ')
			f->z[n++] = ' ';
	}
	f->n = n;
	return i;
}

/* The character at the start of s, whatever it is; its length. */
static size_t
fold_one(struct quote_fold *f, struct span s)
{
	uint32_t cp;
	char z[4];
	size_t len = utf8_next(s, &cp), n;

	if (len == 0)
		return 1;
	if (is_blank(cp)) {
		blank(f);
		return len;
	}
	if (utf8_hidden(cp) || (cp >= 0x300 && cp <= 0x36f))
		return len;
	n = encode(fold(cp), span_from(s.p, len), cp, z);
	if (f->n + n >= QUOTE_FOLD_MAX) {
		f->cut = true;
		return s.n;
	}
	memcpy(f->z + f->n, z, n);
	f->n += n;
	return len;
}

static void
fold_into(struct quote_fold *f, struct span s)
{
	while (s.n > 0) {
		size_t len = fold_ascii(f, s);

		if (len == 0)
			len = fold_one(f, s);
		s.p += len;
		s.n -= len;
	}
	if (f->n > 0 && f->z[f->n - 1] == ' ')
		f->n--;
	f->z[f->n] = '\0';
}

void
quote_fold(struct quote_fold *f, struct span s)
{
	f->n = 0;
	f->cut = false;
	fold_into(f, s);
}

void
quote_fold_add(struct quote_fold *f, struct span s)
{
	blank(f);
	fold_into(f, s);
}
