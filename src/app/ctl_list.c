/* ctl_list.c - list, show, messages: what the database says, for eyes or as JSON. */
#include "ctl.h"

#include "clock.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static void
day_json(struct jsonw *j, const char *key, int32_t day)
{
	char z[DATE_RFC3339_MAX];

	if (day == 0) {
		jsonw_null(j, key);
		return;
	}
	date_iso(day, z);
	jsonw_str(j, key, z);
}

void
ctl_ticket_json(struct jsonw *j, const struct ticket_row *t)
{
	jsonw_str(j, "ref", t->ref);
	jsonw_str(j, "state", ticket_state_name(t->state));
	jsonw_str_or_null(j, "outcome", ticket_outcome_name(t->outcome));
	jsonw_str(j, "category", t->category);
	jsonw_str(j, "urgency", urgency_name(t->urgency));
	jsonw_bool(j, "sensitive", t->sensitive);
	jsonw_str_or_null(j, "agent", t->agent);
	jsonw_str(j, "citizen", t->citizen);
	jsonw_str(j, "subject", t->subject);
	jsonw_str(j, "lang", t->lang);
	jsonw_time(j, "opened", t->opened);
	jsonw_time(j, "last_activity", t->last_activity);
	day_json(j, "due", t->due);
	jsonw_time(j, "first_answer", t->first_answer);
	jsonw_str(j, "quartier", t->quartier);
	jsonw_int(j, "messages", t->messages);
	jsonw_bool(j, "untrusted", t->untrusted);
	jsonw_str_or_null(j, "maybe_about", t->about);
}

/* In the local zone, for eyes. */
const char *
ctl_when(struct arena *a, int64_t at)
{
	struct date_time t = date_local(at);

	return arena_printf(a, "%04d-%02d-%02d %02d:%02d", t.date.y, t.date.m, t.date.d, t.hour, t.min);
}

static void
ticket_line(struct ctl *c, const struct ticket_row *t)
{
	char due[DATE_RFC3339_MAX] = "-";

	if (t->due != 0)
		date_iso(t->due, due);
	ctl_cell(&c->out, t->ref, 14);
	buf_addc(&c->out, ' ');
	ctl_cell(&c->out, ticket_state_name(t->state), 8);
	ctl_cell(&c->out, t->category, 13);
	ctl_cell(&c->out, urgency_name(t->urgency), 7);
	ctl_cell(&c->out, t->sensitive ? "s" : "", 2);
	ctl_cell(&c->out, t->agent[0] != '\0' ? t->agent : "-", 10);
	ctl_cell(&c->out, due, 11);
	ctl_cell(&c->out, t->sensitive ? "(sensitive)" : t->subject, 34);
	buf_addc(&c->out, '\n');
}

static enum status
list_each(void *ctx, const struct ticket_row *t)
{
	struct ctl *c = ctx;
	struct jsonw j;

	if (c->json) {
		jsonw_open(&j, &c->out);
		jsonw_object(&j, NULL);
		ctl_ticket_json(&j, t);
		jsonw_object_end(&j);
		buf_addc(&c->out, '\n');
	} else
		ticket_line(c, t);
	ctl_flush(c);
	return ST_OK;
}

int
ctl_list(struct ctl *c)
{
	struct store *s AUTO(store_close) = NULL;
	const struct ticket_filter want = { c->state, c->category, c->agent };
	enum ticket_state state;
	int rc;

	if (c->state[0] != '\0' && !ticket_state_of(c->state, &state)) {
		(void)fault_set(&c->f, ST_PERM, "--state: open, waiting or closed, not \"%s\"", c->state);
		return ctl_fail(c, EX_USAGE);
	}
	rc = ctl_store(c, STORE_READ, &s);
	if (rc != EX_OK)
		return rc;
	return query_tickets(s, c->a, &want, list_each, c, &c->f) == ST_OK ? EX_OK :
	    ctl_fail(c, EX_IOERR);
}

struct showing { struct ctl *c; struct jsonw *j; };

static enum status
event_each(void *ctx, const struct event_row *e)
{
	struct showing *w = ctx;
	struct buf *b = &w->c->out;

	if (w->j == NULL) {
		buf_addf(b, "  %s  %-8s ", ctl_when(w->c->a, e->at), event_kind_name(e->kind));
		ctl_cell(b, e->by, 9);
		buf_addz(b, " ");
		ctl_cell(b, e->text, strlen(e->text) < 200 ? strlen(e->text) : 200);
		buf_addc(b, '\n');
		return ST_OK;
	}
	jsonw_object(w->j, NULL);
	jsonw_time(w->j, "at", e->at);
	jsonw_str(w->j, "kind", event_kind_name(e->kind));
	jsonw_str(w->j, "by", e->by);
	jsonw_str(w->j, "text", e->text);
	jsonw_object_end(w->j);
	return ST_OK;
}

static enum status
person_each(void *ctx, const struct participant_row *p)
{
	struct showing *w = ctx;

	if (w->j == NULL) {
		buf_addf(&w->c->out, "  %s (%s)\n", p->spec, p->role);
		return ST_OK;
	}
	jsonw_object(w->j, NULL);
	jsonw_str(w->j, "address", p->spec);
	jsonw_str(w->j, "role", p->role);
	jsonw_object_end(w->j);
	return ST_OK;
}

static enum status
show_json(struct ctl *c, struct store *s, const struct ticket_row *t)
{
	struct jsonw j;
	struct showing w = { c, &j };

	jsonw_open(&j, &c->out);
	jsonw_object(&j, NULL);
	ctl_ticket_json(&j, t);
	day_json(&j, "due_ar", t->due_ar);
	day_json(&j, "due_silence", t->due_silence);
	jsonw_array(&j, "people");
	if (query_participants(s, c->a, t->id, person_each, &w, &c->f) != ST_OK)
		return c->f.st;
	jsonw_array_end(&j);
	jsonw_array(&j, "timeline");
	if (query_timeline(s, c->a, t->id, event_each, &w, &c->f) != ST_OK)
		return c->f.st;
	jsonw_array_end(&j);
	jsonw_object_end(&j);
	buf_addc(&c->out, '\n');
	return ST_OK;
}

static enum status
show_text(struct ctl *c, struct store *s, const struct ticket_row *t)
{
	struct showing w = { c, NULL };
	struct buf *b = &c->out;
	char day[DATE_RFC3339_MAX];

	buf_addf(b, "%s  %s%s%s  %s  %s%s%s\n", t->ref, ticket_state_name(t->state),
	    t->outcome != TICKET_OUTCOME_NONE ? ", " : "", ticket_outcome_name(t->outcome),
	    t->category, urgency_name(t->urgency), t->sensitive ? "  sensitive" : "",
	    t->untrusted ? "  untrusted" : "");
	buf_addz(b, "subject: ");
	ctl_cell(b, t->subject, strlen(t->subject) < 200 ? strlen(t->subject) : 200);
	buf_addf(b, "\nopened:  %s   last activity: %s   messages: %d\n", ctl_when(c->a, t->opened),
	    ctl_when(c->a, t->last_activity), t->messages);
	if (t->due != 0) {
		date_iso(t->due, day);
		buf_addf(b, "due:     %s\n", day);
	}
	if (t->about[0] != '\0')
		buf_addf(b, "may be about: %s\n", t->about);
	buf_addz(b, "people:\n");
	if (query_participants(s, c->a, t->id, person_each, &w, &c->f) != ST_OK)
		return c->f.st;
	buf_addz(b, "timeline:\n");
	return query_timeline(s, c->a, t->id, event_each, &w, &c->f);
}

int
ctl_show(struct ctl *c)
{
	struct store *s AUTO(store_close) = NULL;
	struct ticket_row t;
	int rc;

	if (c->argc != 2) {
		(void)fprintf(stderr, "bureauctl: usage: bureauctl show REF\n");
		return EX_USAGE;
	}
	rc = ctl_store(c, STORE_READ, &s);
	if (rc != EX_OK)
		return rc;
	switch (query_ticket(s, c->a, c->argv[1], &t, &c->f)) {
	case ST_OK: break;
	case ST_NONE:
		(void)fault_set(&c->f, ST_NONE, "%s: no such ticket", c->argv[1]);
		return ctl_fail(c, EX_DATAERR);
	case ST_TEMP: case ST_PERM: case ST_UNSURE: return ctl_fail(c, EX_IOERR);
	}
	if ((c->json ? show_json(c, s, &t) : show_text(c, s, &t)) != ST_OK)
		return ctl_fail(c, EX_IOERR);
	ctl_flush(c);
	return EX_OK;
}

static void
message_json(struct ctl *c, const struct message_row *m)
{
	struct jsonw j;

	jsonw_open(&j, &c->out);
	jsonw_object(&j, NULL);
	jsonw_str(&j, "message_id", m->message_id);
	jsonw_str(&j, "sha256", m->sha256);
	jsonw_int(&j, "copies", m->copies);
	jsonw_time(&j, "received", m->received);
	jsonw_str(&j, "outcome", mail_outcome_name(m->outcome));
	jsonw_str_or_null(&j, "ticket", m->ticket);
	jsonw_str(&j, "role", mail_role_name(m->role));
	jsonw_bool(&j, "visible", m->visible);
	jsonw_str(&j, "because", m->because);
	jsonw_object_end(&j);
	buf_addc(&c->out, '\n');
}

static enum status
message_each(void *ctx, const struct message_row *m)
{
	struct ctl *c = ctx;

	if (c->json)
		message_json(c, m);
	else {
		buf_addf(&c->out, "%s  ", ctl_when(c->a, m->received));
		ctl_cell(&c->out, mail_outcome_name(m->outcome), 16);
		ctl_cell(&c->out, m->ticket[0] != '\0' ? m->ticket : "-", 15);
		ctl_cell(&c->out, mail_role_name(m->role), 8);
		ctl_cell(&c->out, m->because, 40);
		buf_addc(&c->out, '\n');
	}
	ctl_flush(c);
	return ST_OK;
}

int
ctl_messages(struct ctl *c)
{
	struct store *s AUTO(store_close) = NULL;
	int64_t since = 0;
	int rc;

	if (c->since[0] != '\0' && !date_parse_rfc3339(span_of(c->since), &since)) {
		(void)fault_set(&c->f, ST_PERM, "--since: a date or RFC 3339 time, not \"%s\"", c->since);
		return ctl_fail(c, EX_USAGE);
	}
	rc = ctl_store(c, STORE_READ, &s);
	if (rc != EX_OK)
		return rc;
	return query_messages(s, c->a, since, message_each, c, &c->f) == ST_OK ? EX_OK :
	    ctl_fail(c, EX_IOERR);
}
