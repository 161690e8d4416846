#include "quote_int.h"

#include <string.h>

/* Folded; at the end of the line before its colon. */
static const char *const ends[] = {
	" a ecrit", " ecrit", " a ecrit ce qui suit", " a repondu", " wrote", " writes",
	" sent", " schrieb", " schreibt", " schrieb folgendes", " geschrieben",
	" hat geschrieben", " escribio", " ha escrito", " escreveu", " ha scritto", " scrisse",
	" het volgende geschreven", " geschreven", " schreef het volgende", " schreef",
	" skrev", " skrev foljande", " skrev folgende", " kirjoitti", " napisal(a)",
	" napisal", " napisala", " pisze", " a scris", " a scris urmatoarele", " napsal(a)",
	" napsal", " napsala", " napisal/a", " irta", " ezt irta", " napisao je",
	" napisala je", " je napisao", " yazdi", " sunu yazdi", " написал(а)", " написал",
	" написала", " написав", " написав(-ла)", " написала", " пише", " пишет", " έγραψε",
	" كتب", " كتبت", " نوشت", " đã viết", " da viết", " menulis", "写道", "寫道", "写了",
	"のメッセージ",
};

/* Between date and name; the name comes last. */
static const char *const inside[] = {
	" schrieb ", " skrev ", " schreef ", " escribio ", " escreveu ", " كتب ", " написал ",
	" wrote ", " a ecrit ", " kirjoitti ", " пользователь ", " uzytkownik ",
	" geschrieben ",
};

enum { PLAIN_MAX = 160 };

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
has_address(const char *z)
{
	for (const char *p = z; (p = strchr(p, '@')) != NULL; p++)
		if (p > z && p[-1] > ' ' && p[1] > ' ')
			return true;
	return false;
}

/* 10:12, 10h12 */
static bool
has_time(const char *z)
{
	for (const char *p = z; *p != '\0'; p++)
		if ((*p == ':' || *p == 'h') && p > z && is_digit(p[-1]) && is_digit(p[1]) &&
		    is_digit(p[2]))
			return true;
	return false;
}

/* 2026, 26/10/26 */
static bool
has_year(const char *z)
{
	for (const char *p = z; *p != '\0'; p++) {
		size_t n = strspn(p, "0123456789");

		if (n == 4 || (n == 2 && strchr("/-.", p[2]) != NULL && is_digit(p[3])))
			return true;
		p += n > 0 ? n - 1 : 0;
	}
	return false;
}

static bool
date_comes_first(const char *z)
{
	size_t word = 0;

	for (const char *p = z; *p != '\0' && word < QUOTE_DATE_WITHIN; p++) {
		if (is_digit(*p))
			return true;
		word += *p == ' ';
	}
	return false;
}

static bool
ends_with(const char *z, size_t n)
{
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t k = strlen(ends[i]);

		if (n > k && memcmp(z + n - k, ends[i], k) == 0)
			return true;
	}
	return false;
}

static bool
has_inside(const char *z)
{
	for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
		if (strstr(z, inside[i]) != NULL)
			return true;
	return false;
}

/* An attribution without its frame of dashes and its colon. */
struct shape { const char *z; size_t n; bool dashes, colon; };

static struct shape
shape_of(struct quote_fold *f)
{
	struct shape s = { .z = f->z + strspn(f->z, "-_*= "), .n = f->n };
	size_t head = (size_t)(s.z - f->z), tail = 0;

	s.n -= head;
	while (s.n > 0 && strchr("-_*= ", s.z[s.n - 1]) != NULL) {
		s.n--;
		tail++;
	}
	s.dashes = head >= 2 && tail >= 2;
	while (s.n > 0 && (s.z[s.n - 1] == ':' || s.z[s.n - 1] == ' ')) {
		s.colon |= s.z[s.n - 1] == ':';
		s.n--;
	}
	f->z[head + s.n] = '\0';
	return s;
}

bool
quote_may_begin(const struct quote_fold *f)
{
	return !f->cut && (date_comes_first(f->z) || has_address(f->z) ||
	    strncmp(f->z, "--", 2) == 0);
}

/* A sentence of a person can look like one ("Le 3 mars à 10:30, le voisin a écrit :"), and
 * what follows would be lost to the rules: a mark that stands alone and dates itself fully,
 * an address, or quoted lines below are asked for. */
bool
quote_attribution(const struct quote_fold *line, struct quote_around around)
{
	struct quote_fold f = *line;
	struct shape s = shape_of(&f);
	bool address = has_address(s.z), time = has_time(s.z), end = ends_with(s.z, s.n);
	bool date = date_comes_first(s.z), year = has_year(s.z);
	bool angle = s.n > 0 && s.z[s.n - 1] == '>';

	if (s.n == 0 || f.cut)
		return false;
	if (end && (s.colon || s.dashes || time) && (address || s.dashes))
		return true;
	if (date && around.quoted_next && (end || (s.colon && has_inside(s.z))))
		return true;
	if (address && angle && s.colon && (time || year || has_inside(s.z)))
		return true;
	if (address && angle && date && around.quoted_next)
		return true;
	if (!around.alone || around.joined || s.n > PLAIN_MAX || !date || !year)
		return false;
	return s.colon && (end || (time && has_inside(s.z)));
}
