/* relay.c - what goes to the citizen, and every reason why nothing does. */
#include "relay_int.h"

#include "addr.h"
#include "buf.h"
#include "fold.h"
#include "utf8.h"

#include <string.h>

enum {
	PHRASE_MIN = 40,	/* letters of a sentence that nobody else writes */
	SIGNATURE_LINES = 14, LINE_LETTERS = 120, SENTENCE_WORDS = 5, LOCAL_MAX = 64,
};

/* --- a signature and nothing else ---------------------------------------------------- */

static bool
begins(const char *z, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strncmp(z, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}
#define BEGINS(z, words) begins((z), (words), sizeof(words) / sizeof *(words))

/* A line of a closing formula, with nothing else on it. */
static bool
is_closing(const char *z)
{
	static const char *const closing[] = {
		"cordialement", "bien cordialement", "tres cordialement", "bien a vous", "cdlt",
		"cdt", "bien sincerement", "sinceres salutations", "salutations",
		    "respectueusement",
		"amicalement", "mes salutations", "meilleures salutations", "sincerement",
		"avec mes salutations", "bonne reception", "bonne journee", "bonne soiree",
		"bonne fin de journee", "bon week-end", "a votre disposition",
	};

	for (size_t i = 0; i < sizeof closing / sizeof *closing; i++) {
		size_t n = strlen(closing[i]);

		if (strncmp(z, closing[i], n) == 0 && z[n + strspn(z + n, " ,.!;")] == '\0')
			return true;
	}
	return false;
}

/* What a mail server or an office hangs under every mail. */
static bool
is_hung_on(const char *z)
{
	static const char *const words[] = {
		"ce message", "ce courriel", "ce mail", "cet e-mail", "cet email",
		"pensez a l'environnement", "n'imprimez", "avant d'imprimer",
		    "afin de respecter",
		"les informations contenues", "envoye de ", "envoye depuis ",
		    "envoye a partir ",
		"telechargez outlook", "obtenez outlook", "this message", "this e-mail",
	};

	return BEGINS(z, words);
}

static bool
names(const char *line, const char *name, struct arena *a)
{
	const char *key = fold_word(a, name);

	return key[0] != '\0' && strstr(line, key) != NULL;
}

static size_t
words_in(const char *z)
{
	size_t n = 0;

	while (*(z += strspn(z, " ")) != '\0') {
		n++;
		z += strcspn(z, " ");
	}
	return n;
}

/* Somebody says something to somebody here. */
static bool
is_sentence(const char *z)
{
	static const char *const greeting[] = {
		"bonjour", "madame", "monsieur", "mme ", "m. ", "chere ", "cher ", "merci",
		    "oui",
		"non", "je ", "j'", "vous ", "nous ", "votre ",
	};
	size_t n = strlen(z);

	if (BEGINS(z, greeting) || n > LINE_LETTERS)
		return true;
	return words_in(z) >= SENTENCE_WORDS && strchr(".?!", z[n - 1]) != NULL;
}

/* The first line opens a signature, and no later one is a sentence. */
bool
relay_is_signature(struct arena *a, const struct relay_facts *facts, const char *prose)
{
	struct span rest = span_of(prose), line;
	bool first = true;
	size_t lines = 0;

	while (span_line(&rest, &line)) {
		const char *z = fold_word(a, arena_span(a, span_trim(line)));

		z += strspn(z, "-_*= ");
		if (span_trim(line).n == 0)
			continue;
		if (first && !is_closing(z) && !is_hung_on(z) && z[0] != '\0' &&
		    !(names(z, facts->agent_name, a) && words_in(z) <= SENTENCE_WORDS))
			return false;
		first = false;
		if (++lines > SIGNATURE_LINES || (z[0] != '\0' && !is_hung_on(z) &&
		    is_sentence(z)))
			return false;
	}
	return true;
}

/* --- what must not go out ------------------------------------------------------------ */

struct span
relay_letters(struct arena *a, struct span s)
{
	struct folded f;
	char *z;
	size_t n = 0;

	fold_text(a, s, &f);
	z = arena_strndup(a, f.text.p, f.text.n);
	for (size_t i = 0; i < f.text.n; i++)
		if (z[i] > '/' && strchr(":;<=>?@[\\]^_`{|}~\"'", z[i]) == NULL)
			z[n++] = z[i];
	z[n] = '\0';
	return span_from(z, n);
}

/* A line of a transcript: "✔ #prendre : …" or "Annuler : #annuler". */
static bool
is_transcript(struct span line)
{
	static const char *const heads[] = { "✔ #", "✘ #", "Annuler : #annuler" };

	line = span_trim(line);
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (span_istarts(line, heads[i]))
			return true;
	return span_istarts(line, "X-Bureaud-");
}

static bool
has_ours(struct arena *a, const struct relay_facts *facts, const char *prose)
{
	struct span letters = relay_letters(a, span_of(prose)), rest = span_of(prose), line;

	while (span_line(&rest, &line))
		if (is_transcript(line))
			return true;
	for (size_t i = 0; i < facts->nours; i++)
		if (strlen(facts->ours[i]) >= PHRASE_MIN &&
		    memmem(letters.p, letters.n, facts->ours[i],
		    strlen(facts->ours[i])) != NULL)
			return true;
	return false;
}

/* --- addresses ----------------------------------------------------------------------- */

static bool
is_address_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    (c != '\0' && strchr("._%+-", c) != NULL);
}

/* The bureau's address with a token behind a '+'. */
static bool
is_token(const struct relay_facts *facts, struct span s)
{
	struct span local = addr_local(facts->bureau);
	const char *at = memchr(s.p, '@', s.n);
	struct span domain = span_from(at + 1, s.n - (size_t)(at + 1 - s.p));

	return (size_t)(at - s.p) > local.n && s.p[local.n] == '+' &&
	    strncasecmp(s.p, local.p, local.n) == 0 &&
	    span_ieq(domain, addr_domain(facts->bureau));
}

static bool
is_internal(const struct relay_facts *facts, struct span s)
{
	for (size_t i = 0; i < facts->ninternal; i++)
		if (span_ieq(s, facts->internal[i]))
			return true;
	return is_token(facts, s);
}

/* The address around the '@' at i; n 0: there is none. */
static struct span
address_around(struct span text, size_t from, size_t i)
{
	size_t b = i, e = i + 1;

	while (b > from && i - b < LOCAL_MAX && is_address_char(text.p[b - 1]))
		b--;
	while (e < text.n && e - i < 255 && is_address_char(text.p[e]))
		e++;
	while (e > i + 1 && strchr(".-%+", text.p[e - 1]) != NULL)
		e--;
	return b < i && e > i + 1 ? span_from(text.p + b, e - b) : span_from(text.p + i, 0);
}

/* Internal addresses become the bureau's. */
static const char *
outward(struct arena *a, const struct relay_facts *facts, const char *prose, bool *replaced)
{
	BUF_AUTO struct buf b;
	struct span text = span_of(prose);
	size_t from = 0;

	buf_open(&b, RELAY_TEXT_MAX);
	for (size_t i = 0; i < text.n; i++) {
		struct span s;

		if (text.p[i] != '@')
			continue;
		s = address_around(text, from, i);
		if (s.n == 0 || !is_internal(facts, s))
			continue;
		buf_add(&b, span_from(text.p + from, (size_t)(s.p - text.p) - from));
		buf_addz(&b, facts->bureau);
		from = (size_t)(s.p + s.n - text.p);
		i = from - 1;
		*replaced = true;
	}
	buf_add(&b, span_from(text.p + from, text.n - from));
	return buf_full(&b) ? "" : arena_span(a, buf_span(&b));
}

/* --- the decision -------------------------------------------------------------------- */

#define NOTHING "Rien n’a été envoyé : "

static const char *
why_of(enum relay_what what)
{
	static const char *const why[] = {
		[RELAY_EMPTY] = NOTHING "votre message ne contient aucun texte à "
		    "transmettre.",
		[RELAY_SIGNATURE] = NOTHING "votre message ne contient qu’une signature.",
		[RELAY_BELOW] = NOTHING "votre texte est sous la ligne « Répondez "
		    "au-dessus de cette ligne ». Écrivez-le tout en haut.",
		[RELAY_MARKED] = NOTHING "la ligne « Répondez au-dessus de cette ligne » "
		    "est mêlée à votre texte. Écrivez au-dessus, sur des lignes à part.",
		[RELAY_OURS] = NOTHING "votre texte contient des phrases d’un avis ou "
		    "d’un compte rendu du bureau. Effacez-les.",
		[RELAY_LONG] = NOTHING "votre texte est trop long. Mettez-le en pièce "
		    "jointe.",
	};

	return what < sizeof why / sizeof *why && why[what] != NULL ? why[what] : "";
}

/* Without the signature, with what was forwarded: it is the case itself. */
static const char *
inside(struct arena *a, const struct relay_own *own, const char *prose)
{
	const char *sign = own->signature[0] != '\0' ? strstr(prose, "-- \n") : NULL;
	struct span s = span_of(prose);

	if (sign != NULL && (sign == prose || sign[-1] == '\n'))
		s.n = (size_t)(sign - prose);
	prose = arena_span(a, span_trim(s));
	if (own->forwarded[0] == '\0')
		return prose;
	return arena_printf(a, "%s%s%s", prose, prose[0] != '\0' ? "\n\n" : "", own->forwarded);
}

static enum relay_what
what_of(struct arena *a, const struct relay_facts *facts, const struct relay_own *own,
    const struct commands *commands)
{
	const char *prose = commands->prose;

	if (commands->inside)
		return RELAY_INSIDE;
	if (own->joined || marker_find(span_of(prose)).found)
		return RELAY_MARKED;
	if (prose[0] == '\0')
		return own->below ? RELAY_BELOW : RELAY_EMPTY;
	if (relay_is_signature(a, facts, prose))
		return own->below ? RELAY_BELOW : RELAY_SIGNATURE;
	if (strlen(prose) > RELAY_TEXT_MAX / 2)
		return RELAY_LONG;
	return has_ours(a, facts, prose) ? RELAY_OURS : RELAY_SEND;
}

static const char *
joined(struct arena *a, const char *x, const char *y)
{
	return x[0] == '\0' ? y : arena_printf(a, "%s\n%s", x, y);
}

static const char *
remarks(struct arena *a, const struct relay_own *own, const struct commands *commands,
    bool replaced, bool sent)
{
	const char *z = "";

	if (own->below)
		z = joined(a, z, "Ce que vous avez écrit sous la ligne « Répondez au-dessus de "
		    "cette ligne » n’a pas été transmis.");
	if (sent && own->forwarded[0] != '\0')
		z = joined(a, z, "Le message que vous transfériez n’a pas été joint.");
	if (replaced)
		z = joined(a, z, "Une adresse interne a été remplacée par celle du bureau.");
	if (commands->stray[0] != '\0')
		z = joined(a, z, arena_printf(a,
		    "« %s », sous votre texte, n’est pas une commande : "
		    "les commandes se mettent tout en haut.", commands->stray));
	return z;
}

void
relay_decide(struct arena *a, const struct relay_facts *facts, const struct relay_own *own,
    const struct commands *commands, struct relay *out)
{
	bool replaced = false;

	*out = (struct relay){ .what = what_of(a, facts, own, commands), .text = "" };
	out->why = why_of(out->what);
	if (out->what == RELAY_SEND)
		out->text = outward(a, facts, commands->prose, &replaced);
	if (out->what == RELAY_INSIDE)
		out->text = inside(a, own, commands->prose);
	if (out->what > RELAY_SIGNATURE)
		out->fault = true;
	if (out->what == RELAY_EMPTY || out->what == RELAY_SIGNATURE) {
		out->fault = commands->n == 0;
		if (facts->attachments)
			out->why = arena_printf(a, "%s Une pièce jointe ne part pas seule : "
			    "écrivez au moins une phrase.", out->why);
	}
	out->remark = remarks(a, own, commands, replaced, out->what == RELAY_SEND);
}

void
relay_facts_of(struct arena *a, const struct desk *d, const struct agent *author,
    struct relay_facts *out)
{
	const char **internal = arena_new(a, const char *, d->nagents + 1);
	size_t n = 0;

	for (size_t i = 0; i < d->nagents; i++)
		internal[n++] = d->agents[i].spec;
	if (d->admin[0] != '\0')
		internal[n++] = d->admin;
	*out = (struct relay_facts){ .bureau = d->address, .internal = internal, .ninternal = n,
		.agent_name = author != NULL ? author->name : "",
		.organisation = d->organisation, .bureau_name = d->name };
	if (d->texts != NULL)
		out->nours = relay_phrases(a, d->texts, &out->ours);
}
