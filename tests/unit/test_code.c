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
		code_make(random, code);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_that_nobody_confuses),
		cmocka_unit_test(a_digest_is_of_one_agent_one_purpose_one_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
