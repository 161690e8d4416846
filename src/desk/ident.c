#include "ident.h"

#include "fold.h"
#include "limits.h"

#include <string.h>
#include <strings.h>

/* What every row looks at. */
struct look {
	struct arena *a;
	const struct desk *d;
	const struct mail *m;
	const struct ident_facts *facts;
	const char *from;		/* the one From address, "" when there is none */
	bool form;			/* the city's, writing for a person: is_form */
	struct ident *out;
};

static bool
is_form_address(const struct look *l, const char *spec)
{
	return l->d->form_sender[0] != '\0' && addr_same(spec, l->d->form_sender);
}

/* A program sends it, so it may bear all the marks of one; what it says is a person's.  A mail
 * that our border disowns is not the form's.  (A form on the city's own network passes no border
 * that could prove it.) */
static bool
is_form(const struct look *l)
{
	return is_form_address(l, l->from) && !authres_refutes(&l->out->auth);
}

static bool
header_is(const struct look *l, const char *name, const char *const *values)
{
	for (size_t i = 0; i < header_count(&l->m->headers, name); i++) {
		const struct span *v = header_nth(&l->m->headers, name, i);

		for (size_t j = 0; values[j] != NULL; j++)
			if (span_ieq(span_trim(*v), values[j]))
				return true;
	}
	return false;
}

static bool
header_any(const struct look *l, const char *const *names)
{
	for (size_t i = 0; names[i] != NULL; i++)
		if (header_get(&l->m->headers, names[i]) != NULL)
			return true;
	return false;
}

/* Row 2.  The MAC is ours alone, so what carries it was made here. */
static bool
is_self(struct look *l)
{
	struct span loop = header_value(&l->m->headers, "X-Bureaud-Loop");

	/* Some relays put an id of their own in its place. */
	l->out->own_id = msgid_is_ours(l->d->key, l->m->message_id) ? l->m->message_id :
	    msgid_first(l->a, loop);
	return msgid_is_ours(l->d->key, l->out->own_id);
}

/* Who can put a mail into our Sent folder can write as us: an agent's own address there ("send
 * as") is as good as the bureau's. */
static bool
is_own_by_hand(struct look *l)
{
	if (l->facts->found_in_sent)
		l->out->own_by_hand = desk_is_own(l->d, l->from) || desk_agent(l->d, l->from) != NULL;
	else
		l->out->own_by_hand = desk_is_own(l->d, l->from) && authres_proves(&l->out->auth);
	return l->out->own_by_hand;
}

/* Anybody else's mail in our Sent folder was put there by a person: kept, never answered. */
static bool
is_stray_in_sent(struct look *l)
{
	return l->facts->found_in_sent;
}

static bool
is_own_forged(struct look *l)
{
	return desk_is_own(l->d, l->from);
}

/* Row 3, but for a report: mailer daemons write From without a domain, and a bounce of ours
 * belongs to its ticket. */
static bool
is_unreadable(struct look *l)
{
	const struct span *v = header_get(&l->m->headers, "From");

	if (l->m->bounce.report != REPORT_NONE)
		return false;
	return v == NULL || header_count(&l->m->headers, "From") != 1 ||
	    memchr(v->p, '\0', v->n) != NULL || l->m->from.n != 1 ||
	    strchr(l->from, '@') == NULL || strchr(l->from, '@') == l->from ||
	    addr_domain(l->from)[0] == '\0';
}

/* Row 4: an empty Return-Path; an absent one is unknown. */
static bool
has_null_path(struct look *l)
{
	const struct span *v = header_get(&l->m->headers, "Return-Path");
	struct span s;

	if (v == NULL || l->form)
		return false;
	s = span_trim(*v);
	return s.n >= 2 && s.p[0] == '<' && s.p[s.n - 1] == '>' &&
	    span_trim(span_from(s.p + 1, s.n - 2)).n == 0;
}

static bool
is_report(struct look *l)
{
	static const char *const failed[] = { "X-Failed-Recipients", NULL };
	struct span type = header_value(&l->m->headers, "Content-Type");
	struct span local = addr_local(l->from);

	return l->m->bounce.report != REPORT_NONE || span_istarts(type, "multipart/report") ||
	    header_any(l, failed) || span_ieq(local, "mailer-daemon") ||
	    span_ieq(local, "postmaster");
}

/* The keyword of RFC 3834 5: comments and parameters off. */
static struct span
keyword(struct span v)
{
	size_t depth = 0, from = 0;

	while (from < v.n && (depth > 0 || v.p[from] == '(' || v.p[from] == ' ' || v.p[from] == '\t')) {
		if (v.p[from] == '(')
			depth++;
		else if (v.p[from] == ')' && depth > 0)
			depth--;
		from++;
	}
	v = span_from(v.p + from, v.n - from);
	for (size_t i = 0; i < v.n; i++)
		if (strchr(" \t;(", v.p[i]) != NULL)
			return span_from(v.p, i);
	return v;
}

static bool
is_auto_submitted(struct look *l)
{
	for (size_t i = 0; !l->form && i < header_count(&l->m->headers, "Auto-Submitted"); i++) {
		struct span k = keyword(*header_nth(&l->m->headers, "Auto-Submitted", i));

		if (k.n > 0 && !span_ieq(k, "no"))
			return true;
	}
	return false;
}

static bool
is_precedence_machine(struct look *l)
{
	static const char *const v[] = { "auto_reply", "auto-reply", NULL };

	return !l->form && (header_is(l, "Precedence", v) || header_is(l, "X-Precedence", v));
}

static bool
is_precedence_bulk(struct look *l)
{
	static const char *const v[] = { "bulk", "list", "junk", NULL };

	return !l->form && (header_is(l, "Precedence", v) || header_is(l, "X-Precedence", v));
}

static bool
is_list(struct look *l)
{
	static const char *const names[] = { "Mailing-List", "X-Mailing-List", NULL };

	for (size_t i = 0; i < l->m->headers.n; i++)
		if (span_istarts(l->m->headers.v[i].name, "List-"))
			return true;
	return header_any(l, names);
}

/* "Automatic reply: …" or nothing more; a person's sentence may begin with the same words. */
static bool
ends_or_colon(struct span s, size_t n)
{
	s = span_trim(span_from(s.p + n, s.n - n));
	return s.n == 0 || s.p[0] == ':';
}

/* Subjects that mail programs write by themselves when somebody is away, folded. */
static bool
is_away_subject(struct look *l)
{
	static const char *const starts[] = {
		"reponse automatique", "reponse auto", "out of office autoreply", "out of office reply", "automatic reply", "auto reply", "auto-reply",
		"autoreply", "autoreponse", "absence du bureau", "absent du bureau",
		"message d'absence", "out of office", "out-of-office", "notification d'absence",
		"automatische antwort", "abwesenheitsnotiz", "risposta automatica",
		"respuesta automatica", "resposta automatica", "automatisch antwoord", NULL,
	};
	struct span s = span_of(fold_word(l->a, l->m->subject));

	if (span_istarts(s, "re: ") || span_istarts(s, "re : "))
		return false;	/* a person answers one */
	for (size_t i = 0; starts[i] != NULL; i++)
		if (span_istarts(s, starts[i]) && ends_or_colon(s, strlen(starts[i])))
			return true;
	return false;
}

static bool
is_autoresponder(struct look *l)
{
	static const char *const names[] = {
		"X-MS-Exchange-Inbox-Rules-Loop", "X-Autorespond", "X-Autoresponse",
		"X-AutoReply-From", "X-Mail-Autoreply", "X-Autogenerated", "X-FC-Machinegenerated",
		"X-AMAZON-MAIL-RELAY-TYPE", "X-Vacation", NULL,
	};
	static const char *const rules_agent[] = { "Mailbox Rules Agent", NULL };
	static const char *const responder[] = { "Autoresponder", NULL };
	struct span autoreply = span_trim(header_value(&l->m->headers, "X-Autoreply"));

	if (l->form)
		return false;
	return header_any(l, names) || (autoreply.n > 0 && !span_ieq(autoreply, "no")) ||
	    header_is(l, "X-MS-Exchange-Generated-Message-Source", rules_agent) ||
	    header_is(l, "Delivered-To", responder) || is_away_subject(l);
}

/* Row 11; the city's form writes as such an address for a person. */
static bool
is_automaton(struct look *l)
{
	static const char *const whole[] = {
		"noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "ne-pas-repondre",
		"nepasrepondre", "listserv", "majordomo", "daemon", "bounce", NULL,
	};
	static const char *const starts[] = { "owner-", "noreply-", "no-reply-", NULL };
	static const char *const ends[] = { "-owner", "-request", "-noreply", "-no-reply", NULL };
	struct span local = addr_local(l->from);

	if (is_form_address(l, l->from))
		return false;
	for (size_t i = 0; whole[i] != NULL; i++)
		if (span_ieq(local, whole[i]))
			return true;
	for (size_t i = 0; starts[i] != NULL; i++)
		if (span_istarts(local, starts[i]))
			return true;
	for (size_t i = 0; ends[i] != NULL; i++)
		if (span_iends(local, ends[i]))
			return true;
	return strcasestr(l->from, "-bounces") != NULL && strcasestr(l->from, "-bounces") <
	    strchr(l->from, '@');
}

static bool
is_looping(struct look *l)
{
	return header_count(&l->m->headers, "Received") > LIMIT_HOPS;
}

/* Rows 15 and 16: a token proves nothing against our own border's dmarc=fail. */
static bool
is_agent_proven(struct look *l)
{
	l->out->agent = desk_agent(l->d, l->from);
	return l->out->agent != NULL && (authres_proves(&l->out->auth) || l->facts->confirmed ||
	    (l->facts->in_reply_to_token_of && l->out->auth.dmarc != AUTH_FAIL));
}

static bool
is_agent_unproven(struct look *l)
{
	return l->out->agent != NULL;
}

/* In the order of MAIL-RULES: first match wins. */
static const struct {
	const char *row;
	bool (*holds)(struct look *l);
	enum who who;
	const char *because;
} rows[] = {
	{ "2", is_self, WHO_SELF, "carries our own signed id" },
	{ "2b", is_own_by_hand, WHO_AGENT, "written by hand from our own address" },
	{ "2b", is_stray_in_sent, WHO_MACHINE, "somebody else's mail in our Sent folder" },
	{ "2b", is_own_forged, WHO_AGENT_UNPROVEN, "our own address without a proof" },
	{ "3", is_unreadable, WHO_UNREADABLE, "no single readable From address" },
	{ "4", has_null_path, WHO_MACHINE, "empty Return-Path" },
	{ "5", is_report, WHO_MACHINE, "a report of a mail system" },
	{ "6", is_auto_submitted, WHO_MACHINE, "Auto-Submitted" },
	{ "8", is_precedence_machine, WHO_MACHINE, "Precedence: auto_reply" },
	{ "8", is_precedence_bulk, WHO_LIST, "Precedence: bulk, list or junk" },
	{ "9", is_list, WHO_LIST, "mailing list headers" },
	{ "10", is_autoresponder, WHO_MACHINE, "marks of an autoresponder" },
	{ "11", is_automaton, WHO_MACHINE, "address of an automaton" },
	{ "13", is_looping, WHO_MACHINE, "more than 30 Received fields" },
	{ "15", is_agent_proven, WHO_AGENT, "an agent, proven" },
	{ "16", is_agent_unproven, WHO_AGENT_UNPROVEN, "an agent's address without a proof" },
};

/* The person: From; for the form, Reply-To, but never the form itself: it would be answered. */
static const char *
person(const struct look *l)
{
	const struct addrs *to = &l->m->reply_to;

	if (!is_form_address(l, l->from))
		return addr_key(l->a, l->from);
	return to->n == 1 && !is_form_address(l, to->v[0].spec) ? addr_key(l->a, to->v[0].spec) : "";
}

/* Set aside, then let out by a person.  An author that nobody could tell is answered by nobody;
 * what machines send stays a machine's. */
static void
let_out(struct look *l)
{
	struct ident *out = l->out;
	enum who who = out->who;

	if (l->facts->released_by == NULL ||
	    (who != WHO_UNREADABLE && who != WHO_AGENT && who != WHO_AGENT_UNPROVEN))
		return;
	*out = (struct ident){ .who = WHO_CITIZEN, .row = "", .because = "let out of review by a person",
	    .sender = who == WHO_UNREADABLE ? "" : out->sender, .auth = out->auth };
}

void
ident_mail(struct arena *a, const struct desk *d, const struct mail *m,
    const struct ident_facts *facts, struct ident *out)
{
	struct look l = { a, d, m, facts, "", false, out };

	*out = (struct ident){ .who = WHO_UNREADABLE, .row = "3", .own_id = "",
	    .because = "the mail cannot be read", .sender = "" };
	if (m == NULL || facts->unreadable)
		return;
	if (m->from.n > 0)
		l.from = m->from.v[0].spec;
	authres_read(a, &m->headers, d->authserv_id, addr_domain(l.from), &out->auth);
	out->sender = person(&l);
	l.form = is_form(&l);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!rows[i].holds(&l))
			continue;
		out->who = rows[i].who;
		out->row = rows[i].row;
		out->because = rows[i].because;
		if (bounce_is_trouble(&m->bounce) && out->who == WHO_MACHINE)
			out->who = WHO_BOUNCE;
		let_out(&l);
		return;
	}
	out->who = WHO_CITIZEN;
	out->row = "";
	out->because = l.form ? "a person, through the city's form" : "a person";
}

const char *
who_name(enum who w)
{
	static const char *const names[] = {
		[WHO_CITIZEN] = "citizen", [WHO_AGENT] = "agent",
		[WHO_AGENT_UNPROVEN] = "agent_unproven", [WHO_SELF] = "self",
		[WHO_MACHINE] = "machine", [WHO_LIST] = "list", [WHO_BOUNCE] = "bounce",
		[WHO_UNREADABLE] = "unreadable",
	};

	return names[w];
}
