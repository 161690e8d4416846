/* bureauctl.c - the administrator's command line. */
#include "ctl.h"

#include "clock.h"
#include "log.h"
#include "reader.h"
#include "sandbox.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static const struct {
	const char *name;
	int (*run)(struct ctl *c);
	enum config_need need;
	const char *help;
} commands[] = {
	{ "status", ctl_status, CONFIG_FOR_EXPLAIN, "status                 health; exit 0 ok, 1 not" },
	{ "check", ctl_check, CONFIG_FOR_DAEMON,
	    "check                  look at servers, files, database; exit 0 ok, 1 not" },
	{ "list", ctl_list, CONFIG_FOR_EXPLAIN,
	    "list [--state S] [--category C] [--agent A]   one ticket a line" },
	{ "show", ctl_show, CONFIG_FOR_EXPLAIN, "show REF               one ticket, whole" },
	{ "search", ctl_search, CONFIG_FOR_EXPLAIN,
	    "search WORDS           full text; coeur finds cœur, expul* and \"fin du mois\" "
	    "work\n"
	    "  search --reindex       make the index of words anew" },
	{ "messages", ctl_messages, CONFIG_FOR_EXPLAIN,
	    "messages [--since T]   every distinct mail and its one outcome" },
	{ "explain", ctl_explain, CONFIG_FOR_EXPLAIN,
	    "explain FILE.eml|-     what would happen to this mail, and why; touches nothing" },
	{ "queue", ctl_queue, CONFIG_FOR_EXPLAIN, "queue [retry ID|drop ID]   the outbox" },
	{ "rules", ctl_rules, CONFIG_FOR_EXPLAIN,
	    "rules test [PATH]      labelled examples: confusion, precision, recall, F1\n"
	    "  rules replay [--since T]   what the current rules would change in past verdicts" },
	{ "template", ctl_template, CONFIG_FOR_EXPLAIN,
	    "template NAME [REF]    a text, filled with a ticket's facts or sample ones" },
	{ "rebuild", ctl_rebuild, CONFIG_FOR_DAEMON,
	    "rebuild --into FILE    a new database from the mailbox and the key alone" },
	{ "review", ctl_review, CONFIG_FOR_EXPLAIN,
	    "review [release ID|spam ID]   what was set aside, and a person's choice" },
	{ "backup", ctl_backup, CONFIG_FOR_EXPLAIN,
	    "backup FILE            a consistent copy of the database, while the daemon runs" },
	{ "person", ctl_person, CONFIG_FOR_EXPLAIN,
	    "person show|export|erase ADDRESS [--mailbox]   what is held of a person; export: a zip" },
	{ "purge", ctl_purge, CONFIG_FOR_EXPLAIN,
	    "purge --list | --run   what is past its time: a list; then its deletion" },
	{ "journal", ctl_journal, CONFIG_FOR_EXPLAIN,
	    "journal [REF|verify]   who did what when; is it still as it was written" },
	{ "digest", ctl_digest, CONFIG_FOR_EXPLAIN,
	    "digest [--week 2026-W47] [--eml|--html|--text]   the cabinet's, of any week; sends "
	    "nothing" },
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static void
usage(FILE *fp)
{
	(void)fputs("usage: bureauctl [-c FILE] [-T TIME] COMMAND [--json] [--yes]\n", fp);
	for (size_t i = 0; i < COMMANDS; i++)
		(void)fprintf(fp, "  %s\n", commands[i].help);
	(void)fputs("  -c FILE   configuration (/etc/bureaud/bureaud.conf)\n"
	    "  -T TIME   the wall clock starts at TIME (RFC 3339)\n"
	    "  --json    one object a line; times are UTC\n"
	    "  --yes     answer every confirmation\n"
	    "  --version, --help\n", fp);
}

int
ctl_store(struct ctl *c, enum store_mode mode, struct store **out)
{
	switch (store_open(out, c->cfg->database, mode, clock_now(), &c->f)) {
	case ST_OK: return EX_OK;
	case ST_NONE:
		(void)fault_set(&c->f, ST_NONE, "%s: no database yet", c->cfg->database);
		return ctl_fail(c, EX_NOINPUT);
	case ST_TEMP: return ctl_fail(c, EX_TEMPFAIL);
	case ST_PERM:
	case ST_UNSURE: break;
	}
	return ctl_fail(c, EX_DATAERR);
}

/* They name people, and everybody on the machine sees a process's arguments. */
static char **
operands_take(struct arena *a, char **argv, int n)
{
	char **v = arena_new(a, char *, (size_t)n + 1);

	for (int i = 0; i < n; i++) {
		v[i] = arena_strdup(a, argv[i]);
		if (i > 0)
			memset(argv[i], 0, strlen(argv[i]));
	}
	return v;
}

/* -1: go on; else an exit code. */
static int
options(struct ctl *c, int argc, char **argv)
{
	enum { JSON = 256, YES, MAILBOX, LIST, RUN, STATE, CATEGORY, AGENT, SINCE, INTO, REINDEX, WEEK,
		EML, HTML, TEXT, VERSION, HELP };
	static const struct option longs[] = {
		{ "json", no_argument, NULL, JSON }, { "yes", no_argument, NULL, YES },
		{ "mailbox", no_argument, NULL, MAILBOX }, { "list", no_argument, NULL, LIST },
		{ "run", no_argument, NULL, RUN },
		{ "state", required_argument, NULL, STATE },
		{ "category", required_argument, NULL, CATEGORY },
		{ "agent", required_argument, NULL, AGENT }, { "since", required_argument, NULL, SINCE },
		{ "into", required_argument, NULL, INTO },
		{ "reindex", no_argument, NULL, REINDEX },
		{ "week", required_argument, NULL, WEEK }, { "eml", no_argument, NULL, EML },
		{ "html", no_argument, NULL, HTML }, { "text", no_argument, NULL, TEXT },
		{ "version", no_argument, NULL, VERSION }, { "help", no_argument, NULL, HELP },
		{ NULL, 0, NULL, 0 },
	};
	int64_t at;
	int ch;

	while ((ch = getopt_long(argc, argv, "c:T:", longs, NULL)) != -1)
		switch (ch) {
		case 'c': c->config_path = optarg; break;
		case JSON: c->json = true; break;
		case YES: c->yes = true; break;
		case MAILBOX: c->mailbox = true; break;
		case LIST: c->list = true; break;
		case RUN: c->run = true; break;
		case STATE: c->state = optarg; break;
		case CATEGORY: c->category = optarg; break;
		case AGENT: c->agent = optarg; break;
		case SINCE: c->since = optarg; break;
		case INTO: c->into = optarg; break;
		case REINDEX: c->reindex = true; break;
		case WEEK: c->week = optarg; break;
		case EML: c->eml = true; break;
		case HTML: c->html = true; break;
		case TEXT: c->text = true; break;
		case VERSION: (void)puts("bureauctl " BUREAUD_VERSION); return EX_OK;
		case HELP: usage(stdout); return EX_OK;
		case 'T':
			if (date_parse_rfc3339(span_of(optarg), &at)) {
				clock_shift_to(at);
				break;
			}
			(void)fprintf(stderr, "bureauctl: -T: not an RFC 3339 time: %s\n", optarg);
			return EX_USAGE;
		default: usage(stderr); return EX_USAGE;
		}
	c->argc = argc - optind;
	c->argv = operands_take(c->a, argv + optind, c->argc);
	return -1;
}

static int
command_run(struct ctl *c)
{
	struct config *cfg;

	for (size_t i = 0; c->argc > 0 && i < COMMANDS; i++) {
		if (strcmp(c->argv[0], commands[i].name) != 0)
			continue;
		if (config_load(c->a, c->config_path, commands[i].need, &cfg, &c->f) != ST_OK)
			return ctl_fail(c, EX_CONFIG);
		c->cfg = cfg;
		return commands[i].run(c);
	}
	if (c->argc > 0)
		(void)fprintf(stderr, "bureauctl: unknown command \"%s\"\n", c->argv[0]);
	usage(stderr);
	return EX_USAGE;
}

int
main(int argc, char **argv)
{
	struct ctl c = { .config_path = "/etc/bureaud/bureaud.conf", .state = "", .category = "",
	    .agent = "", .since = "", .into = "", .week = "" };
	int rc;

	if (reader_is_me(argc, argv))
		return reader_main(argc, argv);
	sandbox_plain();		/* the key and people's words are in this memory */
	(void)signal(SIGPIPE, SIG_IGN);	/* a reader that dies must not end us */
	log_open(LOG_L_ERR);
	c.a = arena_open();
	buf_open(&c.out, 64 * 1024 * 1024);
	ctl_term_open(&c);
	rc = options(&c, argc, argv);
	if (rc < 0)
		rc = command_run(&c);
	buf_close(&c.out);
	arena_close(&c.a);
	return fflush(stdout) == 0 ? rc : EX_IOERR;
}
