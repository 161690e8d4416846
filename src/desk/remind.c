#include "remind.h"

#include "plan_int.h"

#include <stdlib.h>
#include <string.h>

enum {
	HIGH_HOUR = 14,
	SILENCE_DAYS = 14,
	CATCH_UP_DAYS = 31,		/* after a longer stop the older ones are let go */
	BACK_DAYS = 400,		/* an open day is never this far */
	LINES_MAX = 200, LINES_BYTES = 64 * 1024,
};

/* The n-th open day before `day`. */
static date_day
open_before(const struct hours *h, date_day day, int n)
{
	date_day first = day - BACK_DAYS;

	while (n > 0 && day > first)
		n -= hours_open_day(h, --day);
	return day;
}

static bool
is_within(date_day day, date_day after, date_day today)
{
	return day > after && day <= today;
}

/* Thanks and information ask for nothing: the law counts no days for them. */
static bool
is_demand(const struct desk *d, const struct remind_ticket *t)
{
	const struct category *c = rules_category(d->rules, t->category);

	return c == NULL || !c->short_ack;
}

static bool
promise_reminds(const struct desk *d, const struct remind_ticket *t, date_day after,
    date_day today)
{
	return t->state == TICKET_OPEN && (is_within(t->due, after, today) ||
	    is_within(open_before(&d->hours, t->due, 1), after, today));
}

static bool
ar_reminds(const struct desk *d, const struct remind_ticket *t, date_day after, date_day today)
{
	return t->state == TICKET_OPEN && !t->acked && is_demand(d, t) &&
	    is_within(open_before(&d->hours, t->due_ar, 2), after, today);
}

static bool
silence_reminds(const struct desk *d, const struct remind_ticket *t, date_day after,
    date_day today)
{
	return t->state != TICKET_CLOSED && is_demand(d, t) &&
	    (is_within(t->due_silence - SILENCE_DAYS, after, today) ||
	    is_within(open_before(&d->hours, t->due_silence, 3), after, today));
}

date_day
remind_date(const struct desk *d, const struct remind_ticket *t, enum remind_what what,
    date_day after, date_day today)
{
	static bool (*const reminds[])(const struct desk *, const struct remind_ticket *,
	    date_day, date_day) = {
		[REMIND_PROMISE] = promise_reminds, [REMIND_AR] = ar_reminds,
		[REMIND_SILENCE] = silence_reminds,
	};
	const date_day day[] = {
		[REMIND_PROMISE] = t->due, [REMIND_AR] = t->due_ar,
		[REMIND_SILENCE] = t->due_silence,
	};
	date_day oldest = today - CATCH_UP_DAYS;

	if (day[what] == 0)
		return 0;
	return reminds[what](d, t, after > oldest ? after : oldest, today) ? day[what] : 0;
}

static const struct agent *
agent_named(const struct desk *d, const char *section)
{
	for (size_t i = 0; i < d->nagents; i++)
		if (strcmp(d->agents[i].section, section) == 0)
			return &d->agents[i];
	return NULL;
}

bool
remind_concerns(const struct desk *d, const struct remind_ticket *t, const struct agent *g)
{
	const struct agent *mine = agent_named(d, t->agent);

	if (mine != NULL)
		return mine == g;
	for (size_t i = 0; i < d->nagents; i++)
		if (agent_has(&d->agents[i], t->category))
			return agent_has(g, t->category);
	return true;
}

/* What comes in after that hour, or on a closed day, has its turn at an opening. */
int64_t
remind_high_at(const struct hours *h, int64_t since)
{
	int64_t taken = hours_next_opening(h, since);
	date_day day = date_local_day(taken);
	int64_t at = date_instant(day, HIGH_HOUR, 0);

	return hours_next_opening(h, taken < at ? at : date_instant(day + 1, 0, 0));
}

/* ---- the mails ---- */

struct item { const struct remind_ticket *t; enum remind_what what; date_day day; };

static int
item_order(const void *x, const void *y)
{
	const struct item *a = x, *b = y;

	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	if (a->t->id != b->t->id)
		return a->t->id < b->t->id ? -1 : 1;
	return (int)a->what - (int)b->what;
}

/* "BI-2026-00042 (Logement)"; of a sensitive ticket not even what it is about. */
static const char *
ticket_say(struct arena *a, const struct desk *d, const struct remind_ticket *t)
{
	const struct category *c = rules_category(d->rules, t->category);

	return arena_printf(a, "%s (%s)", t->ref, t->sensitive ? "sensible" :
	    c != NULL ? c->label : t->category);
}

static const char *
item_say(struct arena *a, const struct item *i, date_day today)
{
	const char *day = say_day(a, i->day);

	switch (i->what) {
	case REMIND_PROMISE:
		if (i->day == today)
			return "réponse promise pour aujourd’hui";
		return arena_printf(a, "réponse promise pour le %s%s", day,
		    i->day < today ? ", date dépassée" : "");
	case REMIND_AR:
		return arena_printf(a, "aucun accusé de réception n’est parti, la loi en "
		    "demande un au plus tard le %s", day);
	case REMIND_SILENCE:
	case REMIND_WHATS: break;
	}
	return arena_printf(a, "sans décision au %s, le silence vaudra refus", day);
}

/* Lines up to a bound; what is over it is counted, not hidden. */
struct lines { struct buf b; size_t n, left_out; };

static void
line_add(struct lines *l, const char *who, const char *what)
{
	if (l->n == LINES_MAX) {
		l->left_out++;
		return;
	}
	l->n++;
	buf_addf(&l->b, "%s\302\240: %s\n", who, what);
}

static const char *
lines_text(struct arena *a, struct lines *l)
{
	if (l->left_out > 0)
		buf_addf(&l->b, "… et %zu autres (bureauctl list)\n", l->left_out);
	return arena_span(a, span_trim(buf_span(&l->b)));
}

static const char *
count_say(struct arena *a, size_t n, const char *one, const char *many)
{
	return arena_printf(a, "%zu\302\240%s", n, n < 2 ? one : many);
}

static enum status
send_list(struct planning *g, const char *template_name, const char *to, const char *subject,
    const char *lines, bool without_ack, struct fault *f)
{
	const struct template_var v[] = {
		{ "texte", lines }, { "sans_accuse", without_ack ? "oui" : "" },
		{ "bureau", g->d->name },
	};
	struct outmail m = { .to = to, .automatic = COMPOSE_GENERATED, .lang = "fr",
	    .subject = subject };

	if (texts_fill(g->d->texts, g->a, template_name, v, sizeof v / sizeof *v, &m.text, f)
	    != ST_OK)
		return f->st;
	return plan_send(g, MAIL_KIND_REMINDER, &m, NOTIFY_MAX_BYTES, g->in->now, false, f);
}

static enum status
morning_of(struct planning *g, const struct agent *to, const struct item *v, size_t n,
    struct fault *f)
{
	date_day today = date_local_day(g->in->now);
	struct lines l = { .n = 0 };
	bool without_ack = false;
	const char *text;

	if (n == 0)
		return ST_OK;
	buf_open(&l.b, LINES_BYTES);
	for (size_t i = 0; i < n; i++) {
		without_ack = without_ack || v[i].what == REMIND_AR;
		line_add(&l, ticket_say(g->a, g->d, v[i].t), item_say(g->a, &v[i], today));
	}
	text = lines_text(g->a, &l);
	buf_close(&l.b);
	return send_list(g, "echeances", to->spec, arena_printf(g->a, "Échéances du jour (%s)",
	    count_say(g->a, n, "rappel", "rappels")), text, without_ack, f);
}

static size_t
items_of(const struct planning *g, const struct agent *to, const struct remind_ticket *v,
    size_t n, date_day after, struct item *out)
{
	date_day today = date_local_day(g->in->now);
	size_t m = 0;

	for (size_t i = 0; i < n; i++)
		for (int what = 0; what < REMIND_WHATS && remind_concerns(g->d, &v[i], to); what++) {
			enum remind_what w = (enum remind_what)what;
			date_day day = remind_date(g->d, &v[i], w, after, today);

			if (day != 0)
				out[m++] = (struct item){ &v[i], w, day };
		}
	qsort(out, m, sizeof *out, item_order);
	return m;
}

enum status
remind_morning(struct arena *a, const struct desk *d, const struct remind_ticket *v, size_t n,
    const date_day *after, int64_t now, const struct plan_facts *random, struct plan *out,
    struct fault *f)
{
	const struct plan_in in = { .now = now };
	struct planning g = { a, d, &in, random, out, 0 };
	struct item *items = arena_new(a, struct item, n * REMIND_WHATS + 1);

	plan_empty(&g);
	for (size_t i = 0; i < d->nagents; i++) {
		const struct agent *to = &d->agents[i];

		if (after[i] != REMINDED &&
		    morning_of(&g, to, items, items_of(&g, to, v, n, after[i], items), f)
		    != ST_OK)
			return f->st;
	}
	return ST_OK;
}

static enum status
high_of(struct planning *g, const struct agent *to, const struct remind_ticket *v, size_t n,
    struct fault *f)
{
	struct lines l = { .n = 0 };
	const char *text;
	size_t mine = 0;

	buf_open(&l.b, LINES_BYTES);
	for (size_t i = 0; i < n; i++) {
		if (!remind_concerns(g->d, &v[i], to))
			continue;
		mine++;
		line_add(&l, ticket_say(g->a, g->d, &v[i]), arena_printf(g->a,
		    "message reçu le %s à %s",
		    say_day(g->a, date_local_day(v[i].last_activity)),
		    say_time(g->a, v[i].last_activity)));
	}
	text = lines_text(g->a, &l);
	buf_close(&l.b);
	if (mine == 0)
		return ST_OK;
	return send_list(g, "urgences", to->spec, arena_printf(g->a,
	    "À traiter aujourd’hui (%s)", count_say(g->a, mine, "dossier urgent",
	    "dossiers urgents")), text, false, f);
}

enum status
remind_high(struct arena *a, const struct desk *d, const struct remind_ticket *v, size_t n,
    int64_t now, const struct plan_facts *random, struct plan *out, struct fault *f)
{
	const struct plan_in in = { .now = now };
	struct planning g = { a, d, &in, random, out, 0 };

	plan_empty(&g);
	for (size_t i = 0; i < d->nagents; i++)
		if (high_of(&g, &d->agents[i], v, n, f) != ST_OK)
			return f->st;
	return ST_OK;
}

enum status
remind_alert(struct arena *a, const struct desk *d, const struct remind_alert *v, int64_t now,
    const struct plan_facts *random, struct plan *out, struct fault *f)
{
	const struct plan_in in = { .now = now };
	struct plan_facts facts = *random;
	struct planning g = { a, d, &in, &facts, out, 0 };

	facts.contact = v->contact;
	plan_empty(&g);
	out->ref = v->ref;
	out->ticket = v->ticket;
	out->category = v->category;
	out->sensitive = v->sensitive;
	out->urgency = URGENCY_VITAL;
	out->ack = v->acked ? ACK_STANDARD : ACK_NONE;
	return notify_repeat(&g, v->since, v->times + 1, f);
}
