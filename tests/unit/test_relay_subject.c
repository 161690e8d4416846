/* The subject of an answer. */
#include "command_help.h"

#define LEN(t) (sizeof(t) / sizeof *(t))

static void
test_subjects(void **state)
{
	static const struct { const char *subject, *want; } t[] = {
		{ "Logement", "Re: Logement [BI-2026-00042]" },
		{ "Re: Logement", "Re: Logement [BI-2026-00042]" },
		{ "RE : Re: Logement", "Re: Logement [BI-2026-00042]" },
		{ "Ré: Logement", "Re: Logement [BI-2026-00042]" },
		{ "RE\xc2\xa0: Logement", "Re: Logement [BI-2026-00042]" },
		{ "Re[2]: AW: Logement", "Re: Logement [BI-2026-00042]" },
		{ "Re: Logement [BI-2026-00042]", "Re: Logement [BI-2026-00042]" },
		{ "[BI-2026-00042] Re: Logement", "Re: Logement [BI-2026-00042]" },
		{ "Re: [BI-2025-00001] Logement", "Re: Logement [BI-2026-00042]" },
		{ "Réparation", "Re: Réparation [BI-2026-00042]" },
		{ "Rendez-vous", "Re: Rendez-vous [BI-2026-00042]" },
		{ "[urgent] Logement", "Re: [urgent] Logement [BI-2026-00042]" },
		{ "TR: Logement", "Re: TR: Logement [BI-2026-00042]" },
		{ "", "Re: Votre message [BI-2026-00042]" },
		{ "Re:", "Re: Votre message [BI-2026-00042]" },
		{ "Logement\nBcc: x@y.test", "Re: Logement Bcc: x@y.test [BI-2026-00042]" },
	};
	struct arena *a = arena_open();
	char *z = arena_alloc(a, 2001, 1);

	(void)state;
	for (size_t i = 0; i < LEN(t); i++)
		assert_string_equal(relay_subject(a, t[i].subject, "BI-2026-00042", false),
		    t[i].want);
	assert_string_equal(relay_subject(a, "Il me frappe", "BI-2026-00042", true),
	    "Votre message à la mairie");
	memset(z, 'a', 2000);
	assert_int_equal(strlen(relay_subject(a, z, "BI-2026-00042", false)),
	    RELAY_SUBJECT + strlen("Re:  [BI-2026-00042]"));
	arena_close(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_subjects) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
