/* What of an agent's mail reaches the citizen.  Real bodies (DATA) are answered with to a
 * notification made from the shipped template, as several clients quote it. */
#include "command_help.h"

#include "parse.h"
#include "relay_help.h"

#include <dirent.h>
#include <stdlib.h>

#define LEN(t) (sizeof(t) / sizeof *(t))

static const char *const internal[] = { "claire@ville.test", "karim@ville.test",
    "admin@ville.test" };
static struct relay_facts facts = {
	.bureau = "bureau@ville.test", .internal = internal, .ninternal = LEN(internal),
	.agent_name = "Karim Benali", .organisation = "Ville", .bureau_name = "Bureau",
};
static struct arena *always;
static const char *notification;

static const char *const filled[][2] = {
	{ "ref", "BI-2026-00042" }, { "recu", "mardi 24 novembre 2026" }, { "heure", "9 h 12" },
	{ "categorie", "Logement" }, { "expediteur", "Anne A <anne@exemple.test>" },
	{ "objet", "Mon logement est humide" }, { "texte",
	    "Bonjour, le mur de ma chambre moisit." },
};

/* The template, with the marker on top where it does not hold it. */
static const char *
notification_of(struct arena *a, const struct texts *t)
{
	struct template_var v[LEN(filled)];
	struct fault f;
	const char *body;

	for (size_t i = 0; i < LEN(filled); i++)
		v[i] = (struct template_var){ filled[i][0], filled[i][1] };
	if (texts_fill(t, a, "avis", v, LEN(v), &body, &f) != ST_OK)
		return NULL;
	return strstr(body, RELAY_MARKER) != NULL ? body :
	    arena_printf(a, RELAY_MARKER "\n\n%s", body);
}

static int
setup(void **state)
{
	struct texts *t;
	struct fault f;

	always = arena_open();
	if (command_setup(state) != 0 || parse_init(&f) != ST_OK ||
	    texts_load(&t, "templates", NULL, 0, &f) != ST_OK)
		return -1;
	facts.nours = relay_phrases(always, t, &facts.ours);
	notification = notification_of(always, t);
	texts_close(&t);
	return notification == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	arena_close(&always);
	return 0;
}

static struct relay
relayed(struct arena *a, const char *text)
{
	struct relay_own own;
	struct commands c;
	struct relay out;

	relay_own(a, &facts, span_of(text), &own);
	command_read(a, &test_facts, span_of(own.text), &c);
	relay_decide(a, &facts, &own, &c, &out);
	return out;
}

/* --- what goes out ------------------------------------------------------------------- */

static void
test_clients(void **state)
{
	static const struct { const char *own, *want; } t[] = {
		{ "Oui.", "Oui." },
		{ "Bonjour,\n\nVenez lundi.\n\nKarim Benali",
		    "Bonjour,\n\nVenez lundi.\n\nKarim Benali" },
		{ "#prendre\n#attendre 15/12\n\nVenez lundi.", "Venez lundi." },
		{ "Venez lundi.\n-- \nKarim Benali", "Venez lundi.\n-- \nKarim Benali" },
		{ "Venez lundi.\n\nEnvoyé de mon iPhone", "Venez lundi." },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t k = 0; k < LEN(clients); k++)
		for (size_t i = 0; i < LEN(t); i++) {
			struct relay r = relayed(a, clients[k](a, t[i].own, notification));
			const char *got = replaced(a, r.text, "-- \n", "--\n");

			if (r.what != RELAY_SEND ||
			    strcmp(got, replaced(a, t[i].want, "-- \n", "--\n")) != 0)
				fail_msg("client %zu, %s: %d %s [%s]", k, t[i].own, (int)r.what,
				    r.why, r.text);
		}
	arena_close(&a);
}

static void
test_nothing(void **state)
{
	static const struct { const char *own; enum relay_what what; bool fault; } t[] = {
		{ "", RELAY_EMPTY, true }, { "\n \n", RELAY_EMPTY, true },
		{ "#prendre", RELAY_EMPTY, false }, { "#xyz", RELAY_EMPTY, false },
		{ "Karim Benali\n03 00 00 00 00", RELAY_SIGNATURE, true },
		{ "#prendre\n\nCordialement,\nKarim Benali", RELAY_SIGNATURE, false },
		{ "Cordialement", RELAY_SIGNATURE, true },
		{ "Bien à vous,\n\nKarim Benali\nBureau des interventions\nkarim@ville.test",
		    RELAY_SIGNATURE, true },
		{ "#note\nAppelé la CAF.", RELAY_INSIDE, false },
		{ "#note Appelé la CAF.", RELAY_INSIDE, false },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t k = 0; k < LEN(clients); k++)
		for (size_t i = 0; i < LEN(t); i++) {
			struct relay r = relayed(a, clients[k](a, t[i].own, notification));

			if (r.what != t[i].what || r.fault != t[i].fault)
				fail_msg("client %zu, %s: %d %s [%s]", k, t[i].own, (int)r.what,
				    r.why, r.text);
			assert_true(r.what == RELAY_INSIDE || r.text[0] == '\0');
		}
	arena_close(&a);
}

static void
test_signatures(void **state)
{
	static const struct { const char *text; enum relay_what what; } t[] = {
		{ "-- \nKarim Benali\n03 00 00 00 00", RELAY_SIGNATURE },
		{ "--\nKarim", RELAY_SIGNATURE }, { "#prendre\n-- \nKarim", RELAY_SIGNATURE },
		{ "Karim Benali\n\nCe message est confidentiel. Merci de ne pas le lire si "
		    "vous n'en êtes pas destinataire.", RELAY_SIGNATURE },
		{ "Envoyé de mon iPhone", RELAY_EMPTY }, { "Cdlt", RELAY_SIGNATURE },
		{ "Cordialement, venez lundi.", RELAY_SEND }, { "Oui", RELAY_SEND },
		{ "Merci", RELAY_SEND },
		{ "Karim Benali vous recevra lundi matin à dix heures.", RELAY_SEND },
		{ "Karim Benali\n\nBonjour, venez lundi.", RELAY_SEND }, { "Lundi 14h",
		    RELAY_SEND },
		{ "Bonjour,\n\nCordialement,\nKarim Benali", RELAY_SEND },
		{ "03 00 00 00 00", RELAY_SEND },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < LEN(t); i++) {
		struct relay r = relayed(a, t[i].text);

		if (r.what != t[i].what)
			fail_msg("%s: %d [%s]", t[i].text, (int)r.what, r.text);
	}
	arena_close(&a);
}

static void
test_below(void **state)
{
	struct arena *a = arena_open();
	struct relay r = relayed(a, arena_printf(a, WHO "%s\nVenez lundi.\n",
	    quoted(a, "> ", notification)));

	(void)state;
	assert_int_equal(r.what, RELAY_BELOW);
	assert_true(r.fault);
	r = relayed(a, arena_printf(a, "Oui.\n\n" WHO "%s\nEt venez lundi.\n",
	    quoted(a, "> ", notification)));
	assert_int_equal(r.what, RELAY_SEND);
	assert_string_equal(r.text, "Oui.");
	assert_non_null(strstr(r.remark, "sous la ligne"));
	r = relayed(a, arena_printf(a, "Oui.\n\n" WHO "%s\n-- \nKarim\n",
	    quoted(a, "> ", notification)));
	assert_int_equal(r.what, RELAY_SEND);
	assert_string_equal(r.remark, "");
	arena_close(&a);
}

static void
test_marker_survives(void **state)
{
	static const char *const text[] = {
		"Il est écrit « Répondez au-dessus de cette ligne » : que faire ?",
		"Bonjour, venez lundi. " RELAY_MARKER " Nouveau dossier",
		"Oui mais repondez au\ndessus de cette ligne",
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < LEN(text); i++) {
		struct relay r = relayed(a, text[i]);

		if (r.what != RELAY_MARKED || !r.fault)
			fail_msg("%s: %d [%s]", text[i], (int)r.what, r.text);
	}
	arena_close(&a);
}

static void
test_marker_forms(void **state)
{
	static const char *const marker[] = {
		RELAY_MARKER, "> " RELAY_MARKER, ">> " RELAY_MARKER, "| " RELAY_MARKER,
		"*" RELAY_MARKER "*", "— Répondez au-dessus de\n> cette ligne —",
		"— REPONDEZ AU-DESSUS DE CETTE LIGNE —",
		    "-- Repondez au-dessus de cette ligne --",
		"\xc2\xa0\xc2\xa0" RELAY_MARKER,
		    "&gt; &mdash; R&eacute;pondez&nbsp;au-dessus de cette ligne",
		"? R?pondez au-dessus de cette ligne ?",
		    "— R=C3=A9pondez au-dessus de cette ligne —",
		"\xef\xbf\xbd R\xef\xbf\xbdpondez au\xe2\x80\x91" "dessus de cette ligne",
		"— Re\xcc\x81pondez au-dessus de cette ligne —",
		"Le mar. 24 nov. 2026 à 09:12, B <b@v.test> a écrit : " RELAY_MARKER,
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < LEN(marker); i++) {
		struct relay r = relayed(a, arena_printf(a, "Venez lundi.\n\n%s\nNouveau",
		    marker[i]));

		if (r.what != RELAY_SEND || strcmp(r.text, "Venez lundi.") != 0)
			fail_msg("%s: %d [%s]", marker[i], (int)r.what, r.text);
	}
	arena_close(&a);
}

/* Without the marker, what is ours is known by its sentences. */
static void
test_ours(void **state)
{
	struct arena *a = arena_open();
	struct span rest = span_of(notification), line, longest = { "", 0 };

	(void)state;
	assert_true(facts.nours > 0);
	while (span_line(&rest, &line))
		if (line.n > longest.n)
			longest = line;
	assert_int_equal(relayed(a, arena_printf(a, "Oui.\n\n%.*s", (int)longest.n,
	    longest.p)).what, RELAY_OURS);
	assert_int_equal(relayed(a, "Oui.\n\n✔ #prendre : le dossier est à vous").what,
	    RELAY_OURS);
	assert_int_equal(relayed(a, "Oui.\n\nAnnuler : #annuler ABCD-EFGH").what, RELAY_OURS);
	assert_int_equal(relayed(a, "Le dossier est à vous.").what, RELAY_SEND);
	arena_close(&a);
}

static void
test_addresses(void **state)
{
	static const struct { const char *text, *want; } t[] = {
		{ "Écrivez à claire@ville.test.", "Écrivez à bureau@ville.test." },
		{ "Oui\n-- \nKarim <KARIM@Ville.Test>", "Oui\n-- \nKarim <bureau@ville.test>" },
		{ "bureau+abcdef@ville.test ?", "bureau@ville.test ?" },
		{ "bureau@ville.test et anne@exemple.test",
		    "bureau@ville.test et anne@exemple.test" },
		{ "xclaire@ville.test", "xclaire@ville.test" },
		{ "claire@ville.test.fr", "claire@ville.test.fr" },
		{ "a @ b, @, claire@, @ville.test", "a @ b, @, claire@, @ville.test" },
		{ "karim@ville.test,claire@ville.test", "bureau@ville.test,bureau@ville.test" },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < LEN(t); i++) {
		struct relay r = relayed(a, t[i].text);

		if (r.what != RELAY_SEND || strcmp(r.text, t[i].want) != 0)
			fail_msg("%s: %d [%s]", t[i].text, (int)r.what, r.text);
		assert_true((strcmp(t[i].text, t[i].want) != 0) ==
		    (strstr(r.remark, "interne") != NULL));
	}
	arena_close(&a);
}

/* A forward is never relayed; #nouveau keeps it: it is the case. */
static void
test_forwards(void **state)
{
	static const char fwd[] = "\n\n---------- Forwarded message ---------\nDe : Anne\n"
	    "Date : lundi\nObjet : aide\nÀ : karim@ville.test\n\nJe cherche un logement.\n";
	struct arena *a = arena_open();
	struct relay r = relayed(a, arena_printf(a, "Voici.%s", fwd));

	(void)state;
	assert_int_equal(r.what, RELAY_SEND);
	assert_string_equal(r.text, "Voici.");
	assert_non_null(strstr(r.remark, "transfériez"));
	r = relayed(a, arena_printf(a, "#nouveau\nAnne, 06 00 00 00 00%s", fwd));
	assert_int_equal(r.what, RELAY_INSIDE);
	assert_non_null(strstr(r.text, "Anne, 06"));
	assert_non_null(strstr(r.text, "Je cherche un logement."));
	r = relayed(a, fwd);
	assert_int_equal(r.what, RELAY_EMPTY);
	arena_close(&a);
}

static void
test_stray_remark(void **state)
{
	struct arena *a = arena_open();
	struct relay r = relayed(a, "Venez lundi.\n#regler");

	(void)state;
	assert_int_equal(r.what, RELAY_SEND);
	assert_string_equal(r.text, "Venez lundi.\n#regler");
	assert_non_null(strstr(r.remark, "#regler"));
	arena_close(&a);
}

static void
test_too_long(void **state)
{
	struct arena *a = arena_open();
	char *z = arena_alloc(a, RELAY_TEXT_MAX + 2, 1);

	(void)state;
	memset(z, 'p', RELAY_TEXT_MAX + 1);
	assert_int_equal(relayed(a, z).what, RELAY_LONG);
	memset(z, '@', RELAY_TEXT_MAX / 4);
	z[RELAY_TEXT_MAX / 4] = '\0';
	assert_int_equal(relayed(a, z).what, RELAY_SEND);
	arena_close(&a);
}

/* --- real bodies --------------------------------------------------------------------- */

static const char *
body_of(struct arena *a, const char *path)
{
	FILE *in = fopen(path, "rb");
	char *raw = arena_alloc(a, 1 << 20, 1);
	size_t n = in == NULL ? 0 : fread(raw, 1, 1 << 20, in);
	struct mail m;
	struct fault f;

	if (in != NULL)
		assert_int_equal(fclose(in), 0);
	return n > 0 && parse_mail(a, span_from(raw, n), false, &m, &f) == ST_OK ? m.text : "";
}

static void
clean(const struct relay *r, const char *file, size_t k)
{
	static const char *const never[] = {
		"au-dessus de cette ligne", "BI-2026-00042", "karim@ville.test",
		    "claire@ville.test",
		"le mur de ma chambre", "Nouveau dossier", "Mon logement est humide",
	};

	for (size_t i = 0; i < LEN(never); i++)
		if (strstr(r->text, never[i]) != NULL)
			fail_msg("%s, client %zu: %s in\n%s", file, k, never[i], r->text);
}

static void
test_real_bodies(void **state)
{
	const char *data = getenv("DATA");
	struct dirent *e;
	size_t mails = 0, sent = 0, same = 0;
	DIR *d;

	(void)state;
	d = opendir(arena_printf(always, "%s/mail/replies", data != NULL ? data : ""));
	if (d == NULL) {
		print_message("no DATA: skipped\n");
		skip();
	}
	while ((e = readdir(d)) != NULL) {
		struct arena *a = arena_open();
		const char *body = span_iends(span_of(e->d_name), ".eml") ?
		    body_of(a, arena_printf(a, "%s/mail/replies/%s", data, e->d_name)) : "";

		const char *alone = relayed(a, body).text;

		for (size_t k = 0; body[0] != '\0' && k < LEN(clients); k++) {
			struct relay r = relayed(a, clients[k](a, body, notification));

			clean(&r, e->d_name, k);
			mails++;
			sent += r.what == RELAY_SEND;
			same += strcmp(r.text, alone) == 0;
		}
		arena_close(&a);
	}
	assert_int_equal(closedir(d), 0);
	print_message("%zu of %zu relayed, %zu as they were written\n", sent, mails, same);
	assert_true(mails > 0 && sent * 2 > mails);
	assert_true(same * 20 > mails * 19);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clients), cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_signatures), cmocka_unit_test(test_below),
		cmocka_unit_test(test_marker_survives), cmocka_unit_test(test_marker_forms),
		cmocka_unit_test(test_ours), cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_forwards), cmocka_unit_test(test_stray_remark),
		    cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_real_bodies),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
