/* selftest.h - the daily mail to ourselves: out through the relay, back by the mailbox, so that
 * a road on which citizens' mail is lost is noticed without one of them.
 *
 * It is known again by its signed Message-ID alone (msgid.h), and only the first return of the
 * very id that was sent counts: nobody else can make one, and an old one sent again proves
 * nothing.
 * Where answers may come to a plus address it goes to one, which proves that those arrive. */
#ifndef DESK_SELFTEST_H
#define DESK_SELFTEST_H

#include "plan.h"

struct selftest {
	int64_t sent;			/* into the outbox; 0: there was none */
	int64_t returned;		/* 0: not */
	bool late;			/* was not back in time; the administrator knows */
	bool plus;			/* it went to a plus address */
};

enum selftest_state { SELFTEST_NEVER, SELFTEST_UNDER_WAY, SELFTEST_BACK, SELFTEST_LATE };
enum selftest_state selftest_state(const struct selftest *t);

/* How far one came that is not back. */
enum selftest_stage { SELFTEST_WAITS, SELFTEST_REFUSED, SELFTEST_GONE };
struct selftest_lost {
	int32_t day;
	int64_t sent;
	enum selftest_stage stage;
	const char *said;		/* the relay's words, "" none */
	bool known;			/* the one before it is lost too: told already */
};

/* Only out->mails and nmails are made. */
enum status selftest_mail(struct arena *a, const struct desk *d, int64_t now,
    const struct plan_facts *random, struct plan *out, struct fault *f) MUST_USE;
/* To the administrator; no mail where there is none. */
enum status selftest_alert(struct arena *a, const struct desk *d, const struct selftest_lost *t,
    int minutes, int64_t now, const struct plan_facts *random, struct plan *out,
    struct fault *f) MUST_USE;

#endif
