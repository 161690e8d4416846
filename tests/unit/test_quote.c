/* What people's mail programs put around what they write. */
#include "quote_int.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NB "\xc2\xa0"		/* no-break space */

struct strip { const char *text, *want; };

static void
check(const char *subject, const struct strip *t, size_t n, bool forward)
{
	struct arena *a = arena_open();

	for (size_t i = 0; i < n; i++) {
		bool fwd = !forward;
		const char *got = quote_strip(a, span_of(t[i].text), subject, &fwd);

		if (strcmp(got, t[i].want) != 0 || fwd != forward)
			fail_msg("case %zu: got (%d)\n%s\nwant (%d)\n%s", i, fwd, got, forward,
			    t[i].want);
	}
	arena_close(&a);
}
#define CHECK(subject, t, forward) check((subject), (t), sizeof(t) / sizeof *(t), (forward))

#define QUOTE "\n\n> Bonjour,\n> votre demande\n"

static void
test_attributions(void **s)
{
	static const struct strip t[] = {
		/* Gmail, wrapped as it wraps */
		{ "Oui.\n\n" "Le mar. 3 nov. 2026 à 10:12, Mairie <m@ville.test> a écrit" NB
		    ":" QUOTE, "Oui." },
		{ "Oui.\n\n" "Le mar. 3 nov. 2026 à 10:12, Mairie <\n"
		    "m@ville.test> a écrit :" QUOTE, "Oui." },
		{ "Oui.\n\n" "Le mar. 3 nov. 2026 à 10:12, Mairie <m@ville.test\n"
		    "> a écrit :" QUOTE, "Oui." },
		{ "Oui.\n\n" "Le mardi 3 novembre 2026 à 10:12, La Mairie de la ville\n"
		    "<m@ville.test>\n" "a écrit :" QUOTE, "Oui." },
		/* Thunderbird, Roundcube: no address */
		{ "Oui.\n\n" "Le 03/11/2026 à 10:12, Mairie de la ville a écrit" NB ":\n"
		    "> a\n", "Oui." },
		{ "Oui.\n\n"
		    "Le 03/11/2026 à 10:12, Mairie de la ville et de ses quartiers a\n"
		    "écrit :\n" "> a\n", "Oui." },
		{ "Oui.\nLe 2026-11-03 10:12, Mairie a écrit :\n\n> a\n", "Oui." },
		/* Apple */
		{ "Oui.\n\n" "> Le 3 nov. 2026 à 10:12, Mairie <m@ville.test> a écrit :\n"
		    "> \n" "> a\n", "Oui." },
		{ "Oui.\n\n" "Le 3 nov. 2026 à 10:12, Mairie <m@ville.test> a écrit :\n\n"
		    "a sans marque\n", "Oui." },
		/* an older spelling, an e-mail program that writes a plain e */
		{ "Oui.\n\nLe 03/11/2026 10:12, m@ville.test a ecrit :" QUOTE, "Oui." },
		/* other languages */
		{ "Yes.\n\n" "On Tue, Nov 3, 2026 at 10:12 AM City <m@ville.test> wrote:"
		    QUOTE, "Yes." },
		{ "Yes.\n\nOn 03/11/2026 10:12, City wrote:\n> a\n", "Yes." },
		{ "Ja.\n\nAm 03.11.26 um 10:12 schrieb Stadt:\n> a\n", "Ja." },
		{ "Ja.\n\n" "Am Di., 3. Nov. 2026 um 10:12 Uhr schrieb Stadt <m@ville.test>:"
		    QUOTE, "Ja." },
		{ "Sí.\n\n" "El mar, 3 nov 2026 a las 10:12, Villa (<m@ville.test>) escribió:"
		    QUOTE, "Sí." },
		{ "Sì.\n\n"
		    "Il giorno mar 3 nov 2026 alle ore 10:12 Comune <m@ville.test> ha\n"
		    "scritto:" QUOTE, "Sì." },
		{ "Sim.\n\n" "Em ter., 3 de nov. de 2026 às 10:12, Cidade <m@ville.test>\n"
		    "escreveu:" QUOTE, "Sim." },
		{ "Ja.\n\n" "Op di 3 nov 2026 om 10:12 schreef Stad <m@ville.test>:" QUOTE,
		    "Ja." },
		{ "Tak.\n\n" "wt., 3 lis 2026 o 10:12 Miasto <m@ville.test> napisał(a):" QUOTE,
		    "Tak." },
		{ "Da.\n\n" "În mar., 3 nov. 2026 la 10:12, Oraș <m@ville.test> a scris:"
		    QUOTE, "Da." },
		{ "Да.\n\nвт, 3 нояб. 2026 г. в 10:12, Город <m@ville.test>:" QUOTE, "Да." },
		{ "Так.\n\n" "вт, 3 лист. 2026 р. о 10:12 Місто <m@ville.test> пише:" QUOTE,
		    "Так." },
		{ "Evet.\n\n"
		    "Belediye <m@ville.test>, 3 Kas 2026 Sal, 10:12 tarihinde şunu yazdı:"
		    QUOTE, "Evet." },
		{ "نعم\n\n" "في الثلاثاء، 3 نوفمبر 2026 10:12 ص Ville <m@ville.test> كتب:"
		    QUOTE, "نعم" },
		{ "Oui.\n\n" "---- Le mar., 03 nov. 2026 10:12:00 +0100 m@ville.test a écrit "
		    "----\n\n" "a\n", "Oui." },
		{ "Oui.\n\n2026-11-03 10:12 GMT+01:00 Mairie <m@ville.test>:" QUOTE, "Oui." },
	};

	(void)s;
	CHECK("Re: Votre message", t, false);
}

static void
test_history(void **s)
{
	static const struct strip t[] = {
		{ "Oui.\n\n" "-----Message d'origine-----\n" "De : M\n" "Envoyé : lundi\n"
		    "À : A\n" "Objet : B\n\n" "a\n", "Oui." },
		{ "Oui.\n\n" "-------- Message d’origine --------\n" "De : M <m@v.test>\n\n"
		    "a\n", "Oui." },
		{ "Oui.\n\n" "----- Mail original -----\n" "De: \"M\" <m@v.test>\n"
		    "À: \"A\" <a@b.test>\n\n" "a\n", "Oui." },
		{ "Oui.\n\n" "________________________________\n" "De" NB ": M <m@v.test>\n"
		    "Envoyé" NB ": mardi 3 novembre 2026 10:12\n" "À" NB ": A <a@b.test>\n"
		    "Objet" NB ": B\n\n" "a\n", "Oui." },
		{ "Oui.\n\n" "De : M <m@v.test>\n" "Date : mardi 3 novembre 2026 à 10:12\n"
		    "À : A\n" "Objet : B\n\n" "a\n", "Oui." },
		{ "Oui.\n\n" "*De :* M <m@v.test>\n" "*Envoyé :* mardi\n"
		    "*À :* A <a@b.test>;\n" " C <c@b.test>\n" "*Objet :* B\n\n" "a\n", "Oui."
		    },
		{ "Oui.\n\n" "> Message du 03/11/26 10:12\n" "> De : \"M\" <m@v.test>\n"
		    "> A : a@b.test\n" "> Objet : B\n" ">\n" "> a\n", "Oui." },
		{ "Oui.\n\n" "========================================\n\n"
		    "Message du : 03/11/2026\n" "De : M\n" "A : A\n" "Sujet : B\n\n" "a\n",
		    "Oui." },
		{ "Oui.\n\n— Répondez au-dessus de cette ligne —\n\na\n", "Oui." },
		{ "Yes.\n\nFrom: M\nSent: Tuesday\nTo: A\nSubject: B\n\na\n", "Yes." },
		{ "Ja.\n\nVon: M\nGesendet: Dienstag\nAn: A\nBetreff: B\n\na\n", "Ja." },
		{ "Sí.\n\nDe: M\nEnviado el: martes\nPara: A\nAsunto: B\n\na\n", "Sí." },
		{ "Sì.\n\nDa: M\nInviato: martedì\nA: A\nOggetto: B\n\na\n", "Sì." },
		{ "Ja.\n\nVan: M\nVerzonden: dinsdag\nAan: A\nOnderwerp: B\n\na\n", "Ja." },
		{ "Sim.\n\nDe: M\nEnviada em: terça\nPara: A\nAssunto: B\n\na\n", "Sim." },
		{ "Да.\n\nОт: M\nОтправлено: вторник\nКому: A\nТема: B\n\na\n", "Да." },
		{ "نعم\n\nمن: M\nتاريخ الإرسال: 3\nإلى: A\nالموضوع: B\n\na\n", "نعم" },
	};

	(void)s;
	CHECK("RE: Votre message", t, false);
}

static void
test_signatures(void **s)
{
	static const struct strip t[] = {
		{ "Oui.\n-- \nAnne\n12 rue X\n", "Oui." },
		{ "Oui.\n" "--\n" "Anne\n\n"
		    "Le 3 nov. 2026 à 10:12, M <m@v.test> a écrit :\n" "> a\n\n" "Et ceci.",
		    "Oui.\n\n" "Et ceci." },
		{ "Oui.\n\nEnvoyé de mon iPhone\n", "Oui." },
		{ "Oui.\n\n" "Envoyé depuis mon mobile Orange\n\n"
		    "Le 3 nov. 2026 à 10:12, M <m@v.test> a écrit :\n\n" "> a\n", "Oui." },
		{ "Oui.\n\n" "Envoyé à partir de Outlook pour Android<https://aka.ms/x>\n",
		    "Oui." },
		{ "Oui.\n\n" "Téléchargez Outlook pour iOS<https://aka.ms/x>\n"
		    "________________________________\n" "De : M\n" "Envoyé : mardi\n"
		    "À : A\n" "Objet : B\n\n" "a\n", "Oui." },
		{ "Yes.\n\nSent from my iPhone\n", "Yes." },
		{ "Ja.\n\nVon meinem iPhone gesendet\n", "Ja." },
		{ "Tak.\n\nWysłane z iPhone'a\n", "Tak." },
	};

	(void)s;
	CHECK("Re: Votre message", t, false);
}

/* The bottom and the middle are places to write, too. */
static void
test_inline(void **s)
{
	static const struct strip t[] = {
		{ "> Quand ?\nDemain.\n> Où ?\nChez moi.\n", "Demain.\nChez moi." },
		{ "Le 3 nov. 2026 à 10:12, M <m@v.test> a écrit :\n" "> Quand ?\n\n"
		    "Demain.\n", "Demain." },
		{ "Bonjour,\n\n" "Le 3 nov. 2026 à 10:12, M <m@v.test> a écrit :\n"
		    "> Quand ?\n\n" "Demain.\n\n" "> Où ?\n\n" "Ici.\n", "Bonjour,\n\n\n"
		    "Demain.\n\n\n" "Ici." },
	};

	(void)s;
	CHECK("Re: Votre message", t, false);
}

/* A person's own words that look like a program's: nothing is lost. */
static void
test_own_words(void **s)
{
	static const char *const t[] = {
		"Le maire m'a écrit :\nVenez demain.",
		"Le 12 octobre 2026, votre service m'a écrit :\nVenez demain.",
		"Le 3 mars à 10:30, le voisin a écrit :\nDehors !",
		"Le 3 mars à 10:30 je suis venu.\nLe gardien a écrit :\nrevenez",
		"On 3 March I wrote to you.\nNobody came.",
		"De : la rue\nje vous écris.",
		"Date : lundi\nHeure : 10 h\nObjet : fuite d'eau\n\nAu secours.",
		"Envoyé de mon appartement, ce mot est un appel\nà l'aide.",
		"Bonjour\n" "--\n" "Je vous écris une longue lettre.\n" "a\n" "b\n" "c\n"
		    "d\n" "e\n" "f\n" "g\n" "h\n" "i\n" "j\n" "k\n" "l\n" "m\n" "n",
		"-- point un\n-- point deux\n\nMerci",
		"Titre\n----\n\ntexte\n\n====\n\nfin",
		"Message du 12 au matin : rien.",
		"Voir https://x.test/le-3-mars-on-a-ecrit: merci",
	};
	struct arena *a = arena_open();

	(void)s;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		bool fwd = true;

		assert_string_equal(quote_strip(a, span_of(t[i]), "Bonjour", &fwd), t[i]);
		assert_false(fwd);
	}
	arena_close(&a);
}

static void
test_forward_by_subject(void **s)
{
	static const char *const subjects[] = {
		"Tr : Loyer", "TR: Loyer", "Fwd: Loyer", "FW: Loyer", "Fw" NB ": Loyer",
		    "WG: Miete",
		"RV: x", "I: x", "Fwd[2]: x", "[SPAM] Fwd: Loyer", "tr: Re: Loyer",
	};
	static const char *const replies[] = {
		"Re: Loyer", "RE: TR: Loyer", "Rép : Fwd: Loyer", "Train : retard", "", "Fwd",
		    "I have",
		"Tri : poubelles",
	};
	static const struct strip fwd[] = {
		{ "Pour vous.\n\n" "Le 3 nov. 2026 à 10:12, B <b@v.test> a écrit :\n"
		    "> Impayé\n" "> de loyer\n",
		    "Pour vous.\n\n" "Le 3 nov. 2026 à 10:12, B <b@v.test> a écrit :\n"
		    "Impayé\n" "de loyer" },
		{ "Pour vous.\n\nDe : B\nEnvoyé : lundi\nÀ : A\nObjet : L\n\nImpayé",
		    "Pour vous.\n\nDe : B\nEnvoyé : lundi\nÀ : A\nObjet : L\n\nImpayé" },
	};
	static const struct strip reply[] = {
		{ "Pour vous.\n\n" "De : B\n" "Envoyé : lundi\n" "À : A\n" "Objet : L\n\n"
		    "Impayé", "Pour vous." },
	};

	(void)s;
	for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++)
		CHECK(subjects[i], fwd, true);
	for (size_t i = 0; i < sizeof replies / sizeof *replies; i++)
		CHECK(replies[i], reply, false);
}

static void
test_forward_by_mark(void **s)
{
	static const struct strip t[] = {
		{ "Pour vous.\n\n---------- Forwarded message ---------\nDe : B\n\nImpayé\n",
		    "Pour vous.\n\n---------- Forwarded message ---------\nDe : B\n\nImpayé" },
		{ "Pour vous.\n\nDébut du message transféré" NB ":\n\n> De: B\n> \n> Impayé\n",
		    "Pour vous.\n\nDébut du message transféré" NB ":\n\nDe: B\n\nImpayé" },
		{ "> Début du message réexpédié :\n>\n> Impayé\n",
		    "Début du message réexpédié :\n\nImpayé" },
		{ "----- Mail transféré -----\n" "De : B\n" "Impayé",
		    "----- Mail transféré -----\n" "De : B\n" "Impayé" },
		{ "-------- Message transféré --------\nSujet : L\nDe : B\n\nImpayé",
		    "-------- Message transféré --------\nSujet : L\nDe : B\n\nImpayé" },
		/* nothing above: the history is the matter */
		{ "De : B\nEnvoyé : lundi\nÀ : A\nObjet : L\n\nImpayé",
		    "De : B\nEnvoyé : lundi\nÀ : A\nObjet : L\n\nImpayé" },
		{ "\n\nEnvoyé de mon iPhone\n\n-----Message d'origine-----\nDe : B\n\nImpayé",
		    "-----Message d'origine-----\nDe : B\n\nImpayé" },
		{ "> Rien que cela\n", "> Rien que cela" },
		{ "Envoyé de mon iPhone", "Envoyé de mon iPhone" },
	};

	(void)s;
	CHECK("Loyer", t, true);
}

static void
test_nothing(void **s)
{
	static const struct strip t[] = { { "", "" }, { "\n \n\n", "" } };

	(void)s;
	CHECK("Fwd: x", t, false);
	CHECK("x", t, false);
}

/* Nothing that marks anything may pass for prose: it would not be looked at. */
static void
test_prose(void **s)
{
	static const struct { const char *line; bool prose; } t[] = {
		{ "Bonjour Madame", true }, { "  Je vous écris pour mon logement.", true },
		{ "Quand tout a commencé, en mars, le 12 exactement", true },
		{ "Nous : le bail", true }, { "Froid depuis lundi", true }, { "Froid : merci", false },
		{ "Pour : Anne", false }, { "A : Anne", false }, { "Cc: Anne", false },
		{ "J'habite rue de l'Échelle", true }, { "A bientôt", true },
		{ "Le 12 mars", false }, { "Le mar. 3 nov. Anne a écrit", false },
		{ "Anne Durand <a@exemple.test> a écrit", false }, { "Objet : loyer", false },
		{ "Objet\xef\xbc\x9a loyer", false },
		{ "> oui", false }, { "--", false },
		{ "__________", false }, { "Envoyé de mon téléphone", false },
		{ "ENVOYÉ DE MON IPHONE", false }, { "\tEnvoyé de mon iPhone", false },
		{ "Début du message transféré", false }, { "Message du 03/11/26", false },
		{ "Begin forwarded message", false }, { "Répondez au-dessus de cette ligne", false },
		{ "L'absence de virus dans ce courrier", false }, { "e\xcc\x81nvoye de mon ", false },
		{ "\xe2\x80\x8bSent from my phone", false }, { "Отправлено с iPhone", false },
		{ "a", false }, { "", false },
	};
	struct quote_starts starts;

	(void)s;
	quote_starts(&starts);
	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		if (quote_prose(&starts, span_of(t[i].line)) != t[i].prose)
			fail_msg("%s", t[i].line);
}

/* Lines made at random of what marks are made of: what passes for prose is no mark. */
static void
test_prose_is_no_mark(void **s)
{
	static const char *const pieces[] = {
		"En", "en", "SE", "Me", "be", "In", "de", "De", "Le ", "On ", "voy", "é", "nt", "ssage ",
		" du ", "from my ", "gin forwarded", " message", "message du ", "envoye ", "de mon ",
		" ", "  ", "\t", NB, "1", "26", "2026", ":", "@", "a@b", ">", "<", "-", "--", "_",
		"*", "\xef\xbc\x9a", "\xcc\x81", "\xe2\x80\x8b", "l'", "absence de virus", "get ",
		"outlook for ", "Cc", "objet", "to ", "A ", "reply ",
		"above this line", " a ecrit", "x", "fin", ",", ".",
	};
	enum { PIECES = sizeof pieces / sizeof *pieces };
	struct quote_starts starts;
	unsigned seed = 1, prose = 0;

	(void)s;
	quote_starts(&starts);
	for (int i = 0; i < 200000; i++) {
		char line[400] = "";
		struct quote_fold f;

		for (int k = 0; k < 8; k++) {
			seed = seed * 1103515245u + 12345u;
			(void)strncat(line, pieces[(seed >> 16) % PIECES], 40);
		}
		if (!quote_prose(&starts, span_of(line)))
			continue;
		prose++;
		quote_fold(&f, span_of(line));
		if (quote_mark(&f) != QUOTE_TEXT || quote_label(&f) != 0 || quote_may_begin(&f))
			fail_msg("%s", line);
	}
	assert_true(prose > 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attributions), cmocka_unit_test(test_history),
		cmocka_unit_test(test_signatures), cmocka_unit_test(test_inline),
		cmocka_unit_test(test_own_words), cmocka_unit_test(test_forward_by_subject),
		cmocka_unit_test(test_forward_by_mark), cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_prose), cmocka_unit_test(test_prose_is_no_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
