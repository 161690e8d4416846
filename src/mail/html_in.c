#include "html_int.h"

#include <string.h>
#include <strings.h>

const char *
html_find(struct html_in *in, enum html_mark m, const char *from)
{
	static const char *const what[] = { "\"", "'", ">", "-->" };
	const char *hit;

	if (in->missing[m])
		return NULL;
	hit = what[m][1] == '\0' ? memchr(from, what[m][0], (size_t)(in->end - from)) :
	    memmem(from, (size_t)(in->end - from), what[m], strlen(what[m]));
	in->missing[m] = hit == NULL;
	return hit;
}

static const char *
skip_blanks(const char *p, const char *end)
{
	while (p < end && (html_blank(*p) || *p == '/'))
		p++;
	return p;
}

static const char *
attr_value(struct html_in *in, const char *p, struct span *value)
{
	const char *from, *close = NULL;

	while (p < in->end && html_blank(*p))
		p++;
	if (p < in->end && (*p == '"' || *p == '\''))
		close = html_find(in, *p == '"' ? HTML_DOUBLE_QUOTE : HTML_SINGLE_QUOTE,
		    p + 1);
	if (close != NULL) {
		*value = span_from(p + 1, (size_t)(close - p - 1));
		return close + 1;
	}
	for (from = p; p < in->end && !html_blank(*p) && *p != '>'; p++)
		continue;
	*value = span_from(from, (size_t)(p - from));
	return p;
}

static void
attr_keep(struct html_attrs *at, struct span name, struct span value)
{
	const struct { const char *name; size_t n; struct span *to; } known[] = {
		{ "href", 4, &at->href }, { "style", 5, &at->style },
		{ "class", 5, &at->class }, { "alt", 3, &at->alt }, { "type", 4, &at->type },
	};

	if (name.n == 6 && span_ieq(name, "hidden"))
		at->hidden = true;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].n == name.n && known[i].to->n == 0 &&
		    span_ieq(name, known[i].name))
			*known[i].to = value;
}

const char *
html_attrs_read(struct html_in *in, const char *p, struct html_attrs *at)
{
	const struct span none = { "", 0 };

	*at = (struct html_attrs){ none, none, none, none, none, false };
	while ((p = skip_blanks(p, in->end)) < in->end && *p != '>') {
		struct span name = { p, 1 }, value = { "", 0 };

		while (++p < in->end && !html_blank(*p) && *p != '>' && *p != '/' && *p != '=')
			name.n++;
		while (p < in->end && html_blank(*p))
			p++;
		if (p < in->end && *p == '=')
			p = attr_value(in, p + 1, &value);
		attr_keep(at, name, value);
	}
	return p < in->end ? p + 1 : p;
}

/* Where there is no end tag, only the start tag is left out: a broken style must not swallow
 * a mail. */
const char *
html_raw_skip(struct html_in *in, const char *p, int tag)
{
	const char *name = html_tags[tag].name, *q = p;
	size_t n = strlen(name);

	if (in->raw_missing[tag])
		return p;
	while ((q = memmem(q, (size_t)(in->end - q), "</", 2)) != NULL) {
		q += 2;
		if ((size_t)(in->end - q) <= n || strncasecmp(q, name, n) != 0)
			continue;
		q = memchr(q, '>', (size_t)(in->end - q));
		return q == NULL ? in->end : q + 1;
	}
	in->raw_missing[tag] = true;
	return p;
}

const char *
html_declaration_end(struct html_in *in, const char *p)
{
	bool comment = in->end - p >= 4 && memcmp(p, "<!--", 4) == 0;
	const char *q = NULL;

	if (comment && (q = html_find(in, HTML_COMMENT, p + 2)) != NULL)
		return q + 3;
	q = html_find(in, HTML_GREATER, p);
	return q == NULL ? NULL : q + 1;
}
