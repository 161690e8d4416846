/* Authentication-Results: what our own border says, and what strangers say in its name. */
#include "authres.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define AR "Authentication-Results: "

static const struct {
	const char *raw;
	bool present, proves, refutes;
} cases[] = {
	{ AR "mx.ville.fr; dmarc=pass header.from=x.fr\n", true, true, false },
	{ AR "MX.Ville.FR 1;\n dmarc=pass (p=none)\n header.from=X.FR\n", true, true, false },
	{ AR "mx.ville.fr; dmarc=pass\n", true, false, false },		/* names nobody */
	{ AR "mx.ville.fr; dmarc=pass header.from=y.fr\n", true, false, false },
	{ AR "mx.ville.fr; dmarc=fail header.from=x.fr\n", true, false, true },
	{ AR "mx.ville.fr; spf=pass; dkim=pass header.d=x.fr\n", true, true, false },
	{ AR "mx.ville.fr; dkim=pass header.d=mail.x.fr\n", true, true, false },
	{ AR "mx.ville.fr; dkim=pass header.d=evil.fr\n", true, false, false },
	{ AR "mx.ville.fr; dkim=pass header.d=fr\n", true, false, false },
	{ AR "mx.ville.fr; dkim=pass header.d=ax.fr\n", true, false, false },
	{ AR "mx.ville.fr; dkim=fail header.d=x.fr; dkim=pass header.i=@x.fr\n", true, true,
	    false },
	{ AR "mx.ville.fr; spf=fail smtp.mailfrom=x.fr\n", true, false, true },
	{ AR "mx.ville.fr; spf=softfail smtp.mailfrom=x.fr; dkim=none\n", true, false, true },
	{ AR "mx.ville.fr; spf=fail smtp.mailfrom=x.fr; dkim=pass header.d=x.fr\n", true, true,
	    false },
	{ AR "mx.ville.fr; spf=fail smtp.mailfrom=x.fr; dmarc=pass header.from=x.fr\n", true,
	    true, false },
	{ AR "mx.ville.fr; spf=fail smtp.helo=h; spf=pass smtp.mailfrom=x.fr\n", true, false,
	    false },
	{ AR "mx.ville.fr; none\n", true, false, false },
	{ AR "mx.ville.fr\n", true, false, false },
	/* Not ours, or not its words. */
	{ AR "evil.fr; dmarc=pass header.from=x.fr\n", false, false, false },
	{ AR "mx.ville.fr.evil.fr; dmarc=pass header.from=x.fr\n", false, false, false },
	{ AR "(mx.ville.fr) evil.fr; dmarc=pass header.from=x.fr\n", false, false, false },
	{ AR "mx.ville.fr; spf=none (dmarc=pass header.from=x.fr)\n", true, false, false },
	{ AR "mx.ville.fr; spf=none (a(b) ; dmarc=pass header.from=x.fr)\n", true, false,
	    false },
	{ AR "mx.ville.fr; spf=none (; dmarc=pass header.from=x.fr\n", true, false, false },
	{ AR "mx.ville.fr; spf=none reason=\"; dmarc=pass header.from=x.fr\"\n", true, false,
	    false },
	{ AR "mx.ville.fr; spf=none reason=\"\\\"; dmarc=pass header.from=x.fr\"\n", true,
	    false,
	    false },
	/* The top-most of ours counts, and only that one. */
	{ AR "mx.ville.fr; dmarc=fail header.from=x.fr\n"
	    AR "mx.ville.fr; dmarc=pass header.from=x.fr\n", true, false, true },
	{ AR "autre.fr; dmarc=fail header.from=x.fr\n"
	    AR "mx.ville.fr; dmarc=pass header.from=x.fr\n", true, true, false },
	{ "Subject: rien\n", false, false, false },
};

static void
test_cases(void **s)
{
	struct arena *a = arena_open();

	(void)s;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct headers h;
		struct span body;
		struct authres r;

		header_scan(a, span_of(cases[i].raw), &h, &body);
		authres_read(a, &h, "mx.ville.fr", "x.fr", &r);
		if (r.present != cases[i].present || authres_proves(&r) != cases[i].proves ||
		    authres_refutes(&r) != cases[i].refutes)
			fail_msg("%s: %d %d %d", cases[i].raw, r.present, authres_proves(&r),
			    authres_refutes(&r));
	}
	arena_close(&a);
}

static void
test_nobody_trusted(void **s)
{
	struct arena *a = arena_open();
	struct headers h;
	struct span body;
	struct authres r;

	(void)s;
	header_scan(a, span_of(AR "; dmarc=pass header.from=x.fr\n"), &h, &body);
	authres_read(a, &h, "", "x.fr", &r);
	assert_false(r.present);
	assert_false(authres_proves(&r));
	arena_close(&a);
}

int
main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(test_cases), cmocka_unit_test(test_nobody_trusted),
	};

	return cmocka_run_group_tests(t, NULL, NULL);
}
