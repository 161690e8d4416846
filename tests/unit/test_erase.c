/* erase.h: no byte of a person is left in any file of the database; figures and other people stay
 * as they were. */
#include "test_store_help.h"

#include "erase.h"
#include "person.h"
#include "stats.h"

#include <sys/stat.h>

#define ANNE "anne.secrete@chez-elle.example"
#define BOB "bob@ailleurs.example"
#define WORD "Zanzibar"

/* ---- what is in the files ---- */

static const char *
bytes_of(struct box *b, const char *tail, size_t *n)
{
	char path[140];
	struct stat sb;
	char *z;
	FILE *io;

	snprintf(path, sizeof path, "%s%s", b->path, tail);
	*n = 0;
	io = fopen(path, "r");
	if (io == NULL)
		return "";
	assert_int_equal(fstat(fileno(io), &sb), 0);
	z = arena_alloc(b->a, (size_t)sb.st_size + 1, 1);
	*n = fread(z, 1, (size_t)sb.st_size, io);
	fclose(io);
	return z;
}

static bool
in_files(struct box *b, const char *word)
{
	static const char *const tails[] = { "", "-wal", "-shm" };

	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
		size_t n;
		const char *z = bytes_of(b, tails[i], &n);

		if (memmem(z, n, word, strlen(word)) != NULL)
			return true;
	}
	return false;
}

/* ---- one person's traces everywhere ---- */

/* A mail of hers with the word wherever a mail has words. */
static struct sample *
full_sample(struct box *b, const char *from, int n)
{
	struct sample *x = sample_new(b, from, n);
	struct attachment *att = arena_new(b->a, struct attachment, 1);
	char *text = arena_alloc(b->a, 20001, 1);

	memset(text, '.', 20000);	/* overflow pages */
	memcpy(text + 15000, WORD "-texte", strlen(WORD "-texte"));
	*att = (struct attachment){ .filename = WORD "-fichier.pdf", .type = "application/pdf", .size = 9 };
	x->mail.message_id = arena_printf(b->a, "<" WORD "-id-%d@x>", n);
	x->mail.subject = WORD "-objet";
	x->mail.text = text;
	x->mail.reply_text = WORD "-reponse";
	x->mail.att = att;
	x->mail.natt = 1;
	return x;
}

static void
wire_words(struct box *b, struct plan *p)
{
	for (size_t i = 0; i < p->nmails; i++)
		p->mails[i].wire = span_of(arena_printf(b->a, "Subject: " WORD "-fil\r\n\r\n%06000d",
		    (int)i));
}

/* Ticket `number`, by a mail that is none of the first ones. */
static int64_t
open_as(struct box *b, const char *from, int number)
{
	apply(b, sample_new(b, from, 10 + number), plan_opening(b, from, number));
	return number;
}

/* A ticket of hers, a second mail in it, a mail set aside, a mail in somebody else's ticket. */
static void
traces(struct box *b)
{
	struct plan *p = plan_opening(b, ANNE, 1), *q;
	int64_t bobs;

	p->subject = WORD "-objet";
	plan_event_add(b, p, EVENT_NOTE, WORD "-note");
	plan_event_add(b, p, EVENT_MAIL_OUT, "ack sent to " ANNE);
	wire_words(b, p);
	apply(b, full_sample(b, ANNE, 1), p);
	p = plan_joining(b, ANNE, 1);
	plan_mail_add(b, p, MAIL_KIND_NOTIFY, "claire@mairie.example", false);
	plan_mail_add(b, p, MAIL_KIND_RELAY, ANNE, false);
	wire_words(b, p);
	apply(b, full_sample(b, ANNE, 2), p);
	q = plan_blank(b, ANNE);
	q->outcome = MAIL_OUTCOME_QUARANTINED;
	plan_mail_add(b, q, MAIL_KIND_ALERT, "claire@mairie.example", false);
	wire_words(b, q);
	apply(b, full_sample(b, ANNE, 3), q);

	bobs = open_as(b, BOB, 2);
	poke(b, "INSERT INTO participant VALUES (2, '" ANNE "', 'admitted')");
	p = plan_joining(b, ANNE, bobs);
	plan_event_add(b, p, EVENT_BOUNCE, "Anne.Secrete@chez-elle.example: failed 5.1.1");
	apply(b, full_sample(b, ANNE, 4), p);

	poke(b, "INSERT INTO person VALUES ('" ANNE "', 1, '" WORD "-contact')");
	poke(b, "INSERT INTO meeting VALUES (1, 5, 0, '" WORD "-lieu')");
	poke(b, "INSERT INTO vigil VALUES (1, 5, 0, '', 0, 5)");
	poke(b, "INSERT INTO reminder VALUES (1, 1, 'claire', 5, 5, 'recall', '" WORD "-rappel', 1, 0)");
	poke(b, "INSERT INTO confirm VALUES (1, zeroblob(32), 3, 'claire', 5, 6, 0, 0)");
	poke(b, "INSERT INTO undo VALUES (1, zeroblob(32), 2, 1, 5, 0);"
	    "INSERT INTO undo_value VALUES (1, 'contact', 1, '', '" WORD "-avant', '" WORD "-puis')");
	poke(b, "INSERT INTO undo VALUES (2, randomblob(32), 5, 2, 5, 0);"
	    "INSERT INTO undo_value VALUES (2, 'participant', 2, '" ANNE "', '', '')");
	poke(b, "UPDATE outbox SET last_error = '550 <" ANNE "> no' WHERE person = '" ANNE "'");
	poke(b, "UPDATE message SET hits = '" WORD "-regle' WHERE sender = '" ANNE "'");
	poke(b, "UPDATE outbox SET state = 'sent', sent_at = 5 WHERE kind IN ('ack', 'notify')");
}

static struct erased
erase(struct box *b, const char *address, bool mailbox)
{
	struct erased e;

	OK(store_begin(b->s, &b->f));
	OK(erase_person(b->s, b->a, address, mailbox, "marie", T0 + 5 * DAY, &e, &b->f));
	OK(store_commit(b->s, &b->f));
	OK(erase_scrub(b->s, &b->f));
	return e;
}

static void
no_byte_is_left(void **state)
{
	static const char *const words[] = { WORD, "zanzibar", ANNE, "anne.secrete", "Anne.Secrete",
	    "chez-elle" };
	struct box *b = *state;
	struct erased e;

	traces(b);
	assert_true(in_files(b, WORD) && in_files(b, ANNE));
	e = erase(b, ANNE, false);
	assert_int_equal(e.tickets, 1);
	assert_int_equal(e.messages, 4);
	assert_int_equal(e.files, 4);
	assert_int_equal(e.sent, 5);
	assert_int_equal(e.waiting, 0);
	assert_int_equal(e.nrefs, 1);
	assert_string_equal(e.refs[0], "BI-2026-00001");
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (in_files(b, words[i]))
			fail_msg("%s is still there", words[i]);
	store_close(&b->s);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		assert_false(in_files(b, words[i]));
	check_sound(b);
	assert_int_equal(peek(b, "SELECT count(*) FROM message WHERE visible"), 1);
}

/* Without rewriting the file freed pages are zeroed already; a word may only stay in a gap. */
static void
nothing_readable_even_before_the_file_is_rewritten(void **state)
{
	struct box *b = *state;
	struct erased e;

	traces(b);
	OK(store_begin(b->s, &b->f));
	OK(erase_person(b->s, b->a, ANNE, false, "marie", T0, &e, &b->f));
	OK(store_commit(b->s, &b->f));
	assert_int_equal(peek(b, "SELECT count(*) FROM message_text WHERE text LIKE '%" WORD "%'"), 0);
	assert_int_equal(peek(b, "SELECT sum(instr(text, '" WORD "') + instr(lower(text), '" ANNE
	    "')) FROM event"), 0);
	assert_int_equal(peek(b, "SELECT count(*) FROM wire"), 1);	/* bob's acknowledgment */
}

/* ---- what stays ---- */

static void
others_are_untouched(void **state)
{
	struct box *b = *state;

	traces(b);
	(void)erase(b, ANNE, true);
	assert_int_equal(peek(b, "SELECT count(*) FROM ticket WHERE citizen = '" BOB "' AND erased = 0"
	    " AND subject <> '' AND state = 'open'"), 1);
	assert_int_equal(peek(b, "SELECT count(*) FROM message m JOIN message_text x ON x.message = m.id"
	    " WHERE m.sender = '" BOB "' AND m.visible AND m.message_id <> ''"), 1);
	assert_int_equal(peek(b, "SELECT count(*) FROM participant"), 1);
	assert_int_equal(peek(b, "SELECT count(*) FROM outbox WHERE ticket = 2 AND NOT erased"), 2);
	assert_int_equal(peek(b, "SELECT count(*) FROM known_id WHERE ticket = 2"), 3);
	assert_int_equal(peek(b, "SELECT count(*) FROM event WHERE ticket = 2 AND text = ''"), 2);
}

/* An address that ends like hers, and what agents noted elsewhere to protect somebody from her. */
static void
others_that_only_look_like_it(void **state)
{
	struct box *b = *state;
	struct plan *p;

	traces(b);
	p = plan_joining(b, BOB, 2);
	plan_event_add(b, p, EVENT_MAIL_OUT, "relay sent to marie" ANNE);
	plan_event_add(b, p, EVENT_BOUNCE, "marie" ANNE ": failed 5.1.1");
	plan_event_add(b, p, EVENT_NOTE, "ne jamais transmettre : menaces de " ANNE);
	plan_event_add(b, p, EVENT_COMMAND, "#prendre #admettre " ANNE);
	apply(b, sample_new(b, BOB, 77), p);
	poke(b, "INSERT INTO undo VALUES (3, randomblob(32), 4, 2, 5, 0);"
	    "INSERT INTO undo_value VALUES (3, 'contact', 2, '" BOB "', 'pas chez " ANNE "', '')");
	(void)erase(b, ANNE, true);
	assert_int_equal(peek(b, "SELECT count(*) FROM event WHERE ticket = 2 AND text LIKE"
	    " '%marie" ANNE "%'"), 2);
	assert_int_equal(peek(b, "SELECT count(*) FROM event WHERE ticket = 2 AND kind = 'note'"
	    " AND text LIKE '%menaces%'"), 1);
	assert_int_equal(peek(b, "SELECT count(*) FROM event WHERE ticket = 2 AND kind = 'command'"
	    " AND text <> ''"), 0);
	assert_int_equal(peek(b, "SELECT count(*) FROM undo_value WHERE undo = 3"), 1);
}

/* Everything that a figure of a past month is made of. */
#define FIGURES "SELECT group_concat(x, ';') FROM (SELECT ref || category || urgency || sensitive ||" \
	" opened || last_activity || first_answer || due || due_ar || due_silence || quartier || lang" \
	" AS x FROM ticket ORDER BY id)"

static const char *
figures(struct box *b, const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *q;
	const char *z;

	assert_int_equal(sqlite3_open(b->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	z = arena_strdup(b->a, (const char *)sqlite3_column_text(q, 0));
	sqlite3_finalize(q);
	sqlite3_close(db);
	return z;
}

static void
figures_stay(void **state)
{
	static const char *const sums[] = {
		FIGURES,
		"SELECT count(*) || ' ' || count(DISTINCT person) FROM ticket",
		"SELECT group_concat(outcome || role || received, ';') FROM message",
		"SELECT group_concat(kind || at || by || ticket, ';') FROM event WHERE kind <> 'admin'",
		"SELECT group_concat(kind || created || sent_at, ';') FROM outbox",
	};
	const char *before[sizeof sums / sizeof *sums];
	struct box *b = *state;

	traces(b);
	(void)open_as(b, ANNE, 3);
	(void)open_as(b, "carla@example.org", 4);
	poke(b, "UPDATE ticket SET state = 'closed', closed_at = 7, outcome = 'resolved' WHERE id = 3");
	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
		before[i] = figures(b, sums[i]);
	(void)erase(b, ANNE, false);
	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
		assert_string_equal(figures(b, sums[i]), before[i]);
	/* Settled stays settled then; what was open ends on the day of the erasure. */
	assert_int_equal(peek(b, "SELECT closed_at FROM ticket WHERE id = 3"), 7);
	assert_int_equal(peek(b, "SELECT outcome = 'resolved' FROM ticket WHERE id = 3"), 1);
	assert_int_equal(peek(b, "SELECT closed_at FROM ticket WHERE id = 1"), T0 + 5 * DAY);
	assert_int_equal(peek(b, "SELECT outcome = 'no_action' FROM ticket WHERE id = 1"), 1);
}

/* What the weekly digest counts of all that. */
static struct digest_facts *
digest_facts(struct box *b, struct rules *rules)
{
	static const struct category category[] = { { .name = "logement" } };
	static const struct digest_names names = { .category = category, .ncategories = 1,
	    .next = { .quartier = "", .place = "" } };
	struct desk *d = arena_new(b->a, struct desk, 1);
	date_day monday = date_local_day(T0 + DAY);
	struct digest_count *c;

	d->promise_days = 3;
	d->rules = rules;
	OK(hours_parse(span_of("mon-fri 09:00-12:00"), span_of(""), &d->hours, &b->f));
	c = digest_count_open(b->a, d, &names, monday - date_weekday(monday));
	OK(store_digest(b->s, c, digest_count_scope(c)->to, &b->f));
	return digest_count_end(c);
}

/* Mails of a body that the ticket was passed to, appointments, and one person of several tickets. */
static void
digest_stays(void **state)
{
	static const char caf[] = "contact@caf.example";
	struct box *b = *state;
	struct digest_facts *before, *after;
	struct rules *rules;

	OK(rules_load(&rules, "rules", RULES_CATEGORIES, &b->f));
	(void)open_as(b, ANNE, 1);
	(void)open_as(b, ANNE, 2);
	(void)open_as(b, BOB, 3);
	poke(b, "INSERT INTO meeting VALUES (1, 5, 0, 'x')");
	poke(b, "INSERT INTO participant VALUES (1, 'contact@caf.example', 'partner')");
	apply(b, sample_new(b, caf, 50), plan_joining(b, caf, 1));
	for (int i = 0; i < 20; i++)	/* breakdowns need four weeks of five */
		poke(b, arena_printf(b->a, "INSERT INTO ticket (ref, state, outcome, urgency,"
		    " category, opened, last_activity) VALUES ('x%d', 'open', '', 'normal',"
		    " 'logement', %lld, 0)", i, (long long)T0 - i / 5 * 7LL * DAY));
	before = digest_facts(b, rules);
	assert_int_equal(before->meetings[DIGEST_YEAR], 1);
	assert_int_equal(before->persons, 22);
	assert_int_equal(before->week[before->scope.nweeks - 1].received, 3);
	for (int i = 0; i < 2; i++) {
		(void)erase(b, i == 0 ? caf : ANNE, false);
		after = digest_facts(b, rules);
		assert_memory_equal(before->week, after->week, sizeof before->week);
		assert_memory_equal(before->meetings, after->meetings, sizeof before->meetings);
		assert_int_equal(after->persons, before->persons);
	}
	rules_close(&rules);
}

/* The address leads to no ticket any more, though two of one person are still one person's. */
static void
counted_but_not_found(void **state)
{
	struct box *b = *state;
	struct sha256 h;
	char hex[2 * SHA256_BYTES + 1];
	const char *sql;

	(void)open_ticket(b, ANNE, 1);
	(void)open_ticket(b, "Anne.Secrete@chez-elle.example", 2);
	(void)open_ticket(b, BOB, 3);
	h = person_hash(b->s, "count", ANNE);
	sha256_hex(&h, hex);
	sql = arena_printf(b->a, "SELECT count(*) FROM ticket WHERE lower(hex(person)) = '%s'", hex);
	assert_int_equal(peek(b, sql), 2);
	(void)erase(b, ANNE, false);
	assert_int_equal(peek(b, sql), 0);
	assert_int_equal(peek(b, "SELECT count(DISTINCT person) FROM ticket"), 2);
}

static struct plan_facts
facts(struct box *b, const char *who)
{
	struct plan_facts f = { 0 };

	OK(store_facts(b->s, b->a, who, YEAR, T0, T0, &f, &b->f));
	return f;
}

static void
who_must_not_be_written_to_stays_so(void **state)
{
	struct box *b = *state;

	traces(b);
	assert_true(facts(b, ANNE).person_no_auto);
	(void)erase(b, ANNE, false);
	assert_int_equal(peek(b, "SELECT count(*) FROM person"), 0);
	assert_true(facts(b, ANNE).person_no_auto);
	assert_true(facts(b, "Anne.SECRETE@Chez-Elle.example").person_no_auto);
	assert_false(facts(b, BOB).person_no_auto);
	assert_int_equal(facts(b, ANNE).nearlier, 0);
}

/* ---- what is on its way, and what comes later ---- */

static void
waits_for_what_is_being_sent(void **state)
{
	struct box *b = *state;
	struct outbox_item *v;
	struct erased e;
	size_t n;

	(void)open_ticket(b, ANNE, 1);
	OK(outbox_claim(b->s, b->a, T0 + 200, 10, &v, &n, &b->f));
	OK(store_begin(b->s, &b->f));
	IS(ST_TEMP, erase_person(b->s, b->a, ANNE, false, "marie", T0, &e, &b->f));
	store_rollback(b->s);
	assert_int_equal(peek(b, "SELECT count(*) FROM message WHERE visible"), 1);
}

static void
nothing_waits_to_be_sent_after(void **state)
{
	struct box *b = *state;
	struct outbox_item *v;
	struct erased e;
	size_t n;

	(void)open_ticket(b, ANNE, 1);
	e = erase(b, ANNE, false);
	assert_int_equal(e.sent, 2);
	IS(ST_NONE, outbox_claim(b->s, b->a, T0 + 90000, 10, &v, &n, &b->f));
	IS(ST_NONE, queue_retry(b->s, 1, T0, &b->f));
	assert_int_equal(peek(b, "SELECT count(*) FROM outbox WHERE state = 'dead'"), 2);
}

static void
an_unknown_address(void **state)
{
	struct box *b = *state;
	struct erased e;
	struct person_facts p;

	(void)open_ticket(b, BOB, 1);
	OK(store_begin(b->s, &b->f));
	IS(ST_NONE, erase_person(b->s, b->a, ANNE, false, "marie", T0, &e, &b->f));
	store_rollback(b->s);
	IS(ST_NONE, person_find(b->s, ANNE, &p, &b->f));
	/* Once erased, nothing is kept: a second time says so. */
	(void)erase(b, BOB, false);
	IS(ST_NONE, person_find(b->s, BOB, &p, &b->f));
}

/* Two questions are asked where the answer may reach whoever reads the mailbox. */
static void
what_may_endanger(void **state)
{
	static const char *const marks[] = {
		"INSERT INTO person VALUES ('" ANNE "', 1, '')",
		"INSERT INTO person VALUES ('" ANNE "', 0, 'chez sa soeur')",
		"UPDATE ticket SET sensitive = 1 WHERE id = 1",
		"UPDATE ticket SET sensitive = 1 WHERE id = 2",	/* somebody else's: she wrote into it */
		"UPDATE message SET sensitive = 1 WHERE ticket IS NULL",
	};
	struct box *b = *state;

	(void)open_ticket(b, ANNE, 1);
	(void)open_as(b, BOB, 2);
	apply(b, sample_new(b, ANNE, 3), plan_joining(b, ANNE, 2));
	apply(b, sample_new(b, ANNE, 4), plan_blank(b, ANNE));
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		struct person_facts p;

		OK(person_find(b->s, ANNE, &p, &b->f));
		assert_false(person_is_delicate(&p));
		poke(b, marks[i]);
		OK(person_find(b->s, ANNE, &p, &b->f));
		assert_true(person_is_delicate(&p));
		poke(b, "DELETE FROM person; UPDATE ticket SET sensitive = 0;"
		    "UPDATE message SET sensitive = 0");
	}
}

/* The same bytes again are known by their hash and bring nothing back. */
static void
seen_again(void **state)
{
	struct box *b = *state;
	struct sample *x = full_sample(b, ANNE, 1);
	int64_t same = 0;

	apply(b, x, plan_opening(b, ANNE, 1));
	(void)erase(b, ANNE, false);
	OK(store_same(b->s, &x->sm.id, x->mail.message_id, ANNE, &same, &b->f));
	assert_int_equal(same, 1);
	x->sm.id.sha256 = sha256_of(span_of("other bytes"));
	IS(ST_NONE, store_same(b->s, &x->sm.id, x->mail.message_id, ANNE, &same, &b->f));
}

/* Whose ticket went into hers goes on in their own; a reference that a proven agent writes in a
 * subject leads nowhere. */
static void
no_mail_joins_what_is_anonymous(void **state)
{
	struct thread_key keys[] = { { THREAD_BY_TAG, "BI-2026-00001" },
	    { THREAD_BY_TAG, "BI-2026-00002" } };
	struct box *b = *state;
	struct thread_hit *hits;
	size_t n;

	(void)open_ticket(b, ANNE, 1);
	(void)open_ticket(b, BOB, 2);
	poke(b, "UPDATE ticket SET merged_into = 1 WHERE id = 2");
	OK(store_hits(b->s, b->a, &(struct thread_keys){ keys + 1, 1 }, BOB, &hits, &n, &b->f));
	assert_true(n == 1 && hits[0].ticket == 1);
	(void)erase(b, ANNE, true);
	OK(store_hits(b->s, b->a, &(struct thread_keys){ keys, 2 }, BOB, &hits, &n, &b->f));
	assert_int_equal(n, 1);
	assert_int_equal(hits[0].ticket, 2);
}

/* ---- the mailbox ---- */

static void
what_leaves_the_mailbox(void **state)
{
	struct box *b = *state;
	struct location copy = { "Sent", 9, 40 };
	struct unwanted *v;
	size_t n;

	traces(b);
	OK(outbox_copied(b->s, 1, &copy, &b->f));
	OK(erase_unwanted(b->s, b->a, 10, &v, &n, &b->f));
	assert_int_equal(n, 0);
	(void)erase(b, ANNE, true);
	OK(erase_unwanted(b->s, b->a, 10, &v, &n, &b->f));
	assert_int_equal(n, 4);		/* INBOX 1 to 4; one folder at a time */
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(v[i].at.mailbox, "INBOX");
		assert_int_equal(v[i].at.uid, i + 1);
		assert_int_equal(v[i].size, 1000);
	}
	OK(erase_gone(b->s, v, n, n, false, T0, &b->f));
	assert_int_equal(peek(b, "SELECT count(*) FROM journal WHERE act LIKE 'erased%4 mails'"), 1);
	OK(erase_unwanted(b->s, b->a, 10, &v, &n, &b->f));
	assert_int_equal(n, 1);
	assert_string_equal(v[0].at.mailbox, "Sent");
	OK(erase_gone(b->s, v, n, 0, false, T0, &b->f));
	assert_int_equal(peek(b, "SELECT count(*) FROM journal"), 1);
	OK(erase_unwanted(b->s, b->a, 10, &v, &n, &b->f));
	assert_int_equal(n, 0);
	/* Moved by hand meanwhile, it is found elsewhere: it goes there too. */
	OK(store_copy(b->s, 1, &(struct location){ "Archive", 3, 77 }, &b->f));
	OK(erase_unwanted(b->s, b->a, 10, &v, &n, &b->f));
	assert_int_equal(n, 1);
	assert_int_equal(v[0].at.uid, 77);
	/* A server that cannot: nobody is told that they went. */
	OK(erase_gone(b->s, v, n, 1, true, T0, &b->f));
	assert_int_equal(peek(b, "SELECT count(*) FROM journal WHERE act LIKE 'NOT erased%1 mails'"), 1);
	OK(erase_unwanted(b->s, b->a, 10, &v, &n, &b->f));
	assert_int_equal(n, 0);
}

/* ---- what is past its time ---- */

static void
close_at(struct box *b, int64_t ticket, int64_t at)
{
	poke(b, arena_printf(b->a, "UPDATE ticket SET state = 'closed', closed_at = 1, last_activity ="
	    " %lld WHERE id = %lld", (long long)at, (long long)ticket));
}

static void
expired(void **state)
{
	static const struct expiry lines[] = { { "voirie", T0 + 50 }, { "", T0 + 60 } };
	struct box *b = *state;
	struct plan *p;
	struct erased e;

	for (int n = 1; n <= 5; n++)
		(void)open_ticket(b, n == 4 ? ANNE : BOB, n);
	close_at(b, 1, T0 + 49);
	close_at(b, 2, T0 + 50);		/* not yet */
	close_at(b, 4, T0 + 49);
	poke(b, "UPDATE ticket SET category = 'sante' WHERE id = 4");
	poke(b, "UPDATE ticket SET last_activity = 1 WHERE id = 3");	/* open */
	p = plan_blank(b, ANNE);
	apply(b, sample_new(b, ANNE, 59), p);
	apply(b, sample_new(b, ANNE, 60), p);
	OK(store_begin(b->s, &b->f));
	OK(erase_expired(b->s, b->a, lines, 2, "marie", T0, &e, &b->f));
	OK(store_commit(b->s, &b->f));
	assert_int_equal(e.tickets, 1);
	assert_int_equal(e.messages, 2);
	assert_int_equal(peek(b, "SELECT sum(id) FROM ticket WHERE erased > 0"), 1);
	assert_int_equal(peek(b, "SELECT count(*) FROM message WHERE unwanted"), 2);
	assert_int_equal(peek(b, "SELECT count(*) FROM message WHERE visible"), 5);
	assert_int_equal(peek(b, "SELECT closed_at FROM ticket WHERE id = 1"), 1);
}

/* Merged into one that goes on, it stays as long; in a circle nothing hangs. */
static void
what_is_carried_on_stays(void **state)
{
	static const struct expiry line = { "voirie", T0 + 50 };
	static const struct { const char *is; int64_t gone; } t[] = {
		{ "UPDATE ticket SET merged_into = 3 WHERE id = 2", 0 },
		{ "UPDATE ticket SET state = 'closed', closed_at = 1 WHERE id = 3", 0 },
		{ "UPDATE ticket SET merged_into = 1 WHERE id = 3", 0 },
		{ "UPDATE ticket SET last_activity = 5 WHERE id = 3", 3 },
	};
	struct box *b = *state;
	struct erased e;

	for (int n = 1; n <= 3; n++)
		(void)open_ticket(b, BOB, n);
	close_at(b, 1, 5);
	close_at(b, 2, 5);
	poke(b, "UPDATE ticket SET merged_into = 2 WHERE id = 1;"
	    "UPDATE ticket SET last_activity = 1795000090 WHERE id = 3");
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		poke(b, t[i].is);
		OK(store_begin(b->s, &b->f));
		OK(erase_expired(b->s, b->a, &line, 1, "marie", T0, &e, &b->f));
		OK(store_commit(b->s, &b->f));
		assert_int_equal(e.tickets, t[i].gone);
	}
}

/* More of them than any one read takes. */
static void
many_silenced(void **state)
{
	struct box *b = *state;

	(void)open_ticket(b, ANNE, 1);
	poke(b, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
	    " INSERT INTO person SELECT 'p' || i || '@x', 1, '' FROM n");
	(void)erase(b, ANNE, false);
	assert_int_equal(peek(b, "SELECT count(*) FROM person"), 0);
	assert_int_equal(peek(b, "SELECT count(*) FROM silenced"), 300);
	assert_true(facts(b, "p300@x").person_no_auto);
}

/* ---- a column that is added must be thought of ---- */

enum fate {
	BLANK,			/* emptied, or its row deleted */
	OURS,			/* words and ids of this program, or of its configuration */
	HASH,			/* of bytes, or keyed */
};

static const struct { const char *column; enum fate fate; } columns[] = {
	{ "absence.agent", OURS }, { "ack_released.domain", BLANK }, { "attachment.filename", BLANK }, { "attachment.type", BLANK },
	{ "attempt.mailbox", OURS }, { "cursor.mailbox", OURS },
	{ "bordereau.by", OURS }, { "bordereau_line.category", OURS },
	{ "closing.outcome", OURS }, { "confirm.agent", OURS }, { "confirm.code", HASH },
	{ "duty.name", OURS }, { "duty.who", OURS },
	{ "event.by", OURS }, { "event.kind", OURS }, { "event.text", BLANK },
	{ "greeting.address", OURS }, { "heartbeat.note", OURS }, { "heartbeat.role", OURS },
	{ "journal.act", OURS }, { "journal.by", OURS }, { "journal.mac", HASH },
	{ "journal.ticket", OURS },
	{ "journal_mark.mac", HASH }, { "journal_mark.name", OURS }, { "journal_mark.seal", HASH },
	{ "known_id.message_id", BLANK }, { "known_id.minted_for", BLANK }, { "known_id.token", BLANK },
	{ "location.mailbox", OURS }, { "meeting.place", BLANK },
	{ "message.ack", OURS }, { "message.ack_because", OURS }, { "message.because", OURS },
	{ "message.body", BLANK }, { "message.category", OURS }, { "message.file", OURS },
	{ "message.hits", BLANK }, { "message.lang", OURS }, { "message.message_id", BLANK },
	{ "message.outcome", OURS }, { "message.role", OURS }, { "message.sender", BLANK },
	{ "message.sha256", HASH }, { "message.subject", BLANK }, { "message.urgency", OURS },
	{ "message.who", OURS }, { "message.why_row", OURS },
	{ "message_text.name", BLANK }, { "message_text.reply_text", BLANK }, { "message_text.text", BLANK },
	{ "meta.name", OURS }, { "notice.person", OURS },
	{ "outbox.domain", BLANK }, { "outbox.failure", OURS }, { "outbox.kind", OURS }, { "outbox.last_error", BLANK },
	{ "outbox.mail_from", OURS }, { "outbox.message_id", OURS }, { "outbox.person", BLANK },
	{ "outbox.rcpt", BLANK }, { "outbox.state", OURS },
	{ "participant.address", BLANK }, { "participant.role", OURS },
	{ "person.address", BLANK }, { "person.contact_sur", BLANK },
	{ "reminder.agent", OURS }, { "reminder.kind", OURS }, { "reminder.text", BLANK },
	{ "selftest.message_id", OURS }, { "silenced.hash", HASH }, { "storm.person", OURS },
	{ "ticket.agent", OURS }, { "ticket.category", OURS }, { "ticket.citizen", BLANK },
	{ "ticket.lang", OURS }, { "ticket.outcome", OURS }, { "ticket.person", HASH },
	{ "ticket.quartier", OURS }, { "ticket.ref", OURS }, { "ticket.state", OURS },
	{ "ticket.subject", BLANK }, { "ticket.urgency", OURS },
	{ "undo.code", HASH }, { "undo_value.became", BLANK }, { "undo_value.key", BLANK },
	{ "undo_value.was", BLANK }, { "undo_value.what", OURS },
	{ "vigil.agent", OURS }, { "wire.bytes", BLANK }, { "words.text", BLANK },
	{ "wish.by", OURS }, { "wish.kind", OURS }, { "wish.why", OURS },
};

static void
every_column_has_its_fate(void **state)
{
	struct box *b = *state;
	sqlite3 *db;
	sqlite3_stmt *q;
	size_t seen = 0;

	assert_int_equal(sqlite3_open(b->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT m.name || '.' || c.name FROM sqlite_schema m"
	    " JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.sql NOT LIKE '%VIRTUAL%'"
	    " AND m.name NOT LIKE 'search%' AND c.type IN ('TEXT', 'BLOB')", -1, &q, NULL), SQLITE_OK);
	while (sqlite3_step(q) == SQLITE_ROW) {
		const char *z = (const char *)sqlite3_column_text(q, 0);
		size_t i = 0;

		while (i < sizeof columns / sizeof *columns && strcmp(columns[i].column, z) != 0)
			i++;
		if (i == sizeof columns / sizeof *columns)
			fail_msg("%s: what does an erasure do with it? Add it to this list and, unless it "
			    "is OURS or a HASH, to src/store/erase.c", z);
		seen++;
	}
	sqlite3_finalize(q);
	sqlite3_close(db);
	assert_int_equal(seen, sizeof columns / sizeof *columns);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(no_byte_is_left),
		TEST(nothing_readable_even_before_the_file_is_rewritten),
		TEST(others_are_untouched),
		TEST(others_that_only_look_like_it),
		TEST(figures_stay),
		TEST(digest_stays),
		TEST(counted_but_not_found),
		TEST(who_must_not_be_written_to_stays_so),
		TEST(waits_for_what_is_being_sent),
		TEST(nothing_waits_to_be_sent_after),
		TEST(an_unknown_address),
		TEST(what_may_endanger),
		TEST(seen_again),
		TEST(no_mail_joins_what_is_anonymous),
		TEST(what_leaves_the_mailbox),
		TEST(expired),
		TEST(what_is_carried_on_stays),
		TEST(many_silenced),
		TEST(every_column_has_its_fate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
