/* plan_make: the rest of the decision table, one case a row in its order, and the safety of
 * what would be sent. */
#include "desk_help.h"

#include "limits.h"

enum { NOW = 1795514400 };	/* 2026-11-24 10:00 in Paris */

#define MAIL(from, more) "Return-Path: <p@exemple.test>\nFrom: " from "\nTo: bureau@ville.test\n" \
	"Subject: MOT-DU-CITOYEN\nMessage-ID: <m1@exemple.test>\n" more "\nbonjour MOT-DU-CITOYEN\n"
#define LEA MAIL("lea@exemple.test", "")
#define AR(x) "Authentication-Results: mx.ville.test; " x "\n"
#define VERDICT(...) { .quartier = "", .category = __VA_ARGS__ }

struct scene {
	const char *what, *row, *raw;
	struct verdict v;
	struct plan_facts facts;
	const char *flags;		/* J: joins; B: before since; M: marked; S: in Sent; U: unreadable;
					 * V: unreadable, but judged before; W: its
					 * acknowledgment waits; R: let out of review */
	enum mail_outcome outcome;
	enum ack ack;
	const char *kinds;		/* of the mails planned, in order */
};

static struct score cats_both[] = { { "logement", 9 }, { "violences", 5 } };

static const struct scene scenes[] = {
	{ "before since", "0", LEA, VERDICT("logement", .urgency = URGENCY_VITAL), { 0 }, "B",
	    MAIL_OUTCOME_RECORDED, ACK_NONE, "" },
	{ "handled by an earlier database", "0", LEA, VERDICT("logement", .urgency = URGENCY_VITAL), { 0 },
	    "M", MAIL_OUTCOME_RECORDED, ACK_NONE, "" },
	{ "an answer in Sent", "2b", MAIL("bureau@ville.test", ""), VERDICT("logement"), { 0 }, "JS",
	    MAIL_OUTCOME_APPEND, ACK_NONE, "" },
	{ "an agent's in Sent, sent already", "2b", MAIL("karim@ville.test", ""), VERDICT("logement"),
	    { 0 }, "JS", MAIL_OUTCOME_APPEND, ACK_NONE, "" },
	{ "somebody else's in Sent", "2b", LEA, VERDICT("logement"), { 0 }, "JS", MAIL_OUTCOME_RECORDED,
	    ACK_NONE, "" },
	{ "unreadable", "3", LEA, { 0 }, { 0 }, "U", MAIL_OUTCOME_QUARANTINED, ACK_NONE, "" },
	{ "set aside, danger", "3", LEA, VERDICT("urgence", .urgency = URGENCY_VITAL), { 0 }, "V",
	    MAIL_OUTCOME_QUARANTINED, ACK_NONE, "alert" },
	{ "set aside, violence", "3", LEA, VERDICT("violences", .sensitive = true,
	    .urgency = URGENCY_HIGH), { 0 }, "V", MAIL_OUTCOME_QUARANTINED, ACK_NONE, "alert" },
	{ "set aside, no danger", "3", LEA, VERDICT("logement"), { 0 }, "V",
	    MAIL_OUTCOME_QUARANTINED, ACK_NONE, "" },
	{ "list", "9", MAIL("a@exemple.test", "List-Id: <x>\n"), VERDICT("logement"), { 0 }, "",
	    MAIL_OUTCOME_RECORDED, ACK_NONE, "" },
	{ "list with danger", "9", MAIL("a@exemple.test", "List-Id: <x>\n"),
	    VERDICT("logement", .urgency = URGENCY_VITAL), { 0 }, "", MAIL_OUTCOME_RECORDED, ACK_NONE,
	    "alert" },
	{ "auto-reply that joins", "6", MAIL("lea@exemple.test", "Auto-Submitted: auto-replied\n"),
	    VERDICT("logement"), { 0 }, "J", MAIL_OUTCOME_APPEND, ACK_NONE, "" },
	{ "auto-reply of nobody", "6", MAIL("lea@exemple.test", "Auto-Submitted: auto-replied\n"),
	    VERDICT("logement"), { 0 }, "", MAIL_OUTCOME_RECORDED, ACK_NONE, "" },
	{ "loop", "13", "HOPS" LEA, VERDICT("logement"), { 0 }, "", MAIL_OUTCOME_RECORDED, ACK_NONE,
	    "admin" },
	{ "agent without a proof", "16", MAIL("karim@ville.test", ""), VERDICT("logement"), { 0 }, "",
	    MAIL_OUTCOME_QUARANTINED, ACK_NONE, "confirm" },
	{ "agent proven, joins", "15", MAIL("karim@ville.test", AR("dmarc=pass header.from=ville.test")),
	    VERDICT("logement"), { 0 }, "J", MAIL_OUTCOME_APPEND, ACK_NONE, "relay" },
	{ "spam header", "12", MAIL("lea@exemple.test", "X-Spam-Flag: YES\n"), VERDICT("logement"),
	    { 0 }, "", MAIL_OUTCOME_QUARANTINED, ACK_NONE, "" },
	{ "spam rules", "12", LEA, VERDICT("spam", .spam = true), { 0 }, "", MAIL_OUTCOME_QUARANTINED,
	    ACK_NONE, "" },
	{ "dmarc=fail", "14", MAIL("lea@exemple.test", AR("dmarc=fail header.from=exemple.test")),
	    VERDICT("logement"), { 0 }, "J", MAIL_OUTCOME_NEW_TICKET, ACK_NONE, "notify notify" },
	{ "spf=softfail alone", "14", MAIL("lea@exemple.test", AR("spf=softfail smtp.mailfrom=x")),
	    VERDICT("logement"), { 0 }, "", MAIL_OUTCOME_NEW_TICKET, ACK_NONE, "notify notify" },
	{ "spf=fail, aligned dkim", "21", MAIL("lea@exemple.test",
	    AR("spf=fail smtp.mailfrom=x; dkim=pass header.d=exemple.test")), VERDICT("logement"), { 0 },
	    "", MAIL_OUTCOME_NEW_TICKET, ACK_STANDARD, "ack notify notify" },
	{ "asks for no answer", "7", MAIL("lea@exemple.test", "X-Auto-Response-Suppress: DR, OOF\n"),
	    VERDICT("logement"), { 0 }, "", MAIL_OUTCOME_NEW_TICKET, ACK_NONE, "notify notify" },
	{ "asks for no receipt only", "21", MAIL("lea@exemple.test", "X-Auto-Response-Suppress: DR, RN\n"),
	    VERDICT("logement"), { 0 }, "", MAIL_OUTCOME_NEW_TICKET, ACK_STANDARD, "ack notify notify" },
	{ "unsafe address", "17", MAIL("\"lea x\"@exemple.test", ""), VERDICT("logement"), { 0 }, "",
	    MAIL_OUTCOME_NEW_TICKET, ACK_NONE, "notify notify" },
	{ "joins", "18", LEA, VERDICT("logement"), { 0 }, "J", MAIL_OUTCOME_APPEND, ACK_NONE,
	    "notify notify" },
	{ "sender's cap", "19", LEA, VERDICT("logement"), { .acks_to_sender = 3 }, "",
	    MAIL_OUTCOME_NEW_TICKET, ACK_NONE, "notify notify" },
	{ "global cap", "19b", LEA, VERDICT("logement"), { .acks_all = 200 }, "",
	    MAIL_OUTCOME_NEW_TICKET, ACK_STANDARD, "ack-held notify notify" },
	{ "a demand", "21", LEA, VERDICT("logement"), { 0 }, "", MAIL_OUTCOME_NEW_TICKET, ACK_STANDARD,
	    "ack notify notify" },
	{ "vital", "21", LEA, VERDICT("urgence", .urgency = URGENCY_VITAL), { 0 }, "",
	    MAIL_OUTCOME_NEW_TICKET, ACK_STANDARD, "ack alert" },
	{ "sensitive", "21", LEA, VERDICT("sante", .sensitive = true), { 0 }, "",
	    MAIL_OUTCOME_NEW_TICKET, ACK_SHORT, "ack notify" },
	{ "sensitive, answer elsewhere", "21", MAIL("lea@exemple.test", "Reply-To: x@exemple.test\n"),
	    VERDICT("sante", .sensitive = true), { 0 }, "", MAIL_OUTCOME_NEW_TICKET, ACK_NONE, "notify" },
	{ "thanks", "21", LEA, VERDICT("remerciement"), { 0 }, "", MAIL_OUTCOME_NEW_TICKET, ACK_SHORT,
	    "ack notify" },
	{ "violence", "21", LEA, VERDICT("violences", .sensitive = true,
	    .urgency = URGENCY_HIGH), { 0 }, "", MAIL_OUTCOME_NEW_TICKET, ACK_AGENT, "alert" },
	{ "violence, another category first", "21", LEA, VERDICT("logement", .sensitive = true,
	    .urgency = URGENCY_HIGH, .cats = cats_both, .ncats = 2), { 0 }, "", MAIL_OUTCOME_NEW_TICKET,
	    ACK_AGENT, "alert notify" },
	{ "violence, joins", "18", LEA, VERDICT("violences", .sensitive = true, .urgency = URGENCY_HIGH),
	    { 0 }, "J", MAIL_OUTCOME_APPEND, ACK_NONE, "alert notify" },
	{ "list with violence", "9", MAIL("a@exemple.test", "List-Id: <x>\n"),
	    VERDICT("violences", .sensitive = true, .urgency = URGENCY_HIGH), { 0 }, "",
	    MAIL_OUTCOME_RECORDED, ACK_NONE, "alert" },
	{ "high, no danger", "21", LEA, VERDICT("logement", .urgency = URGENCY_HIGH), { 0 }, "",
	    MAIL_OUTCOME_NEW_TICKET, ACK_STANDARD, "ack notify notify" },
	{ "do not answer", "21", LEA, VERDICT("logement", .no_reply = true), { 0 }, "",
	    MAIL_OUTCOME_NEW_TICKET, ACK_NONE, "notify notify" },
	{ "has a sensitive ticket", "21", LEA, VERDICT("logement"), { .person_sensitive = true }, "",
	    MAIL_OUTCOME_NEW_TICKET, ACK_AGENT, "notify notify" },
	{ "has a sensitive ticket, thanks", "21", LEA, VERDICT("remerciement"),
	    { .person_sensitive = true }, "", MAIL_OUTCOME_NEW_TICKET, ACK_AGENT, "notify" },
	{ "has a sensitive ticket, cap", "19b", LEA, VERDICT("logement"),
	    { .person_sensitive = true, .acks_all = 200 }, "", MAIL_OUTCOME_NEW_TICKET, ACK_AGENT,
	    "notify notify" },
	{ "spam header, let out", "21", MAIL("lea@exemple.test", "X-Spam-Flag: YES\n"),
	    VERDICT("logement"), { 0 }, "MR", MAIL_OUTCOME_NEW_TICKET, ACK_STANDARD, "ack notify notify" },
	{ "spam rules, let out", "21", LEA, VERDICT("spam", .spam = true), { 0 }, "MR",
	    MAIL_OUTCOME_NEW_TICKET, ACK_STANDARD, "ack notify" },
	{ "let out, joins", "18", LEA, VERDICT("logement"), { 0 }, "JMR", MAIL_OUTCOME_APPEND, ACK_NONE,
	    "notify notify" },
	{ "let out, its domain disowns it", "14", MAIL("lea@exemple.test",
	    AR("dmarc=fail header.from=exemple.test")), VERDICT("logement"), { 0 }, "JMR",
	    MAIL_OUTCOME_NEW_TICKET, ACK_NONE, "notify notify" },
	{ "an agent's address, let out", "21", MAIL("karim@ville.test", ""), VERDICT("logement"), { 0 },
	    "MR", MAIL_OUTCOME_NEW_TICKET, ACK_STANDARD, "ack notify notify" },
	{ "our own address, let out", "17", MAIL("bureau@ville.test", ""), VERDICT("logement"), { 0 },
	    "MR", MAIL_OUTCOME_NEW_TICKET, ACK_NONE, "notify notify" },
	{ "unreadable, let out", "17", LEA, { 0 }, { 0 }, "UMR", MAIL_OUTCOME_NEW_TICKET, ACK_NONE,
	    "notify" },
	{ "two authors, let out", "17", MAIL("lea@exemple.test", "From: x@exemple.test\n"),
	    VERDICT("logement"), { 0 }, "MR", MAIL_OUTCOME_NEW_TICKET, ACK_NONE, "notify notify" },
	{ "a machine, let out", "6", MAIL("lea@exemple.test", "Auto-Submitted: auto-replied\n"),
	    VERDICT("logement"), { 0 }, "MR", MAIL_OUTCOME_RECORDED, ACK_NONE, "" },
	{ "a list, let out", "9", MAIL("lea@exemple.test", "List-Id: <x>\n"), VERDICT("logement"), { 0 },
	    "MR", MAIL_OUTCOME_RECORDED, ACK_NONE, "" },
	{ "said so earlier", "21", LEA, VERDICT("logement"), { .person_no_auto = true }, "",
	    MAIL_OUTCOME_NEW_TICKET, ACK_NONE, "notify notify" },
};

static const char *
hops(struct arena *a, const char *raw)
{
	const char *z = "";

	if (strncmp(raw, "HOPS", 4) != 0)
		return raw;
	for (int i = 0; i <= LIMIT_HOPS; i++)
		z = arena_printf(a, "%sReceived: from a by b\n", z);
	return arena_printf(a, "%s%s", z, raw + 4);
}

static struct plan
plan_of(struct arena *a, struct desk *d, const struct scene *s)
{
	static unsigned char random[8][MSGID_RANDOM];
	static struct thread_hit h;
	struct plan_facts facts = s->facts;
	struct plan_in in = { .received = NOW, .now = NOW };
	struct plan p;
	struct fault f = { 0 };

	static struct ticket_facts t;

	t = (struct ticket_facts){ .category = "logement", .agent = "",
	    .citizen = "lea@exemple.test", .contact = "", .subject = "Logement",
	    .message_id = "<1@exemple.test>", .text = "", .lang = "fr",
	    .acked = strchr(s->flags, 'W') != NULL, .ack_waits = strchr(s->flags, 'W') != NULL };
	h = (struct thread_hit){ THREAD_BY_STORED, 7, "BI-2026-00007", TICKET_WAITING, 0, false, true,
	    "", &t };
	facts.hits = &h;
	facts.nhits = strchr(s->flags, 'J') != NULL;
	facts.next_number = 42;
	facts.random = random;
	facts.nrandom = 8;
	in.ident.unreadable = strpbrk(s->flags, "UV") != NULL;
	in.marked = strchr(s->flags, 'M') != NULL;
	in.ident.found_in_sent = strchr(s->flags, 'S') != NULL;
	in.ident.released_by = strchr(s->flags, 'R') != NULL ? "marie" : NULL;
	in.mail = in.ident.unreadable ? NULL : mail_of(a, hops(a, s->raw));
	in.verdict = strchr(s->flags, 'U') != NULL ? NULL : &s->v;
	if (strchr(s->flags, 'B') != NULL)
		d->since = NOW + 1;
	if (plan_make(a, d, &in, &facts, &p, &f) != ST_OK)
		fail_msg("%s: %s", s->what, f.text);
	return p;
}

static const char *
kinds_of(struct arena *a, const struct plan *p)
{
	const char *z = "";

	for (size_t i = 0; i < p->nmails; i++)
		z = arena_printf(a, "%s%s%s%s", z, i > 0 ? " " : "", mail_kind_name(p->mails[i].kind),
		    p->mails[i].held ? "-held" : "");
	return z;
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
		const struct scene *s = &scenes[i];
		ARENA_AUTO struct arena *a = arena_open();
		struct desk d = desk_make();
		struct plan p = plan_of(a, &d, s);

		if (strcmp(p.row, s->row) != 0 || p.outcome != s->outcome || p.ack != s->ack ||
		    strcmp(kinds_of(a, &p), s->kinds) != 0)
			fail_msg("%s: row %s %s ack=%s [%s]", s->what, p.row, mail_outcome_name(p.outcome),
			    ack_name(p.ack), kinds_of(a, &p));
	}
}

static const struct scene violence = { "violence", "21", LEA, VERDICT("violences", .sensitive = true),
    { 0 }, "", MAIL_OUTCOME_NEW_TICKET, ACK_AGENT, "" };

static const struct scene later = { "later", "21", LEA, VERDICT("logement"),
    { .person_sensitive = true }, "", MAIL_OUTCOME_NEW_TICKET, ACK_AGENT, "" };

/* Of suspected violence, and of whatever a person writes later whose sensitive ticket is kept. */
static void
test_violence_modes(void **state)
{
	static const struct { enum violence_ack mode; enum ack ack; const char *kinds; } t[] = {
		{ VIOLENCE_ACK_AGENT, ACK_AGENT, "alert" },
		{ VIOLENCE_ACK_DISCREET, ACK_DISCREET, "ack alert" },
		{ VIOLENCE_ACK_NONE, ACK_NONE, "alert" },
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct desk d = desk_make();
		struct plan p;

		d.violence_ack = t[i].mode;
		p = plan_of(a, &d, &violence);
		assert_int_equal(p.ack, t[i].ack);
		assert_string_equal(kinds_of(a, &p), t[i].kinds);
		p = plan_of(a, &d, &later);
		assert_int_equal(p.ack, t[i].ack);
		assert_int_equal(p.nmails, t[i].ack == ACK_DISCREET ? 3 : 2);
		assert_false(p.sensitive);
		if (t[i].ack == ACK_DISCREET)
			assert_null(memmem(p.mails[0].wire.p, p.mails[0].wire.n, "[BI-", 4));
		assert_non_null(memmem(p.mails[p.nmails - 1].wire.p, p.mails[p.nmails - 1].wire.n,
		    "dossier sensible", 16));
	}
}

#define ORDER(words) "From: karim@ville.test\nTo: bureau@ville.test\n" \
	"Message-ID: <o@ville.test>\n" AR("dmarc=pass header.from=ville.test") "\n" words "\n"
#define VIOLENCE VERDICT("violences", .sensitive = true, .urgency = URGENCY_HIGH)

/* What waits to be sent must not outlive the moment at which it becomes dangerous or unwanted. */
static void
test_what_waits_is_withdrawn(void **state)
{
	static const struct { struct scene s; enum violence_ack mode; enum plan_withdraw withdraw; } t[] = {
		{ { "opens, violence", "21", LEA, VIOLENCE, { 0 }, "", 0, ACK_AGENT, "alert" },
		    VIOLENCE_ACK_AGENT, PLAN_WITHDRAW_PERSON },
		{ { "opens", "21", LEA, VERDICT("logement"), { 0 }, "", 0, ACK_STANDARD,
		    "ack notify notify" }, VIOLENCE_ACK_AGENT, PLAN_WITHDRAW_NONE },
		{ { "joins", "18", LEA, VERDICT("logement"), { 0 }, "JW", 0, ACK_NONE, "notify notify" },
		    VIOLENCE_ACK_AGENT, PLAN_WITHDRAW_NONE },
		{ { "violence joins", "18", LEA, VIOLENCE, { 0 }, "JW", 0, ACK_AGENT, "alert notify" },
		    VIOLENCE_ACK_AGENT, PLAN_WITHDRAW_PERSON },
		{ { "discreet", "18", LEA, VIOLENCE, { 0 }, "JW", 0, ACK_DISCREET, "ack alert notify" },
		    VIOLENCE_ACK_DISCREET, PLAN_WITHDRAW_PERSON },
		{ { "held", "18", LEA, VIOLENCE, { .acks_all = 200 }, "JW", 0, ACK_DISCREET,
		    "ack-held alert notify" }, VIOLENCE_ACK_DISCREET, PLAN_WITHDRAW_PERSON },
		{ { "none", "18", LEA, VIOLENCE, { 0 }, "JW", 0, ACK_NONE, "alert notify" },
		    VIOLENCE_ACK_NONE, PLAN_WITHDRAW_PERSON },
		{ { "sent already", "18", LEA, VIOLENCE, { 0 }, "J", 0, ACK_NONE, "alert notify" },
		    VIOLENCE_ACK_DISCREET, PLAN_WITHDRAW_PERSON },
		{ { "asks for silence", "7", MAIL("lea@exemple.test", "X-Auto-Response-Suppress: All\n"),
		    VIOLENCE, { 0 }, "JW", 0, ACK_NONE, "alert notify" }, VIOLENCE_ACK_DISCREET,
		    PLAN_WITHDRAW_PERSON },
		{ { "another person", "18", MAIL("bob@exemple.test", ""), VIOLENCE, { 0 }, "JW", 0, ACK_NONE,
		    "alert notify" }, VIOLENCE_ACK_DISCREET, PLAN_WITHDRAW_PERSON },
		{ { "health joins", "18", LEA, VERDICT("sante", .sensitive = true), { 0 }, "JW", 0, ACK_SHORT,
		    "ack notify notify" }, VIOLENCE_ACK_AGENT, PLAN_WITHDRAW_PERSON },
		{ { "#spam", "15", ORDER("#spam"), VERDICT(""), { 0 }, "JW", 0, ACK_NONE, "transcript" },
		    VIOLENCE_ACK_AGENT, PLAN_WITHDRAW_TICKET },
		{ { "#sensible", "15", ORDER("#sensible"), VERDICT(""), { 0 }, "JW", 0, ACK_NONE,
		    "transcript" }, VIOLENCE_ACK_DISCREET, PLAN_WITHDRAW_PERSON },
		{ { "#sensible #accuser", "15", ORDER("#sensible\n#accuser"), VERDICT(""), { 0 }, "JW", 0,
		    ACK_DISCREET, "ack transcript" }, VIOLENCE_ACK_AGENT, PLAN_WITHDRAW_PERSON },
		{ { "#accuser", "15", ORDER("#accuser"), VERDICT(""), { 0 }, "JW", 0, ACK_NONE,
		    "transcript" }, VIOLENCE_ACK_AGENT, PLAN_WITHDRAW_NONE },
		{ { "#sans-reponse", "15", ORDER("#sans-reponse"), VERDICT(""), { 0 }, "JW", 0, ACK_NONE,
		    "transcript" }, VIOLENCE_ACK_AGENT, PLAN_WITHDRAW_PERSON },
		{ { "#contact-sur", "15", ORDER("#contact-sur a@exemple.test"), VERDICT(""), { 0 }, "JW", 0,
		    ACK_NONE, "transcript" }, VIOLENCE_ACK_AGENT, PLAN_WITHDRAW_PERSON },
		{ { "#contact-sur #accuser", "15", ORDER("#contact-sur a@exemple.test\n#accuser"),
		    VERDICT(""), { 0 }, "JW", 0, ACK_STANDARD, "ack transcript" }, VIOLENCE_ACK_AGENT,
		    PLAN_WITHDRAW_PERSON },
		{ { "#accuser #sensible", "15", ORDER("#accuser\n#sensible"), VERDICT(""), { 0 }, "JW", 0,
		    ACK_DISCREET, "ack transcript" }, VIOLENCE_ACK_AGENT, PLAN_WITHDRAW_PERSON },
		{ { "#categorie violences", "15", ORDER("#accuser\n#categorie violences"), VERDICT(""),
		    { 0 }, "JW", 0, ACK_DISCREET, "ack notify transcript" }, VIOLENCE_ACK_AGENT,
		    PLAN_WITHDRAW_PERSON },
		{ { "a fault", "15", ORDER("#spam\n#xyz"), VERDICT(""), { 0 }, "JW", 0, ACK_NONE,
		    "transcript" }, VIOLENCE_ACK_AGENT, PLAN_WITHDRAW_NONE },
		{ { "#regler", "15", ORDER("#regler"), VERDICT(""), { 0 }, "JW", 0, ACK_NONE, "transcript" },
		    VIOLENCE_ACK_AGENT, PLAN_WITHDRAW_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct desk d = desk_make();
		struct plan p;

		d.violence_ack = t[i].mode;
		p = plan_of(a, &d, &t[i].s);
		if (strcmp(p.row, t[i].s.row) != 0 || p.ack != t[i].s.ack ||
		    p.withdraw != t[i].withdraw || strcmp(kinds_of(a, &p), t[i].s.kinds) != 0)
			fail_msg("%s: row %s ack=%s withdraw=%d [%s]", t[i].s.what, p.row, ack_name(p.ack),
			    (int)p.withdraw, kinds_of(a, &p));
	}
}

/* What comes from a person who is reached elsewhere gets no more than suspected violence does. */
static void
test_unsafe_address_is_not_acknowledged(void **state)
{
	static const struct { const char *contact; enum violence_ack mode; enum ack ack; } t[] = {
		{ "", VIOLENCE_ACK_AGENT, ACK_STANDARD },
		{ "LEA@exemple.test", VIOLENCE_ACK_AGENT, ACK_STANDARD },
		{ "soeur@exemple.test", VIOLENCE_ACK_AGENT, ACK_AGENT },
		{ "appeler le matin", VIOLENCE_ACK_AGENT, ACK_AGENT },
		{ "soeur@exemple.test", VIOLENCE_ACK_DISCREET, ACK_DISCREET },
		{ "soeur@exemple.test", VIOLENCE_ACK_NONE, ACK_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		const struct scene s = { "", "21", LEA, VERDICT("logement"), { .contact = t[i].contact },
		    "", 0, 0, "" };
		struct desk d = desk_make();

		d.violence_ack = t[i].mode;
		if (plan_of(a, &d, &s).ack != t[i].ack)
			fail_msg("%s, mode %d", t[i].contact, (int)t[i].mode);
	}
}

/* The same mail planned once more with the same random parts, and not the same mails sent: no id
 * becomes another reader's, who could write as the first, and those of a reader stay. */
static void
test_tokens_stay_their_readers(void **state)
{
	static const struct agent_load gathering[] = { { .gathering = true }, { 0 }, { 0 } };
	const struct scene t[] = {
		{ "", "21", LEA, VERDICT("logement"), { 0 }, "", 0, 0, "" },
		{ "", "19", LEA, VERDICT("logement"), { .acks_to_sender = 3 }, "", 0, 0, "" },
		{ "", "21", LEA, VERDICT("logement"), { .load = gathering }, "", 0, 0, "" },
		{ "", "21", LEA, VERDICT("violences", .sensitive = true), { 0 }, "", 0, 0, "" },
	};
	ARENA_AUTO struct arena *a = arena_open();
	struct desk d = desk_make();
	struct plan first;

	(void)state;
	d.group_after = 5;
	first = plan_of(a, &d, &t[0]);
	assert_int_equal(first.nmails, 3);
	for (size_t i = 1; i < sizeof t / sizeof *t; i++) {
		const struct plan p = plan_of(a, &d, &t[i]);

		assert_true(p.nmails > 0 && strcmp(kinds_of(a, &p), kinds_of(a, &first)) != 0);
		for (size_t k = 0; k < p.nmails * first.nmails; k++) {
			const struct plan_mail *x = &first.mails[k % first.nmails];
			const struct plan_mail *y = &p.mails[k / first.nmails];
			bool same = x->kind == y->kind && strcmp(x->to, y->to) == 0;

			if (same != (strcmp(msgid_token(a, x->message_id),
			    msgid_token(a, y->message_id)) == 0))
				fail_msg("case %zu: %s and %s", i, x->message_id, y->message_id);
		}
	}
}

/* Every danger is alerted of at once; only what is vital, and of a ticket, is repeated. */
static void
test_only_vital_is_repeated(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct desk d = desk_make();
		struct plan p = plan_of(a, &d, &scenes[i]);
		bool told = strstr(kinds_of(a, &p), "alert") != NULL;

		if (p.watch != (told && p.has_ticket && scenes[i].v.urgency == URGENCY_VITAL))
			fail_msg("%s: watch %d", scenes[i].what, p.watch);
	}
}

/* The sentences that `messages` and `explain` print say what the plan does. */
static void
test_because_is_true(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct desk d = desk_make();
		struct plan p = plan_of(a, &d, &scenes[i]);
		const char *kinds = kinds_of(a, &p);
		bool ack = strncmp(kinds, "ack", 3) == 0, held = strncmp(kinds, "ack-held", 8) == 0;
		bool says_no = strstr(p.because, "no acknowledgment") != NULL;

		if (p.because[0] == '\0' || p.ack_because[0] == '\0')
			fail_msg("%s: no reason", scenes[i].what);
		if (says_no != (p.opens && !ack) || held != (strstr(p.because, "waits for a cap") != NULL))
			fail_msg("%s: [%s] because \"%s\"", scenes[i].what, kinds, p.because);
		if (ack != (p.ack == ACK_STANDARD || p.ack == ACK_SHORT || p.ack == ACK_DISCREET))
			fail_msg("%s: [%s] ack=%s", scenes[i].what, kinds, ack_name(p.ack));
		/* A silence that a row decides has the row's reason. */
		if (!p.opens && !p.has_ticket && p.ack_because != p.because)
			fail_msg("%s: ack because \"%s\"", scenes[i].what, p.ack_because);
	}
}

/* Nothing that a stranger chose may stand in an acknowledgment, and what is sensitive may not
 * stand in a notification. */
static void
test_nothing_echoed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct desk d = desk_make();
		struct plan p = plan_of(a, &d, &scenes[i]);

		for (size_t m = 0; m < p.nmails; m++) {
			const struct plan_mail *pm = &p.mails[m];
			bool secret = pm->kind == MAIL_KIND_ACK || scenes[i].v.sensitive || !p.has_ticket;

			if (secret && memmem(pm->wire.p, pm->wire.n, "MOT-DU-CITOYEN", 14) != NULL)
				fail_msg("%s: mail %zu echoes the sender", scenes[i].what, m);
			assert_true(pm->kind != MAIL_KIND_ACK || pm->wire.n <= LIMIT_ACK);
			assert_true(msgid_is_ours(d.key, pm->message_id));
		}
	}
}

/* Short and discreet are one mail: its shape tells nothing. */
static void
test_short_is_discreet(void **state)
{
	static const struct scene thanks = { "thanks", "21", LEA, VERDICT("remerciement"), { 0 }, "",
	    MAIL_OUTCOME_NEW_TICKET, ACK_SHORT, "" };
	ARENA_AUTO struct arena *a = arena_open();
	struct desk d = desk_make();
	struct plan x, y;

	(void)state;
	d.violence_ack = VIOLENCE_ACK_DISCREET;
	x = plan_of(a, &d, &violence);
	y = plan_of(a, &d, &thanks);
	assert_int_equal(x.mails[0].wire.n, y.mails[0].wire.n);
	assert_memory_equal(x.mails[0].wire.p, y.mails[0].wire.p, x.mails[0].wire.n);
	assert_null(memmem(x.mails[0].wire.p, x.mails[0].wire.n, "[BI-", 4));
	assert_non_null(memmem(x.mails[0].wire.p, x.mails[0].wire.n, "=?", 2));
}

static void
test_ticket_facts(void **state)
{
	static const struct scene demand = { "demand", "21", LEA, VERDICT("logement"), { 0 }, "",
	    MAIL_OUTCOME_NEW_TICKET, ACK_STANDARD, "" };
	static const struct scene joins = { "joins", "18", LEA, VERDICT("logement"), { 0 }, "J",
	    MAIL_OUTCOME_APPEND, ACK_NONE, "" };
	ARENA_AUTO struct arena *a = arena_open();
	struct desk d = desk_make();
	struct plan p = plan_of(a, &d, &demand);
	char due[DATE_RFC3339_MAX];

	(void)state;
	assert_string_equal(p.ref, "BI-2026-00042");
	assert_int_equal(p.state, TICKET_OPEN);
	date_iso(p.due, due);
	assert_string_equal(due, "2026-11-27");
	date_iso(p.due_ar, due);
	assert_string_equal(due, "2026-12-08");
	assert_string_equal(p.mails[0].mail_from, "");
	assert_string_equal(p.mails[0].to, "lea@exemple.test");
	p = plan_of(a, &d, &joins);
	assert_string_equal(p.ref, "BI-2026-00007");
	assert_int_equal(p.state, TICKET_OPEN);
}

static void
test_review(void **state)
{
	static unsigned char random[8][MSGID_RANDOM];
	const struct plan_facts facts = { .random = random, .nrandom = 8 };
	ARENA_AUTO struct arena *a = arena_open();
	struct desk d = desk_make();
	struct plan p;
	struct fault f;

	(void)state;
	assert_int_equal(plan_review(a, &d, 7, NOW, &facts, &p, &f), ST_OK);
	assert_int_equal(p.nmails, 1);		/* claire has every category */
	assert_string_equal(p.mails[0].to, "claire@ville.test");
	assert_non_null(memmem(p.mails[0].wire.p, p.mails[0].wire.n, "7 messages sont", 15));
	d.nagents = 0;
	assert_int_equal(plan_review(a, &d, 1, NOW, &facts, &p, &f), ST_OK);
	assert_string_equal(p.mails[0].to, "admin@ville.test");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_violence_modes),
		cmocka_unit_test(test_what_waits_is_withdrawn),
		cmocka_unit_test(test_unsafe_address_is_not_acknowledged),
		cmocka_unit_test(test_tokens_stay_their_readers),
		cmocka_unit_test(test_only_vital_is_repeated),
		cmocka_unit_test(test_because_is_true),
		cmocka_unit_test(test_nothing_echoed),
		cmocka_unit_test(test_short_is_discreet),
		cmocka_unit_test(test_ticket_facts),
		cmocka_unit_test(test_review),
	};

	return cmocka_run_group_tests(tests, desk_setup, desk_teardown);
}
