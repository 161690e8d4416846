#include "role.h"


#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static bool
readable(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };

	return fd >= 0 && poll(&p, 1, 0) > 0;
}

bool
role_stops(const struct role *r)
{
	return readable(r->stop_fd);
}

void
role_woken(const struct role *r)
{
	char z[64];

	while (readable(r->wake_fd))
		if (read(r->wake_fd, z, sizeof z) <= 0)
			return;
}

/* A full pipe wakes as well as one byte. */
void
role_poke(const struct role *r)
{
	if (r->poke_fd >= 0 && write(r->poke_fd, "", 1) < 0)
		errno = 0;
}

void
role_beat(const struct role *r, int busy_ms)
{
	const struct role_beat b = { (int32_t)r->kind, (int32_t)busy_ms, r->go };

	if (r->beat_fd >= 0 && write(r->beat_fd, &b, sizeof b) < 0)
		errno = 0;
}

void
role_sleep(const struct role *r, int ms)
{
	struct pollfd p[2] = { { r->stop_fd, POLLIN, 0 }, { r->wake_fd, POLLIN, 0 } };

	role_beat(r, ms);
	(void)poll(p, 2, ms);
	role_woken(r);
}

int
role_backoff(enum status st, unsigned failures)
{
	static const int temp[] = { 1, 2, 5, 10, 30, 60, 120, 300 };
	static const int perm[] = { 60, 120, 300, 600, 1800 };
	const int *v = st == ST_PERM ? perm : temp;
	size_t n = st == ST_PERM ? sizeof perm / sizeof *perm : sizeof temp / sizeof *temp;

	return v[failures < n ? failures : n - 1];
}

void
role_random(struct arena *a, const struct desk *d, struct plan_facts *facts)
{
	facts->nrandom = plan_mails_max(d);
	facts->random = (unsigned char(*)[MSGID_RANDOM])arena_alloc(a, facts->nrandom, MSGID_RANDOM);
	random_bytes(facts->random, facts->nrandom * MSGID_RANDOM);
}

void
role_draw(struct arena *a, const struct desk *d, const struct sha256 *mail, const char *again,
    struct plan_facts *facts)
{
	char hex[2 * SHA256_BYTES + 1];

	sha256_hex(mail, hex);
	facts->nrandom = plan_mails_max(d);
	facts->random = (unsigned char(*)[MSGID_RANDOM])arena_alloc(a, facts->nrandom, MSGID_RANDOM);
	for (size_t i = 0; i < facts->nrandom; i++) {
		const struct sha256 x = mac_of(d->key, span_of(arena_printf(a, "draw\n%s %s %zu", hex,
		    again, i)));

		memcpy(facts->random[i], x.b, MSGID_RANDOM);
	}
}

int
role_exit(const struct fault *f)
{
	switch (f->st) {
	case ST_OK:
	case ST_NONE:
		return EX_OK;
	case ST_TEMP:
	case ST_UNSURE:
		return EX_TEMPFAIL;
	case ST_PERM:
		return EX_NOPERM;
	}
	return EX_SOFTWARE;
}
