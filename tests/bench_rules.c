/* bench_rules [FOLDER] - how long the rules take on a mail of 2 kB, with both engines: words by
 * Vectorscan then PCRE2, and PCRE2 alone; 200 of the shipped rules, spread over all files, and
 * all of them.  Folding the text, which both do, is in each figure.  No test: it ends with 0 whatever
 * the figures, but for verdicts that differ. */
#include "buf.h"
#include "file.h"
#include "rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SOME = 200, TEXT = 2048, FILE_MAX = 4 * 1024 * 1024, ROUNDS = 10, MAILS = 8 };
static const double round_ms = 40;

/* Of this process: others may use the machine. */
static double
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* --- mails -------------------------------------------------------------------------------- */

static const char *const sentences[] = {
	"Je cherche un logement pour ma famille, le bail se termine à la fin du mois.\n",
	"Le loyer a augmenté deux fois cette année et mon salaire n'a pas changé.\n",
	"J'ai deux enfants, l'aîné est au collège et la petite entre à la maternelle.\n",
	"La caisse m'a demandé un justificatif que j'ai déjà envoyé trois fois.\n",
	"On m'a dit au guichet que vous pourriez m'indiquer la bonne personne.\n",
	"Mon voisin du dessus fait des travaux le soir et le propriétaire ne répond pas.\n",
	"Je peux venir vous voir le matin, sauf le jeudi où je travaille.\n",
	"Le chauffage est en panne depuis lundi et il fait froid dans les chambres.\n",
	"J'ai gardé toutes les quittances et le courrier de l'agence.\n",
	"Ma mère vit seule au deuxième étage et l'ascenseur est souvent arrêté.\n",
	"Je vous remercie par avance de l'attention que vous porterez à ma demande.\n",
	"Vous pouvez m'appeler l'après-midi ou me répondre à cette adresse.\n",
};
enum { SENTENCES = sizeof sentences / sizeof *sentences };

static const char *
ordinary(struct arena *a, size_t i)
{
	struct buf b BUF_AUTO = { 0 };

	buf_open(&b, TEXT * 2);
	buf_addz(&b, "Bonjour,\n\n");
	for (size_t k = 0; b.n < TEXT; k++)
		buf_addz(&b, sentences[(i * 5 + k * 7) % SENTENCES]);
	return arena_span(a, buf_span(&b));
}

/* Nothing but what the rules are written for: the most work a mail of that size can be. */
static const char *
dense(struct arena *a, const struct example *e, size_t n, size_t i)
{
	struct buf b BUF_AUTO = { 0 };

	buf_open(&b, TEXT * 4);
	for (size_t k = 0; b.n < TEXT; k++) {
		buf_addz(&b, e[(i * 97 + k * 31) % n].text);
		buf_addz(&b, ".\n");
	}
	return arena_span(a, buf_span(&b));
}

/* --- rules -------------------------------------------------------------------------------- */

static struct rules *
load(const char *dir, enum rules_mode mode)
{
	struct rules *r;
	struct fault f;

	if (rules_load(&r, dir, mode, &f) == ST_OK)
		return r;
	(void)fprintf(stderr, "%s\n", f.text);
	exit(1);
}

/* The category lines, and SOME of all rules, evenly spread over them. */
static void
thin_out(struct span text, size_t all, size_t *seen, struct buf *out)
{
	while (text.n > 0) {
		const char *end = memchr(text.p, '\n', text.n);
		const size_t n = end == NULL ? text.n : (size_t)(end - text.p) + 1;
		const struct span line = span_from(text.p, n);

		if (strncmp(line.p, "category ", 9) == 0)
			buf_add(out, line);
		else if (strchr("#\n", *line.p) == NULL && strncmp(line.p, "example ", 8) != 0) {
			if ((*seen + 1) * SOME / all != *seen * SOME / all)
				buf_add(out, line);
			++*seen;
		}
		text = span_from(text.p + n, text.n - n);
	}
}

static void
write_some(struct arena *a, const char *from, size_t all, const char *path)
{
	struct buf b BUF_AUTO = { 0 };
	const char **names;
	struct span text;
	struct fault f;
	size_t n, seen = 0;
	FILE *out = fopen(path, "w");

	buf_open(&b, FILE_MAX);
	if (out == NULL || file_list(a, from, ".rules", &names, &n, &f) != ST_OK)
		exit(1);
	for (size_t i = 0; i < n; i++)
		if (file_read(a, arena_printf(a, "%s/%s", from, names[i]), FILE_PLAIN,
		    FILE_MAX, &text, &f) == ST_OK)
			thin_out(text, all, &seen, &b);
	(void)fputs(b.z, out);
	(void)fclose(out);
}

/* --- the two ------------------------------------------------------------------------------ */

struct mails { const char *name, *v[MAILS]; };

static void
judge(const struct rules *r, struct arena *a, const char *text, struct verdict *v)
{
	struct mail m = { .message_id = "", .subject = "Demande de rendez-vous", .text = text,
	    .reply_text = text, .lang = "fr", .ical = "" };

	rules_classify(r, a, &m, v);
}

/* A mail: the best of some rounds, as what the machine does beside only adds. */
static double
cost(const struct rules *r, const struct mails *m)
{
	struct arena *a ARENA_AUTO = arena_open();
	double best = 0;

	for (int i = 0; i < ROUNDS; i++) {
		double began = now_ms(), took;
		int n = 0;

		do {
			struct verdict v;

			judge(r, a, m->v[n++ % MAILS], &v);
			arena_reset(a);
			took = now_ms() - began;
		} while (took < round_ms || n % MAILS != 0);
		if (i == 0 || took / n < best)
			best = took / n;
	}
	return best;
}

static bool
same(const struct rules *x, const struct rules *y, const struct mails *m, struct arena *a)
{
	for (size_t i = 0; i < MAILS; i++) {
		struct verdict v, w;

		judge(x, a, m->v[i], &v);
		judge(y, a, m->v[i], &w);
		if (v.nhits != w.nhits || strcmp(v.category, w.category) != 0 ||
		    v.urgency != w.urgency || v.sensitive != w.sensitive)
			return false;
		for (size_t k = 0; k < v.nhits; k++)
			if (strcmp(v.hits[k].rule, w.hits[k].rule) != 0 ||
			    strcmp(v.hits[k].match, w.hits[k].match) != 0)
				return false;
	}
	return true;
}

static bool
report(const char *dir, const struct mails *m, size_t n)
{
	struct arena *a ARENA_AUTO = arena_open();
	const double t0 = now_ms();
	struct rules *plain AUTO(rules_close) = load(dir, RULES_PLAIN);
	const double t1 = now_ms();
	struct rules *full AUTO(rules_close) = load(dir, RULES_FULL);
	const double t2 = now_ms();

	printf("%zu rules: loaded in %.0f ms, with Vectorscan in %.0f ms\n", rules_count(full),
	    t1 - t0, t2 - t1);
	for (size_t i = 0; i < n; i++) {
		if (!same(full, plain, &m[i], a)) {
			printf("the engines differ on %s\n", m[i].name);
			return false;
		}
		printf("  %-22s Vectorscan+PCRE2 %6.3f ms  PCRE2 alone %7.3f ms  (no JIT)\n",
		    m[i].name, cost(full, &m[i]), cost(plain, &m[i]));
	}
	return true;
}

int
main(int argc, char **argv)
{
	const char *shipped = argc > 1 ? argv[1] : "rules";
	char dir[] = "/tmp/bench_rules.XXXXXX";
	struct arena *a ARENA_AUTO = arena_open();
	struct rules *r AUTO(rules_close) = load(shipped, RULES_PLAIN);
	struct mails m[2] = { { .name = "ordinary mail" }, { .name = "dense with matches" } };
	const struct example *e;
	const size_t n = rules_example_list(r, &e);
	const char *path;
	bool ok;

	if (mkdtemp(dir) == NULL)
		return 1;
	for (size_t i = 0; i < MAILS; i++) {
		m[0].v[i] = ordinary(a, i);
		m[1].v[i] = dense(a, e, n, i);
	}
	path = arena_printf(a, "%s/some.rules", dir);
	write_some(a, shipped, rules_count(r), path);
	printf("rules on a mail of %d kB, CPU time (target: 200 rules in 0.15 ms)\n", TEXT / 1024);
	ok = report(dir, m, 2) && report(shipped, m, 2);
	(void)unlink(path);
	(void)rmdir(dir);
	return ok ? 0 : 1;
}
