/* digest_show.h - disclosure control: what may be told of raw figures, and nothing else reaches
 * whoever writes the digest.
 *
 * The reader has every digest, knows this code and can add and subtract.  He must not find a
 * count of 0 to 4 out.  So:
 *
 * 1. Weekly totals are told as they are from 5 on, else "< 5".  They do not overlap, so no two
 *    of them add up to anything; each comparison (mean, year to date) is made of them as they
 *    were told, a "< 5" standing for SHOW_SMALL, hence holds nothing that they do not.
 * 2. All other counts are rounded down to a multiple of 5, and 0 is "< 5": each of them is some
 *    5k to 5k+4.  A row of a breakdown is told from the first week of its quarter, and from
 *    the first week of the year.  As bounds on differences of one cumulated sum, these pin a
 *    count only along a circle of bounds that adds up to 0: p upper ones (5k+4) and some lower
 *    ones (5k) make 4p modulo 5.  A circle passes each beginning once, and a year, whose end
 *    cuts the circles off, has 4 beginnings: 4p is never 0 modulo 5.  (Windows of 13 weeks that
 *    move every week have a beginning a week: they were found to give counts away.  So does
 *    rounding to the nearest: 4 and 4 in two quarters, 8 in both.)
 * 3. A breakdown never comes near its exact total: while its rows account for all of it but
 *    4 or less, the largest loses 5.  What the rows leave out is then never known to be small.
 *    Neither do the categories come near the most that the neighbourhoods can hold, 5k+4 each,
 *    which are the same tickets: five that each lost 4 would else all be known.
 * 4. Breakdowns are of 4 weeks or more since the first ticket of all, and end with a week of
 *    5 new tickets or more: no smaller one alone moves them.
 * 5. A percentage of fewer than 20 is not told, nor one that leaves fewer than 5 on a side:
 *    then a round bound is told instead.  A duration needs 5 cases, over 13 weeks 20; the age
 *    of the oldest open ticket needs 5 open ones.
 *
 * 6. A week's totals that change after its digest, as mail is taken in late (a mailbox out of
 *    reach) or an order is taken back or corrected, are told anew by the next one only where
 *    they are 5 or more apart, "< 5" counting for 4: no smaller difference shows.
 *
 * Limits: what is less than that is never told. */
#ifndef DESK_DIGEST_SHOW_H
#define DESK_DIGEST_SHOW_H

#include "digest.h"

enum { SHOW_SMALL = 2 };

struct told { bool small; unsigned n; };	/* small: "< 5", n is SHOW_SMALL or 0 */

enum told_how { TOLD_NOT, TOLD_EXACT, TOLD_OVER, TOLD_UNDER };
struct told_share { enum told_how how; unsigned percent; };

struct told_wait { bool told; int64_t median, p90; };

struct told_week { struct told received, opened, settled; };

struct told_category { struct told opened[DIGEST_PERIODS], closed[DIGEST_PERIODS], open; };

struct digest_told {
	struct digest_scope scope;
	size_t since;			/* index of the bureau's first week */
	struct told_week week[DIGEST_WEEKS];
	struct digest_span span[DIGEST_PERIODS];
	struct told persons;
	size_t ncategories; struct told_category category[DIGEST_NAMES];
	size_t nquartiers;
	struct told quartier[DIGEST_NAMES][DIGEST_PERIODS], nowhere[DIGEST_PERIODS];
	struct told theme[DIGEST_NAMES][DIGEST_PERIODS];
	struct told lang[DIGEST_LANGS + 1][DIGEST_PERIODS];
	struct told outcome[TICKET_OUTCOME_COUNT][DIGEST_PERIODS], meetings[DIGEST_PERIODS];
	struct told thanks[DIGEST_PERIODS], complaints[DIGEST_PERIODS];
	struct told_wait wait_week, wait, urgent_wait, vital_wait;
	struct told_share promise, acked, unknown;
	struct told urgent[DIGEST_PERIODS], vital[DIGEST_PERIODS];
	struct told open, older[DIGEST_AGES], silent_14, silent_30, silent_past;
	int oldest_days;		/* -1: fewer than 5 are open */
	int64_t last_poll;
	unsigned quarantined, unsent, stale, entries;
};

void digest_tell(const struct digest_facts *f, struct digest_told *out);

/* Sums and means of weekly figures as they were told; rounded to 5. */
enum told_figure { TOLD_RECEIVED, TOLD_OPENED, TOLD_SETTLED, TOLD_FIGURES };
struct told told_week_figure(const struct told_week *w, enum told_figure which);
struct told told_sum(const struct digest_told *t, enum told_figure which, size_t first,
    size_t last);

#endif
