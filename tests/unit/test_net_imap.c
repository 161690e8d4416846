/* The IMAP session against servers that lie, stall, strip TLS and drop the line. */
#include "test_net_imap_ops.h"

enum { STEP_MS = 15000, SHORT_MS = 150 };	/* short: tests of the deadline */

static struct peer certs;
static char cert_dir[1024], ca[1100];

static const struct row {
	const char *scenario;
	enum net_tls tls;
	op *op;
	enum status st;
	const char *why;	/* a part of the fault */
	const char *seen;	/* a part of what the server has seen, "" any */
	int command_ms;
} rows[] = {
	{ "plain", NET_PLAIN, op_select,
	    ST_OK, "", "LOGIN \"bur eau\" \"se\\\\\"c\"", STEP_MS },
	{ "plain", NET_PLAIN, op_metas, ST_OK, "", "UID FETCH 1:3 (UID FLAGS", STEP_MS },
	{ "plain", NET_PLAIN, op_bodies, ST_OK, "", "BODY.PEEK[])", STEP_MS },
	{ "plain", NET_PLAIN, op_uids, ST_OK, "", "NOOP|", STEP_MS },
	{ "plain", NET_PLAIN, op_append, ST_OK, "",
	    "APPEND \"Envoy&AOk-s\" (\\\\Seen) \"01-Jan-1970 00:00:00 +0000\" {11}|a: b||c||",
	    STEP_MS },
	{ "bare", NET_PLAIN, op_bareword, ST_OK, "", "NOOP", STEP_MS },
	{ "bare", NET_PLAIN, op_remove, ST_NONE, "no UIDPLUS", "", STEP_MS },
	{ "bare", NET_PLAIN, op_move_untold, ST_NONE, "no MOVE", "", STEP_MS },
	{ "uidplus", NET_PLAIN, op_move, ST_OK, "",
	    "+FLAGS.SILENT (\\\\Deleted)|8 UID EXPUNGE 1:3|", STEP_MS },

	{ "tls_good", NET_TLS, op_bodies, ST_OK, "", "", STEP_MS },
	{ "tls_wrong_host", NET_TLS, NULL, ST_PERM, "for another host", NULL, STEP_MS },
	{ "tls_expired", NET_TLS, NULL, ST_PERM, "has expired", NULL, STEP_MS },
	{ "tls_not_yet", NET_TLS, NULL, ST_PERM, "not yet valid", NULL, STEP_MS },
	{ "tls_other_ca", NET_TLS, NULL, ST_PERM, "unknown CA", NULL, STEP_MS },
	{ "tls_self_signed", NET_TLS, NULL, ST_PERM, "unknown CA", NULL, STEP_MS },
	{ "starttls_good", NET_STARTTLS, op_select, ST_OK, "", "|3 CAPABILITY|", STEP_MS },
	{ "starttls_wrong_host", NET_STARTTLS, NULL, ST_PERM, "another host", NULL, STEP_MS },
	{ "starttls_stripped", NET_STARTTLS, NULL, ST_PERM, "no STARTTLS", NULL, STEP_MS },
	{ "starttls_refused", NET_STARTTLS, NULL, ST_TEMP, "later", NULL, STEP_MS },
	{ "starttls_injected", NET_STARTTLS, NULL, ST_PERM, "in clear", NULL, STEP_MS },
	{ "preauth", NET_STARTTLS, NULL, ST_PERM, "PREAUTH", NULL, STEP_MS },
	{ "preauth", NET_PLAIN, NULL, ST_PERM, "PREAUTH", NULL, STEP_MS },
	{ "logindisabled", NET_PLAIN, NULL, ST_PERM, "no LOGIN", NULL, STEP_MS },
	{ "greeting_bye", NET_PLAIN, NULL, ST_TEMP, "BYE full", NULL, STEP_MS },
	{ "greeting_junk", NET_PLAIN, NULL, ST_TEMP, "senseless", NULL, STEP_MS },
	{ "login_no", NET_PLAIN, NULL, ST_PERM, "login refused: bad [2Jpassword", "", STEP_MS },
	{ "login_later", NET_PLAIN, NULL,
	    ST_TEMP, "login refused: database down", "", STEP_MS },
	{ "login_bad", NET_PLAIN, NULL, ST_TEMP, "what", "", STEP_MS },
	{ "login_bye", NET_PLAIN, NULL, ST_TEMP, "closed", "", STEP_MS },

	{ "capability_silent", NET_PLAIN, op_noop, ST_OK, "", "", STEP_MS },
	{ "alert_bare", NET_PLAIN, op_noop, ST_TEMP, "without its text", "", STEP_MS },
	{ "parse_bare", NET_PLAIN, op_noop, ST_TEMP, "without its text", "", STEP_MS },
	{ "alert_text", NET_PLAIN, op_noop, ST_OK, "", "", STEP_MS },
	{ "noop_bye", NET_PLAIN, op_noop, ST_TEMP, "closed", "", STEP_MS },
	{ "noop_eof", NET_PLAIN, op_noop, ST_TEMP, "closed", "", STEP_MS },
	{ "noop_drip", NET_PLAIN, op_noop, ST_TEMP, "no answer in time", "", SHORT_MS },
	{ "noop_silent", NET_PLAIN, op_noop, ST_TEMP, "no answer in time", "", SHORT_MS },
	{ "noop_tag", NET_PLAIN, op_noop, ST_TEMP, "NOOP", "", STEP_MS },
	{ "noop_bad", NET_PLAIN, op_noop, ST_TEMP, "what", "", STEP_MS },
	{ "noop_no", NET_PLAIN, op_noop, ST_TEMP, "not now", "", STEP_MS },
	{ "noop_junk", NET_PLAIN, op_noop, ST_TEMP, "NOOP", "", STEP_MS },
	{ "noop_flood", NET_PLAIN, op_noop, ST_TEMP, "more lines", "", STEP_MS },
	{ "noop_line", NET_PLAIN, op_noop, ST_TEMP, "budget", "", STEP_MS },
	{ "noop_brace", NET_PLAIN, op_noop, ST_OK, "", "", STEP_MS },

	{ "select_no", NET_PLAIN, op_select,
	    ST_NONE, "what folder", "LIST \"\" \"INBOX\"", STEP_MS },
	{ "select_later", NET_PLAIN, op_select, ST_TEMP, "busy", "", STEP_MS },
	{ "select_there", NET_PLAIN, op_select_silent, ST_NONE, "broken", "", STEP_MS },
	{ "select_bye", NET_PLAIN, op_select, ST_TEMP, "closed", "", STEP_MS },
	{ "select_silent", NET_PLAIN, op_select_silent, ST_OK, "", "", STEP_MS },
	{ "select_readonly", NET_PLAIN, op_select_readonly,
	    ST_NONE, "no keywords", "", STEP_MS },
	{ "search_no", NET_PLAIN, op_uids, ST_TEMP, "not now", "", STEP_MS },
	{ "metas_odd", NET_PLAIN, op_metas_odd, ST_OK, "", "", STEP_MS },
	{ "bodies_odd", NET_PLAIN, op_bodies_odd, ST_OK, "", "", STEP_MS },
	{ "fetch_eof", NET_PLAIN, op_bodies_none, ST_TEMP, "closed", "", STEP_MS },
	{ "fetch_bye", NET_PLAIN, op_bodies_none, ST_TEMP, "FETCH", "", STEP_MS },
	{ "fetch_endless", NET_PLAIN, op_bodies_none, ST_TEMP, "budget", "", STEP_MS },
	{ "fetch_huge", NET_PLAIN, op_bodies_none, ST_TEMP, "literal over", "", STEP_MS },
	{ "fetch_overflow", NET_PLAIN, op_bodies_none, ST_TEMP, "literal over", "", STEP_MS },
	{ "fetch_deep", NET_PLAIN, op_bodies_none, ST_TEMP, "too deep", "", STEP_MS },
	{ "fetch_no", NET_PLAIN, op_bodies_none, ST_TEMP, "not now", "", STEP_MS },

	{ "idle_together", NET_PLAIN, op_wait_data, ST_OK, "", "DONE|7 NOOP|", STEP_MS },
	{ "idle_before", NET_PLAIN, op_wait_data, ST_OK, "", "DONE|7 NOOP|", STEP_MS },
	{ "idle_alive", NET_PLAIN, op_wait_data, ST_OK, "", "DONE|7 NOOP|", STEP_MS },
	{ "idle_quiet", NET_PLAIN, op_wait_timeout, ST_OK, "", "DONE|7 NOOP|", STEP_MS },
	{ "idle_bye", NET_PLAIN, op_wait_data, ST_TEMP, "imap: ", "", STEP_MS },
	{ "idle_eof", NET_PLAIN, op_wait_data, ST_TEMP, "imap: ", "", STEP_MS },
	{ "idle_no", NET_PLAIN, op_wait_data, ST_TEMP, "not here", "", STEP_MS },

	{ "move_no", NET_PLAIN, op_move, ST_TEMP, "full", "", STEP_MS },
	{ "move_copyuid", NET_PLAIN, op_move, ST_OK, "", "UID MOVE 1:3 \"Fait\"", STEP_MS },
	{ "move_copyuid_odd", NET_PLAIN, op_move_untold, ST_OK, "", "", STEP_MS },
	{ "append_before", NET_PLAIN, op_append, ST_OK, "", "", STEP_MS },
	{ "append_trycreate", NET_PLAIN, op_append, ST_PERM, "none", "", STEP_MS },
	{ "append_quota", NET_PLAIN, op_append, ST_TEMP, "full", "", STEP_MS },
	{ "create", NET_PLAIN, op_create_twice, ST_OK, "", "CREATE \"a.b.c\"", STEP_MS },
	{ "create_exists", NET_PLAIN, op_create, ST_OK, "", "", STEP_MS },
	{ "create_no", NET_PLAIN, op_create, ST_PERM, "not yours", "", STEP_MS },
	{ "prefix", NET_PLAIN, op_sent, ST_OK, "", "SELECT \"INBOX.Envoy&AOk-s\"", STEP_MS },
	{ "prefix", NET_PLAIN, op_select, ST_OK, "", "SELECT INBOX|", STEP_MS },
	{ "flat", NET_PLAIN, op_sent, ST_NONE, "\\Sent", "", STEP_MS },
};

static struct imap_cfg
cfg(const struct row *row, int port)
{
	return (struct imap_cfg){
		.url = { .host = row->tls == NET_PLAIN ? "127.0.0.1" : "localhost",
		    .port = port, .tls = row->tls, .imap = true },
		.ca_file = ca, .user = "bur eau", .secret = "se\"c", .connect_ms = STEP_MS,
		.command_ms = row->command_ms, .stop_fd = -1, .poke_fd = -1,
	};
}

/* seen NULL: no byte of a login may have gone out, on whatever way. */
static void
check_seen(const struct row *row, const char *seen)
{
	if (row->seen == NULL && (strstr(seen, "LOGIN") != NULL ||
	    strstr(seen, "AUTHENTICATE") != NULL || strstr(seen, "se") != NULL))
		fail_msg("%s: the login went out: %s", row->scenario, seen);
	if (row->seen != NULL && strstr(seen, row->seen) == NULL)
		fail_msg("%s: seen \"%s\" without \"%s\"", row->scenario, seen, row->seen);
}

static void
run_row(const struct row *row)
{
	struct arena *a ARENA_AUTO = arena_open();
	struct peer p;
	struct fault f = { .text = "" };
	struct run r = { .a = a, .f = &f };
	int port = atoi(peer_open(&p, "hostile_imap.py", row->scenario, cert_dir));
	struct imap_cfg c = cfg(row, port);
	enum status st = imap_open(&r.im, &c, &f);

	if (st == ST_OK)
		st = row->op == NULL ? ST_OK : row->op(&r);
	else
		assert_null(r.im);
	if (st != row->st || (st != ST_OK && strstr(f.text, row->why) == NULL))
		fail_msg("%s: %s: %s", row->scenario, status_name(st), f.text);
	check_seen(row, peer_seen(&p));
	imap_close(&r.im);
	peer_close(&p);
}

static bool
have_certs(void)
{
	return strcmp(cert_dir, "none") != 0;
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].tls == NET_PLAIN)
			run_row(&rows[i]);
}

static void
test_rows_tls(void **state)
{
	(void)state;
	if (!have_certs()) {
		print_message("certtool is not installed\n");
		skip();
	}
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].tls != NET_PLAIN)
			run_row(&rows[i]);
}

static void
test_search_odd(void **state)
{
	static const struct row row = { .tls = NET_PLAIN, .command_ms = STEP_MS };
	struct arena *a ARENA_AUTO = arena_open();
	struct peer p;
	struct imap_cfg c = cfg(&row, atoi(peer_open(&p, "hostile_imap.py", "search_odd", "")));
	struct fault f;
	struct imap *im;
	struct imap_box box;
	uint32_t *v;
	size_t n;

	(void)state;
	assert_int_equal(imap_open(&im, &c, &f), ST_OK);
	assert_int_equal(imap_select(im, "INBOX", &box, &f), ST_OK);
	assert_int_equal(imap_uids(im, a, 0, &v, &n, &f), ST_OK);
	assert_true(n >= 3 && v[0] == 1 && v[1] == 2 && v[2] == 3);
	for (size_t i = 1; i < n; i++)
		assert_true(v[i] > v[i - 1]);
	imap_close(&im);
	peer_close(&p);
}

/* stop breaks off a command under way; poke only ends a wait. */
static void
test_stop(void **state)
{
	static const struct row row = { .tls = NET_PLAIN, .command_ms = 10 * STEP_MS };
	struct peer p;
	int port = atoi(peer_open(&p, "hostile_imap.py", "noop_silent", ""));
	struct imap_cfg c = cfg(&row, port);
	struct fault f;
	struct imap *im;
	struct imap_box box;
	enum imap_woke woke;
	int stop[2], poke[2];

	(void)state;
	assert_int_equal(pipe(stop), 0);
	assert_int_equal(pipe(poke), 0);
	assert_int_equal(write(poke[1], "x", 1), 1);
	c.stop_fd = stop[0];
	c.poke_fd = poke[0];
	assert_int_equal(imap_open(&im, &c, &f), ST_OK);
	assert_int_equal(imap_select(im, "INBOX", &box, &f), ST_OK);
	assert_int_equal(imap_wait(im, 10 * STEP_MS, &woke, &f), ST_OK);
	assert_int_equal(woke, IMAP_WOKE_POKE);
	assert_int_equal(write(stop[1], "x", 1), 1);
	assert_int_equal(imap_poll(im, &f), ST_TEMP);
	assert_non_null(strstr(f.text, "stopped"));
	assert_int_equal(imap_poll(im, &f), ST_TEMP);
	imap_close(&im);
	peer_close(&p);
}

static void
test_config(void **state)
{
	static const struct row row = { .tls = NET_PLAIN, .command_ms = STEP_MS };
	struct imap_cfg c = cfg(&row, 1);
	struct fault f;
	struct imap *im;

	(void)state;
	assert_int_equal(imap_open(&im, &c, &f), ST_TEMP);
	assert_non_null(strstr(f.text, "cannot reach 127.0.0.1 port 1: "));
	c.secret = "a\r\nA1 DELETE INBOX";
	assert_int_equal(imap_open(&im, &c, &f), ST_PERM);
	c.secret = "a";
	c.url.host = "no-such-host.invalid";
	assert_int_equal(imap_open(&im, &c, &f), ST_TEMP);
	assert_non_null(strstr(f.text, "cannot find"));
	im = NULL;
	imap_close(&im);
}

static int
setup(void **state)
{
	(void)state;
	(void)snprintf(cert_dir, sizeof cert_dir, "%s",
	    peer_open(&certs, "hostile_certs.py", NULL, NULL));
	(void)snprintf(ca, sizeof ca, "%s/ca.pem", cert_dir);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	peer_close(&certs);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_rows_tls),
		cmocka_unit_test(test_search_odd),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_config),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
