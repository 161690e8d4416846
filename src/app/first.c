#include "first.h"

#include "clock.h"
#include "log.h"
#include "mailbox.h"
#include "role.h"
#include "vault.h"

#include <poll.h>
#include <string.h>
#include <sysexits.h>

static enum status
look(const struct setup *s, struct imap *im, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct vault_set *v;
	char day[DATE_RFC3339_MAX];
	size_t n;
	enum status st = vault_list(im, a, s->cfg->snapshot_folder, s->desk.key, &v, &n, f);

	if (st != ST_OK || n == 0)
		return st == ST_OK ? ST_NONE : st;
	date_iso(date_local_day(v[n - 1].made), day);
	(void)fault_set(f, ST_OK, "%s: missing, but the mailbox holds snapshots of it (%s, the last "
	    "of %s): \"bureauctl rebuild --into FILE\" makes it again, \"bureaud --init\" begins "
	    "with an empty one", s->cfg->database, s->cfg->snapshot_folder, day);
	return ST_OK;
}

/* ST_NONE: no snapshot there.  ST_OK: there is one; f says so, and what can be done. */
static enum status
mailbox_look(const struct setup *s, struct login *tokens, int stop_fd, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct login password = { .password = "" };
	struct imap *im = NULL;
	enum status st;

	if (tokens == NULL && login_open(a, s->cfg, LOGIN_IMAP, &password, f) != ST_OK)
		return f->st;
	st = mailbox_open(&im, s->cfg, tokens != NULL ? tokens : &password, stop_fd, -1, f);
	login_close(&password);
	if (st == ST_OK)
		st = look(s, im, f);
	imap_close(&im);
	return st;
}

static int
database_open(const struct setup *s, enum store_mode mode, enum status *st, struct fault *f)
{
	struct store *db = NULL;

	*st = store_open(&db, s->cfg->database, mode, clock_now(), f);
	store_close(&db);
	if (*st != ST_OK && *st != ST_NONE)
		log_fault(LOG_L_ERR, "database", f);
	return *st == ST_OK ? EX_OK : *st == ST_TEMP ? EX_TEMPFAIL : EX_DATAERR;
}

/* false: told to stop. */
static bool
trouble_wait(const struct fault *f, int stop_fd, unsigned failures)
{
	struct pollfd p = { stop_fd, POLLIN, 0 };
	int seconds = role_backoff(f->st, failures);

	if (poll(&p, 1, 0) > 0)
		return false;
	log_event(f->st == ST_PERM ? LOG_L_ERR : LOG_L_WARN, "imap-trouble",
	    "class=%s failures=%u wait=%ds why=\"no database yet, and the mailbox cannot be asked "
	    "for snapshots: %s\"", status_name(f->st), failures + 1, seconds, f->text);
	return poll(&p, 1, seconds * 1000) == 0;
}

int
first_start(const struct setup *s, struct login *tokens, int stop_fd, bool once)
{
	struct fault f = { 0 };
	enum status st;
	int rc = database_open(s, STORE_WRITE, &st, &f);

	for (unsigned failures = 0; st == ST_NONE; failures++) {
		enum status found = mailbox_look(s, tokens, stop_fd, &f);

		if (found == ST_NONE)
			return database_open(s, STORE_CREATE, &st, &f);
		if (found == ST_OK) {
			log_fault(LOG_L_ERR, "database", &f);
			return EX_DATAERR;
		}
		if (once) {
			log_fault(LOG_L_ERR, "imap", &f);
			return role_exit(&f);
		}
		if (!trouble_wait(&f, stop_fd, failures))
			return EX_OK;
	}
	return rc;
}
