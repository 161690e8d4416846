#include "limits.h"
#include "parse_int.h"

#include <string.h>

/* Providers that tell of deliveries through an interface can send the same by mail: one JSON
 * object, or one inside a string of another, whose quotes then bear backslashes.  Nothing is
 * parsed: a key is looked for, and the word behind it. */

enum { LOOK = 32 * 1024 };

/* The word behind the first `key` in s; "" when there is none. */
static const char *
value_of(struct arena *a, const char *s, const char *key)
{
	const char *p = strstr(s, key);
	size_t n;

	if (p == NULL)
		return "";
	p += strlen(key);
	p += strspn(p, "\\\": \t\r\n[");
	n = strcspn(p, "\\\"],}");
	return n > LIMIT_ADDRESS ? "" : arena_strndup(a, p, n);
}

static const char *
notice_kind(struct arena *a, const char *s)
{
	const char *kind = value_of(a, s, "notificationType");

	return kind[0] != '\0' ? kind : value_of(a, s, "eventType");
}

/* From the list of those who were not reached, or who were. */
static void
read_recipient(struct arena *a, const char *s, struct bounce *out)
{
	static const char *const lists[] = {
		"bouncedRecipients", "delayedRecipients", "recipients",
	};
	struct addrs l;

	for (size_t i = 0; i < sizeof lists / sizeof *lists && out->recipient[0] == '\0'; i++) {
		const char *p = strstr(s, lists[i]);

		if (p == NULL)
			continue;
		addr_list(a, span_of(value_of(a, p, "emailAddress")), &l);
		if (l.n > 0)
			out->recipient = l.v[0].spec;
		out->status = value_of(a, p, "status");
	}
}

enum report
bounce_json(struct arena *a, const struct mail *m, struct bounce *out)
{
	static const struct { const char *kind, *action; enum report report; } known[] = {
		{ "Bounce", "failed", REPORT_DELIVERY },
		{ "DeliveryDelay", "delayed", REPORT_DELIVERY },
		{ "Delivery", "delivered", REPORT_DELIVERY },
		{ "Complaint", "", REPORT_FEEDBACK },
	};
	const char *s = arena_strndup(a, m->text, strnlen(m->text, LOOK)), *kind, *id;
	size_t i = 0;

	if (span_trim(span_of(s)).p[0] != '{')
		return REPORT_NONE;
	kind = notice_kind(a, s);
	while (i < sizeof known / sizeof *known && strcmp(kind, known[i].kind) != 0)
		i++;
	if (i == sizeof known / sizeof *known)
		return REPORT_NONE;
	out->report = known[i].report;
	if (out->report != REPORT_DELIVERY)
		return out->report;
	out->action = known[i].action;
	read_recipient(a, s, out);
	id = strcasestr(s, "message-id");
	if (id != NULL)
		out->message_id = msgid_first(a, span_from(id, strnlen(id, 2 * LIMIT_MSGID)));
	return out->report;
}
