/* digest_count.c - from rows to raw figures. */
#include "digest.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 64 };

const int digest_ages[DIGEST_AGES] = { 7, 15, 30, 60 };

const struct digest_lang digest_langs[DIGEST_LANGS] = {
	{ "en", "Anglais" }, { "ar", "Arabe" }, { "tr", "Turc" }, { "uk", "Ukrainien" },
	{ "ru", "Russe" }, { "pt", "Portugais" }, { "es", "Espagnol" }, { "it", "Italien" },
	{ "de", "Allemand" }, { "pl", "Polonais" }, { "ro", "Roumain" }, { "fa", "Dari et persan" },
	{ "ps", "Pachto" }, { "sq", "Albanais" }, { "ka", "Géorgien" }, { "zh", "Chinois" },
};

/* Values that are sorted at the end; the room doubles. */
struct values { int64_t *v; size_t n, room; };

struct digest_count {
	struct arena *a;
	const struct desk *d;
	const struct digest_names *names;
	struct digest_facts *f;
	bool spans_known;
	struct { bool known; struct digest_week w; } told[DIGEST_WEEKS];
	struct values persons;		/* the first bytes of their hashes */
	struct values wait_week, wait, urgent_wait, vital_wait;
};

/* ---- small tools ---- */

static void
value_add(struct digest_count *c, struct values *v, int64_t x)
{
	if (v->n == v->room) {
		size_t room = v->room == 0 ? FIRST_ROOM : 2 * v->room;
		int64_t *more = arena_new(c->a, int64_t, room);

		if (v->n > 0)
			memcpy(more, v->v, v->n * sizeof *more);
		v->v = more;
		v->room = room;
	}
	v->v[v->n++] = x;
}

static int
value_order(const void *x, const void *y)
{
	int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

	return (a > b) - (a < b);
}

static void
values_sort(struct values *v)
{
	if (v->n > 0)
		qsort(v->v, v->n, sizeof *v->v, value_order);
}

/* The middle one, and the one that nine of ten do not exceed. */
static struct digest_wait
wait_of(struct values *v)
{
	values_sort(v);
	if (v->n == 0)
		return (struct digest_wait){ 0 };
	return (struct digest_wait){ v->n, v->v[(v->n - 1) / 2], v->v[(9 * v->n + 9) / 10 - 1] };
}

/* false: in none of the weeks. */
static bool
week_of(const struct digest_count *c, int64_t at, size_t *i_out)
{
	date_day day = date_local_day(at);

	if (day < c->f->scope.first || day > c->f->scope.monday + 6)
		return false;
	*i_out = (size_t)(day - c->f->scope.first) / 7;
	return true;
}

/* The last 13 weeks: durations and percentages run over them. */
static bool
is_recent(const struct digest_count *c, size_t week)
{
	return week + DIGEST_QUARTER >= c->f->scope.nweeks;
}

/* Breakdowns end with the last week that had enough new tickets: how little a week changed in
 * them shows nothing.  Fewer weeks of the bureau's than DIGEST_LEAST: none.  (A week without a
 * ticket counts as one, or its 0 would show.) */
static struct digest_span
span_of_weeks(const struct digest_facts *f, size_t first, size_t end)
{
	size_t from = f->since > first ? f->since : first;

	while (end > first && f->week[end - 1].opened < DIGEST_SMALL)
		end--;
	return end < from + DIGEST_LEAST ? (struct digest_span){ first, first } :
	    (struct digest_span){ first, end };
}

/* What is told of a week that was told of before.  All small ones are one and the same. */
static unsigned
told_again(unsigned told, unsigned now)
{
	unsigned least = DIGEST_SMALL - 1, a = told < least ? least : told;
	unsigned b = now < least ? least : now;

	return (a > b ? a - b : b - a) < DIGEST_SMALL ? told : now;
}

static void
spans_find(struct digest_count *c)
{
	const struct digest_scope *s = &c->f->scope;

	if (c->spans_known)
		return;
	c->spans_known = true;
	for (size_t i = 0; i < s->nweeks; i++)
		if (c->told[i].known)
			c->f->week[i].opened = told_again(c->told[i].w.opened,
			    c->f->week[i].opened);
	c->f->span[DIGEST_NOW] = span_of_weeks(c->f, s->quarter, s->nweeks);
	c->f->span[DIGEST_BEFORE] = span_of_weeks(c->f, s->before, s->quarter);
	c->f->span[DIGEST_YEAR] = span_of_weeks(c->f, s->year, s->nweeks);
}

static void
period_add(struct digest_count *c, unsigned n[DIGEST_PERIODS], size_t week)
{
	for (int p = 0; p < DIGEST_PERIODS; p++)
		n[p] += week >= c->f->span[p].first && week < c->f->span[p].end;
}

/* The row of that category; NULL: it has none. */
static struct digest_category *
category_of(struct digest_count *c, const char *name)
{
	for (size_t i = 0; i < c->f->ncategories; i++)
		if (strcmp(c->names->category[i].name, name) == 0)
			return &c->f->category[i];
	return NULL;
}

static bool
asks_for_answer(const struct digest_count *c, const char *category)
{
	const struct category *k = rules_category(c->d->rules, category);

	return k == NULL || !k->short_ack;
}

/* ---- counting ---- */

struct digest_count *
digest_count_open(struct arena *a, const struct desk *d, const struct digest_names *names,
    date_day monday)
{
	struct digest_count *c = arena_new(a, struct digest_count, 1);

	c->a = a;
	c->d = d;
	c->names = names;
	c->f = arena_new(a, struct digest_facts, 1);
	c->f->scope = digest_scope_of(monday);
	c->f->since = c->f->scope.nweeks;
	c->f->ncategories = names->ncategories < DIGEST_NAMES ? names->ncategories : DIGEST_NAMES;
	c->f->nquartiers = names->nquartiers < DIGEST_NAMES ? names->nquartiers : DIGEST_NAMES;
	return c;
}

const struct digest_scope *
digest_count_scope(const struct digest_count *c)
{
	return &c->f->scope;
}

static void
person_add(struct digest_count *c, size_t week, struct span person)
{
	int64_t first;

	if (week < c->f->scope.year)
		return;
	assert(person.n >= sizeof first);
	memcpy(&first, person.p, sizeof first);
	value_add(c, &c->persons, first);
}

void
digest_count_opening(struct digest_count *c, int64_t opened)
{
	size_t i = 0;
	bool inside = week_of(c, opened, &i);

	assert(!c->spans_known);
	c->f->week[i].opened += inside;
	if ((inside || opened < c->f->scope.from) && i < c->f->since)
		c->f->since = i;
}

void
digest_count_told(struct digest_count *c, date_day monday, const struct digest_week *w)
{
	size_t i = (size_t)(monday - c->f->scope.first) / 7;

	assert(!c->spans_known && monday >= c->f->scope.first && i < c->f->scope.nweeks);
	c->told[i].known = true;
	c->told[i].w = *w;
}

static void
quartier_add(struct digest_count *c, const struct digest_ticket *t, size_t week)
{
	const struct digest_names *names = c->names;

	for (size_t i = 0; i < c->f->nquartiers; i++)
		if (strcmp(names->quartier[i], t->quartier) == 0) {
			period_add(c, c->f->quartier[i], week);
			return;
		}
	period_add(c, c->f->nowhere, week);
}

static void
theme_add(struct digest_count *c, const struct digest_ticket *t, size_t week)
{
	struct digest_category *k = category_of(c, t->category);

	if (k == NULL || c->names->next.quartier[0] == '\0' ||
	    strcmp(c->names->next.quartier, t->quartier) != 0)
		return;
	period_add(c, c->f->theme[k - c->f->category], week);
}

static void
lang_add(struct digest_count *c, const char *lang, size_t week)
{
	size_t i = 0;

	if (lang[0] == '\0' || strcmp(lang, "fr") == 0)
		return;
	while (i < DIGEST_LANGS && strcmp(digest_langs[i].code, lang) != 0)
		i++;
	period_add(c, c->f->lang[i], week);
}

static void
breakdowns_add(struct digest_count *c, const struct digest_ticket *t, size_t week)
{
	struct digest_category *k = category_of(c, t->category);

	if (t->sensitive)
		return;
	if (k != NULL)
		period_add(c, k->opened, week);
	quartier_add(c, t, week);
	theme_add(c, t, week);
	lang_add(c, t->lang, week);
	if (t->has_meeting)
		period_add(c, c->f->meetings, week);
}

static bool
is_no_case(const struct digest_ticket *t)
{
	return t->outcome == TICKET_OUTCOME_SPAM || t->outcome == TICKET_OUTCOME_MERGED;
}

/* Kept when a person answered, or the case was closed, by the promised day. */
static void
promise_add(struct digest_count *c, const struct digest_ticket *t)
{
	date_day due = hours_promise(&c->d->hours, t->opened, c->d->promise_days);
	int64_t end = t->first_answer != 0 ? t->first_answer : t->closed_at;

	if (t->first_answer != 0 && t->closed_at != 0 && t->closed_at < end)
		end = t->closed_at;
	if (due > c->f->scope.monday + 6 || is_no_case(t) || !asks_for_answer(c, t->category))
		return;
	c->f->promise.of++;
	c->f->promise.n += end != 0 && date_local_day(end) <= due;
}

/* CRPA R112-11-2: one jour ouvré.  Not those that no acknowledgment may be sent to. */
static void
acked_add(struct digest_count *c, const struct digest_ticket *t)
{
	if (!t->wants_ack)
		return;
	c->f->acked.of++;
	c->f->acked.n += t->acked != 0 &&
	    date_local_day(t->acked) <= deadlines_of(t->opened).ae;
}

static void
urgent_add(struct digest_count *c, const struct digest_ticket *t, size_t week)
{
	if (t->urgency == URGENCY_NORMAL)
		return;
	period_add(c, t->urgency == URGENCY_VITAL ? c->f->vital : c->f->urgent, week);
	if (!is_recent(c, week) || t->handled < t->opened || t->handled >= c->f->scope.to)
		return;
	if (t->urgency == URGENCY_VITAL)
		value_add(c, &c->vital_wait, (t->handled - t->opened) / 60);
	else
		value_add(c, &c->urgent_wait, hours_minutes(&c->d->hours, t->opened, t->handled));
}

static void
wait_add(struct digest_count *c, const struct digest_ticket *t)
{
	int64_t minutes;
	size_t week;

	if (t->first_answer < t->opened || !week_of(c, t->first_answer, &week) ||
	    !is_recent(c, week))
		return;
	minutes = hours_minutes(&c->d->hours, t->opened, t->first_answer);
	value_add(c, &c->wait, minutes);
	if (week + 1 == c->f->scope.nweeks)
		value_add(c, &c->wait_week, minutes);
}

void
digest_count_ticket(struct digest_count *c, const struct digest_ticket *t)
{
	size_t week;

	spans_find(c);
	if (!week_of(c, t->opened, &week))
		return;
	if (t->person.n > 0)
		person_add(c, week, t->person);
	else
		c->f->persons += week >= c->f->scope.year;
	breakdowns_add(c, t, week);
	urgent_add(c, t, week);
	wait_add(c, t);
	if (!is_recent(c, week))
		return;
	promise_add(c, t);
	acked_add(c, t);
	c->f->unknown.of += !t->sensitive;
	c->f->unknown.n += !t->sensitive && strcmp(t->category, "a_qualifier") == 0;
}

void
digest_count_open_ticket(struct digest_count *c, const struct digest_open *t)
{
	struct digest_facts *f = c->f;
	struct digest_category *k = t->sensitive ? NULL : category_of(c, t->category);
	date_day end = f->scope.monday + 7, age = end - date_local_day(t->opened);

	f->open++;
	if (f->oldest == 0 || t->opened < f->oldest)
		f->oldest = t->opened;
	for (size_t i = 0; i < DIGEST_AGES; i++)
		f->older[i] += age > digest_ages[i];
	if (k != NULL)
		k->open++;
	if (t->due_silence == 0 || !asks_for_answer(c, t->category))
		return;
	f->silent_past += t->due_silence < end;
	f->silent_14 += t->due_silence >= end && t->due_silence < end + 14;
	f->silent_30 += t->due_silence >= end && t->due_silence < end + 30;
}

void
digest_count_mail(struct digest_count *c, const struct digest_mail *m)
{
	size_t week;

	spans_find(c);
	if (!week_of(c, m->received, &week))
		return;
	if (week + 1 == c->f->scope.nweeks)
		c->f->quarantined += m->outcome == MAIL_OUTCOME_QUARANTINED;
	if (m->role != MAIL_ROLE_CITIZEN || m->by_partner ||
	    (m->outcome != MAIL_OUTCOME_NEW_TICKET && m->outcome != MAIL_OUTCOME_APPEND))
		return;
	c->f->week[week].received++;
	if (m->person.n > 0)
		person_add(c, week, m->person);
	if (m->sensitive)
		return;
	if (strcmp(m->category, "remerciement") == 0)
		period_add(c, c->f->thanks, week);
	if (strcmp(m->category, "reclamation") == 0)
		period_add(c, c->f->complaints, week);
}

void
digest_count_closing(struct digest_count *c, const struct digest_closing *k)
{
	struct digest_category *row = k->sensitive ? NULL : category_of(c, k->category);
	size_t week;

	spans_find(c);
	if (!week_of(c, k->at, &week))
		return;
	c->f->week[week].settled += k->outcome == TICKET_OUTCOME_RESOLVED;
	if (row != NULL)
		period_add(c, row->closed, week);
	if (!k->sensitive)
		period_add(c, c->f->outcome[k->outcome], week);
}

static void
weeks_as_told(struct digest_count *c)
{
	for (size_t i = 0; i < c->f->scope.nweeks; i++) {
		struct digest_week *w = &c->f->week[i];

		if (!c->told[i].known)
			continue;
		w->received = told_again(c->told[i].w.received, w->received);
		w->settled = told_again(c->told[i].w.settled, w->settled);
	}
}

struct digest_facts *
digest_count_end(struct digest_count *c)
{
	struct digest_facts *f = c->f;
	const struct entry *e;

	spans_find(c);
	weeks_as_told(c);
	values_sort(&c->persons);
	for (size_t i = 0; i < c->persons.n; i++)
		f->persons += i == 0 || c->persons.v[i] != c->persons.v[i - 1];
	f->wait_week = wait_of(&c->wait_week);
	f->wait = wait_of(&c->wait);
	f->urgent_wait = wait_of(&c->urgent_wait);
	f->vital_wait = wait_of(&c->vital_wait);
	f->entries = c->d->directory == NULL ? 0 : (unsigned)directory_list(c->d->directory, &e);
	for (size_t i = 0; i < f->entries; i++)
		f->stale += !entry_is_printable(&e[i], f->scope.monday + 7);
	return f;
}
