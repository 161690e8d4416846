/* Dates as people type them; it is Tuesday 24 November 2026, 10:00. */
#include "command_help.h"

#define LEN(t) (sizeof(t) / sizeof *(t))

struct when { const char *typed; enum command_fault fault; const char *want; };

/* "2026-12-15 14:30" */
static const char *
moment(struct arena *a, date_day day, int minute)
{
	char z[DATE_RFC3339_MAX] = "";

	if (day == DATE_INVALID)
		return "";
	date_iso(day, z);
	return minute < 0 ? arena_strdup(a, z) :
	    arena_printf(a, "%s %02d:%02d", z, minute / 60, minute % 60);
}

static void
check(const char *word, const struct when *t, size_t n)
{
	struct arena *a = arena_open();

	for (size_t i = 0; i < n; i++) {
		struct commands c = commands_of(a, arena_printf(a, "#%s %s", word, t[i].typed));
		const struct command *v = c.v;
		const char *got = moment(a, v->day, v->minute);

		assert_int_equal(c.n, 1);
		if (v->until != DATE_INVALID)
			got = arena_printf(a, "%s %s", got, moment(a, v->until, -1));
		if (v->fault != t[i].fault || (v->fault == COMMAND_OK && strcmp(got,
		    t[i].want) != 0))
			fail_msg("%s %s: %s, fault %d %s", word, t[i].typed, got, (int)v->fault,
			    v->why);
	}
	arena_close(&a);
}
#define CHECK(word, t) check((word), (t), LEN(t))

static void
test_days(void **state)
{
	static const struct when t[] = {
		/* day and month: the next time, within six months */
		{ "15/12", 0, "2026-12-15" }, { "15/12/2026", 0, "2026-12-15" },
		{ "15/12/26", 0, "2026-12-15" }, { "15.12", 0, "2026-12-15" },
		{ "15.12.", 0, "2026-12-15" }, { "15.12.2026", 0, "2026-12-15" },
		{ "15-12", 0, "2026-12-15" }, { "15-12-2026", 0, "2026-12-15" },
		{ "15 / 12", 0, "2026-12-15" }, { "15/ 12 /2026", 0, "2026-12-15" },
		{ "2026-12-15", 0, "2026-12-15" }, { "3/12", 0, "2026-12-03" },
		{ "03/12", 0, "2026-12-03" }, { "24/11", 0, "2026-11-24" },
		{ "15/1", 0, "2027-01-15" }, { "24/05", 0, "2027-05-24" },
		{ "25/05", COMMAND_PAST, "" }, { "23/11", COMMAND_PAST, "" },
		{ "20/11", COMMAND_PAST, "" }, { "15/06", COMMAND_PAST, "" },
		{ "15/06/2027", 0, "2027-06-15" }, { "15/12/2025", COMMAND_PAST, "" },
		{ "23/11/2026", COMMAND_PAST, "" }, { "1/3", 0, "2027-03-01" },
		/* no such day */
		{ "31/11", COMMAND_BAD_DATE, "" }, { "32/12", COMMAND_BAD_DATE, "" },
		{ "12/13", COMMAND_BAD_DATE, "" }, { "0/12", COMMAND_BAD_DATE, "" },
		{ "29/02", COMMAND_BAD_DATE, "" }, { "29/02/2028", 0, "2028-02-29" },
		{ "15/12/202", COMMAND_BAD_DATE, "" }, { "15/12/", COMMAND_BAD_DATE, "" },
		{ "15/12/2026/1", COMMAND_BAD_DATE, "" }, { "115/12", COMMAND_BAD_DATE, "" },
		{ "15/122", COMMAND_BAD_DATE, "" }, { "15/12 2027", COMMAND_BAD_DATE, "" },
		/* written out */
		{ "3 décembre", 0, "2026-12-03" }, { "3 Decembre", 0, "2026-12-03" },
		{ "3 DÉCEMBRE 2026", 0, "2026-12-03" }, { "le 3 décembre", 0, "2026-12-03" },
		{ "3 déc.", 0, "2026-12-03" }, { "3 dec", 0, "2026-12-03" },
		{ "1er mars", 0, "2027-03-01" }, { "1 mars", 0, "2027-03-01" },
		{ "4 janv. 2027", 0, "2027-01-04" }, { "3 novembre", COMMAND_PAST, "" },
		{ "31 novembre", COMMAND_BAD_DATE, "" }, { "15 juin", COMMAND_PAST, "" },
		{ "15 juin 2027", 0, "2027-06-15" }, { "3 brumaire", COMMAND_BAD_DATE, "" },
		/* words */
		{ "demain", 0, "2026-11-25" }, { "Demain.", 0, "2026-11-25" },
		{ "aujourd'hui", 0, "2026-11-24" }, { "aujourd’hui", 0, "2026-11-24" },
		{ "après-demain", 0, "2026-11-26" }, { "apres demain", 0, "2026-11-26" },
		{ "lundi", 0, "2026-11-30" }, { "Mardi", 0, "2026-12-01" },
		{ "mercredi", 0, "2026-11-25" }, { "jeu.", 0, "2026-11-26" },
		{ "ven", 0, "2026-11-27" }, { "lundi prochain", 0, "2026-11-30" },
		{ "ce vendredi", 0, "2026-11-27" }, { "lundi en huit", 0, "2026-12-07" },
		{ "vendredi de la semaine prochaine", 0, "2026-12-04" },
		{ "lundi semaine prochaine", 0, "2026-11-30" },
		{ "semaine prochaine", 0, "2026-11-30" }, { "la semaine prochaine", 0,
		    "2026-11-30" },
		{ "dans 3 jours", 0, "2026-11-27" }, { "dans une semaine", 0, "2026-12-01" },
		{ "dans quinze jours", 0, "2026-12-09" }, { "dans 2 semaines", 0,
		    "2026-12-08" },
		/* the 24th is closed, then Christmas */
		{ "dans un mois", 0, "2026-12-28" },
		{ "mardi 15/12", 0, "2026-12-15" }, { "mardi 15 décembre", 0, "2026-12-15" },
		{ "mardi, 15 décembre 2026", 0, "2026-12-15" },
		{ "lundi 15/12", COMMAND_BAD_DATE, "" }, { "lundi 15 décembre",
		    COMMAND_BAD_DATE, "" },
		/* little words */
		{ "au 15/12", 0, "2026-12-15" }, { "jusqu'au 15/12", 0, "2026-12-15" },
		{ "jusqu’à lundi", 0, "2026-11-30" }, { "avant le 15/12", 0, "2026-12-15" },
		{ "d'ici le 15/12", 0, "2026-12-15" }, { "pour lundi", 0, "2026-11-30" },
		{ "\xc2\xa0" "15/12", 0, "2026-12-15" }, { "« 15/12 »", 0, "2026-12-15" },
		/* none */
		{ "bientôt", COMMAND_BAD_DATE, "" }, { "15", COMMAND_BAD_DATE, "" },
		{ "l'an prochain", COMMAND_BAD_DATE, "" }, { "lundis", COMMAND_BAD_DATE, "" },
		{ "99999999999999999999", COMMAND_BAD_DATE, "" }, { "/", COMMAND_BAD_DATE, "" },
		{ "-15/12", COMMAND_BAD_DATE, "" }, { "", COMMAND_MISSING, "" },
	};

	(void)state;
	CHECK("attendre", t);
	CHECK("rappel", t);
}

static void
test_times(void **state)
{
	static const struct when t[] = {
		{ "demain 14h", 0, "2026-11-25 14:00" }, { "demain 14 h", 0,
		    "2026-11-25 14:00" },
		{ "demain 14h30", 0, "2026-11-25 14:30" }, { "demain 14 h 30", 0,
		    "2026-11-25 14:30" },
		{ "demain 14:30", 0, "2026-11-25 14:30" }, { "demain à 9h", 0,
		    "2026-11-25 09:00" },
		{ "demain, 9h05", 0, "2026-11-25 09:05" }, { "demain vers 9h", 0,
		    "2026-11-25 09:00" },
		{ "15/12 14H30", 0, "2026-12-15 14:30" }, { "15/12 14.30", 0,
		    "2026-12-15 14:30" },
		{ "15/12/26 9h", 0, "2026-12-15 09:00" }, { "3 décembre 14h30", 0,
		    "2026-12-03 14:30" },
		{ "3 décembre 2026 à 14:30", 0, "2026-12-03 14:30" },
		{ "lundi 9 heures", 0, "2026-11-30 09:00" }, { "lundi midi", 0,
		    "2026-11-30 12:00" },
		{ "14:30", 0, "2026-11-24 14:30" }, { "14h30", 0, "2026-11-24 14:30" },
		{ "14h30 demain", 0, "2026-11-25 14:30" }, { "14h le 15/12", 0,
		    "2026-12-15 14:00" },
		{ "9h", COMMAND_PAST, "" }, { "10:00", COMMAND_PAST, "" },
		{ "aujourd'hui 9h", COMMAND_PAST, "" }, { "demain 25h", COMMAND_BAD_DATE, "" },
		{ "demain 14h75", COMMAND_BAD_DATE, "" }, { "25:00", COMMAND_BAD_DATE, "" },
		{ "demain 14h 15h", COMMAND_BAD_DATE, "" }, { "demain 14h 30", COMMAND_BAD_DATE,
		    "" }, { "demain 14:3", COMMAND_BAD_DATE, "" },
	};

	(void)state;
	CHECK("rappel", t);
}

/* What waits for a closed day moves; a person who comes is not to find a closed door. */
static void
test_closed(void **state)
{
	static const struct when waits[] = {
		{ "5/12", 0, "2026-12-07" }, { "24/12", 0, "2026-12-28" }, { "25/12", 0,
		    "2026-12-28" },
		{ "1/1", 0, "2027-01-04" }, { "samedi", 0, "2026-11-30" },
		{ "dimanche 14h", 0, "2026-11-30 14:00" },
	};
	static const struct when meets[] = {
		{ "3/12 14:30", 0, "2026-12-03 14:30" }, { "3/12 8h30", 0, "2026-12-03 08:30" },
		{ "demain 11h59", 0, "2026-11-25 11:59" }, { "jeudi 16h45", 0,
		    "2026-11-26 16:45" },
		{ "14:30", 0, "2026-11-24 14:30" }, { "9h", COMMAND_PAST, "" },
		{ "5/12 14h", COMMAND_CLOSED, "" }, { "24/12 14h", COMMAND_CLOSED, "" },
		{ "25/12 14h", COMMAND_CLOSED, "" }, { "3/12 8h29", COMMAND_CLOSED, "" },
		{ "3/12 12h", COMMAND_CLOSED, "" }, { "3/12 12:30", COMMAND_CLOSED, "" },
		{ "3/12 17h", COMMAND_CLOSED, "" }, { "3/12 22h", COMMAND_CLOSED, "" },
		{ "3/12", COMMAND_MISSING, "" }, { "3/12 mairie", COMMAND_MISSING, "" },
		{ "", COMMAND_MISSING, "" }, { "mairie", COMMAND_BAD_DATE, "" },
		{ "20/11 14h", COMMAND_PAST, "" }, { "3/12 14h30-15h30", COMMAND_BAD_DATE, "" },
	};
	struct arena *a = arena_open();
	struct commands c = commands_of(a, "#attendre 25/12");

	(void)state;
	CHECK("attendre", waits);
	CHECK("rdv", meets);
	assert_non_null(strstr(c.v[0].remark, "lundi 28 décembre 2026"));
	assert_string_equal(commands_of(a, "#attendre 15/12").v[0].remark, "");
	assert_true(commands_of(a, "#rdv annuler").v[0].cancel);
	assert_true(commands_of(a, "#rdv Annulé.").v[0].cancel);
	arena_close(&a);
}

static void
test_instant(void **state)
{
	struct arena *a = arena_open();
	struct commands c = commands_of(a, "#rdv 3/12 14:30");
	char z[DATE_RFC3339_MAX];

	(void)state;
	date_rfc3339(c.v[0].at, z);
	assert_string_equal(z, "2026-12-03T13:30:00Z");
	assert_int_equal(commands_of(a, "#attendre 3/12").v[0].at, 0);
	arena_close(&a);
}

static void
test_ranges(void **state)
{
	static const struct when t[] = {
		{ "1/12-8/12", 0, "2026-12-01 2026-12-08" }, { "1/12 - 8/12", 0,
		    "2026-12-01 2026-12-08" },
		{ "1/12 – 8/12", 0, "2026-12-01 2026-12-08" }, { "1/12–8/12", 0,
		    "2026-12-01 2026-12-08" },
		{ "01/12/2026-08/12/2026", 0, "2026-12-01 2026-12-08" },
		{ "1.12-8.12", 0, "2026-12-01 2026-12-08" }, { "1/12 au 8/12", 0,
		    "2026-12-01 2026-12-08" },
		{ "du 1/12 au 8/12", 0, "2026-12-01 2026-12-08" },
		{ "du 1er au 8 décembre", 0, "2026-12-01 2026-12-08" },
		{ "du 1er décembre au 8 décembre 2026", 0, "2026-12-01 2026-12-08" },
		{ "1 décembre–8 décembre", 0, "2026-12-01 2026-12-08" },
		{ "1-8/12", 0, "2026-12-01 2026-12-08" }, { "1 au 8/12", 0,
		    "2026-12-01 2026-12-08" },
		{ "lundi au vendredi", 0, "2026-11-30 2026-12-04" },
		{ "de lundi à vendredi", COMMAND_BAD_DATE, "" },
		{ "demain", 0, "2026-11-25 2026-11-25" }, { "demain au 8/12", 0,
		    "2026-11-25 2026-12-08" },
		{ "jusqu'au 8/12", 0, "2026-11-24 2026-12-08" }, { "25/12", 0,
		    "2026-12-25 2026-12-25" },
		{ "28/12-3/1", 0, "2026-12-28 2027-01-03" },
		{ "20/11-30/11", 0, "2026-11-24 2026-11-30" },	/* it has begun */
		{ "1/10-8/10", COMMAND_PAST, "" }, { "8/12-1/12", COMMAND_PAST, "" },
		{ "8-1/12", COMMAND_BAD_DATE, "" }, { "20/11", COMMAND_PAST, "" },
		{ "1/12-31/11", COMMAND_BAD_DATE, "" }, { "1/12-8/12 matin", COMMAND_BAD_DATE,
		    "" },
		{ "1/12-", COMMAND_BAD_DATE, "" }, { "toujours", COMMAND_BAD_DATE, "" },
	};
	static const char *const back[] = {
		"#absent", "#absent annuler", "#absent fin", "#absent : non", "#Absent de retour",
	};
	struct arena *a = arena_open();

	(void)state;
	CHECK("absent", t);
	for (size_t i = 0; i < LEN(back); i++) {
		const struct commands c = commands_of(a, back[i]);

		assert_int_equal(c.faults, 0);
		assert_true(c.v[0].cancel);
	}
	assert_false(commands_of(a, "#absent 1/12-8/12").v[0].cancel);
	arena_close(&a);
}

/* Every fault is said in words. */
static void
test_words_for_faults(void **state)
{
	static const char *const lines[] = {
		"#attendre bientôt", "#attendre 31/11", "#attendre 20/11",
		    "#attendre 15/12/2025",
		"#attendre lundi 15/12", "#rdv 5/12 14h", "#rdv 3/12 22h", "#rdv 3/12",
		"#absent x", "#attendre 15/12 2027", "#rappel 9h",
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < LEN(lines); i++) {
		struct commands c = commands_of(a, lines[i]);

		assert_int_equal(c.faults, 1);
		assert_true(strlen(c.v[0].why) > 10);
	}
	arena_close(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days), cmocka_unit_test(test_times),
		cmocka_unit_test(test_closed), cmocka_unit_test(test_instant),
		cmocka_unit_test(test_ranges), cmocka_unit_test(test_words_for_faults),
	};

	return cmocka_run_group_tests(tests, command_setup, NULL);
}
