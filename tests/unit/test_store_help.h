/* test_store_help.h - a store in its own folder, and mails and plans to put into it. */
#ifndef TEST_STORE_HELP_H
#define TEST_STORE_HELP_H

#include "db.h"
#include "journal.h"
#include "query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char store_test_key[] = "0123456789abcdef0123456789abcdef";

enum { T0 = 1795000000, YEAR = 2026, HOUR = 3600, DAY = 86400 };

struct box {
	char dir[80], path[100];
	struct store *s;
	struct arena *a;
	struct fault f;
};

#define OK(x) do { \
	if ((x) != ST_OK) \
		fail_msg("%s: %s", #x, b->f.text); \
} while (0)
#define IS(want, x) assert_int_equal((want), (x))

static inline void
box_dir(struct box *b)
{
	const char *tmp = getenv("TMPDIR");

	/* Hundreds of databases: in memory where possible, nothing here loses power. */
	if (tmp == NULL)
		tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	memset(b, 0, sizeof *b);
	snprintf(b->dir, sizeof b->dir, "%.50s/store.XXXXXX", tmp);
	assert_non_null(mkdtemp(b->dir));
	snprintf(b->path, sizeof b->path, "%s/b.db", b->dir);
	b->a = arena_open();
}

static inline int
box_setup(void **state)
{
	struct box *b = calloc(1, sizeof *b);

	box_dir(b);
	*state = b;
	OK(store_open(&b->s, b->path, STORE_CREATE, T0, &b->f));
	store_key(b->s, span_of(store_test_key));
	return 0;
}

static inline int
box_setup_bare(void **state)
{
	struct box *b = calloc(1, sizeof *b);

	box_dir(b);
	*state = b;
	return 0;
}

static inline int
box_teardown(void **state)
{
	struct box *b = *state;
	struct dirent *e;
	DIR *d;

	store_close(&b->s);
	d = opendir(b->dir);
	while (d != NULL && (e = readdir(d)) != NULL)
		(void)unlinkat(dirfd(d), e->d_name, 0);
	if (d != NULL)
		(void)closedir(d);
	(void)rmdir(b->dir);
	arena_close(&b->a);
	free(b);
	return 0;
}

static inline void
box_reopen(struct box *b, enum store_mode mode)
{
	store_close(&b->s);
	OK(store_open(&b->s, b->path, mode, T0, &b->f));
	store_key(b->s, span_of(store_test_key));
}

/* A second connection of the test's own, to look at what is in the file. */
static inline int64_t
peek(struct box *b, const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *q;
	int64_t v = -1;

	assert_int_equal(sqlite3_open(b->path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	if (sqlite3_step(q) == SQLITE_ROW)
		v = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	sqlite3_close(db);
	return v;
}

static inline void
poke(struct box *b, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(b->path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_close(db);
}

static inline void
check_sound(struct box *b)
{
	assert_int_equal(peek(b, "SELECT (SELECT count(*) FROM pragma_integrity_check"
	    " WHERE integrity_check <> 'ok')"
	    " + (SELECT count(*) FROM pragma_foreign_key_check)"), 0);
}

static inline struct location
at_uid(uint32_t uid)
{
	return (struct location){ "INBOX", 7, uid };
}

/* A mail of `from`, number n: its own bytes, body and Message-ID. */
struct sample { struct mail mail; struct addr from; struct verdict verdict;
    struct store_mail sm; };

static inline struct sample *
sample_new(struct box *b, const char *from, int n)
{
	struct sample *x = arena_new(b->a, struct sample, 1);

	x->from = (struct addr){ "", from };
	x->mail = (struct mail){
		.message_id = arena_printf(b->a, "<m%d@citizen.example>", n),
		.subject = "Une question", .text = "Bonjour,\nune question.", .reply_text =
		    "Bonjour",
		.lang = "fr", .ical = "", .date = T0 - 5,
	};
	x->mail.from = (struct addrs){ &x->from, 1, false };
	x->verdict = (struct verdict){ .category = "voirie", .quartier = "" };
	x->sm.id.sha256 = sha256_of(span_of(arena_printf(b->a, "raw %d %s", n, from)));
	x->sm.id.body = sha256_of(span_of(arena_printf(b->a, "body %d", n)));
	x->sm.id.size = 1000;
	x->sm.id.received = T0 + n;
	x->sm.at = at_uid((uint32_t)n);
	x->sm.mail = &x->mail;
	x->sm.verdict = &x->verdict;
	return x;
}

static inline struct plan *
plan_blank(struct box *b, const char *from)
{
	struct plan *p = arena_new(b->a, struct plan, 1);

	*p = (struct plan){
		.who = { .who = WHO_CITIZEN, .row = "", .because = "", .sender = from },
		.row = "21", .because = "a person's demand", .ref = "", .category = "voirie",
		.quartier = "", .lang = "fr", .subject = "Une question", .citizen = from,
		.outcome = MAIL_OUTCOME_RECORDED, .role = MAIL_ROLE_CITIZEN,
		.ack = ACK_NONE, .ack_because = "", .failed = "", .failed_status = "", .file = PLAN_FILE_FILED,
	};
	return p;
}

static inline void
plan_mail_add(struct box *b, struct plan *p, enum mail_kind kind, const char *to, bool held)
{
	static int serial;
	struct plan_mail *v = arena_new(b->a, struct plan_mail, p->nmails + 1);
	char *wire = arena_alloc(b->a, 3001, 1);

	memset(wire, 'x', 3000);
	for (size_t i = 0; i < p->nmails; i++)
		v[i] = p->mails[i];
	serial++;
	v[p->nmails++] = (struct plan_mail){
		.kind = kind, .to = to, .mail_from = "",
		.message_id = arena_printf(b->a,
		    "<%s.%s.tokenaaa%08d.maaaaaaaaaaaaaac@bureau.example>",
		    p->ref[0] != '\0' ? p->ref : "0", mail_kind_name(kind), serial),
		.wire = span_from(wire, 3000), .held = held,
	};
	p->mails = v;
}

static inline void
plan_event_add(struct box *b, struct plan *p, enum event_kind kind, const char *text)
{
	struct plan_event *v = arena_new(b->a, struct plan_event, p->nevents + 1);

	for (size_t i = 0; i < p->nevents; i++)
		v[i] = p->events[i];
	v[p->nevents++] = (struct plan_event){ kind, "citizen", text };
	p->events = v;
}

/* Opens ticket `number` of the year, with an acknowledgment and a notification. */
static inline struct plan *
plan_opening(struct box *b, const char *from, int number)
{
	struct plan *p = plan_blank(b, from);

	p->outcome = MAIL_OUTCOME_NEW_TICKET;
	p->has_ticket = p->opens = true;
	p->ref_year = YEAR;
	p->ref_number = number;
	p->ref = arena_printf(b->a, "BI-%d-%05d", YEAR, number);
	p->state = TICKET_OPEN;
	p->due = 20800;
	p->due_ar = 20810;
	p->due_silence = 20850;
	p->file = PLAN_FILE_TICKET;
	p->ack = ACK_STANDARD;
	plan_event_add(b, p, EVENT_MAIL_IN, "a person's demand");
	plan_event_add(b, p, EVENT_NOTE, "a note");
	plan_mail_add(b, p, MAIL_KIND_ACK, from, false);
	plan_mail_add(b, p, MAIL_KIND_NOTIFY, "claire@mairie.example", false);
	return p;
}

static inline struct plan *
plan_joining(struct box *b, const char *from, int64_t ticket)
{
	struct plan *p = plan_blank(b, from);

	p->outcome = MAIL_OUTCOME_APPEND;
	p->has_ticket = true;
	p->ticket = ticket;
	p->state = TICKET_OPEN;
	p->file = PLAN_FILE_TICKET;
	plan_event_add(b, p, EVENT_MAIL_IN, "joins its ticket");
	return p;
}

/* One mail, one transaction. */
static inline void
apply(struct box *b, const struct sample *x, const struct plan *p)
{
	OK(store_begin(b->s, &b->f));
	OK(store_mail_begin(b->s, &b->f));
	OK(store_apply(b->s, &x->sm, p, T0 + 100, &b->f));
	OK(store_mail_end(b->s, true, &b->f));
	OK(store_commit(b->s, &b->f));
}

/* Ticket n of `from`, opened by mail n: its row. */
static inline int64_t
open_ticket(struct box *b, const char *from, int n)
{
	struct ticket_row t;
	struct plan *p = plan_opening(b, from, n);

	apply(b, sample_new(b, from, n), p);
	OK(query_ticket(b->s, b->a, p->ref, &t, &b->f));
	return t.id;
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, box_setup, box_teardown)
#define TEST_BARE(fn) cmocka_unit_test_setup_teardown(fn, box_setup_bare, box_teardown)

#endif
