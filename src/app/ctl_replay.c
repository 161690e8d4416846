/* ctl_replay.c - `rules replay`: what the rules as they stand would make of the mails that the
 * database keeps, where that differs.  Changes nothing.
 *
 * Limits: headers are not kept, so header rules say nothing here; a mail that one of them
 * hit then is marked, for its difference may be theirs. */
#include "ctl.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

struct replaying {
	struct ctl *c;
	const struct rules *rules;
	size_t seen, changed, partial;
	int64_t all;
};

/* The same mail to the rules as it was then, but for its headers. */
static void
classify(const struct replaying *g, struct arena *a, const struct replay_row *r,
    struct verdict *v)
{
	struct addr from = { "", r->sender };
	const struct mail m = {
		.message_id = r->message_id, .subject = r->subject, .text = r->text,
		.reply_text = r->reply_text, .lang = "fr", .ical = "",
		.from = { &from, r->sender[0] != '\0', false }, .att = r->att, .natt = r->natt,
		.bounce = { REPORT_NONE, "", "", "", "" },
	};

	rules_classify(g->rules, a, &m, v);
}

static bool
is_same(const struct replay_row *r, const struct verdict *v)
{
	return strcmp(r->category, v->category) == 0 && r->urgency == v->urgency &&
	    r->sensitive == v->sensitive;
}

static void
verdict_json(struct jsonw *j, const char *key, const char *category, enum urgency urgency,
    bool sensitive)
{
	jsonw_object(j, key);
	jsonw_str(j, "category", category);
	jsonw_str(j, "urgency", urgency_name(urgency));
	jsonw_bool(j, "sensitive", sensitive);
	jsonw_object_end(j);
}

static void
row_json(struct ctl *c, const struct replay_row *r, const struct verdict *v)
{
	struct jsonw j;

	jsonw_open(&j, &c->out);
	jsonw_object(&j, NULL);
	jsonw_str(&j, "message_id", r->message_id);
	jsonw_str_or_null(&j, "ticket", r->ticket);
	verdict_json(&j, "old", r->category, r->urgency, r->sensitive);
	verdict_json(&j, "new", v->category, v->urgency, v->sensitive);
	jsonw_bool(&j, "partial", r->by_header);
	jsonw_object_end(&j);
	buf_addc(&c->out, '\n');
}

static void
verdict_text(struct buf *b, const char *category, enum urgency urgency, bool sensitive)
{
	buf_addf(b, "%s%s%s%s", category, urgency == URGENCY_NORMAL ? "" : ", ",
	    urgency == URGENCY_NORMAL ? "" : urgency_name(urgency),
	    sensitive ? ", sensitive" : "");
}

static void
row_text(struct ctl *c, const struct replay_row *r, const struct verdict *v)
{
	struct buf *b = &c->out;

	ctl_cell(b, r->ticket[0] != '\0' ? r->ticket : "-", 14);
	buf_addc(b, ' ');
	ctl_cell(b, r->message_id, 44);
	buf_addc(b, ' ');
	verdict_text(b, r->category, r->urgency, r->sensitive);
	buf_addz(b, " -> ");
	verdict_text(b, v->category, v->urgency, v->sensitive);
	buf_addz(b, r->by_header ? "   (a header rule hit then)\n" : "\n");
}

static enum status
replay_each(void *ctx, const struct replay_row *r)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct replaying *g = ctx;
	struct verdict v;

	ctl_progress(g->c, (int64_t)++g->seen, g->all);
	classify(g, a, r, &v);
	if (is_same(r, &v))
		return ST_OK;
	g->changed++;
	g->partial += r->by_header;
	if (g->c->json)
		row_json(g->c, r, &v);
	else
		row_text(g->c, r, &v);
	ctl_flush(g->c);
	return ST_OK;
}

/* In --json every line is such an object: the count is for eyes. */
static void
count_text(struct replaying *g)
{
	struct buf *b = &g->c->out;

	buf_addf(b, "%zu of %zu mails would change", g->changed, g->seen);
	if (g->partial > 0)
		buf_addf(b, "; a header spoke for %zu of them, and headers are not kept",
		    g->partial);
	buf_addc(b, '\n');
	ctl_flush(g->c);
}

int
ctl_replay(struct ctl *c)
{
	struct store *s AUTO(store_close) = NULL;
	struct rules *r AUTO(rules_close) = NULL;
	struct replaying g = { .c = c };
	int64_t since = 0;
	int rc;

	if (c->argc != 2) {
		(void)fprintf(stderr, "bureauctl: usage: bureauctl rules replay [--since T]\n");
		return EX_USAGE;
	}
	if (c->since[0] != '\0' && !date_parse_rfc3339(span_of(c->since), &since)) {
		(void)fault_set(&c->f, ST_PERM, "--since: a date or RFC 3339 time, not \"%s\"",
		    c->since);
		return ctl_fail(c, EX_USAGE);
	}
	if (rules_load(&r, c->cfg->rules, RULES_FULL, &c->f) != ST_OK)
		return ctl_fail(c, EX_CONFIG);
	rc = ctl_store(c, STORE_READ, &s);
	if (rc != EX_OK)
		return rc;
	g.rules = r;
	if (query_replay_size(s, since, &g.all, &c->f) != ST_OK || query_replay(s, since,
	    replay_each, &g, &c->f) != ST_OK)
		return ctl_fail(c, EX_IOERR);
	if (!c->json)
		count_text(&g);
	return EX_OK;
}
