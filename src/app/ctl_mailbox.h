/* ctl_mailbox.h - raw mails for bureauctl, from the mailbox. */
#ifndef APP_CTL_MAILBOX_H
#define APP_CTL_MAILBOX_H

#include "ctl.h"

struct ctl_mailbox {
	struct imap *im;		/* NULL: not reachable */
	const char *selected;
	struct imap_box box;
};

/* A fault is in c->f: the caller may go on without. */
enum status ctl_mailbox_open(struct ctl *c, struct ctl_mailbox *m) MUST_USE;
void ctl_mailbox_close(struct ctl_mailbox *m);
/* The bytes of that message row, as they were recorded.  ST_NONE: not to be had. */
enum status ctl_mailbox_raw(struct ctl *c, struct store *s, struct ctl_mailbox *m,
    struct arena *a, int64_t message, const char *sha256, struct span *raw_out) MUST_USE;

#endif
