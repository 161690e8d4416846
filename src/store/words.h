/* words.h - what goes into the search index, as apply.c writes it; private to src/store. */
#ifndef STORE_WORDS_H
#define STORE_WORDS_H

#include "store.h"

/* In the transaction that writes the row itself; a mail that has words already gets new ones. */
enum status words_of_mail(struct store *s, int64_t message, const struct mail *m,
    enum mail_role role, struct fault *f) MUST_USE;
enum status words_of_note(struct store *s, int64_t event, const char *text,
    struct fault *f) MUST_USE;

#endif
