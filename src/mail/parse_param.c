#include "buf.h"
#include "charset.h"
#include "limits.h"
#include "parse_int.h"
#include "rfc2047.h"
#include "utf8.h"

#include <string.h>

static struct span
ahead(struct span s, size_t n)
{
	return span_from(s.p + n, s.n - n);
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Past blanks, semicolons and comments (not nested in practice; a nested one ends early). */
static struct span
skip_between(struct span s)
{
	for (;;) {
		const char *end;

		while (s.n > 0 && (blank(s.p[0]) || s.p[0] == ';'))
			s = ahead(s, 1);
		if (s.n == 0 || s.p[0] != '(')
			return s;
		end = memchr(s.p, ')', s.n);
		if (end == NULL)
			return ahead(s, s.n);
		s = ahead(s, (size_t)(end + 1 - s.p));
	}
}

static struct span
quoted_value(struct arena *a, struct span *s)
{
	size_t end = 1, n = 0;
	const char *semi;
	char *z;

	while (end < s->n && s->p[end] != '"')
		end += s->p[end] == '\\' ? 2 : 1;
	end = end < s->n ? end : s->n;
	z = arena_new(a, char, end + 1);
	for (size_t i = 1; i < end; i++) {
		if (s->p[i] == '\\' && i + 1 < end)
			i++;
		z[n++] = s->p[i];
	}
	*s = ahead(*s, end < s->n ? end + 1 : end);
	semi = memchr(s->p, ';', s->n);
	if (semi != NULL && span_trim(span_from(s->p, (size_t)(semi - s->p))).n == 0)
		*s = ahead(*s, (size_t)(semi - s->p));
	return span_from(z, n);
}

/* Up to the ';': programs send file names with blanks and without quotes. */
static struct span
bare_value(struct span *s)
{
	size_t n = 0;
	struct span v;

	while (n < s->n && s->p[n] != ';')
		n++;
	v = span_trim(span_from(s->p, n));
	*s = ahead(*s, n);
	return v;
}

/* "filename*1*": the name, the number of the piece (-1 none), percent-coded or not. */
static void
split_name(struct param *p)
{
	struct span rest = p->name, base, number;
	unsigned long long v;

	p->section = -1;
	if (rest.n > 0 && rest.p[rest.n - 1] == '*') {
		p->coded = true;
		rest.n--;
	}
	if (!span_cut(&rest, '*', &base))
		return;
	number = rest;
	if (span_number(number, PARSE_PARAMS, &v))
		p->section = (int)v;
	p->name = base;
}

void
param_read(struct arena *a, struct span s, struct params *out)
{
	size_t n = 0;

	*out = (struct params){ 0 };
	s = skip_between(s);
	while (n < s.n && !blank(s.p[n]) && s.p[n] != ';' && s.p[n] != '(')
		n++;
	out->first = addr_key(a, arena_strndup(a, s.p, n));
	s = skip_between(ahead(s, n));
	while (s.n > 0 && out->n < PARSE_PARAMS) {
		struct param p = { 0 };

		n = 0;
		while (n < s.n && s.p[n] != '=' && s.p[n] != ';')
			n++;
		p.name = span_trim(span_from(s.p, n));
		s = ahead(s, n);
		if (s.n > 0 && s.p[0] == '=') {
			s = ahead(s, 1);
			while (s.n > 0 && blank(s.p[0]))
				s = ahead(s, 1);
			p.value = s.n > 0 && s.p[0] == '"' ? quoted_value(a, &s) :
			    bare_value(&s);
			split_name(&p);
			if (out->v == NULL)
				out->v = arena_new(a, struct param, PARSE_PARAMS);
			out->v[out->n++] = p;
		}
		s = skip_between(s);
	}
}

static int
hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 :
	    c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void
percent(struct buf *b, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%' && i + 2 < s.n && hex(s.p[i + 1]) >= 0 &&
		    hex(s.p[i + 2]) >= 0) {
			buf_addc(b, (char)(hex(s.p[i + 1]) << 4 | hex(s.p[i + 2])));
			i += 2;
		} else {
			buf_addc(b, s.p[i]);
		}
	}
}

/* charset'language'text: the charset, and *s behind it. */
static struct span
cut_charset(struct span *s)
{
	const char *one = memchr(s->p, '\'', s->n), *two;
	struct span cs;

	if (one == NULL)
		return span_of("");
	two = memchr(one + 1, '\'', s->n - (size_t)(one + 1 - s->p));
	if (two == NULL)
		return span_of("");
	cs = span_from(s->p, (size_t)(one - s->p));
	*s = ahead(*s, (size_t)(two + 1 - s->p));
	return cs;
}

static const struct param *
find(const struct params *p, const char *name, int section)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].section == section && span_ieq(p->v[i].name, name))
			return &p->v[i];
	return NULL;
}

static const char *
cleaned(struct arena *a, struct span s, size_t max)
{
	struct buf b BUF_AUTO = { 0 };
	struct span v;

	buf_open(&b, s.n * 3 + 1);
	utf8_clean(&b, s, UTF8_ONE_LINE);
	v = span_trim(buf_span(&b));
	return arena_strndup(a, v.p, utf8_floor(v, max));
}

/* name*0, name*1, ... or the single name*. */
static const char *
extended(struct arena *a, const struct params *p, const char *name, size_t max)
{
	const struct param *q = find(p, name, 0);
	struct span charset = span_of(""), s;
	struct buf b BUF_AUTO = { 0 };
	int section = 0;

	buf_open(&b, LIMIT_HEADER_FIELD);
	for (q = q != NULL ? q : find(p, name, -1); q != NULL;
	    q = find(p, name, ++section)) {
		s = q->value;
		if (q->coded && section == 0)
			charset = cut_charset(&s);
		if (q->coded)
			percent(&b, s);
		else
			buf_add(&b, s);
		if (q->section == -1)
			break;
	}
	s = buf_span(&b);
	if (charset.n == 0 && memmem(s.p, s.n, "=?", 2) != NULL)
		return rfc2047_decode(a, s, max);
	s = charset_decode(a, s, arena_span(a, charset), LIMIT_HEADER_FIELD);
	return cleaned(a, s, max);
}

const char *
param_get(struct arena *a, const struct params *p, const char *name, size_t max)
{
	const struct param *plain = NULL;

	for (size_t i = 0; i < p->n; i++) {
		const struct param *q = &p->v[i];

		if (!span_ieq(q->name, name))
			continue;
		if (q->section == 0 || q->coded)
			return extended(a, p, name, max);
		if (plain == NULL && q->section == -1)
			plain = q;
	}
	return plain == NULL ? "" : rfc2047_decode(a, plain->value, max);
}
