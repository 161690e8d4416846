/* reader.h - the sandboxed process that reads mail: both sides of its two pipes.
 *
 * It is ourselves, started again (fork + exec: it inherits nothing), with stdin and stdout as
 * its pipes.  A question is one mail's bytes, the answer a struct mail and a verdict.  Death or
 * silence on a mail is an answer too: that mail is unreadable, the next one gets a new process.
 *
 *   question: length, parse_want, bytes    answer: length, bytes (codec.h)
 *   hello (once, before any question): length, "" or what is wrong with the rules */
#ifndef APP_READER_H
#define APP_READER_H

#include "codec.h"
#include "parse.h"

struct reader;

enum reader_use {
	READER_DAEMON,		/* many mails: examples are run, the prefilter is built */
	READER_ONCE,		/* one mail, for `explain`: quick to start */
};

/* ST_PERM: it does not come up; f has its own words (a rule file's "file:line: what"). */
enum status reader_open(struct reader **out, const char *rules_dir, enum reader_use use,
    struct fault *f) MUST_USE;
void reader_close(struct reader **r);

/* mail_out NULL and ST_OK: no mail can be made of these bytes; `because` says why, in words that
 * may be logged.  ST_TEMP: no reader can be started now; ask again later.  `want`: enum parse_want;
 * with PARSE_BYTES the largest mails may be too much for the reader's memory: ask without. */
enum status reader_ask(struct reader *r, struct arena *a, struct span raw, unsigned want,
    const struct mail **mail_out, const struct verdict **verdict_out, const char **because,
    struct fault *f) MUST_USE;
int reader_pid(const struct reader *r);

/* The other side: argv of a process started by reader_open; never returns to the daemon. */
bool reader_is_me(int argc, char **argv);
int reader_main(int argc, char **argv);

#endif
