/* ctl_rebuild.c - rebuild: what was made again, and what could not be known. */
#include "ctl.h"

#include "login.h"
#include "rebuild.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static void
note_json(struct ctl *c, enum rebuild_note kind, const char *ref, const char *message_id,
    const char *text)
{
	struct jsonw j;

	jsonw_open(&j, &c->out);
	jsonw_object(&j, NULL);
	jsonw_str(&j, "note", rebuild_note_name(kind));
	jsonw_str_or_null(&j, "ticket", ref);
	jsonw_str_or_null(&j, "message_id", message_id);
	jsonw_str(&j, "text", text);
	jsonw_object_end(&j);
	buf_addc(&c->out, '\n');
}

static void
note_text(struct ctl *c, enum rebuild_note kind, const char *ref, const char *message_id,
    const char *text)
{
	ctl_cell(&c->out, rebuild_note_name(kind), 21);
	ctl_cell(&c->out, ref[0] != '\0' ? ref : "-", 15);
	ctl_cell(&c->out, text, strlen(text));
	if (message_id[0] != '\0') {
		buf_addz(&c->out, "  ");
		ctl_cell(&c->out, message_id, strlen(message_id));
	}
	buf_addc(&c->out, '\n');
}

static void
note(void *ctx, enum rebuild_note kind, const char *ref, const char *message_id,
    const char *text)
{
	struct ctl *c = ctx;

	(c->json ? note_json : note_text)(c, kind, ref, message_id, text);
	ctl_flush(c);
}

static void
sum_json(struct ctl *c, const struct rebuild_sum *s)
{
	struct jsonw j;

	jsonw_open(&j, &c->out);
	jsonw_object(&j, NULL);
	jsonw_str(&j, "database", c->into);
	jsonw_time(&j, "snapshot", s->snapshot_made);
	jsonw_int(&j, "replayed", s->replayed);
	jsonw_int(&j, "words", s->words);
	jsonw_int(&j, "sent", s->sent);
	jsonw_int(&j, "left", s->left);
	jsonw_int(&j, "wordless", s->wordless);
	jsonw_int(&j, "unsure", s->counts.unsure);
	jsonw_int(&j, "open", s->counts.open);
	jsonw_int(&j, "waiting", s->counts.waiting);
	jsonw_int(&j, "closed", s->counts.closed);
	jsonw_object_end(&j);
	buf_addc(&c->out, '\n');
}

static void
sum_text(struct ctl *c, const struct rebuild_sum *s)
{
	char made[DATE_RFC3339_MAX];
	struct buf *b = &c->out;

	date_rfc3339(s->snapshot_made, made);
	buf_addf(b, "%s: %lld open, %lld waiting, %lld closed tickets\n", c->into,
	    (long long)s->counts.open, (long long)s->counts.waiting, (long long)s->counts.closed);
	buf_addf(b, "from %s%s; %u mails replayed, the words of %u read again, %u sent ones found\n",
	    s->snapshot_made != 0 ? "the snapshot of " : "no snapshot",
	    s->snapshot_made != 0 ? made : "", s->replayed, s->words, s->sent);
	if (s->left > 0)
		buf_addf(b, "%u mails were not handled yet: bureaud will take them in\n", s->left);
	if (s->wordless > 0)
		buf_addf(b, "%lld mails are not in the mailbox any more: their words are lost\n",
		    (long long)s->wordless);
	if (s->counts.unsure > 0)
		buf_addf(b, "%lld mails may or may not have gone out: see \"bureauctl queue\"\n",
		    (long long)s->counts.unsure);
	buf_addz(b, "Not in any mail, hence not here: what was done with bureauctl since the "
	    "snapshot.\nTo use it: stop bureaud, put it in place of the database, start bureaud.\n");
}

static int
rebuild(struct ctl *c, struct setup *s)
{
	struct rebuild_sum sum;
	struct rebuild_job job = { .setup = s, .path = c->into, .by = ctl_user(c),
	    .note = note, .ctx = c, .anyway = c->yes };
	struct span key = { "", 0 };
	struct login login;
	enum status st;

	if (config_key(c->a, c->cfg, &key, &c->f) != ST_OK ||
	    login_open(c->a, c->cfg, LOGIN_IMAP, &login, &c->f) != ST_OK ||
	    setup_load(c->a, c->cfg, key, s, &c->f) != ST_OK)
		return ctl_fail(c, EX_CONFIG);
	job.login = &login;
	st = rebuild_run(&job, &sum, &c->f);
	login_close(&login);
	if (st != ST_OK)
		return ctl_fail(c, c->f.st == ST_TEMP ? EX_TEMPFAIL : EX_NOPERM);
	(c->json ? sum_json : sum_text)(c, &sum);
	ctl_flush(c);
	return EX_OK;
}

int
ctl_rebuild(struct ctl *c)
{
	struct setup s SETUP_AUTO = { 0 };

	if (c->argc != 1 || c->into[0] == '\0') {
		(void)fprintf(stderr, "bureauctl: usage: bureauctl rebuild --into FILE\n");
		return EX_USAGE;
	}
	return rebuild(c, &s);
}
