/* intake.c - the role that reads the mailbox: its session, its rounds, its waits. */
#include "intake.h"

#include "clock.h"
#include "lease.h"
#include "log.h"
#include "login_tell.h"
#include "mailbox.h"
#include "metrics.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum {
	OTHERS_MS = 5 * 60 * 1000,	/* between two looks into the other folders */
	DAY_SECONDS = 24 * 60 * 60,
	ROUND_SECONDS = 600, GRACE_SECONDS = 60,	/* what a beat promises */
};

static void
session_end(struct intake *in)
{
	imap_close(&in->imap);
	arena_close(&in->session);
	in->sent = "";
	in->selected = "";
}

/* The folder of what was sent by hand: the configured one, the server's own, or one we make for
 * our copies.  Where the provider makes the copies it makes the folder too: a missing one is
 * looked for again with the next session. */
static enum status
sent_find(struct intake *in, struct fault *f)
{
	struct imap_box box;
	enum status st = mailbox_sent(in->imap, in->session, in->cfg, &in->sent, f);

	if (st == ST_NONE)
		in->sent = mailbox_sent_fallback;
	else if (st != ST_OK || in->cfg->sent_folder[0] == '\0')
		return st;
	if (in->cfg->sent_copy)
		return mailbox_folder(in->imap, in->cfg, in->sent, f);
	st = imap_status(in->imap, in->sent, &box, f);
	if (st == ST_NONE)
		in->sent = "";
	return st == ST_NONE ? ST_OK : st;
}

/* At each session's begin, and then often enough that it never grows stale while we work. */
static enum status
lease_check(struct intake *in, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	const char *why;
	enum lease l;

	if (lease_take(in->imap, a, in->role->setup, &l, &why, f) != ST_OK)
		return f->st;
	in->lease_mono = clock_mono_ms();
	in->lease_wall = clock_now();
	if (l == LEASE_NONE && !in->leaseless)
		log_event(LOG_L_WARN, "lease", "held=no why=\"%s: nothing keeps another host from "
		    "working on this mailbox\"", why);
	in->leaseless = l == LEASE_NONE;
	in->refused = l == LEASE_REFUSED;
	return in->refused ? fault_set(f, ST_PERM, "%s", why) : ST_OK;
}

/* By either clock: one stands still while the host sleeps, the other can be set. */
static bool
lease_is_old(const struct intake *in)
{
	int64_t mono = clock_mono_ms() - in->lease_mono, wall = clock_now() - in->lease_wall;

	return mono > LEASE_RENEW_SECONDS * 1000 || wall > LEASE_RENEW_SECONDS ||
	    wall < -LEASE_RENEW_SECONDS;
}

/* An ask for a token may have to wait for the token service. */
static enum status
session_open(struct intake *in, struct fault *f)
{
	struct role *r = in->role;

	if (r->login.tokens)
		role_beat(r, 4 * LOGIN_ASK_MS);
	if (mailbox_open(&in->imap, in->cfg, &r->login, r->stop_fd, r->wake_fd, f) == ST_OK)
		return ST_OK;
	if (r->login.tokens && !role_stops(r))
		login_tell(r, f);
	return f->st;
}

static enum status
session_begin(struct intake *in, struct fault *f)
{
	const struct config *c = in->cfg;

	role_beat(in->role, 5 * 60 * 1000);
	in->session = arena_open();
	if (session_open(in, f) != ST_OK || mailbox_folder(in->imap, c, c->filed_folder, f) != ST_OK ||
	    mailbox_folder(in->imap, c, c->review_folder, f) != ST_OK || sent_find(in, f) != ST_OK ||
	    (!in->role->copies_only && lease_check(in, f) != ST_OK))
		return f->st;
	in->role->go = true;
	in->others_at = 0;
	snapshot_session(in);
	log_event(LOG_L_INFO, "imap-connected", "idle=%s move=%s uidplus=%s",
	    imap_has(in->imap, "IDLE") ? "yes" : "no", imap_has(in->imap, "MOVE") ? "yes" : "no",
	    imap_has(in->imap, "UIDPLUS") ? "yes" : "no");
	return ST_OK;
}

/* An agent may have moved a mail before we saw it: it is a case all the same.  */
static enum status
others_take(struct intake *in, struct fault *f)
{
	if (box_take(in, in->cfg->filed_folder, f) != ST_OK ||
	    box_take(in, in->cfg->review_folder, f) != ST_OK)
		return f->st;
	in->others_at = clock_mono_ms();
	return ST_OK;
}

/* After the mail that it may answer; the bureau's folder is selected again for the filing. */
static enum status
sent_take(struct intake *in, struct fault *f)
{
	if (in->sent[0] == '\0')
		return ST_OK;
	if (box_take(in, in->sent, f) != ST_OK)
		return f->st;
	return box_take(in, in->cfg->folder, f);
}

static enum status
confirmed_take(struct intake *in, struct fault *f)
{
	bool any;

	if (confirmed_do(in, &any, f) != ST_OK)
		return f->st;
	return any ? box_take(in, in->cfg->folder, f) : ST_OK;
}

/* The server's NO to one move (quota) leaves the session alive; a dead one is told by NOOP. */
static enum status
filing_try(struct intake *in, struct fault *f)
{
	struct fault ignored;

	if (filing_do(in, f) == ST_OK)
		return ST_OK;
	if (imap_poll(in->imap, &ignored) != ST_OK)
		return f->st;
	in->left++;
	return ST_OK;
}

static enum status
beat_write(struct intake *in, bool connected, bool waits, int busy_seconds, const char *note,
    struct fault *f)
{
	int64_t now = clock_now();

	in->beat.at = now;
	in->beat.busy_until = now + busy_seconds;
	in->beat.connected = connected;
	in->beat.idle = waits && imap_has(in->imap, "IDLE");
	in->beat.note = note;
	return store_beat(in->role->store, "intake", &in->beat, f);
}

/* `status` must not take a stopped daemon for a living one. */
static enum status
last_beat(struct intake *in, struct fault *f)
{
	in->beat.at = in->beat.busy_until = clock_now();
	in->beat.connected = in->beat.idle = false;
	in->beat.note = "stopped";
	return store_beat(in->role->store, "intake", &in->beat, f);
}

static enum status
round_do(struct intake *in, struct fault *f)
{
	bool others = in->others_at == 0 || clock_mono_ms() - in->others_at > OTHERS_MS;

	role_beat(in->role, 10 * 60 * 1000);
	in->taken = in->left = 0;
	if (lease_is_old(in) && lease_check(in, f) != ST_OK)
		return f->st;
	in->verify = others;
	if (beat_write(in, true, false, ROUND_SECONDS, "", f) != ST_OK)
		return f->st;
	if (others && others_take(in, f) != ST_OK)
		return f->st;
	if (wishes_do(in, f) != ST_OK || erasing_do(in, f) != ST_OK)
		return f->st;
	if (box_take(in, in->cfg->folder, f) != ST_OK || confirmed_take(in, f) != ST_OK ||
	    (others && sent_take(in, f) != ST_OK) || filing_try(in, f) != ST_OK ||
	    copies_do(in, f) != ST_OK || snapshot_do(in, f) != ST_OK)
		return f->st;
	in->beat.last_poll = clock_now();
	return beat_write(in, true, true, in->cfg->poll_seconds + GRACE_SECONDS, "", f);
}

/* Until news, the next poll, or a poke of post (copies are due). */
static enum status
news_wait(struct intake *in, struct fault *f)
{
	enum imap_woke woke;
	int ms = in->cfg->poll_seconds * 1000;

	if (ms > LEASE_RENEW_SECONDS * 1000)
		ms = LEASE_RENEW_SECONDS * 1000;
	role_beat(in->role, ms);
	if (imap_wait(in->imap, ms, &woke, f) != ST_OK)
		return f->st;
	role_woken(in->role);
	return ST_OK;
}

static enum status
metrics_try(struct intake *in, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	BUF_AUTO struct buf b;
	struct metrics m;

	buf_open(&b, METRICS_BYTES);
	if (metrics_read(in->role->store, a, clock_now(), &m, f) != ST_OK)
		return f->st;
	metrics_text(&m, &b);
	return metrics_write(in->cfg->metrics_file, buf_span(&b), f);
}

/* A monitoring that cannot be fed stops no mail. */
static void
metrics_do(struct intake *in)
{
	struct fault f;
	bool failed;

	if (in->cfg->metrics_file[0] == '\0')
		return;
	failed = metrics_try(in, &f) != ST_OK;
	if (failed && !in->metrics_failed)
		log_fault(LOG_L_WARN, "metrics", &f);
	in->metrics_failed = failed;
}

static void
trouble(struct intake *in, const struct fault *f, unsigned failures)
{
	struct fault ignored;
	int seconds = role_backoff(f->st, failures);

	session_end(in);
	if (role_stops(in->role))
		return;
	log_event(f->st == ST_PERM ? LOG_L_ERR : LOG_L_WARN, "imap-trouble",
	    "class=%s failures=%u wait=%ds why=\"%s\"", status_name(f->st), failures + 1, seconds,
	    f->text);
	if (beat_write(in, false, false, seconds + GRACE_SECONDS, f->text, &ignored) != ST_OK)
		log_fault(LOG_L_WARN, "beat", &ignored);
	metrics_do(in);
	in->role->go = true;	/* a mailbox out of reach holds up no mail that is to be sent */
	role_sleep(in->role, seconds * 1000);
}

static int
refusal(const struct fault *f)
{
	log_event(LOG_L_ERR, "lease", "held=no why=\"%s\"", f->text);
	return EX_UNAVAILABLE;
}

static int
intake_forever(struct intake *in)
{
	unsigned failures = 0;
	struct fault f = { 0 };

	while (!role_stops(in->role)) {
		enum status st = in->imap != NULL ? ST_OK : session_begin(in, &f);

		if (st == ST_OK)
			st = round_do(in, &f);
		if (st == ST_OK) {
			failures = 0;
			if (!in->more)
				metrics_do(in);
			st = role_stops(in->role) || in->more ? ST_OK : news_wait(in, &f);
		}
		if (in->refused)
			return refusal(&f);
		if (st != ST_OK)
			trouble(in, &f, failures++);
	}
	return EX_OK;
}

/* One pass for -1: everything there is, or an exit code that says it must be tried again. */
static int
intake_pass(struct intake *in)
{
	struct fault f = { 0 };
	enum status st = session_begin(in, &f);

	if (st == ST_OK)
		st = in->role->copies_only ? copies_do(in, &f) : round_do(in, &f);
	metrics_do(in);
	if (in->refused)
		return refusal(&f);
	/* The pass is over: whoever comes next, here or elsewhere, need not wait. */
	if (st == ST_OK && in->role->copies_only && lease_drop(in->imap, in->role->setup, &f) == ST_TEMP)
		log_fault(LOG_L_WARN, "lease", &f);
	if (st != ST_OK) {
		log_fault(LOG_L_ERR, "imap", &f);
		return role_exit(&f);
	}
	return in->left > 0 ? EX_TEMPFAIL : EX_OK;
}

static enum status
intake_open(struct intake *in, struct desk *d, struct fault *f)
{
	if (store_open(&in->role->store, in->cfg->database, STORE_WRITE, clock_now(), f) != ST_OK)
		return f->st;
	*d = in->role->setup->desk;
	store_key(in->role->store, d->key);
	if (d->since == 0)
		d->since = store_created_at(in->role->store) - DAY_SECONDS;
	if (in->role->copies_only)
		return ST_OK;
	snapshot_tidy(in);
	return reader_open(&in->reader, in->cfg->rules, READER_DAEMON, f);
}

int
intake_run(struct role *r)
{
	struct setup own = *r->setup;	/* a copy: `since` may come from the database */
	struct intake in = { .role = r, .cfg = r->setup->cfg, .sent = "", .selected = "" };
	struct fault f = { 0 };
	int rc;

	r->setup = &own;
	if (intake_open(&in, &own.desk, &f) != ST_OK) {
		log_fault(LOG_L_ERR, "intake", &f);
		rc = f.st == ST_TEMP ? EX_TEMPFAIL : r->store == NULL ? EX_DATAERR : EX_CONFIG;
	} else {
		role_beat(r, in.cfg->poll_seconds * 1000);
		rc = r->once ? intake_pass(&in) : intake_forever(&in);
	}
	session_end(&in);
	snapshot_forget(&in);
	if (r->store != NULL && !r->once) {
		if (last_beat(&in, &f) != ST_OK)
			log_fault(LOG_L_WARN, "beat", &f);
		metrics_do(&in);
	}
	reader_close(&in.reader);
	store_close(&r->store);
	return rc;
}
