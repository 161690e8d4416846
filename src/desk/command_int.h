/* command_int.h - between the files of command_read. */
#ifndef DESK_COMMAND_INT_H
#define DESK_COMMAND_INT_H

#include "command.h"

#include "fold.h"

struct reading {
	struct arena *a;
	const struct command_facts *facts;
	date_day today;
	int minute;			/* of today, now */
};

/* --- command_table.c: the words ------------------------------------------------------- */

enum command_takes {
	TAKES_NOTHING, TAKES_TEXT_MAY, TAKES_TEXT, TAKES_AGENT, TAKES_CATEGORY, TAKES_URGENCY,
	TAKES_DATE, TAKES_MEETING, TAKES_ENTRIES, TAKES_ENTRY, TAKES_PIECES, TAKES_REASON,
	TAKES_REF, TAKES_REF_MAY, TAKES_CONTACT, TAKES_QUARTIER, TAKES_MODEL, TAKES_ADDRESS,
	TAKES_ABSENCE, TAKES_CODE, TAKES_FILTER, TAKES_COUNT,
};

enum command_takes command_takes(enum command_word w);
/* Folded, without '-' and the like: "contact-sur", "Contact sûr" and "contactsur" are one. */
const char *command_key(struct arena *a, struct span word);
enum command_word command_of_key(const char *key);
/* Its line runs on to the end whatever is in it: no second command can stand there. */
bool command_is_text(enum command_word w);
/* May not stand in one mail with `above`. */
bool command_conflicts(enum command_word w, enum command_word above);
/* Insertions, deletions, changes and swaps from x to y, at most `max` + 1. */
int command_distance(const char *x, const char *y, int max);

/* --- command_args.c: what stands behind a word ----------------------------------------- */

void command_fail(struct command *c, enum command_fault fault, const char *why);
void command_missing(const struct reading *r, struct command *c, const char *example);
/* A short copy, for a sentence. */
const char *command_shown(const struct reading *r, const char *z);
/* Behind the blanks and marks that people put between two arguments. */
const char *command_behind_marks(const char *z);
/* Without outer blanks and full stops. */
struct span command_trim(struct span s);
/* Cut the next piece up to ',' or ';' off *rest; false when nothing is left. */
bool command_piece(struct span *rest, struct span *out);
/* arg: cleaned, one line, outer quotes off. */
void command_take(const struct reading *r, struct command *c, const char *arg);

/* --- command_when.c: the arguments that are dates ----------------------------------------- */

void command_take_date(const struct reading *r, struct command *c, const char *arg);
void command_take_meeting(const struct reading *r, struct command *c, const char *arg);
void command_take_absence(const struct reading *r, struct command *c, const char *arg);
void command_take_pieces(const struct reading *r, struct command *c, const char *arg);

/* --- command_name.c ---------------------------------------------------------------------- */

/* The id that `typed` names; NULL with fault and why (French) set. */
const char *command_name(struct arena *a, const struct command_names *names, const char *typed,
    enum command_fault *fault, const char **why);
/* The same, but only where a name is written out in full; NULL else. */
const char *command_name_exact(struct arena *a, const struct command_names *names,
    const char *typed);

/* --- command_date.c ----------------------------------------------------------------------- */

enum said_problem {
	SAID_OK,
	SAID_NOTHING,		/* no date begins here */
	SAID_NO_SUCH,		/* 31/11, 25h */
	SAID_WEEKDAY,		/* lundi 15/12, which is a Tuesday */
	SAID_PAST,		/* or more than six months ahead without a year */
	SAID_PAST_YEAR,		/* past, with its year */
};

struct said {
	enum said_problem problem;
	date_day day;
	int minute;		/* -1: none */
	size_t end;		/* bytes of the folded text read */
};

/* A date and perhaps a time at the start of `z` (folded): in either order. */
struct said command_date(const char *z, date_day today);
/* "1/12-8/12", "du 1er au 8 décembre", "15/12": first and last day. */
struct said command_range(const char *z, date_day today, date_day *until);
/* A time at the start of z: bytes read, 0 when there is none; minute -1 when it is no time
 * of a day. */
size_t command_time(const char *z, int *minute);

#endif
