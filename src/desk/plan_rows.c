/* plan_rows.c - the rest of the decision table of MAIL-RULES: rows 0, 12, 14, 7 and 17 to 21,
 * and what every row leads to. */
#include "plan_int.h"

#include <string.h>

/* Row 0: mail that this database is too young to answer.  A mail that carries our keyword was
 * handled by an earlier one (a restored backup, a lost file): nobody is written to twice. */
const char *
plan_too_old(const struct planning *g)
{
	if (g->in->received < g->d->since)
		return "received before the service began";
	return g->in->marked ? "handled before, by an earlier database" : NULL;
}

static bool
is_spam(const struct planning *g)
{
	return g->in->ident.released_by == NULL && (g->in->verdict->spam ||
	    span_ieq(header_value(&g->in->mail->headers, "X-Spam-Flag"), "yes"));
}

static bool
is_refuted(const struct planning *g)
{
	return authres_refutes(&g->p->who.auth);
}

static bool
asks_silence(const struct planning *g)
{
	static const char *const words[] = { "All", "OOF", "AutoReply" };
	struct span rest = header_value(&g->in->mail->headers, "X-Auto-Response-Suppress"), w;

	while (span_cut(&rest, ',', &w))
		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			if (span_ieq(span_trim(w), words[i]))
				return true;
	return false;
}

static bool
is_unsafe_address(const struct planning *g)
{
	return !addr_is_strict(g->p->who.sender) || desk_is_own(g->d, g->p->who.sender);
}

bool
plan_joins(const struct planning *g)
{
	return g->p->thread.how == THREAD_APPEND;
}

static bool
over(int count, int cap)
{
	return cap > 0 && count >= cap;
}

static bool
is_sender_capped(const struct planning *g)
{
	return over(g->facts->acks_to_sender, g->d->acks_per_sender_per_day);
}

bool
plan_cap_reached(const struct planning *g)
{
	return over(g->facts->acks_to_domain, g->d->acks_per_domain_per_hour) ||
	    over(g->facts->acks_all, g->d->acks_per_hour);
}

static bool
always(const struct planning *g)
{
	(void)g;
	return true;
}

static const struct row {
	const char *name;
	bool (*holds)(const struct planning *g);
	enum act act;
	const char *because;
} citizen_rows[] = {
	{ "12", is_spam, ACT_SET_ASIDE, "marked or judged as spam" },
	{ "14", is_refuted, ACT_TICKET_SILENT, "the sender's domain disowns it (dmarc or spf fail)" },
	{ "7", asks_silence, ACT_JOIN_OR_SILENT, "asks for no automatic answer" },
	{ "17", is_unsafe_address, ACT_JOIN_OR_SILENT, "no address that is safe to answer" },
	{ "18", plan_joins, ACT_APPEND, "joins its ticket" },
	{ "19", is_sender_capped, ACT_TICKET_SILENT, "this person had enough acknowledgments today" },
	{ "19b", plan_cap_reached, ACT_TICKET_HELD, "the acknowledgment waits for a cap" },
	{ "21", always, ACT_TICKET, "a person's demand" },
};

/* What ident's rows lead to; its own words say why. */
static const struct { const char *name; enum act act; } ident_rows[] = {
	{ "2", ACT_SELF }, { "2b", ACT_AGENT }, { "3", ACT_SET_ASIDE },
	{ "4", ACT_BOUNCE_OR_RECORD }, { "5", ACT_BOUNCE_OR_RECORD },
	{ "6", ACT_APPEND_OR_RECORD }, { "8", ACT_RECORD }, { "9", ACT_RECORD },
	{ "10", ACT_APPEND_OR_RECORD }, { "11", ACT_RECORD }, { "13", ACT_RECORD },
	{ "15", ACT_AGENT }, { "16", ACT_SET_ASIDE },
};

enum act
plan_row(struct planning *g)
{
	const struct ident *who = &g->p->who;

	g->p->row = who->row;
	g->p->because = who->because;
	if (who->who == WHO_AGENT_UNPROVEN)
		return ACT_SET_ASIDE;
	if (g->in->ident.found_in_sent && who->who == WHO_MACHINE)
		return ACT_RECORD;
	for (size_t i = 0; i < sizeof ident_rows / sizeof *ident_rows; i++)
		if (strcmp(ident_rows[i].name, who->row) == 0)
			return ident_rows[i].act;
	for (const struct row *r = citizen_rows;; r++)
		if (r->holds(g)) {
			g->p->row = r->name;
			g->p->because = r->because;
			return r->act;
		}
}
