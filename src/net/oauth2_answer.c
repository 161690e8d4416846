/* oauth2_answer.c - what the token service said: a small JSON object (RFC 6749 5.1, 5.2). */
#include "oauth2.h"

#include "span.h"

#include <jansson.h>
#include <string.h>

enum { WORD_MAX = 60 };

/* VSCHAR without the blank: XOAUTH2 frames it with control characters, our file with blanks. */
static bool
token_good(const char *z, size_t max)
{
	size_t n = 0;

	for (; z[n] != '\0'; n++)
		if (n == max || z[n] <= 0x20 || z[n] >= 0x7f)
			return false;
	return n > 0;
}

/* error_description is left alone: services put names of people into it. */
static const char *
error_word(struct arena *a, const json_t *o)
{
	const char *z = json_string_value(json_object_get(o, "error"));
	size_t n = z == NULL ? 0 : strspn(z, "abcdefghijklmnopqrstuvwxyz_0123456789");

	return n == 0 || n > WORD_MAX || z[n] != '\0' ? "" : arena_strdup(a, z);
}

static bool
comes_back(long code, const char *word)
{
	return code >= 500 || code == 408 || code == 429 ||
	    strcmp(word, "temporarily_unavailable") == 0 || strcmp(word, "server_error") == 0;
}

static enum status
refusal(struct arena *a, long code, const json_t *o, struct fault *f)
{
	const char *word = error_word(a, o);
	const char *hint = strcmp(word, "invalid_grant") == 0 ?
	    " (the refresh token is no good any more: a new one must be put in place)" :
	    code >= 300 && code < 400 ? " (redirects are not followed)" : "";

	return fault_set(f, comes_back(code, word) ? ST_TEMP : ST_PERM,
	    "oauth2: the token service answers %ld%s%s%s", code, word[0] != '\0' ? " " : "", word,
	    hint);
}

/* A number, or one in quotes as some services write it. */
static int
life_of(const json_t *o)
{
	const json_t *v = json_object_get(o, "expires_in");
	unsigned long long n = OAUTH2_LIFE_DEFAULT;

	if (json_is_number(v)) {
		double d = json_number_value(v);

		n = d <= 0 ? 0 : d >= OAUTH2_LIFE_MAX ? OAUTH2_LIFE_MAX : (unsigned long long)d;
	} else if (json_is_string(v) &&
	    !span_number(span_of(json_string_value(v)), OAUTH2_LIFE_MAX, &n)) {
		n = OAUTH2_LIFE_DEFAULT;
	}
	return n < OAUTH2_LIFE_MIN ? OAUTH2_LIFE_MIN : (int)n;
}

static enum status
grant(struct arena *a, const json_t *o, struct oauth2_token *out, struct fault *f)
{
	const char *access = json_string_value(json_object_get(o, "access_token"));
	const char *refresh = json_string_value(json_object_get(o, "refresh_token"));
	const char *type = json_string_value(json_object_get(o, "token_type"));

	if (access == NULL || !token_good(access, OAUTH2_ACCESS_MAX))
		return fault_set(f, ST_PERM, "oauth2: no access_token that we can use");
	if (type != NULL && !span_ieq(span_of(type), "bearer"))
		return fault_set(f, ST_PERM, "oauth2: the token_type is not Bearer");
	if (refresh == NULL)
		refresh = "";
	if (refresh[0] != '\0' && !token_good(refresh, OAUTH2_REFRESH_MAX))
		return fault_set(f, ST_PERM, "oauth2: no refresh_token that we can keep");
	*out = (struct oauth2_token){ arena_strdup(a, access), arena_strdup(a, refresh),
	    life_of(o) };
	return ST_OK;
}

enum status
oauth2_answer(struct arena *a, long code, struct span body, struct oauth2_token *out,
    struct fault *f)
{
	json_error_t why;
	json_t *o = body.n > OAUTH2_ANSWER_MAX ? NULL :
	    json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES, &why);
	enum status st;

	if (code != 200)
		st = refusal(a, code, o, f);
	else if (!json_is_object(o))
		st = fault_set(f, ST_TEMP, "oauth2: the token service answers 200, but no JSON object");
	else
		st = grant(a, o, out, f);
	json_decref(o);
	return st;
}
