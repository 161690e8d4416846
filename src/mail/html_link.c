#include "html_int.h"

#include "utf8.h"

#include <string.h>
#include <strings.h>

static bool
url_worth(struct span u)
{
	static const char *const schemes[] = { "http:", "https:", "mailto:", "tel:", "ftp:" };

	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (span_istarts(u, schemes[i]))
			return u.n <= HTML_URL_MAX;
	return false;
}

static size_t
url_decode(struct span u, char z[HTML_URL_MAX])
{
	static const char hex[] = "0123456789ABCDEF";
	struct buf one;
	size_t n = 0, len;
	uint32_t cp;

	buf_open(&one, 4);
	while (u.n > 0 && n + 4 <= HTML_URL_MAX) {
		if (u.p[0] > ' ' && u.p[0] < 0x7f && strchr("&<>", u.p[0]) == NULL) {
			z[n++] = *u.p++;
			u.n--;
			continue;
		}
		len = u.p[0] == '&' ? html_entity(u, HTML_IN_VALUE, &cp) : 0;
		if (len == 0)
			len = utf8_next(u, &cp);
		if (cp > ' ' && cp != '<' && cp != '>' && !utf8_hidden(cp)) {
			buf_reset(&one);
			utf8_put(&one, cp);
			memcpy(z + n, one.z, one.n);
			n += one.n;
		} else if (cp == ' ' || cp == '<' || cp == '>') {
			z[n++] = '%';
			z[n++] = hex[cp >> 4];
			z[n++] = hex[cp & 15];
		}
		u.p += len;
		u.n -= len;
	}
	buf_close(&one);
	return n;
}

static struct span
url_bare(struct span u)
{
	static const char *const heads[] = { "mailto:", "tel:", "https://", "http://", "www." };

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (span_istarts(u, heads[i])) {
			u.p += strlen(heads[i]);
			u.n -= strlen(heads[i]);
		}
	if (u.n > 0 && u.p[u.n - 1] == '/')
		u.n--;
	return u;
}

size_t
html_url(struct span href, struct span words, char out[HTML_URL_MAX])
{
	struct span bare;
	size_t n;

	href = span_trim(href);
	words = url_bare(span_trim(words));
	if (words.n == 0 || !url_worth(href))
		return 0;
	n = url_decode(href, out);
	bare = url_bare(span_from(out, n));
	return words.n == bare.n && strncasecmp(words.p, bare.p, bare.n) == 0 ? 0 : n;
}
