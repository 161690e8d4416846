#include "status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static enum status fault_vset(struct fault *f, enum status st, const char *fmt, va_list ap)
    PRINTF(3, 0);

static enum status
fault_vset(struct fault *f, enum status st, const char *fmt, va_list ap)
{
	f->st = st;
	(void)vsnprintf(f->text, sizeof f->text, fmt, ap);
	return st;
}

enum status
fault_set(struct fault *f, enum status st, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)fault_vset(f, st, fmt, ap);
	va_end(ap);
	return st;
}

enum status
fault_errno(struct fault *f, enum status st, const char *fmt, ...)
{
	int saved = errno;
	size_t n;
	va_list ap;

	va_start(ap, fmt);
	(void)fault_vset(f, st, fmt, ap);
	va_end(ap);
	n = strlen(f->text);
	(void)snprintf(f->text + n, sizeof f->text - n, ": %s", strerror(saved));
	errno = saved;
	return st;
}

const char *
status_name(enum status st)
{
	switch (st) {
	case ST_OK: return "ok";
	case ST_NONE: return "none";
	case ST_TEMP: return "temp";
	case ST_PERM: return "perm";
	case ST_UNSURE: return "unsure";
	}
	return "?";
}
