/* Who is told of a mail while some are away. */
#include "desk_help.h"

enum { NOW = 1795514400 };

#define LEA "From: lea@exemple.test\nTo: bureau@ville.test\nSubject: x\nMessage-ID: <m1@exemple.test>\n\nBonjour.\n"

static const struct {
	const char *what, *has;		/* who has the ticket; NULL: a new one */
	bool vital;
	bool away[3];			/* claire * on call, karim logement, paul finances on call */
	const char *told;
} rows[] = {
	{ "nobody", NULL, false, { 0, 0, 0 }, "notify:claire notify:karim" },
	{ "one of two", NULL, false, { 1, 0, 0 }, "notify:karim" },
	{ "all of the category", NULL, false, { 1, 1, 0 }, "notify:paul" },
	{ "all", NULL, false, { 1, 1, 1 }, "notify:claire notify:karim" },
	{ "who has it", "karim", false, { 0, 1, 0 }, "notify:claire" },
	{ "who has it is there", "karim", false, { 1, 0, 1 }, "notify:karim" },
	{ "who has it, and the category", "karim", false, { 1, 1, 0 }, "notify:paul" },
	{ "vital, one on call", NULL, true, { 1, 0, 0 }, "alert:paul notify:karim" },
	{ "vital, none on call", NULL, true, { 1, 0, 1 }, "alert:claire alert:karim alert:paul" },
};

static void
told(void **state)
{
	static struct agent three[] = {
		{ "claire", "Claire", "claire@ville.test", "*", true },
		{ "karim", "Karim", "karim@ville.test", "logement", false },
		{ "paul", "Paul", "paul@ville.test", "finances", true },
	};
	struct desk d = desk_make();

	(void)state;
	d.agents = three;
	d.nagents = 3;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		unsigned char random[20][MSGID_RANDOM] = { { 7 } };
		const struct verdict v = { .category = "logement", .quartier = "",
		    .urgency = rows[i].vital ? URGENCY_VITAL : URGENCY_NORMAL };
		const struct ticket_facts t = { .category = "logement",
		    .agent = rows[i].has != NULL ? rows[i].has : "", .citizen = "lea@exemple.test",
		    .contact = "", .subject = "", .message_id = "", .text = "", .lang = "fr" };
		const struct thread_hit h = { THREAD_BY_STORED, 7, "BI-2026-00007", TICKET_OPEN, 0,
		    false, true, "", &t };
		const struct plan_facts facts = { .random = random, .nrandom = 20, .next_number = 1,
		    .away = rows[i].away, .hits = &h, .nhits = rows[i].has != NULL,
		    .acks_to_sender = 9 };
		const struct plan_in in = { .mail = mail_of(a, LEA), .verdict = &v, .received = NOW,
		    .now = NOW };
		const char *z = "";
		struct fault f = { 0 };
		struct plan p;

		if (plan_make(a, &d, &in, &facts, &p, &f) != ST_OK)
			fail_msg("%s: %s", rows[i].what, f.text);
		for (size_t k = 0; k < p.nmails; k++)
			z = arena_printf(a, "%s%s%s:%.*s", z, k > 0 ? " " : "",
			    mail_kind_name(p.mails[k].kind),
			    (int)strcspn(p.mails[k].to, "@"), p.mails[k].to);
		if (strcmp(z, rows[i].told) != 0)
			fail_msg("%s: %s", rows[i].what, z);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(told) };

	return cmocka_run_group_tests(tests, desk_setup, desk_teardown);
}
