/* ctl_purge.c - what is past its time: first a numbered list without names, for the archives to
 * see; then, on purpose later, its deletion from database and mailbox. */
#include "ctl.h"

#include "clock.h"
#include "purge.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum { DAY = 86400 };

struct listing {
	struct ctl *c;
	struct store *s;
	const struct rules *rules;
	struct purge_line *v; size_t n;
	int64_t now, number, unclosed;
};

static int
days_of(const struct listing *g, const char *category)
{
	const struct category *k = rules_category(g->rules, category);

	return k != NULL && k->retention_days > 0 ? k->retention_days
						  : g->c->cfg->retention_days;
}

static enum status
line_add(struct listing *g, const char *category)
{
	const struct expiry what = { category, g->now - (int64_t)days_of(g, category) * DAY };
	struct purge_line *x = &g->v[g->n];

	if (purge_count(g->s, &what, x, &g->c->f) != ST_OK)
		return g->c->f.st;
	g->n += x->tickets + x->messages > 0;
	return ST_OK;
}

static enum status
list_make(struct listing *g)
{
	struct ctl *c = g->c;
	const char **category;
	size_t n;

	if (purge_categories(g->s, c->a, &category, &n, &c->f) != ST_OK)
		return c->f.st;
	if (n == PURGE_LINES_MAX)		/* the mails of no ticket are a line too */
		n--;
	g->v = arena_new(c->a, struct purge_line, n + 1);
	for (size_t i = 0; i < n; i++)
		if (line_add(g, category[i]) != ST_OK)
			return c->f.st;
	if (line_add(g, "") != ST_OK || purge_unclosed(g->s, g->now -
	    (int64_t)c->cfg->retention_days * DAY, &g->unclosed, &c->f) != ST_OK)
		return c->f.st;
	if (g->n == 0)
		return ST_OK;
	if (purge_list(g->s, g->v, g->n, ctl_user(c), g->now, &g->number, &c->f) != ST_OK)
		return c->f.st;
	return ctl_note(
	    c, g->s, arena_printf(c->a, "purge list %lld", (long long)g->number), "");
}

static void
line_json(struct listing *g, const struct purge_line *x)
{
	struct ctl *c = g->c;
	struct jsonw j;

	jsonw_open(&j, &c->out);
	jsonw_object(&j, NULL);
	jsonw_int(&j, "bordereau", g->number);
	jsonw_str_or_null(&j, "category", x->what.category);
	jsonw_int(&j, "tickets", x->tickets);
	jsonw_int(&j, "messages", x->messages);
	jsonw_time(&j, "first", x->first);
	jsonw_time(&j, "last", x->last);
	jsonw_int(&j, "retention_days", days_of(g, x->what.category));
	jsonw_object_end(&j);
	buf_addc(&c->out, '\n');
}

static const char *
label_of(const struct listing *g, const char *category)
{
	const struct category *k = rules_category(g->rules, category);

	return category[0] == '\0' ? "(sans dossier)" : k != NULL ? k->label : category;
}

/* In French: it is shown to the archives. */
static void
list_text(struct listing *g)
{
	struct buf *b = &g->c->out;
	struct arena *a = g->c->a;
	int64_t tickets = 0, messages = 0;

	buf_addf(b, "Bordereau d’élimination n° %lld\n%s – %s, le %s\n\n", (long long)g->number,
	    g->c->cfg->name, g->c->cfg->organisation, say_day(a, date_local_day(g->now)));
	for (size_t i = 0; i < g->n; i++) {
		const struct purge_line *x = &g->v[i];

		ctl_cell(b, label_of(g, x->what.category), 28);
		buf_addf(b, " %5lld dossiers %6lld messages  du %s au %s  (%d jours)\n",
		    (long long)x->tickets, (long long)x->messages,
		    say_day(a, date_local_day(x->first)), say_day(a, date_local_day(x->last)),
		    days_of(g, x->what.category));
		tickets += x->tickets;
		messages += x->messages;
	}
	buf_addf(b,
	    "\nEn tout : %lld dossiers clos, %lld messages. Rien n’est encore effacé.\n"
	    "Après le visa des Archives départementales, et dans les %d jours :\n"
	    "bureauctl purge --run\n",
	    (long long)tickets, (long long)messages, PURGE_LIST_DAYS);
}

static int
list(struct ctl *c, struct store *s, const struct rules *r)
{
	struct listing g = { .c = c, .s = s, .rules = r, .now = clock_now() };

	if (store_begin(s, &c->f) != ST_OK || ctl_act_end(c, s, list_make(&g)) != ST_OK)
		return ctl_fail(c, EX_IOERR);
	if (g.n == 0 && !c->json)
		buf_addz(&c->out, g.unclosed > 0 ? "Aucun dossier clos n’a dépassé sa durée de "
		    "conservation.\n" : "Rien n’a dépassé sa durée de conservation.\n");
	for (size_t i = 0; i < g.n && c->json; i++)
		line_json(&g, &g.v[i]);
	if (g.n > 0 && !c->json)
		list_text(&g);
	if (g.unclosed > 0 && !c->json)
		buf_addf(&c->out, "\nSans contact depuis plus de %d jours mais pas clos, donc "
		    "gardés : %lld. Un agent doit les clore.\n", c->cfg->retention_days,
		    (long long)g.unclosed);
	ctl_flush(c);
	return EX_OK;
}

/* ---- the run ---- */

/* Nothing that the list did not have. */
static enum status
lines_check(struct ctl *c, struct store *s, const struct purge_line *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct purge_line now;

		if (purge_count(s, &v[i].what, &now, &c->f) != ST_OK)
			return c->f.st;
		if (now.tickets > v[i].tickets || now.messages > v[i].messages)
			return fault_set(&c->f, ST_PERM,
			    "more than the list had (%s): make a new one with "
			    "purge --list",
			    v[i].what.category[0] != '\0' ? v[i].what.category : "no ticket");
	}
	return ST_OK;
}

static enum status
run_locked(struct ctl *c, struct store *s, int64_t number, const struct purge_line *v,
    size_t n, struct erased *e)
{
	struct expiry *what = arena_new(c->a, struct expiry, n);
	int64_t now = clock_now();

	for (size_t i = 0; i < n; i++)
		what[i] = v[i].what;
	if (lines_check(c, s, v, n) != ST_OK ||
	    erase_expired(s, c->a, what, n, ctl_user(c), now, e, &c->f) != ST_OK ||
	    purge_done(s, number, now, &c->f) != ST_OK)
		return c->f.st;
	return ctl_note(c, s, arena_printf(c->a, "purge run %lld: %lld tickets, %lld messages",
	    (long long)number, (long long)e->tickets, (long long)e->messages), "");
}

static void
run_tell(struct ctl *c, int64_t number, const struct erased *e)
{
	struct jsonw j;

	if (c->json) {
		jsonw_open(&j, &c->out);
		jsonw_object(&j, NULL);
		jsonw_int(&j, "bordereau", number);
		jsonw_int(&j, "tickets", e->tickets);
		jsonw_int(&j, "messages", e->messages);
		jsonw_int(&j, "attachments", e->files);
		jsonw_object_end(&j);
	} else
		buf_addf(&c->out,
		    "Bordereau n° %lld : %lld dossiers rendus anonymes, %lld messages "
		    "effacés.\nLa boîte aux lettres suit au prochain passage du service.",
		    (long long)number, (long long)e->tickets, (long long)e->messages);
	buf_addc(&c->out, '\n');
	ctl_flush(c);
}

static int
run(struct ctl *c, struct store *s)
{
	struct purge_line *v;
	struct erased e;
	int64_t number;
	size_t n;
	enum status st = purge_last(s, c->a, clock_now(), &number, &v, &n, &c->f);

	if (st == ST_NONE)
		(void)fault_set(&c->f, ST_NONE,
		    "no list of the last %d days waits: make one with purge "
		    "--list",
		    PURGE_LIST_DAYS);
	if (st != ST_OK)
		return ctl_fail(c, st == ST_NONE ? EX_DATAERR : EX_IOERR);
	if (!ctl_confirm(c,
		arena_printf(c->a,
		    "What list %lld names will be gone for good, from the "
		    "mailbox too. Erase it?",
		    (long long)number)))
		return ctl_declined("not erased");
	if (store_begin(s, &c->f) != ST_OK)
		return ctl_fail(c, EX_IOERR);
	st = ctl_act_end(c, s, run_locked(c, s, number, v, n, &e));
	if (st != ST_OK)
		return ctl_fail(c, st == ST_PERM ? EX_DATAERR : EX_IOERR);
	run_tell(c, number, &e);
	return ctl_scrub(c, s);
}

int
ctl_purge(struct ctl *c)
{
	struct store *s AUTO(store_close) = NULL;
	struct rules *r AUTO(rules_close) = NULL;
	int rc;

	if (c->argc != 1 || c->list == c->run) {
		(void)fprintf(stderr, "bureauctl: usage: bureauctl purge --list | --run\n");
		return EX_USAGE;
	}
	if (c->list && rules_load(&r, c->cfg->rules, RULES_CATEGORIES, &c->f) != ST_OK)
		return ctl_fail(c, EX_CONFIG);
	rc = ctl_act_open(c, &s);
	if (rc != EX_OK)
		return rc;
	if (c->list)
		return list(c, s, r);
	rc = ctl_scrub_due(c, s);
	return rc == EX_OK ? run(c, s) : rc;
}
