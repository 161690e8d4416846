/* test_config_help.h - a configuration file in a folder of its own. */
#ifndef TEST_CONFIG_HELP_H
#define TEST_CONFIG_HELP_H

#include "config.h"

#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/test_config_XXXXXX";
static char conf[64];

/* What a daemon cannot be without. */
#define LEAST "[bureau]\naddress = b@ville.test\n[imap]\nurl = imaps://h\nuser = u\n" \
    "[smtp]\nurl = smtps://h\n"

static void
put(const char *path, struct span text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct fault f;

	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, text, &f), ST_OK);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}

static struct config *
load(struct arena *a, const char *text)
{
	struct config *c = NULL;
	struct fault f = { 0 };

	put(conf, span_of(text), 0644);
	if (config_load(a, conf, CONFIG_FOR_DAEMON, &c, &f) != ST_OK)
		fail_msg("%s", f.text);
	return c;
}

static int
begin(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct fault f;

	(void)state;
	(void)unsetenv("CREDENTIALS_DIRECTORY");
	if (mkdtemp(dir) == NULL || date_zone_set("Europe/Paris", &f) != ST_OK)
		return -1;
	memcpy(conf, arena_printf(a, "%s/b.conf", dir), strlen(dir) + sizeof "/b.conf");
	return 0;
}

static int
end(void **state)
{
	(void)state;
	if (unlink(conf) < 0 && errno != ENOENT)
		return -1;
	return rmdir(dir);
}

#endif
