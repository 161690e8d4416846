/* lease.h - one bureaud a mailbox, whatever host it runs on.
 *
 * Two databases on one mailbox would each answer the same mail.  A small mail in snapshot_folder,
 * known by a header field with a MAC under the key, says who holds the mailbox:
 *
 *   X-Bureaud-Lease: holder=HEX state=claim|held host=NAME mac=HEX
 *
 *   claim appended -> all leases listed -> another's fresh one is held, or claimed before ours and
 *   we hold none: ours goes, refused -> held appended -> our older ones and stale ones go
 *
 * Fresh is what the mail server's own clock calls younger than LEASE_SECONDS: every lease and the
 * claim it is compared with bear the INTERNALDATE that the server gave them, so no host's clock has
 * to be right.  UIDs decide who claimed first.  The holder is known by host and database: it may
 * die and start again at any time, and goes on.
 *
 * Limits: a server without UIDPLUS, or one that refuses the mail (quota), gives us no lease: unless
 * another's stands there, by our own clock a fresh one, serving goes on and the log says so.  Two containers that are alike in machine id, host name and path are
 * one holder. */
#ifndef APP_LEASE_H
#define APP_LEASE_H

#include "setup.h"

enum { LEASE_SECONDS = 15 * 60, LEASE_RENEW_SECONDS = 5 * 60, LEASE_HEX = 32, LEASE_HOST = 64 };

enum lease { LEASE_HELD, LEASE_REFUSED, LEASE_NONE };	/* NONE: this mailbox has none */

/* Take or renew; leaves the folder selected.  LEASE_REFUSED: *why names the other host.
 * ST_TEMP: the session is lost. */
enum status lease_take(struct imap *im, struct arena *a, const struct setup *s,
    enum lease *out, const char **why, struct fault *f) MUST_USE;
/* Ours goes: another host may start at once. */
enum status lease_drop(struct imap *im, const struct setup *s, struct fault *f) MUST_USE;

/* Without touching anything, by our own clock: is somebody's fresh?  "" nobody's. */
struct lease_seen { const char *host; bool ours; };
enum status lease_look(struct imap *im, struct arena *a, const struct setup *s, int64_t now,
    struct lease_seen *out, struct fault *f) MUST_USE;

#endif
