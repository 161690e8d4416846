/* The languages that residents write. */
#include "lang.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct { const char *want, *text; } texts[] = {
	{ "fr", "Bonjour, mon chauffage est en panne depuis trois semaines, nul ne répond." },
	{ "en", "Hello, my heating has been broken for three weeks and nobody answers." },
	{ "ar", "مرحبا، التدفئة معطلة منذ ثلاثة أسابيع ولا أحد يجيب على مكالماتي" },
	{ "uk", "Добрий день, у мене вже три тижні не працює опалення, ніхто не каже." },
	{ "ru", "Здравствуйте, у меня уже три недели не работает отопление, все молчат." },
	{ "tr", "Merhaba, kaloriferim üç haftadır bozuk ve kimse cevap vermiyor." },
	{ "pt", "Bom dia, o meu aquecimento está avariado há três semanas, ninguém responde." },
	{ "ro", "Bună ziua, căldura nu funcționează de trei săptămâni și nimeni nu răspunde." },
	{ "es", "Buenos días, la calefacción lleva tres semanas averiada, nadie contesta." },
	{ "fa", "سلام، گرمایش خانه من سه هفته است که خراب است و هیچ کس پاسخ نمی‌دهد" },
	/* Too little to know. */
	{ "fr", "" },
	{ "fr", "ok" },
	{ "fr", "12345 67" },
};

static void
test_guess(void **s)
{
	(void)s;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		char got[LANG_MAX];

		lang_guess(texts[i].text, strlen(texts[i].text), got);
		if (strcmp(got, texts[i].want) != 0)
			fail_msg("%s: %s", texts[i].text, got);
	}
}

int
main(void)
{
	const struct CMUnitTest t[] = { cmocka_unit_test(test_guess) };

	return cmocka_run_group_tests(t, NULL, NULL);
}
