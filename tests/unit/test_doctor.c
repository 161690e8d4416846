/* What `bureauctl check` makes of what it found: each limit from both sides. */
#include "desk_help.h"

#include "doctor.h"
#include "lawful.h"

enum { NOW = 1795514400, HOUR = 3600, DAY = 86400, MIB = 1 << 20 };

static const struct doctor_try fine = { true, "" }, unlooked = { false, "" };

/* A machine and servers that are well. */
static struct doctor_facts
well(const struct desk *d)
{
	return (struct doctor_facts){
		.desk = d, .now = NOW, .config_path = "bureaud.conf", .writable = "",
		.readable = "",
		.secrets = fine, .rules = fine, .texts = fine, .directory = fine,
		.quartiers = fine, .agents = fine, .ncategories = 17, .unlawful = "",
		.nentries = 5, .stale = "", .has_directory = true, .has_quartiers = true,
		.npermanences = 3, .database = "b.db", .db = fine, .sound = fine, .disk = fine,
		.disk_free = 4096LL * MIB, .db_bytes = 10LL * MIB,
		.db_created = NOW - 90LL * DAY,
		.snapshot_made = NOW - 9 * HOUR, .health = "", .selftest_daily = true,
		.selftest = { NOW - HOUR, NOW - HOUR + 12, false, false }, .imap = fine,
		.box = fine, .imap_host = "mail.test", .imap_days = 60, .idle = true,
		.move = true,
		.uidplus = true, .special_use = true, .poll_seconds = 60, .absent = "",
		.create_folders = true, .sent = "Sent", .looked = 50, .with_results = 40,
		.seen = { { "mx.ville.test", 40 } }, .nseen = 1, .newest = NOW - 60,
		.smtp = fine,
		.smtp_host = "relay.test", .smtp_login = true, .smtp_days = 60,
	};
}

static void cert_30(struct doctor_facts *x) { x->imap_days = DOCTOR_TLS_WARN_DAYS; }
static void cert_20(struct doctor_facts *x) { x->imap_days = DOCTOR_TLS_WARN_DAYS - 1; }
static void cert_4(struct doctor_facts *x) { x->imap_days = DOCTOR_TLS_FAIL_DAYS; }
static void cert_3(struct doctor_facts *x) { x->imap_days = DOCTOR_TLS_FAIL_DAYS - 1; }
static void clear_text(struct doctor_facts *x) { x->imap_days = -1; }
static void relay_cert_3(struct doctor_facts *x) { x->smtp_days = 3; }
static void no_idle(struct doctor_facts *x) { x->idle = false; }
static void no_move(struct doctor_facts *x) { x->move = false; }
static void no_uidplus(struct doctor_facts *x) { x->uidplus = false; }
static void no_moving(struct doctor_facts *x) { x->uidplus = x->move = false; }
static void no_sent(struct doctor_facts *x) { x->sent = ""; }
static void absent(struct doctor_facts *x) { x->absent = "A/B"; }
static void writable(struct doctor_facts *x) { x->writable = "rules/x.rules"; }
static void readable(struct doctor_facts *x) { x->readable = "b.db"; }
static void bad_secret(struct doctor_facts *x) { x->secrets.why = "key: too open"; }
static void bad_rule(struct doctor_facts *x) { x->rules.why = "x.rules:3: no"; }
static void bad_text(struct doctor_facts *x) { x->texts.why = "avis.txt:1: no"; }
static void unlawful(struct doctor_facts *x) { x->unlawful = "ack-voirie: 5 the reference"; }
static void no_directory(struct doctor_facts *x) { x->has_directory = false; }
static void no_permanence(struct doctor_facts *x) { x->npermanences = 0; }
static void bad_agent(struct doctor_facts *x) { x->agents.why = "[agent x] no category"; }
static void no_db(struct doctor_facts *x) { x->db.why = "no database yet"; }
static void damaged(struct doctor_facts *x) { x->sound.why = "row 3 missing"; }
static void no_time(struct doctor_facts *x) { x->unsound_time = true; }
static void disk_warn(struct doctor_facts *x) { x->disk_free = 1023LL * MIB; }
static void disk_large(struct doctor_facts *x) { x->db_bytes = 2049LL * MIB; }
static void disk_fail(struct doctor_facts *x) { x->disk_free = 127LL * MIB; }
static void no_inode(struct doctor_facts *x) { x->inodes_out = true; }
static void snapshot_35(struct doctor_facts *x) { x->snapshot_made = NOW - 36 * HOUR + 1; }
static void snapshot_36(struct doctor_facts *x) { x->snapshot_made = NOW - 36 * HOUR; }
static void snapshot_4d(struct doctor_facts *x) { x->snapshot_made = NOW - 4 * DAY; }
static void snapshot_never(struct doctor_facts *x) { x->snapshot_made = 0; }
static void snapshot_ahead(struct doctor_facts *x) { x->snapshot_made = NOW + DAY; }
static void sick(struct doctor_facts *x) { x->health = "the mailbox is not connected"; }
static void dead(struct doctor_facts *x) { x->dead = 2; }
static void test_off(struct doctor_facts *x) { x->selftest_daily = false; }
static void mail_off(struct doctor_facts *x) { x->imap.why = "login refused"; }
static void relay_off(struct doctor_facts *x) { x->smtp.why = "no answer"; }
static void no_folder(struct doctor_facts *x) { x->box.why = "no folder"; }
static void unsynchronised(struct doctor_facts *x) { x->unsynchronised = true; }
static void newest_ahead(struct doctor_facts *x) { x->newest = NOW + 400; }

static void
fresh(struct doctor_facts *x)
{
	x->snapshot_made = 0;
	x->db_created = NOW - HOUR;
}

static void
absent_for_good(struct doctor_facts *x)
{
	x->absent = "A/B";
	x->create_folders = false;
}

static void
stale(struct doctor_facts *x)
{
	x->nstale = 2;
	x->stale = "ccas, mairie";
}

static void
test_late(struct doctor_facts *x)
{
	x->selftest = (struct selftest){ NOW - 5 * HOUR, 0, true, false };
}

static void
test_never(struct doctor_facts *x)
{
	x->selftest = (struct selftest){ 0 };
}

static void
waits(struct doctor_facts *x, int64_t seconds)
{
	x->unhandled = 3;
	x->oldest = NOW - seconds;
}

static void waits_14(struct doctor_facts *x) { waits(x, DOCTOR_UNHANDLED_WARN - 1); }
static void waits_15(struct doctor_facts *x) { waits(x, DOCTOR_UNHANDLED_WARN); }
static void waits_2h(struct doctor_facts *x) { waits(x, DOCTOR_UNHANDLED_FAIL); }

static void
relay_says(struct doctor_facts *x, int64_t ahead)
{
	x->relay_asked = NOW + 3;
	x->relay_time = NOW + 3 - ahead;
}

static void off_59(struct doctor_facts *x) { relay_says(x, 59); }
static void off_60(struct doctor_facts *x) { relay_says(x, -60); }
static void off_300(struct doctor_facts *x) { relay_says(x, 300); }

static void
other_border(struct doctor_facts *x)
{
	x->seen[0] = (struct doctor_seen){ "mx.autre.test", 12 };
}

static void
border_in_capitals(struct doctor_facts *x)
{
	x->seen[0] = (struct doctor_seen){ "MX.Ville.Test", 20 };
}

/* One forged field must not make a wrong name look right. */
static void
border_hardly_seen(struct doctor_facts *x)
{
	x->seen[0] = (struct doctor_seen){ "mx.autre.test", 21 };
	x->seen[1] = (struct doctor_seen){ "mx.ville.test", 19 };
	x->nseen = 2;
}

static void
no_mail(struct doctor_facts *x)
{
	x->nseen = x->with_results = x->looked = 0;
}

static const struct row {
	void (*make)(struct doctor_facts *x);
	const char *name, *result, *says;	/* result "": no such line */
} rows[] = {
	{ cert_30, "imap-certificate", "ok", "21 days" },
	{ cert_20, "imap-certificate", "warn", "20 days" },
	{ cert_4, "imap-certificate", "warn", "4 days" },
	{ cert_3, "imap-certificate", "fail", "3 days" },
	{ clear_text, "imap-certificate", "warn", "not encrypted" },
	{ relay_cert_3, "smtp-certificate", "fail", "3 days" },
	{ no_idle, "imap-abilities", "warn", "60 s" },
	{ no_move, "imap-abilities", "ok", "UIDPLUS, IDLE" },
	{ no_uidplus, "imap-abilities", "warn", "snapshots" },
	{ no_moving, "imap-abilities", "warn", "keyword" },
	{ no_sent, "imap-sent", "warn", "Sent" },
	{ absent, "imap-folders", "ok", "A/B" },
	{ absent_for_good, "imap-folders", "fail", "A/B" },
	{ no_folder, "imap-folders", "fail", "no folder" },
	{ no_folder, "unhandled", "", "" }, { no_folder, "authserv-id", "", "" },
	{ writable, "files", "fail", "x.rules" }, { readable, "files", "fail", "b.db" },
	{ bad_secret, "secrets", "fail", "too open" },
	{ bad_rule, "rules", "fail", "x.rules:3" },
	{ bad_text, "templates", "fail", "avis.txt:1" },
	{ unlawful, "templates", "fail", "5 the reference" },
	{ no_directory, "directory", "warn", "nobody" }, { stale, "directory", "warn", "ccas" },
	{ no_permanence, "quartiers", "warn", "future" },
	{ bad_agent, "agents", "fail", "no category" },
	{ no_db, "database", "fail", "no database" }, { no_db, "snapshot", "", "" },
	{ no_db, "daemon", "", "" }, { no_db, "outbox", "", "" }, { no_db, "selftest", "", "" },
	{ no_db, "unhandled", "", "" }, { no_db, "disk", "ok", "4096 MiB" },
	{ damaged, "database", "fail", "row 3" }, { no_time, "database", "warn", "too large" },
	{ disk_warn, "disk", "warn", "1023 MiB" }, { disk_large, "disk", "warn", "4096 MiB" },
	{ disk_fail, "disk", "fail", "127 MiB" }, { no_inode, "disk", "fail", "no file" },
	{ snapshot_35, "snapshot", "ok", "35 h" }, { snapshot_36, "snapshot", "warn", "36 h" },
	{ snapshot_4d, "snapshot", "fail", "4 days" },
	{ snapshot_never, "snapshot", "fail", "none yet" },
	{ fresh, "snapshot", "ok", "60 min" },
	{ snapshot_ahead, "snapshot", "ok", "0 s" },
	{ sick, "daemon", "fail", "not connected" }, { dead, "outbox", "warn", "2 dead" },
	{ test_off, "selftest", "warn", "off" }, { test_late, "selftest", "fail", "5 h" },
	{ test_never, "selftest", "ok", "none" },
	{ mail_off, "imap", "fail", "login refused" }, { mail_off, "imap-certificate", "", "" },
	{ mail_off, "imap-folders", "", "" }, { mail_off, "authserv-id", "", "" },
	{ mail_off, "plus-addresses", "", "" }, { mail_off, "smtp", "ok", "relay.test" },
	{ relay_off, "smtp", "fail", "no answer" }, { relay_off, "smtp-certificate", "", "" },
	{ relay_off, "clock", "ok", "kept" },
	{ waits_14, "unhandled", "ok", "3 mails" }, { waits_15, "unhandled", "warn", "15 min" },
	{ waits_2h, "unhandled", "fail", "2 h" },
	{ off_59, "clock", "ok", "relay" },
	{ off_60, "clock", "warn", "60 s behind the relay" },
	{ off_300, "clock", "fail", "5 min ahead of the relay" },
	{ newest_ahead, "clock", "fail", "behind the newest mail" },
	{ unsynchronised, "clock", "warn", "nothing keeps it" },
	{ other_border, "authserv-id", "fail", "seen: mx.autre.test (12)" },
	{ border_in_capitals, "authserv-id", "ok", "20 of 40" },
	{ border_hardly_seen, "authserv-id", "warn", "only 19 of 40 mails" },
	{ no_mail, "authserv-id", "warn", "0 mails" },
};

static size_t
all_lines(struct arena *a, const struct doctor_facts *x, struct doctor_line *out)
{
	size_t n = 0;

	for (int p = 0; p < DOCTOR_PARTS; p++)
		n += doctor_judge(a, x, (enum doctor_part)p, out + n);
	return n;
}

static void
each_limit(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct desk d = desk_make();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct doctor_facts x = well(&d);
		struct doctor_line v[DOCTOR_PARTS * DOCTOR_LINES_MAX], none = { "", DOCTOR_OK,
		    "", "" };
		const struct doctor_line *l = &none;
		size_t n;

		rows[i].make(&x);
		n = all_lines(a, &x, v);
		for (size_t j = 0; j < n; j++) {
			assert_true(v[j].text[0] != '\0');
			assert_int_equal(v[j].todo[0] == '\0', v[j].grade == DOCTOR_OK);
			if (strcmp(v[j].name, rows[i].name) == 0)
				l = &v[j];
		}
		if (rows[i].result[0] == '\0' ? l != &none :
		    l == &none || strcmp(doctor_grade_name(l->grade), rows[i].result) != 0 ||
		    strstr(l->text, rows[i].says) == NULL)
			fail_msg("row %zu, %s: %s %s", i, rows[i].name,
			    doctor_grade_name(l->grade),
			    l->text);
	}
}

static void
what_is_well_is_said_so(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct desk d = desk_make();
	struct doctor_facts x = well(&d);
	struct doctor_line v[DOCTOR_PARTS * DOCTOR_LINES_MAX];
	size_t n = all_lines(a, &x, v);

	(void)state;
	assert_int_equal(n, 24);
	for (size_t i = 0; i < n; i++) {
		if (v[i].grade != DOCTOR_OK)
			fail_msg("%s: %s", v[i].name, v[i].text);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(v[i].name, v[j].name);
	}
}

static void
what_was_not_looked_at_has_no_line(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct desk d = desk_make();
	struct doctor_facts x = well(&d);
	struct doctor_line v[DOCTOR_LINES_MAX];

	(void)state;
	x.texts = x.agents = x.imap = x.smtp = unlooked;
	for (size_t i = doctor_judge(a, &x, DOCTOR_FILES, v); i-- > 0;)
		assert_string_not_equal(v[i].name, "templates");
	assert_int_equal(doctor_judge(a, &x, DOCTOR_MAILBOX, v), 0);
	assert_int_equal(doctor_judge(a, &x, DOCTOR_RELAY, v), 1);
}

static void
agents_and_border(void **state)
{
	static struct agent nobody_on_call[] = { { "karim", "K", "k@ville.test", "*", false } };
	static const struct { size_t n; const struct agent *v; const char *admin, *id, *agents,
	    *border; } cases[] = {
		{ 2, agents, "admin@ville.test", "mx.ville.test", "ok", "ok" },
		{ 0, agents, "admin@ville.test", "", "fail", "warn" },
		{ 1, nobody_on_call, "admin@ville.test", "mx.autre.test", "warn", "fail" },
		{ 2, agents, "", "MX.VILLE.TEST", "warn", "ok" },
	};
	ARENA_AUTO struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct desk d = desk_make();
		struct doctor_facts x = well(&d);
		struct doctor_line v[DOCTOR_PARTS * DOCTOR_LINES_MAX];
		size_t n;

		d.agents = cases[i].v;
		d.nagents = cases[i].n;
		d.admin = cases[i].admin;
		d.authserv_id = cases[i].id;
		n = all_lines(a, &x, v);
		for (size_t j = 0; j < n; j++) {
			if (strcmp(v[j].name, "agents") == 0)
				assert_string_equal(doctor_grade_name(v[j].grade),
				    cases[i].agents);
			if (strcmp(v[j].name, "authserv-id") == 0)
				assert_string_equal(doctor_grade_name(v[j].grade),
				    cases[i].border);
		}
	}
}

static void
plus_addresses(void **state)
{
	static const struct { bool used, seen, by_test; const char *result, *says; } cases[] = {
		{ false, false, false, "ok", "not used" },
		{ true, false, false, "warn", "nothing" },
		{ true, true, false, "ok", "lies in" }, { false, true, false, "ok", "is no" },
		{ true, false, true, "ok", "daily" }, { false, false, true, "ok", "daily" },
	};
	ARENA_AUTO struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct desk d = desk_make();
		struct doctor_facts x = well(&d);
		struct doctor_line v[DOCTOR_LINES_MAX];
		size_t n;

		d.plus_addresses = cases[i].used;
		x.plus_seen = cases[i].seen;
		x.selftest.plus = cases[i].by_test;
		n = doctor_judge(a, &x, DOCTOR_MAILBOX, v);
		assert_string_equal(v[n - 1].name, "plus-addresses");
		assert_string_equal(doctor_grade_name(v[n - 1].grade), cases[i].result);
		if (strstr(v[n - 1].text, cases[i].says) == NULL)
			fail_msg("case %zu: %s", i, v[n - 1].text);
	}
}

static void
times_in_greetings(void **state)
{
	static const struct { const char *greeting; int64_t at; } cases[] = {
		{ "220 mx.test ESMTP Exim 4.96 Tue, 24 Nov 2026 10:40:00 +0100", 1795513200 },
		{ "220 mx.test Microsoft ESMTP MAIL Service ready at "
		    "Tue, 24 Nov 2026 09:40:00 +0000",
		    1795513200 },
		{ "220 mx.test ESMTP Postfix", 0 }, { "", 0 }, { "220 Mon, soon", 0 },
		{ "220 Mon, 99 Foo 2026 99:99:99 +0000", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(doctor_greeting_time(cases[i].greeting), cases[i].at);
}

/* A body with every point, and each of them taken out. */
static void
the_law_s_points(void **state)
{
	static const struct { const char *words, *point; } points[] = {
		{ "mardi 24 novembre 2026", "1 the day" }, { "12\u00a0h", "1 the hour" },
		{ "Bureau des interventions", "2 the service" },
		{ "Ville de Valmont", "2 the town" },
		{ "bureau@ville.test", "3 the mail" },
		{ "1 place de la Mairie", "3 the postal" },
		{ "03 00 00 00 00", "4 " }, { "BI-2026-00042", "5 " }, { "rejet", "6 " },
		{ "24 janvier 2027", "7 the day" }, { "complète", "7 that" },
		{ "recours gracieux", "8 the appeal" },
		{ "tribunal administratif", "8 the court" },
		{ "deux mois", "8 the two" }, { "pièce", "9 " }, { "transmettrons", "10 " },
		{ "données", "11 " }, { "correspondant", "12 " }, { "17 ", "number 17" },
		{ "15 ", "number 15" }, { "18 ", "number 18" }, { "112 ", "number 112" },
		{ "114 ", "number 114" },
	};
	enum { N = sizeof points / sizeof *points };
	ARENA_AUTO struct arena *a = arena_open();
	const struct ack_facts k = {
		.ref = "BI-2026-00042", .bureau = "Bureau des interventions",
		.organisation = "Ville de Valmont", .address = "bureau@ville.test",
		.phone = "03 00 00 00 00", .postal_address = "1 place de la Mairie",
		.received = NOW + HOUR, .now = NOW + HOUR,
	};

	(void)state;
	for (size_t without = 0; without <= N; without++) {
		const char *body = "Bonjour 1150,\n", *missing;

		for (size_t i = 0; i < N; i++)
			if (i != without)
				body = arena_printf(a, "%s%s; ", body, points[i].words);
		missing = lawful_missing(a, &k, body);
		if (without == N ? missing[0] != '\0' :
		    strstr(missing, points[without].point) == NULL ||
		    strchr(missing, ',') != NULL)
			fail_msg("without %zu: %s\n%s", without, missing, body);
	}
}

static void
what_is_not_configured_is_missing(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	const struct ack_facts k = { .ref = "BI-2026-00042", .bureau = "", .organisation = "",
	    .address = "b@v.test", .phone = "", .postal_address = "", .received = NOW,
	    .now = NOW };

	(void)state;
	assert_non_null(strstr(lawful_missing(a, &k, "Bonjour"), "4 the telephone"));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_limit), cmocka_unit_test(what_is_well_is_said_so),
		cmocka_unit_test(what_was_not_looked_at_has_no_line),
		cmocka_unit_test(agents_and_border), cmocka_unit_test(plus_addresses),
		cmocka_unit_test(times_in_greetings), cmocka_unit_test(the_law_s_points),
		cmocka_unit_test(what_is_not_configured_is_missing),
	};

	return cmocka_run_group_tests(tests, desk_setup, desk_teardown);
}
