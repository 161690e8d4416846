/* duty_digest.c - the weekly digest, once an ISO week to each address of the cabinet.
 *
 * Due is the latest week whose hour has come; one that a stop made late goes out once, those
 * before it not at all.  What was sent stands in the database for ever, so no clock that jumps
 * sends a week twice; a week that ended before the database began is nobody's. */
#include "duty_int.h"

#include "addr.h"
#include "digest_read.h"
#include "log.h"

static const char digest[] = "digest";

/* The next address of the list, "" after the last one. */
static const char *
address_next(struct arena *a, struct span *rest)
{
	struct span w = { "", 0 };

	while (w.n == 0 && span_cut(rest, ',', &w))
		w = span_trim(w);
	return arena_span(a, w);
}

static date_day
week_due(const struct duty *g)
{
	const struct config *c = g->role->setup->cfg;
	struct cabinet_clock k = cabinet_clock_of(c->cabinet_day, c->cabinet_time);

	return digest_last_due(g->now, k.weekday, k.hour, k.min);
}

static enum status
is_sent(struct duty *g, const char *to, date_day monday, bool *out, struct fault *f)
{
	date_day last;

	return store_duty_last(g->role->store, digest, addr_key(g->a, to), monday, &last, out, f);
}

static enum status
mail_put(struct duty *g, const struct digest_doc *doc, const char *to, date_day monday,
    struct fault *f)
{
	struct plan_facts random = { 0 };
	struct plan plan;

	role_random(g->a, g->desk, &random);
	if (digest_mail(g->a, g->desk, doc, to, g->now, &random, &plan, f) != ST_OK ||
	    store_send(g->role->store, plan.mails, plan.nmails, g->now, f) != ST_OK)
		return f->st;
	return store_duty_add(g->role->store, digest, addr_key(g->a, to), monday, f);
}

static enum status
digest_send(struct duty *g, struct fault *f)
{
	struct span rest = span_of(g->desk->cabinet);
	date_day monday = week_due(g);
	struct digest_facts *facts;
	struct digest_doc *doc;
	unsigned mails = 0;
	const char *to;

	if (digest_read(g->a, g->desk, g->role->store, monday, g->now, &doc, &facts, f)
	    != ST_OK ||
	    store_digest_told(g->role->store, facts, f) != ST_OK)
		return f->st;
	while ((to = address_next(g->a, &rest))[0] != '\0') {
		bool sent;

		if (is_sent(g, to, monday, &sent, f) != ST_OK ||
		    (!sent && mail_put(g, doc, to, monday, f) != ST_OK))
			return f->st;
		mails += !sent;
	}
	log_event(LOG_L_INFO, "digest", "mails=%u", mails);
	return ST_OK;
}

enum status
duty_digest(struct duty *g, struct fault *f)
{
	struct span rest = span_of(g->desk->cabinet);
	date_day monday = week_due(g);
	bool all = true;
	const char *to;

	if (date_instant(monday + 7, 0, 0) <= store_created_at(g->role->store))
		return ST_OK;
	while (all && (to = address_next(g->a, &rest))[0] != '\0')
		if (is_sent(g, to, monday, &all, f) != ST_OK)
			return f->st;
	return all ? ST_OK : duty_in_transaction(g, digest_send, f);
}

/* Whether it went out is not known: rather once too little than twice. */
enum status
duty_digest_settle(struct duty *g, struct fault *f)
{
	struct span rest = span_of(g->desk->cabinet);
	date_day monday = week_due(g);
	const char *to;

	while ((to = address_next(g->a, &rest))[0] != '\0')
		if (store_duty_add(g->role->store, digest, addr_key(g->a, to), monday, f) != ST_OK)
			return f->st;
	return ST_OK;
}
