/* fuzz_file.h - for what can only be read from a file: one in a folder of our own. */
#ifndef TESTS_FUZZ_FILE_H
#define TESTS_FUZZ_FILE_H

#include "file.h"
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static char fuzz_dir[] = "/tmp/bureaud-fuzz-XXXXXX", fuzz_path[64];

static void
fuzz_file_end(void)
{
	(void)unlink(fuzz_path);
	(void)rmdir(fuzz_dir);
}

static void
fuzz_file_begin(const char *name)
{
	PROMISE(mkdtemp(fuzz_dir) != NULL);
	(void)snprintf(fuzz_path, sizeof fuzz_path, "%s/%s", fuzz_dir, name);
	(void)atexit(fuzz_file_end);
}

static void
fuzz_file_put(struct span s)
{
	int fd = open(fuzz_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct fault f;

	PROMISE(fd >= 0 && file_write_all(fd, s, &f) == ST_OK && close(fd) == 0);
}

#endif
