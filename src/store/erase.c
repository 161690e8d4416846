#include "erase.h"

#include "db.h"
#include "journal.h"
#include "person.h"
#include "search.h"
#include "snapshot.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* In meta: the file is still to be rewritten. */
static const char scrub[] = "scrub";

enum { REFS_MAX = 10000, ACKS_SECONDS = 2 * 60 * 60 };

struct erasing {
	struct store *s;
	struct arena *a;
	const char *by;
	bool mailbox;
	int64_t now;
	struct erased *out;
	struct fault *f;
};

/* Runs one statement; *count grows by the rows that it changed. */
static enum status
run(struct erasing *g, enum sql id, const struct val *v, size_t n, int64_t *count)
{
	if (db_run(g->s, id, v, n, g->f) != ST_OK)
		return g->f->st;
	if (count != NULL)
		*count += db_changes(g->s);
	return ST_OK;
}

/* ---- what hangs on marked tickets and messages ---- */

static enum status
sweep(struct erasing *g)
{
	static const enum sql all[] = {
		SQL_SWEEP_TEXTS, SQL_SWEEP_UNTOLD, SQL_SWEEP_WISHES, SQL_SWEEP_PARTICIPANTS,
		SQL_SWEEP_IDS, SQL_SWEEP_MEETINGS, SQL_SWEEP_VIGILS, SQL_SWEEP_NOTICES,
		SQL_SWEEP_REMINDERS, SQL_SWEEP_CONFIRMS, SQL_SWEEP_UNDOS, SQL_SWEEP_UNDO_VALUES,
		SQL_SWEEP_EVENTS, SQL_SWEEP_WIRES, SQL_SWEEP_PERSONS,
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (run(g, all[i], NULL, 0, NULL) != ST_OK)
			return g->f->st;
	if (run(g, SQL_SWEEP_FILES, NULL, 0, &g->out->files) != ST_OK ||
	    run(g, SQL_SWEEP_ACKS, DB_VALS(db_int("@before", g->now - ACKS_SECONDS)), NULL) !=
		ST_OK)
		return g->f->st;
	if (search_forget(g->s, g->f) != ST_OK)
		return g->f->st;
	return db_get(g->s, SQL_ERASE_WAITING, NULL, 0, &g->out->waiting, g->f);
}

static enum status
silenced_one(struct erasing *g, const char *address)
{
	struct sha256 h = person_hash(g->s, "silence", address);

	if (run(g, SQL_SILENCED_ADD, DB_VALS(db_sha("@hash", &h)), NULL) != ST_OK)
		return g->f->st;
	return run(g, SQL_ERASE_PERSON, DB_VALS(db_text("@address", address)), NULL);
}

/* Persons of whom nothing else is left. */
static enum status
silenced_keep(struct erasing *g)
{
	enum status st;

	do {
		ARENA_AUTO struct arena *a = arena_open();
		struct stmt *q = db_start(g->s, SQL_ERASE_SILENT, NULL, 0);
		const char *address;

		st = db_step(q, g->f);
		address = st == ST_OK ? db_col_text(q, 0, a) : "";
		db_end(q);
		if (st == ST_OK)
			st = silenced_one(g, address);
	} while (st == ST_OK);
	return st == ST_NONE ? ST_OK : st;
}

static enum status
scrub_set(struct store *s, bool due, struct fault *f)
{
	return db_run(s, SQL_META_SET, DB_VALS(db_text("@name", scrub), db_int("@value", due)), f);
}

/* ---- the tickets ---- */

static enum status
refs_read(struct erasing *g)
{
	const char **v = arena_new(g->a, const char *, REFS_MAX);
	struct stmt *q = db_start(g->s, SQL_ERASE_REFS, DB_VALS(db_int("@max", REFS_MAX)));
	enum status st = ST_NONE;
	size_t n = 0;

	while (n < REFS_MAX && (st = db_step(q, g->f)) == ST_OK)
		v[n++] = db_col_text(q, 0, g->a);
	db_end(q);
	g->out->refs = v;
	g->out->nrefs = n;
	return st == ST_NONE ? ST_OK : st;
}

/* The next hash that counts a person: false none.  A random key that nobody keeps turns it into
 * another one: persons stay distinct, and nobody is found by theirs. */
static enum status
count_renamed(struct erasing *g, const struct sha256 *salt, bool *more)
{
	struct stmt *q = db_start(g->s, SQL_ERASE_COUNTED, NULL, 0);
	enum status st = db_step(q, g->f);
	struct span old = st == ST_OK ? db_col_blob(q, 0, g->a) : span_of("");
	struct sha256 new = mac_of(span_from((const char *)salt->b, SHA256_BYTES), old);

	db_end(q);
	*more = st == ST_OK;
	if (st != ST_OK)
		return st == ST_NONE ? ST_OK : st;
	return run(
	    g, SQL_ERASE_RENAME, DB_VALS(db_blob("@old", old), db_sha("@new", &new)), NULL);
}

static enum status
tickets_blank(struct erasing *g)
{
	struct sha256 salt;
	bool more = true;

	random_bytes(salt.b, sizeof salt.b);
	if (refs_read(g) != ST_OK ||
	    run(g, SQL_ERASE_TELL, DB_VALS(db_int("@now", g->now), db_text("@by", g->by)),
		NULL) != ST_OK)
		return g->f->st;
	while (more)
		if (count_renamed(g, &salt, &more) != ST_OK)
			return g->f->st;
	return run(g, SQL_ERASE_TICKETS, DB_VALS(db_int("@now", g->now)), &g->out->tickets);
}

/* Tickets are marked (erased = 1); what is in them follows. */
static enum status
finish(struct erasing *g)
{
	const struct val mailbox = db_int("@mailbox", g->mailbox);

	if (run(g, SQL_ERASE_MESSAGES, DB_VALS(mailbox), &g->out->messages) != ST_OK ||
	    run(g, SQL_ERASE_OUTBOX, DB_VALS(mailbox), &g->out->sent) != ST_OK ||
	    tickets_blank(g) != ST_OK || silenced_keep(g) != ST_OK || sweep(g) != ST_OK)
		return g->f->st;
	/* Snapshots in the mailbox from before must go too. */
	if (snapshot_ask(g->s, g->now, g->f) != ST_OK)
		return g->f->st;
	return scrub_set(g->s, true, g->f);
}

enum status
erase_person(struct store *s, struct arena *a, const char *address, bool mailbox,
    const char *by, int64_t now, struct erased *out, struct fault *f)
{
	struct erasing g = { s, a, by, mailbox, now, out, f };
	const struct val who = db_text("@address", address), box = db_int("@mailbox", mailbox);
	struct person_facts held;
	int64_t one;
	enum status st;

	assert(s->begun && s->keyed && address[0] != '\0');
	*out = (struct erased){ 0 };
	st = person_find(s, address, &held, f);
	if (st != ST_OK)
		return st;
	st = db_get(s, SQL_ERASE_SENDING, DB_VALS(who), &one, f);
	if (st == ST_OK)
		return fault_set(f, ST_TEMP, "a mail to this person is being sent right now");
	if (st != ST_NONE)
		return st;
	if (run(&g, SQL_ERASE_IDS, DB_VALS(who), NULL) != ST_OK ||
	    run(&g, SQL_ERASE_NAMED, DB_VALS(who), NULL) != ST_OK ||
	    run(&g, SQL_ERASE_UNDO_NAMED, DB_VALS(who), NULL) != ST_OK ||
	    run(&g, SQL_ERASE_TAKES_PART, DB_VALS(who), NULL) != ST_OK ||
	    run(&g, SQL_ERASE_MARK, DB_VALS(who), NULL) != ST_OK ||
	    run(&g, SQL_ERASE_SENDER, DB_VALS(who, box), &out->messages) != ST_OK ||
	    run(&g, SQL_ERASE_RCPT, DB_VALS(who, box), &out->sent) != ST_OK)
		return f->st;
	return finish(&g);
}

enum status
erase_expired(struct store *s, struct arena *a, const struct expiry *v, size_t n,
    const char *by, int64_t now, struct erased *out, struct fault *f)
{
	struct erasing g = { s, a, by, true, now, out, f };

	assert(s->begun && s->keyed);
	*out = (struct erased){ 0 };
	for (size_t i = 0; i < n; i++) {
		const struct val before = db_int("@before", v[i].before);
		enum status st = v[i].category[0] == '\0'
		    ? run(&g, SQL_EXPIRE_STRAYS, DB_VALS(before), &out->messages)
		    : run(&g, SQL_EXPIRE_MARK,
			  DB_VALS(before, db_text("@category", v[i].category)), NULL);

		if (st != ST_OK)
			return st;
	}
	return finish(&g);
}

/* VACUUM is a commit of its own making. */
static enum status
rewrite(struct store *s, struct fault *f)
{
	enum status st;

	assert(!s->begun && s->in_use == 0);
	s->committing = true;
	st = db_run(s, SQL_VACUUM, NULL, 0, f);
	s->committing = false;
	return st;
}

/* What had to wait for its sending may be gone by now; the index's dead entries go, which no
 * rewriting of the file takes out. */
static enum status
last_sweep(struct store *s, int64_t *waiting, struct fault *f)
{
	if (db_run(s, SQL_SWEEP_WIRES, NULL, 0, f) != ST_OK || search_scrub(s, f) != ST_OK)
		return f->st;
	return db_get(s, SQL_ERASE_WAITING, NULL, 0, waiting, f);
}

enum status
erase_scrub(struct store *s, struct fault *f)
{
	int64_t busy = 0, waiting = 0;

	if (store_begin(s, f) != ST_OK ||
	    db_leave(s, true, last_sweep(s, &waiting, f), f) != ST_OK ||
	    rewrite(s, f) != ST_OK || db_get(s, SQL_CHECKPOINT, NULL, 0, &busy, f) != ST_OK)
		return f->st;
	if (busy != 0)
		return fault_set(f, ST_TEMP,
		    "somebody reads the database: its log still holds what was "
		    "erased");
	if (waiting > 0)
		return ST_OK;
	if (store_begin(s, f) != ST_OK)
		return f->st;
	return db_leave(s, true, scrub_set(s, false, f), f);
}

enum status
erase_scrub_due(struct store *s, bool *due_out, struct fault *f)
{
	int64_t due = 0;
	enum status st = db_get(s, SQL_META_GET, DB_VALS(db_text("@name", scrub)), &due, f);

	*due_out = due != 0;
	return st == ST_NONE ? ST_OK : st;
}

/* ---- the mailbox ---- */

static void
unwanted_read(struct stmt *q, struct arena *a, struct unwanted *u)
{
	*u = (struct unwanted){ db_col_int(q, 0),
		{ db_col_text(q, 1, a), (uint32_t)db_col_int(q, 2),
		    (uint32_t)db_col_int(q, 3) },
		(uint64_t)db_col_int(q, 4) };
}

enum status
erase_unwanted(struct store *s, struct arena *a, size_t max, struct unwanted **out, size_t *n,
    struct fault *f)
{
	struct unwanted *v = arena_new(a, struct unwanted, max);
	struct stmt *q = db_start(s, SQL_UNWANTED, DB_VALS(db_int("@max", (int64_t)max)));
	enum status st = ST_NONE;

	*out = v;
	for (*n = 0; *n < max && (st = db_step(q, f)) == ST_OK; (*n)++) {
		unwanted_read(q, a, &v[*n]);
		if (v[*n].at.uidvalidity != v[0].at.uidvalidity ||
		    strcmp(v[*n].at.mailbox, v[0].at.mailbox) != 0)
			break;
	}
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

static enum status
gone_locked(struct store *s, const struct unwanted *v, size_t n, size_t there, bool left,
    int64_t now, struct fault *f)
{
	char act[80];

	for (size_t i = 0; i < n; i++) {
		struct filed done = { .location = v[i].location, .gone = true };

		if (store_filed(s, &done, 1, f) != ST_OK)
			return f->st;
	}
	if (there == 0)
		return ST_OK;
	(void)snprintf(act, sizeof act, left ? "NOT erased from the mailbox, no UIDPLUS: %zu mails"
	    : "erased from the mailbox: %zu mails", there);
	return journal_add(s, "bureaud", act, "", now, f);
}

enum status
erase_gone(struct store *s, const struct unwanted *v, size_t n, size_t there, bool left,
    int64_t now, struct fault *f)
{
	bool mine;
	enum status st = db_enter(s, &mine, f);

	if (st != ST_OK)
		return st;
	return db_leave(s, mine, gone_locked(s, v, n, there, left, now, f), f);
}
