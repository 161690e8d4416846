#include "notify_sd.h"

#include "span.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { INTERVAL_MAX_MS = 10 * 1000 };

void
notify_sd(const char *words)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t n = path != NULL ? strlen(path) : 0;
	int fd;

	if (n == 0 || n >= sizeof to.sun_path)
		return;
	memcpy(to.sun_path, path, n);
	if (path[0] == '@')
		to.sun_path[0] = '\0';	/* an abstract socket */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	if (sendto(fd, words, strlen(words), MSG_NOSIGNAL, (const struct sockaddr *)&to,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) < 0)
		errno = 0;	/* systemd is not ours to judge */
	(void)close(fd);
}

int
notify_sd_interval(void)
{
	const char *usec = getenv("WATCHDOG_USEC");
	unsigned long long v;

	if (usec == NULL || !span_number(span_of(usec), 1000000ull * 3600, &v) || v == 0 ||
	    v / 2000 > INTERVAL_MAX_MS)
		return INTERVAL_MAX_MS;
	return v < 2000 ? 1 : (int)(v / 2000);
}
