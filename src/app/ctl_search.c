/* ctl_search.c - the words of mails and notes found again; the index made anew.
 *
 * Of a sensitive ticket people are shown the reference alone, as in `list`; --json, which feeds
 * a program, holds its subject and words. */
#include "ctl.h"

#include "search.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum { SHOWN_MAX = 50, INDENT = 2 };

static void
match_json(struct jsonw *j, struct arena *a, const struct search_hit *h)
{
	jsonw_int(j, "matches", h->matches);
	jsonw_object(j, "newest");
	jsonw_time(j, "at", h->at);
	jsonw_str(j, "kind", event_kind_name(h->kind));
	jsonw_str(j, "by", h->by);
	jsonw_str_or_null(j, "message_id", h->message_id);
	jsonw_str(j, "text", arena_printf(a, "%s%s%s", h->excerpt.before, h->excerpt.match,
	    h->excerpt.after));
	jsonw_str_or_null(j, "match", h->excerpt.match);
	jsonw_object_end(j);
}

static void
hit_json(struct ctl *c, struct arena *a, const struct search_hit *h)
{
	struct jsonw j;

	jsonw_open(&j, &c->out);
	jsonw_object(&j, NULL);
	if (h->has_ticket)
		ctl_ticket_json(&j, &h->ticket);
	else {
		jsonw_null(&j, "ref");
		jsonw_bool(&j, "sensitive", h->sensitive);
		jsonw_str(&j, "subject", h->subject);
	}
	match_json(&j, a, h);
	jsonw_object_end(&j);
	buf_addc(&c->out, '\n');
}

/* Private characters (U+E000, U+E001) around what matched keep its place while lines are
 * broken. */
#define MARK_ON "\xee\x80\x80"
#define MARK_OFF "\xee\x80\x81"

/* Bold; in brackets on a terminal without colours; nothing in a pipe. */
static void
mark_put(struct ctl *c, bool on)
{
	if (c->colour)
		ctl_style(c, on ? STYLE_BOLD : STYLE_NONE);
	else if (c->width > 0)
		buf_addc(&c->out, on ? '[' : ']');
}

static void
excerpt_text(struct ctl *c, struct arena *a, const struct excerpt *x)
{
	const size_t n = strlen(MARK_ON);
	size_t from = c->out.n;
	const char *z;

	ctl_wrap(c, x->found ? arena_printf(a, "%s" MARK_ON "%s" MARK_OFF "%s", x->before,
	    x->match,
	    x->after) : x->after, INDENT);
	z = arena_strndup(a, c->out.z + from, c->out.n - from);
	buf_cut(&c->out, from);
	while (*z != '\0') {
		bool on = strncmp(z, MARK_ON, n) == 0;

		if (on || strncmp(z, MARK_OFF, n) == 0) {
			mark_put(c, on);
			z += n;
		} else
			buf_addc(&c->out, *z++);
	}
}

static void
hit_text(struct ctl *c, struct arena *a, const struct search_hit *h)
{
	struct buf *b = &c->out;

	const char *z = arena_printf(a, "%s  %s", ctl_when(a, h->at), h->has_ticket ?
	    ticket_state_name(h->ticket.state) : "no ticket");

	if (h->has_ticket)
		z = arena_printf(a, "%s  %s", z, h->ticket.category);
	if (h->matches > 1)
		z = arena_printf(a, "%s  %lld matches", z, (long long)h->matches);
	ctl_style(c, STYLE_BOLD);
	ctl_cell(b, h->has_ticket ? h->ticket.ref : "-", 14);
	ctl_style(c, STYLE_NONE);
	ctl_wrap(c, z, 14);
	buf_addf(b, "\n%*s", INDENT, "");
	if (h->sensitive) {
		buf_addz(b, "(sensitive)\n");
		return;
	}
	ctl_wrap(c, h->has_ticket ? h->ticket.subject : h->subject, INDENT);
	buf_addf(b, "\n%*s", INDENT, "");
	excerpt_text(c, a, &h->excerpt);
	buf_addc(b, '\n');
}

static enum status
hit_each(void *ctx, const struct search_hit *h)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct ctl *c = ctx;

	if (c->json)
		hit_json(c, a, h);
	else
		hit_text(c, a, h);
	ctl_flush(c);
	return ST_OK;
}

static void
on_tick(void *ctx, int64_t done, int64_t all)
{
	ctl_progress(ctx, done, all);
}

static int
reindex(struct ctl *c)
{
	struct store *s AUTO(store_close) = NULL;
	int rc = ctl_act_open(c, &s);
	enum status st;

	if (rc != EX_OK)
		return rc;
	st = store_begin(s, &c->f);
	if (st == ST_OK) {
		st = search_rebuild(s, on_tick, c, &c->f);
		if (st == ST_OK)
			st = ctl_note(c, s, "search --reindex", "");
		st = ctl_act_end(c, s, st);
	}
	return st == ST_OK ? EX_OK : ctl_fail(c, st == ST_TEMP ? EX_TEMPFAIL : EX_IOERR);
}

static int
find(struct ctl *c, const struct seek *want)
{
	struct store *s AUTO(store_close) = NULL;
	size_t total, max = c->width > 0 && !c->json ? SHOWN_MAX : SIZE_MAX;
	int rc = ctl_store(c, STORE_READ, &s);

	if (rc != EX_OK)
		return rc;
	ctl_looked(c, "search", "");
	if (search_find(s, want, max, hit_each, c, &total, &c->f) != ST_OK)
		return ctl_fail(c, EX_IOERR);
	if (total > max)
		(void)fprintf(stderr, "%zu more: add a word, or use a pipe to see all\n",
		    total - max);
	else if (total == 0 && c->width > 0 && !c->json)
		(void)fputs("nothing found\n", stderr);
	return EX_OK;
}

int
ctl_search(struct ctl *c)
{
	const char *typed = "";
	struct seek want;

	for (int i = 1; i < c->argc; i++)
		typed = arena_printf(c->a, "%s%s%s", typed, i > 1 ? " " : "", c->argv[i]);
	if (c->reindex && c->argc == 1)
		return reindex(c);
	if (c->reindex || c->argc < 2) {
		(void)fprintf(stderr, "bureauctl: usage: bureauctl search WORDS | --reindex\n");
		return EX_USAGE;
	}
	if (!seek_read(c->a, span_of(typed), &want)) {
		(void)fprintf(stderr, "bureauctl: search: no word to look for\n");
		return EX_USAGE;
	}
	return find(c, &want);
}
