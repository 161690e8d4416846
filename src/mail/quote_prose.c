/* quote_prose.c - most lines are prose and are not folded: that would be half the work. */
#include "quote_int.h"

#include <string.h>

static bool
is_letter(unsigned char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* A digit among its first words, where a date would stand.  A blank behind anything but visible
 * ASCII is not counted: folding may take it away. */
static bool
begins_with_digit(struct span s)
{
	unsigned blanks = 0;
	char before = ' ';

	for (size_t i = 0; i < s.n && blanks < QUOTE_DATE_WITHIN; before = s.p[i++]) {
		if (s.p[i] >= '0' && s.p[i] <= '9')
			return true;
		blanks += s.p[i] == ' ' && before > ' ' && before < 0x7f;
	}
	return false;
}

/* U+FF1A and U+FE55, which are colons too, begin with 0xEF. */
static bool
has_colon(struct span s)
{
	return memchr(s.p, ':', s.n) != NULL || memchr(s.p, 0xef, s.n) != NULL;
}

/* A mark and a label have their own first letters, a label has a colon, an attribution a date
 * or an address. */
bool
quote_prose(const struct quote_starts *starts, struct span s)
{
	unsigned char first, second;

	while (s.n > 0 && *s.p == ' ')
		s = span_from(s.p + 1, s.n - 1);
	if (s.n < 2 || !is_letter((unsigned char)s.p[0]) || (unsigned char)s.p[1] >= 0x7f)
		return false;
	first = (unsigned char)((s.p[0] | 0x20) - 'a');
	second = (unsigned char)((s.p[1] | 0x20) - 'a');
	if (second >= 26)
		second = 26;
	if ((starts->mark[first] >> second & 1) != 0 ||
	    ((starts->label[first] >> second & 1) != 0 && has_colon(s)))
		return false;
	return !begins_with_digit(s) && memchr(s.p, '@', s.n) == NULL;
}
