/* notify_text.c - what an agent reads of a mail: of a sensitive ticket the reference and the
 * days, nothing else (LAW-AND-SAFETY section 2). */
#include "notify_int.h"

#include "tokens.h"

#include <assert.h>
#include <string.h>

enum { LINK_MAX = 4096 };

static const struct ticket_facts *
ticket_of(const struct planning *g)
{
	const struct thread_hit *h = g->p->thread.hit;

	return h != NULL ? h->facts : NULL;
}

const char *
notify_category(const struct planning *g)
{
	const struct ticket_facts *t = ticket_of(g);

	return t != NULL ? t->category : g->p->category;
}

enum urgency
notify_urgency(const struct planning *g)
{
	const struct ticket_facts *t = ticket_of(g);

	return t != NULL && t->urgency > g->p->urgency ? t->urgency : g->p->urgency;
}

const char *
notify_label_of(const struct desk *d, const char *category)
{
	const struct category *c = rules_category(d->rules, category);

	return c != NULL ? c->label : category;
}

const char *
notify_label(const struct planning *g)
{
	return notify_label_of(g->d, notify_category(g));
}

const char *
notify_urgency_word(enum urgency u)
{
	static const char *const words[] = {
		[URGENCY_NORMAL] = "", [URGENCY_HIGH] = "haute", [URGENCY_VITAL] = "vitale",
	};

	return words[u];
}

/* Of the people of the ticket, this one counted. */
static int
messages_of(const struct planning *g)
{
	const struct ticket_facts *t = ticket_of(g);

	return t != NULL ? t->messages + 1 : 1;
}

/* "2e message"; "" the first. */
static const char *
rank_say(struct arena *a, int n)
{
	return n < 2 ? "" : arena_printf(a, "%de message", n);
}

const char *
notify_headline(struct arena *a, const struct desk *d, const struct grouped_ticket *t)
{
	const char *urgency = notify_urgency_word(t->urgency), *rank = rank_say(a, t->messages);

	if (t->sensitive)
		return arena_printf(a, "[%s] sensible", t->ref);
	return arena_printf(a, "[%s] %s%s%s%s%s", t->ref, notify_label_of(d, t->category),
	    urgency[0] != '\0' ? " · " : "", urgency, rank[0] != '\0' ? " · " : "", rank);
}

const char *
notify_subject(const struct planning *g)
{
	const struct grouped_ticket t = {
		.ref = g->p->ref, .category = notify_category(g), .urgency = notify_urgency(g),
		.sensitive = g->p->sensitive, .messages = messages_of(g),
	};

	return notify_headline(g->a, g->d, &t);
}

const char *
notify_contact(const struct planning *g)
{
	const struct ticket_facts *t = ticket_of(g);

	if (t != NULL)
		return t->contact;
	return g->facts != NULL && g->facts->contact != NULL ? g->facts->contact : "";
}

/* Somebody whom an agent let in writes into another one's ticket. */
static const char *
owner_of(const struct planning *g)
{
	const struct ticket_facts *t = ticket_of(g);

	return t == NULL || addr_same(t->citizen, g->p->citizen) ? "" : t->citizen;
}

/* ---- days ---- */

/* What is high is for the working day on which it comes in. */
static const char *
day_say(const struct planning *g)
{
	if (notify_urgency(g) != URGENCY_HIGH)
		return "";
	return say_day(g->a, date_local_day(hours_next_opening(&g->d->hours, g->in->now)));
}

static const char *
day_or_none(const struct planning *g, date_day day)
{
	return day != 0 ? say_day(g->a, day) : "";
}

/* Promised: to somebody whom nobody has answered yet. */
static const char *
promise_say(const struct planning *g)
{
	const struct ticket_facts *t = ticket_of(g);

	if (t == NULL)
		return day_or_none(g, g->p->due);
	return t->first_answer == 0 && g->p->thread.hit->state == TICKET_OPEN ?
	    day_or_none(g, t->due) : "";
}

static const char *
awaited_say(const struct planning *g)
{
	const struct ticket_facts *t = ticket_of(g);

	if (t == NULL || g->p->thread.hit->state != TICKET_WAITING)
		return "";
	return day_or_none(g, t->due);
}

/* Thanks and information ask for nothing: silence refuses nothing. */
static const char *
refusal_say(const struct planning *g)
{
	const struct ticket_facts *t = ticket_of(g);
	const struct category *c = rules_category(g->d->rules, notify_category(g));

	if (c != NULL && c->short_ack)
		return "";
	return day_or_none(g, t != NULL ? t->due_silence : g->p->due_silence);
}

/* ---- the link that asks for the whole ticket (RFC 6068) ---- */

static void
add_encoded(struct buf *b, const char *z)
{
	static const char plain[] = "-._~@";

	for (; *z != '\0'; z++)
		if ((*z >= '0' && *z <= '9') || (*z >= 'a' && *z <= 'z') ||
		    (*z >= 'A' && *z <= 'Z') || strchr(plain, *z) != NULL)
			buf_addc(b, *z);
		else
			buf_addf(b, "%%%02X", (unsigned)(unsigned char)*z);
}

/* In-Reply-To may be given (RFC 6068 section 4); who ignores it has the reference in the
 * subject. */
const char *
notify_link(struct arena *a, const struct desk *d, const char *ref, const char *what,
    const char *id)
{
	const char *to = d->plus_addresses ? token_address(a, d, id) : "";
	BUF_AUTO struct buf b;

	buf_open(&b, LINK_MAX);
	buf_addz(&b, "mailto:");
	add_encoded(&b, to[0] != '\0' ? to : d->address);
	buf_addz(&b, "?subject=");
	add_encoded(&b, arena_printf(a, "[%s] %s", ref, what));
	buf_addz(&b, "&body=%23voir&In-Reply-To=");
	add_encoded(&b, id);
	return arena_span(a, buf_span(&b));
}

static const char *
yes(bool is)
{
	return is ? "oui" : "";
}

/* What may be said of a ticket that is not sensitive. */
static size_t
open_names(const struct planning *g, const struct agent *reader, bool copied,
    struct template_var *v)
{
	const struct plan *p = g->p;
	const struct template_var own[] = {
		{ "categorie", notify_label(g) },
		{ "urgence", notify_urgency_word(notify_urgency(g)) },
		{ "rang", rank_say(g->a, messages_of(g)) },
		{ "expediteur", notify_sender(g) }, { "autre", owner_of(g) },
		{ "objet", p->subject }, { "texte", notify_words(g) },
		{ copied ? "jointes" : "pieces", notify_files(g) },
		{ "quartier", p->quartier }, { "langue", notify_language(p->lang) },
		{ "tri", notify_rules(g) }, { "anterieurs", notify_earlier(g, reader) },
		{ "signalement", yes(notify_child(g)) },
		{ "lie", p->thread.about != NULL ? p->thread.about->ref : "" },
	};

	memcpy(v, own, sizeof own);
	return sizeof own / sizeof *own;
}

size_t
notify_names(const struct planning *g, const struct agent *reader, const char *id, bool copied,
    struct template_var v[NOTIFY_NAMES])
{
	const struct plan *p = g->p;
	const struct template_var own[] = {
		{ "ref", p->ref }, { "bureau", g->d->name }, { "contact", notify_contact(g) },
		{ "sensible", yes(p->sensitive) }, { "suite", yes(!p->opens) },
		{ "rouvert", yes(p->thread.reopens) },
		{ "douteux", yes(p->untrusted) },
		{ "deja_sensible", yes(!p->sensitive && g->facts->person_sensitive) },
		{ "jour", day_say(g) }, { "echeance", promise_say(g) },
		{ "attendu", awaited_say(g) }, { "refus", refusal_say(g) },
		{ "accuse", ack_name(p->ack) },
		{ "sans_accuse", yes(p->opens && p->ack == ACK_NONE) },
		{ "accuse_attend", yes(p->ack == ACK_AGENT) },
		{ "recu", say_day(g->a, date_local_day(g->in->received)) },
		{ "heure", say_time(g->a, g->in->received) },
		{ "voir", p->sensitive && p->ref[0] != '\0' ?
		    notify_link(g->a, g->d, p->ref, "sensible", id) : "" },
	};
	size_t n = sizeof own / sizeof *own;

	static_assert(sizeof own / sizeof *own + 14 <= NOTIFY_NAMES, "room for all names");
	memcpy(v, own, sizeof own);
	return p->sensitive ? n : n + open_names(g, reader, copied, v + n);
}
