/* texts.h - the shipped French texts of a folder: acknowledgments and what is printed
 * around them, read and checked once at start.
 *
 * For citizens: ack-CATEGORY.txt one a category, ack-court.txt (thanks, information, sensitive,
 * discreet), the pieces that they share (commun-debut, commun-suite, pied-legal, notice-rgpd),
 * and bilingue-LANG.txt (a short twin in the reader's language, LANG of ISO 639-1).  Letters
 * that an agent orders to a citizen or a partner: rdv, orientation, pieces and the like, and the
 * canned answers of the subfolder modeles/, named "modeles/NAME" here; there may be none.
 * Every other .txt file speaks to agents.
 *
 * ack-court has no twin and may use three names only: a twin would tell whoever else reads
 * that mailbox in what language, so perhaps by whom, the mairie was written to. */
#ifndef DESK_TEXTS_H
#define DESK_TEXTS_H

#include "arena.h"
#include "directory.h"
#include "hours.h"
#include "quartiers.h"
#include "template.h"

struct texts;

/* The names a template may use; a word in {{}} that is not among them is refused at load. */
extern const char *const texts_names[];		/* in texts for citizens */
size_t texts_names_count(void);
extern const char *const texts_agent_names[];	/* in all others */
size_t texts_agent_names_count(void);
extern const char *const texts_letter_names[];	/* in letters that agents order, and models */
size_t texts_letter_names_count(void);

/* Every template `wanted` names must be there. f: "file:N: what". */
enum status texts_load(struct texts **out, const char *dir, const char *const *wanted,
    size_t nwanted, struct fault *f) MUST_USE;
void texts_close(struct texts **t);

/* What an acknowledgment says: facts of ours only, nothing chosen by the sender. */
struct ack_facts {
	const char *template_name;	/* "ack-logement", "ack-court" */
	const char *category;		/* for the directory's entries */
	const char *ref;
	const char *bureau, *organisation, *address, *phone, *postal_address;
	const char *lang;		/* a twin is added when texts has one; "fr": none */
	int64_t received, now;
	int promise_days;
	const struct hours *hours;
	const struct directory *directory;	/* NULL: none */
	const struct quartiers *quartiers;	/* NULL: none */
};
/* The filled body, LF lines, in `a`. */
enum status texts_ack(const struct texts *t, struct arena *a, const struct ack_facts *facts,
    const char **body_out, struct fault *f) MUST_USE;
/* A template by name with variables of the caller: for mail to agents and for
 * `bureauctl template`.  A name not given is empty. */
enum status texts_fill(const struct texts *t, struct arena *a, const char *name,
    const struct template_var *v, size_t n, const char **out, struct fault *f) MUST_USE;
/* Acknowledgments, their pieces and twins; the other files speak to agents. */
bool texts_is_for_citizens(const char *file);
/* A letter that an agent orders, or a canned answer. */
bool texts_is_letter(const char *file);
/* Names of the canned answers, without "modeles/"; in `a`. */
size_t texts_models(const struct texts *t, struct arena *a, const char ***names_out);
size_t texts_list(const struct texts *t, const char *const **names_out);

#endif
