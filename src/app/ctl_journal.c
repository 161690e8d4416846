/* ctl_journal.c - who did what when; and whether what is written there is still what was. */
#include "ctl.h"

#include "journal.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static enum status
row_each(void *ctx, const struct journal_row *r)
{
	struct ctl *c = ctx;
	char at[DATE_RFC3339_MAX];
	struct jsonw j;

	if (c->json) {
		jsonw_open(&j, &c->out);
		jsonw_object(&j, NULL);
		jsonw_time(&j, "at", r->at);
		jsonw_str(&j, "by", r->by);
		jsonw_str(&j, "act", r->act);
		jsonw_str_or_null(&j, "ticket", r->ticket);
		jsonw_object_end(&j);
	} else {
		date_rfc3339(r->at, at);
		ctl_cell(&c->out, at, 22);
		ctl_cell(&c->out, r->by, 16);
		ctl_cell(&c->out, r->ticket[0] != '\0' ? r->ticket : "-", 16);
		buf_addz(&c->out, r->act);
	}
	buf_addc(&c->out, '\n');
	ctl_flush(c);
	return ST_OK;
}

static void
check_json(struct ctl *c, const struct journal_check *k, const char *head)
{
	struct jsonw j;

	jsonw_open(&j, &c->out);
	jsonw_object(&j, NULL);
	jsonw_bool(&j, "ok", k->bad == 0);
	jsonw_int(&j, "rows", k->rows);
	jsonw_time(&j, "since", k->since);
	if (k->bad != 0)
		jsonw_int(&j, "bad", k->bad);
	else
		jsonw_null(&j, "bad");
	jsonw_str_or_null(&j, "because", k->why);
	jsonw_str(&j, "head", head);
	jsonw_object_end(&j);
	buf_addc(&c->out, '\n');
}

static void
check_text(struct ctl *c, const struct journal_check *k, const char *head)
{
	char since[DATE_RFC3339_MAX] = "-";

	if (k->since != 0)
		date_rfc3339(k->since, since);
	if (k->bad != 0)
		buf_addf(&c->out, "NOT OK  row %lld: %s\n", (long long)k->bad, k->why);
	else
		buf_addf(&c->out, "ok  %lld rows since %s, last row %lld\n", (long long)k->rows,
		    since, (long long)k->last);
	buf_addf(&c->out, "head %s\n", head);
}

static int
verify(struct ctl *c)
{
	struct store *s AUTO(store_close) = NULL;
	char head[2 * SHA256_BYTES + 1];
	struct journal_check k;
	struct span key;
	int rc = ctl_store(c, STORE_READ, &s);

	if (rc != EX_OK)
		return rc;
	if (config_key(c->a, c->cfg, &key, &c->f) != ST_OK)
		return ctl_fail(c, EX_CONFIG);
	store_key(s, key);
	if (journal_verify(s, &k, &c->f) != ST_OK)
		return ctl_fail(c, EX_IOERR);
	sha256_hex(&k.head, head);
	if (c->json)
		check_json(c, &k, head);
	else
		check_text(c, &k, head);
	ctl_flush(c);
	return k.bad == 0 ? EX_OK : EX_DATAERR;
}

int
ctl_journal(struct ctl *c)
{
	struct store *s AUTO(store_close) = NULL;
	int rc;

	if (c->argc > 2) {
		(void)fprintf(stderr, "bureauctl: usage: bureauctl journal [REF|verify]\n");
		return EX_USAGE;
	}
	if (c->argc == 2 && strcmp(c->argv[1], "verify") == 0)
		return verify(c);
	rc = ctl_store(c, STORE_READ, &s);
	if (rc != EX_OK)
		return rc;
	return journal_list(s, c->a, c->argc == 2 ? c->argv[1] : "", row_each, c, &c->f) ==
		ST_OK
	    ? EX_OK
	    : ctl_fail(c, EX_IOERR);
}
