#include "digest_read.h"

#include <string.h>

static enum status
health_read(struct arena *a, struct store *s, struct digest_facts *facts, struct fault *f)
{
	const struct digest_scope *scope = &facts->scope;
	struct heartbeat beat;
	enum status st = store_beat_read(s, a, "intake", &beat, f);

	if (st == ST_OK)
		facts->last_poll = beat.last_poll;
	else if (st != ST_NONE)
		return st;
	return store_unsent(s, date_instant(scope->monday, 0, 0), scope->to, &facts->unsent, f);
}

enum status
digest_read(struct arena *a, const struct desk *d, struct store *s, date_day monday,
    int64_t now, struct digest_doc **out, struct digest_facts **facts_out, struct fault *f)
{
	int64_t end = date_instant(monday + 7, 0, 0), at = now < end ? now : end;
	struct digest_names names = digest_names_of(a, d, at);
	struct digest_count *c = digest_count_open(a, d, &names, monday);
	struct digest_facts *facts;

	if (store_digest(s, c, at, f) != ST_OK)
		return f->st;
	facts = digest_count_end(c);
	if (health_read(a, s, facts, f) != ST_OK)
		return f->st;
	*facts_out = facts;
	return digest_make(a, d, facts, &names, out, f);
}

struct cabinet_clock
cabinet_clock_of(const char *day, const char *time)
{
	static const char *const days[] = { "monday", "tuesday", "wednesday", "thursday", "friday",
	    "saturday", "sunday" };
	struct cabinet_clock c = { 0 };
	struct span rest = span_of(time), hour;
	unsigned long long h = 0, m = 0;

	for (int i = 0; i < 7; i++)
		if (strcmp(days[i], day) == 0)
			c.weekday = i;
	if (span_cut(&rest, ':', &hour) && span_number(hour, 23, &h))
		(void)span_number(rest, 59, &m);
	c.hour = (int)h;
	c.min = (int)m;
	return c;
}
