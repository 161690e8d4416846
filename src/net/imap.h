/* imap.h - one IMAP session (RFC 3501, 2177, 4315, 6154, 6851), by libetpan on a TLS stream of
 * our own.  It hands out bytes and knows nothing of tickets.
 *
 * TLS is verified (chain, host, dates) before a byte of the password is sent; PREAUTH is
 * refused.  Every command has a deadline as a whole and a byte budget; the end of the stream
 * is an error.  Folder names are UTF-8 with '/' as the hierarchy, mapped to the server's
 * delimiter, personal namespace and modified UTF-7.
 * Errors: ST_TEMP: the session is dead or the server said NO for now: close, wait, open again;
 * ST_PERM: wrong password, wrong certificate, no such folder: a human must act.
 * After any ST_TEMP or ST_PERM but from imap_select/create/move/append NO, only imap_close. */
#ifndef NET_IMAP_H
#define NET_IMAP_H

#include "arena.h"
#include "url.h"

#include <stdint.h>

struct imap;

enum net_auth { NET_AUTH_PASSWORD, NET_AUTH_XOAUTH2 };

struct imap_cfg {
	struct net_url url;
	const char *ca_file;		/* "" the system's */
	const char *user;
	const char *secret;		/* password or access token */
	enum net_auth auth;
	int connect_ms;		/* TCP, TLS and greeting: 30,000 */
	int command_ms;		/* one whole command: 60,000; a fetch: 300,000 at most */
	int stop_fd;		/* readable: break off whatever is under way (SIGTERM); -1 */
	int poke_fd;		/* readable: imap_wait ends, nothing else does; -1 none */
	bool *refused;		/* set where it was the login that the server refused; NULL */
};

enum status imap_open(struct imap **out, const struct imap_cfg *c, struct fault *f) MUST_USE;
/* LOGOUT within 2 s where the session lives; accepts NULL. */
void imap_close(struct imap **im);
bool imap_has(const struct imap *im, const char *capability);	/* "IDLE" "MOVE" "UIDPLUS" */

struct imap_box {
	uint32_t uidvalidity, uidnext, exists;	/* uidnext 0: not told */
	bool keywords;			/* PERMANENTFLAGS has \* or our keyword */
};
/* ST_NONE: no such folder. */
enum status imap_select(struct imap *im, const char *folder, struct imap_box *out,
    struct fault *f) MUST_USE;
/* The same, and nothing that follows can change the folder (RFC 3501 6.3.2); keywords: not
 * known. */
enum status imap_examine(struct imap *im, const char *folder, struct imap_box *out,
    struct fault *f) MUST_USE;
/* Counts without selecting it; ST_NONE: no such folder. */
enum status imap_status(struct imap *im, const char *folder, struct imap_box *out,
    struct fault *f) MUST_USE;
enum status imap_create(struct imap *im, const char *folder, struct fault *f) MUST_USE;
/* The folder with that SPECIAL-USE attribute ("\\Sent"), else the first existing of the usual
 * names (Sent, Éléments envoyés, Sent Items, Sent Messages, Envoyés).  ST_NONE: none. */
enum status imap_special(struct imap *im, struct arena *a, const char *use,
    const char **folder_out, struct fault *f) MUST_USE;

/* UIDs of the selected folder above `after`, ascending. */
enum status imap_uids(struct imap *im, struct arena *a, uint32_t after, uint32_t **out,
    size_t *n, struct fault *f) MUST_USE;

struct imap_meta { uint32_t uid; uint64_t size; int64_t received; bool keyword; };
/* UID FLAGS RFC822.SIZE INTERNALDATE of those UIDs (at most 1,000), ascending; one that has
 * gone, or for which an item is missing, is left out. */
enum status imap_meta(struct imap *im, struct arena *a, const uint32_t *uids, size_t n,
    struct imap_meta **out, size_t *nout, struct fault *f) MUST_USE;

/* One header field of those UIDs (at most 1,000), or several with blanks between, ascending, as
 * the server gives them ("Name: value", perhaps folded; blank where the mail has none); a mail
 * that has gone, or of which this is over 4 KiB, is left out. */
struct imap_head { uint32_t uid; int64_t received; struct span raw; };
enum status imap_heads(struct imap *im, struct arena *a, const uint32_t *uids, size_t n,
    const char *field, struct imap_head **out, size_t *nout, struct fault *f) MUST_USE;

/* BODY.PEEK[] of those UIDs (at most 50), each handed to `each` as it comes: raw is only good
 * during the call.  A body whose length is not `size` of its meta is not handed out.
 * budget: bytes for the whole answer, over it ST_TEMP. */
enum status imap_bodies(struct imap *im, const struct imap_meta *v, size_t n, size_t budget,
    void (*each)(void *ctx, const struct imap_meta *m, struct span raw), void *ctx,
    struct fault *f) MUST_USE;
/* The first max bytes of one mail. */
enum status imap_start(struct imap *im, struct arena *a, uint32_t uid, size_t max,
    struct span *raw_out, struct fault *f) MUST_USE;

/* Add keyword "$Bureaud".  ST_NONE: the folder takes no keywords. */
enum status imap_mark(struct imap *im, const uint32_t *uids, size_t n,
    struct fault *f) MUST_USE;

struct imap_moved { uint32_t from, to; };
struct imap_move { uint32_t uidvalidity; struct imap_moved *v; size_t n; };  /* n 0: not told */
/* UID MOVE; else UID COPY + \Deleted + UID EXPUNGE where UIDPLUS is; else ST_NONE and nothing
 * was done.  NO from the server (quota, no folder) is ST_TEMP and the session lives on. */
enum status imap_move(struct imap *im, struct arena *a, const uint32_t *uids, size_t n,
    const char *folder, struct imap_move *out, struct fault *f) MUST_USE;

/* These and no others are removed: \Deleted, UID EXPUNGE.  ST_NONE: the server has no UIDPLUS (RFC
 * 4315), hence no way to spare what others have marked \Deleted; nothing was done. */
enum status imap_remove(struct imap *im, const uint32_t *uids, size_t n,
    struct fault *f) MUST_USE;

/* \Seen copy with that INTERNALDATE (IMAP_DATE_NOW: the server's own time); uid_out 0 where the
 * server does not tell. */
#define IMAP_DATE_NOW INT64_MIN
enum status imap_append(struct imap *im, const char *folder, struct span wire, int64_t date,
    uint32_t *uidvalidity_out, uint32_t *uid_out, struct fault *f) MUST_USE;

enum imap_woke { IMAP_WOKE_DATA, IMAP_WOKE_TIMEOUT, IMAP_WOKE_POKE };
/* Wait for news of the selected folder, at most max_ms: IDLE where the server has it (ended and
 * begun again within 9 minutes), else just the wait.  Always leaves the session ready. */
enum status imap_wait(struct imap *im, int max_ms, enum imap_woke *out,
    struct fault *f) MUST_USE;
/* NOOP */
enum status imap_poll(struct imap *im, struct fault *f) MUST_USE;

/* Days until the server's certificate ends; -1 without TLS. */
int imap_tls_days(const struct imap *im, int64_t now);

#endif
