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
	bool json, yes, mailbox, list, run;
	int argc; char **argv;		/* of the command, its own name first */
	const char *state, *category, *agent, *since, *into, *week;	/* options, "" absent */
	bool eml, html, text;
	bool reindex;
	struct buf out;			/* one line, or one text */
	size_t width;			/* columns of the terminal; 0: no terminal reads this */
	bool colour;
	bool bar; int64_t bar_at;	/* of ctl_progress */
	struct fault f;
};

/* One line on stderr, "bureauctl: what"; returns rc. */
int ctl_fail(struct ctl *c, int rc);
/* The line or text in c->out goes to stdout, then it is empty. */
void ctl_flush(struct ctl *c);

/* ---- what a person reads: ctl_term.c ----
 * Hidden and control characters are off. */
void ctl_term_open(struct ctl *c);
enum ctl_style { STYLE_NONE, STYLE_BOLD, STYLE_DIM, STYLE_GOOD, STYLE_WARN, STYLE_BAD };
/* From here on, in c->out; nothing where colours are not wanted. */
void ctl_style(struct ctl *c, enum ctl_style s);
size_t ctl_columns(const char *z);
/* Cut to so many columns and filled up with blanks; ctl_line: not filled up. */
void ctl_cell(struct buf *b, const char *z, size_t columns);
void ctl_line(struct buf *b, const char *z, size_t columns);
/* Broken at words, lines after the first begin at `indent`; in a pipe one line. */
void ctl_wrap(struct ctl *c, const char *z, size_t indent);
/* "label     value", broken like ctl_wrap; nothing where the value is "". */
void ctl_field(struct ctl *c, const char *label, const char *value);
/* On standard error, on a terminal; erased when done, and while a line is written. */
void ctl_progress(struct ctl *c, int64_t done, int64_t all);
/* In the local zone. */
const char *ctl_when(struct arena *a, int64_t at);

/* The fields of a ticket, as in `list`. */
void ctl_ticket_json(struct jsonw *j, const struct ticket_row *t);
/* "attachments": their names, types and sizes. */
void ctl_files_json(struct jsonw *j, const struct attachment *v, size_t n);
/* Opens the database for reading; on failure a sysexits code, 0 when open. */
int ctl_store(struct ctl *c, enum store_mode mode, struct store **out);

/* ---- acts: what changes something ---- */

/* Who does it: the local user, behind sudo too. */
const char *ctl_user(struct ctl *c);
/* A person says yes, or --yes did; without a terminal and without it: no. */
bool ctl_confirm(const struct ctl *c, const char *question);
/* One line on stderr; the exit code. */
int ctl_declined(const char *what);
/* For writing, with the key: an act that the journal cannot hold is not done.  A sysexits code. */
int ctl_act_open(struct ctl *c, struct store **out);
/* The file is rewritten without what was erased; where that is still due.  An exit code, with its
 * line on stderr. */
int ctl_scrub(struct ctl *c, struct store *s);
int ctl_scrub_due(struct ctl *c, struct store *s);
/* A line of the journal, in the transaction of what it tells of. */
enum status ctl_note(struct ctl *c, struct store *s, const char *act,
    const char *ticket) MUST_USE;
/* After store_begin and the act: commits when st is ST_OK, else nothing was done. */
enum status ctl_act_end(struct ctl *c, struct store *s, enum status st) MUST_USE;

/* Who looked into what (CNIL, délibération 2021-122: consultations too).  Reading works without:
 * then one line on stderr says that it was not noted. */
void ctl_looked(struct ctl *c, const char *act, const char *ticket);

int ctl_search(struct ctl *c);
int ctl_list(struct ctl *c);
int ctl_show(struct ctl *c);
int ctl_messages(struct ctl *c);
int ctl_explain(struct ctl *c);
int ctl_status(struct ctl *c);
int ctl_check(struct ctl *c);
int ctl_queue(struct ctl *c);
int ctl_rules(struct ctl *c);
int ctl_replay(struct ctl *c);		/* rules replay */
int ctl_template(struct ctl *c);
int ctl_digest(struct ctl *c);
int ctl_rebuild(struct ctl *c);
int ctl_journal(struct ctl *c);
int ctl_person(struct ctl *c);
int ctl_purge(struct ctl *c);
struct person_facts;
int ctl_export(struct ctl *c, struct store *s, const char *address,
    const struct person_facts *p);
int ctl_backup(struct ctl *c);
int ctl_review(struct ctl *c);

#endif
