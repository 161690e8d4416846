/* rebuild_vault.c - the newest snapshot that opens. */
#include "rebuild_int.h"

#include "clock.h"
#include "pack.h"
#include "vault.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define SNAPSHOT_MAX (64ULL << 30)	/* bytes of a database that is unpacked */

/* The attached bytes of one part, through the confined reader like any mail. */
struct opening { struct rebuild *r; struct arena *a; struct unpack *u; enum status st;
    struct fault *f; };

static void
part_came(void *ctx, const struct imap_meta *m, struct span raw)
{
	struct opening *o = ctx;
	const struct mail *mail;
	const struct verdict *v;
	const char *why;

	(void)m;
	if (reader_ask(o->r->in.reader, o->a, raw, PARSE_BYTES, &mail, &v, &why, o->f) != ST_OK) {
		o->st = o->f->st;
		return;
	}
	o->st = fault_set(o->f, ST_PERM, "no sealed file in the mail");
	for (size_t i = 0; mail != NULL && i < mail->natt; i++)
		if (strcmp(mail->att[i].type, "application/octet-stream") == 0) {
			o->st = unpack_put(o->u, mail->att[i].bytes, o->f);
			return;
		}
}

static enum status
part_fetch(struct opening *o, struct imap *im, uint32_t uid)
{
	struct imap_meta *m;
	size_t n;

	arena_reset(o->a);
	if (imap_meta(im, o->a, &uid, 1, &m, &n, o->f) != ST_OK)
		return o->f->st;
	o->st = fault_set(o->f, ST_PERM, "a part of it is gone");
	if (n == 1 && m[0].size <= 2 * VAULT_WIRE_MAX &&
	    imap_bodies(im, m, 1, (size_t)m[0].size + 65536, part_came, o, o->f) != ST_OK)
		return o->f->st;
	return o->st;
}

static enum status
parts_fetch(struct opening *o, struct imap *im, const struct vault_set *s)
{
	if (!s->whole)
		return fault_set(o->f, ST_PERM, "parts of it are missing");
	for (unsigned k = 0; k < s->parts; k++)
		if (part_fetch(o, im, s->part[k]->uid) != ST_OK)
			return o->f->st;
	return unpack_end(o->u, o->f);
}

static enum status
unpack_set(struct rebuild *r, struct imap *im, const struct vault_set *s, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct opening o = { .r = r, .a = a, .f = f };
	enum status st;
	int fd;

	(void)unlink(r->draft);
	fd = open(r->draft, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return fault_errno(f, ST_TEMP, "%s", r->draft);
	o.u = unpack_open(fd, r->setup.desk.key, VAULT_LABEL, SNAPSHOT_MAX);
	st = parts_fetch(&o, im, s);
	unpack_close(&o.u);
	if (st == ST_OK && fsync(fd) < 0)
		st = fault_errno(f, ST_TEMP, "%s", r->draft);
	(void)close(fd);
	return st == ST_OK ? store_open(&r->role.store, r->draft, STORE_WRITE, clock_now(), f) : st;
}

/* The next older one where the newest does not open; a dead session or a full disk ends all. */
static enum status
newest_open(struct rebuild *r, struct imap *im, const struct vault_set *v, size_t n,
    struct fault *f)
{
	for (; n > 0; n--) {
		char day[DATE_RFC3339_MAX];

		if (unpack_set(r, im, &v[n - 1], f) == ST_OK) {
			r->sum->snapshot_made = v[n - 1].made;
			return ST_OK;
		}
		if (f->st != ST_PERM)
			return f->st;
		date_rfc3339(v[n - 1].made, day);
		rebuild_say(r, REBUILD_NOTE_SNAPSHOT, "", "", "snapshot of %s: %s", day, f->text);
	}
	return fault_set(f, ST_NONE, "no snapshot opens");
}

enum status
rebuild_restore(struct rebuild *r, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct imap *im = NULL;
	struct vault_set *v;
	size_t n;
	enum status st = rebuild_session(r, &im, f);

	if (st == ST_OK)
		st = vault_list(im, a, r->setup.cfg->snapshot_folder, r->setup.desk.key, &v, &n, f);
	if (st == ST_OK)
		st = newest_open(r, im, v, n, f);
	imap_close(&im);
	return st;
}
