/* What intake takes from a reader that a stranger has broken into: an honest answer with some
 * bytes changed (first the number of changes, then place and value of each, then a mail), or
 * bytes of any kind. */
#include "codec.h"
#include "fuzz.h"
#include "parse.h"

enum { ANY = 255 };

int LLVMFuzzerInitialize(int *argc, char ***argv);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct fault f;

	(void)argc;
	(void)argv;
	PROMISE(parse_init(&f) == ST_OK);
	return 0;
}

static void
take(struct arena *a, struct span bytes)
{
	const struct mail *m;
	const struct verdict *v;
	struct buf again BUF_AUTO = { 0 };
	struct fault f;

	if (codec_get(a, bytes, &m, &v, &f) != ST_OK)
		return;
	buf_open(&again, 4 * LIMIT_ANSWER);
	codec_put(&again, m, v);
	PROMISE(again.n == bytes.n && memcmp(again.z, bytes.p, bytes.n) == 0);
}

static void
answer(struct arena *a, struct span raw, struct buf *out)
{
	struct score score = { "logement", 6 };
	struct hit hit = { "R_EXPULSION", "logement", 6, HIT_BODY, "expulsée", false };
	struct verdict v = { .category = "logement", .cats = &score, .ncats = 1,
	    .quartier = "", .hits = &hit, .nhits = 1 };
	struct mail m;
	struct fault f;

	if (parse_mail(a, raw, PARSE_BYTES, &m, &f) == ST_OK)
		codec_put(out, &m, &v);
	else
		codec_put(out, NULL, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct buf b BUF_AUTO = { 0 };
	size_t edits, head;

	if (n > 0 && data[0] == ANY) {
		take(a, fuzz_span(a, data + 1, n - 1));
		return 0;
	}
	edits = n == 0 ? 0 : data[0] % 16;
	head = n == 0 ? 0 : 1 + 3 * edits;
	if (head > n)
		return 0;
	buf_open(&b, LIMIT_ANSWER);
	answer(a, fuzz_span(a, data + head, n - head), &b);
	for (size_t i = 0; i < edits; i++) {
		const uint8_t *e = data + 1 + 3 * i;

		b.z[((size_t)e[0] << 8 | e[1]) % b.n] = (char)e[2];
	}
	take(a, fuzz_span(a, (const uint8_t *)b.z, b.n));
	return 0;
}
