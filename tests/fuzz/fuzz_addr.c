/* A From, To or Cc field as it stands on the wire. */
#include "addr.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct addrs out;

	addr_list(a, fuzz_span(a, data, n), &out);
	PROMISE(out.n <= LIMIT_ADDRESSES);
	for (size_t i = 0; i < out.n; i++) {
		const char *spec = out.v[i].spec;

		PROMISE(strchr(spec, '@') != NULL && out.v[i].name != NULL);
		PROMISE(strlen(addr_key(a, spec)) == strlen(spec));
		PROMISE(addr_same(spec, addr_key(a, spec)));
		PROMISE(addr_local(spec).n + strlen(addr_domain(spec)) < strlen(spec));
		if (!addr_is_strict(spec))
			continue;
		/* What may be written into an SMTP command. */
		PROMISE(strlen(spec) <= LIMIT_ADDRESS && spec[0] != '-');
		for (const char *p = spec; *p != '\0'; p++)
			PROMISE(*p > ' ' && *p < 0x7f && strchr("<>()[]\\\",;:%!", *p) == NULL);
	}
	return 0;
}
