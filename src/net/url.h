/* url.h - imap://, imaps://, smtp://, smtps:// as the configuration writes them. */
#ifndef NET_URL_H
#define NET_URL_H

#include "arena.h"

enum net_tls { NET_TLS, NET_STARTTLS, NET_PLAIN };	/* PLAIN only towards loopback */

struct net_url { const char *host; int port; enum net_tls tls; bool imap; };

/* starttls: "required" or "off".  ST_PERM with one line: unknown scheme, no host, bad port,
 * "off" towards a host that is not loopback (127/8, ::1, localhost). */
enum status net_url_parse(struct arena *a, const char *url, const char *starttls,
    struct net_url *out, struct fault *f) MUST_USE;

#endif
