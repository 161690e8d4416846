/* What is asked of a token service, and what its answers mean. */
#include "oauth2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
forms(void **state)
{
	static const struct { struct oauth2_cfg c; const char *want; } t[] = {
		{ { .grant = OAUTH2_REFRESH_TOKEN, .client_id = "id", .client_secret = "s",
		    .refresh_token = "r", .scope = "a b" },
		  "grant_type=refresh_token&refresh_token=r&client_id=id&client_secret=s&scope=a%20b" },
		{ { .grant = OAUTH2_REFRESH_TOKEN, .client_id = "id", .client_secret = "",
		    .refresh_token = "1//r+/=", .scope = "" },
		  "grant_type=refresh_token&refresh_token=1%2F%2Fr%2B%2F%3D&client_id=id" },
		{ { .grant = OAUTH2_CLIENT_CREDENTIALS, .client_id = "id", .client_secret = "s&x=y",
		    .refresh_token = "never said", .scope = "https://m.test/.default" },
		  "grant_type=client_credentials&client_id=id&client_secret=s%26x%3Dy"
		  "&scope=https%3A%2F%2Fm.test%2F.default" },
		{ { .grant = OAUTH2_CLIENT_CREDENTIALS, .client_id = "\xc3\xa9\n", .client_secret = "",
		    .refresh_token = "", .scope = "" },
		  "grant_type=client_credentials&client_id=%C3%A9%0A" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct buf b BUF_AUTO;

		buf_open(&b, 4096);
		oauth2_form(&b, &t[i].c);
		assert_string_equal(b.z, t[i].want);
	}
}

static const struct {
	long code;
	const char *body;
	enum status st;
	const char *access_or_text, *refresh;
	int life;
} answers[] = {
	{ 200, "{\"access_token\":\"a.b-c_d~e+f/g==\",\"token_type\":\"Bearer\",\"expires_in\":3599}",
	  ST_OK, "a.b-c_d~e+f/g==", "", 3599 },
	{ 200, "{\"access_token\":\"a\",\"refresh_token\":\"M.R3!*$\",\"token_type\":\"bearer\"}",
	  ST_OK, "a", "M.R3!*$", OAUTH2_LIFE_DEFAULT },
	{ 200, "{\"access_token\":\"a\",\"expires_in\":\"60\"}", ST_OK, "a", "", 60 },
	{ 200, "{\"access_token\":\"a\",\"expires_in\":\"soon\"}", ST_OK, "a", "",
	  OAUTH2_LIFE_DEFAULT },
	{ 200, "{\"access_token\":\"a\",\"expires_in\":0}", ST_OK, "a", "", OAUTH2_LIFE_MIN },
	{ 200, "{\"access_token\":\"a\",\"expires_in\":-7}", ST_OK, "a", "", OAUTH2_LIFE_MIN },
	{ 200, "{\"access_token\":\"a\",\"expires_in\":1e300}", ST_OK, "a", "", OAUTH2_LIFE_MAX },
	{ 200, "{\"access_token\":\"a\",\"expires_in\":3599.9}", ST_OK, "a", "", 3599 },
	{ 200, "{\"access_token\":\"a\",\"refresh_token\":null}", ST_OK, "a", "",
	  OAUTH2_LIFE_DEFAULT },

	{ 200, "", ST_TEMP, "no JSON object", "", 0 },
	{ 200, "\"a\"", ST_TEMP, "no JSON object", "", 0 },
	{ 200, "[]", ST_TEMP, "no JSON object", "", 0 },
	{ 200, "{\"access_token\":\"a\"} x", ST_TEMP, "no JSON object", "", 0 },
	{ 200, "{\"access_token\":\"a\",\"access_token\":\"b\"}", ST_TEMP, "no JSON object", "", 0 },
	{ 200, "{}", ST_PERM, "no access_token", "", 0 },
	{ 200, "{\"access_token\":7}", ST_PERM, "no access_token", "", 0 },
	{ 200, "{\"access_token\":\"\"}", ST_PERM, "no access_token", "", 0 },
	{ 200, "{\"access_token\":\"a b\"}", ST_PERM, "no access_token", "", 0 },
	{ 200, "{\"access_token\":\"a\\u0001\"}", ST_PERM, "no access_token", "", 0 },
	{ 200, "{\"access_token\":\"\xc3\xa9\"}", ST_PERM, "no access_token", "", 0 },
	{ 200, "{\"access_token\":\"a\",\"token_type\":\"mac\"}", ST_PERM, "not Bearer", "", 0 },
	{ 200, "{\"access_token\":\"a\",\"refresh_token\":\"r\\n\"}", ST_PERM, "no refresh_token", "",
	  0 },

	{ 400, "{\"error\":\"invalid_grant\",\"error_description\":\"of marie\"}", ST_PERM,
	  "answers 400 invalid_grant (the refresh token", "", 0 },
	{ 401, "{\"error\":\"invalid_client\"}", ST_PERM, "answers 401 invalid_client", "", 0 },
	{ 400, "{\"error\":\"temporarily_unavailable\"}", ST_TEMP, "temporarily_unavailable", "", 0 },
	{ 400, "<html>", ST_PERM, "answers 400", "", 0 },
	{ 404, "", ST_PERM, "answers 404", "", 0 },
	{ 302, "", ST_PERM, "answers 302 (redirects are not followed)", "", 0 },
	{ 408, "", ST_TEMP, "answers 408", "", 0 },
	{ 429, "", ST_TEMP, "answers 429", "", 0 },
	{ 500, "", ST_TEMP, "answers 500", "", 0 },
	{ 503, "{\"access_token\":\"a\"}", ST_TEMP, "answers 503", "", 0 },
};

static void
answers_as_they_come(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct oauth2_token t = { 0 };
		struct fault f = { 0 };
		enum status st = oauth2_answer(a, answers[i].code, span_of(answers[i].body), &t, &f);

		if (st != answers[i].st)
			fail_msg("%s: %s %s", answers[i].body, status_name(st), f.text);
		if (st != ST_OK) {
			if (strstr(f.text, answers[i].access_or_text) == NULL)
				fail_msg("%s: %s", answers[i].body, f.text);
			continue;
		}
		assert_string_equal(t.access, answers[i].access_or_text);
		assert_string_equal(t.refresh, answers[i].refresh);
		assert_int_equal(t.life, answers[i].life);
	}
}

/* An error's description holds names, its word may hold anything: neither gets into a log. */
static void
words_that_are_not_repeated(void **state)
{
	static const char *const t[] = {
		"{\"error\":\"see https://evil.test/\"}", "{\"error\":\"marie@exemple.test\"}",
		"{\"error\":\"a\\nb\"}", "{\"error\":{}}",
		"{\"error\":\"a_word_that_is_much_longer_than_any_of_those_that_the_standard_has\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct oauth2_token out;
		struct fault f = { 0 };

		assert_int_equal(oauth2_answer(a, 400, span_of(t[i]), &out, &f), ST_PERM);
		assert_string_equal(f.text, "oauth2: the token service answers 400");
	}
}

static void
sizes_at_their_edge(void **state)
{
	static const struct { const char *key; size_t n; enum status st; } t[] = {
		{ "access_token", OAUTH2_ACCESS_MAX, ST_OK },
		{ "access_token", OAUTH2_ACCESS_MAX + 1, ST_PERM },
		{ "refresh_token", OAUTH2_REFRESH_MAX, ST_OK },
		{ "refresh_token", OAUTH2_REFRESH_MAX + 1, ST_PERM },
		{ "other", OAUTH2_ANSWER_MAX - 40, ST_OK },
		{ "other", OAUTH2_ANSWER_MAX, ST_TEMP },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		struct oauth2_token out;
		struct buf b BUF_AUTO;
		struct fault f = { 0 };

		buf_open(&b, 2 * OAUTH2_ANSWER_MAX);
		buf_addf(&b, "{%s\"%s\":\"",
		    strcmp(t[i].key, "access_token") == 0 ? "" : "\"access_token\":\"a\",", t[i].key);
		for (size_t k = 0; k < t[i].n; k++)
			buf_addc(&b, 'x');
		buf_addz(&b, "\"}");
		assert_int_equal(oauth2_answer(a, 200, buf_span(&b), &out, &f), t[i].st);
	}
}

static void
nesting_costs_no_stack(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct oauth2_token out;
	struct buf b BUF_AUTO;
	struct fault f = { 0 };

	(void)state;
	buf_open(&b, OAUTH2_ANSWER_MAX);
	buf_addz(&b, "{\"access_token\":\"a\",\"x\":");
	while (b.n < OAUTH2_ANSWER_MAX - 1)
		buf_addc(&b, '[');
	assert_int_equal(oauth2_answer(a, 200, buf_span(&b), &out, &f), ST_TEMP);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms),
		cmocka_unit_test(answers_as_they_come),
		cmocka_unit_test(words_that_are_not_repeated),
		cmocka_unit_test(sizes_at_their_edge),
		cmocka_unit_test(nesting_costs_no_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
