/* ctl_explain.c - what would happen to this mail, and why: the very value that intake would
 * apply, made from the database as it is, applied to nothing. */
#include "ctl.h"

#include "clock.h"
#include "file.h"
#include "limits.h"
#include "reader.h"
#include "why.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { EXPLAIN_MAX = 64 * 1024 * 1024, DAY_SECONDS = 86400, HOUR_SECONDS = 3600 };

struct explaining {
	struct ctl *c;
	struct setup setup;
	struct store *store;		/* NULL: as on an empty one */
	const struct mail *mail;	/* NULL: unreadable */
	const struct verdict *verdict;
	const char *unreadable;
	struct thread_keys keys;
	struct plan plan;
};

static enum status
stdin_read(struct arena *a, struct span *out, struct fault *f)
{
	struct buf b BUF_AUTO;
	char z[65536];
	ssize_t n;

	buf_open(&b, EXPLAIN_MAX);
	while ((n = read(STDIN_FILENO, z, sizeof z)) != 0) {
		if (n < 0 && errno != EINTR)
			return fault_errno(f, ST_PERM, "stdin");
		if (n > 0)
			buf_add(&b, span_from(z, (size_t)n));
	}
	*out = span_from(arena_span(a, buf_span(&b)), b.n);
	return ST_OK;
}

static enum status
mail_read(struct explaining *x, const char *path, struct fault *f)
{
	struct arena *a = x->c->a;
	struct reader *r AUTO(reader_close) = NULL;
	struct span raw;
	bool partial;

	if ((strcmp(path, "-") == 0 ? stdin_read(a, &raw, f) :
	    file_read(a, path, FILE_PLAIN, EXPLAIN_MAX, &raw, f)) != ST_OK)
		return f->st;
	partial = raw.n > (size_t)x->c->cfg->max_message_mib * 1024 * 1024;
	if (partial)
		raw.n = LIMIT_PARTIAL_BYTES;
	if (reader_open(&r, x->c->cfg->rules, READER_ONCE, f) != ST_OK)
		return f->st;
	return reader_ask(r, a, raw, partial ? PARSE_PARTIAL : 0, &x->mail, &x->verdict, &x->unreadable, f);
}

static enum status
facts_read(struct explaining *x, const char *sender, int64_t now, struct plan_facts *facts,
    struct fault *f)
{
	struct arena *a = x->c->a;
	struct order_facts *orders;
	struct thread_hit *hits;
	struct needs needs;
	size_t n;

	if (x->mail != NULL)
		thread_keys_of(a, &x->setup.desk, x->mail, &x->keys);
	facts->next_number = 1;
	if (x->store == NULL)
		return ST_OK;
	if (store_hits(x->store, a, &x->keys, sender, &hits, &n, f) != ST_OK ||
	    store_facts(x->store, a, sender, date_local(now).date.y, now - DAY_SECONDS,
	    now - HOUR_SECONDS, facts, f) != ST_OK ||
	    store_minted(x->store, a, &x->keys, facts, f) != ST_OK ||
	    store_loads(x->store, a, &x->setup.desk, now, facts, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < n; i++)
		if (store_ticket_facts(x->store, a, &hits[i], f) != ST_OK)
			return f->st;
	facts->hits = hits;
	facts->nhits = n;
	if (store_away(x->store, a, &x->setup.desk, now, facts, f) != ST_OK)
		return f->st;
	needs_of(a, &x->setup.desk, x->mail, now, &needs);
	if (needs.agent[0] == '\0')
		return ST_OK;
	facts->orders = orders = arena_new(a, struct order_facts, 1);
	return store_needs(x->store, a, &needs, facts, now, orders, f);
}

static enum status
plan_it(struct explaining *x, struct fault *f)
{
	struct arena *a = x->c->a;
	const struct desk *d = &x->setup.desk;
	int64_t now = clock_now();
	const struct plan_in in = { .mail = x->mail, .verdict = x->verdict,
	    .ident = { .unreadable = x->mail == NULL }, .received = now, .now = now };
	struct plan_facts facts = { 0 };
	struct ident who;

	ident_mail(a, d, x->mail, &in.ident, &who);
	if (facts_read(x, who.sender, now, &facts, f) != ST_OK)
		return f->st;
	/* Fixed in place of random: nothing of it is sent, and the same mail explains the same. */
	facts.nrandom = plan_mails_max(d);
	facts.random = (unsigned char(*)[MSGID_RANDOM])arena_alloc(a, facts.nrandom, MSGID_RANDOM);
	return plan_make(a, d, &in, &facts, &x->plan, f);
}

/* ---- as JSON ---- */

static void
json_mail(struct jsonw *j, const struct mail *m)
{
	static const struct addr nobody = { "", "" };
	const struct addr *from = m->from.n > 0 ? &m->from.v[0] : &nobody;

	jsonw_str(j, "message_id", m->message_id);
	jsonw_time(j, "date", m->date);
	jsonw_object(j, "from");
	jsonw_str(j, "name", from->name);
	jsonw_str(j, "address", from->spec);
	jsonw_object_end(j);
	jsonw_str(j, "subject", m->subject);
	jsonw_str(j, "text", m->text);
	jsonw_str(j, "reply_text", m->reply_text);
	jsonw_str(j, "lang", m->lang);
	ctl_files_json(j, m->att, m->natt);
}

static void
json_who(struct jsonw *j, const struct explaining *x)
{
	const struct bounce *b = &x->mail->bounce;

	jsonw_str(j, "who", who_name(x->plan.who.who));
	jsonw_str(j, "who_because", x->unreadable[0] != '\0' ? x->unreadable : x->plan.who.because);
	if (!bounce_is_trouble(b))
		jsonw_null(j, "bounce");
	else {
		jsonw_object(j, "bounce");
		jsonw_str(j, "recipient", b->recipient);
		jsonw_str(j, "action", b->action);
		jsonw_str(j, "status", b->status);
		jsonw_str(j, "message_id", b->message_id);
		jsonw_object_end(j);
	}
	jsonw_array(j, "references");
	for (size_t i = 0; i < x->mail->references.n; i++)
		jsonw_str(j, NULL, x->mail->references.v[i]);
	jsonw_array_end(j);
}

static void
json_verdict(struct jsonw *j, const struct verdict *v)
{
	jsonw_str(j, "category", v->category);
	jsonw_array(j, "categories");
	for (size_t i = 0; i < v->ncats; i++) {
		jsonw_object(j, NULL);
		jsonw_str(j, "name", v->cats[i].name);
		jsonw_int(j, "score", v->cats[i].score);
		jsonw_object_end(j);
	}
	jsonw_array_end(j);
	jsonw_str(j, "urgency", urgency_name(v->urgency));
	jsonw_bool(j, "sensitive", v->sensitive);
	jsonw_array(j, "rules");
	for (size_t i = 0; i < v->nhits; i++) {
		jsonw_object(j, NULL);
		jsonw_str(j, "name", v->hits[i].rule);
		jsonw_str(j, "category", v->hits[i].category);
		jsonw_int(j, "weight", v->hits[i].weight);
		jsonw_str(j, "where", hit_where_name(v->hits[i].where));
		jsonw_str(j, "match", v->hits[i].match);
		jsonw_object_end(j);
	}
	jsonw_array_end(j);
}

static void
json_plan(struct jsonw *j, const struct plan *p)
{
	jsonw_str(j, "ack", ack_name(p->ack));
	jsonw_str(j, "ack_because", p->ack_because);
	jsonw_str_or_null(j, "thread", p->has_ticket || p->thread.how == THREAD_DOUBT ?
	    thread_how_name(p->thread.how) : "");
	jsonw_str_or_null(j, "ticket", p->ref);
	jsonw_object(j, "plan");
	jsonw_str(j, "outcome", mail_outcome_name(p->outcome));
	jsonw_str_or_null(j, "state", p->has_ticket ? ticket_state_name(p->state) : "");
	jsonw_array(j, "mails");
	for (size_t i = 0; i < p->nmails; i++) {
		jsonw_object(j, NULL);
		jsonw_str(j, "kind", mail_kind_name(p->mails[i].kind));
		jsonw_str(j, "to", p->mails[i].to);
		jsonw_object_end(j);
	}
	jsonw_array_end(j);
	jsonw_str(j, "row", p->row);
	jsonw_str(j, "because", p->because);
	jsonw_object_end(j);
}

static void
explain_json(struct explaining *x)
{
	struct jsonw j;

	jsonw_open(&j, &x->c->out);
	jsonw_object(&j, NULL);
	json_mail(&j, x->mail);
	json_who(&j, x);
	json_verdict(&j, x->verdict);
	json_plan(&j, &x->plan);
	jsonw_object_end(&j);
	buf_addc(&x->c->out, '\n');
}

/* ---- for eyes ---- */

static void
explain_text(struct explaining *x)
{
	struct buf *b = &x->c->out;
	const struct plan *p = &x->plan;
	const struct verdict *v = x->verdict;

	buf_addf(b, "who:       %s, because: %s\n", who_name(p->who.who),
	    x->unreadable[0] != '\0' ? x->unreadable : p->who.because);
	buf_addf(b, "outcome:   %s (row %s of the decision table: %s)\n", mail_outcome_name(p->outcome),
	    p->row, p->because);
	buf_addf(b, "ticket:    %s%s%s\n", p->has_ticket ? p->ref : "none", p->has_ticket ? ", " : "",
	    p->has_ticket ? p->thread.because : "");
	buf_addf(b, "language:  %s%s%s\n", x->mail->lang, v->quartier[0] != '\0' ? "   quartier: " : "",
	    v->quartier);
	why_text(b, x->setup.rules, v);
	buf_addf(b, "answer:    %s, because: %s\n", ack_name(p->ack), p->ack_because);
	for (size_t i = 0; i < p->nmails; i++)
		buf_addf(b, "mail:      %s to %s\n", mail_kind_name(p->mails[i].kind), p->mails[i].to);
}

static enum status
explain(struct explaining *x, const char *path, struct fault *f)
{
	static struct mail nothing;
	static struct verdict silent;
	struct span key = span_from("", 0);
	enum status st = config_key(x->c->a, x->c->cfg, &key, f);

	if (st != ST_OK)
		key = span_from("", 0);	/* it needs none: signed ids are then looked up like any other */
	if (setup_load(x->c->a, x->c->cfg, key, &x->setup, f) != ST_OK || mail_read(x, path, f) != ST_OK)
		return f->st;
	st = store_open(&x->store, x->c->cfg->database, STORE_READ, clock_now(), f);
	if (st != ST_OK && st != ST_NONE)
		return st;
	if (plan_it(x, f) != ST_OK)
		return f->st;
	if (x->mail != NULL) {
		x->unreadable = "";
		return ST_OK;
	}
	nothing = (struct mail){ .message_id = "", .subject = "", .text = "", .reply_text = "",
	    .lang = "fr", .ical = "", .bounce = { REPORT_NONE, "", "", "", "" } };
	silent = (struct verdict){ .category = "a_qualifier", .urgency = URGENCY_HIGH, .quartier = "" };
	x->mail = &nothing;
	x->verdict = &silent;
	return ST_OK;
}

int
ctl_explain(struct ctl *c)
{
	struct explaining x = { .c = c, .unreadable = "" };
	enum status st;

	if (c->argc != 2) {
		(void)fprintf(stderr, "bureauctl: usage: bureauctl explain FILE.eml|-\n");
		return EX_USAGE;
	}
	st = explain(&x, c->argv[1], &c->f);
	if (st == ST_OK && c->json)
		explain_json(&x);
	else if (st == ST_OK)
		explain_text(&x);
	ctl_flush(c);
	store_close(&x.store);
	setup_close(&x.setup);
	return st == ST_OK ? EX_OK : ctl_fail(c, st == ST_NONE ? EX_NOINPUT : EX_CONFIG);
}
