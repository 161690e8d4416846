/* notify_int.h - between the files of notify. */
#ifndef DESK_NOTIFY_INT_H
#define DESK_NOTIFY_INT_H

#include "plan_int.h"

/* The ticket as it stands with this mail: what agents changed wins over what this mail says. */
const char *notify_category(const struct planning *g);
enum urgency notify_urgency(const struct planning *g);
const char *notify_label_of(const struct desk *d, const char *category);
/* "haute"; "" normal. */
const char *notify_urgency_word(enum urgency u);
/* What notify_subject says, of what is known of any ticket. */
const char *notify_headline(struct arena *a, const struct desk *d,
    const struct grouped_ticket *t);
/* "mailto:…" that prepares the #voir mail about a ticket, as the answer to `id` (RFC 6068). */
const char *notify_link(struct arena *a, const struct desk *d, const char *ref,
    const char *what, const char *id);
/* Where an agent noted that the person can be reached without risk; "" unknown. */
const char *notify_contact(const struct planning *g);

/* notify_mail.c: lines of a list, or ""; shown only where the ticket is not sensitive. */
const char *notify_files(const struct planning *g);
const char *notify_rules(const struct planning *g);
const char *notify_sender(const struct planning *g);
const char *notify_earlier(const struct planning *g, const struct agent *reader);
const char *notify_words(const struct planning *g);
/* "ukrainien"; "" French. */
const char *notify_language(const char *lang);
/* A rule saw danger in words that name a child. */
bool notify_child(const struct planning *g);

/* The citizen's files, for `readers` agents; n 0: they are named only. */
const struct compose_part *notify_parts(const struct planning *g, size_t readers, size_t *n);

/* What a template for agents may say of the mail at hand, for one reader (NULL: no agent).
 * id: of the mail that is being written. */
enum { NOTIFY_NAMES = 40 };
size_t notify_names(const struct planning *g, const struct agent *reader, const char *id,
    bool copied, struct template_var v[NOTIFY_NAMES]);

#endif
