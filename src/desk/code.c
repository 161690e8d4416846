#include "code.h"

#include <stdio.h>
#include <string.h>

enum { LETTERS = 8, TEXT_MAX = 200 };

void
code_make(const unsigned char random[MSGID_RANDOM], char out[CODE_TEXT])
{
	static const char alphabet[] = "ABCDEFGHJKMNPQRTVWXY234567";
	uint64_t x;
	size_t n = 0;

	/* 64 bits for 26^8 values: the bias is less than one in 2^26. */
	memcpy(&x, random, sizeof x);
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
	static const char *const purposes[] = {
		[CODE_UNDO] = "annuler", [CODE_CONFIRM] = "confirmer",
	};
	char text[TEXT_MAX];
	int n = snprintf(text, sizeof text, "%s\n%s\n%s", purposes[what], code, agent);

	return mac_of(key, span_from(text, n < TEXT_MAX ? (size_t)n : sizeof text - 1));
}
