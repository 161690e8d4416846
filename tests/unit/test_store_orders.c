/* What the words of agents keep in the database: undo records, reminders. */
#include "test_store_help.h"

#include "needs.h"

static struct agent claire = { "claire", "Claire", "claire@ville.test", "*", true };

/* A mail of claire that joins ticket `t` and changes what `c` says, under a code. */
static struct plan *
order(struct box *b, int64_t t, const struct sha256 *code, struct plan_change c)
{
	struct plan *p = plan_joining(b, "claire@ville.test", t);

	c.any = true;
	p->change = c;
	p->role = MAIL_ROLE_AGENT;
	p->who.who = WHO_AGENT;
	p->who.agent = &claire;
	p->undo.code = code;
	return p;
}

static struct plan_change
change(const char *agent, const char *admit)
{
	return (struct plan_change){ .agent = agent, .category = "", .quartier = "",
	    .contact = "", .admit = admit };
}

static struct sha256
code_of(const char *z)
{
	return code_digest(span_of("key"), CODE_UNDO, "claire", z);
}

static struct undo_facts
look(struct box *b, const struct sha256 *code)
{
	const struct needs n = { .agent = "claire", .undo = { *code }, .nundo = 1 };
	static const struct plan_facts none;
	struct order_facts out;

	OK(store_needs(b->s, b->a, &n, &none, T0, &out, &b->f));
	return out.undo[0];
}

static void
only_what_changed_is_kept(void **state)
{
	struct box *b = *state;
	int64_t t = open_ticket(b, "anne@example.org", 1);
	struct sha256 code = code_of("AAAA-BBBB"), other = code_of("AAAA-CCCC");
	struct undo_facts u;

	apply(b, sample_new(b, "claire@ville.test", 2), order(b, t, &code,
	    change("claire", "soeur@example.org")));
	u = look(b, &code);
	assert_true(u.id != 0 && u.ticket == t && u.used_at == 0);
	assert_int_equal(u.n, 2);
	assert_int_equal(u.v[0].what, UNDO_PARTICIPANT);
	assert_string_equal(u.v[0].key, "soeur@example.org");
	assert_int_equal(u.v[1].what, UNDO_AGENT);
	assert_string_equal(u.v[1].was, "");
	assert_string_equal(u.v[1].became, "claire");
	assert_int_equal(look(b, &other).id, 0);
	check_sound(b);
}

static void
given_back_once(void **state)
{
	struct box *b = *state;
	int64_t t = open_ticket(b, "anne@example.org", 1);
	struct sha256 code = code_of("AAAA-BBBB");
	struct undo_facts u;
	struct plan *p;

	p = order(b, t, &code, change("claire", ""));
	p->change.has_outcome = true;
	p->change.outcome = TICKET_OUTCOME_RESOLVED;
	p->change.contact = "tante@example.org";
	p->state = TICKET_CLOSED;
	apply(b, sample_new(b, "claire@ville.test", 2), p);
	assert_int_equal(peek(b, "SELECT state = 'closed' AND closed_at <> 0 FROM ticket"), 1);
	u = look(b, &code);
	p = order(b, t, NULL, change("", ""));
	p->state = TICKET_CLOSED;
	p->undo = (struct plan_undo){ NULL, &u, u.v, u.n };
	apply(b, sample_new(b, "claire@ville.test", 3), p);
	assert_int_equal(peek(b, "SELECT state = 'open' AND closed_at = 0 AND outcome = ''"
	    " AND agent = '' FROM ticket"), 1);
	assert_int_equal(peek(b, "SELECT contact_sur = '' FROM person"), 1);
	assert_int_equal(peek(b, "SELECT count(*) FROM journal WHERE act = 'annuler'"), 1);
	assert_true(look(b, &code).used_at != 0);
	check_sound(b);
}

static void
a_later_order_on_the_same_thing_is_seen(void **state)
{
	struct box *b = *state;
	int64_t t = open_ticket(b, "anne@example.org", 1);
	struct sha256 code[] = { code_of("AAAA-BBBB"), code_of("AAAA-CCCC"), code_of("AAAA-DDDD") };
	static const char *const to[] = { "claire", "karim", "claire" };
	struct undo_facts u;

	for (int i = 0; i < 3; i++)
		apply(b, sample_new(b, "claire@ville.test", 2 + i), order(b, t, &code[i],
		    change(to[i], "")));
	u = look(b, &code[0]);
	assert_string_equal(u.v[0].now, u.v[0].became);
	assert_true(u.v[0].later);
	assert_false(look(b, &code[2]).v[0].later);
}

static void
old_records_go(void **state)
{
	struct box *b = *state;
	int64_t t = open_ticket(b, "anne@example.org", 1);
	struct sha256 code = code_of("AAAA-BBBB"), next = code_of("AAAA-CCCC");

	apply(b, sample_new(b, "claire@ville.test", 2), order(b, t, &code, change("claire", "")));
	poke(b, "UPDATE undo SET at = at - 31 * 86400");
	apply(b, sample_new(b, "claire@ville.test", 3), order(b, t, &next, change("karim", "")));
	assert_int_equal(look(b, &code).id, 0);
	assert_int_equal(peek(b, "SELECT count(*) FROM undo_value"), 1);
}

static void
a_reminder_is_due_once(void **state)
{
	struct box *b = *state;
	int64_t t = open_ticket(b, "anne@example.org", 1);
	struct plan_reminder r = { T0 + 1000, 20775, "appeler" };
	struct plan_mail m = { .kind = MAIL_KIND_REMINDER, .to = "claire@ville.test",
	    .mail_from = "", .message_id = "<0.reminder.tokenaaa00000000.maaaaaaaaaaaaaac@ville.test>",
	    .wire = span_of("x") };
	const struct plan sent = { .mails = &m, .nmails = 1 };
	struct recall *v;
	struct plan *p;
	bool any;
	size_t n;

	p = order(b, t, NULL, change("", ""));
	p->change.reminder = &r;
	p->change.nreminders = 1;
	apply(b, sample_new(b, "claire@ville.test", 2), p);
	OK(store_recall_any(b->s, T0 + 999, &any, &b->f));
	assert_false(any);
	for (int i = 0; i < 2; i++) {
		OK(store_begin(b->s, &b->f));
		OK(store_recalls(b->s, b->a, T0 + 1000, &v, &n, &b->f));
		assert_int_equal(n, i == 0);
		if (n == 1) {
			assert_string_equal(v[0].by, "claire");
			assert_string_equal(v[0].text, "appeler");
			OK(store_recalled(b->s, &v[0], &sent, T0 + 1000, &b->f));
		}
		OK(store_commit(b->s, &b->f));
	}
	assert_int_equal(peek(b, "SELECT count(*) FROM outbox WHERE kind = 'reminder'"), 1);
	check_sound(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_what_changed_is_kept), TEST(given_back_once),
		TEST(a_later_order_on_the_same_thing_is_seen), TEST(old_records_go),
		TEST(a_reminder_is_due_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
