/* erasing.c - what was erased leaves the mailbox, wherever it is seen.  Losing an answer here
 * is harmless: the rows stay until the mails are gone. */
#include "intake.h"

#include "clock.h"
#include "erase.h"
#include "log.h"

enum { AT_A_TIME = 500 };

/* Those of v that are in the folder still, and the mails that were recorded: their UIDs. */
static enum status
those_there(struct intake *in, struct arena *a, const struct unwanted *v, size_t n,
    uint32_t *there, size_t *nthere, struct fault *f)
{
	uint32_t *uids = arena_new(a, uint32_t, n);
	struct imap_meta *meta;
	size_t nmeta, k = 0;

	for (size_t i = 0; i < n; i++)
		uids[i] = v[i].at.uid;
	if (imap_meta(in->imap, a, uids, n, &meta, &nmeta, f) != ST_OK)
		return f->st;
	*nthere = 0;
	for (size_t i = 0; i < nmeta; i++) {	/* both ascend */
		while (k < n && v[k].at.uid < meta[i].uid)
			k++;
		if (k < n && v[k].at.uid == meta[i].uid &&
		    (v[k].size == 0 || v[k].size == meta[i].size))
			there[(*nthere)++] = meta[i].uid;
	}
	return ST_OK;
}

static enum status
folder_clear(struct intake *in, struct arena *a, const struct unwanted *v, size_t n,
    struct fault *f)
{
	uint32_t *there = arena_new(a, uint32_t, n);
	size_t nthere = 0;
	struct imap_box box;
	enum status st = imap_select(in->imap, v[0].at.mailbox, &box, f);

	if (st != ST_OK && st != ST_NONE)
		return st;
	in->selected = "";
	if (st == ST_OK && box.uidvalidity == v[0].at.uidvalidity &&
	    those_there(in, a, v, n, there, &nthere, f) != ST_OK)
		return f->st;
	st = imap_remove(in->imap, there, nthere, f);
	if (st == ST_NONE)
		log_event(LOG_L_ERR, "erase-kept", "mails=%zu why=\"%s: delete them in the mailbox "
		    "by hand\"", nthere, f->text);
	else if (st != ST_OK)
		return st;
	else
		log_event(LOG_L_INFO, "erase", "mails=%zu of=%zu", nthere, n);
	return erase_gone(in->role->store, v, n, nthere, st == ST_NONE, clock_now(), f);
}

enum status
erasing_do(struct intake *in, struct fault *f)
{
	size_t n;

	do {
		ARENA_AUTO struct arena *a = arena_open();
		struct unwanted *v;

		if (erase_unwanted(in->role->store, a, AT_A_TIME, &v, &n, f) != ST_OK)
			return f->st;
		role_beat(in->role, 10 * 60 * 1000);
		if (n > 0 && folder_clear(in, a, v, n, f) != ST_OK)
			return f->st;
	} while (n > 0 && !role_stops(in->role));
	return ST_OK;
}
