/* duty.h - the clock's due work, done by the role that sends: alerts that nobody answered are
 * repeated, agents are reminded of dates and of urgent tickets, the cabinet gets its digest.
 *
 * What was done stands in the database, written with the mails in one commit: a crash or a
 * second run doubles nothing, and what a stop made late is done once. */
#ifndef APP_DUTY_H
#define APP_DUTY_H

#include "role.h"

/* A text that cannot be made is logged and keeps nothing else from being sent; other than
 * ST_OK only for the database. */
enum status duty_do(struct role *r, struct fault *f) MUST_USE;

/* Inside the caller's transaction: what the clock has asked for today by now counts as done,
 * and the digest that is due. */
enum status duty_settle(struct role *r, struct fault *f) MUST_USE;

#endif
