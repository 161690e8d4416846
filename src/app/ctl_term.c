/* ctl_term.c - what a person sees: colours, width and a progress bar, on a terminal only. */
#include "ctl.h"

#include "clock.h"
#include "utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	WIDTH_USUAL = 80, WIDTH_LEAST = 24, WIDTH_MOST = 240, LABEL_COLUMNS = 10,
	BAR_MS = 100, BAR_COLUMNS = 30,
};

static bool
is_dumb(void)
{
	const char *term = getenv("TERM");

	return term == NULL || term[0] == '\0' || strcmp(term, "dumb") == 0;
}

/* https://no-color.org: set and not empty. */
static bool
wants_no_colour(void)
{
	const char *z = getenv("NO_COLOR");

	return z != NULL && z[0] != '\0';
}

void
ctl_term_open(struct ctl *c)
{
	struct winsize w = { 0 };
	size_t columns = WIDTH_USUAL;

	if (!isatty(STDOUT_FILENO))
		return;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0)
		columns = w.ws_col;
	c->width = columns < WIDTH_LEAST ? WIDTH_LEAST : columns > WIDTH_MOST ? WIDTH_MOST :
	    columns;
	c->colour = !is_dumb() && !wants_no_colour();
}

void
ctl_style(struct ctl *c, enum ctl_style s)
{
	static const char *const escapes[] = {
		[STYLE_NONE] = "\033[0m", [STYLE_BOLD] = "\033[1m", [STYLE_DIM] = "\033[2m",
		[STYLE_GOOD] = "\033[32m", [STYLE_WARN] = "\033[33m",
		[STYLE_BAD] = "\033[1;31m",
	};

	if (c->colour)
		buf_addz(&c->out, escapes[s]);
}

/* ---- columns ---- */

/* Close to what terminals do: marks take none, ideographs and pictures two. */
static size_t
columns_of(uint32_t cp)
{
	static const struct { uint32_t from, to; size_t n; } ranges[] = {
		{ 0x300, 0x36f, 0 }, { 0x483, 0x489, 0 }, { 0x591, 0x5bd, 0 },
		{ 0x610, 0x61a, 0 },
		{ 0x64b, 0x65f, 0 }, { 0x1100, 0x115f, 2 }, { 0x20d0, 0x20f0, 0 },
		{ 0x2e80, 0xa4cf, 2 }, { 0xac00, 0xd7a3, 2 }, { 0xe000, 0xe001, 0 },
		{ 0xf900, 0xfaff, 2 },
		{ 0xfe00, 0xfe0f, 0 }, { 0xfe30, 0xfe6f, 2 }, { 0xff00, 0xff60, 2 },
		{ 0x1f300, 0x1faff, 2 }, { 0x20000, 0x3fffd, 2 },
	};

	for (size_t i = 0; i < sizeof ranges / sizeof *ranges && ranges[i].from <= cp; i++)
		if (cp <= ranges[i].to)
			return ranges[i].n;
	return 1;
}

size_t
ctl_columns(const char *z)
{
	struct span s = span_of(z);
	size_t n, columns = 0;
	uint32_t cp;

	for (; (n = utf8_next(s, &cp)) > 0; s = span_from(s.p + n, s.n - n))
		columns += columns_of(cp);
	return columns;
}

static void
clean(struct buf *b, const char *z, size_t max)
{
	struct span s = span_of(z);

	buf_open(b, max);
	utf8_clean(b, span_from(s.p, utf8_floor(s, max / 4)), UTF8_ONE_LINE);
}

void
ctl_cell(struct buf *b, const char *z, size_t columns)
{
	struct buf line BUF_AUTO;
	struct span s;
	size_t used = 0, n;
	uint32_t cp;

	clean(&line, z, 4 * 4096);
	s = buf_span(&line);
	while ((n = utf8_next(s, &cp)) > 0 && used + columns_of(cp) <= columns) {
		buf_add(b, span_from(s.p, n));
		s = span_from(s.p + n, s.n - n);
		used += columns_of(cp);
	}
	while (used++ < columns)
		buf_addc(b, ' ');
}

void
ctl_line(struct buf *b, const char *z, size_t columns)
{
	size_t from = b->n;

	ctl_cell(b, z, columns);
	while (b->n > from && b->z[b->n - 1] == ' ')
		buf_cut(b, b->n - 1);
}

static void
indent_to(struct buf *b, size_t indent)
{
	buf_addc(b, '\n');
	for (size_t i = 0; i < indent; i++)
		buf_addc(b, ' ');
}

/* A word wider than a line is broken where the line ends. */
static void
word_add(struct ctl *c, struct span w, size_t indent, size_t *at)
{
	size_t n, wide = ctl_columns(arena_span(c->a, w));
	uint32_t cp;

	if (*at > indent && *at + 1 + wide > c->width) {
		indent_to(&c->out, indent);
		*at = indent;
	} else if (*at > indent) {
		buf_addc(&c->out, ' ');
		(*at)++;
	}
	for (; (n = utf8_next(w, &cp)) > 0; w = span_from(w.p + n, w.n - n)) {
		if (*at + columns_of(cp) > c->width && *at > indent) {
			indent_to(&c->out, indent);
			*at = indent;
		}
		buf_add(&c->out, span_from(w.p, n));
		*at += columns_of(cp);
	}
}

void
ctl_wrap(struct ctl *c, const char *z, size_t indent)
{
	struct buf line BUF_AUTO;
	struct span rest, w;
	size_t at = indent;

	clean(&line, z, 4 * 64 * 1024);
	rest = buf_span(&line);
	if (c->width == 0 || indent + WIDTH_LEAST / 2 > c->width) {
		buf_add(&c->out, rest);
		return;
	}
	while (span_cut(&rest, ' ', &w))
		if (w.n > 0)
			word_add(c, w, indent, &at);
}

void
ctl_field(struct ctl *c, const char *label, const char *value)
{
	if (value[0] == '\0')
		return;
	ctl_style(c, STYLE_DIM);
	ctl_cell(&c->out, label, LABEL_COLUMNS);
	ctl_style(c, STYLE_NONE);
	ctl_wrap(c, value, LABEL_COLUMNS);
	buf_addc(&c->out, '\n');
}

/* ---- how far it is ---- */

static void
bar_erase(struct ctl *c)
{
	if (c->bar)
		(void)fputs("\r\033[K", stderr);
	c->bar = false;
}

void
ctl_progress(struct ctl *c, int64_t done, int64_t all)
{
	int64_t now = clock_mono_ms();
	int filled = all > 0 ? (int)(done * BAR_COLUMNS / all) : 0;

	if (c->bar_at == 0)
		c->bar_at = now;
	if (done >= all) {
		bar_erase(c);
		return;
	}
	if (now - c->bar_at < BAR_MS || is_dumb() || !isatty(STDERR_FILENO))
		return;
	c->bar_at = now;
	c->bar = true;
	(void)fprintf(stderr, "\r[%-*.*s] %lld of %lld", BAR_COLUMNS, filled,
	    "##############################", (long long)done, (long long)all);
}

void
ctl_flush(struct ctl *c)
{
	bar_erase(c);
	(void)fwrite(c->out.z, 1, c->out.n, stdout);
	buf_reset(&c->out);
}

int
ctl_fail(struct ctl *c, int rc)
{
	bar_erase(c);
	(void)fprintf(stderr, "bureauctl: %s\n", c->f.text);
	return rc;
}
