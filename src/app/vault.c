#include "vault.h"

#include "compose.h"
#include "mac.h"
#include "stamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELD "X-Bureaud-Snapshot"

enum { AT_A_TIME = 1000 };

int64_t
vault_night(int64_t now)
{
	date_day today = date_local_day(now);
	int64_t at = date_instant(today, VAULT_HOUR, 0);

	return at <= now ? at : date_instant(today - 1, VAULT_HOUR, 0);
}

const char *
vault_head(struct arena *a, struct span key, const struct vault_part *p)
{
	return stamp_make(a, key, FIELD, arena_printf(a, "set=%s made=%lld part=%u/%u bytes=%llu",
	    p->set, (long long)p->made, p->part, p->parts, (unsigned long long)p->bytes));
}

/* "name=" and a number up to the next blank. */
static bool
number_take(struct span *rest, const char *name, char end, unsigned long long max,
    unsigned long long *out)
{
	struct span word;
	size_t n = strlen(name);

	if (!span_cut(rest, end, &word) || word.n < n || memcmp(word.p, name, n) != 0)
		return false;
	return span_number(span_from(word.p + n, word.n - n), max, out);
}

static bool
set_take(struct span *rest, char out[VAULT_SET + 1])
{
	struct span word;

	if (!span_cut(rest, ' ', &word) || word.n != 4 + VAULT_SET || memcmp(word.p, "set=", 4) != 0)
		return false;
	memcpy(out, word.p + 4, VAULT_SET);
	out[VAULT_SET] = '\0';
	return strspn(out, "0123456789abcdef") == VAULT_SET;
}

bool
vault_head_read(struct arena *a, struct span key, struct span raw, struct vault_part *out)
{
	unsigned long long made, part, parts, bytes;
	struct span text;

	*out = (struct vault_part){ 0 };
	if (!stamp_open(a, key, FIELD, raw, &text) || !set_take(&text, out->set) ||
	    !number_take(&text, "made=", ' ', INT64_MAX, &made) ||
	    !number_take(&text, "part=", '/', VAULT_PARTS_MAX, &part) ||
	    !number_take(&text, "", ' ', VAULT_PARTS_MAX, &parts) ||
	    !number_take(&text, "bytes=", ' ', VAULT_PART, &bytes) || part < 1 || part > parts)
		return false;
	out->made = (int64_t)made;
	out->part = (unsigned)part;
	out->parts = (unsigned)parts;
	out->bytes = bytes;
	return true;
}

/* ---- the folder ---- */

struct listing {
	struct arena *a;
	struct span key;
	struct vault_set *v;
	size_t n, room;
};

static struct vault_set *
set_of(struct listing *l, const struct vault_part *p)
{
	struct vault_set *s;

	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i].name, p->set) == 0)
			return l->v[i].parts == p->parts ? &l->v[i] : NULL;
	if (l->n == l->room) {
		struct vault_set *more = arena_new(l->a, struct vault_set, 2 * l->room + 8);

		for (size_t i = 0; i < l->n; i++)
			more[i] = l->v[i];
		l->v = more;
		l->room = 2 * l->room + 8;
	}
	s = &l->v[l->n++];
	*s = (struct vault_set){ .made = p->made, .parts = p->parts,
	    .part = arena_new(l->a, const struct vault_part *, p->parts) };
	memcpy(s->name, p->set, sizeof s->name);
	return s;
}

static void
part_take(struct listing *l, const struct imap_head *h)
{
	struct vault_part *p = arena_new(l->a, struct vault_part, 1);
	struct vault_set *s;

	if (!vault_head_read(l->a, l->key, h->raw, p))
		return;
	p->uid = h->uid;
	s = set_of(l, p);
	if (s == NULL)
		return;
	s->part[p->part - 1] = p;
	if (p->uid > s->uid)
		s->uid = p->uid;
}

static int
by_age(const void *x, const void *y)
{
	const struct vault_set *s = x, *t = y;

	return s->uid < t->uid ? -1 : s->uid > t->uid;
}

static void
sets_finish(struct listing *l)
{
	for (size_t i = 0; i < l->n; i++) {
		l->v[i].whole = true;
		for (unsigned k = 0; k < l->v[i].parts; k++)
			if (l->v[i].part[k] == NULL)
				l->v[i].whole = false;
	}
	if (l->n > 1)
		qsort(l->v, l->n, sizeof *l->v, by_age);
}

enum status
vault_list(struct imap *im, struct arena *a, const char *folder, struct span key,
    struct vault_set **out, size_t *n, struct fault *f)
{
	struct listing l = { .a = a, .key = key };
	struct imap_box box;
	struct imap_head *h;
	uint32_t *uids;
	size_t nuids, nheads;

	*out = NULL;
	*n = 0;
	if (imap_select(im, folder, &box, f) != ST_OK ||
	    imap_uids(im, a, 0, &uids, &nuids, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < nuids; i += AT_A_TIME) {
		if (imap_heads(im, a, uids + i, nuids - i < AT_A_TIME ? nuids - i : AT_A_TIME, FIELD,
		    &h, &nheads, f) != ST_OK)
			return f->st;
		for (size_t k = 0; k < nheads; k++)
			part_take(&l, &h[k]);
	}
	sets_finish(&l);
	*out = l.v;
	*n = l.n;
	return ST_OK;
}

/* ---- a mail of it ---- */

static const char *
words(struct arena *a, const struct desk *d, const struct vault_part *p)
{
	const char *head = arena_printf(a,
	    "Bonjour,\n\n"
	    "Ce message est une sauvegarde du service « %s », faite le %s à %s. "
	    "Personne ne l’a envoyé : le logiciel du service (bureaud) l’a rangé ici lui-même.\n\n"
	    "La pièce jointe contient l’état des dossiers. Elle est chiffrée : sans la clé du "
	    "service, personne ne peut la lire. Le texte des courriels n’y est pas, il est déjà "
	    "dans cette boîte.\n\n", d->name, say_day(a, date_local_day(p->made)),
	    say_time(a, p->made));
	const char *use =
	    "À quoi elle sert : si la base de données du service est perdue, l’administrateur la "
	    "reconstruit à partir de cette boîte, avec la commande "
	    "« bureauctl rebuild --into FICHIER ».\n\n"
	    "Que faire de ce message : rien. Merci de ne pas le déplacer, le modifier ni le "
	    "supprimer. Les sept dernières sauvegardes sont gardées ; les plus anciennes sont "
	    "supprimées d’elles-mêmes.\n";

	return p->parts == 1 ? arena_printf(a, "%s%s", head, use) : arena_printf(a,
	    "%s%s\nPartie %u sur %u : toutes sont nécessaires.\n", head, use, p->part, p->parts);
}

static const char *
file_name(struct arena *a, const struct vault_part *p)
{
	char day[DATE_RFC3339_MAX];

	date_iso(date_local_day(p->made), day);
	return arena_printf(a, "sauvegarde-%s-%u-%u.scelle", day, p->part, p->parts);
}

enum status
vault_mail(struct arena *a, const struct desk *d, const struct vault_part *p, struct span bytes,
    int64_t now, struct buf *out, struct fault *f)
{
	const struct compose_part file = { "application/octet-stream", file_name(a, p), bytes };
	unsigned char random[MSGID_RANDOM];
	struct outmail m = {
		.from_name = d->name, .from = d->address, .to = d->address, .reply_to = "",
		.subject = p->parts == 1 ? "Sauvegarde chiffrée, à conserver" : arena_printf(a,
		    "Sauvegarde chiffrée, à conserver (%u/%u)", p->part, p->parts),
		.text = words(a, d, p), .html = "", .lang = "fr", .in_reply_to = "", .kind = "",
		.ticket = "", .automatic = COMPOSE_GENERATED, .date = now, .part = &file, .nparts = 1,
	};
	struct buf mail BUF_AUTO;

	random_bytes(random, sizeof random);
	m.message_id = msgid_make(a, d->key, "0", "snapshot", random, d->domain);
	buf_open(&mail, VAULT_WIRE_MAX);
	if (compose_mail(&m, VAULT_WIRE_MAX, &mail, f) != ST_OK)
		return f->st;
	buf_reset(out);
	buf_reserve(out, mail.n + 1024);
	buf_addf(out, FIELD ": %s\r\n", vault_head(a, d->key, p));
	buf_add(out, buf_span(&mail));
	return buf_full(out) ? fault_set(f, ST_PERM, "snapshot: a part too large for a mail") : ST_OK;
}
