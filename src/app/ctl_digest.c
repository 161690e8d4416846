/* ctl_digest.c - the cabinet's digest of any week, on standard output.  Sends nothing. */
#include "ctl.h"

#include "clock.h"
#include "digest_read.h"
#include "mac.h"

#include <stdio.h>
#include <sysexits.h>

/* The week that the cabinet was told of last; else the one that is asked for. */
static bool
week_choose(struct ctl *c, date_day *out)
{
	struct cabinet_clock k = cabinet_clock_of(c->cfg->cabinet_day, c->cfg->cabinet_time);

	if (c->week[0] == '\0') {
		*out = digest_last_due(clock_now(), k.weekday, k.hour, k.min);
		return true;
	}
	if (digest_week_parse(span_of(c->week), out) && *out <= date_local_day(clock_now()))
		return true;
	(void)fault_set(&c->f, ST_PERM, "--week: a week that has begun, like 2026-W47, not \"%s\"",
	    c->week);
	return false;
}

/* As the first address of the cabinet would get it; the bureau's own where there is none. */
static enum status
eml_make(struct ctl *c, const struct setup *s, const struct digest_doc *doc, struct span *out)
{
	struct span rest = span_of(c->cfg->cabinet), to;
	struct plan_facts random = { .nrandom = plan_mails_max(&s->desk) };
	struct plan plan;

	random.random = (unsigned char(*)[MSGID_RANDOM])arena_alloc(c->a, random.nrandom,
	    MSGID_RANDOM);
	random_bytes(random.random, random.nrandom * MSGID_RANDOM);
	if (!span_cut(&rest, ',', &to) || span_trim(to).n == 0)
		to = span_of(c->cfg->address);
	if (digest_mail(c->a, &s->desk, doc, arena_span(c->a, span_trim(to)), clock_now(), &random,
	    &plan, &c->f) != ST_OK)
		return c->f.st;
	*out = plan.mails[0].wire;
	return ST_OK;
}

static enum status
print(struct ctl *c, const struct setup *s, const struct digest_doc *doc)
{
	const char *text = "";
	struct span out;
	struct jsonw j;

	if ((c->html ? digest_html(c->a, doc, false, &text, &c->f) :
	    digest_text(c->a, doc, &text, &c->f)) != ST_OK)
		return c->f.st;
	out = span_of(text);
	if (c->eml && eml_make(c, s, doc, &out) != ST_OK)
		return c->f.st;
	if (c->json) {
		jsonw_open(&j, &c->out);
		jsonw_object(&j, NULL);
		jsonw_str(&j, "subject", doc->subject);
		jsonw_str(&j, "text", arena_span(c->a, out));
		jsonw_object_end(&j);
		buf_addc(&c->out, '\n');
	} else
		buf_add(&c->out, out);
	ctl_flush(c);
	return ST_OK;
}

static int
digest(struct ctl *c, const struct setup *s, date_day monday)
{
	struct store *db AUTO(store_close) = NULL;
	struct digest_facts *facts;
	struct digest_doc *doc;
	int rc = ctl_store(c, STORE_READ, &db);

	if (rc != EX_OK)
		return rc;
	if (digest_read(c->a, &s->desk, db, monday, clock_now(), &doc, &facts, &c->f) != ST_OK)
		return ctl_fail(c, c->f.st == ST_TEMP ? EX_TEMPFAIL : EX_IOERR);
	return print(c, s, doc) == ST_OK ? EX_OK : ctl_fail(c, EX_SOFTWARE);
}

int
ctl_digest(struct ctl *c)
{
	struct span key = span_from("", 0);
	struct setup s;
	date_day monday;
	int rc;

	if (c->argc != 1 || c->eml + c->html + c->text > 1) {
		(void)fprintf(stderr, "bureauctl: usage: bureauctl digest [--week 2026-W47] "
		    "[--eml|--html|--text]\n");
		return EX_USAGE;
	}
	if (!week_choose(c, &monday))
		return ctl_fail(c, EX_USAGE);
	if (config_key(c->a, c->cfg, &key, &c->f) == ST_PERM ||
	    setup_load(c->a, c->cfg, key, &s, &c->f) != ST_OK)
		return ctl_fail(c, EX_CONFIG);
	rc = digest(c, &s, monday);
	setup_close(&s);
	return rc;
}
