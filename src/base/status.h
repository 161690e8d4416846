/* status.h - what a failed call means for the caller.
 *
 * Every function that can fail returns an enum status; the class decides what
 * the daemon does next, the text only tells a human why. */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF(a, b) __attribute__((format(printf, a, b)))
/* x_close() as a scope's end: it takes a pointer to the handle and accepts NULL in it. */
#define AUTO(close) __attribute__((cleanup(close)))

enum status {
	ST_OK = 0,
	ST_NONE,	/* nothing there: not an error */
	ST_TEMP,	/* try the same thing again later */
	ST_PERM,	/* will never work: tell a human, do not retry */
	ST_UNSURE,	/* may have happened: never repeat without a check */
};

/* Fixed size, so that reporting an error needs no memory and no owner. */
struct fault {
	enum status st;
	char text[360];
};

/* Record a fault and return its class, so callers can `return fault_set(...)`.
 * Text longer than the field is cut. */
enum status fault_set(struct fault *f, enum status st, const char *fmt, ...)
    PRINTF(3, 4);
/* The same, with ": " and errno's text behind it; errno is kept. */
enum status fault_errno(struct fault *f, enum status st, const char *fmt, ...)
    PRINTF(3, 4);

const char *status_name(enum status st);

#endif
