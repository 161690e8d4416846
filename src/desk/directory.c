#include "directory.h"

#include "file.h"
#include "ini.h"
#include "limits.h"

#include <stddef.h>
#include <string.h>

struct directory {
	struct arena *arena;
	struct entry *entry;
	size_t n;
};

/* One file being read.  `base` entries came from the file before and may be replaced. */
struct reading {
	struct directory *d;
	size_t base;
	struct entry *now;	/* the open section */
	bool own[DIRECTORY_MAX];	/* already given by this file */
	uint32_t seen;			/* keys of the open section */
};

enum key_kind { KEY_TEXT, KEY_YES_NO, KEY_DATE, KEY_IGNORED };

/* The fields that annuaire.conf may hold; ignored ones serve the city's own keeping. */
static const struct key { const char *name; enum key_kind kind; size_t at; } keys[] = {
	{ "nom", KEY_TEXT, offsetof(struct entry, nom) },
	{ "categories", KEY_TEXT, offsetof(struct entry, categories) },
	{ "quartiers", KEY_TEXT, offsetof(struct entry, quartiers) },
	{ "tel", KEY_TEXT, offsetof(struct entry, tel) },
	{ "tel_horaires", KEY_TEXT, offsetof(struct entry, tel_horaires) },
	{ "adresse", KEY_TEXT, offsetof(struct entry, adresse) },
	{ "courriel", KEY_TEXT, offsetof(struct entry, courriel) },
	{ "site", KEY_TEXT, offsetof(struct entry, site) },
	{ "public", KEY_TEXT, offsetof(struct entry, public_) },
	{ "langues", KEY_TEXT, offsetof(struct entry, langues) },
	{ "note", KEY_TEXT, offsetof(struct entry, note) },
	{ "source", KEY_TEXT, offsetof(struct entry, source) },
	{ "usager", KEY_YES_NO, offsetof(struct entry, usager) },
	{ "discret", KEY_YES_NO, offsetof(struct entry, discret) },
	{ "verifie_le", KEY_DATE, offsetof(struct entry, verifie_le) },
	{ "horaires", KEY_IGNORED, 0 },
	{ "accessible", KEY_IGNORED, 0 },
	{ "sur_rdv", KEY_IGNORED, 0 },
	{ "verifie_par", KEY_IGNORED, 0 },
};
enum { KEY_COUNT = sizeof keys / sizeof *keys };

static struct entry *
entry_at(const struct directory *d, const char *id)
{
	for (size_t i = 0; i < d->n; i++)
		if (strcmp(d->entry[i].id, id) == 0)
			return &d->entry[i];
	return NULL;
}

static enum status
section_end(const struct reading *r, struct fault *f)
{
	if (r->now != NULL && r->now->nom[0] == '\0')
		return fault_set(f, ST_PERM, "section [%s] has no nom", r->now->id);
	return ST_OK;
}

/* A section of the city's file replaces the national one of the same name as a whole. */
static enum status
section_begin(struct reading *r, const char *id, struct fault *f)
{
	struct directory *d = r->d;
	struct entry *e = entry_at(d, id);

	if (section_end(r, f) != ST_OK)
		return f->st;
	if (e != NULL && r->own[e - d->entry])
		return fault_set(f, ST_PERM, "section [%s] is there twice", id);
	if (e == NULL && d->n == DIRECTORY_MAX)
		return fault_set(f, ST_PERM, "more than %d sections", DIRECTORY_MAX);
	if (e == NULL)
		e = &d->entry[d->n++];
	r->own[e - d->entry] = true;
	*e = (struct entry){ .id = id, .verifie_le = DATE_INVALID };
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (keys[i].kind == KEY_TEXT)
			*(const char **)(void *)((char *)e + keys[i].at) = "";
	r->now = e;
	r->seen = 0;
	return ST_OK;
}

static enum status
key_set(struct entry *e, const struct key *k, const char *value, struct fault *f)
{
	void *field = (char *)e + k->at;
	bool yes = strcmp(value, "oui") == 0;

	switch (k->kind) {
	case KEY_TEXT:
		*(const char **)field = value;
		return ST_OK;
	case KEY_YES_NO:
		if (!yes && strcmp(value, "non") != 0)
			return fault_set(f, ST_PERM, "%s is oui or non", k->name);
		*(bool *)field = yes;
		return ST_OK;
	case KEY_DATE:
		if (value[0] != '\0' && !date_parse_iso(span_of(value), (date_day *)field))
			return fault_set(f, ST_PERM, "%s is a date YYYY-MM-DD", k->name);
		return ST_OK;
	case KEY_IGNORED:
		break;
	}
	return ST_OK;
}

static enum status
line_do(void *ctx, const struct ini_line *l, struct fault *f)
{
	struct reading *r = ctx;
	size_t i = 0;

	if (l->key[0] == '\0')
		return section_begin(r, l->section, f);
	if (r->now == NULL)
		return fault_set(f, ST_PERM, "%s stands before the first [section]", l->key);
	while (i < KEY_COUNT && strcmp(keys[i].name, l->key) != 0)
		i++;
	if (i == KEY_COUNT)
		return fault_set(f, ST_PERM, "unknown key %s", l->key);
	if ((r->seen & 1u << i) != 0)
		return fault_set(f, ST_PERM, "%s is there twice in [%s]", l->key, l->section);
	r->seen |= 1u << i;
	return key_set(r->now, &keys[i], l->value, f);
}

static enum status
file_take(struct directory *d, const char *path, bool may_miss, struct fault *f)
{
	struct reading *r = arena_new(d->arena, struct reading, 1);
	struct span text;
	enum status st = file_read(d->arena, path, FILE_PLAIN, LIMIT_CONFIG_FILE, &text, f);

	if (st == ST_NONE)
		return may_miss ? ST_OK : fault_set(f, ST_PERM, "%s: no such file", path);
	if (st != ST_OK)
		return st;
	r->d = d;
	if (ini_read(d->arena, path, text, line_do, r, f) != ST_OK)
		return f->st;
	if (section_end(r, f) != ST_OK)
		return fault_set(f, ST_PERM, "%s: section [%s] has no nom", path, r->now->id);
	return ST_OK;
}

enum status
directory_load(struct directory **out, const char *national, const char *city, struct fault *f)
{
	struct arena *a = arena_open();
	struct directory *d = arena_new(a, struct directory, 1);

	*out = NULL;
	d->arena = a;
	d->entry = arena_new(a, struct entry, DIRECTORY_MAX);
	if ((national[0] != '\0' && file_take(d, national, true, f) != ST_OK) ||
	    (city[0] != '\0' && file_take(d, city, false, f) != ST_OK)) {
		arena_close(&a);
		return ST_PERM;
	}
	*out = d;
	return ST_OK;
}

void
directory_close(struct directory **d)
{
	struct arena *a = *d == NULL ? NULL : (*d)->arena;

	arena_close(&a);
	*d = NULL;
}

size_t
directory_list(const struct directory *d, const struct entry **out)
{
	*out = d->entry;
	return d->n;
}

const struct entry *
directory_find(const struct directory *d, const char *id)
{
	return entry_at(d, id);
}

bool
entry_is_printable(const struct entry *e, date_day today)
{
	/* A date in the future is a slip of the pen, not a check. */
	return e->verifie_le != DATE_INVALID && e->verifie_le <= today &&
	    today - e->verifie_le <= DIRECTORY_FRESH_DAYS;
}

static bool
is_of(const struct entry *e, const char *category)
{
	struct span rest = span_of(e->categories), word;

	while (span_cut(&rest, ',', &word)) {
		word = span_trim(word);
		if (span_eq(word, "*") || span_eq(word, category))
			return true;
	}
	return false;
}

size_t
directory_for(const struct directory *d, const char *category, date_day today,
    const struct entry **out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n && n < max; i++) {
		const struct entry *e = &d->entry[i];

		if (e->usager && entry_is_printable(e, today) && is_of(e, category))
			out[n++] = e;
	}
	return n;
}
