#include "limits.h"
#include "parse_int.h"

#include <string.h>

enum { STATUS_MAX = 256 * 1024, BLOCKS_MAX = 1000 };

/* The first part of that type which is about this mail, or `deep` also inside a message that it
 * carries: a citizen may forward somebody else's report. */
static const struct part *
find_part(const struct tree *t, const char *type, bool deep)
{
	for (int i = 0; i < t->n; i++) {
		int up = i;

		if (!part_is(&t->v[i], type))
			continue;
		while (!deep && up != PARSE_NONE && (up == i || t->v[up].kind != PART_MESSAGE))
			up = t->v[up].parent;
		if (deep || up == PARSE_NONE)
			return &t->v[i];
	}
	return NULL;
}

/* "rfc822; user@host", with or without the type and brackets (RFC 3464 2.3.2). */
static const char *
recipient_of(struct arena *a, struct span v)
{
	const char *semi = memchr(v.p, ';', v.n);
	struct addrs l;

	if (semi != NULL)
		v = span_trim(span_from(semi + 1, v.n - (size_t)(semi + 1 - v.p)));
	addr_list(a, v, &l);
	return l.n > 0 ? l.v[0].spec : "";
}

static const char *
first_recipient(struct arena *a, const struct headers *h)
{
	static const char *const fields[] = {
		"Final-Recipient", "Original-Recipient", "X-Actual-Recipient",
	};

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		const char *r = recipient_of(a, header_value(h, fields[i]));

		if (r[0] != '\0')
			return r;
	}
	return "";
}

static const char *
word_of(struct arena *a, struct span v)
{
	size_t n = 0;

	while (n < v.n && v.p[n] != ' ' && v.p[n] != '\t' && v.p[n] != ';' && v.p[n] != '(')
		n++;
	return addr_key(a, arena_strndup(a, v.p, n));
}

static int
rank(const char *action)
{
	return strcmp(action, "failed") == 0 ? 3 : strcmp(action, "delayed") == 0 ? 2 : 1;
}

/* One group of per-recipient fields: kept when it is worse than what was read before. */
static void
take_block(struct arena *a, const struct headers *h, struct bounce *out)
{
	const char *recipient = first_recipient(a, h), *action, *status;

	if (recipient[0] == '\0' && header_get(h, "Action") == NULL)
		return;
	action = word_of(a, header_value(h, "Action"));
	status = word_of(a, header_value(h, "Status"));
	if (action[0] == '\0')
		action = status[0] == '4' ? "delayed" :
		    status[0] == '2' ? "delivered" : "failed";
	if (out->action[0] != '\0' && rank(action) <= rank(out->action) &&
	    out->recipient[0] != '\0')
		return;
	out->recipient = recipient;
	out->action = action;
	out->status = status;
}

/* Past the next empty line, for a block that is no list of fields. */
static struct span
next_block(struct span s)
{
	struct span line;

	while (span_line(&s, &line))
		if (line.n == 0)
			break;
	return s;
}

static void
read_status(struct tree *t, const struct part *p, struct bounce *out)
{
	struct span rest = part_bytes(t->a, p, STATUS_MAX, &t->cut), after;
	struct headers h;

	for (int i = 0; i < BLOCKS_MAX && rest.n > 0; i++) {
		header_scan(t->a, rest, &h, &after);
		if (h.n > 0)
			take_block(t->a, &h, out);
		rest = after.n < rest.n ? after : next_block(rest);
	}
}

/* The returned original: as a message, or its header alone. */
static struct span
returned(struct tree *t)
{
	static const char *const types[] = {
		"message/rfc822", "text/rfc822-headers", "message/rfc822-headers",
		"message/partial", "message/global", "message/global-headers",
	};

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		const struct part *p = find_part(t, types[i], false);

		if (p != NULL)
			return part_bytes(t->a, p, LIMIT_HEADER_BLOCK, &(bool){ false });
	}
	return span_of("");
}

static const char *
returned_id(struct arena *a, struct span original)
{
	struct headers h;
	struct span body;

	header_scan(a, original, &h, &body);
	return msgid_first(a, header_value(&h, "Message-ID"));
}

static bool
report_type_is(struct arena *a, const struct part *root, const char *type)
{
	return part_is(root, "multipart/report") &&
	    span_ieq(span_of(param_get(a, &root->ct, "report-type", 40)), type);
}

/* The form of Microsoft's Junk Mail Reporting: no report part, the mail complained of alone,
 * with a field for whom it was for on top. */
static bool
is_junk_report(const struct tree *t)
{
	const struct part *p = find_part(t, "message/rfc822", false);

	return p != NULL && p->parent == 0 && t->v[0].first == p - t->v && p->first > 0 &&
	    header_get(&t->v[p->first].h, "X-HmXmrOriginalRecipient") != NULL;
}

static bool
is_feedback(struct tree *t)
{
	return find_part(t, "message/feedback-report", false) != NULL ||
	    report_type_is(t->a, &t->v[0], "feedback-report") || is_junk_report(t);
}

static bool
is_disposition(struct tree *t)
{
	return find_part(t, "message/disposition-notification", false) != NULL ||
	    report_type_is(t->a, &t->v[0], "disposition-notification");
}

static const struct part *
status_part(const struct tree *t, bool deep)
{
	const struct part *p = find_part(t, "message/delivery-status", deep);

	return p != NULL ? p : find_part(t, "message/global-delivery-status", deep);
}

void
bounce_read(struct tree *t, const struct mail *m, struct bounce *out)
{
	const struct part *status = status_part(t, false);
	struct span original = returned(t);
	bool is_report = status != NULL || report_type_is(t->a, &t->v[0], "delivery-status");

	*out = (struct bounce){ REPORT_NONE, "", "", "", "" };
	if (is_feedback(t) || is_disposition(t)) {
		out->report = is_feedback(t) ? REPORT_FEEDBACK : REPORT_DISPOSITION;
		return;
	}
	if (!is_report && bounce_json(t->a, m, out) != REPORT_NONE)
		return;
	if (!is_report && !bounce_looks(t->a, m, original.n > 0)) {
		if (part_is(&t->v[0], "multipart/report"))
			out->report = REPORT_OTHER;
		return;
	}
	out->report = REPORT_DELIVERY;
	if (status == NULL)
		status = status_part(t, true);
	if (status != NULL)
		read_status(t, status, out);
	out->message_id = returned_id(t->a, original);
	bounce_guess(t->a, m, original, out);
}

bool
bounce_is_trouble(const struct bounce *b)
{
	return b->report == REPORT_DELIVERY && (b->action[0] == '\0' ||
	    strcmp(b->action, "failed") == 0 || strcmp(b->action, "delayed") == 0);
}
