/* notify.c - what agents are told, and what they are not: of a sensitive ticket the reference
 * alone (LAW-AND-SAFETY section 2). */
#include "plan_int.h"

#include "utf8.h"

#include <string.h>

enum { NOTIFY_TEXT_MAX = 64 * 1024, NOTIFY_EARLIER_MAX = 5 };

static const char *const urgency_words[] = {
	[URGENCY_NORMAL] = "", [URGENCY_HIGH] = "haute", [URGENCY_VITAL] = "vitale",
};

static const char *
label_of(const struct planning *g)
{
	const struct category *c = rules_category(g->d->rules, g->p->category);

	return c != NULL ? c->label : g->p->category;
}

/* "[BI-2026-00042] Logement · haute", "[BI-2026-00042] sensible" */
static const char *
subject_of(const struct planning *g)
{
	const char *urgency = urgency_words[g->p->urgency];

	if (g->p->sensitive)
		return arena_printf(g->a, "[%s] sensible", g->p->ref);
	return arena_printf(g->a, "[%s] %s%s%s", g->p->ref, label_of(g),
	    urgency[0] != '\0' ? " · " : "", urgency);
}

static const char *
earlier_of(const struct planning *g)
{
	const char *z = "";

	for (size_t i = 0; i < g->facts->nearlier && i < NOTIFY_EARLIER_MAX; i++)
		z = arena_printf(g->a, "%s%s%s", z, i > 0 ? ", " : "", g->facts->earlier[i]);
	return z;
}

static const char *
attachments_of(const struct planning *g)
{
	const struct mail *m = g->in->mail;
	const char *z = "";

	for (size_t i = 0; i < m->natt; i++)
		z = arena_printf(g->a, "%s- %s (%llu octets)\n", z,
		    m->att[i].filename[0] != '\0' ? m->att[i].filename : m->att[i].type,
		    (unsigned long long)m->att[i].size);
	return z;
}

/* The citizen's words, cut where an agent's client would choke. */
static const char *
words_of(const struct planning *g)
{
	struct span s = span_of(g->in->mail->text);

	s.n = utf8_floor(s, NOTIFY_TEXT_MAX);
	return arena_span(g->a, s);
}

/* What is high is for the working day on which it comes in. */
static const char *
day_of(const struct planning *g)
{
	if (g->p->urgency != URGENCY_HIGH)
		return "";
	return say_day(g->a, date_local_day(hours_next_opening(&g->d->hours, g->in->now)));
}

/* Where an agent was told that the person can be reached without risk. */
static const char *
safe_contact(const struct planning *g)
{
	const struct thread_hit *h = g->p->thread.hit;

	if (h != NULL && h->facts != NULL)
		return h->facts->contact;
	return g->facts != NULL && g->facts->contact != NULL ? g->facts->contact : "";
}

static enum status
notify_one(struct planning *g, const char *template_name, enum mail_kind kind, const char *to,
    struct fault *f)
{
	const struct plan *p = g->p;
	bool open = !p->sensitive;
	const struct template_var v[] = {
		{ "ref", p->ref },
		{ "categorie", open ? label_of(g) : "" },
		{ "urgence", open ? urgency_words[p->urgency] : "" },
		{ "expediteur", open ? p->citizen : "" },
		{ "objet", open ? p->subject : "" },
		{ "texte", open ? words_of(g) : "" },
		{ "pieces", open ? attachments_of(g) : "" },
		{ "quartier", open ? p->quartier : "" },
		{ "langue", open && strcmp(p->lang, "fr") != 0 ? p->lang : "" },
		{ "sensible", open ? "" : "oui" },
		{ "suite", p->opens ? "" : "oui" },
		{ "jour", day_of(g) },
		{ "contact", safe_contact(g) },
		{ "echeance", p->due != 0 ? say_day(g->a, p->due) : "" },
		{ "anterieurs", open ? earlier_of(g) : "" },
		{ "accuse", ack_name(p->ack) },
		{ "sans_accuse", p->opens && p->ack == ACK_NONE ? "oui" : "" },
		{ "accuse_attend", p->opens && p->ack == ACK_AGENT ? "oui" : "" },
		{ "recu", say_day(g->a, date_local_day(g->in->received)) },
		{ "heure", say_time(g->a, g->in->received) },
		{ "bureau", g->d->name },
	};
	const char *text;
	struct outmail m = { .to = to, .automatic = COMPOSE_GENERATED, .lang = "fr" };

	if (texts_fill(g->d->texts, g->a, template_name, v, sizeof v / sizeof *v, &text, f) != ST_OK)
		return f->st;
	m.subject = p->ref[0] != '\0' ? subject_of(g) : "Alerte : danger possible";
	m.text = text;
	return plan_send(g, kind, &m, NOTIFY_MAX_BYTES, g->in->now, false, f);
}

/* Agents that `wanted` chooses; nobody chosen means everybody. */
static enum status
notify_all(struct planning *g, const char *template_name, enum mail_kind kind,
    bool (*wanted)(const struct planning *g, const struct agent *a), struct fault *f)
{
	const struct desk *d = g->d;
	bool any = false;

	if (d->nagents == 0 && d->admin[0] != '\0')
		return notify_one(g, template_name, kind, d->admin, f);
	for (size_t i = 0; i < d->nagents; i++)
		any = any || wanted(g, &d->agents[i]);
	for (size_t i = 0; i < d->nagents; i++)
		if ((!any || wanted(g, &d->agents[i])) &&
		    notify_one(g, template_name, kind, d->agents[i].spec, f) != ST_OK)
			return f->st;
	return ST_OK;
}

static bool
on_call(const struct planning *g, const struct agent *a)
{
	(void)g;
	return a->on_call;
}

/* The agent who has the ticket alone; else those of its category, or of any that reached its
 * threshold. */
static bool
of_category(const struct planning *g, const struct agent *a)
{
	const struct verdict *v = g->in->verdict;
	const struct thread_hit *h = g->p->thread.hit;

	if (h != NULL && h->facts != NULL && h->facts->agent[0] != '\0')
		return strcmp(h->facts->agent, a->section) == 0;
	if (h != NULL && h->facts != NULL && agent_has(a, h->facts->category))
		return true;

	for (size_t i = 0; i < v->ncats; i++)
		if (agent_has(a, v->cats[i].name))
			return true;
	return agent_has(a, v->category);
}

static bool
of_category_not_alerted(const struct planning *g, const struct agent *a)
{
	return of_category(g, a) && !a->on_call;
}

static bool
somebody(const struct planning *g, bool (*wanted)(const struct planning *, const struct agent *))
{
	for (size_t i = 0; i < g->d->nagents; i++)
		if (wanted(g, &g->d->agents[i]))
			return true;
	return false;
}

enum status
notify_ticket(struct planning *g, struct fault *f)
{
	if (g->in->verdict->urgency != URGENCY_VITAL)
		return notify_all(g, "avis", MAIL_KIND_NOTIFY, of_category, f);
	plan_event(g, EVENT_ALERT, "bureaud", "vital: the agents on call are alerted");
	if (notify_all(g, "alerte", MAIL_KIND_ALERT, on_call, f) != ST_OK)
		return f->st;
	if (!somebody(g, on_call) || !somebody(g, of_category_not_alerted))
		return ST_OK;	/* everybody who should know has the alert */
	return notify_all(g, "avis", MAIL_KIND_NOTIFY, of_category_not_alerted, f);
}

static enum status
repeat_to(struct planning *g, const char *to, int64_t since, unsigned times, struct fault *f)
{
	const struct plan *p = g->p;
	const struct template_var v[] = {
		{ "ref", p->ref },
		{ "categorie", p->sensitive ? "" : label_of(g) },
		{ "sensible", p->sensitive ? "oui" : "" },
		{ "nombre", arena_printf(g->a, "%u", times) },
		{ "contact", safe_contact(g) },
		{ "sans_accuse", p->ack == ACK_NONE ? "oui" : "" },
		{ "recu", say_day(g->a, date_local_day(since)) },
		{ "heure", say_time(g->a, since) },
		{ "bureau", g->d->name },
	};
	struct outmail m = { .to = to, .automatic = COMPOSE_GENERATED, .lang = "fr" };

	if (texts_fill(g->d->texts, g->a, "alerte-rappel", v, sizeof v / sizeof *v, &m.text, f)
	    != ST_OK)
		return f->st;
	m.subject = arena_printf(g->a, "%s · rappel %u", subject_of(g), times);
	return plan_send(g, MAIL_KIND_ALERT, &m, NOTIFY_MAX_BYTES, g->in->now, false, f);
}

enum status
notify_repeat(struct planning *g, int64_t since, unsigned times, struct fault *f)
{
	const struct desk *d = g->d;
	bool some = somebody(g, on_call);

	for (size_t i = 0; i < d->nagents; i++)
		if ((!some || on_call(g, &d->agents[i])) &&
		    repeat_to(g, d->agents[i].spec, since, times, f) != ST_OK)
			return f->st;
	return ST_OK;
}

/* In rows without a ticket: nobody can take it, so once is all. The words are withheld as for
 * any sensitive mail; the original is in the mailbox. */
enum status
notify_danger(struct planning *g, struct fault *f)
{
	const struct verdict *v = g->in->verdict;
	enum status st;
	bool was = g->p->sensitive;

	if (v == NULL || !verdict_is_danger(v))
		return ST_OK;
	g->p->sensitive = true;
	st = notify_all(g, "alerte", MAIL_KIND_ALERT, on_call, f);
	g->p->sensitive = was;
	return st;
}

enum status
notify_unproven(struct planning *g, struct fault *f)
{
	const struct template_var v[] = {
		{ "recu", say_day(g->a, date_local_day(g->in->received)) },
		{ "heure", say_time(g->a, g->in->received) },
		{ "bureau", g->d->name },
	};
	struct outmail m = { .to = g->p->who.agent->spec, .automatic = COMPOSE_GENERATED,
	    .lang = "fr", .subject = "Un message à votre nom n’a pas été exécuté" };
	const char *text;

	if (texts_fill(g->d->texts, g->a, "confirmation", v, sizeof v / sizeof *v, &text, f) != ST_OK)
		return f->st;
	m.text = text;
	return plan_send(g, MAIL_KIND_CONFIRM, &m, NOTIFY_MAX_BYTES, g->in->now, false, f);
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
	bool some = somebody(g, of_everything);

	for (size_t i = 0; i < d->nagents; i++)
		if ((!some || of_everything(g, &d->agents[i])) &&
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
