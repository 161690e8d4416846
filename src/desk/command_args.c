/* command_args.c - what stands behind a command word, and the French sentence for what is
 * wrong with it. */
#include "command_int.h"

#include "addr.h"
#include "limits.h"
#include "utf8.h"

#include <string.h>

enum { YEAR_DIGITS = 4, REF_MAX = 99999999, CODE_LETTERS = 8, SHOWN = 60 };

void
command_fail(struct command *c, enum command_fault fault, const char *why)
{
	if (c->fault != COMMAND_OK)
		return;
	c->fault = fault;
	c->why = why;
}

const char *
command_shown(const struct reading *r, const char *z)
{
	size_t n = utf8_floor(span_of(z), SHOWN);

	return arena_printf(r->a, "%.*s%s", (int)n, z, z[n] != '\0' ? "…" : "");
}

const char *
command_behind_marks(const char *z)
{
	size_t n;

	do {
		n = strspn(z, " ,;:.");
		if (z[n] == '-' || (z[n] == '=' && z[n + 1] != '\0'))
			n++;
		else if (strncmp(z + n, "–", 3) == 0 || strncmp(z + n, "—", 3) == 0)
			n += 3;
		z += n;
	} while (n > 0);
	return z;
}

struct span
command_trim(struct span s)
{
	s = span_trim(s);
	while (s.n > 0 && (s.p[s.n - 1] == '.' || s.p[s.n - 1] == ' '))
		s.n--;
	return s;
}

/* --- nothing, text ------------------------------------------------------------------- */

static void
take_nothing(const struct reading *r, struct command *c, const char *arg)
{
	if (*command_behind_marks(arg) != '\0' && strcmp(command_behind_marks(arg), "!") != 0)
		command_fail(c, COMMAND_TOO_MUCH, arena_printf(r->a, "rien ne se met derrière "
		    "%s (« %s ») ; écrivez votre réponse à la ligne", c->said, command_shown(r,
		    arg)));
}

static void
take_text_may(const struct reading *r, struct command *c, const char *arg)
{
	(void)r;
	c->text = command_behind_marks(arg);
}

void
command_missing(const struct reading *r, struct command *c, const char *example)
{
	command_fail(c, COMMAND_MISSING, arena_printf(r->a, "il manque quelque chose, "
	    "par exemple « %s %s »", c->said, example));
}

static void
take_text(const struct reading *r, struct command *c, const char *arg)
{
	c->text = arg;
	if (arg[0] == '\0')
		command_missing(r, c, "loyer Dupont");
}

/* --- names --------------------------------------------------------------------------- */

static void
take_one(const struct reading *r, struct command *c, const struct command_names *names,
    const char *arg, const char *example)
{
	const char **one = arena_new(r->a, const char *, 1);
	enum command_fault fault = COMMAND_OK;
	const char *why = "";

	if (arg[0] == '\0') {
		command_missing(r, c, example);
		return;
	}
	*one = command_name(r->a, names, arg, &fault, &why);
	if (*one == NULL)
		command_fail(c, fault, why);
	else
		c->names = one, c->nnames = 1;
}

static void
take_agent(const struct reading *r, struct command *c, const char *arg)
{
	const char *key = fold_word(r->a, arg);

	arg += strncmp(key, "a ", 2) == 0 ? strcspn(arg, " ") + 1 : 0;
	arg += *arg == '@';
	if (strcmp(fold_word(r->a, arg), "moi") == 0 && r->facts->me[0] != '\0')
		arg = r->facts->me;
	take_one(r, c, &r->facts->agents, arg, "claire");
}

static void
take_category(const struct reading *r, struct command *c, const char *arg)
{
	take_one(r, c, &r->facts->categories, arg, "logement");
}

static void
take_entry(const struct reading *r, struct command *c, const char *arg)
{
	take_one(r, c, &r->facts->entries, arg, "caf");
}

static void
take_model(const struct reading *r, struct command *c, const char *arg)
{
	take_one(r, c, &r->facts->models, arg, "nom-du-modele");
}

static void
take_quartier(const struct reading *r, struct command *c, const char *arg)
{
	const char **one;

	if (r->facts->quartiers.n > 0 || arg[0] == '\0') {
		take_one(r, c, &r->facts->quartiers, arg, "Saint-Waast");
		return;
	}
	one = arena_new(r->a, const char *, 1);
	*one = arg;
	c->names = one;
	c->nnames = 1;
	c->text = arg;
}

static bool
is_there(const char *const *v, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i], id) == 0)
			return true;
	return false;
}

struct found { const char **v; size_t n; };

static void
add_entry(const struct reading *r, struct command *c, struct found *f, const char *typed)
{
	enum command_fault fault = COMMAND_OK;
	const char *why = "", *id;

	id = command_name(r->a, &r->facts->entries, typed, &fault, &why);
	if (id == NULL)
		command_fail(c, fault, why);
	else if (f->n == COMMAND_NAMES)
		command_fail(c, COMMAND_TOO_MUCH, arena_printf(r->a,
		    "pas plus de %d structures à la fois", COMMAND_NAMES));
	else if (!is_there(f->v, f->n, id))
		f->v[f->n++] = id;
}

/* "ccas et mission locale", unless one name holds that word. */
static void
add_entries(const struct reading *r, struct command *c, struct found *f, const char *typed)
{
	const char *and = strstr(typed, " et ");

	if (and == NULL || command_name_exact(r->a, &r->facts->entries, typed) != NULL) {
		add_entry(r, c, f, typed);
		return;
	}
	add_entry(r, c, f, arena_span(r->a, span_trim(span_from(typed,
	    (size_t)(and - typed)))));
	add_entry(r, c, f, arena_span(r->a, span_trim(span_of(and + strlen(" et ")))));
}

bool
command_piece(struct span *rest, struct span *out)
{
	size_t n = 0;

	if (rest->n == 0)
		return false;
	while (n < rest->n && rest->p[n] != ',' && rest->p[n] != ';')
		n++;
	*out = command_trim(span_from(rest->p, n));
	n += n < rest->n;
	*rest = span_from(rest->p + n, rest->n - n);
	return true;
}

static void
take_entries(const struct reading *r, struct command *c, const char *arg)
{
	struct found f = { arena_new(r->a, const char *, COMMAND_NAMES), 0 };
	struct span rest = span_of(arg), piece;
	const char *whole = command_name_exact(r->a, &r->facts->entries, arg);

	if (whole != NULL)
		f.v[f.n++] = whole;
	while (whole == NULL && command_piece(&rest, &piece))
		if (piece.n > 0)
			add_entries(r, c, &f, arena_span(r->a, piece));
	c->names = f.v;
	c->nnames = f.n;
	if (f.n == 0)
		command_missing(r, c, "ccas, mission-locale");
}

/* --- words of a list ----------------------------------------------------------------- */

struct value { const char *key; int value; };

static const char *
value_key(const struct reading *r, const char *arg)
{
	return command_key(r->a, command_trim(span_of(arg)));
}

static bool
value_of(const struct value *v, size_t n, const char *key, int *out)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].key, key) == 0) {
			*out = v[i].value;
			return true;
		}
	return false;
}

static void
take_urgency(const struct reading *r, struct command *c, const char *arg)
{
	static const struct value v[] = {
		{ "normale", URGENCY_NORMAL }, { "normal", URGENCY_NORMAL },
		{ "haute", URGENCY_HIGH }, { "haut", URGENCY_HIGH },
		{ "vitale", URGENCY_VITAL }, { "vital", URGENCY_VITAL },
	};
	int value;

	if (arg[0] == '\0')
		command_missing(r, c, "haute");
	else if (value_of(v, sizeof v / sizeof *v, value_key(r, arg), &value))
		c->urgency = (enum urgency)value;
	else
		command_fail(c, COMMAND_BAD_VALUE, arena_printf(r->a,
		    "l’urgence est normale, haute ou vitale, pas « %s »", command_shown(r,
		    arg)));
}

static void
take_reason(const struct reading *r, struct command *c, const char *arg)
{
	static const struct value v[] = {
		{ "", TICKET_OUTCOME_NONE }, { "sanssuite", TICKET_OUTCOME_NO_ACTION },
		{ "injoignable", TICKET_OUTCOME_UNREACHABLE },
		{ "oriente", TICKET_OUTCOME_REFERRED }, { "orientee", TICKET_OUTCOME_REFERRED },
		{ "transmis", TICKET_OUTCOME_TRANSFERRED },
		{ "transmise", TICKET_OUTCOME_TRANSFERRED },
	};
	int value;

	if (value_of(v, sizeof v / sizeof *v, value_key(r, arg), &value))
		c->outcome = (enum ticket_outcome)value;
	else
		command_fail(c, COMMAND_BAD_VALUE, arena_printf(r->a,
		    "le motif est sans-suite, "
		    "injoignable, oriente ou transmis, pas « %s »", command_shown(r, arg)));
}

/* --- references, addresses, codes ---------------------------------------------------- */

/* "BI-2026-00042", "[bi 2026 42]", "2026-42"; "" when it is none. */
static const char *
ref_of(const struct reading *r, const char *arg)
{
	const char *p = fold_word(r->a, arg), *prefix = fold_word(r->a, r->facts->prefix);
	const char *year;
	unsigned long long number;
	size_t n;

	p += strspn(p, "[( #");
	p += strncmp(p, prefix, strlen(prefix)) == 0 ? strlen(prefix) : 0;
	p += strspn(p, " -_");
	year = p;
	if (strspn(p, "0123456789") != YEAR_DIGITS)
		return "";
	p += YEAR_DIGITS;
	n = strspn(p, " -_");
	p += n;
	if (n == 0 || !span_number(span_from(p, strspn(p, "0123456789")), REF_MAX, &number))
		return "";
	p += strspn(p, "0123456789");
	if (p[strspn(p, "]) .")] != '\0')
		return "";
	return arena_printf(r->a, "%s-%.4s-%05llu", r->facts->prefix, year, number);
}

static void
take_ref_may(const struct reading *r, struct command *c, const char *arg)
{
	if (arg[0] == '\0')
		return;
	c->ref = ref_of(r, arg);
	if (c->ref[0] == '\0')
		command_fail(c, COMMAND_BAD_VALUE, arena_printf(r->a,
		    "« %s » n’est pas une référence (%s-2026-00042)", command_shown(r, arg),
		    r->facts->prefix));
}

static void
take_ref(const struct reading *r, struct command *c, const char *arg)
{
	if (arg[0] == '\0')
		command_missing(r, c, arena_printf(r->a, "%s-2026-00042", r->facts->prefix));
	else
		take_ref_may(r, c, arg);
}

/* The strict address among the words of z; "" none, NULL two different ones. */
static const char *
address_in(const struct reading *r, const char *z)
{
	const char *found = "";

	while (*(z += strspn(z, " <>()[]\"',;:")) != '\0') {
		size_t n = strcspn(z, " <>()[]\"',;");
		struct span s = span_from(z, n);

		z += n;
		if (span_istarts(s, "mailto:"))
			s = span_from(s.p + 7, s.n - 7);
		s = command_trim(s);
		if (s.n > LIMIT_ADDRESS || !addr_is_strict(arena_span(r->a, s)))
			continue;
		if (found[0] != '\0' && !addr_same(found, arena_span(r->a, s)))
			return NULL;
		found = addr_key(r->a, arena_span(r->a, s));
	}
	return found;
}

static void
take_address(const struct reading *r, struct command *c, const char *arg)
{
	const char *found = address_in(r, arg);

	if (arg[0] == '\0')
		command_missing(r, c, "nom@exemple.fr");
	else if (found == NULL)
		command_fail(c, COMMAND_TOO_MUCH, "une seule adresse à la fois");
	else if (found[0] == '\0')
		command_fail(c, COMMAND_BAD_VALUE, arena_printf(r->a,
		    "« %s » n’est pas une adresse de courriel", command_shown(r, arg)));
	else
		c->address = found;
}

/* The text is shown as it is; where it is one address and nothing else, answers go there. */
static void
take_contact(const struct reading *r, struct command *c, const char *arg)
{
	const char *found = address_in(r, arg);

	c->text = command_behind_marks(arg);
	if (c->text[0] == '\0')
		command_missing(r, c, "seulement par téléphone, le matin");
	else if (found != NULL && found[0] != '\0' && strchr(c->text, ' ') == NULL)
		c->address = found;
}

/* base32 (RFC 4648): no 0, 1, 8 or 9 in it, so those are misread letters. */
static void
take_code(const struct reading *r, struct command *c, const char *arg)
{
	static const char misread[] = "018", letter[] = "OIB";
	char z[CODE_LETTERS + 1];
	size_t n = 0;

	for (const char *p = arg; *p != '\0'; p++) {
		const char *m = strchr(misread, *p);
		char x = m != NULL ? letter[m - misread] : *p;

		x = (char)(x >= 'a' && x <= 'z' ? x - 'a' + 'A' : x);
		if (strchr(" -_.[]<>\"'", x) != NULL || (unsigned char)x >= 0x80)
			continue;
		if (n == CODE_LETTERS || !((x >= 'A' && x <= 'Z') || (x >= '2' && x <= '7'))) {
			n = 0;
			break;
		}
		z[n++] = x;
	}
	if (arg[0] == '\0')
		command_missing(r, c, "ABCD-EFGH");
	else if (n != CODE_LETTERS)
		command_fail(c, COMMAND_BAD_VALUE, arena_printf(r->a,
		    "« %s » n’est pas un code (XXXX-XXXX)", command_shown(r, arg)));
	else
		c->code = arena_printf(r->a, "%.4s-%.4s", z, z + 4);
}

void
command_take(const struct reading *r, struct command *c, const char *arg)
{
	static void (*const take[TAKES_COUNT])(const struct reading *, struct command *,
	    const char *) = {
		[TAKES_NOTHING] = take_nothing, [TAKES_TEXT_MAY] = take_text_may,
		[TAKES_TEXT] = take_text, [TAKES_AGENT] = take_agent,
		[TAKES_CATEGORY] = take_category, [TAKES_URGENCY] = take_urgency,
		[TAKES_DATE] = command_take_date, [TAKES_MEETING] = command_take_meeting,
		[TAKES_ENTRIES] = take_entries, [TAKES_ENTRY] = take_entry,
		[TAKES_PIECES] = command_take_pieces, [TAKES_REASON] = take_reason,
		[TAKES_REF] = take_ref, [TAKES_REF_MAY] = take_ref_may,
		[TAKES_CONTACT] = take_contact, [TAKES_QUARTIER] = take_quartier,
		[TAKES_MODEL] = take_model, [TAKES_ADDRESS] = take_address,
		[TAKES_ABSENCE] = command_take_absence, [TAKES_CODE] = take_code,
		[TAKES_FILTER] = take_text_may,
	};

	take[command_takes(c->word)](r, c, arg);
}
