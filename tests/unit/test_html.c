#include "html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MAX = 64 * 1024 };

struct shown { const char *html, *want; };

static void
check(const struct shown *t, size_t n)
{
	struct arena *a = arena_open();

	for (size_t i = 0; i < n; i++)
		assert_string_equal(html_to_text(a, span_of(t[i].html), MAX), t[i].want);
	arena_close(&a);
}
#define CHECK(t) check((t), sizeof(t) / sizeof *(t))

static void
test_lines(void **s)
{
	static const struct shown t[] = {
		{ "", "" },
		{ "a  b\n\tc", "a b c" },
		{ "<div>a</div><div>b</div>", "a\nb" },
		{ "<div>a</div><div><br></div><div>b</div>", "a\n\nb" },	/* Gmail */
		{ "<div>a<br></div><div>b</div>", "a\nb" },
		{ "a<br>b<br><br>c", "a\nb\n\nc" },
		{ "<p>a</p><p>b</p>", "a\n\nb" },
		{ "<p>a<p>b", "a\n\nb" },
		{ "<p class=\"MsoNormal\">a</p><p class=MsoNormal><o:p>&nbsp;</o:p></p>"
		  "<p class=MsoNormal>b</p>", "a\n\nb" },			/* Outlook */
		{ "<p class=MsoNormal>a<o:p></o:p></p>\n<p class=MsoNormal>b</p>", "a\nb" },
		{ "<h1>T</h1>x", "T\n\nx" },
		{ "a<br><br><br><br><br><br>b", "a\n\n\nb" },
		{ "un&nbsp;: deux", "un\xc2\xa0: deux" },
		{ "a<b>b</b>c <i> d</i>", "abc d" },
		{ "a<hr>b", "a\n________________________________\nb" },
		{ "<pre>\n a\n\n  b\t&lt;</pre>c", " a\n\n  b\t<\nc" },
		{ "<div style=\"white-space: pre-wrap\">a\n b</div>", "a\n b" },
		{ "&lt;b&gt; a < b <3 c", "<b> a < b <3 c" },
	};

	(void)s;
	CHECK(t);
}

static void
test_structure(void **s)
{
	static const struct shown t[] = {
		{ "<table><tr><th>Nom</th><th>Prix</th></tr><tr><td><p>A</p></td><td><p>1</p>"
		  "</td></tr></table>x", "Nom\tPrix\nA\t1\nx" },
		{ "<table><tr><td></td><td>b<tr><td>c<td>d</table>", "b\nc\td" },
		{ "<ul><li>a<li><p>b</p></ul>c", "- a\n- b\nc" },
		{ "<ol><li>a</li><li>b</li></ol><ol><li>c</ol>", "1. a\n2. b\n1. c" },
		{ "a<blockquote>b<br><br>c<blockquote>d</blockquote></blockquote>e",
		  "a\n> b\n>\n> c\n> > d\ne" },
		{ "a<blockquote style=\"margin:0 0 0 40px;border:none\">b</blockquote>",
		  "a\nb" },
		{ "a<blockquote type=\"cite\" style=\"border:none\">b</blockquote>", "a\n> b" },
		{ "<a href=\"https://x.test/?a=1&amp;b=2&copy=3\">ici</a>.",
		  "ici <https://x.test/?a=1&b=2&copy=3>." },
		{ "<a href=\"https://www.x.test/\">x.test</a>", "x.test" },
		{ "<a href=\"mailto:a@b.test\">a@b.test</a>", "a@b.test" },
		{ "<a href=\"javascript:x()\">ici</a><a href=\"#a\">b</a>", "icib" },
		{ "<a href=\" https://x.test/a b\n>\">ici</a>",
		  "ici <https://x.test/a%20b%3E>" },
		{ "<a href=\"https://x.test/\"><img src=\"y\"></a>z", "z" },
		{ "<a href=\"https://x.test/\"><img src=\"y\" alt=\"plan\"></a>",
		  "plan <https://x.test/>" },
	};

	(void)s;
	CHECK(t);
}

static void
test_hidden(void **s)
{
	static const struct shown t[] = {
		{ "<head><title>t</title><style>p{}</style></head>a", "a" },
		{ "<script>if (a<b) '</b>'</script>a", "a" },
		{ "<p hidden>a</p>b", "b" },
		{ "<div style=\"color:red; Display : none !important\">a<div>b</div>c</div>d",
		  "d" },
		{ "<span style='visibility:hidden'>a</span>b", "b" },
		{ "<span style='font-size:0px'>a</span>b", "b" },
		{ "<td style='font-size:0'>a<p style='font-size:14px'>b</p></td>", "b" },
		{ "<span style='font-size:0.5em'>a</span>", "a" },
		{ "<!-- a --><!--[if mso]><p>b</p><![endif]--><![if !mso]>c<![endif]><?x y?>",
		  "c" },
		{ "a\xe2\x80\x8b\xcd\x8f\xc2\xad&zwnj;&shy;b", "ab" },
		{ "<div style='display:none'>tout</div>", "tout" },	/* or nothing is left */
		{ "<style>a", "a" }, { "<!-- a", "<!-- a" },
	};

	(void)s;
	CHECK(t);
}

static void
test_entities(void **s)
{
	static const struct shown t[] = {
		{ "&eacute;&Eacute;&eacutex &oelig;&euro;&rsquo;&hellip;&ndash;&laquo;",
		  "éÉéx œ€’…–«" },
		{ "&alpha;&Omega;&le;&infin;&apos;&scaron;&#351;&tscy;", "αΩ≤∞'šşц" },
		{ "&#233;&#xE9;&#Xe9 &#146;&#x80;", "ééé ’€" },
		{ "&#0;&#xD800;&#x110000;&#99999999999999999999;", "����" },
		{ "&#x1F600;", "😀" },
		{ "&; & &# &#x; &foo; &amp;lt; &lt", "&; & &# &#x; &foo; &lt; <" },
		{ "a&#10;b&#9;c", "a b c" },
	};

	(void)s;
	CHECK(t);
}

static void
test_broken(void **s)
{
	static const struct shown t[] = {
		{ "<", "<" }, { "</", "</" }, { "<a", "<a" }, { "a</p>b</zz>c", "abc" },
		{ "<p title=\"x>a", "a" }, { "<p title='a\"b'>c", "c" }, { "<p a=b/>c", "c" },
		{ "<b><i>a</b>b</i>c", "abc" }, { "<div<div>a", "a" },
		{ "<table><p>a</table>b", "a\n\nb" }, { "<td>a</table></td>b", "ab" },
		{ "<script>a</scriptx>b", "b" },
	};

	(void)s;
	CHECK(t);
}

static void
test_nul(void **s)
{
	static const char html[] = "a<b\0zzzz\0>b\0c&eacute\0;<p t\0=\0>d";
	struct arena *a = arena_open();

	(void)s;
	assert_string_equal(html_to_text(a, span_from(html, sizeof html - 1), MAX),
	    "abcé;\n\nd");
	arena_close(&a);
}

static void
test_bounded(void **s)
{
	struct arena *a = arena_open();
	char *in = arena_alloc(a, 30001, 1);

	(void)s;
	for (size_t i = 0; i < 30000; i += 3)
		memcpy(in + i, "é.", 3);
	for (size_t max = 20000; max < 20003; max++)
		assert_in_range(strlen(html_to_text(a, span_from(in, 30000), max)), max - 1,
		    max);
	assert_string_equal(html_to_text(a, span_of("ééé"), 3), "é");
	arena_close(&a);
}

/* Each of these has taken some reader quadratic time or its stack. */
static void
test_hostile(void **s)
{
	static const struct {
		const char *piece, *end;
		size_t times;
		const char *want;
	} t[] = {
		{ "<div>", "x", 100000, "x" }, { "<b>", "x", 20000, "x" },
		{ "<blockquote>", "x", 20000, "> > > > > > > > > > > > > > > > > > > > x" },
		{ "<table><tr><td>", "x", 30000, "x" }, { "<ul><li>", "x", 30000, "- x" },
		{ "</p>", "x", 100000, "x" }, { "<p a=\"", "x", 50000, NULL },
		{ "<!--", "x", 100000, NULL }, { "<script></b>", "x", 30000, NULL },
		{ "<a href=x>", "x", 50000, "x" }, { "<p ", ">x", 100000, "x" },
		{ "<p><table><span>", "x", 30000, "x" }, { "&", "x", 100000, NULL },
	};
	struct arena *a = arena_open();

	(void)s;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		size_t n = strlen(t[i].piece), m = strlen(t[i].end);
		char *in = arena_alloc(a, n * t[i].times + m, 1);
		const char *got;

		for (size_t k = 0; k < t[i].times; k++)
			memcpy(in + k * n, t[i].piece, n);
		memcpy(in + n * t[i].times, t[i].end, m);
		got = html_to_text(a, span_from(in, n * t[i].times + m), 1024 * 1024);
		if (t[i].want != NULL)
			assert_string_equal(got, t[i].want);
		else
			assert_true(strlen(got) <= n * t[i].times + m);
	}
	arena_close(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines), cmocka_unit_test(test_structure),
		cmocka_unit_test(test_hidden), cmocka_unit_test(test_entities),
		cmocka_unit_test(test_broken), cmocka_unit_test(test_nul),
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
