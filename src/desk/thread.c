#include "thread.h"

#include "limits.h"

#include <string.h>

enum { DELIVERIES_MAX = 4 };	/* fields of one name: a server or two on the way */
enum { KEYS_MAX = 2 * LIMIT_MSGIDS + 2 * LIMIT_ADDRESSES + 2, DAY = 24 * 60 * 60 };

static void
key_add(struct thread_keys *k, enum thread_by by, const char *z)
{
	if (z[0] == '\0' || k->n == KEYS_MAX)
		return;
	for (size_t i = 0; i < k->n; i++)
		if (strcmp(k->v[i].key, z) == 0)
			return;
	k->v[k->n++] = (struct thread_key){ by, z };
}

static void
ids_add(struct thread_keys *k, const struct desk *d, const struct msgids *ids, enum thread_by by)
{
	for (size_t i = ids->n; i > 0; i--)	/* the newest stands last */
		if (msgid_is_ours(d->key, ids->v[i - 1]) == (by == THREAD_BY_SIGNED))
			key_add(k, by, ids->v[i - 1]);
}

/* bureau+TOKEN@domain among those that the mail is addressed to. */
static void
tokens_add(struct arena *a, const struct desk *d, const struct addrs *list, struct thread_keys *k)
{
	for (size_t i = 0; i < list->n; i++) {
		const char *spec = list->v[i].spec, *plus = strchr(spec, '+'), *at = strrchr(spec, '@');

		if (plus == NULL || at == NULL || plus > at)
			continue;
		if (desk_is_own(d, arena_printf(a, "%.*s%s", (int)(plus - spec), spec, at)))
			key_add(k, THREAD_BY_TOKEN, arena_strndup(a, plus + 1, (size_t)(at - plus - 1)));
	}
}

/* Where the mail was delivered to, which To need not tell: a server of ours writes these.
 * Whoever forges one gives away a token that they have, as in To. */
static void
tokens_of_delivery(struct arena *a, const struct desk *d, const struct mail *m,
    struct thread_keys *k)
{
	static const char *const names[] = { "Delivered-To", "X-Original-To", "Envelope-To" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		for (size_t n = 0; n < DELIVERIES_MAX; n++) {
			struct addrs list;

			if (n == header_count(&m->headers, names[i]))
				break;
			(void)addr_list(a, *header_nth(&m->headers, names[i], n), &list);
			tokens_add(a, d, &list, k);
		}
}

static bool
digits(const char *z, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (z[i] < '0' || z[i] > '9')
			return false;
	return true;
}

/* "[BI-2026-00042]" anywhere in the subject; five digits or more. */
static void
tag_add(struct arena *a, const struct desk *d, const char *subject, struct thread_keys *k)
{
	size_t np = strlen(d->prefix);

	for (const char *p = strchr(subject, '['); p != NULL; p = strchr(p + 1, '[')) {
		const char *end = strchr(p, ']'), *z = p + 1;
		size_t n = end == NULL ? 0 : (size_t)(end - z);

		if (n >= np + 11 && n <= np + 16 && strncmp(z, d->prefix, np) == 0 && z[np] == '-' &&
		    digits(z + np + 1, 4) && z[np + 5] == '-' && digits(z + np + 6, n - np - 6)) {
			key_add(k, THREAD_BY_TAG, arena_strndup(a, z, n));
			return;
		}
	}
}

void
thread_keys_of(struct arena *a, const struct desk *d, const struct mail *m,
    struct thread_keys *out)
{
	out->v = arena_new(a, struct thread_key, KEYS_MAX);
	out->n = 0;
	if (bounce_is_trouble(&m->bounce))
		key_add(out, THREAD_BY_SIGNED, m->bounce.message_id);
	ids_add(out, d, &m->in_reply_to, THREAD_BY_SIGNED);
	ids_add(out, d, &m->references, THREAD_BY_SIGNED);
	ids_add(out, d, &m->in_reply_to, THREAD_BY_STORED);
	ids_add(out, d, &m->references, THREAD_BY_STORED);
	tokens_add(a, d, &m->to, out);
	tokens_add(a, d, &m->cc, out);
	tokens_of_delivery(a, d, m, out);
	tag_add(a, d, m->subject, out);
}

/* May this sender's mail enter that ticket?  A proven agent's may enter any; a delivery report
 * belongs to the mail of ours that it names. */
static bool
may_enter(const struct ident *who, const struct thread_hit *h)
{
	return h->takes_part || who->who == WHO_AGENT ||
	    (who->who == WHO_BOUNCE && h->by == THREAD_BY_SIGNED);
}

static const struct thread_hit *
first_allowed(const struct ident *who, const struct thread_hit *hits, size_t n, bool *two_out)
{
	const struct thread_hit *first = NULL;

	*two_out = false;
	for (size_t i = 0; i < n; i++) {
		if (!may_enter(who, &hits[i]))
			continue;
		if (first == NULL)
			first = &hits[i];
		else if (hits[i].ticket != first->ticket)
			*two_out = true;
	}
	return first;
}

static const struct thread_hit *
about(const struct thread_hit *h)
{
	return h->sensitive ? NULL : h;
}

/* A closed ticket is woken by people only, and only for so long. */
static void
wake(const struct desk *d, const struct ident *who, int64_t now, struct thread *out)
{
	const struct thread_hit *h = out->hit;

	if (h->state != TICKET_CLOSED || who->who != WHO_CITIZEN)
		return;
	if (now - h->closed_at <= (int64_t)d->reopen_days * DAY) {
		out->reopens = true;
		return;
	}
	*out = (struct thread){ THREAD_NEW, NULL, about(h), false,
	    "answers a ticket that was closed long ago" };
}

void
thread_decide(const struct desk *d, const struct ident *who, const struct thread_hit *hits,
    size_t n, int64_t now, struct thread *out)
{
	bool two;
	const struct thread_hit *h = first_allowed(who, hits, n, &two);

	if (h == NULL && n == 0)
		*out = (struct thread){ .how = THREAD_NEW, .because = "names no ticket" };
	else if (h == NULL)
		*out = (struct thread){ THREAD_NEW, NULL, about(&hits[0]), false,
		    "names a ticket that the sender takes no part in" };
	else if (two && h->by != THREAD_BY_SIGNED)
		*out = (struct thread){ THREAD_DOUBT, NULL, about(h), false, "names two tickets" };
	else {
		static const char *const by[] = {
			[THREAD_BY_SIGNED] = "answers a mail of ours",
			[THREAD_BY_STORED] = "answers a mail of that ticket",
			[THREAD_BY_TOKEN] = "written to the ticket's address",
			[THREAD_BY_TAG] = "the reference is in the subject",
		};

		*out = (struct thread){ THREAD_APPEND, h, NULL, false, by[h->by] };
		wake(d, who, now, out);
	}
}

const char *
thread_how_name(enum thread_how h)
{
	static const char *const names[] = {
		[THREAD_NEW] = "new", [THREAD_APPEND] = "append", [THREAD_DOUBT] = "doubt",
	};

	return names[h];
}
