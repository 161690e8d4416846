#include "token_int.h"

#include "clock.h"
#include "limits.h"
#include "log.h"
#include "role.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WAIT_MAX_MS = 3600 * 1000, UNSAVED_MS = 60 * 1000 };

enum status
token_secrets(struct arena *a, const struct config *c, struct token_secrets *out,
    struct fault *f)
{
	bool refresh = c->oauth_grant == GRANT_REFRESH_TOKEN;
	const char *missing = c->oauth_token_url[0] == '\0' ? "token_url" :
	    c->oauth_client_id[0] == '\0' ? "client_id" : NULL;

	if (missing != NULL)
		return fault_set(f, ST_PERM, "%s: [oauth2] %s is required where auth = xoauth2",
		    c->path, missing);
	*out = (struct token_secrets){ { "", 0 }, { "", 0 } };
	if ((!refresh || c->oauth_client_secret_file[0] != '\0') &&
	    config_secret(a, c, "[oauth2] client_secret_file", c->oauth_client_secret_file,
	    &out->client_secret, f) != ST_OK)
		return f->st;
	return !refresh ? ST_OK : config_secret(a, c, "[oauth2] refresh_token_file",
	    c->oauth_refresh_token_file, &out->refresh_token, f);
}

void
token_secrets_wipe(struct token_secrets *s)
{
	explicit_bzero((char *)(uintptr_t)s->client_secret.p, s->client_secret.n);
	explicit_bzero((char *)(uintptr_t)s->refresh_token.p, s->refresh_token.n);
	*s = (struct token_secrets){ { "", 0 }, { "", 0 } };
}

/* A separator that no value holds: values have no control characters. */
static void
hash_of(char out[2 * SHA256_BYTES + 1], struct arena *a, const char *v, const char *w,
    const char *x)
{
	const struct sha256 h = sha256_of(span_of(arena_printf(a, "%s\n%s\n%s", v, w, x)));

	sha256_hex(&h, out);
}

void
token_open(struct token_keeper **out, const struct config *c, const struct token_secrets *s,
    int stop_fd)
{
	struct arena *a = arena_open();
	struct token_keeper *k = arena_new(a, struct token_keeper, 1);

	k->arena = a;
	k->cfg = c;
	k->stop_fd = stop_fd;
	memcpy(k->client_secret, s->client_secret.p, s->client_secret.n);
	memcpy(k->refresh_token, s->refresh_token.p, s->refresh_token.n);
	hash_of(k->whose, a, c->oauth_token_url, c->oauth_client_id, k->refresh_token);
	hash_of(k->what, a, k->whose, c->oauth_scope,
	    c->oauth_grant == GRANT_REFRESH_TOKEN ? "refresh" : "client");
	token_file_read(k);
	*out = k;
}

void
token_close(struct token_keeper **k)
{
	struct arena *a;

	if (*k == NULL)
		return;
	a = (*k)->arena;
	explicit_bzero(*k, sizeof **k);
	arena_close(&a);
	*k = NULL;
}

/* A name for it that tells nothing. */
static uint64_t
id_of(const struct token_keeper *k)
{
	const struct sha256 h = sha256_of(span_of(k->now.access));
	uint64_t id;

	memcpy(&id, h.b, sizeof id);
	return k->now.access[0] == '\0' ? 0 : id | 1;
}

/* A clock that was set back must not make a token live for years. */
static bool
is_good(const struct token_keeper *k, int64_t now)
{
	return k->now.access[0] != '\0' && now < k->now.until &&
	    k->now.until - now <= OAUTH2_LIFE_MAX;
}

static bool
is_due(const struct token_keeper *k, int64_t now)
{
	return !is_good(k, now) || now >= k->now.renew_at;
}

static void
save(struct token_keeper *k)
{
	struct fault f = { 0 };

	k->unsaved = token_file_write(k, &f) != ST_OK;
	if (k->unsaved)
		log_event(LOG_L_ERR, "token-unsaved", "why=\"%s\"", f.text);
}

static void
take(struct token_keeper *k, const struct oauth2_token *t, bool forced)
{
	struct token_state *s = &k->now;
	int ahead = t->life / 4 < TOKEN_AHEAD_MAX ? t->life / 4 : TOKEN_AHEAD_MAX;
	int64_t now = clock_now();

	(void)snprintf(s->access, sizeof s->access, "%s", t->access);
	if (t->refresh[0] != '\0')
		(void)snprintf(s->refresh, sizeof s->refresh, "%s", t->refresh);
	s->until = now + t->life;
	s->renew_at = s->until - ahead;
	s->forced_at = forced ? now : s->forced_at;
	k->failures = 0;
	k->not_before = 0;
	log_event(LOG_L_INFO, "token-renewed", "lives=%ds rotated=%s refused=%s", t->life,
	    t->refresh[0] != '\0' ? "yes" : "no", forced ? "yes" : "no");
	save(k);
}

static enum status
failed(struct token_keeper *k, struct fault *f)
{
	int seconds = role_backoff(f->st, k->failures++);

	k->not_before = clock_mono_ms() + (int64_t)seconds * 1000;
	k->why = *f;
	log_event(f->st == ST_PERM ? LOG_L_ERR : LOG_L_WARN, "token-trouble",
	    "class=%s failures=%u wait=%ds why=\"%s\"", status_name(f->st), k->failures, seconds,
	    f->text);
	return f->st;
}

/* One request to the service; the lock is held. */
static enum status
renew(struct token_keeper *k, bool forced, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	const struct config *c = k->cfg;
	const struct oauth2_cfg oc = {
		.token_url = c->oauth_token_url, .ca_file = c->oauth_ca_file,
		.grant = (enum oauth2_grant)c->oauth_grant, .client_id = c->oauth_client_id,
		.client_secret = k->client_secret, .scope = c->oauth_scope,
		.refresh_token = k->now.refresh[0] != '\0' ? k->now.refresh : k->refresh_token,
		.deadline_ms = OAUTH2_DEADLINE_MS, .stop_fd = k->stop_fd,
	};
	struct oauth2_token t;

	if (oauth2_fetch(a, &oc, &t, f) != ST_OK)
		return failed(k, f);
	take(k, &t, forced);
	explicit_bzero((char *)(uintptr_t)t.access, strlen(t.access));
	explicit_bzero((char *)(uintptr_t)t.refresh, strlen(t.refresh));
	return ST_OK;
}

static bool
just_forced(const struct token_keeper *k)
{
	int64_t ago = clock_now() - k->now.forced_at;

	return ago > -TOKEN_AGAIN_SECONDS && ago < TOKEN_AGAIN_SECONDS;
}

/* Under the lock, after a look at what another process may have fetched meanwhile. */
static enum status
renew_locked(struct token_keeper *k, uint64_t refused, bool ahead, struct fault *f)
{
	int64_t now = clock_now();
	bool again;

	if (!k->unsaved)
		token_file_read(k);
	again = refused != 0 && refused == id_of(k);
	if (again && just_forced(k))
		return fault_set(f, ST_TEMP, "oauth2: a token that was just renewed is refused too: "
		    "is it for this mailbox and this protocol (scope)?");
	if (!again && (ahead ? !is_due(k, now) : is_good(k, now)))
		return ST_OK;
	return renew(k, again, f);
}

static enum status
renew_if(struct token_keeper *k, uint64_t refused, bool ahead, struct fault *f)
{
	enum status st;
	int lock;

	if (clock_mono_ms() < k->not_before) {
		*f = k->why;
		return f->st;
	}
	st = token_file_lock(k, &lock, f);
	if (st != ST_OK)
		return failed(k, f);
	st = renew_locked(k, refused, ahead, f);
	(void)close(lock);
	return st;
}

enum status
token_get(struct token_keeper *k, uint64_t refused, struct token *out, struct fault *f)
{
	bool again = refused != 0 && refused == id_of(k);
	enum status st = !again && is_good(k, clock_now()) ? ST_OK :
	    renew_if(k, refused, false, f);

	*out = (struct token){ id_of(k), k->now.access };
	return st;
}

static void
unsaved_try(struct token_keeper *k)
{
	struct fault f;
	int lock;

	if (token_file_lock(k, &lock, &f) != ST_OK)
		return;
	save(k);
	(void)close(lock);
}

void
token_tick(struct token_keeper *k)
{
	struct fault f;

	if (k->unsaved)
		unsaved_try(k);
	if (is_due(k, clock_now()))
		(void)!renew_if(k, 0, true, &f);
}

int
token_wait_ms(const struct token_keeper *k)
{
	int64_t ms = (k->now.renew_at - clock_now()) * 1000, hold = k->not_before - clock_mono_ms();

	if (ms < hold)
		ms = hold;
	if (k->unsaved && ms > UNSAVED_MS)
		ms = UNSAVED_MS;
	return ms < 0 ? 0 : ms > WAIT_MAX_MS ? WAIT_MAX_MS : (int)ms;
}
