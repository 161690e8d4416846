/* A template that passes its check can be filled, whatever its values hold. */
#include "fuzz.h"
#include "template.h"

static const char *const names[] = { "nom", "vide", "texte" };
enum { NAMES = sizeof names / sizeof *names };

static void
fill(struct span text, enum template_kind kind, const struct template_var *v)
{
	struct buf out BUF_AUTO;
	struct fault f;

	buf_open(&out, 1024 * 1024);
	if (template_fill(text, kind, v, NAMES, &out, &f) == ST_OK)
		PROMISE(utf8_valid(buf_span(&out)) && !buf_full(&out));
	else
		PROMISE(buf_full(&out) || out.n == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct span text = fuzz_span(a, data, n);
	struct template_var v[] = {
		{ "nom", "Élise <b>" }, { "vide", "" },
		{ "texte", fuzz_text(a, span_from(text.p, n < 80 ? n : 80)).p },
	};
	struct fault f = { 0 };

	if (template_check(text, names, NAMES, &f) != ST_OK) {
		PROMISE(f.st == ST_PERM && strncmp(f.text, "line ", 5) == 0);
		return 0;
	}
	fill(text, TEMPLATE_TEXT, v);
	fill(text, TEMPLATE_HTML, v);
	return 0;
}
