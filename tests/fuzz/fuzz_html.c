/* HTML to text, within its limit; nothing hidden comes through. */
#include "fuzz.h"
#include "html.h"

enum { SMALL = 100 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct span html = fuzz_text(a, fuzz_span(a, data, n));
	struct span all = span_of(html_to_text(a, html, LIMIT_TEXT));
	struct span cut = span_of(html_to_text(a, html, SMALL));

	PROMISE(all.n <= LIMIT_TEXT && utf8_valid(all));
	PROMISE(cut.n <= SMALL && cut.n <= all.n && memcmp(cut.p, all.p, cut.n) == 0);
	for (struct span s = all; s.n > 0; ) {
		uint32_t cp;
		size_t len = utf8_next(s, &cp);

		PROMISE(!utf8_hidden(cp));
		s = span_from(s.p + len, s.n - len);
	}
	return 0;
}
