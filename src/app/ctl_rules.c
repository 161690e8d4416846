/* ctl_rules.c - `rules test`: how well the rules read labelled texts.
 *
 * Without a path: the examples in the rule files themselves.  With one: JSON Lines with
 * "subject", "body", "category" and, optionally, "also" (other right categories). */
#include "ctl.h"

#include "file.h"
#include "limits.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum { LABELLED_MAX = 64 * 1024 * 1024 };

struct tally {
	const struct category *cats; size_t ncats;
	unsigned *table;		/* [want][got]; the last row and column: no such category */
	unsigned failed;		/* examples that do not hold, negated ones too */
};

static size_t
index_of(const struct tally *t, const char *name)
{
	size_t i = 0;

	while (i < t->ncats && strcmp(t->cats[i].name, name) != 0)
		i++;
	return i;
}

static const char *
name_of(const struct tally *t, size_t i)
{
	return i < t->ncats ? t->cats[i].name : "(unknown)";
}

static void
count(struct tally *t, const char *want, const char *got)
{
	t->table[index_of(t, want) * (t->ncats + 1) + index_of(t, got)]++;
}

static void
classify(const struct rules *r, struct arena *a, const char *subject, const char *body,
    struct verdict *v)
{
	struct mail m = { .message_id = "", .subject = subject, .text = body, .reply_text = body,
	    .lang = "fr", .ical = "", .bounce = { REPORT_NONE, "", "", "", "" } };

	rules_classify(r, a, &m, v);
}

static enum status
examples_run(const struct rules *r, struct tally *t)
{
	const struct example *e;
	size_t n = rules_example_list(r, &e);

	for (size_t i = 0; i < n; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct verdict v;
		bool holds;

		classify(r, a, "", e[i].text, &v);
		holds = rules_example_holds(&e[i], &v);
		if (!holds) {
			t->failed++;
			(void)fprintf(stderr, "%s:%d: example %s%s does not hold: %s\n", e[i].file, e[i].line,
			    e[i].negated ? "-" : "", e[i].category, v.category);
		}
		if (!e[i].negated && rules_category(r, e[i].category) != NULL)
			count(t, e[i].category, holds ? e[i].category : v.category);
	}
	return ST_OK;
}

static const char *
text_of(const json_t *o, const char *key)
{
	const char *z = json_string_value(json_object_get(o, key));

	return z == NULL ? "" : z;
}

static bool
among(const json_t *list, const char *z)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (strcmp(json_string_value(json_array_get(list, i)) == NULL ? "" :
		    json_string_value(json_array_get(list, i)), z) == 0)
			return true;
	return false;
}

static enum status
line_run(const struct rules *r, struct tally *t, struct span line, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	json_error_t e;
	json_t *o = json_loadb(line.p, line.n, 0, &e);
	struct verdict v;

	if (!json_is_object(o)) {
		json_decref(o);
		return fault_set(f, ST_PERM, "not a JSON object: %s", e.text);
	}
	classify(r, a, text_of(o, "subject"), text_of(o, "body"), &v);
	count(t, text_of(o, "category"),
	    among(json_object_get(o, "also"), v.category) ? text_of(o, "category") : v.category);
	json_decref(o);
	return ST_OK;
}

static enum status
labelled_run(struct ctl *c, const struct rules *r, const char *path, struct tally *t)
{
	struct span text, line;

	if (file_read(c->a, path, FILE_PLAIN, LABELLED_MAX, &text, &c->f) != ST_OK)
		return c->f.st;
	for (int n = 1; span_line(&text, &line); n++)
		if (span_trim(line).n > 0 && line_run(r, t, line, &c->f) != ST_OK)
			return fault_set(&c->f, ST_PERM, "%s:%d: %s", path, n, arena_strdup(c->a, c->f.text));
	return ST_OK;
}

static double
ratio(unsigned part, unsigned whole)
{
	return whole == 0 ? 0 : (double)part / whole;
}

struct row { unsigned n; double precision, recall, f1; };

static struct row
row_of(const struct tally *t, size_t i)
{
	unsigned want = 0, got = 0, hit = t->table[i * (t->ncats + 1) + i];
	struct row r;

	for (size_t j = 0; j <= t->ncats; j++) {
		want += t->table[i * (t->ncats + 1) + j];
		got += t->table[j * (t->ncats + 1) + i];
	}
	r = (struct row){ want, ratio(hit, got), ratio(hit, want), 0 };
	if (r.precision + r.recall > 0)
		r.f1 = 2 * r.precision * r.recall / (r.precision + r.recall);
	return r;
}

static void
report_json(struct ctl *c, const struct tally *t)
{
	for (size_t i = 0; i < t->ncats; i++) {
		struct row r = row_of(t, i);

		buf_addf(&c->out, "{\"category\":\"%s\",\"n\":%u,\"precision\":%.4f,\"recall\":%.4f,"
		    "\"f1\":%.4f}\n", name_of(t, i), r.n, r.precision, r.recall, r.f1);
	}
}

static void
report_text(struct ctl *c, const struct tally *t)
{
	struct buf *b = &c->out;

	buf_addf(b, "%-14s %5s %9s %7s %6s   taken for\n", "category", "n", "precision", "recall", "f1");
	for (size_t i = 0; i <= t->ncats; i++) {
		struct row r = row_of(t, i);

		if (r.n == 0)
			continue;
		buf_addf(b, "%-14s %5u %9.3f %7.3f %6.3f  ", name_of(t, i), r.n, r.precision, r.recall, r.f1);
		for (size_t j = 0; j <= t->ncats; j++)
			if (j != i && t->table[i * (t->ncats + 1) + j] > 0)
				buf_addf(b, " %s %u", name_of(t, j), t->table[i * (t->ncats + 1) + j]);
		buf_addc(b, '\n');
	}
	if (t->failed > 0)
		buf_addf(b, "%u examples of the rule files do not hold\n", t->failed);
}

int
ctl_rules(struct ctl *c)
{
	struct rules *r AUTO(rules_close) = NULL;
	struct tally t = { 0 };
	enum status st;

	if (c->argc > 1 && strcmp(c->argv[1], "replay") == 0)
		return ctl_replay(c);
	if (c->argc < 2 || c->argc > 3 || strcmp(c->argv[1], "test") != 0) {
		(void)fprintf(stderr, "bureauctl: usage: bureauctl rules test [PATH] | rules replay [--since T]\n");
		return EX_USAGE;
	}
	if (rules_load(&r, c->cfg->rules, RULES_FULL, &c->f) != ST_OK)
		return ctl_fail(c, EX_CONFIG);
	t.ncats = rules_categories(r, &t.cats);
	t.table = arena_new(c->a, unsigned, (t.ncats + 1) * (t.ncats + 1));
	st = c->argc == 3 ? labelled_run(c, r, c->argv[2], &t) : examples_run(r, &t);
	if (st != ST_OK)
		return ctl_fail(c, EX_NOINPUT);
	if (c->json)
		report_json(c, &t);
	else
		report_text(c, &t);
	ctl_flush(c);
	return t.failed > 0 ? EX_CONFIG : EX_OK;
}
