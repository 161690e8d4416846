/* test_net_peer.h - a server in Python on the other end, ended by closing its input. */
#ifndef TEST_NET_PEER_H
#define TEST_NET_PEER_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct peer { pid_t pid; FILE *to, *from; char line[4096]; };

/* The next line it prints, "" at its end. */
static inline const char *
peer_line(struct peer *p)
{
	if (fgets(p->line, sizeof p->line, p->from) == NULL)
		p->line[0] = '\0';
	p->line[strcspn(p->line, "\n")] = '\0';
	return p->line;
}

/* Runs tests/e2e/SCRIPT with these arguments ("" ends them) and reads its first line. */
static inline const char *
peer_open(struct peer *p, const char *script, const char *arg1, const char *arg2)
{
	int in[2], out[2];
	char path[256];

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	(void)snprintf(path, sizeof path, "tests/e2e/%s", script);
	p->pid = fork();
	assert_true(p->pid >= 0);
	if (p->pid == 0) {
		(void)dup2(in[0], 0);
		(void)dup2(out[1], 1);
		(void)execl("/usr/bin/python3", "python3", "-B", path, arg1, arg2,
		    (char *)NULL);
		_exit(127);
	}
	(void)close(in[0]);
	(void)close(out[1]);
	p->to = fdopen(in[1], "w");
	p->from = fdopen(out[0], "r");
	assert_non_null(p->to);
	assert_non_null(p->from);
	return peer_line(p);
}

/* What it has read from us so far, on one line: CR LF as "|". */
static inline const char *
peer_seen(struct peer *p)
{
	(void)fputs("seen\n", p->to);
	(void)fflush(p->to);
	return peer_line(p);
}

static inline void
peer_close(struct peer *p)
{
	int st;

	(void)fclose(p->to);
	(void)fclose(p->from);
	(void)waitpid(p->pid, &st, 0);
}

#endif
