/* duty_selftest.c - once a day a mail to ourselves; the administrator hears of one that is not
 * back in time, once as long as they stay away.  `bureauctl status` is not ok meanwhile: the
 * alert itself may have to wait for the road that is broken. */
#include "duty_int.h"

#include "clock.h"
#include "log.h"

enum { MINUTE = 60 };

static enum status
mail_send(struct duty *g, struct fault *f)
{
	struct store *s = g->role->store;
	struct plan_facts random = { 0 };
	struct plan plan;
	bool plus;

	role_random(g->a, g->desk, &random);
	if (selftest_mail(g->a, g->desk, g->now, &random, &plan, f) != ST_OK)
		return f->st;
	plus = !addr_same(plan.mails[0].to, g->desk->address);
	if (store_selftest_sent(s, date_local_day(g->now), plan.mails[0].message_id, plus,
	    g->now, f) != ST_OK)
		return f->st;
	log_event(LOG_L_INFO, "selftest", "sent=1");
	return store_send(s, plan.mails, plan.nmails, g->now, f);
}

static enum status
mail_do(struct duty *g, struct fault *f)
{
	date_day today = date_local_day(g->now);
	bool any;

	if (g->now < duty_clock(g->role->setup->cfg->selftest_time, today))
		return ST_OK;
	if (store_selftest_any(g->role->store, today, &any, f) != ST_OK)
		return f->st;
	return any ? ST_OK : duty_in_transaction(g, mail_send, f);
}

static int64_t
wait_seconds(const struct duty *g)
{
	return (int64_t)g->role->setup->cfg->selftest_wait * MINUTE;
}

static enum status
lost_read(struct duty *g, struct selftest_lost **v, size_t *n, struct fault *f)
{
	return store_selftest_lost(g->role->store, g->a, g->now - wait_seconds(g), g->now, v,
	    n, f);
}

static enum status
lost_tell(struct duty *g, struct fault *f)
{
	struct selftest_lost *v;
	size_t n;

	if (lost_read(g, &v, &n, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < n; i++) {
		struct plan_facts random = { 0 };
		struct plan plan = { .nmails = 0 };
		bool tell = !v[0].known && i + 1 == n;

		role_random(g->a, g->desk, &random);
		if (store_selftest_told(g->role->store, v[i].day, f) != ST_OK ||
		    (tell && selftest_alert(g->a, g->desk, &v[i],
		    g->role->setup->cfg->selftest_wait, g->now, &random, &plan, f) != ST_OK) ||
		    store_send(g->role->store, plan.mails, plan.nmails, g->now, f) != ST_OK)
			return f->st;
		log_event(LOG_L_ERR, "selftest", "late=1 stage=%d mails=%zu", (int)v[i].stage,
		    plan.nmails);
	}
	return ST_OK;
}

/* Was the mailbox looked through since?  After a stop it may lie there.  A mailbox that cannot
 * be reached excuses for the time of the wait. */
static enum status
has_looked(struct duty *g, int64_t sent, bool *out, struct fault *f)
{
	struct heartbeat intake = { 0 };
	enum status st = store_beat_read(g->role->store, g->a, "intake", &intake, f);

	if (st != ST_OK && st != ST_NONE)
		return st;
	*out = g->role->once || intake.last_poll >= sent + wait_seconds(g) ||
	    clock_mono_ms() - g->role->started >= wait_seconds(g) * 1000;
	return ST_OK;
}

static enum status
lost_do(struct duty *g, struct fault *f)
{
	struct selftest_lost *v;
	size_t n;
	bool looked;

	if (lost_read(g, &v, &n, f) != ST_OK)
		return f->st;
	if (n == 0)
		return ST_OK;
	if (has_looked(g, v[n - 1].sent, &looked, f) != ST_OK)
		return f->st;
	return looked ? duty_in_transaction(g, lost_tell, f) : ST_OK;
}

enum status
duty_selftest(struct duty *g, struct fault *f)
{
	if (!g->role->setup->cfg->selftest_daily)
		return ST_OK;
	return mail_do(g, f) == ST_OK ? lost_do(g, f) : f->st;
}
