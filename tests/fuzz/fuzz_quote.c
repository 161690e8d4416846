/* Reply trimming: the first line is the subject, what follows the text. */
#include "flowed.h"
#include "fuzz.h"
#include "quote.h"

static void
strip(struct arena *a, struct span text, const char *subject)
{
	bool forward = false;
	struct span out = span_of(quote_strip(a, text, subject, &forward));

	PROMISE(out.n <= text.n && utf8_valid(out));
	PROMISE(out.n > 0 || span_trim(text).n == 0);
	PROMISE(out.n > 0 || !forward);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct span text = fuzz_text(a, fuzz_span(a, data, n)), subject, flowed;

	if (!span_cut(&text, '\n', &subject))
		return 0;
	strip(a, text, arena_span(a, subject));
	flowed = flowed_join(a, text, subject.n % 2 == 1);
	PROMISE(flowed.n <= 2 * text.n + 2 && utf8_valid(flowed));
	strip(a, flowed, "");
	return 0;
}
