/* texts_int.h - shared by texts.c (the folder) and texts_ack.c (what is said). */
#ifndef DESK_TEXTS_INT_H
#define DESK_TEXTS_INT_H

#include "texts.h"

enum {
	TEXTS_MAX = 300,
	TEXTS_FILE_BYTES = 64 * 1024,
	/* Filled; LIMIT_ACK is for the mail, where an accent takes three bytes or six. */
	TEXTS_BODY_BYTES = 8 * 1024,
};

/* Plain facts first.  Then pieces, each made of what stands before it: so no text can hold
 * itself, and a file may use only what is known when its turn comes. */
#define TEXTS_NAMES(X) \
	X(TEXTS_ORGANISATION, "organisation") \
	X(TEXTS_DATE_RECUE, "date_recue")	/* "mardi 24 novembre 2026" */ \
	X(TEXTS_TEL_MAIRIE, "tel_mairie")	/* [mairie-standard], or the bureau's */ \
	X(TEXTS_BUREAU, "bureau") \
	X(TEXTS_COURRIEL, "courriel") \
	X(TEXTS_TEL, "tel") \
	X(TEXTS_ADRESSE, "adresse") \
	X(TEXTS_HORAIRES, "horaires")		/* "du lundi au vendredi, 9 h – 12 h" */ \
	X(TEXTS_REF, "ref") \
	X(TEXTS_HEURE_RECUE, "heure_recue")	/* "10 h 12" */ \
	X(TEXTS_DATE_PROMISE, "date_promise")	/* "vendredi 27 novembre 2026" */ \
	X(TEXTS_DATE_SILENCE, "date_silence")	/* "24 janvier 2027": CRPA L231-4 */ \
	X(TEXTS_FERME, "ferme")			/* "jusqu’à 13 h 30"; empty when open */ \
	X(TEXTS_CONTACTS, "contacts")		/* verified directory entries, one a line */ \
	X(TEXTS_PERMANENCES, "permanences")	/* the next ones, one a line */ \
	X(TEXTS_RECUE_NUM, "recue_num")		/* for the twins: "24/11/2026" */ \
	X(TEXTS_HEURE_NUM, "heure_num")		/* "10:12" */ \
	X(TEXTS_PROMISE_NUM, "promise_num") \
	X(TEXTS_OUVERTURE_NUM, "ouverture_num")	/* "27/11/2026, 08:30"; empty when open */ \
	X(TEXTS_RENVOI, "renvoi")		/* "English: see below." */ \
	X(TEXTS_AUTRE_LANGUE, "autre_langue")	/* the twin */ \
	X(TEXTS_NOTICE, "notice") \
	X(TEXTS_DEBUT, "debut") \
	X(TEXTS_SUITE, "suite") \
	X(TEXTS_PIED, "pied")

#define TEXTS_ENUM(id, name) id,
enum texts_name { TEXTS_NAMES(TEXTS_ENUM) TEXTS_NAME_COUNT };

/* What ack-court may say: the first three, and nothing that tells one mail from another. */
enum { TEXTS_COURT_NAMES = TEXTS_TEL_MAIRIE + 1 };

struct text { const char *name; struct span body; };	/* "ack-logement" */

struct texts {
	struct arena *arena;
	const char *names[TEXTS_MAX];
	struct text text[TEXTS_MAX]; size_t n;
};

#define TEXTS_TWIN "bilingue-"
#define TEXTS_SUFFIX ".txt"
#define TEXTS_MODELS "modeles/"
enum { TEXTS_PIECES = TEXTS_NAME_COUNT - TEXTS_NOTICE };
struct texts_piece { enum texts_name name; const char *file; };
extern const struct texts_piece texts_pieces[TEXTS_PIECES];	/* in the order of filling */

const struct text *texts_find(const struct texts *t, const char *name);
/* Fills the pieces, then `name`. */
enum status texts_compose(const struct texts *t, struct arena *a, const char *name,
    const char *lang, struct template_var *v, const char **out, struct fault *f) MUST_USE;

#endif
