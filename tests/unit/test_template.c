#include "template.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const names[] = { "nom", "vide", "plein", "html" };
static const struct template_var vars[] = {
	{ "nom", "Élise" }, { "vide", "" }, { "plein", "oui {{nom}} {{#vide}}" },
	{ "html", "<a href=\"x\">'&'</a>" },
};
enum { N = sizeof names / sizeof *names };

static void
assert_fill(const char *text, enum template_kind kind, const char *want)
{
	BUF_AUTO struct buf b;
	struct fault f = { 0 };

	buf_open(&b, 1000);
	assert_int_equal(template_check(span_of(text), names, N, &f), ST_OK);
	assert_int_equal(template_fill(span_of(text), kind, vars, N, &b, &f), ST_OK);
	assert_string_equal(b.z, want);
}

static void
values_and_sections(void **state)
{
	static const struct { const char *text, *want; } t[] = {
		{ "Bonjour {{nom}}.", "Bonjour Élise." },
		{ "{{ nom }}\n", "Élise\n" },
		{ "a{{vide}}b", "ab" },
		/* What a value holds is not read again. */
		{ "{{plein}}\n", "oui {{nom}} {{#vide}}\n" },
		{ "{{#nom}}x{{/nom}}{{#vide}}y{{/vide}}", "x" },
		{ "{{^nom}}x{{/nom}}{{^vide}}y{{/vide}}", "y" },
		{ "a\n{{#nom}}\nb\n{{/nom}}\nc\n", "a\nb\nc\n" },
		{ "a\n{{#vide}}\nb\n{{/vide}}\nc\n", "a\nc\n" },
		{ "a\n  {{#vide}} {{^nom}}\nb\n{{/nom}}{{/vide}}\t\nc", "a\nc" },
		{ "a\n{{#vide}}\nb\n{{/vide}}", "a\n" },
		{ "{{#nom}}{{#plein}}{{^vide}}z{{/vide}}{{/plein}}{{/nom}}", "z" },
		{ "{{#vide}}{{#nom}}{{nom}}{{/nom}}{{/vide}}", "" },
		{ "{{#vide}}{{^vide}}x{{/vide}}{{/vide}}", "" },
		{ "a\r\nb\r\n", "a\nb\n" },
		{ "{ } {nom} }", "{ } {nom} }" },
		{ "{{html}}", "<a href=\"x\">'&'</a>" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		assert_fill(t[i].text, TEMPLATE_TEXT, t[i].want);
	assert_fill("<b>{{html}}</b>", TEMPLATE_HTML,
	    "<b>&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;</b>");
}

static void
faults_name_their_line(void **state)
{
	static const struct { const char *text, *want; } t[] = {
		{ "a\nb {{inconnu}}\n", "line 2: unknown name \"inconnu\"" },
		{ "{{}}\n", "line 1: unknown name" },
		{ "{{#inconnu}}x{{/inconnu}}", "line 1: unknown name" },
		{ "a\n\n{{#nom}}\nb\n", "line 3: section is not closed: \"nom\"" },
		{ "{{#nom}}\n{{#vide}}\n{{/nom}}\n{{/vide}}", "line 3: this section is not" },
		{ "x\n{{/nom}}", "line 2: this section is not the open one: \"nom\"" },
		{ "{{nom", "line 1: {{ without }}" },
		{ "{{#nom\n}}x{{/nom}}", "line 1: {{ without }}" },
		{ "x\nnom}}", "line 2: }} without {{" },
		{ "a\n\xff\n", "line 2: not UTF-8" },
		{ "", "line 1: nothing" },
		{ " \n\t\n", "line 1: nothing" },
		/* Checked even where nothing would be shown. */
		{ "{{#vide}}{{faux}}{{/vide}}", "line 1: unknown name \"faux\"" },
	};
	struct fault f;

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		f.text[0] = '\0';
		assert_int_equal(template_check(span_of(t[i].text), names, N, &f), ST_PERM);
		if (strstr(f.text, t[i].want) == NULL)
			fail_msg("%s: wanted %s", f.text, t[i].want);
	}
	assert_int_equal(template_check(span_from("a\0b", 3), names, N, &f), ST_PERM);
}

static void
eight_deep_and_no_more(void **state)
{
	char text[400] = "";
	struct fault f;

	(void)state;
	for (int depth = 8; depth <= 9; depth++) {
		char *p = text;

		for (int i = 0; i < depth; i++)
			p = stpcpy(p, "{{#nom}}");
		for (int i = 0; i < depth; i++)
			p = stpcpy(p, "{{/nom}}");
		assert_int_equal(template_check(span_of(text), names, N, &f),
		    depth == 8 ? ST_OK : ST_PERM);
	}
	assert_non_null(strstr(f.text, "too deep"));
}

static void
a_full_buffer_is_a_fault(void **state)
{
	BUF_AUTO struct buf b;
	struct fault f;

	(void)state;
	buf_open(&b, 5);
	assert_int_equal(template_fill(span_of("{{nom}}"), TEMPLATE_TEXT, vars, N, &b, &f),
	    ST_PERM);
	buf_reset(&b);
	assert_int_equal(template_fill(span_of("lise"), TEMPLATE_TEXT, vars, N, &b, &f), ST_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_and_sections),
		cmocka_unit_test(faults_name_their_line),
		cmocka_unit_test(eight_deep_and_no_more),
		cmocka_unit_test(a_full_buffer_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
