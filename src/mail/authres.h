/* authres.h - Authentication-Results (RFC 8601) of our own border server.
 *
 * Only the top-most field whose authserv-id is ours is believed. Comments and quoted
 * strings are taken out by the grammar first, so that "(dmarc=pass)" proves nothing. */
#ifndef MAIL_AUTHRES_H
#define MAIL_AUTHRES_H

#include "arena.h"
#include "header.h"

enum auth_result { AUTH_NONE, AUTH_PASS, AUTH_FAIL, AUTH_OTHER };

struct authres {
	bool present;			/* one of ours is there */
	enum auth_result dmarc;		/* for that From domain; softfail counts as fail */
	enum auth_result spf;
	enum auth_result dkim;		/* AUTH_PASS only when aligned with the From domain */
};

/* authserv_id "" believes none.  from_domain: of the From address. */
void authres_read(struct arena *a, const struct headers *h, const char *authserv_id,
    const char *from_domain, struct authres *out);
/* The authserv-id of one such field, comments gone, as written; "" when there is none. */
const char *authres_id(struct arena *a, struct span value);
/* dmarc=pass, or no dmarc result and an aligned dkim=pass. */
bool authres_proves(const struct authres *r);
/* dmarc=fail, or no dmarc result and spf=fail without an aligned dkim=pass. */
bool authres_refutes(const struct authres *r);

#endif
