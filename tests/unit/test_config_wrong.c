/* bureaud.conf: each way to be wrong, with the line that says so. */
#include "test_config_help.h"

/* After LEAST, whose last line is the 7th; "@" stands for the file's name. */
static const struct { const char *more, *want; } wrong[] = {
	{ "colour = red\n", "@:8: unknown key \"colour\" in [smtp]" },
	{ "[nothing]\n", "@:8: unknown section [nothing]" },
	{ "[agent]\n", "@:8: unknown section [agent]" },
	{ "[Bureau]\n", "@:8: unknown section [Bureau]" },
	{ "[bureau]\naddress = c@v.test\n", "@:9: second \"address\" in [bureau]" },
	{ "user =\nuser = x\n", "@:9: second \"user\" in [smtp]" },
	{ "words\n", "@:8: neither \"key = value\" nor [section]" },
	{ "connections = 9\n", "@:8: connections: a number from 1 to 8, not \"9\"" },
	{ "connections = 0\n", "@:8: connections: a number from 1 to 8, not \"0\"" },
	{ "connections = two\n", "@:8: connections: a number from 1 to 8, not \"two\"" },
	{ "connections = -1\n", "@:8: connections: a number from 1 to 8, not \"-1\"" },
	{ "connections =\n", "@:8: connections: a number from 1 to 8, not \"\"" },
	{ "[imap]\npoll_seconds = 3601\n",
	  "@:9: poll_seconds: a number from 1 to 3600, not \"3601\"" },
	{ "[imap]\nmax_message_mib = 65\n",
	  "@:9: max_message_mib: a number from 1 to 64, not \"65\"" },
	{ "null_sender = oui\n", "@:8: null_sender: yes or no, not \"oui\"" },
	{ "auth = plain\n", "@:8: auth: one of password|xoauth2, not \"plain\"" },
	{ "[oauth2]\n\ntoken_url = http://t\n", "@:10: token_url: https://, not \"http://t\"" },
	{ "[imap]\nfile_when = later\n",
	  "@:9: file_when: one of closed|received|never, not \"later\"" },
	{ "[bureau]\nviolence_ack =\n",
	  "@:9: violence_ack: one of agent|discreet|none, not \"\"" },
	{ "[imap]\nsince = 2026-02-30\n",
	  "@:9: since: a date or RFC 3339 time, not \"2026-02-30\"" },
	{ "[imap]\nsince = hier\n", "@:9: since: a date or RFC 3339 time, not \"hier\"" },
	{ "[admin]\naddress = nobody\n", "@:9: address: not an address: \"nobody\"" },
	{ "[admin]\naddress = a@v.test, b@v.test\n", "@:9: address: one address only" },
	{ "[forms]\nsender = <a@v.test>\n", "@:9: sender: not an address: \"<a@v.test>\"" },
	{ "[bureau]\naliases = a@v.test,, b@v.test\n",
	  "@:9: aliases: not an address list: \"a@v.test,, b@v.test\"" },
	{ "[cabinet]\naddress = a@v.test, b\n", "@:9: address: not an address: \"b\"" },
	{ "[cabinet]\nday = lundi\n",
	  "@:9: day: one of monday|tuesday|wednesday|thursday|friday|"
	  "saturday|sunday, not \"lundi\"" },
	{ "[cabinet]\ntime = 8:00\n", "@:9: time: a time like 08:15, not \"8:00\"" },
	{ "[cabinet]\ntime = 24:00\n", "@:9: time: a time like 08:15, not \"24:00\"" },
	{ "[alerts]\nmorning = 08:60\n", "@:9: morning: a time like 08:15, not \"08:60\"" },
	{ "[alerts]\nmorning = 08h15\n", "@:9: morning: a time like 08:15, not \"08h15\"" },
	{ "[alerts]\nmorning =\n", "@:9: morning: a time like 08:15, not \"\"" },
	{ "[bureau]\nname = a\x1b[31m\n", "@:9: name: control character in the value" },
	{ "[bureau]\nname = a\rb\n", "@:9: name: control character in the value" },
	{ "[bureau]\nname = a\x7f\n", "@:9: name: control character in the value" },
	{ "[bureau]\n\ntimezone = Mars/Base\n", "@:10: timezone: no time zone \"Mars/Base\"" },
	{ "[bureau]\ntimezone = ../../etc/passwd\n",
	  "@:9: timezone: no time zone \"../../etc/passwd\"" },
	{ "[bureau]\nreference_prefix = bi\n",
	  "@:9: reference_prefix: 1 to 8 capital letters" },
	{ "[bureau]\nreference_prefix =\n", "@:9: reference_prefix: 1 to 8 capital letters" },
	{ "[bureau]\nreference_prefix = ABCDEFGHI\n",
	  "@:9: reference_prefix: 1 to 8 capital letters" },
	{ "[agent x]\n", "@:8: [agent x] has no address" },
	{ "[agent x]\naddress =\n", "@:9: [agent x] has no address" },
	{ "[agent x]\nname = X\naddress = B@Ville.test\n",
	  "@:10: [agent x] has the bureau's own address" },
	{ "[bureau]\naliases = c@v.test\n[agent x]\naddress = C@v.test\n",
	  "@:11: [agent x] has the bureau's own address" },
	{ "[agent x]\naddress = a@v.test\n[agent y]\naddress = A@V.test\n",
	  "@:11: [agent x] and [agent y] have one address" },
	{ "[agent x]\naddress = a@v.test\n[agent x]\n", "@:10: second section [agent x]" },
	{ "[agent x]\naddress = a@v.test, b@v.test\n", "@:9: address: one address only" },
	{ "[agent x]\naddress = a@v.test\naddress = b@v.test\n",
	  "@:10: second \"address\" in [agent x]" },
	{ "[agent x]\non_call = no\non_call = yes\n", "@:10: second \"on_call\" in [agent x]" },
	{ "[agent x]\naddress = a\n", "@:9: address: not an address: \"a\"" },
	{ "[agent x]\non_call = 1\n", "@:9: on_call: yes or no, not \"1\"" },
	{ "[agent x]\nphone = 1\n", "@:9: unknown key \"phone\" in [agent x]" },
	{ "[agent x]\nname = a\rBcc: b\n", "@:9: name: control character in the value" },
};

static void
wrong_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct config *c = NULL;
		struct fault f = { 0 };

		put(conf, span_of(arena_printf(a, "%s%s", LEAST, wrong[i].more)), 0644);
		assert_int_equal(config_load(a, conf, CONFIG_FOR_DAEMON, &c, &f), ST_PERM);
		assert_null(c);
		assert_string_equal(f.text, arena_printf(a, "%s%s", conf, wrong[i].want + 1));
	}
}

/* Whole files: what is required, and the servers. */
static const struct { const char *text, *want; } wrong_files[] = {
	{ "", "@: [bureau] address is required" },
	{ "address = b@v.test\n", "@:1: unknown key \"address\" in []" },
	{ "[bureau]\naddress = b@v.test\n",
	  "@: [imap] url, [imap] user and [smtp] url are required" },
	{ "[bureau]\naddress = b@v.test\n[imap]\nurl = imaps://h\n[smtp]\nurl = smtps://h\n",
	  "@: [imap] url, [imap] user and [smtp] url are required" },
	{ "[bureau]\naddress = b@v.test\n[imap]\nurl = imaps://h\nuser = u\n",
	  "@: [imap] url, [imap] user and [smtp] url are required" },
	{ "[bureau]\naddress = b@v.test\n[imap]\nuser = u\nurl = http://h\n[smtp]\n"
	  "url = smtps://h\n",
	  "@:5: \"http://h\" is not imap://, imaps://, smtp:// or smtps://" },
	{ "[bureau]\naddress = b@v.test\n[imap]\nuser = u\nurl = smtps://h\n[smtp]\n"
	  "url = smtps://h\n",
	  "@:5: url: imaps:// or imap://, not \"smtps://h\"" },
	{ "[bureau]\naddress = b@v.test\n[imap]\nuser = u\nurl = imaps://h\n[smtp]\n"
	  "url = imaps://h\n",
	  "@:7: url: smtps:// or smtp://, not \"imaps://h\"" },
	{ "[bureau]\naddress = b@v.test\n[imap]\nuser = u\nurl = imap://h\n"
	  "starttls = off\n[smtp]\nurl = smtps://h\n",
	  "@:6: starttls = off only towards loopback, not h" },
	{ "[bureau]\naddress = b@v.test\n[imap]\nuser = u\nurl = imaps://h\n[smtp]\n"
	  "starttls = off\nurl = smtp://127.evil.test\n",
	  "@:7: starttls = off only towards loopback, not 127.evil.test" },
	{ "[bureau]\naddress = b@v.test\n[imap]\nuser = u\nurl = imaps://h\n"
	  "starttls = non\n[smtp]\nurl = smtps://h\n",
	  "@:6: starttls: required or off, not \"non\"" },
};

static void
wrong_as_a_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof wrong_files / sizeof *wrong_files; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct config *c = NULL;
		struct fault f = { 0 };

		put(conf, span_of(wrong_files[i].text), 0644);
		assert_int_equal(config_load(a, conf, CONFIG_FOR_DAEMON, &c, &f), ST_PERM);
		assert_string_equal(f.text, arena_printf(a, "%s%s", conf,
		    wrong_files[i].want + 1));
	}
}

static void
wrong_hours_name_their_line(void **state)
{
	static const struct { const char *more, *where; } t[] = {
		{ "[bureau]\nhours = jamais\n", ":9: " },
		{ "[bureau]\nclosed = noel\n", ":9: " },
		{ "[bureau]\nhours = mon 09:00-10:00\nclosed = 2026-13-01\n", ":10: " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		const char *start = arena_printf(a, "%s%s", conf, t[i].where);
		struct config *c;
		struct fault f = { 0 };

		put(conf, span_of(arena_printf(a, "%s%s", LEAST, t[i].more)), 0644);
		assert_int_equal(config_load(a, conf, CONFIG_FOR_DAEMON, &c, &f), ST_PERM);
		assert_memory_equal(f.text, start, strlen(start));
	}
}

static void
plain_text_towards_loopback_only(void **state)
{
	static const char *const hosts[] = { "localhost", "127.0.0.1", "127.1.2.3", "[::1]" };

	(void)state;
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		const struct config *c = load(a, arena_printf(a,
		    "[bureau]\naddress = b@v.test\n[imap]\n"
		    "user = u\nurl = imap://%s:1143\nstarttls = off\n[smtp]\nurl = smtp://%s\n",
		    hosts[i], hosts[i]));

		assert_int_equal(c->imap.tls, NET_PLAIN);
		assert_int_equal(c->imap.port, 1143);
		assert_int_equal(c->smtp.tls, NET_STARTTLS);
	}
}

static void
limits(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	const char *text = LEAST, *aliases = "a0@v.test";
	struct config *c;
	struct fault f;

	(void)state;
	for (int i = 0; i < CONFIG_AGENTS_MAX; i++)
		text = arena_printf(a, "%s[agent a%d]\naddress = x%d@v.test\n", text, i, i);
	assert_int_equal(load(a, text)->nagents, CONFIG_AGENTS_MAX);
	put(conf, span_of(arena_printf(a, "%s[agent z]\n", text)), 0644);
	assert_int_equal(config_load(a, conf, CONFIG_FOR_DAEMON, &c, &f), ST_PERM);
	assert_string_equal(f.text, arena_printf(a, "%s:%d: more than %d agents", conf,
	    7 + 2 * CONFIG_AGENTS_MAX + 1, CONFIG_AGENTS_MAX));
	for (int i = 1; i < CONFIG_OWN_MAX - 1; i++)
		aliases = arena_printf(a, "%s, a%d@v.test", aliases, i);
	assert_int_equal(load(a, arena_printf(a, "%s[bureau]\naliases = %s\n", LEAST,
	    aliases))->nown,
	    CONFIG_OWN_MAX);
	put(conf, span_of(arena_printf(a, "%s[bureau]\naliases = %s, z@v.test\n", LEAST,
	    aliases)), 0644);
	assert_int_equal(config_load(a, conf, CONFIG_FOR_DAEMON, &c, &f), ST_PERM);
	assert_string_equal(f.text, arena_printf(a, "%s:9: more than %d aliases", conf,
	    CONFIG_OWN_MAX - 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_lines),
		cmocka_unit_test(wrong_as_a_whole),
		cmocka_unit_test(wrong_hours_name_their_line),
		cmocka_unit_test(plain_text_towards_loopback_only),
		cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
