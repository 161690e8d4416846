/* ctl_act.c - what every act of an administrator has in common: who does it, a second thought,
 * and its line in the journal, in the same transaction as the act. */
#include "ctl.h"

#include "clock.h"
#include "erase.h"
#include "journal.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { USER_MAX = 64 };

static bool
is_user_name(const char *z)
{
	static const char others[] = "._-@\\";
	size_t n = strnlen(z, USER_MAX + 1);

	if (n == 0 || n > USER_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!(z[i] >= '0' && z[i] <= '9') &&
		    !((z[i] | 32) >= 'a' && (z[i] | 32) <= 'z') && strchr(others, z[i]) == NULL)
			return false;
	return true;
}

/* Behind sudo the person, not root: sudo alone sets it, and who is root already may say
 * anything. */
const char *
ctl_user(struct ctl *c)
{
	const char *behind = getuid() == 0 ? getenv("SUDO_USER") : NULL;
	const struct passwd *pw;

	if (behind != NULL && is_user_name(behind))
		return arena_strdup(c->a, behind);
	pw = getpwuid(getuid());
	if (pw != NULL && is_user_name(pw->pw_name))
		return arena_strdup(c->a, pw->pw_name);
	return arena_printf(c->a, "uid %lu", (unsigned long)getuid());
}

bool
ctl_confirm(const struct ctl *c, const char *question)
{
	char z[8];

	if (c->yes)
		return true;
	if (!isatty(STDIN_FILENO))
		return false;
	(void)fprintf(stderr, "%s [yes/no] ", question);
	return fgets(z, sizeof z, stdin) != NULL && strcmp(z, "yes\n") == 0;
}

int
ctl_declined(const char *what)
{
	(void)fprintf(
	    stderr, "bureauctl: %s: not confirmed (--yes to answer beforehand)\n", what);
	return EX_NOPERM;
}

int
ctl_act_open(struct ctl *c, struct store **out)
{
	struct span key;
	int rc = ctl_store(c, STORE_WRITE, out);

	if (rc != EX_OK)
		return rc;
	if (config_key(c->a, c->cfg, &key, &c->f) != ST_OK)
		return ctl_fail(c, EX_CONFIG);
	store_key(*out, key);
	return EX_OK;
}

int
ctl_scrub(struct ctl *c, struct store *s)
{
	if (erase_scrub(s, &c->f) == ST_OK)
		return EX_OK;
	(void)fprintf(stderr,
	    "bureauctl: erased, but the file still holds freed pages: run the same command "
	    "again: %s\n",
	    c->f.text);
	return EX_TEMPFAIL;
}

int
ctl_scrub_due(struct ctl *c, struct store *s)
{
	bool due;

	if (erase_scrub_due(s, &due, &c->f) != ST_OK)
		return ctl_fail(c, EX_IOERR);
	return due ? ctl_scrub(c, s) : EX_OK;
}

enum status
ctl_note(struct ctl *c, struct store *s, const char *act, const char *ticket)
{
	return journal_add(s, ctl_user(c), act, ticket, clock_now(), &c->f);
}

enum status
ctl_act_end(struct ctl *c, struct store *s, enum status st)
{
	if (st != ST_OK) {
		store_rollback(s);
		return st;
	}
	return store_commit(s, &c->f);
}

static enum status
looked_note(struct ctl *c, struct store *s, const char *act, const char *ticket)
{
	struct span key;

	if (config_key(c->a, c->cfg, &key, &c->f) != ST_OK)
		return c->f.st;
	store_key(s, key);
	return ctl_note(c, s, act, ticket);
}

/* A connection of its own: the one that reads must not write. */
void
ctl_looked(struct ctl *c, const char *act, const char *ticket)
{
	struct store *s AUTO(store_close) = NULL;
	enum status st = store_open(&s, c->cfg->database, STORE_WRITE, clock_now(), &c->f);

	if (st == ST_OK)
		st = looked_note(c, s, act, ticket);
	if (st != ST_OK)
		(void)fprintf(stderr, "bureauctl: warning: not noted in the journal: %s\n",
		    st == ST_NONE ? "no database" : c->f.text);
}
