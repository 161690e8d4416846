#include "span.h"

#include <string.h>
#include <strings.h>

struct span
span_of(const char *z)
{
	return (struct span){ z, strlen(z) };
}

struct span
span_from(const char *p, size_t n)
{
	return (struct span){ p, n };
}

bool
span_eq(struct span a, const char *z)
{
	return strlen(z) == a.n && memcmp(a.p, z, a.n) == 0;
}

/* Most comparisons end here: the two differ in more than a letter's case. */
static bool
first_differs(struct span a, const char *z)
{
	return a.n > 0 && ((a.p[0] ^ z[0]) & ~0x20) != 0;
}

bool
span_ieq(struct span a, const char *z)
{
	return !first_differs(a, z) && strlen(z) == a.n && strncasecmp(a.p, z, a.n) == 0;
}

bool
span_istarts(struct span a, const char *prefix)
{
	size_t n;

	if (prefix[0] != '\0' && first_differs(a, prefix))
		return false;
	n = strlen(prefix);
	return a.n >= n && strncasecmp(a.p, prefix, n) == 0;
}

bool
span_iends(struct span a, const char *suffix)
{
	size_t n = strlen(suffix);

	return a.n >= n && strncasecmp(a.p + a.n - n, suffix, n) == 0;
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct span
span_trim(struct span s)
{
	while (s.n > 0 && blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool
span_cut(struct span *rest, char sep, struct span *piece_out)
{
	const char *end;

	if (rest->n == 0)
		return false;
	end = memchr(rest->p, sep, rest->n);
	piece_out->p = rest->p;
	piece_out->n = end == NULL ? rest->n : (size_t)(end - rest->p);
	rest->p += piece_out->n + (end != NULL);
	rest->n -= piece_out->n + (end != NULL);
	return true;
}

bool
span_line(struct span *rest, struct span *line_out)
{
	if (!span_cut(rest, '\n', line_out))
		return false;
	if (line_out->n > 0 && line_out->p[line_out->n - 1] == '\r')
		line_out->n--;
	return true;
}

bool
span_number(struct span s, unsigned long long max, unsigned long long *out)
{
	unsigned long long v = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned d = (unsigned)((unsigned char)s.p[i] - '0');

		if (d > 9 || d > max || v > (max - d) / 10)
			return false;
		v = v * 10 + d;
	}
	*out = v;
	return true;
}
