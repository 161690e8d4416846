#include "failure.h"

#include "plan_int.h"
#include "remind.h"

#include <string.h>

enum { ADMIN_BYTES = 32 * 1024 };

/* ---- the code ---- */

static size_t
digits(const char *z, size_t max)
{
	size_t n = 0;

	while (n < max && z[n] >= '0' && z[n] <= '9')
		n++;
	return n;
}

static bool
ends_word(char c)
{
	return c == '\0' || strchr(" \t:;,()[]<>", c) != NULL;
}

/* Length of "5.1.1" at z, which begins a word; 0: none stands there. */
static size_t
enhanced(const char *z)
{
	size_t n = 1, part;

	if (z[0] != '2' && z[0] != '4' && z[0] != '5')
		return 0;
	for (int i = 0; i < 2; i++) {
		if (z[n] != '.')
			return 0;
		part = digits(z + n + 1, 3);
		if (part == 0)
			return 0;
		n += 1 + part;
	}
	return ends_word(z[n]) || (z[n] == '.' && ends_word(z[n + 1])) ? n : 0;
}

const char *
failure_code(struct arena *a, int code, const char *said)
{
	const char *number = code > 0 ? arena_printf(a, "%d", code) : "";

	for (const char *z = said; *z != '\0'; z++) {
		size_t n = z == said || ends_word(z[-1]) ? enhanced(z) : 0;

		if (n > 0)
			return arena_printf(a, "%s%s%s", number, code > 0 ? " " : "",
			    arena_strndup(a, z, n));
	}
	return number;
}

/* What it means, for who has never seen one. */
static const char *
cause_of(const struct failed_mail *v, const char *code)
{
	static const struct { const char *begins, *means; } causes[] = {
		{ "5.1.", "cette adresse n’existe pas, ou plus" },
		{ "5.2.2", "la boîte du destinataire est pleine" },
		{ "5.2.3", "le courrier est trop lourd pour ce destinataire" },
		{ "5.3.4", "le courrier est trop lourd pour ce destinataire" },
		{ "5.2.", "la boîte du destinataire ne reçoit plus de courrier" },
	};
	const char *z = strrchr(code, ' ') != NULL ? strrchr(code, ' ') + 1 : code;

	if (v->how == FAILURE_UNSURE)
		return "la liaison s’est coupée au moment de la remise, deux fois";
	if (v->how == FAILURE_EXPIRED)
		return "personne ne l’a accepté pendant cinq jours";
	for (size_t i = 0; i < sizeof causes / sizeof *causes; i++)
		if (strncmp(z, causes[i].begins, strlen(causes[i].begins)) == 0)
			return causes[i].means;
	return "le serveur du destinataire l’a refusé";
}

/* ---- agents ---- */

static const char *
what_of(const struct failed_mail *v)
{
	static const char *const what[] = {
		[MAIL_KIND_ACK] = "l’accusé de réception",
		[MAIL_KIND_RELAY] = "la réponse à la personne",
		[MAIL_KIND_INVITE] = "l’invitation au rendez-vous",
		[MAIL_KIND_ORIENT] = "le courrier d’orientation",
		[MAIL_KIND_PIECES] = "la demande de pièces",
		[MAIL_KIND_FORWARD] = "le dossier transmis à un partenaire",
	};

	return mail_kind_is_outward(v->kind) ? what[v->kind] : "l’alerte";
}

static const char *
subject_of(const struct planning *g, const struct failed_mail *v)
{
	const char *what = v->how == FAILURE_UNSURE ? "remise incertaine" : "courrier non remis";

	if (v->ref[0] == '\0')
		return arena_printf(g->a, "Alerte : %s", what);
	return arena_printf(g->a, "[%s] %s%s", v->ref, v->sensitive ? "sensible · " : "", what);
}

static const char *
agent_name(const struct planning *g, const char *spec)
{
	const struct agent *a = desk_agent(g->d, spec);

	return a != NULL && a->name[0] != '\0' ? a->name : spec;
}

/* Thanks and information ask for nothing: no law wants an acknowledgment of them. */
static const char *
deadline_of(const struct planning *g, const struct failed_mail *v)
{
	const struct category *c = rules_category(g->d->rules, v->category);

	if (v->kind != MAIL_KIND_ACK || v->due_ar == 0 || (c != NULL && c->short_ack))
		return "";
	return say_day(g->a, v->due_ar);
}

static enum status
tell_one(struct planning *g, const struct failed_mail *v, const struct agent *to,
    struct fault *f)
{
	bool alert = v->kind == MAIL_KIND_ALERT, sure = v->how != FAILURE_UNSURE;
	bool mine = addr_same(to->spec, v->author);
	const char *code = failure_code(g->a, v->code, v->said);
	const struct template_var w[] = {
		{ "ref", v->ref },
		{ "sensible", v->sensitive ? "oui" : "" },
		{ "prudence", v->sensitive ||
		    (v->watched && v->kind != MAIL_KIND_FORWARD) ? "oui" : "" },
		{ "envoi", what_of(v) },
		{ "destinataire", alert ? agent_name(g, v->to) : v->sensitive ? "" : v->to },
		{ "cause", cause_of(v, code) },
		{ "code", code },
		{ "incertain", sure ? "" : "oui" },
		{ "accuse", v->kind == MAIL_KIND_ACK ? "oui" : "" },
		{ "partenaire", v->kind == MAIL_KIND_FORWARD ? "oui" : "" },
		{ "echeance", deadline_of(g, v) },
		{ "bureau", g->d->name },
	};
	struct outmail m = { .to = to->spec, .automatic = COMPOSE_GENERATED, .lang = "fr",
	    .subject = subject_of(g, v), .in_reply_to = mine ? v->answers : "" };

	if (texts_fill(g->d->texts, g->a, alert ? "echec-alerte" : "echec", w,
	    sizeof w / sizeof *w, &m.text, f) != ST_OK)
		return f->st;
	m.references.v = &m.in_reply_to;
	m.references.n = m.in_reply_to[0] != '\0';
	return plan_send(g, MAIL_KIND_FAILURE, &m, NOTIFY_MAX_BYTES, g->in->now, false, f);
}

/* Who is told, the first of these that holds somebody: who wrote it; who has the ticket; whose
 * category it is; whoever is there; and where all are away, the first two again. */
enum tier { TIER_AUTHOR, TIER_HOLDER, TIER_CATEGORY, TIER_PRESENT, TIER_AUTHOR_AWAY,
	TIER_HOLDER_AWAY };

static bool
in_tier(const struct planning *g, const struct failed_mail *v, enum tier tier,
    const struct agent *a)
{
	const struct remind_ticket t = { .category = v->category,
	    .agent = tier == TIER_CATEGORY ? "" : v->agent };

	if (tier < TIER_AUTHOR_AWAY && agent_is_away(g, a))
		return false;
	if (tier == TIER_AUTHOR || tier == TIER_AUTHOR_AWAY)
		return v->author[0] != '\0' && addr_same(a->spec, v->author);
	return tier == TIER_PRESENT || remind_concerns(g->d, &t, a);
}

static enum tier
tier_of(const struct planning *g, const struct failed_mail *v)
{
	enum tier t = TIER_AUTHOR;

	for (; t < TIER_HOLDER_AWAY; t++)
		for (size_t i = 0; i < g->d->nagents; i++)
			if (in_tier(g, v, t, &g->d->agents[i]))
				return t;
	return t;
}

static bool
concerns(const struct planning *g, const struct failed_mail *v, const struct agent *a)
{
	if (v->kind == MAIL_KIND_ALERT)
		return !addr_same(a->spec, v->to);
	return mail_kind_is_outward(v->kind) && in_tier(g, v, tier_of(g, v), a);
}

enum status
failure_tell(struct arena *a, const struct desk *d, const struct failed_mail *v, int64_t now,
    const struct plan_facts *facts, struct plan *out, struct fault *f)
{
	const struct plan_in in = { .now = now };
	struct planning g = { a, d, &in, facts, out, 0 };

	plan_empty(&g);
	out->ref = v->ref;
	out->ticket = v->ticket;
	for (size_t i = 0; i < d->nagents; i++)
		if (concerns(&g, v, &d->agents[i]) && tell_one(&g, v, &d->agents[i], f) != ST_OK)
			return f->st;
	return ST_OK;
}

/* ---- the administrator ---- */

bool
failure_is_admins(const struct failed_mail *v, size_t nmails)
{
	return v->kind != MAIL_KIND_ADMIN && (nmails == 0 || v->kind == MAIL_KIND_ALERT);
}

enum status
failure_tell_admin(struct arena *a, const struct desk *d, const struct failed_mail *const *v,
    size_t n, int64_t now, const struct plan_facts *random, struct plan *out, struct fault *f)
{
	const struct plan_in in = { .now = now };
	struct planning g = { a, d, &in, random, out, 0 };
	struct buf b BUF_AUTO = { 0 };
	struct outmail m = { .to = d->admin, .automatic = COMPOSE_GENERATED, .lang = "en",
	    .subject = arena_printf(a, "bureaud: %zu mail%s not delivered", n, n == 1 ? "" : "s") };

	plan_empty(&g);
	if (d->admin[0] == '\0')
		return ST_OK;
	buf_open(&b, ADMIN_BYTES);
	buf_addz(&b, "These mails of the bureau did not reach their readers, and no agent could be\n"
	    "told, or must not be alone to know:\n\n");
	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "  outbox %lld: %s, %s %s\n", (long long)v[i]->row,
		    mail_kind_name(v[i]->kind), failure_name(v[i]->how),
		    failure_code(a, v[i]->code, v[i]->said));
	buf_addz(&b, "\n`bureauctl queue` shows them with their recipients; `bureauctl queue retry ID`"
	    "\nsends one again. An agent's mailbox that refuses mail must be mended at once: alerts"
	    "\ngo there.\n");
	m.text = arena_span(a, buf_span(&b));
	return plan_send(&g, MAIL_KIND_ADMIN, &m, NOTIFY_MAX_BYTES, now, false, f);
}
