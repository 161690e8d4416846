/* config_secret.c - where secrets lie, and which are refused. */
#include "config.h"

#include "file.h"
#include "limits.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

const char *
config_secret_path(struct arena *a, const struct config *c, const char *file)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");

	/* Looked at, not read: no copy of a secret stays behind. */
	if (dir != NULL && dir[0] != '\0' && file[0] != '/') {
		const char *path = arena_printf(a, "%s/%s", dir, file);

		if (access(path, F_OK) == 0 || errno != ENOENT)
			return path;
	}
	return file_beside(a, c->path, file);
}

enum status
config_secret(struct arena *a, const struct config *c, const char *what, const char *file,
    struct span *out, struct fault *f)
{
	const char *path = config_secret_path(a, c, file);

	if (file[0] == '\0')
		return fault_set(f, ST_PERM, "%s: %s is required", c->path, what);
	if (file_read(a, path, FILE_SECRET, LIMIT_SECRET, out, f) != ST_OK)
		return fault_set(f, ST_PERM, "%s: %s", what, arena_strdup(a, f->text));
	while (out->n > 0 && (out->p[out->n - 1] == '\n' || out->p[out->n - 1] == '\r'))
		out->n--;
	if (out->n == 0)
		return fault_set(f, ST_PERM, "%s: %s: empty", what, path);
	for (size_t i = 0; i < out->n; i++)
		if ((unsigned char)out->p[i] < 0x20 || out->p[i] == 0x7f)
			return fault_set(
			    f, ST_PERM, "%s: %s: control character inside", what, path);
	*((char *)(uintptr_t)out->p + out->n) = '\0';	/* in place: no second copy to wipe */
	return ST_OK;
}

enum status
config_key(struct arena *a, const struct config *c, struct span *out, struct fault *f)
{
	const char *path = config_secret_path(a, c, c->key_file);

	if (file_read(a, path, FILE_SECRET, LIMIT_SECRET, out, f) != ST_OK)
		return f->st;
	if (out->n < 32)
		return fault_set(f, ST_PERM, "%s: a key has 32 bytes or more", path);
	return ST_OK;
}
