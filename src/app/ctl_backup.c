/* ctl_backup.c - one consistent file, while the daemon runs. */
#include "ctl.h"

#include "backup.h"
#include "clock.h"

#include <stdio.h>
#include <sysexits.h>

/* Noted first, so that the copy has the line too. */
static enum status
copy(struct ctl *c, struct store *s, int64_t *bytes)
{
	if (store_begin(s, &c->f) != ST_OK ||
	    ctl_act_end(c, s, ctl_note(c, s, "backup", "")) != ST_OK)
		return c->f.st;
	return store_backup(s, c->argv[1], clock_now(), bytes, &c->f);
}

int
ctl_backup(struct ctl *c)
{
	struct store *s AUTO(store_close) = NULL;
	int64_t bytes = 0;
	struct jsonw j;
	int rc;

	if (c->argc != 2 || c->argv[1][0] == '\0') {
		(void)fprintf(stderr, "bureauctl: usage: bureauctl backup FILE\n");
		return EX_USAGE;
	}
	rc = ctl_act_open(c, &s);
	if (rc != EX_OK)
		return rc;
	if (copy(c, s, &bytes) != ST_OK)
		return ctl_fail(c, c->f.st == ST_PERM ? EX_CANTCREAT : EX_IOERR);
	if (c->json) {
		jsonw_open(&j, &c->out);
		jsonw_object(&j, NULL);
		jsonw_str(&j, "file", c->argv[1]);
		jsonw_int(&j, "bytes", bytes);
		jsonw_object_end(&j);
	} else
		buf_addf(
		    &c->out, "%s: %lld bytes, whole and checked", c->argv[1], (long long)bytes);
	buf_addc(&c->out, '\n');
	ctl_flush(c);
	return EX_OK;
}
