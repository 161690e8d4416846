#include "kept.h"

#include <string.h>

#define NAME(id, name) name,
static const char *const undo_names[UNDO_COUNT] = { UNDO_WHATS(NAME) };

const char *
undo_what_name(enum undo_what w)
{
	return undo_names[w];
}

bool
undo_what_of(const char *name, enum undo_what *out)
{
	for (int i = 0; i < UNDO_COUNT; i++)
		if (strcmp(undo_names[i], name) == 0) {
			*out = (enum undo_what)i;
			return true;
		}
	return false;
}
