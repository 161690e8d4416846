/* command_date.c - dates as people type them, on folded text (fold.h): INTERFACE, the last
 * paragraph of "Commands". */
#include "command_int.h"

#include <string.h>

enum { MONTHS_AHEAD = 6, WORDS_AHEAD = 5, CENTURY = 2000, DAY_MINUTES = 24 * 60 };

/* --- reading a folded text ------------------------------------------------------------- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

static const char *
blanks(const char *z)
{
	return z + strspn(z, " ");
}

/* Behind a number of at most `max` digits; NULL when there is none or it is longer. */
static const char *
number(const char *z, size_t max, int *out)
{
	size_t n = strspn(z, "0123456789");

	if (n == 0 || n > max)
		return NULL;
	*out = 0;
	for (size_t i = 0; i < n; i++)
		*out = *out * 10 + (z[i] - '0');
	return z + n;
}

/* Behind "-", "–" or "—"; NULL else. */
static const char *
dash(const char *z)
{
	if (*z == '-')
		return z + 1;
	if (strncmp(z, "–", 3) == 0 || strncmp(z, "—", 3) == 0)
		return z + 3;
	return NULL;
}

/* Behind the word, NULL when z does not begin with it. */
static const char *
word(const char *z, const char *w)
{
	size_t n = strlen(w);

	if (strncmp(z, w, n) != 0 || is_digit(z[n]))
		return NULL;
	return is_letter(z[n]) && dash(z + n) == NULL ? NULL : z + n;
}

struct number_word { const char *word; int n; };

/* The value of the word that z begins with; its end in *end_out. */
static bool
word_of(const struct number_word *v, size_t n, const char *z, int *out, const char **end_out)
{
	for (size_t i = 0; i < n; i++) {
		const char *end = word(z, v[i].word);

		if (end == NULL)
			continue;
		*out = v[i].n;
		*end_out = *end == '.' && is_letter(end[-1]) ? end + 1 : end;
		return true;
	}
	return false;
}
#define WORD_OF(v, z, out, end) word_of((v), sizeof(v) / sizeof *(v), (z), (out), (end))

static const struct number_word weekdays[] = {
	{ "lundi", 0 }, { "mardi", 1 }, { "mercredi", 2 }, { "jeudi", 3 }, { "vendredi", 4 },
	{ "samedi", 5 }, { "dimanche", 6 }, { "lun", 0 }, { "mar", 1 }, { "mer", 2 },
	{ "jeu", 3 }, { "ven", 4 }, { "sam", 5 }, { "dim", 6 },
};

static const struct number_word months[] = {
	{ "janvier", 1 }, { "fevrier", 2 }, { "mars", 3 }, { "avril", 4 }, { "mai", 5 },
	{ "juin", 6 }, { "juillet", 7 }, { "aout", 8 }, { "septembre", 9 }, { "octobre", 10 },
	{ "novembre", 11 }, { "decembre", 12 }, { "janv", 1 }, { "jan", 1 }, { "fevr", 2 },
	{ "fev", 2 }, { "avr", 4 }, { "juil", 7 }, { "sept", 9 }, { "sep", 9 }, { "oct", 10 },
	{ "nov", 11 }, { "dec", 12 },
};

static const struct number_word numbers[] = {
	{ "un", 1 }, { "une", 1 }, { "deux", 2 }, { "trois", 3 }, { "quatre", 4 }, { "cinq",
	    5 },
	{ "six", 6 }, { "sept", 7 }, { "huit", 8 }, { "dix", 10 }, { "quinze", 15 },
};

/* Little words between the command and its date. */
static const char *
small_words(const char *z)
{
	static const char *const small[] = {
		"le", "la", "au", "a", "pour", "avant", "apres le", "du", "des", "ce",
		    "jusqu'au",
		"jusqu'a", "jusque", "d'ici", "vers", "partir",
	};

	for (int k = 0; k < WORDS_AHEAD; k++) {
		const char *end = NULL;

		z = blanks(z);
		for (size_t i = 0; end == NULL && i < sizeof small / sizeof *small; i++)
			end = word(z, small[i]);
		if (end == NULL)
			break;
		z = end;
	}
	return z;
}

/* --- times ------------------------------------------------------------------------------ */

/* "h30", "h 30", "h", ":30", ".30" behind the hour. */
static const char *
minutes(const char *z, int *min)
{
	const char *end, *h;

	*min = 0;
	if (*z == ':' || *z == '.')
		return is_digit(z[1]) && is_digit(z[2]) && !is_digit(z[3]) ?
		    number(z + 1, 2, min) : NULL;
	h = blanks(z);
	h = *h == 'h' && strncmp(h, "heures", 6) == 0 ? h + 6 :
	    *h == 'h' && strncmp(h, "heure", 5) == 0 ? h + 5 : *h == 'h' ? h + 1 : NULL;
	if (h == NULL || is_letter(*h))
		return NULL;
	/* "14 h 30" has blanks on both sides; "14h 12 rue du Pont" is a place. */
	end = *z == ' ' ? blanks(h) : h;
	return is_digit(end[0]) && is_digit(end[1]) && !is_digit(end[2]) &&
	    (end == h || (end[2] != 'h' && strchr("/.-", end[2]) == NULL) || end[2] == '\0') ?
	    number(end, 2, min) : h;
}

size_t
command_time(const char *z, int *minute)
{
	const char *p = blanks(z), *end;
	int h, m;

	p = word(p, "a") != NULL ? blanks(p + 1) : word(p, "vers") != NULL ? blanks(p + 4) : p;
	end = word(p, "midi");
	if (end != NULL) {
		*minute = DAY_MINUTES / 2;
		return (size_t)(end - z);
	}
	end = number(p, 2, &h);
	end = end == NULL ? NULL : minutes(end, &m);
	if (end == NULL)
		return 0;
	*minute = h < 24 && m < 60 ? h * 60 + m : -1;
	return (size_t)(end - z);
}

/* --- days --------------------------------------------------------------------------------- */

struct day { enum said_problem problem; date_day day; const char *end; };

static struct day
no_day(void)
{
	return (struct day){ SAID_NOTHING, DATE_INVALID, NULL };
}

/* year 0: the next time that this day comes, today included. */
static struct day
resolve(int d, int m, int year, date_day today, const char *end)
{
	struct day out = { SAID_OK, DATE_INVALID, end };
	int y = year != 0 ? year : date_of_day(today).y;

	out.day = date_day_of((struct date){ y, m, d });
	if (year != 0) {
		out.problem = out.day == DATE_INVALID ? SAID_NO_SUCH :
		    out.day < today ? SAID_PAST_YEAR : SAID_OK;
		return out;
	}
	if (out.day == DATE_INVALID || out.day < today)
		out.day = date_day_of((struct date){ y + 1, m, d });
	if (out.day == DATE_INVALID)
		out.problem = date_day_of((struct date){ y, m, d }) == DATE_INVALID ?
		    SAID_NO_SUCH : SAID_PAST;
	else if (out.day > date_add_months(today, MONTHS_AHEAD))
		out.problem = SAID_PAST;
	return out;
}

/* "2026", "26" at z; 0 and z itself when none is there. */
static int
year_at(const char *z, const char **end_out)
{
	int y = 0;
	const char *end = number(z, 4, &y);

	*end_out = z;
	if (end == NULL || (end - z != 2 && end - z != 4))
		return 0;
	*end_out = end;
	return end - z == 2 ? CENTURY + y : y;
}

/* "15/12", "15/12/2026", "15.12.", "15-12", "15 / 12" */
static struct day
numeric(const char *z, date_day today)
{
	int d, m, y = 0;
	const char *p = number(z, 2, &d), *q;
	char sep;

	if (p == NULL)
		return no_day();
	p = *p == ' ' && p[1] == '/' ? p + 1 : p;
	sep = *p;
	if (sep == '\0' || strchr("/.-", sep) == NULL)
		return no_day();
	p = number(sep == '/' ? blanks(p + 1) : p + 1, 2, &m);
	if (p == NULL)
		return no_day();
	q = *p == ' ' && p[1] == sep && sep == '/' ? p + 1 : p;
	if (*q == sep && is_digit(sep == '/' ? *blanks(q + 1) : q[1])) {
		y = year_at(blanks(q + 1), &p);
		if (y == 0)
			return (struct day){ SAID_NO_SUCH, DATE_INVALID, p };
	} else if (*p == '.' && sep == '.') {
		p++;
	}
	return resolve(d, m, y, today, p);
}

/* "2026-12-15" */
static struct day
iso(const char *z, date_day today)
{
	int y, m, d;
	const char *p = number(z, 4, &y);

	if (p == NULL || p - z != 4 || *p != '-' || (p = number(p + 1, 2, &m)) == NULL ||
	    *p != '-' || (p = number(p + 1, 2, &d)) == NULL)
		return no_day();
	return resolve(d, m, y, today, p);
}

/* "3 décembre", "1er déc. 2026" */
static struct day
written(const char *z, date_day today)
{
	int d, m, y;
	const char *p = number(z, 2, &d), *end;

	if (p == NULL)
		return no_day();
	p = word(p, "er") != NULL ? p + 2 : word(p, "eme") != NULL ? p + 3 : p;
	if (!WORD_OF(months, blanks(p), &m, &end))
		return no_day();
	y = year_at(blanks(end), &p);
	/* "3 décembre 14h30": a time, no year. */
	if (y != 0 && (p - blanks(end) == 2 || *p == 'h' || *p == ':'))
		y = 0;
	return resolve(d, m, y, today, y != 0 ? p : end);
}

static struct day
dated(const char *z, date_day today)
{
	static struct day (*const forms[])(const char *, date_day) = { iso, numeric, written };

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct day out = forms[i](z, today);

		if (out.problem != SAID_NOTHING)
			return out;
	}
	return no_day();
}

/* "lundi prochain", "lundi en huit", "jeudi de la semaine prochaine": from the next one. */
static struct day
weekday_more(int wd, date_day next, date_day today, const char *z)
{
	static const struct { const char *words; int days; bool week; } more[] = {
		{ "prochain", 0, false }, { "prochaine", 0, false }, { "qui vient", 0, false },
		{ "en huit", 7, false }, { "en 8", 7, false }, { "en quinze", 14, false },
		{ "en 15", 14, false }, { "de la semaine prochaine", 0, true },
		{ "semaine prochaine", 0, true }, { "la semaine prochaine", 0, true },
	};

	for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
		const char *end = word(blanks(z), more[i].words);

		if (end == NULL)
			continue;
		if (more[i].week)
			next = today - date_weekday(today) + 7 + wd;
		return (struct day){ SAID_OK, next + more[i].days, end };
	}
	return (struct day){ SAID_OK, next, z };
}

/* "lundi", "lundi 15/12" */
static struct day
weekday(const char *z, date_day today)
{
	const char *end;
	struct day full;
	int wd;

	if (!WORD_OF(weekdays, z, &wd, &end))
		return no_day();
	full = dated(small_words(end + (*end == ',')), today);
	if (full.problem == SAID_NOTHING)
		return weekday_more(wd, today + (wd - date_weekday(today) + 6) % 7 + 1, today,
		    end);
	if (full.problem == SAID_OK && date_weekday(full.day) != wd)
		full.problem = SAID_WEEKDAY;
	return full;
}

/* "demain", "après-demain", "dans 3 jours", "dans une semaine", "semaine prochaine" */
static struct day
relative(const char *z, date_day today)
{
	static const struct number_word near[] = {
		{ "aujourd'hui", 0 }, { "aujourdhui", 0 }, { "ajd", 0 }, { "demain", 1 },
		{ "apres-demain", 2 }, { "apres demain", 2 }, { "apresdemain", 2 },
	};
	static const struct number_word units[] = {
		{ "jour", 1 }, { "jours", 1 }, { "j", 1 }, { "semaine", 7 }, { "semaines", 7 },
		{ "mois", 0 },
	};
	const char *end, *p;
	int n, unit;

	if (WORD_OF(near, z, &n, &end))
		return (struct day){ SAID_OK, today + n, end };
	if (word(z, "semaine prochaine") != NULL)
		return (struct day){ SAID_OK, today - date_weekday(today) + 7,
		    z + strlen("semaine prochaine") };
	if ((p = word(z, "dans")) == NULL || ((end = number(blanks(p), 3, &n)) == NULL &&
	    !WORD_OF(numbers, blanks(p), &n, &end)) ||
	    !WORD_OF(units, blanks(end), &unit, &end))
		return no_day();
	return (struct day){ SAID_OK,
	    unit == 0 ? date_add_months(today, n) : today + n * unit, end };
}

static struct day
day_at(const char *z, date_day today)
{
	struct day out = relative(z, today);

	if (out.problem == SAID_NOTHING)
		out = weekday(z, today);
	return out.problem != SAID_NOTHING ? out : dated(z, today);
}

/* --- both --------------------------------------------------------------------------------- */

static struct said
said(enum said_problem problem, date_day day, int minute, size_t end)
{
	return (struct said){ problem, day, minute, end };
}

/* "demain, 14h", "15/12 - 14h" */
static size_t
time_behind(const char *z, int *minute)
{
	const char *p = blanks(z), *q;
	size_t n;

	q = *p == ',' ? p + 1 : dash(p);
	p = q != NULL ? q : p;
	n = command_time(p, minute);
	return n > 0 ? (size_t)(p - z) + n : 0;
}

struct said
command_date(const char *z, date_day today)
{
	const char *start = small_words(z);
	struct day d = day_at(start, today);
	int minute = -1;
	size_t n;

	if (d.problem == SAID_OK || d.problem > SAID_NO_SUCH) {
		n = time_behind(d.end, &minute);
		if (n > 0 && minute < 0)
			d.problem = SAID_NO_SUCH;
		return said(d.problem, d.day, minute, (size_t)(d.end - z) + n);
	}
	n = d.problem == SAID_NO_SUCH ? 0 : command_time(start, &minute);
	if (n == 0)
		return said(d.problem, DATE_INVALID, -1, 0);
	start += n;
	if (minute < 0)
		return said(SAID_NO_SUCH, DATE_INVALID, -1, 0);
	d = day_at(small_words(start + (*start == ',')), today);
	if (d.problem == SAID_NOTHING)
		return said(SAID_OK, today, minute, (size_t)(start - z));
	return said(d.problem, d.day, minute, (size_t)(d.end == NULL ? start - z : d.end - z));
}

/* Behind what stands between two days of a range. */
static const char *
range_sign(const char *z)
{
	static const char *const words[] = { "au", "jusqu'au", "a" };
	const char *p = blanks(z), *end = dash(p);

	for (size_t i = 0; end == NULL && i < sizeof words / sizeof *words; i++)
		end = word(p, words[i]);
	return end;
}

/* "1-8/12", "1er au 8 décembre": a day of the month that the last day names. */
static struct said
short_range(const char *z, date_day today, date_day *until)
{
	int first;
	const char *p = number(z, 2, &first), *q;
	struct day last;
	struct date d;

	if (p == NULL)
		return said(SAID_NOTHING, DATE_INVALID, -1, 0);
	p = word(p, "er") != NULL ? p + 2 : p;
	q = range_sign(p);
	if (q == NULL)
		return said(SAID_NOTHING, DATE_INVALID, -1, 0);
	last = dated(small_words(q), today);
	if (last.problem != SAID_OK)
		return said(last.problem, DATE_INVALID, -1, 0);
	d = date_of_day(last.day);
	if (first > d.d)
		return said(SAID_NO_SUCH, DATE_INVALID, -1, 0);
	*until = last.day;
	return said(SAID_OK, last.day - (d.d - first), -1, (size_t)(last.end - z));
}

/* A first day that has begun is today: one says it when one is gone already. */
static struct said
long_range(const char *z, date_day today, date_day *until)
{
	struct day first = day_at(z, today), last;
	const char *sign;

	if (first.problem == SAID_NOTHING || first.problem == SAID_NO_SUCH)
		return said(first.problem, DATE_INVALID, -1, 0);
	*until = first.day;
	sign = range_sign(first.end);
	if (sign == NULL)
		return said(first.problem, first.day, -1, (size_t)(first.end - z));
	last = day_at(small_words(sign), first.problem == SAID_OK ? first.day : today);
	if (first.problem == SAID_PAST || first.problem == SAID_PAST_YEAR)
		first.day = today;
	else if (first.problem != SAID_OK)
		last.problem = first.problem;
	*until = last.day;
	return said(last.problem, first.day, -1, last.end == NULL ? 0 : (size_t)(last.end - z));
}

struct said
command_range(const char *z, date_day today, date_day *until)
{
	const char *start = blanks(z), *only = word(start, "jusqu'au");
	struct said s;
	struct day last;

	if (only != NULL) {
		last = day_at(small_words(only), today);
		*until = last.day;
		return said(last.problem, today, -1,
		    last.end == NULL ? 0 : (size_t)(last.end - z));
	}
	start = small_words(z);
	s = short_range(start, today, until);
	if (s.problem == SAID_NOTHING || s.problem == SAID_NO_SUCH)
		s = long_range(start, today, until);
	s.end += s.end > 0 ? (size_t)(start - z) : 0;
	return s;
}
