/* quote_int.h - between the files of quote_strip: one line, folded, and what it marks. */
#ifndef MAIL_QUOTE_INT_H
#define MAIL_QUOTE_INT_H

#include "quote.h"

#include <stdint.h>

enum { QUOTE_FOLD_MAX = 480 };	/* bytes of a line, or of an attribution's lines, looked at */

/* Lower case, Latin accents off, typographic blanks and apostrophes plain, blanks collapsed,
 * outer blanks and hidden characters off.  NUL-ended. */
struct quote_fold { size_t n; bool cut; char z[QUOTE_FOLD_MAX]; };

void quote_fold(struct quote_fold *f, struct span s);
/* The next line of the same attribution. */
void quote_fold_add(struct quote_fold *f, struct span s);

enum quote_mark {
	QUOTE_TEXT,
	QUOTE_ORIGINAL,		/* "-----Message d'origine-----" and what else begins history */
	QUOTE_FORWARD,		/* "---------- Forwarded message" */
	QUOTE_SIGNATURE,	/* "-- " */
	QUOTE_MOBILE,		/* a line that a telephone adds */
};

enum quote_mark quote_mark(const struct quote_fold *f);

/* The first two letters of all marks, and of all labels, that are words: bit 26 of letter x is
 * x and a character that is no letter. */
struct quote_starts { uint32_t mark[26], label[26]; };
void quote_starts(struct quote_starts *s);
/* Surely nothing but prose, by a look at the raw line: no mark, no label, no attribution. */
bool quote_prose(const struct quote_starts *s, struct span line);

enum quote_label {
	QUOTE_FROM = 1, QUOTE_TO = 2, QUOTE_DATE = 4, QUOTE_SUBJECT = 8, QUOTE_OTHER = 16,
};

/* Of a header line inside a text ("Envoyé : lundi"), 0 when it is none. */
unsigned quote_label(const struct quote_fold *f);

/* "Le lun. 3 nov. 2026 à 10:12, A <a@b> a écrit :", in any of the languages. */
struct quote_around { bool quoted_next, alone, joined; };
bool quote_attribution(const struct quote_fold *f, struct quote_around around);
/* May an attribution begin with this line?  Without an address, what follows "Le" or "On" must
 * look like a date soon: within so many words. */
enum { QUOTE_DATE_WITHIN = 4 };
bool quote_may_begin(const struct quote_fold *f);

bool quote_subject_forwards(const char *subject);

#endif
