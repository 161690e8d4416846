/* orders.h - what a proven agent's mail orders: one function a word, all or nothing.
 *
 *   relay_own -> command_read -> relay_decide -> every order checked -> all of them done
 *                                             \-> a fault: nothing is done, a transcript says why
 *
 * Limits: #rappel #rdv #orienter #transmettre #pieces #fusionner #scinder #modele #nouveau #absent
 * #chercher #liste #historique #annuler #confirmer are understood and refused: not there yet. */
#ifndef DESK_ORDERS_H
#define DESK_ORDERS_H

#include "plan_int.h"
#include "transcript.h"

struct ordering {
	struct planning *g;
	const struct thread_hit *hit;	/* NULL: the mail joins no ticket */
	const struct ticket_facts *t;	/* of hit */
	struct commands commands;
	struct relay relay;
	struct transcript_line *line;	/* one a command */
	const char *remark[8]; size_t nremarks;
	enum ticket_state state;	/* as it becomes */
	bool state_said;		/* a state command was given: it wins over the answer's */
	bool help, faulty;
	size_t nevents, nmails; bool sensitive;	/* of the plan before any order */
};

/* Fills o->line[i]; false: it cannot be done and o->line[i] says why. */
bool order_do(struct ordering *o, size_t i);
/* "#rdv, #liste": the words that are understood and refused. */
const char *orders_later(struct arena *a);

#endif
