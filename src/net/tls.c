#include "tls.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

struct tls {
	gnutls_session_t s;
	gnutls_certificate_credentials_t cred;
	const char *host;
};

enum { SOFT_ERRORS_MAX = 16 };	/* warning alerts in a row before we stop listening */

static const struct reason { unsigned bit; const char *text; } reasons[] = {
	{ GNUTLS_CERT_UNEXPECTED_OWNER, "it is for another host" },
	{ GNUTLS_CERT_EXPIRED, "it has expired" },
	{ GNUTLS_CERT_NOT_ACTIVATED, "it is not yet valid" },
	{ GNUTLS_CERT_REVOKED, "it was revoked" },
	{ GNUTLS_CERT_SIGNER_NOT_FOUND, "unknown CA" },
	{ GNUTLS_CERT_SIGNER_NOT_CA, "its signer is no CA" },
	{ GNUTLS_CERT_INSECURE_ALGORITHM, "insecure algorithm" },
};

static enum status
trust_load(struct tls *t, const char *ca_file, struct fault *f)
{
	int n;

	if (gnutls_certificate_allocate_credentials(&t->cred) != 0)
		return fault_set(f, ST_TEMP, "TLS: no memory");
	n = ca_file[0] == '\0' ? gnutls_certificate_set_x509_system_trust(t->cred) :
	    gnutls_certificate_set_x509_trust_file(t->cred, ca_file, GNUTLS_X509_FMT_PEM);
	if (n <= 0)
		return fault_set(f, ST_PERM, "no CA certificate in %s",
		    ca_file[0] == '\0' ? "the system's store" : ca_file);
	return ST_OK;
}

/* RFC 6066 3: SNI is for names only. */
static bool
is_address(const char *host)
{
	return strchr(host, ':') != NULL || strspn(host, "0123456789.") == strlen(host);
}

enum status
tls_open(struct tls **out, int fd, const char *host, const char *ca_file, struct fault *f)
{
	struct tls *t = calloc(1, sizeof *t);

	*out = NULL;
	if (t == NULL)
		return fault_set(f, ST_TEMP, "TLS: no memory");
	t->host = host;
	if (trust_load(t, ca_file, f) != ST_OK) {
		tls_close(&t);
		return f->st;
	}
	if (gnutls_init(&t->s, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) != 0 ||
	    gnutls_priority_set_direct(t->s,
	    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2", NULL) != 0 ||
	    gnutls_credentials_set(t->s, GNUTLS_CRD_CERTIFICATE, t->cred) != 0 ||
	    (!is_address(host) &&
	    gnutls_server_name_set(t->s, GNUTLS_NAME_DNS, host, strlen(host)) != 0)) {
		tls_close(&t);
		return fault_set(f, ST_TEMP, "TLS: cannot set up a session");
	}
	gnutls_session_set_verify_cert(t->s, host, 0);
	gnutls_handshake_set_timeout(t->s, GNUTLS_INDEFINITE_TIMEOUT);
	gnutls_transport_set_int(t->s, fd);
	*out = t;
	return ST_OK;
}

void
tls_close(struct tls **tp)
{
	struct tls *t = *tp;

	if (t == NULL)
		return;
	if (t->s != NULL)
		gnutls_deinit(t->s);
	if (t->cred != NULL)
		gnutls_certificate_free_credentials(t->cred);
	free(t);
	*tp = NULL;
}

static void
want_of(struct tls *t, short *want)
{
	*want = gnutls_record_get_direction(t->s) == 1 ? POLLOUT : POLLIN;
}

static int
certificate_refused(struct tls *t, struct fault *f)
{
	unsigned st = gnutls_session_get_verify_cert_status(t->s);
	size_t i = 0;

	while (i < sizeof reasons / sizeof reasons[0] && (st & reasons[i].bit) == 0)
		i++;
	(void)fault_set(f, ST_PERM, "certificate of %s refused: %s", t->host,
	    i < sizeof reasons / sizeof reasons[0] ? reasons[i].text : "not valid");
	return -1;
}

int
tls_handshake(struct tls *t, short *want, struct fault *f)
{
	int r = 0;

	for (int i = 0; i < SOFT_ERRORS_MAX; i++) {
		r = gnutls_handshake(t->s);
		if (r == 0)
			return 1;
		if (r == GNUTLS_E_AGAIN) {
			want_of(t, want);
			return 0;
		}
		if (gnutls_error_is_fatal(r))
			break;
	}
	if (r == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR)
		return certificate_refused(t, f);
	(void)fault_set(f, r == GNUTLS_E_UNSUPPORTED_VERSION_PACKET ? ST_PERM : ST_TEMP,
	    "TLS with %s: %s", t->host, gnutls_strerror(r));
	return -1;
}

static ssize_t
record_result(struct tls *t, ssize_t r, struct fault *f)
{
	if (r == 0)
		(void)fault_set(f, ST_TEMP, "%s closed the connection", t->host);
	else
		(void)fault_set(f, ST_TEMP, "connection with %s: %s", t->host,
		    gnutls_strerror((int)r));
	return -1;
}

ssize_t
tls_recv(struct tls *t, void *p, size_t n, short *want, struct fault *f)
{
	ssize_t r = 0;

	for (int i = 0; i < SOFT_ERRORS_MAX; i++) {
		r = gnutls_record_recv(t->s, p, n);
		if (r > 0)
			return r;
		if (r == GNUTLS_E_AGAIN) {
			want_of(t, want);
			return 0;
		}
		if (r == 0 || gnutls_error_is_fatal((int)r))
			break;
	}
	return record_result(t, r, f);
}

ssize_t
tls_send(struct tls *t, const void *p, size_t n, short *want, struct fault *f)
{
	ssize_t r = 0;

	for (int i = 0; i < SOFT_ERRORS_MAX; i++) {
		r = gnutls_record_send(t->s, p, n);
		if (r > 0)
			return r;
		if (r == GNUTLS_E_AGAIN) {
			want_of(t, want);
			return 0;
		}
		if (r == 0 || gnutls_error_is_fatal((int)r))
			break;
	}
	return record_result(t, r, f);
}

void
tls_bye(struct tls *t)
{
	(void)gnutls_bye(t->s, GNUTLS_SHUT_WR);
}

int64_t
tls_expires(const struct tls *t)
{
	unsigned n = 0;
	const gnutls_datum_t *list = gnutls_certificate_get_peers(t->s, &n);
	gnutls_x509_crt_t crt;
	int64_t at = -1;

	if (list == NULL || n == 0 || gnutls_x509_crt_init(&crt) != 0)
		return -1;
	if (gnutls_x509_crt_import(crt, &list[0], GNUTLS_X509_FMT_DER) == 0)
		at = (int64_t)gnutls_x509_crt_get_expiration_time(crt);
	gnutls_x509_crt_deinit(crt);
	return at;
}
