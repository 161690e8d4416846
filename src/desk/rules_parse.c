/* rules_parse.c - the lines of a rule file (INTERFACE, "Rules files"). */
#include "rules_int.h"

#include "utf8.h"

#include <stdlib.h>
#include <string.h>

enum { EXAMPLES_MAX = 20000, NAME_MAX_BYTES = 80, THRESHOLD_MAX = 1000, RETENTION_MAX = 36500 };

const struct rule_word rule_words[RULE_KIND_COUNT] = {
	[RULE_BODY] = { "body", true },
	[RULE_SUBJECT] = { "subject", true },
	[RULE_SENDER] = { "sender", true },
	[RULE_HEADER] = { "header", true },
	[RULE_ATTACHMENT] = { "attachment", true },
	[RULE_MASK] = { "mask", false },
	[RULE_VITAL] = { "vital", false },
	[RULE_HIGH] = { "high", false },
	[RULE_SENSITIVE] = { "sensitive", false },
	[RULE_NO_REPLY] = { "no-reply", false },
	[RULE_QUARTIER] = { "quartier", false },
};

struct line {
	const char *file; int no;
	struct span rest;
};

static struct span
word(struct span *rest)
{
	struct span w;

	*rest = span_trim(*rest);
	w = span_from(rest->p, 0);
	while (w.n < rest->n && w.p[w.n] != ' ' && w.p[w.n] != '\t')
		w.n++;
	rest->p += w.n;
	rest->n -= w.n;
	*rest = span_trim(*rest);
	return w;
}

/* Room for one more of something; ST_PERM at the limit. */
static enum status
grow(void **v, size_t n, size_t *cap, size_t max, size_t size, struct fault *f)
{
	size_t want = *cap == 0 ? 64 : *cap * 2;
	void *p;

	if (n >= max)
		return fault_set(f, ST_PERM, "more than %zu of this kind of line", max);
	if (n < *cap)
		return ST_OK;
	p = realloc(*v, want * size);
	if (p == NULL)
		return fault_set(f, ST_TEMP, "out of memory");
	*v = p;
	*cap = want;
	return ST_OK;
}

/* Category names are column values, section words and file names: a-z 0-9 _ -. */
static bool
good_category(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", s.p[i]) == NULL)
			return false;
	return s.n > 0 && s.n <= NAME_MAX_BYTES && s.p[0] != '-';
}

static enum status
attribute_number(struct span value, unsigned long long max, int *out, const char *key,
    struct fault *f)
{
	unsigned long long v;

	if (!span_number(value, max, &v))
		return fault_set(f, ST_PERM, "%s= wants a number from 0 to %llu", key, max);
	*out = (int)v;
	return ST_OK;
}

static enum status
attribute_set(struct rules *r, struct category *c, struct span key, struct span value,
    struct fault *f)
{
	if (span_eq(key, "label"))
		c->label = arena_span(r->mem, value);
	else if (span_eq(key, "template"))
		c->template_name = arena_span(r->mem, value);
	else if (span_eq(key, "threshold"))
		return attribute_number(value, THRESHOLD_MAX, &c->threshold, "threshold", f);
	else if (span_eq(key, "retention"))
		return attribute_number(value, RETENTION_MAX, &c->retention_days, "retention",
		    f);
	else if (span_eq(key, "ack") && span_eq(value, "short"))
		c->short_ack = true;
	else
		return fault_set(f, ST_PERM, "unknown attribute \"%.*s=%.*s\"", (int)key.n,
		    key.p, (int)value.n, value.p);
	return ST_OK;
}

/* The next key=value or key="value with blanks" of the line. */
static enum status
attribute_cut(struct span *rest, struct span *key, struct span *value, struct fault *f)
{
	const char *eq = memchr(rest->p, '=', rest->n), *end;

	if (eq == NULL || eq == rest->p)
		return fault_set(f, ST_PERM, "key=value expected at \"%.*s\"",
		    (int)utf8_floor(*rest, 40), rest->p);
	*key = span_from(rest->p, (size_t)(eq - rest->p));
	*rest = span_from(eq + 1, rest->n - key->n - 1);
	if (rest->n == 0 || rest->p[0] != '"') {
		*value = word(rest);
		return ST_OK;
	}
	end = memchr(rest->p + 1, '"', rest->n - 1);
	if (end == NULL)
		return fault_set(f, ST_PERM, "the quote after %.*s= is not closed", (int)key->n,
		    key->p);
	*value = span_from(rest->p + 1, (size_t)(end - rest->p) - 1);
	*rest = span_trim(span_from(end + 1, rest->n - value->n - 2));
	return ST_OK;
}

static enum status
parse_category(struct rules *r, struct line *l, struct fault *f)
{
	struct span name = word(&l->rest), key = { "", 0 }, value = key;
	struct category *c = &r->cats[r->ncats];

	if (!good_category(name))
		return fault_set(f, ST_PERM, "a category's name is made of a-z, 0-9, _ and -");
	*c = (struct category){ arena_span(r->mem, name), "", "", -1, 0, false };
	if (rules_find_category(r, c->name) != SIZE_MAX)
		return fault_set(f, ST_PERM, "category %s is defined twice", c->name);
	if (r->ncats >= RULES_CATEGORIES_MAX)
		return fault_set(f, ST_PERM, "more than %d categories", RULES_CATEGORIES_MAX);
	while (l->rest.n > 0)
		if (attribute_cut(&l->rest, &key, &value, f) != ST_OK ||
		    attribute_set(r, c, key, value, f) != ST_OK)
			return f->st;
	if (c->label[0] == '\0' || c->template_name[0] == '\0')
		return fault_set(f, ST_PERM, "category %s has no %s=", c->name,
		    c->label[0] == '\0' ? "label" : "template");
	if (c->threshold < 1 && strcmp(c->name, RULES_UNKNOWN) != 0)
		return fault_set(f, ST_PERM, "category %s has no threshold= above 0", c->name);
	r->current = r->ncats++;
	return ST_OK;
}

static enum status
parse_example(struct rules *r, struct line *l, struct fault *f)
{
	struct span name = word(&l->rest), text = l->rest;
	struct example *e;

	if (text.n < 3 || text.p[0] != '"' || text.p[text.n - 1] != '"')
		return fault_set(f, ST_PERM, "example [-]CATEGORY \"text\" expected");
	if (grow((void **)&r->ex, r->nex, &r->excap, EXAMPLES_MAX, sizeof *r->ex, f) != ST_OK)
		return f->st;
	e = &r->ex[r->nex++];
	e->file = l->file;
	e->line = l->no;
	e->negated = name.n > 0 && name.p[0] == '-';
	e->category = arena_strndup(r->mem, name.p + e->negated, name.n - e->negated);
	e->text = arena_strndup(r->mem, text.p + 1, text.n - 2);
	return ST_OK;
}

/* What stands between name and pattern: a weight, or "sensitive" where it says more than the
 * kind does. */
static enum status
parse_extra(struct span s, struct rule *rule, struct fault *f)
{
	unsigned long long v;

	rule->sensitive = (rule->kind == RULE_VITAL || rule->kind == RULE_HIGH) &&
	    span_eq(s, rule_words[RULE_SENSITIVE].name);
	if (rule->sensitive)
		return ST_OK;
	if (!rule_words[rule->kind].weighted)
		return fault_set(f, ST_PERM, "a %s rule has no weight",
		    rule_words[rule->kind].name);
	if (s.n < 2 || (s.p[0] != '+' && s.p[0] != '-') ||
	    !span_number(span_from(s.p + 1, s.n - 1), RULES_WEIGHT_MAX, &v) || v == 0)
		return fault_set(f, ST_PERM, "bad weight \"%.*s\": +1 to +%d or -1 to -%d",
		    (int)s.n, s.p, RULES_WEIGHT_MAX, RULES_WEIGHT_MAX);
	rule->weight = s.p[0] == '-' ? -(int)v : (int)v;
	return ST_OK;
}

/* NAME [+N|-N|sensitive] /regex/ - the pattern ends at the last slash of the line. */
static enum status
parse_name_and_pattern(struct rules *r, struct line *l, struct rule *rule, struct fault *f)
{
	struct span name = word(&l->rest), *p = &l->rest;

	if (name.n == 0 || name.p[0] == '/' || name.n > NAME_MAX_BYTES)
		return fault_set(f, ST_PERM, "the rule has no name, or one over %d bytes",
		    NAME_MAX_BYTES);
	rule->name = arena_span(r->mem, name);
	if (p->n > 0 && p->p[0] != '/' && parse_extra(word(p), rule, f) != ST_OK)
		return f->st;
	if (p->n < 3 || p->p[0] != '/' || p->p[p->n - 1] != '/')
		return fault_set(f, ST_PERM, "rule %s: /regex/ expected to the end of the line",
		    rule->name);
	rule->pattern = arena_strndup(r->mem, p->p + 1, p->n - 2);
	return ST_OK;
}

static enum status
check_name(const struct rules *r, const struct rule *rule, struct fault *f)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->v[i].name, rule->name) == 0)
			return fault_set(f, ST_PERM, "rule %s is already at %s:%d", rule->name,
			    r->v[i].file, r->v[i].line);
	return ST_OK;
}

bool
rules_on_text(const struct rule *rule)
{
	return !rule->raw && rule->kind != RULE_SENDER && rule->kind != RULE_HEADER &&
	    rule->kind != RULE_ATTACHMENT;
}

/* Danger is never hidden by a mask where the person speaks: LAW-AND-SAFETY section 5. */
static bool
is_danger(const struct rules *r, const struct rule *rule)
{
	const char *name;

	if (!rule_words[rule->kind].weighted)
		return rule->kind != RULE_MASK && rule->kind != RULE_QUARTIER;
	name = r->cats[rule->category].name;
	return strcmp(name, RULES_VIOLENCE) == 0 || strcmp(name, RULES_DANGER) == 0;
}

static enum status
parse_rule(struct rules *r, struct line *l, enum rule_kind kind, bool raw, struct fault *f)
{
	struct rule rule = { .kind = kind, .raw = raw, .file = l->file, .line = l->no,
	    .field = "", .weight = rule_words[kind].weighted, .category = r->current };

	if (rule_words[kind].weighted && r->current == SIZE_MAX)
		return fault_set(f, ST_PERM, "no category line above this rule");
	if (kind == RULE_MASK && raw)
		return fault_set(f, ST_PERM, "a mask works on folded text: no \"raw\"");
	if (kind == RULE_HEADER)
		rule.field = arena_span(r->mem, word(&l->rest));
	if (parse_name_and_pattern(r, l, &rule, f) != ST_OK ||
	    check_name(r, &rule, f) != ST_OK ||
	    grow((void **)&r->v, r->n, &r->cap, RULES_MAX, sizeof *r->v, f) != ST_OK)
		return f->st;
	rule.danger = is_danger(r, &rule);
	rule.sensitive = rule.sensitive || kind == RULE_SENSITIVE;
	if (rules_compile(r, &rule, f) != ST_OK)
		return f->st;
	r->v[r->n++] = rule;
	return ST_OK;
}

static enum status
parse_line(struct rules *r, struct line *l, struct fault *f)
{
	struct span kind = word(&l->rest);
	bool raw = span_eq(kind, "raw");

	if (!raw && span_eq(kind, "category"))
		return parse_category(r, l, f);
	if (r->mode == RULES_CATEGORIES)
		return ST_OK;
	if (!raw && span_eq(kind, "example"))
		return parse_example(r, l, f);
	if (raw)
		kind = word(&l->rest);
	for (int k = 0; k < RULE_KIND_COUNT; k++)
		if (span_eq(kind, rule_words[k].name))
			return parse_rule(r, l, (enum rule_kind)k, raw, f);
	return fault_set(f, ST_PERM, "unknown kind of line \"%.*s\"", (int)utf8_floor(kind, 40),
	    kind.p);
}

enum status
rules_parse(struct rules *r, const char *file, struct span text, struct fault *f)
{
	struct line l = { file, 0, { "", 0 } };

	if (memchr(text.p, '\0', text.n) != NULL || !utf8_valid(text))
		return fault_set(f, ST_PERM, "%s: not a UTF-8 text", file);
	if (span_istarts(text, "\xef\xbb\xbf"))
		text = span_from(text.p + 3, text.n - 3);
	r->current = SIZE_MAX;
	while (span_line(&text, &l.rest)) {
		l.no++;
		l.rest = span_trim(l.rest);
		if (l.rest.n == 0 || l.rest.p[0] == '#')
			continue;
		if (parse_line(r, &l, f) != ST_OK) {
			const struct fault inner = *f;

			return fault_set(f, inner.st, "%s:%d: %s", file, l.no, inner.text);
		}
	}
	return ST_OK;
}
