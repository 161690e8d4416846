/* command.h - the language agents use at the top of a mail (INTERFACE, "Commands"): text in,
 * a list of commands and the prose below them out.  Pure: nothing is looked up or done here.
 *
 * The caller gives what the agent wrote in this mail (relay_own: the marker, quoted history and
 * signature are dealt with there), LF lines, valid UTF-8.  A line is a command when it is '#'
 * then a letter and no prose stands above it; blank lines do not count as prose.  A telephone's
 * or a word processor's ways are forgiven: blanks and no-break blanks ahead, "# note", capitals
 * and accents, a bullet ("- #note", "• #note"), typographic quotes around an argument, "＃",
 * two commands on one line where the first takes no free text.
 *
 * Under #note and #nouveau the prose is kept inside; else it is for the citizen.
 *
 * Every command stands in the list, in the order written, the ones that were not understood
 * too (their `fault` says why): with out->faults > 0 nothing at all may be executed or sent.
 *
 * Ownership: everything in `out` lives in the arena, or is a pointer of `facts`.
 * Limits: COMMAND_MAX commands a mail (one more is a fault, the rest is not read),
 * COMMAND_LINE bytes a line, COMMAND_NAMES names a command, COMMAND_CHOICES choices listed.
 * Linear in the text. */
#ifndef DESK_COMMAND_H
#define DESK_COMMAND_H

#include "arena.h"
#include "desk.h"
#include "hours.h"
#include "state.h"

enum {
	COMMAND_MAX = 20, COMMAND_LINE = 1000, COMMAND_NAMES = 8, COMMAND_ITEMS = 20,
	COMMAND_CHOICES = 5, COMMAND_CODE = 10,		/* XXXX-XXXX and NUL */
};

/* id, the word as it is shown, what it takes */
#define COMMANDS(X) \
	X(NOTE, "note", TEXT_MAY) \
	X(PRENDRE, "prendre", NOTHING) \
	X(AFFECTER, "affecter", AGENT) \
	X(CATEGORIE, "categorie", CATEGORY) \
	X(URGENCE, "urgence", URGENCY) \
	X(ATTENDRE, "attendre", DATE) \
	X(RAPPEL, "rappel", DATE) \
	X(RDV, "rdv", MEETING) \
	X(ORIENTER, "orienter", ENTRIES) \
	X(TRANSMETTRE, "transmettre", ENTRY) \
	X(PIECES, "pieces", PIECES) \
	X(REGLER, "regler", NOTHING) \
	X(CLORE, "clore", REASON) \
	X(ROUVRIR, "rouvrir", NOTHING) \
	X(FUSIONNER, "fusionner", REF) \
	X(SCINDER, "scinder", NOTHING) \
	X(SENSIBLE, "sensible", NOTHING) \
	X(VOIR, "voir", REF_MAY) \
	X(CONTACT_SUR, "contact-sur", CONTACT) \
	X(SANS_REPONSE, "sans-reponse", NOTHING) \
	X(ACCUSER, "accuser", NOTHING) \
	X(QUARTIER, "quartier", QUARTIER) \
	X(MODELE, "modele", MODEL) \
	X(ADMETTRE, "admettre", ADDRESS) \
	X(NOUVEAU, "nouveau", TEXT_MAY) \
	X(ABSENT, "absent", ABSENCE) \
	X(SPAM, "spam", NOTHING) \
	X(CHERCHER, "chercher", TEXT) \
	X(LISTE, "liste", FILTER) \
	X(STATUT, "statut", REF_MAY) \
	X(HISTORIQUE, "historique", REF_MAY) \
	X(AIDE, "aide", NOTHING) \
	X(ANNULER, "annuler", CODE) \
	X(CONFIRMER, "confirmer", CODE)

#define COMMAND_ENUM(id, word, takes) COMMAND_##id,
enum command_word { COMMANDS(COMMAND_ENUM) COMMAND_UNKNOWN, COMMAND_WORDS = COMMAND_UNKNOWN };

enum command_fault {
	COMMAND_OK,
	COMMAND_NO_WORD,	/* an unknown word; `closest` may have one */
	COMMAND_MISSING,	/* an argument is missing */
	COMMAND_TOO_MUCH,	/* something stands behind that the command does not take */
	COMMAND_BAD_DATE, COMMAND_PAST, COMMAND_CLOSED,	/* closed: day or hour, of #rdv */
	COMMAND_NO_NAME,	/* nobody and nothing has that name */
	COMMAND_AMBIGUOUS,	/* several have; `why` lists at most COMMAND_CHOICES */
	COMMAND_BAD_VALUE,	/* no reference, address, code, reason or urgency */
	COMMAND_CONFLICT,	/* with a command above: #regler and #rouvrir; twice the same */
	COMMAND_TOO_MANY,
};

struct command {
	enum command_word word;
	const char *said;		/* "#xyz" as typed; a known word: "#prendre" */
	const char *line;		/* the whole line, cleaned, at most 200 bytes */
	date_day day;			/* DATE_INVALID: none; of #absent the first day */
	date_day until;			/* of #absent: the last day; else DATE_INVALID */
	int minute;			/* of the day; -1: none given.  Always there for #rdv */
	int64_t at;			/* day and minute as an instant; 0 without both */
	const char *text;		/* free text; of #rdv the place; "" */
	const char *const *names; size_t nnames;	/* ids of facts; items of #pieces */
	const char *ref;		/* "BI-2026-00042"; "" none */
	const char *address;		/* strict; of #contact-sur: when the text is one; "" */
	const char *code;		/* "ABCD-EFGH": base32; 0, 1, 8 read as O, I, B */
	enum urgency urgency;
	enum ticket_outcome outcome;	/* of #clore; TICKET_OUTCOME_NONE: no word was given */
	bool cancel;			/* #rdv annuler, #absent non */
	enum command_fault fault;
	const char *why;		/* French, without a full stop; "" when OK */
	const char *closest;		/* to an unknown word; "" when none is near */
	const char *remark;		/* understood, but: a date that moved; "" */
};

struct commands {
	struct command *v; size_t n;
	size_t faults;
	const char *prose;		/* below the commands, trimmed; "" */
	bool inside;			/* #note or #nouveau: prose is not relayed */
	/* A known word at the head of a line of the prose, "#regler": it is prose and goes out
	 * as such, but the agent is to be told.  "" none. */
	const char *stray;
};

/* What may be named.  also: other forms it answers to, comma separated ("" none); every one of
 * id, label and also is compared folded, '-' '_' and blanks alike. */
struct command_name { const char *id, *label, *also; };
struct command_names { const struct command_name *v; size_t n; };

struct command_facts {
	int64_t now;
	const struct hours *hours;
	const char *prefix;		/* of references: "BI" */
	const char *me;			/* the author's section, for "#affecter moi"; "" */
	struct command_names agents, entries, categories, models;
	struct command_names quartiers;	/* empty: any text is taken */
};

/* Agents, directory entries and categories of a desk; models and quartiers are left empty for
 * the caller.  Everything is in `a` or belongs to the desk. */
void command_facts_of(struct arena *a, const struct desk *d, int64_t now, const char *me,
    struct command_facts *out);

void command_read(struct arena *a, const struct command_facts *facts, struct span text,
    struct commands *out);

/* "prendre"; "" for COMMAND_UNKNOWN. */
const char *command_word_name(enum command_word w);
/* The known words with their '#' in a text, "#note #prendre", nothing else of it; "" none. */
const char *command_words_of(struct arena *a, const char *text);
/* The known word nearest to what was typed, COMMAND_UNKNOWN when none is near. */
enum command_word command_closest(struct arena *a, const char *typed);
/* May that command stand in a mail that answers no notification and names no ticket? */
bool command_needs_ticket(enum command_word w);
/* Does the citizen (or a partner) get a mail from it? */
bool command_is_outward(enum command_word w);

#endif
