#include "duty_int.h"

#include "clock.h"
#include "log.h"

static const char morning[] = "morning";

static int64_t
morning_of(const struct duty *g, date_day day)
{
	return duty_clock(g->role->setup->cfg->morning, day);
}

/* When this agent had a list last: the day before where never. */
static enum status
last_list(struct duty *g, date_day today, date_day *last_out, bool *done_out, struct fault *f)
{
	if (store_duty_last(g->role->store, morning, g->agent->section, today, last_out,
	    done_out, f) != ST_OK)
		return f->st;
	if (*last_out == 0)
		*last_out = today - 1;
	return ST_OK;
}

static enum status
list_read(struct duty *g, struct morning *in, struct fault *f)
{
	struct store *s = g->role->store;
	struct remind_ticket *v;
	struct remind_answer *answers;

	if (store_remind_dates(s, g->a, &v, &in->n, f) != ST_OK ||
	    store_remind_answers(s, g->a, morning_of(g, in->after), in->at, &answers,
	    &in->nanswers, f) != ST_OK)
		return f->st;
	in->v = v;
	in->answers = answers;
	return ST_OK;
}

static enum status
list_send(struct duty *g, struct fault *f)
{
	date_day today = date_local_day(g->now);
	struct morning in = { .today = today, .at = morning_of(g, today) };
	struct store *s = g->role->store;
	struct plan_facts random = { 0 };
	struct plan plan;
	bool done = false;

	role_random(g->a, g->desk, &random);
	if (last_list(g, today, &in.after, &done, f) != ST_OK || done)
		return done ? ST_OK : f->st;
	if (list_read(g, &in, f) != ST_OK ||
	    remind_morning(g->a, g->desk, g->agent, &in, g->now, &random, &plan, f) != ST_OK ||
	    store_duty_add(s, morning, g->agent->section, today, f) != ST_OK)
		return f->st;
	log_event(LOG_L_INFO, "morning", "mails=%zu", plan.nmails);
	return store_send(s, plan.mails, plan.nmails, g->now, f);
}

static enum status
agent_do(struct duty *g, const struct agent *agent, date_day today, struct fault *f)
{
	ARENA_AUTO struct arena *own = arena_open();
	struct duty one = *g;
	date_day last;
	bool done = false;

	one.agent = agent;
	one.a = own;
	if (last_list(&one, today, &last, &done, f) != ST_OK || done)
		return done ? ST_OK : f->st;
	return duty_in_transaction(&one, list_send, f);
}

enum status
duty_morning(struct duty *g, struct fault *f)
{
	date_day today = date_local_day(g->now);

	if (!hours_open_day(&g->desk->hours, today) || g->now < morning_of(g, today))
		return ST_OK;
	for (size_t i = 0; i < g->desk->nagents; i++)
		if (agent_do(g, &g->desk->agents[i], today, f) != ST_OK)
			return f->st;
	return ST_OK;
}

enum status
duty_settle(struct role *r, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct duty g = { .role = r, .desk = &r->setup->desk, .a = a, .now = clock_now() };
	date_day today = date_local_day(g.now);
	bool asked = g.now >= morning_of(&g, today);

	for (size_t i = 0; asked && i < g.desk->nagents; i++)
		if (store_duty_add(r->store, morning, g.desk->agents[i].section, today, f) != ST_OK)
			return f->st;
	return duty_digest_settle(&g, f);
}
