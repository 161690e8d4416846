/* bureaud.conf: each key and each default of INTERFACE. */
#include "test_config_help.h"

#include "config_table.h"

enum kind { TEXT, PATH, NUMBER, BOOL, TIME };

#define F(field) offsetof(struct config, field)

/* Key, INTERFACE's value (examples are empty), another value, what is then in the struct. */
static const struct row {
	const char *section, *key;
	enum kind kind;
	size_t at;
	const char *def;
	int64_t def_number;
	const char *value;
	int64_t number;
} rows[] = {
	{ "bureau", "name", TEXT, F(name), "", 0, "Bureau d'été", 0 },
	{ "bureau", "organisation", TEXT, F(organisation), "", 0, "Ville", 0 },
	{ "bureau", "address", TEXT, F(address), "b@ville.test", 0, "c@ville.test", 0 },
	{ "bureau", "aliases", TEXT, F(aliases), "", 0, "d@v.test, e@v.test", 0 },
	{ "bureau", "plus_addresses", BOOL, F(plus_addresses), "no", 0, "yes", 1 },
	{ "bureau", "phone", TEXT, F(phone), "", 0, "03 23", 0 },
	{ "bureau", "postal_address", TEXT, F(postal_address), "", 0, "1 place", 0 },
	{ "bureau", "reference_prefix", TEXT, F(reference_prefix), "BI", 0, "ABCDEFGH", 0 },
	{ "bureau", "timezone", TEXT, F(timezone), "Europe/Paris", 0, "UTC", 0 },
	{ "bureau", "hours", TEXT, F(hours), "mon-fri 08:30-12:00 13:30-17:00", 0,
	  "mon 09:00-10:00", 0 },
	{ "bureau", "closed", TEXT, F(closed), "", 0, "2026-12-24, 2026-12-31", 0 },
	{ "bureau", "promise_days", NUMBER, F(promise_days), "3", 3, "60", 60 },
	{ "bureau", "violence_ack", NUMBER, F(violence_ack), "agent", VIOLENCE_ACK_AGENT,
	  "none",
	  VIOLENCE_ACK_NONE },
	{ "bureau", "database", PATH, F(database), "/var/lib/bureaud/bureaud.db", 0, "x.db",
	  0 },
	{ "bureau", "rules", PATH, F(rules), "/etc/bureaud/rules", 0, "r", 0 },
	{ "bureau", "templates", PATH, F(templates), "/etc/bureaud/templates", 0, "t", 0 },
	{ "bureau", "directory", PATH, F(directory), "", 0, "a/annuaire.conf", 0 },
	{ "bureau", "quartiers", PATH, F(quartiers), "", 0, "q.conf", 0 },
	{ "bureau", "key_file", TEXT, F(key_file), "key", 0, "k", 0 },
	{ "imap", "url", TEXT, F(imap_url), "imaps://h", 0, "imap://mail.test:10143", 0 },
	{ "imap", "starttls", TEXT, F(imap_starttls), "required", 0, "required", 0 },
	{ "imap", "ca_file", PATH, F(imap_ca_file), "", 0, "ca.pem", 0 },
	{ "imap", "user", TEXT, F(imap_user), "u", 0, "bureau", 0 },
	{ "imap", "password_file", TEXT, F(imap_password_file), "imap-password", 0, "p", 0 },
	{ "imap", "auth", NUMBER, F(imap_auth), "password", 0, "xoauth2", 1 },
	{ "imap", "folder", TEXT, F(folder), "INBOX", 0, "Été", 0 },
	{ "imap", "since", TIME, F(since), "", 0, "2026-11-24T09:12:00Z", 1795511520 },
	{ "imap", "file_when", NUMBER, F(file_when), "closed", FILE_WHEN_CLOSED, "never",
	  FILE_WHEN_NEVER },
	{ "imap", "filed_folder", TEXT, F(filed_folder), "Bureau/Traités", 0, "F", 0 },
	{ "imap", "review_folder", TEXT, F(review_folder), "Bureau/À voir", 0, "R", 0 },
	{ "imap", "snapshot_folder", TEXT, F(snapshot_folder), "Bureau/Sauvegarde", 0, "S", 0 },
	{ "imap", "sent_folder", TEXT, F(sent_folder), "", 0, "Sent", 0 },
	{ "imap", "sent_copy", BOOL, F(sent_copy), "yes", 1, "no", 0 },
	{ "imap", "create_folders", BOOL, F(create_folders), "yes", 1, "no", 0 },
	{ "imap", "poll_seconds", NUMBER, F(poll_seconds), "60", 60, "1", 1 },
	{ "imap", "max_message_mib", NUMBER, F(max_message_mib), "35", 35, "64", 64 },
	{ "smtp", "url", TEXT, F(smtp_url), "smtps://h", 0, "smtp://mail.test", 0 },
	{ "smtp", "starttls", TEXT, F(smtp_starttls), "required", 0, "required", 0 },
	{ "smtp", "ca_file", PATH, F(smtp_ca_file), "", 0, "/ca.pem", 0 },
	{ "smtp", "user", TEXT, F(smtp_user), "", 0, "bureau", 0 },
	{ "smtp", "password_file", TEXT, F(smtp_password_file), "", 0, "p", 0 },
	{ "smtp", "auth", NUMBER, F(smtp_auth), "password", 0, "xoauth2", 1 },
	{ "smtp", "connections", NUMBER, F(connections), "2", 2, "8", 8 },
	{ "smtp", "null_sender", BOOL, F(null_sender), "yes", 1, "no", 0 },
	{ "oauth2", "grant", NUMBER, F(oauth_grant), "refresh_token", GRANT_REFRESH_TOKEN,
	  "client_credentials", GRANT_CLIENT_CREDENTIALS },
	{ "oauth2", "token_url", TEXT, F(oauth_token_url), "", 0, "https://x.test/t", 0 },
	{ "oauth2", "client_id", TEXT, F(oauth_client_id), "", 0, "id", 0 },
	{ "oauth2", "client_secret_file", TEXT, F(oauth_client_secret_file), "", 0, "cs", 0 },
	{ "oauth2", "refresh_token_file", TEXT, F(oauth_refresh_token_file), "", 0, "rt", 0 },
	{ "oauth2", "scope", TEXT, F(oauth_scope), "", 0, "a b", 0 },
	{ "oauth2", "ca_file", PATH, F(oauth_ca_file), "", 0, "/ca.pem", 0 },
	{ "trust", "authserv_id", TEXT, F(authserv_id), "", 0, "mx.test", 0 },
	{ "forms", "sender", TEXT, F(form_sender), "", 0, "form@ville.test", 0 },
	{ "limits", "acks_per_sender_per_day", NUMBER, F(acks_per_sender_per_day), "3", 3, "0",
	  0 },
	{ "limits", "acks_per_domain_per_hour", NUMBER, F(acks_per_domain_per_hour), "0", 0,
	  "7", 7 },
	{ "limits", "acks_per_hour", NUMBER, F(acks_per_hour), "200", 200, "1000000", 1000000 },
	{ "limits", "ack_delay_seconds", NUMBER, F(ack_delay_seconds), "0", 0, "86400", 86400 },
	{ "limits", "reopen_days", NUMBER, F(reopen_days), "30", 30, "3650", 3650 },
	{ "limits", "retention_days", NUMBER, F(retention_days), "730", 730, "30", 30 },
	{ "alerts", "repeat_seconds", NUMBER, F(repeat_seconds), "900", 900, "60", 60 },
	{ "alerts", "morning", TEXT, F(morning), "08:15", 0, "23:59", 0 },
	{ "alerts", "group_after", NUMBER, F(group_after), "5", 5, "1", 1 },
	{ "selftest", "daily", BOOL, F(selftest_daily), "no", 0, "yes", 1 },
	{ "selftest", "time", TEXT, F(selftest_time), "07:00", 0, "00:00", 0 },
	{ "selftest", "wait_minutes", NUMBER, F(selftest_wait), "30", 30, "1440", 1440 },
	{ "metrics", "file", PATH, F(metrics_file), "", 0, "m.prom", 0 },
	{ "admin", "address", TEXT, F(admin), "", 0, "info@ville.test", 0 },
	{ "cabinet", "address", TEXT, F(cabinet), "", 0, "a@v.test, b@v.test", 0 },
	{ "cabinet", "day", TEXT, F(cabinet_day), "monday", 0, "sunday", 0 },
	{ "cabinet", "time", TEXT, F(cabinet_time), "08:00", 0, "00:00", 0 },
	{ "cabinet", "yardstick_persons", NUMBER, F(yardstick_persons), "0", 0, "750", 750 },
	{ "cabinet", "yardstick_settled", NUMBER, F(yardstick_settled), "0", 0, "454", 454 },
};
enum { ROWS = sizeof rows / sizeof *rows };

static void
assert_field(struct arena *a, const struct config *c, const struct row *r, const char *text,
    int64_t number)
{
	const char *at = r->at + (const char *)c;

	switch (r->kind) {
	case PATH:
		if (text[0] != '\0' && text[0] != '/')
			text = arena_printf(a, "%s/%s", dir, text);
		assert_string_equal(*(const char *const *)(const void *)at, text);
		break;
	case TEXT: assert_string_equal(*(const char *const *)(const void *)at, text); break;
	case NUMBER: assert_int_equal(*(const int *)(const void *)at, number); break;
	case BOOL: assert_int_equal(*(const bool *)(const void *)at, number); break;
	case TIME: assert_int_equal(*(const int64_t *)(const void *)at, number); break;
	}
}

static void
defaults_are_those_of_the_interface(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	const struct config *c = load(a, LEAST);

	(void)state;
	assert_int_equal(config_table_size, ROWS);
	for (size_t i = 0; i < ROWS; i++) {
		assert_string_equal(config_table[i].section, rows[i].section);
		assert_string_equal(config_table[i].key, rows[i].key);
		assert_true(config_table[i].meaning[0] != '\0');
		assert_field(a, c, &rows[i], rows[i].def, rows[i].def_number);
	}
	assert_int_equal(c->nagents, 0);
	assert_int_equal(c->nown, 1);
	assert_string_equal(c->own[0], "b@ville.test");
	assert_string_equal(c->domain, "ville.test");
	assert_string_equal(c->imap.host, "h");
	assert_int_equal(c->imap.port, 993);
	assert_int_equal(c->smtp.port, 465);
	assert_int_equal(c->open_hours.nspans[0], 2);
	assert_int_equal(c->open_hours.nspans[5], 0);
}

/* All keys at once, then each alone: no key writes where another lives. */
static void
every_key_is_read_back(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	const char *section = "", *text = "";
	const struct config *c;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		if (strcmp(section, rows[i].section) != 0)
			text = arena_printf(a, "%s[%s]\n", text, rows[i].section);
		section = rows[i].section;
		text = arena_printf(a, "%s%s = %s ; why\n", text, rows[i].key, rows[i].value);
	}
	c = load(a, text);
	for (size_t i = 0; i < ROWS; i++)
		assert_field(a, c, &rows[i], rows[i].value, rows[i].number);
	assert_int_equal(c->nown, 3);
	assert_string_equal(c->own[2], "e@v.test");
	assert_int_equal(c->imap.port, 10143);
	assert_int_equal(c->imap.tls, NET_STARTTLS);
	assert_int_equal(c->open_hours.nclosed, 2);
}

static void
each_key_leaves_the_others(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		const char *text = "";
		const struct config *c;

		for (size_t j = 0; j < ROWS; j++)
			if (j == i || strcmp(rows[j].def, "b@ville.test") == 0 ||
			    strcmp(rows[j].key, "url") == 0 || strcmp(rows[j].key, "user") == 0)
				text = arena_printf(a, "%s[%s]\n%s = %s\n", text,
				    rows[j].section,
				    rows[j].key, i == j ? rows[j].value : rows[j].def);
		c = load(a, text);
		for (size_t j = 0; j < ROWS; j++)
			assert_field(a, c, &rows[j], i == j ? rows[j].value : rows[j].def,
			    i == j ? rows[j].number : rows[j].def_number);
	}
}

static void
agents(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	const struct config *c = load(a, LEAST "[agent claire]\nname = Claire Martin\n"
	    "address = Claire.Martin@Ville.test\ncategories = logement, finances ; or *\n"
	    "on_call = yes\n[agent  paul]\naddress = paul@ville.test\n[admin]\n"
	    "address = i@v.test\n");

	(void)state;
	assert_int_equal(c->nagents, 2);
	assert_string_equal(c->agents[0].section, "claire");
	assert_string_equal(c->agents[0].name, "Claire Martin");
	assert_string_equal(c->agents[0].spec, "claire.martin@ville.test");
	assert_string_equal(c->agents[0].categories, "logement, finances");
	assert_true(c->agents[0].on_call);
	assert_string_equal(c->agents[1].section, "paul");
	assert_string_equal(c->agents[1].name, "");
	assert_string_equal(c->agents[1].categories, "*");
	assert_false(c->agents[1].on_call);
	assert_string_equal(c->admin, "i@v.test");
}

static void
dates_are_of_the_zone_wherever_it_stands(void **state)
{
	static const struct { const char *text; int64_t since; } t[] = {
		{ LEAST "[imap]\nsince = 2026-11-24\n", 1795474800 },
		{ LEAST "[imap]\nsince = 2026-11-24\n[bureau]\ntimezone = UTC\n", 1795478400 },
		{ LEAST "[bureau]\ntimezone = UTC\n[imap]\nsince = 1970-01-01\n", 1 },
		{ LEAST "[imap]\nsince =\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		ARENA_AUTO struct arena *a = arena_open();

		assert_int_equal(load(a, t[i].text)->since, t[i].since);
	}
}

static void
explain_needs_little(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct config *c;
	struct fault f;

	(void)state;
	put(conf, span_of("[bureau]\naddress = b@v.test\n"), 0644);
	assert_int_equal(config_load(a, conf, CONFIG_FOR_EXPLAIN, &c, &f), ST_OK);
	assert_int_equal(unlink(conf), 0);
	assert_int_equal(config_load(a, conf, CONFIG_FOR_EXPLAIN, &c, &f), ST_PERM);
	assert_int_equal(f.st, ST_PERM);
	assert_string_equal(f.text, arena_printf(a, "%s: No such file or directory", conf));
}

/* What --keys prints is a configuration file, but for the meanings below the keys. */
static void
the_list_names_every_key(void **state)
{
	struct buf b BUF_AUTO;

	(void)state;
	buf_open(&b, 100000);
	config_keys(&b);
	for (size_t i = 0; i < ROWS; i++) {
		ARENA_AUTO struct arena *a = arena_open();

		assert_non_null(strstr(b.z, arena_printf(a, "\n%s = %s\n    ", rows[i].key,
		    config_table[i].value)));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_those_of_the_interface),
		cmocka_unit_test(every_key_is_read_back),
		cmocka_unit_test(each_key_leaves_the_others),
		cmocka_unit_test(agents),
		cmocka_unit_test(dates_are_of_the_zone_wherever_it_stands),
		cmocka_unit_test(explain_needs_little),
		cmocka_unit_test(the_list_names_every_key),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
