/* digest_service.c - how the bureau does: waits, deadlines, what lasts, urgencies, its own
 * health; and how to read the digest. */
#include "digest_doc.h"

#define NBSP "\302\240"
#define THIN "\342\200\257"

/* ---- waits ---- */

static void
wait_row(struct writing *w, struct doc_block *b, const char *label, const struct told_wait *v)
{
	struct doc_row *r = doc_row(w, b, label);

	r->cell[0] = v->told ? doc_minutes(w->a, v->median) : "–";
	r->cell[1] = v->told ? doc_minutes(w->a, v->p90) : "–";
}

static void
waits(struct writing *w)
{
	static const char *const heads[] = { "la moitié sous", "neuf sur dix sous", NULL };
	static const char *const shares[] = { "treize semaines", NULL };
	const struct digest_told *t = w->t;
	const char *s = w->d->promise_days > 1 ? "s" : "";
	struct doc_block *b;

	(void)doc_add(w, DOC_HEADING, "L’attente");
	b = doc_table(w, heads);
	wait_row(w, b, "Première réponse, cette semaine", &t->wait_week);
	wait_row(w, b, "Première réponse, treize semaines", &t->wait);
	(void)doc_add(w, DOC_NOTE, "En heures d’ouverture du bureau. Un tiret" NBSP ": trop peu de "
	    "réponses pour le dire.");
	b = doc_table(w, shares);
	doc_row_one(w, b, arena_printf(w->a, "Réponse promise en %d" NBSP "jour%s ouvert%s, tenue",
	    w->d->promise_days, s, s), doc_share(w->a, t->promise));
	doc_row_one(w, b, "Accusé de réception sous un jour ouvré", doc_share(w->a, t->acked));
}

static void
deadlines(struct writing *w)
{
	static const char *const heads[] = { "dossiers", NULL };
	const struct digest_told *t = w->t;
	struct doc_block *b;

	(void)doc_add(w, DOC_HEADING, "Les délais de la loi");
	b = doc_table(w, heads);
	doc_row_one(w, b, "Le silence vaudra refus sous 14" NBSP "jours", doc_count(w->a,
	    t->silent_14));
	doc_row_one(w, b, "Sous 30" NBSP "jours, les précédents compris", doc_count(w->a,
	    t->silent_30));
	doc_row_one(w, b, "Délai déjà passé", doc_count(w->a, t->silent_past));
}

static enum status
ages(struct writing *w, struct fault *f)
{
	struct chart c = { .n = DIGEST_AGES, .nseries = 1, .width = 1200, .height = 260 };
	const char *words = "Dossiers ouverts depuis";
	struct doc_block *b;

	for (size_t i = 0; i < DIGEST_AGES; i++) {
		struct told n = w->t->older[i];

		c.value[i][0] = n.small ? SHOW_SMALL : n.n;
		c.pale[i][0] = n.small;
		words = arena_printf(w->a, "%s%s plus de %d" NBSP "jours" NBSP ": %s", words,
		    i == 0 ? "" : THIN ";", digest_ages[i], doc_count(w->a, n));
	}
	(void)doc_add(w, DOC_HEADING, "Les dossiers qui durent");
	if (doc_chart(w, "anciennete", &c, arena_printf(w->a, "%s.", words), &b, f) != ST_OK)
		return f->st;
	b->column[b->ncolumns++] = "ouverts, au moins";
	for (size_t i = 0; i < DIGEST_AGES; i++)
		doc_row_one(w, b, arena_printf(w->a, "plus de %d" NBSP "jours", digest_ages[i]),
		    doc_count(w->a, w->t->older[i]));
	return ST_OK;
}

enum status
digest_waits(struct writing *w, struct fault *f)
{
	waits(w);
	deadlines(w);
	return ages(w, f);
}

/* ---- urgencies ---- */

void
digest_urgencies(struct writing *w)
{
	const struct digest_told *t = w->t;
	struct doc_block *b;

	(void)doc_add(w, DOC_HEADING, "Les urgences");
	if (doc_has_any(w)) {
		b = doc_periods(w);
		doc_row_periods(w, b, "Urgence haute", t->urgent);
		doc_row_periods(w, b, "Urgence vitale", t->vital);
	}
	if (t->urgent_wait.told)
		(void)doc_add(w, DOC_PARA, arena_printf(w->a, "Urgence haute" NBSP ": la moitié est "
		    "entre les mains d’un agent en %s d’ouverture ou moins.", doc_minutes(w->a,
		    t->urgent_wait.median)));
	if (t->vital_wait.told)
		(void)doc_add(w, DOC_PARA, arena_printf(w->a, "Urgence vitale" NBSP ": la moitié est "
		    "entre les mains d’un agent en %s ou moins, jour et nuit.", doc_minutes(w->a,
		    t->vital_wait.median)));
	if (!t->urgent_wait.told && !t->vital_wait.told)
		(void)doc_add(w, DOC_NOTE, "Trop peu d’urgences en treize semaines pour en dire le "
		    "délai.");
}

/* ---- health ---- */

static void
how_to_read(struct writing *w)
{
	(void)doc_add(w, DOC_HEADING, "Comment lire ces chiffres");
	(void)doc_add(w, DOC_NOTE, "Aucun ne désigne personne" NBSP ": de 0 à 4, on lit «" NBSP
	    "< 5" NBSP "». L’année et les moyennes sont faites des chiffres publiés chaque semaine, où «"
	    NBSP "< 5" NBSP "» compte pour" NBSP "2" THIN "; la semaine est exacte, le reste "
	    "arrondi. Un trimestre a treize semaines. Un pourcentage demande au moins 20" NBSP
	    "dossiers. Un dossier réglé est un dossier qu’un agent a clos ainsi. Toutes les "
	    "définitions" NBSP ": manuel bureauctl(8), DIGEST.");
}

void
digest_health(struct writing *w)
{
	static const char *const none[] = { "", NULL };
	const struct digest_told *t = w->t;
	struct doc_block *b;

	(void)doc_add(w, DOC_HEADING, "La santé du service");
	b = doc_table(w, none);
	doc_row_one(w, b, "Boîte relevée", t->last_poll == 0 ? "jamais" : arena_printf(w->a,
	    "%s, %s", say_date(w->a, date_local_day(t->last_poll)), say_time(w->a, t->last_poll)));
	doc_row_one(w, b, "Messages mis de côté cette semaine", arena_printf(w->a, "%u",
	    t->quarantined));
	doc_row_one(w, b, "Accusés de réception non partis", arena_printf(w->a, "%u", t->unsent));
	doc_row_one(w, b, "Dossiers que rien n’a su classer", doc_share(w->a, t->unknown));
	doc_row_one(w, b, "Fiches d’annuaire à vérifier", t->entries == 0 ? "–" :
	    arena_printf(w->a, "%u sur %u", t->stale, t->entries));
	how_to_read(w);
}
