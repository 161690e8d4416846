/* setup.h - from the configuration to what the roles work with. */
#ifndef APP_SETUP_H
#define APP_SETUP_H

#include "config.h"

struct setup {
	const struct config *cfg;
	struct desk desk;
	struct rules *rules;		/* categories only */
	struct texts *texts;
	struct directory *directory;
	struct quartiers *quartiers;
};

/* Reads rules, texts, directory and neighbourhoods; key may be empty.  All of it or a fault
 * that names file and line.  The result's pointers live in `a` and in *out. */
enum status setup_load(struct arena *a, const struct config *c, struct span key,
    struct setup *out, struct fault *f) MUST_USE;
/* The same one by one, for `bureauctl check`: the first two of the others need SETUP_RULES. */
enum setup_part {
	SETUP_RULES, SETUP_TEXTS, SETUP_AGENTS, SETUP_DIRECTORY, SETUP_QUARTIERS, SETUP_PARTS
};
void setup_begin(const struct config *c, struct span key, struct setup *out);
enum status setup_part(struct arena *a, struct setup *s, enum setup_part part,
    struct fault *f) MUST_USE;
void setup_close(struct setup *s);
#define SETUP_AUTO AUTO(setup_close)

#endif
