/* What we send: judged byte by byte here, and by Python's email package, which knows nothing
 * of our code. */
#include "compose.h"

#include "date.h"
#include "limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define ID "<BI-2026-00042.ack.aaaa.bbbb@bureau.test>"
#define TEN "aaaaaaaaaa"
#define EIGHTY TEN TEN TEN TEN TEN TEN TEN TEN
#define ID_250 "<" EIGHTY EIGHTY EIGHTY "a@b.test>"

enum { MAX = 256 * 1024 };

static struct outmail
plain(void)
{
	return (struct outmail){
		.from_name = "Bureau", .from = "bureau@ville.test", .to = "anne@exemple.test",
		.reply_to = "", .subject = "Votre message", .text = "Bonjour,\n\nMerci.\n",
		.html = "", .lang = "fr", .message_id = ID, .in_reply_to = "", .kind = "",
		.ticket = "", .automatic = COMPOSE_REPLIED, .date = 1795511520,
	};
}

/* --- every mail: only CRLF, short lines, ASCII, and no field that we did not write ------- */

static bool
field_known(const char *p)
{
	static const char *const known[] = {
		"From:", "To:", "Reply-To:", "Subject:", "Date:", "Message-ID:", "In-Reply-To:",
		"References:", "Content-Language:", "Auto-Submitted:",
		"X-Auto-Response-Suppress:", "X-Bureaud-Loop:", "X-Bureaud-Kind:",
		"X-Bureaud-Ticket:", "MIME-Version:", "Content-Type:",
		"Content-Transfer-Encoding:", " ",
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strncmp(p, known[i], strlen(known[i])) == 0)
			return true;
	return false;
}

static void
lint(const struct buf *b)
{
	size_t width = 0;
	bool head = true;

	for (size_t i = 0; i < b->n; i++) {
		unsigned char c = (unsigned char)b->z[i];

		assert_true(c < 0x7f && (c >= ' ' || c == '\t' || c == '\r' || c == '\n'));
		assert_true((c == '\r') == (i + 1 < b->n && b->z[i + 1] == '\n'));
		assert_true(c != '\n' || b->z[i - 1] == '\r');
		if (width == 0 && head && c != '\r' && c != '\n')
			assert_true(field_known(b->z + i));
		if (c == '\n') {
			head = head && width > 1;
			width = 0;
			continue;
		}
		width++;
		assert_in_range(width, 0, LIMIT_LINE_OUT + 1);
	}
	assert_int_equal(width, 0);
}

static void
compose(const struct outmail *m, struct buf *b)
{
	struct fault f = { 0 };

	buf_open(b, MAX);
	assert_int_equal(compose_mail(m, MAX, b, &f), ST_OK);
	lint(b);
}

/* --- Python's reading --------------------------------------------------------------------- */

static const char script[] =
    "import sys, email, email.policy\n"
    "m = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)\n"
    "def show(k, v):\n"
    "    print(k + '=' + str(v).replace('\\\\', '\\\\\\\\').replace('\\n', '\\\\n'))\n"
    "for k, v in m.items(): show(k, v)\n"
    "for f in ('From', 'To', 'Reply-To'):\n"
    "    for a in (m[f].addresses if m[f] else ()):\n"
    "        show(f + '.name', a.display_name)\n"
    "        show(f + '.spec', a.addr_spec)\n"
    "if m['Date']: show('unix', int(m['Date'].datetime.timestamp()))\n"
    "for p in m.walk():\n"
    "    show('part', p.get_content_type())\n"
    "    if p.is_multipart(): continue\n"
    "    c = p.get_content()\n"
    "    show('content', c if isinstance(c, str) else c.hex())\n"
    "    if p.get_filename(): show('filename', p.get_filename())\n"
    "    if p.get_param('name'): show('name', p.get_param('name'))\n"
    "    if p.get_content_disposition(): show('disposition', p.get_content_disposition())\n"
    "    if p.get_param('method'): show('method', p.get_param('method'))\n"
    "show('defects', [d for p in m.walk() for d in p.defects] +\n"
    "    [d for k in m for d in m[k].defects])\n";

/* "key=value" lines, one per fact; "" where Python is not there. */
static char *
python(const struct buf *b)
{
	char dir[] = "/tmp/test_compose.XXXXXX", mail[64], code[64], cmd[256];
	static char out[256 * 1024];
	FILE *p;
	size_t n;

	assert_non_null(mkdtemp(dir));
	(void)snprintf(mail, sizeof mail, "%s/m.eml", dir);
	(void)snprintf(code, sizeof code, "%s/read.py", dir);
	p = fopen(mail, "wb");
	assert_non_null(p);
	assert_int_equal(fwrite(b->z, 1, b->n, p), b->n);
	(void)fclose(p);
	p = fopen(code, "wb");
	assert_non_null(p);
	assert_int_equal(fwrite(script, 1, sizeof script - 1, p), sizeof script - 1);
	(void)fclose(p);
	(void)snprintf(cmd, sizeof cmd, "PYTHONUTF8=1 /usr/bin/python3 %s %s 2>&1", code, mail);
	p = popen(cmd, "r");
	assert_non_null(p);
	out[0] = '\n';
	n = 1 + fread(out + 1, 1, sizeof out - 2, p);
	out[n] = '\0';
	assert_int_equal(pclose(p), 0);
	(void)unlink(mail);
	(void)unlink(code);
	(void)rmdir(dir);
	return out;
}

static void
assert_fact(const char *facts, const char *want)
{
	char line[4096];

	(void)snprintf(line, sizeof line, "\n%s\n", want);
	if (strstr(facts, line) == NULL)
		fail_msg("not found: %s\nin:%s", want, facts);
}

#define FACTS_MAX 8

struct reading { const char *what; struct outmail m; const char *want[FACTS_MAX]; };

static void
check_reading(const char *what, const struct outmail *m, const char *const want[FACTS_MAX])
{
	struct buf b;
	char *facts;

	compose(m, &b);
	facts = python(&b);
	for (size_t i = 0; i < FACTS_MAX && want[i] != NULL; i++)
		assert_fact(facts, want[i]);
	if (strstr(facts, "\ndefects=[]\n") == NULL)
		fail_msg("%s: %s", what, facts);
	buf_close(&b);
}

static void
test_acknowledgment(void **s)
{
	static const char *ids[] = { "<a@x.test>", "<b@x.test>" };
	struct outmail m = plain();

	(void)s;
	m.from_name = "Bureau des interventions, Mairie \"centre\"";
	m.in_reply_to = "<b@x.test>";
	m.references = (struct msgids){ ids, 2 };
	m.kind = "notify";
	m.ticket = "BI-2026-00042";
	check_reading("headers", &m, (const char *const[FACTS_MAX]){
	    "From.name=Bureau des interventions, Mairie \"centre\"",
	    "From.spec=bureau@ville.test", "To.spec=anne@exemple.test",
	    "References=<a@x.test> <b@x.test>", "In-Reply-To=<b@x.test>",
	    "Auto-Submitted=auto-replied", "X-Auto-Response-Suppress=All",
	    "X-Bureaud-Loop=" ID });
	check_reading("headers", &m, (const char *const[FACTS_MAX]){
	    "Message-ID=" ID, "unix=1795511520", "Content-Language=fr", "X-Bureaud-Kind=notify",
	    "X-Bureaud-Ticket=BI-2026-00042", "part=text/plain",
	    "content=Bonjour,\\n\\nMerci.\\n", "Content-Transfer-Encoding=7bit" });
}

static void
test_automatic_kinds(void **s)
{
	static const struct { enum compose_auto how; const char *want; } t[] = {
		{ COMPOSE_REPLIED, "Auto-Submitted: auto-replied\r\n" },
		{ COMPOSE_GENERATED, "Auto-Submitted: auto-generated\r\n" },
	};
	struct outmail m = plain();
	struct buf b;

	(void)s;
	for (size_t i = 0; i < 2; i++) {
		m.automatic = t[i].how;
		compose(&m, &b);
		assert_non_null(strstr(b.z, t[i].want));
		assert_non_null(strstr(b.z, "X-Auto-Response-Suppress: All\r\n"));
		buf_close(&b);
	}
	m.automatic = COMPOSE_HUMAN;
	compose(&m, &b);
	assert_null(strstr(b.z, "Auto-Submitted"));
	assert_null(strstr(b.z, "X-Auto-Response-Suppress"));
	buf_close(&b);
}

static void
test_subjects(void **s)
{
	static const struct { const char *in, *want; } t[] = {
		{ "Votre message", "Subject=Votre message" },
		{ "Re: Problème d’ascenseur [BI-2026-00042]",
		    "Subject=Re: Problème d’ascenseur [BI-2026-00042]" },
		{ "é", "Subject=é" },
		{ "=?utf-8?Q?faux?= mot", "Subject==?utf-8?Q?faux?= mot" },
		{ "fin\r\nBcc: tous@exemple.test", "Subject=fin Bcc: tous@exemple.test" },
		{ "fin\rBcc: x", "Subject=fin Bcc: x" },
		{ "fin\xc2\x85" "Bcc: x\xe2\x80\xa8y", "Subject=fin Bcc: x y" },
		{ "  a \t b\x01\x02 c\x7f ", "Subject=a b c" },
		{ "مرحبا يا سيدي، المصعد معطل منذ أسبوع كامل في العمارة رقم ثلاثة بشارع "
		    "النصر الطويل",
		    "Subject=مرحبا يا سيدي، المصعد معطل منذ أسبوع كامل في العمارة رقم "
		    "ثلاثة بشارع النصر الطويل" },
		{ "un deux trois quatre cinq six sept huit neuf dix onze douze treize "
		    "quatorze quinze seize",
		    "Subject=un deux trois quatre cinq six sept huit neuf dix onze douze "
		    "treize quatorze quinze seize" },
		{ "https://exemple.test/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b",
		    "Subject=https://exemple.test/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b" },
		{ "😀😀😀😀😀😀😀😀😀😀 👍", "Subject=😀😀😀😀😀😀😀😀😀😀 👍" },
		{ "", "Subject=" },
	};
	struct outmail m = plain();

	(void)s;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		m.subject = t[i].in;
		check_reading(t[i].in, &m, (const char *const[FACTS_MAX]){ t[i].want });
	}
}

static void
test_header_lines_are_short(void **s)
{
	struct outmail m = plain();
	char subject[LIMIT_SUBJECT + 1];
	struct span rest, line;
	struct buf b;

	(void)s;
	for (size_t i = 0; i + 2 < sizeof subject; i += 2)
		memcpy(subject + i, i % 20 == 0 ? " e" : "\xc3\xa9", 2);
	subject[sizeof subject - 1] = '\0';
	m.subject = subject;
	m.from_name = "Le bureau des interventions et de la médiation de la ville et de tous "
	    "ses quartiers";
	compose(&m, &b);
	rest = buf_span(&b);
	while (span_line(&rest, &line) && line.n > 0)
		assert_in_range(line.n, 1, 78);
	buf_close(&b);
}

static void
test_names(void **s)
{
	static const struct { const char *in, *want; } t[] = {
		{ "Élise Noël", "From.name=Élise Noël" },
		{ "Mairie (accueil) <a@b.test>", "From.name=Mairie (accueil) <a@b.test>" },
		{ "a\\b\"c", "From.name=a\\\\b\"c" },
		{ "", "From.name=" },
		{ "x\r\nBcc: y@z.test", "From.name=x Bcc: y@z.test" },
	};
	struct outmail m = plain();

	(void)s;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		m.from_name = t[i].in;
		check_reading(t[i].in, &m, (const char *const[FACTS_MAX]){
		    t[i].want, "From.spec=bureau@ville.test" });
	}
}

static void
test_bodies(void **s)
{
	static const struct { const char *in, *want, *how; } t[] = {
		{ "ascii\n", "content=ascii\\n", "7bit" },
		{ "sans fin", "content=sans fin\\n", "7bit" },
		{ "été\n", "content=été\\n", "quoted-printable" },
		{ "a\rb\r\nc\n", "content=a\\nb\\nc\\n", "7bit" },
		{ ".\n..\n.x\n", "content=.\\n..\\n.x\\n", "quoted-printable" },
		{ "From moi\n", "content=From moi\\n", "quoted-printable" },
		{ "blanc \n\t\n", "content=blanc \\n\t\\n", "quoted-printable" },
		{ "a\x01z=3D\n", "content=a\x01z=3D\\n", "quoted-printable" },
		{ "--=_bureaud_mixed--\n", "content=--=_bureaud_mixed--\\n",
		    "quoted-printable" },
	};
	struct outmail m = plain();
	char how[64];

	(void)s;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		m.text = t[i].in;
		(void)snprintf(how, sizeof how, "Content-Transfer-Encoding=%s", t[i].how);
		check_reading(t[i].in, &m,
		    (const char *const[FACTS_MAX]){ t[i].want, how });
	}
}

/* Soft breaks fall before a dot, before "From " and inside characters. */
static void
test_long_lines(void **s)
{
	static const char *const piece[] = { ".", "From ", "é", "mot ", "=", "😀", " " };
	struct outmail m = plain();
	char text[2000], want[2100];
	struct span rest, line;
	struct buf b;

	(void)s;
	for (size_t i = 0; i < sizeof piece / sizeof *piece; i++) {
		size_t n = 0;

		while (n + 10 < sizeof text) {
			memcpy(text + n, piece[i], strlen(piece[i]));
			n += strlen(piece[i]);
		}
		memcpy(text + n, "x\n", 3);
		(void)snprintf(want, sizeof want, "content=%.*sx\\n", (int)n, text);
		m.text = text;
		check_reading(piece[i], &m, (const char *const[FACTS_MAX]){ want });
		compose(&m, &b);
		rest = span_of(strstr(b.z, "\r\n\r\n") + 4);
		while (span_line(&rest, &line)) {
			assert_in_range(line.n, 1, 76);
			assert_int_not_equal(line.p[0], '.');
			assert_false(span_istarts(line, "From "));
		}
		buf_close(&b);
	}
}

static void
test_parts(void **s)
{
	static const struct compose_part part[] = {
		{ "text/calendar; method=REQUEST; charset=utf-8", "",
		    { "BEGIN:VCALENDAR", 15 } },
		{ "application/pdf", "relevé d’été.pdf", { "\0\xff\r\n.", 5 } },
		{ "image/png\r\nBcc: x@y.test", "../../etc/pas\"swd\r\nBcc: x", { "a", 1 } },
	};
	struct outmail m = plain();

	(void)s;
	m.html = "<p>Été</p>\n";
	m.part = part;
	m.nparts = 3;
	check_reading("parts", &m, (const char *const[FACTS_MAX]){
	    "part=multipart/mixed", "part=multipart/alternative", "part=text/html",
	    "content=<p>Été</p>", "part=text/calendar", "method=REQUEST",
	    "content=BEGIN:VCALENDAR", "disposition=inline" });
	check_reading("parts", &m, (const char *const[FACTS_MAX]){
	    "part=application/pdf", "content=00ff0d0a2e", "filename=relevé d’été.pdf",
	    "name=relev_ d__t_.pdf", "part=application/octet-stream",
	    "filename=.._.._etc_pas_swd__Bcc: x", "disposition=attachment" });
}

/* Pictures of the HTML twin, by a name of ours. */
static void
test_images(void **s)
{
	struct compose_image image = { "semaines.2026@ville.test", "image/png", { "\x89P", 2 } };
	struct outmail m = plain();
	struct fault f;
	struct buf b;

	(void)s;
	m.html = "<img src=\"cid:semaines.2026@ville.test\">\n";
	m.image = &image;
	m.nimages = 1;
	check_reading("images", &m, (const char *const[FACTS_MAX]){
	    "part=multipart/alternative", "part=text/plain", "part=multipart/related",
	    "part=text/html", "part=image/png", "content=8950", "disposition=inline" });
	compose(&m, &b);
	assert_non_null(strstr(b.z, "\r\nContent-ID: <semaines.2026@ville.test>\r\n"));
	image.cid = "x>\r\nBcc: y@z.test";
	assert_int_equal(compose_mail(&m, 1 << 20, &b, &f), ST_PERM);
	buf_close(&b);
}

static void
test_long_file_names(void **s)
{
	struct outmail m = plain();
	struct compose_part part = { "message/rfc822", "", { "x", 1 } };
	char name[2 * LIMIT_FILENAME + 8], want[2 * LIMIT_FILENAME + 32];
	size_t n = 0;

	(void)s;
	while (n + 3 < sizeof name) {
		memcpy(name + n, "é1", 3);
		n += 3;
	}
	name[n] = '\0';
	part.filename = name;
	m.part = &part;
	m.nparts = 1;
	(void)snprintf(want, sizeof want, "filename=%.*s", LIMIT_FILENAME, name);
	check_reading("long name", &m, (const char *const[FACTS_MAX]){
	    want, "part=application/octet-stream" });
	memset(name, 'a', LIMIT_FILENAME);
	name[LIMIT_FILENAME] = '\0';
	(void)snprintf(want, sizeof want, "filename=%s", name);
	check_reading("long name", &m, (const char *const[FACTS_MAX]){ want });
	part.filename = "\xff\xc3" "brut";
	check_reading("not UTF-8", &m, (const char *const[FACTS_MAX]){ "filename=__brut" });
}

/* Someone else's Message-IDs: repeated only when harmless, and bounded. */
static void
test_references(void **s)
{
	static const char *bad[] = {
		"<a b@x.test>", "<a@x.test>\r\nBcc: z@z.test", "a@x.test", "<a@@x.test>", "<@>",
		"<>", "", "<a@x\xc3\xa9>", "<a<b@x>",
	};
	static const char *many[LIMIT_MSGIDS];
	struct outmail m = plain();
	struct buf b;

	(void)s;
	m.references = (struct msgids){ bad, sizeof bad / sizeof *bad };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		m.in_reply_to = bad[i];
		compose(&m, &b);
		assert_null(strstr(b.z, "In-Reply-To"));
		assert_null(strstr(b.z, "References"));
		assert_null(strstr(b.z, "\r\nBcc"));
		buf_close(&b);
	}
	assert_int_equal(strlen(ID_250), LIMIT_MSGID);
	many[0] = "<racine@x.test>";
	for (size_t i = 1; i < LIMIT_MSGIDS; i++)
		many[i] = ID_250;
	many[LIMIT_MSGIDS - 1] = "<dernier@x.test>";
	m.references = (struct msgids){ many, LIMIT_MSGIDS };
	m.in_reply_to = ID_250;
	compose(&m, &b);
	assert_in_range(b.n, 2000, 4000);
	assert_non_null(strstr(b.z, "References: <racine@x.test>\r\n <aaa"));
	assert_non_null(strstr(b.z, " <dernier@x.test>\r\n"));
	buf_close(&b);
}

static void
test_refused(void **s)
{
	struct outmail t[9];
	struct fault f = { 0 };
	struct buf b;

	(void)s;
	for (size_t i = 0; i < 9; i++)
		t[i] = plain();
	t[0].to = "a@b.test>\r\nRCPT TO:<c@d.test";
	t[1].to = "";
	t[2].from = "pas une adresse";
	t[3].reply_to = "-x@b.test";
	t[4].subject = "\xff";
	t[5].text = "\xc3";
	t[6].html = "\xed\xa0\x80";
	t[7].message_id = "";
	t[8].from_name = "\xe9lise";
	for (size_t i = 0; i < 9; i++) {
		buf_open(&b, MAX);
		assert_int_equal(compose_mail(&t[i], MAX, &b, &f), ST_PERM);
		assert_int_equal(b.n, 0);
		assert_true(f.text[0] != '\0');
		buf_close(&b);
	}
}

static void
test_size(void **s)
{
	struct outmail m = plain();
	struct fault f = { 0 };
	struct buf b = { 0 };
	size_t n;

	(void)s;
	assert_int_equal(compose_mail(&m, MAX, &b, &f), ST_OK);
	n = b.n;
	assert_int_equal(compose_mail(&m, n, &b, &f), ST_OK);
	assert_int_equal(b.n, n);
	assert_int_equal(compose_mail(&m, n - 1, &b, &f), ST_PERM);
	assert_int_equal(b.n, 0);
	buf_close(&b);
}

static int
zone(void **s)
{
	struct fault f;

	(void)s;
	return date_zone_set("Europe/Paris", &f) == ST_OK ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_acknowledgment), cmocka_unit_test(test_automatic_kinds),
		cmocka_unit_test(test_subjects), cmocka_unit_test(test_header_lines_are_short),
		cmocka_unit_test(test_names), cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_long_lines), cmocka_unit_test(test_parts),
		cmocka_unit_test(test_images),
		cmocka_unit_test(test_long_file_names), cmocka_unit_test(test_references),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_size),
	};

	return cmocka_run_group_tests(tests, zone, NULL);
}
