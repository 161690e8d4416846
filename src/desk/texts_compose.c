/* texts_compose.c - one text out of several: pieces, then the whole, then its lines. */
#include "texts_int.h"

#include "limits.h"

#include <string.h>

static enum status
fill_any(const struct texts *t, struct arena *a, const char *name, const struct template_var *v,
    size_t n, size_t max, const char **out, struct fault *f)
{
	const struct text *text = texts_find(t, name);
	BUF_AUTO struct buf b;
	struct fault inner;

	buf_open(&b, max);
	if (text == NULL)
		return fault_set(f, ST_PERM, "no template %s", name);
	if (template_fill(text->body, TEMPLATE_TEXT, v, n, &b, &inner) != ST_OK)
		return fault_set(f, ST_PERM, "%s" TEXTS_SUFFIX ": %s", name, inner.text);
	*out = arena_span(a, span_trim(buf_span(&b)));
	return ST_OK;
}

static enum status
fill(const struct texts *t, struct arena *a, const char *name, const struct template_var *v,
    const char **out, struct fault *f)
{
	return fill_any(t, a, name, v, TEXTS_NAME_COUNT, TEXTS_BODY_BYTES, out, f);
}

/* Sections that fell away leave empty lines one behind the other: one is enough. */
static const char *
tidied(struct arena *a, const char *z)
{
	BUF_AUTO struct buf b;
	struct span rest = span_of(z), line;
	bool blank = true;

	buf_open(&b, TEXTS_BODY_BYTES + 1);
	while (span_line(&rest, &line)) {
		bool now = span_trim(line).n == 0;

		if (!now)
			buf_add(&b, line);
		if (!now || !blank)
			buf_addc(&b, '\n');
		blank = now;
	}
	return arena_span(a, buf_span(&b));
}

static bool
is_right_to_left(const char *lang)
{
	static const char *const rtl[] = { "ar", "fa", "he", "ps", "ur" };

	for (size_t i = 0; i < sizeof rtl / sizeof *rtl; i++)
		if (strcmp(lang, rtl[i]) == 0)
			return true;
	return false;
}

/* Inside right-to-left words: isolated (U+2066, U+2069), and with no-break spaces, which
 * keep the parts of a phone number in order even where isolates are not understood (as
 * common separators, UAX #9 W4). */
static const char *
isolated(struct arena *a, const char *z)
{
	BUF_AUTO struct buf b;

	buf_open(&b, TEXTS_BODY_BYTES);
	if (z[0] == '\0')
		return "";
	buf_addz(&b, "\xe2\x81\xa6");
	for (; *z != '\0'; z++)
		if (*z == ' ')
			buf_addz(&b, "\xc2\xa0");
		else
			buf_addc(&b, *z);
	buf_addz(&b, "\xe2\x81\xa9");
	return arena_span(a, buf_span(&b));
}

/* A mark (U+200F) at the head of each line: clients that guess a line's direction from its
 * first letter then guess right. */
static const char *
marked_right_to_left(struct arena *a, const char *z)
{
	BUF_AUTO struct buf b;
	struct span rest = span_of(z), line;

	buf_open(&b, TEXTS_BODY_BYTES);
	while (span_line(&rest, &line)) {
		if (line.n > 0)
			buf_addz(&b, "\xe2\x80\x8f");
		buf_add(&b, line);
		buf_addc(&b, '\n');
	}
	return arena_span(a, span_trim(buf_span(&b)));
}

/* Both halves of bilingue-LANG: the pointer at the top, and the twin. */
static enum status
twin(const struct texts *t, struct arena *a, const char *lang, struct template_var *v,
    struct fault *f)
{
	const char *file = arena_printf(a, TEXTS_TWIN "%s", lang);
	struct template_var own[TEXTS_NAME_COUNT];
	bool rtl = is_right_to_left(lang);

	if (texts_find(t, file) == NULL)
		return ST_OK;
	for (int i = 0; i < TEXTS_NAME_COUNT; i++) {
		own[i] = v[i];
		if (rtl)
			own[i].value = isolated(a, v[i].value);
	}
	own[TEXTS_RENVOI].value = "";
	if (fill(t, a, file, own, &v[TEXTS_AUTRE_LANGUE].value, f) != ST_OK)
		return f->st;
	own[TEXTS_RENVOI].value = "oui";
	if (fill(t, a, file, own, &v[TEXTS_RENVOI].value, f) != ST_OK)
		return f->st;
	if (rtl) {
		v[TEXTS_RENVOI].value = marked_right_to_left(a, v[TEXTS_RENVOI].value);
		v[TEXTS_AUTRE_LANGUE].value = marked_right_to_left(a,
		    v[TEXTS_AUTRE_LANGUE].value);
	}
	return ST_OK;
}

enum status
texts_compose(const struct texts *t, struct arena *a, const char *name, const char *lang,
    struct template_var *v, const char **out, struct fault *f)
{
	if (twin(t, a, lang, v, f) != ST_OK)
		return f->st;
	for (const struct texts_piece *p = texts_pieces; p < texts_pieces + TEXTS_PIECES; p++)
		if (fill(t, a, p->file, v, &v[p->name].value, f) != ST_OK)
			return f->st;
	if (fill(t, a, name, v, out, f) != ST_OK)
		return f->st;
	*out = tidied(a, *out);
	return ST_OK;
}

static const char *
given(const struct template_var *v, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].name, name) == 0)
			return v[i].value;
	return "";
}

/* A name that the caller does not give is absent, which is the empty text. */
enum status
texts_fill(const struct texts *t, struct arena *a, const char *name,
    const struct template_var *v, size_t n, const char **out, struct fault *f)
{
	bool outward = texts_is_for_citizens(name);
	bool letter = texts_is_letter(name);
	const char *const *names = outward ? texts_names :
	    letter ? texts_letter_names : texts_agent_names;
	size_t count = outward ? TEXTS_NAME_COUNT :
	    letter ? texts_letter_names_count() : texts_agent_names_count();
	struct template_var *all = arena_new(a, struct template_var, count);

	for (size_t i = 0; i < count; i++) {
		all[i].name = names[i];
		all[i].value = given(v, n, all[i].name);
	}
	if (outward)
		return texts_compose(t, a, name, "", all, out, f);
	return fill_any(t, a, name, all, count, LIMIT_TEXT, out, f);
}
