/* relay_words.c - the subject of an answer, and the sentences of ours that it must not hold. */
#include "relay_int.h"

#include "buf.h"
#include "utf8.h"

#include <string.h>

enum { PHRASE_MIN = 40, PREFIXES_MAX = 20 };

/* --- subject ------------------------------------------------------------------------- */

/* Bytes of one "Re:", "RE[2] :", "Ré :" at s; 0 when there is none. */
static size_t
prefix_at(struct span s)
{
	static const char *const words[] = { "re", "r\xc3\xa9", "r\xc3\x89", "aw", "sv",
	    "antw" };
	size_t n = 0;

	for (size_t i = 0; n == 0 && i < sizeof words / sizeof *words; i++)
		n = span_istarts(s, words[i]) ? strlen(words[i]) : 0;
	if (n == 0)
		return 0;
	if (n < s.n && s.p[n] == '[')
		n += 1 + strspn(s.p + n + 1, "0123456789]");
	while (n < s.n && strchr(" \xc2\xa0\xe2\x80\xaf", s.p[n]) != NULL)
		n++;
	return n < s.n && s.p[n] == ':' ? n + 1 : 0;
}

/* Bytes of a tag "[BI-2026-00042]" at s; 0 when it is none. */
static size_t
tag_at(struct span s)
{
	size_t n = 1, k;

	if (s.n == 0 || s.p[0] != '[')
		return 0;
	k = n;
	while (n < s.n && ((s.p[n] | 0x20) >= 'a' && (s.p[n] | 0x20) <= 'z'))
		n++;
	if (n == k || n - k > 10 || n >= s.n || s.p[n++] != '-')
		return 0;
	k = strspn(s.p + n, "0123456789");
	if (k != 4 || s.p[n + k] != '-')
		return 0;
	n += k + 1;
	k = strspn(s.p + n, "0123456789");
	return k > 0 && s.p[n + k] == ']' ? n + k + 1 : 0;
}

static struct span
without_prefixes(struct span s)
{
	for (int k = 0; k < PREFIXES_MAX; k++) {
		size_t n;

		s = span_trim(s);
		n = prefix_at(s);
		n = n > 0 ? n : tag_at(s);
		if (n == 0)
			break;
		s = span_from(s.p + n, s.n - n);
	}
	return s;
}

const char *
relay_subject(struct arena *a, const char *subject, const char *ref, bool sensitive)
{
	BUF_AUTO struct buf clean, b;
	struct span s;

	buf_open(&clean, strlen(subject) * 3 + 1);
	buf_open(&b, strlen(subject) * 3 + 1);
	if (sensitive)
		return "Votre message à la mairie";
	utf8_clean(&clean, span_of(subject), UTF8_ONE_LINE);
	s = without_prefixes(buf_span(&clean));
	while (s.n > 0) {
		size_t n = tag_at(s);

		if (n == 0)
			buf_addc(&b, s.p[0]);
		n = n > 0 ? n : 1;
		s = span_from(s.p + n, s.n - n);
	}
	s = span_trim(buf_span(&b));
	if (s.n > RELAY_SUBJECT)
		s.n = utf8_floor(s, RELAY_SUBJECT);
	return s.n == 0 ? arena_printf(a, "Re: Votre message [%s]", ref) :
	    arena_printf(a, "Re: %.*s [%s]", (int)s.n, s.p, ref);
}

/* --- our sentences ------------------------------------------------------------------- */

struct phrases { const char **v; size_t n; };

static void
add_lines(struct arena *a, struct phrases *out, const char *text)
{
	struct span rest = span_of(text), line;

	while (out->n < RELAY_PHRASES && span_line(&rest, &line)) {
		struct span letters = relay_letters(a, line);
		bool known = false;

		for (size_t i = 0; i < out->n; i++)
			known |= strcmp(out->v[i], letters.p) == 0;
		if (letters.n >= PHRASE_MIN && !known && !marker_find(line).found)
			out->v[out->n++] = letters.p;
	}
}

/* Every name is a line end, or nothing: what is left of a line is the same for all tickets. */
static void
add_template(struct arena *a, const struct texts *t, const char *name, struct phrases *out)
{
	static const char *const values[] = { "\n", "" };
	size_t n = texts_agent_names_count();
	struct template_var *v = arena_new(a, struct template_var, n);

	for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
		const char *text;
		struct fault f;

		for (size_t i = 0; i < n; i++)
			v[i] = (struct template_var){ texts_agent_names[i], values[k] };
		if (texts_fill(t, a, name, v, n, &text, &f) == ST_OK)
			add_lines(a, out, text);
	}
}

size_t
relay_phrases(struct arena *a, const struct texts *t, const char *const **out)
{
	static const char *const names[] = {
		"avis", "avis-groupe", "avis-reponse", "alerte", "alerte-rappel", "matin",
		    "retour", "urgences", "a-voir", "confirmation", "rappel", "confie",
	};
	struct phrases p = { arena_new(a, const char *, RELAY_PHRASES), 0 };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		add_template(a, t, names[i], &p);
	*out = p.v;
	return p.n;
}
