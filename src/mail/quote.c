#include "quote_int.h"

#include "buf.h"

#include <stdint.h>
#include <string.h>

enum {
	ATTRIBUTION_LINES = 4,
	HEADER_LINES = 14,	/* of an Outlook block, its folded lines included */
	LINE_MAX = 4000,	/* a longer line is prose */
	SIGNATURE_LINES = 12, SIGNATURE_BYTES = 1000,
};

/* --- lines ---------------------------------------------------------------------------- */

struct line { uint32_t at, n; bool blank, quoted; };

struct quote {
	const char *text;
	struct line *v;
	size_t n;
	struct quote_starts starts;
	struct buf out;
	bool said;		/* the person has said something above */
	bool forward;
};

static struct span
span_at(const struct quote *q, size_t i)
{
	return span_from(q->text + q->v[i].at, q->v[i].n);
}

/* Behind blanks and no-break blanks. */
static struct span
behind_blanks(struct span s)
{
	for (;;) {
		size_t n = 0;

		if (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == '\r'))
			n = 1;
		else if (s.n > 1 && memcmp(s.p, "\xc2\xa0", 2) == 0)
			n = 2;
		if (n == 0)
			return s;
		s.p += n;
		s.n -= n;
	}
}

/* One level of quoting off. */
static struct span
unquoted(struct span s)
{
	struct span t = behind_blanks(s);

	if (t.n == 0 || t.p[0] != '>')
		return s;
	t.p++;
	t.n--;
	if (t.n > 0 && t.p[0] == ' ') {
		t.p++;
		t.n--;
	}
	return t;
}

static void
lines_cut(struct arena *a, struct quote *q, struct span text)
{
	struct span rest = text, s, t;
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	q->text = text.p;
	q->v = arena_new(a, struct line, n);
	while (span_line(&rest, &s)) {
		t = behind_blanks(s);
		q->v[q->n++] = (struct line){
			.at = (uint32_t)(s.p - text.p), .n = (uint32_t)s.n, .blank = t.n == 0,
			.quoted = t.n > 0 && t.p[0] == '>',
		};
	}
}

static size_t
skip_blank(const struct quote *q, size_t i)
{
	while (i < q->n && q->v[i].blank)
		i++;
	return i;
}

static bool
is_quoted(const struct quote *q, size_t i)
{
	i = skip_blank(q, i);
	return i < q->n && q->v[i].quoted;
}

/* --- marks of more than one line -------------------------------------------------------- */

static unsigned
label_at(const struct quote *q, size_t i)
{
	struct quote_fold f;

	if (q->v[i].n > LINE_MAX)
		return 0;
	quote_fold(&f, span_at(q, i));
	return quote_label(&f);
}

/* "De : / Envoyé : / À : / Objet :" as Outlook writes it: who, and two of the others. */
static bool
headers_at(const struct quote *q, size_t i, const struct quote_fold *f)
{
	unsigned seen = quote_label(f), more;
	size_t end = i + HEADER_LINES < q->n ? i + HEADER_LINES : q->n;
	size_t folded = 0;

	if ((seen & (QUOTE_FROM | QUOTE_DATE | QUOTE_SUBJECT | QUOTE_TO)) == 0)
		return false;
	for (i++; i < end && !q->v[i].blank && folded < ATTRIBUTION_LINES; i++) {
		more = label_at(q, i);
		folded = more == 0 ? folded + 1 : 0;
		seen |= more;
	}
	seen &= ~(unsigned)QUOTE_OTHER;
	return (seen & QUOTE_FROM) != 0 && __builtin_popcount(seen) >= 3;
}

/* Gmail may break a line inside "<...>": the next one then begins with the '>' of it. */
static bool
angle_open(const struct quote_fold *f)
{
	const char *open = strrchr(f->z, '<');

	return open != NULL && strchr(open, '>') == NULL;
}

/* Lines of the attribution that begins here, 0 when none does. */
static size_t
attribution_at(const struct quote *q, size_t i, struct quote_fold *f)
{
	struct quote_around around = { 0 };

	if (!quote_may_begin(f))
		return 0;
	for (size_t k = 1; k <= ATTRIBUTION_LINES; k++) {
		around.joined = k > 1;
		around.quoted_next = is_quoted(q, i + k);
		around.alone = (i == 0 || q->v[i - 1].blank) &&
		    (i + k >= q->n || q->v[i + k].blank);
		if (quote_attribution(f, around))
			return k;
		if (i + k >= q->n || q->v[i + k].blank || q->v[i + k].n > LINE_MAX ||
		    (q->v[i + k].quoted && !angle_open(f)))
			return 0;
		quote_fold_add(f, span_at(q, i + k));
	}
	return 0;
}

enum mark { TEXT, QUOTED, ATTRIBUTION, HISTORY, FORWARD, SIGNATURE, MOBILE };

/* What line i is, and how many lines say so. */
static enum mark
mark_at(const struct quote *q, size_t i, size_t *lines_out)
{
	static const enum mark of[] = {
		[QUOTE_TEXT] = TEXT, [QUOTE_ORIGINAL] = HISTORY, [QUOTE_FORWARD] = FORWARD,
		[QUOTE_SIGNATURE] = SIGNATURE, [QUOTE_MOBILE] = MOBILE,
	};
	struct quote_fold f;
	enum mark m;

	*lines_out = 1;
	if (q->v[i].blank || q->v[i].n > LINE_MAX)
		return q->v[i].quoted ? QUOTED : TEXT;
	if (q->v[i].quoted) {
		quote_fold(&f, unquoted(span_at(q, i)));
		return quote_mark(&f) == QUOTE_FORWARD ? FORWARD : QUOTED;
	}
	if (quote_prose(&q->starts, span_at(q, i)))
		return TEXT;
	quote_fold(&f, span_at(q, i));
	m = of[quote_mark(&f)];
	if (m != TEXT)
		return m;
	if (headers_at(q, i, &f))
		return HISTORY;
	*lines_out = attribution_at(q, i, &f);
	return *lines_out > 0 ? ATTRIBUTION : TEXT;
}

/* --- what is kept ----------------------------------------------------------------------- */

static void
keep(struct quote *q, struct span s)
{
	buf_add(&q->out, s);
	buf_add(&q->out, span_from("\n", 1));
}

/* To the end, quotation marks of one level off: this is the case itself. */
static void
keep_forward(struct quote *q, size_t i)
{
	q->forward = true;
	for (; i < q->n; i++)
		keep(q, unquoted(span_at(q, i)));
}

static void
keep_all(struct quote *q, size_t i)
{
	for (; i < q->n; i++)
		keep(q, span_at(q, i));
}

/* "________", "--------": a line that only separates. */
static bool
is_rule(struct span s)
{
	size_t n = 0;

	while (n < s.n && strchr("_-=* \t\r", s.p[n]) != NULL)
		n++;
	return n == s.n;
}

/* The drawn line above a header block goes with it. */
static void
drop_rules(struct quote *q)
{
	struct span s = span_trim(buf_span(&q->out));
	size_t n = s.n, from;

	while (n > 0) {
		const char *lf = memrchr(s.p, '\n', n);

		from = lf == NULL ? 0 : (size_t)(lf - s.p) + 1;
		if (!is_rule(span_from(s.p + from, n - from)))
			break;
		n = from == 0 ? 0 : from - 1;
	}
	buf_cut(&q->out, (size_t)(s.p - q->out.z) + n);
}

/* History begins here: what is above is all that the person wrote; with nothing above,
 * it is what the mail is about. */
static void
history(struct quote *q, size_t i)
{
	if (q->said) {
		drop_rules(q);
		return;
	}
	q->forward = true;
	keep_all(q, i);
}

/* Where the signature that begins at i ends, i when it is none: too long, or the first
 * thing said. */
static size_t
signature_end(const struct quote *q, size_t i)
{
	size_t lines = 0, bytes = 0, n, k;

	for (k = i + 1; k < q->n; k++) {
		enum mark m = mark_at(q, k, &n);

		if (m != TEXT && m != MOBILE && m != SIGNATURE)
			break;
		lines += !q->v[k].blank;
		bytes += q->v[k].n;
		if (lines > SIGNATURE_LINES || bytes > SIGNATURE_BYTES)
			return i;
	}
	return q->said ? k : i;
}

/* The telephone's line stands at the end of what was written. */
static bool
ends_text(const struct quote *q, size_t i)
{
	size_t n;

	return i + 1 >= q->n || is_rule(span_at(q, i + 1)) || mark_at(q, i + 1, &n) != TEXT;
}

/* The lines behind it that are handled with line i; q->n when all is done. */
static size_t
step(struct quote *q, size_t i)
{
	size_t lines, end;
	enum mark m = mark_at(q, i, &lines);

	if (m == FORWARD) {
		keep_forward(q, i);
		return q->n;
	}
	if (m == HISTORY || (m == ATTRIBUTION && !is_quoted(q, i + lines))) {
		history(q, i);
		return q->n;
	}
	if (m == ATTRIBUTION || m == QUOTED)
		return i + lines;
	if (m == MOBILE && ends_text(q, i))
		return i + 1;
	end = m == SIGNATURE ? signature_end(q, i) : i;
	if (end > i)
		return end;
	q->said |= !q->v[i].blank;
	keep(q, span_at(q, i));
	return i + 1;
}

const char *
quote_strip(struct arena *a, struct span text, const char *subject, bool *forward_out)
{
	struct quote q = { 0 };
	const char *kept;

	quote_starts(&q.starts);
	lines_cut(a, &q, text);
	buf_open(&q.out, text.n + 8);
	if (quote_subject_forwards(subject))
		keep_forward(&q, 0);
	else
		for (size_t i = 0; i < q.n; )
			i = step(&q, i);
	kept = arena_span(a, span_trim(buf_span(&q.out)));
	if (kept[0] == '\0') {
		kept = arena_span(a, span_trim(text));
		q.forward = true;
	}
	buf_close(&q.out);
	*forward_out = q.forward && kept[0] != '\0';
	return kept;
}
