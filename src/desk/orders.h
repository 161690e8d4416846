/* orders.h - what a proven agent's mail orders: one function a word, all or nothing.
 *
 *   relay_own -> command_read -> relay_decide -> every order checked -> all of them done
 *                                             \-> a fault: nothing is done, a transcript says why
 *
 * Limits: #fusionner #scinder #nouveau are understood and refused: not there yet. */
#ifndef DESK_ORDERS_H
#define DESK_ORDERS_H

#include "needs.h"
#include "plan_int.h"
#include "transcript.h"

struct ordering {
	struct planning *g;
	const struct thread_hit *hit;	/* NULL: the mail joins no ticket */
	const struct ticket_facts *t;	/* of hit; contact as this mail's #contact-sur says */
	bool moves;			/* this mail gives another safe address */
	struct commands commands;
	struct relay relay;
	struct transcript_line *line;	/* one a command */
	const char *remark[8]; size_t nremarks;
	enum ticket_state state;	/* as it becomes */
	bool state_said;		/* a state command was given: it wins over the answer's */
	bool help, faulty;
	size_t nevents, nmails; bool sensitive;	/* of the plan before any order */
	size_t outward;			/* mails sent by words so far */
	size_t asks;			/* words that wait for #confirmer and for nothing else */
	char undo[CODE_TEXT];		/* "" nothing that can be taken back */
};

/* Fills o->line[i]; false: it cannot be done and o->line[i] says why. */
bool order_do(struct ordering *o, size_t i);
/* "#rappel, #absent": the words that are understood and refused. */
const char *orders_later(struct arena *a);

/* Where the citizen is reached: the safe address when an agent gave one. */
const char *order_address(const struct ticket_facts *t);
/* The canned answers of a desk, as #modele names them. */
struct command_names order_models(struct arena *a, const struct desk *d);

/* ---- words that write to citizens and partners: orders_out.c, orders_ical.c ---- */

/* A letter of the templates folder, filled with the bureau's names and v. */
struct letter {
	enum mail_kind kind;
	const char *template_name;
	const struct template_var *v; size_t n;
	const struct compose_part *part; size_t nparts;
};

bool order_done(struct ordering *o, size_t i, const char *text);
bool order_refused(struct ordering *o, size_t i, const char *text);
/* Nothing of this ticket may be told to whoever else reads the citizen's mailbox. */
bool order_is_secret(const struct ordering *o);
/* #sensible, and the category of violence. */
bool order_makes_sensitive(const struct command *c);
/* May such a word run: an open ticket, room for `mails` more.  false: the line says why. */
bool order_may_write(struct ordering *o, size_t i, size_t mails);
/* To the citizen, as an answer is: threaded, and who writes first takes the ticket.  false: the
 * line says why. */
bool order_write_citizen(struct ordering *o, size_t i, const struct letter *l);
void order_waits(struct ordering *o, date_day due);	/* 0: the date stays */

/* ---- telling other agents: orders_tell.c ---- */

/* A plan within the plan, as if the citizen's last mail came in again on the ticket as it has
 * become: what notify.c sends is about that.  Close puts the mails into o's plan. */
struct notice {
	struct planning g;
	struct plan p;
	struct plan_in in;
	struct mail mail;
	struct verdict verdict;
	struct ticket_facts t;
	struct thread_hit hit;
};
void notice_open(struct ordering *o, struct notice *n);
void notice_close(struct ordering *o, const struct notice *n);
/* Whom #affecter #categorie #urgence concern, one mail each. */
enum status orders_tell(struct ordering *o, struct fault *f) MUST_USE;

/* ---- taking back: orders_undo.c ---- */

bool order_annuler(struct ordering *o, size_t i);
bool order_confirmer(struct ordering *o, size_t i);	/* orders_confirm.c */
/* Nothing but #confirmer, of a mail that joins no ticket: what stands below is nobody's. */
bool order_is_bare_code(const struct ordering *o);
/* The mail is good but for a confirmation: its code, and how to send it, as a remark. */
const char *order_confirm_offer(struct ordering *o);
bool order_is_confirmed(const struct ordering *o);
/* All was done: can it be taken back?  Then o->undo is its code. */
void order_undo_offer(struct ordering *o);
/* Which of the words like commands.v[i] it is, from 0. */
size_t order_nth(const struct ordering *o, size_t i);
/* What the program must read first, of the mail of one agent (needs.h). */
void orders_words(struct arena *a, const struct desk *d, const struct mail *m,
    const struct agent *me, int64_t now, struct commands *commands, struct relay *relay);

bool order_rappel(struct ordering *o, size_t i);	/* orders_when.c */
bool order_absent(struct ordering *o, size_t i);
bool order_rdv(struct ordering *o, size_t i);
bool order_orienter(struct ordering *o, size_t i);
bool order_transmettre(struct ordering *o, size_t i);
bool order_pieces(struct ordering *o, size_t i);
bool order_modele(struct ordering *o, size_t i);

/* ---- words that ask: orders_ask.c ---- */
bool order_chercher(struct ordering *o, size_t i);
bool order_liste(struct ordering *o, size_t i);
bool order_statut(struct ordering *o, size_t i);
bool order_historique(struct ordering *o, size_t i);

#endif
