#include "needs.h"

#include "orders.h"

static void
code_add(const struct desk *d, enum code_for what, const char *agent, const char *code,
    struct sha256 *v, size_t *n)
{
	if (*n < NEEDS_MAX)
		v[(*n)++] = code_digest(d->key, what, agent, code);
}

static void
command_needs(const struct desk *d, const struct command *c, struct needs *out)
{
	if (c->fault != COMMAND_OK)
		return;
	if (c->word == COMMAND_ANNULER)
		code_add(d, CODE_UNDO, out->agent, c->code, out->undo, &out->nundo);
	if (c->word == COMMAND_CONFIRMER)
		code_add(d, CODE_CONFIRM, out->agent, c->code, out->confirm, &out->nconfirm);
}

void
needs_of(struct arena *a, const struct desk *d, const struct mail *m, int64_t now,
    struct needs *out)
{
	const struct agent *me = m != NULL && m->from.n == 1 ? desk_agent(d, m->from.v[0].spec) :
	    NULL;
	struct commands commands;
	struct relay relay;

	*out = (struct needs){ .agent = me != NULL ? me->section : "" };
	if (me == NULL)
		return;
	orders_words(a, d, m, me, now, &commands, &relay);
	for (size_t i = 0; i < commands.n; i++) {
		command_needs(d, &commands.v[i], out);
		if (ask_of(a, d, me, &commands.v[i], &out->ask.v[i]))
			out->ask.n = i + 1;
	}
}
