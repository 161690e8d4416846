/* rules_pattern.c - a rule's pattern: what may stand in it, its PCRE2 program, its run.
 *
 * Never the JIT: the service forbids memory that is writable and executable. */
#include "rules_int.h"

#include "clock.h"
#include "utf8.h"

#include <string.h>

/* Every start of an attempt passes here: PCRE2's own limit counts from one starting
 * point only, so a long text could still take minutes. */
#define CLOCK_CALLOUT "(?C1)(?:"

enum { PATTERN_MAX = 8000, TICKS_PER_LOOK = 256 };

static int
on_callout(pcre2_callout_block *block, void *data)
{
	struct run *run = data;

	(void)block;
	if (run == NULL || ++run->ticks % TICKS_PER_LOOK != 0)
		return 0;
	return clock_cpu_ms() > run->rule_deadline ? PCRE2_ERROR_CALLOUT : 0;
}

enum status
rules_contexts(struct rules *r, struct fault *f)
{
	r->cctx = pcre2_compile_context_create(NULL);
	r->mctx = pcre2_match_context_create(NULL);
	r->md = pcre2_match_data_create(1, NULL);
	if (r->cctx == NULL || r->mctx == NULL || r->md == NULL)
		return fault_set(f, ST_TEMP, "rules: out of memory");
	(void)pcre2_set_max_pattern_length(r->cctx, PATTERN_MAX);
	(void)pcre2_set_match_limit(r->mctx, RULES_MATCH_LIMIT);
	(void)pcre2_set_depth_limit(r->mctx, RULES_DEPTH_LIMIT);
	(void)pcre2_set_heap_limit(r->mctx, RULES_HEAP_KIB);
	(void)pcre2_set_callout(r->mctx, on_callout, NULL);
	return ST_OK;
}

void
rules_watch(struct run *run)
{
	(void)pcre2_set_callout(run->r->mctx, on_callout, run);
}

static bool
match_at(struct run *run, const struct rule *rule, struct span text, size_t start,
    uint32_t options, size_t *from, size_t *to)
{
	const struct rules *r = run->r;
	const PCRE2_SIZE *at;
	int rc = pcre2_match(rule->code, (PCRE2_SPTR)text.p, text.n, start,
	    PCRE2_NO_UTF_CHECK | options, r->md, r->mctx);

	if (rc < 0) {
		run->limited = run->limited || rc != PCRE2_ERROR_NOMATCH;
		return false;
	}
	at = pcre2_get_ovector_pointer(r->md);
	*from = at[0] < at[1] ? at[0] : at[1];	/* \K in a lookahead may cross them */
	*to = at[0] < at[1] ? at[1] : at[0];
	return true;
}

bool
rules_maybe(const struct scan *on, size_t rule)
{
	return on->need == NULL || on->need[rule] == 0;
}

bool
rules_exec(struct run *run, const struct rule *rule, const struct scan *on, size_t start,
    size_t stop, size_t *from, size_t *to)
{
	const size_t i = (size_t)(rule - run->r->v);
	struct span text = on->text;

	if (!rules_maybe(on, i))
		return false;
	if (rule->kind == RULE_SUBJECT && rules_on_text(rule))
		text.n = run->subject.text.n;
	if (on->need == NULL || on->starts[i] == NULL)
		return match_at(run, rule, text, start, 0, from, to) && *from <= stop;
	for (uint32_t k = 0; k < on->nstarts[i] && on->starts[i][k] <= stop; k++) {
		const size_t at = on->starts[i][k];

		if (at < start || at > text.n)
			continue;
		if (match_at(run, rule, text, at, PCRE2_ANCHORED, from, to))
			return true;
		if (run->limited && clock_cpu_ms() > run->rule_deadline)
			break;
	}
	return false;
}

/* Bytes of the piece of syntax at p: an escape with its braces, an option group, or one
 * byte.  Only to know what is literal text. */
static size_t
piece(const char *p)
{
	size_t n = 1;

	if (p[0] == '(' && p[1] == '?' && p[2] != ':' && p[2] != '=' && p[2] != '!') {
		n = strcspn(p, ":)>=!");
		return p[n] == '\0' ? n : n + 1;
	}
	if (p[0] != '\\' || p[1] == '\0')
		return 1;
	n = 2;
	if (strchr("pPxNogk", p[1]) != NULL && p[2] == '{')
		n += strcspn(p + 2, "}") + 1;
	return n <= strlen(p) ? n : strlen(p);
}

/* The character at p as folding leaves it; NULL when it is that already. */
static const char *
folds_to(struct arena *a, const char *p, size_t n)
{
	const char *z = fold_word(a, arena_strndup(a, p, n));

	return strlen(z) == n && memcmp(z, p, n) == 0 ? NULL : z;
}

/* A literal that folded text never holds would be a rule that never speaks. */
static enum status
check_folded(struct arena *a, const struct rule *rule, struct fault *f)
{
	const char *z;
	uint32_t cp;

	for (const char *p = rule->pattern; *p != '\0'; p += piece(p)) {
		size_t n = utf8_next(span_of(p), &cp);

		if (piece(p) > 1 || n == 0)
			continue;
		if (*p >= 'A' && *p <= 'Z')
			return fault_set(f, ST_PERM,
			    "rule %s: the text is in lower case, \"%c\" is not",
			    rule->name, *p);
		z = n > 1 ? folds_to(a, p, n) : NULL;
		if (z != NULL)
			return fault_set(f, ST_PERM,
			    "rule %s: write \"%s\" for \"%.*s\", as the text is folded",
			    rule->name, z, (int)n, p);
	}
	return ST_OK;
}

/* ( ) captures nothing: PCRE2 copies every capture at each step back, and no rule needs
 * one.  \1 is an error; (?<name>...) and \k<name> work. */
enum status
rules_compile(struct rules *r, struct rule *rule, struct fault *f)
{
	struct arena *a ARENA_AUTO = arena_open();
	const char *z = arena_printf(a, CLOCK_CALLOUT "%s)", rule->pattern);
	const size_t shift = sizeof CLOCK_CALLOUT - 1;
	PCRE2_UCHAR why[200];
	PCRE2_SIZE at;
	int code;

	if (strncmp(rule->pattern, "(*", 2) == 0)
		return fault_set(f, ST_PERM,
		    "rule %s: a pattern cannot set its own limits with (*", rule->name);
	if (!rule->raw && check_folded(a, rule, f) != ST_OK)
		return f->st;
	rule->code = pcre2_compile((PCRE2_SPTR)z, PCRE2_ZERO_TERMINATED,
	    PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NO_AUTO_CAPTURE |
	    PCRE2_NEVER_BACKSLASH_C, &code, &at, r->cctx);
	if (rule->code != NULL)
		return ST_OK;
	(void)pcre2_get_error_message(code, why, sizeof why);
	at = at < shift ? 0 : at - shift;
	if (at > strlen(rule->pattern))
		at = strlen(rule->pattern);
	return fault_set(f, ST_PERM, "rule %s: %s at offset %zu", rule->name, (char *)why, at);
}
