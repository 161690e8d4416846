#include "smtp_int.h"

#include <string.h>

enum { LOCAL_MAX = 64, LABEL_MAX = 63 };

static bool
alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Atoms with dots between them (RFC 5321 4.1.2 Dot-string). */
static bool
local_good(struct span s)
{
	if (s.n == 0 || s.n > LOCAL_MAX || s.p[0] == '-' || s.p[0] == '.' ||
	    s.p[s.n - 1] == '.')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.' && s.p[i + 1] == '.')
			return false;
		if (s.p[i] == '\0' || (!alnum(s.p[i]) &&
		    strchr("!#$&'*+-/=?^_`{|}~.", s.p[i]) == NULL))
			return false;
	}
	return true;
}

static bool
domain_good(struct span s)
{
	struct span label;

	if (s.n == 0 || s.p[s.n - 1] == '.')
		return false;
	while (span_cut(&s, '.', &label)) {
		if (label.n == 0 || label.n > LABEL_MAX || label.p[0] == '-' ||
		    label.p[label.n - 1] == '-')
			return false;
		for (size_t i = 0; i < label.n; i++)
			if (!alnum(label.p[i]) && label.p[i] != '-')
				return false;
	}
	return true;
}

bool
smtp_address_good(const char *address)
{
	const char *at = strchr(address, '@');
	size_t n = strlen(address);

	return at != NULL && n <= LIMIT_ADDRESS &&
	    local_good(span_from(address, (size_t)(at - address))) &&
	    domain_good(span_of(at + 1));
}

void
smtp_base64(struct buf *out, struct span s)
{
	static const char abc[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < s.n; i += 3) {
		unsigned v = 0;

		for (size_t k = 0; k < 3; k++)
			v = v << 8 | (i + k < s.n ? (unsigned char)s.p[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			buf_addc(out, i + k > s.n ? '=' : abc[v >> (18 - 6 * k) & 63]);
	}
}

/* How many bytes from off on go as they are. */
static size_t
plain_run(struct span wire, size_t off)
{
	size_t i = off;

	while (i < wire.n && i - off < SMTP_CHUNK && wire.p[i] != '\r' && wire.p[i] != '\n')
		i++;
	return i - off;
}

void
smtp_body(struct buf *out, struct span wire, size_t *off, char *last)
{
	size_t begin = out->n;

	while (*off < wire.n && out->n - begin < SMTP_CHUNK) {
		size_t n = plain_run(wire, *off);

		if (n > 0) {
			if (*last == '\n' && wire.p[*off] == '.')
				buf_addc(out, '.');
			buf_add(out, span_from(wire.p + *off, n));
			*off += n;
			*last = 'x';
			continue;
		}
		*off += span_istarts(span_from(wire.p + *off, wire.n - *off), "\r\n") ? 2 : 1;
		buf_addz(out, "\r\n");
		*last = '\n';
	}
	if (*off == wire.n && *last != '\n') {
		buf_addz(out, "\r\n");
		*last = '\n';
	}
}
