#include "login_tell.h"

#include "clock.h"
#include "date.h"
#include "log.h"
#include "trouble.h"

static const char duty[] = "token";

static enum status
tell_locked(struct role *r, const char *why, size_t *mails, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	const struct desk *d = &r->setup->desk;
	struct plan_facts random = { 0 };
	int64_t now = clock_now();
	date_day today = date_local_day(now), last;
	struct plan plan;
	bool done;

	if (store_duty_last(r->store, duty, "", today, &last, &done, f) != ST_OK)
		return f->st;
	if (done)
		return ST_OK;
	role_random(a, d, &random);
	if (trouble_token(a, d, why, now, &random, &plan, f) != ST_OK ||
	    store_send(r->store, plan.mails, plan.nmails, now, f) != ST_OK)
		return f->st;
	*mails = plan.nmails;
	return store_duty_add(r->store, duty, "", today, f);
}

static enum status
tell(struct role *r, const char *why, size_t *mails, struct fault *f)
{
	if (store_begin(r->store, f) != ST_OK)
		return f->st;
	if (tell_locked(r, why, mails, f) == ST_OK)
		return store_commit(r->store, f);
	store_rollback(r->store);
	return f->st;
}

void
login_tell(struct role *r, const struct fault *why)
{
	struct fault f = { 0 };
	size_t mails = 0;

	if (!login_is_trouble(&r->login) || r->login.told)
		return;
	if (tell(r, why->text, &mails, &f) != ST_OK) {
		log_fault(LOG_L_ERR, "token-alert", &f);
		return;
	}
	r->login.told = true;
	log_event(LOG_L_ERR, "token-alert", "mails=%zu", mails);
	role_poke(r);
}
