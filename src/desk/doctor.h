/* doctor.h - `bureauctl check`: from what was found out to one line a subject: well, not quite,
 * or broken, and what to do.  The looking is done by app; every judgement and limit is here.
 *
 * A subject that could not be looked at, because what it needs is broken, has no line of its
 * own: the broken one says it.  Text is for an administrator; no person's address is in it. */
#ifndef DESK_DOCTOR_H
#define DESK_DOCTOR_H

#include "selftest.h"

enum {
	DOCTOR_TLS_WARN_DAYS = 21,	/* those who renew by themselves do it 30 days ahead */
	DOCTOR_TLS_FAIL_DAYS = 4,
	DOCTOR_SKEW_WARN = 60, DOCTOR_SKEW_FAIL = 300,		/* seconds */
	DOCTOR_UNHANDLED_WARN = 15 * 60, DOCTOR_UNHANDLED_FAIL = 2 * 60 * 60,
	DOCTOR_SNAPSHOT_WARN = 36 * 60 * 60, DOCTOR_SNAPSHOT_FAIL = 4 * 24 * 60 * 60,
	DOCTOR_DISK_WARN_MIB = 1024, DOCTOR_DISK_FAIL_MIB = 128,
	DOCTOR_SEEN_MAX = 8,
};

enum doctor_grade { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL };
const char *doctor_grade_name(enum doctor_grade g);	/* "ok" "warn" "fail" */

/* By where they are looked at; the lines of one are made when its facts are there. */
enum doctor_part { DOCTOR_FILES, DOCTOR_STORE, DOCTOR_MAILBOX, DOCTOR_RELAY, DOCTOR_PARTS };

/* looked: an attempt was made; why: "" it went well. */
struct doctor_try { bool looked; const char *why; };

/* How a name of ours stands in the Authentication-Results of mail that came in. */
struct doctor_seen { const char *id; unsigned n; };

struct doctor_facts {
	const struct desk *desk;
	int64_t now;

	/* files */
	const char *config_path;
	const char *writable;			/* files that others can write, "" none */
	const char *readable;			/* ... of the database, that they can read */
	struct doctor_try secrets, rules, texts, directory, quartiers, agents;
	size_t ncategories;
	const char *unlawful;			/* "ack-voirie: 5 the reference; ...", "" */
	size_t nentries, nstale; const char *stale;	/* their sections */
	bool has_directory, has_quartiers;
	size_t npermanences;			/* still to come */

	/* database and daemon */
	const char *database;
	struct doctor_try db, sound;
	bool unsound_time;			/* sound: there was not time enough */
	struct doctor_try disk;
	int64_t disk_free, db_bytes;		/* bytes */
	bool inodes_out;
	int64_t db_created, snapshot_made;	/* 0: never */
	const char *health;			/* "" all is well, as `status` says it */
	int64_t dead, unsure;
	bool selftest_daily; struct selftest selftest;

	/* mailbox */
	struct doctor_try imap, box;
	const char *imap_host;
	int imap_days;				/* -1: no TLS */
	bool idle, move, uidplus, special_use;
	int poll_seconds;
	const char *absent;			/* configured folders, "" none */
	bool create_folders;
	const char *sent;			/* folder of what was sent; "" none found */
	bool sent_named;			/* by the configuration */
	int64_t unhandled, oldest;		/* mails, and when that was received */
	int64_t newest;				/* INTERNALDATE of the newest mail; 0 none */
	unsigned looked, with_results;		/* mails; of them with Authentication-Results */
	struct doctor_seen seen[DOCTOR_SEEN_MAX]; size_t nseen;	/* top-most field of each */
	bool plus_seen;				/* a mail to a plus address lies there */

	/* relay, and the clock */
	struct doctor_try smtp;
	const char *smtp_host;
	bool smtp_login;			/* as configured */
	int smtp_days;
	int64_t relay_time, relay_asked;	/* told in its greeting, 0: not; by our clock */
	bool unsynchronised;			/* the kernel says so */
};

struct doctor_line {
	const char *name;			/* "imap-folders" */
	enum doctor_grade grade;
	const char *text, *todo;		/* todo: "" where nothing is to be done */
};

/* The lines of one part, at most DOCTOR_LINES_MAX. */
enum { DOCTOR_LINES_MAX = 16 };
size_t doctor_judge(struct arena *a, const struct doctor_facts *x, enum doctor_part part,
    struct doctor_line out[DOCTOR_LINES_MAX]);

/* "42 s", "3 min", "5 h", "12 days" */
const char *doctor_took(struct arena *a, int64_t seconds);

/* The instant that a relay tells in its greeting; 0: none that can be read. */
int64_t doctor_greeting_time(const char *greeting);

#endif
