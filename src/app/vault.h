/* vault.h - [imap] snapshot_folder: the mails of ours in it, known by a header field with a MAC
 * under the key.
 *
 *   X-Bureaud-Snapshot: set=HEX made=UNIX part=1/3 bytes=N mac=HEX
 *
 * A snapshot is a set of mails; its parts, put together, are a sealed file (pack.h, VAULT_LABEL).
 * Order is that of UIDs, the mailbox's own: no clock of ours has to be right.  Whatever else lies
 * in the folder is somebody else's and is neither read nor touched. */
#ifndef APP_VAULT_H
#define APP_VAULT_H

#include "desk.h"
#include "imap.h"

#define VAULT_LABEL "bureaud snapshot 1"

enum {
	VAULT_PART = 1024 * 1024,	/* sealed bytes a mail: providers limit what a mail may weigh */
	VAULT_PARTS_MAX = 4096,		/* a set */
	VAULT_SET = 32,			/* hex digits of its name */
	VAULT_WIRE_MAX = 2 * VAULT_PART,
	VAULT_HOUR = 3,			/* of the night's snapshot, local */
};

struct vault_part {
	uint32_t uid;			/* 0: not in the mailbox yet */
	char set[VAULT_SET + 1];
	int64_t made;			/* when it was begun, by the clock of its maker */
	unsigned part, parts;		/* 1 ... parts */
	uint64_t bytes;			/* of this part */
};

/* A set as far as it is in the mailbox. */
struct vault_set {
	char name[VAULT_SET + 1];
	int64_t made;
	uint32_t uid;			/* of its last part */
	unsigned parts;
	const struct vault_part **part;	/* by number from 0; NULL: missing */
	bool whole;
};

/* Selects the folder and lists the sets made under this key, the newest last.  ST_NONE: there is
 * no such folder. */
enum status vault_list(struct imap *im, struct arena *a, const char *folder, struct span key,
    struct vault_set **out, size_t *n, struct fault *f) MUST_USE;

/* The last moment, `now` included, at which a night's snapshot falls due. */
int64_t vault_night(int64_t now);

/* The header field's value; and back, from the whole field.  false: not of this key. */
const char *vault_head(struct arena *a, struct span key, const struct vault_part *p);
bool vault_head_read(struct arena *a, struct span key, struct span raw,
    struct vault_part *out);

/* The mail of one part, for APPEND; what it says is for whoever finds it. */
enum status vault_mail(struct arena *a, const struct desk *d, const struct vault_part *p,
    struct span bytes, int64_t now, struct buf *out, struct fault *f) MUST_USE;

#endif
