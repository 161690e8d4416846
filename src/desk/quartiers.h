/* quartiers.h - neighbourhoods: names, aliases, streets, and the mayor's permanences.
 *
 * INI, a section a neighbourhood: nom, alias (comma separated), rues (comma separated),
 * permanence = 2026-12-03 18:00 Salle X (repeated, one a line). */
#ifndef DESK_QUARTIERS_H
#define DESK_QUARTIERS_H

#include "arena.h"
#include "date.h"

struct permanence { const char *quartier; int64_t at; const char *place; };

struct quartiers;

enum status quartiers_load(struct quartiers **out, const char *path, struct fault *f) MUST_USE;
void quartiers_close(struct quartiers **q);
/* The neighbourhood named in folded text (fold.h); "" when none or several. */
const char *quartiers_find(const struct quartiers *q, struct span folded);
/* Their names. */
size_t quartiers_list(const struct quartiers *q, const char *const **out);
/* Those after `now`, soonest first; at most max. */
size_t quartiers_next(const struct quartiers *q, int64_t now, struct permanence *out,
    size_t max);

#endif
