#include "charset.h"
#include "lang.h"
#include "limits.h"
#include "parse.h"
#include "parse_int.h"
#include "quote.h"
#include "rfc2047.h"
#include "utf8.h"

#include <string.h>

enum status
parse_init(struct fault *f)
{
	return charset_open(f);
}

/* A byte order mark, blank lines above the header, and line ends of bare CR are wrong but
 * plain; they are taken off before anything else looks. */
static struct span
outer(struct arena *a, struct span s)
{
	char *z;

	if (s.n >= 3 && memcmp(s.p, "\xef\xbb\xbf", 3) == 0)
		s = span_from(s.p + 3, s.n - 3);
	while (s.n > 0 && strchr("\r\n", s.p[0]) != NULL && s.p[0] != '\0')
		s = span_from(s.p + 1, s.n - 1);
	if (memchr(s.p, '\n', s.n) != NULL || memchr(s.p, '\r', s.n) == NULL)
		return s;
	z = arena_span(a, s);
	for (size_t i = 0; i < s.n; i++)
		if (z[i] == '\r')
			z[i] = '\n';
	return span_from(z, s.n);
}

const char *
parse_cap(struct arena *a, const char *z, size_t max, bool *cut)
{
	struct span s = span_of(z);

	if (s.n <= max)
		return z;
	*cut = true;
	return arena_strndup(a, z, utf8_floor(s, max));
}

static bool
addresses(struct arena *a, const struct headers *h, const char *field, struct addrs *out)
{
	bool all = addr_list(a, header_value(h, field), out);

	for (size_t i = 0; i < out->n; i++)
		out->v[i].name = rfc2047_decode(a, span_of(out->v[i].name), LIMIT_SUBJECT);
	return all;
}

static void
read_fields(struct arena *a, struct mail *m)
{
	const struct headers *h = &m->headers;
	bool cut = false;

	m->message_id = msgid_first(a, header_value(h, "Message-ID"));
	cut |= !msgid_list(a, header_value(h, "In-Reply-To"), &m->in_reply_to);
	cut |= !msgid_list(a, header_value(h, "References"), &m->references);
	cut |= !addresses(a, h, "From", &m->from);
	cut |= !addresses(a, h, "Reply-To", &m->reply_to);
	cut |= !addresses(a, h, "To", &m->to);
	cut |= !addresses(a, h, "Cc", &m->cc);
	/* RFC 5322 3.6: one From. With two, nobody knows who wrote. */
	if (header_count(h, "From") > 1)
		m->from.broken = true;
	m->subject = parse_cap(a, rfc2047_decode(a, header_value(h, "Subject"),
	    LIMIT_SUBJECT + PARSE_CAP), LIMIT_SUBJECT, &cut);
	if (cut)
		m->flags |= MAIL_CUT;
	m->date = parse_date(header_value(h, "Date"));
}

static bool
has_extension(const char *name, const char *ext)
{
	return span_iends(span_of(name), ext);
}

static bool
is_tnef(const struct part *p)
{
	return part_is(p, "application/ms-tnef") || part_is(p, "application/vnd.ms-tnef") ||
	    span_ieq(span_of(p->filename), "winmail.dat");
}

/* Enveloped, or compressed, or signed with the text inside the envelope: none is readable. */
static bool
is_smime(const struct part *p)
{
	return part_is(p, "application/pkcs7-mime") || part_is(p, "application/x-pkcs7-mime") ||
	    (part_is(p, "application/octet-stream") && has_extension(p->filename, ".p7m"));
}

unsigned
part_flags(const struct tree *t)
{
	unsigned flags = 0;

	for (int i = 0; i < t->n; i++) {
		const struct part *p = &t->v[i];

		if (part_is(p, "multipart/encrypted") || is_smime(p))
			flags |= MAIL_ENCRYPTED;
		if (part_is(p, "multipart/signed"))
			flags |= MAIL_SIGNED;
		if (is_tnef(p))
			flags |= MAIL_TNEF;
	}
	return flags;
}

static unsigned
text_flags(const char *z)
{
	static const struct { const char *mark; unsigned flag; } marks[] = {
		{ "-----BEGIN PGP MESSAGE-----", MAIL_ENCRYPTED },
		{ "-----BEGIN PGP SIGNED MESSAGE-----", MAIL_SIGNED },
	};
	unsigned flags = 0;

	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		const char *p = strstr(z, marks[i].mark);

		if (p != NULL && (p == z || p[-1] == '\n'))
			flags |= marks[i].flag;
	}
	return flags;
}

/* Parts that serve programs and are no file of anybody. */
static bool
is_machinery(const struct part *p)
{
	static const char *const types[] = {
		"message/delivery-status", "message/disposition-notification",
		"message/feedback-report", "application/pgp-signature",
		"application/pgp-encrypted",
		"application/pkcs7-signature", "application/x-pkcs7-signature", "text/calendar",
		"text/rfc822-headers", "text/x-amp-html", "message/global-delivery-status",
	};

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (part_is(p, types[i]))
			return true;
	return false;
}

/* Inside a message that is attached: that message is the file. */
static bool
in_message(const struct tree *t, int i)
{
	for (i = t->v[i].parent; i > 0; i = t->v[i].parent)
		if (t->v[i].kind == PART_MESSAGE)
			return true;
	return false;
}

/* Text that is read as the mail's own is no file, even where it bears a name. */
static bool
is_attachment(const struct tree *t, int i)
{
	const struct part *p = &t->v[i];

	if (p->kind == PART_MULTI || part_readable(p) || in_message(t, i))
		return false;
	if (p->filename[0] != '\0' || p->attached)
		return true;
	if (p->kind == PART_MESSAGE)
		return i > 0 && !part_in_report(t, i);
	return !is_machinery(p);
}

/* RFC 2387 and RFC 2392: the pictures of an HTML text, whatever their disposition says. */
static bool
is_inline(const struct tree *t, int i)
{
	const struct part *p = &t->v[i];

	return p->shown || (p->parent != PARSE_NONE &&
	    part_is(&t->v[p->parent], "multipart/related") &&
	    header_count(&p->h, "Content-ID") > 0);
}

/* Of all of part[], the parts of m->att, or of none: half of an answer is no answer. */
static void
give_bytes(struct tree *t, const int *part, struct mail *m)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < m->natt; i++) {
		m->att[i].size = part_size_exact(&t->v[part[i]]);
		sum += m->att[i].size;
	}
	if (sum > LIMIT_RELAY_BYTES || t->n == LIMIT_MIME_PARTS || m->flags & MAIL_PARTIAL)
		m->flags |= MAIL_PARTS_TOO_BIG;
	if (m->flags & MAIL_PARTS_TOO_BIG)
		return;
	for (size_t i = 0; i < m->natt; i++)
		m->att[i].bytes = part_whole(t->a, &t->v[part[i]], (size_t)m->att[i].size);
}

static void
list_attachments(struct tree *t, unsigned want, struct mail *m)
{
	int part[LIMIT_ATTACHMENTS];

	m->att = arena_new(t->a, struct attachment, LIMIT_ATTACHMENTS);
	for (int i = 0; i < t->n; i++) {
		const struct part *p = &t->v[i];

		if (!is_attachment(t, i))
			continue;
		if (m->natt == LIMIT_ATTACHMENTS) {
			m->flags |= MAIL_CUT | (want & PARSE_BYTES ? MAIL_PARTS_TOO_BIG : 0u);
			break;
		}
		part[m->natt] = i;
		m->att[m->natt++] = (struct attachment){ p->filename, p->type, part_size(p),
		    span_of(""), is_inline(t, i) };
	}
	if (want & PARSE_BYTES)
		give_bytes(t, part, m);
}

static const char *
find_ical(struct tree *t)
{
	for (int i = 0; i < t->n; i++) {
		const struct part *p = &t->v[i];
		struct span s;

		if (!part_is(p, "text/calendar") && !part_is(p, "application/ics"))
			continue;
		s = part_bytes(t->a, p, PARSE_ICAL, &t->cut);
		s = charset_decode(t->a, s, p->charset[0] != '\0' ? p->charset : "utf-8",
		    PARSE_ICAL);
		return arena_span(t->a, s);
	}
	return "";
}

static void
read_parts(struct arena *a, struct span body, unsigned want, struct mail *m)
{
	struct tree t;
	bool forward = false;

	part_split(a, &m->headers, body, &t);
	m->flags |= part_flags(&t);
	m->text = part_text(&t, &m->flags);
	m->flags |= text_flags(m->text);
	m->ical = find_ical(&t);
	list_attachments(&t, want, m);
	bounce_read(&t, m, &m->bounce);
	m->reply_text = quote_strip(a, span_of(m->text), m->subject, &forward);
	if (forward)
		m->flags |= MAIL_FORWARD;
	if (t.cut || m->headers.cut)
		m->flags |= MAIL_CUT;
}

enum status
parse_mail(struct arena *a, struct span raw, unsigned want, struct mail *out, struct fault *f)
{
	char lang[LANG_MAX];
	struct span body;

	*out = (struct mail){ .message_id = "", .subject = "", .text = "", .reply_text = "",
	    .lang = "fr", .ical = "",
	    .bounce = { REPORT_NONE, "", "", "", "" } };
	header_scan(a, outer(a, raw), &out->headers, &body);
	if (out->headers.n == 0)
		return fault_set(f, ST_PERM, "no mail: no header field");
	if (want & PARSE_PARTIAL)
		out->flags |= MAIL_PARTIAL;
	read_fields(a, out);
	read_parts(a, body, want, out);
	lang_guess(out->reply_text, strlen(out->reply_text), lang);
	out->lang = arena_strdup(a, lang);
	return ST_OK;
}
