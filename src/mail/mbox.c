#include "mbox.h"

#include "addr.h"
#include "compose_int.h"
#include "date.h"

#include <string.h>

static bool
is_from_line(struct span line)
{
	while (line.n > 0 && line.p[0] == '>')
		line = span_from(line.p + 1, line.n - 1);
	return line.n >= 5 && memcmp(line.p, "From ", 5) == 0;
}

/* "Tue Nov 24 09:12:00 2026", UTC, as ctime has it. */
static void
stamp(struct buf *out, int64_t at)
{
	static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };
	enum { DAY = 86400 };
	int64_t day = at / DAY - (at % DAY < 0), s = at - day * DAY;
	struct date d = date_of_day((date_day)day);

	buf_addf(out, "From MAILER-DAEMON %s %s %2d %02d:%02d:%02d %04d\n",
	    days[date_weekday((date_day)day)], months[d.m - 1], d.d, (int)(s / 3600),
	    (int)(s / 60 % 60), (int)(s % 60), d.y);
}

void
mbox_add(struct buf *out, struct span raw, int64_t at)
{
	struct span line;

	buf_reserve(out, raw.n + 256);
	stamp(out, at);
	while (span_line(&raw, &line)) {
		if (is_from_line(line))
			buf_addc(out, '>');
		buf_add(out, line);
		buf_addc(out, '\n');
	}
	buf_addc(out, '\n');
}

void
mbox_rebuild(struct buf *out, const struct mbox_kept *m)
{
	char date[DATE_RFC5322_MAX];

	date_rfc5322(m->at, date);
	if (addr_is_strict(m->from))
		compose_mailbox(out, "From", "", m->from);
	else
		compose_field(out, "From", m->from);
	compose_field(out, "Date", date);
	compose_field(out, "Subject", m->subject);
	if (compose_id_ok(m->message_id))
		compose_field(out, "Message-ID", m->message_id);
	compose_field(
	    out, "X-Bureaud-Rebuilt", "from the text that was kept; the original is gone");
	compose_field(out, "MIME-Version", "1.0");
	compose_text(out, "text/plain", m->text);
}
