/* bureaud.c - the daemon's command line. */
#include "clock.h"
#include "file.h"
#include "log.h"
#include "login.h"
#include "mac.h"
#include "reader.h"
#include "sandbox.h"
#include "store.h"
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

static const char usage[] =
    "usage: bureaud [-c FILE] [-n] [--init] [-1] [-T TIME] [-v]\n"
    "Turn a mailbox into a case desk: runs in the foreground until SIGTERM.\n"
    "  -c FILE   configuration (/etc/bureaud/bureaud.conf)\n"
    "  -n        check configuration, rules, templates, directory and secrets, then exit\n"
    "  --init    create the key file and the database, then exit\n"
    "  -1        one pass over mailbox and outbox, then exit (0 done, 75 something is left)\n"
    "  -T TIME   the wall clock starts at TIME (RFC 3339) and runs on\n"
    "  -v        log more\n"
    "  --keys    list every configuration key with its default\n"
    "  --version, --help\n";

enum mode { MODE_RUN, MODE_CHECK, MODE_INIT, MODE_ONCE };

static struct {
	const char *config;
	enum mode mode;
} opt = { "/etc/bureaud/bureaud.conf", MODE_RUN };

static int
fail(const struct fault *f, int rc)
{
	(void)fprintf(stderr, "bureaud: %s\n", f->text);
	return rc;
}

/* What -n looks at, and a start, and a reload: everything but the servers. */
static enum status
load(struct arena *a, struct setup *s, struct fault *f)
{
	struct config *c;
	struct span key = { "", 0 };

	if (config_load(a, opt.config, CONFIG_FOR_DAEMON, &c, f) != ST_OK)
		return f->st;
	if (file_folder_ours(a, c->database, f) != ST_OK)
		return f->st;
	if (config_key(a, c, &key, f) != ST_OK)
		return fault_set(f, ST_PERM, "%s (key_file; bureaud --init makes one)",
		    arena_strdup(a, f->text));
	if (login_try(a, c, f) != ST_OK)
		return f->st;
	return setup_load(a, c, key, s, f);
}

/* The patterns compile, in the very process that will use them; READER_DAEMON: and keep their
 * examples. */
static enum status
rules_try(const struct setup *s, enum reader_use use, struct fault *f)
{
	struct reader *r = NULL;
	enum status st = reader_open(&r, s->cfg->rules, use, f);

	reader_close(&r);
	return st;
}

/* What is no error, but leaves citizens without an answer they could have. */
static void
warn_stale(const struct setup *s)
{
	const struct entry *e;
	size_t n = s->directory == NULL ? 0 : directory_list(s->directory, &e);
	date_day today = date_local_day(clock_now());
	struct permanence next;

	for (size_t i = 0; i < n; i++)
		if (!entry_is_printable(&e[i], today))
			(void)fprintf(stderr, "bureaud: warning: directory entry [%s] is not verified within "
			    "%d days: no citizen will see it\n", e[i].id, DIRECTORY_FRESH_DAYS);
	if (s->quartiers != NULL && quartiers_next(s->quartiers, clock_now(), &next, 1) == 0)
		(void)fprintf(stderr, "bureaud: warning: %s: no permanence with a future date\n",
		    s->cfg->quartiers);
}

static int
check(void)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct setup s SETUP_AUTO = { 0 };
	struct fault f = { 0 };

	if (load(a, &s, &f) != ST_OK || rules_try(&s, READER_DAEMON, &f) != ST_OK)
		return fail(&f, EX_CONFIG);
	warn_stale(&s);
	return EX_OK;
}

/* 32 bytes of the kernel's randomness as hex. */
static enum status
key_write(int fd, struct fault *f)
{
	struct sha256 random;
	char hex[2 * SHA256_BYTES + 1];

	random_bytes(random.b, sizeof random.b);
	sha256_hex(&random, hex);
	if (file_write_all(fd, span_of(hex), f) != ST_OK)
		return f->st;
	return fsync(fd) < 0 ? fault_errno(f, ST_PERM, "key") : ST_OK;
}

/* An existing key is never replaced, a half one never left behind. */
static enum status
key_make(const char *path, struct fault *f)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	enum status st;

	if (fd < 0)
		return errno == EEXIST ? ST_NONE : fault_errno(f, ST_PERM, "%s", path);
	st = key_write(fd, f);
	(void)close(fd);
	if (st != ST_OK)
		(void)unlink(path);
	return st;
}

static int
init(void)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct store *db AUTO(store_close) = NULL;
	struct config *c;
	struct fault f = { 0 };
	const char *path;
	enum status st;

	if (config_load(a, opt.config, CONFIG_FOR_DAEMON, &c, &f) != ST_OK ||
	    file_folder_ours(a, c->database, &f) != ST_OK)
		return fail(&f, EX_CONFIG);
	path = config_secret_path(a, c, c->key_file);
	st = key_make(path, &f);
	if (st != ST_OK && st != ST_NONE)
		return fail(&f, EX_CANTCREAT);
	(void)printf("%s: %s\n", path, st == ST_OK ? "key made" : "key was there");
	if (store_open(&db, c->database, STORE_CREATE, clock_now(), &f) != ST_OK)
		return fail(&f, f.st == ST_TEMP ? EX_TEMPFAIL : EX_DATAERR);
	(void)printf("%s: database ready\n", c->database);
	return EX_OK;
}

static int
run(char **argv)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct setup s SETUP_AUTO = { 0 };
	const struct supervision sv = { &s, argv, check };
	struct fault f = { 0 };

	if (load(a, &s, &f) != ST_OK || rules_try(&s, READER_ONCE, &f) != ST_OK)
		return fail(&f, EX_CONFIG);
	return opt.mode == MODE_ONCE ? supervisor_once(&sv) : supervisor_run(&sv);
}

/* -1: go on; else an exit code. */
static int
options(int argc, char **argv)
{
	enum { INIT = 256, KEYS, VERSION, HELP };
	static const struct option longs[] = {
		{ "init", no_argument, NULL, INIT }, { "keys", no_argument, NULL, KEYS },
		{ "version", no_argument, NULL, VERSION }, { "help", no_argument, NULL, HELP },
		{ NULL, 0, NULL, 0 },
	};
	struct buf b BUF_AUTO;
	int64_t at;
	int ch;

	buf_open(&b, 64 * 1024);
	while ((ch = getopt_long(argc, argv, "c:n1T:v", longs, NULL)) != -1)
		switch (ch) {
		case 'c': opt.config = optarg; break;
		case 'n': opt.mode = MODE_CHECK; break;
		case '1': opt.mode = MODE_ONCE; break;
		case 'v': log_open(LOG_L_DEBUG); break;
		case INIT: opt.mode = MODE_INIT; break;
		case VERSION: (void)puts("bureaud " BUREAUD_VERSION); return EX_OK;
		case HELP: (void)fputs(usage, stdout); return EX_OK;
		case KEYS:
			config_keys(&b);
			(void)fputs(b.z, stdout);
			return EX_OK;
		case 'T':
			if (date_parse_rfc3339(span_of(optarg), &at)) {
				clock_shift_to(at);
				break;
			}
			(void)fprintf(stderr, "bureaud: -T: not an RFC 3339 time: %s\n", optarg);
			return EX_USAGE;
		default: (void)fputs(usage, stderr); return EX_USAGE;
		}
	if (optind < argc) {
		(void)fputs(usage, stderr);
		return EX_USAGE;
	}
	return -1;
}

/* Started without a standard stream: no descriptor of ours may take its place. */
static void
streams_fill(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		(void)close(fd);
}

int
main(int argc, char **argv)
{
	int rc;

	if (reader_is_me(argc, argv))
		return reader_main(argc, argv);
	arena_keep_little();
	sandbox_plain();		/* the supervisor has the key in its memory */
	streams_fill();
	rc = options(argc, argv);
	if (rc >= 0)
		return rc;
	switch (opt.mode) {
	case MODE_CHECK:
		rc = check();
		if (rc == EX_OK)
			(void)puts("configuration OK");
		return rc;
	case MODE_INIT: return init();
	case MODE_RUN:
	case MODE_ONCE: return run(argv);
	}
	return EX_SOFTWARE;
}
