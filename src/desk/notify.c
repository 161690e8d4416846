/* notify.c - which agents are told of what. */
#include "notify_int.h"

#include "tokens.h"

#include <string.h>

/* What one template says to each of its readers. */
struct notice {
	const char *template_name;
	enum mail_kind kind;
	const struct compose_part *part; size_t nparts; size_t part_bytes;
};

static enum status
notify_one(struct planning *g, const struct notice *n, const struct agent *reader,
    const char *to, struct fault *f)
{
	struct template_var v[NOTIFY_NAMES];
	size_t nv = notify_names(g, reader, plan_next_id(g, n->kind, to), n->nparts > 0, v);
	struct outmail m = { .to = to, .automatic = COMPOSE_GENERATED, .lang = "fr",
	    .part = n->part, .nparts = n->nparts };

	if (texts_fill(g->d->texts, g->a, n->template_name, v, nv, &m.text, f) != ST_OK)
		return f->st;
	m.subject = g->p->ref[0] != '\0' ? notify_subject(g) :
	    "Alerte\302\240: danger possible";
	/* Base64 makes four bytes of three, and a line end for every 76. */
	return plan_send(g, n->kind, &m, NOTIFY_MAX_BYTES + n->part_bytes * 3 / 2, g->in->now,
	    false, f);
}

static void
parts_add(const struct planning *g, size_t readers, struct notice *n)
{
	n->part = notify_parts(g, readers, &n->nparts);
	for (size_t i = 0; i < n->nparts; i++)
		n->part_bytes += n->part[i].bytes.n;
}

/* More than a person reads: what comes now waits for the mail of the minute.  Danger never
 * does. */
static bool
is_grouped(const struct planning *g, const struct notice *n, size_t agent)
{
	const struct agent_load *l = g->facts->load;

	return n->kind == MAIL_KIND_NOTIFY && g->d->group_after > 0 && l != NULL &&
	    g->p->has_ticket && (l[agent].gathering || l[agent].sent >= g->d->group_after);
}

/* agent: its index; the number of agents stands for the administrator. */
static enum status
tell(struct planning *g, const struct notice *n, size_t agent, struct fault *f)
{
	const struct desk *d = g->d;
	const struct agent *reader = agent < d->nagents ? &d->agents[agent] : NULL;
	const char *to = reader != NULL ? reader->spec : d->admin;

	if (!is_grouped(g, n, agent))
		return notify_one(g, n, reader, to, f);
	g->p->notices[g->p->nnotices++] = to;
	return ST_OK;
}

/* Of the ticket's category; of a new one, of any that reached its threshold. */
static bool
has_category(const struct planning *g, const struct agent *a)
{
	const struct verdict *v = g->in->verdict;
	const struct thread_hit *h = g->p->thread.hit;

	if (h != NULL && h->facts != NULL)
		return agent_has(a, h->facts->category);
	if (v == NULL)
		return false;
	for (size_t i = 0; i < v->ncats; i++)
		if (agent_has(a, v->cats[i].name))
			return true;
	return agent_has(a, v->category);
}

/* Who is told, the first of these that holds somebody.  An alert that nobody on call can take
 * is for everybody, away or not. */
enum tier { TIER_WANTED, TIER_CATEGORY, TIER_PRESENT, TIER_AWAY, TIER_ALL };

bool
agent_is_away(const struct planning *g, const struct agent *x)
{
	return g->facts != NULL && g->facts->away != NULL && g->facts->away[x - g->d->agents];
}

static bool
in_tier(const struct planning *g, enum tier tier,
    bool (*wanted)(const struct planning *, const struct agent *), const struct agent *x)
{
	switch (tier) {
	case TIER_WANTED: return wanted(g, x) && !agent_is_away(g, x);
	case TIER_CATEGORY: return has_category(g, x) && !agent_is_away(g, x);
	case TIER_PRESENT: return !agent_is_away(g, x);
	case TIER_AWAY: return wanted(g, x);
	case TIER_ALL: break;
	}
	return true;
}

static bool
holds_somebody(const struct planning *g, enum tier tier,
    bool (*wanted)(const struct planning *, const struct agent *))
{
	for (size_t i = 0; i < g->d->nagents; i++)
		if (in_tier(g, tier, wanted, &g->d->agents[i]))
			return true;
	return false;
}

static enum tier
tier_of(const struct planning *g, enum mail_kind kind,
    bool (*wanted)(const struct planning *, const struct agent *))
{
	enum tier t = TIER_WANTED;

	while (t < TIER_ALL && !holds_somebody(g, t, wanted))
		t = kind == MAIL_KIND_ALERT ? TIER_ALL : (enum tier)(t + 1);
	return t;
}

static enum status
notify_all(struct planning *g, const char *template_name, enum mail_kind kind,
    bool (*wanted)(const struct planning *, const struct agent *), struct fault *f)
{
	const struct desk *d = g->d;
	struct notice n = { .template_name = template_name, .kind = kind };
	enum tier tier = tier_of(g, kind, wanted);
	size_t chosen = 0;

	for (size_t i = 0; i < d->nagents; i++)
		chosen += in_tier(g, tier, wanted, &d->agents[i]);
	parts_add(g, chosen > 0 ? chosen : 1, &n);
	if (d->nagents == 0 && d->admin[0] != '\0')
		return tell(g, &n, d->nagents, f);
	for (size_t i = 0; i < d->nagents; i++)
		if (in_tier(g, tier, wanted, &d->agents[i]) && tell(g, &n, i, f) != ST_OK)
			return f->st;
	return ST_OK;
}

static bool
on_call(const struct planning *g, const struct agent *a)
{
	(void)g;
	return a->on_call;
}

/* The agent who has the ticket alone; else those of its category. */
static bool
of_category(const struct planning *g, const struct agent *a)
{
	const struct thread_hit *h = g->p->thread.hit;

	if (h != NULL && h->facts != NULL && h->facts->agent[0] != '\0')
		return strcmp(h->facts->agent, a->section) == 0;
	return has_category(g, a);
}

static bool
of_category_not_alerted(const struct planning *g, const struct agent *a)
{
	return of_category(g, a) && !a->on_call;
}

enum status
notify_ticket(struct planning *g, struct fault *f)
{
	if (!verdict_is_danger(g->in->verdict))
		return notify_all(g, "avis", MAIL_KIND_NOTIFY, of_category, f);
	g->p->watch = g->in->verdict->urgency == URGENCY_VITAL;
	plan_event(g, EVENT_ALERT, "bureaud", g->p->watch ?
	    "vital: the agents on call are alerted" :
	    "suspected violence: the agents on call are alerted, once");
	if (notify_all(g, "alerte", MAIL_KIND_ALERT, on_call, f) != ST_OK)
		return f->st;
	if (!holds_somebody(g, TIER_WANTED, on_call) ||
	    !holds_somebody(g, TIER_WANTED, of_category_not_alerted))
		return ST_OK;	/* everybody who should know has the alert */
	return notify_all(g, "avis", MAIL_KIND_NOTIFY, of_category_not_alerted, f);
}

static enum status
repeat_to(struct planning *g, const char *to, int64_t since, unsigned times, struct fault *f)
{
	const struct plan *p = g->p;
	const struct template_var v[] = {
		{ "ref", p->ref },
		{ "categorie", p->sensitive ? "" : notify_label(g) },
		{ "sensible", p->sensitive ? "oui" : "" },
		{ "nombre", arena_printf(g->a, "%u", times) },
		{ "contact", notify_contact(g) },
		{ "sans_accuse", p->ack == ACK_NONE ? "oui" : "" },
		{ "recu", say_day(g->a, date_local_day(since)) },
		{ "heure", say_time(g->a, since) },
		{ "bureau", g->d->name },
	};
	struct outmail m = { .to = to, .automatic = COMPOSE_GENERATED, .lang = "fr" };

	if (texts_fill(g->d->texts, g->a, "alerte-rappel", v, sizeof v / sizeof *v, &m.text, f)
	    != ST_OK)
		return f->st;
	m.subject = arena_printf(g->a, "%s · rappel %u", notify_subject(g), times);
	return plan_send(g, MAIL_KIND_ALERT, &m, NOTIFY_MAX_BYTES, g->in->now, false, f);
}

enum status
notify_repeat(struct planning *g, int64_t since, unsigned times, struct fault *f)
{
	const struct desk *d = g->d;
	enum tier tier = tier_of(g, MAIL_KIND_ALERT, on_call);

	for (size_t i = 0; i < d->nagents; i++)
		if (in_tier(g, tier, on_call, &d->agents[i]) &&
		    repeat_to(g, d->agents[i].spec, since, times, f) != ST_OK)
			return f->st;
	return ST_OK;
}

/* An agent's autoresponder that quotes an alert is not in danger, and would be answered by
 * another alert. */
static bool
is_agents_machine(const struct planning *g)
{
	return (g->p->who.who == WHO_MACHINE || g->p->who.who == WHO_LIST) &&
	    desk_agent(g->d, g->p->who.sender) != NULL;
}

/* In rows without a ticket: nobody can take it, so once is all. The words are withheld as for
 * any sensitive mail; the original is in the mailbox. */
enum status
notify_danger(struct planning *g, struct fault *f)
{
	const struct verdict *v = g->in->verdict;
	enum status st;
	bool was = g->p->sensitive;

	if (v == NULL || !verdict_is_danger(v) || is_agents_machine(g))
		return ST_OK;
	g->p->sensitive = true;
	st = notify_all(g, "alerte", MAIL_KIND_ALERT, on_call, f);
	g->p->sensitive = was;
	return st;
}

enum status
notify_holder(struct planning *g, const char *words, struct fault *f)
{
	const struct ticket_facts *t = g->p->thread.hit->facts;
	const struct agent *by = g->p->who.agent, *holder = NULL;
	const char *name = by->name[0] != '\0' ? by->name : by->section;
	const struct template_var v[] = {
		{ "ref", g->p->ref }, { "agent", name }, { "bureau", g->d->name },
		{ "categorie", g->p->sensitive ? "" : notify_label(g) },
		{ "sensible", g->p->sensitive ? "oui" : "" }, { "contact", t->contact },
		{ "texte", g->p->sensitive ? "" : token_strip(g->a, g->d, words) },
	};
	struct outmail m = { .automatic = COMPOSE_GENERATED, .lang = "fr" };

	for (size_t i = 0; i < g->d->nagents; i++)
		if (strcmp(g->d->agents[i].section, t->agent) == 0)
			holder = &g->d->agents[i];
	if (holder == NULL || holder == by)
		return ST_OK;
	m.to = holder->spec;
	m.subject = arena_printf(g->a, "[%s] %s · réponse de %s", g->p->ref,
	    g->p->sensitive ? "sensible" : notify_label(g), name);
	if (texts_fill(g->d->texts, g->a, "avis-reponse", v, sizeof v / sizeof *v, &m.text, f)
	    != ST_OK)
		return f->st;
	return plan_send(g, MAIL_KIND_NOTIFY, &m, NOTIFY_MAX_BYTES, g->in->now, false, f);
}

static enum status
review_to(struct planning *g, const char *to, unsigned naside, struct fault *f)
{
	const char *number = naside == 1 ? "Un message est" :
	    arena_printf(g->a, "%u messages sont", naside);
	const struct template_var v[] = { { "nombre", number }, { "bureau", g->d->name } };
	struct outmail m = { .to = to, .automatic = COMPOSE_GENERATED, .lang = "fr",
	    .subject = "À voir : courrier mis de côté" };
	const char *text;

	if (texts_fill(g->d->texts, g->a, "a-voir", v, sizeof v / sizeof *v, &text, f) != ST_OK)
		return f->st;
	m.text = text;
	return plan_send(g, MAIL_KIND_NOTIFY, &m, NOTIFY_MAX_BYTES, g->in->now, false, f);
}

static bool
of_everything(const struct planning *g, const struct agent *a)
{
	(void)g;
	return agent_has(a, "*");
}

enum status
notify_review(struct planning *g, unsigned naside, struct fault *f)
{
	const struct desk *d = g->d;
	enum tier tier = tier_of(g, MAIL_KIND_NOTIFY, of_everything);

	for (size_t i = 0; i < d->nagents; i++)
		if (in_tier(g, tier, of_everything, &d->agents[i]) &&
		    review_to(g, d->agents[i].spec, naside, f) != ST_OK)
			return f->st;
	return d->nagents > 0 || d->admin[0] == '\0' ? ST_OK : review_to(g, d->admin, naside, f);
}

enum status
notify_loop(struct planning *g, struct fault *f)
{
	struct outmail m = { .to = g->d->admin, .automatic = COMPOSE_GENERATED, .lang = "en",
	    .subject = "bureaud: a mail went round in a loop" };

	if (g->d->admin[0] == '\0')
		return ST_OK;
	m.text = "A mail with more than 30 Received fields reached the bureau's mailbox. It was\n"
	    "recorded without an answer; `bureauctl messages` shows it. Look for two programs that\n"
	    "forward to each other.\n";
	return plan_send(g, MAIL_KIND_ADMIN, &m, NOTIFY_MAX_BYTES, g->in->now, false, f);
}
