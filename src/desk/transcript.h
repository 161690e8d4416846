/* transcript.h - the answer to a command mail: what was understood, done, refused, and how to
 * undo it (INTERFACE, "Mail we send").  Text only; the executor fills in what happened.
 *
 * One line a command, « ✔ #prendre : … » or « ✘ #xyz : … », ASCII blanks around the colon
 * as INTERFACE prints them: scripts read these lines.  Last: « Annuler : #annuler CODE ». */
#ifndef DESK_TRANSCRIPT_H
#define DESK_TRANSCRIPT_H

#include "relay.h"

enum { TRANSCRIPT_MAX = 512 * 1024 };

struct transcript_line {
	bool done;
	const char *said;		/* "#prendre" */
	const char *text;		/* French, one line, no full stop needed */
	/* More lines under it, printed as they are: what #liste, #chercher, #statut,
	 * #historique and #voir answer.  "" none. */
	const char *block;
};

struct transcript {
	const char *ref;		/* "" none */
	const struct transcript_line *line; size_t nlines;
	const char *relayed;		/* "La réponse est partie." / why it did not; "" */
	const char *const *remarks; size_t nremarks;
	bool held;			/* nothing was done or sent: how to correct is said */
	bool help;			/* the language follows, */
	const char *guide;		/* in this text; NULL: alone */
	const char *undo;		/* "ABCD-EFGH"; "" nothing can be undone */
};

/* LF lines, in `a`; a text that is too long is cut and says so. */
const char *transcript_text(struct arena *a, const struct transcript *t);

/* The lines of a mail that is held: ✘ and why for each fault, ✘ « en attente… » for the others
 * (they were understood, and not done).  Same length and order as commands. */
struct transcript_line *transcript_faults(struct arena *a, const struct commands *c);

/* The whole language on one screen: at most 24 lines of 80 columns. */
const char *transcript_help(void);
/* A three-line reminder for notifications. */
const char *transcript_reminder(void);

/* « je n’ai pas compris « #prendr ». Vouliez-vous dire #prendre ? » */
const char *transcript_unknown(struct arena *a, const struct command *c);

#endif
