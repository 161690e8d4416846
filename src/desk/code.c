#include "code.h"

#include <stdio.h>
#include <string.h>

enum { LETTERS = 8, TEXT_MAX = 200 };

static struct sha256
keyed(struct span key, const char *begin, enum code_for what, const char *code, const char *agent)
{
	static const char *const purposes[] = {
		[CODE_UNDO] = "annuler", [CODE_CONFIRM] = "confirmer",
	};
	char text[TEXT_MAX];
	int n = snprintf(text, sizeof text, "%s%s\n%s\n%s", begin, purposes[what], code, agent);

	return mac_of(key, span_from(text, n < TEXT_MAX ? (size_t)n : sizeof text - 1));
}

void
code_make(struct span key, enum code_for what, const char *agent,
    const unsigned char random[MSGID_RANDOM], char out[CODE_TEXT])
{
	static const char alphabet[] = "ABCDEFGHJKMNPQRTVWXY234567";
	char hex[2 * MSGID_RANDOM + 1];
	struct sha256 mac;
	uint64_t x;
	size_t n = 0;

	hex_put(random, MSGID_RANDOM, hex);
	mac = keyed(key, "code\n", what, hex, agent);
	/* 64 bits for 26^8 values: the bias is less than one in 2^26. */
	memcpy(&x, mac.b, sizeof x);
	for (int i = 0; i < LETTERS; i++, x /= sizeof alphabet - 1) {
		if (i == LETTERS / 2)
			out[n++] = '-';
		out[n++] = alphabet[x % (sizeof alphabet - 1)];
	}
	out[n] = '\0';
}

struct sha256
code_digest(struct span key, enum code_for what, const char *agent, const char *code)
{
	return keyed(key, "", what, code, agent);
}
