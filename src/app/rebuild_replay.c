/* rebuild_replay.c - one mail decided as it was then, and written without sending anything. */
#include "rebuild_int.h"

#include "plan.h"

#include <string.h>

enum { CLOCKS_APART = 3600 };	/* two hosts may differ so much */

struct replaying {
	struct rebuild *r;
	struct arena *a;
	enum rebuild_folder where;
	const struct batch_mail *m;
	int64_t now;			/* of the decision */
	struct trace *answer;		/* what of ours answers it; NULL */
	struct plan plan;
	struct trace **claimed; size_t nclaimed;
	struct plan_mail *inward; size_t ninward;	/* to agents */
	struct fault *f;
};

static const char *
id_of(const struct batch_mail *m)
{
	return m->mail != NULL ? m->mail->message_id : "";
}

/* By an earlier database; the others are the daemon's to take in. */
static bool
is_handled(const struct replaying *g)
{
	return g->where == FOLDER_SENT || g->m->marked || !g->r->keywords[g->where] ||
	    g->answer != NULL;
}

/* ---- ids of ours that the mail names ---- */

/* An agent's mail that was filed, not set aside: its token was believed then. */
static const char *
believed(const struct replaying *g, const char *id)
{
	const struct mail *m = g->m->mail;
	struct span rest = span_of(id), word;
	enum mail_kind kind;

	if (g->where != FOLDER_FILED || !g->m->marked || m->from.n != 1 ||
	    desk_agent(&g->r->setup.desk, m->from.v[0].spec) == NULL)
		return "";
	if (!span_cut(&rest, '.', &word) || !span_cut(&rest, '.', &word) ||
	    !mail_kind_of(arena_span(g->a, word), &kind) || mail_kind_is_outward(kind))
		return "";
	return addr_key(g->a, m->from.v[0].spec);
}

static enum status
ids_learn(struct replaying *g, const struct msgids *ids)
{
	struct reference number;
	const char *ref;

	for (size_t i = 0; i < ids->n; i++)
		if (msgid_is_ours(g->r->setup.desk.key, ids->v[i]) &&
		    rebuild_ref(g->r, g->a, ids->v[i], &ref, &number) &&
		    salvage_id(g->r->role.store, g->a, ids->v[i], ref, believed(g, ids->v[i]), g->f)
		    != ST_OK)
			return g->f->st;
	return ST_OK;
}

/* ---- its reference ---- */

static enum status
ref_is_free(struct replaying *g, const char *ref, bool *out)
{
	struct ticket_row row;
	enum status st;

	*out = false;
	if (rebuild_ref_taken(g->r, ref))
		return ST_OK;
	st = query_ticket(g->r->role.store, g->a, ref, &row, g->f);
	*out = st == ST_NONE;
	return st == ST_NONE ? ST_OK : st;
}

/* The one in our answer, where no ticket has it yet; else the next that nothing claims. */
static enum status
ref_choose(struct replaying *g, int year, struct plan_facts *facts, struct reference *out,
    bool *assumed)
{
	struct ticket_row row;
	const char *ref;
	bool is_free = false;

	*assumed = false;
	if (g->answer != NULL && rebuild_ref(g->r, g->a, g->answer->id, &ref, out)) {
		enum status st = query_ticket(g->r->role.store, g->a, ref, &row, g->f);

		if (st == ST_NONE) {
			facts->next_number = out->number;
			return ST_OK;
		}
		if (st != ST_OK)
			return st;
	}
	*assumed = true;
	for (*out = (struct reference){ year, facts->next_number };; out->number++) {
		if (ref_is_free(g, arena_printf(g->a, "%s-%04d-%05d", g->r->setup.desk.prefix, year,
		    out->number), &is_free) != ST_OK)
			return g->f->st;
		if (is_free)
			break;
	}
	facts->next_number = out->number;
	return ST_OK;
}

static enum status
ref_set(struct replaying *g, const struct reference *ref, bool assumed)
{
	struct plan *p = &g->plan;

	if (!p->opens)
		return ST_OK;
	p->ref_year = ref->year;
	p->ref_number = ref->number;
	p->ref = arena_printf(g->a, "%s-%04d-%05d", g->r->setup.desk.prefix, ref->year, ref->number);
	if (assumed)
		rebuild_say(g->r, REBUILD_NOTE_REFERENCE, p->ref, id_of(g->m),
		    "no mail in Sent tells its reference: the next free one");
	return salvage_number(g->r->role.store, ref->year, ref->number, g->f);
}

/* ---- what it sent ---- */

static struct trace *
trace_of(const struct replaying *g, const struct plan_mail *o)
{
	struct trace *t = o->kind == MAIL_KIND_ACK ? rebuild_answer(g->r, id_of(g->m), o->kind) : NULL;

	return t != NULL ? t : rebuild_trace(g->r, g->plan.ref, o->kind, o->to,
	    g->m->id.received - CLOCKS_APART);
}

/* The mail that went out takes the place of the one that would; one that left no trace stays, for
 * a human.  What went to agents left none: it is taken as sent. */
static void
mails_settle(struct replaying *g)
{
	struct plan *p = &g->plan;
	size_t n = 0;

	g->claimed = arena_new(g->a, struct trace *, p->nmails + 1);
	g->inward = arena_new(g->a, struct plan_mail, p->nmails + 1);
	for (size_t i = 0; i < p->nmails; i++) {
		struct plan_mail *o = &p->mails[i];
		struct trace *t = mail_kind_is_outward(o->kind) ? trace_of(g, o) : NULL;

		if (!mail_kind_is_outward(o->kind))
			g->inward[g->ninward++] = *o;
		if (!mail_kind_is_outward(o->kind) || (t != NULL && t->written))
			continue;
		o->held = false;
		if (t != NULL) {
			o->message_id = t->id;
			o->wire = span_from("", 0);
			g->claimed[g->nclaimed++] = t;
		} else {
			rebuild_say(g->r, REBUILD_NOTE_UNSURE, p->ref, id_of(g->m),
			    "%s: no copy in Sent, see \"bureauctl queue\"", mail_kind_name(o->kind));
		}
		p->mails[n++] = *o;
	}
	p->nmails = n;
}

/* What went to agents is not sent again, but its ids are what they answer to. */
static enum status
tokens_keep(struct replaying *g)
{
	for (size_t i = 0; i < g->ninward; i++)
		if (salvage_id(g->r->role.store, g->a, g->inward[i].message_id, g->plan.ref,
		    addr_key(g->a, g->inward[i].to), g->f) != ST_OK)
			return g->f->st;
	return ST_OK;
}

static void
compare(const struct replaying *g)
{
	static const char *const where[] = {
		[FOLDER_FILED] = "filed as handled", [FOLDER_REVIEW] = "set aside",
	};
	bool aside = g->plan.outcome == MAIL_OUTCOME_QUARANTINED;

	if (g->m->confirm == 0 && g->m->marked && ((g->where == FOLDER_FILED && aside) ||
	    (g->where == FOLDER_REVIEW && !aside)))
		rebuild_say(g->r, REBUILD_NOTE_DIFFERENT, g->plan.ref, id_of(g->m),
		    "it was %s, now it is %s: %s", where[g->where],
		    mail_outcome_name(g->plan.outcome), g->plan.because);
	else if (g->answer != NULL && !g->plan.has_ticket)
		rebuild_say(g->r, REBUILD_NOTE_DIFFERENT, g->answer->ref, id_of(g->m),
		    "it was answered, now it opens no ticket: %s", g->plan.because);
}

/* ---- the whole of it ---- */

static enum status
decide(struct replaying *g)
{
	struct rebuild *r = g->r;
	const struct desk *d = &r->setup.desk;
	const int64_t now = g->now;
	const struct plan_in pin = {
		.mail = g->m->mail, .verdict = g->m->verdict, .received = g->m->id.received, .now = now,
		.ident = { .unreadable = g->m->mail == NULL, .found_in_sent = g->where == FOLDER_SENT,
		    .confirmed = g->m->confirm != 0 },
	};
	struct plan_facts facts = { 0 };
	struct reference ref;
	bool assumed;

	if (g->m->mail != NULL && (ids_learn(g, &g->m->mail->in_reply_to) != ST_OK ||
	    ids_learn(g, &g->m->mail->references) != ST_OK))
		return g->f->st;
	if (batch_facts(&r->in, g->a, g->m, now, &facts, g->f) != ST_OK ||
	    ref_choose(g, date_local(now).date.y, &facts, &ref, &assumed) != ST_OK ||
	    plan_make(g->a, d, &pin, &facts, &g->plan, g->f) != ST_OK)
		return g->f->st;
	if (g->m->mail == NULL)
		g->plan.because = g->m->unreadable;
	if (r->setup.cfg->file_when == FILE_WHEN_RECEIVED && g->plan.file == PLAN_FILE_TICKET)
		g->plan.file = PLAN_FILE_FILED;
	if (ref_set(g, &ref, assumed) != ST_OK)
		return g->f->st;
	mails_settle(g);
	compare(g);
	return ST_OK;
}

static enum status
write_new(struct replaying *g)
{
	struct store *s = g->r->role.store;
	const struct store_mail sm = { g->m->message, g->m->id, g->m->at, g->m->mail, g->m->verdict,
	    false };

	if (decide(g) != ST_OK)
		return g->f->st;
	/* Our own copy, read whole where its header alone did not tell. */
	if (g->where == FOLDER_SENT && g->plan.outcome == MAIL_OUTCOME_SELF)
		return store_location_own(s, &g->m->at, g->m->mail->message_id, g->f);
	if (store_apply(s, &sm, &g->plan, g->now, g->f) != ST_OK ||
	    (g->plan.nmails > 0 && salvage_doubt(s, g->f) != ST_OK))
		return g->f->st;
	for (size_t i = 0; i < g->nclaimed; i++)
		if (rebuild_trace_write(g->r, g->claimed[i], g->f) != ST_OK)
			return g->f->st;
	if (tokens_keep(g) != ST_OK)
		return g->f->st;
	g->r->sum->replayed++;
	return ST_OK;
}

/* A message that is known: a copy of it, or the one whose words are missing. */
static enum status
write_known(struct replaying *g, int64_t message)
{
	struct store *s = g->r->role.store;

	if (store_copy(s, message, &g->m->at, g->f) != ST_OK)
		return g->f->st;
	if (g->m->mail == NULL)
		return ST_OK;
	g->r->sum->words++;
	return salvage_words(s, message, g->m->mail, g->f);
}

static enum status
take(struct replaying *g)
{
	const struct mail *m = g->m->mail;
	const char *from = m != NULL && m->from.n > 0 ? m->from.v[0].spec : "";
	int64_t same;
	enum status st = store_same(g->r->role.store, &g->m->id, id_of(g->m), addr_key(g->a, from),
	    &same, g->f);

	if (st == ST_OK)
		return write_known(g, same);
	if (st != ST_NONE)
		return st;
	g->answer = rebuild_answer(g->r, id_of(g->m), MAIL_KIND_COUNT);
	if (!is_handled(g)) {
		g->r->sum->left++;
		return ST_OK;
	}
	return write_new(g);
}

/* All of one mail or nothing of it. */
static enum status
in_savepoint(struct replaying *g, struct fault *why)
{
	enum status st;

	if (store_mail_begin(g->r->role.store, g->f) != ST_OK)
		return g->f->st;
	st = take(g);
	*why = *g->f;
	return store_mail_end(g->r->role.store, st == ST_OK, g->f) == ST_OK ? st : g->f->st;
}

enum status
rebuild_replay(struct rebuild *r, struct arena *a, enum rebuild_folder where,
    const struct batch_mail *m, struct fault *f)
{
	struct batch_mail aside = *m;
	struct replaying g = { .r = r, .a = a, .where = where, .m = m,
	    .now = m->id.received, .f = f };
	struct fault why = { .text = "" };
	enum status st = in_savepoint(&g, &why);

	if (st == ST_PERM && why.st == ST_PERM) {
		aside.mail = NULL;
		aside.verdict = NULL;
		aside.unreadable = "it could not be handled as it was read";
		rebuild_say(r, REBUILD_NOTE_UNREAD, "", id_of(m), "%s", why.text);
		g = (struct replaying){ .r = r, .a = a, .where = where, .m = &aside,
		    .now = m->id.received, .f = f };
		st = in_savepoint(&g, &why);
	}
	return st == ST_OK ? ST_OK : fault_set(f, st, "%s", arena_strdup(a, why.text));
}

enum status
rebuild_carry_out(struct rebuild *r, struct arena *a, enum rebuild_folder where,
    const struct batch_mail *m, int64_t now, struct fault *f)
{
	struct replaying g = { .r = r, .a = a, .where = where, .m = m, .now = now, .f = f };

	if (store_mail_begin(r->role.store, f) != ST_OK)
		return f->st;
	if (write_new(&g) != ST_OK)
		return f->st;
	return store_mail_end(r->role.store, true, f);
}
