#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include <string.h>

#include "url.h"

static const struct good {
	const char *url, *starttls, *host;
	int port;
	enum net_tls tls;
	bool imap;
} goods[] = {
	{ "imaps://mail.test", "required", "mail.test", 993, NET_TLS, true },
	{ "imaps://mail.test", "off", "mail.test", 993, NET_TLS, true },
	{ "imap://mail.test", "required", "mail.test", 143, NET_STARTTLS, true },
	{ "imap://localhost", "off", "localhost", 143, NET_PLAIN, true },
	{ "IMAPS://Mail.test/", "required", "Mail.test", 993, NET_TLS, true },
	{ " smtps://mail.test:1465 ", "required", "mail.test", 1465, NET_TLS, false },
	{ "smtp://mail.test", "required", "mail.test", 25, NET_STARTTLS, false },
	{ "smtp://127.0.0.1:2525", "off", "127.0.0.1", 2525, NET_PLAIN, false },
	{ "smtp://127.1.2.3", "off", "127.1.2.3", 25, NET_PLAIN, false },
	{ "smtp://[::1]:25", "off", "::1", 25, NET_PLAIN, false },
	{ "imaps://[2001:db8::1]", "required", "2001:db8::1", 993, NET_TLS, true },
	{ "imaps://mail.test:65535", "required", "mail.test", 65535, NET_TLS, true },
};

static const struct bad { const char *url, *starttls, *why; } bads[] = {
	{ "", "required", "is not imap://" },
	{ "http://mail.test", "required", "is not imap://" },
	{ "mail.test", "required", "is not imap://" },
	{ "imaps://", "required", "no host" },
	{ "imaps://:993", "required", "no host" },
	{ "imaps:///", "required", "no host" },
	{ "imaps://-a.test", "required", "no host" },
	{ "imaps://me@mail.test", "required", "no host" },
	{ "imaps://mail.test/INBOX", "required", "no host" },
	{ "imaps://mél.test", "required", "not in ASCII" },
	{ "imaps://ma il.test", "required", "no host" },
	{ "imaps://[::1", "required", "no host" },
	{ "imaps://mail.test:", "required", "a port" },
	{ "imaps://mail.test:0", "required", "a port" },
	{ "imaps://mail.test:65536", "required", "a port" },
	{ "imaps://mail.test:9a", "required", "a port" },
	{ "imaps://[::1]x", "required", "a port" },
	{ "imap://mail.test", "off", "only towards loopback" },
	{ "smtp://127.evil.test", "off", "only towards loopback" },
	{ "smtp://localhost.evil.test", "off", "only towards loopback" },
	{ "smtp://10.127.0.1", "off", "only towards loopback" },
	{ "smtp://mail.test", "", "\"required\" or \"off\"" },
	{ "smtp://mail.test", "no", "\"required\" or \"off\"" },
};

static void
test_good(void **state)
{
	struct arena *a ARENA_AUTO = arena_open();
	struct net_url u;
	struct fault f = { .text = "" };

	(void)state;
	for (size_t i = 0; i < sizeof goods / sizeof goods[0]; i++) {
		const struct good *g = &goods[i];

		if (net_url_parse(a, g->url, g->starttls, &u, &f) != ST_OK)
			fail_msg("%s: %s", g->url, f.text);
		assert_string_equal(u.host, g->host);
		assert_int_equal(u.port, g->port);
		assert_int_equal(u.tls, g->tls);
		assert_int_equal(u.imap, g->imap);
	}
}

static void
test_bad(void **state)
{
	struct arena *a ARENA_AUTO = arena_open();
	struct net_url u;
	struct fault f;

	(void)state;
	for (size_t i = 0; i < sizeof bads / sizeof bads[0]; i++) {
		const struct bad *b = &bads[i];

		if (net_url_parse(a, b->url, b->starttls, &u, &f) != ST_PERM)
			fail_msg("%s was taken", b->url);
		if (strstr(f.text, b->why) == NULL)
			fail_msg("%s: %s", b->url, f.text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
