/* conversation.h - which mails talk of one thing: the closure over Message-ID, In-Reply-To and
 * References, for display and `explain`.
 *
 * A conversation is not a ticket and gives nobody a right (thread.h decides that).  An id that
 * two mails bear means the first of them, and the other one stands for itself (RFC 5256, step
 * 1.A): it loses nothing, and nobody enters a conversation by an id that he has copied.  A
 * subject joins nobody.  By sorting, not by hashing: strangers choose the ids. */
#ifndef DESK_CONVERSATION_H
#define DESK_CONVERSATION_H

#include "arena.h"
#include "msgid.h"

struct conversation_mail {
	const char *message_id;			/* "" when it has none */
	struct msgids in_reply_to, references;
};

/* group_out[i]: the first of the mails that mail i is in one conversation with, i itself when
 * there is none before it.  n log n in the ids of all. */
void conversation_find(struct arena *a, const struct conversation_mail *v, size_t n,
    size_t *group_out);

#endif
