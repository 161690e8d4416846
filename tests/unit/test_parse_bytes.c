/* The files of a mail, byte for byte: what is relayed to a citizen. */
#include "limits.h"
#include "parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "From: a@b.fr\r\nSubject: s\r\nMIME-Version: 1.0\r\n"
#define MIXED HEAD "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
#define RELATED HEAD "Content-Type: multipart/related; boundary=b\r\n\r\n"
#define TEXT "--b\r\n\r\ntexte\r\n"
#define HTML "--b\r\nContent-Type: text/html\r\n\r\n<p>x<img src=\"cid:i@x\"></p>\r\n"

static struct arena *arena;

static struct mail
parsed(const char *raw, unsigned want)
{
	struct mail m;
	struct fault f;

	assert_int_equal(parse_mail(arena, span_of(raw), want, &m, &f), ST_OK);
	return m;
}

#define BYTES(z) { (z), sizeof (z) - 1 }

static const struct { const char *raw; struct span bytes; bool shown; } files[] = {
	{ TEXT "--b\r\nContent-Type: application/pdf; name=a\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\nACX/\r\nDQoA\r\n", BYTES("\0%\xff\r\n\0"),
	    false },
	{ TEXT "--b\r\nContent-Type: application/pdf; name=a\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\nYWJjZ\r\n", BYTES("abc"), false },
	/* What a list hangs below the padding is not of the file. */
	{ TEXT "--b\r\nContent-Type: application/pdf; name=a\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\nYQ==\r\n-- \r\nliste\r\n", BYTES("a"),
	    false },
	{ TEXT "--b\r\nContent-Type: text/csv; name=a.csv; charset=iso-8859-1\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "=E9t=E9;=00 =\r\n2=3D3=0D\r\nfin =20\r\n", BYTES("\xe9t\xe9;\0 2=3\r\r\nfin  "),
	    false },
	/* 8bit: no charset is touched, no line end. */
	{ TEXT "--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
	    "Content-Disposition: attachment; filename=a.txt\r\n"
	    "Content-Transfer-Encoding: 8bit\r\n\r\n\xe9t\xe9\r\n\r\n-- \nx\r\n",
	    BYTES("\xe9t\xe9\r\n\r\n-- \nx"), false },
	{ TEXT "--b\r\nContent-Type: image/gif\r\nContent-Transfer-Encoding: x-uuencode\r\n"
	    "\r\nbegin 644 a.gif\r\n#86)C\r\n`\r\nend\r\n", BYTES("abc"), false },
	{ TEXT "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\nYWJj\r\n",
	    BYTES("Subject: x\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJj"), false },
	{ TEXT "--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n"
	    "\r\nU3ViamVjdDogeA0KDQpi\r\n", BYTES("Subject: x\r\n\r\nb"), false },
	{ TEXT "--b\r\nContent-Type: application/pdf; name=vide.pdf\r\n\r\n\r\n", BYTES(""),
	    false },
	{ TEXT "--b\r\nContent-Type: image/png\r\nContent-Disposition: inline; filename=a.png"
	    "\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJj\r\n", BYTES("abc"), true },
	{ TEXT "--b\r\nContent-Type: image/png\r\nContent-ID: <i@x>\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\nYWJj\r\n", BYTES("abc"), false },
};

static void
assert_file(const struct mail *m, size_t n, struct span bytes, bool shown)
{
	const struct attachment *x = m->att;

	if (m->natt != 1 || x->size != bytes.n || x->bytes.n != bytes.n ||
	    memcmp(x->bytes.p, bytes.p, bytes.n) != 0 || x->inline_ != shown ||
	    (m->flags & MAIL_PARTS_TOO_BIG) != 0)
		fail_msg("case %zu: %zu files, %zu of %zu bytes, inline %d, \"%.*s\"", n, m->natt,
		    x->bytes.n, bytes.n, x->inline_, (int)x->bytes.n, x->bytes.p);
}

static void
bytes_of_every_encoding(void **s)
{
	(void)s;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		const char *raw = arena_printf(arena, MIXED "%s--b--\r\n", files[i].raw);
		struct mail m = parsed(raw, PARSE_BYTES);

		assert_file(&m, i, files[i].bytes, files[i].shown);
		m = parsed(raw, 0);
		assert_int_equal(m.natt, 1);
		assert_int_equal(m.att[0].bytes.n, 0);
		assert_int_equal(m.flags & MAIL_PARTS_TOO_BIG, 0);
	}
}

/* A picture of the text is inline by its Content-ID, whatever its disposition. */
static void
pictures_of_an_html_text(void **s)
{
	static const struct { const char *fields; bool shown; } t[] = {
		{ "Content-ID: <i@x>\r\n", true },
		{ "Content-ID: <i@x>\r\nContent-Disposition: attachment; filename=i.png\r\n",
		    true },
		{ "Content-Disposition: inline\r\n", true },
		{ "Content-Disposition: attachment\r\n", false },
		{ "", false },
	};

	(void)s;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct mail m = parsed(arena_printf(arena, RELATED HTML "--b\r\n"
		    "Content-Type: image/png\r\n%s"
		    "Content-Transfer-Encoding: base64\r\n\r\niVBORw==\r\n--b--\r\n",
		    t[i].fields), PARSE_BYTES);

		assert_file(&m, i, (struct span)BYTES("\x89PNG"), t[i].shown);
	}
}

/* Text that is read as the mail's own words is no file. */
static void
body_text_is_no_file(void **s)
{
	struct mail m = parsed(MIXED TEXT "--b\r\nContent-Type: text/plain; name=b.txt\r\n"
	    "Content-Disposition: inline\r\n\r\nsuite\r\n--b--\r\n", PARSE_BYTES);

	(void)s;
	assert_int_equal(m.natt, 0);
	assert_non_null(strstr(m.text, "suite"));
}

/* A mail with a file of n bytes, behind one of a single byte. */
static struct mail
with_file(size_t n, unsigned want)
{
	static const char head[] = MIXED TEXT "--b\r\nContent-Type: image/png\r\n\r\na\r\n"
	    "--b\r\nContent-Type: image/png\r\n\r\n";
	size_t at = sizeof head - 1;
	char *z = arena_alloc(arena, at + n + 1, 1);

	memcpy(z, head, at);
	memset(z + at, 'x', n);
	return parsed(z, want);
}

static void
all_or_none(void **s)
{
	static const struct { size_t n; unsigned want; bool given; } t[] = {
		{ LIMIT_RELAY_BYTES - 1, PARSE_BYTES, true },
		{ LIMIT_RELAY_BYTES, PARSE_BYTES, false },
		{ 10, PARSE_BYTES | PARSE_PARTIAL, false },	/* the end of one is missing */
	};

	(void)s;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct mail m = with_file(t[i].n, t[i].want);

		assert_int_equal(m.natt, 2);
		assert_int_equal(m.att[0].bytes.n, t[i].given ? 1 : 0);
		assert_int_equal(m.att[1].bytes.n, t[i].given ? t[i].n : 0);
		assert_int_equal(m.att[1].size, t[i].n);
		assert_int_equal(m.flags & MAIL_PARTS_TOO_BIG,
		    t[i].given ? 0 : MAIL_PARTS_TOO_BIG);
	}
	assert_int_equal(with_file(LIMIT_RELAY_BYTES, 0).flags & MAIL_PARTS_TOO_BIG, 0);
}

/* More files than are counted: some would be lost on the way. */
static void
too_many_files(void **s)
{
	static const char piece[] = "--b\r\nContent-Type: image/png\r\n\r\nx\r\n";
	const size_t n = sizeof piece - 1, head = strlen(MIXED);

	(void)s;
	for (size_t more = 0; more < 2; more++) {
		size_t times = LIMIT_ATTACHMENTS + more;
		char *z = arena_alloc(arena, head + times * n + 1, 1);
		struct mail m;

		memcpy(z, MIXED, head);
		for (size_t i = 0; i < times; i++)
			memcpy(z + head + i * n, piece, n);
		m = parsed(z, PARSE_BYTES);
		assert_int_equal(m.natt, LIMIT_ATTACHMENTS);
		assert_int_equal(m.att[0].bytes.n, more == 0);
		assert_int_equal(m.flags & MAIL_PARTS_TOO_BIG,
		    more == 0 ? 0 : MAIL_PARTS_TOO_BIG);
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
		cmocka_unit_test(bytes_of_every_encoding),
		cmocka_unit_test(pictures_of_an_html_text),
		cmocka_unit_test(body_text_is_no_file), cmocka_unit_test(all_or_none),
		cmocka_unit_test(too_many_files),
	};

	return cmocka_run_group_tests(t, setup, teardown);
}
