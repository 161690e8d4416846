/* ctl.h - what the files of bureauctl share. */
#ifndef APP_CTL_H
#define APP_CTL_H

#include "jsonw.h"
#include "query.h"
#include "setup.h"

struct ctl {
	struct arena *a;
	const char *config_path;
	const struct config *cfg;
	bool json, yes;
	int argc; char **argv;		/* of the command, its own name first */
	const char *state, *category, *agent, *since, *into;	/* options, "" absent */
	struct buf out;			/* one line, or one text */
	struct fault f;
};

/* One line on stderr, "bureauctl: what"; returns rc. */
int ctl_fail(struct ctl *c, int rc);
/* The line or text in c->out goes to stdout, then it is empty. */
void ctl_flush(struct ctl *c);
/* A person reads this: hidden and control characters off, cut to n columns ("" fills). */
void ctl_cell(struct buf *b, const char *z, size_t columns);
/* Opens the database for reading; on failure a sysexits code, 0 when open. */
int ctl_store(struct ctl *c, enum store_mode mode, struct store **out);

int ctl_list(struct ctl *c);
int ctl_show(struct ctl *c);
int ctl_messages(struct ctl *c);
int ctl_explain(struct ctl *c);
int ctl_status(struct ctl *c);
int ctl_queue(struct ctl *c);
int ctl_rules(struct ctl *c);
int ctl_replay(struct ctl *c);		/* rules replay */
int ctl_template(struct ctl *c);
int ctl_rebuild(struct ctl *c);

#endif
