#include "tokens.h"

#include "buf.h"
#include "msgid.h"

#include <string.h>
#include <strings.h>

enum { LOCAL_MAX = 64, TOKEN = (MSGID_RANDOM * 8 + 4) / 5 };

bool
token_proves(enum mail_kind kind)
{
	return kind == MAIL_KIND_NOTIFY || kind == MAIL_KIND_MORNING ||
	    kind == MAIL_KIND_REMINDER;
}

const char *
token_address(struct arena *a, const struct desk *d, const char *message_id)
{
	struct span local = addr_local(d->address);
	const char *token = msgid_token(a, message_id);

	if (token[0] == '\0' || local.n + 1 + strlen(token) > LOCAL_MAX)
		return "";
	return arena_printf(a, "%.*s+%s@%s", (int)local.n, local.p, token,
	    addr_domain(d->address));
}

/* Do TOKEN letters of base32 end at s + end? */
static bool
token_before(struct span s, size_t end)
{
	if (end < TOKEN)
		return false;
	for (size_t i = end - TOKEN; i < end; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '2' && c <= '7')))
			return false;
	}
	return true;
}

static bool
ends_with(struct span s, size_t end, const char *z)
{
	size_t n = strlen(z);

	return end >= n && strncasecmp(s.p + end - n, z, n) == 0;
}

/* Where the secret part begins that ends at the '@' at `at`; `at` when there is none. */
static size_t
secret_at(struct span s, size_t at)
{
	size_t from = at - TOKEN;

	if (!token_before(s, at))
		return at;
	if (ends_with(s, from, "+"))
		return from - 1;
	if (ends_with(s, from, "%2B"))
		return from - 3;
	if (!ends_with(s, from, ".") || !token_before(s, from - 1))
		return at;
	from -= 1 + TOKEN;
	return ends_with(s, from, ".") ? from - 1 : at;
}

static bool
is_ours(const struct desk *d, struct span rest)
{
	if (span_istarts(rest, d->domain))
		return true;
	for (size_t i = 0; i < d->nown; i++)
		if (span_istarts(rest, addr_domain(d->own[i])))
			return true;
	return false;
}

const char *
token_strip(struct arena *a, const struct desk *d, const char *text)
{
	BUF_AUTO struct buf b;
	struct span s = span_of(text);
	size_t done = 0;

	buf_open(&b, s.n + 1);
	for (const char *p = strchr(text, '@'); p != NULL; p = strchr(p + 1, '@')) {
		size_t at = (size_t)(p - text), from = secret_at(s, at);

		if (from == at || from < done || !is_ours(d, span_from(p + 1, s.n - at - 1)))
			continue;
		buf_add(&b, span_from(text + done, from - done));
		done = at;
	}
	if (done == 0)
		return text;
	buf_add(&b, span_from(text + done, s.n - done));
	return arena_span(a, buf_span(&b));
}
