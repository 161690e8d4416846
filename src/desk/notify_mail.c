/* notify_mail.c - what agents are shown of the citizen's mail itself: its files, what the rules
 * saw in it, who wrote it and what that person wrote before. */
#include "notify_int.h"

#include "fold.h"
#include "limits.h"
#include "tokens.h"
#include "utf8.h"

#include <string.h>

#define NBSP "\302\240"

enum {
	TEXT_MAX = 64 * 1024, EARLIER_MAX = 5, QUOTES_MAX = 3, SAID_BYTES = 16 * 1024,
	/* Of all that one mail copies to agents: it is held in memory and kept until sent. */
	COPIES_BYTES = 8 * LIMIT_NOTIFY_BYTES,
};

/* ---- files ---- */

static uint64_t
files_size(const struct mail *m)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < m->natt && sum <= LIMIT_RELAY_BYTES; i++)
		sum += m->att[i].size;
	return sum;
}

static bool
is_withheld(const struct mail *m, const struct verdict *v)
{
	return v->sensitive || v->spam || (m->flags & (MAIL_PARTIAL | MAIL_CUT)) != 0;
}

bool
plan_wants_files(const struct desk *d, const struct mail *m, const struct verdict *v)
{
	if (m->natt == 0 || m->from.n != 1 || header_count(&m->headers, "From") != 1)
		return false;
	/* Whether the agent is proven is asked later, when the raw mail is gone. */
	if (desk_agent(d, m->from.v[0].spec) != NULL)
		return true;
	return !is_withheld(m, v) && files_size(m) <= LIMIT_NOTIFY_BYTES;
}

/* Without a name a part would be shown within the text, as a page of the web perhaps. */
static const char *
file_name(struct arena *a, const struct attachment *t, size_t i)
{
	static const struct { const char *type, *suffix; } known[] = {
		{ "image/jpeg", ".jpg" }, { "image/png", ".png" }, { "image/gif", ".gif" },
		{ "application/pdf", ".pdf" }, { "text/plain", ".txt" },
		{ "text/html", ".html" }, { "text/calendar", ".ics" },
		{ "message/rfc822", ".eml" }, { "audio/mpeg", ".mp3" },
	};
	const char *suffix = "";

	if (t->filename[0] != '\0')
		return t->filename;
	for (size_t k = 0; k < sizeof known / sizeof *known; k++)
		if (span_istarts(span_of(t->type), known[k].type))
			suffix = known[k].suffix;
	return arena_printf(a, "piece-%zu%s", i + 1, suffix);
}

/* What a client may open as a page by itself goes as a file of no kind: no remote content. */
static const char *
file_type(const struct attachment *t)
{
	static const char *const pages[] = { "text/html", "application/xhtml", "image/svg",
	    "text/xml", "application/xml" };

	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		if (span_istarts(span_of(t->type), pages[i]))
			return "application/octet-stream";
	return t->type;
}

const struct compose_part *
notify_parts(const struct planning *g, size_t readers, size_t *n)
{
	const struct mail *m = g->in->mail;
	uint64_t sum = m != NULL ? files_size(m) : 0;
	struct compose_part *v;

	*n = 0;
	if (m == NULL || m->natt == 0 || g->p->sensitive || sum > LIMIT_NOTIFY_BYTES ||
	    sum * readers > COPIES_BYTES || (m->flags & MAIL_PARTS_TOO_BIG) != 0 ||
	    is_withheld(m, g->in->verdict))
		return NULL;
	v = arena_new(g->a, struct compose_part, m->natt);
	for (size_t i = 0; i < m->natt; i++) {
		if (m->att[i].bytes.n != m->att[i].size)
			return NULL;
		v[i] = (struct compose_part){ file_type(&m->att[i]),
		    file_name(g->a, &m->att[i], i), m->att[i].bytes };
	}
	*n = m->natt;
	return v;
}

static const char *
size_say(struct arena *a, uint64_t n)
{
	if (n < 1000)
		return arena_printf(a, "%u" NBSP "octets", (unsigned)n);
	if (n < 1000 * 1000)
		return arena_printf(a, "%u" NBSP "ko", (unsigned)((n + 500) / 1000));
	return arena_printf(a, "%llu,%u" NBSP "Mo", (unsigned long long)(n / (1000 * 1000)),
	    (unsigned)(n / (100 * 1000) % 10));
}

const char *
notify_files(const struct planning *g)
{
	const struct mail *m = g->in->mail;
	BUF_AUTO struct buf b;

	buf_open(&b, LIMIT_ATTACHMENTS * 512);
	for (size_t i = 0; m != NULL && i < m->natt; i++)
		buf_addf(&b, "- %s (%s)\n", file_name(g->a, &m->att[i], i),
		    size_say(g->a, m->att[i].size));
	return arena_span(g->a, span_trim(buf_span(&b)));
}

/* ---- what the rules saw ---- */

static const char *
hit_words(struct arena *a, const struct hit *h)
{
	BUF_AUTO struct buf b;

	buf_open(&b, 4 * LIMIT_HIT_TEXT);
	utf8_clean(&b, span_of(h->match), UTF8_ONE_LINE);
	return arena_span(a, span_trim(buf_span(&b)));
}

/* "- Logement : « je suis expulsé », « le bailleur »"; nothing where no rule of it hit. */
static void
hits_say(const struct planning *g, const char *category, const char *label, struct buf *b)
{
	static const char *const where[] = {
		[HIT_SUBJECT] = " (objet)", [HIT_BODY] = "", [HIT_SENDER] = " (adresse)",
		[HIT_HEADER] = " (en-tête)", [HIT_ATTACHMENT] = " (pièce jointe)",
	};
	const struct verdict *v = g->in->verdict;
	const char *quotes = "";
	size_t n = 0;

	for (size_t i = 0; i < v->nhits && n < QUOTES_MAX; i++) {
		const struct hit *h = &v->hits[i];
		const char *words = hit_words(g->a, h);

		if (strcmp(h->category, category) != 0 || h->weight < 0 || words[0] == '\0' ||
		    strstr(quotes, words) != NULL)
			continue;
		quotes = arena_printf(g->a, "%s%s«" NBSP "%s" NBSP "»%s", quotes,
		    n > 0 ? ", " : "", words, where[h->where]);
		n++;
	}
	if (n > 0)
		buf_addf(b, "- %s" NBSP ": %s\n", label, quotes);
}

const char *
notify_rules(const struct planning *g)
{
	static const struct { const char *name, *label; } marks[] = {
		{ "vital", "Danger pour la vie" }, { "high", "Urgence" },
		{ "no-reply", "Ne veut pas de réponse" },
	};
	const struct verdict *v = g->in->verdict;
	BUF_AUTO struct buf b;

	buf_open(&b, SAID_BYTES);
	for (size_t i = 0; v != NULL && i < sizeof marks / sizeof *marks; i++)
		hits_say(g, marks[i].name, marks[i].label, &b);
	for (size_t i = 0; v != NULL && i < v->ncats; i++)
		hits_say(g, v->cats[i].name, notify_label_of(g->d, v->cats[i].name), &b);
	return arena_span(g->a, span_trim(buf_span(&b)));
}

/* The words themselves in which a rule saw danger name a child. */
bool
notify_child(const struct planning *g)
{
	static const char *const words[] = { "enfant", "bebe", "mineur", "fils", "fille",
	    "gamin", "gosse", "eleve", "collegien", "lyceen", "child", "kid" };
	const struct verdict *v = g->in->verdict;

	for (size_t i = 0; v != NULL && i < v->nhits; i++) {
		const struct hit *h = &v->hits[i];
		const char *z;

		if (strcmp(h->category, "vital") != 0 && strcmp(h->category, "high") != 0)
			continue;
		z = fold_word(g->a, h->match);
		for (size_t k = 0; k < sizeof words / sizeof *words; k++)
			if (strstr(z, words[k]) != NULL)
				return true;
	}
	return false;
}

/* ---- who wrote, and what they wrote before ---- */

const char *
notify_sender(const struct planning *g)
{
	const struct mail *m = g->in->mail;
	const char *spec = g->p->citizen, *name = "";

	if (m != NULL && m->from.n == 1 && addr_same(m->from.v[0].spec, spec))
		name = m->from.v[0].name;
	else if (m != NULL && m->reply_to.n == 1 && addr_same(m->reply_to.v[0].spec, spec))
		name = m->reply_to.v[0].name;
	return name[0] != '\0' ? arena_printf(g->a, "%s <%s>", name, spec) : spec;
}

/* Of a sensitive ticket only who is told of it anyway. */
static bool
may_see(const struct agent *reader, const struct earlier_ticket *t)
{
	if (!t->sensitive)
		return true;
	if (reader == NULL)
		return false;
	return t->agent[0] != '\0' ? strcmp(t->agent, reader->section) == 0 :
	    agent_has(reader, t->category);
}

const char *
notify_earlier(const struct planning *g, const struct agent *reader)
{
	static const char *const states[] = {
		[TICKET_OPEN] = "ouvert", [TICKET_WAITING] = "en attente",
		[TICKET_CLOSED] = "clos",
	};
	const struct plan_facts *k = g->facts;
	const char *z = "";
	size_t n = 0;

	for (size_t i = 0; i < k->nearlier; i++) {
		const struct earlier_ticket *t = &k->earlier[i];

		if (strcmp(t->ref, g->p->ref) == 0 || !may_see(reader, t) || ++n > EARLIER_MAX)
			continue;
		z = arena_printf(g->a, "%s%s- %s (%s, %s), du %s", z, n > 1 ? "\n" : "", t->ref,
		    t->sensitive ? "sensible" : notify_label_of(g->d, t->category),
		    states[t->state], say_date(g->a, date_local_day(t->opened)));
	}
	return n <= EARLIER_MAX ? z : arena_printf(g->a, "%s\n- et %zu de plus", z,
	    n - EARLIER_MAX);
}

const char *
notify_language(const char *lang)
{
	static const struct { const char *code, *name; } known[] = {
		{ "am", "amharique" }, { "ar", "arabe" }, { "bg", "bulgare" },
		{ "bn", "bengali" }, { "de", "allemand" }, { "en", "anglais" },
		{ "es", "espagnol" }, { "fa", "persan" }, { "hi", "hindi" },
		{ "hu", "hongrois" }, { "hy", "arménien" }, { "it", "italien" },
		{ "ka", "géorgien" }, { "ku", "kurde" }, { "nl", "néerlandais" },
		{ "pl", "polonais" }, { "ps", "pachto" }, { "pt", "portugais" },
		{ "ro", "roumain" }, { "ru", "russe" }, { "so", "somali" },
		{ "sq", "albanais" }, { "sr", "serbe" }, { "ti", "tigrigna" },
		{ "tr", "turc" }, { "uk", "ukrainien" }, { "ur", "ourdou" },
		{ "vi", "vietnamien" }, { "zh", "chinois" },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i].code, lang) == 0)
			return known[i].name;
	return strcmp(lang, "fr") == 0 ? "" : lang;
}

/* The citizen's words, cut where an agent's client would choke; in a ticket that agents know,
 * without the history that it quotes. */
const char *
notify_words(const struct planning *g)
{
	const struct mail *m = g->in->mail;
	bool known = !g->p->opens && m != NULL && m->reply_text[0] != '\0';
	struct span s = span_of(m == NULL ? "" : known ? m->reply_text : m->text);

	s.n = utf8_floor(s, TEXT_MAX);
	return token_strip(g->a, g->d, arena_span(g->a, span_trim(s)));
}
