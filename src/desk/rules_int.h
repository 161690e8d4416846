/* rules_int.h - what the rules*.c files share; nobody else includes it.
 *
 * A mail is matched on one text: folded subject, LF, folded body.  ^ and $ hold at that
 * line end and '.' does not cross it, so subject and body are each tried alone.
 * Two copies of it differ by what masks hide: see rules_match.c. */
#ifndef DESK_RULES_INT_H
#define DESK_RULES_INT_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "fold.h"
#include "rules.h"

#include <stdint.h>

#define RULES_VIOLENCE "violences"	/* LAW-AND-SAFETY section 3 */
#define RULES_DANGER "urgence"
#define RULES_UNKNOWN "a_qualifier"
#define RULES_SPAM "spam"
#define RULES_THANKS "remerciement"

enum {
	RULES_RULE_MS = 50,		/* one pattern on one mail */
	RULES_MAIL_MS = 1000,		/* all patterns on one mail */
	RULES_MASKS_MS = 200,		/* of it, at most, for masks */
	RULES_MATCH_LIMIT = 100000,	/* of PCRE2, from one starting point: about 1.5 ms */
	RULES_DEPTH_LIMIT = 10000,
	RULES_HEAP_KIB = 4096,
	RULES_WEIGHT_MAX = 1000,
	RULES_MASKS_MAX = 2000,		/* masked places a mail */
	RULES_SHORT_WORDS = 15,
};

enum rule_kind {
	RULE_BODY, RULE_SUBJECT, RULE_SENDER, RULE_HEADER, RULE_ATTACHMENT,
	RULE_MASK, RULE_VITAL, RULE_HIGH, RULE_SENSITIVE, RULE_NO_REPLY, RULE_QUARTIER,
	RULE_KIND_COUNT,
};

struct rule_word { const char *name; bool weighted; };
extern const struct rule_word rule_words[RULE_KIND_COUNT];

struct rule {
	const char *name, *pattern;
	const char *field;		/* of a header rule */
	const char *file; int line;
	enum rule_kind kind;
	bool raw;
	bool danger;			/* sees masked words in first-person sentences */
	bool sensitive;			/* the mail is sensitive, whatever the kind */
	int weight;
	size_t category;		/* weighted kinds: index */
	pcre2_code *code;
};

/* rules_literals.c */
enum { LITERALS_NEEDS = 3 };
struct words { const char **v; size_t n; };
struct literals { struct words head, need[LITERALS_NEEDS]; size_t nneed; };
struct literal { const char *z; size_t n; bool left, right; };	/* at a word's edge */
/* false: nothing is known of the pattern, it must always be tried. */
bool rules_literals(struct arena *a, const char *pattern, struct literals *out);
void rules_literal_trim(const char *word, struct arena *a, struct literal *out);

/* rules_words.c: the words of all rules, each once.  Those of key i are keys[i].word to
 * keys[i + 1].word, those that begin with its bytes; the same with a word's rest and uses. */
enum { WORDS_KEY = 8, WORDS_HEAD = 7 };		/* WORDS_HEAD: the set that begins a match */
struct use { uint16_t rule; unsigned char set; bool left : 1, right : 1; };
struct word { uint32_t rest, use; };
struct key { uint32_t word; unsigned char n; char z[WORDS_KEY]; };
struct word_table {
	struct key *keys; uint32_t nkeys;
	struct word *words;
	struct use *uses;
	char *rests;			/* what is behind the key */
	unsigned char *need;		/* one a rule: its sets, as bits */
};
/* false: no word is known, or there was no memory. */
bool rules_words(struct rules *r, struct word_table *out);

struct prefilter;

struct rules {
	struct arena *mem;
	struct category *cats; size_t ncats;
	struct rule *v; size_t n, cap;
	struct example *ex; size_t nex, excap;
	enum rules_mode mode;
	size_t current;			/* the category line above; SIZE_MAX: none yet */
	pcre2_compile_context *cctx;
	pcre2_match_context *mctx;
	pcre2_match_data *md;
	struct prefilter *pre;		/* NULL: every rule is tried */
};

/* Where a rule matched, in the joined text or in `text` for what is not in it. */
struct found {
	bool hit, person;		/* person: some match speaks in the first person */
	enum hit_where where;
	size_t from, to;
	const char *text;		/* ready quote when not in the joined text, else NULL */
};

/* What one pass over a text told: which rules to try there, and where. */
struct scan {
	struct span text;
	const unsigned char *need;	/* one a rule, 0: try it; NULL: try every rule */
	const uint32_t **starts;	/* one a rule: where it may begin; NULL: anywhere */
	uint32_t *nstarts;
};

struct run {
	const struct rules *r;
	struct arena *a;
	const struct mail *m;
	struct folded subject, body;
	struct scan plain;		/* joined */
	struct scan masked, danger;	/* the same without masked words */
	struct found *found;		/* one a rule */
	int64_t deadline, rule_deadline;
	unsigned ticks;
	bool limited;
};

/* rules_parse.c: one file into r; f is "file:line: what". */
enum status rules_parse(struct rules *r, const char *file, struct span text,
    struct fault *f) MUST_USE;
size_t rules_find_category(const struct rules *r, const char *name);	/* SIZE_MAX: none */

bool rules_on_text(const struct rule *rule);	/* reads the joined text */

/* rules_pattern.c */
enum status rules_contexts(struct rules *r, struct fault *f) MUST_USE;
enum status rules_compile(struct rules *r, struct rule *rule, struct fault *f) MUST_USE;

/* rules_prefilter.c: Vectorscan picks candidates, PCRE2 confirms. */
bool rules_prefilter_have(void);
void rules_prefilter_open(struct rules *r);
void rules_prefilter_close(struct prefilter **p);
void rules_prefilter_scan(const struct rules *r, struct arena *a, struct span text,
    struct scan *out);

/* rules_match.c */
void rules_match(struct run *run);
void rules_watch(struct run *run);	/* its deadlines hold from here */
/* First match that begins in [start, stop]; every limit hit is noted in run->limited. */
bool rules_exec(struct run *run, const struct rule *rule, const struct scan *on, size_t start,
    size_t stop, size_t *from, size_t *to);
bool rules_maybe(const struct scan *on, size_t rule);	/* the words of rule i are there */
bool rules_first_person(struct span words);

#endif
