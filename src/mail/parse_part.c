#include "limits.h"
#include "parse_int.h"

#include <string.h>

enum where {
	IN_PREAMBLE,	/* before a first delimiter, or behind a last one: read by nobody */
	IN_HEADER,
	IN_BODY,
};

/* An open multipart. */
struct frame { int part; struct span boundary; };

struct split {
	struct tree *t;
	struct span s;
	size_t at;
	enum where where;
	int cur;			/* the part being read, in IN_HEADER and IN_BODY */
	size_t from;			/* where its header or body starts */
	struct frame stack[LIMIT_MIME_DEPTH + 1];
	int depth;
	int base;			/* parent of the first part */
};

bool
part_is(const struct part *p, const char *type)
{
	return strcmp(p->type, type) == 0;
}

bool
part_under(const struct part *p, const char *prefix)
{
	return strncmp(p->type, prefix, strlen(prefix)) == 0;
}

static enum part_code
code_of(struct arena *a, const struct headers *h)
{
	static const struct { const char *name; enum part_code code; } known[] = {
		{ "base64", CODE_BASE64 }, { "quoted-printable", CODE_QP },
		{ "x-uuencode", CODE_UU }, { "uuencode", CODE_UU }, { "x-uue", CODE_UU },
	};
	struct span v = header_value(h, "Content-Transfer-Encoding");
	struct params p;

	param_read(a, v, &p);
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (span_ieq(span_of(p.first), known[i].name) ||
		    (p.first[0] == '"' && span_istarts(span_of(p.first + 1), known[i].name)))
			return known[i].code;
	return CODE_PLAIN;
}

static bool
is_message(const struct part *p)
{
	return part_is(p, "message/rfc822") || part_is(p, "message/global") ||
	    part_is(p, "message/news");
}

/* RFC 2046 5.1.5: inside multipart/digest the default is a message. */
static const char *
default_type(const struct split *sp, const struct part *p)
{
	if (p->parent != PARSE_NONE && part_is(&sp->t->v[p->parent], "multipart/digest"))
		return "message/rfc822";
	return "text/plain";
}

/* What the part's header says of it. */
static void
describe(struct split *sp, struct part *p)
{
	struct arena *a = sp->t->a;
	struct params cd;

	param_read(a, header_value(&p->h, "Content-Type"), &p->ct);
	param_read(a, header_value(&p->h, "Content-Disposition"), &cd);
	p->type = strchr(p->ct.first, '/') != NULL ? p->ct.first : default_type(sp, p);
	p->code = code_of(a, &p->h);
	p->charset = param_get(a, &p->ct, "charset", 64);
	p->boundary = param_get(a, &p->ct, "boundary", 1000);
	p->attached = strcmp(cd.first, "attachment") == 0;
	p->shown = strcmp(cd.first, "inline") == 0;
	p->filename = param_get(a, &cd, "filename", LIMIT_FILENAME + PARSE_CAP);
	if (p->filename[0] == '\0')
		p->filename = param_get(a, &p->ct, "name", LIMIT_FILENAME + PARSE_CAP);
	p->filename = parse_cap(a, p->filename, LIMIT_FILENAME, &sp->t->cut);
	if (part_under(p, "multipart/")) {
		p->kind = PART_MULTI;
		p->code = CODE_PLAIN;
	} else if (is_message(p)) {
		p->kind = PART_MESSAGE;
	}
}

/* A new part below `parent`; PARSE_NONE when there are too many. */
static int
part_add(struct tree *t, int parent)
{
	struct part *p;

	if (t->n == LIMIT_MIME_PARTS) {
		t->cut = true;
		return PARSE_NONE;
	}
	if (t->n == t->room) {
		struct part *v = arena_new(t->a, struct part, (size_t)t->room * 4 + 8);

		if (t->n > 0)
			memcpy(v, t->v, (size_t)t->n * sizeof *v);
		t->v = v;
		t->room = t->room * 4 + 8;
	}
	p = &t->v[t->n];
	*p = (struct part){ .type = "text/plain", .charset = "", .boundary = "", .filename = "",
	    .parent = parent, .first = PARSE_NONE, .last = PARSE_NONE, .next = PARSE_NONE };
	p->body = span_of("");
	if (parent != PARSE_NONE) {
		struct part *up = &t->v[parent];

		p->depth = up->depth + 1;
		if (up->first == PARSE_NONE)
			up->first = t->n;
		else
			t->v[up->last].next = t->n;
		up->last = t->n;
	}
	return t->n++;
}

/* Up to the next line; *end without its line end. */
static size_t
next_line(struct span s, size_t at, size_t *end)
{
	const char *lf = memchr(s.p + at, '\n', s.n - at);

	*end = lf == NULL ? s.n : (size_t)(lf - s.p);
	if (lf != NULL && *end > at && s.p[*end - 1] == '\r')
		(*end)--;
	return lf == NULL ? s.n : (size_t)(lf - s.p) + 1;
}

/* The first line that looks like a delimiter, for a multipart that names none. */
static struct span
guess_boundary(struct span s)
{
	size_t at = 0, end, lines = 0;

	while (at < s.n && lines++ < 1000) {
		size_t next = next_line(s, at, &end);
		struct span l = span_trim(span_from(s.p + at, end - at));

		if (l.n > 4 && l.n < 200 && memcmp(l.p, "--", 2) == 0 &&
		    memchr(l.p, ' ', l.n) == NULL)
			return span_from(l.p + 2, l.n - 2);
		at = next;
	}
	return span_of("");
}

/* Which open multipart the line [at, end) delimits: its place in the stack, or -1. */
static int
delimiter(const struct split *sp, size_t at, size_t end, bool *last)
{
	struct span l = span_from(sp->s.p + at, end - at);

	if (l.n < 3 || l.p[0] != '-' || l.p[1] != '-')
		return -1;
	while (l.n > 0 && (l.p[l.n - 1] == ' ' || l.p[l.n - 1] == '\t'))
		l.n--;
	l = span_from(l.p + 2, l.n < 2 ? 0 : l.n - 2);
	for (int i = sp->depth - 1; i >= 0; i--) {
		struct span b = sp->stack[i].boundary;

		if (l.n < b.n || l.n > b.n + 2 || memcmp(l.p, b.p, b.n) != 0)
			continue;
		*last = l.n == b.n + 2 && l.p[b.n] == '-' && l.p[b.n + 1] == '-';
		if (*last || l.n == b.n)
			return i;
	}
	return -1;
}

static void
push(struct split *sp, int part, struct span boundary)
{
	sp->stack[sp->depth++] = (struct frame){ part, boundary };
	sp->where = IN_PREAMBLE;
}

/* Starts a part's header, or skips what follows when there is no room for it. */
static void
begin(struct split *sp, int parent, size_t at)
{
	sp->cur = part_add(sp->t, parent);
	sp->from = at;
	sp->where = sp->cur == PARSE_NONE ? IN_PREAMBLE : IN_HEADER;
}

/* The header of the current part is read, its body starts at `body`. */
static void
enter(struct split *sp, size_t body)
{
	struct part *p = &sp->t->v[sp->cur];

	sp->from = body;
	sp->at = body;
	sp->where = IN_BODY;
	if (p->kind == PART_LEAF)
		return;
	if (p->depth >= LIMIT_MIME_DEPTH || sp->depth >= LIMIT_MIME_DEPTH) {
		sp->t->cut = true;
		p->kind = PART_LEAF;
		return;
	}
	p->body = span_from(sp->s.p + body, sp->s.n - body);
	if (p->kind == PART_MULTI) {
		struct span b = span_trim(span_of(p->boundary));

		if (b.n == 0)
			b = guess_boundary(p->body);
		if (b.n > 0) {
			push(sp, sp->cur, b);
		} else {
			p->kind = PART_LEAF;
			p->type = "text/plain";
		}
	} else if (p->code == CODE_PLAIN) {
		begin(sp, sp->cur, body);
	}
}

/* The header lines [from, to) are complete. */
static void
header_done(struct split *sp, size_t to)
{
	struct part *p = &sp->t->v[sp->cur];
	struct span body;

	header_scan(sp->t->a, span_from(sp->s.p + sp->from, to - sp->from), &p->h, &body);
	describe(sp, p);
	enter(sp, (size_t)(body.p - sp->s.p));
}

static void
body_done(struct split *sp, int part, size_t end)
{
	struct part *p = &sp->t->v[part];
	size_t start = p->kind == PART_LEAF ? sp->from : (size_t)(p->body.p - sp->s.p);

	/* The line end before a delimiter belongs to it (RFC 2046 5.1.1). */
	if (end > start && end < sp->s.n && sp->s.p[end - 1] == '\n')
		end -= end > start + 1 && sp->s.p[end - 2] == '\r' ? 2 : 1;
	p->body = span_from(sp->s.p + start, end > start ? end - start : 0);
}

/* Everything below the multipart `frame` (-1: all) ends at `end`. */
static void
close_to(struct split *sp, int frame, size_t end)
{
	int stop = frame < 0 ? sp->base : sp->stack[frame].part;

	if (sp->where == IN_HEADER)
		header_done(sp, end);
	if (sp->where == IN_HEADER)	/* a message whose own header is missing */
		header_done(sp, end);
	if (sp->where == IN_BODY)
		body_done(sp, sp->cur, end);
	for (int i = sp->where == IN_PREAMBLE ? sp->stack[sp->depth - 1].part :
	    sp->t->v[sp->cur].parent; i != stop && i != PARSE_NONE; i = sp->t->v[i].parent)
		body_done(sp, i, end);
}

/* One line; true when it was a delimiter. */
static bool
at_delimiter(struct split *sp, size_t end, size_t next)
{
	bool last;
	size_t start = sp->at;
	int f = delimiter(sp, start, end, &last);
	int part;

	if (f < 0)
		return false;
	part = sp->stack[f].part;
	close_to(sp, f, start);
	sp->depth = last ? f : f + 1;
	sp->where = IN_PREAMBLE;
	if (last)
		body_done(sp, part, start);
	else
		begin(sp, part, next);
	sp->at = next;
	return true;
}

/* Reads s as the content of the current part. */
static void
run(struct split *sp)
{
	while (sp->at < sp->s.n) {
		size_t end, next = next_line(sp->s, sp->at, &end);

		if (sp->depth > 0 && at_delimiter(sp, end, next))
			continue;
		if (sp->where == IN_HEADER && end == sp->at)
			header_done(sp, next);
		else if (sp->depth == 0 && sp->where != IN_HEADER)
			break;		/* one body, or an epilogue, to the end */
		else
			sp->at = next;
	}
	if (sp->depth > 0 || sp->where != IN_PREAMBLE)
		close_to(sp, -1, sp->s.n);
}

/* A multipart in which no part was found is read as text, so that nobody's words are lost. */
static void
mend(struct tree *t)
{
	for (int i = 0; i < t->n; i++)
		if (t->v[i].kind == PART_MULTI && t->v[i].first == PARSE_NONE) {
			t->v[i].kind = PART_LEAF;
			t->v[i].type = "text/plain";
		}
}

/* A message sent in base64 or quoted-printable, which RFC 2046 5.2.1 forbids. */
static void
split_inner(struct tree *t, int i)
{
	struct split sp = { .t = t, .base = i };

	sp.s = part_bytes(t->a, &t->v[i], PARSE_INNER, &t->cut);
	begin(&sp, i, 0);
	run(&sp);
}

void
part_split(struct arena *a, const struct headers *h, struct span body, struct tree *t)
{
	struct split sp = { .t = t, .s = body, .base = PARSE_NONE };

	*t = (struct tree){ .a = a, .budget = PARSE_BUDGET };
	sp.cur = part_add(t, PARSE_NONE);
	t->v[0].h = *h;
	describe(&sp, &t->v[0]);
	enter(&sp, 0);
	run(&sp);
	mend(t);
	for (int i = 0; i < t->n; i++)
		if (t->v[i].kind == PART_MESSAGE && t->v[i].first == PARSE_NONE &&
		    t->v[i].code != CODE_PLAIN) {
			if (t->v[i].depth < LIMIT_MIME_DEPTH)
				split_inner(t, i);
			mend(t);
		}
}
