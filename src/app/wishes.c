/* wishes.c - what an administrator wants of mails that were set aside, carried out where their
 * bytes are.  Every step leaves the wish until it is done: losing an answer here is harmless.
 */
#include "intake.h"

#include "log.h"
#include "review.h"

#include <string.h>

enum { WISHES_MAX = 50 };

/* There is a mail of that size; whether it is the one, its bytes tell when they are read. */
static enum status
place_look(struct intake *in, struct arena *a, const struct wish *w, const struct location *at,
    struct imap_meta *out, struct fault *f)
{
	struct imap_box box;
	struct imap_meta *meta;
	size_t n;
	enum status st = imap_select(in->imap, at->mailbox, &box, f);

	if (st != ST_OK)
		return st;
	in->selected = at->mailbox;
	in->keywords = box.keywords;
	in->validity = box.uidvalidity;
	if (box.uidvalidity != at->uidvalidity)
		return ST_NONE;
	if (imap_meta(in->imap, a, &at->uid, 1, &meta, &n, f) != ST_OK)
		return f->st;
	if (n != 1 || meta[0].size != w->size)	/* put back by hand it has another date */
		return ST_NONE;
	*out = meta[0];
	return ST_OK;
}

/* Where it belongs now, unless somebody took it out of review already. */
static enum status
wish_refile(struct intake *in, struct arena *a, const struct wish *w,
    const struct wish_place *place, struct fault *f)
{
	const char *folder = w->want == FILE_REVIEW || (w->want == FILE_FILED &&
	    in->cfg->file_when != FILE_WHEN_NEVER) ? in->cfg->filed_folder : in->cfg->folder;
	struct imap_move m = { 0 };
	struct filed done = { .location = place->location };
	enum status st = ST_NONE;

	if (strcmp(place->at.mailbox, in->cfg->review_folder) == 0 && w->want != FILE_REVIEW)
		st = imap_move(in->imap, a, &place->at.uid, 1, folder, &m, f);
	if (st != ST_OK && st != ST_NONE)
		return st;
	if (m.n == 1) {
		done.moved = (struct location){ folder, m.uidvalidity, m.v[0].to };
		done.has_moved = true;
	}
	if (store_filed(in->role->store, &done, 1, f) != ST_OK)
		return f->st;
	return wish_done(in->role->store, w->message, f);
}

static enum status
wish_lost(struct intake *in, const struct wish *w, struct fault *f)
{
	bool said;

	if (!w->release)	/* there is nothing left to move */
		return wish_done(in->role->store, w->message, f);
	if (wish_waits(in->role->store, w->message, "not found in the mailbox", &said, f) !=
	    ST_OK)
		return f->st;
	if (!said)
		log_event(LOG_L_WARN, "review",
		    "message=%lld done=no why=\"not found in the mailbox\"",
		    (long long)w->message);
	return ST_OK;
}

static enum status
wish_do(struct intake *in, const struct wish *w, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct wish_place *place;
	struct imap_meta meta;
	size_t n;

	if (wish_places(in->role->store, a, w->message, &place, &n, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < n; i++) {
		enum status st = place_look(in, a, w, &place[i].at, &meta, f);

		if (st == ST_NONE)
			continue;
		if (st != ST_OK)
			return st;
		return w->release ? box_again(in, &place[i].at, &meta, w->message, w->by, f) :
		    wish_refile(in, a, w, &place[i], f);
	}
	return wish_lost(in, w, f);
}

/* What a release leads to is a second wish, taken up at once. */
enum status
wishes_do(struct intake *in, struct fault *f)
{
	for (int turn = 0; turn < 2; turn++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct wish *v;
		size_t n;

		if (wish_list(in->role->store, a, WISHES_MAX, &v, &n, f) != ST_OK)
			return f->st;
		for (size_t i = 0; i < n && !role_stops(in->role); i++) {
			role_beat(in->role, 10 * 60 * 1000);
			if (wish_do(in, &v[i], f) != ST_OK)
				return f->st;
		}
	}
	return ST_OK;
}
