/* Held mail and its codes: who is believed, what is asked, what nobody learns. */
#include "desk_help.h"

#include "needs.h"

enum { NOW = 1795514400, GOOD = NOW + 1, OVER = NOW - 1 };

#define MAIL(ar, body) ar "From: karim@ville.test\nTo: bureau@ville.test\nSubject: code\n" \
	"Message-ID: <m1@ville.test>\n\n" body "\n"
#define AR(x) "Authentication-Results: mx.ville.test; " x "\n"
#define PASS AR("dmarc=pass header.from=ville.test")
#define FAIL AR("dmarc=fail header.from=ville.test")
#define CODE "#confirmer ABCD-EFGH"

static const struct {
	const char *what, *raw;
	struct order_facts orders;
	enum mail_outcome outcome;
	size_t confirmed;
	bool asks;
	const char *kinds, *says;
} rows[] = {
	{ "good, proven", MAIL(PASS, CODE), { .held = { { 5, GOOD, 0 } }, .nheld = 1 },
	    MAIL_OUTCOME_RECORDED, 1, false, "transcript", "✔ #confirmer" },
	{ "good, the code is the proof", MAIL("", CODE), { .held = { { 5, GOOD, 0 } }, .nheld = 1 },
	    MAIL_OUTCOME_RECORDED, 1, false, "transcript", "✔ #confirmer" },
	{ "good, refuted", MAIL(FAIL, CODE), { .held = { { 5, GOOD, 0 } }, .nheld = 1 },
	    MAIL_OUTCOME_QUARANTINED, 0, false, "transcript", "n’a pas servi" },
	{ "unknown, proven", MAIL(PASS, CODE), { .nheld = 1 },
	    MAIL_OUTCOME_RECORDED, 0, false, "transcript", "l’un des vôtres" },
	{ "unknown, unproven", MAIL("", CODE), { .nheld = 1 },
	    MAIL_OUTCOME_QUARANTINED, 0, false, "transcript", "l’un des vôtres" },
	{ "used", MAIL(PASS, CODE), { .held = { { 5, GOOD, NOW } }, .nheld = 1 },
	    MAIL_OUTCOME_RECORDED, 0, false, "transcript", "déjà servi" },
	{ "too late", MAIL(PASS, CODE), { .held = { { 5, OVER, 0 } }, .nheld = 1 },
	    MAIL_OUTCOME_RECORDED, 0, false, "transcript", "48 heures" },
	{ "too late proves nothing", MAIL("", CODE), { .held = { { 5, OVER, 0 } }, .nheld = 1 },
	    MAIL_OUTCOME_QUARANTINED, 0, false, "transcript", "48 heures" },
	{ "words below it are nobody's", MAIL(PASS, CODE "\n\nOui, c'est moi."),
	    { .held = { { 5, GOOD, 0 } }, .nheld = 1 }, MAIL_OUTCOME_RECORDED, 1, false,
	    "transcript", "✔ #confirmer" },
	{ "a word beside it that is none", MAIL(PASS, CODE "\n#xyz"),
	    { .held = { { 5, GOOD, 0 } }, .nheld = 1 }, MAIL_OUTCOME_RECORDED, 0, false,
	    "transcript", "✘ #xyz" },
	{ "an order, unproven", MAIL("", "#regler"), { .asked = 9 },
	    MAIL_OUTCOME_QUARANTINED, 0, true, "confirm", "#regler" },
	{ "asked too often", MAIL("", "#regler"), { .asked = 10 },
	    MAIL_OUTCOME_QUARANTINED, 0, false, "", "" },
};

static void
believed_asked_told(void **state)
{
	struct desk d = desk_make();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		unsigned char random[20][MSGID_RANDOM] = { { 7 } };
		const struct verdict v = { .category = "a_qualifier", .quartier = "" };
		const struct plan_facts facts = { .random = random, .nrandom = 20,
		    .orders = &rows[i].orders };
		const struct plan_in in = { .mail = mail_of(a, rows[i].raw), .verdict = &v,
		    .received = NOW, .now = NOW };
		struct fault f = { 0 };
		const struct mail *told;
		struct plan p;

		if (plan_make(a, &d, &in, &facts, &p, &f) != ST_OK)
			fail_msg("%s: %s", rows[i].what, f.text);
		if (p.outcome != rows[i].outcome || p.nconfirmed != rows[i].confirmed ||
		    (p.confirm != NULL) != rows[i].asks || p.nmails != (rows[i].kinds[0] != '\0'))
			fail_msg("%s: %s, %zu confirmed, %zu mails", rows[i].what,
			    mail_outcome_name(p.outcome), p.nconfirmed, p.nmails);
		if (p.nmails == 0)
			continue;
		assert_string_equal(mail_kind_name(p.mails[0].kind), rows[i].kinds);
		assert_string_equal(p.mails[0].to, "karim@ville.test");
		told = mail_of(a, arena_span(a, p.mails[0].wire));
		if (told == NULL || strstr(told->text, rows[i].says) == NULL)
			fail_msg("%s: %s", rows[i].what, p.mails[0].wire.p);
	}
}

static void
codes_are_looked_up_as_digests(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct desk d = desk_make();
	struct needs n, other;
	struct sha256 want = code_digest(d.key, CODE_CONFIRM, "karim", "ABCD-EFGH");

	(void)state;
	needs_of(a, &d, mail_of(a, MAIL("", CODE)), NOW, &n);
	assert_int_equal(n.nconfirm, 1);
	assert_memory_equal(&n.confirm[0], &want, sizeof want);
	needs_of(a, &d, mail_of(a, "From: lea@exemple.test\n\n" CODE "\n"), NOW, &other);
	assert_string_equal(other.agent, "");
	assert_int_equal(other.nconfirm, 0);
	/* More codes than are looked up are no good, and nothing else. */
	needs_of(a, &d, mail_of(a, MAIL("", CODE "\n" CODE "\n" CODE "\n" CODE "\n" CODE "\n" CODE)),
	    NOW, &n);
	assert_int_equal(n.nconfirm, NEEDS_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(believed_asked_told), cmocka_unit_test(codes_are_looked_up_as_digests),
	};

	return cmocka_run_group_tests(tests, desk_setup, desk_teardown);
}
