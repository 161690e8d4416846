/* filing.c - after COMMIT: the mark or the move of each mail on IMAP, and the copies of what
 * was sent.  Losing any answer here is harmless: the next round finds the rows. */
#include "intake.h"

#include "log.h"

/* What is wanted, as far as the administrator lets us. */
static enum file_want
want_of(const struct intake *in, enum file_want want)
{
	return want == FILE_FILED && in->cfg->file_when == FILE_WHEN_NEVER ? FILE_KEEP : want;
}

/* Mails that share what is done with them. */
struct group { struct arena *a; uint32_t *uids; struct filed *done; size_t n; };

static void
group_make(struct arena *a, const struct filing *v, size_t n, const struct intake *in,
    enum file_want want, struct group *g)
{
	*g = (struct group){ a, arena_new(a, uint32_t, n), arena_new(a, struct filed, n), 0 };
	for (size_t i = 0; i < n; i++) {
		if (want_of(in, v[i].want) != want)
			continue;
		g->uids[g->n] = v[i].uid;
		g->done[g->n++].location = v[i].location;
	}
}

static enum status
group_mark(struct intake *in, struct group *g, struct fault *f)
{
	enum status st = in->keywords ? imap_mark(in->imap, g->uids, g->n, f) : ST_NONE;

	/* A folder without keywords: the row alone says that it is handled. */
	return st == ST_NONE ? ST_OK : st;
}

static void
moved_note(struct group *g, const char *folder, const struct imap_move *m)
{
	for (size_t i = 0; i < m->n; i++)
		for (size_t j = 0; j < g->n; j++)
			if (g->uids[j] == m->v[i].from) {
				g->done[j].moved = (struct location){ folder, m->uidvalidity, m->v[i].to };
				g->done[j].has_moved = true;
				break;
			}
}

/* ST_TEMP with the session alive is the server's NO (quota): those stay for the next round. */
static enum status
group_move(struct intake *in, struct group *g, const char *folder, struct fault *f)
{
	struct imap_move m = { 0 };
	enum status st = imap_move(in->imap, g->a, g->uids, g->n, folder, &m, f);

	if (st == ST_NONE)
		return group_mark(in, g, f);
	if (st == ST_OK)
		moved_note(g, folder, &m);
	return st;
}

static enum status
group_file(struct intake *in, struct group *g, const char *folder, struct fault *f)
{
	enum status st;

	if (g->n == 0)
		return ST_OK;
	/* The keyword first: it stays with the mail wherever it goes. */
	st = group_mark(in, g, f);
	if (st == ST_OK && folder[0] != '\0')
		st = group_move(in, g, folder, f);
	if (st != ST_OK) {
		log_fault(LOG_L_WARN, "filing", f);
		return st;
	}
	return store_filed(in->role->store, g->done, g->n, f);
}

enum status
filing_do(struct intake *in, struct fault *f)
{
	const char *const folders[] = {
		[FILE_KEEP] = "", [FILE_FILED] = in->cfg->filed_folder,
		[FILE_REVIEW] = in->cfg->review_folder,
	};
	struct filing *v;
	size_t n;

	do {
		ARENA_AUTO struct arena *a = arena_open();

		if (store_filings(in->role->store, a, in->cfg->folder, in->validity, FILINGS_MAX,
		    &v, &n, f) != ST_OK)
			return f->st;
		role_beat(in->role, 10 * 60 * 1000);
		for (size_t i = 0; n > 0 && i < sizeof folders / sizeof *folders; i++) {
			struct group g;

			group_make(a, v, n, in, (enum file_want)i, &g);
			if (group_file(in, &g, folders[i], f) != ST_OK)
				return f->st;
		}
	} while (n == FILINGS_MAX && !role_stops(in->role));
	return ST_OK;
}

/* Where the provider copies by itself, ours is not wanted any more, now or later. */
static enum status
copy_do(struct intake *in, const struct sent_copy *c, struct fault *f)
{
	uint32_t validity = 0, uid = 0;
	struct location at;

	if (!in->cfg->sent_copy)
		return outbox_copied(in->role->store, c->row, NULL, f);
	if (imap_append(in->imap, in->sent, c->wire, c->sent_at, &validity, &uid, f) != ST_OK)
		return f->st;
	at = (struct location){ in->sent, validity, uid };
	return outbox_copied(in->role->store, c->row, uid != 0 ? &at : NULL, f);
}

enum status
copies_do(struct intake *in, struct fault *f)
{
	struct sent_copy *v;
	size_t n;

	if (in->sent[0] == '\0' && in->cfg->sent_copy)
		return ST_OK;
	do {
		ARENA_AUTO struct arena *a = arena_open();

		if (outbox_copies(in->role->store, a, COPIES_MAX, &v, &n, f) != ST_OK)
			return f->st;
		for (size_t i = 0; i < n; i++) {
			role_beat(in->role, 5 * 60 * 1000);
			if (copy_do(in, &v[i], f) != ST_OK)
				return f->st;
		}
	} while (n == COPIES_MAX && !role_stops(in->role));
	return ST_OK;
}
