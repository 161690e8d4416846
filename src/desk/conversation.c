#include "conversation.h"

#include <stdlib.h>
#include <string.h>

/* A mail that names an id, as its own or another's. */
struct mention { const char *id; size_t mail; bool own; };
struct mentions { struct mention *v; size_t n; };

static void
mention_list(struct mentions *all, const struct msgids *ids, size_t mail)
{
	for (size_t i = 0; i < ids->n; i++)
		all->v[all->n++] = (struct mention){ ids->v[i], mail, false };
}

static void
mention_mail(struct mentions *all, const struct conversation_mail *m, size_t mail)
{
	if (m->message_id[0] != '\0')
		all->v[all->n++] = (struct mention){ m->message_id, mail, true };
	mention_list(all, &m->in_reply_to, mail);
	mention_list(all, &m->references, mail);
}

/* Of one id, those who bear it come first, in the order of the mails. */
static int
by_id(const void *x, const void *y)
{
	const struct mention *a = x, *b = y;
	int d = strcmp(a->id, b->id);

	if (d != 0 || a->own != b->own)
		return d != 0 ? d : a->own ? -1 : 1;
	return a->mail < b->mail ? -1 : a->mail > b->mail;
}

/* The first mail of i's conversation so far; the way there is halved for the next one. */
static size_t
find(size_t *up, size_t i)
{
	while (up[i] != i) {
		up[i] = up[up[i]];
		i = up[i];
	}
	return i;
}

static void
join(size_t *up, size_t i, size_t j)
{
	i = find(up, i);
	j = find(up, j);
	if (i < j)
		up[j] = i;
	else
		up[i] = j;
}

void
conversation_find(struct arena *a, const struct conversation_mail *v, size_t n,
    size_t *group_out)
{
	struct mentions all = { 0 };
	size_t room = 0;

	for (size_t i = 0; i < n; i++)
		room += 1 + v[i].in_reply_to.n + v[i].references.n;
	all.v = arena_new(a, struct mention, room);
	for (size_t i = 0; i < n; i++) {
		group_out[i] = i;
		mention_mail(&all, &v[i], i);
	}
	if (all.n > 0)
		qsort(all.v, all.n, sizeof *all.v, by_id);
	for (size_t i = 1, first = 0; i < all.n; i++) {
		if (strcmp(all.v[first].id, all.v[i].id) != 0)
			first = i;
		else if (!all.v[i].own)
			join(group_out, all.v[first].mail, all.v[i].mail);
	}
	for (size_t i = 0; i < n; i++)
		group_out[i] = find(group_out, i);
}
