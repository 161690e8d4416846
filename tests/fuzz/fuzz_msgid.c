/* References, In-Reply-To, Message-ID; and nobody forges one of ours. */
#include "fuzz.h"
#include "msgid.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct span key = span_of("an example key of thirty-two byte"), s = fuzz_span(a, data, n);
	const char *first = msgid_first(a, s);
	struct msgids out;

	msgid_list(a, s, &out);
	PROMISE(out.n <= LIMIT_MSGIDS && (out.n > 0) == (first[0] != '\0'));
	PROMISE(out.n == 0 || out.n == LIMIT_MSGIDS || strcmp(out.v[0], first) == 0);
	for (size_t i = 0; i < out.n; i++) {
		size_t len = strlen(out.v[i]);

		PROMISE(len >= 5 && len <= LIMIT_MSGID);
		PROMISE(out.v[i][0] == '<' && out.v[i][len - 1] == '>');
		for (size_t k = 0; k < len; k++)
			PROMISE(out.v[i][k] > ' ' && out.v[i][k] < 0x7f);
		PROMISE(!msgid_is_ours(key, out.v[i]));
		(void)msgid_token(a, out.v[i]);
	}
	PROMISE(!msgid_is_ours(key, arena_span(a, s)));
	return 0;
}
