/* digest_names.c - the rows of the digest: names of the town's own files. */
#include "digest.h"

#include <string.h>

/* Suspected violence is always sensitive, so its row would always be empty; spam is no case. */
static bool
has_row(const struct category *c)
{
	return strcmp(c->name, "violences") != 0 && strcmp(c->name, "spam") != 0;
}

struct digest_names
digest_names_of(struct arena *a, const struct desk *d, int64_t at)
{
	struct digest_names out = { .next = { .quartier = "", .place = "" } };
	const struct category *all, *unknown = rules_category(d->rules, "a_qualifier");
	size_t n = rules_categories(d->rules, &all);
	struct category *v = arena_new(a, struct category, n + 1);
	bool known = false;

	for (size_t i = 0; i < n; i++)
		if (has_row(&all[i])) {
			known = known || strcmp(all[i].name, "a_qualifier") == 0;
			v[out.ncategories++] = all[i];
		}
	if (!known && unknown != NULL)
		v[out.ncategories++] = *unknown;
	out.category = v;
	if (d->quartiers != NULL) {
		out.nquartiers = quartiers_list(d->quartiers, &out.quartier);
		(void)quartiers_next(d->quartiers, at, &out.next, 1);
	}
	return out;
}
