/* digest.h - the weekly digest to the mayor's cabinet: figures that identify nobody.
 *
 *   rows of the store -> digest_count_* -> struct digest_facts (raw figures, no text)
 *     -> digest_show.h (what may be told of them) -> struct digest_doc -> text, HTML, mail
 *
 * What may be told (LAW-AND-SAFETY section 6; digest_show.h says why it holds):
 * - Weekly figures are totals, exact from 5 on; 0 to 4 is "< 5".  They rest on what never
 *   changes afterwards: when a mail was received, a ticket opened, a closing ordered.
 * - Categories, neighbourhoods, languages and outcomes run over quarters of 13 weeks, each from
 *   its first week on, and the ISO year; they leave sensitive tickets out and are rounded down
 *   to 5.  They are told from 4 weeks on, and move on only with a week of at least 5 new
 *   tickets.
 * - Figures of the year are made of the weekly ones as they were printed.
 *
 * Weeks are ISO 8601, Monday to Sunday, local time; a year is its ISO weeks.
 * Limits: DIGEST_NAMES categories or neighbourhoods, the others count in no row. */
#ifndef DESK_DIGEST_H
#define DESK_DIGEST_H

#include "plan.h"

enum {
	DIGEST_WEEKS = 60,		/* as far back as the same week of the year before */
	DIGEST_QUARTER = 13,
	DIGEST_LEAST = 4,		/* weeks of a breakdown: a week's figures are totals only */
	DIGEST_SMALL = 5,		/* counts below are not told */
	DIGEST_BASE = 20,		/* a percentage of fewer is not told */
	DIGEST_NAMES = 64,
	DIGEST_LANGS = 16,
};

/* ---- which weeks ---- */
struct digest_scope {
	date_day monday;		/* of the week that is told of */
	date_day first;			/* Monday of week[0] */
	size_t nweeks;			/* the last one is the week that is told of */
	/* Indexes of the first weeks of its ISO year, of its quarter (weeks 1, 14, 27, 40) and of
	 * the quarter before. */
	size_t year, quarter, before;
	int64_t from, to;		/* from the beginning of week[0] to the end of the last */
};
struct digest_scope digest_scope_of(date_day monday);
/* "2026-W47" to its Monday. */
bool digest_week_parse(struct span s, date_day *monday_out);
/* When the digest of that week is due: the first working day from `weekday` of the next week
 * on (DATE_MONDAY ... DATE_SUNDAY), at that local time. */
int64_t digest_due(date_day monday, int weekday, int hour, int min);
/* Monday of the latest week whose digest is due at `now`. */
date_day digest_last_due(int64_t now, int weekday, int hour, int min);

/* ---- raw figures ---- */
enum digest_period { DIGEST_NOW, DIGEST_BEFORE, DIGEST_YEAR, DIGEST_PERIODS };	/* the quarter,
						 * the one before, the year */
struct digest_span { size_t first, end; };	/* weeks; end == first: none */

struct digest_week { unsigned received, opened, settled; };

struct digest_category { unsigned opened[DIGEST_PERIODS], closed[DIGEST_PERIODS], open; };

struct digest_wait { size_t n; int64_t median, p90; };	/* minutes */

struct digest_share { unsigned n, of; };

enum { DIGEST_AGES = 4 };
extern const int digest_ages[DIGEST_AGES];	/* days: 7, 15, 30, 60 */

struct digest_facts {
	struct digest_scope scope;
	size_t since;			/* index of the bureau's first week */
	struct digest_week week[DIGEST_WEEKS];
	struct digest_span span[DIGEST_PERIODS];	/* of breakdowns: to a week of 5 new tickets */
	unsigned persons;		/* of the year: distinct ones, and tickets of nobody */

	/* Sensitive tickets are in none of these. */
	size_t ncategories;
	struct digest_category category[DIGEST_NAMES];		/* as digest_names.category */
	size_t nquartiers;
	unsigned quartier[DIGEST_NAMES][DIGEST_PERIODS], nowhere[DIGEST_PERIODS];
	unsigned theme[DIGEST_NAMES][DIGEST_PERIODS];	/* of the quartier of the next permanence */
	unsigned lang[DIGEST_LANGS + 1][DIGEST_PERIODS];	/* digest_langs, then others */
	unsigned outcome[TICKET_OUTCOME_COUNT][DIGEST_PERIODS];
	unsigned meetings[DIGEST_PERIODS];
	unsigned thanks[DIGEST_PERIODS], complaints[DIGEST_PERIODS];	/* mails */
	struct digest_share unknown;	/* 13 weeks */

	/* Totals, sensitive tickets too. */
	struct digest_wait wait_week, wait;	/* first human answer, open minutes */
	struct digest_share promise, acked;	/* 13 weeks */
	unsigned urgent[DIGEST_PERIODS], vital[DIGEST_PERIODS];
	struct digest_wait urgent_wait;		/* open minutes to an agent's hand, 13 weeks */
	struct digest_wait vital_wait;		/* minutes of the clock, 13 weeks */
	unsigned open;
	int64_t oldest;			/* opened; 0: none is open */
	unsigned older[DIGEST_AGES];
	unsigned silent_14, silent_30, silent_past;	/* the law's refusal by silence */

	/* The service itself: exact. */
	int64_t last_poll;		/* 0: never */
	unsigned quarantined;		/* in the week */
	unsigned unsent;		/* acknowledgments that did not go out */
	unsigned stale, entries;	/* of the directory */
};

/* ---- counting ---- */

/* What rows are called: names of the town's own files, never what stands in a row. */
struct digest_names {
	const struct category *category; size_t ncategories;
	const char *const *quartier; size_t nquartiers;
	struct permanence next;		/* .quartier "": none is planned */
};
/* Those of the desk's own files; the next permanence after `at`. */
struct digest_names digest_names_of(struct arena *a, const struct desk *d, int64_t at);

struct digest_lang { const char *code, *name; };
extern const struct digest_lang digest_langs[DIGEST_LANGS];

struct digest_ticket {
	int64_t opened, first_answer, closed_at;	/* 0: none */
	int64_t handled;		/* an agent's first mail or command; 0: none */
	int64_t acked;			/* the acknowledgment was sent; 0: not */
	bool wants_ack;			/* there is one to send */
	enum urgency urgency; enum ticket_outcome outcome;
	bool sensitive, has_meeting;
	const char *category, *quartier, *lang;
	struct span person;		/* keyed hash of the citizen's address; empty: none */
};
struct digest_open {
	int64_t opened;
	date_day due_silence;
	bool sensitive;
	const char *category;
};
struct digest_mail {
	int64_t received;
	enum mail_role role; enum mail_outcome outcome;
	bool sensitive, by_partner;	/* by a body that a ticket was passed to */
	struct span person;		/* of the ticket that it is in; empty: nobody */
	const char *category;
};
struct digest_closing {
	int64_t at;
	enum ticket_outcome outcome;
	bool sensitive;
	const char *category;
};

struct digest_count;

struct digest_count *digest_count_open(struct arena *a, const struct desk *d,
    const struct digest_names *names, date_day monday);
const struct digest_scope *digest_count_scope(const struct digest_count *c);
/* First every opening of the scope, and the first of all where that was before it; then the
 * rest in any order. */
void digest_count_opening(struct digest_count *c, int64_t opened);
/* The totals of that week as a digest told them before, after all openings: less than
 * DIGEST_SMALL that came late or was taken back changes none, or the difference would be told. */
void digest_count_told(struct digest_count *c, date_day monday, const struct digest_week *w);
void digest_count_ticket(struct digest_count *c, const struct digest_ticket *t);
void digest_count_open_ticket(struct digest_count *c, const struct digest_open *t);
void digest_count_mail(struct digest_count *c, const struct digest_mail *m);
void digest_count_closing(struct digest_count *c, const struct digest_closing *k);
/* The facts, but for last_poll and unsent. */
struct digest_facts *digest_count_end(struct digest_count *c);

/* ---- telling ---- */

struct digest_doc;
enum status digest_make(struct arena *a, const struct desk *d, const struct digest_facts *facts,
    const struct digest_names *names, struct digest_doc **out, struct fault *f) MUST_USE;
/* Into `out`, an empty plan: the mail to that address. */
enum status digest_mail(struct arena *a, const struct desk *d, const struct digest_doc *doc,
    const char *to, int64_t now, const struct plan_facts *random, struct plan *out,
    struct fault *f) MUST_USE;

#endif
