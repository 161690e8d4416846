/* doctor_int.h - between the files of doctor. */
#ifndef DESK_DOCTOR_INT_H
#define DESK_DOCTOR_INT_H

#include "doctor.h"

struct judging {
	struct arena *a;
	const struct doctor_facts *x;
	struct doctor_line *l;
};

/* What a subject is; without one of these calls it gets no line.  A later call wins. */
void doctor_ok(struct judging *g, const char *fmt, ...) PRINTF(2, 3);
void doctor_warn(struct judging *g, const char *todo, const char *fmt, ...) PRINTF(3, 4);
void doctor_fail(struct judging *g, const char *todo, const char *fmt, ...) PRINTF(3, 4);
struct doctor_subject { const char *name; void (*judge)(struct judging *g); };
extern const struct doctor_subject doctor_files[], doctor_store[], doctor_mailbox[],
    doctor_relay[];

#endif
