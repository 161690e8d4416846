/* doctor_host.c - what lies on this machine: files, database, daemon. */
#include "doctor_int.h"

/* ---- files ---- */

static void
files(struct judging *g)
{
	if (g->x->writable[0] != '\0')
		doctor_fail(g, "chmod o-w each of them", "others can write: %s",
		    g->x->writable);
	else if (g->x->readable[0] != '\0')
		doctor_fail(g, "chmod 0600 each of them", "others can read: %s",
		    g->x->readable);
	else
		doctor_ok(g, "%s and what it names are safe from others", g->x->config_path);
}

static void
secrets(struct judging *g)
{
	if (g->x->secrets.why[0] == '\0')
		doctor_ok(g, "key and passwords can be read, and by nobody else");
	else
		doctor_fail(g, "own them by root or the service, and chmod 0600; "
		    "bureaud --init makes a missing key", "%s", g->x->secrets.why);
}

static void
rules(struct judging *g)
{
	if (g->x->rules.why[0] == '\0')
		doctor_ok(g, "%zu categories, every example of the files holds",
		    g->x->ncategories);
	else
		doctor_fail(g,
		    "correct that line; until then the daemon keeps the old rules, and "
		    "does not start anew", "%s", g->x->rules.why);
}

static void
templates(struct judging *g)
{
	if (!g->x->texts.looked)
		return;
	if (g->x->texts.why[0] != '\0')
		doctor_fail(g, "correct that text, or take the shipped one", "%s",
		    g->x->texts.why);
	else if (g->x->unlawful[0] != '\0')
		doctor_fail(g,
		    "add it to the text, or fill the key of [bureau] that it takes it "
		    "from", "an acknowledgment lacks what the law asks for: %s",
		    g->x->unlawful);
	else
		doctor_ok(g, "every acknowledgment says what the law asks for");
}

static void
directory(struct judging *g)
{
	if (!g->x->directory.looked)
		return;
	if (g->x->directory.why[0] != '\0')
		doctor_fail(g, "correct that line", "%s", g->x->directory.why);
	else if (!g->x->has_directory)
		doctor_warn(g, "write annuaire.conf and name it in [bureau] directory",
		    "none: #orienter and #transmettre know nobody");
	else if (g->x->nstale > 0)
		doctor_warn(g, "call them, then set verifie_le to the day of the call",
		    "%zu of %zu entries not verified within %d days, shown to no citizen: %s",
		    g->x->nstale, g->x->nentries, DIRECTORY_FRESH_DAYS, g->x->stale);
	else
		doctor_ok(g, "%zu entries, all verified within %d days", g->x->nentries,
		    DIRECTORY_FRESH_DAYS);
}

static void
quartiers(struct judging *g)
{
	if (!g->x->quartiers.looked)
		return;
	if (g->x->quartiers.why[0] != '\0')
		doctor_fail(g, "correct that line", "%s", g->x->quartiers.why);
	else if (!g->x->has_quartiers)
		doctor_warn(g, "write the file and name it in [bureau] quartiers",
		    "none: no neighbourhood is known, no permanence is announced");
	else if (g->x->npermanences == 0)
		doctor_warn(g, "add the next permanences", "no permanence with a future date");
	else
		doctor_ok(g, "%zu permanences to come", g->x->npermanences);
}

static void
agents(struct judging *g)
{
	const struct desk *d = g->x->desk;
	size_t on_call = 0;

	if (g->x->agents.looked && g->x->agents.why[0] != '\0') {
		doctor_fail(g, "correct the section", "%s", g->x->agents.why);
		return;
	}
	for (size_t i = 0; i < d->nagents; i++)
		on_call += d->agents[i].on_call;
	if (d->nagents == 0)
		doctor_fail(g, "add a section [agent NAME] for each",
		    "nobody is told of any mail");
	else if (on_call == 0)
		doctor_warn(g, "set on_call = yes for those who can be reached at night",
		    "%zu, none of them on call: an alert goes to all", d->nagents);
	else if (d->admin[0] == '\0')
		doctor_warn(g, "set [admin] address", "nobody is told of trouble");
	else
		doctor_ok(g, "%zu, of them %zu on call", d->nagents, on_call);
}

const struct doctor_subject doctor_files[] = {
	{ "files", files }, { "secrets", secrets }, { "rules", rules },
	{ "templates", templates }, { "directory", directory }, { "quartiers", quartiers },
	{ "agents", agents }, { NULL, NULL },
};

/* ---- database and daemon ---- */

static void
database(struct judging *g)
{
	if (g->x->db.why[0] != '\0')
		doctor_fail(g, "if it is lost: bureauctl rebuild --into FILE", "%s",
		    g->x->db.why);
	else if (g->x->unsound_time)
		doctor_warn(g, "look while the machine is idle",
		    "opened, but too large to be looked through in this time");
	else if (g->x->sound.why[0] != '\0')
		doctor_fail(g, "stop bureaud, keep the file, bureauctl rebuild --into FILE",
		    "%s is damaged: %s", g->x->database, g->x->sound.why);
	else
		doctor_ok(g, "whole, %lld KiB", (long long)(g->x->db_bytes >> 10));
}

static void
disk(struct judging *g)
{
	long long mib = (long long)(g->x->disk_free >> 20);

	if (g->x->disk.why[0] != '\0')
		doctor_fail(g, "look at the folder of [bureau] database", "%s", g->x->disk.why);
	else if (g->x->inodes_out)
		doctor_fail(g, "remove files there", "no file can be made beside the database");
	else if (mib < DOCTOR_DISK_FAIL_MIB)
		doctor_fail(g, "make room now: mail waits when it is full", "%lld MiB free",
		    mib);
	/* The night's snapshot is a copy, a rebuild another one. */
	else if (mib < DOCTOR_DISK_WARN_MIB || g->x->disk_free < 2 * g->x->db_bytes)
		doctor_warn(g, "make room: the snapshot of each night needs a copy's",
		    "%lld MiB free", mib);
	else
		doctor_ok(g, "%lld MiB free", mib);
}

static void
snapshot(struct judging *g)
{
	int64_t since = g->x->snapshot_made != 0 ? g->x->snapshot_made : g->x->db_created;
	int64_t age = g->x->now - since;
	const char *text = arena_printf(g->a, "%s is %s old", g->x->snapshot_made != 0 ?
	    "the last one" : "none yet, the database", doctor_took(g->a, age < 0 ? 0 : age));

	if (!g->x->db.looked || g->x->db.why[0] != '\0')
		return;
	if (age >= DOCTOR_SNAPSHOT_FAIL)
		doctor_fail(g,
		    "see the log: it is made each night, into [imap] snapshot_folder",
		    "%s", text);
	else if (age >= DOCTOR_SNAPSHOT_WARN)
		doctor_warn(g, "see the log: one is made each night", "%s", text);
	else
		doctor_ok(g, "%s", text);
}

static void
daemon_health(struct judging *g)
{
	if (!g->x->db.looked || g->x->db.why[0] != '\0')
		return;
	if (g->x->health[0] != '\0')
		doctor_fail(g, "systemctl status bureaud; journalctl -u bureaud", "%s",
		    g->x->health);
	else
		doctor_ok(g, "it runs, and all is well with it");
}

static void
outbox(struct judging *g)
{
	if (!g->x->db.looked || g->x->db.why[0] != '\0')
		return;
	if (g->x->dead + g->x->unsure > 0)
		doctor_warn(g, "bureauctl queue shows them; queue retry, or queue drop",
		    "%lld dead, %lld unsure", (long long)g->x->dead, (long long)g->x->unsure);
	else
		doctor_ok(g, "nothing dead or unsure");
}

static void
selftest(struct judging *g)
{
	const struct selftest *t = &g->x->selftest;

	if (!g->x->db.looked || g->x->db.why[0] != '\0')
		return;
	if (!g->x->selftest_daily) {
		doctor_warn(g, "set [selftest] daily = yes",
		    "off: nobody would notice that mail is lost on its way");
		return;
	}
	switch (selftest_state(t)) {
	case SELFTEST_NEVER: doctor_ok(g, "none was sent yet"); break;
	case SELFTEST_UNDER_WAY: doctor_ok(g, "the first one is under way"); break;
	case SELFTEST_BACK:
		doctor_ok(g, "back after %s", doctor_took(g->a, t->returned - t->sent));
		break;
	case SELFTEST_LATE:
		doctor_fail(g,
		    "look in the spam folder, at rules of the mailbox, at the relay's log",
		    "the last one is not back, after %s",
		    doctor_took(g->a, g->x->now > t->sent ? g->x->now - t->sent : 0));
		break;
	}
}

const struct doctor_subject doctor_store[] = {
	{ "database", database }, { "disk", disk }, { "snapshot", snapshot },
	{ "daemon", daemon_health }, { "outbox", outbox }, { "selftest", selftest },
	{ NULL, NULL },
};
