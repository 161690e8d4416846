/* batch.c - TX-B: every mail of a batch decided and written in one commit, each of them all or
 * nothing. */
#include "intake.h"

#include "backup.h"
#include "clock.h"
#include "log.h"
#include "plan.h"
#include "review.h"

#include <string.h>

enum { DAY_SECONDS = 24 * 60 * 60, HOUR_SECONDS = 60 * 60 };

/* What follows the header block, for "the same body under another trace". */
static struct sha256
body_hash(struct arena *a, struct span raw)
{
	struct headers h;
	struct span body;

	header_scan(a, raw, &h, &body);
	return sha256_of(body);
}

/* The same mail with the bytes of its attachments.  A reader that does not manage that did read
 * the words: the mail counts as read, and as one whose files cannot be sent. */
static enum status
files_read(struct intake *in, struct batch *b, struct batch_mail *m, struct span raw,
    unsigned want, struct fault *f)
{
	const struct mail *words = m->mail;
	const struct verdict *verdict = m->verdict;
	struct mail *without;

	if (reader_ask(in->reader, b->a, raw, want | PARSE_BYTES, &m->mail, &m->verdict,
	    &m->unreadable, f) != ST_OK)
		return f->st;
	if (m->mail != NULL)
		return ST_OK;
	log_event(LOG_L_WARN, "mail-files", "uid=%u why=\"%s\"", m->at.uid, m->unreadable);
	without = arena_new(b->a, struct mail, 1);
	*without = *words;
	without->flags |= MAIL_PARTS_TOO_BIG;
	m->mail = without;
	m->verdict = verdict;
	return ST_OK;
}

enum status
batch_read(struct intake *in, struct batch *b, struct batch_mail *m, struct span raw,
    bool partial, struct fault *f)
{
	const unsigned want = partial ? PARSE_PARTIAL : 0;

	m->id.sha256 = sha256_of(raw);
	m->id.body = body_hash(b->a, raw);
	m->fetched = true;
	if (m->tries > TRIES_MAX) {
		m->unreadable = "reading it ended the program three times";
		return ST_OK;
	}
	if (reader_ask(in->reader, b->a, raw, want, &m->mail, &m->verdict, &m->unreadable,
	    f) != ST_OK)
		return f->st;
	if (m->mail == NULL || !plan_wants_files(&in->role->setup->desk, m->mail, m->verdict))
		return ST_OK;
	return files_read(in, b, m, raw, want, f);
}

static const char *
sender_of(struct arena *a, const struct desk *d, const struct mail *m)
{
	struct ident who;
	const struct ident_facts none = { 0 };

	ident_mail(a, d, m, &none, &who);
	return who.sender;
}

/* Ids and codes of a second plan must not be those of the first (role_draw). */
static const char *
planned_again(const struct batch_mail *m)
{
	if (m->confirm != 0)
		return "confirmed";
	return m->released_by != NULL ? "released" : "";
}

static enum status
orders_ask(struct intake *in, struct arena *a, const struct batch_mail *m, int64_t now,
    struct plan_facts *facts, struct fault *f)
{
	struct order_facts *orders = arena_new(a, struct order_facts, 1);
	struct needs needs;

	needs_of(a, &in->role->setup->desk, m->mail, now, &needs);
	if (needs.agent[0] == '\0')
		return ST_OK;
	facts->orders = orders;
	return store_needs(in->role->store, a, &needs, facts, now, orders, f);
}

enum status
batch_facts(struct intake *in, struct arena *a, const struct batch_mail *m, int64_t now,
    struct plan_facts *facts, struct fault *f)
{
	const struct desk *d = &in->role->setup->desk;
	const char *sender = m->mail != NULL ? sender_of(a, d, m->mail) : "";
	struct thread_keys keys = { 0 };
	struct thread_hit *hits;
	size_t nhits;

	if (m->mail != NULL)
		thread_keys_of(a, d, m->mail, &keys);
	if (store_hits(in->role->store, a, &keys, sender, &hits, &nhits, f) != ST_OK ||
	    store_facts(in->role->store, a, sender, date_local(now).date.y, now - DAY_SECONDS,
	    now - HOUR_SECONDS, facts, f) != ST_OK ||
	    store_minted(in->role->store, a, &keys, facts, f) != ST_OK ||
	    store_loads(in->role->store, a, d, now, facts, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < nhits; i++)
		if (store_ticket_facts(in->role->store, a, &hits[i], f) != ST_OK)
			return f->st;
	facts->hits = hits;
	facts->nhits = nhits;
	if (store_away(in->role->store, a, d, now, facts, f) != ST_OK ||
	    orders_ask(in, a, m, now, facts, f) != ST_OK)
		return f->st;
	role_draw(a, d, &m->id.sha256, planned_again(m), facts);
	return ST_OK;
}

static void
log_plan(const struct batch_mail *m, const struct plan *p)
{
	log_event(LOG_L_INFO, "mail", "uid=%u outcome=%s row=%s ticket=%s category=%s urgency=%s "
	    "ack=%s mails=%zu because=\"%s\"", m->at.uid, mail_outcome_name(p->outcome), p->row,
	    p->ref[0] != '\0' ? p->ref : "-", p->category[0] != '\0' ? p->category : "-",
	    urgency_name(p->urgency), ack_name(p->ack), p->nmails, p->because);
}

static enum status
mail_decide(struct intake *in, struct batch *b, const struct batch_mail *m, int64_t now,
    struct fault *f)
{
	const struct plan_in pin = {
		.mail = m->mail, .verdict = m->verdict,
		.ident = { .unreadable = m->mail == NULL, .found_in_sent = b->in_sent,
		    .confirmed = m->confirm != 0, .released_by = m->released_by }, .marked = m->marked,
		.received = m->id.received, .now = now,
	};
	const struct store_mail sm = { m->message, m->id, m->at, m->mail, m->verdict,
	    m->released_by != NULL };
	struct plan_facts facts = { 0 };
	struct plan p;

	if (batch_facts(in, b->a, m, now, &facts, f) != ST_OK ||
	    plan_make(b->a, &in->role->setup->desk, &pin, &facts, &p, f) != ST_OK)
		return f->st;
	/* Our own copy, where the server does not tell what APPEND made of it: no inbound mail. */
	if (b->in_sent && p.outcome == MAIL_OUTCOME_SELF) {
		if (store_sent_proven(in->role->store, m->mail->message_id, m->id.received, f) != ST_OK)
			return f->st;
		return store_location_own(in->role->store, &m->at, m->mail->message_id, f);
	}
	if (m->mail == NULL && m->released_by == NULL)
		p.because = m->unreadable;
	if (in->cfg->file_when == FILE_WHEN_RECEIVED && p.file == PLAN_FILE_TICKET)
		p.file = PLAN_FILE_FILED;
	if (store_apply(in->role->store, &sm, &p, now, f) != ST_OK)
		return f->st;
	log_plan(m, &p);
	return m->confirm == 0 ? ST_OK : store_held_done(in->role->store, m->confirm, now, f);
}

/* `same`: the row of these bytes. */
static enum status
decide_anew(struct intake *in, struct batch *b, const struct batch_mail *m, int64_t same,
    int64_t now, struct fault *f)
{
	bool said;

	if (same == m->message)
		return mail_decide(in, b, m, now, f);
	log_event(LOG_L_WARN, "review", "message=%lld done=no why=\"other bytes than before\"",
	    (long long)m->message);
	return wish_waits(in->role->store, m->message, "the mail in the mailbox is not the one that was "
	    "set aside", &said, f);
}

static enum status
mail_apply(struct intake *in, struct batch *b, const struct batch_mail *m, int64_t now,
    struct fault *f)
{
	const char *id = m->mail != NULL ? m->mail->message_id : "";
	const char *from = m->mail != NULL && m->mail->from.n > 0 ? m->mail->from.v[0].spec : "";
	int64_t same;
	enum status st;

	if (m->confirm != 0)
		return mail_decide(in, b, m, now, f);
	st = store_same(in->role->store, &m->id, id, addr_key(b->a, from), &same, f);

	if (m->released_by != NULL && (st == ST_OK || st == ST_NONE))
		return decide_anew(in, b, m, st == ST_OK ? same : 0, now, f);
	if (st == ST_OK)
		return store_copy(in->role->store, same, &m->at, f);
	return st == ST_NONE ? mail_decide(in, b, m, now, f) : st;
}

/* All of one mail or nothing of it; `why` is its own fault, f the database's. */
static enum status
mail_in_savepoint(struct intake *in, struct batch *b, const struct batch_mail *m, int64_t now,
    struct fault *why, struct fault *f)
{
	enum status st;

	if (store_mail_begin(in->role->store, f) != ST_OK)
		return f->st;
	st = mail_apply(in, b, m, now, why);
	if (store_mail_end(in->role->store, st == ST_OK, f) != ST_OK)
		return f->st;
	return st == ST_TEMP ? fault_set(f, st, "%s", why->text) : st;
}

/* What can never be applied as it was read is set aside like an unreadable mail: a human looks,
 * and the next mails are served.  What the rules said of it stands: danger is alerted of. */
static enum status
mail_take(struct intake *in, struct batch *b, const struct batch_mail *m, int64_t now,
    struct fault *f)
{
	struct batch_mail aside = *m;
	struct fault why = { .text = "" };
	enum status st = mail_in_savepoint(in, b, m, now, &why, f);

	if (st == ST_PERM && why.st == ST_PERM && m->confirm == 0) {
		log_event(LOG_L_ERR, "mail-aside", "uid=%u why=\"%s\"", m->at.uid, why.text);
		aside.mail = NULL;
		aside.unreadable = "it could not be handled as it was read";
		st = mail_in_savepoint(in, b, &aside, now, &why, f);
	}
	if (st == ST_PERM)
		return fault_set(f, ST_PERM, "%s", arena_strdup(b->a, why.text));
	in->taken += st == ST_OK;
	return st;
}

enum status
batch_commit(struct intake *in, struct batch *b, struct fault *f)
{
	struct store *s = in->role->store;
	int64_t now = clock_now(), before = in->taken;

	if (store_begin(s, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < b->n; i++)
		if (b->v[i].fetched && mail_take(in, b, &b->v[i], now, f) != ST_OK) {
			store_rollback(s);
			in->taken = before;
			return f->st;
		}
	if (store_commit(s, f) != ST_OK) {
		store_rollback(s);
		in->taken = before;
		return f->st;
	}
	if (in->taken > before)
		role_poke(in->role);
	return ST_OK;
}
