#include "selftest.h"

#include "plan_int.h"
#include "tokens.h"

enum selftest_state
selftest_state(const struct selftest *t)
{
	if (t->sent == 0)
		return SELFTEST_NEVER;
	if (t->returned != 0)
		return SELFTEST_BACK;
	return t->late ? SELFTEST_LATE : SELFTEST_UNDER_WAY;
}

static const char *
addressee(struct planning *g)
{
	const char *plus = g->d->plus_addresses ? token_address(g->a, g->d,
	    plan_next_id(g, MAIL_KIND_SELFTEST, g->d->address)) : "";

	return plus[0] != '\0' ? plus : g->d->address;
}

enum status
selftest_mail(struct arena *a, const struct desk *d, int64_t now,
    const struct plan_facts *random, struct plan *out, struct fault *f)
{
	const struct plan_in in = { .now = now };
	struct planning g = { a, d, &in, random, out, 0 };
	struct outmail m = { .automatic = COMPOSE_GENERATED, .lang = "fr",
	    .subject = "Message de contrôle du bureau" };

	plan_empty(&g);
	m.to = addressee(&g);
	if (texts_fill(d->texts, a, "controle", NULL, 0, &m.text, f) != ST_OK)
		return f->st;
	return plan_send(&g, MAIL_KIND_SELFTEST, &m, NOTIFY_MAX_BYTES, now, false, f);
}

enum status
selftest_alert(struct arena *a, const struct desk *d, const struct selftest_lost *t,
    int minutes, int64_t now, const struct plan_facts *random, struct plan *out,
    struct fault *f)
{
	const struct plan_in in = { .now = now };
	struct planning g = { a, d, &in, random, out, 0 };
	struct outmail m = { .to = d->admin, .automatic = COMPOSE_GENERATED, .lang = "fr",
	    .subject = "Le message de contrôle du bureau n’est pas revenu" };
	const struct template_var v[] = {
		{ "recu", say_day(a, date_local_day(t->sent)) },
		{ "heure", say_time(a, t->sent) },
		{ "nombre", arena_printf(a, "%d", minutes) },
		{ "attente", t->stage == SELFTEST_WAITS ? "oui" : "" },
		{ "refus", t->stage == SELFTEST_REFUSED ? "oui" : "" },
		{ "suite", t->stage == SELFTEST_GONE ? "oui" : "" },
		{ "texte", t->said },
	};

	plan_empty(&g);
	if (d->admin[0] == '\0')
		return ST_OK;
	if (texts_fill(d->texts, a, "controle-alerte", v, sizeof v / sizeof *v, &m.text, f)
	    != ST_OK)
		return f->st;
	return plan_send(&g, MAIL_KIND_ADMIN, &m, NOTIFY_MAX_BYTES, now, false, f);
}
