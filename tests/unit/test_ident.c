/* The decision table of MAIL-RULES, one test a row in the printed order: rows that the mail
 * itself answers.  The rest is in test_plan.c. */
#include "desk_help.h"

#define FROM(x) "From: " x "\nTo: bureau@ville.test\nSubject: bonjour\n"
#define FORM FROM("formulaire@ville.test") "Reply-To: lea@exemple.test\n"
#define BODY "\nbonjour\n"
#define AR(x) "Authentication-Results: mx.ville.test; " x "\n"
#define DSN "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n" \
	"--b\n\nundelivered\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n" \
	"Final-Recipient: rfc822; lea@exemple.test\nAction: failed\nStatus: 5.1.1\n\n--b--\n"

static const struct {
	const char *row, *raw;
	enum who who;
	bool in_sent, token;
} rows[] = {
	{ "2", "X-Bureaud-Loop: OURS\n" FROM("x@exemple.test") BODY, WHO_SELF, false, false },
	{ "2", "Message-ID: OURS\n" FROM("bureau@ville.test") BODY, WHO_SELF, false, false },
	{ "2b", FROM("aide@ville.test") BODY, WHO_AGENT, true, false },
	{ "2b", FROM("claire@ville.test") BODY, WHO_AGENT, true, false },
	{ "2b", FROM("lea@exemple.test") BODY, WHO_MACHINE, true, false },
	{ "2b", AR("dmarc=pass header.from=ville.test") FROM("bureau@ville.test") BODY, WHO_AGENT,
	    false, false },
	{ "2b", FROM("Bureau@Ville.test") BODY, WHO_AGENT_UNPROVEN, false, false },
	{ "2b", "Message-ID: <BI-2026-00001.ack.aaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaa@ville.test>\n"
	    FROM("bureau@ville.test") BODY, WHO_AGENT_UNPROVEN, false, false },
	{ "3", "Subject: rien\n" BODY, WHO_UNREADABLE, false, false },
	{ "3", FROM("a@exemple.test") "From: b@exemple.test\n" BODY, WHO_UNREADABLE, false, false },
	{ "3", FROM("a@exemple.test, b@exemple.test") BODY, WHO_UNREADABLE, false, false },
	{ "3", FROM("") BODY, WHO_UNREADABLE, false, false },
	{ "3", FROM("Mairie de Quelque Part") BODY, WHO_UNREADABLE, false, false },
	{ "4", "Return-Path: <>\n" FROM("a@exemple.test") BODY, WHO_MACHINE, false, false },
	{ "4", "Return-Path: <>\n" FROM("mailer@exemple.test") DSN, WHO_BOUNCE, false, false },
	{ "", "Return-Path: <a@exemple.test>\n" FROM("a@exemple.test") BODY, WHO_CITIZEN, false, false },
	{ "5", FROM("postmaster@exemple.test") BODY, WHO_MACHINE, false, false },
	{ "5", FROM("MAILER-DAEMON@exemple.test") BODY, WHO_MACHINE, false, false },
	{ "5", FROM("a@exemple.test") DSN, WHO_BOUNCE, false, false },
	{ "5", "X-Failed-Recipients: lea@exemple.test\n" FROM("a@exemple.test") BODY, WHO_BOUNCE,
	    false, false },
	{ "5", FROM("a@exemple.test") "Content-Type: multipart/report; report-type=disposition-"
	    "notification; boundary=b\n\n--b\n\nlu\n--b\nContent-Type: message/disposition-"
	    "notification\n\nDisposition: manual-action/MDN-sent-manually; displayed\n\n--b--\n",
	    WHO_MACHINE, false, false },
	{ "6", "Auto-Submitted: auto-replied\n" FROM("a@exemple.test") BODY, WHO_MACHINE, false, false },
	{ "6", "Auto-Submitted: (why) Auto-Generated; x=y\n" FROM("a@exemple.test") BODY, WHO_MACHINE,
	    false, false },
	{ "6", "Auto-Submitted: no\nAuto-Submitted: auto-replied\n" FROM("a@exemple.test") BODY,
	    WHO_MACHINE, false, false },
	{ "", "Auto-Submitted: No\n" FROM("a@exemple.test") BODY, WHO_CITIZEN, false, false },
	{ "", "Auto-Submitted: no (not automatic)\n" FROM("a@exemple.test") BODY, WHO_CITIZEN, false,
	    false },
	{ "8", "Precedence: bulk\n" FROM("a@exemple.test") BODY, WHO_LIST, false, false },
	{ "8", "X-Precedence: auto_reply\n" FROM("a@exemple.test") BODY, WHO_MACHINE, false, false },
	{ "", "Precedence: first-class\n" FROM("a@exemple.test") BODY, WHO_CITIZEN, false, false },
	{ "9", "List-Unsubscribe: <mailto:x@y.test>\n" FROM("a@exemple.test") BODY, WHO_LIST, false,
	    false },
	{ "9", "X-Mailing-List: x\n" FROM("a@exemple.test") BODY, WHO_LIST, false, false },
	{ "10", "X-MS-Exchange-Inbox-Rules-Loop: a@exemple.test\n" FROM("a@exemple.test") BODY,
	    WHO_MACHINE, false, false },
	{ "10", "X-Autoreply: yes\n" FROM("a@exemple.test") BODY, WHO_MACHINE, false, false },
	{ "", "X-Autoreply: no\n" FROM("a@exemple.test") BODY, WHO_CITIZEN, false, false },
	{ "10", "From: a@exemple.test\nSubject: =?utf-8?q?R=C3=A9ponse_automatique=C2=A0:_cong=C3=A9s?=\n"
	    BODY, WHO_MACHINE, false, false },
	{ "10", "From: a@exemple.test\nSubject: Automatic reply: hello\n" BODY, WHO_MACHINE, false,
	    false },
	{ "", "From: a@exemple.test\nSubject: Re: Automatic reply: hello\n" BODY, WHO_CITIZEN, false,
	    false },
	{ "", "From: a@exemple.test\nSubject: Absence du bureau de vote dimanche\n" BODY, WHO_CITIZEN, false,
	    false },
	{ "", "From: a@exemple.test\nSubject: =?utf-8?q?R=C3=A9ponse_automatique_de_la_caf?=\n" BODY,
	    WHO_CITIZEN, false, false },
	{ "10", "From: a@exemple.test\nSubject: Out of office\n" BODY, WHO_MACHINE, false, false },
	{ "11", FROM("ne-pas-repondre@exemple.test") BODY, WHO_MACHINE, false, false },
	{ "11", FROM("voisins-request@exemple.test") BODY, WHO_MACHINE, false, false },
	{ "11", FROM("voisins-bounces+x@exemple.test") BODY, WHO_MACHINE, false, false },
	{ "", FROM("formulaire@ville.test") "Reply-To: lea@exemple.test\n" BODY, WHO_CITIZEN, false,
	    false },
	/* The form is a program: its marks are not the person's. */
	{ "", "Return-Path: <>\n" FORM BODY, WHO_CITIZEN, false, false },
	{ "", "Auto-Submitted: auto-generated\n" FORM BODY, WHO_CITIZEN, false, false },
	{ "", "Precedence: bulk\n" FORM BODY, WHO_CITIZEN, false, false },
	{ "", "X-Precedence: auto_reply\n" FORM BODY, WHO_CITIZEN, false, false },
	{ "", "X-Autoreply: yes\n" FORM BODY, WHO_CITIZEN, false, false },
	{ "", AR("dmarc=pass header.from=ville.test") "Return-Path: <>\nAuto-Submitted: x\n" FORM BODY,
	    WHO_CITIZEN, false, false },
	{ "6", AR("dmarc=fail header.from=ville.test") "Auto-Submitted: auto-generated\n" FORM BODY,
	    WHO_MACHINE, false, false },
	{ "4", AR("spf=fail smtp.mailfrom=x") "Return-Path: <>\n" FORM BODY, WHO_MACHINE, false,
	    false },
	{ "9", "List-Id: <x>\n" FORM BODY, WHO_LIST, false, false },
	{ "13", "HOPS" FROM("a@exemple.test") BODY, WHO_MACHINE, false, false },
	{ "15", AR("dmarc=pass header.from=ville.test") FROM("Claire@ville.test") BODY, WHO_AGENT,
	    false, false },
	{ "15", AR("dkim=pass header.d=ville.test") FROM("claire@ville.test") BODY, WHO_AGENT, false,
	    false },
	{ "15", FROM("claire@ville.test") BODY, WHO_AGENT, false, true },
	{ "16", FROM("claire@ville.test") BODY, WHO_AGENT_UNPROVEN, false, false },
	{ "16", AR("dmarc=fail header.from=ville.test") FROM("claire@ville.test") BODY,
	    WHO_AGENT_UNPROVEN, false, true },
	{ "16", "Authentication-Results: evil.test; dmarc=pass header.from=ville.test\n"
	    FROM("claire@ville.test") BODY, WHO_AGENT_UNPROVEN, false, false },
	{ "", FROM("\"claire@ville.test\" <x@exemple.test>") BODY, WHO_CITIZEN, false, false },
};

/* OURS: an id that our key signs; HOPS: one Received field too many. */
static const char *
expand(struct arena *a, const char *raw)
{
	static const unsigned char r[MSGID_RANDOM] = { 1, 2, 3 };
	const char *id = msgid_make(a, span_of(KEY), "BI-2026-00001", "ack", r, "ville.test");
	const char *at = strstr(raw, "OURS"), *hops = "";

	if (at != NULL)
		return arena_printf(a, "%.*s%s%s", (int)(at - raw), raw, id, at + 4);
	if (strncmp(raw, "HOPS", 4) != 0)
		return raw;
	for (int i = 0; i < 31; i++)
		hops = arena_printf(a, "%sReceived: from a by b; Tue, 24 Nov 2026 10:00:00 +0100\n", hops);
	return arena_printf(a, "%s%s", hops, raw + 4);
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct desk d = desk_make();
		const struct ident_facts facts = { .found_in_sent = rows[i].in_sent,
		    .in_reply_to_token_of = rows[i].token };
		struct ident out;

		ident_mail(a, &d, mail_of(a, expand(a, rows[i].raw)), &facts, &out);
		if (strcmp(out.row, rows[i].row) != 0 || out.who != rows[i].who)
			fail_msg("case %zu: row \"%s\" %s, want \"%s\" %s:\n%.300s", i, out.row,
			    who_name(out.who), rows[i].row, who_name(rows[i].who), rows[i].raw);
	}
}

/* 30 hops are lawful, an unreadable mail is row 3, an encoded word is no address. */
static void
test_edges(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct desk d = desk_make();
	const struct ident_facts unreadable = { .unreadable = true }, none = { 0 };
	struct ident out;
	const char *hops = "";

	(void)state;
	for (int i = 0; i < 30; i++)
		hops = arena_printf(a, "%sReceived: from a by b\n", hops);
	ident_mail(a, &d, mail_of(a, arena_printf(a, "%s" FROM("a@exemple.test") BODY, hops)), &none,
	    &out);
	assert_int_equal(out.who, WHO_CITIZEN);
	ident_mail(a, &d, NULL, &unreadable, &out);
	assert_int_equal(out.who, WHO_UNREADABLE);
	ident_mail(a, &d, mail_of(a, FROM("=?utf-8?q?claire=40ville=2Etest?=") BODY), &none, &out);
	assert_int_equal(out.who, WHO_UNREADABLE);
}

static void
test_form(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct desk d = desk_make();
	const struct ident_facts none = { 0 };
	struct ident out;

	(void)state;
	ident_mail(a, &d, mail_of(a, FROM("formulaire@ville.test")
	    "Reply-To: Lea@Exemple.test\n" BODY), &none, &out);
	assert_string_equal(out.sender, "lea@exemple.test");
	assert_string_equal(out.because, "a person, through the city's form");
	ident_mail(a, &d, mail_of(a, FROM("formulaire@ville.test")
	    "Reply-To: Formulaire@Ville.test\n" BODY), &none, &out);
	assert_string_equal(out.sender, "");	/* it would answer itself */
	ident_mail(a, &d, mail_of(a, FROM("formulaire@ville.test") BODY), &none, &out);
	assert_string_equal(out.sender, "");
	/* Anybody else's Reply-To is not the person. */
	ident_mail(a, &d, mail_of(a, FROM("a@exemple.test") "Reply-To: b@exemple.test\n" BODY), &none,
	    &out);
	assert_string_equal(out.sender, "a@exemple.test");
}

/* Whatever would prove an agent: let out of review it proves nothing. */
static void
test_let_out(void **state)
{
	static const struct { const char *raw, *sender; enum who who; bool in_sent, token; } t[] = {
		{ AR("dmarc=pass header.from=ville.test") FROM("Claire@ville.test") BODY,
		    "claire@ville.test", WHO_CITIZEN, false, true },
		{ FROM("karim@ville.test") BODY, "karim@ville.test", WHO_CITIZEN, false, true },
		{ FROM("bureau@ville.test") BODY, "bureau@ville.test", WHO_CITIZEN, true, false },
		{ "Subject: rien\n" BODY, "", WHO_CITIZEN, false, false },
		{ FROM("a@exemple.test") "From: b@exemple.test\n" BODY, "", WHO_CITIZEN, false, false },
		{ FROM("a@exemple.test") BODY, "a@exemple.test", WHO_CITIZEN, false, false },
		{ "Auto-Submitted: auto-replied\n" FROM("a@exemple.test") BODY, "a@exemple.test",
		    WHO_MACHINE, false, false },
		{ FROM("a@exemple.test") DSN, "a@exemple.test", WHO_BOUNCE, false, false },
	};
	struct desk d = desk_make();

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		const struct ident_facts facts = { .found_in_sent = t[i].in_sent,
		    .in_reply_to_token_of = t[i].token, .released_by = "marie" };
		struct ident out;

		ident_mail(a, &d, mail_of(a, t[i].raw), &facts, &out);
		if (out.who != t[i].who || strcmp(out.sender, t[i].sender) != 0 ||
		    (out.who == WHO_CITIZEN && (out.agent != NULL || out.own_by_hand)))
			fail_msg("case %zu: %s <%s>", i, who_name(out.who), out.sender);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_let_out),
	};

	return cmocka_run_group_tests(tests, desk_setup, desk_teardown);
}
