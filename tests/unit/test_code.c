/* Codes: what they are made of, and whose they are. */
#include "code.h"
#include "command_help.h"

static void
letters_that_nobody_confuses(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		unsigned char random[MSGID_RANDOM];
		char code[CODE_TEXT];

		random_bytes(random, sizeof random);
		code_make(span_of("key"), CODE_UNDO, "claire", random, code);
		assert_int_equal(strlen(code), 9);
		assert_int_equal(code[4], '-');
		if (strspn(code, "ABCDEFGHJKMNPQRTVWXY234567-") != 9)
			fail_msg("%s", code);
	}
}

static void
a_digest_is_of_one_agent_one_purpose_one_key(void **state)
{
	const struct span key = span_of("0123456789abcdef");
	const struct sha256 one = code_digest(key, CODE_UNDO, "claire", "ABCD-EFGH");
	const struct sha256 others[] = {
		code_digest(key, CODE_CONFIRM, "claire", "ABCD-EFGH"),
		code_digest(key, CODE_UNDO, "karim", "ABCD-EFGH"),
		code_digest(key, CODE_UNDO, "claire", "ABCD-EFGJ"),
		code_digest(span_of("0123456789abcdeg"), CODE_UNDO, "claire", "ABCD-EFGH"),
	};
	const struct sha256 again = code_digest(key, CODE_UNDO, "claire", "ABCD-EFGH");

	(void)state;
	assert_memory_equal(&one, &again, sizeof one);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_memory_not_equal(&one, &others[i], sizeof one);
}

/* The random part alone, which ids show, gives no code; the same one gives each agent another. */
static void
a_code_is_of_one_agent_one_purpose_one_key(void **state)
{
	static const unsigned char random[MSGID_RANDOM] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	const struct { const char *key; enum code_for what; const char *agent; } t[] = {
		{ "0123456789abcdef", CODE_UNDO, "claire" }, { "0123456789abcdef", CODE_CONFIRM, "claire" },
		{ "0123456789abcdef", CODE_UNDO, "karim" }, { "0123456789abcdeg", CODE_UNDO, "claire" },
	};
	enum { T = sizeof t / sizeof *t };
	char code[T][CODE_TEXT], again[CODE_TEXT];

	(void)state;
	for (size_t i = 0; i < T; i++) {
		code_make(span_of(t[i].key), t[i].what, t[i].agent, random, code[i]);
		code_make(span_of(t[i].key), t[i].what, t[i].agent, random, again);
		assert_string_equal(code[i], again);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(code[i], code[k]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_that_nobody_confuses),
		cmocka_unit_test(a_code_is_of_one_agent_one_purpose_one_key),
		cmocka_unit_test(a_digest_is_of_one_agent_one_purpose_one_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
