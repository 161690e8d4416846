#include "config.h"

#include "config_table.h"
#include "file.h"
#include "ini.h"
#include "limits.h"

#include <string.h>

struct reading {
	struct arena *a;
	struct config *c;
	struct agent *agent;		/* the [agent NAME] section being read */
	unsigned agent_seen;		/* which of its keys were given */
	int agent_line[CONFIG_AGENTS_MAX];	/* of its address, else of the section */
	int line[CONFIG_KEYS_MAX];	/* of each key of the table; 0: not given */
};

/* f becomes "file:line: what", without a line when there is none to name. */
static enum status
place(const struct reading *r, int line, struct fault *f)
{
	struct fault inner = *f;

	if (line == 0)
		return fault_set(f, inner.st, "%s: %s", r->c->path, inner.text);
	return fault_set(f, inner.st, "%s:%d: %s", r->c->path, line, inner.text);
}

static const struct config_key *
key_find(const char *section, const char *key, size_t *index)
{
	for (size_t i = 0; i < config_table_size; i++) {
		const struct config_key *k = &config_table[i];

		if (strcmp(k->section, section) == 0 && strcmp(k->key, key) == 0) {
			*index = i;
			return k;
		}
	}
	return NULL;
}

static enum status
place_key(const struct reading *r, const char *section, const char *key, struct fault *f)
{
	size_t i = 0;

	return place(r, key_find(section, key, &i) != NULL ? r->line[i] : 0, f);
}

static enum status
set_int(const struct config_key *k, const char *v, int *out, struct fault *f)
{
	unsigned long long n;

	if (!span_number(span_of(v), (unsigned long long)k->max, &n) ||
	    n < (unsigned long long)k->min)
		return fault_set(f, ST_PERM, "%s: a number from %d to %d, not \"%s\"", k->key,
		    k->min, k->max, v);
	*out = (int)n;
	return ST_OK;
}

static enum status
set_bool(const struct config_key *k, const char *v, bool *out, struct fault *f)
{
	if (strcmp(v, "yes") != 0 && strcmp(v, "no") != 0)
		return fault_set(f, ST_PERM, "%s: yes or no, not \"%s\"", k->key, v);
	*out = v[0] == 'y';
	return ST_OK;
}

/* words: "agent|discreet|none" */
static enum status
set_word(const struct config_key *k, const char *v, int *out, struct fault *f)
{
	struct span rest = span_of(k->words), w;

	for (int i = 0; span_cut(&rest, '|', &w); i++)
		if (span_eq(w, v)) {
			*out = i;
			return ST_OK;
		}
	return fault_set(f, ST_PERM, "%s: one of %s, not \"%s\"", k->key, k->words, v);
}

static enum status
set_when(const struct config_key *k, const char *v, int64_t *out, struct fault *f)
{
	if (v[0] == '\0')
		*out = 0;
	else if (!date_parse_rfc3339(span_of(v), out))
		return fault_set(
		    f, ST_PERM, "%s: a date or RFC 3339 time, not \"%s\"", k->key, v);
	else if (*out == 0)
		*out = 1;	/* 1970-01-01: everything; 0 means "not set" */
	return ST_OK;
}

/* Every address of the list must be one that mail can be sent to. */
static enum status
check_addrs(const struct config_key *k, const char *v, struct fault *f)
{
	struct span rest = span_of(v), w;
	char z[LIMIT_ADDRESS + 1];

	while (span_cut(&rest, ',', &w)) {
		w = span_trim(w);
		if (w.n == 0 || w.n >= sizeof z)
			return fault_set(
			    f, ST_PERM, "%s: not an address list: \"%s\"", k->key, v);
		memcpy(z, w.p, w.n);
		z[w.n] = '\0';
		if (!addr_is_strict(z))
			return fault_set(f, ST_PERM, "%s: not an address: \"%s\"", k->key, z);
	}
	return ST_OK;
}

static enum status
check_addr(const struct config_key *k, const char *v, struct fault *f)
{
	if (strchr(v, ',') != NULL)
		return fault_set(f, ST_PERM, "%s: one address only", k->key);
	return check_addrs(k, v, f);
}

static enum status
check_clock(const struct config_key *k, const char *v, struct fault *f)
{
	bool ok = strlen(v) == 5 && v[2] == ':' && v[0] >= '0' && v[0] <= '2' && v[1] >= '0' &&
	    v[1] <= '9' && v[3] >= '0' && v[3] <= '5' && v[4] >= '0' && v[4] <= '9' &&
	    (v[0] < '2' || v[1] < '4');

	if (!ok)
		return fault_set(f, ST_PERM, "%s: a time like 08:15, not \"%s\"", k->key, v);
	return ST_OK;
}

static enum status
key_set(struct reading *r, const struct config_key *k, const char *v, struct fault *f)
{
	char *at = k->offset + (char *)r->c;

	switch (k->type) {
	case CONFIG_INT: return set_int(k, v, (int *)(void *)at, f);
	case CONFIG_BOOL: return set_bool(k, v, (bool *)(void *)at, f);
	case CONFIG_WORD: return set_word(k, v, (int *)(void *)at, f);
	case CONFIG_WHEN: return set_when(k, v, (int64_t *)(void *)at, f);
	case CONFIG_ADDR:
		if (check_addr(k, v, f) != ST_OK)
			return f->st;
		break;
	case CONFIG_ADDRS:
		if (check_addrs(k, v, f) != ST_OK)
			return f->st;
		break;
	case CONFIG_CLOCK:
		if (check_clock(k, v, f) != ST_OK)
			return f->st;
		break;
	case CONFIG_PATH:
		if (v[0] != '\0')
			v = file_beside(r->a, r->c->path, v);
		break;
	case CONFIG_STR:
	case CONFIG_SECRET:
		break;
	}
	*(const char **)(void *)at = v;
	return ST_OK;
}

static enum status
agent_section(struct reading *r, const char *section, int line, struct fault *f)
{
	const char *name = section + strlen("agent ");
	struct config *c = r->c;

	name += strspn(name, " \t");
	for (size_t i = 0; i < c->nagents; i++)
		if (strcmp(c->agents[i].section, name) == 0)
			return fault_set(f, ST_PERM, "second section [%s]", section);
	if (c->nagents == CONFIG_AGENTS_MAX)
		return fault_set(f, ST_PERM, "more than %d agents", CONFIG_AGENTS_MAX);
	r->agent_seen = 0;
	r->agent_line[c->nagents] = line;
	r->agent = &c->agents[c->nagents++];
	*r->agent =
	    (struct agent){ .section = name, .name = "", .spec = "", .categories = "*" };
	return ST_OK;
}

static enum status
agent_key(struct reading *r, const struct ini_line *l, struct fault *f)
{
	static const char *const keys[] = { "name", "categories", "on_call", "address" };
	enum { NAME, CATEGORIES, ON_CALL, ADDRESS, KEYS };
	const struct config_key key = { .key = l->key };
	struct agent *g = r->agent;
	unsigned i = 0;

	while (i < KEYS && strcmp(keys[i], l->key) != 0)
		i++;
	if (i == KEYS)
		return fault_set(f, ST_PERM, "unknown key \"%s\" in [%s]", l->key, l->section);
	if ((r->agent_seen >> i & 1) != 0)
		return fault_set(f, ST_PERM, "second \"%s\" in [%s]", l->key, l->section);
	r->agent_seen |= 1u << i;
	if (i == ON_CALL)
		return set_bool(&key, l->value, &g->on_call, f);
	if (i == ADDRESS && check_addr(&key, l->value, f) != ST_OK)
		return f->st;
	if (i == ADDRESS)
		r->agent_line[g - r->c->agents] = l->line;
	*(i == NAME ? &g->name : i == CATEGORIES ? &g->categories : &g->spec) = l->value;
	return ST_OK;
}

static bool
section_exists(const char *section)
{
	for (size_t i = 0; i < config_table_size; i++)
		if (strcmp(config_table[i].section, section) == 0)
			return true;
	return false;
}

/* A value may end up in a header or on a terminal. */
static enum status
check_text(const struct ini_line *l, struct fault *f)
{
	for (const char *p = l->value; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return fault_set(
			    f, ST_PERM, "%s: control character in the value", l->key);
	return ST_OK;
}

static enum status
line_take(void *ctx, const struct ini_line *l, struct fault *f)
{
	struct reading *r = ctx;
	const struct config_key *k;
	size_t i;

	if (l->key[0] == '\0') {
		r->agent = NULL;
		if (strncmp(l->section, "agent ", 6) == 0)
			return agent_section(r, l->section, l->line, f);
		if (!section_exists(l->section))
			return fault_set(f, ST_PERM, "unknown section [%s]", l->section);
		return ST_OK;
	}
	if (check_text(l, f) != ST_OK)
		return f->st;
	if (r->agent != NULL)
		return agent_key(r, l, f);
	k = key_find(l->section, l->key, &i);
	if (k == NULL)
		return fault_set(f, ST_PERM, "unknown key \"%s\" in [%s]", l->key, l->section);
	if (r->line[i] != 0)
		return fault_set(f, ST_PERM, "second \"%s\" in [%s]", l->key, l->section);
	r->line[i] = l->line;
	return key_set(r, k, l->value, f);
}

static enum status
own_list(struct reading *r, struct fault *f)
{
	struct config *c = r->c;
	struct span rest = span_of(c->aliases), w;

	c->own[c->nown++] = addr_key(r->a, c->address);
	while (span_cut(&rest, ',', &w)) {
		if (c->nown == CONFIG_OWN_MAX) {
			(void)fault_set(f, ST_PERM, "more than %d aliases", CONFIG_OWN_MAX - 1);
			return place_key(r, "bureau", "aliases", f);
		}
		c->own[c->nown++] = addr_key(r->a, arena_span(r->a, span_trim(w)));
	}
	c->domain = addr_domain(c->own[0]);
	return ST_OK;
}

static enum status
agent_check(const struct config *c, const struct agent *g, struct fault *f)
{
	if (g->spec[0] == '\0')
		return fault_set(f, ST_PERM, "[agent %s] has no address", g->section);
	for (size_t i = 0; i < c->nown; i++)
		if (addr_same(g->spec, c->own[i]))
			return fault_set(
			    f, ST_PERM, "[agent %s] has the bureau's own address", g->section);
	for (const struct agent *x = c->agents; x < g; x++)
		if (addr_same(g->spec, x->spec))
			return fault_set(f, ST_PERM,
			    "[agent %s] and [agent %s] have one address", x->section,
			    g->section);
	return ST_OK;
}

static enum status
agents_check(struct reading *r, struct fault *f)
{
	for (size_t i = 0; i < r->c->nagents; i++) {
		struct agent *g = &r->c->agents[i];

		g->spec = addr_key(r->a, g->spec);
		if (agent_check(r->c, g, f) != ST_OK)
			return place(r, r->agent_line[i], f);
	}
	return ST_OK;
}

static enum status
server_check(const struct reading *r, const char *section, const char *url,
    const char *starttls, struct net_url *out, struct fault *f)
{
	if (net_url_parse(r->a, url, "required", out, f) != ST_OK)
		return place_key(r, section, "url", f);
	if (out->imap != (strcmp(section, "imap") == 0)) {
		(void)fault_set(
		    f, ST_PERM, "url: %ss:// or %s://, not \"%s\"", section, section, url);
		return place_key(r, section, "url", f);
	}
	if (strcmp(starttls, "required") != 0 && strcmp(starttls, "off") != 0)
		(void)fault_set(f, ST_PERM, "starttls: required or off, not \"%s\"", starttls);
	else if (net_url_parse(r->a, url, starttls, out, f) == ST_OK)
		return ST_OK;
	return place_key(r, section, "starttls", f);
}

/* Secrets go there. */
static enum status
token_url_check(const struct reading *r, struct fault *f)
{
	const char *url = r->c->oauth_token_url;

	if (url[0] == '\0' || strncmp(url, "https://", strlen("https://")) == 0)
		return ST_OK;
	(void)fault_set(f, ST_PERM, "token_url: https://, not \"%s\"", url);
	return place_key(r, "oauth2", "token_url", f);
}

static enum status
servers_check(struct reading *r, struct fault *f)
{
	struct config *c = r->c;

	if (c->imap_url[0] == '\0' || c->imap_user[0] == '\0' || c->smtp_url[0] == '\0')
		return fault_set(f, ST_PERM,
		    "%s: [imap] url, [imap] user and [smtp] url are required", c->path);
	if (server_check(r, "imap", c->imap_url, c->imap_starttls, &c->imap, f) != ST_OK ||
	    token_url_check(r, f) != ST_OK)
		return f->st;
	return server_check(r, "smtp", c->smtp_url, c->smtp_starttls, &c->smtp, f);
}

static enum status
hours_check(struct reading *r, struct fault *f)
{
	struct config *c = r->c;

	if (hours_parse(span_of(c->hours), span_of(""), &c->open_hours, f) != ST_OK)
		return place_key(r, "bureau", "hours", f);
	if (hours_parse(span_of(c->hours), span_of(c->closed), &c->open_hours, f) != ST_OK)
		return place_key(r, "bureau", "closed", f);
	return ST_OK;
}

static enum status
words_check(const struct reading *r, struct fault *f)
{
	static const struct config_key day = { .key = "day",
		.words = "monday|tuesday|wednesday|thursday|friday|saturday|sunday" };
	size_t n = strspn(r->c->reference_prefix, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	int unused;

	if (n == 0 || n > 8 || r->c->reference_prefix[n] != '\0') {
		(void)fault_set(f, ST_PERM, "reference_prefix: 1 to 8 capital letters");
		return place_key(r, "bureau", "reference_prefix", f);
	}
	if (set_word(&day, r->c->cabinet_day, &unused, f) != ST_OK)
		return place_key(r, "cabinet", "day", f);
	return ST_OK;
}

/* What one line cannot tell: relations between keys. */
static enum status
config_check(struct reading *r, enum config_need need, struct fault *f)
{
	if (r->c->address[0] == '\0')
		return fault_set(f, ST_PERM, "%s: [bureau] address is required", r->c->path);
	if (own_list(r, f) != ST_OK || agents_check(r, f) != ST_OK ||
	    words_check(r, f) != ST_OK || hours_check(r, f) != ST_OK)
		return f->st;
	return need == CONFIG_FOR_DAEMON ? servers_check(r, f) : ST_OK;
}

/* The zone must be set before any line with a date is read, and it may itself stand below such
 * a line, hence one walk for the zone alone. */
static enum status
zone_take(void *ctx, const struct ini_line *l, struct fault *f)
{
	struct fault why;

	(void)ctx;
	if (strcmp(l->section, "bureau") != 0 || strcmp(l->key, "timezone") != 0 ||
	    date_zone_set(l->value, &why) == ST_OK)
		return ST_OK;
	return fault_set(f, why.st, "timezone: %s", why.text);
}

static enum status
zone_first(struct reading *r, struct span text, struct fault *f)
{
	size_t i = 0;
	const struct config_key *k = key_find("bureau", "timezone", &i);

	if (date_zone_set(k->value, f) != ST_OK)
		return place(r, 0, f);
	return ini_read(r->a, r->c->path, text, zone_take, NULL, f);
}

enum status
config_load(struct arena *a, const char *path, enum config_need need, struct config **out,
    struct fault *f)
{
	struct config *c = arena_new(a, struct config, 1);
	struct reading *r = arena_new(a, struct reading, 1);
	struct span text;

	*r = (struct reading){ .a = a, .c = c };
	c->path = arena_strdup(a, path);
	if (file_read(a, path, FILE_PLAIN, LIMIT_CONFIG_FILE, &text, f) != ST_OK) {
		f->st = ST_PERM;
		return ST_PERM;
	}
	if (zone_first(r, text, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < config_table_size; i++)
		if (key_set(r, &config_table[i], config_table[i].value, f) != ST_OK)
			return f->st;
	if (ini_read(a, path, text, line_take, r, f) != ST_OK ||
	    config_check(r, need, f) != ST_OK)
		return f->st;
	*out = c;
	return ST_OK;
}

void
config_keys(struct buf *out)
{
	const char *section = "";

	for (size_t i = 0; i < config_table_size; i++) {
		const struct config_key *k = &config_table[i];

		if (strcmp(section, k->section) != 0)
			buf_addf(out, "[%s]\n", k->section);
		section = k->section;
		buf_addf(out, "%s = %s\n    %s\n", k->key, k->value, k->meaning);
	}
}
