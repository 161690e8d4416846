/* An agent's mail, from its text to what is relayed: first byte chooses the day. */
#include "fuzz.h"
#include "relay.h"
#include "transcript.h"

static const struct command_name people[] = {
	{ "claire", "Claire Martin", "claire@ville.test" }, { "karim", "Karim", "" },
};
static const struct command_name places[] = {
	{ "ccas", "CCAS", "" }, { "mission-locale", "Mission locale", "" },
};
static const char *const internal[] = { "claire@ville.test" };

static void
check_command(const struct command *c)
{
	PROMISE((c->fault == COMMAND_OK) == (c->why[0] == '\0'));
	PROMISE(c->word <= COMMAND_UNKNOWN && c->said[0] == '#');
	PROMISE(utf8_valid(span_of(c->said)) && utf8_valid(span_of(c->line)));
	PROMISE(utf8_valid(span_of(c->text)) && utf8_valid(span_of(c->why)));
	if (c->word == COMMAND_RDV && c->fault == COMMAND_OK && !c->cancel)
		PROMISE(c->day != DATE_INVALID && c->minute >= 0 && c->minute < 24 * 60);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ARENA_AUTO struct arena *a = arena_open();
	static struct hours hours;
	struct fault f;
	struct command_facts facts = { .hours = &hours, .prefix = "BI", .me = "karim",
		.agents = { people, 2 }, .entries = { places, 2 } };
	const struct relay_facts rf = { .bureau = "bureau@ville.test", .internal = internal,
		.ninternal = 1, .agent_name = "Karim", .organisation = "", .bureau_name = "" };
	struct relay_own own;
	struct commands c;
	struct relay r;

	if (n == 0 || hours_parse(span_of("mon-fri 09:00-17:00"), span_of(""), &hours,
	    &f) != ST_OK)
		return 0;
	facts.now = date_instant(20000 + data[0] * 3, 10, 0);
	relay_own(a, &rf, fuzz_text(a, fuzz_span(a, data + 1, n - 1)), &own);
	PROMISE(utf8_valid(span_of(own.text)));
	command_read(a, &facts, span_of(own.text), &c);
	for (size_t i = 0; i < c.n; i++)
		check_command(&c.v[i]);
	PROMISE(c.n <= COMMAND_MAX && c.faults <= c.n && utf8_valid(span_of(c.prose)));
	relay_decide(a, &rf, &own, &c, &r);
	PROMISE((r.what == RELAY_SEND) <= (r.text[0] != '\0'));
	PROMISE(utf8_valid(span_of(r.text)));
	return 0;
}
