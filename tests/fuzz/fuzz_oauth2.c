/* What a token service answers. */
#include "fuzz.h"
#include "oauth2.h"

static const long codes[] = { 200, 200, 400, 401, 302, 429, 503, 0 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct oauth2_token t;
	struct fault f = { 0 };
	enum status st;

	if (n == 0)
		return 0;
	st = oauth2_answer(a, codes[data[0] % 8], fuzz_span(a, data + 1, n - 1), &t, &f);
	PROMISE(st == ST_OK || st == ST_TEMP || st == ST_PERM);
	if (st != ST_OK) {
		for (const char *p = f.text; *p != '\0'; p++)
			PROMISE(*p >= ' ' && *p < 0x7f);
		return 0;
	}
	PROMISE(t.access[0] != '\0' && strlen(t.access) <= OAUTH2_ACCESS_MAX);
	PROMISE(strlen(t.refresh) <= OAUTH2_REFRESH_MAX);
	PROMISE(t.life >= OAUTH2_LIFE_MIN && t.life <= OAUTH2_LIFE_MAX);
	/* What XOAUTH2 and our file frame. */
	for (const char *p = t.access; *p != '\0'; p++)
		PROMISE(*p > ' ' && *p < 0x7f);
	for (const char *p = t.refresh; *p != '\0'; p++)
		PROMISE(*p > ' ' && *p < 0x7f);
	return 0;
}
