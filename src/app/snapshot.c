/* snapshot.c - the night's snapshot: copied, compressed and sealed into a file without a name
 * beside the database, then part by part into the mailbox, one part a round: mail that comes in
 * meanwhile does not wait for all of it.
 *
 *   due -> copy -> sealed file -> look: which parts are there -> APPEND ... -> whole? ->
 *   old ones removed -> noted as made
 *
 * A lost session goes on with the parts that are missing.  A crash forgets the file; what it left
 * in the mailbox is no whole set and goes with the next one. */
#include "intake.h"

#include "clock.h"
#include "file.h"
#include "log.h"
#include "mailbox.h"
#include "pack.h"
#include "vault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEPT = 7, RETRY_MS = 60 * 60 * 1000, BUSY_MS = 10 * 60 * 1000 };

/* One that is under way. */
struct snapshot {
	int fd;				/* sealed, no name */
	uint64_t bytes;
	int64_t begun, wish;
	char set[VAULT_SET + 1];
	unsigned parts;
	bool looked;			/* `there` is known, in this session */
	bool there[VAULT_PARTS_MAX];
};

void
snapshot_forget(struct intake *in)
{
	if (in->snapshot == NULL)
		return;
	(void)close(in->snapshot->fd);
	arena_close(&in->snapshot_arena);
	in->snapshot = NULL;
}

void
snapshot_session(struct intake *in)
{
	if (in->snapshot != NULL)
		in->snapshot->looked = false;
}

static const char *
beside(struct arena *a, const struct intake *in, const char *tail)
{
	return arena_printf(a, "%s.%s", in->cfg->database, tail);
}

void
snapshot_tidy(const struct intake *in)
{
	ARENA_AUTO struct arena *a = arena_open();

	(void)unlink(beside(a, in, "snapshot"));
	(void)unlink(beside(a, in, "sealed"));
}

/* A file that goes when it is closed, whatever ends us. */
static int
nameless(const char *path)
{
	int fd;

	(void)unlink(path);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		(void)unlink(path);
	return fd;
}

static enum status
copy_seal(struct intake *in, struct arena *a, int to, struct fault *f)
{
	const char *copy = beside(a, in, "snapshot");
	enum status st;
	int from;

	if (snapshot_copy(in->cfg->database, copy, f) != ST_OK)
		return f->st;
	from = open(copy, O_RDONLY | O_CLOEXEC);
	(void)unlink(copy);
	if (from < 0)
		return fault_errno(f, ST_TEMP, "%s", copy);
	role_beat(in->role, BUSY_MS);
	st = pack_file(from, to, in->role->setup->desk.key, VAULT_LABEL, f);
	(void)close(from);
	return st;
}

static enum status
begin(struct intake *in, int64_t wish, struct fault *f)
{
	struct arena *a = arena_open();
	struct snapshot *s = arena_new(a, struct snapshot, 1);
	unsigned char name[VAULT_SET / 2];
	struct stat sb;

	*s = (struct snapshot){ .begun = clock_now(), .wish = wish,
	    .fd = nameless(beside(a, in, "sealed")) };
	in->snapshot = s;
	in->snapshot_arena = a;
	if (s->fd < 0)
		return fault_errno(f, ST_TEMP, "%s", beside(a, in, "sealed"));
	random_bytes(name, sizeof name);
	for (size_t i = 0; i < sizeof name; i++) {
		s->set[2 * i] = "0123456789abcdef"[name[i] >> 4];
		s->set[2 * i + 1] = "0123456789abcdef"[name[i] & 15];
	}
	if (copy_seal(in, a, s->fd, f) != ST_OK)
		return f->st;
	if (fstat(s->fd, &sb) < 0)
		return fault_errno(f, ST_TEMP, "snapshot");
	s->bytes = (uint64_t)sb.st_size;
	if (s->bytes > (uint64_t)VAULT_PARTS_MAX * VAULT_PART)
		return fault_set(f, ST_PERM, "snapshot: larger than %d MiB", VAULT_PARTS_MAX);
	s->parts = (unsigned)((s->bytes + VAULT_PART - 1) / VAULT_PART);
	return ST_OK;
}

/* The parts of ours that are in the mailbox already: an APPEND whose answer was lost. */
static void
note_there(struct snapshot *s, const struct vault_set *v, size_t n)
{
	memset(s->there, 0, sizeof s->there);
	s->looked = true;
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].name, s->set) == 0)
			for (unsigned k = 0; k < v[i].parts && k < s->parts; k++)
				s->there[k] = v[i].part[k] != NULL;
}

static enum status
look(struct intake *in, struct arena *a, struct vault_set **v, size_t *n, struct fault *f)
{
	if (vault_list(in->imap, a, in->cfg->snapshot_folder, in->role->setup->desk.key, v, n, f)
	    != ST_OK)
		return f->st;
	note_there(in->snapshot, *v, *n);
	return ST_OK;
}

static enum status
part_read(const struct snapshot *s, struct arena *a, unsigned k, struct span *out,
    struct fault *f)
{
	uint64_t at = (uint64_t)k * VAULT_PART, left = s->bytes - at;
	size_t want = left < VAULT_PART ? (size_t)left : VAULT_PART, n = 0;
	char *z = arena_alloc(a, want + 1, 1);

	while (n < want) {
		ssize_t r = pread(s->fd, z + n, want - n, (off_t)(at + n));

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return fault_errno(f, ST_TEMP, "snapshot: read");
		n += (size_t)r;
	}
	*out = span_from(z, n);
	return ST_OK;
}

static enum status
part_append(struct intake *in, unsigned k, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct snapshot *s = in->snapshot;
	struct vault_part p = { .made = s->begun, .part = k + 1, .parts = s->parts };
	struct buf wire BUF_AUTO = { 0 };
	struct span bytes;
	uint32_t validity, uid;

	role_beat(in->role, BUSY_MS);
	if (part_read(s, a, k, &bytes, f) != ST_OK)
		return f->st;
	memcpy(p.set, s->set, sizeof p.set);
	p.bytes = bytes.n;
	buf_open(&wire, VAULT_WIRE_MAX);
	if (vault_mail(a, &in->role->setup->desk, &p, bytes, s->begun, &wire, f) != ST_OK ||
	    imap_append(in->imap, in->cfg->snapshot_folder, buf_span(&wire), s->begun, &validity,
	    &uid, f) != ST_OK)
		return f->st;
	s->there[k] = true;
	return ST_OK;
}

/* UIDs of every set of ours but the newest whole ones: KEPT of them, or the new one alone where
 * no older one may stay. */
static size_t
old_ones(const struct snapshot *s, struct arena *a, const struct vault_set *v, size_t n,
    uint32_t **out)
{
	size_t kept = 0, nold = 0, room = 0, keep = s->wish != 0 ? 1 : KEPT;

	for (size_t i = 0; i < n; i++)
		room += v[i].parts;
	*out = arena_new(a, uint32_t, room + 1);
	for (size_t i = n; i > 0; i--) {
		const struct vault_set *x = &v[i - 1];

		if (x->whole && kept < keep) {
			kept++;
			continue;
		}
		for (unsigned k = 0; k < x->parts; k++)
			if (x->part[k] != NULL)
				(*out)[nold++] = x->part[k]->uid;
	}
	return nold;
}

/* All parts are there, says the mailbox itself. */
static enum status
finish(struct intake *in, struct arena *a, const struct vault_set *v, size_t n,
    struct fault *f)
{
	struct snapshot *s = in->snapshot;
	uint32_t *old;
	size_t nold = old_ones(s, a, v, n, &old);
	enum status st = imap_remove(in->imap, old, nold, f);

	if (st == ST_NONE)
		log_event(s->wish != 0 ? LOG_L_ERR : LOG_L_WARN, "snapshot-kept", "mails=%zu "
		    "why=\"%s: delete the older ones in %s by hand\"", nold, f->text,
		    in->cfg->snapshot_folder);
	else if (st != ST_OK)
		return st;
	if (snapshot_made(in->role->store, s->begun, s->wish, f) != ST_OK)
		return f->st;
	log_event(LOG_L_INFO, "snapshot", "bytes=%llu parts=%u removed=%zu",
	    (unsigned long long)s->bytes, s->parts, st == ST_OK ? nold : 0);
	snapshot_forget(in);
	return ST_OK;
}

static enum status
go_on(struct intake *in, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct snapshot *s = in->snapshot;
	struct vault_set *v;
	size_t n;
	unsigned k = 0;

	if (!s->looked && look(in, a, &v, &n, f) != ST_OK)
		return f->st;
	while (k < s->parts && s->there[k])
		k++;
	if (k < s->parts)
		return part_append(in, k, f);
	if (look(in, a, &v, &n, f) != ST_OK)
		return f->st;
	for (k = 0; k < s->parts; k++)
		if (!s->there[k])
			return ST_OK;		/* somebody took it away */
	return finish(in, a, v, n, f);
}

/* The first night is the one after the database was made.  What a clock that was ahead has noted
 * does not count. */
static enum status
is_due(struct intake *in, int64_t *wish, bool *due, struct fault *f)
{
	int64_t now = clock_now(), night = vault_night(now);
	struct snapshot_state state;

	if (snapshot_state(in->role->store, &state, f) != ST_OK)
		return f->st;
	*wish = state.wish;
	*due = state.wish != 0 || (store_created_at(in->role->store) < night &&
	    (state.made_at < night || state.made_at > now));
	return ST_OK;
}

static enum status
step(struct intake *in, struct fault *f)
{
	int64_t wish = 0;
	bool due = true;

	if (in->snapshot == NULL && is_due(in, &wish, &due, f) != ST_OK)
		return f->st;
	if (!due || (in->snapshot == NULL && (begin(in, wish, f) != ST_OK ||
	    mailbox_folder(in->imap, in->cfg, in->cfg->snapshot_folder, f) != ST_OK)))
		return due ? f->st : ST_NONE;
	return go_on(in, f);
}

/* Not a reason to stop serving mail: later again. */
static enum status
put_off(struct intake *in, struct fault *f)
{
	struct fault ignored;

	log_fault(LOG_L_ERR, "snapshot", f);
	if (imap_poll(in->imap, &ignored) != ST_OK)
		return f->st;
	snapshot_forget(in);
	in->snapshot_after = clock_mono_ms() + RETRY_MS;
	in->left++;
	return ST_OK;
}

enum status
snapshot_do(struct intake *in, struct fault *f)
{
	bool worked = false;
	enum status st;

	if (in->snapshot_after != 0 && clock_mono_ms() < in->snapshot_after)
		return ST_OK;
	do {
		st = step(in, f);
		worked = worked || st == ST_OK;
	} while (st == ST_OK && in->snapshot != NULL && in->role->once && !role_stops(in->role));
	if (st != ST_OK && st != ST_NONE && put_off(in, f) != ST_OK)
		return f->st;
	in->more = in->snapshot != NULL;
	/* The bureau's folder is selected again, for what comes in. */
	return worked || st != ST_NONE ? box_take(in, in->cfg->folder, f) : ST_OK;
}
