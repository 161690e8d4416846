/* ctl_check_files.c - this machine: files, texts, database, daemon. */
#include "ctl_check.h"

#include "clock.h"
#include "file.h"
#include "health.h"
#include "lawful.h"
#include "login.h"
#include "reader.h"
#include "snapshot.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

enum { SOUND_MS = 20 * 1000, PERMANENCES_MAX = 100 };

/* ---- who can change what ---- */

/* Adds path where one of those permissions is given. */
static void
mode_look(struct checking *k, const char *path, mode_t bad, const char **list)
{
	struct stat sb;

	if (path[0] != '\0' && stat(path, &sb) == 0 && (sb.st_mode & bad) != 0)
		*list = arena_printf(k->c->a, "%s%s%s", *list, (*list)[0] != '\0' ? ", " : "",
		    path);
}

static void
folder_look(struct checking *k, const char *dir, const char *suffix)
{
	const char **names;
	struct fault f;
	size_t n;

	mode_look(k, dir, S_IWOTH, &k->x.writable);
	if (file_list(k->c->a, dir, suffix, &names, &n, &f) != ST_OK)
		return;		/* the subject that needs it says so */
	for (size_t i = 0; i < n; i++)
		mode_look(k, arena_printf(k->c->a, "%s/%s", dir, names[i]), S_IWOTH,
		    &k->x.writable);
}

static void
modes_look(struct checking *k)
{
	const struct config *c = k->c->cfg;
	struct arena *a = k->c->a;
	const char *const plain[] = { c->path, c->directory, c->directory[0] != '\0' ?
	    file_beside(a, c->directory, "national.conf") : "", c->quartiers };
	static const char *const files[] = { "", "-wal", "-shm" };

	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		mode_look(k, plain[i], S_IWOTH, &k->x.writable);
	folder_look(k, c->rules, ".rules");
	folder_look(k, c->templates, ".txt");
	folder_look(k, file_beside(a, c->templates, "templates/modeles"), ".txt");
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		mode_look(k, arena_printf(a, "%s%s", c->database, files[i]),
		    S_IRWXG | S_IRWXO, &k->x.readable);
}

/* ---- secrets ---- */

static enum status
secrets_try(struct checking *k, struct fault *f)
{
	const struct config *c = k->c->cfg;
	struct span key;

	if (config_key(k->c->a, c, &key, f) != ST_OK)
		return f->st;
	explicit_bzero((char *)(uintptr_t)key.p, key.n);
	return login_try(k->c->a, c, f);
}

/* ---- rules, texts, lists ---- */

static enum status
rules_try(struct checking *k, struct fault *f)
{
	const struct category *v;
	struct reader *r = NULL;
	enum status st = setup_part(k->c->a, &k->setup, SETUP_RULES, f);

	if (st != ST_OK)
		return st;
	k->x.ncategories = rules_categories(k->setup.rules, &v);
	st = reader_open(&r, k->c->cfg->rules, READER_DAEMON, f);
	reader_close(&r);
	return st;
}

/* One acknowledgment, as of now. */
static const char *
lacks(struct checking *k, const struct category *cat)
{
	const struct desk *d = &k->setup.desk;
	const struct ack_facts facts = {
		.template_name = cat->template_name, .category = cat->name,
		.ref = arena_printf(k->c->a, "%s-2026-00042", d->prefix), .bureau = d->name,
		.organisation = d->organisation, .address = d->address, .phone = d->phone,
		.postal_address = d->postal_address, .lang = "fr", .received = k->x.now,
		.now = k->x.now, .promise_days = d->promise_days, .hours = &d->hours,
		.directory = d->directory, .quartiers = d->quartiers,
	};
	const char *body;
	struct fault f;

	if (texts_ack(k->setup.texts, k->c->a, &facts, &body, &f) != ST_OK)
		return check_why(k, &f);
	return lawful_missing(k->c->a, &facts, body);
}

/* ack-court is exempt (LAW-AND-SAFETY section 3, rule 2). */
static void
texts_look(struct checking *k)
{
	const struct category *v;
	size_t n = rules_categories(k->setup.rules, &v);

	for (size_t i = 0; i < n; i++) {
		const char *z;

		if (strcmp(v[i].template_name, "ack-court") == 0)
			continue;
		z = lacks(k, &v[i]);
		if (z[0] != '\0' && strstr(k->x.unlawful, v[i].template_name) == NULL)
			k->x.unlawful = arena_printf(k->c->a, "%s%s%s: %s", k->x.unlawful,
			    k->x.unlawful[0] != '\0' ? "; " : "", v[i].template_name, z);
	}
}

static void
lists_look(struct checking *k)
{
	struct permanence next[PERMANENCES_MAX];
	date_day today = date_local_day(k->x.now);
	const struct entry *e;

	k->x.has_directory = k->setup.directory != NULL;
	k->x.nentries = k->x.has_directory ? directory_list(k->setup.directory, &e) : 0;
	for (size_t i = 0; i < k->x.nentries; i++) {
		if (entry_is_printable(&e[i], today))
			continue;
		k->x.nstale++;
		k->x.stale = arena_printf(k->c->a, "%s%s%s", k->x.stale,
		    k->x.stale[0] != '\0' ? ", " : "", e[i].id);
	}
	k->x.has_quartiers = k->setup.quartiers != NULL;
	if (k->x.has_quartiers)
		k->x.npermanences = quartiers_next(k->setup.quartiers, k->x.now, next,
		    PERMANENCES_MAX);
}

static struct doctor_try
part_try(struct checking *k, enum setup_part part)
{
	struct fault f;
	enum status st = setup_part(k->c->a, &k->setup, part, &f);

	return check_tried(k, st, &f);
}

void
check_files(struct checking *k)
{
	struct fault f;
	enum status st;

	modes_look(k);
	st = secrets_try(k, &f);
	k->x.secrets = check_tried(k, st, &f);
	st = rules_try(k, &f);
	k->x.rules = check_tried(k, st, &f);
	k->x.directory = part_try(k, SETUP_DIRECTORY);
	k->x.quartiers = part_try(k, SETUP_QUARTIERS);
	lists_look(k);
	if (k->setup.rules == NULL)
		return;
	k->x.texts = part_try(k, SETUP_TEXTS);
	if (k->x.texts.why[0] == '\0')
		texts_look(k);
	k->x.agents = part_try(k, SETUP_AGENTS);
}

/* ---- database ---- */

static void
disk_look(struct checking *k)
{
	const char *folder = file_beside(k->c->a, k->c->cfg->database, ".");
	struct statvfs v;
	struct stat sb;
	struct fault f;
	int rc = statvfs(folder, &v);

	k->x.disk = check_tried(k, rc < 0 ? fault_errno(&f, ST_PERM, "%s", folder) : ST_OK, &f);
	if (rc < 0)
		return;
	k->x.disk_free = (int64_t)v.f_bavail * (int64_t)v.f_frsize;
	k->x.inodes_out = v.f_files > 0 && v.f_favail == 0;
	if (stat(k->c->cfg->database, &sb) == 0)
		k->x.db_bytes = (int64_t)sb.st_size;
}

static void
sound_look(struct checking *k)
{
	const char *wrong = "";
	struct fault f;
	enum status st = query_sound(k->db, k->c->a, SOUND_MS, &wrong, &f);

	k->x.unsound_time = st == ST_TEMP;
	k->x.sound = check_tried(k, st, &f);
	if (st == ST_OK)
		k->x.sound.why = wrong;
}

static enum status
rows_look(struct checking *k, struct fault *f)
{
	struct snapshot_state snapshot;
	struct health h;

	if (health_read(k->db, k->c->a, k->x.now, &h, f) != ST_OK ||
	    snapshot_state(k->db, &snapshot, f) != ST_OK)
		return f->st;
	k->x.db_created = store_created_at(k->db);
	k->x.snapshot_made = snapshot.made_at;
	k->x.health = health_why(&h, k->x.now);
	k->x.dead = h.n.dead;
	k->x.unsure = h.n.unsure;
	k->x.selftest = h.selftest;
	return ST_OK;
}

void
check_store(struct checking *k)
{
	struct fault f;
	enum status st = store_open(&k->db, k->c->cfg->database, STORE_READ, k->x.now, &f);

	disk_look(k);
	if (st == ST_NONE)
		(void)fault_set(&f, st, "%s: no database yet", k->c->cfg->database);
	if (st == ST_OK) {
		sound_look(k);
		st = rows_look(k, &f);
	}
	k->x.db = check_tried(k, st, &f);
}
