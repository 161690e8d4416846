#include "compose_int.h"

#include "date.h"
#include "limits.h"
#include "utf8.h"

#include <string.h>

/* A quoted-printable or base64 body never holds "=_", so that these end no body early; a
 * body that does hold it is never sent as 7bit. */
#define MIXED "=_bureaud_mixed"
#define TWINS "=_bureaud_alternative"
#define RELATED "=_bureaud_related"

static bool
text_ok(const char *z)
{
	return utf8_valid(span_of(z));
}

static enum status
check(const struct outmail *m, struct fault *f)
{
	const char *spec[] = { m->from, m->to, m->reply_to[0] == '\0' ? m->to : m->reply_to };
	const char *text[] = { m->from_name, m->subject, m->text, m->html, m->kind, m->ticket };

	for (size_t i = 0; i < sizeof spec / sizeof *spec; i++)
		if (!addr_is_strict(spec[i]))
			return fault_set(f, ST_PERM, "not an address we may write to");
	for (size_t i = 0; i < sizeof text / sizeof *text; i++)
		if (!text_ok(text[i]))
			return fault_set(f, ST_PERM, "a text to send is not UTF-8");
	for (size_t i = 0; i < m->nimages; i++)
		if (!addr_is_strict(m->image[i].cid))
			return fault_set(f, ST_PERM, "not the name of a picture");
	if (!compose_id_ok(m->message_id))
		return fault_set(f, ST_PERM, "a mail of ours without a Message-ID");
	return ST_OK;
}

static bool
lang_ok(const char *lang)
{
	size_t n = strspn(lang, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789-, ");

	return n > 0 && n <= 35 && lang[n] == '\0';
}

static void
put(struct buf *out, const char *name, const char *value)
{
	buf_addz(out, name);
	buf_addz(out, ": ");
	buf_addz(out, value);
	buf_addz(out, "\r\n");
}

/* RFC 3834 3.1.7; the second field asks Exchange for silence (MS-OXCMAIL). */
static void
put_automatic(struct buf *out, enum compose_auto how)
{
	if (how == COMPOSE_HUMAN)
		return;
	put(out, "Auto-Submitted",
	    how == COMPOSE_REPLIED ? "auto-replied" : "auto-generated");
	put(out, "X-Auto-Response-Suppress", "All");
}

static void
put_head(struct buf *out, const struct outmail *m)
{
	char date[DATE_RFC5322_MAX];

	compose_mailbox(out, "From", m->from_name, m->from);
	compose_mailbox(out, "To", "", m->to);
	if (m->reply_to[0] != '\0')
		compose_mailbox(out, "Reply-To", "", m->reply_to);
	compose_field(out, "Subject", m->subject);
	date_rfc5322(m->date, date);
	put(out, "Date", date);
	put(out, "Message-ID", m->message_id);
	if (compose_id_ok(m->in_reply_to))
		put(out, "In-Reply-To", m->in_reply_to);
	compose_references(out, &m->references);
	if (lang_ok(m->lang))
		put(out, "Content-Language", m->lang);
	put_automatic(out, m->automatic);
	put(out, "X-Bureaud-Loop", m->message_id);
	if (m->kind[0] != '\0')
		compose_field(out, "X-Bureaud-Kind", m->kind);
	if (m->ticket[0] != '\0')
		compose_field(out, "X-Bureaud-Ticket", m->ticket);
	put(out, "MIME-Version", "1.0");
}

static void
put_boundary(struct buf *out, const char *boundary, const char *tail)
{
	buf_addz(out, "--");
	buf_addz(out, boundary);
	buf_addz(out, tail);
	buf_addz(out, "\r\n");
}

static void
put_multipart(struct buf *out, const char *subtype, const char *boundary)
{
	buf_addf(out, "Content-Type: multipart/%s; boundary=\"%s\"\r\n\r\n", subtype, boundary);
}

/* RFC 2387, RFC 2392 */
static void
put_html(struct buf *out, const struct outmail *m)
{
	if (m->nimages == 0) {
		compose_text(out, "text/html", m->html);
		return;
	}
	buf_addf(out, "Content-Type: multipart/related; type=\"text/html\"; boundary=\"%s\""
	    "\r\n\r\n", RELATED);
	put_boundary(out, RELATED, "");
	compose_text(out, "text/html", m->html);
	for (size_t i = 0; i < m->nimages; i++) {
		put_boundary(out, RELATED, "");
		buf_addf(out, "Content-ID: <%s>\r\n", m->image[i].cid);
		compose_part_head(out, &(struct compose_part){ m->image[i].type, "",
		    m->image[i].bytes });
		compose_base64(out, m->image[i].bytes);
	}
	put_boundary(out, RELATED, "--");
}

static void
put_text(struct buf *out, const struct outmail *m)
{
	if (m->html[0] == '\0') {
		compose_text(out, "text/plain", m->text);
		return;
	}
	put_multipart(out, "alternative", TWINS);
	put_boundary(out, TWINS, "");
	compose_text(out, "text/plain", m->text);
	put_boundary(out, TWINS, "");
	put_html(out, m);
	put_boundary(out, TWINS, "--");
}

static void
put_body(struct buf *out, const struct outmail *m)
{
	if (m->nparts == 0) {
		put_text(out, m);
		return;
	}
	put_multipart(out, "mixed", MIXED);
	put_boundary(out, MIXED, "");
	put_text(out, m);
	for (size_t i = 0; i < m->nparts; i++) {
		put_boundary(out, MIXED, "");
		compose_part_head(out, &m->part[i]);
		compose_base64(out, m->part[i].bytes);
	}
	put_boundary(out, MIXED, "--");
}

enum status
compose_mail(const struct outmail *m, size_t max, struct buf *out, struct fault *f)
{
	enum status st = check(m, f);

	buf_reset(out);
	out->max = max;
	if (st != ST_OK)
		return st;
	put_head(out, m);
	put_body(out, m);
	if (!buf_full(out))
		return ST_OK;
	buf_reset(out);
	return fault_set(f, ST_PERM, "mail to send is larger than %zu bytes", max);
}
