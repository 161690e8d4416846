/* ctl_check.h - what the files of `bureauctl check` share.  They look, and change nothing:
 * files and database are opened for reading, folders are examined, nothing is sent. */
#ifndef APP_CTL_CHECK_H
#define APP_CTL_CHECK_H

#include "ctl.h"
#include "doctor.h"

struct checking {
	struct ctl *c;
	struct setup setup;
	struct store *db;		/* NULL: it cannot be opened */
	struct doctor_facts x;
};

/* f's text, kept. */
const char *check_why(struct checking *k, const struct fault *f);
struct doctor_try check_tried(struct checking *k, enum status st, const struct fault *f);

void check_files(struct checking *k);
void check_store(struct checking *k);
void check_mailbox(struct checking *k);
void check_relay(struct checking *k);

#endif
