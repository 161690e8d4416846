/* The languages that residents write. */
#include "lang.h"

#include "buf.h"

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
	{ "fr", "Je suis à la rue avec mes deux enfants." },
	{ "fr", "Madame, Monsieur,\n\nJe vous écris au sujet de ma demande de logement déposée en "
	    "mars. Mon propriétaire veut vendre et je dois partir à la fin du mois. J'ai appelé "
	    "plusieurs fois la mairie sans réponse.\n\nCordialement," },
	{ "en", "Please help me, I have no money left for food." },
	{ "en", "Dear Sir or Madam,\n\nI am writing about the street lamp in front of my house. It "
	    "has been out since Monday and the children walk to school in the dark. Could you "
	    "tell me who is in charge of this?\n\nKind regards," },
	{ "ar", "أحتاج إلى مساعدة من فضلكم" },
	{ "ar", "السلام عليكم ورحمة الله، أكتب إليكم بخصوص طلب السكن الذي قدمته في شهر مارس. صاحب "
	    "البيت يريد أن نخرج قبل نهاية الشهر ولدي ثلاثة أطفال صغار ولا أعرف إلى أين أذهب." },
	{ "uk", "Допоможіть, будь ласка, знайти житло." },
	{ "uk", "Доброго дня! Я приїхала з України з двома дітьми і шукаю школу для старшого сина. "
	    "Чи можете ви підказати, які документи потрібні та куди мені звернутися?" },
	{ "ru", "Помогите, пожалуйста, меня выгоняют из квартиры." },
	{ "ru", "Добрый вечер! Пишу вам по поводу мусора во дворе нашего дома. Его не вывозят уже "
	    "вторую неделю, дети играют рядом. Скажите, к кому мне обратиться с этим вопросом?" },
	{ "tr", "Lütfen bana yardım edin, evden çıkarılıyorum." },
	{ "tr", "Sayın yetkili, oğlumun okul kaydı için size yazıyorum. Belediyeye üç kez gittim "
	    "ama kimse bana hangi belgelerin gerektiğini söylemedi. Ne yapmam gerekiyor?" },
	{ "fa", "لطفا به من کمک کنید، من خانه ندارم" },
	/* Dari is Persian to the library, and to who reads it. */
	{ "fa", "سلام و احترام، من از افغانستان آمده‌ام و دو طفل دارم. برای ثبت نام آنها در مکتب به "
	    "کمک شما ضرورت دارم و نمی‌دانم به کدام دفتر مراجعه کنم. تشکر از شما." },
	{ "pt", "Preciso de ajuda, não consigo pagar a renda." },
	{ "pt", "Exmos. Senhores, escrevo-lhes porque a minha mãe, que tem oitenta anos, já não "
	    "consegue subir as escadas do prédio. O elevador está parado há um mês e ninguém "
	    "nos dá uma resposta. A quem devo dirigir-me?" },
	{ "ro", "Vă rog să mă ajutați, nu mai am unde locui." },
	{ "ro", "Stimată doamnă, vă scriu în legătură cu cererea mea de ajutor pentru plata "
	    "facturii la gaze. Am depus toate actele în luna martie și nu am primit niciun "
	    "răspuns până astăzi. Cui trebuie să mă adresez?" },
	{ "es", "Necesito ayuda, no tengo dónde dormir esta noche." },
	{ "es", "Estimados señores: les escribo porque hay un perro abandonado desde hace varios "
	    "días delante de la escuela de mis hijos y los niños tienen miedo. ¿Quién puede "
	    "venir a recogerlo? Muchas gracias por su respuesta." },
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

/* The start decides when it is of one language, else more is read. */
static void
test_long(void **s)
{
	struct buf b BUF_AUTO = { 0 };
	char got[LANG_MAX];

	(void)s;
	buf_open(&b, 8192);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		if (strlen(texts[i].text) < 60)
			continue;
		buf_reset(&b);
		while (b.n < 1500)
			buf_addf(&b, "%s\n", texts[i].text);
		lang_guess(b.z, b.n, got);
		assert_string_equal(got, texts[i].want);
	}
	buf_reset(&b);
	buf_addz(&b, "Bonjour Madame, Monsieur,\n\nMon français n'est pas encore bon, alors je vous "
	    "écris la suite dans ma langue. J'habite au troisième étage avec mes deux enfants, "
	    "le loyer est payé chaque mois et je vous remercie de votre patience et de votre "
	    "aide, car la suite est longue.\n\n");
	buf_addz(&b, "La calefacción de nuestro piso se rompió en la primera semana de octubre. Lo "
	    "comuniqué a la agencia el mismo día y prometieron que un técnico vendría antes del "
	    "fin de semana, pero nunca vino nadie. Desde entonces los llamo casi todas las "
	    "mañanas; unas veces dicen que hay que pedir la pieza, otras que el propietario no "
	    "quiere pagar. Mi hijo pequeño tiene asma y el médico escribió una carta que envié "
	    "con mi última reclamación. Dormimos en una sola habitación con una estufa que nos "
	    "prestó una vecina, y la factura será más alta de lo que podemos pagar.\n");
	lang_guess(b.z, b.n, got);
	assert_string_equal(got, "es");
}

int
main(void)
{
	const struct CMUnitTest t[] = { cmocka_unit_test(test_guess), cmocka_unit_test(test_long) };

	return cmocka_run_group_tests(t, NULL, NULL);
}
