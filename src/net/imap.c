#include "imap_int.h"

#include "utf8.h"

#include <stdlib.h>
#include <string.h>

enum { LOGOUT_MS = 2000, DAY = 86400 };

/* libetpan writes CR and LF of a password as they are. */
static bool
has_control(const char *z)
{
	for (; *z != '\0'; z++)
		if ((unsigned char)*z < 0x20 || *z == 0x7f)
			return true;
	return false;
}

/* Drive the dialling to its end. */
static enum status
stream_finish(struct imap *im, struct fault *f)
{
	while (im->io.phase == STREAM_CONNECTING || im->io.phase == STREAM_HANDSHAKE) {
		if (!imap_io_poll(im, stream_patience(&im->io)))
			return imap_lost(im, "connection", f);
		stream_step(&im->io);
	}
	if (im->io.phase == STREAM_DEAD)
		return fault_set(f, im->io.why.st, "imap: %s", im->io.why.text);
	return ST_OK;
}

static void
capabilities_forget(struct imap *im)
{
	struct mailimap_connection_info *info = im->m->imap_connection_info;

	if (info == NULL || info->imap_capability == NULL)
		return;
	mailimap_capability_data_free(info->imap_capability);
	info->imap_capability = NULL;
}

/* Ask where the server has not told by itself. */
static enum status
capabilities_ask(struct imap *im, struct fault *f)
{
	const struct mailimap_connection_info *info = im->m->imap_connection_info;
	enum imap_answer ans;

	if (info != NULL && info->imap_capability != NULL)
		return ST_OK;
	return imap_run(im, &ans, f, "CAPABILITY");
}

bool
imap_has(const struct imap *im, const char *capability)
{
	const struct mailimap_connection_info *info = im->m->imap_connection_info;

	if (info == NULL || info->imap_capability == NULL)
		return false;
	for (clistiter *i = clist_begin(info->imap_capability->cap_list); i != NULL;
	    i = clist_next(i)) {
		const struct mailimap_capability *c = clist_content(i);

		if (c->cap_type == MAILIMAP_CAPABILITY_NAME && c->cap_data.cap_name != NULL &&
		    span_ieq(span_of(c->cap_data.cap_name), capability))
			return true;
	}
	return false;
}

/* A BYE as greeting is to libetpan 1.9.4 a parse error, and a leak. */
static enum status
bye(struct imap *im, struct span line, struct fault *f)
{
	struct buf b BUF_AUTO;

	buf_open(&b, IMAP_PEEK * 4);
	utf8_clean(&b, span_trim(line), UTF8_ONE_LINE);
	return fault_set(f, ST_TEMP, "imap: %s: %s", im->url.host, b.z);
}

/* PREAUTH would take us past STARTTLS and the login (RFC 3501 7.1.4). */
static enum status
greeting(struct imap *im, struct fault *f)
{
	struct span line = imap_first_line(im);
	int r;

	if (span_istarts(line, "* BYE"))
		return bye(im, line, f);
	r = mailimap_connect(im->m, im->st);
	if (r == MAILIMAP_NO_ERROR_AUTHENTICATED)
		return fault_set(f, ST_PERM, "imap: the server greets with PREAUTH: refused");
	if (r != MAILIMAP_NO_ERROR_NON_AUTHENTICATED)
		return imap_failed(im, r, "greeting", f);
	return ST_OK;
}

/* What stands in the buffer behind the OK was sent in clear by somebody (CVE-2020-15953). */
static enum status
starttls(struct imap *im, int ms, struct fault *f)
{
	enum imap_answer ans;

	if (capabilities_ask(im, f) != ST_OK)
		return f->st;
	if (!imap_has(im, "STARTTLS"))
		return fault_set(f, ST_PERM, "imap: %s offers no STARTTLS", im->url.host);
	if (imap_run(im, &ans, f, "STARTTLS") != ST_OK)
		return f->st;
	if (ans != IMAP_OK)
		return imap_refused(im, ST_TEMP, "imap: STARTTLS refused", f);
	if (im->st->read_buffer_len != 0)
		return fault_set(f, ST_PERM, "imap: bytes in clear behind STARTTLS: refused");
	stream_starttls(&im->io, ms);
	if (stream_finish(im, f) != ST_OK)
		return f->st;
	memset(&im->guard, 0, sizeof im->guard);
	capabilities_forget(im);
	return ST_OK;
}

static enum status
login(struct imap *im, const struct imap_cfg *c, struct fault *f)
{
	int r;

	imap_begin(im, im->command_ms, IMAP_BUDGET);
	if (capabilities_ask(im, f) != ST_OK)
		return f->st;
	if (c->auth == NET_AUTH_PASSWORD && imap_has(im, "LOGINDISABLED"))
		return fault_set(f, ST_PERM, "imap: %s allows no LOGIN here", im->url.host);
	capabilities_forget(im);
	r = c->auth == NET_AUTH_XOAUTH2 ?
	    mailimap_oauth2_authenticate(im->m, c->user, c->secret) :
	    mailimap_login(im->m, c->user, c->secret);
	if (r == MAILIMAP_ERROR_LOGIN) {
		if (c->refused != NULL)
			*c->refused = !imap_code_later(im);
		return imap_refused(im, imap_code_later(im) ? ST_TEMP : ST_PERM,
		    "login refused", f);
	}
	if (r != MAILIMAP_NO_ERROR)
		return imap_failed(im, r, "login", f);
	return capabilities_ask(im, f);
}

static enum status
session_start(struct imap *im, const struct imap_cfg *c, struct fault *f)
{
	stream_dial(&im->io, &im->url, im->ca_file, c->connect_ms);
	if (stream_finish(im, f) != ST_OK)
		return f->st;
	imap_begin(im, c->connect_ms, IMAP_BUDGET);
	imap_stream_open(im);
	im->m = mailimap_new(0, NULL);
	if (im->st == NULL || im->m == NULL)
		return fault_set(f, ST_TEMP, "imap: no memory");
	if (greeting(im, f) != ST_OK)
		return f->st;
	if (im->url.tls == NET_STARTTLS && starttls(im, c->connect_ms, f) != ST_OK)
		return f->st;
	if (login(im, c, f) != ST_OK)
		return f->st;
	return imap_namespace(im, f);
}

enum status
imap_open(struct imap **out, const struct imap_cfg *c, struct fault *f)
{
	struct imap *im;

	*out = NULL;
	if (has_control(c->user) || has_control(c->secret))
		return fault_set(f, ST_PERM, "imap: a control character in user or password");
	im = calloc(1, sizeof *im);
	if (im == NULL)
		return fault_set(f, ST_TEMP, "imap: no memory");
	im->arena = arena_open();
	im->url = c->url;
	im->url.host = arena_strdup(im->arena, c->url.host);
	im->ca_file = arena_strdup(im->arena, c->ca_file);
	im->command_ms = c->command_ms;
	im->stop_fd = c->stop_fd;
	im->poke_fd = c->poke_fd;
	im->prefix = "";
	if (session_start(im, c, f) != ST_OK) {
		im->dead = true;
		imap_close(&im);
		return f->st;
	}
	*out = im;
	return ST_OK;
}

void
imap_close(struct imap **imp)
{
	struct imap *im = *imp;
	enum imap_answer ans;
	struct fault f;

	if (im == NULL)
		return;
	if (!im->dead) {
		imap_begin(im, LOGOUT_MS, IMAP_BUDGET);
		(void)!imap_run(im, &ans, &f, "LOGOUT");
	}
	if (im->m != NULL) {
		im->m->imap_stream = NULL;
		mailimap_free(im->m);
	}
	if (im->st != NULL)
		(void)mailstream_close(im->st);
	stream_close(&im->io);
	arena_close(&im->arena);
	free(im);
	*imp = NULL;
}

int
imap_tls_days(const struct imap *im, int64_t now)
{
	int64_t at = im->io.tls == NULL ? -1 : tls_expires(im->io.tls);

	if (at < 0)
		return -1;
	return at <= now ? 0 : (int)((at - now) / DAY);
}
