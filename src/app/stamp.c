#include "stamp.h"

#include "mac.h"

#include <string.h>

enum { MAC_HEX = 2 * SHA256_BYTES };

static const char mark[] = " mac=";

static void
mac_hex(struct arena *a, struct span key, const char *field, struct span text,
    char out[MAC_HEX + 1])
{
	const struct sha256 mac = mac_of(key, span_of(arena_printf(a, "%s\n%.*s", field, (int)text.n,
	    text.p)));

	sha256_hex(&mac, out);
}

const char *
stamp_make(struct arena *a, struct span key, const char *field, const char *text)
{
	char hex[MAC_HEX + 1];

	mac_hex(a, key, field, span_of(text), hex);
	return arena_printf(a, "%s%s%s", text, mark, hex);
}

/* One line with single blanks, however a server has folded it. */
static struct span
unfolded(struct arena *a, struct span s)
{
	char *z = arena_span(a, span_trim(s));
	size_t n = 0;

	for (size_t i = 0; z[i] != '\0'; i++) {
		char c = strchr("\r\n\t", z[i]) != NULL ? ' ' : z[i];

		if (c != ' ' || (n > 0 && z[n - 1] != ' '))
			z[n++] = c;
	}
	return span_from(z, n);
}

bool
stamp_open(struct arena *a, struct span key, const char *field, struct span raw,
    struct span *text_out)
{
	const char *colon = memchr(raw.p, ':', raw.n);
	struct span line, text;
	char hex[MAC_HEX + 1];

	if (colon == NULL)
		return false;
	line = unfolded(a, span_from(colon + 1, raw.n - (size_t)(colon + 1 - raw.p)));
	if (line.n < MAC_HEX + sizeof mark - 1)
		return false;
	text = span_from(line.p, line.n - MAC_HEX - (sizeof mark - 1));
	if (memcmp(text.p + text.n, mark, sizeof mark - 1) != 0)
		return false;
	mac_hex(a, key, field, text, hex);
	*text_out = text;
	return mac_same(span_of(hex), span_from(line.p + line.n - MAC_HEX, MAC_HEX));
}
