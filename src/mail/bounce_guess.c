#include "limits.h"
#include "parse_int.h"

#include <string.h>
#include <strings.h>

enum { LOOK = 32 * 1024 };	/* bytes of text that are searched */

static bool
has_any(struct span s, const char *const *words, size_t n)
{
	const char *z = s.p;

	for (size_t i = 0; i < n; i++)
		if (strcasestr(z, words[i]) != NULL)
			return true;
	return false;
}

/* Subjects of servers, French and English; compared without case. */
static const char *const subjects[] = {
	"undeliver", "non remis", "non distribu", "non délivr", "not delivered",
	"returned mail", "mail delivery fail", "delivery status notif", "failure notice",
	"delivery fail", "failure delivery", "delivery has failed", "could not be delivered",
	"delivery notification", "mail system error", "returned to sender",
	"returning message to sender", "returning to sender", "échec de la remise",
	"échec de remise", "échec de livraison", "échec de distribution",
	"notification d'état de remise", "notification d’état de remise",
	"notification d'état de la remise", "état de distribution", "retour à l'expéditeur",
	"mail failure", "message delivery", "could not send message",
	"unable to deliver", "unzustellbar", "nicht zugestellt", "warning: could not send",
	"delayed mail", "message delayed", "remise différée", "warning--could not send",
	"retour de courrier", "message non envoy", "errors from",
};

/* What they write to the sender. */
static const char *const phrases[] = {
	"could not be delivered", "couldn't be delivered", "was not delivered",
	"wasn't able to deliver your message", "was unable to deliver", "unable to deliver",
	"not able to deliver", "did not reach the following recipient",
	"delivery to the following recipient", "delivery has failed", "delivery failed",
	"has not been delivered", "undeliverable", "cannot be delivered",
	"can not be delivered",
	"following addresses had", "could not deliver", "delivery error", "returned mail",
	"message you sent", "message that you sent", "not yet been delivered",
	"your message was automatically rejected", "user unknown",
	"recipient address rejected", "mailbox unavailable", "mailbox is full",
	"no such user", "returned to you", "permanent error", "permanent fatal errors",
	"n'a pas pu être remis", "n’a pas pu être remis", "n'a pu être remis",
	"n'a pas pu être distribu", "n'a pas pu être délivr", "n'ont pas pu être remis",
	"impossible de remettre", "échec de la remise", "n'a pas été remis",
	"n'a pas atteint", "adresse inconnue", "boîte aux lettres pleine",
	"destinataire inconnu", "remise de votre message", "message hasn't been delivered",
	"this is a copy of the message", "this is a copy of your message", "not be sent",
	"transcript of session follows", "reporting-mta",
};

/* What the manager of a list writes to somebody whose mail it does not pass on. */
static const char *const list_phrases[] = {
	"not a member of", "are not member", "not allowed to post", "not authorized to post",
	"only members", "post by non-member", "duplicated message-id", "loop alert",
	"message was rejected", "n'êtes pas membre", "n'êtes pas abonné",
	"n'êtes pas autorisé",
};

static const char *const delays[] = {
	"delayed", "(delay)", "warning: could not send", "warning: message", "still be retried",
	"will be retried", "will keep trying", "could not send message for past",
	"could not send mail for past", "has not yet been delivered", "remise différée",
	"retardé", "notification: warning", "notification d'état de remise (retard)",
	"delivery attempts will continue", "you do not need to resend",
};

static const char *const daemons[] = {
	"mailer-daemon", "mailerdaemon", "postmaster", "post_master", "mail-daemon",
	"mail.delivery", "bounce", "double-bounce", "mmsc", "sysadmin", "mdaemon",
};

static const char *const robots[] = {
	"no-reply", "noreply", "admin", "system", "daemon", "mail",
};

static const char *const managers[] = {
	"-admin", "-owner", "-request", "-bounces", "-ctl", "-errors",
};

static bool
local_is(const char *spec, const char *const *list, size_t n)
{
	struct span local = addr_local(spec);

	for (size_t i = 0; i < n; i++)
		if (span_istarts(local, list[i]))
			return true;
	return false;
}

#define COUNT(list) (sizeof (list) / sizeof (list)[0])

static bool
from_daemon(const struct mail *m)
{
	struct span raw = header_value(&m->headers, "From");

	if (m->from.n > 0)
		return local_is(m->from.v[0].spec, daemons, COUNT(daemons));
	return span_eq(raw, "<>") || strcasestr(raw.p, "daemon") != NULL ||
	    strcasestr(raw.p, "postmaster") != NULL;
}

/* An empty envelope sender, or what old servers write instead. */
static bool
null_path(const struct mail *m)
{
	struct span v = header_value(&m->headers, "Return-Path");

	return span_eq(v, "<>") || strcasestr(v.p, "mailer-daemon") != NULL;
}

/* The top of the text, where a server says what happened; NUL-ended. */
static struct span
top(struct arena *a, const struct mail *m)
{
	size_t n = strnlen(m->text, LOOK);

	return span_from(arena_strndup(a, m->text, n), n);
}

/* The notice of a list manager: its address says so, or the field that it marks its own
 * mails with. */
static bool
from_manager(const struct mail *m)
{
	struct span local;

	if (m->from.n == 0)
		return false;
	if (header_get(&m->headers, "X-MLServer") != NULL ||
	    header_get(&m->headers, "X-List-Administrivia") != NULL)
		return true;
	local = addr_local(m->from.v[0].spec);
	for (size_t i = 0; i < COUNT(managers); i++)
		if (span_iends(local, managers[i]))
			return true;
	return span_istarts(local, "owner-");
}

/* With the words of a delivery failure, or for a manager those of a refusal. */
static bool
says_so(struct arena *a, const struct mail *m, bool manager)
{
	struct span text = top(a, m);

	return has_any(text, phrases, COUNT(phrases)) ||
	    (manager && (has_any(text, list_phrases, COUNT(list_phrases)) ||
	    has_any(span_of(m->subject), list_phrases, COUNT(list_phrases))));
}

bool
bounce_looks(struct arena *a, const struct mail *m, bool returned)
{
	bool subject = has_any(span_of(m->subject), subjects, COUNT(subjects));
	bool daemon = from_daemon(m), null = null_path(m), manager = from_manager(m);
	bool robot = manager || (m->from.n > 0 &&
	    local_is(m->from.v[0].spec, robots, COUNT(robots)));

	if (header_get(&m->headers, "X-Failed-Recipients") != NULL)
		return true;
	if (!daemon && !null && !(robot && (subject || returned || manager)))
		return false;
	return (subject && (daemon || null)) || says_so(a, m, manager);
}

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "5.1.1" (RFC 3463) with nothing of a number or a word around it. */
static const char *
find_status(struct arena *a, struct span s)
{
	for (size_t i = 0; i + 4 < s.n; i++) {
		size_t n = 2, dots = 1;

		if (strchr("245", s.p[i]) == NULL || s.p[i] == '\0' || s.p[i + 1] != '.' ||
		    (i > 0 && (digit(s.p[i - 1]) || s.p[i - 1] == '.')))
			continue;
		while (i + n < s.n && (digit(s.p[i + n]) || s.p[i + n] == '.'))
			dots += s.p[i + n++] == '.';
		if (s.p[i + n - 1] == '.')
			dots--, n--;
		if (dots == 2 && n <= 8 && strstr(arena_strndup(a, s.p + i, n), "..") == NULL)
			return arena_strndup(a, s.p + i, n);
	}
	return "";
}

/* Where the copy of our mail starts: addresses below it are not the failed one. */
static size_t
copy_start(struct span s)
{
	static const char *const marks[] = {
		"this is a copy of", "below this line is a copy", "original message follows",
		"unsent message", "returned message", "message header follows",
		"copie du message",
		"en-tête du message", "original message header", "----- original message",
		"message d'origine", "--- the header of the original", "begin message",
		"return-path:",
	};
	size_t at = s.n;

	for (size_t i = 0; i < COUNT(marks); i++) {
		const char *p = strcasestr(s.p, marks[i]);

		if (p != NULL && (size_t)(p - s.p) < at)
			at = (size_t)(p - s.p);
	}
	return at;
}

static bool
addr_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~.@", c) != NULL);
}

/* No server, none of the addresses that the report itself bears. */
static bool
may_have_failed(const struct mail *m, const char *spec)
{
	if (!addr_is_strict(spec) || local_is(spec, daemons, COUNT(daemons)))
		return false;
	for (size_t i = 0; i < m->to.n; i++)
		if (addr_same(m->to.v[i].spec, spec))
			return false;
	for (size_t i = 0; i < m->from.n; i++)
		if (addr_same(m->from.v[i].spec, spec))
			return false;
	return true;
}

/* The first address in words that may be the failed one. */
static const char *
find_recipient(struct arena *a, const struct mail *m, struct span s)
{
	const char *p = s.p, *end = s.p + s.n, *at;

	while ((at = memchr(p, '@', (size_t)(end - p))) != NULL) {
		const char *from = at, *to = at + 1, *spec;

		while (from > p && addr_char(from[-1]) && from[-1] != '@')
			from--;
		while (to < end && addr_char(*to) && *to != '@')
			to++;
		while (from < at && strchr("'`.*", *from) != NULL)
			from++;
		while (to > at && strchr("'.,:*", to[-1]) != NULL)
			to--;
		spec = arena_strndup(a, from, (size_t)(to - from));
		if (may_have_failed(m, spec))
			return spec;
		p = to > at ? to : at + 1;
	}
	return "";
}

static const char *
header_recipient(struct arena *a, const struct headers *h, const char *name)
{
	struct addrs l;

	addr_list(a, header_value(h, name), &l);
	return l.n > 0 ? l.v[0].spec : "";
}

/* From the words, else from the returned header. */
static const char *
guess_recipient(struct arena *a, const struct mail *m, struct span text, struct span original)
{
	const char *r = header_recipient(a, &m->headers, "X-Failed-Recipients");
	struct headers h;
	struct span body;

	if (r[0] == '\0')
		r = find_recipient(a, m, span_from(text.p, copy_start(text)));
	if (r[0] != '\0')
		return r;
	header_scan(a, original, &h, &body);
	r = header_recipient(a, &h, "To");
	return r[0] != '\0' ? r : find_recipient(a, m, text);
}

/* The Message-ID line of a copy inside the text. */
static const char *
id_in_text(struct arena *a, const char *z)
{
	for (const char *p = z; (p = strcasestr(p, "\nmessage-id:")) != NULL; p++) {
		const char *v = p + strlen("\nmessage-id:");
		const char *id = msgid_first(a, span_from(v, strnlen(v, LIMIT_MSGID + 8)));

		if (id[0] != '\0')
			return id;
	}
	return "";
}

void
bounce_guess(struct arena *a, const struct mail *m, struct span original, struct bounce *out)
{
	struct span text = top(a, m);

	if (out->action[0] == '\0')
		out->action = has_any(span_of(m->subject), delays, COUNT(delays)) ||
		    has_any(text, delays, COUNT(delays)) ? "delayed" : "failed";
	if (out->recipient[0] == '\0')
		out->recipient = guess_recipient(a, m, text, original);
	if (out->status[0] == '\0')
		out->status = find_status(a, text);
	if (out->message_id[0] == '\0')
		out->message_id = id_in_text(a, m->text);
}
