/* ctl_mailbox.c - the mailbox, as an administrator reads it: a session of its own, which marks
 * nothing and moves nothing. */
#include "ctl_mailbox.h"

#include "login.h"
#include "review.h"

#include <string.h>

enum { CONNECT_MS = 15 * 1000, COMMAND_MS = 60 * 1000, ROOM = 64 * 1024 };

enum status
ctl_mailbox_open(struct ctl *c, struct ctl_mailbox *m)
{
	const struct config *cfg = c->cfg;
	struct imap_cfg ic = {
		.ca_file = cfg->imap_ca_file, .user = cfg->imap_user,
		.auth = (enum net_auth)cfg->imap_auth, .connect_ms = CONNECT_MS,
		.command_ms = COMMAND_MS, .stop_fd = -1, .poke_fd = -1,
	};
	struct login login;
	enum status st;

	*m = (struct ctl_mailbox){ .selected = "" };
	if (cfg->imap_url[0] == '\0')
		return fault_set(&c->f, ST_PERM, "[imap]: no url");
	if (net_url_parse(c->a, cfg->imap_url, cfg->imap_starttls, &ic.url, &c->f) != ST_OK)
		return c->f.st;
	if (login_open(c->a, cfg, LOGIN_IMAP, &login, &c->f) != ST_OK)
		return c->f.st;
	st = login_secret(&login, &ic.secret, &c->f);
	if (st == ST_OK)
		st = imap_open(&m->im, &ic, &c->f);
	login_close(&login);
	return st;
}

void
ctl_mailbox_close(struct ctl_mailbox *m)
{
	imap_close(&m->im);
}

struct wanted { struct arena *a; const char *sha256; struct span raw; bool found; };

static void
body_came(void *ctx, const struct imap_meta *meta, struct span raw)
{
	struct wanted *w = ctx;
	const struct sha256 h = sha256_of(raw);
	char hex[2 * SHA256_BYTES + 1];

	(void)meta;
	sha256_hex(&h, hex);
	if (w->found || strcmp(hex, w->sha256) != 0)
		return;
	w->raw = span_from(arena_span(w->a, raw), raw.n);
	w->found = true;
}

/* ST_NONE: not there, or other bytes than were recorded. */
static enum status
read_at(struct ctl *c, struct ctl_mailbox *m, const struct location *at, struct wanted *w)
{
	struct imap_meta *meta;
	size_t n;

	if (strcmp(m->selected, at->mailbox) != 0) {
		enum status st = imap_select(m->im, at->mailbox, &m->box, &c->f);

		if (st != ST_OK)
			return st;
		m->selected = arena_strdup(c->a, at->mailbox);
	}
	if (m->box.uidvalidity != at->uidvalidity)
		return ST_NONE;
	if (imap_meta(m->im, w->a, &at->uid, 1, &meta, &n, &c->f) != ST_OK)
		return c->f.st;
	if (n == 0)
		return ST_NONE;
	if (imap_bodies(m->im, meta, 1, (size_t)meta[0].size + ROOM, body_came, w, &c->f) !=
	    ST_OK)
		return c->f.st;
	return w->found ? ST_OK : ST_NONE;
}

enum status
ctl_mailbox_raw(struct ctl *c, struct store *s, struct ctl_mailbox *m, struct arena *a,
    int64_t message, const char *sha256, struct span *raw_out)
{
	struct wanted w = { .a = a, .sha256 = sha256 };
	struct wish_place *place;
	size_t n;

	if (m->im == NULL)
		return ST_NONE;
	if (wish_places(s, a, message, &place, &n, &c->f) != ST_OK)
		return c->f.st;
	for (size_t i = 0; i < n && !w.found; i++) {
		enum status st = read_at(c, m, &place[i].at, &w);

		if (st != ST_OK &&
		    st != ST_NONE) { /* the session is dead: without it from now on */
			imap_close(&m->im);
			return ST_NONE;
		}
	}
	*raw_out = w.raw;
	return w.found ? ST_OK : ST_NONE;
}
