/* send.c - the last step of every mail that a plan sends: who it is from, its id, its bytes. */
#include "plan_int.h"

#include "tokens.h"

#include <assert.h>

static const char *
or_empty(const char *z)
{
	return z == NULL ? "" : z;
}

/* Automatic mail leaves with the null sender (RFC 3834 3.3), so that nothing answers it; alerts
 * and relays with ours, so that their failure comes back. */
static const char *
envelope(const struct planning *g, enum mail_kind kind, const struct outmail *m)
{
	bool returns = kind == MAIL_KIND_ALERT || kind == MAIL_KIND_RELAY ||
	    m->automatic == COMPOSE_HUMAN;

	return returns || !g->d->null_sender ? g->d->address : "";
}

/* Whoever reads a mail knows its token.  So each is bound to its kind and its reader: where the same
 * mail is planned again and other agents are told, or in another order, nobody's token becomes another
 * one's, and what the same reader gets keeps its id.  A reader is the address without a token: that of
 * a mail to ourselves may carry its own. */
const char *
plan_next_id(const struct planning *g, enum mail_kind kind, const char *to)
{
	char hex[2 * MSGID_RANDOM + 1];
	struct sha256 token;
	size_t nth = 0;

	for (size_t i = 0; i < g->p->nmails; i++)
		nth += g->p->mails[i].kind == kind && addr_same(g->p->mails[i].to, to);
	assert(nth < g->facts->nrandom);
	hex_put(g->facts->random[nth], MSGID_RANDOM, hex);
	token = mac_of(g->d->key, span_of(arena_printf(g->a, "token\n%s\n%s\n%s", hex,
	    mail_kind_name(kind), addr_key(g->a, token_strip(g->a, g->d, to)))));
	return msgid_make(g->a, g->d->key, g->p->ref[0] != '\0' ? g->p->ref : "0",
	    mail_kind_name(kind), token.b, g->d->domain);
}

/* What an answer may be threaded by where a client keeps no other trace: with citizens and
 * partners, and with agents who are to answer. */
static bool
is_answered(const struct planning *g, enum mail_kind kind)
{
	if (kind == MAIL_KIND_CONFIRM || kind == MAIL_KIND_DIGEST || kind == MAIL_KIND_ADMIN)
		return false;
	return g->p->ref[0] != '\0' || mail_kind_is_outward(kind) || token_proves(kind);
}

enum status
plan_send(struct planning *g, enum mail_kind kind, struct outmail *m, size_t max,
    int64_t not_before, bool held, struct fault *f)
{
	struct plan *p = g->p;
	struct buf b;
	struct plan_mail *out;
	enum status st;

	assert(p->nmails < plan_mails_max(g->d));
	m->from = g->d->address;
	m->from_name = g->p->ack == ACK_STANDARD || kind != MAIL_KIND_ACK || g->d->organisation[0] == '\0' ?
	    g->d->name : g->d->organisation;
	if (mail_kind_is_outward(kind) || kind == MAIL_KIND_TRANSCRIPT)
		m->text = token_strip(g->a, g->d, m->text);
	m->html = or_empty(m->html);
	m->lang = or_empty(m->lang);
	m->in_reply_to = or_empty(m->in_reply_to);
	m->ticket = mail_kind_is_outward(kind) ? "" : p->ref;
	m->kind = mail_kind_is_outward(kind) ? "" : mail_kind_name(kind);
	m->date = g->in->now;
	m->message_id = plan_next_id(g, kind, m->to);
	m->reply_to = g->d->plus_addresses && is_answered(g, kind) ?
	    token_address(g->a, g->d, m->message_id) : or_empty(m->reply_to);
	buf_open(&b, max);
	st = compose_mail(m, max, &b, f);
	if (st == ST_OK) {
		out = &p->mails[p->nmails++];
		*out = (struct plan_mail){ .kind = kind, .to = m->to, .mail_from = envelope(g, kind, m),
		    .message_id = m->message_id, .not_before = not_before, .held = held,
		    .wire = span_from(arena_span(g->a, buf_span(&b)), b.n) };
	}
	buf_close(&b);
	return st;
}
