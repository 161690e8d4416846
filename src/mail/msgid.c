#include "limits.h"
#include "mac.h"
#include "msgid.h"

#include <string.h>

enum { TOKEN = 16, TOKEN_BITS = 80 };	/* base32 characters */

/* The <...> at s.p[at], which is '<'.  Ids cannot hold '<', so the scan never goes back. */
static size_t
id_end(struct span s, size_t at)
{
	size_t i = at + 1, ats = 0;

	while (i < s.n && s.p[i] > ' ' && s.p[i] < 0x7f && s.p[i] != '<' && s.p[i] != '>')
		ats += s.p[i++] == '@';
	if (i >= s.n || s.p[i] != '>' || ats != 1 || i + 1 - at > LIMIT_MSGID)
		return 0;
	if (s.p[at + 1] == '@' || s.p[i - 1] == '@')
		return 0;
	return i + 1;
}

static bool
id_known(const struct msgids *l, struct span id)
{
	for (size_t i = 0; i < l->n; i++)
		if (span_eq(id, l->v[i]))
			return true;
	return false;
}

bool
msgid_list(struct arena *a, struct span header, struct msgids *out)
{
	bool all = true;

	*out = (struct msgids){ 0 };
	for (size_t i = 0; i < header.n;) {
		size_t end = header.p[i] == '<' ? id_end(header, i) : 0;
		struct span id = span_from(header.p + i, end - i);

		if (end == 0) {
			i++;
			continue;
		}
		i = end;
		if (id_known(out, id))
			continue;
		if (out->v == NULL)
			out->v = arena_new(a, const char *, LIMIT_MSGIDS);
		if (out->n == LIMIT_MSGIDS) {
			memmove(out->v, out->v + 1, --out->n * sizeof *out->v);
			all = false;
		}
		out->v[out->n++] = arena_span(a, id);
	}
	return all;
}

const char *
msgid_first(struct arena *a, struct span header)
{
	for (size_t i = 0; i < header.n; i++) {
		size_t end = header.p[i] == '<' ? id_end(header, i) : 0;

		if (end > 0)
			return arena_strndup(a, header.p + i, end - i);
	}
	return "";
}

static void
mac_text(struct span key, struct span text, char out[TOKEN + 1])
{
	struct sha256 h = mac_of(key, text);

	base32_put(h.b, TOKEN_BITS, out);
}

const char *
msgid_make(struct arena *a, struct span key, const char *ref, const char *kind,
    const unsigned char random[MSGID_RANDOM], const char *domain)
{
	char token[TOKEN + 1], mac[TOKEN + 1];

	base32_put(random, TOKEN_BITS, token);
	mac_text(key, span_of(arena_printf(a, "%s.%s.%s@%s", ref, kind, token, domain)), mac);
	return arena_printf(a, "<%s.%s.%s.%s@%s>", ref, kind, token, mac, domain);
}

/* The pieces of REF.KIND.RANDOM.MAC@domain, brackets optional. */
static bool
id_split(const char *id, struct span piece[4], struct span *domain)
{
	struct span s = span_of(id), local;
	size_t n = 0;

	if (s.n >= 2 && s.p[0] == '<' && s.p[s.n - 1] == '>')
		s = span_from(s.p + 1, s.n - 2);
	if (!span_cut(&s, '@', &local) || s.n == 0)
		return false;
	*domain = s;
	while (n < 4 && span_cut(&local, '.', &piece[n]))
		n++;
	return n == 4 && local.n == 0 && piece[2].n == TOKEN && piece[3].n == TOKEN;
}

bool
msgid_is_ours(struct span key, const char *id)
{
	struct span piece[4], domain;
	char text[LIMIT_MSGID + 1], mac[TOKEN + 1];
	size_t head;

	if (key.n == 0 || strlen(id) > LIMIT_MSGID || !id_split(id, piece, &domain))
		return false;
	head = (size_t)(piece[2].p + piece[2].n - piece[0].p);
	memcpy(text, piece[0].p, head);
	text[head] = '@';
	memcpy(text + head + 1, domain.p, domain.n);
	mac_text(key, span_from(text, head + 1 + domain.n), mac);
	return mac_same(piece[3], span_from(mac, TOKEN));
}

const char *
msgid_kind(struct arena *a, const char *id)
{
	struct span piece[4], domain;

	return id_split(id, piece, &domain) ? arena_span(a, piece[1]) : "";
}

const char *
msgid_token(struct arena *a, const char *id)
{
	struct span piece[4], domain;

	return id_split(id, piece, &domain) ? arena_span(a, piece[2]) : "";
}
