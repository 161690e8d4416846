#include "authres.h"
#include "limits.h"

#include <string.h>
#include <strings.h>

/* RFC 8601 2.2 as tokens: ';' and '=' alone, words, and quoted strings without their
 * quotes. Comments are gone, nested ones too. */
enum token { T_END, T_WORD, T_STRING, T_SEMI, T_EQUAL };

struct lex { struct span s; struct arena *a; };

static void
skip(struct lex *l, size_t n)
{
	l->s = span_from(l->s.p + n, l->s.n - n);
}

/* Past blanks and comments; an unclosed comment swallows the rest, so it proves nothing. */
static void
skip_blank(struct lex *l)
{
	size_t depth = 0, i = 0;

	for (; i < l->s.n; i++) {
		char c = l->s.p[i];

		if (depth > 0 && c == '\\')
			i++;
		else if (c == '(')
			depth++;
		else if (depth > 0)
			depth -= c == ')';
		else if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
			break;
	}
	skip(l, i < l->s.n ? i : l->s.n);
}

static enum token
string(struct lex *l, struct span *out)
{
	size_t end = 1, n = 0;
	char *z;

	while (end < l->s.n && l->s.p[end] != '"')
		end += l->s.p[end] == '\\' ? 2 : 1;
	end = end < l->s.n ? end : l->s.n;
	z = arena_new(l->a, char, end);
	for (size_t i = 1; i < end; i++) {
		if (l->s.p[i] == '\\' && i + 1 < end)
			i++;
		z[n++] = l->s.p[i];
	}
	skip(l, end < l->s.n ? end + 1 : end);
	*out = span_from(z, n);
	return T_STRING;
}

static enum token
next(struct lex *l, struct span *out)
{
	size_t n = 0;

	skip_blank(l);
	*out = span_from(l->s.p, 0);
	if (l->s.n == 0)
		return T_END;
	if (l->s.p[0] == ';' || l->s.p[0] == '=') {
		enum token t = l->s.p[0] == ';' ? T_SEMI : T_EQUAL;

		skip(l, 1);
		return t;
	}
	if (l->s.p[0] == '"')
		return string(l, out);
	while (n < l->s.n && strchr(" \t\r\n;=(\"", l->s.p[n]) == NULL)
		n++;
	n += n == 0;
	*out = span_from(l->s.p, n);
	skip(l, n);
	return T_WORD;
}

struct pair { struct span key, value; };

/* The next key=value, or the ';' that ends a result (key empty); false at the end. */
static bool
next_pair(struct lex *l, struct pair *out)
{
	struct span w, v;
	struct lex ahead;
	enum token t;

	*out = (struct pair){ span_of(""), span_of("") };
	for (;;) {
		t = next(l, &w);
		if (t == T_END)
			return false;
		if (t == T_SEMI)
			return true;
		ahead = *l;
		if (t == T_WORD && next(&ahead, &v) == T_EQUAL) {
			t = next(&ahead, &v);
			if (t == T_WORD || t == T_STRING) {
				*l = ahead;
				*out = (struct pair){ w, v };
				return true;
			}
		}
	}
}

static enum auth_result
result_of(struct span v)
{
	static const struct { const char *name; enum auth_result r; } known[] = {
		{ "pass", AUTH_PASS }, { "fail", AUTH_FAIL }, { "hardfail", AUTH_FAIL },
		{ "softfail", AUTH_FAIL }, { "none", AUTH_NONE },
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (span_ieq(v, known[i].name))
			return known[i].r;
	return AUTH_OTHER;
}

/* One method with its properties. */
struct found { struct span method; enum auth_result r; struct span from, dkim; bool mailfrom; };

static struct span
domain_of(struct span v)
{
	const char *at = memrchr(v.p, '@', v.n);

	return at == NULL ? v : span_from(at + 1, v.n - (size_t)(at + 1 - v.p));
}

/* Same domain, or one below the other (relaxed alignment, RFC 7489 3.1.1, as far as it
 * goes without a list of public suffixes: the upper one must have a dot). */
static bool
aligned(struct span d, const char *from)
{
	size_t n = strlen(from);
	struct span f = span_from(from, n), up = d.n < n ? d : f, low = d.n < n ? f : d;

	if (d.n == 0 || n == 0)
		return false;
	if (d.n == n)
		return strncasecmp(d.p, from, n) == 0;
	return memchr(up.p, '.', up.n) != NULL && low.p[low.n - up.n - 1] == '.' &&
	    strncasecmp(low.p + low.n - up.n, up.p, up.n) == 0;
}

static void
property(struct found *f, const struct pair *p)
{
	if (span_ieq(p->key, "header.from"))
		f->from = domain_of(p->value);
	else if (span_ieq(p->key, "header.d") ||
	    (span_ieq(p->key, "header.i") && f->dkim.n == 0))
		f->dkim = domain_of(p->value);
	else if (span_ieq(p->key, "smtp.mailfrom"))
		f->mailfrom = true;
}

/* DMARC speaks of the From domain that it names; a pass that names none proves nothing. */
static void
take_dmarc(const struct found *f, const char *from_domain, struct authres *out)
{
	bool named = f->from.n > 0;

	if (named ? !span_ieq(f->from, from_domain) : f->r == AUTH_PASS)
		return;
	if (out->dmarc == AUTH_NONE || f->r == AUTH_FAIL)
		out->dmarc = f->r;
}

static void
take_dkim(const struct found *f, const char *from_domain, struct authres *out)
{
	if (f->r == AUTH_PASS && aligned(f->dkim, from_domain))
		out->dkim = AUTH_PASS;
	else if (out->dkim == AUTH_NONE)
		out->dkim = f->r == AUTH_PASS ? AUTH_OTHER : f->r;
}

static void
take(const struct found *f, const char *from_domain, bool *by_mailfrom, struct authres *out)
{
	if (span_ieq(f->method, "dmarc")) {
		take_dmarc(f, from_domain, out);
	} else if (span_ieq(f->method, "dkim")) {
		take_dkim(f, from_domain, out);
	} else if (span_ieq(f->method, "spf")) {
		if (out->spf == AUTH_NONE || (f->mailfrom && !*by_mailfrom))
			out->spf = f->r;
		*by_mailfrom |= f->mailfrom;
	}
}

static void
read_results(struct lex *l, const char *from_domain, struct authres *out)
{
	struct found f = { .method = span_of("") };
	struct pair p;
	bool more, by_mailfrom = false;

	do {
		more = next_pair(l, &p);
		if (!more || p.key.n == 0) {
			take(&f, from_domain, &by_mailfrom, out);
			f = (struct found){ .method = span_of("") };
		} else if (f.method.n == 0) {
			const char *slash = memchr(p.key.p, '/', p.key.n);

			f.method = p.key;
			if (slash != NULL)
				f.method.n = (size_t)(slash - p.key.p);
			f.r = result_of(p.value);
			f.from = f.dkim = span_of("");
		} else {
			property(&f, &p);
		}
	} while (more);
}

void
authres_read(struct arena *a, const struct headers *h, const char *authserv_id,
    const char *from_domain, struct authres *out)
{
	*out = (struct authres){ 0 };
	if (authserv_id[0] == '\0')
		return;
	for (size_t i = 0; i < h->n; i++) {
		struct lex l = { h->v[i].value, a };
		struct span id;
		enum token t;

		if (!span_ieq(h->v[i].name, "Authentication-Results"))
			continue;
		t = next(&l, &id);
		if ((t != T_WORD && t != T_STRING) || !span_ieq(id, authserv_id))
			continue;
		out->present = true;
		while ((t = next(&l, &id)) != T_END && t != T_SEMI)
			;	/* the version */
		read_results(&l, from_domain, out);
		return;
	}
}

const char *
authres_id(struct arena *a, struct span value)
{
	struct lex l = { value, a };
	struct span id;
	enum token t = next(&l, &id);

	return t == T_WORD || t == T_STRING ? arena_span(a, id) : "";
}

bool
authres_proves(const struct authres *r)
{
	return r->present && (r->dmarc == AUTH_PASS ||
	    (r->dmarc == AUTH_NONE && r->dkim == AUTH_PASS));
}

bool
authres_refutes(const struct authres *r)
{
	return r->present && (r->dmarc == AUTH_FAIL ||
	    (r->dmarc == AUTH_NONE && r->spf == AUTH_FAIL && r->dkim != AUTH_PASS));
}
