#include "metrics.h"

#include "file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum status
metrics_read(struct store *s, struct arena *a, int64_t now, struct metrics *out,
    struct fault *f)
{
	out->now = now;
	if (health_read(s, a, now, &out->health, f) != ST_OK)
		return f->st;
	return query_totals(s, &out->totals, f);
}

/* ---- the text ---- */

/* A family begins with its TYPE, UNIT and HELP; its unit ends its name (there, "Units"). */
static void
family(struct buf *b, const char *name, const char *type, const char *unit, const char *help)
{
	buf_addf(b, "# TYPE bureaud_%s %s\n", name, type);
	if (unit[0] != '\0')
		buf_addf(b, "# UNIT bureaud_%s %s\n", name, unit);
	buf_addf(b, "# HELP bureaud_%s %s\n", name, help);
}

static void
gauge(struct buf *b, const char *name, const char *unit, int64_t v, const char *help)
{
	family(b, name, "gauge", unit, help);
	buf_addf(b, "bureaud_%s %lld\n", name, (long long)v);
}

static void
tickets(struct buf *b, const struct counts *n)
{
	const int64_t by[] = {
		[TICKET_OPEN] = n->open, [TICKET_WAITING] = n->waiting,
		[TICKET_CLOSED] = n->closed,
	};

	family(b, "tickets", "gauge", "", "Tickets by state.");
	for (int i = 0; i < TICKET_STATE_COUNT; i++)
		buf_addf(b, "bureaud_tickets{state=\"%s\"} %lld\n",
		    ticket_state_name((enum ticket_state)i), (long long)by[i]);
}

static void
outbox(struct buf *b, const struct totals *t)
{
	family(b, "outbox_mails", "gauge", "", "Mails of the outbox by state.");
	for (int i = 0; i < OUTBOX_COUNT; i++)
		buf_addf(b, "bureaud_outbox_mails{state=\"%s\"} %lld\n",
		    outbox_state_name((enum outbox_state)i), (long long)t->outbox[i]);
}

static void
mails(struct buf *b, const struct totals *t)
{
	family(b, "mails", "counter", "", "Distinct mails that came in, by outcome.");
	for (int i = 0; i < MAIL_OUTCOME_COUNT; i++)
		buf_addf(b, "bureaud_mails_total{outcome=\"%s\"} %lld\n",
		    mail_outcome_name((enum mail_outcome)i), (long long)t->mails[i]);
}

static int64_t
age(int64_t since, int64_t now)
{
	return since == 0 || since > now ? 0 : now - since;
}

/* Only of what was sent once. */
static void
selftest(struct buf *b, const struct health *h, int64_t now)
{
	const struct selftest *t = &h->selftest;

	if (selftest_state(t) == SELFTEST_NEVER)
		return;
	gauge(b, "selftest_ok", "", !health_selftest_late(h, now),
	    "0 when the daily mail to ourselves did not come back in time.");
	gauge(b, "selftest_sent_timestamp_seconds", "seconds", t->sent,
	    "When the mail to ourselves was sent that is back or late.");
	if (t->returned != 0)
		gauge(b, "selftest_delay_seconds", "seconds", t->returned - t->sent,
		    "How long it took.");
}

void
metrics_text(const struct metrics *m, struct buf *b)
{
	const struct health *h = &m->health;
	const struct heartbeat *in = &h->intake, *post = &h->post;

	family(b, "build", "info", "", "The version that wrote this file.");
	buf_addz(b, "bureaud_build_info{version=\"" BUREAUD_VERSION "\"} 1\n");
	gauge(b, "ok", "", health_why(h, m->now)[0] == '\0',
	    "1 when bureauctl status says ok.");
	gauge(b, "written_timestamp_seconds", "seconds", m->now, "When this file was written.");
	gauge(b, "mailbox_connected", "", in->connected, "1 while the mailbox is connected.");
	gauge(b, "mailbox_last_poll_timestamp_seconds", "seconds", in->last_poll,
	    "When the mailbox was last looked through; 0: never.");
	gauge(b, "mailbox_backlog_mails", "mails", in->backlog,
	    "Mails seen and not handled yet.");
	gauge(b, "relay_connected", "", post->connected && post->busy_until >= m->now,
	    "1 unless the relay refuses us or its sender gives no sign of life.");
	tickets(b, &h->n);
	mails(b, &m->totals);
	outbox(b, &m->totals);
	gauge(b, "outbox_held_mails", "mails", h->n.held,
	    "Acknowledgments that a cap holds back.");
	gauge(b, "outbox_oldest_seconds", "seconds", age(h->n.oldest, m->now),
	    "Age of the oldest mail that waits to be sent.");
	gauge(b, "breaker_tripped", "", h->n.held > 0,
	    "1 while acknowledgments wait for a cap.");
	selftest(b, h, m->now);
	buf_addz(b, "# EOF\n");
}

/* ---- the file ---- */

static enum status
draft_write(int fd, const char *draft, struct span text, struct fault *f)
{
	if (fchmod(fd, 0644) < 0)	/* whatever the umask takes away */
		return fault_errno(f, ST_TEMP, "%s", draft);
	return file_write_all(fd, text, f);
}

enum status
metrics_write(const char *path, struct span text, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	/* Not "*.prom": the collector must not read half a file. */
	const char *draft = arena_printf(a, "%s.new", path);
	enum status st;
	int fd;

	(void)unlink(draft);
	fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return fault_errno(f, ST_TEMP, "%s", draft);
	st = draft_write(fd, draft, text, f);
	if (close(fd) < 0 && st == ST_OK)
		st = fault_errno(f, ST_TEMP, "%s", draft);
	if (st == ST_OK && rename(draft, path) < 0)
		st = fault_errno(f, ST_TEMP, "%s", path);
	if (st != ST_OK)
		(void)unlink(draft);
	return st;
}
