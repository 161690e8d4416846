/* command_when.c - the arguments that are dates: when to look again, to meet, to be away. */
#include "command_int.h"

#include <string.h>

enum { OPEN_WITHIN = 60 };

static bool
date_failed(const struct reading *r, struct command *c, const struct said *s, const char *arg)
{
	static const struct { enum command_fault fault; const char *why; } what[] = {
		[SAID_NOTHING] = { COMMAND_BAD_DATE,
		    "je n’y lis pas de date (15/12, 15/12/2026, "
		    "3 décembre, lundi, demain 14h)" },
		[SAID_NO_SUCH] = { COMMAND_BAD_DATE, "cette date ou cette heure n’existe pas" },
		[SAID_WEEKDAY] = { COMMAND_BAD_DATE,
		    "le jour de la semaine et la date ne vont pas ensemble" },
		[SAID_PAST] = { COMMAND_PAST, "cette date est passée, ou à plus de six mois : "
		    "écrivez alors l’année" },
		[SAID_PAST_YEAR] = { COMMAND_PAST, "cette date est passée" },
	};

	if (s->problem == SAID_OK)
		return false;
	command_fail(c, what[s->problem].fault, arena_printf(r->a, "« %s » : %s",
	    command_shown(r, arg),
	    what[s->problem].why));
	return true;
}

/* The words of arg behind the date; a digit there means that we misread it. */
static const char *
behind_date(const struct reading *r, struct command *c, const char *arg,
    const struct folded *f, size_t end)
{
	struct span rest = fold_origin(f, end, f->text.n);
	const char *z = arena_span(r->a, span_trim(rest));
	int minute;

	if (z[0] == '/' || (z[0] == ':' && z[1] >= '0' && z[1] <= '9') ||
	    (z[0] != '\0' && strspn(z, "0123456789") == strlen(z)) ||
	    command_time(f->text.p + end + strspn(f->text.p + end, " -"), &minute) > 0)
		command_fail(c, COMMAND_BAD_DATE, arena_printf(r->a, "« %s » : je ne comprends "
		    "pas « %s » après la date", command_shown(r, arg), command_shown(r, z)));
	return command_behind_marks(z);
}

static const char *
closed_why(const struct reading *r, date_day day)
{
	return date_is_holiday(day) ?
	    arena_printf(r->a, "le %s est férié", say_day(r->a, day)) :
	    arena_printf(r->a, "le bureau est fermé le %s", say_day(r->a, day));
}

static date_day
next_open(const struct reading *r, date_day day)
{
	for (int k = 0; k < OPEN_WITHIN; k++)
		if (hours_open_day(r->facts->hours, day + k))
			return day + k;
	return day;
}

/* What waits for a closed day waits for the next open one. */
static void
move_to_open(const struct reading *r, struct command *c)
{
	date_day open = next_open(r, c->day);

	if (open == c->day)
		return;
	c->remark = arena_printf(r->a, "%s : reporté au %s", closed_why(r, c->day),
	    say_day(r->a, open));
	c->day = open;
}

static void
set_moment(const struct reading *r, struct command *c, const struct said *s, const char *arg)
{
	c->day = s->day;
	c->minute = s->minute;
	if (s->minute >= 0 && s->day == r->today && s->minute <= r->minute)
		command_fail(c, COMMAND_PAST, arena_printf(r->a,
		    "« %s » : cette heure est passée",
		    command_shown(r, arg)));
}

static void
set_instant(struct command *c)
{
	if (c->fault == COMMAND_OK && c->minute >= 0)
		c->at = date_instant(c->day, c->minute / 60, c->minute % 60);
}

void
command_take_date(const struct reading *r, struct command *c, const char *arg)
{
	struct folded f;
	struct said s;

	if (arg[0] == '\0') {
		command_missing(r, c, "15/12");
		return;
	}
	fold_text(r->a, span_of(arg), &f);
	s = command_date(f.text.p, r->today);
	if (date_failed(r, c, &s, arg))
		return;
	c->text = behind_date(r, c, arg, &f, s.end);
	if (c->text[0] >= '0' && c->text[0] <= '9')
		command_fail(c, COMMAND_BAD_DATE, arena_printf(r->a, "« %s » : je ne comprends "
		    "pas « %s » après la date", command_shown(r, arg), command_shown(r,
		    c->text)));
	set_moment(r, c, &s, arg);
	move_to_open(r, c);
	set_instant(c);
}

static bool
is_one_of(const struct reading *r, const char *arg, const char *const *words, size_t n)
{
	const char *key = command_key(r->a, command_trim(span_of(arg)));

	for (size_t i = 0; i < n; i++)
		if (strcmp(key, words[i]) == 0)
			return true;
	return false;
}

static bool
is_cancel(const struct reading *r, const char *arg)
{
	static const char *const words[] = { "annuler", "annule", "annulee", "annulation",
	    "fin" };

	return is_one_of(r, arg, words, sizeof words / sizeof *words);
}

/* « #absent » alone, « #absent non »: back again. */
static bool
is_back(const struct reading *r, const char *arg)
{
	static const char *const words[] = { "", "non", "annuler", "annule", "annulee",
	    "annulation", "fin", "fini", "finie", "retour", "deretour", "present", "presente" };

	return is_one_of(r, arg, words, sizeof words / sizeof *words);
}

/* Somebody will come: the bureau must be open then. */
static void
check_open(const struct reading *r, struct command *c)
{
	const struct hours *h = r->facts->hours;

	if (!hours_open_day(h, c->day))
		command_fail(c, COMMAND_CLOSED, arena_printf(r->a,
		    "%s ; prochain jour ouvert : %s", closed_why(r, c->day),
		    say_day(r->a, next_open(r, c->day))));
	else if (!hours_open_at(h, date_instant(c->day, c->minute / 60, c->minute % 60)))
		command_fail(c, COMMAND_CLOSED, arena_printf(r->a,
		    "le bureau est fermé à cette heure-là (ouvert %s)", hours_say(r->a, h)));
}

void
command_take_meeting(const struct reading *r, struct command *c, const char *arg)
{
	struct folded f;
	struct said s;

	c->cancel = is_cancel(r, arg);
	if (c->cancel)
		return;
	if (arg[0] == '\0') {
		command_missing(r, c, "03/12 14:30 mairie");
		return;
	}
	fold_text(r->a, span_of(arg), &f);
	s = command_date(f.text.p, r->today);
	if (date_failed(r, c, &s, arg))
		return;
	if (s.minute < 0) {
		command_fail(c, COMMAND_MISSING, arena_printf(r->a,
		    "« %s » : il manque l’heure, "
		    "par exemple « #rdv 03/12 14:30 »", command_shown(r, arg)));
		return;
	}
	c->text = behind_date(r, c, arg, &f, s.end);
	set_moment(r, c, &s, arg);
	check_open(r, c);
	set_instant(c);
}

void
command_take_absence(const struct reading *r, struct command *c, const char *arg)
{
	struct folded f;
	struct said s;
	date_day until = DATE_INVALID;

	c->cancel = is_back(r, arg);
	if (c->cancel)
		return;
	fold_text(r->a, span_of(arg), &f);
	s = command_range(f.text.p, r->today, &until);
	if (date_failed(r, c, &s, arg))
		return;
	if (*behind_date(r, c, arg, &f, s.end) != '\0')
		command_fail(c, COMMAND_BAD_DATE, arena_printf(r->a,
		    "« %s » : écrivez le premier "
		    "et le dernier jour, par exemple « #absent 1/12-8/12 »", command_shown(r,
		    arg)));
	c->day = s.day;
	c->until = until;
}

/* --- missing documents --------------------------------------------------------------- */

/* The date that ends a piece ("quittance avant le 15/12"): bytes before it; s->problem is
 * SAID_NOTHING when there is none. */
static size_t
date_at_end(const struct reading *r, struct span piece, struct said *s)
{
	for (size_t i = 0; i < piece.n; i++) {
		struct folded f;

		if (i > 0 && piece.p[i - 1] != ' ')
			continue;
		fold_text(r->a, span_from(piece.p + i, piece.n - i), &f);
		*s = command_date(f.text.p, r->today);
		if (s->problem != SAID_NOTHING && s->problem != SAID_NO_SUCH &&
		    s->end == f.text.n)
			return i;
		if (s->problem == SAID_NO_SUCH && i == 0)
			return i;
	}
	s->problem = SAID_NOTHING;
	return piece.n;
}

struct items { const char **v; size_t n; };

static void
add_item(const struct reading *r, struct command *c, struct items *f, struct span item)
{
	item = command_trim(item);
	if (item.n == 0)
		return;
	if (f->n == COMMAND_ITEMS)
		command_fail(c, COMMAND_TOO_MUCH, arena_printf(r->a,
		    "pas plus de %d pièces à la fois", COMMAND_ITEMS));
	else
		f->v[f->n++] = arena_span(r->a, item);
}

void
command_take_pieces(const struct reading *r, struct command *c, const char *arg)
{
	struct items f = { arena_new(r->a, const char *, COMMAND_ITEMS), 0 };
	struct span rest = span_of(arg), piece = rest, next;
	struct said s = { .problem = SAID_NOTHING };

	while (command_piece(&rest, &next)) {
		if (piece.p != arg || piece.n != strlen(arg))
			add_item(r, c, &f, piece);
		piece = next.n > 0 || f.n > 0 ? next : piece;
	}
	piece.n = date_at_end(r, piece, &s);
	add_item(r, c, &f, piece);
	c->names = f.v;
	c->nnames = f.n;
	if (s.problem == SAID_NOTHING || f.n == 0) {
		command_missing(r, c, "avis d’imposition, quittance de loyer, 15/12");
		return;
	}
	if (date_failed(r, c, &s, arg))
		return;
	set_moment(r, c, &s, arg);
	move_to_open(r, c);
	set_instant(c);
}
