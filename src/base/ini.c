#include "ini.h"

#include "utf8.h"

#include <string.h>

/* A comment behind a value: its mark follows a blank, or opens the value. */
static struct span
without_comment(struct span v)
{
	for (size_t i = 0; i < v.n; i++)
		if ((v.p[i] == ';' || v.p[i] == '#') &&
		    (i == 0 || v.p[i - 1] == ' ' || v.p[i - 1] == '\t'))
			return span_trim(span_from(v.p, i));
	return v;
}

static enum status
line_parse(struct arena *a, struct span s, struct ini_line *l, struct fault *f)
{
	const char *eq = memchr(s.p, '=', s.n);
	struct span key, value;

	if (s.p[0] == '[') {
		s = without_comment(s);
		if (s.n < 3 || s.p[s.n - 1] != ']')
			return fault_set(f, ST_PERM, "a section is written [name]");
		l->section = arena_span(a, span_trim(span_from(s.p + 1, s.n - 2)));
		l->key = l->value = "";
		return ST_OK;
	}
	if (eq == NULL)
		return fault_set(f, ST_PERM, "neither \"key = value\" nor [section]");
	key = span_trim(span_from(s.p, (size_t)(eq - s.p)));
	value = span_trim(span_from(eq + 1, s.n - (size_t)(eq + 1 - s.p)));
	if (key.n == 0)
		return fault_set(f, ST_PERM, "no key before '='");
	l->key = arena_span(a, key);
	l->value = arena_span(a, without_comment(value));
	return ST_OK;
}

static enum status
place(struct fault *f, const char *file, int line)
{
	struct fault inner = *f;

	return fault_set(f, inner.st, "%s:%d: %s", file, line, inner.text);
}

enum status
ini_read(struct arena *a, const char *file, struct span text,
    enum status (*each)(void *ctx, const struct ini_line *l, struct fault *f), void *ctx,
    struct fault *f)
{
	struct ini_line l = { "", "", "", 0 };
	struct span s;

	if (memchr(text.p, '\0', text.n) != NULL || !utf8_valid(text))
		return fault_set(f, ST_PERM, "%s: not a UTF-8 text", file);
	if (span_istarts(text, "\xef\xbb\xbf"))
		text = span_from(text.p + 3, text.n - 3);
	while (span_line(&text, &s)) {
		l.line++;
		s = span_trim(s);
		if (s.n == 0 || s.p[0] == '#' || s.p[0] == ';')
			continue;
		if (line_parse(a, s, &l, f) != ST_OK || each(ctx, &l, f) != ST_OK)
			return place(f, file, l.line);
	}
	return ST_OK;
}
