/* command_table.c - the words of the language, and the nearest one to a word that is none. */
#include "command_int.h"

#include <string.h>

enum { NEAR_MAX = 24 };		/* bytes of a word that may be meant */

enum {
	REPEATS = 1,		/* several times in one mail is sense */
	FREE = 2,		/* needs no ticket */
	OUTWARD = 4,		/* the citizen or a partner gets a mail */
	ENDS = 8,		/* decides whether the ticket is open: one such word a mail */
};

#define ROW(id, word, takes) { word, TAKES_##takes },
static const struct { const char *word; enum command_takes takes; } words[] = { COMMANDS(ROW) };

static const unsigned char flags[COMMAND_WORDS] = {
	[COMMAND_NOTE] = REPEATS, [COMMAND_RAPPEL] = REPEATS, [COMMAND_RDV] = OUTWARD,
	[COMMAND_ORIENTER] = OUTWARD | REPEATS, [COMMAND_TRANSMETTRE] = OUTWARD,
	[COMMAND_PIECES] = OUTWARD, [COMMAND_REGLER] = ENDS, [COMMAND_CLORE] = ENDS,
	[COMMAND_ROUVRIR] = ENDS, [COMMAND_FUSIONNER] = ENDS, [COMMAND_SPAM] = ENDS,
	[COMMAND_ACCUSER] = OUTWARD, [COMMAND_MODELE] = OUTWARD, [COMMAND_ADMETTRE] = REPEATS,
	[COMMAND_NOUVEAU] = FREE, [COMMAND_ABSENT] = FREE, [COMMAND_CHERCHER] = FREE | REPEATS,
	[COMMAND_LISTE] = FREE | REPEATS, [COMMAND_STATUT] = FREE | REPEATS,
	[COMMAND_HISTORIQUE] = FREE | REPEATS, [COMMAND_AIDE] = FREE,
	[COMMAND_ANNULER] = FREE | REPEATS, [COMMAND_CONFIRMER] = FREE | REPEATS,
};

/* Other ways to spell a word, as a key. */
static const struct { const char *key; enum command_word word; } spellings[] = {
	{ "rendezvous", COMMAND_RDV }, { "piece", COMMAND_PIECES },
};

const char *
command_word_name(enum command_word w)
{
	return w < COMMAND_WORDS ? words[w].word : "";
}

enum command_takes
command_takes(enum command_word w)
{
	return w < COMMAND_WORDS ? words[w].takes : TAKES_NOTHING;
}

bool
command_is_text(enum command_word w)
{
	static const bool text[TAKES_COUNT] = {
		[TAKES_TEXT_MAY] = true, [TAKES_TEXT] = true, [TAKES_CONTACT] = true,
	};

	return text[command_takes(w)];
}

const char *
command_key(struct arena *a, struct span word)
{
	char *key = arena_strdup(a, fold_word(a, arena_span(a, word)));
	size_t n = 0;

	for (const char *p = key; *p != '\0'; p++)
		if (strchr("-_' ", *p) == NULL)
			key[n++] = *p;
	key[n] = '\0';
	return key;
}

/* The dashes of a word of the table are not in the key. */
static bool
is_word(const char *key, const char *word)
{
	for (; *word != '\0'; word++)
		if (*word != '-' && *key++ != *word)
			return false;
	return *key == '\0';
}

enum command_word
command_of_key(const char *key)
{
	for (int w = 0; w < COMMAND_WORDS; w++)
		if (is_word(key, words[w].word))
			return (enum command_word)w;
	for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++)
		if (strcmp(key, spellings[i].key) == 0)
			return spellings[i].word;
	return COMMAND_UNKNOWN;
}

const char *
command_words_of(struct arena *a, const char *text)
{
	struct span rest = span_of(text), piece;
	const char *out = "";
	size_t n = 0;

	while (n < COMMAND_MAX && span_cut(&rest, ' ', &piece)) {
		enum command_word w = COMMAND_UNKNOWN;

		if (piece.n > 1 && piece.n <= NEAR_MAX && piece.p[0] == '#')
			w = command_of_key(command_key(a, span_from(piece.p + 1, piece.n - 1)));
		if (w == COMMAND_UNKNOWN)
			continue;
		out = arena_printf(a, "%s%s#%s", out, n++ > 0 ? " " : "", command_word_name(w));
	}
	return out;
}

bool
command_conflicts(enum command_word w, enum command_word above)
{
	if (w >= COMMAND_WORDS || above >= COMMAND_WORDS)
		return false;
	if (w != above)
		return (flags[w] & ENDS) != 0 && (flags[above] & ENDS) != 0;
	return (flags[w] & REPEATS) == 0 && command_takes(w) != TAKES_NOTHING;
}

bool
command_needs_ticket(enum command_word w)
{
	return w >= COMMAND_WORDS || (flags[w] & FREE) == 0;
}

bool
command_is_outward(enum command_word w)
{
	return w < COMMAND_WORDS && (flags[w] & OUTWARD) != 0;
}

/* --- nearness -------------------------------------------------------------------------- */

static int
least(int x, int y)
{
	return x < y ? x : y;
}

/* Optimal string alignment: three rows are enough. */
int
command_distance(const char *x, const char *y, int max)
{
	int row[3][NEAR_MAX + 1], nx = (int)strlen(x), ny = (int)strlen(y);
	int *two = row[0], *one = row[1], *now = row[2], *spare;

	if (nx > NEAR_MAX || ny > NEAR_MAX || nx - ny > max || ny - nx > max)
		return max + 1;
	memset(row, 0, sizeof row);
	for (int j = 0; j <= ny; j++)
		one[j] = j;
	for (int i = 1; i <= nx; i++) {
		now[0] = i;
		for (int j = 1; j <= ny; j++) {
			now[j] = least(least(one[j], now[j - 1]) + 1,
			    one[j - 1] + (x[i - 1] != y[j - 1]));
			if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
				now[j] = least(now[j], two[j - 2] + 1);
		}
		spare = two;
		two = one;
		one = now;
		now = spare;
	}
	return one[ny] > max ? max + 1 : one[ny];
}

/* "rappeler" for "rappel", "aff" for "affecter". */
static bool
begins_alike(const char *x, const char *y)
{
	size_t nx = strlen(x), ny = strlen(y), n = nx < ny ? nx : ny;

	return n >= 3 && memcmp(x, y, n) == 0;
}

enum command_word
command_closest(struct arena *a, const char *typed)
{
	const char *key = command_key(a, span_of(typed));
	enum command_word best = COMMAND_UNKNOWN;
	int near = strlen(key) <= 4 ? 2 : 3;

	for (int w = 0; w < COMMAND_WORDS; w++) {
		const char *word = command_key(a, span_of(words[w].word));
		int d = command_distance(key, word, near);

		if (d < near) {
			near = d;
			best = (enum command_word)w;
		}
	}
	for (int w = 0; w < COMMAND_WORDS && best == COMMAND_UNKNOWN; w++)
		if (begins_alike(key, command_key(a, span_of(words[w].word))))
			best = (enum command_word)w;
	return best;
}
