#include "apply.h"

enum status
store_needs(struct store *s, struct arena *a, const struct needs *n,
    const struct plan_facts *facts, int64_t now, struct order_facts *out, struct fault *f)
{
	*out = (struct order_facts){ .nundo = n->nundo, .nheld = n->nconfirm };
	for (size_t i = 0; i < n->nundo; i++)
		if (undo_find(s, a, &n->undo[i], &out->undo[i], f) != ST_OK)
			return f->st;
	for (size_t i = 0; i < n->nconfirm; i++)
		if (confirm_find(s, &n->confirm[i], &out->held[i], f) != ST_OK)
			return f->st;
	if (ask_answer(s, a, n, facts, &out->answers, f) != ST_OK)
		return f->st;
	return confirm_asked(s, n->agent, now, &out->asked, f);
}
