#include "template.h"

#include "utf8.h"

#include <string.h>

enum { DEPTH_MAX = 8, SHOWN_MAX = 40 };

enum tag { TAG_VALUE, TAG_IF, TAG_UNLESS, TAG_END };

struct open_section {
	struct span name;
	int line;
	bool shown;			/* it and all around it */
};

/* One walk over a text.  Without values (names only) it checks and writes nothing. */
struct walk {
	const char *const *names;	/* one of the two is NULL */
	const struct template_var *vars;
	size_t n;
	enum template_kind kind;
	struct buf *out;		/* NULL: nothing is written */
	struct open_section open[DEPTH_MAX];
	int depth, line;
	struct fault *f;
};

static enum status
wrong(struct walk *w, int line, const char *what, struct span shown)
{
	size_t n = utf8_floor(shown, SHOWN_MAX);

	return fault_set(w->f, ST_PERM, "line %d: %s%s%.*s%s", line, what,
	    shown.n > 0 ? " \"" : "", (int)n, shown.p, shown.n > 0 ? "\"" : "");
}

static bool
showing(const struct walk *w)
{
	return w->depth == 0 || w->open[w->depth - 1].shown;
}

/* The value of a name, NULL when there is no such name. */
static const char *
value_of(const struct walk *w, struct span name)
{
	for (size_t i = 0; i < w->n; i++)
		if (span_eq(name, w->vars == NULL ? w->names[i] : w->vars[i].name))
			return w->vars == NULL ? "" : w->vars[i].value;
	return NULL;
}

static void
put_escaped(struct buf *out, const char *z)
{
	static const struct { char c; const char *as; } table[] = {
		{ '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" },
		{ '\'', "&#39;" },
	};

	for (; *z != '\0'; z++) {
		size_t i = 0;

		while (i < sizeof table / sizeof *table && table[i].c != *z)
			i++;
		if (i < sizeof table / sizeof *table)
			buf_addz(out, table[i].as);
		else
			buf_addc(out, *z);
	}
}

static enum status
section_begin(struct walk *w, struct span name, const char *value, bool when_filled)
{
	if (w->depth == DEPTH_MAX)
		return wrong(w, w->line, "sections nest too deep at", name);
	w->open[w->depth] = (struct open_section){ name, w->line,
		showing(w) && (value[0] != '\0') == when_filled };
	w->depth++;
	return ST_OK;
}

static enum status
section_end(struct walk *w, struct span name)
{
	struct span top = w->depth > 0 ? w->open[w->depth - 1].name : span_of("");

	if (top.n != name.n || memcmp(top.p, name.p, name.n) != 0)
		return wrong(w, w->line, "this section is not the open one:", name);
	w->depth--;
	return ST_OK;
}

/* Cut "{{…}}" off the front of *rest. */
static bool
take_tag(struct span *rest, enum tag *kind, struct span *name)
{
	const char *end = memmem(rest->p, rest->n, "}}", 2);
	struct span s;

	if (end == NULL)
		return false;
	s = span_from(rest->p + 2, (size_t)(end - rest->p) - 2);
	*rest = span_from(end + 2, rest->n - s.n - 4);
	*kind = TAG_VALUE;
	if (s.n > 0 && (s.p[0] == '#' || s.p[0] == '^' || s.p[0] == '/')) {
		*kind = s.p[0] == '#' ? TAG_IF : s.p[0] == '^' ? TAG_UNLESS : TAG_END;
		s = span_from(s.p + 1, s.n - 1);
	}
	*name = span_trim(s);
	return true;
}

static enum status
tag_do(struct walk *w, enum tag kind, struct span name)
{
	const char *value = value_of(w, name);

	if (value == NULL)
		return wrong(w, w->line, "unknown name", name);
	if (kind == TAG_END)
		return section_end(w, name);
	if (kind != TAG_VALUE)
		return section_begin(w, name, value, kind == TAG_IF);
	if (w->out == NULL || !showing(w))
		return ST_OK;
	if (w->kind == TEMPLATE_HTML)
		put_escaped(w->out, value);
	else
		buf_addz(w->out, value);
	return ST_OK;
}

static enum status
text_do(struct walk *w, struct span s)
{
	if (memmem(s.p, s.n, "}}", 2) != NULL)
		return wrong(w, w->line, "}} without {{", span_of(""));
	if (w->out != NULL && showing(w))
		buf_add(w->out, s);
	return ST_OK;
}

/* Nothing but section tags and blanks, and a tag at least. */
static bool
is_sections_only(struct span line)
{
	bool found = false;

	for (line = span_trim(line); line.n > 0; line = span_trim(line)) {
		enum tag kind;
		struct span name;

		if (line.n < 2 || memcmp(line.p, "{{", 2) != 0 ||
		    !take_tag(&line, &kind, &name) || kind == TAG_VALUE)
			return false;
		found = true;
	}
	return found;
}

static enum status
line_do(struct walk *w, struct span line, bool ended)
{
	bool silent = is_sections_only(line);

	while (line.n > 0) {
		const char *tag = memmem(line.p, line.n, "{{", 2);
		size_t before = tag == NULL ? line.n : (size_t)(tag - line.p);
		enum tag kind;
		struct span name;

		if (!silent && text_do(w, span_from(line.p, before)) != ST_OK)
			return w->f->st;
		line = span_from(line.p + before, line.n - before);
		if (line.n == 0)
			break;
		if (!take_tag(&line, &kind, &name))
			return wrong(w, w->line, "{{ without }} on its line", span_of(""));
		if (tag_do(w, kind, name) != ST_OK)
			return w->f->st;
	}
	if (ended && !silent && w->out != NULL && showing(w))
		buf_addc(w->out, '\n');
	return ST_OK;
}

static enum status
walk_text(struct walk *w, struct span text)
{
	struct span line, whole = text;

	while (span_line(&text, &line)) {
		w->line++;
		if (line_do(w, line, text.n > 0 || whole.p[whole.n - 1] == '\n') != ST_OK)
			return w->f->st;
	}
	if (w->depth > 0)
		return wrong(w, w->open[w->depth - 1].line, "section is not closed:",
		    w->open[w->depth - 1].name);
	return ST_OK;
}

/* The line of the first byte that is no UTF-8, or is NUL; 0 when all are good. */
static int
bad_line(struct span s)
{
	struct span line;
	int n = 0;

	while (span_line(&s, &line)) {
		n++;
		if (!utf8_valid(line) || memchr(line.p, '\0', line.n) != NULL)
			return n;
	}
	return 0;
}

enum status
template_check(struct span text, const char *const *names, size_t n, struct fault *f)
{
	struct walk w = { .names = names, .n = n, .f = f };
	int line = bad_line(text);

	if (line > 0)
		return wrong(&w, line, "not UTF-8 text", span_of(""));
	if (span_trim(text).n == 0)
		return wrong(&w, 1, "nothing in it", span_of(""));
	return walk_text(&w, text);
}

enum status
template_fill(struct span text, enum template_kind kind, const struct template_var *v,
    size_t n, struct buf *out, struct fault *f)
{
	struct walk w = { .vars = v, .n = n, .kind = kind, .out = out, .f = f };

	if (walk_text(&w, text) != ST_OK)
		return f->st;
	if (buf_full(out))
		return fault_set(f, ST_PERM, "the filled text is longer than %zu bytes",
		    out->max);
	return ST_OK;
}
