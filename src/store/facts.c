#include "db.h"
#include "person.h"

#include "acks.h"

#include <assert.h>
#include <string.h>

enum {
	HITS_MAX = 64,		/* different ones; a mail that has more is no person's */
	MERGES_MAX = 20,	/* tickets merged into tickets merged into … */
	EARLIER_MAX = 20,
};

/* A row of the HIT statements; `into` is the ticket it was merged into. */
struct proposal { struct thread_hit hit; int64_t into; };

static void
proposal_read(struct stmt *q, struct arena *a, struct proposal *out)
{
	bool known;

	*out = (struct proposal){ .into = db_col_int(q, 1) };
	out->hit.ticket = db_col_int(q, 0);
	out->hit.ref = db_col_text(q, 2, a);
	known = ticket_state_of(db_peek_text(q, 3), &out->hit.state);
	assert(known);
	out->hit.closed_at = db_col_int(q, 4);
	out->hit.sensitive = db_col_int(q, 5) != 0;
	out->hit.takes_part = db_col_int(q, 6) != 0;
	out->hit.minted_for = db_col_text(q, 7, a);
}

/* Later mail of a merged ticket goes where that one went, for its people too. */
static enum status
follow(struct store *s, struct arena *a, const char *sender, struct proposal *p,
    struct fault *f)
{
	for (int i = 0; p->into != 0 && i < MERGES_MAX; i++) {
		struct stmt *q = db_start(s, SQL_HIT_TICKET, DB_VALS(db_int("@ticket", p->into),
		    db_text("@sender", sender)));
		struct thread_hit was = p->hit;
		enum status st = db_step(q, f);

		if (st == ST_OK)
			proposal_read(q, a, p);
		db_end(q);
		if (st != ST_OK)
			return st;
		p->hit.by = was.by;
		p->hit.minted_for = was.minted_for;
		p->hit.takes_part = p->hit.takes_part || was.takes_part;
	}
	return ST_OK;
}

static bool
hit_same(const struct thread_hit *x, const struct thread_hit *y)
{
	return x->by == y->by && x->ticket == y->ticket &&
	    strcmp(x->minted_for, y->minted_for) == 0;
}

static void
hit_add(struct thread_hit *v, size_t *n, const struct thread_hit *h)
{
	for (size_t i = 0; i < *n; i++)
		if (hit_same(&v[i], h)) {
			v[i].takes_part = v[i].takes_part || h->takes_part;
			return;
		}
	if (*n < HITS_MAX)
		v[(*n)++] = *h;
}

static enum status
key_hits(struct store *s, struct arena *a, const struct thread_key *key, const char *sender,
    struct thread_hit *v, size_t *n, struct fault *f)
{
	static const enum sql by[] = {
		[THREAD_BY_SIGNED] = SQL_HIT_SIGNED, [THREAD_BY_STORED] = SQL_HIT_STORED,
		[THREAD_BY_TOKEN] = SQL_HIT_TOKEN, [THREAD_BY_TAG] = SQL_HIT_TAG,
	};
	struct stmt *q = db_start(s, by[key->by], DB_VALS(db_text("@key", key->key),
	    db_text("@sender", sender)));
	struct proposal p;
	enum status st;

	while ((st = db_step(q, f)) == ST_OK) {
		proposal_read(q, a, &p);
		p.hit.by = key->by;
		st = follow(s, a, sender, &p, f);
		if (st == ST_OK)
			hit_add(v, n, &p.hit);
		else if (st != ST_NONE)
			break;
	}
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

enum status
store_hits(struct store *s, struct arena *a, const struct thread_keys *keys,
    const char *sender, struct thread_hit **hits_out, size_t *n_out, struct fault *f)
{
	struct thread_hit *v = arena_new(a, struct thread_hit, HITS_MAX);
	size_t n = 0;

	for (size_t i = 0; i < keys->n && n < HITS_MAX; i++)
		if (key_hits(s, a, &keys->v[i], sender, v, &n, f) != ST_OK)
			return f->st;
	*hits_out = v;
	*n_out = n;
	return ST_OK;
}

enum status
store_minted(struct store *s, struct arena *a, const struct thread_keys *keys,
    struct plan_facts *out, struct fault *f)
{
	struct minted *v = arena_new(a, struct minted, HITS_MAX);

	out->minted = v;
	out->nminted = 0;
	for (size_t i = 0; i < keys->n && out->nminted < HITS_MAX; i++) {
		bool token = keys->v[i].by == THREAD_BY_TOKEN;
		struct stmt *q;
		enum status st;

		if (!token && keys->v[i].by != THREAD_BY_SIGNED)
			continue;
		q = db_start(s, token ? SQL_MINTED_TOKEN : SQL_MINTED_ID,
		    DB_VALS(db_text("@key", keys->v[i].key)));
		st = db_step(q, f);
		if (st == ST_OK)
			v[out->nminted++] = (struct minted){ db_col_text(q, 0, a),
			    db_col_text(q, 1, a) };
		db_end(q);
		if (st != ST_OK && st != ST_NONE)
			return st;
	}
	return ST_OK;
}

/* A number, or `none` where there is no row. */
static enum status
number(struct store *s, enum sql id, const struct val *v, size_t nv, int64_t none,
    int64_t *out, struct fault *f)
{
	enum status st = db_get(s, id, v, nv, out, f);

	if (st == ST_NONE)
		*out = none;
	return st == ST_NONE ? ST_OK : st;
}

enum status
acks_released(struct store *s, const char *domain, int64_t since, int64_t *out,
    struct fault *f)
{
	return db_get(s, SQL_ACKS_RELEASED, DB_VALS(db_text("@domain", domain),
	    db_int("@since", since)), out, f);
}

enum status
acks_count(struct store *s, const char *domain, int64_t at, struct fault *f)
{
	if (db_run(s, SQL_ACK_COUNT, DB_VALS(db_text("@domain", domain), db_int("@at", at)), f)
	    != ST_OK)
		return f->st;
	return db_run(s, SQL_ACK_COUNT, DB_VALS(db_text("@domain", ""), db_int("@at", at)), f);
}

static enum status
earlier(struct store *s, struct arena *a, const char *sender, struct plan_facts *out,
    struct fault *f)
{
	struct earlier_ticket *v = arena_new(a, struct earlier_ticket, EARLIER_MAX);
	struct stmt *q;
	bool known = true;
	enum status st = ST_NONE;

	out->earlier = v;
	out->nearlier = 0;
	if (sender[0] == '\0')
		return ST_OK;
	q = db_start(s, SQL_EARLIER, DB_VALS(db_text("@address", sender),
	    db_int("@max", EARLIER_MAX)));
	while (out->nearlier < EARLIER_MAX && (st = db_step(q, f)) == ST_OK) {
		struct earlier_ticket *t = &v[out->nearlier++];

		*t = (struct earlier_ticket){
			.ref = db_col_text(q, 0, a), .category = db_col_text(q, 1, a),
			.agent = db_col_text(q, 2, a), .sensitive = db_col_int(q, 4) != 0,
			.opened = db_col_int(q, 5),
		};
		known = known && ticket_state_of(db_peek_text(q, 3), &t->state);
	}
	db_end(q);
	assert(known);
	return st == ST_NONE ? ST_OK : st;
}

static enum status
contact_read(struct store *s, struct arena *a, const char *sender, const char **out,
    struct fault *f)
{
	struct stmt *q = db_start(s, SQL_PERSON_CONTACT, DB_VALS(db_text("@address", sender)));
	enum status st = db_step(q, f);

	*out = st == ST_OK ? db_col_text(q, 0, a) : "";
	db_end(q);
	return st == ST_NONE ? ST_OK : st;
}

/* They asked for it before everything else of them was erased. */
static enum status
silenced(struct store *s, const char *sender, int64_t *out, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct sha256 h;

	if (!s->keyed)
		return ST_OK;
	h = person_hash(s, "silence", addr_key(a, sender));
	return number(s, SQL_SILENCED, DB_VALS(db_sha("@hash", &h)), 0, out, f);
}

enum status
store_facts(struct store *s, struct arena *a, const char *sender, int year,
    int64_t day_from, int64_t hour_from, struct plan_facts *out, struct fault *f)
{
	int64_t next = 0, silent = 0, sensitive = 0, person = 0, dom = 0, all = 0;

	if (number(s, SQL_SEQUENCE_NEXT, DB_VALS(db_int("@year", year)), 1, &next, f)
	    != ST_OK ||
	    number(s, SQL_PERSON_NO_AUTO, DB_VALS(db_text("@address", sender)), 0, &silent, f)
	    != ST_OK ||
	    number(s, SQL_PERSON_SENSITIVE, DB_VALS(db_text("@address", sender)), 0, &sensitive, f)
	    != ST_OK ||
	    number(s, SQL_ACKS_PERSON, DB_VALS(db_text("@person", sender),
	    db_int("@since", day_from)), 0, &person, f) != ST_OK ||
	    acks_released(s, addr_domain(sender), hour_from, &dom, f) != ST_OK ||
	    acks_released(s, "", hour_from, &all, f) != ST_OK)
		return f->st;
	if (contact_read(s, a, sender, &out->contact, f) != ST_OK)
		return f->st;
	out->next_number = (int)next;
	if (silent == 0 && silenced(s, sender, &silent, f) != ST_OK)
		return f->st;
	out->person_no_auto = silent != 0;
	out->person_sensitive = sensitive != 0;
	out->acks_to_sender = (int)person;
	out->acks_to_domain = (int)dom;
	out->acks_all = (int)all;
	return earlier(s, a, sender, out, f);
}

enum status
store_ticket_facts(struct store *s, struct arena *a, struct thread_hit *hit, struct fault *f)
{
	struct ticket_facts *t = arena_new(a, struct ticket_facts, 1);
	struct stmt *q = db_start(s, SQL_TICKET_FACTS, DB_VALS(db_int("@ticket", hit->ticket)));
	enum status st = db_step(q, f);
	bool known = true;

	if (st == ST_OK) {
		*t = (struct ticket_facts){
			.category = db_col_text(q, 0, a), .agent = db_col_text(q, 1, a),
			.citizen = db_col_text(q, 2, a), .contact = db_col_text(q, 3, a),
			.subject = db_col_text(q, 4, a), .message_id = db_col_text(q, 5, a),
			.text = db_col_text(q, 6, a), .lang = db_col_text(q, 7, a),
			.acked = db_col_int(q, 10) != 0, .opened = db_col_int(q, 11),
			.meeting = db_col_int(q, 12), .meeting_sequence = (int)db_col_int(q, 13),
			.meeting_place = db_col_text(q, 14, a), .words = db_col_text(q, 15, a),
			.files = db_col_text(q, 16, a), .first_answer = db_col_int(q, 17),
			.due = (date_day)db_col_int(q, 18),
			.due_silence = (date_day)db_col_int(q, 19),
			.messages = (int)db_col_int(q, 20), .person_sensitive = db_col_int(q, 21) != 0, .ack_waits = db_col_int(q, 22) != 0,
		};
		known = urgency_of(db_peek_text(q, 8), &t->urgency) &&
		    ticket_outcome_of(db_peek_text(q, 9), &t->outcome);
	}
	db_end(q);
	assert(known);
	hit->facts = t;
	return st == ST_NONE ? fault_set(f, ST_PERM, "no ticket %lld", (long long)hit->ticket) : st;
}
