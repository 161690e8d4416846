/* post.c - the role that empties the outbox through SMTP.
 *
 *   claim (one commit) -> transfers run to their dots -> one commit: these are unsure, those
 *   are settled -> dots go out -> replies -> ... -> the last replies are settled at once */
#include "duty.h"
#include "failures.h"

#include "clock.h"
#include "log.h"
#include "login_tell.h"
#include "smtp.h"

#include <assert.h>
#include <sysexits.h>

enum {
	CLAIM_MAX = 20,
	STOP_MS = 3000,			/* for replies to dots that are out, when we must stop */
	SETTLE_MS = 20,			/* a transfer at its dot waits so long for its neighbours */
	RUN_MS = 1000,
	CONNECT_MS = 30 * 1000, STEP_MS = 300 * 1000, DOT_MS = 600 * 1000,
	IDLE_MS = 30 * 1000,
	REVIEW_SECONDS = 60,		/* what is set aside meanwhile is told of in one mail */
	HOUR_SECONDS = 60 * 60,
	EXPIRE_SECONDS = 5 * 24 * 60 * 60, EXPIRE_TRIES = 24,
	DISK_MS = 5000,			/* before the database is tried again */
};

/* Minutes until the next try of a mail that got a 4xx. */
static const int backoff_minutes[] = { 1, 2, 5, 15, 30, 60 };

struct post {
	struct role *role;
	const struct config *cfg;
	struct smtp *smtp;
	struct arena *a;		/* of the claimed batch */
	struct outbox_item *item; size_t nitems, begun;
	struct outbox_result *settled; size_t nsettled;
	int64_t *at_dot; size_t nat_dot;
	bool *dot_out;			/* by item: its dot was released, only the reply is missing */
	size_t under_way;
	unsigned pauses;		/* in a row: refusals that were of us */
	int64_t paused_until;		/* clock_mono_ms */
	struct fault why;		/* of the pause */
	bool stopping;
	bool left_over;			/* something is to be tried again */
};

/* Index of a claimed mail; every tag of the engine is one. */
static size_t
item_of(const struct post *p, int64_t row)
{
	size_t i = 0;

	while (p->item[i].row != row) {
		i++;
		assert(i < p->nitems);
	}
	return i;
}

static int64_t
next_try(unsigned tries, int64_t now)
{
	size_t n = sizeof backoff_minutes / sizeof *backoff_minutes;

	return now + 60 * backoff_minutes[tries < n ? tries : n - 1];
}

static void
settle(struct post *p, const struct smtp_event *e)
{
	const struct outbox_item *it = &p->item[item_of(p, e->tag)];
	/* A mail that met a token at its end goes again at once, or all of us pause. */
	bool at_once = p->role->login.tokens && e->refused_secret != 0;
	bool not_its_fault = e->pause || (p->stopping && e->st == ST_TEMP);
	int64_t now = clock_now();
	/* Neither a clock that jumps nor a relay that refuses us may end a mail. */
	bool expired = e->st == ST_TEMP && !not_its_fault && it->tries >= EXPIRE_TRIES &&
	    now - it->since > EXPIRE_SECONDS;

	p->settled[p->nsettled++] = (struct outbox_result){
		.row = e->tag, .st = expired ? ST_PERM : e->st, .expired = expired, .code = e->code,
		.next_at = not_its_fault ? now : next_try(it->tries, now),
		.error = e->st == ST_OK ? "" : arena_strdup(p->a, e->text), .paused = not_its_fault,
	};
	log_event(e->st == ST_OK ? LOG_L_INFO : LOG_L_WARN, "sent", "outbox=%lld class=%s code=%d",
	    (long long)e->tag, status_name(e->st), e->code);
	/* The relay's words often quote the address: for `bureauctl queue`, not for the journal. */
	log_event(LOG_L_DEBUG, "sent-reply", "outbox=%lld text=\"%s\"", (long long)e->tag, e->text);
	p->left_over = p->left_over || (e->st == ST_TEMP && !expired && !at_once) ||
	    (e->st == ST_UNSURE && !it->again);
}

/* The relay refuses us, not one mail: nothing is lost by waiting, and no mail pays with a try. */
static void
pause_begin(struct post *p, enum status st, int code, const char *why)
{
	static const int seconds[] = { 10, 30, 60, 300, 600 };
	size_t n = sizeof seconds / sizeof *seconds;
	int s = seconds[p->pauses < n ? p->pauses : n - 1];

	if (p->paused_until > clock_mono_ms())
		return;
	p->pauses++;
	p->paused_until = clock_mono_ms() + (int64_t)s * 1000;
	(void)fault_set(&p->why, st, "%s", why);
	log_event(LOG_L_ERR, "smtp-pause", "wait=%ds code=%d why=\"%s\"", s, code, why);
}

/* The login of this moment for whatever is dialled from now on; false: none, all waits. */
static bool
login_ready(struct post *p)
{
	struct login *l = &p->role->login;
	const char *secret;
	struct fault f;

	if (!l->tokens)
		return true;
	role_beat(p->role, DOT_MS);
	if (login_secret(l, &secret, &f) == ST_OK) {
		(void)smtp_secret(p->smtp, secret);
		return true;
	}
	pause_begin(p, f.st, 0, f.text);
	login_tell(p->role, &f);
	return false;
}

/* A token that the relay refuses: with another one the mail goes at once, and there is no pause. */
static bool
token_renewed(struct post *p, const struct smtp_event *e)
{
	struct login *l = &p->role->login;
	const char *secret;
	struct fault f;

	if (!l->tokens || e->refused_secret == 0)
		return false;
	if (e->refused_secret != smtp_secret(p->smtp, NULL))	/* dialled before the last renewal */
		return true;
	if (login_refused(l, &secret, &f) == ST_OK) {
		(void)smtp_secret(p->smtp, secret);
		return true;
	}
	pause_begin(p, f.st, e->code, f.text);
	login_tell(p->role, &f);
	return true;
}

static void
event_take(struct post *p, const struct smtp_event *e)
{
	if (e->kind == SMTP_AT_DOT) {
		p->at_dot[p->nat_dot++] = e->tag;
		return;
	}
	p->under_way--;
	settle(p, e);
	if (e->st == ST_OK) {
		p->pauses = 0;
		login_good(&p->role->login);
	} else if (e->pause && !token_renewed(p, e)) {
		pause_begin(p, e->st, e->code, e->text);
	}
}

/* What is claimed but not begun goes back; nothing was sent of it. */
static enum status
give_back(struct post *p, struct fault *f)
{
	int64_t *rows = arena_new(p->a, int64_t, p->nitems);
	size_t n = 0;

	while (p->begun < p->nitems)
		rows[n++] = p->item[p->begun++].row;
	return n == 0 ? ST_OK : outbox_unclaim(p->role->store, rows, n, clock_now(), f);
}

static bool
paused(const struct post *p)
{
	return p->paused_until > clock_mono_ms();
}

static void
submit_more(struct post *p)
{
	while (!paused(p) && p->begun < p->nitems && smtp_free(p->smtp) > 0 &&
	    !role_stops(p->role)) {
		const struct outbox_item *it = &p->item[p->begun];
		const struct smtp_job job = { it->row, it->mail_from, it->to, it->wire };

		if (!smtp_submit(p->smtp, &job))
			return;
		p->begun++;
		p->under_way++;
	}
}

/* One commit; then, and only then, the dots of what was not withdrawn while it was under way. */
static enum status
step(struct post *p, struct fault *f)
{
	bool *no = arena_new(p->a, bool, p->nat_dot);

	if (p->nsettled + p->nat_dot == 0)
		return ST_OK;
	if (outbox_step(p->role->store, p->settled, p->nsettled, p->at_dot, p->nat_dot,
	    clock_now(), f) != ST_OK ||
	    outbox_withdrawn(p->role->store, p->at_dot, p->nat_dot, no, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < p->nat_dot; i++) {
		if (no[i]) {
			smtp_abort(p->smtp, p->at_dot[i]);
			continue;
		}
		p->dot_out[item_of(p, p->at_dot[i])] = true;
		smtp_dot(p->smtp, p->at_dot[i]);
	}
	p->nsettled = p->nat_dot = 0;
	return ST_OK;
}

/* What has not reached its dot when we must stop is broken off: it was not sent. */
static void
break_off(struct post *p)
{
	for (size_t i = 0; i < p->begun; i++)
		if (!p->dot_out[i])
			smtp_abort(p->smtp, p->item[i].row);
	p->nat_dot = 0;
}

/* Transfers go on until none is left; one that still waits for its reply when we must stop stays
 * unsure in the database. */
static enum status
batch_send(struct post *p, struct fault *f)
{
	struct smtp_event ev[SMTP_CONNECTIONS_MAX * 2];
	int64_t stop_at = 0;

	for (submit_more(p); p->under_way > 0; submit_more(p)) {
		int stop_fd = stop_at == 0 ? p->role->stop_fd : -1;
		size_t n;

		role_beat(p->role, DOT_MS);
		n = smtp_run(p->smtp, RUN_MS, SETTLE_MS, stop_fd, ev, sizeof ev / sizeof *ev);
		for (size_t i = 0; i < n; i++)
			event_take(p, &ev[i]);
		if (stop_at == 0 && role_stops(p->role)) {
			stop_at = clock_mono_ms() + STOP_MS;
			p->stopping = true;
			break_off(p);
		} else if (stop_at != 0 && clock_mono_ms() > stop_at)
			break;
		/* Replies alone may wait for the dots of the mails behind them: one commit for both. */
		submit_more(p);
		if ((p->nat_dot > 0 || p->under_way == 0) && step(p, f) != ST_OK)
			return f->st;
	}
	if (step(p, f) != ST_OK)
		return f->st;
	role_poke(p->role);
	return give_back(p, f);
}

/* A database that fails with mails at their dot: those stay unsent, the transfers are cut. */
static enum status
batch_do(struct post *p, bool *any, struct fault *f)
{
	enum status st;

	*any = false;
	arena_reset(p->a);
	p->begun = p->nsettled = p->nat_dot = 0;
	st = outbox_claim(p->role->store, p->a, clock_now(), CLAIM_MAX, &p->item, &p->nitems, f);
	if (st != ST_OK)
		return st == ST_NONE ? ST_OK : st;
	*any = p->nitems > 0;
	p->settled = arena_new(p->a, struct outbox_result, p->nitems);
	p->at_dot = arena_new(p->a, int64_t, p->nitems);
	p->dot_out = arena_new(p->a, bool, p->nitems);
	if (*any && !login_ready(p))
		return give_back(p, f);
	st = batch_send(p, f);
	if (st != ST_OK)
		break_off(p);
	return st;
}

static enum status
beat_write(struct post *p, struct fault *f)
{
	const struct heartbeat b = {
		.at = clock_now(), .busy_until = clock_now() + DOT_MS / 1000, .connected = !paused(p),
		.note = paused(p) ? p->why.text : "",
	};

	return store_beat(p->role->store, "post", &b, f);
}

/* Agents are told of mail that was set aside, many in one mail. */
static enum status
review_tell(struct post *p, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct plan_facts random = { 0 };
	struct plan plan;
	int64_t oldest, now = clock_now();
	unsigned n;

	if (store_untold(p->role->store, &n, &oldest, f) != ST_OK)
		return f->st;
	if (n == 0 || (!p->role->once && now >= oldest && now - oldest < REVIEW_SECONDS))
		return ST_OK;
	role_random(a, &p->role->setup->desk, &random);
	if (store_away(p->role->store, a, &p->role->setup->desk, now, &random, f) != ST_OK ||
	    plan_review(a, &p->role->setup->desk, n, now, &random, &plan, f) != ST_OK)
		return f->st;
	return store_tell(p->role->store, plan.mails, plan.nmails, now, f);
}

/* Everything that is due now. */
static enum status
due_do(struct post *p, struct fault *f)
{
	const struct config *c = p->cfg;
	int64_t now = clock_now();
	unsigned released;
	bool any = true;

	if (outbox_release(p->role->store, now - HOUR_SECONDS, c->acks_per_domain_per_hour,
	    c->acks_per_hour, now, &released, f) != ST_OK || review_tell(p, f) != ST_OK ||
	    duty_do(p->role, f) != ST_OK)
		return f->st;
	while (any && !paused(p) && !role_stops(p->role)) {
		if (batch_do(p, &any, f) != ST_OK)
			return f->st;
		if (!any && failures_tell(p->role, &any, f) != ST_OK)
			return f->st;
	}
	return beat_write(p, f);
}

static int
wait_ms(struct post *p)
{
	struct fault f;
	int64_t at, ms = IDLE_MS, pause = p->paused_until - clock_mono_ms();

	if (pause > 0)
		return (int)(pause < IDLE_MS ? pause : IDLE_MS);
	if (outbox_next(p->role->store, &at, &f) == ST_OK) {
		ms = (at - clock_now()) * 1000;
		ms = ms < 0 ? 0 : ms > IDLE_MS ? IDLE_MS : ms;
	}
	return (int)ms;
}

/* What an earlier run, or a step that failed, left half done; then the engine. */
static enum status
post_begin(struct post *p, struct fault *f)
{
	const struct config *c = p->cfg;
	const struct smtp_cfg sc = {
		.url = c->smtp, .ca_file = c->smtp_ca_file, .user = c->smtp_user,
		.secret = p->role->login.password, .auth = (enum net_auth)c->smtp_auth, .ehlo = c->domain,
		.connections = c->connections, .connect_ms = CONNECT_MS, .step_ms = STEP_MS,
		.dot_ms = DOT_MS,
	};
	unsigned n;

	if (outbox_recover(p->role->store, clock_now(), &n, f) != ST_OK)
		return f->st;
	if (n > 0)
		log_event(LOG_L_WARN, "outbox-recovered", "mails=%u", n);
	p->under_way = 0;
	return smtp_open(&p->smtp, &sc, f);
}

/* A full disk or a lock passes: transfers are cut before their dots, and all begins again. */
static int
post_forever(struct post *p)
{
	struct fault f = { 0 };

	while (!role_stops(p->role)) {
		enum status st = p->smtp != NULL ? ST_OK : post_begin(p, &f);

		if (st == ST_OK)
			st = due_do(p, &f);
		if (st == ST_OK && !role_stops(p->role))
			role_sleep(p->role, wait_ms(p));
		if (st == ST_OK)
			continue;
		log_fault(LOG_L_ERR, "post", &f);
		if (st != ST_TEMP)
			return EX_SOFTWARE;
		smtp_close(&p->smtp);
		role_sleep(p->role, DISK_MS);
	}
	return EX_OK;
}

/* 75 when something that is due could not go; mail held by a cap or a date does not count. */
static int
post_pass(struct post *p)
{
	struct fault f = { 0 };

	if (due_do(p, &f) != ST_OK) {
		log_fault(LOG_L_ERR, "post", &f);
		return role_exit(&f);
	}
	return p->left_over || paused(p) ? EX_TEMPFAIL : EX_OK;
}

static enum status
post_open(struct post *p, struct fault *f)
{
	if (store_open(&p->role->store, p->cfg->database, STORE_WRITE, clock_now(), f) != ST_OK)
		return f->st;
	store_key(p->role->store, p->role->setup->desk.key);
	return post_begin(p, f);
}

int
post_run(struct role *r)
{
	struct post p = { .role = r, .cfg = r->setup->cfg, .a = arena_open() };
	struct fault f = { 0 };
	int rc;

	r->started = clock_mono_ms();
	if (post_open(&p, &f) != ST_OK) {
		log_fault(LOG_L_ERR, "post", &f);
		rc = f.st == ST_TEMP ? EX_TEMPFAIL : EX_DATAERR;
	} else {
		role_beat(r, IDLE_MS);
		rc = r->once ? post_pass(&p) : post_forever(&p);
	}
	smtp_close(&p.smtp);
	store_close(&r->store);
	arena_close(&p.a);
	return rc;
}
