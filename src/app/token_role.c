/* token_role.c - the role that keeps the refresh token: it answers intake and post. */
#include "role.h"
#include "token_ask.h"

#include "log.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>

enum { BUSY_MS = 2 * 60 * 1000, BEAT_MS = 30 * 1000 };

static void
answer(struct token_keeper *k, int fd, uint64_t refused)
{
	struct token_told t = { 0 };
	struct fault f = { 0 };
	struct token now;

	t.st = (int32_t)token_get(k, refused, &now, &f);
	t.id = now.id;
	(void)snprintf(t.text, sizeof t.text, "%s", t.st == ST_OK ? now.text : f.text);
	if (send(fd, &t, offsetof(struct token_told, text) + strlen(t.text) + 1, MSG_NOSIGNAL) < 0)
		log_event(LOG_L_WARN, "token-answer", "sent=no");
	explicit_bzero(&t, sizeof t);
}

/* An asker that is gone is not listened to any more. */
static void
ask_take(struct token_keeper *k, struct pollfd *p)
{
	struct token_ask q;
	ssize_t n = recv(p->fd, &q, sizeof q, MSG_DONTWAIT);

	if (n == (ssize_t)sizeof q)
		answer(k, p->fd, q.refused);
	else if (n == 0)
		p->fd = -1;
}

int
token_run(struct role *r)
{
	struct pollfd p[] = { { r->stop_fd, POLLIN, 0 }, { r->asked_fd[0], POLLIN, 0 },
	    { r->asked_fd[1], POLLIN, 0 } };
	struct token_keeper *k;

	token_open(&k, r->setup->cfg, &r->token_secrets, r->stop_fd);
	while (!role_stops(r)) {
		int ms = token_wait_ms(k);

		role_beat(r, BUSY_MS);
		(void)poll(p, 3, ms < BEAT_MS ? ms : BEAT_MS);
		for (int i = 1; i < 3; i++)
			if ((p[i].revents & (POLLIN | POLLHUP)) != 0)
				ask_take(k, &p[i]);
		if (!role_stops(r))
			token_tick(k);
	}
	token_close(&k);
	return EX_OK;
}
