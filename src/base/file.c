#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LIST_MAX = 1000 };

/* For root: the folder's owner could put any file there in its place. */
static bool
is_of_folder(const char *path, const struct stat *sb)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct stat dir;

	return geteuid() == 0 && stat(file_beside(a, path, "."), &dir) == 0 &&
	    dir.st_uid == sb->st_uid;
}

static enum status
secret_check(const char *path, enum file_kind kind, const struct stat *sb, struct fault *f)
{
	if (sb->st_uid != 0 && sb->st_uid != geteuid() &&
	    (kind != FILE_KEPT || !is_of_folder(path, sb)))
		return fault_set(f, ST_PERM, "%s: a secret must belong to root or to us", path);
	if ((sb->st_mode & 037) != 0)
		return fault_set(f, ST_PERM,
		    "%s: a secret must not be readable by others (mode %04o, want 0600)",
		    path, (unsigned)(sb->st_mode & 07777));
	return ST_OK;
}

/* Reads an open file; apart from file_read so that every error exit closes it. */
static enum status
read_fd(struct arena *a, int fd, const char *path, enum file_kind kind, size_t max,
    struct span *out, struct fault *f)
{
	struct stat sb;
	size_t n = 0, size;
	char *p;

	if (fstat(fd, &sb) < 0)
		return fault_errno(f, ST_PERM, "%s", path);
	if (!S_ISREG(sb.st_mode))
		return fault_set(f, ST_PERM, "%s: not a regular file", path);
	if (kind != FILE_PLAIN && secret_check(path, kind, &sb, f) != ST_OK)
		return f->st;
	if ((unsigned long long)sb.st_size > max)
		return fault_set(f, ST_PERM, "%s: larger than %zu bytes", path, max);
	size = (size_t)sb.st_size;
	p = arena_alloc(a, size + 1, 1);
	while (n < size) {
		ssize_t r = read(fd, p + n, size - n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return fault_errno(f, ST_PERM, "%s", path);
		if (r == 0)
			break;
		n += (size_t)r;
	}
	*out = span_from(p, n);
	return ST_OK;
}

enum status
file_read(struct arena *a, const char *path, enum file_kind kind, size_t max,
    struct span *out, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	enum status st;

	if (fd < 0)
		return fault_errno(f, errno == ENOENT ? ST_NONE : ST_PERM, "%s", path);
	st = read_fd(a, fd, path, kind, max, out, f);
	(void)close(fd);
	return st;
}

const char *
file_beside(struct arena *a, const char *base_file, const char *path)
{
	const char *slash = strrchr(base_file, '/');

	if (path[0] == '/' || slash == NULL)
		return arena_strdup(a, path);
	return arena_printf(a, "%.*s/%s", (int)(slash - base_file), base_file, path);
}

enum status
file_folder_ours(struct arena *a, const char *path, struct fault *f)
{
	const char *dir = file_beside(a, path, ".");
	struct stat sb;

	if (stat(dir, &sb) < 0)
		return errno == ENOENT ? ST_OK : fault_errno(f, ST_PERM, "%s", dir);
	if (sb.st_uid != 0 && sb.st_uid != geteuid())
		return fault_set(f, ST_PERM, "%s: the folder must belong to root or to us", dir);
	if ((sb.st_mode & S_IWOTH) != 0)
		return fault_set(f, ST_PERM, "%s: the folder must not be writable by others "
		    "(mode %04o, want 0700)", dir, (unsigned)(sb.st_mode & 07777));
	return ST_OK;
}

static int
by_bytes(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* All of them or a fault: half a folder of rules would be other rules. */
static enum status
names_take(struct arena *a, DIR *d, const char *dir, const char *suffix, const char **v,
    size_t *n, struct fault *f)
{
	struct dirent *e;

	for (errno = 0; (e = readdir(d)) != NULL; errno = 0) {
		if (e->d_name[0] == '.' || !span_iends(span_of(e->d_name), suffix))
			continue;
		if (*n == LIST_MAX)
			return fault_set(
			    f, ST_PERM, "%s: more than %d files *%s", dir, LIST_MAX, suffix);
		v[(*n)++] = arena_strdup(a, e->d_name);
	}
	return errno == 0 ? ST_OK : fault_errno(f, ST_PERM, "%s", dir);
}

enum status
file_list(struct arena *a, const char *dir, const char *suffix, const char ***names_out,
    size_t *n_out, struct fault *f)
{
	const char **v = arena_new(a, const char *, LIST_MAX);
	DIR *d = opendir(dir);
	size_t n = 0;
	enum status st;

	if (d == NULL)
		return fault_errno(f, ST_PERM, "%s", dir);
	st = names_take(a, d, dir, suffix, v, &n, f);
	(void)closedir(d);
	if (st != ST_OK)
		return st;
	qsort(v, n, sizeof *v, by_bytes);
	*names_out = v;
	*n_out = n;
	return ST_OK;
}

enum status
file_write_all(int fd, struct span s, struct fault *f)
{
	while (s.n > 0) {
		ssize_t r = write(fd, s.p, s.n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return fault_errno(f, ST_TEMP, "write");
		s.p += r;
		s.n -= (size_t)r;
	}
	return ST_OK;
}
