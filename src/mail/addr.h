/* addr.h - mail addresses (RFC 5322 3.4), read from raw header bytes.
 *
 * Decisions compare the address on the raw bytes, before any decoding: an encoded word
 * inside an address is no address.  The display name is for people's eyes only. */
#ifndef MAIL_ADDR_H
#define MAIL_ADDR_H

#include "arena.h"
#include "span.h"
#include "status.h"

/* "" when absent, never NULL.  `spec` is local@domain with the domain in lower case. */
struct addr { const char *name, *spec; };
struct addrs { struct addr *v; size_t n; bool broken; };	/* broken: junk between or in them */

/* Every mailbox of a header value, groups flattened, comments dropped, at most
 * LIMIT_ADDRESSES; linear in the value.  Names are left encoded (see rfc2047_decode).
 * false: a limit left some of it out. */
bool addr_list(struct arena *a, struct span value, struct addrs *out);

/* May we send to it?  ASCII atoms, one @, a domain with a dot or "localhost", at most
 * LIMIT_ADDRESS, no leading '-', no '%' or '!' route, no quoted local part, no literal. */
bool addr_is_strict(const char *spec);
/* ASCII case-insensitive, as every mail provider does. */
bool addr_same(const char *x, const char *y);
/* Lower-case copy, the key under which a person is kept. */
const char *addr_key(struct arena *a, const char *spec);
const char *addr_domain(const char *spec);	/* behind the last @; "" when none */
struct span addr_local(const char *spec);	/* before it, without a +detail */

#endif
