/* One field's value: encoded words, parameters, dates; and the folding of what comes out. */
#include "fold.h"
#include "fuzz.h"
#include "parse_int.h"
#include "rfc2047.h"

static void
fold_it(struct arena *a, struct span s)
{
	struct folded f;

	fold_text(a, s, &f);
	PROMISE(utf8_valid(f.text));
	for (size_t i = 0; i < f.text.n; i++) {
		struct span o = fold_origin(&f, i, i + 1);

		PROMISE(f.origin[i] <= f.origin[i + 1] && f.origin[i + 1] <= s.n);
		PROMISE(o.p >= f.original.p && o.p + o.n <= f.original.p + f.original.n);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct span s = fuzz_span(a, data, n);
	const char *words = rfc2047_decode(a, s, LIMIT_SUBJECT);
	struct params p;

	fuzz_promise_line(words, LIMIT_SUBJECT);
	fold_it(a, span_of(words));
	param_read(a, s, &p);
	PROMISE(p.n <= PARSE_PARAMS);
	fuzz_promise_line(param_get(a, &p, "filename", LIMIT_FILENAME), LIMIT_FILENAME);
	fuzz_promise_line(param_get(a, &p, "boundary", 70), 70);
	(void)parse_date(s);
	return 0;
}
