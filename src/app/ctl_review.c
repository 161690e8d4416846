/* ctl_review.c - what was set aside, and a person's choice.  The mail itself is in the mailbox:
 * the daemon, or `bureaud -1`, carries the choice out. */
#include "ctl.h"

#include "clock.h"
#include "review.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static void
row_json(struct ctl *c, const struct review_row *r)
{
	struct jsonw j;

	jsonw_open(&j, &c->out);
	jsonw_object(&j, NULL);
	jsonw_int(&j, "id", r->id);
	jsonw_str(&j, "message_id", r->message_id);
	jsonw_time(&j, "received", r->received);
	jsonw_str(&j, "from", r->from);
	jsonw_str(&j, "subject", r->subject);
	jsonw_str(&j, "because", r->because);
	jsonw_bool(&j, "asked", r->asked);
	jsonw_str_or_null(&j, "trouble", r->trouble);
	jsonw_object_end(&j);
}

static void
row_text(struct ctl *c, const struct review_row *r)
{
	char at[DATE_RFC3339_MAX];

	date_rfc3339(r->received, at);
	buf_addf(&c->out, "%6lld  ", (long long)r->id);
	ctl_cell(&c->out, at, 22);
	ctl_cell(&c->out, r->from, 30);
	buf_addz(&c->out, "  ");
	ctl_cell(&c->out, r->sensitive ? "(sensitive)" : r->subject, 30);
	buf_addf(&c->out, "  %s", r->because);
	if (r->asked)
		buf_addf(&c->out, " (to be released%s%s)", r->trouble[0] != '\0' ? ": " : "",
		    r->trouble);
}

static enum status
row_each(void *ctx, const struct review_row *r)
{
	struct ctl *c = ctx;

	if (c->json)
		row_json(c, r);
	else
		row_text(c, r);
	buf_addc(&c->out, '\n');
	ctl_flush(c);
	return ST_OK;
}

static enum status
choose(struct ctl *c, struct store *s, int64_t id, bool release)
{
	enum status st;

	if (store_begin(s, &c->f) != ST_OK)
		return c->f.st;
	st = (release ? review_release : review_spam)(s, id, ctl_user(c), clock_now(), &c->f);
	if (st == ST_OK)
		st = ctl_note(
		    c, s, arena_printf(c->a, "review %s %lld", c->argv[1], (long long)id), "");
	return ctl_act_end(c, s, st);
}

static int
act(struct ctl *c)
{
	struct store *s AUTO(store_close) = NULL;
	bool release = strcmp(c->argv[1], "release") == 0;
	unsigned long long id;
	enum status st;
	int rc;

	if (!span_number(span_of(c->argv[2]), INT64_MAX, &id)) {
		(void)fprintf(stderr, "bureauctl: not the id of a mail: %s\n", c->argv[2]);
		return EX_USAGE;
	}
	rc = ctl_act_open(c, &s);
	if (rc != EX_OK)
		return rc;
	st = choose(c, s, (int64_t)id, release);
	if (st != ST_OK)
		return ctl_fail(c, st == ST_NONE ? EX_DATAERR : EX_IOERR);
	if (!c->json)
		(void)puts(release ?
		    "noted: it becomes a citizen's mail at the next look into the mailbox" :
		    "recorded as spam, never answered");
	return EX_OK;
}

int
ctl_review(struct ctl *c)
{
	struct store *s AUTO(store_close) = NULL;
	int rc;

	if (c->argc == 3 &&
	    (strcmp(c->argv[1], "release") == 0 || strcmp(c->argv[1], "spam") == 0))
		return act(c);
	if (c->argc != 1) {
		(void)fprintf(
		    stderr, "bureauctl: usage: bureauctl review [release ID|spam ID]\n");
		return EX_USAGE;
	}
	rc = ctl_store(c, STORE_READ, &s);
	if (rc != EX_OK)
		return rc;
	return review_list(s, c->a, row_each, c, &c->f) == ST_OK ? EX_OK
								 : ctl_fail(c, EX_IOERR);
}
