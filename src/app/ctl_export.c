/* ctl_export.c - all that is held of one person, as one archive on standard output (RGPD,
 * articles 15 and 20): mails for a mail program, everything else as JSON, and a page that says
 * what is what. */
#include "ctl_mailbox.h"

#include "clock.h"
#include "mbox.h"
#include "person.h"
#include "zip.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	MBOX_PART = 32 * 1024 * 1024,		/* one more mail makes the last of a file */
	MBOX_MAX = 1024 * 1024 * 1024,
	JSON_MAX = 512 * 1024 * 1024,
	REBUILT_MAX = 8 * 1024 * 1024,
};

struct exporting {
	struct ctl *c;
	struct store *s;
	const char *address;
	struct zip *zip;
	struct ctl_mailbox box;
	struct jsonw j;
	struct buf json, mbox;
	const char *mbox_name; int mbox_part;
	size_t raw, rebuilt, sent;
	int64_t now;
};

static enum status
mbox_flush(struct exporting *g)
{
	const char *name = g->mbox_part++ == 0
	    ? arena_printf(g->c->a, "%s.mbox", g->mbox_name)
	    : arena_printf(g->c->a, "%s-%d.mbox", g->mbox_name, g->mbox_part);
	enum status st = ST_OK;

	if (buf_full(&g->mbox))
		return fault_set(&g->c->f, ST_PERM, "%s: a mail is too large", name);
	if (g->mbox.n > 0)
		st = zip_add(g->zip, name, buf_span(&g->mbox), g->now, &g->c->f);
	buf_reset(&g->mbox);
	return st;
}

static enum status
mbox_put(struct exporting *g, struct span raw, int64_t at)
{
	mbox_add(&g->mbox, raw, at);
	return g->mbox.n < MBOX_PART && !buf_full(&g->mbox) ? ST_OK : mbox_flush(g);
}

/* ---- tickets ---- */

static enum status
event_each(void *ctx, const struct event_row *e)
{
	struct jsonw *j = ctx;

	jsonw_object(j, NULL);
	jsonw_time(j, "at", e->at);
	jsonw_str(j, "kind", event_kind_name(e->kind));
	jsonw_str(j, "by", e->by);
	jsonw_str(j, "text", e->text);
	jsonw_object_end(j);
	return ST_OK;
}

static enum status
ticket_each(void *ctx, const struct ticket_row *t)
{
	struct exporting *g = ctx;
	struct jsonw *j = &g->j;

	jsonw_object(j, NULL);
	ctl_ticket_json(j, t);
	jsonw_array(j, "timeline");
	if (query_timeline(g->s, g->c->a, t->id, event_each, j, &g->c->f) != ST_OK)
		return g->c->f.st;
	jsonw_array_end(j);
	jsonw_object_end(j);
	return ST_OK;
}

/* ---- mails ---- */

static void
message_json(struct exporting *g, const struct person_message *m, bool raw)
{
	struct jsonw *j = &g->j;

	jsonw_object(j, NULL);
	jsonw_str(j, "message_id", m->row.message_id);
	jsonw_str(j, "sha256", m->row.sha256);
	jsonw_time(j, "received", m->row.received);
	jsonw_str(j, "from", m->row.from);
	jsonw_str(j, "subject", m->row.subject);
	jsonw_str(j, "text", m->text);
	ctl_files_json(j, m->att, m->natt);
	jsonw_str_or_null(j, "ticket", m->row.ticket);
	jsonw_str(j, "role", mail_role_name(m->row.role));
	jsonw_str(j, "outcome", mail_outcome_name(m->row.outcome));
	jsonw_str(j, "because", m->row.because);
	jsonw_str(j, "form", raw ? "original" : "rebuilt");
	jsonw_object_end(j);
}

static enum status
message_each(void *ctx, const struct person_message *m)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct buf rebuilt BUF_AUTO;
	struct exporting *g = ctx;
	struct span raw;
	enum status st = ctl_mailbox_raw(
	    g->c, g->s, &g->box, a, m->row.id, m->row.sha256, &raw);

	buf_open(&rebuilt, REBUILT_MAX);
	if (st != ST_OK && st != ST_NONE)
		return st;
	message_json(g, m, st == ST_OK);
	if (st == ST_OK) {
		g->raw++;
		return mbox_put(g, raw, m->row.received);
	}
	g->rebuilt++;
	mbox_rebuild(&rebuilt,
	    &(struct mbox_kept){
		m->row.from, m->row.subject, m->row.message_id, m->text, m->row.received });
	return mbox_put(g, buf_span(&rebuilt), m->row.received);
}

static enum status
sent_each(void *ctx, const struct person_sent *o)
{
	struct exporting *g = ctx;
	struct jsonw *j = &g->j;

	jsonw_object(j, NULL);
	jsonw_str(j, "message_id", o->row.message_id);
	jsonw_str(j, "kind", mail_kind_name(o->row.kind));
	jsonw_str_or_null(j, "ticket", o->row.ticket);
	jsonw_str(j, "to", o->row.to);
	jsonw_str(j, "state", outbox_state_name(o->row.state));
	jsonw_time(j, "created", o->row.created);
	jsonw_time(j, "sent", o->sent_at);
	jsonw_object_end(j);
	g->sent++;
	return o->wire.n == 0 ? ST_OK : mbox_put(g, o->wire, o->row.created);
}

/* ---- the archive ---- */

static enum status
mails_write(struct exporting *g)
{
	struct ctl *c = g->c;

	jsonw_array(&g->j, "messages");
	g->mbox_name = "messages";
	g->mbox_part = 0;
	if (person_messages(g->s, g->address, message_each, g, &c->f) != ST_OK ||
	    mbox_flush(g) != ST_OK)
		return c->f.st;
	jsonw_array_end(&g->j);
	jsonw_array(&g->j, "sent");
	g->mbox_name = "envoyes";
	g->mbox_part = 0;
	if (person_sent(g->s, g->address, sent_each, g, &c->f) != ST_OK ||
	    mbox_flush(g) != ST_OK)
		return c->f.st;
	jsonw_array_end(&g->j);
	return ST_OK;
}

static enum status
json_write(struct exporting *g, const struct person_facts *p)
{
	struct ctl *c = g->c;
	const char *contact;

	jsonw_open(&g->j, &g->json);
	jsonw_object(&g->j, NULL);
	jsonw_str(&g->j, "address", g->address);
	jsonw_time(&g->j, "exported", g->now);
	if (person_contact(g->s, c->a, g->address, &contact, &c->f) != ST_OK)
		return c->f.st;
	jsonw_str_or_null(&g->j, "contact", contact);
	jsonw_bool(&g->j, "no_auto", p->no_auto);
	jsonw_array(&g->j, "tickets");
	if (person_tickets(g->s, c->a, g->address, ticket_each, g, &c->f) != ST_OK)
		return c->f.st;
	jsonw_array_end(&g->j);
	if (mails_write(g) != ST_OK)
		return c->f.st;
	jsonw_object_end(&g->j);
	buf_addc(&g->json, '\n');
	if (buf_full(&g->json))
		return fault_set(&c->f, ST_PERM, "too much for one archive");
	return zip_add(g->zip, "donnees.json", buf_span(&g->json), g->now, &c->f);
}

static enum status
readme_write(struct exporting *g, const struct person_facts *p)
{
	struct arena *a = g->c->a;
	const struct config *cfg = g->c->cfg;
	const char *text = arena_printf(a,
	    "Tout ce que le %s (%s) conserve au sujet de\nl’adresse %s, le %s à %s.\n\n"
	    "messages.mbox  messages reçus : %zu tels qu’ils sont dans la boîte aux lettres,\n"
	    "               %zu reconstitués d’après le texte conservé, sans pièces jointes\n"
	    "envoyes.mbox   messages envoyés par le bureau : %zu\n"
	    "donnees.json   dossiers : %lld, leur suivi, les mêmes messages et les notes\n\n"
	    "Les fichiers .mbox s’ouvrent avec un logiciel de messagerie (Thunderbird, par\n"
	    "exemple), le fichier .json avec un éditeur de texte. Pour faire corriger ou\n"
	    "effacer ces données, écrivez à %s.\n",
	    cfg->name, cfg->organisation, g->address, say_day(a, date_local_day(g->now)),
	    say_time(a, g->now), g->raw, g->rebuilt, g->sent, (long long)p->tickets,
	    cfg->address);

	return zip_add(g->zip, "LISEZMOI.txt", span_of(text), g->now, &g->c->f);
}

/* Without the mailbox the stored texts have to do: both the person and the administrator are
 * told. */
static enum status
archive_write(struct exporting *g, const struct person_facts *p)
{
	struct ctl *c = g->c;
	enum status st;

	buf_open(&g->json, JSON_MAX);
	buf_open(&g->mbox, MBOX_MAX);
	g->zip = zip_open(STDOUT_FILENO);
	if (ctl_mailbox_open(c, &g->box) != ST_OK)
		(void)fprintf(stderr,
		    "bureauctl: warning: mails are rebuilt from their text: %s\n", c->f.text);
	st = json_write(g, p);
	if (st == ST_OK)
		st = readme_write(g, p);
	if (st == ST_OK)
		st = zip_end(g->zip, &c->f);
	ctl_mailbox_close(&g->box);
	zip_close(&g->zip);
	buf_close(&g->mbox);
	buf_close(&g->json);
	return st;
}

int
ctl_export(struct ctl *c, struct store *s, const char *address, const struct person_facts *p)
{
	struct exporting g = { .c = c, .s = s, .address = address, .now = clock_now() };
	enum status st;

	if (isatty(STDOUT_FILENO)) {
		(void)fprintf(stderr,
		    "bureauctl: an archive is not for a terminal: redirect it to a file\n");
		return EX_USAGE;
	}
	if (person_is_delicate(p) &&
	    !(ctl_confirm(c, "Some of it may put the person in danger. Export it?") &&
		ctl_confirm(c,
		    "Whoever reads the person's mailbox could have asked for it. Has an agent "
		    "made "
		    "sure, by another way than mail, that the person did?")))
		return ctl_declined("not exported");
	if (store_begin(s, &c->f) != ST_OK ||
	    ctl_act_end(c, s, ctl_note(c, s, "person export", "")) != ST_OK)
		return ctl_fail(c, EX_IOERR);
	st = archive_write(&g, p);
	return st == ST_OK ? EX_OK : ctl_fail(c, st == ST_PERM ? EX_DATAERR : EX_IOERR);
}
