#include "log.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1024 };

static enum log_level log_max = LOG_L_INFO;
static unsigned lost;		/* lines since the last that the journal had room for */

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

/* A journal that is blocked must not stop the mail: the line is lost.  (A pipe that polls writable
 * takes 4 KiB at once, more than any line.) */
static bool
room(void)
{
	struct pollfd p = { STDERR_FILENO, POLLOUT, 0 };

	return poll(&p, 1, 0) > 0;
}

/* One that is gone must not either: the result is ignored. */
static void
put(const char *z, size_t n)
{
	if (write(STDERR_FILENO, z, n) < 0)
		errno = 0;
}

static void
lost_tell(void)
{
	char z[64];
	int n = snprintf(z, sizeof z, "<%d>log-lost lines=%u\n", (int)LOG_L_WARN, lost);

	lost = 0;
	put(z, (size_t)n);
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
	if (!room()) {
		lost++;
		return;
	}
	if (lost > 0)
		lost_tell();
	put(z, len + 1);
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
