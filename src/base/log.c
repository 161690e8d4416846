#include "log.h"

#include <errno.h>
#include <stdarg.h>
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

/* Control bytes become '?': no value can end the line or colour a terminal. */
static void
log_line(enum log_level lv, const char *event, const char *text)
{
	char z[LINE_MAX_BYTES];
	int n = snprintf(z, sizeof z, "<%d>%s%s%s", (int)lv, event, *text ? " " : "", text);
	size_t len = n < 0 ? 0 : (size_t)n >= sizeof z ? sizeof z - 1 : (size_t)n;

	for (size_t i = 0; i < len; i++)
		if ((unsigned char)z[i] < 0x20 || (unsigned char)z[i] == 0x7f)
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
	log_event(lv, event, "class=%s why=\"%s\"", status_name(f->st), f->text);
}
