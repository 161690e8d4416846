#include "test_store_help.h"

#include "limits.h"
#include "search.h"

struct seen { struct box *b; char text[4000]; int n; };

static enum status
on_hit(void *ctx, const struct search_hit *h)
{
	struct seen *x = ctx;
	size_t n = strlen(x->text);

	x->n++;
	snprintf(x->text + n, sizeof x->text - n, "%s %d %s[%s];",
	    h->has_ticket ? h->ticket.ref : "-", (int)h->matches, event_kind_name(h->kind),
	    h->excerpt.match);
	return ST_OK;
}

static const char *
find(struct box *b, const char *typed, size_t max, size_t *total)
{
	struct seen *x = arena_new(b->a, struct seen, 1);
	struct seek want;
	size_t n;

	assert_true(seek_read(b->a, span_of(typed), &want));
	OK(search_find(b->s, &want, max, on_hit, x, total != NULL ? total : &n, &b->f));
	return x->text;
}

/* A mail with words of its own, as a citizen's or (joining) an agent's. */
static struct sample *
mail(struct box *b, const char *from, int n, const char *name, const char *subject,
    const char *text, const char *reply)
{
	struct sample *x = sample_new(b, from, n);

	x->from.name = name;
	x->mail.subject = subject;
	x->mail.text = text;
	x->mail.reply_text = reply;
	return x;
}

static void
three(struct box *b)
{
	static struct attachment file = { .filename = "Quittance d’août.pdf", .type = "a/b" };
	struct sample *x = mail(b, "anne@exemple.fr", 1, "Anne Lefèvre", "Mon loyer",
	    "J’ai mal au cœur : l’école m’expulse.\nTél. 06.39.98.01.01", "J’ai mal");
	struct plan *p = plan_joining(b, "claire@mairie.exemple", 1);

	x->mail.att = &file;
	x->mail.natt = 1;
	apply(b, x, plan_opening(b, "anne@exemple.fr", 1));
	apply(b, mail(b, "bob@exemple.fr", 2, "", "Emploi", "le loyer et l’emploi", ""),
	    plan_opening(b, "bob@exemple.fr", 2));
	apply(b, mail(b, "news@exemple.fr", 3, "", "Lettre", "soldes et loyer", ""),
	    plan_blank(b, "news@exemple.fr"));
	p->role = MAIL_ROLE_AGENT;
	plan_event_add(b, p, EVENT_NOTE, "Elle a rappelé pour la caution");
	p->events[p->nevents - 1].by = "claire";
	plan_event_add(b, p, EVENT_NOTE, "remarque du programme");
	p->events[p->nevents - 1].by = "bureaud";
	apply(b, mail(b, "claire@mairie.exemple", 4, "", "Re: Mon loyer",
	    "vu hier\n> citation orthogonale", "vu hier"), p);
}

static void
finds(void **state)
{
	static const struct { const char *typed, *want; } rows[] = {
		{ "coeur", "BI-2026-00001 1 mail_in[cœur];" },
		{ "CŒUR mal", "BI-2026-00001 1 mail_in[cœur];" },
		{ "ecole", "BI-2026-00001 1 mail_in[école];" },
		{ "l'école", "BI-2026-00001 1 mail_in[l’école];" },
		{ "expul*", "BI-2026-00001 1 mail_in[expulse];" },
		{ "expul", "" },
		{ "\"mal au coeur\"", "BI-2026-00001 1 mail_in[mal au cœur];" },
		{ "\"coeur au mal\"", "" },
		{ "lefevre", "BI-2026-00001 1 mail_in[Lefèvre];" },
		{ "anne@exemple.fr", "BI-2026-00001 1 mail_in[anne@exemple.fr];" },
		{ "\"06 39 98\"", "BI-2026-00001 1 mail_in[06.39.98];" },
		{ "quittance aout", "BI-2026-00001 1 mail_in[];" },
		{ "caution", "BI-2026-00001 1 note[caution];" },
		{ "programme", "" },			/* our own remarks are no words */
		{ "orthogonale", "" },			/* what an agent quotes */
		{ "soldes", "- 1 mail_in[soldes];" },
		{ "loyer", "BI-2026-00001 2 mail_in[loyer];- 1 mail_in[loyer];"
		    "BI-2026-00002 1 mail_in[loyer];" },
		{ "loyer emploi", "BI-2026-00002 1 mail_in[loyer];" },
		{ "nulle part", "" },
	};
	struct box *b = *state;

	three(b);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(find(b, rows[i].typed, 10, NULL), rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].typed, find(b, rows[i].typed, 10, NULL));
	check_sound(b);
}

/* The words of FTS5's own language are words here. */
static void
nothing_that_is_typed_is_an_error(void **state)
{
	static const char *const typed[] = {
		"loyer AND", "AND", "NOT loyer", "NEAR(loyer, 2)", "NEAR", "text : loyer",
		"search:loyer", "{text}: loyer", "^loyer", "loyer + mois", "(loyer", "loyer)",
		"lo*yer", "**loyer", "loyer**", "a\"\"b", "\"a\"\"\"b",
		    "'; DROP TABLE words; --",
		"rank loyer", "-loyer", "@match", "?1", "a\x01", "a\\", "%_ a",
		    "\xef\xbf\xbd a",
		"a:b:c:d", "\"a*\" *", "« a \" b »", "\xf0\x9f\x98\x80 a",
	};
	struct box *b = *state;

	three(b);
	for (size_t i = 0; i < sizeof typed / sizeof *typed; i++)
		(void)find(b, typed[i], 10, NULL);
	for (int c = 1; c < 128; c++)
		(void)find(b, arena_printf(b->a, "a%cb %c c%c* \"%c d\"", c, c, c, c), 10,
		    NULL);
}

static void
newest_first_and_all_counted(void **state)
{
	struct box *b = *state;
	size_t total;

	three(b);
	assert_string_equal(find(b, "loyer", 1, &total), "BI-2026-00001 2 mail_in[loyer];");
	assert_int_equal(total, 3);
	assert_string_equal(find(b, "loyer", 0, &total), "");
	assert_int_equal(total, 3);
}

/* A mail whose savepoint is undone leaves no words. */
static void
index_goes_with_the_mail(void **state)
{
	struct box *b = *state;

	OK(store_begin(b->s, &b->f));
	OK(store_mail_begin(b->s, &b->f));
	OK(store_apply(b->s, &mail(b, "x@exemple.fr", 1, "", "s", "kangourou", "")->sm,
	    plan_opening(b, "x@exemple.fr", 1), T0, &b->f));
	OK(store_mail_end(b->s, false, &b->f));
	OK(store_commit(b->s, &b->f));
	assert_string_equal(find(b, "kangourou", 9, NULL), "");
	assert_int_equal(peek(b, "SELECT count(*) FROM words"), 0);
}

/* Do the files of the database hold these bytes, whatever they belong to? */
static bool
files_hold(struct box *b, const char *needle)
{
	static const char *const tails[] = { "", "-wal" };
	static char bytes[1 << 23];

	for (size_t i = 0; i < 2; i++) {
		FILE *in = fopen(arena_printf(b->a, "%s%s", b->path, tails[i]), "r");
		size_t n = in == NULL ? 0 : fread(bytes, 1, sizeof bytes, in);

		if (in != NULL)
			fclose(in);
		assert_true(n < sizeof bytes);
		if (n > 0 && memmem(bytes, n, needle, strlen(needle)) != NULL)
			return true;
	}
	return false;
}

static void
checkpoint(struct box *b)
{
	OK(db_run(b->s, SQL_CHECKPOINT, NULL, 0, &b->f));
}

/* Enough mails for several segments, so that dead entries would stay in one of them. */
static void
forgotten_words_leave_the_files(void **state)
{
	static const char *const words[] = { "zanzibarique", "oxymoronant", "kwyjibo" };
	struct box *b = *state;
	struct plan *p;

	for (int n = 1; n <= 40; n++)
		apply(b, mail(b, "x@exemple.fr", n, n == 20 ? "Kwyjibo" : "", "s",
		    n == 20 ? "Zanzibarique au milieu" : arena_printf(b->a, "mot%d courant",
		    n), ""),
		    plan_opening(b, "x@exemple.fr", n));
	p = plan_joining(b, "claire@mairie.exemple", 20);
	plan_event_add(b, p, EVENT_NOTE, "oxymoronant");
	apply(b, mail(b, "claire@mairie.exemple", 41, "", "s", "", ""), p);
	checkpoint(b);
	for (size_t i = 0; i < 3; i++)
		assert_true(files_hold(b, words[i]));
	poke(b, "PRAGMA secure_delete = ON; DELETE FROM message_text WHERE message IN (20, 41);"
	    "UPDATE event SET text = '' WHERE ticket = 20");
	OK(search_forget(b->s, &b->f));
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(find(b, words[i], 9, NULL), "");
	OK(search_scrub(b->s, &b->f));
	checkpoint(b);
	for (size_t i = 0; i < 3; i++)
		assert_false(files_hold(b, words[i]));
	assert_string_equal(find(b, "mot21", 9, NULL), "BI-2026-00021 1 mail_in[mot21];");
	poke(b, "INSERT INTO search (search) VALUES ('integrity-check')");
	check_sound(b);
}

static void
only_what_is_gone_is_forgotten(void **state)
{
	struct box *b = *state;

	three(b);
	OK(search_forget(b->s, &b->f));		/* nothing is gone yet */
	assert_string_equal(find(b, "coeur", 9, NULL), "BI-2026-00001 1 mail_in[cœur];");
	poke(b, "DELETE FROM message_text WHERE message = 1");
	OK(search_forget(b->s, &b->f));
	OK(search_forget(b->s, &b->f));
	assert_string_equal(find(b, "coeur", 9, NULL), "");
	assert_string_equal(find(b, "caution", 9, NULL), "BI-2026-00001 1 note[caution];");
	poke(b, "INSERT INTO search (search) VALUES ('integrity-check')");
}

struct ticks { int n; int64_t done, all; };

static void
on_tick(void *ctx, int64_t done, int64_t all)
{
	struct ticks *t = ctx;

	t->n++;
	t->done = done;
	t->all = all;
}

static void
rebuilt_index_finds_the_same(void **state)
{
	static const char *const typed[] = { "loyer", "coeur", "lefevre", "caution",
	    "quittance",
	    "orthogonale", "\"06 39\"", "programme" };
	const char *before[sizeof typed / sizeof *typed];
	struct box *b = *state;
	struct ticks t = { 0 };

	three(b);
	for (size_t i = 0; i < sizeof typed / sizeof *typed; i++)
		before[i] = find(b, typed[i], 9, NULL);
	poke(b, "INSERT INTO search (search) VALUES ('delete-all'); DELETE FROM words");
	assert_string_equal(find(b, "loyer", 9, NULL), "");
	OK(search_rebuild(b->s, on_tick, &t, &b->f));
	for (size_t i = 0; i < sizeof typed / sizeof *typed; i++)
		assert_string_equal(find(b, typed[i], 9, NULL), before[i]);
	assert_true(t.n >= 5);
	assert_int_equal(t.n, t.done);
	assert_int_equal(t.done, t.all);
	poke(b, "INSERT INTO search (search) VALUES ('integrity-check')");
}

/* A text of any length: what fits is found, the rest is not, and it takes no time to speak of.
 * */
static void
long_text_is_cut(void **state)
{
	struct box *b = *state;
	char *z = arena_alloc(b->a, LIMIT_TEXT + 1, 1);

	for (size_t i = 0; i < LIMIT_TEXT; i++)
		z[i] = i % 8 == 7 ? ' ' : (char)('a' + (i / 8 + i * 7) % 26);
	memcpy(z, "premier ", 8);
	memcpy(z + LIMIT_TEXT - 8, "dernier", 8);
	apply(b, mail(b, "x@exemple.fr", 1, "", "s", z, ""), plan_opening(b, "x@exemple.fr",
	    1));
	assert_string_equal(find(b, "premier", 9, NULL), "BI-2026-00001 1 mail_in[premier];");
	assert_string_equal(find(b, "dernier", 9, NULL), "");
	assert_true(peek(b, "SELECT max(length(text)) FROM words") <= LIMIT_RULE_TEXT);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(finds),
		TEST(nothing_that_is_typed_is_an_error),
		TEST(newest_first_and_all_counted),
		TEST(index_goes_with_the_mail),
		TEST(forgotten_words_leave_the_files),
		TEST(only_what_is_gone_is_forgotten),
		TEST(rebuilt_index_finds_the_same),
		TEST(long_text_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
