/* duty_int.h - between the files of duty. */
#ifndef APP_DUTY_INT_H
#define APP_DUTY_INT_H

#include "duty.h"

struct duty {
	struct role *role;
	const struct desk *desk;
	struct arena *a;
	int64_t now;
	const struct agent *agent;	/* whose turn it is */
};

/* What is read, decided and written in one transaction, or not at all. */
enum status duty_in_transaction(struct duty *g,
    enum status (*work)(struct duty *g, struct fault *f), struct fault *f) MUST_USE;

/* duty_greet.c: the guide to new agents. */
enum status duty_greet(struct duty *g, struct fault *f) MUST_USE;

/* "HH:MM" of the configuration, checked when that was read, on that day. */
int64_t duty_clock(const char *hhmm, date_day day);

/* duty_selftest.c: the daily mail to ourselves. */
enum status duty_selftest(struct duty *g, struct fault *f) MUST_USE;

/* duty_digest.c: the cabinet's, once a week. */
enum status duty_digest(struct duty *g, struct fault *f) MUST_USE;
enum status duty_digest_settle(struct duty *g, struct fault *f) MUST_USE;

/* duty_morning.c: each agent's list, on open days. */
enum status duty_morning(struct duty *g, struct fault *f) MUST_USE;

#endif
