#include "failures.h"

#include "clock.h"
#include "log.h"

struct telling {
	struct role *role;
	struct arena *a;
	int64_t now;
	struct failed_mail *v; size_t n;
	const struct failed_mail **admin; size_t nadmin;	/* these are the administrator's */
	size_t mails;
};

/* A text that cannot be made must not keep a failure secret: it is the administrator's then. */
static enum status
agents_tell(struct telling *t, const struct failed_mail *v, struct fault *f)
{
	const struct desk *d = &t->role->setup->desk;
	struct plan_facts facts = { 0 };
	struct plan plan;

	role_random(t->a, d, &facts);
	if (store_away(t->role->store, t->a, d, t->now, &facts, f) != ST_OK)
		return f->st;
	if (failure_tell(t->a, d, v, t->now, &facts, &plan, f) != ST_OK) {
		log_fault(LOG_L_ERR, "failure", f);
		plan.nmails = 0;
	}
	if (failure_is_admins(v, plan.nmails))
		t->admin[t->nadmin++] = v;
	t->mails += plan.nmails;
	log_event(LOG_L_WARN, "undelivered", "outbox=%lld kind=%s how=%s ticket=%s mails=%zu",
	    (long long)v->row, mail_kind_name(v->kind), failure_name(v->how),
	    v->ref[0] != '\0' ? v->ref : "-", plan.nmails);
	return store_failure_told(t->role->store, v, plan.mails, plan.nmails, t->now, f);
}

static enum status
admin_tell(struct telling *t, struct fault *f)
{
	const struct desk *d = &t->role->setup->desk;
	struct plan_facts random = { 0 };
	struct plan plan;

	if (t->nadmin == 0)
		return ST_OK;
	role_random(t->a, d, &random);
	if (failure_tell_admin(t->a, d, t->admin, t->nadmin, t->now, &random, &plan, f) != ST_OK)
		return f->st;
	t->mails += plan.nmails;
	return store_send(t->role->store, plan.mails, plan.nmails, t->now, f);
}

static enum status
tell_locked(struct telling *t, struct fault *f)
{
	if (store_failures(t->role->store, t->a, &t->v, &t->n, f) != ST_OK)
		return f->st;
	t->admin = arena_new(t->a, const struct failed_mail *, t->n + 1);
	for (size_t i = 0; i < t->n; i++)
		if (agents_tell(t, &t->v[i], f) != ST_OK)
			return f->st;
	return admin_tell(t, f);
}

enum status
failures_tell(struct role *r, bool *any_out, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct telling t = { .role = r, .a = a, .now = clock_now() };

	*any_out = false;
	if (store_failures(r->store, a, &t.v, &t.n, f) != ST_OK)
		return f->st;
	if (t.n == 0)
		return ST_OK;
	if (store_begin(r->store, f) != ST_OK)
		return f->st;
	if (tell_locked(&t, f) != ST_OK) {
		store_rollback(r->store);
		return f->st;
	}
	*any_out = t.mails > 0;
	return store_commit(r->store, f);
}
