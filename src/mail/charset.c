#include "buf.h"
#include "charset.h"
#include "utf8.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

/* Every charset that may be named, in the order of the first names below. "": decoded here,
 * without a converter. */
static const char *const canon[] = {
	"", "", "UTF-16BE", "UTF-16LE", "UTF-32BE", "UTF-32LE",
	"CP1250", "CP1251", "CP1253", "CP1254", "CP1255", "CP1256", "CP1257", "CP1258",
	"ISO-8859-2", "ISO-8859-3", "ISO-8859-4", "ISO-8859-5", "ISO-8859-6", "ISO-8859-7",
	"ISO-8859-8", "CP1254", "ISO-8859-10", "ISO-8859-13", "ISO-8859-14", "ISO-8859-15",
	"ISO-8859-16", "KOI8-R", "KOI8-U", "GB18030", "BIG5-HKSCS", "CP932", "EUC-JP",
	"ISO-2022-JP", "UHC", "ISO-2022-KR", "TIS-620", "MACINTOSH", "CP437", "CP850", "CP852",
	"CP866",
};

enum { CONVERTERS = sizeof canon / sizeof canon[0] };
enum { ANSI, UTF8, UTF16, UTF16LE, UTF32, UTF32LE };	/* the first entries of `canon` */

/* The first name of each converter, in the order of `canon`; then the aliases. */
static const char *const names[] = {
	"windows-1252", "utf-8", "utf-16", "utf-16le", "utf-32", "utf-32le",
	"windows-1250", "windows-1251", "windows-1253", "windows-1254", "windows-1255",
	"windows-1256", "windows-1257", "windows-1258",
	"iso-8859-2", "iso-8859-3", "iso-8859-4", "iso-8859-5", "iso-8859-6", "iso-8859-7",
	"iso-8859-8", "iso-8859-9", "iso-8859-10", "iso-8859-13", "iso-8859-14", "iso-8859-15",
	"iso-8859-16", "koi8-r", "koi8-u", "gb18030", "big5", "shift_jis", "euc-jp",
	"iso-2022-jp", "euc-kr", "iso-2022-kr", "tis-620", "macintosh", "cp437", "cp850",
	"cp852", "cp866",
};

/* Compared without case and punctuation. */
static const struct alias { const char *name, *as; } aliases[] = {
	{ "utf8", "utf-8" }, { "unicode11utf8", "utf-8" }, { "utf8mb4", "utf-8" },
	{ "latin1", "windows-1252" }, { "iso88591", "windows-1252" },
	{ "iso885911", "tis-620" }, { "l1", "windows-1252" }, { "cp1252", "windows-1252" },
	{ "cp819", "windows-1252" }, { "ibm819", "windows-1252" }, { "ansi", "windows-1252" },
	{ "iso8859", "windows-1252" }, { "iso885911987", "windows-1252" },
	{ "ansix341968", "windows-1252" }, { "usascii", "windows-1252" },
	{ "ascii", "windows-1252" }, { "us", "windows-1252" }, { "iso646us", "windows-1252" },
	{ "utf16be", "utf-16" }, { "ucs2", "utf-16" }, { "iso10646ucs2", "utf-16" },
	{ "unicode", "utf-16le" }, { "ucs2le", "utf-16le" }, { "utf32be", "utf-32" },
	{ "latin2", "iso-8859-2" }, { "l2", "iso-8859-2" }, { "latin3", "iso-8859-3" },
	{ "latin4", "iso-8859-4" }, { "latin5", "iso-8859-9" }, { "l5", "iso-8859-9" },
	{ "latin6", "iso-8859-10" }, { "latin7", "iso-8859-13" }, { "latin8", "iso-8859-14" },
	{ "latin9", "iso-8859-15" }, { "latin0", "iso-8859-15" }, { "l9", "iso-8859-15" },
	{ "latin10", "iso-8859-16" }, { "cyrillic", "iso-8859-5" }, { "arabic", "iso-8859-6" },
	{ "greek", "iso-8859-7" }, { "hebrew", "iso-8859-8" }, { "iso88598i", "iso-8859-8" },
	{ "iso88598e", "iso-8859-8" }, { "iso88596i", "iso-8859-6" },
	{ "iso88596e", "iso-8859-6" }, { "logical", "iso-8859-8" }, { "visual", "iso-8859-8" },
	{ "cp1250", "windows-1250" }, { "cp1251", "windows-1251" },
	{ "win1251", "windows-1251" }, { "cp1253", "windows-1253" },
	{ "cp1254", "windows-1254" }, { "cp1255", "windows-1255" },
	{ "cp1256", "windows-1256" }, { "cp1257", "windows-1257" },
	{ "cp1258", "windows-1258" },
	{ "koi8", "koi8-r" }, { "koi", "koi8-r" }, { "koi8ru", "koi8-u" },
	{ "gb2312", "gb18030" }, { "gbk", "gb18030" }, { "xgbk", "gb18030" },
	{ "cp936", "gb18030" },
	{ "windows936", "gb18030" }, { "euccn", "gb18030" },
	{ "chinesebig5", "big5" }, { "cp950", "big5" }, { "big5hkscs", "big5" },
	{ "big5eten", "big5" }, { "sjis", "shift_jis" }, { "windows31j", "shift_jis" },
	{ "cp932", "shift_jis" }, { "mskanji", "shift_jis" }, { "xsjis", "shift_jis" },
	{ "ujis", "euc-jp" }, { "xeucjp", "euc-jp" }, { "jis", "iso-2022-jp" },
	{ "csiso2022jp", "iso-2022-jp" }, { "iso2022jp1", "iso-2022-jp" },
	{ "iso2022jp2", "iso-2022-jp" }, { "ksc56011987", "euc-kr" }, { "ksc5601", "euc-kr" },
	{ "ksc56011992", "euc-kr" }, { "cp949", "euc-kr" }, { "windows949", "euc-kr" },
	{ "uhc", "euc-kr" }, { "korean", "euc-kr" }, { "csiso2022kr", "iso-2022-kr" },
	{ "windows874", "tis-620" }, { "cp874", "tis-620" }, { "mac", "macintosh" },
	{ "xmacroman", "macintosh" }, { "macroman", "macintosh" }, { "ibm437", "cp437" },
	{ "ibm850", "cp850" }, { "ibm852", "cp852" }, { "ibm866", "cp866" },
};

enum { NAME_MAX_KEY = 24 };

static iconv_t converter[CONVERTERS];
static bool opened;

enum status
charset_open(struct fault *f)
{
	if (opened)
		return ST_OK;
	for (size_t i = 0; i < CONVERTERS; i++) {
		if (canon[i][0] == '\0')
			continue;
		converter[i] = iconv_open("UTF-8", canon[i]);
		if ((intptr_t)converter[i] == -1)
			return fault_errno(f, ST_PERM, "charset %s", canon[i]);
	}
	opened = true;
	return ST_OK;
}

size_t
charset_names(const char *const **out)
{
	*out = names;
	return CONVERTERS;
}

/* Letters and digits in lower case: what people agree on in a charset's name. */
static bool
key_of(const char *name, char out[NAME_MAX_KEY])
{
	size_t n = 0;

	for (; *name != '\0' && *name != '*'; name++) {
		char c = *name;

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if ((c < 'a' || c > 'z') && (c < '0' || c > '9'))
			continue;
		if (n == NAME_MAX_KEY - 1)
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	return n > 0;
}

/* CONVERTERS when the name is empty or not on the list. */
static size_t
find(const char *name)
{
	char key[NAME_MAX_KEY], other[NAME_MAX_KEY];

	if (!key_of(name, key))
		return CONVERTERS;
	for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
		if (strcmp(key, aliases[i].name) == 0) {
			(void)key_of(aliases[i].as, key);
			break;
		}
	for (size_t i = 0; i < CONVERTERS; i++)
		if (key_of(names[i], other) && strcmp(key, other) == 0)
			return i;
	return CONVERTERS;
}

/* Length of the plain ASCII that s starts with, eight bytes a look. */
static size_t
ascii_run(struct span s)
{
	size_t i = 0;
	uint64_t w;

	for (; i + sizeof w <= s.n; i += sizeof w) {
		memcpy(&w, s.p + i, sizeof w);
		if ((w & 0x8080808080808080u) != 0)
			break;
	}
	while (i < s.n && (unsigned char)s.p[i] < 0x80)
		i++;
	return i;
}

static bool
is_ascii(struct span s)
{
	return ascii_run(s) == s.n;
}

/* windows-1252, with U+FFFD at its five holes. */
static void
from_ansi(struct span s, struct buf *b)
{
	static const uint16_t high[32] = {
		0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
		0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd,
		0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
		0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
	};
	size_t i = 0;

	while (i < s.n && !buf_full(b)) {
		size_t from = i;
		unsigned char c;

		while (i < s.n && (unsigned char)s.p[i] < 0x80)
			i++;
		buf_add(b, span_from(s.p + from, i - from));
		if (i == s.n)
			break;
		c = (unsigned char)s.p[i++];
		utf8_put(b, c < 0xa0 ? high[c - 0x80] : c);
	}
}

/* How much of it is UTF-8: sequences of two bytes and more, and bytes that fit nowhere. */
static void
utf8_count(struct span s, size_t *good, size_t *bad)
{
	uint32_t cp;

	*good = *bad = 0;
	while (s.n > 0) {
		size_t n = ascii_run(s);

		if (n == 0) {
			n = utf8_next(s, &cp);
			*good += n > 0;
			*bad += n == 0;
			n += n == 0;
		}
		s = span_from(s.p + n, s.n - n);
	}
}

/* Damaged UTF-8 is still UTF-8 as long as most of it fits: a cut or one foreign byte must
 * not spoil every other accent. */
static bool
from_utf8(struct span s, struct buf *b)
{
	uint32_t cp;
	size_t good, bad;

	utf8_count(s, &good, &bad);
	if (bad > 0 && bad >= good)
		return false;
	if (bad == 0) {
		buf_add(b, s);
		return true;
	}
	while (s.n > 0 && !buf_full(b)) {
		size_t n = utf8_next(s, &cp);

		if (n == 0)
			utf8_put(b, 0xfffd);
		else
			buf_add(b, span_from(s.p, n));
		n += n == 0;
		s = span_from(s.p + n, s.n - n);
	}
	return true;
}

/* Through iconv.  A few bad bytes become U+FFFD; with more than one in twenty the name was
 * wrong and nothing is written. */
static bool
from_iconv(iconv_t cd, struct span s, struct buf *b)
{
	char chunk[4096], *in, *out;
	size_t in_left = s.n, bad = 0, room = sizeof chunk;

	memcpy(&in, &s.p, sizeof in);	/* iconv reads only, its prototype says otherwise */
	(void)iconv(cd, NULL, NULL, NULL, NULL);
	while (in_left > 0 && !buf_full(b)) {
		size_t left = sizeof chunk, r;

		out = chunk;
		r = iconv(cd, &in, &in_left, &out, &left);
		buf_add(b, span_from(chunk, sizeof chunk - left));
		if (r != (size_t)-1 || errno == E2BIG)
			continue;
		utf8_put(b, 0xfffd);
		in++;
		in_left--;
		if (++bad * 20 > s.n + 20)
			break;
	}
	/* A last letter is kept back where a mark could still join it (CP1255, CP1258, Big5). */
	out = chunk;
	(void)iconv(cd, NULL, NULL, &out, &room);
	buf_add(b, span_from(chunk, sizeof chunk - room));
	if (bad * 20 <= s.n)
		return true;
	buf_reset(b);
	return false;
}

/* UTF-16 without a mark is big-endian (RFC 2781 4.3), unless it plainly is not. */
static size_t
utf16_order(struct span *s, size_t which)
{
	size_t even = 0, odd = 0;

	if (s->n >= 2 && (memcmp(s->p, "\xff\xfe", 2) == 0 ||
	    memcmp(s->p, "\xfe\xff", 2) == 0)) {
		which = s->p[0] == '\xff' ? UTF16LE : UTF16;
		*s = span_from(s->p + 2, s->n - 2);
		return which;
	}
	for (size_t i = 0; i + 1 < s->n && i < 512; i += 2) {
		even += s->p[i] == '\0';
		odd += s->p[i + 1] == '\0';
	}
	return even == odd ? which : even > odd ? UTF16 : UTF16LE;
}

static size_t
utf32_order(struct span *s, size_t which)
{
	if (s->n < 4 || (memcmp(s->p, "\xff\xfe\0\0", 4) != 0 && memcmp(s->p, "\0\0\xfe\xff", 4) != 0))
		return which;
	which = s->p[0] == '\xff' ? UTF32LE : UTF32;
	*s = span_from(s->p + 4, s->n - 4);
	return which;
}

/* As declared; false when that does not fit. */
static bool
declared(struct span s, size_t which, struct buf *b)
{
	if (which == CONVERTERS || which == ANSI)
		return false;
	if (which == UTF8)
		return from_utf8(s, b);
	if (which == UTF16 || which == UTF16LE)
		which = utf16_order(&s, which);
	if (which == UTF32 || which == UTF32LE)
		which = utf32_order(&s, which);
	return opened && from_iconv(converter[which], s, b);
}

/* The name means plain ASCII, where 8-bit bytes say nothing but that it was wrong. */
static bool
means_ascii(const char *name)
{
	char key[NAME_MAX_KEY];

	return !key_of(name, key) || strcmp(key, "usascii") == 0 || strcmp(key, "ascii") == 0 ||
	    strcmp(key, "ansix341968") == 0;
}

/* Without a last sequence that the limit has cut. */
static struct span
whole_end(struct span s)
{
	size_t back = 0;
	uint32_t cp;

	while (back < 4 && back < s.n) {
		back++;
		if (((unsigned char)s.p[s.n - back] & 0xc0) != 0x80)
			break;
	}
	if (back > 0 && utf8_next(span_from(s.p + s.n - back, back), &cp) != back)
		s.n -= back;
	return s;
}

struct span
charset_decode(struct arena *a, struct span bytes, const char *name, size_t max)
{
	size_t which = find(name);
	bool ansi = which == ANSI && !means_ascii(name);
	struct buf b BUF_AUTO = { 0 };
	struct span s;

	buf_open(&b, max);
	if (bytes.n >= 3 && memcmp(bytes.p, "\xef\xbb\xbf", 3) == 0) {
		bytes = span_from(bytes.p + 3, bytes.n - 3);
		which = UTF8;
	}
	/* The whitelist's other names include no shift but those that use escapes or NULs. */
	if ((which <= UTF8 || which == CONVERTERS) && is_ascii(bytes)) {
		bytes.n = bytes.n < max ? bytes.n : max;
		return span_from(arena_span(a, bytes), bytes.n);
	}
	if (!declared(bytes, which, &b) &&
	    (ansi || (which != UTF8 && !utf8_valid(bytes)) || !from_utf8(bytes, &b)))
		from_ansi(bytes, &b);
	s = whole_end(buf_span(&b));
	return span_from(arena_span(a, s), s.n);
}
