/* doctor_mail.c - the two mail servers, what lies in the mailbox, and the clock. */
#include "doctor_int.h"

#include "parse.h"

#include <string.h>

static bool
is_in(const struct judging *g)
{
	return g->x->imap.looked && g->x->imap.why[0] == '\0';
}

static void
certificate(struct judging *g, int days)
{
	static const char todo[] = "renew the server's certificate, or ask who runs it to";

	if (days < 0)
		doctor_warn(g, "use imaps:// and smtps://, or starttls = required",
		    "the connection is not encrypted");
	else if (days < DOCTOR_TLS_FAIL_DAYS)
		doctor_fail(g, todo, "ends in %d days: then no mail moves any more", days);
	else if (days < DOCTOR_TLS_WARN_DAYS)
		doctor_warn(g, todo, "ends in %d days", days);
	else
		doctor_ok(g, "good for %d days", days);
}

/* ---- mailbox ---- */

static void
imap(struct judging *g)
{
	if (!g->x->imap.looked)
		return;
	if (g->x->imap.why[0] != '\0')
		doctor_fail(g, "correct [imap] url, user, password_file or ca_file", "%s",
		    g->x->imap.why);
	else
		doctor_ok(g, "logged in at %s", g->x->imap_host);
}

static void
imap_certificate(struct judging *g)
{
	if (is_in(g))
		certificate(g, g->x->imap_days);
}

static void
imap_folders(struct judging *g)
{
	if (!is_in(g))
		return;
	if (g->x->box.why[0] != '\0')
		doctor_fail(g, "correct [imap] folder", "%s", g->x->box.why);
	else if (g->x->absent[0] != '\0' && g->x->create_folders)
		doctor_ok(g, "made when they are needed: %s", g->x->absent);
	else if (g->x->absent[0] != '\0')
		doctor_fail(g, "make them, or set create_folders = yes", "not there: %s",
		    g->x->absent);
	else
		doctor_ok(g, "all there");
}

static void
sent(struct judging *g)
{
	if (!is_in(g))
		return;
	if (g->x->sent[0] == '\0')
		doctor_warn(g, "set [imap] sent_folder",
		    "the server names no \\Sent: copies go to a folder \"Sent\" of our own");
	else if (g->x->sent_named)
		doctor_ok(g, "%s, as configured", g->x->sent);
	else
		doctor_ok(g, "%s, %s", g->x->sent, g->x->special_use ?
		    "as the server says (SPECIAL-USE)" : "by its usual name");
}

static void
abilities(struct judging *g)
{
	if (!is_in(g))
		return;
	if (!g->x->move && !g->x->uidplus)
		doctor_warn(g, "ask for MOVE or UIDPLUS, or set file_when = never",
		    "neither MOVE nor UIDPLUS: handled mail stays where it is, with a keyword");
	else if (!g->x->uidplus)
		doctor_warn(g, "ask for UIDPLUS",
		    "MOVE but no UIDPLUS: old snapshots cannot be removed");
	else if (!g->x->idle)
		doctor_warn(g, "ask for IDLE, or set a shorter poll_seconds",
		    "no IDLE: a mail is seen within %d s", g->x->poll_seconds);
	else
		doctor_ok(g, "%sUIDPLUS, IDLE%s", g->x->move ? "MOVE, " : "",
		    g->x->special_use ? ", SPECIAL-USE" : "");
}

static void
unhandled(struct judging *g)
{
	int64_t age = g->x->now - g->x->oldest;

	if (!is_in(g) || !g->x->box.looked || g->x->box.why[0] != '\0' || !g->x->db.looked ||
	    g->x->db.why[0] != '\0')
		return;
	if (g->x->unhandled == 0 || age < DOCTOR_UNHANDLED_WARN)
		doctor_ok(g, "%lld mails wait", (long long)g->x->unhandled);
	else if (age < DOCTOR_UNHANDLED_FAIL)
		doctor_warn(g, "see the log", "%lld mails wait, the oldest for %s",
		    (long long)g->x->unhandled, doctor_took(g->a, age));
	else
		doctor_fail(g, "does bureaud run?  See the log",
		    "%lld mails wait, the oldest for "
		    "%s", (long long)g->x->unhandled, doctor_took(g->a, age));
}

/* ---- who vouches for senders ---- */

static const struct doctor_seen *
ours_seen(const struct judging *g)
{
	for (size_t i = 0; i < g->x->nseen; i++)
		if (span_ieq(span_of(g->x->seen[i].id), g->x->desk->authserv_id))
			return &g->x->seen[i];
	return NULL;
}

static const char *
all_seen(struct judging *g)
{
	const char *z = "";

	for (size_t i = 0; i < g->x->nseen; i++)
		z = arena_printf(g->a, "%s%s%s (%u)", z, i > 0 ? ", " : "", g->x->seen[i].id,
		    g->x->seen[i].n);
	return z;
}

/* Anybody can write the field: which name is the border's own only its administrator knows
 * (RFC 8601 5). */
static void
authserv_id(struct judging *g)
{
	const struct doctor_seen *ours = ours_seen(g);
	const char *id = g->x->desk->authserv_id;

	if (!is_in(g) || g->x->box.why[0] != '\0')
		return;
	if (id[0] == '\0' && g->x->nseen == 0)
		doctor_warn(g, "have your border server check SPF, DKIM and DMARC and say so",
		    "none, and none seen in %u mails: nothing proves a sender but our own ids",
		    g->x->looked);
	else if (id[0] == '\0')
		doctor_warn(g,
		    "if one is your own border server, and it removes forged fields, set "
		    "[trust] authserv_id", "none; seen on top in %u mails: %s", g->x->looked,
		    all_seen(g));
	else if (ours != NULL && 2 * ours->n < g->x->with_results)
		doctor_warn(g, "is it your border server's?  That one writes into every mail",
		    "%s, on top in only %u of %u mails with such a field; seen: %s", id,
		    ours->n, g->x->with_results, all_seen(g));
	else if (ours != NULL)
		doctor_ok(g,
		    "%s, on top in %u of %u mails with such a field; bureauctl(8) tells how "
		    "to try a forged one", id, ours->n, g->x->with_results);
	else if (g->x->nseen > 0)
		doctor_fail(g, "correct [trust] authserv_id: no agent can be proven by it",
		    "%s is on top in no mail; seen: %s", id, all_seen(g));
	else
		doctor_warn(g, "look again when mail has come in",
		    "%s, and no such field in %u mails", id, g->x->looked);
}

static void
plus_addresses(struct judging *g)
{
	const struct selftest *t = &g->x->selftest;

	if (!is_in(g))
		return;
	if (g->x->plus_seen)
		doctor_ok(g, "they arrive: a mail to one lies in the mailbox%s",
		    g->x->desk->plus_addresses ? "" : "; plus_addresses is no");
	else if (t->plus && selftest_state(t) == SELFTEST_BACK)
		doctor_ok(g, "they arrive: the daily mail to ourselves came by one");
	else if (g->x->desk->plus_addresses)
		doctor_warn(g, "set [selftest] daily = yes, or write to address+test yourself",
		    "used, but nothing shows that they arrive");
	else
		doctor_ok(g, "not used");
}

const struct doctor_subject doctor_mailbox[] = {
	{ "imap", imap }, { "imap-certificate", imap_certificate },
	{ "imap-folders", imap_folders }, { "imap-sent", sent },
	{ "imap-abilities", abilities },
	{ "unhandled", unhandled }, { "authserv-id", authserv_id },
	{ "plus-addresses", plus_addresses }, { NULL, NULL },
};

/* ---- relay ---- */

static void
smtp(struct judging *g)
{
	if (!g->x->smtp.looked)
		return;
	if (g->x->smtp.why[0] != '\0')
		doctor_fail(g, "correct [smtp] url, user, password_file or ca_file", "%s",
		    g->x->smtp.why);
	else
		doctor_ok(g, "%s at %s", g->x->smtp_login ? "logged in" :
		    "welcome without a login", g->x->smtp_host);
}

static void
smtp_certificate(struct judging *g)
{
	if (g->x->smtp.looked && g->x->smtp.why[0] == '\0')
		certificate(g, g->x->smtp_days);
}

int64_t
doctor_greeting_time(const char *greeting)
{
	static const char *const days[] = { "Mon, ", "Tue, ", "Wed, ", "Thu, ", "Fri, ",
	    "Sat, ",
		"Sun, " };

	for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
		const char *p = strstr(greeting, days[i]);

		if (p != NULL)
			return parse_date(span_of(p));
	}
	return 0;
}

/* Seconds that we are ahead of a server, as far as that can be known; 0 where not. */
static int64_t
ahead(const struct judging *g, const char **of)
{
	*of = "the relay";
	if (g->x->relay_time != 0)
		return g->x->relay_asked - g->x->relay_time;
	*of = "the newest mail of the mailbox";
	return g->x->newest > g->x->now ? g->x->now - g->x->newest : 0;
}

static void
our_clock(struct judging *g)
{
	static const char todo[] = "let systemd-timesyncd or chrony set it";
	const char *of;
	int64_t s = ahead(g, &of), off = s < 0 ? -s : s;

	if (off >= DOCTOR_SKEW_FAIL)
		doctor_fail(g, todo, "%s %s %s", doctor_took(g->a, off),
		    s > 0 ? "ahead of" : "behind", of);
	else if (off >= DOCTOR_SKEW_WARN)
		doctor_warn(g, todo, "%s %s %s", doctor_took(g->a, off),
		    s > 0 ? "ahead of" : "behind", of);
	else if (g->x->unsynchronised)
		doctor_warn(g, todo, "nothing keeps it right");
	else if (g->x->relay_time != 0)
		doctor_ok(g, "kept right, and as the relay's");
	else
		doctor_ok(g, "kept right");
}

const struct doctor_subject doctor_relay[] = {
	{ "smtp", smtp }, { "smtp-certificate", smtp_certificate }, { "clock", our_clock },
	{ NULL, NULL },
};
