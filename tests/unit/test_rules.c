/* The rule engine on small rule sets of its own: files, verdicts, masks, limits, and the
 * same answers with and without the prefilter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "limits.h"
#include "rules_int.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/* Every set begins with it. */
#define HEAD \
	"category logement label=\"Logement\" template=ack-logement threshold=4\n" \
	"body LOG +4 /\\blogements?\\b/\n"

static char dir[] = "/tmp/test_rules.XXXXXX";

static void
write_rules(const char *name, const char *text)
{
	char path[200];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static struct rules *
load_as(const char *text, enum rules_mode mode)
{
	struct fault f;
	struct rules *r;

	write_rules("a.rules", text);
	if (rules_load(&r, dir, mode, &f) != ST_OK)
		fail_msg("%s", f.text);
	return r;
}

static struct rules *
load(const char *text)
{
	return load_as(text, RULES_FULL);
}

static struct mail
mail_of(const char *subject, const char *body)
{
	return (struct mail){ .message_id = "", .subject = subject, .text = body,
	    .reply_text = body, .lang = "fr", .ical = "" };
}

static int
make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL;
}

static int
drop_dir(void **state)
{
	char path[200];

	(void)state;
	(void)snprintf(path, sizeof path, "%s/a.rules", dir);
	(void)unlink(path);
	return rmdir(dir);
}

static const struct { const char *text, *fault; } bad[] = {
	{ HEAD "body X +1 /a(b/\n", "a.rules:3: rule X: missing closing parenthesis at offset 3" },
	{ HEAD "corps X +1 /a/\n", "a.rules:3: unknown kind of line \"corps\"" },
	{ HEAD "body LOG /a/\n", "a.rules:3: rule LOG is already at" },
	{ HEAD "category logement label=L template=t threshold=1\n", "a.rules:3: category logement is" },
	{ HEAD "body X 4 /a/\n", "a.rules:3: bad weight \"4\"" },
	{ HEAD "body X +0 /a/\n", "a.rules:3: bad weight \"+0\"" },
	{ HEAD "body X +4000 /a/\n", "a.rules:3: bad weight" },
	{ HEAD "vital X +4 /a/\n", "a.rules:3: a vital rule has no weight" },
	{ HEAD "vital X sensible /a/\n", "a.rules:3: a vital rule has no weight" },
	{ HEAD "no-reply X sensitive /a/\n", "a.rules:3: a no-reply rule has no weight" },
	{ HEAD "body X sensitive /a/\n",
	    "a.rules:3: bad weight \"sensitive\": +1 to +1000 or -1 to -1000" },
	{ HEAD "body X +1 /a\n", "a.rules:3: rule X: /regex/ expected" },
	{ HEAD "body /a/\n", "a.rules:3: the rule has no name" },
	{ HEAD "raw mask X /a/\n", "a.rules:3: a mask works on folded text" },
	{ HEAD "body X /\xc3\xa9t\xc3\xa9/\n", "a.rules:3: rule X: write \"e\" for \"\xc3\xa9\"" },
	{ HEAD "body X /Maison/\n", "a.rules:3: rule X: the text is in lower case, \"M\" is not" },
	{ HEAD "body X /(*NO_START_OPT)a/\n", "a.rules:3: rule X: a pattern cannot set" },
	{ HEAD "body X /(a)\\1/\n", "a.rules:3: rule X: reference to non-existent subpattern" },
	{ HEAD "example emploi \"du travail\"\n", "a.rules:3: example of an unknown category" },
	{ HEAD "example logement du travail\n", "a.rules:3: example [-]CATEGORY \"text\"" },
	{ "body X /a/\n", "a.rules:1: no category line above" },
	{ "category a template=t threshold=1\n", "a.rules:1: category a has no label=" },
	{ "category a label=A threshold=1\n", "a.rules:1: category a has no template=" },
	{ "category a label=A template=t\n", "a.rules:1: category a has no threshold=" },
	{ "category A label=A template=t threshold=1\n", "a.rules:1: a category's name" },
	{ "category a label=\"A template=t threshold=1\n", "a.rules:1: the quote after label=" },
	{ "category a label=A template=t threshold=x\n", "a.rules:1: threshold= wants a number" },
	{ "category a label=A template=t threshold=1 ack=long\n", "unknown attribute \"ack=long\"" },
	{ "# nothing\n", "no category line in any file" },
	{ "category a label=A template=t threshold=1\n\xff\n", "not a UTF-8 text" },
};

static void
names_file_line_and_what_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct rules *r;
		struct fault f;

		write_rules("a.rules", bad[i].text);
		assert_int_equal(rules_load(&r, dir, RULES_FULL, &f), ST_PERM);
		assert_null(r);
		if (strstr(f.text, bad[i].fault) == NULL)
			fail_msg("\"%s\" instead of \"%s\"", f.text, bad[i].fault);
	}
}

static void
reads_category_lines_alone(void **state)
{
	const struct category *c;
	struct rules *r;
	struct fault f;

	(void)state;
	write_rules("a.rules", "\xef\xbb\xbf# comment\r\n\r\n" HEAD "body BROKEN /(/\n"
	    "category merci label=\"Grand merci\" template=ack-court threshold=2 retention=90 "
	    "ack=short\n");
	assert_int_equal(rules_load(&r, dir, RULES_CATEGORIES, &f), ST_OK);
	assert_int_equal(rules_categories(r, &c), 3);
	assert_int_equal(rules_count(r), 0);
	assert_string_equal(c[1].label, "Grand merci");
	assert_int_equal(c[1].retention_days, 90);
	assert_true(c[1].short_ack && !c[0].short_ack);
	assert_string_equal(rules_category(r, "a_qualifier")->template_name, "ack-a_qualifier");
	assert_null(rules_category(r, "inconnu"));
	rules_close(&r);
	assert_null(r);
	rules_close(&r);
}

/* A set in which every kind of line and every rule of precedence is at work. */
static const char set[] = HEAD
    "body LOG_NEG -3 /\\bpas de logement vacant\\b/\n"
    "category violences label=V template=t threshold=3\n"
    "body FRAPPE +4 /\\b(il|mari) (me|la) (frappe|bat)\\b/\n"
    "body VIOL_MOT +3 /\\bviolences? conjugales?\\b/\n"
    "body VIOL_NEG -4 /\\bfilm\\b/\n"
    "category urgence label=U template=t threshold=4\n"
    "body URG +4 /\\ba la rue ce soir\\b/\n"
    "category remerciement label=M template=t threshold=2\n"
    "body MERCI +9 /^merci\\b/\n"
    "category spam label=S template=t threshold=5\n"
    "body PUB +10 /\\bcliquez ici\\b/\n"
    "header Precedence BULK +6 /^bulk$/\n"
    "sender NEWS +6 /^news@/\n"
    "category emploi label=E template=t threshold=4\n"
    "body EMP +4 /\\bemploi\\b/\n"
    "subject EMP_SUJET +4 /\\btravail\\b/\n"
    "attachment EMP_CV +4 /\\bcv\\b/\n"
    "raw body EMP_RAW +4 /SECRÉTAIRE/\n"
    "mask TEMPS /\\bemploi du temps\\b/\n"
    "mask ARTICLE /\\barticle sur les violences conjugales\\b/\n"
    "mask PISTE /\\bil me bat aux echecs\\b/\n"
    "vital GAZ /\\bodeur de gaz\\b/\n"
    "high VITE /\\burgent\\b/\n"
    "vital FIN sensitive /\\badieu\\b/\n"
    "high SEUL sensitive /\\bseul au monde\\b/\n"
    "sensitive SECRET /\\bsecret\\b/\n"
    "no-reply NOREP /\\bne repondez pas\\b/\n"
    "quartier Saint-Waast /\\bst?\\.? waast\\b/\n"
    "quartier Gare /\\bla gare\\b/\n";

static const struct {
	const char *subject, *body, *category;
	enum urgency urgency;
	const char *marks;	/* of: s sensitive, n no reply, p spam, k short */
	size_t ncats;
} verdicts[] = {
	{ "", "Je cherche un LOGEMENT", "logement", URGENCY_NORMAL, "", 1 },
	{ "logement", "", "logement", URGENCY_NORMAL, "", 1 },
	{ "", "pas de logement vacant dans toute la ville, que faire de plus, "
	    "dites-le moi si vous le savez un jour", "a_qualifier", URGENCY_NORMAL, "", 0 },
	{ "", "bonjour", "a_qualifier", URGENCY_HIGH, "k", 0 },
	{ "", "un logement, et mon mari me frappe", "violences", URGENCY_HIGH, "s", 2 },
	{ "", "Odeur de gaz dans mon logement", "urgence", URGENCY_VITAL, "", 2 },
	{ "", "adieu, mon logement", "urgence", URGENCY_VITAL, "s", 2 },
	{ "", "seul au monde dans mon logement", "logement", URGENCY_HIGH, "s", 1 },
	{ "", "odeur de gaz, et il me frappe", "violences", URGENCY_VITAL, "s", 2 },
	{ "", "Merci, mais il me frappe. Cliquez ici.", "violences", URGENCY_HIGH, "s", 3 },
	{ "", "merci ! à la rue ce soir", "urgence", URGENCY_NORMAL, "", 2 },
	{ "", "merci pour le logement", "remerciement", URGENCY_NORMAL, "", 2 },
	{ "", "un logement : cliquez ici", "spam", URGENCY_NORMAL, "p", 1 },
	{ "", "un logement, un emploi, ne répondez pas", "logement", URGENCY_NORMAL, "n", 2 },
	{ "", "c'est un secret urgent : mon logement", "logement", URGENCY_HIGH, "s", 1 },
	{ "travail", "Rappelez-moi", "emploi", URGENCY_NORMAL, "", 1 },
	{ "", "Rappelez-moi pour ce travail que je cherche depuis un an, je suis "
	    "secrétaire et libre demain", "a_qualifier", URGENCY_NORMAL, "", 0 },
	{ "", "Emploi de SECRÉTAIRE", "emploi", URGENCY_NORMAL, "", 1 },
	{ "", "mon emploi du temps", "a_qualifier", URGENCY_HIGH, "k", 0 },
	{ "", "J'écris un article sur les violences conjugales", "a_qualifier", URGENCY_HIGH, "k",
	    0 },
	{ "", "un article sur les violences conjugales, car il me frappe", "violences",
	    URGENCY_HIGH, "s", 1 },
	{ "", "Mon frère ? il me bat aux échecs", "violences", URGENCY_HIGH, "s", 1 },
	{ "", "un film sur les violences conjugales et encore bien d'autres choses pour une "
	    "longue soirée d'hiver", "a_qualifier", URGENCY_NORMAL, "", 0 },
	{ "", "dans le film il me frappe", "violences", URGENCY_HIGH, "s", 1 },
};

static void
check(const struct rules *r, struct arena *a, size_t i)
{
	struct mail m = mail_of(verdicts[i].subject, verdicts[i].body);
	const char *marks = verdicts[i].marks;
	struct verdict v;

	rules_classify(r, a, &m, &v);
	if (strcmp(v.category, verdicts[i].category) != 0 || v.ncats != verdicts[i].ncats)
		fail_msg("\"%s\": %s of %zu", verdicts[i].body, v.category, v.ncats);
	assert_string_equal(urgency_name(v.urgency), urgency_name(verdicts[i].urgency));
	assert_int_equal(v.sensitive, strchr(marks, 's') != NULL);
	assert_int_equal(v.no_reply, strchr(marks, 'n') != NULL);
	assert_int_equal(v.spam, strchr(marks, 'p') != NULL);
	assert_int_equal(v.short_text, strchr(marks, 'k') != NULL);
	assert_false(v.limited);
}

static void
judges_with_and_without_the_prefilter(void **state)
{
	static const enum rules_mode modes[] = { RULES_FULL, RULES_ONCE, RULES_PLAIN };
	struct arena *a = arena_open();

	(void)state;
	for (size_t k = 0; k < sizeof modes / sizeof *modes; k++) {
		struct rules *r = load_as(set, modes[k]);

		assert_int_equal(r->pre != NULL,
		    modes[k] == RULES_FULL && rules_prefilter_have());
		for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
			check(r, a, i);
		rules_close(&r);
	}
	arena_close(&a);
}

static void
looks_at_sender_headers_and_attachments(void **state)
{
	struct header h[] = { { span_of("precedence"), span_of("bulk") } };
	struct addr from[] = { { "Nouvelles", "News@exemple.test" } };
	struct attachment att[] = { { .filename = "photo.jpg", .type = "image/jpeg", .size = 1 },
	    { .filename = "Mon CV.pdf", .type = "", .size = 1 } };
	struct mail m = mail_of("", "Voir ci-joint");
	struct arena *a = arena_open();
	struct rules *r = load(set);
	struct verdict v;

	(void)state;
	m.att = att;
	m.natt = 2;
	rules_classify(r, a, &m, &v);
	assert_string_equal(v.category, "emploi");
	assert_int_equal(v.nhits, 1);
	assert_int_equal(v.hits[0].where, HIT_ATTACHMENT);
	assert_string_equal(v.hits[0].match, "CV");
	m.headers.v = h;
	m.headers.n = 1;
	m.from.v = from;
	m.from.n = 1;
	rules_classify(r, a, &m, &v);
	assert_true(v.spam);
	assert_int_equal(v.cats[0].score, 12);
	assert_int_equal(v.hits[0].where, HIT_HEADER);
	assert_int_equal(v.hits[1].where, HIT_SENDER);
	assert_string_equal(v.hits[1].match, "News@");
	rules_close(&r);
	arena_close(&a);
}

static void
quotes_the_citizens_own_words(void **state)
{
	struct mail m = mail_of("Mes LOGEMENTS", "À la gare, il  m’a dit. IL ME Frappe !");
	struct arena *a = arena_open();
	struct rules *r = load(set);
	struct verdict v;

	(void)state;
	rules_classify(r, a, &m, &v);
	assert_int_equal(v.nhits, 3);
	assert_string_equal(v.hits[0].match, "LOGEMENTS");
	assert_int_equal(v.hits[0].where, HIT_SUBJECT);
	assert_string_equal(v.hits[0].category, "logement");
	assert_string_equal(v.hits[1].match, "IL ME Frappe");
	assert_int_equal(v.hits[1].where, HIT_BODY);
	assert_int_equal(v.hits[1].weight, 4);
	assert_string_equal(v.hits[2].category, "quartier");
	assert_string_equal(v.quartier, "Gare");
	rules_close(&r);
	arena_close(&a);
}

static void
falls_back_to_the_whole_text(void **state)
{
	struct mail m = mail_of("", "");
	struct arena *a = arena_open();
	struct rules *r = load(set);
	struct verdict v;

	(void)state;
	m.text = "> un logement";
	rules_classify(r, a, &m, &v);
	assert_string_equal(v.category, "logement");
	rules_close(&r);
	arena_close(&a);
}

/* A limit is never "no match": a human looks. */
static void
reports_a_limit(void **state)
{
	struct rules *r = load(HEAD "body NESTED +1 /^(\\w+ ?)+$/\n"
	    "vital AFTER /\\bodeur de gaz\\b/\n");
	struct mail m = mail_of("", "aab aab aab aab aab aab aab aab aab aab aab aab aab aab; "
	    "odeur de gaz");
	struct arena *a = arena_open();
	struct verdict v;

	(void)state;
	rules_classify(r, a, &m, &v);
	assert_true(v.limited);
	assert_int_equal(v.urgency, URGENCY_VITAL);	/* the other rules still spoke */
	rules_close(&r);
	arena_close(&a);
}

static volatile sig_atomic_t stalls;

/* Longer than a rule may take. */
static void
stall(int sig)
{
	(void)sig;
	(void)poll(NULL, 0, 3 * RULES_RULE_MS);
	stalls++;
}

/* A busy machine takes the processor away in the middle of a rule; the verdict is the same. */
static void
judges_by_work_not_by_the_clock(void **state)
{
	enum { TEXT = 20000 };
	const struct itimerval each = { { 0, 1000 }, { 0, 1000 } }, off = { 0 };
	struct rules *r = load_as(HEAD "body SLOW +1 /[bc]{40}\\d/\n", RULES_PLAIN);
	struct arena *a = arena_open();
	char *z = arena_alloc(a, TEXT + 1, 1);
	struct mail m = mail_of("un logement", z);
	struct verdict v = { 0 };

	(void)state;
	for (size_t i = 0; i < TEXT; i++)
		z[i] = "bc"[i % 2];
	assert_true(signal(SIGVTALRM, stall) != SIG_ERR);
	assert_int_equal(setitimer(ITIMER_VIRTUAL, &each, NULL), 0);
	while (stalls < 3 && !v.limited)
		rules_classify(r, a, &m, &v);
	assert_int_equal(setitimer(ITIMER_VIRTUAL, &off, NULL), 0);
	assert_false(v.limited);
	assert_string_equal(v.category, "logement");
	rules_close(&r);
	arena_close(&a);
}

static void
a_cut_text_is_a_limit(void **state)
{
	const size_t n = LIMIT_RULE_TEXT + 10;
	struct rules *r = load(HEAD);
	struct arena *a = arena_open();
	char *z = arena_alloc(a, n + 1, 1);
	struct mail m = mail_of("un logement", z);
	struct verdict v;

	(void)state;
	memset(z, 'b', n);
	rules_classify(r, a, &m, &v);
	assert_true(v.limited);
	assert_int_equal(v.urgency, URGENCY_HIGH);
	assert_string_equal(v.category, "logement");
	rules_close(&r);
	arena_close(&a);
}

static void
runs_its_examples(void **state)
{
	struct rules *r = load(HEAD "example logement \"un logement\"\n"
	    "example -logement \"une maison\"\nexample high \"bonjour\"\n");
	const struct example *ex;
	struct fault f;

	(void)state;
	assert_int_equal(rules_examples(r, &f), ST_OK);
	assert_int_equal(rules_example_list(r, &ex), 3);
	assert_true(ex[1].negated);
	assert_int_equal(ex[1].line, 4);
	rules_close(&r);
	r = load(HEAD "\nexample -logement \"un logement\"\n");
	assert_int_equal(rules_examples(r, &f), ST_PERM);
	assert_non_null(strstr(f.text, "a.rules:4: the example is logement"));
	rules_close(&r);
}

/* What a match cannot do without, as the prefilter knows it; NULL: nothing known. */
static const struct { const char *pattern, *head, *need; } words[] = {
	{ "\\b(ex|mari) (me|la)\\b", "ex me", "mari la" },
	{ "bats?", "bat", "bats" },
	{ "[ab]cd", "acd", "bcd" },
	{ "a{2,5}b", "a", "b" },
	{ "(le |la )?toit", "le toit", "toit" },
	{ "\\w+ toit", "", " toit" },
	{ "x.{0,40}(fuite|gaz)", "x", "gaz" },
	{ "(?<!vous )ne repondez", "ne repondez", "ne repondez" },
	{ "(frap\\w*|bat)", "frap", "bat" },
	{ ".*", NULL, NULL },
	{ "(a|)", NULL, NULL },
	{ "a?b?", NULL, NULL },
	{ "(?i)abc", NULL, NULL },
	{ "\\x{e9}t", NULL, NULL },
	{ "[^a]", NULL, NULL },
};

static bool
among(struct arena *a, const struct words *w, const char *z)
{
	struct literal l;

	for (size_t i = 0; i < w->n; i++) {
		rules_literal_trim(w->v[i], a, &l);
		if (strcmp(l.z, z) == 0)
			return true;
	}
	return false;
}

static void
knows_the_words_of_a_pattern(void **state)
{
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct literals l;
		bool found = false;

		assert_int_equal(rules_literals(a, words[i].pattern, &l), words[i].need != NULL);
		if (words[i].need == NULL)
			continue;
		assert_int_equal(l.head.n > 0, words[i].head[0] != '\0');
		assert_true(l.head.n == 0 || among(a, &l.head, words[i].head));
		for (size_t k = 0; k < l.nneed; k++)
			found = found || among(a, &l.need[k], words[i].need);
		if (!found)
			fail_msg("%s: no \"%s\"", words[i].pattern, words[i].need);
	}
	arena_close(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_file_line_and_what_is_wrong),
		cmocka_unit_test(reads_category_lines_alone),
		cmocka_unit_test(judges_with_and_without_the_prefilter),
		cmocka_unit_test(looks_at_sender_headers_and_attachments),
		cmocka_unit_test(quotes_the_citizens_own_words),
		cmocka_unit_test(falls_back_to_the_whole_text),
		cmocka_unit_test(reports_a_limit),
		cmocka_unit_test(judges_by_work_not_by_the_clock),
		cmocka_unit_test(a_cut_text_is_a_limit),
		cmocka_unit_test(runs_its_examples),
		cmocka_unit_test(knows_the_words_of_a_pattern),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
