#include "lease.h"

#include "clock.h"
#include "compose.h"
#include "file.h"
#include "mac.h"
#include "mailbox.h"
#include "stamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIELD "X-Bureaud-Lease"

enum {
	WIRE_MAX = 32 * 1024,
	LEASES_MAX = 1000,
	PATH_BYTES = 4096,		/* what realpath(3) may write */
};

struct one {
	uint32_t uid;
	int64_t received;
	char holder[LEASE_HEX + 1], host[LEASE_HOST + 1];
	bool held, ours;
};

/* ---- who we are ---- */

/* Letters of a host name, whatever the system calls itself. */
static void
host_name(char out[LEASE_HOST + 1])
{
	char z[256] = "";
	size_t n = 0;

	(void)gethostname(z, sizeof z - 1);
	for (size_t i = 0; z[i] != '\0' && n < LEASE_HOST; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-", z[i]))
			out[n++] = z[i];
	out[n] = '\0';
	if (n == 0)
		(void)snprintf(out, LEASE_HOST + 1, "localhost");
}

static const char *
machine_id(struct arena *a)
{
	struct fault f;
	struct span s;

	return file_read(a, "/etc/machine-id", FILE_PLAIN, 256, &s, &f) == ST_OK ? s.p : "";
}

/* The database by its real folder: it may be missing itself. */
static const char *
database_path(struct arena *a, const struct config *c)
{
	const char *slash = strrchr(c->database, '/');
	char real[PATH_BYTES];

	if (slash == NULL || realpath(arena_strndup(a, c->database,
	    (size_t)(slash - c->database) + 1), real) == NULL)
		return c->database;
	return arena_printf(a, "%s%s", real, slash);
}

static void
holder_id(struct arena *a, const struct setup *s, char out[LEASE_HEX + 1])
{
	char host[LEASE_HOST + 1], hex[2 * SHA256_BYTES + 1];
	struct sha256 mac;

	host_name(host);
	mac = mac_of(s->desk.key, span_of(arena_printf(a, "holder\n%s\n%s\n%s", machine_id(a), host,
	    database_path(a, s->cfg))));
	sha256_hex(&mac, hex);
	memcpy(out, hex, LEASE_HEX);
	out[LEASE_HEX] = '\0';
}

/* ---- the mails ---- */

static bool
word_take(struct span *rest, const char *name, char *out, size_t max)
{
	struct span word;
	size_t n = strlen(name);

	if (!span_cut(rest, ' ', &word) || word.n < n || memcmp(word.p, name, n) != 0 ||
	    word.n - n > max)
		return false;
	memcpy(out, word.p + n, word.n - n);
	out[word.n - n] = '\0';
	return true;
}

static bool
one_read(struct arena *a, const struct setup *s, const struct imap_head *h, const char *me,
    struct one *out)
{
	struct span text;
	char state[8];

	*out = (struct one){ .uid = h->uid, .received = h->received };
	if (!stamp_open(a, s->desk.key, FIELD, h->raw, &text) ||
	    !word_take(&text, "holder=", out->holder, LEASE_HEX) ||
	    !word_take(&text, "state=", state, sizeof state - 1) ||
	    !word_take(&text, "host=", out->host, LEASE_HOST))
		return false;
	out->held = strcmp(state, "held") == 0;
	out->ours = strcmp(out->holder, me) == 0;
	return true;
}

/* The newest LEASES_MAX mails of the folder: leases are renewed all the time. */
static enum status
list(struct imap *im, struct arena *a, const struct setup *s, const char *me,
    struct one **out, size_t *n, struct fault *f)
{
	struct imap_box box;
	struct imap_head *h;
	uint32_t *uids;
	size_t nuids, nheads;

	*n = 0;
	if (imap_select(im, s->cfg->snapshot_folder, &box, f) != ST_OK ||
	    imap_uids(im, a, 0, &uids, &nuids, f) != ST_OK)
		return f->st;
	if (nuids > LEASES_MAX) {
		uids += nuids - LEASES_MAX;
		nuids = LEASES_MAX;
	}
	if (imap_heads(im, a, uids, nuids, FIELD, &h, &nheads, f) != ST_OK)
		return f->st;
	*out = arena_new(a, struct one, nheads + 1);
	for (size_t i = 0; i < nheads; i++)
		if (one_read(a, s, &h[i], me, &(*out)[*n]))
			(*n)++;
	return ST_OK;
}

static const char *
words(struct arena *a, const struct setup *s, const char *host)
{
	return arena_printf(a,
	    "Bonjour,\n\n"
	    "Ce message est un témoin du service « %s » : il dit que le logiciel du service "
	    "(bureaud) travaille sur la machine « %s », et empêche qu’une deuxième machine réponde "
	    "aux mêmes courriels. Personne ne l’a envoyé ; il est remplacé toutes les cinq "
	    "minutes.\n\n"
	    "Que faire de ce message : rien. Pour déplacer le service sur une autre machine, "
	    "l’administrateur arrête la première ; la deuxième peut démarrer un quart d’heure "
	    "après, ou aussitôt si ce message est supprimé.\n", s->desk.name, host);
}

/* ST_PERM: it cannot be made, or the server takes it not now and says so. */
static enum status
put(struct imap *im, const struct setup *s, const char *me, bool held, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	unsigned char random[MSGID_RANDOM];
	char host[LEASE_HOST + 1];
	struct outmail m = {
		.from_name = s->desk.name, .from = s->desk.address, .to = s->desk.address,
		.reply_to = "", .subject = "Témoin du service, ne pas supprimer", .html = "",
		.lang = "fr", .in_reply_to = "", .kind = "", .ticket = "",
		.automatic = COMPOSE_GENERATED, .date = clock_now(),
	};
	struct buf mail BUF_AUTO, wire BUF_AUTO;
	uint32_t validity, uid;

	host_name(host);
	m.text = words(a, s, host);
	random_bytes(random, sizeof random);
	m.message_id = msgid_make(a, s->desk.key, "0", "lease", random, s->desk.domain);
	buf_open(&mail, WIRE_MAX);
	buf_open(&wire, WIRE_MAX);
	if (compose_mail(&m, WIRE_MAX, &mail, f) != ST_OK)
		return f->st;
	buf_addf(&wire, FIELD ": %s\r\n", stamp_make(a, s->desk.key, FIELD, arena_printf(a,
	    "holder=%s state=%s host=%s", me, held ? "held" : "claim", host)));
	buf_add(&wire, buf_span(&mail));
	return imap_append(im, s->cfg->snapshot_folder, buf_span(&wire), IMAP_DATE_NOW, &validity,
	    &uid, f);
}

/* ---- taking it ---- */

static bool
is_fresh(const struct one *x, int64_t now)
{
	return now - x->received < LEASE_SECONDS && x->received - now < LEASE_SECONDS;
}

/* Our newest claim, whose INTERNALDATE is the server's own now; NULL: the server lost it. */
static const struct one *
claim_of(const struct one *v, size_t n)
{
	for (size_t i = n; i > 0; i--)
		if (v[i - 1].ours && !v[i - 1].held)
			return &v[i - 1];
	return NULL;
}

/* Who stands in our way; NULL: nobody. */
static const struct one *
rival(const struct one *v, size_t n, const struct one *claim)
{
	bool holds = false;

	for (size_t i = 0; i < n; i++)
		holds = holds || (v[i].ours && v[i].held && is_fresh(&v[i], claim->received));
	for (size_t i = 0; i < n; i++)
		if (!v[i].ours && is_fresh(&v[i], claim->received) &&
		    (v[i].held || (!holds && v[i].uid < claim->uid)))
			return &v[i];
	return NULL;
}

/* Ours, and those of others that are over (now 0: ours alone). */
static enum status
sweep(struct imap *im, const struct one *v, size_t n, int64_t now, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	uint32_t *uids = arena_new(a, uint32_t, n + 1);
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		if (v[i].ours || (now != 0 && !is_fresh(&v[i], now)))
			uids[k++] = v[i].uid;
	return imap_remove(im, uids, k, f);
}

static const char *
held_by(struct arena *a, const char *host)
{
	return arena_printf(a, "another bureaud holds this mailbox, on host %s", host);
}

static enum status
take(struct imap *im, struct arena *a, const struct setup *s, enum lease *out,
    const char **why, struct fault *f)
{
	const struct one *claim, *other;
	char me[LEASE_HEX + 1];
	struct one *v;
	size_t n;

	holder_id(a, s, me);
	if (put(im, s, me, false, f) != ST_OK || list(im, a, s, me, &v, &n, f) != ST_OK)
		return f->st;
	claim = claim_of(v, n);
	if (claim == NULL)
		return fault_set(f, ST_TEMP, "lease: the server lost our claim");
	other = rival(v, n, claim);
	*out = other == NULL ? LEASE_HELD : LEASE_REFUSED;
	if (other == NULL)
		return put(im, s, me, true, f) == ST_OK ? sweep(im, v, n, claim->received, f) : f->st;
	*why = held_by(a, other->host);
	return sweep(im, v, n, 0, f);
}

/* Where we cannot put one ourselves (quota), another's may stand there all the same; how old it is
 * our own clock must tell then. */
static void
look_instead(struct imap *im, struct arena *a, const struct setup *s, enum lease *out,
    const char **why)
{
	struct lease_seen seen;
	struct fault ignored;

	if (lease_look(im, a, s, clock_now(), &seen, &ignored) != ST_OK || seen.host[0] == '\0' ||
	    seen.ours)
		return;
	*out = LEASE_REFUSED;
	*why = held_by(a, seen.host);
}

enum status
lease_take(struct imap *im, struct arena *a, const struct setup *s, enum lease *out,
    const char **why, struct fault *f)
{
	struct fault ignored;
	enum status st = ST_NONE;

	*out = LEASE_NONE;
	*why = "";
	if (!imap_has(im, "UIDPLUS"))
		(void)fault_set(f, ST_NONE, "the server has no UIDPLUS");
	else {
		st = mailbox_folder(im, s->cfg, s->cfg->snapshot_folder, f);
		if (st == ST_OK)
			st = take(im, a, s, out, why, f);
	}
	if (st == ST_OK)
		return ST_OK;
	*out = LEASE_NONE;
	*why = arena_strdup(a, f->text);
	/* A NO of the server leaves the session alive. */
	if (st != ST_NONE && imap_poll(im, &ignored) != ST_OK)
		return f->st;
	look_instead(im, a, s, out, why);
	return ST_OK;
}

enum status
lease_drop(struct imap *im, const struct setup *s, struct fault *f)
{
	ARENA_AUTO struct arena *a = arena_open();
	char me[LEASE_HEX + 1];
	struct one *v;
	size_t n;

	holder_id(a, s, me);
	if (list(im, a, s, me, &v, &n, f) != ST_OK)
		return f->st;
	return sweep(im, v, n, 0, f);
}

enum status
lease_look(struct imap *im, struct arena *a, const struct setup *s, int64_t now,
    struct lease_seen *out, struct fault *f)
{
	char me[LEASE_HEX + 1];
	struct one *v;
	size_t n;

	*out = (struct lease_seen){ "", false };
	holder_id(a, s, me);
	if (list(im, a, s, me, &v, &n, f) != ST_OK)
		return f->st == ST_NONE ? ST_OK : f->st;
	for (size_t i = 0; i < n; i++)
		if (is_fresh(&v[i], now) && (out->host[0] == '\0' || !v[i].ours))
			*out = (struct lease_seen){ arena_strdup(a, v[i].host), v[i].ours };
	return ST_OK;
}
