#include "remind.h"

#include "remind_int.h"

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

/* ---- lists ---- */

/* "BI-2026-00042 (Logement)"; of a sensitive ticket not even what it is about. */
const char *
remind_ticket_say(struct arena *a, const struct desk *d, const struct remind_ticket *t)
{
	const struct category *c = rules_category(d->rules, t->category);

	return arena_printf(a, "%s (%s)", t->ref, t->sensitive ? "sensible" :
	    c != NULL ? c->label : t->category);
}

void
remind_line(struct remind_lines *l, const char *who, const char *what)
{
	if (l->n == 0)
		buf_open(&l->b, LINES_BYTES);
	if (l->n == LINES_MAX) {
		l->left_out++;
		return;
	}
	l->n++;
	buf_addf(&l->b, "%s\302\240: %s\n", who, what);
}

const char *
remind_lines_text(struct arena *a, struct remind_lines *l)
{
	const char *text;

	if (l->n == 0)
		return "";
	if (l->left_out > 0)
		buf_addf(&l->b, "… et %zu autres (bureauctl list)\n", l->left_out);
	text = arena_span(a, span_trim(buf_span(&l->b)));
	buf_close(&l->b);
	return text;
}

const char *
remind_count(struct arena *a, size_t n, const char *one, const char *many)
{
	return arena_printf(a, "%zu\302\240%s", n, n < 2 ? one : many);
}

/* ---- the mails ---- */

static enum status
high_of(struct planning *g, const struct agent *to, const struct remind_ticket *v, size_t n,
    struct fault *f)
{
	struct remind_lines l = { .n = 0 };
	struct template_var names[] = { { "texte", "" }, { "bureau", g->d->name } };
	struct outmail m = { .to = to->spec, .automatic = COMPOSE_GENERATED, .lang = "fr" };
	size_t mine = 0;

	for (size_t i = 0; i < n; i++) {
		if (!remind_concerns(g->d, &v[i], to))
			continue;
		mine++;
		remind_line(&l, remind_ticket_say(g->a, g->d, &v[i]), arena_printf(g->a,
		    "message reçu le %s à %s",
		    say_day(g->a, date_local_day(v[i].last_activity)),
		    say_time(g->a, v[i].last_activity)));
	}
	names[0].value = remind_lines_text(g->a, &l);
	if (mine == 0)
		return ST_OK;
	m.subject = arena_printf(g->a, "À traiter aujourd’hui (%s)", remind_count(g->a, mine,
	    "dossier urgent", "dossiers urgents"));
	if (texts_fill(g->d->texts, g->a, "urgences", names, 2, &m.text, f) != ST_OK)
		return f->st;
	return plan_send(g, MAIL_KIND_REMINDER, &m, NOTIFY_MAX_BYTES, g->in->now, false, f);
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
