/* ctl_template.c - one text of the templates folder, filled: with a ticket's facts, or with
 * those of a ticket that does not exist.  Sends nothing. */
#include "ctl.h"

#include "clock.h"
#include "transcript.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static bool
has_prefix(const char *z, const char *prefix)
{
	return strncmp(z, prefix, strlen(prefix)) == 0;
}

/* The category whose acknowledgment that is; "" where there is none. */
static const char *
category_of(const struct setup *s, const char *name)
{
	const struct category *v;
	size_t n = rules_categories(s->rules, &v);

	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].template_name, name) == 0)
			return v[i].name;
	return "";
}

/* A ticket as one that comes in now would be. */
static struct ticket_row
sample(struct ctl *c, const struct setup *s, const char *name)
{
	int64_t now = clock_now();
	const char *category = category_of(s, name);

	return (struct ticket_row){
		.ref = arena_printf(c->a, "%s-%04d-00042", c->cfg->reference_prefix,
		    date_local(now).date.y),
		.category = category[0] != '\0' ? category : "a_qualifier", .agent = "",
		.citizen = "personne@exemple.fr", .subject = "Objet du message", .lang = "fr",
		.quartier = "", .state = TICKET_OPEN, .urgency = URGENCY_HIGH, .opened = now,
		.last_activity = now, .messages = 1, .about = "",
		.due = hours_promise(&s->desk.hours, now, s->desk.promise_days),
	};
}

/* Texts for citizens and their pieces know what an acknowledgment knows; a text in another
 * language is asked for by its file or comes with the ticket's. */
static enum status
render_outward(struct ctl *c, const struct setup *s, const char *name,
    const struct ticket_row *t, const char **out)
{
	const struct desk *d = &s->desk;
	const struct ack_facts k = {
		.template_name = name, .category = t->category, .ref = t->ref, .bureau = d->name,
		.organisation = d->organisation, .address = d->address, .phone = d->phone,
		.postal_address = d->postal_address, .lang = t->lang, .received = t->opened,
		.now = clock_now(), .promise_days = d->promise_days, .hours = &d->hours,
		.directory = d->directory, .quartiers = d->quartiers,
	};

	return texts_ack(s->texts, c->a, &k, out, &c->f);
}

static const char *
label_of(const struct setup *s, const char *category)
{
	const struct category *k = rules_category(s->rules, category);

	return k != NULL ? k->label : category;
}

/* As notify.c does: of a sensitive ticket the reference and the dates. */
static enum status
render_inward(struct ctl *c, const struct setup *s, const char *name,
    const struct ticket_row *t, const char **out)
{
	static const char *const urgencies[] = {
		[URGENCY_NORMAL] = "", [URGENCY_HIGH] = "haute", [URGENCY_VITAL] = "vitale",
	};
	bool open = !t->sensitive;
	const char *day = say_day(c->a, date_local_day(t->opened));
	const struct template_var v[] = {
		{ "ref", t->ref }, { "bureau", s->desk.name }, { "recu", day },
		{ "heure", say_time(c->a, t->opened) },
		{ "categorie", open ? label_of(s, t->category) : "" },
		{ "urgence", open ? urgencies[t->urgency] : "" },
		{ "expediteur", open ? t->citizen : "" }, { "objet", open ? t->subject : "" },
		{ "texte", open ? "(les mots de la personne, ou la liste)" : "" },
		{ "quartier", open ? t->quartier : "" },
		{ "langue", open && strcmp(t->lang, "fr") != 0 ? t->lang : "" },
		{ "sensible", open ? "" : "oui" },
		{ "jour", t->urgency == URGENCY_HIGH ? say_day(c->a, date_local_day(
		    hours_next_opening(&s->desk.hours, t->opened))) : "" },
		{ "echeance", t->due != 0 ? say_day(c->a, t->due) : "" },
		{ "commandes", transcript_help() },
		{ "nombre", has_prefix(name, "a-voir") ? "Un message est" : "1" },
		{ "accuse", "standard" }, { "envoi", "la réponse à la personne" },
		{ "destinataire", open ? t->citizen : "" },
		{ "cause", "cette adresse n’existe pas, ou plus" }, { "code", "550 5.1.1" },
	};

	return texts_fill(s->texts, c->a, name, v, sizeof v / sizeof *v, out, &c->f);
}

static bool
is_known(const struct texts *t, const char *name)
{
	const char *const *names;
	size_t n = texts_list(t, &names);

	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static int
ticket_find(struct ctl *c, const char *ref, struct ticket_row *t)
{
	struct store *s AUTO(store_close) = NULL;
	int rc = ctl_store(c, STORE_READ, &s);

	if (rc != EX_OK)
		return rc;
	switch (query_ticket(s, c->a, ref, t, &c->f)) {
	case ST_OK: return EX_OK;
	case ST_NONE:
		(void)fault_set(&c->f, ST_NONE, "%s: no such ticket", ref);
		return ctl_fail(c, EX_DATAERR);
	case ST_TEMP: case ST_PERM: case ST_UNSURE: break;
	}
	return ctl_fail(c, EX_IOERR);
}

static void
print(struct ctl *c, const char *name, const char *ref, const char *text)
{
	struct jsonw j;

	if (c->json) {
		jsonw_open(&j, &c->out);
		jsonw_object(&j, NULL);
		jsonw_str(&j, "name", name);
		jsonw_str_or_null(&j, "ticket", ref);
		jsonw_str(&j, "text", text);
		jsonw_object_end(&j);
	} else
		buf_addz(&c->out, text);
	if (c->out.n == 0 || c->out.z[c->out.n - 1] != '\n')
		buf_addc(&c->out, '\n');
	ctl_flush(c);
}

static int
render(struct ctl *c, const struct setup *s, const char *name, const char *ref)
{
	struct ticket_row t = sample(c, s, name);
	const char *text;
	int rc;

	if (!is_known(s->texts, name)) {
		(void)fault_set(&c->f, ST_PERM, "%s: no template %s", c->cfg->templates, name);
		return ctl_fail(c, EX_DATAERR);
	}
	if (ref[0] != '\0' && (rc = ticket_find(c, ref, &t)) != EX_OK)
		return rc;
	if ((texts_is_for_citizens(name) ? render_outward : render_inward)(c, s, name, &t,
	    &text) != ST_OK)
		return ctl_fail(c, EX_CONFIG);
	print(c, name, ref, text);
	return EX_OK;
}

int
ctl_template(struct ctl *c)
{
	struct setup s;
	int rc;

	if (c->argc < 2 || c->argc > 3) {
		(void)fprintf(stderr, "bureauctl: usage: bureauctl template NAME [REF]\n");
		return EX_USAGE;
	}
	if (setup_load(c->a, c->cfg, span_from("", 0), &s, &c->f) != ST_OK)
		return ctl_fail(c, EX_CONFIG);
	rc = render(c, &s, c->argv[1], c->argc == 3 ? c->argv[2] : "");
	setup_close(&s);
	return rc;
}
