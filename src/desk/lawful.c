#include "lawful.h"

#include "buf.h"
#include "fold.h"

#include <string.h>

enum { MISSING_MAX = 4096 };

/* A fact that is not configured cannot be said: it counts as missing. */
struct point { const char *what, *says, *or_says; };

static bool
says(struct arena *a, const char *body, const char *words)
{
	return words[0] != '\0' && strstr(body, fold_word(a, words)) != NULL;
}

/* The number alone: 15 is in 150 too. */
static bool
says_number(const char *body, const char *number)
{
	size_t n = strlen(number);

	for (const char *p = body; (p = strstr(p, number)) != NULL; p += n)
		if ((p == body || p[-1] < '0' || p[-1] > '9') && (p[n] < '0' || p[n] > '9'))
			return true;
	return false;
}

static void
lacks(struct buf *b, const char *what)
{
	if (b->n > 0)
		buf_addz(b, ", ");
	buf_addz(b, what);
}

const char *
lawful_missing(struct arena *a, const struct ack_facts *k, const char *body)
{
	const struct point points[] = {
		{ "1 the day of reception", say_day(a, date_local_day(k->received)), "" },
		{ "1 the hour of reception", say_time(a, k->received), "" },
		{ "2 the service's name", k->bureau, "" },
		{ "2 the town", k->organisation, "" },
		{ "3 the mail address", k->address, "" },
		{ "3 the postal address", k->postal_address, "" },
		{ "4 the telephone", k->phone, "" },
		{ "5 the reference", k->ref, "" },
		{ "6 that silence is a refusal", "refus", "rejet" },
		{ "7 the day on which silence decides",
		    say_date(a, deadlines_of(k->received).silence), "" },
		{ "7 that the demand must be complete for that", "complet", "" },
		{ "8 the appeal to the mayor", "recours gracieux", "" },
		{ "8 the court", "tribunal administratif", "" },
		{ "8 the two months for it", "deux mois", "2 mois" },
		{ "9 missing documents", "piece", "document" },
		{ "10 forwarding to who is competent", "transmet", "" },
		{ "11 the notice on personal data", "donnees", "cnil" },
		{ "12 who the correspondent is", "correspondant", "interlocuteur" },
	};
	static const char *const numbers[] = { "17", "15", "18", "112", "114" };
	struct buf missing BUF_AUTO;
	struct folded f;

	buf_open(&missing, MISSING_MAX);
	fold_text(a, span_of(body), &f);
	for (size_t i = 0; i < sizeof points / sizeof *points; i++)
		if (!says(a, f.text.p, points[i].says) && !says(a, f.text.p, points[i].or_says))
			lacks(&missing, points[i].what);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (!says_number(f.text.p, numbers[i]))
			lacks(&missing, arena_printf(a, "13 the number %s", numbers[i]));
	return arena_span(a, buf_span(&missing));
}
