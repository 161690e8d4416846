/* rules.h - the rule files (INTERFACE, "Rules files"), compiled once and run on one mail.
 *
 * A file is lines: `category NAME key=value...`, or `[raw] KIND NAME [+N|-N] /regex/`, or
 * `example [-]NAME "text"`; # begins a comment line.  The fine points:
 *
 * - Text: folded subject and folded reply_text (text when that is empty), matched as one
 *   with a line end between; ^ and $ hold at it, '.' does not cross it.  `subject` rules see
 *   the subject alone; every other rule on text sees both.  `raw` sees each unfolded.
 * - `sender` is the From address, folded; `header NAME RULE` every field of that name as it
 *   stands in the mail, folded; `attachment` every file name, folded.
 * - Weighted kinds (body subject sender header attachment) belong to the category line above
 *   them in the same file; no weight is +1.  A rule counts once a mail.
 * - `vital high sensitive no-reply quartier mask` have no weight and no category.  A quartier
 *   is named by its rule: `quartier Saint-Waast /.../`, first hit in file order wins.
 * - A pattern runs to the last '/' of its line and needs no escape for '/'.  A capital or an
 *   accented Latin letter in it is an error (folded text has none), but for `raw`.  ( ) does
 *   not capture: no \1, but (?<name>...) and \k<name>.
 * - category: label= template= threshold= wanted; retention=DAYS, ack=short.
 * - A mask hides its words from all rules.  Danger rules (vital, high, sensitive, no-reply,
 *   those of `violences` and `urgence`) read unmasked every sentence in which one of them
 *   matches with a word of the first person inside the match, and no negative weight of
 *   those two categories counts against such a match.
 * - example: the category is among those at or over their threshold (with '-': is not);
 *   `vital`, `high` (or vital), `sensitive` and `no-reply` may stand for a category.
 *
 * Every match has limits, and a limit hit makes verdict.limited, never "no match"; so does
 * text cut at LIMIT_RULE_TEXT.
 * Limits: 64 categories, 10,000 rules, 200 kB of text a mail, 50 ms of work a rule, 1 s a mail. */
#ifndef DESK_RULES_H
#define DESK_RULES_H

#include "arena.h"
#include "mail.h"
#include "state.h"

enum { RULES_CATEGORIES_MAX = 64, RULES_MAX = 10000 };

struct category {
	const char *name;		/* "logement" */
	const char *label;		/* "Logement", for people */
	const char *template_name;	/* "ack-logement" */
	int threshold;
	int retention_days;		/* 0: the configuration's */
	bool short_ack;			/* ack=short: thanks, information */
};

enum rules_mode {
	RULES_CATEGORIES,	/* category lines only, nothing compiled: all but the reader */
	RULES_FULL,
	RULES_ONCE,		/* for one mail: like FULL, the costly prefilter only on demand */
	RULES_PLAIN,		/* like FULL without the prefilter, as where there is none */
};

struct rules;

/* Reads every *.rules file of dir in byte order.  f->text is "file:line: what is wrong".
 * RULES_FULL compiles every pattern; examples are not run (rules_examples). */
enum status rules_load(struct rules **out, const char *dir, enum rules_mode mode,
    struct fault *f) MUST_USE;
/* After RULES_ONCE, before a text of n bytes: builds the prefilter where going without would cost
 * more, or end in a limit that the daemon does not meet. */
void rules_prepare(struct rules *r, size_t n);
void rules_close(struct rules **r);

size_t rules_count(const struct rules *r);		/* rules, examples apart */
size_t rules_categories(const struct rules *r, const struct category **out);
/* NULL when unknown; "a_qualifier" is always known. */
const struct category *rules_category(const struct rules *r, const char *name);

enum hit_where { HIT_SUBJECT, HIT_BODY, HIT_SENDER, HIT_HEADER, HIT_ATTACHMENT };
const char *hit_where_name(enum hit_where w);

struct hit {
	const char *rule;
	const char *category;	/* or "vital" "high" "sensitive" "no-reply" "quartier" */
	int weight;
	enum hit_where where;
	const char *match;	/* the original words, at most LIMIT_HIT_TEXT bytes */
	bool sensitive;		/* the rule makes the mail sensitive, whatever its kind */
};

struct score { const char *name; int score; };

struct verdict {
	const char *category;		/* best; "a_qualifier" when none holds */
	struct score *cats; size_t ncats;	/* at or over their thresholds, best first */
	enum urgency urgency;
	bool sensitive;
	bool no_reply;			/* never write to this person by machine */
	/* Spam reached its threshold and nothing else did; in a mail without danger, spam
	 * that scores twice any other category makes that other bait: it is left out. */
	bool spam;
	bool limited;			/* a match limit was hit: a human must look */
	bool short_text;		/* under 15 words and unknown: a human must look */
	const char *quartier;		/* "" when no quartier rule hit */
	struct hit *hits; size_t nhits;	/* at most LIMIT_HITS */
};

/* category -> what they are tried on: subject and reply_text of m, sender, headers,
 * attachment names.  Precedence (LAW-AND-SAFETY section 5): violences, then `urgence` where
 * a vital rule hit (it is then always at its threshold), then the best score, equal ones in
 * file order; where there is danger, spam and remerciement come last.  violences makes the
 * mail sensitive and at least high; short_text and limited make it at least high. */
void rules_classify(const struct rules *r, struct arena *a, const struct mail *m,
    struct verdict *out);

/* One `example` line of a file. */
struct example {
	const char *file; int line;
	const char *category;
	bool negated;
	const char *text;
};
size_t rules_example_list(const struct rules *r, const struct example **out);
/* Does a verdict on its text keep what an example promises? */
bool rules_example_holds(const struct example *e, const struct verdict *v);
/* Runs every example as subject-less mail text.  ST_PERM: one failed; f names file:line. */
enum status rules_examples(const struct rules *r, struct fault *f) MUST_USE;

#endif
