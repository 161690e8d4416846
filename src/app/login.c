#include "login.h"
#include "token_ask.h"

#include "clock.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

static bool
logs_in(const struct config *c, enum login_to to, enum net_auth auth)
{
	if (to == LOGIN_IMAP)
		return c->imap_auth == (int)auth;
	return c->smtp_user[0] != '\0' && c->smtp_auth == (int)auth;
}

bool
login_wants_token(const struct config *c, enum login_to to)
{
	return logs_in(c, to, NET_AUTH_XOAUTH2);
}

bool
login_any_token(const struct config *c)
{
	return login_wants_token(c, LOGIN_IMAP) || login_wants_token(c, LOGIN_SMTP);
}

bool
login_wants_password(const struct config *c, enum login_to to)
{
	return logs_in(c, to, NET_AUTH_PASSWORD);
}

enum status
login_password(struct arena *a, const struct config *c, enum login_to to, struct span *out,
    struct fault *f)
{
	bool imap = to == LOGIN_IMAP;

	*out = span_of("");
	if (!login_wants_password(c, to))
		return ST_OK;
	return config_secret(a, c, imap ? "[imap] password_file" : "[smtp] password_file",
	    imap ? c->imap_password_file : c->smtp_password_file, out, f);
}

enum status
login_open(struct arena *a, const struct config *c, enum login_to to, struct login *out,
    struct fault *f)
{
	struct token_secrets ts;
	struct span secret;

	*out = (struct login){ .password = "", .ask_fd = -1, .stop_fd = -1,
	    .tokens = login_wants_token(c, to) };
	if (login_password(a, c, to, &secret, f) != ST_OK)
		return f->st;
	out->password = secret.p;
	if (!out->tokens)
		return ST_OK;
	if (token_secrets(a, c, &ts, f) != ST_OK)
		return f->st;
	token_open(&out->keeper, c, &ts, -1);
	token_secrets_wipe(&ts);
	return ST_OK;
}

enum status
login_try(struct arena *a, const struct config *c, struct fault *f)
{
	struct token_secrets ts;
	struct span s;

	for (int to = LOGIN_IMAP; to <= LOGIN_SMTP; to++) {
		if (login_password(a, c, (enum login_to)to, &s, f) != ST_OK)
			return f->st;
		explicit_bzero((char *)(uintptr_t)s.p, s.n);
	}
	if (!login_any_token(c))
		return ST_OK;
	if (token_secrets(a, c, &ts, f) != ST_OK)
		return f->st;
	token_secrets_wipe(&ts);
	return ST_OK;
}

void
login_close(struct login *l)
{
	explicit_bzero(l->token, sizeof l->token);
	explicit_bzero((char *)(uintptr_t)l->password, strlen(l->password));
	l->password = "";
	token_close(&l->keeper);
}

/* false: the end, a stop, or too long. */
static bool
told_wait(const struct login *l)
{
	struct pollfd p[2] = { { l->ask_fd, POLLIN, 0 }, { l->stop_fd, POLLIN, 0 } };
	int64_t end = clock_mono_ms() + LOGIN_ASK_MS, left;
	int n;

	do {
		left = end - clock_mono_ms();
		n = poll(p, 2, left > 0 ? (int)left : 0);
	} while (n < 0 && errno == EINTR);
	return n > 0 && p[0].revents != 0;
}

/* What is left of an ask that was given up must not be taken for the answer to this one. */
static void
leftover_drop(int fd)
{
	struct token_told t;

	while (recv(fd, &t, sizeof t, MSG_DONTWAIT) > 0)
		;
	explicit_bzero(&t, sizeof t);
}

static enum status
role_ask(struct login *l, uint64_t refused, struct fault *f)
{
	const struct token_ask q = { refused };
	struct token_told t = { 0 };
	enum status st;

	leftover_drop(l->ask_fd);
	if (send(l->ask_fd, &q, sizeof q, MSG_NOSIGNAL) < 0 || !told_wait(l) ||
	    recv(l->ask_fd, &t, sizeof t, MSG_DONTWAIT) <= (ssize_t)offsetof(struct token_told, text))
		return fault_set(f, ST_TEMP, "oauth2: no answer of the token process");
	t.text[TOKEN_TEXT_MAX] = '\0';
	st = (enum status)t.st;
	if (st == ST_OK) {
		l->id = t.id;
		(void)memcpy(l->token, t.text, sizeof l->token);
	} else {
		(void)fault_set(f, st, "%.300s", t.text);
	}
	explicit_bzero(&t, sizeof t);
	return st;
}

static enum status
keeper_ask(struct login *l, uint64_t refused, struct fault *f)
{
	struct token t;

	if (token_get(l->keeper, refused, &t, f) != ST_OK)
		return f->st;
	l->id = t.id;
	(void)memcpy(l->token, t.text, strlen(t.text) + 1);
	return ST_OK;
}

static enum status
ask(struct login *l, uint64_t refused, const char **out, struct fault *f)
{
	enum status st = l->keeper != NULL ? keeper_ask(l, refused, f) : role_ask(l, refused, f);

	*out = l->token;
	if (st == ST_OK)
		return st;
	l->failures++;
	l->hopeless = l->hopeless || st == ST_PERM;
	return st;
}

enum status
login_secret(struct login *l, const char **out, struct fault *f)
{
	if (l->tokens)
		return ask(l, 0, out, f);
	*out = l->password;
	return ST_OK;
}

enum status
login_refused(struct login *l, const char **out, struct fault *f)
{
	enum status st = ask(l, l->id, out, f);

	l->hopeless = l->hopeless || st != ST_OK;
	return st;
}

void
login_good(struct login *l)
{
	l->failures = 0;
	l->hopeless = l->told = false;
}

bool
login_is_trouble(const struct login *l)
{
	return l->hopeless || l->failures >= LOGIN_FAILURES;
}
