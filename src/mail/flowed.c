#include "flowed.h"

#include <string.h>

struct out { char *z; size_t n; };

static void
put(struct out *o, struct span s)
{
	memcpy(o->z + o->n, s.p, s.n);
	o->n += s.n;
}

static void
put_marks(struct out *o, size_t depth)
{
	for (; depth > 0; depth--)
		put(o, span_from("> ", 2));
}

/* RFC 3676 4.5: quote marks first, then one stuffed space. */
static size_t
take_depth(struct span *line)
{
	size_t depth = 0;

	while (depth < line->n && line->p[depth] == '>')
		depth++;
	line->p += depth;
	line->n -= depth;
	if (line->n > 0 && line->p[0] == ' ') {
		line->p++;
		line->n--;
	}
	return depth;
}

struct span
flowed_join(struct arena *a, struct span text, bool delsp)
{
	/* A mark becomes two bytes; a last line may gain its end. */
	struct out o = { arena_alloc(a, 2 * text.n + 2, 1), 0 };
	size_t depth = 0, now;
	bool soft = false, signature;
	struct span line;

	while (span_line(&text, &line)) {
		now = take_depth(&line);
		signature = span_eq(line, "-- ");	/* 4.3 */
		if (soft && (now != depth || signature)) {
			put(&o, span_from("\n", 1));
			soft = false;
		}
		if (!soft)
			put_marks(&o, now);
		depth = now;
		soft = !signature && line.n > 0 && line.p[line.n - 1] == ' ';
		if (soft && delsp)
			line.n--;
		put(&o, line);
		if (!soft)
			put(&o, span_from("\n", 1));
	}
	if (soft)
		put(&o, span_from("\n", 1));
	return span_from(o.z, o.n);
}
