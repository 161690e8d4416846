/* directory.h - annuaire.conf and national.conf: whom the bureau sends people to.
 *
 * An entry without verifie_le, or older than 365 days, is never printed to a citizen; agents
 * see it.  The shipped national.conf is read first, the city's file overrides by section. */
#ifndef DESK_DIRECTORY_H
#define DESK_DIRECTORY_H

#include "arena.h"
#include "date.h"

enum { DIRECTORY_FRESH_DAYS = 365, DIRECTORY_MAX = 1000 };

struct entry {
	const char *id;			/* section name */
	const char *nom, *tel, *tel_horaires, *adresse, *courriel, *site, *note;
	const char *categories;		/* comma separated, or "*" */
	const char *public_, *langues, *source, *quartiers;
	bool usager, discret;
	date_day verifie_le;		/* DATE_INVALID when missing */
};

struct directory;

/* national "" or absent file: none.  f: "file:line: what". */
enum status directory_load(struct directory **out, const char *national, const char *city,
    struct fault *f) MUST_USE;
void directory_close(struct directory **d);
size_t directory_list(const struct directory *d, const struct entry **out);
const struct entry *directory_find(const struct directory *d, const char *id);
/* May it be printed to a citizen on that day? */
bool entry_is_printable(const struct entry *e, date_day today);
/* usager=oui, printable, of that category; at most max. */
size_t directory_for(const struct directory *d, const char *category, date_day today,
    const struct entry **out, size_t max);

#endif
