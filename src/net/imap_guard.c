#include "imap_guard.h"

#include <string.h>
#include <strings.h>

static bool
word_is(const char *p, size_t n, const char *word)
{
	return strlen(word) == n && strncasecmp(p, word, n) == 0;
}

/* A status line holds free text: a "{5}" at its end announces nothing (RFC 3501 7.1). */
static bool
is_status(const struct imap_guard *g)
{
	static const char *const words[] = { "OK", "NO", "BAD", "BYE", "PREAUTH" };
	const char *word = memchr(g->head, ' ', g->head_n), *end;
	size_t left;

	if (g->head_n > 0 && g->head[0] == '+')
		return true;
	if (word == NULL)
		return false;
	word++;
	left = g->head_n - (size_t)(word - g->head);
	end = memchr(word, ' ', left);
	if (end != NULL)
		left = (size_t)(end - word);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (word_is(word, left, words[i]))
			return true;
	return false;
}

static bool
ends_in(const struct imap_guard *g, size_t n, const char *with)
{
	size_t m = strlen(with);

	return n >= m && strncasecmp(g->tail + n - m, with, m) == 0;
}

/* The number of "{n}" or "{n+}" at the end of the line; false: none. */
static bool
literal_of(const struct imap_guard *g, size_t n, uint64_t *out)
{
	uint64_t v = 0, unit = 1;
	size_t i = n - 1;

	if (n < 3 || g->tail[i] != '}')
		return false;
	i -= g->tail[i - 1] == '+';
	while (i > 0 && g->tail[i - 1] >= '0' && g->tail[i - 1] <= '9') {
		i--;
		v += unit * (uint64_t)(g->tail[i] - '0');
		unit = unit < UINT64_C(1000000000000000) ? unit * 10 : unit;
	}
	*out = v;
	return i > 0 && g->tail[i - 1] == '{' && unit > 1;
}

static const char *
line_end(struct imap_guard *g, uint64_t left)
{
	size_t n = g->tail_n;
	bool status = is_status(g);
	uint64_t size;

	while (n > 0 && (g->tail[n - 1] == '\r' || g->tail[n - 1] == ' '))
		n--;
	if (status && (ends_in(g, n, "[ALERT]") || ends_in(g, n, "[PARSE]")))
		return "a response code without its text";
	g->tail_n = 0;
	if (!status && literal_of(g, n, &size)) {
		if (size > left)
			return "a literal over the budget";
		g->literal = size;
		return NULL;
	}
	g->head_n = 0;
	g->depth = 0;
	return ++g->lines > IMAP_GUARD_LINES ? "more lines than a command may answer" : NULL;
}

static const char *
char_add(struct imap_guard *g, char c)
{
	if (c == '(' && ++g->depth > IMAP_GUARD_DEPTH)
		return "lists nested too deep";
	if (c == ')' && g->depth > 0)
		g->depth--;
	if (g->tail_n == IMAP_GUARD_TAIL) {
		memmove(g->tail, g->tail + IMAP_GUARD_TAIL / 2, IMAP_GUARD_TAIL / 2);
		g->tail_n = IMAP_GUARD_TAIL / 2;
	}
	g->tail[g->tail_n++] = c;
	if (g->head_n < IMAP_GUARD_HEAD)
		g->head[g->head_n++] = c;
	return NULL;
}

const char *
imap_guard(struct imap_guard *g, struct span s, uint64_t left)
{
	const char *why;

	for (size_t i = 0; i < s.n;) {
		if (g->literal > 0) {
			size_t n = g->literal < s.n - i ? (size_t)g->literal : s.n - i;

			g->literal -= n;
			i += n;
			continue;
		}
		why = s.p[i] == '\n' ? line_end(g, left - i - 1) : char_add(g, s.p[i]);
		i++;
		if (why != NULL)
			return why;
	}
	return NULL;
}
