/* Delivery reports: standard ones, servers' own words, and mail that only looks like one. */
#include "bounce.h"
#include "parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define DAEMON "From: MAILER-DAEMON@mx.test\nTo: bureau@ville.test\nReturn-Path: <>\n"
#define REPORT(kind) "Content-Type: multipart/report; report-type=" kind "; boundary=b\n\n"
#define STATUS "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.test\n\n"
#define WORDS "--b\n\nLe message n'est pas parti.\n"
#define RETURNED "--b\nContent-Type: message/rfc822\n\nMessage-ID: <x@ville.test>\n" \
	"To: jean@b.fr\n\nBonjour\n--b--\n"

static const struct {
	const char *raw;
	enum report report;
	const char *recipient, *action, *status, *id;
} cases[] = {
	{ DAEMON REPORT("delivery-status") WORDS STATUS
	    "Final-Recipient: rfc822; jean@b.fr\nAction: failed\nStatus: 5.1.1\n\n" RETURNED,
	    REPORT_DELIVERY, "jean@b.fr", "failed", "5.1.1", "<x@ville.test>" },
	/* The one that failed counts, not the first. */
	{ DAEMON REPORT("delivery-status") WORDS STATUS
	    "Final-Recipient: rfc822;a@b.fr\nAction: delayed\nStatus: 4.4.1\n\n"
	    "Final-Recipient: rfc822;c@d.fr\nAction: Failed\nStatus: 5.2.2 (full)\n\n" RETURNED,
	    REPORT_DELIVERY, "c@d.fr", "failed", "5.2.2", "<x@ville.test>" },
	{ DAEMON REPORT("delivery-status") WORDS STATUS
	    "Original-Recipient: rfc822;<a@b.fr>\nAction: delayed\nStatus: 4.4.1\n\n--b--\n",
	    REPORT_DELIVERY, "a@b.fr", "delayed", "4.4.1", "" },
	{ DAEMON REPORT("delivery-status") WORDS STATUS
	    "Final-Recipient: rfc822;a@b.fr\nAction: delivered\nStatus: 2.0.0\n\n--b--\n",
	    REPORT_DELIVERY, "a@b.fr", "delivered", "2.0.0", "" },
	/* Only the returned header came back. */
	{ DAEMON REPORT("delivery-status") WORDS STATUS
	    "Final-Recipient: rfc822;a@b.fr\nAction: failed\nStatus: 5.0.0\n\n"
	    "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <y@ville.test>\n--b--\n",
	    REPORT_DELIVERY, "a@b.fr", "failed", "5.0.0", "<y@ville.test>" },
	/* qmail */
	{ DAEMON "Subject: failure notice\n\n"
	    "Hi. This is the qmail-send program at mx.test.\n\n<jean@b.fr>:\n"
	    "192.0.2.1 does not like recipient. 550 5.1.1 User unknown\n\n"
	    "--- Below this line is a copy of the message.\n\n"
	    "Return-Path: <bureau@ville.test>\n"
	    "Message-ID: <x@ville.test>\nTo: autre@c.fr\n",
	    REPORT_DELIVERY, "jean@b.fr", "failed", "5.1.1", "<x@ville.test>" },
	/* Exim */
	{ DAEMON "X-Failed-Recipients: jean@b.fr\nSubject: Mail delivery failed\n\n"
	    "This message was created automatically by mail delivery software.\n",
	    REPORT_DELIVERY, "jean@b.fr", "failed", "", "" },
	{ "From: Mail Delivery System <Mailer-Daemon@mx.test>\nTo: bureau@ville.test\n"
	    "Subject: Warning: message 1abcde-000 delayed 24 hours\n\n"
	    "A message that you sent has not yet been delivered to:\n  jean@b.fr\n",
	    REPORT_DELIVERY, "jean@b.fr", "delayed", "", "" },
	/* Exchange, French and English */
	{ "From: postmaster@b.fr\nTo: bureau@ville.test\n"
	    "Subject: =?utf-8?q?Non_remis_=3A_Votre_message?=\n\n"
	    "Échec de la remise pour ces destinataires :\njean@b.fr\n",
	    REPORT_DELIVERY, "jean@b.fr", "failed", "", "" },
	{ "From: postmaster@b.fr\nTo: bureau@ville.test\nSubject: Undeliverable: x\n\n"
	    "Your message did not reach the following recipient(s):\n\njean@b.fr on Mon\n",
	    REPORT_DELIVERY, "jean@b.fr", "failed", "", "" },
	/* A French provider */
	{ DAEMON "Subject: =?utf-8?q?Message_non_distribu=C3=A9?=\n\n"
	    "Votre message n'a pas pu être remis à jean@b.fr : boîte aux lettres pleine.\n",
	    REPORT_DELIVERY, "jean@b.fr", "failed", "", "" },
	/* Reports that are no bounce */
	{ DAEMON REPORT("disposition-notification") WORDS
	    "--b\nContent-Type: message/disposition-notification\n\nDisposition: x\n--b--\n",
	    REPORT_DISPOSITION, "", "", "", "" },
	{ DAEMON REPORT("feedback-report") WORDS
	    "--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n--b--\n",
	    REPORT_FEEDBACK, "", "", "", "" },
	{ "From: a@b.fr\n" REPORT("autre") WORDS "--b--\n", REPORT_OTHER, "", "", "", "" },
	/* A provider's robot that brings the mail back */
	{ "From: no-reply@b.fr\nTo: bureau@ville.test\nSubject: avis\n"
	    "Content-Type: multipart/mixed; boundary=b\n\n"
	    "--b\n\nCould not be delivered to: <jean@b.fr>\n" RETURNED,
	    REPORT_DELIVERY, "jean@b.fr", "failed", "", "<x@ville.test>" },
	{ "From: no-reply@b.fr\nSubject: avis\n\nCould not be delivered to: <jean@b.fr>\n",
	    REPORT_NONE, "", "", "", "" },
	/* List managers that refuse */
	{ "From: liste-owner@b.fr\nTo: bureau@ville.test\nSubject: refus\n\n"
	    "You are not a member of this mailing list <liste@b.fr>.\n",
	    REPORT_DELIVERY, "liste@b.fr", "failed", "", "" },
	{ "From: liste@b.fr\nTo: bureau@ville.test\nX-MLServer: fml [4]\n"
	    "Subject: Loop Alert: Duplicated Message-ID\n\nOriginal mail as follows:\n",
	    REPORT_DELIVERY, "", "failed", "", "" },
	{ "From: liste-owner@b.fr\nSubject: Bonjour\n\nLa liste est en pause.\n",
	    REPORT_NONE, "", "", "", "" },
	{ "From: jean@b.fr\nSubject: Loop alert\n\nYou are not a member of my family.\n",
	    REPORT_NONE, "", "", "", "" },
	/* A provider's interface, by mail, plain or inside a string */
	{ "From: no-reply@b.fr\nTo: bureau@ville.test\nSubject: Notification\n\n"
	    "{\"notificationType\":\"Bounce\",\"bounce\":{\"bouncedRecipients\":"
	    "[{\"emailAddress\":\"jean@b.fr\",\"status\":\"5.1.1\"}]},\"mail\":{\"headers\":"
	    "[{\"name\":\"Message-ID\",\"value\":\"<x@ville.test>\"}]}}\n",
	    REPORT_DELIVERY, "jean@b.fr", "failed", "5.1.1", "<x@ville.test>" },
	{ "From: no-reply@b.fr\nSubject: Notification\n\n"
	    "{ \"Message\" : \"{\\\"eventType\\\": \\\"DeliveryDelay\\\","
	    "\\\"delayedRecipients\\\":[{\\\"emailAddress\\\":\\\"jean@b.fr\\\"}]}\" }\n",
	    REPORT_DELIVERY, "jean@b.fr", "delayed", "", "" },
	{ "From: no-reply@b.fr\nSubject: Notification\n\n"
	    "{\"notificationType\":\"Complaint\"}\n",
	    REPORT_FEEDBACK, "", "", "", "" },
	{ "From: jean@b.fr\nSubject: Bonjour\n\nnotificationType: Bounce ?\n",
	    REPORT_NONE, "", "", "", "" },
	/* Microsoft's form of a complaint, and a person who passes a mail on */
	{ "From: staff@b.fr\nContent-Type: multipart/mixed; boundary=b\n\n"
	    "--b\nContent-Type: message/rfc822\n\nX-HmXmrOriginalRecipient: jean@b.fr\n"
	    "Message-ID: <x@ville.test>\n\nBonjour\n--b--\n",
	    REPORT_FEEDBACK, "", "", "", "" },
	{ "From: jean@b.fr\nContent-Type: multipart/mixed; boundary=b\n\n" RETURNED,
	    REPORT_NONE, "", "", "", "" },
	/* People who speak of undelivered mail, or pass a report on */
	{ "From: Jean <jean@b.fr>\nSubject: Undelivered Mail Returned to Sender\n\n"
	    "Mon courrier could not be delivered, pourquoi ?\n", REPORT_NONE, "", "", "", "" },
	{ "From: jean@b.fr\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\nVoyez.\n"
	    "--o\nContent-Type: message/rfc822\n\n"
	    DAEMON REPORT("delivery-status") WORDS STATUS
	    "Final-Recipient: rfc822;a@b.fr\nAction: failed\n\n--b--\n--o--\n",
	    REPORT_NONE, "", "", "", "" },
	{ "From: jean@b.fr\nSubject: Bonjour\n\nMon loyer\n", REPORT_NONE, "", "", "", "" },
	{ DAEMON "Subject: Réponse automatique\n\nJe suis absent.\n", REPORT_NONE, "", "", "",
	    "" },
};

static void
test_cases(void **s)
{
	struct arena *a = arena_open();

	(void)s;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct mail m;
		struct fault f;
		const struct bounce *b = &m.bounce;

		assert_int_equal(parse_mail(a, span_of(cases[i].raw), 0, &m, &f), ST_OK);
		if (b->report != cases[i].report || strcmp(b->recipient,
		    cases[i].recipient) != 0 ||
		    strcmp(b->action, cases[i].action) != 0 ||
		    strcmp(b->status, cases[i].status) != 0 ||
		    strcmp(b->message_id, cases[i].id) != 0)
			fail_msg("case %zu: %d <%s> %s %s %s", i, (int)b->report, b->recipient,
			    b->action, b->status, b->message_id);
	}
	arena_close(&a);
}

static int
setup(void **s)
{
	struct fault f;

	(void)s;
	return parse_init(&f) == ST_OK ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest t[] = { cmocka_unit_test(test_cases) };

	return cmocka_run_group_tests(t, setup, NULL);
}
