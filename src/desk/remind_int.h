/* remind_int.h - between the files of remind. */
#ifndef DESK_REMIND_INT_H
#define DESK_REMIND_INT_H

#include "plan_int.h"
#include "remind.h"

/* Lines up to a bound; what is over it is counted, not hidden.  Zeroed at first, closed by
 * remind_lines_text. */
struct remind_lines { struct buf b; size_t n, left_out; };
void remind_line(struct remind_lines *l, const char *who, const char *what);
const char *remind_lines_text(struct arena *a, struct remind_lines *l);

/* "BI-2026-00042 (Logement)"; of a sensitive ticket not even what it is about. */
const char *remind_ticket_say(struct arena *a, const struct desk *d,
    const struct remind_ticket *t);
/* "1 dossier", "2 dossiers" */
const char *remind_count(struct arena *a, size_t n, const char *one, const char *many);

#endif
