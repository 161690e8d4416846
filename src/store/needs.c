#include "apply.h"

enum status
store_needs(struct store *s, struct arena *a, const struct needs *n, struct order_facts *out,
    struct fault *f)
{
	*out = (struct order_facts){ .nundo = n->nundo };
	for (size_t i = 0; i < n->nundo; i++)
		if (undo_find(s, a, &n->undo[i], &out->undo[i], f) != ST_OK)
			return f->st;
	return ST_OK;
}
