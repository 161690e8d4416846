#include "quote_own.h"

#include "quote_int.h"

#include <string.h>

enum { MARK_MAX = 400 };	/* a longer line is prose */

size_t
quote_forward_at(struct span text)
{
	struct span rest = text, line;
	struct quote_fold f;

	while (span_line(&rest, &line)) {
		struct span s = line;

		while (s.n > 0 && strchr("> \t", s.p[0]) != NULL)
			s = span_from(s.p + 1, s.n - 1);
		if (s.n == 0 || s.n > MARK_MAX)
			continue;
		quote_fold(&f, s);
		if (quote_mark(&f) == QUOTE_FORWARD)
			return (size_t)(line.p - text.p);
	}
	return text.n;
}
