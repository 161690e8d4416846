/* mailbox.h - a session with the bureau's mailbox as the configuration says, and its folders. */
#ifndef APP_MAILBOX_H
#define APP_MAILBOX_H

#include "login.h"

/* stop_fd, poke_fd: as in imap.h.  A token that is refused is renewed, once; then it is ST_TEMP. */
enum status mailbox_open(struct imap **out, const struct config *c, struct login *login,
    int stop_fd, int poke_fd, struct fault *f) MUST_USE;

/* It is there, or made where the configuration allows. */
enum status mailbox_folder(struct imap *im, const struct config *c, const char *folder,
    struct fault *f) MUST_USE;

/* Where copies of what we send lie: the configured folder or the server's own; ST_NONE: neither
 * is named. */
enum status mailbox_sent(struct imap *im, struct arena *a, const struct config *c,
    const char **out, struct fault *f) MUST_USE;
/* Its name where no server tells one. */
extern const char mailbox_sent_fallback[];

#endif
