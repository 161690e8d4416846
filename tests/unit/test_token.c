/* The keeper of access tokens: what it reads from its file, and when it asks the service.  The
 * service of these tests refuses every connection. */
#include "test_config_help.h"

#include "clock.h"
#include "token_int.h"

static const char oauth[] = "auth = xoauth2\nuser = u\n[oauth2]\nclient_id = id\n"
    "refresh_token_file = rt\nscope = mail\ntoken_url = https://127.0.0.1:1/t\n"
    "[bureau]\ndatabase = t.db\n";

static struct token_keeper *
keeper(struct config *c, const char *refresh)
{
	const struct token_secrets s = { span_of("secret"), span_of(refresh) };
	struct token_keeper *k;

	token_open(&k, c, &s, -1);
	return k;
}

static struct config *
configured(struct arena *a)
{
	return load(a, arena_printf(a, "%s%s", LEAST, oauth));
}

static const char *
file_of(struct arena *a)
{
	return arena_printf(a, "%s/t.db.token", dir);
}

/* A file as a keeper with these values would leave it. */
static void
kept(struct config *c, const char *access, int64_t until, int64_t renew_at)
{
	struct token_keeper *k = keeper(c, "first");
	struct fault f;

	k->now = (struct token_state){ .until = until, .renew_at = renew_at };
	memcpy(k->now.access, access, strlen(access) + 1);
	memcpy(k->now.refresh, "rotated", sizeof "rotated");
	assert_int_equal(token_file_write(k, &f), ST_OK);
	token_close(&k);
}

static void
what_was_written_is_read(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct config *c = configured(a);
	struct token_keeper *k;
	struct stat sb;

	(void)state;
	kept(c, "a+/=~!", 4102444800, 4102444000);
	assert_int_equal(stat(file_of(a), &sb), 0);
	assert_int_equal(sb.st_mode & 07777, 0600);
	assert_int_equal(access(arena_printf(a, "%s.new", file_of(a)), F_OK), -1);
	k = keeper(c, "first");
	assert_string_equal(k->now.access, "a+/=~!");
	assert_string_equal(k->now.refresh, "rotated");
	assert_int_equal(k->now.until, 4102444800);
	assert_int_equal(k->now.renew_at, 4102444000);
	token_close(&k);
	/* A person has put another one in place: the rotated one and its token are not ours. */
	k = keeper(c, "by hand");
	assert_string_equal(k->now.access, "");
	assert_string_equal(k->now.refresh, "");
	token_close(&k);
	/* Other rights: the token goes, the refresh token is the same. */
	c->oauth_scope = "other";
	k = keeper(c, "first");
	assert_string_equal(k->now.access, "");
	assert_string_equal(k->now.refresh, "rotated");
	token_close(&k);
	assert_int_equal(unlink(file_of(a)), 0);
}

static void
files_that_are_no_good(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct config *c = configured(a);
	struct token_keeper *k = keeper(c, "first");
	const char *what = arena_strdup(a, k->what);
	const struct { const char *text; mode_t mode; } t[] = {
		{ "", 0600 }, { "bureaud token 2\naccess x 1 1 0 a\n", 0600 },
		{ arena_printf(a, "bureaud token 1\naccess %s 9999999999 9999999999 0", what), 0600 },
		{ arena_printf(a, "bureaud token 1\naccess %s x 9999999999 0 a", what), 0600 },
		{ arena_printf(a, "bureaud token 1\naccess %s 99999999999999999999 1 0 a", what), 0600 },
		{ arena_printf(a, "bureaud token 1\naccess %s", what), 0600 },
		{ arena_printf(a, "bureaud token 1\naccess %s 9999999999 9999999999 0 a", what), 0644 },
	};

	(void)state;
	token_close(&k);
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		put(file_of(a), span_of(t[i].text), t[i].mode);
		k = keeper(c, "first");
		assert_string_equal(k->now.access, "");
		token_close(&k);
	}
	assert_int_equal(unlink(file_of(a)), 0);
}

/* It was rotated: the one of the configuration would be used twice. */
static void
file_that_cannot_be_read_any_more(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct config *c = configured(a);
	struct token_keeper *k;

	(void)state;
	kept(c, "a", 4102444800, 4102444000);
	k = keeper(c, "first");
	assert_int_equal(chmod(file_of(a), 0644), 0);
	token_file_read(k);
	assert_string_equal(k->now.refresh, "rotated");
	assert_int_equal(unlink(file_of(a)), 0);
	token_file_read(k);
	assert_string_equal(k->now.refresh, "");
	token_close(&k);
}

/* bureauctl of root beside a daemon that is not: it reads the daemon's file, and leaves it so. */
static void
root_beside_the_daemon(void **state)
{
	enum { DAEMON = 4711 };
	ARENA_AUTO struct arena *a = arena_open();
	struct config *c = configured(a);
	struct token_keeper *k;
	struct fault f = { 0 };
	struct stat sb;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(dir, DAEMON, DAEMON), 0);
	kept(c, "a", 4102444800, 4102444000);
	assert_int_equal(stat(file_of(a), &sb), 0);
	assert_int_equal(sb.st_uid, DAEMON);
	k = keeper(c, "first");
	assert_string_equal(k->now.refresh, "rotated");
	assert_int_equal(token_file_write(k, &f), ST_OK);
	assert_int_equal(stat(file_of(a), &sb), 0);
	assert_int_equal(sb.st_uid, DAEMON);
	token_close(&k);
	/* A third one's is nobody's word. */
	assert_int_equal(chown(file_of(a), DAEMON + 1, DAEMON), 0);
	k = keeper(c, "first");
	assert_string_equal(k->now.refresh, "");
	token_close(&k);
	assert_int_equal(unlink(file_of(a)), 0);
	assert_int_equal(chown(dir, 0, 0), 0);
}

/* ages: seconds from now; asks: the service was asked, and is not there. */
static void
when_the_service_is_asked(void **state)
{
	static const struct { int64_t until, renew; bool refused, ahead, asks; enum status st; } t[] = {
		{ 3600, 3300, false, false, false, ST_OK },
		{ 3600, 3300, false, true, false, ST_OK },
		{ 200, -100, false, false, false, ST_OK },	/* its end is near: it is good still */
		{ 200, -100, false, true, true, ST_OK },	/* and stays so when none can be had */
		{ -1, -300, false, false, true, ST_TEMP },
		{ 3600, 3300, true, false, true, ST_TEMP },
		{ 400 * 86400, 3300, false, false, true, ST_TEMP },	/* the clock was set back */
	};
	ARENA_AUTO struct arena *a = arena_open();
	struct config *c = configured(a);

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct token_keeper *k;
		struct token now = { 0 };
		struct fault f = { 0 };
		int64_t at = clock_now();
		enum status st;

		kept(c, "a", at + t[i].until, at + t[i].renew);
		k = keeper(c, "first");
		assert_int_equal(token_get(k, 0, &now, &f), t[i].refused ? ST_OK :
		    t[i].st);
		if (t[i].ahead)
			token_tick(k);
		st = token_get(k, t[i].refused ? now.id : 0, &now, &f);
		assert_int_equal(st, t[i].st);
		assert_int_equal(k->failures > 0, t[i].asks);
		if (t[i].asks)
			assert_true(token_wait_ms(k) > 0);
		token_close(&k);
	}
	assert_int_equal(unlink(file_of(a)), 0);
}

/* The service is not asked again and again: neither for a token that is refused twice, nor after it
 * has failed. */
static void
patience(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct config *c = configured(a);
	struct token_keeper *k;
	struct token now;
	struct fault f = { 0 };
	int64_t at = clock_now();

	(void)state;
	kept(c, "a", at + 3600, at + 3000);
	k = keeper(c, "first");
	k->now.forced_at = at - TOKEN_AGAIN_SECONDS + 60;
	assert_int_equal(token_file_write(k, &f), ST_OK);
	assert_int_equal(token_get(k, 0, &now, &f), ST_OK);
	assert_int_equal(token_get(k, now.id, &now, &f), ST_TEMP);
	assert_non_null(strstr(f.text, "refused too"));
	assert_int_equal(k->failures, 0);
	assert_int_equal(token_get(k, 0, &now, &f), ST_OK);
	/* Another one than that in hand was refused: there is a newer one. */
	assert_int_equal(token_get(k, now.id ^ 2, &now, &f), ST_OK);

	k->now.forced_at = at - TOKEN_AGAIN_SECONDS;
	assert_int_equal(token_file_write(k, &f), ST_OK);
	assert_int_equal(token_get(k, now.id, &now, &f), ST_TEMP);
	assert_int_equal(k->failures, 1);
	assert_int_equal(token_get(k, now.id, &now, &f), ST_TEMP);
	assert_int_equal(k->failures, 1);
	token_close(&k);
	assert_int_equal(unlink(file_of(a)), 0);
}

static void
folder_that_takes_no_file(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct config *c = configured(a);
	struct token_keeper *k;
	struct fault f = { 0 };

	(void)state;
	c->database = arena_printf(a, "%s/none/t.db", dir);
	k = keeper(c, "first");
	assert_int_equal(token_file_write(k, &f), ST_TEMP);
	assert_non_null(strstr(f.text, "none"));
	token_close(&k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_read),
		cmocka_unit_test(files_that_are_no_good),
		cmocka_unit_test(file_that_cannot_be_read_any_more),
		cmocka_unit_test(root_beside_the_daemon),
		cmocka_unit_test(when_the_service_is_asked),
		cmocka_unit_test(patience),
		cmocka_unit_test(folder_that_takes_no_file),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
