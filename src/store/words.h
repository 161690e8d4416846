/* words.h - what goes into the search index, as apply.c writes it; private to src/store. */
#ifndef STORE_WORDS_H
#define STORE_WORDS_H

#include "store.h"

/* In the transaction that writes the row itself. */
enum status words_of_mail(struct store *s, int64_t message, const struct mail *m,
    enum mail_role role, struct fault *f) MUST_USE;
/* Before they are put in again: what was set aside is read anew. */
enum status words_of_mail_drop(struct store *s, int64_t message, struct fault *f) MUST_USE;
enum status words_of_note(struct store *s, int64_t event, const char *text,
    struct fault *f) MUST_USE;

#endif
