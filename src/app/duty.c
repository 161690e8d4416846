#include "duty_int.h"

#include "clock.h"
#include "journal.h"
#include "log.h"

enum {
	/* A timer that runs `bureaud -1` every period must not miss it by a second. */
	EARLY_SECONDS = 5,
};

static const char high[] = "high";

enum status
duty_in_transaction(struct duty *g, enum status (*work)(struct duty *g, struct fault *f),
    struct fault *f)
{
	struct store *s = g->role->store;
	enum status st = store_begin(s, f);

	if (st != ST_OK)
		return st;
	st = work(g, f);
	if (st == ST_OK)
		return store_commit(s, f);
	store_rollback(s);
	return st;
}

int64_t
duty_clock(const char *hhmm, date_day day)
{
	struct span rest = span_of(hhmm), hour;
	unsigned long long h = 0, m = 0;

	if (span_cut(&rest, ':', &hour) && span_number(hour, 23, &h))
		(void)span_number(rest, 59, &m);
	return date_instant(day, (int)h, (int)m);
}

/* ---- alerts ---- */

static int64_t
alerts_upto(const struct duty *g)
{
	return g->now - g->role->setup->cfg->repeat_seconds + EARLY_SECONDS;
}

/* Every period from the first alert on, not from when we came round to it; late by more than
 * half of one, as after a stop, a new count begins: never two in a row. */
static int64_t
given_at(const struct duty *g, const struct remind_alert *v)
{
	int64_t repeat = g->role->setup->cfg->repeat_seconds, at = v->alerted_at + repeat;

	return at > g->now || g->now - at > repeat / 2 ? g->now : at;
}

static enum status
alerts_ring(struct duty *g, struct fault *f)
{
	struct remind_alert *v;
	size_t n;

	if (store_vigils(g->role->store, g->a, alerts_upto(g), g->now, &v, &n, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < n; i++) {
		struct plan_facts random = { 0 };
		struct plan plan;

		role_random(g->a, g->desk, &random);
		if (store_away(g->role->store, g->a, g->desk, g->now, &random, f) != ST_OK ||
		    remind_alert(g->a, g->desk, &v[i], g->now, &random, &plan, f) != ST_OK ||
		    store_vigil_rung(g->role->store, &v[i], &plan, given_at(g, &v[i]), g->now,
		    f) != ST_OK)
			return f->st;
		log_event(LOG_L_WARN, "alert-again", "ticket=%s times=%u mails=%zu", v[i].ref,
		    v[i].times + 1, plan.nmails);
	}
	return ST_OK;
}

static enum status
alerts_do(struct duty *g, struct fault *f)
{
	bool any;

	if (store_vigil_any(g->role->store, alerts_upto(g), g->now, &any, f) != ST_OK)
		return f->st;
	return any ? duty_in_transaction(g, alerts_ring, f) : ST_OK;
}

/* ---- many notifications in one mail ---- */

/* A single pass has no next minute. */
static int64_t
groups_upto(const struct duty *g)
{
	return g->role->once ? g->now : g->now - NOTIFY_WINDOW;
}

/* Whoever is no agent any more is told nothing: the others have it in their list. */
static bool
is_told(const struct duty *g, const char *person)
{
	return desk_agent(g->desk, person) != NULL || addr_same(g->desk->admin, person);
}

static enum status
group_send(struct duty *g, const char *person, struct fault *f)
{
	struct plan_facts random = { 0 };
	struct plan plan = { .nmails = 0 };
	struct grouped_ticket *v;
	size_t n;

	role_random(g->a, g->desk, &random);
	if (store_grouped(g->role->store, g->a, person, &v, &n, f) != ST_OK ||
	    (is_told(g, person) && plan_group(g->a, g->desk, person, v, n, g->now, &random,
	    &plan, f) != ST_OK))
		return f->st;
	log_event(LOG_L_INFO, "notices-grouped", "tickets=%zu mails=%zu", n, plan.nmails);
	return store_group_sent(g->role->store, person, v, n, &plan, g->now, f);
}

static enum status
groups_send(struct duty *g, struct fault *f)
{
	const char **persons;
	size_t n;

	if (store_grouped_persons(g->role->store, g->a, groups_upto(g), g->now, &persons, &n, f)
	    != ST_OK)
		return f->st;
	for (size_t i = 0; i < n; i++)
		if (group_send(g, persons[i], f) != ST_OK)
			return f->st;
	return ST_OK;
}

static enum status
groups_do(struct duty *g, struct fault *f)
{
	bool any;

	if (store_grouped_any(g->role->store, groups_upto(g), g->now, &any, f) != ST_OK)
		return f->st;
	return any ? duty_in_transaction(g, groups_send, f) : ST_OK;
}

/* ---- urgent tickets ---- */

static date_day
high_day(const struct duty *g, const struct remind_ticket *t)
{
	return date_local_day(remind_high_at(&g->desk->hours, t->last_activity));
}

/* Those whose hour has come and who were not named for that day. */
static enum status
high_due(struct duty *g, struct remind_ticket **out, size_t *n, struct fault *f)
{
	struct remind_ticket *v;
	size_t all, due = 0;

	if (store_remind_high(g->role->store, g->a, &v, &all, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < all; i++) {
		date_day last;
		bool done;

		if (g->now < remind_high_at(&g->desk->hours, v[i].last_activity))
			continue;
		if (store_duty_last(g->role->store, high, v[i].ref, high_day(g, &v[i]), &last,
		    &done, f) != ST_OK)
			return f->st;
		if (!done)
			v[due++] = v[i];
	}
	*out = v;
	*n = due;
	return ST_OK;
}

static enum status
high_send(struct duty *g, struct fault *f)
{
	struct plan_facts random = { 0 };
	struct remind_ticket *v;
	struct plan plan;
	size_t n;

	role_random(g->a, g->desk, &random);
	if (high_due(g, &v, &n, f) != ST_OK ||
	    remind_high(g->a, g->desk, v, n, g->now, &random, &plan, f) != ST_OK ||
	    store_send(g->role->store, plan.mails, plan.nmails, g->now, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < n; i++)
		if (store_duty_add(g->role->store, high, v[i].ref, high_day(g, &v[i]), f)
		    != ST_OK)
			return f->st;
	log_event(LOG_L_INFO, "reminders-high", "tickets=%zu mails=%zu", n, plan.nmails);
	return ST_OK;
}

static enum status
high_do(struct duty *g, struct fault *f)
{
	struct remind_ticket *v;
	size_t n;

	if (!hours_open_at(&g->desk->hours, g->now))
		return ST_OK;
	if (high_due(g, &v, &n, f) != ST_OK)
		return f->st;
	return n > 0 ? duty_in_transaction(g, high_send, f) : ST_OK;
}

/* ---- reminders that agents asked for ---- */

static enum status
recalls_send(struct duty *g, struct fault *f)
{
	struct recall *v;
	size_t n;

	if (store_recalls(g->role->store, g->a, g->now, &v, &n, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < n; i++) {
		struct plan_facts random = { 0 };
		struct plan plan;

		role_random(g->a, g->desk, &random);
		if (store_away(g->role->store, g->a, g->desk, g->now, &random, f) != ST_OK ||
		    recall_mail(g->a, g->desk, &v[i], g->now, &random, &plan, f) != ST_OK ||
		    store_recalled(g->role->store, &v[i], &plan, g->now, f) != ST_OK)
			return f->st;
		log_event(LOG_L_INFO, "recall", "ticket=%s mails=%zu", v[i].ref, plan.nmails);
	}
	return ST_OK;
}

static enum status
recalls_do(struct duty *g, struct fault *f)
{
	bool any;

	if (store_recall_any(g->role->store, g->now, &any, f) != ST_OK)
		return f->st;
	return any ? duty_in_transaction(g, recalls_send, f) : ST_OK;
}

static enum status
journal_do(struct duty *g, struct fault *f)
{
	return journal_prune(g->role->store, g->now, f);
}

enum status
duty_do(struct role *r, struct fault *f)
{
	static enum status (*const duties[])(struct duty *g, struct fault *f) = {
		alerts_do, groups_do, high_do, duty_morning, recalls_do, duty_greet, journal_do,
		duty_selftest, duty_digest,
	};
	ARENA_AUTO struct arena *a = arena_open();
	struct duty g = { .role = r, .desk = &r->setup->desk, .a = a, .now = clock_now() };

	for (size_t i = 0; i < sizeof duties / sizeof *duties; i++) {
		enum status st = duties[i](&g, f);

		if (st == ST_PERM)
			log_fault(LOG_L_ERR, "duty", f);
		else if (st != ST_OK)
			return st;
	}
	return ST_OK;
}
