#include "url.h"

#include <string.h>

static const struct scheme {
	const char *prefix;
	int port;
	enum net_tls tls;	/* NET_STARTTLS: or NET_PLAIN, as the second key says */
	bool imap;
} schemes[] = {
	{ "imaps://", 993, NET_TLS, true },
	{ "imap://", 143, NET_STARTTLS, true },
	{ "smtps://", 465, NET_TLS, false },
	{ "smtp://", 25, NET_STARTTLS, false },
};

enum { N_SCHEMES = sizeof schemes / sizeof schemes[0], HOST_MAX = 253 };

static bool
host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '.' || c == '-' || c == '_';
}

static bool
host_good(struct span h, bool literal6)
{
	if (h.n == 0 || h.n > HOST_MAX || h.p[0] == '-' || h.p[0] == '.')
		return literal6 && h.n > 1 && h.p[0] == ':';
	for (size_t i = 0; i < h.n; i++)
		if (!host_char(h.p[i]) && !(literal6 && h.p[i] == ':'))
			return false;
	return true;
}

static bool
host_loopback(const char *h)
{
	return strcmp(h, "localhost") == 0 || strcmp(h, "::1") == 0 ||
	    (strncmp(h, "127.", 4) == 0 && strspn(h, "0123456789.") == strlen(h));
}

/* Cut the host off *rest; what stays is "" or ":port". */
static bool
host_cut(struct span *rest, struct span *host, bool *literal6)
{
	const char *end;
	size_t n;

	*literal6 = rest->n > 0 && rest->p[0] == '[';
	end = memchr(rest->p, *literal6 ? ']' : ':', rest->n);
	if (*literal6 && end == NULL)
		return false;
	n = end == NULL ? rest->n : (size_t)(end - rest->p);
	*host = *literal6 ? span_from(rest->p + 1, n - 1) : span_from(rest->p, n);
	n += *literal6;
	*rest = span_from(rest->p + n, rest->n - n);
	return host_good(*host, *literal6);
}

static bool
port_read(struct span rest, int *port)
{
	unsigned long long v;

	if (rest.n == 0)
		return true;
	if (rest.p[0] != ':' || !span_number(span_from(rest.p + 1, rest.n - 1), 65535, &v) ||
	    v == 0)
		return false;
	*port = (int)v;
	return true;
}

/* What the second key makes of a scheme that begins in clear. */
static enum status
clear_begin(struct net_url *u, const char *starttls, struct fault *f)
{
	if (strcmp(starttls, "required") == 0)
		return ST_OK;
	if (strcmp(starttls, "off") != 0)
		return fault_set(f, ST_PERM, "starttls is \"required\" or \"off\"");
	if (!host_loopback(u->host))
		return fault_set(f, ST_PERM,
		    "starttls = off only towards loopback, not %s", u->host);
	u->tls = NET_PLAIN;
	return ST_OK;
}

enum status
net_url_parse(struct arena *a, const char *url, const char *starttls, struct net_url *out,
    struct fault *f)
{
	struct span rest = span_trim(span_of(url)), host;
	const struct scheme *s = schemes;
	bool literal6;

	while (s < schemes + N_SCHEMES && !span_istarts(rest, s->prefix))
		s++;
	if (s == schemes + N_SCHEMES)
		return fault_set(f, ST_PERM,
		    "\"%s\" is not imap://, imaps://, smtp:// or smtps://", url);
	rest = span_from(rest.p + strlen(s->prefix), rest.n - strlen(s->prefix));
	if (rest.n > 0 && rest.p[rest.n - 1] == '/')
		rest.n--;
	*out = (struct net_url){ .host = "", .port = s->port, .tls = s->tls, .imap = s->imap };
	if (!host_cut(&rest, &host, &literal6))
		return fault_set(f, ST_PERM, "\"%s\": no host, or not in ASCII letters", url);
	if (!port_read(rest, &out->port))
		return fault_set(f, ST_PERM, "\"%s\": a port is a number up to 65535", url);
	out->host = arena_span(a, host);
	return s->tls == NET_STARTTLS ? clear_begin(out, starttls, f) : ST_OK;
}
