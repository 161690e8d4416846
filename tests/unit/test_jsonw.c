/* What jsonw writes is read back by Python's json, which knows nothing of our code. */
#include "jsonw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char judge[] =
    "import json,sys\n"
    "d=json.loads(open(sys.argv[1],'rb').read().decode('utf-8'))\n"
    "want={'all':''.join(map(chr,range(1,0x300))),'sep':'\\u2028\\u2029',\n"
    " 'smile':'\\U0001f600',\n"
    " 'bad':'caf\\ufffd','nul':'a\\0b','q':'\\\"\\\\/','empty':None,'text':'x',\n"
    " 'min':-2**63,'max':2**63-1,'yes':True,'no':False,'nothing':None,\n"
    " 'at':'2026-11-24T09:12:00Z','never':None,\n"
    " 'list':[1,[],{},{'a':'b'},None,'z'],'end':{}}\n"
    "assert list(d)==list(want),list(d)\n"
    "assert d==want,d\n";

static void
fill(struct jsonw *j)
{
	struct buf all BUF_AUTO;

	buf_open(&all, 4096);
	for (unsigned cp = 1; cp < 0x300; cp++) {
		if (cp >= 0x80)
			buf_addc(&all, (char)(0xc0 | cp >> 6));
		buf_addc(&all, (char)(cp < 0x80 ? cp : 0x80 | (cp & 0x3f)));
	}
	jsonw_span(j, "all", buf_span(&all));
	jsonw_str(j, "sep", "\xe2\x80\xa8\xe2\x80\xa9");
	jsonw_str(j, "smile", "😀");
	jsonw_str(j, "bad", "caf\xe9");
	jsonw_span(j, "nul", span_from("a\0b", 3));
	jsonw_str(j, "q", "\"\\/");
	jsonw_str_or_null(j, "empty", "");
	jsonw_str_or_null(j, "text", "x");
	jsonw_int(j, "min", INT64_MIN);
	jsonw_int(j, "max", INT64_MAX);
	jsonw_bool(j, "yes", true);
	jsonw_bool(j, "no", false);
	jsonw_null(j, "nothing");
	jsonw_time(j, "at", 1795511520);
	jsonw_time(j, "never", 0);
}

static void
fill_nested(struct jsonw *j)
{
	jsonw_array(j, "list");
	jsonw_int(j, NULL, 1);
	jsonw_array(j, NULL);
	jsonw_array_end(j);
	jsonw_object(j, NULL);
	jsonw_object_end(j);
	jsonw_object(j, NULL);
	jsonw_str(j, "a", "b");
	jsonw_object_end(j);
	jsonw_null(j, NULL);
	jsonw_str(j, NULL, "z");
	jsonw_array_end(j);
	jsonw_object(j, "end");
	jsonw_object_end(j);
}

static void
python_reads_the_same(void **state)
{
	char path[] = "/tmp/test_jsonw_XXXXXX", script[] = "/tmp/test_jsonw_XXXXXX", *command;
	struct buf b BUF_AUTO;
	struct jsonw j;
	FILE *fp;

	(void)state;
	buf_open(&b, 100000);
	jsonw_open(&j, &b);
	jsonw_object(&j, NULL);
	fill(&j);
	fill_nested(&j);
	jsonw_object_end(&j);
	assert_false(buf_full(&b));
	assert_null(memchr(b.z, '\n', b.n));
	fp = fdopen(mkstemp(path), "w");
	assert_int_equal(fwrite(b.z, 1, b.n, fp), b.n);
	assert_int_equal(fclose(fp), 0);
	fp = fdopen(mkstemp(script), "w");
	assert_true(fputs(judge, fp) >= 0);
	assert_int_equal(fclose(fp), 0);
	assert_true(asprintf(&command, "/usr/bin/python3 %s %s", script, path) > 0);
	fp = popen(command, "r");
	assert_non_null(fp);
	assert_int_equal(pclose(fp), 0);
	free(command);
	(void)unlink(path);
	(void)unlink(script);
}

static void
exact_text(void **state)
{
	struct buf b BUF_AUTO;
	struct jsonw j;

	(void)state;
	buf_open(&b, 1000);
	jsonw_open(&j, &b);
	jsonw_object(&j, NULL);
	jsonw_str(&j, "k", "\n\t\x7f\x01\"");
	jsonw_array(&j, "v");
	jsonw_array_end(&j);
	jsonw_bool(&j, "b", true);
	jsonw_object_end(&j);
	assert_string_equal(b.z,
	    "{\"k\":\"\\n\\u0009\\u007f\\u0001\\\"\",\"v\":[],\"b\":true}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(python_reads_the_same), cmocka_unit_test(exact_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
