#include "mutf7.h"

#include "utf8.h"

#include <string.h>

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

struct bits { uint32_t acc; unsigned n; };

static void
unit_put(struct buf *out, struct bits *b, uint32_t unit)
{
	b->acc = b->acc << 16 | unit;
	b->n += 16;
	while (b->n >= 6) {
		b->n -= 6;
		buf_addc(out, alphabet[b->acc >> b->n & 63]);
	}
	b->acc &= (1u << b->n) - 1;
}

static void
point_put(struct buf *out, struct bits *b, uint32_t cp)
{
	if (cp > 0xffff) {
		unit_put(out, b, 0xd800 | (cp - 0x10000) >> 10);
		unit_put(out, b, 0xdc00 | ((cp - 0x10000) & 0x3ff));
	} else {
		unit_put(out, b, cp);
	}
}

static void
shift_end(struct buf *out, struct bits *b)
{
	if (b->n > 0)
		buf_addc(out, alphabet[b->acc << (6 - b->n) & 63]);
	buf_addc(out, '-');
	*b = (struct bits){ 0 };
}

bool
mutf7_put(struct buf *out, struct span s)
{
	struct bits b = { 0 };
	bool shifted = false;

	while (s.n > 0) {
		uint32_t cp;
		size_t n = utf8_next(s, &cp);
		bool plain = cp >= 0x20 && cp < 0x7f;

		if (n == 0 || cp < 0x20 || cp == 0x7f)
			return false;
		if (plain && shifted)
			shift_end(out, &b);
		else if (!plain && !shifted)
			buf_addc(out, '&');
		shifted = !plain;
		if (plain)
			buf_add(out, cp == '&' ? span_of("&-") : span_from(s.p, n));
		else
			point_put(out, &b, cp);
		s = span_from(s.p + n, s.n - n);
	}
	if (shifted)
		shift_end(out, &b);
	return true;
}

/* One UTF-16 unit after the other; high holds a first surrogate that waits for its second. */
static bool
unit_get(struct buf *out, uint32_t unit, uint32_t *high)
{
	if (*high != 0) {
		if (unit < 0xdc00 || unit > 0xdfff)
			return false;
		utf8_put(out, 0x10000 + ((*high - 0xd800) << 10) + (unit - 0xdc00));
		*high = 0;
		return true;
	}
	if (unit >= 0xd800 && unit <= 0xdbff) {
		*high = unit;
		return true;
	}
	if (unit < 0x20 || unit == 0x7f || (unit >= 0xdc00 && unit <= 0xdfff))
		return false;
	utf8_put(out, unit);
	return true;
}

/* What stands between '&' and '-'. */
static bool
shift_get(struct buf *out, struct span s)
{
	struct bits b = { 0 };
	uint32_t high = 0;

	for (size_t i = 0; i < s.n; i++) {
		const char *at = memchr(alphabet, s.p[i], 64);

		if (at == NULL)
			return false;
		b.acc = b.acc << 6 | (uint32_t)(at - alphabet);
		b.n += 6;
		if (b.n < 16)
			continue;
		b.n -= 16;
		if (!unit_get(out, b.acc >> b.n & 0xffff, &high))
			return false;
		b.acc &= (1u << b.n) - 1;
	}
	return high == 0 && b.n < 6 && b.acc == 0;
}

bool
mutf7_get(struct buf *out, struct span s)
{
	while (s.n > 0) {
		const char *end;
		size_t n = 1;

		if (s.p[0] < 0x20 || s.p[0] == 0x7f)
			return false;
		if (s.p[0] != '&') {
			buf_addc(out, s.p[0]);
		} else {
			end = memchr(s.p, '-', s.n);
			if (end == NULL)
				return false;
			n = (size_t)(end - s.p) + 1;
			if (n == 2)
				buf_addc(out, '&');
			else if (!shift_get(out, span_from(s.p + 1, n - 2)))
				return false;
		}
		s = span_from(s.p + n, s.n - n);
	}
	return true;
}
