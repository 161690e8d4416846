/* The token of a mail as an address, and texts without any. */
#include "desk_help.h"

#include "tokens.h"

#define TOK "abcdefgh234567ab"
#define MAC "zyxwvuts765432zy"
#define ID "BI-2026-00042.notify." TOK "." MAC "@ville.test"

static void
addresses(void **state)
{
	static const struct { const char *bureau, *want; } t[] = {
		{ "bureau@ville.test", "bureau+" TOK "@ville.test" },
		{ "bureau+desk@ville.test", "bureau+" TOK "@ville.test" },
		{ "b23456789012345678901234567890123456789012345678@ville.test", "" },
		{ "b2345678901234567890123456789012345678901234567@ville.test",
		    "b2345678901234567890123456789012345678901234567+" TOK "@ville.test" },
	};
	ARENA_AUTO struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct desk d = desk_make();

		d.address = t[i].bureau;
		assert_string_equal(token_address(a, &d, "<" ID ">"), t[i].want);
		assert_string_equal(token_address(a, &d, "<1@exemple.test>"), "");
	}
}

static void
texts_without_tokens(void **state)
{
	static const struct { const char *in, *out; } t[] = {
		{ "", "" }, { "a@b", "a@b" }, { "@ville.test @", "@ville.test @" },
		{ "bureau+" TOK "@ville.test", "bureau@ville.test" },
		{ "Le 24, Bureau <BUREAU+ABCDEFGH234567AB@Ville.test> a écrit",
		    "Le 24, Bureau <BUREAU@Ville.test> a écrit" },
		{ "<aide+" TOK "@ville.test>, x@y.test, bureau+" TOK "@ville.test.",
		    "<aide@ville.test>, x@y.test, bureau@ville.test." },
		{ "mailto:bureau%2B" TOK "@ville.test?In-Reply-To=%3C" ID "%3E",
		    "mailto:bureau@ville.test?In-Reply-To=%3CBI-2026-00042.notify@ville.test%3E" },
		{ "Message-ID: <" ID ">", "Message-ID: <BI-2026-00042.notify@ville.test>" },
		{ TOK "@ville.test", TOK "@ville.test" },
		{ "+" TOK "@ville.test", "@ville.test" },
		{ "bureau+" TOK "@ailleurs.test", "bureau+" TOK "@ailleurs.test" },
		{ "bureau+abc@ville.test", "bureau+abc@ville.test" },
		{ "x." TOK "@ville.test", "x." TOK "@ville.test" },
		{ "bureau+" TOK "@@ville.test", "bureau+" TOK "@@ville.test" },
	};
	ARENA_AUTO struct arena *a = arena_open();
	struct desk d = desk_make();

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		assert_string_equal(token_strip(a, &d, t[i].in), t[i].out);
}

static void
own_addresses(void **state)
{
	static const struct { const char *spec; bool own; } t[] = {
		{ "bureau@ville.test", true }, { "BUREAU@VILLE.TEST", true },
		{ "bureau+abc@ville.test", true }, { "Aide+@ville.test", true },
		{ "bureau+abc@ailleurs.test", false }, { "bureaux+abc@ville.test", false },
		{ "bure+au@ville.test", false }, { "+bureau@ville.test", false }, { "", false },
		{ "bureau", false }, { "bureau+x", false },
	};
	struct desk d = desk_make();

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		if (desk_is_own(&d, t[i].spec) != t[i].own)
			fail_msg("%s", t[i].spec);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(texts_without_tokens),
		cmocka_unit_test(own_addresses),
	};

	return cmocka_run_group_tests(tests, desk_setup, desk_teardown);
}
