#include "rebuild_int.h"

#include "clock.h"
#include "duty.h"
#include "journal.h"
#include "lease.h"
#include "mailbox.h"
#include "search.h"
#include "vault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { DAY_SECONDS = 24 * 60 * 60, NUMBER_MAX = 99999999 };

void
rebuild_say(struct rebuild *r, enum rebuild_note kind, const char *ref, const char *message_id,
    const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	r->job->note(r->job->ctx, kind, ref, message_id, text);
}

const char *
rebuild_note_name(enum rebuild_note n)
{
#define NAME(id, name) [REBUILD_NOTE_##id] = name,
	static const char *const names[] = { REBUILD_NOTES(NAME) };

	return names[n];
}

enum status
rebuild_session(struct rebuild *r, struct imap **out, struct fault *f)
{
	return mailbox_open(out, r->setup.cfg, r->job->login, -1, -1, f);
}

/* "<BI-2026-00042." at the start of an id. */
bool
rebuild_ref(const struct rebuild *r, struct arena *a, const char *id, const char **ref_out,
    struct reference *out)
{
	const char *prefix = r->setup.desk.prefix;
	struct span rest = span_of(id), ref, year;
	unsigned long long y = 0, n = 0;
	size_t np = strlen(prefix);

	*ref_out = "";
	if (rest.n < 1 || !span_cut(&rest, '.', &ref) || ref.n < 2)
		return false;
	ref = span_from(ref.p + 1, ref.n - 1);
	if (ref.n < np + 11 || memcmp(ref.p, prefix, np) != 0 || ref.p[np] != '-')
		return false;
	rest = span_from(ref.p + np + 1, ref.n - np - 1);
	if (!span_cut(&rest, '-', &year) || year.n != 4 || !span_number(year, 9999, &y) ||
	    !span_number(rest, NUMBER_MAX, &n) || n == 0)
		return false;
	*ref_out = arena_span(a, ref);
	*out = (struct reference){ (int)y, (int)n };
	return true;
}

/* ---- where it begins ---- */

/* Mail from before the service was never answered.  The service began a day after that, or, where
 * nothing tells, when the first mail of ours was sent. */
static int64_t
since_of(const struct rebuild *r, int64_t created)
{
	int64_t first = created;

	if (r->setup.cfg->since != 0)
		return r->setup.cfg->since;
	if (r->sum->snapshot_made == 0 && r->ntrace > 0 && r->trace[0].at < first)
		first = r->trace[0].at;
	return first - DAY_SECONDS;
}

static enum status
sent_look(struct rebuild *r, struct fault *f)
{
	struct imap *im = NULL;
	struct imap_box box;
	enum status st = rebuild_session(r, &im, f);

	if (st == ST_OK) {
		st = mailbox_sent(im, r->a, r->setup.cfg, &r->folder[FOLDER_SENT], f);
		if (st == ST_NONE) {
			r->folder[FOLDER_SENT] = mailbox_sent_fallback;
			st = ST_OK;
		}
	}
	if (st == ST_OK)
		st = imap_select(im, r->folder[FOLDER_SENT], &box, f);
	if (st == ST_OK)
		st = rebuild_traces(r, im, f);
	if (st == ST_NONE) {
		rebuild_say(r, REBUILD_NOTE_FOLDER, "", "",
		    "no folder of sent mail: which answers went out is not known");
		r->folder[FOLDER_SENT] = "";
		st = ST_OK;
	}
	imap_close(&im);
	return st;
}

/* Does the daemon of this database run on this host? */
static bool
is_locked(const struct rebuild *r)
{
	int fd = open(arena_printf(r->a, "%s.lock", r->setup.cfg->database), O_RDWR | O_CLOEXEC);
	bool busy = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0;

	if (fd >= 0)
		(void)close(fd);
	return busy;
}

/* What moves while it is read would be missed, or seen twice. */
static enum status
quiet(struct rebuild *r, struct fault *f)
{
	struct imap *im = NULL;
	struct lease_seen seen;
	enum status st = rebuild_session(r, &im, f);

	if (st == ST_OK)
		st = lease_look(im, r->a, &r->setup, clock_now(), &seen, f);
	imap_close(&im);
	if (st != ST_OK || r->job->anyway || seen.host[0] == '\0' || (seen.ours && !is_locked(r)))
		return st;
	return fault_set(f, ST_PERM, "a bureaud works on this mailbox, on host %s: stop it first "
	    "(--yes: go on all the same)", seen.host);
}

static enum status
ground(struct rebuild *r, struct fault *f)
{
	enum status st = rebuild_restore(r, f);

	if (st != ST_OK && st != ST_NONE)
		return st;
	if (sent_look(r, f) != ST_OK)
		return f->st;
	if (st == ST_NONE) {
		(void)unlink(r->draft);
		r->setup.desk.since = since_of(r, clock_now());
		return store_open(&r->role.store, r->draft, STORE_CREATE,
		    r->setup.desk.since + DAY_SECONDS, f);
	}
	r->setup.desk.since = since_of(r, store_created_at(r->role.store));
	return ST_OK;
}

/* ---- and ends ---- */

static enum status
in_transaction(struct rebuild *r, enum status (*work)(struct rebuild *r, struct fault *f),
    struct fault *f)
{
	struct store *s = r->role.store;
	enum status st = store_begin(s, f);

	if (st != ST_OK)
		return st;
	st = work(r, f);
	if (st == ST_OK)
		return store_commit(s, f);
	store_rollback(s);
	return st;
}

static enum status
begin(struct rebuild *r, struct fault *f)
{
	return salvage_begin(r->role.store, f);
}

static enum status
settle(struct rebuild *r, struct fault *f)
{
	struct store *s = r->role.store;

	if (salvage_begin(s, f) != ST_OK || duty_settle(&r->role, f) != ST_OK)
		return f->st;
	return journal_add(s, r->job->by, "rebuild", "", clock_now(), f);
}

/* Its own name only now, whole; never over another file. */
static enum status
publish(struct rebuild *r, struct fault *f)
{
	int dir;
	enum status st = ST_OK;
	const char *slash = strrchr(r->job->path, '/');
	const char *folder = slash == NULL ? "." : arena_strndup(r->a, r->job->path,
	    (size_t)(slash - r->job->path) + 1);

	if (link(r->draft, r->job->path) < 0)
		return fault_errno(f, ST_PERM, "%s", r->job->path);
	(void)unlink(r->draft);
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || fsync(dir) < 0)
		st = fault_errno(f, ST_TEMP, "%s", folder);
	if (dir >= 0)
		(void)close(dir);
	return st;
}

static enum status
work(struct rebuild *r, struct fault *f)
{
	struct store *s;

	if (reader_open(&r->in.reader, r->setup.cfg->rules, READER_DAEMON, f) != ST_OK ||
	    quiet(r, f) != ST_OK || ground(r, f) != ST_OK)
		return f->st;
	store_key(r->role.store, r->setup.desk.key);
	if (in_transaction(r, begin, f) != ST_OK || rebuild_walk(r, f) != ST_OK ||
	    in_transaction(r, settle, f) != ST_OK ||
	    search_rebuild(r->role.store, NULL, NULL, f) != ST_OK)
		return f->st;
	s = r->role.store;
	if (salvage_wordless(s, &r->sum->wordless, f) != ST_OK ||
	    query_counts(s, &r->sum->counts, f) != ST_OK)
		return f->st;
	store_close(&r->role.store);
	return publish(r, f);
}

static void
draft_remove(const struct rebuild *r)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-journal" };

	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
		(void)unlink(arena_printf(r->a, "%s%s", r->draft, tails[i]));
}

enum status
rebuild_run(const struct rebuild_job *job, struct rebuild_sum *out, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	const struct config *c = job->setup->cfg;
	struct rebuild r = { .job = job, .sum = out, .a = a, .setup = *job->setup,
	    .folder = { c->folder, c->filed_folder, c->review_folder, "" },
	    .draft = arena_printf(a, "%s.rebuild", job->path) };
	enum status st;

	*out = (struct rebuild_sum){ 0 };
	r.role = (struct role){ .setup = &r.setup, .once = true, .stop_fd = -1, .wake_fd = -1,
	    .poke_fd = -1, .beat_fd = -1 };
	r.in = (struct intake){ .role = &r.role, .cfg = c, .sent = "", .selected = "" };
	if (access(job->path, F_OK) == 0)
		return fault_set(f, ST_PERM, "%s: exists already", job->path);
	draft_remove(&r);	/* of one that was killed */
	st = work(&r, f);
	store_close(&r.role.store);
	reader_close(&r.in.reader);
	draft_remove(&r);
	return st;
}
