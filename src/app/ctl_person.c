/* ctl_person.c - what is held of one person: shown, handed out, erased. */
#include "ctl.h"

#include "clock.h"
#include "erase.h"
#include "person.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static enum status
ticket_text(void *ctx, const struct ticket_row *t)
{
	struct ctl *c = ctx;
	char opened[DATE_RFC3339_MAX], last[DATE_RFC3339_MAX];

	date_rfc3339(t->opened, opened);
	date_rfc3339(t->last_activity, last);
	buf_addf(&c->out, "  %s  %s%s, %d messages, %s to %s\n", t->ref,
	    ticket_state_name(t->state), t->sensitive ? ", sensitive" : "", t->messages, opened,
	    last);
	return ST_OK;
}

static enum status
ticket_json(void *ctx, const struct ticket_row *t)
{
	struct jsonw *j = ctx;

	jsonw_object(j, NULL);
	jsonw_str(j, "ref", t->ref);
	jsonw_str(j, "state", ticket_state_name(t->state));
	jsonw_bool(j, "sensitive", t->sensitive);
	jsonw_time(j, "opened", t->opened);
	jsonw_time(j, "last_activity", t->last_activity);
	jsonw_object_end(j);
	return ST_OK;
}

static enum status
show_json(struct ctl *c, struct store *s, const char *address, const struct person_facts *p)
{
	struct jsonw j;

	jsonw_open(&j, &c->out);
	jsonw_object(&j, NULL);
	jsonw_str(&j, "address", address);
	jsonw_array(&j, "tickets");
	if (person_tickets(s, c->a, address, ticket_json, &j, &c->f) != ST_OK)
		return c->f.st;
	jsonw_array_end(&j);
	jsonw_int(&j, "messages", p->messages);
	jsonw_int(&j, "attachments", p->files);
	jsonw_int(&j, "sent", p->sent);
	jsonw_time(&j, "first", p->first);
	jsonw_time(&j, "last", p->last);
	jsonw_bool(&j, "no_auto", p->no_auto);
	jsonw_bool(&j, "contact", p->contact);
	jsonw_object_end(&j);
	buf_addc(&c->out, '\n');
	return ST_OK;
}

static enum status
show_text(struct ctl *c, struct store *s, const char *address, const struct person_facts *p)
{
	char first[DATE_RFC3339_MAX] = "-", last[DATE_RFC3339_MAX] = "-";

	if (p->first != 0)
		date_rfc3339(p->first, first);
	if (p->last != 0)
		date_rfc3339(p->last, last);
	buf_addf(&c->out,
	    "%lld tickets, %lld messages with %lld files, %s to %s; %lld mails sent\n",
	    (long long)p->tickets, (long long)p->messages, (long long)p->files, first, last,
	    (long long)p->sent);
	if (p->no_auto)
		buf_addz(&c->out, "no automatic mail is wanted\n");
	if (p->contact)
		buf_addz(&c->out, "a safe way to reach the person is noted\n");
	return person_tickets(s, c->a, address, ticket_text, c, &c->f);
}

static int
show(struct ctl *c, struct store *s, const char *address, const struct person_facts *p)
{
	if (store_begin(s, &c->f) != ST_OK ||
	    ctl_act_end(c, s, ctl_note(c, s, "person show", "")) != ST_OK ||
	    (c->json ? show_json : show_text)(c, s, address, p) != ST_OK)
		return ctl_fail(c, EX_IOERR);
	ctl_flush(c);
	return EX_OK;
}

/* ---- erase ---- */

static bool
is_meant(struct ctl *c, const struct person_facts *p)
{
	if (!ctl_confirm(c,
		arena_printf(c->a,
		    "%lld messages and the names in %lld tickets (%lld still "
		    "open) will be gone for good. Erase them?",
		    (long long)p->messages, (long long)p->tickets, (long long)p->open)))
		return false;
	return !person_is_delicate(p) ||
	    ctl_confirm(c,
		"A person in danger may need what is written there, and whoever reads their "
		"mailbox could have asked. Has an agent made sure, by another way than mail, that "
		"the person did?");
}

/* A line of the journal for each ticket, or one for all. */
static enum status
noted(struct ctl *c, struct store *s, const struct erased *e)
{
	const char *act = c->mailbox ? "person erase, mailbox too" : "person erase";

	for (size_t i = 0; i < e->nrefs; i++)
		if (ctl_note(c, s, act, e->refs[i]) != ST_OK)
			return c->f.st;
	return e->nrefs > 0 ? ST_OK : ctl_note(c, s, act, "");
}

static enum status
erase_do(struct ctl *c, struct store *s, const char *address, struct erased *e)
{
	enum status st;

	if (store_begin(s, &c->f) != ST_OK)
		return c->f.st;
	st = erase_person(s, c->a, address, c->mailbox, ctl_user(c), clock_now(), e, &c->f);
	if (st == ST_OK)
		st = noted(c, s, e);
	return ctl_act_end(c, s, st);
}

static void
certificate_json(struct ctl *c, const struct erased *e)
{
	struct jsonw j;

	jsonw_open(&j, &c->out);
	jsonw_object(&j, NULL);
	jsonw_time(&j, "at", clock_now());
	jsonw_str(&j, "by", ctl_user(c));
	jsonw_array(&j, "tickets");
	for (size_t i = 0; i < e->nrefs; i++)
		jsonw_str(&j, NULL, e->refs[i]);
	jsonw_array_end(&j);
	jsonw_int(&j, "messages", e->messages);
	jsonw_int(&j, "attachments", e->files);
	jsonw_int(&j, "sent", e->sent);
	jsonw_bool(&j, "mailbox", c->mailbox);
	jsonw_int(&j, "waiting", e->waiting);
	jsonw_object_end(&j);
	buf_addc(&c->out, '\n');
}

/* In French: it goes to the person, or to the data protection officer. */
static void
certificate_text(struct ctl *c, const struct erased *e)
{
	struct buf *b = &c->out;
	int64_t now = clock_now();

	buf_addf(b, "Certificat d’effacement\n\n%s – %s\nFait le %s à %s par %s.\n\n",
	    c->cfg->name, c->cfg->organisation, say_day(c->a, date_local_day(now)),
	    say_time(c->a, now), ctl_user(c));
	buf_addf(b, "Dossiers rendus anonymes : %lld", (long long)e->tickets);
	for (size_t i = 0; i < e->nrefs; i++)
		buf_addf(b, "%s%s", i == 0 ? " (" : ", ", e->refs[i]);
	buf_addf(b,
	    "%s\nMessages effacés : %lld\nPièces jointes effacées : %lld\n"
	    "Courriels du bureau effacés : %lld\n",
	    e->nrefs > 0 ? ")" : "", (long long)e->messages, (long long)e->files,
	    (long long)e->sent);
	buf_addf(b, "Boîte aux lettres : %s\n\n", c->mailbox ?
	    "les messages en sont retirés au prochain passage du service." :
	    "les originaux y restent (l’option --mailbox les retire aussi).");
	buf_addz(b,
	    "Restent, sans nom, sans adresse et sans texte : les références, les dates, les "
	    "catégories\net les issues, pour que les chiffres des mois passés ne changent pas, "
	    "et l’empreinte des\nmessages. Les copies de sauvegarde plus anciennes, les avis "
	    "déjà reçus par les agents et ce\nqui a été transmis à un organisme ne sont pas "
	    "modifiés.\n");
	if (e->waiting > 0)
		buf_addf(b,
		    "\nAttention : %lld courriels pour les agents attendent encore d’être "
		    "envoyés et "
		    "peuvent contenir\nun nom. Refaites la même commande une fois qu’ils "
		    "seront partis.\n",
		    (long long)e->waiting);
}

static int
erase(struct ctl *c, struct store *s, const char *address, const struct person_facts *p)
{
	struct erased e;
	enum status st;

	if (!is_meant(c, p))
		return ctl_declined("not erased");
	st = erase_do(c, s, address, &e);
	if (st != ST_OK)
		return ctl_fail(c, st == ST_TEMP ? EX_TEMPFAIL : EX_IOERR);
	if (c->json)
		certificate_json(c, &e);
	else
		certificate_text(c, &e);
	ctl_flush(c);
	return ctl_scrub(c, s);
}

/* ---- */

/* What agents and the bureau wrote belongs to the tickets of others. */
static bool
is_staff(const struct ctl *c, const char *address)
{
	for (size_t i = 0; i < c->cfg->nown; i++)
		if (addr_same(c->cfg->own[i], address))
			return true;
	for (size_t i = 0; i < c->cfg->nagents; i++)
		if (addr_same(c->cfg->agents[i].spec, address))
			return true;
	return false;
}

static int
person_do(struct ctl *c, int (*act)(struct ctl *c, struct store *s, const char *address,
    const struct person_facts *p))
{
	struct store *s AUTO(store_close) = NULL;
	const char *address = addr_key(c->a, c->argv[2]);
	struct person_facts p;
	enum status st;
	int rc;

	if (strchr(address, '@') == NULL) {
		(void)fprintf(stderr, "bureauctl: not an address: %s\n", c->argv[2]);
		return EX_USAGE;
	}
	if (is_staff(c, address)) {
		(void)fprintf(stderr,
		    "bureauctl: an agent's or the bureau's own address: its mails belong to "
		    "the tickets\n");
		return EX_DATAERR;
	}
	rc = ctl_act_open(c, &s);
	if (rc != EX_OK)
		return rc;
	if (act == erase && (rc = ctl_scrub_due(c, s)) != EX_OK)
		return rc;
	st = person_find(s, address, &p, &c->f);
	return st == ST_OK ? act(c, s, address, &p)
			   : ctl_fail(c, st == ST_NONE ? EX_DATAERR : EX_IOERR);
}

int
ctl_person(struct ctl *c)
{
	static const struct {
		const char *name;
		int (*act)(struct ctl *c, struct store *s, const char *address,
		    const struct person_facts *p);
	} acts[] = { { "show", show }, { "export", ctl_export }, { "erase", erase } };

	for (size_t i = 0; c->argc == 3 && i < sizeof acts / sizeof *acts; i++)
		if (strcmp(c->argv[1], acts[i].name) == 0)
			return person_do(c, acts[i].act);
	(void)fprintf(stderr,
	    "bureauctl: usage: bureauctl person show|export|erase ADDRESS [--mailbox]\n");
	return EX_USAGE;
}
