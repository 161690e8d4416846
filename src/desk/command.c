/* command.c - from the top of a mail to its commands and the prose below them. */
#include "command_int.h"

#include "utf8.h"

#include <string.h>

/* A client that breaks lines does so between these columns, where the next word had no
 * room left. */
enum { WRAP_FROM = 60, WRAP_ROOM = 71, WRAP_TO = 80, LINE_SHOWN = 200, KEYS = 40 };

/* --- characters ---------------------------------------------------------------------- */

static bool
is_blank(uint32_t cp)
{
	return cp <= ' ' || cp == 0xa0 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x202f ||
	    cp == 0x205f || cp == 0x3000 || cp == 0xad || utf8_hidden(cp);
}

static bool
is_quote(uint32_t cp)
{
	return cp == '"' || cp == 0xab || cp == 0xbb || (cp >= 0x201c && cp <= 0x201f) ||
	    cp == 0x2039 || cp == 0x203a;
}

/* Bullets of telephones and word processors, and the stars of those who write **so**. */
static bool
is_bullet(uint32_t cp)
{
	static const uint32_t bullets[] = {
		'*', '-', 0xb7, 0x2012, 0x2013, 0x2014, 0x2022, 0x2023, 0x2043, 0x2219, 0x25aa,
		0x25cf, 0x25e6, 0x25a0, 0x25ab, 0xf0b7,
	};

	for (size_t i = 0; i < sizeof bullets / sizeof *bullets; i++)
		if (cp == bullets[i])
			return true;
	return false;
}

static bool
is_hash(uint32_t cp)
{
	return cp == '#' || cp == 0xff03 || cp == 0xfe5f;
}

static bool
is_letter(uint32_t cp)
{
	return (cp | 0x20) - 'a' < 26u || (cp >= 0xc0 && cp < 0x2000 && cp != 0xd7 &&
	    cp != 0xf7);
}

static bool
is_in_word(uint32_t cp)
{
	return is_letter(cp) || (cp >= '0' && cp <= '9') || cp == '-' || cp == '_' ||
	    cp == 0x2010 || cp == 0x2011 || (cp >= 0x300 && cp < 0x370);
}

static struct span
behind(struct span s, size_t n)
{
	return span_from(s.p + n, s.n - n);
}

/* --- one line ------------------------------------------------------------------------ */

/* Behind what may stand before '#', and behind '#' itself and blanks; false: no command. */
static bool
behind_hash(struct span *s)
{
	uint32_t cp;
	size_t n;
	bool hash = false;

	while ((n = utf8_next(*s, &cp)) > 0) {
		if (is_hash(cp) && !hash)
			hash = true;
		else if (!is_blank(cp) && (hash || (!is_bullet(cp) && !is_quote(cp))))
			break;
		*s = behind(*s, n);
	}
	return n > 0 && hash && is_letter(cp);
}

static struct span
word_at(struct span s)
{
	struct span w = { s.p, 0 };
	uint32_t cp;
	size_t n;

	while ((n = utf8_next(behind(s, w.n), &cp)) > 0 && is_in_word(cp))
		w.n += n;
	return w;
}

/* The word of a command line; *rest is what stands behind it. */
static bool
command_at(struct span line, struct span *word, struct span *rest)
{
	if (!behind_hash(&line))
		return false;
	*word = word_at(line);
	*rest = behind(line, word->n);
	return true;
}

/* One line of plain blanks without hidden characters; `plain`: without quotes and stars. */
static const char *
cleaned(struct arena *a, struct span s, bool plain)
{
	BUF_AUTO struct buf b;
	uint32_t cp, last = ' ';
	size_t n;

	buf_open(&b, s.n + 1);
	for (; (n = utf8_next(s, &cp)) > 0; s = behind(s, n)) {
		if (utf8_hidden(cp) || (plain && (is_quote(cp) || cp == '*')) ||
		    (is_blank(cp) && last == ' '))
			continue;
		last = is_blank(cp) ? ' ' : cp;
		buf_add(&b, is_blank(cp) ? span_of(" ") : span_from(s.p, n));
	}
	return arena_span(a, span_trim(buf_span(&b)));
}

static const char *
cut(struct arena *a, const char *z, size_t max)
{
	size_t n = utf8_floor(span_of(z), max);

	return z[n] == '\0' ? z : arena_printf(a, "%.*s…", (int)n, z);
}

/* "sans réponse" and "contact sur": a word that a blank has cut in two. */
static enum command_word
word_of(struct arena *a, struct span word, struct span *rest)
{
	enum command_word w = command_of_key(command_key(a, word));
	struct span more = *rest, next;
	size_t n;
	uint32_t cp;

	if (w != COMMAND_UNKNOWN || word.n > KEYS)
		return w;
	while ((n = utf8_next(more, &cp)) > 0 && is_blank(cp))
		more = behind(more, n);
	next = word_at(more);
	if (next.n == 0 || next.n > KEYS)
		return w;
	w = command_of_key(arena_printf(a, "%s%s", command_key(a, word), command_key(a, next)));
	if (w != COMMAND_UNKNOWN)
		*rest = behind(more, next.n);
	return w;
}

/* Where a second command begins behind the first: " #" and a known word. */
static size_t
second_at(struct arena *a, struct span rest)
{
	for (size_t i = 0; i + 1 < rest.n; i++) {
		struct span word, more;

		if (rest.p[i] != '#' || i == 0 || strchr(" \t,;\xa0", rest.p[i - 1]) == NULL ||
		    !command_at(behind(rest, i), &word, &more))
			continue;
		if (word_of(a, word, &more) != COMMAND_UNKNOWN)
			return i;
	}
	return rest.n;
}

/* --- the list ------------------------------------------------------------------------ */

static struct command *
add(struct reading *r, struct commands *out, struct span word, struct span rest)
{
	struct command *c = &out->v[out->n++];
	const char *said = cleaned(r->a, word, true);

	*c = (struct command){ .day = DATE_INVALID, .until = DATE_INVALID, .minute = -1,
		.text = "", .names = NULL, .ref = "", .address = "", .code = "",
		.outcome = TICKET_OUTCOME_NONE, .why = "", .closest = "", .remark = "" };
	c->word = word_of(r->a, word, &rest);
	c->said = arena_printf(r->a, "#%s", c->word == COMMAND_UNKNOWN ?
	    cut(r->a, said, KEYS) : command_word_name(c->word));
	c->line = cut(r->a, arena_printf(r->a, "%s %s", c->said,
	    cleaned(r->a, rest, false)), LINE_SHOWN);
	return c;
}

static void
unknown(struct reading *r, struct command *c)
{
	enum command_word near = command_closest(r->a, c->said + 1);

	c->closest = command_word_name(near);
	command_fail(c, COMMAND_NO_WORD, near == COMMAND_UNKNOWN ? "je ne connais pas ce mot" :
	    arena_printf(r->a, "je ne connais pas ce mot ; vouliez-vous dire #%s ?",
	    c->closest));
}

static void
check_above(struct reading *r, struct commands *out, struct command *c)
{
	for (size_t i = 0; i + 1 < out->n; i++)
		if (command_conflicts(c->word, out->v[i].word))
			command_fail(c, COMMAND_CONFLICT, arena_printf(r->a,
			    "ne va pas avec %s, plus haut dans le même message",
			    out->v[i].said));
}

/* The argument's own marks: "#note : texte", "#rdv, demain 14h". */
static const char *
argument(struct reading *r, enum command_word w, struct span rest)
{
	const char *z = cleaned(r->a, rest, !command_is_text(w));

	return z + strspn(z, " :=,;.*");
}

/* false: no room for one more. */
static bool
take_line(struct reading *r, struct commands *out, struct span word, struct span rest)
{
	enum command_word w;
	struct span behind_word = rest;
	struct command *c;
	size_t second;

	if (out->n == COMMAND_MAX) {
		command_fail(&out->v[out->n - 1], COMMAND_TOO_MANY, arena_printf(r->a,
		    "plus de %d commandes dans un message", COMMAND_MAX));
		return false;
	}
	w = word_of(r->a, word, &behind_word);
	second = command_is_text(w) || rest.n > COMMAND_LINE ? rest.n : second_at(r->a, rest);
	c = add(r, out, word, span_from(rest.p, second));
	rest = span_from(behind_word.p, second - (size_t)(behind_word.p - rest.p));
	if (w == COMMAND_UNKNOWN)
		unknown(r, c);
	else if (rest.n > COMMAND_LINE && w != COMMAND_NOTE && w != COMMAND_NOUVEAU)
		command_fail(c, COMMAND_TOO_MUCH, "cette ligne est trop longue");
	else
		command_take(r, c, argument(r, w, rest));
	check_above(r, out, c);
	return true;
}

/* Every command of the line; false when there is no room for one. */
static bool
take_all(struct reading *r, struct commands *out, struct span line)
{
	struct span word, rest;

	while (command_at(line, &word, &rest)) {
		size_t second = rest.n;
		struct span more = rest;
		enum command_word w = word_of(r->a, word, &more);

		if (!take_line(r, out, word, rest))
			return false;
		if (command_is_text(w) || rest.n > COMMAND_LINE)
			break;
		second = second_at(r->a, rest);
		line = behind(rest, second);
	}
	return true;
}

/* --- lines that a client has broken -------------------------------------------------- */

static size_t
columns(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

/* Would the first word of `next` have passed the margin of `line`? */
static bool
is_wrapped(struct span line, struct span next)
{
	size_t width = columns(line), n = 0;
	struct span word, rest;

	next = span_trim(next);
	if (next.n == 0 || width < WRAP_FROM || width > WRAP_TO || command_at(next, &word,
	    &rest))
		return false;
	while (n < next.n && next.p[n] != ' ')
		n++;
	return width + 1 + columns(span_from(next.p, n)) > WRAP_ROOM;
}

/* Does the command of this line take what can be longer than a line?  Under #note and #nouveau
 * what follows is kept inside anyway. */
static bool
may_wrap(struct arena *a, struct span line)
{
	static const bool may[TAKES_COUNT] = {
		[TAKES_TEXT] = true, [TAKES_CONTACT] = true, [TAKES_DATE] = true,
		[TAKES_MEETING] = true, [TAKES_ENTRIES] = true, [TAKES_PIECES] = true,
		[TAKES_ABSENCE] = true,
	};
	struct span word, rest;

	return command_at(line, &word, &rest) &&
	    may[command_takes(word_of(a, word, &rest))];
}

/* The line with what a client has broken off it; a comma at its end asks for more, too. */
static struct span
whole_line(struct arena *a, struct span line, struct span *text)
{
	struct span last = span_trim(line), next, rest = *text;

	if (!may_wrap(a, line))
		return line;
	while (line.n < COMMAND_LINE && span_line(&rest, &next)) {
		struct span word, behind_word;
		bool comma = last.n > 0 && last.p[last.n - 1] == ',' && span_trim(next).n > 0 &&
		    !command_at(next, &word, &behind_word);

		if (!comma && !is_wrapped(last, next))
			break;
		line = span_of(arena_printf(a, "%.*s %.*s", (int)line.n, line.p, (int)next.n,
		    next.p));
		last = span_trim(next);
		*text = rest;
	}
	return line;
}

/* --- the whole ----------------------------------------------------------------------- */

static bool
is_empty(struct span line)
{
	uint32_t cp;
	size_t n;

	while ((n = utf8_next(line, &cp)) > 0 && is_blank(cp))
		line = behind(line, n);
	return line.n == 0;
}

static const char *
stray_in(struct arena *a, const char *prose)
{
	struct span text = span_of(prose), line, word, rest;

	while (span_line(&text, &line)) {
		enum command_word w;

		if (memchr(line.p, '#', line.n) == NULL || !command_at(line, &word, &rest) ||
		    word.n > KEYS)
			continue;
		w = word_of(a, word, &rest);
		if (w != COMMAND_UNKNOWN)
			return arena_printf(a, "#%s", command_word_name(w));
	}
	return "";
}

/* Blank lines off both ends; the first line keeps its indentation. */
static const char *
prose_of(struct arena *a, struct span text)
{
	struct span rest = text, line;

	while (span_line(&rest, &line) && is_empty(line))
		text = rest;
	while (text.n > 0 && strchr(" \t\r\n", text.p[text.n - 1]) != NULL)
		text.n--;
	return arena_span(a, text);
}

void
command_read(struct arena *a, const struct command_facts *facts, struct span text,
    struct commands *out)
{
	struct date_time now = date_local(facts->now);
	struct reading r = { a, facts, date_local_day(facts->now), now.hour * 60 + now.min };
	struct span rest = text, line, word, behind_word;

	*out = (struct commands){ .v = arena_new(a, struct command, COMMAND_MAX), .prose = "",
		.stray = "" };
	while (span_line(&rest, &line)) {
		if (is_empty(line)) {
			text = rest;
			continue;
		}
		if (!command_at(line, &word, &behind_word))
			break;
		if (!take_all(&r, out, whole_line(a, line, &rest))) {
			text = span_from(text.p, 0);
			break;
		}
		text = rest;
	}
	for (size_t i = 0; i < out->n; i++) {
		out->faults += out->v[i].fault != COMMAND_OK;
		out->inside |= out->v[i].word == COMMAND_NOTE ||
		    out->v[i].word == COMMAND_NOUVEAU;
	}
	out->prose = prose_of(a, text);
	out->stray = stray_in(a, out->prose);
}
