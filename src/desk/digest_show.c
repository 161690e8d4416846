#include "digest_show.h"

#include <string.h>

enum { STEP = 5, WAITS_OF_A_WEEK = 5, WAITS_OF_A_QUARTER = 20 };

static struct told
exact(unsigned n)
{
	return n < DIGEST_SMALL ? (struct told){ true, SHOW_SMALL } : (struct told){ false, n };
}

static struct told
floored(unsigned n)
{
	return (struct told){ n < STEP, n / STEP * STEP };
}

/* Rule 3: rows of one breakdown, of `total` tickets or mails. */
static void
keep_off_total(struct told *const *rows, size_t n, unsigned total)
{
	for (;;) {
		struct told *largest = NULL;
		unsigned sum = 0;

		for (size_t i = 0; i < n; i++) {
			sum += rows[i]->n;
			if (largest == NULL || rows[i]->n > largest->n)
				largest = rows[i];
		}
		if (sum == 0 || total >= sum + DIGEST_SMALL)
			return;
		largest->n -= STEP;
		largest->small = largest->n == 0;
	}
}

static struct told_share
share(struct digest_share s)
{
	unsigned rest = s.of - s.n, edge;

	if (s.of < DIGEST_BASE)
		return (struct told_share){ TOLD_NOT, 0 };
	edge = 100 * DIGEST_SMALL / s.of / STEP * STEP + STEP;
	if (rest < DIGEST_SMALL)
		return (struct told_share){ TOLD_OVER, 100 - edge };
	if (s.n < DIGEST_SMALL)
		return (struct told_share){ TOLD_UNDER, edge };
	return (struct told_share){ TOLD_EXACT, (100 * s.n + s.of / 2) / s.of };
}

static struct told_wait
wait(const struct digest_wait *w, size_t least)
{
	return (struct told_wait){ w->n >= least, w->median, w->p90 };
}

/* ---- totals ---- */

static void
weeks_tell(const struct digest_facts *f, struct digest_told *t)
{
	t->since = f->since;
	for (size_t i = 0; i < f->scope.nweeks; i++) {
		const struct digest_week *w = &f->week[i];

		t->week[i] = (struct told_week){ exact(w->received), exact(w->opened),
			exact(w->settled) };
	}
}

static unsigned
opened_in(const struct digest_facts *f, enum digest_period p)
{
	unsigned n = 0;

	for (size_t i = f->span[p].first; i < f->span[p].end; i++)
		n += f->week[i].opened;
	return n;
}

static unsigned
received_in(const struct digest_facts *f, enum digest_period p)
{
	unsigned n = 0;

	for (size_t i = f->span[p].first; i < f->span[p].end; i++)
		n += f->week[i].received;
	return n;
}

static void
stock_tell(const struct digest_facts *f, struct digest_told *t)
{
	t->open = floored(f->open);
	for (size_t i = 0; i < DIGEST_AGES; i++)
		t->older[i] = floored(f->older[i]);
	t->silent_14 = floored(f->silent_14);
	t->silent_30 = floored(f->silent_30);
	t->silent_past = floored(f->silent_past);
	t->oldest_days = t->open.small ? -1 :
	    f->scope.monday + 7 - date_local_day(f->oldest);
}

/* ---- breakdowns ---- */

/* What the rows of all neighbourhoods may add up to: every ticket that is not sensitive. */
static unsigned
placed_at_most(const struct digest_told *t, enum digest_period p)
{
	unsigned n = t->nowhere[p].n + STEP - 1;

	for (size_t i = 0; i < t->nquartiers; i++)
		n += t->quartier[i][p].n + STEP - 1;
	return n;
}

static void
categories_tell(const struct digest_facts *f, struct digest_told *t, enum digest_period p)
{
	unsigned total = opened_in(f, p), placed = placed_at_most(t, p);
	struct told *rows[DIGEST_NAMES];

	for (size_t i = 0; i < f->ncategories; i++) {
		t->category[i].opened[p] = floored(f->category[i].opened[p]);
		t->category[i].closed[p] = floored(f->category[i].closed[p]);
		t->category[i].open = floored(f->category[i].open);
		t->theme[i][p] = floored(f->theme[i][p]);
		rows[i] = &t->category[i].opened[p];
	}
	keep_off_total(rows, f->ncategories,
	    t->nquartiers > 0 && placed < total ? placed : total);
}

static void
quartiers_tell(const struct digest_facts *f, struct digest_told *t, enum digest_period p)
{
	struct told *rows[DIGEST_NAMES + 1];

	for (size_t i = 0; i < f->nquartiers; i++) {
		t->quartier[i][p] = floored(f->quartier[i][p]);
		rows[i] = &t->quartier[i][p];
	}
	t->nowhere[p] = floored(f->nowhere[p]);
	rows[f->nquartiers] = &t->nowhere[p];
	keep_off_total(rows, f->nquartiers + 1, opened_in(f, p));
}

static void
langs_tell(const struct digest_facts *f, struct digest_told *t, enum digest_period p)
{
	struct told *rows[DIGEST_LANGS + 1];

	for (size_t i = 0; i <= DIGEST_LANGS; i++) {
		t->lang[i][p] = floored(f->lang[i][p]);
		rows[i] = &t->lang[i][p];
	}
	keep_off_total(rows, DIGEST_LANGS + 1, opened_in(f, p));
}

static void
others_tell(const struct digest_facts *f, struct digest_told *t, enum digest_period p)
{
	struct told *urgent[] = { &t->urgent[p], &t->vital[p] };
	struct told *mails[] = { &t->thanks[p], &t->complaints[p] };
	struct told *meetings[] = { &t->meetings[p] };

	for (int i = 0; i < TICKET_OUTCOME_COUNT; i++)
		t->outcome[i][p] = floored(f->outcome[i][p]);
	t->urgent[p] = floored(f->urgent[p]);
	t->vital[p] = floored(f->vital[p]);
	t->thanks[p] = floored(f->thanks[p]);
	t->complaints[p] = floored(f->complaints[p]);
	t->meetings[p] = floored(f->meetings[p]);
	keep_off_total(urgent, 2, opened_in(f, p));
	keep_off_total(mails, 2, received_in(f, p));
	keep_off_total(meetings, 1, opened_in(f, p));
}

void
digest_tell(const struct digest_facts *f, struct digest_told *out)
{
	*out = (struct digest_told){
		.scope = f->scope, .persons = floored(f->persons), .ncategories = f->ncategories,
		.nquartiers = f->nquartiers, .wait_week = wait(&f->wait_week, WAITS_OF_A_WEEK),
		.wait = wait(&f->wait, WAITS_OF_A_QUARTER),
		.urgent_wait = wait(&f->urgent_wait, WAITS_OF_A_WEEK),
		.vital_wait = wait(&f->vital_wait, WAITS_OF_A_WEEK),
		.promise = share(f->promise), .acked = share(f->acked), .unknown = share(f->unknown),
		.last_poll = f->last_poll, .quarantined = f->quarantined, .unsent = f->unsent,
		.stale = f->stale, .entries = f->entries,
	};
	memcpy(out->span, f->span, sizeof out->span);
	weeks_tell(f, out);
	stock_tell(f, out);
	for (int p = 0; p < DIGEST_PERIODS; p++) {
		quartiers_tell(f, out, (enum digest_period)p);
		categories_tell(f, out, (enum digest_period)p);
		langs_tell(f, out, (enum digest_period)p);
		others_tell(f, out, (enum digest_period)p);
	}
}

struct told
told_week_figure(const struct told_week *w, enum told_figure which)
{
	const struct told figure[] = {
		[TOLD_RECEIVED] = w->received, [TOLD_OPENED] = w->opened, [TOLD_SETTLED] = w->settled,
	};

	return figure[which];
}

struct told
told_sum(const struct digest_told *t, enum told_figure which, size_t first, size_t last)
{
	unsigned n = 0;

	for (size_t i = first; i <= last; i++)
		n += i < t->since ? 0 : told_week_figure(&t->week[i], which).n;
	n = (n + STEP / 2) / STEP * STEP;
	return (struct told){ n < STEP, n };
}
