#include "oauth2.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <malloc.h>
#include <poll.h>
#include <string.h>

enum { FORM_MAX = 128 * 1024, PROGRESS_STOP = 1 };

/* The flavour that shares GnuTLS with the rest of us. */
static const char library[] = "libcurl-gnutls.so.4";

static struct {
	bool good;
	void *handle;
	__typeof__(curl_global_init) *global_init;
	__typeof__(curl_easy_init) *init;
	__typeof__(curl_easy_setopt) *set;
	__typeof__(curl_easy_perform) *perform;
	__typeof__(curl_easy_getinfo) *info;
	__typeof__(curl_easy_strerror) *error;
	__typeof__(curl_easy_cleanup) *cleanup;
} lib;

struct fetch { const struct oauth2_cfg *c; struct buf form, body; };

static enum status
lib_load(struct fault *f)
{
	const struct { const char *name; void *to; } symbols[] = {
		{ "curl_global_init", &lib.global_init }, { "curl_easy_init", &lib.init },
		{ "curl_easy_setopt", &lib.set }, { "curl_easy_perform", &lib.perform },
		{ "curl_easy_getinfo", &lib.info }, { "curl_easy_strerror", &lib.error },
		{ "curl_easy_cleanup", &lib.cleanup },
	};

	if (lib.good)
		return ST_OK;
	lib.handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
	if (lib.handle == NULL)
		return fault_set(f, ST_PERM, "oauth2: %s is not installed", library);
	for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
		void *p = dlsym(lib.handle, symbols[i].name);

		if (p == NULL)
			return fault_set(f, ST_PERM, "oauth2: %s has no %s", library,
			    symbols[i].name);
		memcpy(symbols[i].to, &p, sizeof p);
	}
	if (lib.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return fault_set(f, ST_PERM, "oauth2: %s does not start", library);
	lib.good = true;
	return ST_OK;
}

/* ---- the request ---- */

static bool
is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '-' || c == '.' || c == '_' || c == '~';
}

static void
field(struct buf *out, const char *name, const char *value)
{
	if (value[0] == '\0')
		return;
	buf_addf(out, "%s%s=", out->n > 0 ? "&" : "", name);
	for (; *value != '\0'; value++)
		if (is_unreserved(*value))
			buf_addc(out, *value);
		else
			buf_addf(out, "%%%02X", (unsigned)(unsigned char)*value);
}

void
oauth2_form(struct buf *out, const struct oauth2_cfg *c)
{
	bool refresh = c->grant == OAUTH2_REFRESH_TOKEN;

	field(out, "grant_type", refresh ? "refresh_token" : "client_credentials");
	if (refresh)
		field(out, "refresh_token", c->refresh_token);
	field(out, "client_id", c->client_id);
	field(out, "client_secret", c->client_secret);
	field(out, "scope", c->scope);
}

static size_t
body_take(char *p, size_t size, size_t n, void *ctx)
{
	struct fetch *g = ctx;

	buf_add(&g->body, span_from(p, size * n));
	return buf_full(&g->body) ? 0 : size * n;
}

/* libcurl asks at least once a second. */
static int
progress(void *ctx, curl_off_t dltotal, curl_off_t dlnow, curl_off_t ultotal, curl_off_t ulnow)
{
	const struct fetch *g = ctx;
	struct pollfd p = { g->c->stop_fd, POLLIN, 0 };

	(void)dltotal, (void)dlnow, (void)ultotal, (void)ulnow;
	return p.fd >= 0 && poll(&p, 1, 0) > 0 ? PROGRESS_STOP : 0;
}

static CURLcode
options_set(CURL *e, struct fetch *g)
{
	const struct oauth2_cfg *c = g->c;
	const struct { CURLoption o; long v; } longs[] = {
		{ CURLOPT_SSL_VERIFYPEER, 1 }, { CURLOPT_SSL_VERIFYHOST, 2 },
		{ CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 }, { CURLOPT_FOLLOWLOCATION, 0 },
		{ CURLOPT_TIMEOUT_MS, c->deadline_ms }, { CURLOPT_NOSIGNAL, 1 },
		{ CURLOPT_NETRC, CURL_NETRC_IGNORED }, { CURLOPT_NOPROGRESS, 0 },
		{ CURLOPT_FRESH_CONNECT, 1 }, { CURLOPT_FORBID_REUSE, 1 },
		{ CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
		{ CURLOPT_POSTFIELDSIZE, (long)g->form.n },
	};
	const struct { CURLoption o; const char *v; } words[] = {
		{ CURLOPT_URL, c->token_url }, { CURLOPT_PROTOCOLS_STR, "https" },
		{ CURLOPT_PROXY, "" }, { CURLOPT_NOPROXY, "*" },
		{ CURLOPT_POSTFIELDS, g->form.z },
	};
	CURLcode rc = CURLE_OK;

	for (size_t i = 0; rc == CURLE_OK && i < sizeof longs / sizeof *longs; i++)
		rc = lib.set(e, longs[i].o, longs[i].v);
	for (size_t i = 0; rc == CURLE_OK && i < sizeof words / sizeof *words; i++)
		rc = lib.set(e, words[i].o, words[i].v);
	if (rc == CURLE_OK && c->ca_file[0] != '\0')
		rc = lib.set(e, CURLOPT_CAINFO, c->ca_file);
	if (rc == CURLE_OK)
		rc = lib.set(e, CURLOPT_WRITEFUNCTION, body_take);
	if (rc == CURLE_OK)
		rc = lib.set(e, CURLOPT_WRITEDATA, g);
	if (rc == CURLE_OK)
		rc = lib.set(e, CURLOPT_XFERINFOFUNCTION, progress);
	return rc == CURLE_OK ? lib.set(e, CURLOPT_XFERINFODATA, g) : rc;
}

static enum status
curl_failed(CURLcode rc, struct fault *f)
{
	bool human = rc == CURLE_PEER_FAILED_VERIFICATION || rc == CURLE_SSL_CACERT_BADFILE ||
	    rc == CURLE_URL_MALFORMAT || rc == CURLE_UNSUPPORTED_PROTOCOL;

	return fault_set(f, human ? ST_PERM : ST_TEMP, "oauth2: the token service: %s",
	    rc == CURLE_WRITE_ERROR ? "its answer is too long" : lib.error(rc));
}

static enum status
fetch_run(struct arena *a, struct fetch *g, struct oauth2_token *out, struct fault *f)
{
	CURL *e = lib.init();
	CURLcode rc = e == NULL ? CURLE_OUT_OF_MEMORY : options_set(e, g);
	long code = 0;

	if (rc == CURLE_OK)
		rc = lib.perform(e);
	if (rc == CURLE_OK)
		rc = lib.info(e, CURLINFO_RESPONSE_CODE, &code);
	lib.cleanup(e);
	if (rc != CURLE_OK)
		return curl_failed(rc, f);
	return oauth2_answer(a, code, buf_span(&g->body), out, f);
}

enum status
oauth2_fetch(struct arena *a, const struct oauth2_cfg *c, struct oauth2_token *out,
    struct fault *f)
{
	struct fetch g = { .c = c };
	enum status st = lib_load(f);

	if (st != ST_OK)
		return st;
	buf_open(&g.form, FORM_MAX);
	buf_open(&g.body, OAUTH2_ANSWER_MAX);
	/* At once: where text grows, copies of secrets stay behind. */
	buf_reserve(&g.form, FORM_MAX);
	buf_reserve(&g.body, OAUTH2_ANSWER_MAX);
	oauth2_form(&g.form, c);
	st = fetch_run(a, &g, out, f);
	explicit_bzero(g.form.z, g.form.n);
	explicit_bzero(g.body.z, g.body.n);
	buf_close(&g.form);
	buf_close(&g.body);
	(void)malloc_trim(0);	/* a hundred and more authorities were read for one handshake */
	return st;
}
