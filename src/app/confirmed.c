/* confirmed.c - mails that were held until their agents confirmed them.  The bytes come from the
 * mailbox again, attachments included; the same plan is made as for a proven mail.  The mail and
 * its mark are one commit: it is carried out once, whatever ends us in between. */
#include "intake.h"

#include "clock.h"
#include "log.h"

#include <string.h>

/* The mail at that place, when it is the one that was held.  ST_NONE: it is not. */
static enum status
fetch(struct intake *in, struct batch *b, const struct held_mail *h, const struct held_place *at,
    struct fault *f)
{
	struct imap_box box;
	struct imap_meta *meta;
	size_t n;
	enum status st = imap_select(in->imap, at->at.mailbox, &box, f);

	in->selected = at->at.mailbox;
	if (st != ST_OK)
		return st;
	if (box.uidvalidity != at->at.uidvalidity)
		return ST_NONE;
	if (imap_meta(in->imap, b->a, &at->at.uid, 1, &meta, &n, f) != ST_OK)
		return f->st;
	if (n == 0)
		return ST_NONE;
	b->v[0] = (struct batch_mail){ .at = at->at, .id = { .size = meta[0].size,
	    .received = meta[0].received }, .message = h->message, .confirm = h->confirm };
	if (box_bodies(in, b, meta, f) != ST_OK)
		return f->st;
	return b->v[0].fetched && b->v[0].mail != NULL &&
	    memcmp(&b->v[0].id.sha256, &h->sha256, sizeof h->sha256) == 0 ? ST_OK : ST_NONE;
}

/* Nobody needs to look at it any more. */
static enum status
file(struct intake *in, struct arena *a, const struct held_place *at, struct fault *f)
{
	struct imap_move m = { 0 };
	struct filed done = { .location = at->location };

	if (strcmp(at->at.mailbox, in->cfg->review_folder) != 0)
		return ST_OK;
	if (imap_move(in->imap, a, &at->at.uid, 1, in->cfg->filed_folder, &m, f) != ST_OK ||
	    m.n != 1)
		return ST_OK;	/* it stays where it is, handled all the same */
	done.moved = (struct location){ in->cfg->filed_folder, m.uidvalidity, m.v[0].to };
	done.has_moved = true;
	return store_filed(in->role->store, &done, 1, f);
}

/* ST_NONE: at none of the places that we know. */
static enum status
carry_out(struct intake *in, const struct held_mail *h, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct batch b = { a, arena_new(a, struct batch_mail, 1), 1, false };
	struct held_place *v;
	size_t n;

	if (store_held_places(in->role->store, a, h->message, &v, &n, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < n; i++) {
		enum status st = fetch(in, &b, h, &v[i], f);

		if (st == ST_OK && batch_commit(in, &b, f) != ST_OK)
			return f->st;
		if (st != ST_NONE)
			return st == ST_OK ? file(in, a, &v[i], f) : st;
	}
	return ST_NONE;
}

/* Moved by a human: every folder we watch is looked at again before we give up. */
static enum status
look_everywhere(struct intake *in, struct fault *f)
{
	if (box_take(in, in->cfg->folder, f) != ST_OK ||
	    box_take(in, in->cfg->filed_folder, f) != ST_OK)
		return f->st;
	return box_take(in, in->cfg->review_folder, f);
}

static enum status
lost(struct intake *in, const struct held_mail *h, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	const struct desk *d = &in->role->setup->desk;
	struct plan_facts random = { 0 };
	int64_t now = clock_now();
	struct plan p;

	role_random(a, d, &random);
	if (plan_held_lost(a, d, h->agent, h->received, now, &random, &p, f) != ST_OK ||
	    store_begin(in->role->store, f) != ST_OK)
		return f->st;
	if (store_send(in->role->store, p.mails, p.nmails, now, f) != ST_OK ||
	    store_held_done(in->role->store, h->confirm, now, f) != ST_OK) {
		store_rollback(in->role->store);
		return f->st;
	}
	log_event(LOG_L_WARN, "held-lost", "message=%lld", (long long)h->message);
	if (store_commit(in->role->store, f) != ST_OK)
		return f->st;
	role_poke(in->role);
	return ST_OK;
}

enum status
confirmed_do(struct intake *in, bool *any_out, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct held_mail *v;
	size_t n;

	if (store_held(in->role->store, a, &v, &n, f) != ST_OK)
		return f->st;
	*any_out = n > 0;
	for (size_t i = 0; i < n; i++) {
		enum status st = carry_out(in, &v[i], f);

		if (st == ST_NONE) {
			st = look_everywhere(in, f);
			st = st == ST_OK ? carry_out(in, &v[i], f) : st;
		}
		if (st == ST_NONE || st == ST_PERM)
			st = lost(in, &v[i], f);
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}
