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
ctl_files_json(struct jsonw *j, const struct attachment *v, size_t n)
{
	jsonw_array(j, "attachments");
	for (size_t i = 0; i < n; i++) {
		jsonw_object(j, NULL);
		jsonw_str(j, "filename", v[i].filename);
		jsonw_str(j, "type", v[i].type);
		jsonw_int(j, "size", (int64_t)v[i].size);
		jsonw_object_end(j);
	}
	jsonw_array_end(j);
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

const char *
ctl_when(struct arena *a, int64_t at)
{
	struct date_time t = date_local(at);

	return arena_printf(a, "%04d-%02d-%02d %02d:%02d", t.date.y, t.date.m, t.date.d, t.hour, t.min);
}

/* What must not be overlooked stands out. */
static enum ctl_style
urgency_style(enum urgency u)
{
	return u == URGENCY_VITAL ? STYLE_BAD : u == URGENCY_HIGH ? STYLE_WARN : STYLE_NONE;
}

static void
styled_cell(struct ctl *c, enum ctl_style style, const char *z, size_t columns)
{
	if (style != STYLE_NONE)
		ctl_style(c, style);
	ctl_cell(&c->out, z, columns);
	if (style != STYLE_NONE)
		ctl_style(c, STYLE_NONE);
}

static enum ctl_style
due_style(const struct ticket_row *t)
{
	return t->due != 0 && t->state != TICKET_CLOSED &&
	    t->due < date_local_day(clock_now()) ?
	    STYLE_BAD : STYLE_NONE;
}

enum { LIST_COLUMNS = 62, MESSAGE_COLUMNS = 56, LAST_LEAST = 16, LAST_PIPED = 500 };

/* Room for the last column behind `columns`; 0: the terminal is too narrow for one line. */
static size_t
room_behind(const struct ctl *c, size_t columns)
{
	if (c->width == 0)
		return LAST_PIPED;
	return c->width >= columns + LAST_LEAST ? c->width - columns : 0;
}

static void
due_cell(struct ctl *c, const struct ticket_row *t)
{
	char due[DATE_RFC3339_MAX] = "-";

	if (t->due != 0)
		date_iso(t->due, due);
	buf_addc(&c->out, ' ');
	styled_cell(c, due_style(t), due, 10);
	buf_addc(&c->out, ' ');
}

static void
ticket_line(struct ctl *c, const struct ticket_row *t)
{
	size_t room = room_behind(c, LIST_COLUMNS);
	bool narrow = room == 0;

	styled_cell(c, STYLE_BOLD, t->ref, 14);
	styled_cell(c, t->state == TICKET_CLOSED ? STYLE_DIM : STYLE_NONE,
	    ticket_state_name(t->state), 8);
	if (!narrow)
		ctl_cell(&c->out, t->category, 13);
	styled_cell(c, urgency_style(t->urgency),
	    t->urgency == URGENCY_NORMAL ? "-" : urgency_name(t->urgency), 6);
	ctl_cell(&c->out, t->agent[0] != '\0' ? t->agent : "-", narrow ? 7 : 9);
	if (!narrow)
		due_cell(c, t);
	else {
		buf_addz(&c->out, "\n  ");
		ctl_cell(&c->out, t->category, 12);
		due_cell(c, t);
		buf_addz(&c->out, "\n  ");
		room = c->width - 2;
	}
	ctl_line(&c->out, t->sensitive ? "(sensitive)" : t->subject, room);
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

struct showing { struct ctl *c; struct jsonw *j; date_day day; };

/* A day is said once, above its lines. */
static void
day_put(struct showing *w, date_day day)
{
	static const char *const names[] = {
		"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
	};
	char z[DATE_RFC3339_MAX];

	if (day == w->day)
		return;
	w->day = day;
	date_iso(day, z);
	ctl_style(w->c, STYLE_BOLD);
	buf_addf(&w->c->out, "\n%s %s\n", z, names[date_weekday(day)]);
	ctl_style(w->c, STYLE_NONE);
}

static void
event_text(struct showing *w, const struct event_row *e)
{
	enum { TEXT_COLUMN = 28 };
	struct date_time t = date_local(e->at);
	struct ctl *c = w->c;
	struct buf *b = &c->out;
	size_t indent = c->width == 0 || c->width > 2 * TEXT_COLUMN ? TEXT_COLUMN : 4;

	day_put(w, date_day_of(t.date));
	buf_addf(b, "  %02d:%02d  ", t.hour, t.min);
	styled_cell(c, e->kind == EVENT_ALERT || e->kind == EVENT_BOUNCE ? STYLE_BAD :
	    STYLE_NONE,
	    event_kind_name(e->kind), 9);
	if (ctl_columns(e->by) < 10)
		ctl_cell(b, e->by, 10);
	else
		buf_addf(b, "%s\n%*s", e->by, (int)indent, "");
	if (indent < TEXT_COLUMN)
		buf_addf(b, "\n%*s", (int)indent, "");
	ctl_wrap(c, e->text, indent);
	buf_addc(b, '\n');
}

static enum status
event_each(void *ctx, const struct event_row *e)
{
	struct showing *w = ctx;

	if (w->j == NULL) {
		event_text(w, e);
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

static void
day_field(struct ctl *c, const char *what, date_day day)
{
	char z[DATE_RFC3339_MAX];

	if (day == 0)
		return;
	date_iso(day, z);
	ctl_field(c, what, z);
}

static enum status
person_each(void *ctx, const struct participant_row *p)
{
	struct showing *w = ctx;

	if (w->j == NULL) {
		ctl_field(w->c, p->role, p->spec);
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
	struct showing w = { c, &j, DATE_INVALID };

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

static void
head_text(struct ctl *c, const struct ticket_row *t)
{
	struct buf *b = &c->out;

	ctl_style(c, STYLE_BOLD);
	buf_addz(b, t->ref);
	ctl_style(c, STYLE_NONE);
	buf_addf(b, "  %s%s%s  %s", ticket_state_name(t->state),
	    t->outcome != TICKET_OUTCOME_NONE ? ", " : "", ticket_outcome_name(t->outcome),
	    t->category);
	if (t->urgency != URGENCY_NORMAL) {
		ctl_style(c, urgency_style(t->urgency));
		buf_addf(b, "  %s", urgency_name(t->urgency));
		ctl_style(c, STYLE_NONE);
	}
	if (t->sensitive || t->untrusted)
		buf_addf(b, "%s%s%s", c->width > 0 && c->width < LIST_COLUMNS ? "\n" : "",
		    t->sensitive ? "  sensitive" : "", t->untrusted ? "  untrusted" : "");
	buf_addc(b, '\n');
}

static enum status
show_text(struct ctl *c, struct store *s, const struct ticket_row *t)
{
	struct showing w = { c, NULL, DATE_INVALID };

	head_text(c, t);
	ctl_field(c, "subject", t->subject);
	if (query_participants(s, c->a, t->id, person_each, &w, &c->f) != ST_OK)
		return c->f.st;
	ctl_field(c, "agent", t->agent);
	ctl_field(c, "quartier", t->quartier);
	ctl_field(c, "language", strcmp(t->lang, "fr") != 0 ? t->lang : "");
	ctl_field(c, "opened", ctl_when(c->a, t->opened));
	ctl_field(c, "activity", ctl_when(c->a, t->last_activity));
	if (t->first_answer != 0)
		ctl_field(c, "answered", ctl_when(c->a, t->first_answer));
	day_field(c, "due", t->due);
	day_field(c, "silence", t->due_silence);
	ctl_field(c, "messages", arena_printf(c->a, "%d", t->messages));
	ctl_field(c, "about", t->about);
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
	ctl_looked(c, "show", t.ref);
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

static void
message_text(struct ctl *c, const struct message_row *m)
{
	enum ctl_style style = m->outcome == MAIL_OUTCOME_QUARANTINED ? STYLE_WARN : STYLE_NONE;
	size_t room = room_behind(c, MESSAGE_COLUMNS);

	buf_addf(&c->out, "%s ", ctl_when(c->a, m->received));
	styled_cell(c, style, mail_outcome_name(m->outcome), 16);
	if (room == 0)
		buf_addz(&c->out, "\n  ");
	ctl_cell(&c->out, m->ticket[0] != '\0' ? m->ticket : "-", 15);
	ctl_cell(&c->out, mail_role_name(m->role), 8);
	if (room == 0) {
		buf_addz(&c->out, "\n  ");
		room = c->width - 2;
	}
	ctl_line(&c->out, m->because, room);
	buf_addc(&c->out, '\n');
}

static enum status
message_each(void *ctx, const struct message_row *m)
{
	struct ctl *c = ctx;

	if (c->json)
		message_json(c, m);
	else
		message_text(c, m);
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
