/* token_file.c - <database>.token:
 *
 *   bureaud token 1
 *   access WHAT UNTIL RENEW_AT FORCED_AT TOKEN
 *   refresh WHOSE TOKEN
 *
 * WHAT and WHOSE are hashes of the configuration that a line belongs to: after a change of it the
 * line is not ours any more. */
#include "token_int.h"

#include "clock.h"
#include "file.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FILE_MAX = OAUTH2_ACCESS_MAX + OAUTH2_REFRESH_MAX + 1024,
	LOCK_MS = OAUTH2_DEADLINE_MS + 10 * 1000,	/* its holder is asking the service */
	LOCK_STEP_MS = 100,
};

static const char head[] = "bureaud token 1";

static const char *
path_of(struct arena *a, const struct token_keeper *k)
{
	return arena_printf(a, "%s.token", k->cfg->database);
}

static bool
word_cut(struct span *rest, char *to, size_t max)
{
	struct span w;

	if (!span_cut(rest, ' ', &w) || w.n > max)
		return false;
	memcpy(to, w.p, w.n);
	to[w.n] = '\0';
	return true;
}

static bool
time_cut(struct span *rest, int64_t *out)
{
	unsigned long long v;
	struct span w;

	if (!span_cut(rest, ' ', &w) || !span_number(w, INT64_MAX, &v))
		return false;
	*out = (int64_t)v;
	return true;
}

static void
line_take(struct token_keeper *k, struct span line, struct token_state *s)
{
	char word[16], hash[sizeof k->what];

	if (!word_cut(&line, word, sizeof word - 1) || !word_cut(&line, hash, sizeof hash - 1))
		return;
	if (strcmp(word, "refresh") == 0 && strcmp(hash, k->whose) == 0) {
		if (!word_cut(&line, s->refresh, OAUTH2_REFRESH_MAX))
			s->refresh[0] = '\0';
	} else if (strcmp(word, "access") == 0 && strcmp(hash, k->what) == 0) {
		if (!time_cut(&line, &s->until) || !time_cut(&line, &s->renew_at) ||
		    !time_cut(&line, &s->forced_at) ||
		    !word_cut(&line, s->access, OAUTH2_ACCESS_MAX))
			s->access[0] = '\0';
	}
}

void
token_file_read(struct token_keeper *k)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct span text, rest, line;
	struct fault f = { 0 };
	enum status st = file_read(a, path_of(a, k), FILE_KEPT, FILE_MAX, &text, &f);

	/* What is in memory was rotated, perhaps: the configured one may be used up. */
	if (st != ST_OK && st != ST_NONE) {
		log_fault(LOG_L_WARN, "token-file", &f);
		return;
	}
	k->now = (struct token_state){ 0 };
	if (st == ST_NONE)
		return;
	rest = text;
	if (span_line(&rest, &line) && span_eq(line, head))
		while (span_line(&rest, &line))
			line_take(k, line, &k->now);
	explicit_bzero((char *)(uintptr_t)text.p, text.n);
}

/* bureauctl runs as root: the file stays the daemon's, whose folder it lies in. */
static enum status
owner_keep(int fd, const char *dir, struct fault *f)
{
	struct stat sb;

	if (geteuid() != 0)
		return ST_OK;
	if (stat(dir, &sb) < 0 || fchown(fd, sb.st_uid, sb.st_gid) < 0)
		return fault_errno(f, ST_TEMP, "%s", dir);
	return ST_OK;
}

static enum status
text_write(const struct token_keeper *k, int fd, struct fault *f)
{
	const struct token_state *s = &k->now;
	struct buf b;
	enum status st;

	buf_open(&b, FILE_MAX);
	buf_reserve(&b, FILE_MAX);
	buf_addf(&b, "%s\n", head);
	if (s->access[0] != '\0')
		buf_addf(&b, "access %s %lld %lld %lld %s\n", k->what, (long long)s->until,
		    (long long)s->renew_at, (long long)s->forced_at, s->access);
	if (s->refresh[0] != '\0')
		buf_addf(&b, "refresh %s %s\n", k->whose, s->refresh);
	st = file_write_all(fd, buf_span(&b), f);
	explicit_bzero(b.z, b.n);
	buf_close(&b);
	if (st == ST_OK && fsync(fd) < 0)
		return fault_errno(f, ST_TEMP, "fsync");
	return st;
}

static enum status
folder_sync(const char *dir, struct fault *f)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 ? -1 : fsync(fd);

	if (fd >= 0)
		(void)close(fd);
	return rc < 0 ? fault_errno(f, ST_TEMP, "%s", dir) : ST_OK;
}

enum status
token_file_write(const struct token_keeper *k, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	const char *path = path_of(a, k), *dir = file_beside(a, k->cfg->database, ".");
	const char *half = arena_printf(a, "%s.new", path);
	enum status st;
	int fd;

	(void)unlink(half);	/* of a run that was killed; the lock is ours */
	fd = open(half, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return fault_errno(f, ST_TEMP, "%s", half);
	st = owner_keep(fd, dir, f);
	if (st == ST_OK)
		st = text_write(k, fd, f);
	(void)close(fd);
	if (st == ST_OK && rename(half, path) < 0)
		st = fault_errno(f, ST_TEMP, "%s", path);
	if (st == ST_OK)
		return folder_sync(dir, f);
	(void)unlink(half);
	return st;
}

/* The folder itself is locked: a lock file made by root would shut the daemon out. */
enum status
token_file_lock(const struct token_keeper *k, int *fd_out, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	const char *dir = file_beside(a, k->cfg->database, ".");
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int64_t end = clock_mono_ms() + LOCK_MS;

	if (fd < 0)
		return fault_errno(f, ST_TEMP, "%s", dir);
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		struct pollfd p = { k->stop_fd, POLLIN, 0 };

		if ((errno != EWOULDBLOCK && errno != EINTR) || clock_mono_ms() > end ||
		    poll(&p, 1, LOCK_STEP_MS) > 0) {
			(void)close(fd);
			return fault_set(f, ST_TEMP, "%s: another process renews the token", dir);
		}
	}
	*fd_out = fd;
	return ST_OK;
}
