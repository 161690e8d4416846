/* imap_int.h - what the files of imap share.
 *
 *   imap_stream.c   the stream below libetpan: deadline, budget, imap_guard.c; a command
 *   imap.c          open (TLS, login, namespace), close
 *   imap_box.c      folder names, SELECT STATUS CREATE
 *   imap_list.c     LIST, special folders
 *   imap_fetch.c    SEARCH and FETCH; imap_set.c sets of UIDs
 *   imap_file.c     STORE, MOVE, APPEND
 *   imap_wait.c     IDLE
 *
 * Commands are written as text and the answers read by libetpan's parser: of its command
 * functions 1.9.4 only LOGIN and AUTHENTICATE are used, because CAPABILITY and IDLE follow NULL
 * pointers on unexpected answers and IDLE and APPEND fail when data comes before the "+". */
#ifndef NET_IMAP_INT_H
#define NET_IMAP_INT_H

#include "buf.h"
#include "imap.h"
#include "imap_guard.h"
#include "stream.h"

#include <libetpan/libetpan.h>

#define IMAP_KEYWORD "$Bureaud"

enum {
	IMAP_BUDGET = 1024 * 1024,		/* of an answer, where nothing else is said */
	IMAP_SEARCH_BUDGET = 8 * 1024 * 1024,	/* numbers of some 800,000 mails */
	IMAP_COMMAND_MAX = 64 * 1024,		/* what we write, literals aside */
	IMAP_FETCH_MS_MAX = 300000,
	IMAP_PEEK = 512,
	IMAP_WHY_MAX = 200,
};

struct imap {
	struct arena *arena;		/* as long as the session */
	struct net_url url;
	const char *ca_file;
	int command_ms, stop_fd, poke_fd;
	struct stream io;
	struct imap_guard guard;
	int64_t deadline;		/* clock_mono_ms: an end to this command */
	size_t budget;			/* bytes it may still read */
	char peek[IMAP_PEEK];		/* read while idle, not yet given to the parser */
	size_t peek_n;
	mailimap *m;
	mailstream *st;
	bool dead;
	char why[IMAP_WHY_MAX];		/* of dead, where the stream itself lives */
	char delimiter;			/* 0: flat */
	const char *prefix;		/* of the personal namespace */
	bool selected, keywords;
};

enum imap_answer { IMAP_OK, IMAP_NO };

/* From now on this many bytes, and until then. */
void imap_begin(struct imap *im, int ms, size_t budget);
int imap_fetch_ms(const struct imap *im);
/* Wrap im->io for libetpan; im->st is NULL when memory is out. */
void imap_stream_open(struct imap *im);
/* Wait at most ms for im->io; false: dead, by stop_fd. */
bool imap_io_poll(struct imap *im, int ms);

/* What the server says first, cut at IMAP_PEEK; the parser still gets it. */
struct span imap_first_line(struct imap *im);

/* Send one line and read to its end.  Anything but OK and NO: ST_TEMP, the session is dead. */
enum status imap_run(struct imap *im, enum imap_answer *out, struct fault *f,
    const char *fmt, ...) MUST_USE PRINTF(4, 5);
/* The two halves of imap_run() around a "+": true when it came, false with an answer. */
enum status imap_ask(struct imap *im, const char *line, bool *plus, bool *news,
    enum imap_answer *out, struct fault *f) MUST_USE;
enum status imap_answer_read(struct imap *im, const char *doing, enum imap_answer *out,
    struct fault *f) MUST_USE;
bool imap_write(struct imap *im, struct span s);
/* Every later command fails with that; the first reason stays. */
void imap_die(struct imap *im, const char *why);
/* The session is dead: ST_TEMP. */
enum status imap_lost(struct imap *im, const char *doing, struct fault *f);
/* Same for a libetpan result. */
enum status imap_failed(struct imap *im, int r, const char *doing, struct fault *f);

/* The server's words of a NO, one clean line; and is its response code that one? */
const char *imap_said(const struct imap *im, char out[200]);
bool imap_code(const struct imap *im, const char *code);
/* A code that says: later perhaps (RFC 5530). */
bool imap_code_later(const struct imap *im);
enum status imap_refused(struct imap *im, enum status st, const char *doing, struct fault *f);

/* A folder as a quoted string.  ST_PERM: cannot be written. */
enum status imap_quote(const struct imap *im, const char *folder, struct buf *out,
    struct fault *f) MUST_USE;
/* Find delimiter and prefix. */
enum status imap_namespace(struct imap *im, struct fault *f) MUST_USE;
bool imap_selectable(const struct mailimap_mailbox_list *l);
/* "1:4,9": uids must ascend. */
void imap_set(struct buf *out, const uint32_t *uids, size_t n);
/* A sorted copy without doubles and zeros. */
uint32_t *imap_sorted(struct arena *a, const uint32_t *uids, size_t n, size_t *nout);

#endif
