/* duty_greet.c - the guide, once, to each agent whom we write to for the first time. */
#include "duty_int.h"

#include "log.h"

static enum status
greet(struct duty *g, const char *address, struct fault *f)
{
	const struct agent *to = desk_agent(g->desk, address);
	struct plan_facts random = { 0 };
	struct plan plan;

	if (store_greeted(g->role->store, address, f) != ST_OK)
		return f->st;
	if (to == NULL)			/* the administrator, where there is no agent */
		return ST_OK;
	role_random(g->a, g->desk, &random);
	if (plan_guide(g->a, g->desk, to, g->now, &random, &plan, f) != ST_OK)
		return f->st;
	log_event(LOG_L_INFO, "guide", "agent=%s", to->section);
	return store_send(g->role->store, plan.mails, plan.nmails, g->now, f);
}

static enum status
greet_all(struct duty *g, struct fault *f)
{
	const char **v;
	size_t n;

	if (store_ungreeted(g->role->store, g->a, &v, &n, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < n; i++)
		if (greet(g, v[i], f) != ST_OK)
			return f->st;
	return ST_OK;
}

enum status
duty_greet(struct duty *g, struct fault *f)
{
	const char **v;
	size_t n;

	if (store_ungreeted(g->role->store, g->a, &v, &n, f) != ST_OK)
		return f->st;
	return n > 0 ? duty_in_transaction(g, greet_all, f) : ST_OK;
}
