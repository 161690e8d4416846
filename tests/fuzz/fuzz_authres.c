/* Authentication-Results: a line of the input is one field. */
#include "authres.h"
#include "fuzz.h"

enum { FIELDS = 8 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct header v[FIELDS];
	struct headers h = { v, 0, false };
	struct span rest = fuzz_span(a, data, n), line;
	struct authres r;
	bool named = false;

	while (h.n < FIELDS && span_cut(&rest, '\n', &line)) {
		v[h.n++] = (struct header){ span_of("Authentication-Results"),
		    fuzz_span(a, (const uint8_t *)line.p, line.n) };
		named |= memchr(line.p, '"', line.n) != NULL ||
		    strcasestr(arena_span(a, line), "mx.ville.test") != NULL ||
		    memchr(line.p, '\0', line.n) != NULL;
	}
	authres_read(a, &h, "mx.ville.test", "exemple.test", &r);
	PROMISE(named || !r.present);
	PROMISE(r.present || (r.dmarc == AUTH_NONE && r.spf == AUTH_NONE));
	PROMISE(!authres_proves(&r) || !authres_refutes(&r));
	authres_read(a, &h, "", "exemple.test", &r);
	PROMISE(!r.present);
	return 0;
}
