#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1024 };

static enum log_level log_max = LOG_L_INFO;

void
log_open(enum log_level max)
{
	log_max = max;
}

/* C0, DEL, and the second byte of a C1 control in UTF-8 (z[i + 1] is there: NUL at the end). */
static bool
control(const char *z, size_t i)
{
	const unsigned char c = (unsigned char)z[i], next = (unsigned char)z[i + 1];

	return c < 0x20 || c == 0x7f || (c == 0xc2 && next >= 0x80 && next < 0xa0);
}

/* Control bytes become '?': no value can end the line or colour a terminal. */
static void
log_line(enum log_level lv, const char *event, const char *text)
{
	char z[LINE_MAX_BYTES];
	int n = snprintf(z, sizeof z, "<%d>%s%s%s", (int)lv, event, *text ? " " : "", text);
	size_t len = n < 0 ? 0 : (size_t)n >= sizeof z ? sizeof z - 1 : (size_t)n;

	for (size_t i = 0; i < len; i++)
		if (control(z, i))
			z[i] = '?';
	z[len] = '\n';
	/* A journal that is gone must not stop the mail: the result is ignored. */
	if (write(STDERR_FILENO, z, len + 1) < 0)
		errno = 0;
}

void
log_event(enum log_level lv, const char *event, const char *fmt, ...)
{
	char text[LINE_MAX_BYTES];
	int saved = errno;
	va_list ap;

	if (lv > log_max)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	log_line(lv, event, text);
	errno = saved;
}

void
log_fault(enum log_level lv, const char *event, const struct fault *f)
{
	struct fault shown = *f;

	/* The text may quote a server: it must not end the value and begin another. */
	for (char *p = shown.text; *p != '\0'; p++)
		if (*p == '"')
			*p = '\'';
	log_event(lv, event, "class=%s why=\"%s\"", status_name(f->st), shown.text);
}
