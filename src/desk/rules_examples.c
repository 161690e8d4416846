/* rules_examples.c - a rule file's own promises, kept or not. */
#include "rules_int.h"

#include <string.h>

static bool
flag_of(const struct verdict *v, const char *name, bool *out)
{
	if (strcmp(name, rule_words[RULE_VITAL].name) == 0)
		*out = v->urgency == URGENCY_VITAL;
	else if (strcmp(name, rule_words[RULE_HIGH].name) == 0)
		*out = v->urgency != URGENCY_NORMAL;
	else if (strcmp(name, rule_words[RULE_SENSITIVE].name) == 0)
		*out = v->sensitive;
	else if (strcmp(name, rule_words[RULE_NO_REPLY].name) == 0)
		*out = v->no_reply;
	else
		return false;
	return true;
}

static bool
holds(const struct verdict *v, const char *category)
{
	bool yes = strcmp(v->category, category) == 0;

	if (flag_of(v, category, &yes))
		return yes;
	for (size_t i = 0; i < v->ncats; i++)
		yes = yes || strcmp(v->cats[i].name, category) == 0;
	return yes;
}

bool
rules_example_holds(const struct example *e, const struct verdict *v)
{
	return holds(v, e->category) != e->negated;
}

enum status
rules_examples(const struct rules *r, struct fault *f)
{
	struct arena *a ARENA_AUTO = arena_open();
	struct mail m = { .message_id = "", .subject = "", .text = "", .reply_text = "",
	    .lang = "fr", .ical = "" };

	for (size_t i = 0; i < r->nex; i++) {
		const struct example *e = &r->ex[i];
		struct verdict v;

		m.text = m.reply_text = e->text;
		rules_classify(r, a, &m, &v);
		if (!rules_example_holds(e, &v))
			return fault_set(f, ST_PERM,
			    "%s:%d: the example is %s, %s, not %s%s", e->file, e->line,
			    v.category, urgency_name(v.urgency), e->negated ? "-" : "",
			    e->category);
		arena_reset(a);
	}
	return ST_OK;
}
