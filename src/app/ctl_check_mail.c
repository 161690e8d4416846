/* ctl_check_mail.c - the two servers: logged in for real, nothing changed, nothing sent. */
#include "ctl_check.h"

#include "clock.h"
#include "header.h"
#include "login.h"
#include "mailbox.h"
#include "smtp.h"

#include <string.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <unistd.h>

enum {
	MAILBOX_SECONDS = 60,		/* all that is asked of it */
	CONNECT_MS = 15 * 1000, STEP_MS = 15 * 1000,
	LOOK_AT = 200,			/* headers of so many mails, newest first */
	ENOUGH = 20,			/* else those of the filed folder too */
	UNKNOWN_MAX = 1000,
};

struct mailbox { struct checking *k; struct arena *a; struct imap *im; };

/* ---- folders ---- */

static enum status
folder_look(struct mailbox *b, const char *folder, struct fault *f)
{
	struct checking *k = b->k;
	struct imap_box box;
	enum status st = imap_status(b->im, folder, &box, f);

	if (st == ST_NONE)
		k->x.absent = arena_printf(b->a, "%s%s%s", k->x.absent,
		    k->x.absent[0] != '\0' ? ", " : "", folder);
	return st == ST_NONE ? ST_OK : st;
}

static enum status
folders_look(struct mailbox *b, struct fault *f)
{
	const struct config *c = b->k->c->cfg;
	const char *const folders[] = { c->filed_folder, c->review_folder, c->snapshot_folder,
	    c->sent_folder };
	enum status st;

	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (folders[i][0] != '\0' && folder_look(b, folders[i], f) != ST_OK)
			return f->st;
	st = mailbox_sent(b->im, b->a, c, &b->k->x.sent, f);
	if (st == ST_NONE)
		b->k->x.sent = "";
	return st == ST_NONE ? ST_OK : st;
}

/* ---- mail that has no row yet ---- */

static enum status
oldest_look(struct mailbox *b, const struct imap_box *box, const uint32_t *uids, size_t n,
    struct fault *f)
{
	const char *folder = b->k->c->cfg->folder;
	struct location *at = arena_new(b->a, struct location, n);
	bool *known = arena_new(b->a, bool, n);
	uint32_t *unknown = arena_new(b->a, uint32_t, n);
	struct imap_meta *meta;
	size_t m = 0, nmeta;

	for (size_t i = 0; i < n; i++)
		at[i] = (struct location){ folder, box->uidvalidity, uids[i] };
	if (store_known(b->k->db, at, n, known, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < n; i++)
		if (!known[i])
			unknown[m++] = uids[i];
	if (m == 0)
		return ST_OK;
	if (imap_meta(b->im, b->a, unknown, m, &meta, &nmeta, f) != ST_OK)
		return f->st;
	b->k->x.unhandled += (int64_t)m;
	for (size_t i = 0; i < nmeta; i++)
		if (b->k->x.oldest == 0 || meta[i].received < b->k->x.oldest)
			b->k->x.oldest = meta[i].received;
	return ST_OK;
}

/* More than UNKNOWN_MAX are counted, of the first ones it is asked since when. */
static enum status
unhandled_look(struct mailbox *b, const struct imap_box *box, struct fault *f)
{
	uint32_t validity = 0, upto = 0, *uids;
	size_t n, some;
	enum status st;

	if (b->k->db == NULL)
		return ST_OK;
	st = store_cursor(b->k->db, b->k->c->cfg->folder, &validity, &upto, f);
	if (st != ST_OK && st != ST_NONE)
		return st;
	if (st == ST_NONE || validity != box->uidvalidity)
		upto = 0;
	if (imap_uids(b->im, b->a, upto, &uids, &n, f) != ST_OK)
		return f->st;
	some = n < UNKNOWN_MAX ? n : UNKNOWN_MAX;
	b->k->x.unhandled = (int64_t)(n - some);
	return some == 0 ? ST_OK : oldest_look(b, box, uids, some, f);
}

/* ---- what the border server writes into mail ---- */

static void
result_seen(struct checking *k, const char *id)
{
	for (size_t i = 0; i < k->x.nseen; i++)
		if (span_ieq(span_of(id), k->x.seen[i].id)) {
			k->x.seen[i].n++;
			return;
		}
	/* Strangers may fill the list, but not keep our own out of it. */
	if (k->x.nseen < DOCTOR_SEEN_MAX)
		k->x.seen[k->x.nseen++] = (struct doctor_seen){ id, 1 };
	else if (span_ieq(span_of(id), k->setup.desk.authserv_id))
		k->x.seen[DOCTOR_SEEN_MAX - 1] = (struct doctor_seen){ id, 1 };
}

/* "bureau+..@ville.fr" somewhere in the field. */
static bool
is_plus(const struct desk *d, struct span value)
{
	for (size_t i = 0; i < d->nown; i++) {
		struct span local = addr_local(d->own[i]);

		for (size_t at = 0; local.n > 0 && at + local.n < value.n; at++) {
			struct span rest = span_from(value.p + at, value.n - at), detail;

			if (strncasecmp(rest.p, local.p, local.n) != 0 ||
			    rest.p[local.n] != '+')
				continue;
			if (span_cut(&rest, '@', &detail) &&
			    span_istarts(rest, addr_domain(d->own[i])))
				return true;
		}
	}
	return false;
}

static void
head_look(struct mailbox *b, const struct imap_head *h)
{
	static const char *const to[] = { "To", "Delivered-To", "X-Original-To" };
	struct checking *k = b->k;
	struct headers fields;
	const struct span *v;
	struct span body;

	header_scan(b->a, h->raw, &fields, &body);
	k->x.looked++;
	if (h->received > k->x.newest)
		k->x.newest = h->received;
	v = header_get(&fields, "Authentication-Results");
	if (v != NULL) {
		k->x.with_results++;
		result_seen(k, authres_id(b->a, *v));
	}
	for (size_t i = 0; i < sizeof to / sizeof *to; i++)
		if (is_plus(&k->setup.desk, header_value(&fields, to[i])))
			k->x.plus_seen = true;
}

/* The newest mails of the folder that is examined. */
static enum status
heads_look(struct mailbox *b, struct fault *f)
{
	struct imap_head *v;
	uint32_t *uids;
	size_t n, nv, some;

	if (imap_uids(b->im, b->a, 0, &uids, &n, f) != ST_OK)
		return f->st;
	some = n < LOOK_AT ? n : LOOK_AT;
	if (imap_heads(b->im, b->a, uids + (n - some), some,
	    "Authentication-Results To Delivered-To X-Original-To", &v, &nv, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < nv; i++)
		head_look(b, &v[i]);
	return ST_OK;
}

static enum status
box_look(struct mailbox *b, struct fault *f)
{
	const struct config *c = b->k->c->cfg;
	struct imap_box box;
	enum status st;

	if (imap_examine(b->im, c->folder, &box, f) != ST_OK ||
	    unhandled_look(b, &box, f) != ST_OK || heads_look(b, f) != ST_OK)
		return f->st;
	if (b->k->x.with_results >= ENOUGH)
		return ST_OK;
	st = imap_examine(b->im, c->filed_folder, &box, f);
	return st == ST_OK ? heads_look(b, f) : st == ST_NONE ? ST_OK : st;
}

/* ---- the session ---- */

static void
session_look(struct mailbox *b)
{
	struct checking *k = b->k;
	struct fault f;
	enum status st;

	k->x.imap_days = imap_tls_days(b->im, k->x.now);
	k->x.idle = imap_has(b->im, "IDLE");
	k->x.move = imap_has(b->im, "MOVE");
	k->x.uidplus = imap_has(b->im, "UIDPLUS");
	k->x.special_use = imap_has(b->im, "SPECIAL-USE");
	st = folders_look(b, &f);
	if (st == ST_OK)
		st = box_look(b, &f);
	k->x.box = check_tried(k, st, &f);
}

/* Readable when the time is over: whatever is under way is broken off. */
static int
timer_open(void)
{
	const struct itimerspec t = { .it_value = { .tv_sec = MAILBOX_SECONDS } };
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);

	if (fd >= 0)
		(void)timerfd_settime(fd, 0, &t, NULL);
	return fd;
}

void
check_mailbox(struct checking *k)
{
	const struct config *c = k->c->cfg;
	struct mailbox b = { k, k->c->a, NULL };
	struct login login;
	struct fault f;
	enum status st = login_open(b.a, c, LOGIN_IMAP, &login, &f);
	int timer = timer_open();

	if (st == ST_OK) {
		st = mailbox_open(&b.im, c, &login, timer, -1, &f);
		login_close(&login);
	}
	k->x.imap = check_tried(k, st, &f);
	if (st == ST_OK)
		session_look(&b);
	imap_close(&b.im);
	if (timer >= 0)
		(void)close(timer);
}

/* ---- relay, clock ---- */

static enum status
relay_try(struct checking *k, const char *secret, struct fault *f)
{
	const struct config *c = k->c->cfg;
	const struct smtp_cfg sc = {
		.url = c->smtp, .ca_file = c->smtp_ca_file, .user = c->smtp_user,
		.secret = secret, .auth = (enum net_auth)c->smtp_auth, .ehlo = c->domain,
		.connections = 1, .connect_ms = CONNECT_MS, .step_ms = STEP_MS,
		.dot_ms = STEP_MS,
	};
	struct smtp *s = NULL;
	enum status st = smtp_open(&s, &sc, f);

	if (st != ST_OK)
		return st;
	st = smtp_try(s, f);
	k->x.relay_asked = clock_now();
	k->x.relay_time = doctor_greeting_time(smtp_greeting(s));
	k->x.smtp_days = smtp_tls_days(s, k->x.now);
	smtp_close(&s);
	return st;
}

void
check_relay(struct checking *k)
{
	const struct config *c = k->c->cfg;
	struct timex t = { .modes = 0 };
	const char *secret;
	struct login login;
	struct fault f;
	enum status st = login_open(k->c->a, c, LOGIN_SMTP, &login, &f);

	if (st == ST_OK) {
		st = login_secret(&login, &secret, &f);
		if (st == ST_OK)
			st = relay_try(k, secret, &f);
		login_close(&login);
	}
	k->x.smtp = check_tried(k, st, &f);
	k->x.unsynchronised = adjtimex(&t) == TIME_ERROR;
}
