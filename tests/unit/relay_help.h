/* relay_help.h - the ways in which mail programs quote what they answer. */
#ifndef TESTS_RELAY_HELP_H
#define TESTS_RELAY_HELP_H

#include "arena.h"
#include "html.h"

#include <string.h>

#define WHO "Le mar. 24 nov. 2026 à 09:12, Bureau <bureau@ville.test> a écrit :\n"

static inline const char *
quoted(struct arena *a, const char *mark, const char *text)
{
	struct span rest = span_of(text), line;
	const char *z = "";

	while (span_line(&rest, &line))
		z = arena_printf(a, "%s%s%.*s\n", z, mark, (int)line.n, line.p);
	return z;
}

static inline const char *
as_quoted(struct arena *a, const char *own, const char *text)
{
	return arena_printf(a, "%s\n\n" WHO "\n%s", own, quoted(a, "> ", text));
}

static inline const char *
as_quoted_twice(struct arena *a, const char *own, const char *text)
{
	return arena_printf(a, "%s\n\n" WHO "%s", own, quoted(a, ">> ", text));
}

static inline const char *
as_outlook(struct arena *a, const char *own, const char *text)
{
	return arena_printf(a, "%s\n\n________________________________\n"
	    "De : Bureau <bureau@ville.test>\nEnvoyé : mardi 24 novembre 2026 09:12\n"
	    "À : karim@ville.test\nObjet : [BI-2026-00042] Logement\n\n%s", own, text);
}

static inline const char *
as_original(struct arena *a, const char *own, const char *text)
{
	return arena_printf(a, "%s\n\n-----Message d'origine-----\nDe : Bureau\n"
	    "Envoyé : mardi\nÀ : Karim\nObjet : [BI-2026-00042] Logement\n\n%s", own, text);
}

static inline const char *
as_bare(struct arena *a, const char *own, const char *text)
{
	return arena_printf(a, "%s\n\n%s", own, text);
}

/* One character after the other, broken after every word. */
static inline const char *
as_rewrapped(struct arena *a, const char *own, const char *text)
{
	char *z = arena_strdup(a, text);

	for (char *p = z; *p != '\0'; p++)
		if (*p == ' ')
			*p = '\n';
	return arena_printf(a, "%s\n\n" WHO "\n%s", own, quoted(a, "> ", z));
}

static inline const char *
replaced(struct arena *a, const char *z, const char *what, const char *by)
{
	const char *at, *out = "";

	while ((at = strstr(z, what)) != NULL) {
		out = arena_printf(a, "%s%.*s%s", out, (int)(at - z), z, by);
		z = at + strlen(what);
	}
	return arena_printf(a, "%s%s", out, z);
}

static inline const char *
as_escaped(struct arena *a, const char *own, const char *text)
{
	text = replaced(a, replaced(a, text, "é", "&eacute;"), "—", "&mdash;");
	return arena_printf(a, "%s\n\n&gt; %s", own, replaced(a, text, "\n", "\n&gt; "));
}

static inline const char *
as_broken_charset(struct arena *a, const char *own, const char *text)
{
	return as_quoted(a, own, replaced(a, replaced(a, text, "é", "\xc3\x83\xc2\xa9"), "—",
	    "?"));
}

static inline const char *
as_html(struct arena *a, const char *own, const char *text)
{
	const char *html = arena_printf(a, "<div>%s</div><div>" WHO
	    "</div><blockquote><pre>%s</pre></blockquote>", replaced(a, own, "\n", "<br>"),
	    replaced(a, text, "<", "&lt;"));

	return html_to_text(a, span_of(html), 1 << 20);
}

typedef const char *client(struct arena *a, const char *own, const char *text);
static client *const clients[] = {
	as_quoted, as_quoted_twice, as_outlook, as_original, as_bare, as_rewrapped, as_escaped,
	as_broken_charset, as_html,
};

#endif
