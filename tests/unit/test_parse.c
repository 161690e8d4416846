/* Whole mails, as clients and attackers make them. */
#include "date.h"
#include "limits.h"
#include "parse.h"
#include "utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "From: a@b.fr\nSubject: s\nMIME-Version: 1.0\n"
#define MIXED HEAD "Content-Type: multipart/mixed; boundary=\"b\"\n\n"
#define ALT HEAD "Content-Type: multipart/alternative; boundary=b\n\n"
#define HTML "--b\nContent-Type: text/html; charset=utf-8\n\n"

static struct arena *arena;

static struct mail
parsed(struct span raw)
{
	struct mail m;
	struct fault f;

	assert_int_equal(parse_mail(arena, raw, 0, &m, &f), ST_OK);
	return m;
}

static const struct { const char *raw, *text; unsigned flags; } texts[] = {
	{ HEAD "\nBonjour\n", "Bonjour\n", 0 },
	{ HEAD "Content-Transfer-Encoding: quoted-printable\n\n=E9t=\n=E9\n", "été\n", 0 },
	{ HEAD "Content-Transfer-Encoding: base64\n\nw6l0w6k=\n", "été", 0 },
	{ HEAD "Content-Transfer-Encoding: base64\n\nw6l0w6k\n", "été", 0 },	/* no padding */
	{ HEAD "Content-Transfer-Encoding: BASE64 (x)\n\nYQ\n", "a", 0 },
	{ HEAD "Content-Transfer-Encoding: base64\n\nw6k=\n-- \npied de page\n", "é", 0 },
	{ "From: a@b.fr\r\rligne 1\rligne 2\r", "ligne 1\nligne 2\n", 0 },
	{ "From moi@x Mon\nFrom: a@b.fr\n\nBonjour", "Bonjour", 0 },
	{ "\xef\xbb\xbf\r\n\r\nFrom: a@b.fr\r\n\r\nBonjour", "Bonjour", 0 },
	/* Alternatives */
	{ ALT "--b\n\nen clair\n" HTML "<p>en HTML</p>\n--b--\n", "en clair", 0 },
	{ ALT "--b\n\n \n" HTML "<p>en HTML</p>\n--b--\n", "en HTML", MAIL_HTML_ONLY },
	{ ALT "--b\n\nVotre logiciel ne lit pas le HTML.\n" HTML "<p>Mon loyer</p>\n--b--\n",
	    "Mon loyer", MAIL_HTML_ONLY },
	{ ALT HTML "<p>en HTML</p>\n--b--\n", "en HTML", MAIL_HTML_ONLY },
	{ HEAD "Content-Type: text/html\n\n<meta charset=\"windows-1251\"><p>\xcf\xf0</p>",
	    "Пр", MAIL_HTML_ONLY },
	/* Parts */
	{ MIXED "--b\n\nun\n--b\n\ndeux\n--b--\nsuite ignorée", "un\ndeux", 0 },
	/* an empty one */
	{ MIXED "préambule\n--b\n\n\n--b\n\ndeux\n--b--", "\ndeux", 0 },
	{ MIXED "--b\n--b\n\ndeux\n--b--", "deux", 0 },
	{ MIXED "--b\r\n\nhi\n--b\r\n\r\nho\r\n--b--", "hi\nho", 0 },	/* mixed line ends */
	{ MIXED "--b\n\nsans fin", "sans fin", 0 },
	/* a prefix is no match */
	{ MIXED "--bb\n\nautre\n--b\n\nun\n--b--", "un", 0 },
	{ MIXED "aucune part\n", "aucune part", 0 },
	{ HEAD "Content-Type: multipart/mixed\n\n--xyz\n\nun\n--xyz--\n", "un", 0 },
	{ HEAD "Content-Type: multipart/mixed\n\nun\n", "un", 0 },
	{ HEAD "Content-Type: multipart/mixed; boundary=\"\\\"\"\n\n--\"\n\nun\n--\"--\n", "un",
	    0 },
	{ MIXED "--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\nun\n"
	    /* the inner end is missing */
	    "--b\n\ndeux\n--b--\n", "un\ndeux", 0 },
	/* A file is no text, unless there is nothing else. */
	{ MIXED "--b\n\nun\n--b\nContent-Disposition: attachment\n\ndeux\n--b--", "un", 0 },
	{ MIXED "--b\nContent-Disposition: attachment; filename=x.txt\n\ndeux\n--b--", "deux",
	    0 },
	/* What cannot be read, and what is signed */
	{ HEAD "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx", "",
	    MAIL_ENCRYPTED },
	{ HEAD "\n-----BEGIN PGP MESSAGE-----\n", "-----BEGIN PGP MESSAGE-----\n",
	    MAIL_ENCRYPTED },
	{ HEAD "Content-Type: multipart/signed; boundary=b\n\n--b\n\nun\n--b--\n", "un",
	    MAIL_SIGNED },
	{ MIXED "--b\n\nun\n--b\nContent-Type: application/ms-tnef\n\nx\n--b--", "un",
	    MAIL_TNEF },
	/* Charsets */
	{ HEAD "Content-Type: text/plain; charset=iso-8859-1\n\n\x93\xe9\x94", "“é”", 0 },
	{ HEAD "Content-Type: text/plain; charset=\"utf-8\n\n\xc3\xa9", "é", 0 },
	{ HEAD "Content-Type: texte\n\n\xe9", "é", 0 },
};

static void
test_texts(void **s)
{
	const unsigned seen = MAIL_ENCRYPTED | MAIL_SIGNED | MAIL_TNEF | MAIL_HTML_ONLY |
	    MAIL_CUT;

	(void)s;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct mail m = parsed(span_of(texts[i].raw));

		if (!span_eq(span_trim(span_of(m.text)), arena_span(arena,
		    span_trim(span_of(texts[i].text)))) || (m.flags & seen) != texts[i].flags)
			fail_msg("case %zu: %u\n%s", i, m.flags, m.text);
	}
}

static void
test_fields(void **s)
{
	struct mail m = parsed(span_of("From: =?utf-8?q?Andr=C3=A9?= <a@b.fr>\n"
	    "To: x@y.fr, z@y.fr\nReply-To: r@b.fr\nSubject: =?utf-8?q?=C3=A9t=C3=A9?=\n"
	    "Message-ID: <1@b>\nIn-Reply-To: votre mail <2@b>\nReferences: <3@b> x <2@b>\n"
	    "Date: Tue, 24 Nov 2026 10:12:00 +0100\n\nx"));

	(void)s;
	assert_string_equal(m.from.v[0].name, "André");
	assert_string_equal(m.from.v[0].spec, "a@b.fr");
	assert_int_equal(m.to.n, 2);
	assert_string_equal(m.reply_to.v[0].spec, "r@b.fr");
	assert_string_equal(m.subject, "été");
	assert_string_equal(m.message_id, "<1@b>");
	assert_string_equal(m.in_reply_to.v[0], "<2@b>");
	assert_int_equal(m.references.n, 2);
	assert_int_equal(m.date, 1795511520);
	assert_string_equal(m.lang, "fr");
}

static void
test_two_from_is_broken(void **s)
{
	(void)s;
	assert_true(parsed(span_of("From: a@b.fr\nFrom: a@b.fr\n\nx")).from.broken);
	assert_false(parsed(span_of("From: a@b.fr\n\nx")).from.broken);
}

static const struct { const char *raw, *filename, *type; uint64_t size; } files[] = {
	{ "--b\nContent-Type: application/pdf; name=a.pdf\n"
	    "Content-Transfer-Encoding: base64\n\nYWJjZA==\n", "a.pdf", "application/pdf", 4 },
	{ "--b\nContent-Type: application/pdf; name=a.pdf\n"
	    "Content-Transfer-Encoding: base64\n\nYWJj\r\n ZGVm\nZ2g\n", "a.pdf",
	    "application/pdf", 8 },
	{ "--b\nContent-Type: image/png\n"
	    "Content-Disposition: inline; filename=\"b c.png\"\n\nxyz\n",
	    "b c.png", "image/png", 3 },
	{ "--b\nContent-Type: image/png; name=sans guillemets.png\n\nxyz\n",
	    "sans guillemets.png", "image/png", 3 },
	{ "--b\nContent-Disposition: attachment; filename*=utf-8''%C3%A9t%C3%A9.txt\n\nx\n",
	    "été.txt", "text/plain", 1 },
	{ "--b\nContent-Disposition: attachment; filename*0*=iso-8859-15'fr'%A4;\n"
	    " filename*1=\"uro.txt\"; filename=x\n\nx\n", "€uro.txt", "text/plain", 1 },
	{ "--b\nContent-Disposition: attachment; filename=\"=?utf-8?q?=C3=A9?=.txt\"\n\nx\n",
	    "é.txt", "text/plain", 1 },
	{ "--b\nContent-Disposition: attachment; filename=\"a\x1b\xe2\x80\xae" "b.txt\"\n\nx\n",
	    "ab.txt", "text/plain", 1 },
	{ "--b\nContent-Type: message/rfc822; name=m.eml\n\nSubject: x\n\ny\n", "m.eml",
	    "message/rfc822", 13 },
};

static void
test_files(void **s)
{
	(void)s;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		struct mail m = parsed(span_of(arena_printf(arena,
		    MIXED "--b\n\ntexte\n%s--b--\n",
		    files[i].raw)));

		if (m.natt != 1 || strcmp(m.att[0].filename, files[i].filename) != 0 ||
		    strcmp(m.att[0].type, files[i].type) != 0 || m.att[0].size != files[i].size)
			fail_msg("case %zu: %zu %s %s %d", i, m.natt, m.att[0].filename,
			    m.att[0].type, (int)m.att[0].size);
	}
}

/* A forward as attachment carries the case, also when the message is encoded. */
static void
test_forwarded(void **s)
{
	static const char *const inner[] = {
		"Content-Type: message/rfc822\n\n"
		"From: Jean <j@b.fr>\nSubject: Fuite\n\nUrgent\n",
		"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
		"RnJvbTogSmVhbiA8akBiLmZyPgpTdWJqZWN0OiBGdWl0ZQoKVXJnZW50Cg==\n",
	};

	(void)s;
	for (size_t i = 0; i < sizeof inner / sizeof inner[0]; i++) {
		struct mail m = parsed(span_of(arena_printf(arena,
		    MIXED "--b\n\nVoir.\n--b\n%s--b--",
		    inner[i])));

		assert_non_null(strstr(m.text, "Voir."));
		assert_non_null(strstr(m.text, "De : Jean <j@b.fr>"));
		assert_non_null(strstr(m.text, "Objet : Fuite"));
		assert_non_null(strstr(m.text, "Urgent"));
		assert_int_equal(m.natt, 1);
	}
}

/* The returned original of a report is not what anybody wrote to us. */
static void
test_report_text(void **s)
{
	struct mail m = parsed(span_of(HEAD "Content-Type: multipart/report; boundary=b\n\n"
	    "--b\n\navis\n--b\nContent-Type: message/rfc822\n\n"
	    "Subject: x\n\noriginal\n--b--\n"));

	(void)s;
	assert_non_null(strstr(m.text, "avis"));
	assert_null(strstr(m.text, "original"));
}

static void
test_ical(void **s)
{
	struct mail m = parsed(span_of(ALT "--b\n\nun\n--b\nContent-Type: text/calendar\n\n"
	    "BEGIN:VCALENDAR\n--b--\n"));

	(void)s;
	assert_string_equal(m.ical, "BEGIN:VCALENDAR");
	assert_int_equal(m.natt, 0);
}

static void
test_no_mail(void **s)
{
	static const char *const none[] = { "", "\n", "bonjour", "\n\nbonjour\n", ":\n" };

	(void)s;
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
		struct mail m;
		struct fault f;

		assert_int_equal(parse_mail(arena, span_of(none[i]), 0, &m, &f), ST_PERM);
		assert_string_equal(m.text, "");
	}
}

static void
test_partial(void **s)
{
	struct mail m;
	struct fault f;

	(void)s;
	assert_int_equal(parse_mail(arena, span_of(MIXED "--b\n\nle déb"), PARSE_PARTIAL, &m, &f),
	    ST_OK);
	assert_true((m.flags & MAIL_PARTIAL) != 0);
	assert_non_null(strstr(m.text, "le déb"));
}

static void
test_nul(void **s)
{
	static const char raw[] = HEAD "\nun\0deux\n";
	struct mail m = parsed(span_from(raw, sizeof raw - 1));

	(void)s;
	assert_string_equal(m.text, "undeux\n");
}

static struct mail
repeated(const char *head, const char *piece, size_t times, const char *tail)
{
	size_t h = strlen(head), n = strlen(piece);
	char *z = arena_new(arena, char, h + n * times + strlen(tail) + 1);

	memcpy(z, head, h);
	for (size_t i = 0; i < times; i++)
		memcpy(z + h + n * i, piece, n);
	memcpy(z + h + n * times, tail, strlen(tail));
	return parsed(span_of(z));
}

static void
test_edge_parts(void **s)
{
	struct mail m = repeated(MIXED, "--b\n\nx\n", LIMIT_MIME_PARTS - 1, "--b--\n");

	(void)s;
	assert_int_equal(m.flags & MAIL_CUT, 0);
	m = repeated(MIXED, "--b\n\nx\n", LIMIT_MIME_PARTS, "--b--\n");
	assert_int_equal(m.flags & MAIL_CUT, MAIL_CUT);
	m = repeated(MIXED, "--b\nContent-Type: image/png\n\nx\n", LIMIT_ATTACHMENTS,
	    "--b--\n");
	assert_int_equal(m.flags & MAIL_CUT, 0);
	assert_int_equal(m.natt, LIMIT_ATTACHMENTS);
	m = repeated(MIXED, "--b\nContent-Type: image/png\n\nx\n", LIMIT_ATTACHMENTS + 1,
	    "--b--\n");
	assert_int_equal(m.flags & MAIL_CUT, MAIL_CUT);
	assert_int_equal(m.natt, LIMIT_ATTACHMENTS);
}

static void
test_edge_depth(void **s)
{
	static const char deep[] = "Content-Type: message/rfc822\n\n";
	struct mail m = repeated(HEAD, deep, LIMIT_MIME_DEPTH, "Subject: x\n\nfond");

	(void)s;
	assert_int_equal(m.flags & MAIL_CUT, 0);
	assert_non_null(strstr(m.text, "fond"));
	m = repeated(HEAD, deep, LIMIT_MIME_DEPTH + 1, "Subject: x\n\nfond");
	assert_int_equal(m.flags & MAIL_CUT, MAIL_CUT);
	(void)repeated(HEAD, deep, 20000, "");
	(void)repeated(HEAD, "Content-Type: multipart/mixed; boundary=b\n\n--b\n", 20000, "");
}

static void
test_edge_text(void **s)
{
	struct mail m = repeated(HEAD "\n", "0123456789abcde\n", LIMIT_TEXT / 16, "");

	(void)s;
	assert_int_equal(strlen(m.text), LIMIT_TEXT);
	assert_int_equal(m.flags & MAIL_CUT, 0);
	m = repeated(HEAD "\n", "0123456789abcde\n", LIMIT_TEXT / 16, "x");
	assert_int_equal(strlen(m.text), LIMIT_TEXT);
	assert_int_equal(m.flags & MAIL_CUT, MAIL_CUT);
	m = repeated(HEAD "\n", "\xc3\xa9", LIMIT_TEXT, "");
	assert_true(utf8_valid(span_of(m.text)));
	m = repeated(HEAD "\n", "x", LIMIT_LINE_IN, "");
	assert_null(strchr(m.text, '\n'));
	m = repeated(HEAD "\n", "x", LIMIT_LINE_IN + 1, "");
	assert_int_equal(strchr(m.text, '\n') - m.text, LIMIT_LINE_IN);
}

static void
test_edge_names(void **s)
{
	struct mail m = repeated(MIXED "--b\nContent-Disposition: attachment; filename=", "n",
	    LIMIT_FILENAME, "\n\nx\n--b--\n");

	(void)s;
	assert_int_equal(strlen(m.att[0].filename), LIMIT_FILENAME);
	m = repeated(MIXED "--b\nContent-Disposition: attachment; filename=", "n",
	    LIMIT_FILENAME + 1, "\n\nx\n--b--\n");
	assert_int_equal(strlen(m.att[0].filename), LIMIT_FILENAME);
	m = repeated("From: a@b.fr\nSubject: ", "n", LIMIT_SUBJECT + 1, "\n\nx");
	assert_int_equal(strlen(m.subject), LIMIT_SUBJECT);
}

/* RFC 5322 and what came before it; 0 is "nobody knows". */
static void
test_dates(void **s)
{
	static const struct { const char *in, *want; } dates[] = {
		{ "Tue, 24 Nov 2026 10:12:00 +0100", "2026-11-24T09:12:00Z" },
		{ "24 Nov 2026 10:12 -0500 (EST)", "2026-11-24T15:12:00Z" },
		{ "Tue,  1 Dec 26 10:12:00 GMT", "2026-12-01T10:12:00Z" },
		{ "Tue Nov 24 10:12:00 2026", "2026-11-24T10:12:00Z" },
		{ "24-Nov-2026 10:12:00 +0000", "2026-11-24T10:12:00Z" },
		{ "Tue, 24 Nov 2026 10:12:00 CET", "2026-11-24T09:12:00Z" },
		{ "Tue, 24 November 2026 10:12:60 Z", "2026-11-24T10:13:00Z" },
		{ "Tue, 31 Feb 2026 10:12:00 +0100", "" },
		{ "Tue, 24 Nov 2026 25:12:00 +0100", "" },
		{ "hier", "" },
		{ "", "" },
	};

	(void)s;
	for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
		struct mail m = parsed(span_of(arena_printf(arena,
		    "From: a@b.fr\nDate: %s\n\nx",
		    dates[i].in)));
		char got[DATE_RFC3339_MAX] = "";

		if (m.date != 0)
			date_rfc3339(m.date, got);
		if (strcmp(got, dates[i].want) != 0)
			fail_msg("%s: %s", dates[i].in, got);
	}
}

static int
setup(void **s)
{
	struct fault f;

	(void)s;
	arena = arena_open();
	return parse_init(&f) == ST_OK ? 0 : -1;
}

static int
teardown(void **s)
{
	(void)s;
	arena_close(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(test_texts), cmocka_unit_test(test_fields),
		cmocka_unit_test(test_two_from_is_broken), cmocka_unit_test(test_files),
		cmocka_unit_test(test_forwarded), cmocka_unit_test(test_report_text),
		cmocka_unit_test(test_ical), cmocka_unit_test(test_no_mail),
		cmocka_unit_test(test_partial), cmocka_unit_test(test_nul),
		cmocka_unit_test(test_edge_parts), cmocka_unit_test(test_edge_depth),
		cmocka_unit_test(test_edge_text), cmocka_unit_test(test_edge_names),
		cmocka_unit_test(test_dates),
	};

	return cmocka_run_group_tests(t, setup, teardown);
}
