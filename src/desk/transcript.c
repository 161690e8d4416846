#include "transcript.h"

#include "buf.h"
#include "utf8.h"

#include <string.h>

enum { LINE_MAX = 400 };

/* At most 24 lines of 80 columns: one screen. */
static const char help[] =
    "LES COMMANDES : en haut de votre réponse, une par ligne ; accents et majuscules\n"
    "libres. Votre texte, dessous, part à la personne. Dates : 15/12, 3 décembre,\n"
    "lundi, demain 14h. Une erreur : rien n’est fait ni envoyé, et on vous le dit.\n"
    "#prendre                 le dossier est à vous    #affecter claire  au collègue\n"
    "#note …                  tout reste entre agents  #contact-sur …    où répondre\n"
    "#attendre 15/12          en attente, avec rappel  #rappel lundi     rappel seul\n"
    "#categorie logement      #urgence normale | haute | vitale    #quartier nom\n"
    "#rdv 03/12 14:30 lieu    invitation à la personne ; #rdv annuler\n"
    "#orienter ccas, caf      lui envoie ces contacts (noms de l’annuaire)\n"
    "#transmettre caf         fait suivre à l’organisme et le lui dit\n"
    "#pieces A, B, 15/12      lui demande des pièces avant cette date\n"
    "#modele nom              lui envoie un texte préparé\n"
    "#accuser                 l’accusé part maintenant  #sans-reponse  aucun, jamais\n"
    "#regler                  clos, résolu    #rouvrir  de nouveau ouvert\n"
    "#clore motif             sans-suite | injoignable | oriente | transmis\n"
    "#fusionner BI-2026-00042 #scinder (ce message à part)    #spam\n"
    "#sensible                rien dans les avis ; #voir pour lire le dossier\n"
    "#admettre nom@exemple.fr peut écrire dans le dossier\n"
    "#nouveau                 personne venue ou au téléphone : le récit dessous\n"
    "#liste  #statut  #historique  #chercher mots    réponse par courriel\n"
    "#absent 1/12-8/12        vos avis vont aux autres    #aide  cet écran\n"
    "#annuler CODE            défait    #confirmer CODE  répond à une confirmation\n";

static const char reminder[] =
    "Votre réponse part à la personne. En haut : #prendre  #attendre 15/12\n"
    "#rdv 03/12 14:30  #orienter ccas  #pieces A, 15/12  #regler  #clore motif\n"
    "#note (rien ne part)  #aide (toutes les commandes)";

const char *
transcript_help(void)
{
	return help;
}

const char *
transcript_reminder(void)
{
	return reminder;
}

/* One line whatever is in it: scripts read these. */
static void
add_one_line(struct buf *b, const char *z)
{
	struct span s = span_of(z);

	s.n = utf8_floor(s, LINE_MAX);
	utf8_clean(b, s, UTF8_ONE_LINE);
	if (s.n < strlen(z))
		buf_addz(b, "…");
}

static void
add_paragraph(struct buf *b, const char *z)
{
	if (z[0] == '\0')
		return;
	buf_addc(b, '\n');
	buf_addz(b, z);
	if (z[strlen(z) - 1] != '\n')
		buf_addc(b, '\n');
}

static void
add_line(struct buf *b, const struct transcript_line *l)
{
	buf_addz(b, l->done ? "✔ " : "✘ ");
	add_one_line(b, l->said);
	buf_addz(b, " : ");
	add_one_line(b, l->text);
	buf_addc(b, '\n');
	if (l->block != NULL && l->block[0] != '\0') {
		buf_addz(b, l->block);
		buf_addc(b, '\n');
	}
}

const char *
transcript_text(struct arena *a, const struct transcript *t)
{
	BUF_AUTO struct buf b;
	bool cut;

	buf_open(&b, TRANSCRIPT_MAX);
	if (t->ref[0] != '\0')
		buf_addf(&b, "Dossier %s\n\n", t->ref);
	for (size_t i = 0; i < t->nlines; i++)
		add_line(&b, &t->line[i]);
	add_paragraph(&b, t->relayed);
	for (size_t i = 0; i < t->nremarks; i++)
		add_paragraph(&b, t->remarks[i]);
	if (t->held)
		add_paragraph(&b, "Rien n’a été fait ni envoyé. Corrigez, puis répondez de "
		    "nouveau à l’avis avec tout votre message : commandes et texte.");
	if (t->help)
		add_paragraph(&b, t->guide != NULL ? t->guide : help);
	cut = buf_full(&b);
	buf_cut(&b, utf8_floor(buf_span(&b), TRANSCRIPT_MAX - LINE_MAX));
	if (cut)
		buf_addz(&b, "…\n(La suite est trop longue pour un courriel.)\n");
	if (t->undo[0] != '\0')
		buf_addf(&b, "\nAnnuler : #annuler %s\n", t->undo);
	return arena_span(a, span_trim(buf_span(&b)));
}

struct transcript_line *
transcript_faults(struct arena *a, const struct commands *c)
{
	struct transcript_line *v = arena_new(a, struct transcript_line, c->n + 1);

	for (size_t i = 0; i < c->n; i++)
		v[i] = (struct transcript_line){ .said = c->v[i].said, .block = "",
			.text = c->v[i].fault == COMMAND_OK ?
			    "compris, mais pas exécuté : une autre ligne est à corriger" :
			    c->v[i].why };
	return v;
}

const char *
transcript_unknown(struct arena *a, const struct command *c)
{
	if (c->closest[0] == '\0')
		return arena_printf(a, "je n’ai pas compris « %s »", c->said);
	return arena_printf(a, "je n’ai pas compris « %s ». Vouliez-vous dire #%s ?", c->said,
	    c->closest);
}
