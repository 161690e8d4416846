/* rules_match.c - every rule on one mail.
 *
 * Masks hide words ("_" for each of their bytes) from the rules.  Danger rules (vital,
 * high, sensitive, no-reply, and those of violences and urgence) read a text in which a
 * sentence is left unmasked as soon as one of them matches in it with words of the first
 * person ("il me", "my husband"): a missed victim costs more than a false alarm. */
#include "rules_int.h"

#include "clock.h"
#include "limits.h"
#include "utf8.h"

#include <string.h>

/* Folded words by which a person speaks of themselves or theirs; other scripts count as
 * first person, because masks are written for French and English. */
static const char *const person[] = {
	"ana", "bana", "beni", "benim", "eu", "i", "j", "jai", "je", "jme", "jsui", "jsuis",
	"jve", "m", "ma", "me", "mes", "meu", "meus", "mi", "mine", "minha", "minhas", "mis",
	"moi", "mon", "my", "nos", "notre", "nous", "on", "our", "us", "we", "yo",
};

static bool
is_person(struct span w)
{
	for (size_t i = 0; i < sizeof person / sizeof *person; i++)
		if (span_eq(w, person[i]))
			return true;
	return false;
}

bool
rules_first_person(struct span words)
{
	size_t from = 0;

	for (size_t i = 0; i <= words.n; i++) {
		const unsigned char c = i < words.n ? (unsigned char)words.p[i] : ' ';

		if (c >= 0x80)
			return true;
		if (c >= 'a' && c <= 'z')
			continue;
		if (is_person(span_from(words.p + from, i - from)))
			return true;
		from = i + 1;
	}
	return false;
}

static bool
ends_sentence(const char *p, const char *end)
{
	return *p == '\n' || (strchr(".!?;", *p) != NULL && *p != '\0' &&
	    (p + 1 == end || p[1] == ' ' || p[1] == '\n'));
}

static void
sentence(struct span text, size_t *from, size_t *to)
{
	const char *end = text.p + text.n;

	while (*from > 0 && !ends_sentence(text.p + *from - 1, end))
		--*from;
	while (*to < text.n && !ends_sentence(text.p + *to, end))
		++*to;
}

static bool
start_rule(struct run *run)
{
	const int64_t now = clock_cpu_ms();

	if (now > run->deadline) {
		run->limited = true;
		return false;
	}
	run->rule_deadline = now + RULES_RULE_MS;
	if (run->rule_deadline > run->deadline)
		run->rule_deadline = run->deadline;
	return true;
}

/* Where the next search begins: an empty match moves on by one character. */
static size_t
behind(struct span text, size_t from, size_t to)
{
	if (to > from)
		return to;
	for (to++; to < text.n && ((unsigned char)text.p[to] & 0xc0) == 0x80; to++)
		;
	return to;
}

static size_t
mask_all(struct run *run, const struct rule *rule, char *z)
{
	size_t from, to, start = 0, n = 0;

	if (!start_rule(run))
		return 0;
	while (start <= run->plain.text.n && n < RULES_MASKS_MAX &&
	    rules_exec(run, rule, &run->plain, start, SIZE_MAX, &from, &to)) {
		for (size_t i = from; i < to; i++)
			if (z[i] != '\n')
				z[i] = '_';
		start = behind(run->plain.text, from, to);
		n++;
	}
	return n;
}

/* Gives danger rules back the masked sentence [begin, end) when one of them hears
 * somebody speak in it. */
static bool
unmask(struct run *run, const struct rule *rule, size_t begin, size_t end, char *z)
{
	const struct span text = run->plain.text;
	size_t from, to;

	while (begin < end && rules_exec(run, rule, &run->plain, begin, end, &from, &to)) {
		if (rules_first_person(span_from(text.p + from, to - from))) {
			sentence(text, &from, &to);
			memcpy(z + from, text.p + from, to - from);
			return true;
		}
		begin = behind(text, from, to);
	}
	return false;
}

/* Every sentence with a masked word in it. */
static bool
unmask_all(struct run *run, char *z)
{
	const struct rules *r = run->r;
	bool any = false;

	for (size_t at = 0; at < run->plain.text.n; at++) {
		size_t begin = at, end = at + 1;

		if (run->masked.text.p[at] == run->plain.text.p[at])
			continue;
		sentence(run->plain.text, &begin, &end);
		for (size_t i = 0; i < r->n; i++)
			if (r->v[i].danger && rules_on_text(&r->v[i]) &&
			    rules_maybe(&run->plain, i) && start_rule(run) &&
			    unmask(run, &r->v[i], begin, end, z))
				any = true;
		at = end;
	}
	return any;
}

static void
apply_masks(struct run *run)
{
	const struct rules *r = run->r;
	const size_t length = run->plain.text.n;
	char *masked = arena_span(run->a, run->plain.text), *danger;
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].kind == RULE_MASK && rules_maybe(&run->plain, i))
			n += mask_all(run, &r->v[i], masked);
	if (n == 0)
		return;
	rules_prefilter_scan(r, run->a, span_from(masked, length), &run->masked);
	danger = arena_strndup(run->a, masked, length);
	run->danger = run->masked;
	if (unmask_all(run, danger))
		rules_prefilter_scan(r, run->a, span_from(danger, length), &run->danger);
}

static void
match_text(struct run *run, const struct rule *rule, struct found *out)
{
	const struct scan *on = rule->danger ? &run->danger : &run->masked;

	out->hit = rules_exec(run, rule, on, 0, SIZE_MAX, &out->from, &out->to);
	if (!out->hit)
		return;
	out->where = out->from < run->subject.text.n ? HIT_SUBJECT : HIT_BODY;
	out->person = rules_first_person(span_from(on->text.p + out->from,
	    out->to - out->from));
}

/* What a raw rule reads: as it came, but valid. */
static void
leave_raw(struct run *run, struct span value, struct folded *out)
{
	struct buf b;

	buf_open(&b, LIMIT_RULE_TEXT);
	utf8_clean(&b, value, UTF8_TEXT);
	out->text = span_of(arena_span(run->a, buf_span(&b)));
	buf_close(&b);
}

/* Text outside the joined one: short, and quoted at once. */
static bool
match_aside(struct run *run, const struct rule *rule, struct span value, enum hit_where where,
    struct found *out)
{
	struct folded f;
	struct scan on = { 0 };
	struct span words;
	size_t from, to;

	if (rule->raw)
		leave_raw(run, value, &f);
	else
		fold_text(run->a, value, &f);
	on.text = f.text;
	if (!rules_exec(run, rule, &on, 0, SIZE_MAX, &from, &to))
		return false;
	words = span_from(f.text.p + from, to - from);
	out->hit = true;
	out->where = where;
	out->person = rules_first_person(words);
	out->text = arena_span(run->a, rule->raw ? words : fold_origin(&f, from, to));
	return true;
}

static void
match_header(struct run *run, const struct rule *rule, struct found *out)
{
	const struct headers *h = &run->m->headers;
	const struct span *value;

	for (size_t i = 0; (value = header_nth(h, rule->field, i)) != NULL; i++)
		if (match_aside(run, rule, *value, HIT_HEADER, out))
			return;
}

static void
match_attachments(struct run *run, const struct rule *rule, struct found *out)
{
	const struct mail *m = run->m;

	for (size_t i = 0; i < m->natt; i++)
		if (match_aside(run, rule, span_of(m->att[i].filename), HIT_ATTACHMENT, out))
			return;
}

static void
match_raw(struct run *run, const struct rule *rule, struct found *out)
{
	if (!match_aside(run, rule, run->subject.original, HIT_SUBJECT, out) &&
	    rule->kind != RULE_SUBJECT)
		(void)match_aside(run, rule, run->body.original, HIT_BODY, out);
}

static void
match_sender(struct run *run, const struct rule *rule, struct found *out)
{
	const struct addrs *from = &run->m->from;

	if (from->n > 0)
		(void)match_aside(run, rule, span_of(from->v[0].spec), HIT_SENDER, out);
}

static void
match_one(struct run *run, const struct rule *rule, struct found *out)
{
	if (!start_rule(run))
		return;
	if (rule->kind == RULE_SENDER)
		match_sender(run, rule, out);
	else if (rule->kind == RULE_HEADER)
		match_header(run, rule, out);
	else if (rule->kind == RULE_ATTACHMENT)
		match_attachments(run, rule, out);
	else if (rule->raw)
		match_raw(run, rule, out);
	else
		match_text(run, rule, out);
}

/* The rules of one sort, danger first: they get the time there is. */
static void
match_sort(struct run *run, bool danger)
{
	const struct rules *r = run->r;

	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].danger == danger && r->v[i].kind != RULE_MASK &&
		    (!rules_on_text(&r->v[i]) ||
		    rules_maybe(danger ? &run->danger : &run->masked, i)))
			match_one(run, &r->v[i], &run->found[i]);
}

void
rules_match(struct run *run)
{
	const int64_t now = clock_cpu_ms();

	run->found = arena_new(run->a, struct found, run->r->n + 1);
	rules_watch(run);
	rules_prefilter_scan(run->r, run->a, run->plain.text, &run->plain);
	run->masked = run->danger = run->plain;
	/* Masks only spare false alarms: they may not eat the time of the danger rules. */
	run->deadline = now + RULES_MASKS_MS;
	apply_masks(run);
	run->deadline = now + RULES_MAIL_MS;
	match_sort(run, true);
	match_sort(run, false);
}
