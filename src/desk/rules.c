#include "rules_int.h"

#include "file.h"
#include "limits.h"

#include <stdlib.h>
#include <string.h>

static const struct category unknown = {
	.name = RULES_UNKNOWN, .label = "À qualifier", .template_name = "ack-" RULES_UNKNOWN,
};

size_t
rules_find_category(const struct rules *r, const char *name)
{
	for (size_t i = 0; i < r->ncats; i++)
		if (strcmp(r->cats[i].name, name) == 0)
			return i;
	return SIZE_MAX;
}

static enum status
load_file(struct rules *r, const char *dir, const char *name, struct fault *f)
{
	struct arena *a ARENA_AUTO = arena_open();
	const char *path = arena_printf(r->mem, "%s/%s", dir, name);
	struct span text;

	if (file_read(a, path, FILE_PLAIN, LIMIT_RULES_FILE, &text, f) != ST_OK)
		return fault_set(f, ST_PERM, "%s", arena_strdup(a, f->text));
	return rules_parse(r, path, text, f);
}

/* What can only be checked when every file was read. */
static enum status
check_examples(const struct rules *r, struct fault *f)
{
	for (size_t i = 0; i < r->nex; i++) {
		const struct example *e = &r->ex[i];
		bool known = rules_find_category(r, e->category) != SIZE_MAX;

		for (int k = RULE_VITAL; k <= RULE_NO_REPLY; k++)
			known = known || strcmp(e->category, rule_words[k].name) == 0;
		if (!known)
			return fault_set(f, ST_PERM,
			    "%s:%d: example of an unknown category \"%s\"", e->file, e->line,
			    e->category);
	}
	return ST_OK;
}

static enum status
load_all(struct rules *r, const char *dir, struct fault *f)
{
	const char **names;
	size_t n;

	if (file_list(r->mem, dir, ".rules", &names, &n, f) != ST_OK)
		return f->st;
	if (n == 0)
		return fault_set(f, ST_PERM, "%s: no *.rules file", dir);
	for (size_t i = 0; i < n; i++)
		if (load_file(r, dir, names[i], f) != ST_OK)
			return f->st;
	if (r->ncats == 0)
		return fault_set(f, ST_PERM, "%s: no category line in any file", dir);
	if (rules_find_category(r, RULES_UNKNOWN) == SIZE_MAX)
		r->cats[r->ncats++] = unknown;
	return check_examples(r, f);
}

enum status
rules_load(struct rules **out, const char *dir, enum rules_mode mode, struct fault *f)
{
	struct rules *r = calloc(1, sizeof *r);
	enum status st = ST_OK;

	*out = NULL;
	if (r == NULL)
		return fault_set(f, ST_TEMP, "%s: out of memory", dir);
	r->mem = arena_open();
	r->mode = mode;
	r->cats = arena_new(r->mem, struct category, RULES_CATEGORIES_MAX + 1);
	r->current = SIZE_MAX;
	if (mode != RULES_CATEGORIES)
		st = rules_contexts(r, f);
	if (st == ST_OK)
		st = load_all(r, dir, f);
	if (st != ST_OK) {
		rules_close(&r);
		return st;
	}
	if (mode == RULES_FULL)
		rules_prefilter_open(r);
	*out = r;
	return ST_OK;
}

void
rules_prepare(struct rules *r, size_t n)
{
	enum { WORTH_IT = 16 * 1024 };

	if (r->mode == RULES_ONCE && r->pre == NULL && n > WORTH_IT)
		rules_prefilter_open(r);
}

void
rules_close(struct rules **rp)
{
	struct rules *r = *rp;

	if (r == NULL)
		return;
	rules_prefilter_close(&r->pre);
	for (size_t i = 0; i < r->n; i++)
		pcre2_code_free(r->v[i].code);
	pcre2_match_data_free(r->md);
	pcre2_match_context_free(r->mctx);
	pcre2_compile_context_free(r->cctx);
	free(r->v);
	free(r->ex);
	arena_close(&r->mem);
	free(r);
	*rp = NULL;
}

size_t
rules_count(const struct rules *r)
{
	return r->n;
}

size_t
rules_categories(const struct rules *r, const struct category **out)
{
	*out = r->cats;
	return r->ncats;
}

const struct category *
rules_category(const struct rules *r, const char *name)
{
	size_t i = rules_find_category(r, name);

	return i == SIZE_MAX ? NULL : &r->cats[i];
}

size_t
rules_example_list(const struct rules *r, const struct example **out)
{
	*out = r->ex;
	return r->nex;
}
