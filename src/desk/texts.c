#include "texts_int.h"

#include "file.h"

#include <string.h>
#include <unistd.h>

#define NAME_TEXT(id, name) name,
const char *const texts_names[] = { TEXTS_NAMES(NAME_TEXT) };

const char *const texts_agent_names[] = {
	"accuse", "accuse_attend", "agent", "anterieurs", "attendu", "attente", "autre",
	"bureau", "categorie", "cause", "code", "commandes", "contact", "deja_sensible",
	"destinataire", "douteux", "echeance", "echu", "envoi", "etat", "expediteur",
	"heure", "incertain", "jointes", "jour", "langue", "lie", "mots", "nombre",
	"objet", "partenaire", "pieces", "prudence", "quartier", "rang", "recu", "ref", "refus",
	"repondu", "retours", "rouvert", "sans_accuse",
	"sensible", "signalement", "suite", "texte", "tri", "urgence", "voir",
};

const char *const texts_letter_names[] = {
	"adresse", "agent", "bureau", "change", "courriel", "fichiers", "heure", "horaires", "jour",
	"joindre", "lieu", "liste", "objet", "organisation", "partenaire", "partenaire_adresses",
	"recu", "ref", "tel", "texte",
};

static const char *const letters[] = {
	"rdv", "rdv-annule", "orientation", "transmission", "transmission-partenaire", "pieces",
};

size_t
texts_letter_names_count(void)
{
	return sizeof texts_letter_names / sizeof *texts_letter_names;
}

size_t
texts_names_count(void)
{
	return TEXTS_NAME_COUNT;
}

size_t
texts_agent_names_count(void)
{
	return sizeof texts_agent_names / sizeof *texts_agent_names;
}

const struct texts_piece texts_pieces[TEXTS_PIECES] = {
	{ TEXTS_NOTICE, "notice-rgpd" },
	{ TEXTS_DEBUT, "commun-debut" },
	{ TEXTS_SUITE, "commun-suite" },
	{ TEXTS_PIED, "pied-legal" },
};

static bool
begins(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

bool
texts_is_for_citizens(const char *file)
{
	for (size_t i = 0; i < TEXTS_PIECES; i++)
		if (strcmp(file, texts_pieces[i].file) == 0)
			return true;
	return begins(file, "ack-") || begins(file, TEXTS_TWIN);
}

bool
texts_is_letter(const char *file)
{
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		if (strcmp(file, letters[i]) == 0)
			return true;
	return begins(file, TEXTS_MODELS);
}

/* How many of texts_names a citizen's text may use. */
static size_t
names_for(const char *file)
{
	if (strcmp(file, "ack-court") == 0)
		return TEXTS_COURT_NAMES;
	/* A twin has both its halves in one file, told apart by {{#renvoi}}. */
	if (begins(file, TEXTS_TWIN))
		return TEXTS_RENVOI + 1;
	for (size_t i = 0; i < TEXTS_PIECES; i++)
		if (strcmp(file, texts_pieces[i].file) == 0)
			return texts_pieces[i].name;
	return TEXTS_NAME_COUNT;
}

static enum status
check(const char *name, struct span body, struct fault *f)
{
	if (texts_is_for_citizens(name))
		return template_check(body, texts_names, names_for(name), f);
	if (texts_is_letter(name))
		return template_check(body, texts_letter_names, texts_letter_names_count(), f);
	return template_check(body, texts_agent_names, texts_agent_names_count(), f);
}

const struct text *
texts_find(const struct texts *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->text[i].name, name) == 0)
			return &t->text[i];
	return NULL;
}

static enum status
text_read(struct texts *t, const char *dir, const char *file, struct fault *f)
{
	const char *path = arena_printf(t->arena, "%s/%s", dir, file);
	const char *name = arena_strndup(t->arena, file, strlen(file) - strlen(TEXTS_SUFFIX));
	struct span body;
	struct fault inner;

	if (t->n == TEXTS_MAX)
		return fault_set(f, ST_PERM, "%s: more than %d templates", dir, TEXTS_MAX);
	if (file_read(t->arena, path, FILE_PLAIN, TEXTS_FILE_BYTES, &body, f) != ST_OK)
		return ST_PERM;
	if (span_istarts(body, "\xef\xbb\xbf"))
		body = span_from(body.p + 3, body.n - 3);
	if (check(name, body, &inner) != ST_OK)
		return fault_set(f, ST_PERM, "%s:%s", path,
		    inner.text + (begins(inner.text, "line ") ? strlen("line ") : 0));
	t->names[t->n] = name;
	t->text[t->n++] = (struct text){ name, body };
	return ST_OK;
}

/* sub: "" or a folder in it with its '/', which may be missing. */
static enum status
folder_read(struct texts *t, const char *dir, const char *sub, struct fault *f)
{
	const char *path = sub[0] == '\0' ? dir : arena_printf(t->arena, "%s/%s", dir, sub);
	const char **files;
	size_t n;

	if (sub[0] != '\0' && access(path, F_OK) != 0)
		return ST_OK;
	if (file_list(t->arena, path, TEXTS_SUFFIX, &files, &n, f) != ST_OK)
		return ST_PERM;
	for (size_t i = 0; i < n; i++)
		if (text_read(t, dir, arena_printf(t->arena, "%s%s", sub, files[i]), f) != ST_OK)
			return f->st;
	return ST_OK;
}

static enum status
all_there(const struct texts *t, const char *dir, const char *const *wanted, size_t n,
    struct fault *f)
{
	for (size_t i = 0; i < n; i++)
		if (texts_find(t, wanted[i]) == NULL)
			return fault_set(f, ST_PERM, "%s/%s" TEXTS_SUFFIX ": no such template",
			    dir, wanted[i]);
	return ST_OK;
}

enum status
texts_load(struct texts **out, const char *dir, const char *const *wanted, size_t nwanted,
    struct fault *f)
{
	static const char *const court[] = { "ack-court" };
	const char *always[TEXTS_PIECES];
	struct arena *a = arena_open();
	struct texts *t = arena_new(a, struct texts, 1);

	*out = NULL;
	t->arena = a;
	for (size_t i = 0; i < TEXTS_PIECES; i++)
		always[i] = texts_pieces[i].file;
	if (folder_read(t, dir, "", f) != ST_OK ||
	    folder_read(t, dir, TEXTS_MODELS, f) != ST_OK ||
	    all_there(t, dir, always, TEXTS_PIECES, f) != ST_OK ||
	    all_there(t, dir, court, 1, f) != ST_OK ||
	    all_there(t, dir, wanted, nwanted, f) != ST_OK) {
		arena_close(&a);
		return ST_PERM;
	}
	*out = t;
	return ST_OK;
}

void
texts_close(struct texts **t)
{
	struct arena *a = *t == NULL ? NULL : (*t)->arena;

	arena_close(&a);
	*t = NULL;
}

size_t
texts_models(const struct texts *t, struct arena *a, const char ***names_out)
{
	const char **v = arena_new(a, const char *, t->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		if (begins(t->names[i], TEXTS_MODELS))
			v[n++] = t->names[i] + strlen(TEXTS_MODELS);
	*names_out = v;
	return n;
}

size_t
texts_list(const struct texts *t, const char *const **names_out)
{
	*names_out = t->names;
	return t->n;
}
