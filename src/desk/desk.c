#include "desk.h"

#include <string.h>
#include <strings.h>

static bool
is_detail_of(const char *own, const char *spec)
{
	struct span local = addr_local(spec);
	const char *at = strrchr(own, '@');

	return at != NULL && spec[local.n] == '+' && local.n == (size_t)(at - own) &&
	    strncasecmp(own, spec, local.n) == 0 && addr_same(at + 1, addr_domain(spec));
}

bool
desk_is_own(const struct desk *d, const char *spec)
{
	for (size_t i = 0; i < d->nown; i++)
		if (addr_same(d->own[i], spec) || is_detail_of(d->own[i], spec))
			return true;
	return false;
}

const struct agent *
desk_agent(const struct desk *d, const char *spec)
{
	for (size_t i = 0; i < d->nagents; i++)
		if (addr_same(d->agents[i].spec, spec))
			return &d->agents[i];
	return NULL;
}

bool
agent_has(const struct agent *g, const char *category)
{
	struct span rest = span_of(g->categories), w;

	while (span_cut(&rest, ',', &w)) {
		w = span_trim(w);
		if (span_eq(w, "*") || span_ieq(w, category))
			return true;
	}
	return false;
}
