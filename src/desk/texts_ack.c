/* texts_ack.c - what an acknowledgment may say of its mail, put into French. */
#include "texts_int.h"

#include <string.h>

enum {
	CONTACTS_MAX = 5, PERMANENCES_MAX = 3,
	LIST_BYTES = 1200,	/* a list as a whole: the mail has LIMIT_ACK */
};

/* [mairie-standard] of the directory, whose number says nothing of the bureau. */
static const char *
tel_mairie(const struct ack_facts *k, date_day today)
{
	const struct entry *e = NULL;

	if (k->directory != NULL)
		e = directory_find(k->directory, "mairie-standard");
	if (e != NULL && e->tel[0] != '\0' && entry_is_printable(e, today))
		return e->tel;
	return k->phone;
}

/* Counted from reception; from now on where that day is over, as after a long outage. */
static date_day
promise(const struct ack_facts *k)
{
	date_day day = hours_promise(k->hours, k->received, k->promise_days);

	if (day >= date_local_day(k->now))
		return day;
	return hours_promise(k->hours, k->now, k->promise_days);
}

/* "jusqu’à 13 h 30", "jusqu’au lundi 30 novembre 2026 à 8 h 30"; "" when open. */
static const char *
closed_until(struct arena *a, const struct ack_facts *k)
{
	int64_t at = hours_next_opening(k->hours, k->now);
	date_day day = date_local_day(at);

	if (hours_open_at(k->hours, k->now))
		return "";
	if (day == date_local_day(k->now))
		return arena_printf(a, "jusqu’à %s", say_time(a, at));
	return arena_printf(a, "jusqu’au %s à %s", say_day(a, day), say_time(a, at));
}

/* "24/11/2026": read alike in every language of the twins. */
static const char *
day_in_figures(struct arena *a, date_day day)
{
	struct date d = date_of_day(day);

	return arena_printf(a, "%02d/%02d/%04d", d.d, d.m, d.y);
}

static const char *
time_in_figures(struct arena *a, int64_t at)
{
	struct date_time t = date_local(at);

	return arena_printf(a, "%02d:%02d", t.hour, t.min);
}

static const char *
opening_in_figures(struct arena *a, const struct ack_facts *k)
{
	int64_t at = hours_next_opening(k->hours, k->now);

	if (hours_open_at(k->hours, k->now))
		return "";
	return arena_printf(a, "%s, %s", day_in_figures(a, date_local_day(at)),
	    time_in_figures(a, at));
}

/* A line that no longer fits is left out whole. */
static void
add_line(struct buf *b, const char *line)
{
	if (b->n + strlen(line) + 1 > LIST_BYTES)
		return;
	if (b->n > 0)
		buf_addc(b, '\n');
	buf_addz(b, line);
}

static const char *
contact_line(struct arena *a, const struct entry *e)
{
	const char *parts[] = { e->adresse, e->courriel, e->site };
	const char *z = arena_printf(a, "– %s", e->nom);
	const char *sep = "\302\240: ";	/* with U+00A0 */

	if (e->tel[0] != '\0') {
		z = arena_printf(a, "%s%s%s%s%s%s", z, sep, e->tel,
		    e->tel_horaires[0] != '\0' ? " (" : "", e->tel_horaires,
		    e->tel_horaires[0] != '\0' ? ")" : "");
		sep = ", ";
	}
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i][0] != '\0') {
			z = arena_printf(a, "%s%s%s", z, sep, parts[i]);
			sep = ", ";
		}
	return z;
}

/* Only entries that the city has checked within the year. */
static const char *
contacts(struct arena *a, const struct ack_facts *k, date_day today)
{
	const struct entry *e[CONTACTS_MAX];
	BUF_AUTO struct buf b;
	size_t n = 0;

	buf_open(&b, LIST_BYTES);
	if (k->directory != NULL)
		n = directory_for(k->directory, k->category, today, e, CONTACTS_MAX);
	for (size_t i = 0; i < n; i++)
		add_line(&b, contact_line(a, e[i]));
	return arena_span(a, buf_span(&b));
}

static const char *
permanences(struct arena *a, const struct ack_facts *k)
{
	struct permanence p[PERMANENCES_MAX];
	BUF_AUTO struct buf b;
	size_t n = 0;

	buf_open(&b, LIST_BYTES);
	if (k->quartiers != NULL)
		n = quartiers_next(k->quartiers, k->now, p, PERMANENCES_MAX);
	for (size_t i = 0; i < n; i++)
		add_line(&b, arena_printf(a, "– %s à %s, %s (%s)",
		    say_day(a, date_local_day(p[i].at)), say_time(a, p[i].at), p[i].place,
		    p[i].quartier));
	return arena_span(a, buf_span(&b));
}

enum status
texts_ack(const struct texts *t, struct arena *a, const struct ack_facts *k,
    const char **body_out, struct fault *f)
{
	date_day received = date_local_day(k->received), today = date_local_day(k->now);
	date_day answer = promise(k);
	const char *values[TEXTS_NAME_COUNT] = {
		[TEXTS_ORGANISATION] = k->organisation,
		[TEXTS_DATE_RECUE] = say_day(a, received),
		[TEXTS_TEL_MAIRIE] = tel_mairie(k, today),
		[TEXTS_BUREAU] = k->bureau,
		[TEXTS_COURRIEL] = k->address,
		[TEXTS_TEL] = k->phone,
		[TEXTS_ADRESSE] = k->postal_address,
		[TEXTS_HORAIRES] = hours_say(a, k->hours),
		[TEXTS_REF] = k->ref,
		[TEXTS_HEURE_RECUE] = say_time(a, k->received),
		[TEXTS_DATE_PROMISE] = say_day(a, answer),
		[TEXTS_DATE_SILENCE] = say_date(a, deadlines_of(k->received).silence),
		[TEXTS_FERME] = closed_until(a, k),
		[TEXTS_CONTACTS] = contacts(a, k, today),
		[TEXTS_PERMANENCES] = permanences(a, k),
		[TEXTS_RECUE_NUM] = day_in_figures(a, received),
		[TEXTS_HEURE_NUM] = time_in_figures(a, k->received),
		[TEXTS_PROMISE_NUM] = day_in_figures(a, answer),
		[TEXTS_OUVERTURE_NUM] = opening_in_figures(a, k),
	};
	struct template_var v[TEXTS_NAME_COUNT];

	for (int i = 0; i < TEXTS_NAME_COUNT; i++) {
		v[i].name = texts_names[i];
		v[i].value = values[i] != NULL ? values[i] : "";
	}
	return texts_compose(t, a, k->template_name, k->lang, v, body_out, f);
}
